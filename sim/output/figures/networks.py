"""Figure of a network before and after: ties, working groups and newcomers."""

from __future__ import annotations

from collections.abc import Hashable

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.output.figures import drawing
from sim.output.figures.palette import FAINT, GROUP_COLOURS, INK, NO_GROUP
from sim.output.words import counted

Places = dict[Hashable, np.ndarray]
PLACED = "Members are placed by their ties; those without ties are on the outer ring."
LAYOUT_SEED = 7
RING = 1.22
GRAVITY = 0.15
SPREADING = 0.85
ORGANISATIONS = (1, "organisation")
MARKS = {
    (0, False): ("o", "individual"),
    (1, False): ("s", "organisation"),
    (0, True): ("^", "individual, newcomer"),
    (1, True): ("D", "organisation, newcomer"),
}


def network_map(graph: nx.Graph, title: str) -> Figure:
    """Draw a network that has no working groups; attributes as in `network_before_after`."""
    figure, (panel,) = drawing.panels(1, 1, (6.4, 6.0), left=0.2, right=0.2, gap=0.8, head=0.85)
    _draw(panel, graph, _layout(graph, {}), {})
    drawing.name_panel(panel, _summary(graph, False))
    _legend(figure, graph, graph, None)
    drawing.headline(figure, title, PLACED)
    return figure


def network_waves(before: nx.Graph, after: nx.Graph, names: tuple[str, str], title: str) -> Figure:
    """Draw two waves of a network that has no working groups, as `network_before_after` does.  `names`: of the waves."""
    figure, axes = drawing.panels(2, 2, (4.6, 4.6), left=0.2, right=0.2, gap=0.8, head=0.85)
    first = _layout(before, {})
    for name, graph, places, panel in zip(names, (before, after), (first, _layout(after, first)), axes, strict=True):
        _draw(panel, graph, places, {})
        drawing.name_panel(panel, f"{name}: {_summary(graph, False)}")
    _legend(figure, before, after, None)
    drawing.headline(figure, title, PLACED)
    return figure


def network_before_after(before: nx.Graph, after: nx.Graph, title: str) -> Figure:
    """Draw two networks side by side, members at about the same place in both.

    Node attributes: `group` (number of a working group, -1 for none), `kind` (0 or "individual", 1 or "organisation"),
    `new` (bool: came since the start); edge attribute `trust` in [0, 1].  Missing attributes count as -1, 0, False, 0.5.
    """
    figure, axes = drawing.panels(2, 2, (4.6, 4.6), left=0.2, right=0.2, gap=0.8, head=0.85)
    first = _layout(before, {})
    second = _layout(after, first)
    groups = sorted({group for graph in (before, after) for group in _groups(graph).values() if group >= 0})
    colours = {group: GROUP_COLOURS[place % len(GROUP_COLOURS)] for place, group in enumerate(groups)}
    for name, graph, places, panel in (("Before", before, first, axes[0]), ("After", after, second, axes[1])):
        _draw(panel, graph, places, colours)
        drawing.name_panel(panel, f"{name}: {_summary(graph)}")
    _legend(figure, before, after, bool(groups))
    drawing.headline(figure, title, PLACED)
    return figure


def _layout(graph: nx.Graph, start: Places) -> Places:
    """Return the places of members: a spring layout in the unit circle, members without ties on a ring outside it.

    Fruchterman & Reingold 1991 through networkx, with a fixed seed.  A hidden hub keeps separate clusters together.
    """
    tied = [node for node in graph if graph.degree(node) > 0]
    alone = [node for node in graph if graph.degree(node) == 0]
    angles = np.linspace(0.5 * np.pi, 2.5 * np.pi, len(alone), endpoint=False)
    ring = {node: RING * np.array([np.cos(angle), np.sin(angle)]) for node, angle in zip(alone, angles, strict=True)}
    if not tied:
        return ring
    hub = object()
    pulled = nx.Graph()
    pulled.add_weighted_edges_from((a, b, 0.2 + trust) for a, b, trust in graph.edges(data="trust", default=0.5))
    pulled.add_weighted_edges_from((hub, node, GRAVITY) for node in tied)
    places = nx.spring_layout(
        pulled,
        k=2.2 / np.sqrt(len(pulled)),
        pos=_start(graph, tied, start, hub) if start else None,
        fixed=[hub] if start else None,
        iterations=60 if start else 150,
        weight="weight",
        seed=LAYOUT_SEED,
        method="force",
    )
    points = np.array([places[node] - places[hub] for node in tied])
    points /= max(float(np.quantile(np.hypot(*points.T), 0.97)), 1e-9)
    far = np.maximum(np.hypot(*points.T), 1e-9)
    # The power spreads the crowded middle and pulls outliers in, and keeps the order of distances.
    points *= (np.minimum(far**SPREADING, 1.05) / far)[:, None]
    return dict(zip(tied, points, strict=True)) | ring


def _start(graph: nx.Graph, tied: list[Hashable], start: Places, hub: object) -> Places:
    """Return initial places: as before, and newcomers amid those they are tied to."""
    luck = np.random.default_rng(LAYOUT_SEED)
    begin: Places = {hub: np.zeros(2)}
    for node in tied:
        known = [start[other] for other in graph[node] if other in start]
        middle = np.mean(known, axis=0) if known else np.zeros(2)
        begin[node] = start[node] if node in start else middle + luck.normal(0, 0.05, 2)
    return begin


def _draw(panel: Axes, graph: nx.Graph, places: Places, colours: dict[int, str]) -> None:
    panel.set_axis_off()
    panel.set_aspect("equal")
    panel.set(xlim=(-1.35, 1.35), ylim=(-1.35, 1.35))
    ties = [(places[a], places[b]) for a, b in graph.edges]
    trust = np.clip([value for *_, value in graph.edges(data="trust", default=0.5)], 0, 1)
    # The more ties there are, the fainter each is.
    faint = min(1.0, (250 / max(len(ties), 1)) ** 0.5)
    panel.add_collection(
        LineCollection(
            ties,
            linewidths=0.3 + 1.9 * trust,
            colors=[to_rgba("#444444", max(0.04, float(faint * (0.14 + 0.4 * value)))) for value in trust],
            zorder=1,
        )
    )
    groups = _groups(graph)
    size = float(np.clip(3600 / max(len(graph), 1), 14, 75))
    for mark, (shape, _) in MARKS.items():
        nodes = [node for node in graph if _mark(graph, node) == mark]
        if nodes:
            x, y = np.array([places[node] for node in nodes]).T
            panel.scatter(
                x,
                y,
                s=size * (1.5 if mark[1] else 1),
                marker=shape,
                color=[colours.get(groups[node], NO_GROUP) for node in nodes],
                edgecolors=INK if mark[1] else "white",
                linewidths=1.0 if mark[1] else 0.6,
                zorder=3 if mark[1] else 2,
            )


def _legend(figure: Figure, before: nx.Graph, after: nx.Graph, any_group: bool | None) -> None:
    """Add a legend of the marks and colours that occur.  `any_group`: None where nobody knows of groups."""
    present = {_mark(graph, node) for graph in (before, after) for node in graph}

    def key(words: str, face: str, shape: str = "o", edge: str = "white") -> Line2D:
        return Line2D([], [], marker=shape, color="none", markerfacecolor=face, markeredgecolor=edge, label=words)

    handles = [
        key(words, FAINT, shape, INK if mark[1] else "white")
        for mark, (shape, words) in MARKS.items()
        if mark in present
    ]
    handles += [key("colour: a working group", GROUP_COLOURS[0])] if any_group else []
    handles += [] if any_group is None else [key("grey: in no group", NO_GROUP)]
    handles.append(Line2D([], [], color="#444444", linewidth=2, label="thicker tie: more trust"))
    figure.legend(
        handles=handles,
        loc="lower center",
        bbox_to_anchor=(0.5, 0.33 / figure.get_size_inches()[1]),
        ncols=3,
        frameon=False,
        fontsize=drawing.SMALL,
        handletextpad=0.4,
        columnspacing=1.6,
    )


def _groups(graph: nx.Graph) -> dict[Hashable, int]:
    return {node: int(group) for node, group in graph.nodes(data="group", default=-1)}


def _mark(graph: nx.Graph, node: Hashable) -> tuple[int, bool]:
    kind = graph.nodes[node].get("kind", 0)
    return int(kind in ORGANISATIONS), bool(graph.nodes[node].get("new", False))


def _summary(graph: nx.Graph, grouped: bool = True) -> str:
    """Return the numbers of members, ties and groups as text."""
    groups = len({group for group in _groups(graph).values() if group >= 0})
    rest = f", {counted(groups, 'group')}" if grouped else ""
    return f"{counted(len(graph), 'member')}, {counted(graph.number_of_edges(), 'tie')}{rest}"
