"""How a network stands before any weaving, in plain words: who is tied, how far it hangs together, on whom it hangs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import networkx as nx
import numpy as np

from sim.model.declarations import BY_KEY
from sim.model.start import UNKNOWN, StartNetwork

Grade = Literal["good", "fair", "poor", ""]
HUB_SHARE, MANY_CUTS = 0.4, 0.15


@dataclass(frozen=True)
class Finding:
    """One thing about a network: what it is, its value, what that means, and whether it is well."""

    label: str
    value: str
    words: str
    grade: Grade = ""


def percent(share: float) -> str:
    """A share in whole percent."""
    return f"{100 * share:.0f}%"


def threshold(name: str) -> float:
    """What the model calls connected, from its own declarations."""
    return BY_KEY[f"stages.connected_{name}"].default


def health(start: StartNetwork) -> list[Finding]:
    """Findings on a start network, the plainest first.  Measured with networkx; thresholds are the model's own."""
    n = start.members
    graph: Any = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(start.ties.tolist())
    return [
        size(start, n),
        tied(graph, n),
        alone(graph, n),
        together(graph, n),
        closed(graph),
        hub(graph, n, start.names),
        cut(graph, n, start.names),
        *across(start),
    ]


def size(start: StartNetwork, n: int) -> Finding:
    """How many there are."""
    organisations = int((start.kind == 1).sum())
    known = int((start.kind != UNKNOWN).sum())
    words = (
        f"{organisations} of them organisations."
        if known == n
        else "For some or all, the files do not say what they are."
    )
    return Finding("Members", f"{n}", words)


def tied(graph: Any, n: int) -> Finding:
    """Ties a member."""
    degree = 2 * graph.number_of_edges() / n if n else 0.0
    enough = min(threshold("degree"), threshold("density") * (n - 1))
    grade: Grade = "good" if degree >= enough else "fair" if degree >= enough / 2 else "poor"
    words = f"The model calls a network of this size connected from {enough:.1f} ties a member on."
    return Finding("Ties a member", f"{degree:.1f}", words, grade)


def alone(graph: Any, n: int) -> Finding:
    """Members without a tie."""
    number = sum(1 for _, degree in graph.degree if degree == 0)
    share = number / n if n else 0.0
    most = threshold("unconnected")
    grade: Grade = "good" if share <= most / 2 else "fair" if share <= most else "poor"
    words = (
        "Nobody is without a tie."
        if not number
        else "They are reached only if somebody goes to them: personal introductions."
    )
    return Finding("Members without a tie", f"{number} ({percent(share)})", words, grade)


def together(graph: Any, n: int) -> Finding:
    """Share of members who can reach one another."""
    parts = [part for part in nx.connected_components(graph) if len(part) > 1]
    largest = max((len(part) for part in parts), default=1 if n else 0)
    share = largest / n if n else 0.0
    least = threshold("component")
    grade: Grade = "good" if share >= least else "fair" if share >= least / 2 else "poor"
    others = len(parts) - 1
    words = (
        f"Besides, there {'is' if others == 1 else 'are'} {others} separate group{'s' if others != 1 else ''}."
        if others > 0
        else "There is no second group."
    )
    return Finding("Reachable from one another", percent(share), words, grade)


def closed(graph: Any) -> Finding:
    """Transitivity."""
    value = float(nx.transitivity(graph))
    return Finding(
        "Contacts who know each other",
        percent(value),
        "High: circles of friends. Low: introductions have much to close.",
    )


def hub(graph: Any, n: int, names: tuple[str, ...]) -> Finding:
    """How far the network hangs on one member."""
    if n < 2 or not graph.number_of_edges():
        return Finding("Most ties", "0", "There are no ties yet.")
    row, degree = max(graph.degree, key=lambda pair: pair[1])
    share = degree / (n - 1)
    grade: Grade = "poor" if share > HUB_SHARE and n > 5 else "good"
    words = f"{names[row]} knows {percent(share)} of all others" + (": much hangs on one." if grade == "poor" else ".")
    return Finding("Most ties", str(degree), words, grade)


def cut(graph: Any, n: int, names: tuple[str, ...]) -> Finding:
    """Members whose leaving would cut others off."""
    points = sorted(nx.articulation_points(graph), key=lambda row: -graph.degree[row])
    share = len(points) / n if n else 0.0
    grade: Grade = "good" if not points else "fair" if share <= MANY_CUTS else "poor"
    few = ", ".join(names[row] for row in points[:3])
    words = (
        "No single leaving would cut anybody off."
        if not points
        else f"If one of them leaves, others are cut off: {few}{' and more' if len(points) > 3 else ''}."
    )
    return Finding("Members who hold others in", str(len(points)), words, grade)


def across(start: StartNetwork) -> list[Finding]:
    """Share of ties between sectors, where these are known."""
    known = start.sector != UNKNOWN
    if not known.all() or len(np.unique(start.sector)) < 2 or not len(start.ties):
        return []
    ends = start.sector[start.ties]
    share = float((ends[:, 0] != ends[:, 1]).mean())
    sizes = np.bincount(start.sector)
    chance = 1 - float((sizes * (sizes - 1)).sum()) / (start.members * (start.members - 1))
    grade: Grade = "good" if share >= 0.7 * chance else "fair" if share >= 0.3 * chance else "poor"
    words = f"Among {len(sizes[sizes > 0])} communities; if it made no difference it would be {percent(chance)}."
    return [Finding("Ties across communities", percent(share), words, grade)]
