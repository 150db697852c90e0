"""Effects of members leaving: who is cut off, and how much harder it gets to reach one another.

Borgatti (2006, Computational & Mathematical Organization Theory 12:21, the negative key player problem): those are key
without whom the others are most fragmented.  Fragmentation is weighted by distance: 1 minus the mean of 1 / distance over pairs.
The damage is the share of that mean which is lost among those who stay, so that a member's own ties do not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

from sim.inputs.profile.distances import FEWEST_SOURCES, lanes_of, sample, spread_from
from sim.inputs.profile.tie_lists import TieLists

SET_SIZE = 3
POOL = 12
"""Size of the pool from which the set is chosen: members whose own leaving does most damage."""
MOST_WORK = 1e9
"""Steps over ties that are affordable."""
STEPS = 8


class KeySet(NamedTuple):
    """Members whose leaving together does most: rows, and the share of nearness that the others lose."""

    rows: tuple[int, ...]
    damage: float
    cut_off: int


@dataclass(frozen=True, eq=False)
class Leaving:
    """What the leaving of each member does.

    `damage`: the share of nearness that the others lose, NaN where it was not computed.  `cut_off`: how many others lose touch
    with the largest remaining part of theirs.  `sources`: from how many members distances were measured.
    """

    damage: np.ndarray
    cut_off: np.ndarray
    sources: int
    key_set: KeySet | None

    def order(self) -> np.ndarray:
        """Return the rows of those whose leaving does some damage, the most first."""
        known = np.flatnonzero(np.nan_to_num(self.damage) > 1e-6)
        return known[np.lexsort((known, -self.damage[known]))]


def parts_of(lists: TieLists, sources: np.ndarray) -> list[np.ndarray]:
    """Return sources in parts of the size of a block."""
    lanes = lanes_of(lists)
    return [sources[start : start + lanes] for start in range(0, len(sources), lanes)]


class Nearness:
    """The nearness of members to each other, with and without some of them."""

    def __init__(self, lists: TieLists, sources: np.ndarray) -> None:
        self.lists, self.sources = lists, sources
        self.near = np.concatenate([spread_from(lists, part).sum(axis=1) for part in parts_of(lists, sources)])

    def lost(self, rows: tuple[int, ...]) -> float:
        """Return the share of nearness that the others lose if some members leave, from 0 to 1."""
        without = np.array(rows)
        staying = ~np.isin(self.sources, without)
        to_them = spread_from(self.lists, without)[:, self.sources].sum(axis=0)
        before = float((self.near - to_them)[staying].sum())
        walking = np.ones(self.lists.members, bool)
        walking[without] = False
        left = self.sources[staying]
        after = sum(float(spread_from(self.lists, part, walking).sum()) for part in parts_of(self.lists, left))
        return max(0.0, 1 - after / before) if before > 0 else 0.0


def leaving(lists: TieLists, betweenness: np.ndarray) -> Leaving:
    """Return what the leaving of members does.

    Damage is computed for those with the highest betweenness, as many as is affordable.  Members on no shortest path do
    none.
    """
    cut = cut_off(lists)
    work = max(1, 2 * len(lists.ties)) * STEPS
    sources = sample(lists, MOST_WORK / STEPS / 40, FEWEST_SOURCES // 2)
    affordable = int(min(MOST_WORK / work / len(sources), 400))
    order = np.argsort(-(betweenness + cut / max(1, lists.members)), kind="stable")
    between = order[(betweenness[order] > 1e-12) | (cut[order] > 0)]
    exact = len(sources) == lists.members
    damage = np.where((betweenness > 1e-12) | (cut > 0), np.nan, 0.0 if exact else np.nan)
    judged = between[: max(POOL // 2, affordable // 2)]
    if not len(judged):
        return Leaving(damage, cut, len(sources), None)
    near = Nearness(lists, sources)
    for row in judged:
        damage[row] = near.lost((int(row),))
    best = judged[np.lexsort((judged, -damage[judged]))]
    return Leaving(damage, cut, len(sources), key_set(near, best, affordable))


def key_set(near: Nearness, best: np.ndarray, affordable: int) -> KeySet | None:
    """Return the set of three that does most: the best of all sets among some, else one found greedily."""
    pool = [int(row) for row in best[:POOL]]
    if len(pool) < SET_SIZE or near.lists.members < SET_SIZE + 2:
        return None
    sets = list(combinations(pool, SET_SIZE))
    if affordable >= len(sets):
        damage, rows = max((near.lost(one), tuple(-row for row in one)) for one in sets)
        chosen = tuple(-row for row in rows)
    else:
        chosen, damage = (pool[0],), 0.0
        for _ in range(SET_SIZE - 1):
            rest = [row for row in pool if row not in chosen][: POOL // 2]
            damage, row = max((near.lost((*chosen, one)), -one) for one in rest)
            chosen = (*chosen, -row)
    return KeySet(chosen, damage, cut_off_by(near.lists, chosen))


def cut_off_by(lists: TieLists, rows: tuple[int, ...]) -> int:
    """Return how many of those who stay lose touch with the largest remaining part of their component."""
    gone = np.array(rows)
    keep = np.ones(lists.members, bool)
    keep[gone] = False
    rest = TieLists(lists.members, lists.ties[keep[lists.ties].all(axis=1)])
    lost = 0
    for component in np.unique(lists.component[gone]):
        there = keep & (lists.component == component)
        sizes = np.bincount(rest.component[there])
        lost += int(there.sum()) - int(sizes.max(initial=0))
    return lost


def cut_off(lists: TieLists) -> np.ndarray:
    """Return how many others each member's leaving cuts off from the largest remaining part of their component: int64 (n,).

    Members for whom this is above 0 are the articulation points.  Depth first (Hopcroft & Tarjan 1973): a branch from
    which no tie leads back above the member is cut off.
    """
    n = lists.members
    first, other = lists.first.tolist(), lists.other.tolist()
    seen, low, size, parent = [0] * n, [0] * n, [1] * n, [-1] * n
    cut: list[list[int]] = [[] for _ in range(n)]
    place, clock = first[:n], 0
    for root in range(n):
        if seen[root]:
            continue
        clock += 1
        seen[root] = low[root] = clock
        path = [root]
        while path:
            at = path[-1]
            if place[at] < first[at + 1]:
                to = other[place[at]]
                place[at] += 1
                if not seen[to]:
                    clock += 1
                    seen[to] = low[to] = clock
                    parent[to] = at
                    path.append(to)
                elif to != parent[at] and seen[to] < low[at]:
                    low[at] = seen[to]
                continue
            path.pop()
            above = parent[at]
            if above >= 0:
                size[above] += size[at]
                low[above] = min(low[above], low[at])
                if low[at] >= seen[above]:
                    cut[above].append(size[at])
    found = np.zeros(n, np.int64)
    whole = lists.component_sizes[lists.component]
    for row, branches in enumerate(cut):
        if branches:
            others = int(whole[row]) - 1
            found[row] = others - max(*branches, others - sum(branches))
    return found
