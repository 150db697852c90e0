"""Which strategy to choose: paired differences, regret, the frontier of cost and outputs, acceptability.

Small figures without titles, made to be read on a page that says what they show, also on a narrow screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.output.figures import drawing
from sim.output.figures.palette import FAINT, INK, ink

if TYPE_CHECKING:
    from sim.lab.analysis.economics import Acceptability, Standing
    from sim.lab.analysis.events import Estimate
    from sim.lab.analysis.pairs import Difference
    from sim.lab.analysis.regret import Regrets

HEAD, GAP = 0.12, 0.25
CLOUD = 250
"""Faint points of one strategy, at most."""


def rows(
    names: Sequence[str], width: float = 3.2, right: float = 0.45, step: float = 0.42, head: float = HEAD
) -> tuple[Figure, Axes]:
    """An empty panel with a row for each name, the first on top."""
    height = 0.25 + step * len(names)
    figure, (axes,) = drawing.panels(
        1, 1, (width, height), left=drawing.label_room(names), right=right, gap=GAP, head=head
    )
    return figure, axes


def paired_differences(found: Sequence[Difference], names: Sequence[str], what: str, colours: dict[str, str]) -> Figure:
    """Mean paired differences with 95% intervals, a row each; hollow where the interval holds 0.

    `names`: of the rows, each in `colours`.  `what`: what the axis measures.
    """
    figure, axes = rows(names)
    for row, (one, name) in enumerate(zip(found, names, strict=True)):
        colour = colours[name]
        axes.plot([one.low, one.high], [row, row], color=colour, linewidth=2.4, solid_capstyle="butt")
        axes.plot(
            one.mean, row, "o", markersize=8, color=colour if one.clear else "white", markeredgecolor=colour, zorder=3
        )
    axes.axvline(0, color=INK, linewidth=1)
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    drawing.name_rows(axes, list(names), colours)
    drawing.name_panel(axes, "", what)
    return figure


def probability_best(found: Regrets, colours: dict[str, str]) -> Figure:
    """Share of worlds (or futures) in which each strategy is best, with 95% intervals."""
    return _bars([one.strategy for one in found.strategies], [one.best for one in found.strategies], colours, 100, "%")


def regret_ranges(found: Regrets, unit: str, colours: dict[str, str]) -> Figure:
    """Mean regret of each strategy with its interval, and the largest of these units, without one."""
    names = [one.strategy for one in found.strategies]
    figure, axes = rows(names)
    for row, one in enumerate(found.strategies):
        colour = colours[one.strategy]
        axes.plot([one.mean.mean, one.largest], [row, row], color=colour, linewidth=1.4, alpha=0.6)
        axes.plot(
            [one.mean.low, one.mean.high], [row, row], color=colour, linewidth=5, alpha=0.45, solid_capstyle="butt"
        )
        axes.plot(one.mean.mean, row, "o", color=colour, markersize=8, markeredgecolor="white", zorder=3)
        axes.plot(one.largest, row, "|", color=colour, markersize=12, markeredgewidth=2.4)
    axes.set_xlim(left=0)
    axes.margins(x=0.06)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    drawing.name_rows(axes, names, colours)
    drawing.name_panel(axes, "", f"regret ({unit})" if unit else "regret")
    return figure


def _bars(names: list[str], values: Sequence[Estimate], colours: dict[str, str], scale: float, unit: str) -> Figure:
    figure, axes = rows(names)
    for row, (name, value) in enumerate(zip(names, values, strict=True)):
        axes.barh(row, scale * value.mean, height=0.5, color=colours[name])
        axes.plot([scale * value.low, scale * value.high], [row, row], color=INK, linewidth=1.2)
        axes.annotate(
            f"{scale * value.mean:.0f}{unit}",
            (scale * max(value.high, value.mean), row),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=drawing.SMALL,
            color=INK,
        )
    axes.set_xlim(0, scale * max(0.05, *(value.high for value in values)) * 1.1)
    drawing.name_rows(axes, names, colours)
    drawing.name_panel(axes, "", f"share ({unit})")
    return figure


def cost_frontier(standings: Sequence[Standing], units: np.ndarray, colours: dict[str, str]) -> Figure:
    """Mean cost and outputs of strategies, joined along the frontier; faint points are worlds (or futures).

    Where means coincide, one dot lies larger behind the other.

    `units`: (units, strategies, 2), cost and outputs; at most some 250 a strategy are drawn, evenly picked.
    """
    figure, (axes,) = drawing.panels(1, 1, (4.3, 3.1), left=0.7, right=0.4, gap=0.3, head=0.15)
    every = max(1, len(units) // CLOUD)
    for place, one in enumerate(standings):
        cloud = units[::every, place]
        axes.scatter(cloud[:, 0] / 1000, cloud[:, 1], s=9, color=colours[one.strategy], alpha=0.18, linewidth=0)
    kept = sorted((one.cost / 1000, one.outputs) for one in standings if not one.by)
    axes.plot(*zip(*kept, strict=True), color=FAINT, linewidth=1.2, linestyle=(0, (4, 3)), zorder=2)
    means = [(one.cost / 1000, one.outputs) for one in standings]
    axes.scatter([cost for cost, _ in means], [brought for _, brought in means], s=0)
    axes.margins(0.12)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    # Those on the frontier first: where dots coincide a dominated one, hollow, lies larger behind.
    drawn = sorted(range(len(standings)), key=lambda place: bool(standings[place].by))
    own = [colours[standings[place].strategy] for place in drawn]
    faces = ["white" if standings[place].by else colour for place, colour in zip(drawn, own, strict=True)]
    edges = [colour if standings[place].by else "white" for place, colour in zip(drawn, own, strict=True)]
    drawing.dots(axes, [means[place] for place in drawn], faces, edges, 10)
    _name_points(axes, standings, colours)
    drawing.name_panel(axes, "", "cost, whole run (thousand dollars)", "outputs, whole run (number)")
    return figure


def _name_points(axes: Axes, standings: Sequence[Standing], colours: dict[str, str]) -> None:
    """Names beside the points of a frontier, moved apart up and down where they would overlap."""
    bottom, top = axes.get_ylim()
    left, right = axes.get_xlim()
    height = 1.2 * drawing.TEXT * drawing.LINE / drawing.panel_points(axes)[1]
    for side in (False, True):
        mine = [one for one in standings if ((one.cost / 1000 - left) > (right - left) / 2) == side]
        wanted = [(one.outputs - bottom) / (top - bottom) for one in mine]
        for one, place in zip(mine, drawing.spread(wanted, [height] * len(mine), 0.02, 0.98), strict=True):
            axes.annotate(
                drawing.label(one.strategy),
                (one.cost / 1000, one.outputs),
                ((one.cost / 1000 - left) / (right - left) + (-0.1 if side else 0.1), place),
                textcoords="axes fraction",
                fontsize=drawing.TEXT,
                fontweight="bold",
                color=ink(colours[one.strategy]),
                va="center",
                ha="right" if side else "left",
                parse_math=False,
                zorder=5,
                bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "alpha": 0.8, "edgecolor": "none"},
                arrowprops={"arrowstyle": "-", "color": FAINT, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 6},
            )


def acceptability_curves(found: Acceptability, colours: dict[str, str]) -> Figure:
    """Share of worlds (or futures) in which each strategy is the best buy, by what an output is worth, with 95% bands."""
    figure, (axes,) = drawing.panels(
        1, 1, (3.9, 2.7), left=0.7, right=drawing.label_room(found.strategies), gap=0.3, head=0.25
    )
    prices = found.prices
    for place, name in enumerate(found.strategies):
        axes.fill_between(
            prices, 100 * found.low[:, place], 100 * found.high[:, place], color=colours[name], alpha=0.13, linewidth=0
        )
        axes.plot(prices, 100 * found.share[:, place], color=colours[name], linewidth=2)
    axes.set_xlim(prices[0], prices[-1])
    axes.set_ylim(-2, 102)
    axes.set_yticks(range(0, 101, 25))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    drawing.name_panel(axes, "", "what one output is worth (dollars)", f"best buy ({found.unit}, %)")
    drawing.label_ends(
        axes, {name: 100 * float(found.share[-1, place]) for place, name in enumerate(found.strategies)}, colours
    )
    return figure
