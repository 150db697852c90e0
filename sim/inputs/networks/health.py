"""A start network before any weaving, in plain words: who is tied, how well it is connected, whom it depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.inputs.profile.leaving import cut_off
from sim.inputs.profile.tie_lists import TieLists
from sim.inputs.profile.triangles import clustering, triangles_of
from sim.model.declarations import BY_KEY
from sim.model.start import UNKNOWN, StartNetwork

Grade = Literal["good", "fair", "poor", ""]
HUB_SHARE, MANY_CUTS, FEW_MEMBERS = 0.4, 0.15, 5
"""Share of all others tied to one member that makes it a hub; share of members whose leaving cuts others off that counts
as many; members up to which a hub is no cause for concern."""


@dataclass(frozen=True)
class Finding:
    """One thing about a network: what it is, its value, what that means, and a grade."""

    label: str
    value: str
    words: str
    grade: Grade = ""


def percent(share: float) -> str:
    """Return a share in whole percent."""
    return f"{100 * share:.0f}%"


def threshold(name: str) -> float:
    """Return a threshold of the stage connected, as the model declares it."""
    return BY_KEY[f"stages.connected_{name}"].default


def at_least(value: float, good: float, fair: float) -> Grade:
    """Return the grade of a value for which more is better."""
    return "good" if value >= good else "fair" if value >= fair else "poor"


def health(start: StartNetwork) -> list[Finding]:
    """Return findings on a start network; thresholds are the model's own."""
    graph = TieLists(start.members, start.ties.astype(np.int64))
    transitivity, _ = clustering(graph, triangles_of(graph).around)
    return [
        size(start),
        degree(graph),
        unconnected(graph),
        component(graph),
        Finding(
            "Contacts who know each other",
            percent(transitivity),
            "High: circles of friends. Low: many introductions to make.",
        ),
        hub(graph, start.names),
        cut_points(graph, start.names),
        *across(start),
    ]


def size(start: StartNetwork) -> Finding:
    """Return the number of members."""
    known = (start.kind != UNKNOWN).all()
    organisations = int((start.kind == 1).sum())
    words = f"{organisations} of them organisations." if known else "The files do not give the kind of all members."
    return Finding("Members", str(start.members), words)


def degree(graph: TieLists) -> Finding:
    """Return the mean number of ties."""
    n = graph.members
    mean = 2 * len(graph.ties) / n
    enough = min(threshold("degree"), n - 1)
    words = f"The model calls a network of this size connected from {enough:.1f} ties a member."
    return Finding("Ties per member", f"{mean:.1f}", words, at_least(mean, enough, enough / 2))


def unconnected(graph: TieLists) -> Finding:
    """Return the members without a tie."""
    number = int((graph.degree == 0).sum())
    share, most = number / graph.members, 1.0 - threshold("component")
    words = "Only personal introductions reach them." if number else "Every member has a tie."
    return Finding("Members without a tie", f"{number} ({percent(share)})", words, at_least(-share, -most / 2, -most))


def component(graph: TieLists) -> Finding:
    """Return the share of members who can reach one another."""
    sizes = graph.component_sizes
    share, least = float(sizes[0]) / graph.members, threshold("component")
    others = int((sizes > 1).sum()) - 1
    words = "All members are connected." if share == 1 else "All members with ties are connected."
    if not len(graph.ties):
        words = "There are no ties yet."
    elif others > 0:
        words = f"There {'is' if others == 1 else 'are'} {others} more separate group{'s' if others > 1 else ''}."
    return Finding("Reachable from one another", percent(share), words, at_least(share, least, least / 2))


def hub(graph: TieLists, names: tuple[str, ...]) -> Finding:
    """Return how far the network depends on one member."""
    if not len(graph.ties):
        return Finding("Most ties", "0", "There are no ties yet.")
    row = int(np.argmax(graph.degree))
    ties = int(graph.degree[row])
    share = ties / (graph.members - 1)
    depends = share > HUB_SHARE and graph.members > FEW_MEMBERS
    words = f"{names[row]} knows {percent(share)} of all others" + (": much depends on one member." if depends else ".")
    return Finding("Most ties", str(ties), words, "poor" if depends else "good")


def cut_points(graph: TieLists, names: tuple[str, ...]) -> Finding:
    """Return the members whose leaving would cut others off."""
    rows = np.flatnonzero(cut_off(graph))
    points = rows[np.argsort(-graph.degree[rows], kind="stable")].tolist()
    grade: Grade = "good" if not points else "fair" if len(points) <= MANY_CUTS * graph.members else "poor"
    words = "No single departure would cut anybody off."
    if points:
        few = ", ".join(names[row] for row in points[:3])
        words = f"If one of them leaves, others are cut off: {few}{' and more' if len(points) > 3 else ''}."
    return Finding("Members who connect others", str(len(points)), words, grade)


def across(start: StartNetwork) -> list[Finding]:
    """Return the share of ties between sectors, if these are known."""
    known = start.sector != UNKNOWN
    if not known.all() or len(np.unique(start.sector)) < 2 or not len(start.ties):
        return []
    ends = start.sector[start.ties]
    share = float((ends[:, 0] != ends[:, 1]).mean())
    sizes = np.bincount(start.sector)
    chance = 1 - float((sizes * (sizes - 1)).sum()) / (start.members * (start.members - 1))
    words = f"Among {len(sizes[sizes > 0])} sectors; with ties at random it would be {percent(chance)}."
    return [Finding("Ties across sectors", percent(share), words, at_least(share, 0.7 * chance, 0.3 * chance))]
