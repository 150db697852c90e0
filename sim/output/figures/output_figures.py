"""Figures of outputs: against cost, and by kind."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from sim.lab.analysis.effects import mean_interval
from sim.output.figures import drawing
from sim.output.figures.drawing import Colours
from sim.output.words import KIND_WORDS, capital

KINDS = {kind: capital(words) for kind, words in KIND_WORDS.items()}
NOTHING = "No runs in this table yet: run a comparison first."
DOT = 9.0


def outputs_against_cost(runs: pd.DataFrame, colours: Colours = None) -> Figure:
    """Draw mean outputs against mean cost by strategy, with 95% intervals, and a faint point for each future.

    `runs` has a row per run, with `strategy`, `cost` (dollars) and `outputs` (count, whole run).
    """
    drawing.needed(runs, "runs", ("strategy", "cost", "outputs"))
    if runs.empty:
        return drawing.message(NOTHING)
    shown = drawing.strategies_in(runs, colours)
    names = list(shown)
    figure, (axes,) = drawing.panels(1, 1, (6.6, 4.2), right=0.5, head=0.7)
    centres = []
    aside = _side_by_side({name: float(runs.loc[runs["strategy"] == name, "cost"].mean()) / 1000 for name in names})
    labels = []
    for name in names:
        futures = runs[runs["strategy"] == name]
        cost, outputs = futures["cost"].to_numpy(float) / 1000, futures["outputs"].to_numpy(float)
        axes.scatter(
            cost + aside[name], outputs, s=16, color=shown[name], alpha=0.22, linewidth=0, label=f"futures of {name}"
        )
        costs, means = mean_interval(cost), mean_interval(outputs)
        place = costs.mean + aside[name]
        axes.plot([costs.low + aside[name], costs.high + aside[name]], [means.mean] * 2, color=shown[name], linewidth=2)
        axes.plot([place] * 2, [means.low, means.high], color=shown[name], linewidth=2)
        centres.append((place, means.mean))
        labels.append(f"{drawing.label(name)}\n{_number(means.mean)} for ${costs.mean * 1000:,.0f}")
    axes.margins(0.15)
    axes.set_ylim(bottom=-0.04 * axes.get_ylim()[1])
    drawing.dots(axes, centres, list(shown.values()), ["white"] * len(names), DOT)
    drawing.name_panel(axes, "", "cost of coordination, whole run (thousand dollars)", "outputs, whole run (number)")
    drawing.label_points(axes, centres, labels, list(shown.values()))
    drawing.headline(
        figure,
        "Outputs and cost of strategies",
        "Large dot: mean over simulated futures; lines: 95% interval of the mean; faint dot: one simulated future. Strategies "
        "of about the same cost are moved apart; labels give the mean cost.",
    )
    return figure


def outputs_by_kind(runs: pd.DataFrame, colours: Colours = None) -> Figure:
    """Draw mean outputs by strategy: a panel for each kind, on one scale, with 95% intervals.

    `runs` has a row per run, with `strategy` and `outputs_innovation`, `_practice`, `_advocacy`, `_services`, `_purchasing`,
    `_investment` (counts, whole run).  Panels rather than stacks: strategies keep their colours and can be compared.
    """
    drawing.needed(runs, "runs", ("strategy", *(f"outputs_{kind}" for kind in KINDS)))
    if runs.empty:
        return drawing.message(NOTHING)
    shown = drawing.strategies_in(runs, colours)
    names = list(shown)
    height = 0.2 + 0.32 * len(names)
    figure, axes = drawing.panels(len(KINDS), 3, (2.1, height), left=drawing.label_room(names), right=0.55, gap=0.95)
    means = {
        kind: [mean_interval(runs.loc[runs["strategy"] == name, f"outputs_{kind}"].to_numpy(float)) for name in names]
        for kind in KINDS
    }
    longest = max((mean.high for row in means.values() for mean in row), default=0) or 1.0
    for (kind, title), panel in zip(KINDS.items(), axes, strict=True):
        drawing.interval_bars(panel, means[kind], list(shown.values()), _number, 0.62)
        drawing.name_rows(panel, names, shown)
        panel.set_xlim(0, longest * 1.12)
        drawing.name_panel(panel, title, "outputs per run (number)")
    drawing.headline(
        figure,
        "Outputs by kind",
        "Bar: mean over simulated futures, whole run; line: 95% interval of the mean. All panels have the same scale.",
    )
    return figure


def _side_by_side(costs: dict[str, float]) -> dict[str, float]:
    """Return how far to move each strategy sideways, so that those of about the same cost do not overlap."""
    step = 0.03 * ((max(costs.values()) - min(costs.values())) or max(costs.values()) or 1.0)
    rows: list[list[str]] = []
    for name in sorted(costs, key=lambda name: costs[name]):
        if rows and costs[name] - costs[rows[-1][-1]] < step:
            rows[-1].append(name)
        else:
            rows.append([name])
    return {name: step * (place - (len(row) - 1) / 2) for row in rows for place, name in enumerate(row)}


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == 0 else f"{value:.1f}"
