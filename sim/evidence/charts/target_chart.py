"""Figures of the model against published figures: all targets, and the club that split."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from sim.evidence.targets.validate import TargetResult
from sim.output.figures.drawing import SMALL, TEXT, dress, headline, legend_below_title, name_panel, name_rows, panels
from sim.output.figures.palette import FAINT, INK, OKABE_ITO, shade
from sim.output.words import number

INSIDE, OUTSIDE = OKABE_ITO[0], OKABE_ITO[1]
BAND = "#d9d9d9"
ROW = 0.235
LEAST_SKILL = -9.0
RATIOS = "Ratios, and numbers as times the published one or its bound"
LEFT, PANEL, RIGHT, GAP, TOP, BOTTOM = 4.1, 3.6, 0.65, 0.62, 1.12, 0.9
NOTE = (
    "Black: the published figure; grey: its range, or the side that a direction has to be on.  Bar: 90% of simulated "
    "futures (for pooled shares, of bootstrap samples); dot: their median, hollow where the figure informed a "
    "parameter of the model.  Skill: 1 is perfect, 0 as good as knowing the scale alone (CRPS)."
)


def is_ratio(row: TargetResult) -> bool:
    """Return whether a row is shown as a multiple of the published figure."""
    return row.target.unit not in ("share", "difference", "index")


def of(row: TargetResult, *experiments: str) -> bool:
    """Return whether a row is a share, difference or index of one of these experiments."""
    return row.target.experiment in experiments


PANELS: tuple[tuple[str, str, Callable[[TargetResult], bool]], ...] = (
    ("Freeman's EIES: 32 researchers, eight months", "share, or difference", lambda row: of(row, "eies")),
    ("Newcomb's house: 17 strangers, 15 weeks", "share", lambda row: of(row, "house")),
    ("AMENDS: 214 people, four waves", "share, or correlation", lambda row: of(row, "community")),
    ("Elsewhere: shares", "share, or burstiness", lambda row: not of(row, "eies", "house", "community")),
)


def scaled(row: TargetResult) -> tuple[float, float, float, float, tuple[float, float] | None]:
    """Return observed, median, interval and range of a row, as multiples of the observed figure if `is_ratio`."""
    target = row.target
    unit = target.scale if is_ratio(row) else 1.0
    shown = None if target.kind == "figure" else (target.low / unit, target.high / unit)
    return target.observed / unit, row.median / unit, row.low / unit, row.high / unit, shown


def draw_row(axes: Axes, place: int, row: TargetResult, edges: tuple[float, float]) -> None:
    """Draw one target: its range, its figure, the simulated interval and median."""
    observed, median, low, high, span = scaled(row)
    colour = INSIDE if row.inside else OUTSIDE
    if span is not None:
        band = np.clip(span, *edges)
        axes.barh(place, band[1] - band[0], left=band[0], height=0.8, color=BAND, zorder=1)
    if np.isfinite(low) and np.isfinite(high):
        axes.plot(
            np.clip([low, high], *edges), [place, place], color=colour, linewidth=3.2, solid_capstyle="butt", zorder=3
        )
    if np.isfinite(median):
        face = "white" if row.target.in_fit else colour
        axes.plot(
            [np.clip(median, *edges)],
            [place],
            "o",
            color=colour,
            markerfacecolor=face,
            markersize=6.5,
            markeredgewidth=1.6,
            zorder=4,
        )
    if row.target.kind != "direction":
        axes.plot([observed], [place], "|", color=INK, markersize=13, markeredgewidth=2.2, zorder=5)


def draw_panel(axes: Axes, what: str, rows: Sequence[TargetResult]) -> None:
    """Draw the targets of one panel, the first on top."""
    dress(axes)
    times = all(is_ratio(row) for row in rows)
    numbers = [value for row in rows for value in scaled(row)[:4] if np.isfinite(value)]
    if times:
        axes.set_xscale("log")
        above = [value for value in numbers if value > 0]
        edges = (min(0.4, 0.8 * min(above, default=1.0)), max(2.5, 1.3 * max(above, default=1.0)))
        ticks = [tick for tick in (0.01, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100) if edges[0] <= tick <= edges[1]]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        edges = (min(0.0, min(numbers, default=0.0) - 0.05), max(1.03, max(numbers, default=1.0) + 0.03))
    axes.set_xlim(*edges)
    for place, row in enumerate(rows):
        draw_row(axes, place, row, edges)
    names = [short_label(row) for row in rows]
    colours = {name: INSIDE if row.inside else OUTSIDE for name, row in zip(names, rows, strict=True)}
    write_skills(axes, rows)
    name_rows(axes, names, colours, SMALL, 200)
    axes.axvline(1.0 if times else 0.0, color=INK, linewidth=0.7, zorder=2)
    name_panel(axes, "", what)


def short_label(row: TargetResult) -> str:
    """Return a target's label without the data set's name, which the panel has."""
    prefixed = of(row, "eies", "house", "community") and not is_ratio(row)
    return row.target.label.split(": ", 1)[-1] if prefixed else row.target.label


def write_skills(axes: Axes, rows: Sequence[TargetResult]) -> None:
    """Write each row's skill to the right of the panel; at least -9 is shown, and nothing where there is no score."""
    beside = axes.get_yaxis_transform()
    axes.text(1.03, -0.75, "skill", transform=beside, fontsize=SMALL, color=INK, va="bottom")
    for place, row in enumerate(rows):
        skill = row.score.skill
        if not np.isnan(skill):
            text = number(skill, 2) if skill > LEAST_SKILL else f"< {number(LEAST_SKILL, 0)}"
            axes.text(1.03, place, text, transform=beside, fontsize=SMALL, color=INK, va="center")


def target_figure(rows: Sequence[TargetResult], title: str) -> Figure:
    """Draw observed figures against simulated ones: a panel for each kind of measure, a row for each target."""
    shown = [(name, what, [row for row in rows if chosen(row) and not is_ratio(row)]) for name, what, chosen in PANELS]
    shown.append((RATIOS, "times, log scale", [row for row in rows if is_ratio(row)]))
    shown = [panel for panel in shown if panel[2]]
    if not shown:
        raise ValueError("no targets to draw")
    width = LEFT + PANEL + RIGHT
    tall = [len(panel[2]) * ROW for panel in shown]
    height = TOP + sum(tall) + GAP * len(shown) + BOTTOM
    figure = Figure(figsize=(width, height), facecolor="white")
    top = height - TOP
    for (name, what, chosen_rows), high in zip(shown, tall, strict=True):
        axes = figure.add_axes((LEFT / width, (top - high) / height, PANEL / width, high / height))
        draw_panel(axes, what, chosen_rows)
        figure.text(
            0.2 / width, (top + 0.09) / height, name, fontsize=TEXT + 1, fontweight="bold", color=INK, va="bottom"
        )
        top -= high + GAP + 0.12
    headline(figure, title, NOTE)
    keys = [
        Line2D([], [], color=INSIDE, marker="o", linewidth=3.2, label="inside"),
        Line2D([], [], color=OUTSIDE, marker="o", linewidth=3.2, label="outside"),
        Line2D([], [], color=INK, marker="o", markerfacecolor="white", linestyle="", label="informed a parameter"),
        Line2D(
            [], [], color=INK, marker="|", markersize=12, markeredgewidth=2.2, linestyle="", label="published figure"
        ),
    ]
    legend_below_title(figure, keys)
    return figure


MARKS = ("o", "s")
CLUB_NOTE = (
    "Left: shape and colour show the side that a member took; the fuller the colour, the more futures put them there by the "
    "leaders' pull (white: no more than half).  Right: a dot for each pair of futures, and the median; lines: chance, and the "
    "worst of the standard cuts of the network."
)


def draw_club(
    axes: Axes, graph: nx.Graph, sides: Sequence[int], right: Sequence[float], leaders: Sequence[int]
) -> None:
    """Draw the members and their ties, placed by ties alone."""
    axes.set_axis_off()
    axes.set_aspect("equal")
    places = nx.kamada_kawai_layout(graph)
    fading = [LinearSegmentedColormap.from_list("side", ["#ffffff", colour]) for colour in (INSIDE, OUTSIDE)]
    for a, b in graph.edges:
        (x, y), (u, v) = places[a], places[b]
        axes.plot([x, u], [y, v], color="#bdbdbd", linewidth=0.8, zorder=1)
    for node in graph:
        colour = (INSIDE, OUTSIDE)[sides[node]]
        leads = node in leaders
        x, y = places[node]
        axes.scatter(
            x,
            y,
            s=210 if leads else 105,
            marker=MARKS[sides[node]],
            color=[fading[sides[node]](max(0.0, 2.0 * right[node] - 1.0))],
            edgecolors=INK if leads else shade(colour, 0.8),
            linewidths=2.0 if leads else 1.5,
            zorder=3,
        )


def draw_shares(axes: Axes, shares: Mapping[str, Sequence[float]], lines: Mapping[str, float]) -> None:
    """Draw a row for each method: a dot for each future, jittered by a fixed pattern; lines for references."""
    dress(axes)
    axes.set_xlim(0.2, 1.03)
    axes.set_ylim(len(shares) - 0.4, -0.85)
    for row, values in enumerate(shares.values()):
        known = np.sort(np.asarray(values, float)[np.isfinite(values)])
        jitter = 0.5 * ((np.arange(len(known)) * 0.618034) % 1.0 - 0.5)
        axes.plot(known, row + jitter, "o", color=INK, markersize=2.6, alpha=0.35, markeredgewidth=0, zorder=2)
        if len(known):
            axes.plot([np.median(known)] * 2, [row - 0.33, row + 0.33], color=INSIDE, linewidth=3, zorder=3)
    for count, (name, place) in enumerate(lines.items()):
        axes.axvline(place, color=INK, linewidth=1.1, linestyle="--", zorder=1)
        left = count % 2 == 1
        axes.text(
            place + (-0.012 if left else 0.012),
            -0.8,
            name,
            fontsize=SMALL,
            color=FAINT,
            ha="right" if left else "left",
            va="top",
        )
    axes.set_yticks(range(len(shares)), list(shares), fontsize=SMALL)
    axes.grid(False, axis="y")


def club(
    graph: nx.Graph,
    sides: Sequence[int],
    right: Sequence[float],
    leaders: Sequence[int],
    shares: Mapping[str, Sequence[float]],
    lines: Mapping[str, float],
    title: str,
) -> Figure:
    """Draw the club with its sides, and how often simulated futures predict them.

    `sides`: 0 or 1 for each member.  `right`: share of futures that put each member on that side.  `shares`: by method, the
    share of members on their real side in each future.  `lines`: reference shares by name.
    """
    figure, axes = panels(2, 2, (4.3, 3.9), left=1.15, right=0.2, gap=1.05)
    draw_club(axes[0], graph, sides, right, leaders)
    draw_shares(axes[1], shares, lines)
    name_panel(axes[0], "Where the club broke")
    name_panel(axes[1], "Members on their real side", "share of the 34 members, in each future")
    keys = [
        Line2D([], [], linestyle="", marker=mark, color=face, markeredgecolor=edge, markersize=size, label=words)
        for mark, face, edge, size, words in (
            (MARKS[0], INSIDE, INSIDE, 8, "went with the instructor"),
            (MARKS[1], OUTSIDE, OUTSIDE, 8, "went with the officer"),
            ("o", "white", INK, 11, "leaders"),
        )
    ]
    width, height = figure.get_size_inches()
    figure.legend(
        handles=keys,
        loc="lower left",
        bbox_to_anchor=(0.6 / width, 0.62 / height),
        ncols=3,
        frameon=False,
        fontsize=SMALL,
    )
    headline(figure, title, CLUB_NOTE)
    return figure
