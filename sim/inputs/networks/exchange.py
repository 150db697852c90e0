"""Start networks to and from networkx, with attributes that GraphML can hold: numbers, texts, yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx
import numpy as np

from sim.model.start import UNKNOWN, NetworkError, StartNetwork, sorted_ties
from sim.model.state import KIND_NAMES

KIND_WORDS = {"individual": 0, "person": 0, "0": 0, "organisation": 1, "organization": 1, "1": 1}


def to_networkx(start: StartNetwork) -> nx.Graph:
    """The network as a graph of nodes 0 to n-1 (the members' rows) in order; `from_networkx` gives it back.

    Nodes: `name`; where they are known `kind` (a text) and `sector` (its name where the data have names, else its number);
    and where they apply `id` (the data's own), `viewpoint_x`, `viewpoint_y`, `leader` (1 for the first), `faction`,
    `manager`, `newcomer`.  Edges: `strength`, in the data's own measure.  The graph: `source`, `notes` (a line each),
    and `scale` if strengths were divided by another number than 1.
    """
    graph = nx.Graph(source=start.source, notes="\n".join(start.notes))
    if start.scale != 1.0:
        graph.graph["scale"] = start.scale
    for i, name in enumerate(start.names):
        graph.add_node(i, name=name)
        if start.ids is not None:
            graph.nodes[i]["id"] = start.ids[i]
        if start.kind[i] != UNKNOWN:
            graph.nodes[i]["kind"] = KIND_NAMES[int(start.kind[i])]
        if start.sector[i] != UNKNOWN:
            number = int(start.sector[i])
            graph.nodes[i]["sector"] = start.sector_names[number] if start.sector_names else number
    for i in np.flatnonzero(~np.isnan(start.viewpoint).any(axis=1)).tolist():
        graph.nodes[i].update(viewpoint_x=float(start.viewpoint[i, 0]), viewpoint_y=float(start.viewpoint[i, 1]))
    for number, i in enumerate(start.leaders, start=1):
        graph.nodes[i]["leader"] = number
    for attribute, values in (("faction", start.faction), ("manager", start.tree_parent)):
        if values is not None:
            nx.set_node_attributes(graph, dict(enumerate(values.tolist())), attribute)
    if start.joined_late is not None:
        nx.set_node_attributes(graph, dict(enumerate(start.joined_late.tolist())), "newcomer")
    for (i, j), strength in zip(start.ties.tolist(), start.strength_given.tolist(), strict=True):
        graph.add_edge(i, j, strength=strength)
    return graph


def whole(value: Any, what: str) -> int:
    """A whole number from a number or text."""
    try:
        return int(value)
    except (TypeError, ValueError):
        raise NetworkError(f"{what} is {value!r}; a whole number is needed") from None


def kind_of(attributes: Mapping[str, Any], name: str) -> int:
    """0 or 1, from a node's `kind`; unknown where it says nothing."""
    if "kind" not in attributes:
        return UNKNOWN
    word = str(attributes["kind"]).strip().lower()
    if word not in KIND_WORDS:
        raise NetworkError(f"node {name!r}: kind is {word!r}; allowed are individual and organisation")
    return KIND_WORDS[word]


def viewpoint_of(attributes: Mapping[str, Any], name: str) -> tuple[float, float]:
    """A node's point in the unit square, NaN where it has none."""
    if "viewpoint_x" not in attributes and "viewpoint_y" not in attributes:
        return np.nan, np.nan
    try:
        point = float(attributes["viewpoint_x"]), float(attributes["viewpoint_y"])
    except (KeyError, TypeError, ValueError):
        raise NetworkError(f"node {name!r}: viewpoint_x and viewpoint_y must both be numbers from 0 to 1") from None
    if not (0 <= point[0] <= 1 and 0 <= point[1] <= 1):
        raise NetworkError(f"node {name!r}: viewpoint is {point}; allowed are numbers from 0 to 1")
    return point


def strengths_of(graph: nx.Graph) -> dict[tuple[int, int], float]:
    """Strength of each tie of rows i < j as given: an edge's `strength`, else `weight`, else 1; the strongest of several.

    Loops are left out.
    """
    row = {node: i for i, node in enumerate(graph)}
    found: dict[tuple[int, int], float] = {}
    for a, b, attributes in graph.edges(data=True):
        given = attributes.get("strength", attributes.get("weight", 1.0))
        try:
            strength = float(given)
        except (TypeError, ValueError):
            strength = np.nan
        if not 0 < strength < np.inf:
            raise NetworkError(f"edge {a!r} - {b!r}: strength is {given!r}; allowed are numbers above 0")
        if a != b:
            pair = (row[a], row[b]) if row[a] < row[b] else (row[b], row[a])
            found[pair] = max(strength, found.get(pair, 0.0))
    return found


def sectors_of(nodes: list[tuple[Any, Any]]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Sectors, unknown where missing, and their names by number.

    Whole numbers are taken as they are, without names; anything else is numbered by first appearance.
    """
    given = [attributes.get("sector") for _, attributes in nodes]
    if all(value is None or (isinstance(value, int) and 0 <= value < 2**31) for value in given):
        return np.array([UNKNOWN if value is None else value for value in given], np.int32), ()
    numbers: dict[str, int] = {}
    found = [UNKNOWN if one is None else numbers.setdefault(str(one).strip(), len(numbers)) for one in given]
    return np.array(found, np.int32), tuple(numbers)


def scale_of(graph: nx.Graph, largest: float) -> float:
    """What strengths are divided by: what the graph says, else the largest, at least 1."""
    try:
        given = float(graph.graph.get("scale", 0.0))
    except (TypeError, ValueError):
        given = 0.0
    return given if largest <= given < np.inf else max(1.0, largest)


def ids_of(nodes: list[tuple[Any, Any]]) -> tuple[str, ...] | None:
    """What the data call members: the attribute `id` where every node has its own, else nodes that are texts.

    Texts that only count rows are what a file makes of numbered nodes, and nobody's ids.
    """
    if all("id" in attributes for _, attributes in nodes):
        found = tuple(str(attributes["id"]) for _, attributes in nodes)
    else:
        found = tuple(node for node, _ in nodes if isinstance(node, str))
    usable = len(set(found)) == len(nodes) and found != tuple(map(str, range(len(nodes))))
    return found if usable else None


def column(
    named: list[tuple[Mapping[str, Any], str]], attribute: str, low: int, high: int, dtype: type
) -> np.ndarray | None:
    """An attribute that few graphs have, whole numbers from `low` (where missing) to `high`; None if no node has it."""
    if not any(attribute in attributes for attributes, _ in named):
        return None
    values = [whole(attributes.get(attribute, low), f"node {name!r}: {attribute}") for attributes, name in named]
    for value, (_, name) in zip(values, named, strict=True):
        if not low <= value <= high:
            raise NetworkError(f"node {name!r}: {attribute} is {value}; allowed are whole numbers from {low} to {high}")
    return np.array(values, np.int64).astype(dtype)


def from_networkx(graph: nx.Graph) -> StartNetwork:
    """A start network of a graph's nodes, in their order; directions and parallel edges are merged, loops left out.

    Attributes are those that `to_networkx` writes; `weight` serves where edges have no `strength`, and where one is above
    1, all are divided by the largest.  Where nothing is said, a member's kind and sector are unknown (drawn when
    the network is built), and ties have strength 1.
    Errors: `NetworkError`.
    """
    nodes = list(graph.nodes(data=True))
    if not nodes:
        raise NetworkError("the graph has no nodes; a network needs members")
    names = tuple(str(attributes.get("name", node)) for node, attributes in nodes)
    strengths = strengths_of(graph)
    scale = scale_of(graph, max(strengths.values(), default=1.0))
    sector, sector_names = sectors_of(nodes)
    ties = sorted_ties(np.array(list(strengths), np.int64).reshape(-1, 2))
    named = [(attributes, name) for (_, attributes), name in zip(nodes, names, strict=True)]
    order = [(whole(a["leader"], f"node {name!r}: leader"), i) for i, (a, name) in enumerate(named) if "leader" in a]
    return StartNetwork(
        names=names,
        ties=ties,
        strength=np.array([strengths[i, j] / scale for i, j in ties.tolist()], np.float64),
        sector=sector,
        kind=np.array([kind_of(attributes, name) for attributes, name in named], np.int8),
        viewpoint=np.array([viewpoint_of(attributes, name) for attributes, name in named], np.float64),
        leaders=tuple(i for _, i in sorted(order)),
        faction=column(named, "faction", UNKNOWN, 127, np.int8),
        tree_parent=column(named, "manager", UNKNOWN, len(nodes) - 1, np.int32),
        joined_late=column(named, "newcomer", 0, 1, np.bool_),
        source=str(graph.graph.get("source", "a networkx graph")),
        notes=tuple(line for line in str(graph.graph.get("notes", "")).splitlines() if line),
        ids=ids_of(nodes),
        sector_names=sector_names,
        scale=scale,
    )
