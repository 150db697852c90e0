"""From one wave to the next: who can be judged, and what changed.

Graphs are bool (n, n), row names column, over the rows of the first wave of a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from sim.inputs.profile.network_profile import NetworkProfile
from sim.inputs.profile.progress import matched_keys
from sim.inputs.reading.wave_files import DatedNetwork
from sim.lab.analysis.matrix_measures import common_contacts, transitivity
from sim.model.start import UNKNOWN, StartNetwork

STATISTICS = (
    "ties kept",
    "new ties per member",
    "new ties among those with common contacts",
    "contacts who know each other",
    "one-sided ties",
    "unevenness of ties",
)
"""What a step is summed up by (`statistics`): shares, except new ties per member, and unevenness, a coefficient of variation."""
FEWEST_JUDGED = 5
SMALLEST_PLACE = 5
"""Members that a group needs to count as a place of its own, where the data name no sectors."""


@dataclass(frozen=True, eq=False)
class WaveStep:
    """From one wave to the next.

    `start`: the network of the first wave, as the model starts from it.  `judged`: rows of those who are in both waves.
    `leavers`: rows of those who are not in the second.  `silent`: rows of those who named nobody in it.  `hours`: of
    coordination a week.
    """

    labels: tuple[str, str]
    weeks: int
    hours: float
    start: StartNetwork
    directed: bool
    judged: np.ndarray
    leavers: tuple[int, ...]
    silent: np.ndarray
    before: np.ndarray
    after: np.ndarray

    def among_judged(self, graph: np.ndarray) -> np.ndarray:
        """Return the part of a graph that can be judged; symmetric if ties have no direction."""
        part: np.ndarray = graph[np.ix_(self.judged, self.judged)]
        return part if self.directed else part | part.T


@dataclass(frozen=True)
class TieCounts:
    """Ties (pairs) among those who can be judged: before, after, in both, and only after."""

    before: int
    after: int
    kept: int
    new: int


def counts_of(before: np.ndarray, after: np.ndarray) -> TieCounts:
    """Return how many ties there are and were.  Two are tied if either names the other."""
    then, now = before | before.T, after | after.T
    return TieCounts(
        int(then.sum()) // 2, int(now.sum()) // 2, int((then & now).sum()) // 2, int((now & ~then).sum()) // 2
    )


def statistics(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return the `STATISTICS` of a step: float64; 0 where there is nothing to count."""
    then, now = before | before.T, after | after.T
    new = now & ~then
    degree = now.sum(axis=1)

    def share(some: np.ndarray, among: np.ndarray) -> float:
        total = float(among.sum())
        return float(some.sum()) / total if total else 0.0

    triads = transitivity(now)
    return np.array(
        [
            share(then & now, then),
            float(new.sum()) / len(new),
            share(new & (common_contacts(then) > 0), new),
            triads if triads == triads else 0.0,
            share(after ^ after.T, now),
            float(degree.std() / degree.mean()) if degree.any() else 0.0,
        ]
    )


def answered_for(graph: np.ndarray, silent: np.ndarray) -> np.ndarray:
    """Return a graph in which those who named nobody answer everybody who names them: they may not have been asked."""
    filled = graph.copy()
    filled[silent] = graph.T[silent]
    return filled


def arcs_matrix(arcs: np.ndarray, rows: np.ndarray, members: int) -> np.ndarray:
    """Return ordered pairs as a graph, `rows` giving each end's row, -1 for none: bool (members, members)."""
    graph = np.zeros((members, members), bool)
    ends = rows[arcs]
    known = (ends >= 0).all(axis=1)
    graph[ends[known, 0], ends[known, 1]] = True
    return graph


def steps_of(
    waves: Sequence[DatedNetwork], profiles: Sequence[NetworkProfile], hours: Sequence[float]
) -> tuple[WaveStep, ...]:
    """Return the steps between waves.  `hours`: of coordination a week in each.  Raises ValueError if few are in both waves."""
    directed = any(profile.directions.one_way for profile in profiles)
    pairs = zip(pairwise(waves), profiles, hours, strict=False)
    return tuple(step_of(first, second, profile, directed, each) for (first, second), profile, each in pairs)


def step_of(
    first: DatedNetwork, second: DatedNetwork, profile: NetworkProfile, directed: bool, hours: float
) -> WaveStep:
    """Return the step from one wave to the next.  `profile`: of the first."""
    _, keys, later = matched_keys(first.network, second.network)
    row_of = {key: row for row, key in enumerate(keys)}
    n, rows = len(keys), np.array([row_of.get(key, -1) for key in later], np.int64)
    before = arcs_matrix(first.network.arcs, np.arange(n), n)
    after = arcs_matrix(second.network.arcs, rows, n)
    stayed = np.isin(np.arange(n), rows)
    if stayed.sum() < FEWEST_JUDGED:
        raise ValueError(
            f"from {first.when.label} to {second.when.label} only {int(stayed.sum())} members can be followed; "
            f"at least {FEWEST_JUDGED} are needed in both waves (people are matched by id, else by name)"
        )
    silent = np.flatnonzero(~np.isin(np.arange(n), rows[np.unique(second.network.arcs[:, 0])]))
    return WaveStep(
        (first.when.label, second.when.label),
        second.when.week - first.when.week,
        hours,
        with_places(first.network.start, profile),
        directed,
        np.flatnonzero(stayed),
        tuple(np.flatnonzero(~stayed).tolist()),
        silent,
        answered_for(before, np.flatnonzero(~before.any(axis=1))),
        answered_for(after, silent),
    )


def with_places(start: StartNetwork, profile: NetworkProfile) -> StartNetwork:
    """Return a start network whose unknown sectors are the groups of its ties, and unknown kinds individuals.

    People meet within sectors.  Where the data name none, groups stand for the places that their members share; members of
    small groups are one sector together.
    """
    sector = start.sector
    if (sector == UNKNOWN).all():
        group = profile.circles.group
        sizes = np.append(profile.circles.sizes, 0)
        sector = np.unique(np.where(sizes[group] >= SMALLEST_PLACE, group, -1), return_inverse=True)[1]
        start = replace(start, sector_names=())
    else:
        spare = int(sector.max()) + 1
        named = start.sector_names and (sector == UNKNOWN).any()
        sector = np.where(sector == UNKNOWN, spare, sector)
        start = replace(start, sector_names=(*start.sector_names, "unknown") if named else start.sector_names)
    kind = np.where(start.kind == UNKNOWN, 0, start.kind)
    return replace(start, sector=sector.astype(np.int32), kind=kind.astype(np.int8))
