"""The start network: its members, their ties with strengths, and their attributes in the data."""

from __future__ import annotations

from copy import copy as shallow_copy
from dataclasses import dataclass, field

import numpy as np

UNKNOWN = -1


class NetworkError(ValueError):
    """A user's network is invalid; the message names the file, the line, the value and the allowed values."""


@dataclass(frozen=True, eq=False)
class StartNetwork:
    """A network before its first week, of n members and m ties.  A member's row number is its identity.

    `names`: n texts.
    `ties`: int32 (m, 2), rows i < j, sorted, no duplicates, no loops.
    `strength`: float64 (m,), relative strength of each tie in (0, 1]; 1 where the data have none.
    `ends`: float64 (m, 2), the strength at each end of a tie: of the first member's relation with the second, and of the
    second's with the first, 0 where it has none; `strength` is the larger.  None: both ends alike.
    `sector`: int32 (n,), numbered from 0.
    `kind`: int8 (n,), 0 individual, 1 organisation.
    `viewpoint`: float64 (n, 2), a point in the unit square, or NaN rows where the data have none.
    `leaders`: rows of known leaders, in order.
    `faction`: int8 (n,), the side that each took later, -1 unknown; for validation only, nothing else may read it.
    `tree_parent`: int32 (n,), manager of each in an organisation, -1 for the top (row 0) and for newcomers.
    `learner`: bool (n,), who in a connectivity network receives skills and connections and gives none; the others, who are
    experienced, need none.  None: no such kinds of members.
    `joined_late`: bool (n,), added newcomers without ties.  None: no newcomers.
    `source`: where the data are from, or how the network was generated.
    `notes`: sentences on what was recognised, excluded or assumed.

    Rules never read these; exports of the network restore the user's data from them:
    `ids`: n texts, all different, by which the data call members; None where they have no such thing.
    `sector_names`: names of the sectors in the data, by number; empty if the data have numbers.
    `scale`: what strengths are to be multiplied by to get those of the data, which were divided by their largest.
    """

    names: tuple[str, ...]
    ties: np.ndarray
    strength: np.ndarray
    sector: np.ndarray
    kind: np.ndarray
    viewpoint: np.ndarray
    leaders: tuple[int, ...] = ()
    ends: np.ndarray | None = None
    faction: np.ndarray | None = None
    tree_parent: np.ndarray | None = None
    learner: np.ndarray | None = None
    joined_late: np.ndarray | None = None
    source: str = ""
    notes: tuple[str, ...] = field(default=())
    ids: tuple[str, ...] | None = None
    sector_names: tuple[str, ...] = ()
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Raise ValueError for what rules could not work on: a mistake of the caller, not in the user's data."""
        n, m = len(self.names), len(self.ties)
        expected = {
            "ties": (self.ties, (m, 2), np.int32),
            "strength": (self.strength, (m,), np.float64),
            "ends": (self.ends, (m, 2), np.float64),
            "sector": (self.sector, (n,), np.int32),
            "kind": (self.kind, (n,), np.int8),
            "viewpoint": (self.viewpoint, (n, 2), np.float64),
            "faction": (self.faction, (n,), np.int8),
            "tree_parent": (self.tree_parent, (n,), np.int32),
            "learner": (self.learner, (n,), np.bool_),
            "joined_late": (self.joined_late, (n,), np.bool_),
        }
        for name, (array, shape, dtype) in expected.items():
            if array is not None and (array.shape != shape or array.dtype != dtype):
                raise ValueError(f"{name}: {array.dtype} {array.shape}, not {np.dtype(dtype)} {shape}")
        codes = pair_codes(self.ties, n)
        if m and not (self.ties.min() >= 0 and self.ties.max() < n and np.all(self.ties[:, 0] < self.ties[:, 1])):
            raise ValueError(f"ties: a row is not a pair i < j of the {n} members")
        if not np.all(codes[1:] > codes[:-1]):
            raise ValueError("ties: not sorted, or a tie comes twice")
        if not np.all((self.strength > 0) & (self.strength <= 1)):
            raise ValueError("strength: a value lies outside (0, 1]")
        ends = self.ends
        if ends is not None and (not np.array_equal(ends.max(axis=1), self.strength) or np.any(ends < 0)):
            raise ValueError("ends: a value is below 0, or the larger of two is not the tie's strength")
        if self.ids is not None and not len(self.ids) == len(set(self.ids)) == n:
            raise ValueError(f"ids: {len(set(self.ids))} different ones, not {n}")
        if self.sector_names and n and self.sector.max() >= len(self.sector_names):
            raise ValueError(f"sector_names: {len(self.sector_names)} of them, but a sector is {self.sector.max()}")
        if not 0 < self.scale < np.inf:
            raise ValueError(f"scale: {self.scale}, not a number above 0")

    def copy(self) -> StartNetwork:
        """Return an independent copy, without checking it again."""
        twin = shallow_copy(self)
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray):
                object.__setattr__(twin, name, value.copy())
        return twin

    @property
    def members(self) -> int:
        """Number of members, newcomers included."""
        return len(self.names)

    @property
    def halves(self) -> np.ndarray:
        """Strength at both ends of each tie: float64 (m, 2), as `ends` or, without them, alike."""
        return np.stack((self.strength, self.strength), axis=1) if self.ends is None else self.ends

    def with_ties(self, kept: np.ndarray) -> StartNetwork:
        """Return a copy with the ties of these rows only (sorted), or where a mask is true, without checking it again."""
        twin = shallow_copy(self)
        for name in ("ties", "strength", "ends"):
            value = getattr(self, name)
            object.__setattr__(twin, name, None if value is None else value[kept])
        return twin

    @property
    def strength_given(self) -> np.ndarray:
        """Strengths in the unit of the data: float64 (m,); divided by `scale` they are `strength`, bit for bit.

        Where several numbers meet this, the one with fifteen digits, if any: it is what the data said.
        """
        found = self.strength * self.scale
        written = np.array([float(f"{value:.15g}") for value in found.tolist()], np.float64)
        for value in (np.nextafter(found, 0), np.nextafter(found, np.inf), self.strength * self.scale, written):
            found = np.where(value / self.scale == self.strength, value, found)
        return found

    @property
    def degree(self) -> np.ndarray:
        """Ties of each member: int64 (n,)."""
        return np.bincount(self.ties.ravel(), minlength=self.members)


def pair_codes(ties: np.ndarray, members: int) -> np.ndarray:
    """Return one number for each pair (m, 2), in the same sorting order: int64 (m,)."""
    codes: np.ndarray = ties[:, 0].astype(np.int64) * members + ties[:, 1]
    return codes


def sorted_ties(pairs: np.ndarray) -> np.ndarray:
    """Return pairs (m, 2) of integers, without duplicates, as ties: int32, i < j, sorted."""
    ordered = np.sort(pairs.reshape(-1, 2), axis=1).astype(np.int32)
    return ordered[np.lexsort((ordered[:, 1], ordered[:, 0]))]


def numbered(word: str, first: int, count: int) -> tuple[str, ...]:
    """Return `count` names such as member-07, numbered from `first`, as wide as the last number."""
    width = max(2, len(str(first + count - 1)))
    return tuple(f"{word}-{number:0{width}d}" for number in range(first, first + count))


def new_network(
    ties: np.ndarray,
    *,
    names: tuple[str, ...],
    source: str,
    strength: np.ndarray | None = None,
    ends: np.ndarray | None = None,
    sector: np.ndarray | None = None,
    kind: np.ndarray | None = None,
    viewpoint: np.ndarray | None = None,
    leaders: tuple[int, ...] = (),
    faction: np.ndarray | None = None,
    tree_parent: np.ndarray | None = None,
    learner: np.ndarray | None = None,
    notes: tuple[str, ...] = (),
    ids: tuple[str, ...] | None = None,
    sector_names: tuple[str, ...] = (),
    scale: float = 1.0,
) -> StartNetwork:
    """Return a start network; missing values are unknown: `sector` and `kind` -1, `viewpoint` NaN, `strength` 1."""
    n = len(names)
    return StartNetwork(
        names=names,
        ties=ties,
        strength=np.ones(len(ties)) if strength is None else strength,
        ends=ends,
        sector=np.full(n, UNKNOWN, np.int32) if sector is None else sector,
        kind=np.full(n, UNKNOWN, np.int8) if kind is None else kind,
        viewpoint=np.full((n, 2), np.nan) if viewpoint is None else viewpoint,
        leaders=leaders,
        faction=faction,
        tree_parent=tree_parent,
        learner=learner,
        source=source,
        notes=notes,
        ids=ids,
        sector_names=sector_names,
        scale=scale,
    )
