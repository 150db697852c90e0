"""Ties within and between sectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.inputs.profile.tie_lists import TieLists


@dataclass(frozen=True, eq=False)
class Mixing:
    """Ties by the sectors of their ends.

    `names`, `sizes`: of the sectors.  `ties`: int (k, k), symmetric, ties within a sector on the diagonal.  `across`: share of
    ties between sectors; `by_chance`: the same if any two members were equally likely to be tied.  `assortativity`:
    Newman's coefficient (2003, Physical Review E 67:026126): 1 if all ties are within sectors, 0 if mixed by chance, NaN if
    undefined.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    ties: np.ndarray
    across: float
    by_chance: float
    assortativity: float


def mixing_of(lists: TieLists, sector: np.ndarray, names: tuple[str, ...]) -> Mixing | None:
    """Return how sectors mix; None if fewer than two are known or there are no ties.

    `sector`: numbers, below 0 where unknown; these members are left out.
    """
    known = sector >= 0
    ties = lists.ties[known[lists.ties].all(axis=1)] if len(lists.ties) else lists.ties
    if not len(ties) or len(np.unique(sector[known])) < 2:
        return None
    count = int(sector.max()) + 1
    ends = sector[ties].astype(np.int64)
    matrix = np.bincount(ends[:, 0] * count + ends[:, 1], minlength=count * count).reshape(count, count)
    shares = (matrix + matrix.T) / (2 * len(ties))
    expected = float((shares.sum(axis=0) ** 2).sum())
    within = float(np.trace(shares))
    sizes = np.bincount(sector[known], minlength=count)
    n = int(sizes.sum())
    both = matrix + matrix.T
    both[np.diag_indices(count)] //= 2
    return Mixing(
        names or tuple(f"sector {k + 1}" for k in range(count)),
        tuple(sizes.tolist()),
        both,
        1 - within,
        1 - float((sizes * (sizes - 1)).sum()) / (n * (n - 1)),
        (within - expected) / (1 - expected) if expected < 1 else float("nan"),
    )
