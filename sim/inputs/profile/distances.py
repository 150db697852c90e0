"""Shortest paths: their length, betweenness, and how well members can reach one another.

All members are sources as long as that is cheap, else a random sample of them (Brandes & Pich 2007), which is stated.
Breadth-first searches from many sources at once are products of the sparse matrix with a dense block, one column per source.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.inputs.profile.tie_lists import TieLists

LANES, PLACES = 32, 4_000_000
"""Sources of one block, and the numbers that one block may hold."""
EVERY_STEP = 1e8
"""Entries of the matrix times sources that are affordable."""
FEWEST_SOURCES, FEWEST_OF_ALL, MANY_MEMBERS = 64, 8, 200_000
"""Sources at least; in networks of more members than `MANY_MEMBERS` fewer, in proportion, down to eight."""
SEED = 20_060_101


class Paths(NamedTuple):
    """`betweenness`: of each member, from 0 to 1, as networkx has it.  `length`: mean over pairs that a path connects,
    NaN without any.  `longest`: longest shortest path found.  `sources`: number of members from which paths were followed.
    """

    betweenness: np.ndarray
    length: float
    longest: int
    sources: int


def sample(lists: TieLists, budget: float = EVERY_STEP, fewest: int = FEWEST_SOURCES) -> np.ndarray:
    """Return the rows from which paths are followed: all, or as many random ones as are affordable."""
    least = max(FEWEST_OF_ALL, min(fewest, fewest * MANY_MEMBERS // max(1, lists.members)))
    most = max(least, int(budget / max(1, 2 * len(lists.ties))))
    if most >= lists.members:
        return np.arange(lists.members)
    return np.sort(np.random.default_rng(SEED).choice(lists.members, most, replace=False))


def lanes_of(lists: TieLists) -> int:
    """Return how many sources are followed at once: fewer in a very large network, to save memory."""
    return max(1, min(LANES, PLACES // max(1, lists.members)))


def paths_of(lists: TieLists, sources: np.ndarray | None = None) -> Paths:
    """Return paths and betweenness (Freeman 1977) by Brandes's algorithm (2001)."""
    rows = sample(lists) if sources is None else sources
    n = lists.members
    total, steps, pairs, longest = np.zeros(n), 0.0, 0, 0
    lanes = lanes_of(lists)
    for start in range(0, len(rows), lanes):
        block = rows[start : start + lanes]
        levels, ways = searched(lists, block)
        depend = np.zeros_like(ways)
        for step in range(len(levels) - 1, 0, -1):
            share = np.zeros_like(ways)
            np.divide(1 + depend, ways, out=share, where=levels[step])
            depend += np.where(levels[step - 1], ways * (lists.matrix @ share), 0.0)
        depend[block, np.arange(len(block))] = 0.0
        total += depend.sum(axis=1)
        for step, level in enumerate(levels[1:], start=1):
            count = int(level.sum())
            steps, pairs, longest = steps + step * count, pairs + count, max(longest, step)
    scale = (n - 1) * (n - 2) * len(rows) / n
    betweenness = total / scale if n > 2 else total
    return Paths(betweenness, steps / pairs if pairs else float("nan"), longest, len(rows))


def searched(lists: TieLists, block: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Return which members are at each distance from each source, bool (n, sources) a step, and numbers of shortest paths."""
    ways = np.zeros((lists.members, len(block)))
    ways[block, np.arange(len(block))] = 1.0
    new, seen = ways > 0, ways > 0
    levels = []
    while new.any():
        levels.append(new)
        reached = lists.matrix @ np.where(new, ways, 0.0)
        new = (reached > 0) & ~seen
        seen |= new
        ways += np.where(new, reached, 0.0)
    return levels, ways


def spread_from(lists: TieLists, rows: np.ndarray, walking: np.ndarray | None = None) -> np.ndarray:
    """Return 1 / distance from each source to each member, 0 without a path and to itself: float32 (sources, n).

    `walking`: bool (n,), over which members paths may lead; all if None.
    """
    found = np.zeros((len(rows), lists.members), np.float32)
    lanes = lanes_of(lists)
    for start in range(0, len(rows), lanes):
        block = rows[start : start + lanes]
        new = np.zeros((lists.members, len(block)), np.float32)
        new[block, np.arange(len(block))] = 1.0
        unseen = np.repeat((walking if walking is not None else np.ones(lists.members, bool))[:, None], len(block), 1)
        unseen[block, np.arange(len(block))] = False
        step = 0
        while new.any():
            step += 1
            reached = ((lists.light @ new) > 0) & unseen
            unseen &= ~reached
            found[start : start + len(block)] += reached.T / np.float32(step)
            new = reached.astype(np.float32)
    return found
