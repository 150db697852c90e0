"""Figures for a choice: paired differences, regret, cost and outputs, acceptability, and what drives an outcome.

They are small and have no titles, for a page that says what they show, also on a narrow screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.lab.analysis.economics import Acceptability, Standing
from sim.lab.analysis.events import Estimate
from sim.lab.analysis.pairs import Difference
from sim.lab.analysis.regret import Regrets
from sim.lab.analysis.sensitivity import Morris, PawnAnalysis, Sensitivity, Sobol
from sim.lab.analysis.worth_of_sweep import WorthOfKnowing
from sim.output.figures import drawing
from sim.output.figures.palette import FAINT, INK, OKABE_ITO

HEAD, GAP = 0.12, 0.25
CLOUD = 250
"""The most faint points of one strategy."""
MOST = 20
TOTAL, FIRST = "#b9cfe0", OKABE_ITO[0]


def rows(
    names: Sequence[str], width: float = 3.2, right: float = 0.45, step: float = 0.42, head: float = HEAD
) -> tuple[Figure, Axes]:
    """Return an empty panel with a row for each name, the first on top."""
    height = 0.25 + step * len(names)
    figure, (axes,) = drawing.panels(
        1, 1, (width, height), left=drawing.label_room(names), right=right, gap=GAP, head=head
    )
    return figure, axes


def paired_differences(found: Sequence[Difference], names: Sequence[str], what: str, colours: dict[str, str]) -> Figure:
    """Draw mean paired differences with 95% intervals; hollow dots where the interval includes zero.

    `names` are those of the rows, `what` is the axis label.
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
    """Draw the share of worlds (or futures) in which each strategy is best, with 95% intervals."""
    names = [one.strategy for one in found.strategies]
    shares = [
        Estimate(*(100 * end for end in (one.best.mean, one.best.low, one.best.high))) for one in found.strategies
    ]
    figure, axes = rows(names)
    drawing.interval_bars(axes, shares, [colours[name] for name in names], lambda share: f"{share:.0f}%", 0.5)
    axes.set_xlim(0, max(5.0, *(np.fmax(share.high, share.mean) for share in shares)) * 1.1)
    drawing.name_rows(axes, names, colours)
    drawing.name_panel(axes, "", "share (%)")
    return figure


def regret_ranges(found: Regrets, unit: str, colours: dict[str, str]) -> Figure:
    """Draw the mean regret of each strategy with its interval, and the largest regret."""
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


def cost_frontier(standings: Sequence[Standing], units: np.ndarray, colours: dict[str, str]) -> Figure:
    """Draw mean cost and outputs of strategies, joined along the frontier; faint points are worlds (or futures).

    `units` is an array (units, strategies, 2) of cost and outputs, of which at most about 250 per strategy are drawn.
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
    # The frontier first, so that a dominated strategy at the same place is drawn larger behind.
    drawn = sorted(range(len(standings)), key=lambda place: bool(standings[place].by))
    own = [colours[standings[place].strategy] for place in drawn]
    faces = ["white" if standings[place].by else colour for place, colour in zip(drawn, own, strict=True)]
    edges = [colour if standings[place].by else "white" for place, colour in zip(drawn, own, strict=True)]
    drawing.dots(axes, [means[place] for place in drawn], faces, edges, 10)
    names = [one.strategy for one in standings]
    drawing.label_points(axes, means, [drawing.label(name) for name in names], [colours[name] for name in names])
    drawing.name_panel(axes, "", "cost, whole run (thousand dollars)", "outputs, whole run (number)")
    return figure


def acceptability_curves(found: Acceptability, colours: dict[str, str]) -> Figure:
    """Draw the share of worlds (or futures) in which each strategy is the best buy, by what an output is worth."""
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


def tornado(found: Sensitivity, labels: Mapping[str, str], unit: str = "") -> Figure:
    """Draw a row for each factor, at most the 20 strongest.

    Sobol: a wide light bar for the total index, a narrow dark one for the first-order index, lines for 95% intervals.  Morris: a
    bar for mu*, its interval, a diamond for sigma, both in the outcome's `unit`.  `labels`: factor -> its name.
    """
    shown: Sequence[Sobol | Morris] = found.rows[:MOST]
    names = names_of([row.factor for row in shown], labels)
    figure, axes = factor_rows(names)
    if found.kind == "sobol":
        handles = _sobol(axes, [row for row in shown if isinstance(row, Sobol)])
        what = "share of the variance between worlds"
    else:
        handles = _morris(axes, [row for row in shown if isinstance(row, Morris)])
        what = f"change over the factor's range ({unit or found.outcome})"
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.axvline(0, color=INK, linewidth=1)
    drawing.name_rows(axes, names, dict.fromkeys(names, INK))
    drawing.name_panel(axes, "", what)
    axes.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=(1.03, 1.0),
        ncols=2,
        columnspacing=1.2,
        borderaxespad=0.1,
        fontsize=drawing.SMALL,
        frameon=False,
        labelcolor=INK,
    )
    return figure


def factor_rows(names: Sequence[str]) -> tuple[Figure, Axes]:
    """Return an empty panel with a row for each factor, higher where a name takes several lines."""
    long = any("\n" in drawing.label(name) for name in names)
    return rows(names, width=3.0, head=0.35, step=0.5 if long else 0.4)


def names_of(factors: Sequence[str], labels: Mapping[str, str]) -> list[str]:
    """Return the labels of factors; the factor itself where two have one label."""
    names = [labels.get(factor, factor) for factor in factors]
    return [factor if names.count(name) > 1 else name for factor, name in zip(factors, names, strict=True)]


def pawn_distances(found: PawnAnalysis, labels: Mapping[str, str]) -> Figure:
    """Draw a bar for each factor, at most the 20 strongest, hollow unless above the noise level, a dashed line."""
    shown = found.rows[:MOST]
    names = names_of([row.factor for row in shown], labels)
    figure, axes = factor_rows(names)
    for place, row in enumerate(shown):
        axes.barh(place, row.distance, height=0.5, color=FIRST if row.clear else "white", edgecolor=FIRST)
    axes.axvline(found.noise, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.set_xlim(0, max(found.noise, *(row.distance for row in shown)) * 1.08)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    drawing.name_rows(axes, names, dict.fromkeys(names, INK))
    drawing.name_panel(axes, "", "PAWN distance (dashed line: noise)")
    return figure


def worth_of_knowing(found: WorthOfKnowing, labels: Mapping[str, str]) -> Figure:
    """Draw what it is worth to know everything, to answer questions, and to know single factors, in dollars.

    At most the 20 most valuable questions and factors each; bars of what is not above noise are hollow.
    """
    questions, keys = list(found.questions)[:MOST], found.order[:MOST]
    names = ["everything that is uncertain", *questions, *names_of(keys, labels)]
    values = [*(found.questions[one].worth for one in questions), *(found.factors[key] for key in keys)]
    colours = [OKABE_ITO[2]] * len(questions) + [TOTAL] * len(keys)
    figure, axes = factor_rows(names)
    axes.barh(0, found.everything.mean, height=0.5, color=FIRST)
    for place, (value, colour) in enumerate(zip(values, colours, strict=True), start=1):
        axes.barh(place, value.mean, height=0.5, color=colour if found.is_clear(value) else "white", edgecolor=colour)
    for place, value in enumerate([found.everything, *values]):
        axes.plot([value.low, value.high], [place] * 2, color=INK, linewidth=1.2)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    drawing.name_rows(axes, names, dict.fromkeys(names, INK))
    drawing.name_panel(axes, "", "dollars for this decision, 95% interval")
    return figure


def _sobol(axes: Axes, shown: Sequence[Sobol]) -> list[Artist]:
    for place, row in enumerate(shown):
        axes.barh(place, row.total.mean, height=0.62, color=TOTAL)
        axes.barh(place, row.first.mean, height=0.3, color=FIRST)
        for index, shift in ((row.total, 0.24), (row.first, 0.0)):
            axes.plot([index.low, index.high], [place + shift] * 2, color=INK, linewidth=1.1)
    return [Patch(color=FIRST, label="alone (first order)"), Patch(color=TOTAL, label="with others (total)")]


def _morris(axes: Axes, shown: Sequence[Morris]) -> list[Artist]:
    for place, row in enumerate(shown):
        axes.barh(place, row.mu_star.mean, height=0.5, color=TOTAL)
        axes.plot([row.mu_star.low, row.mu_star.high], [place] * 2, color=INK, linewidth=1.2)
        axes.plot(row.sigma, place, "D", markersize=6, color="white", markeredgecolor=FIRST, zorder=3)
    sigma = Line2D([], [], marker="D", linestyle="", color="white", markeredgecolor=FIRST, label="σ: its spread")
    return [Patch(color=TOTAL, label="μ*: mean size"), sigma]
