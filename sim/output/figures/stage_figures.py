"""Figures of a comparison: share of futures that reached each stage, typical weeks, outputs against cost and by kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.lab.analysis.effects import mean_interval
from sim.lab.analysis.events import Curve, Estimate
from sim.lab.analysis.reached import reached, several_worlds
from sim.output.figures import drawing
from sim.output.figures.drawing import Colours
from sim.output.figures.palette import FAINT, STAGE_COLOURS, STAGES
from sim.output.words import KIND_WORDS, capital

KINDS = {kind: capital(words) for kind, words in KIND_WORDS.items()}
DOT = 9.0


def outputs_against_cost(runs: pd.DataFrame, colours: Colours = None) -> Figure:
    """Draw mean outputs against mean cost by strategy, with 95% intervals, and a faint point for each future.

    `runs` has a row per run, with `strategy`, `cost` (dollars) and `outputs` (count, whole run).
    """
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


BARE = (0.4, 0.3)


def stages_over_time(
    runs: pd.DataFrame, horizon: float, colours: Colours = None, stages: Sequence[str] = STAGES, bare: bool = False
) -> Figure:
    """Draw the share of futures that reached each stage by week: a panel for each stage, with 95% bands.

    `runs` has a row per run, with `strategy` and `connected_week`, `aligned_week`, `producing_week`, `generative_week`
    (weeks, NaN where not reached by the `horizon`).  `colours`: strategy -> colour, by default `strategy_colours`.
    Of a sweep with several worlds also `point` and `replicate`: intervals then count worlds and seeds, not futures.
    `stages`: which panels.  `bare`: without title and note, for a page that says both itself.
    """
    shown = drawing.strategies_in(runs, colours)
    head, gap = BARE if bare else (drawing.HEAD, 0.85)
    figure, axes = drawing.panels(len(stages), 2, (3.7, 2.3), right=drawing.label_room(shown), gap=gap, head=head)
    for stage, panel in zip(stages, axes, strict=True):
        ends = {}
        for name in shown:
            curve = reached(runs, name, stage, horizon).curve
            week, share, low, high = _staircase(curve)
            panel.fill_between(week, low, high, step="post", color=shown[name], alpha=0.13, linewidth=0)
            panel.step(week, share, where="post", color=shown[name], linewidth=2, label=name)
            ends[name] = float(share[-1])
        drawing.week_axis(panel, horizon)
        panel.set_ylim(-2, 102)
        panel.set_yticks(range(0, 101, 25))
        drawing.name_panel(
            panel, stage.capitalize(), "weeks since the start", "futures that reached it (%)", STAGE_COLOURS[stage]
        )
        drawing.label_ends(panel, ends, shown)
    if bare:
        return figure
    how = "over worlds and seeds" if several_worlds(runs) else "Kaplan\u2013Meier, log-log"
    drawing.headline(
        figure,
        "How many simulated futures reach each stage, and when",
        f"Line: share of simulated futures that reached the stage by that week ({_count(runs)}). Band: 95% interval of "
        f"the share, each week taken by itself ({how}).",
    )
    return figure


def time_to_event(
    runs: pd.DataFrame, horizon: float, colours: Colours = None, stages: Sequence[str] = STAGES, bare: bool = False
) -> Figure:
    """Draw the weeks to each stage by strategy: median and mean with intervals, and the middle 80% of futures.

    Arguments and intervals are as in `stages_over_time`.  Each row says how many futures never reached the stage.
    """
    shown = drawing.strategies_in(runs, colours)
    height = 0.35 + 0.5 * len(shown)
    head, gap = BARE if bare else (drawing.HEAD, 0.95)
    room = drawing.label_room(shown)
    figure, axes = drawing.panels(len(stages), 2, (3.4, height), left=room, right=1.25, gap=gap, head=head)
    for stage, panel in zip(stages, axes, strict=True):
        for row, name in enumerate(shown):
            found = reached(runs, name, stage, horizon)
            _range(panel, row, found.curve, found.weeks, horizon, shown[name])
        drawing.name_rows(panel, list(shown), shown)
        drawing.week_axis(panel, horizon)
        drawing.name_panel(panel, stage.capitalize(), "weeks since the start", colour=STAGE_COLOURS[stage])
    if bare:
        return figure
    drawing.headline(
        figure,
        "Weeks to each stage",
        f"Dot: median of {_count(runs)}; thick bar: its 95% interval. Thin line: the middle 80% of futures, with an "
        "arrow where it ends past the horizon. Diamond: mean weeks, restricted to "
        f"{horizon:g}, with 95% interval.{' Intervals count worlds and seeds.' if several_worlds(runs) else ''}",
    )
    return figure


def _staircase(curve: Curve) -> tuple[np.ndarray, ...]:
    """Return weeks, share, low and high in percent, up to the last week observed."""
    weeks = np.append(curve.weeks, curve.followed)
    return weeks, *(100 * np.append(row, row[-1]) for row in (curve.share, curve.low, curve.high))


def _count(runs: pd.DataFrame) -> str:
    """Return the number of futures per strategy as text."""
    sizes = runs.groupby("strategy", sort=False).size()
    few, many = int(sizes.min()), int(sizes.max())
    return f"{few} futures per strategy" if few == many else f"{few} to {many} futures per strategy"


def _range(panel: Axes, row: int, curve: Curve, mean: Estimate, horizon: float, colour: str) -> None:
    """Draw one strategy's row: middle 80%, median, mean, and how many never reached the stage."""
    early, late = curve.quantile(0.1), curve.quantile(0.9)
    above, below = row - 0.12, row + 0.17
    if early is not None:
        panel.plot([early, late if late is not None else horizon], [above, above], color=colour, linewidth=1.4)
        if late is None:
            panel.plot(horizon, above, marker=">", color=colour, markersize=6, clip_on=False)
    if curve.median is not None:
        low, high = curve.quantile_interval(0.5)
        ends = [low if low is not None else horizon, high if high is not None else horizon]
        panel.plot(ends, [above, above], color=colour, linewidth=6, alpha=0.45, solid_capstyle="butt")
        panel.plot(curve.median, above, marker="o", color=colour, markersize=7, markeredgecolor="white")
    if curve.reached:
        panel.plot([mean.low, mean.high], [below, below], color=colour, linewidth=1.2)
        panel.plot(mean.mean, below, marker="D", color="white", markeredgecolor=colour, markersize=5, clip_on=False)
    place = panel.get_yaxis_transform()
    panel.text(1.035, row, _never(curve), transform=place, fontsize=drawing.SMALL, color=FAINT, va="center")


def _never(curve: Curve) -> str:
    """Return the share that never reached the stage as text."""
    never = 100 * (1 - curve.reached / curve.runs)
    if curve.reached == curve.runs:
        return "all reached it"
    # Rounding must not turn a few into none, or nearly all into all.
    return f"{never:.0f}% never" if 0.5 <= never <= 99.5 or not curve.reached else f"{never:.2g}% never"
