"""Figure of the club that split: who went with whom, and on which side simulated futures put them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.output.figures.drawing import SMALL, dress, headline, name_panel, panels
from sim.output.figures.palette import FAINT, INK, OKABE_ITO, shade

FIRST, SECOND = OKABE_ITO[0], OKABE_ITO[1]
MARKS = ("o", "s")
NOTE = (
    "Left: shape and colour show the side that a member took; the fuller the colour, the more futures put them there by the "
    "leaders' pull (white: no more than half).  Right: a dot for each pair of futures, and the median; lines: chance, and the "
    "worst of the standard cuts of the network."
)


def blend(colour: str, share: float) -> tuple[float, float, float]:
    """Return a colour between white (0) and the colour (1)."""
    red, green, blue = (1.0 - share * (1.0 - part) for part in to_rgb(colour))
    return red, green, blue


def draw_club(
    axes: Axes, graph: nx.Graph, sides: Sequence[int], right: Sequence[float], leaders: Sequence[int]
) -> None:
    """Draw the members and their ties, placed by ties alone."""
    axes.set_axis_off()
    axes.set_aspect("equal")
    places = nx.kamada_kawai_layout(graph)
    for a, b in graph.edges:
        (x, y), (u, v) = places[a], places[b]
        axes.plot([x, u], [y, v], color="#bdbdbd", linewidth=0.8, zorder=1)
    for node in graph:
        colour = (FIRST, SECOND)[sides[node]]
        leads = node in leaders
        x, y = places[node]
        axes.scatter(
            x,
            y,
            s=210 if leads else 105,
            marker=MARKS[sides[node]],
            color=[blend(colour, max(0.0, 2.0 * right[node] - 1.0))],
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
            axes.plot([np.median(known)] * 2, [row - 0.33, row + 0.33], color=FIRST, linewidth=3, zorder=3)
    for number, (name, place) in enumerate(lines.items()):
        axes.axvline(place, color=INK, linewidth=1.1, linestyle="--", zorder=1)
        left = number % 2 == 1
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
            (MARKS[0], FIRST, FIRST, 8, "went with the instructor"),
            (MARKS[1], SECOND, SECOND, 8, "went with the officer"),
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
    headline(figure, title, NOTE)
    return figure
