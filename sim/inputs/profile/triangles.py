"""Closed triads: clustering, and Burt's constraint, from a list of all triangles.

Ties are turned from the member with fewer contacts to the one with more, so that nobody has more than sqrt(2 m) outgoing
ones, and each pair of outgoing ties is looked up once (Latapy 2008, Theoretical Computer Science 407:458).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.inputs.profile.tie_lists import TieLists
from sim.model.state import UNDEFINED_CONSTRAINT

AT_ONCE = 4_000_000


class Triangles(NamedTuple):
    """What follows from a network's triangles.

    `around`: of each member.  `weighted`: by tie, the sum of 1 / contacts over the common contacts of both ends.
    """

    around: np.ndarray
    weighted: np.ndarray


def triangles_of(lists: TieLists) -> Triangles:
    """Return the triangles around each member and over each tie."""
    n, ties = lists.members, lists.ties.astype(np.int64)
    around, weighted = np.zeros(n, np.int64), np.zeros(len(ties))
    codes = ties[:, 0] * n + ties[:, 1]
    share = 1 / np.maximum(lists.degree, 1)
    for low, middle, high in listed_triangles(lists, codes):
        for one in (low, middle, high):
            around += np.bincount(one, minlength=n)
        for a, b, third in ((low, middle, high), (low, high, middle), (middle, high, low)):
            place = np.searchsorted(codes, np.minimum(a, b) * n + np.maximum(a, b))
            weighted += np.bincount(place, weights=share[third], minlength=len(ties))
    return Triangles(around, weighted)


def listed_triangles(lists: TieLists, codes: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield all triangles, each once, as three arrays of rows, some millions of candidates at a time."""
    n = lists.members
    order = np.argsort(np.argsort(lists.degree, kind="stable"), kind="stable")
    turned = np.where((order[lists.ties[:, 0]] < order[lists.ties[:, 1]])[:, None], lists.ties, lists.ties[:, ::-1])
    turned = turned.astype(np.int64)
    turned = turned[np.argsort(turned[:, 0], kind="stable")]
    outgoing = np.bincount(turned[:, 0], minlength=n)
    end = np.cumsum(outgoing)
    # Each outgoing tie is paired with those of the same member that come after it.
    later = end[turned[:, 0]] - np.arange(len(turned)) - 1
    done = np.concatenate(([0], np.cumsum(later)))
    start = 0
    while start < len(turned):
        stop = max(start + 1, int(np.searchsorted(done, done[start] + AT_ONCE, side="right")) - 1)
        count = later[start:stop]
        one = np.repeat(np.arange(start, stop), count)
        two = one + 1 + np.arange(len(one)) - np.repeat(done[start:stop] - done[start], count)
        middle, high = turned[one, 1], turned[two, 1]
        pairs = np.minimum(middle, high) * n + np.maximum(middle, high)
        place = np.minimum(np.searchsorted(codes, pairs), len(codes) - 1)
        closed = codes[place] == pairs
        yield turned[one, 0][closed], middle[closed], high[closed]
        start = stop


def clustering(lists: TieLists, around: np.ndarray) -> tuple[float, np.ndarray]:
    """Return transitivity and each member's local clustering (Watts & Strogatz 1998), 0 with fewer than two contacts."""
    pairs = lists.degree * (lists.degree - 1) / 2
    whole = float(pairs.sum())
    local = np.divide(around, pairs, out=np.zeros(lists.members), where=pairs > 0)
    return (float(around.sum()) / whole if whole else 0.0), local


def constraints(lists: TieLists, weighted: np.ndarray) -> np.ndarray:
    """Return Burt's constraint (1992) of each member: low if contacts do not know each other; 9 without a tie."""
    found = np.full(lists.members, UNDEFINED_CONSTRAINT, float)
    total = np.zeros(lists.members)
    invested = (1 + weighted) ** 2
    for end in range(2):
        total += np.bincount(lists.ties[:, end], weights=invested, minlength=lists.members)
    tied = lists.degree > 0
    found[tied] = total[tied] / lists.degree[tied].astype(float) ** 2
    return found
