"""Communities of a network, what to call them, and the members who are between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.inputs.profile.tie_lists import TieLists
from sim.model.measures.communities import FREE, grouped, has_hub

SMALLEST = 3
"""Members from which a community counts as a group, when groups are counted and named."""


@dataclass(frozen=True, eq=False)
class Circles:
    """Communities of greedy modularity (`sim.model.measures.communities`).

    `group`: each member's, the largest being 0, -1 without a tie.  `sizes`: members of each.  `hub`: row of the member with
    most ties inside each.  `has_hub`: whether ties inside centre on that member.  `inside`: each member's ties inside its group.
    `modularity`: share of ties inside groups beyond that of ties at random.
    """

    group: np.ndarray
    sizes: np.ndarray
    hub: np.ndarray
    has_hub: np.ndarray
    inside: np.ndarray
    modularity: float

    @property
    def count(self) -> int:
        """Groups of at least three members."""
        return int((self.sizes >= SMALLEST).sum())


def circles_of(lists: TieLists, names: Sequence[tuple[str, str]]) -> Circles:
    """Return the communities of a network.

    `names`: name and id of each member.  The method depends on the order of members, so it sees them in the order of their names:
    one network has the same communities whatever file it came in.
    """
    order = np.array(sorted(range(lists.members), key=names.__getitem__), np.int64)
    place = np.empty(lists.members, np.int64)
    place[order] = np.arange(lists.members)
    ties = np.sort(place[lists.ties], axis=1)
    found = circles_in_order(TieLists(lists.members, ties[np.lexsort((ties[:, 1], ties[:, 0]))]))
    return replace(found, group=found.group[place], hub=order[found.hub], inside=found.inside[place])


def circles_in_order(lists: TieLists) -> Circles:
    """Return the communities that come out with members in this order."""
    n, tied = lists.members, lists.degree > 0
    found = np.asarray(grouped(lists.first, lists.other), np.int64)
    numbers, found = np.unique(np.where(tied, found, -1), return_inverse=True)
    found = found - int(not tied.all())
    sizes = np.bincount(found[tied], minlength=len(numbers) - int(not tied.all()))
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty(len(sizes), np.int64)
    rank[order] = np.arange(len(sizes))
    group = np.where(tied, rank[np.maximum(found, 0)] if len(rank) else -1, -1)
    sizes = sizes[order]
    same = group[lists.ties[:, 0]] == group[lists.ties[:, 1]]
    inside = np.bincount(lists.ties[same].ravel(), minlength=n)
    by_group = np.lexsort((np.arange(n), lists.degree, -inside, np.where(tied, group, len(sizes))))
    by_group = by_group[: int(tied.sum())]
    hub = by_group[np.concatenate(([0], np.cumsum(sizes)[:-1]))] if len(sizes) else np.zeros(0, np.int64)
    total = np.bincount(group[tied], weights=inside[tied], minlength=len(sizes)).astype(np.int64)
    central = [
        bool(has_hub(int(size), int(all_inside), int(inside[row]), int(lists.degree[row])))
        for size, all_inside, row in zip(sizes, total, hub, strict=True)
    ]
    return Circles(group, sizes, hub, np.array(central, bool), inside, modularity(lists, group, same))


def modularity(lists: TieLists, group: np.ndarray, same: np.ndarray) -> float:
    """Return the modularity of a partition (Newman & Girvan 2004); 0 without ties."""
    if not len(lists.ties):
        return 0.0
    tied = lists.degree > 0
    strength = np.bincount(group[tied], weights=lists.degree[tied])
    return float(same.mean()) - float((strength**2).sum()) / float(lists.degree.sum()) ** 2


def linked_hubs(lists: TieLists, circles: Circles) -> int:
    """Return how many groups with a hub are tied, by their hub or not, to another such group (`communities.hubs`)."""
    ends = circles.group[lists.ties]
    across = ends[:, 0] != ends[:, 1]
    both = circles.has_hub[ends].all(axis=1) if len(circles.has_hub) else np.zeros(len(ends), bool)
    return len(np.unique(ends[across & both]))


def bridgers_of(lists: TieLists, circles: Circles, constraint: np.ndarray) -> np.ndarray:
    """Return the rows of members with a tie to another group whose contacts do not all know each other, the freest first.

    Burt's brokers (2004), by the model's rule: a constraint below `FREE`.
    """
    rows = np.flatnonzero((lists.degree > circles.inside) & (constraint < FREE))
    ordered: np.ndarray = rows[np.lexsort((rows, constraint[rows]))]
    return ordered


def ties_by_group(lists: TieLists, circles: Circles, row: int) -> list[tuple[int, int]]:
    """Return a member's groups with its ties to each: its own group first, then those with most ties."""
    groups, counts = np.unique(circles.group[lists.contacts(row)], return_counts=True)
    own = int(circles.group[row])
    pairs = zip(groups.tolist(), counts.tolist(), strict=True)
    return sorted(pairs, key=lambda one: (one[0] != own, -one[1], one[0]))
