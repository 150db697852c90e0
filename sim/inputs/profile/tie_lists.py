"""Ties as packed lists of contacts, with components and core numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse


@dataclass(frozen=True, eq=False)
class TieLists:
    """An undirected network of n members without loops.

    `ties`: int (m, 2), rows i < j, each once, sorted.
    """

    members: int
    ties: np.ndarray

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """The symmetric adjacency matrix, float64; contacts of each member are sorted."""
        ends = np.concatenate((self.ties, self.ties[:, ::-1])).astype(np.int64)
        ones = np.ones(len(ends))
        made = sparse.csr_array((ones, (ends[:, 0], ends[:, 1])), shape=(self.members, self.members))
        made.sort_indices()
        return made

    @cached_property
    def light(self) -> sparse.csr_array:
        """The adjacency matrix in float32, for searches."""
        return self.matrix.astype(np.float32)

    @cached_property
    def first(self) -> np.ndarray:
        """Where each member's contacts start in `other`: int64 (n + 1,)."""
        packed: np.ndarray = self.matrix.indptr.astype(np.int64)
        return packed

    @cached_property
    def other(self) -> np.ndarray:
        """All contacts, member after member: uint32 (2m,)."""
        packed: np.ndarray = self.matrix.indices.astype(np.uint32)
        return packed

    @cached_property
    def degree(self) -> np.ndarray:
        """Ties of each member: int64 (n,)."""
        return np.diff(self.first)

    def contacts(self, row: int) -> np.ndarray:
        """Return the rows of a member's contacts, sorted."""
        return self.other[self.first[row] : self.first[row + 1]].astype(np.int64)

    @cached_property
    def component(self) -> np.ndarray:
        """The number of each member's component, the largest being 0; members without a tie are components."""
        found = sparse.csgraph.connected_components(self.matrix, directed=False)[1]
        sizes = np.bincount(found, minlength=1)
        rank = np.empty(len(sizes), np.int64)
        rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
        ranked: np.ndarray = rank[found]
        return ranked

    @cached_property
    def component_sizes(self) -> np.ndarray:
        """Members of each component, the largest first."""
        return np.bincount(self.component, minlength=1)

    @cached_property
    def core_number(self) -> np.ndarray:
        """The largest k such that a member belongs to a set in which all have k ties inside (Seidman 1983): int64 (n,)."""
        left, number, k = self.degree.copy(), np.zeros(self.members, np.int64), 0
        here = np.ones(self.members, bool)
        while here.any():
            k = max(k, int(left[here].min()))
            going = here & (left <= k)
            while going.any():
                number[going] = k
                here &= ~going
                left -= (self.matrix @ going.astype(float)).astype(np.int64)
                going = here & (left <= k)
        return number
