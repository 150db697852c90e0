"""A world as a networkx graph: the members who are active and the ties between them, at one moment."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np

from sim.model.state import KIND_NAMES, NOBODY, ORIGINS, World
from sim.model.tie_rows import half, halves


def name_of(row: int, names: Sequence[str]) -> str:
    """Return a member's name: that of the start network, or `arrival-` and its row if it joined later."""
    return names[row] if row < len(names) else f"arrival-{row}"


def to_networkx(world: World, names: Sequence[str] = ()) -> nx.Graph:
    """Return the network: nodes are the rows of active members, in order, edges their ties.

    `names`: names of the start network's members.  Nodes: `name`, `kind` (a text), `sector`, `group` (serial number of
    the first working group, -1 for none), `identity`, `engagement`, `new` (whether they came after the start).  Edges:
    `trust` and `known` (how well the two know each other's work), both means of the two ends, and `origin` (a text).
    GraphML can hold all of it.
    """
    number = int(world.network[0].members)
    members = world.members[:number]
    graph = nx.Graph(weeks=int(world.network[0].week))
    first, second = members["groups"].T
    seats = np.where(first != NOBODY, first, second)
    for i in np.flatnonzero(members["active"] == 1).tolist():
        me = members[i]
        graph.add_node(
            i,
            name=name_of(i, names),
            kind=KIND_NAMES[int(me["kind"])],
            sector=int(me["sector"]),
            group=int(world.groups["serial"][seats[i]]) if seats[i] != NOBODY else NOBODY,
            identity=float(me["identity"]),
            engagement=float(me["engagement"]),
            new=bool(me["starter"] == 0),
        )
    ends = halves(world)
    for i, place in zip(ends.member.tolist(), ends.place.tolist(), strict=True):
        tie = world.ties[place]
        j = int(tie["other"])
        if j < i:
            continue
        back = half(world, j, int(tie["mirror"]))
        trust, known = (0.5 * (float(tie[name]) + float(back[name])) for name in ("trust", "known"))
        graph.add_edge(i, j, trust=trust, origin=ORIGINS[int(tie["origin"])], known=known)
    return graph
