"""The one step after every reader: names are looked up, strengths put on a scale, ties merged, and all faults reported."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.inputs.reading.member_details import attributes_of, member_columns
from sim.inputs.reading.merging import Merged, Pair, add_ties, merging_notes
from sim.inputs.reading.plain import Faults, ReadOptions, Spot, Tables, counted
from sim.inputs.reading.roster import Roster, roster_notes
from sim.inputs.reading.strengths import Scale
from sim.model.start import StartNetwork, new_network, sorted_ties

SMALLEST = np.finfo(np.float64).tiny


class Strengths(NamedTuple):
    """Sum, least and most of the ties' strengths, in the unit of the data."""

    sum: float
    least: float
    most: float


@dataclass(frozen=True, eq=False)
class UserNetwork:
    """A user's network: the start network, and all that the files say beyond it.

    `arcs`: int32 (k, 2), ordered pairs (i, j), sorted: i's tie to j; a tie of both is there twice.  `trust`: float64 (k,),
    the strength of each, in the unit of the data.  `attributes`: by heading, a text for each member.  `tie_attributes`: by
    pair i < j, texts by heading.  `headings`: the columns of all tables.
    """

    start: StartNetwork
    arcs: np.ndarray
    trust: np.ndarray
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tie_attributes: dict[Pair, dict[str, str]] = field(default_factory=dict)
    headings: tuple[str, ...] = ()

    @property
    def strengths(self) -> Strengths | None:
        """Sum, least and most of the ties' strengths; None without ties."""
        given = self.start.strength_given
        return Strengths(math.fsum(given.tolist()), float(given.min()), float(given.max())) if len(given) else None


def resolved(tables: Tables, options: ReadOptions, faults: Faults) -> UserNetwork:
    """Return the network of some tables.  Raises NetworkFaults with every fault."""
    roster, scale, merged = Roster(faults), Scale(options.scale), Merged()
    for people in sorted(tables.people, key=lambda table: table.derived):
        roster.add_table(people)
    if not roster.members:
        faults.stop_if_any()
    may_add = options.add_missing or not roster.listed or not roster.complete
    for ties in tables.ties:
        add_ties(ties, roster, scale, may_add, options.directed, merged, faults)
    known = member_columns(roster.members, faults)
    spot = next(iter(spots_of(tables)), Spot(""))
    size = len(roster.members)
    if not faults.total and size < 2:
        found = "has one member" if size else "has no members"
        faults.add(spot, 0, f"{found}; at least two rows below the header are needed")
    faults.stop_if_any()
    files = dict.fromkeys(Path(spot.file).name for spot in spots_of(tables))
    names = tuple(member.name for member in roster.members)
    pairs = sorted_ties(np.array(list(merged.strengths), np.int64).reshape(-1, 2))
    strength = np.array([merged.strengths[i, j] for i, j in pairs.tolist()], np.float64)
    most = float(strength.max()) if len(strength) else 1.0
    notes = [
        f"{counted(size, 'member')}, {counted(len(pairs), 'tie')}",
        *known.notes,
        *merging_notes(merged, scale, names),
        *tables.notes,
        *roster_notes(roster, options.add_missing and roster.complete),
    ]
    start = new_network(
        pairs,
        names=names,
        source=f"read from {' and '.join(files)}",
        strength=np.maximum(strength / most, SMALLEST),  # no tie is lost to rounding
        ends=ends_of(pairs, merged.arcs, most),
        sector=known.sector,
        kind=known.kind,
        viewpoint=known.viewpoint,
        notes=tuple(dict.fromkeys(notes)),
        ids=tuple(member.id for member in roster.members),
        sector_names=known.sector_names,
        scale=most,
    )
    order = sorted(merged.arcs)
    return UserNetwork(
        start,
        np.array(order, np.int32).reshape(-1, 2),
        np.array([merged.arcs[pair] for pair in order], np.float64),
        attributes_of(roster.members),
        merged.more,
        tuple(dict.fromkeys(heading for heading in tables.headings if heading)),
    )


def ends_of(pairs: np.ndarray, arcs: Mapping[Pair, float], most: float) -> np.ndarray | None:
    """Return the strength at both ends of each tie (m, 2), relative to the largest; None if all are alike.

    Who names nobody may not have been asked: such a member's ends are as strong as the others'.
    """
    answered = {i for i, _ in arcs}

    def end(i: int, j: int) -> float:
        return arcs.get((i, j), 0.0 if i in answered else arcs.get((j, i), 0.0))

    ends = [(end(i, j), end(j, i)) for i, j in pairs.tolist()]
    if all(forth == back for forth, back in ends):
        return None
    found = np.array(ends, np.float64)
    return np.where(found > 0.0, np.maximum(found / most, SMALLEST), 0.0)


def spots_of(tables: Tables) -> list[Spot]:
    """Return where the tables stand."""
    return [table.spot for table in tables.people] + [table.spot for table in tables.ties]
