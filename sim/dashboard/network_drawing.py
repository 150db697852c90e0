"""What can be drawn of a network in one week, and a place on the page for every member."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.model.graphs import name_of
from sim.model.state import NOBODY, World
from sim.model.tie_rows import halves

NUMBERED = re.compile(r"(member|newcomer|arrival)-0*(\d+)")
"""Names that were made up, since nobody gave any: those of generated networks, newcomers and later arrivals."""
TURNS, EVEN, SPREAD = 80, 0.5, 3.0
MANY, FEWEST_TURNS = 500, 15
"""Members beyond which the layout takes fewer turns, so that it takes seconds, and the fewest."""
Ties = dict[tuple[int, int], float]
"""How long and strongly each pair was tied: trust summed over weeks."""
Place = tuple[float, float]


class TieRows(NamedTuple):
    """Ties, each once: the rows of both ends, trust, and origin."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    trust: NDArray[np.float64]
    origin: NDArray[np.int64]

    def pairs(self) -> list[tuple[tuple[int, int], float]]:
        """Return each pair with its trust."""
        ends = zip(self.a.tolist(), self.b.tolist(), strict=True)
        return list(zip(ends, self.trust.tolist(), strict=True))


def called(row: int, names: Sequence[str]) -> str:
    """Return what to call a member: "Member 7" for one without a name of its own.  `names`: those of the start network."""
    name = name_of(row, names)
    numbered = NUMBERED.fullmatch(name)
    return f"{numbered[1].capitalize()} {numbered[2]}" if numbered else name


def ties_of(world: World) -> TieRows:
    """Return the ties of this week."""
    ends = halves(world)
    once = world.contacts[ends.place] > ends.member
    found = world.ties[ends.place[once]]
    return TieRows(ends.member[once], *(np.array(found[name]) for name in ("other", "trust", "origin")))


def groups_of(world: World) -> dict[int, int]:
    """Return each present member's first working group, by order of founding; -1 for none."""
    groups = world.members.groups
    first = np.where(groups[:, 0] != NOBODY, groups[:, 0], groups[:, 1])
    present = np.flatnonzero(world.members.active[: int(world.network[0].members)] == 1).tolist()
    return {row: int(world.groups[first[row]].serial) if first[row] != NOBODY else NOBODY for row in present}


def phases_of(world: World) -> dict[int, int]:
    """Return the phase of each group, by its number."""
    groups = world.groups[: int(world.network[0].group_rows)]
    return {int(one.serial): int(one.phase) for one in groups[groups["alive"] == 1]}


def touched_by_coordinators(world: World, week: int) -> list[int]:
    """Return the members whom a working coordinator was in contact with in the week that has just ended."""
    bonds, working = world.bonds, world.coordinators.working > 0
    number = int(world.network[0].members)
    if not week or not working.any():
        return []
    near = (bonds.last[:, :number] == week - 1) & (bonds.trust[:, :number] > 0) & working[:, None]
    return [int(row) for row in np.flatnonzero(near.any(axis=0) & (world.members.active[:number] == 1))]


def places(ties: Sequence[Ties], number: int) -> list[Place]:
    """Return a place for everybody, from -1 to 1, near those with whom they are tied most and longest.

    A spring layout with a fixed seed gives the directions and the order of distances from the middle; distances are then
    spread out evenly, so that a dense core does not end as one spot.  `ties`: of one network, or of both sides of a film.
    """
    graph = nx.Graph()
    graph.add_nodes_from(range(number))
    total: Ties = {}
    for one in ties:
        for pair, weight in one.items():
            total[pair] = total.get(pair, 0.0) + weight
    graph.add_edges_from((i, j, {"weight": weight**EVEN}) for (i, j), weight in total.items())
    turns = TURNS if number <= MANY else max(FEWEST_TURNS, TURNS * MANY // number)
    layout = nx.spring_layout(graph, k=SPREAD / max(1.0, number**0.5), iterations=turns, seed=1)
    points = np.array([layout[i] for i in range(number)])
    points -= np.median(points, axis=0)
    radius = np.hypot(*points.T)
    even = np.sqrt((np.argsort(np.argsort(radius)) + 0.5) / number)
    points *= (even / np.maximum(radius, 1e-9))[:, None]
    return [(round(float(x), 3), round(float(y), 3)) for x, y in points]
