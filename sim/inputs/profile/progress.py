"""Two waves of one network: who joined and left, which ties were kept, lost and made, and how the profile changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.inputs.profile.network_profile import NetworkProfile
from sim.inputs.reading.decoding import folded
from sim.inputs.reading.resolving import UserNetwork

Pair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Progress:
    """What changed from one wave to the next; people are matched by id, else by name (`matched`).

    Lists of people are names of the wave in which they were, in its order.  `kept`, `lost`, `new`: pairs of names;
    `lost_with_leavers` and `new_with_joiners` count those of people who left or joined.
    """

    before: NetworkProfile
    after: NetworkProfile
    matched: str
    stayed: list[str]
    joined: list[str]
    left: list[str]
    kept: list[Pair]
    lost: list[Pair]
    new: list[Pair]
    lost_with_leavers: int
    new_with_joiners: int

    @property
    def jaccard(self) -> float:
        """Ties kept among those who stayed, as a share of all ties that they had in either wave; NaN without any.

        Snijders and others (2010, Social Networks 32:44) call a network stable enough to model its change from 0.3 on.
        """
        lost, new = len(self.lost) - self.lost_with_leavers, len(self.new) - self.new_with_joiners
        every = len(self.kept) + lost + new
        return len(self.kept) / every if every else float("nan")

    @cached_property
    def measures(self) -> list[tuple[str, float, float]]:
        """What is compared: a label, the value before, and the value after."""
        return [
            (label, float(first), float(second))
            for (label, first), (_, second) in zip(values(self.before), values(self.after), strict=True)
        ]

    def payload(self) -> dict[str, object]:
        """Return it for `--json`."""
        return {
            "matched_by": self.matched,
            "stayed": len(self.stayed),
            "joined": self.joined,
            "left": self.left,
            "ties_kept": len(self.kept),
            "ties_lost": self.lost,
            "ties_new": self.new,
            "ties_lost_with_leavers": self.lost_with_leavers,
            "ties_new_with_joiners": self.new_with_joiners,
            "jaccard": self.jaccard,
            "stage_before": self.before.structure.name,
            "stage_after": self.after.structure.name,
            "measures": [{"measure": label, "before": a, "after": b} for label, a, b in self.measures],
        }


def values(profile: NetworkProfile) -> list[tuple[str, float]]:
    """Return the measures of one wave."""
    n = profile.members
    return [
        ("Members", n),
        ("Ties", len(profile.lists.ties)),
        ("Ties per member", 2 * len(profile.lists.ties) / n),
        ("Density", profile.density),
        ("Contacts who know each other", profile.transitivity),
        ("Steps between members", profile.paths.length),
        ("Share who can reach one another", float(profile.lists.component_sizes[0]) / n),
        ("Members without a tie", len(profile.isolates)),
        ("Groups", profile.circles.count),
        ("Bridgers", len(profile.bridgers)),
        ("How far ties centre on one member", profile.structure.star),
        ("Fit of a core and a periphery", profile.structure.fit),
        ("Ties across sectors", float("nan") if profile.mixing is None else profile.mixing.across),
        ("Ties that are answered", profile.directions.reciprocity),
    ]


def keys_of(network: UserNetwork, by_id: bool) -> list[str]:
    """Return the keys that members are matched by."""
    start = network.start
    return list(start.ids) if by_id and start.ids is not None else [folded(name) for name in start.names]


def overlap(first: list[str], second: list[str]) -> int:
    """Return how many keys two waves share."""
    return len(set(first) & set(second))


def matched_keys(before: UserNetwork, after: UserNetwork) -> tuple[bool, list[str], list[str]]:
    """Return what members of two waves are matched by: whether ids, else names; and the keys of both."""
    waves = (before, after)
    by_id = overlap(*(keys_of(one, True) for one in waves)) >= overlap(*(keys_of(one, False) for one in waves))
    return by_id, keys_of(before, by_id), keys_of(after, by_id)


def progress_of(before: NetworkProfile, after: NetworkProfile) -> Progress:
    """Return what changed between two waves."""
    by_id, first, second = matched_keys(before.network, after.network)
    then, now = (dict(zip(keys, one.names, strict=True)) for keys, one in ((first, before), (second, after)))
    ties = [pairs_of(one.lists.ties, keys) for one, keys in ((before, first), (after, second))]
    lost, new = ties[0] - ties[1], ties[1] - ties[0]

    def named(pairs: set[Pair], names: dict[str, str]) -> list[Pair]:
        return sorted((names[a], names[b]) for a, b in pairs)

    return Progress(
        before,
        after,
        "id" if by_id else "name",
        [now[key] for key in second if key in then],
        [now[key] for key in second if key not in then],
        [then[key] for key in first if key not in now],
        named(ties[0] & ties[1], now),
        named(lost, then),
        named(new, now),
        sum(a not in now or b not in now for a, b in lost),
        sum(a not in then or b not in then for a, b in new),
    )


def pairs_of(ties: np.ndarray, keys: list[str]) -> set[Pair]:
    """Return ties as pairs of keys, each in order."""
    ends = ((keys[i], keys[j]) for i, j in ties.tolist())
    return {(a, b) if a < b else (b, a) for a, b in ends}
