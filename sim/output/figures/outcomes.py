"""What strategies bring and cost: outputs against dollars, and outputs by kind."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from sim.lab.analysis.effects import mean_interval
from sim.output.figures import drawing
from sim.output.figures.palette import FAINT, INK, ink, strategy_colours
from sim.output.words import KIND_WORDS, capital

Colours = dict[str, str] | None
KINDS = {kind: capital(words) for kind, words in KIND_WORDS.items()}
NOTHING = "No runs in this table yet: run a comparison first, and this figure shows what strategies bring and cost."
DOT = 9.0
DIRECTIONS = ((1, 0.6), (1, -0.6), (-1, 0.6), (-1, -0.6), (0, 1), (0, -1), (1, 0), (-1, 0))


def outputs_against_cost(runs: pd.DataFrame, colours: Colours = None) -> Figure:
    """Mean outputs against mean cost by strategy, with 95% intervals, and a faint point for each future.

    `runs`: a row a run, with `strategy`, `cost` (dollars) and `outputs` (count, whole run).
    """
    drawing.needed(runs, "runs", ("strategy", "cost", "outputs"))
    if runs.empty:
        return drawing.message(NOTHING)
    names = [str(name) for name in pd.unique(runs["strategy"])]
    shown = strategy_colours(names) | (colours or {})
    figure, (axes,) = drawing.panels(1, 1, (6.6, 4.2), right=0.5, head=0.7)
    centres = []
    aside = _side_by_side({name: float(runs.loc[runs["strategy"] == name, "cost"].mean()) / 1000 for name in names})
    for name in names:
        mine = runs[runs["strategy"] == name]
        cost, outputs = mine["cost"].to_numpy(float) / 1000, mine["outputs"].to_numpy(float)
        axes.scatter(
            cost + aside[name], outputs, s=16, color=shown[name], alpha=0.22, linewidth=0, label=f"futures of {name}"
        )
        dear, many = mean_interval(cost), mean_interval(outputs)
        axes.plot([dear.low, dear.high], [many.mean] * 2, color=shown[name], linewidth=2)
        axes.plot([dear.mean] * 2, [many.low, many.high], color=shown[name], linewidth=2)
        centres.append((dear.mean, many.mean))
    axes.margins(0.15)
    axes.set_ylim(bottom=-0.04 * axes.get_ylim()[1])
    drawing.dots(axes, centres, [shown[name] for name in names], ["white"] * len(names), DOT)
    drawing.name_panel(axes, "", "cost of coordination, whole run (thousand dollars)", "outputs, whole run (number)")
    told = [
        f"{drawing.label(n)}\n{_number(many)} for {_dollars(dear)}"
        for n, (dear, many) in zip(names, centres, strict=True)
    ]
    _label_points(axes, told, centres, [shown[name] for name in names])
    drawing.headline(
        figure,
        "What strategies cost, and what they bring",
        "Large dot: mean over simulated futures, where two coincide the one larger behind the other; bars: 95% interval "
        "of the mean, in both directions. Faint dot: one simulated future; where strategies cost the same, faint dots are "
        "moved apart.",
    )
    return figure


def outputs_by_kind(runs: pd.DataFrame, colours: Colours = None) -> Figure:
    """Mean outputs of each of six kinds by strategy: a panel a kind, on one scale, with 95% intervals.

    `runs`: a row a run, with `strategy` and `outputs_innovation`, `_practice`, `_advocacy`, `_services`, `_purchasing`,
    `_investment` (counts, whole run).  Panels rather than stacks: strategies keep their colours and can be compared.
    """
    drawing.needed(runs, "runs", ("strategy", *(f"outputs_{kind}" for kind in KINDS)))
    if runs.empty:
        return drawing.message(NOTHING)
    names = [str(name) for name in pd.unique(runs["strategy"])]
    shown = strategy_colours(names) | (colours or {})
    height = 0.2 + 0.32 * len(names)
    figure, axes = drawing.panels(len(KINDS), 3, (2.1, height), left=drawing.label_room(names), right=0.55, gap=0.95)
    means = {
        kind: [mean_interval(runs.loc[runs["strategy"] == name, f"outputs_{kind}"].to_numpy(float)) for name in names]
        for kind in KINDS
    }
    longest = max((mean.high for row in means.values() for mean in row), default=0) or 1.0
    for (kind, title), panel in zip(KINDS.items(), axes, strict=True):
        for row, (name, mean) in enumerate(zip(names, means[kind], strict=True)):
            panel.barh(row, mean.mean, height=0.62, color=shown[name])
            panel.plot([mean.low, mean.high], [row, row], color=INK, linewidth=1.2)
            panel.annotate(
                _number(mean.mean),
                (max(mean.high, mean.mean), row),
                (4, 0),
                textcoords="offset points",
                va="center",
                fontsize=drawing.SMALL,
                color=INK,
            )
        drawing.name_rows(panel, names, shown)
        panel.set_xlim(0, longest * 1.12)
        drawing.name_panel(panel, title, "outputs a run (number)")
    drawing.headline(
        figure,
        "What kinds of outputs strategies bring",
        "Bar: mean number over simulated futures, whole run; line: 95% interval of the mean. One scale for all kinds.",
    )
    return figure


def _side_by_side(costs: dict[str, float]) -> dict[str, float]:
    """How far to move each strategy's futures sideways, so that those of about the same cost do not hide each other."""
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


def _dollars(thousands: float) -> str:
    return f"${thousands * 1000:,.0f}"


def _label_points(axes: Axes, labels: list[str], points: list[tuple[float, float]], colours: list[str]) -> None:
    """Label each strategy's point beside it, where the label covers no other one and as few futures as can be."""
    dot = 14.0
    pixel = axes.figure.dpi / drawing.POINTS
    centres = [axes.transData.transform(point) / pixel for point in points]
    taken = [Bbox.from_bounds(x - dot / 2, y - dot / 2, dot, dot) for x, y in centres]
    futures = np.concatenate([axes.transData.transform(cloud.get_offsets()) for cloud in axes.collections]) / pixel
    frame = Bbox(axes.get_window_extent().get_points() / pixel)
    # From the top down, so that labels stand in the order of their points and leaders don't cross.
    for row in sorted(range(len(labels)), key=lambda row: -centres[row][1]):
        text, point, centre = labels[row], points[row], centres[row]
        size = (drawing.text_width(text) * 1.15, (text.count("\n") + 1.2) * drawing.TEXT * drawing.LINE)
        others = np.delete(centres, row, axis=0)
        offset, place = _place(centre, size, taken, futures, others, frame)
        taken.append(place)
        axes.annotate(
            text,
            point,
            offset,
            textcoords="offset points",
            fontsize=drawing.TEXT,
            fontweight="bold",
            color=ink(colours[row]),
            va="center",
            ha="center",
            bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "alpha": 0.75, "edgecolor": "none"},
            zorder=5,
            parse_math=False,
            arrowprops={"arrowstyle": "-", "color": FAINT, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 4},
        )


def _place(
    centre: np.ndarray,
    size: tuple[float, float],
    taken: list[Bbox],
    futures: np.ndarray,
    others: np.ndarray,
    frame: Bbox,
) -> tuple[tuple[float, float], Bbox]:
    """The best of several places around a point for a name of a size; all in points, the offset from the point first.

    Nothing costs more than covering what is taken or leaving the frame; then a leader over another strategy's point or
    label; then futures covered; then the way.
    """
    choices = []
    for far, (right, up) in product((1.0, 2.2, 4.0, 6.0, 9.0), DIRECTIONS):
        offset = (right * (size[0] / 2 + 9 * far), up * (size[1] / 2 + 9 * far))
        corner = (centre[0] + offset[0] - size[0] / 2, centre[1] + offset[1] - size[1] / 2)
        place = Bbox.from_bounds(*corner, *size)
        covered = np.all((futures > place.min) & (futures < place.max), axis=1).sum()
        outside = size[0] * size[1] - _overlap(place, frame)
        cost = 100 * (sum(_overlap(place, other) for other in taken) + outside) + 3 * covered + 4 * far
        leader = centre + np.linspace(0.0, 1.0, 20)[:, None] * np.array(offset)
        labels = [other for other in taken if not other.contains(*centre)]
        crossed = any(other.contains(*step) for step in leader for other in labels)
        cost += 400 * (_passes(centre, np.array(offset), others) + crossed)
        choices.append((cost, offset, place))
    _, best, where = min(choices, key=lambda choice: choice[0])
    return best, where


def _passes(centre: np.ndarray, offset: np.ndarray, others: np.ndarray) -> int:
    """How many other points a straight leader from a point to its name comes near, within 8 points."""
    along = np.clip((others - centre) @ offset / (offset @ offset), 0, 1)
    return int((np.hypot(*(others - centre - along[:, None] * offset).T) < 8).sum())


def _overlap(one: Bbox, other: Bbox) -> float:
    shared = Bbox.intersection(one, other)
    return 0.0 if shared is None else float(shared.width * shared.height)
