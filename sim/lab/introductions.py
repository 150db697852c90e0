"""Introductions that a network's structure suggests: who should meet whom, why, and who could introduce them.

Open triads (CAP, "closing triangles"), pairs across groups, people without ties, and possible bridgers (Burt 2004).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Literal

import numpy as np

from sim.inputs.profile.network_profile import NetworkProfile

Kind = Literal["open triad", "across groups", "without a tie", "possible bridger", "named by you"]
SHARES: dict[Kind, float] = {"open triad": 0.4, "across groups": 0.2, "without a tie": 0.25, "possible bridger": 0.15}
"""Shares of the candidates that are tried, if there are enough of a kind; open triads take the rest."""
MOST_EACH = 4
"""Most candidates of one kind that involve the same member."""
MOST_CONTACTS, MOST_TRIADS = 60, 200_000
"""Contacts of a go-between beyond which not all pairs are looked at; open triads that are looked at."""


@dataclass(frozen=True)
class Introduction:
    """Two members to introduce to each other, by their rows in the start network.

    `go_between`: who knows both, or None.  `score`: by which candidates of one kind are screened.  `others`: further members
    who know both.
    """

    a: int
    b: int
    kind: Kind
    go_between: int | None
    score: float
    others: tuple[int, ...] = ()

    @property
    def pair(self) -> tuple[int, int]:
        """The two rows in order."""
        return (self.a, self.b) if self.a < self.b else (self.b, self.a)


def candidates(profile: NetworkProfile, number: int) -> list[Introduction]:
    """Return so many introductions to try, the best screened of each kind; fewer if there are no more."""
    pools: dict[Kind, list[Introduction]] = {
        "open triad": sorted(open_triads(profile), key=lambda one: (-one.score, one.pair)),
        "across groups": sorted(across_groups(profile), key=lambda one: (-one.score, one.pair)),
        "without a tie": list(without_ties(profile)),
        "possible bridger": sorted(possible_bridgers(profile), key=lambda one: (-one.score, one.pair)),
    }
    taken: dict[tuple[int, int], Introduction] = {}
    for kind in ("without a tie", "possible bridger", "across groups", "open triad"):
        quota = round(SHARES[kind] * number) if kind != "open triad" else number - len(taken)
        take(pools[kind], min(quota, number - len(taken)), taken)
    for pool in pools.values():
        take(pool, number - len(taken), taken, most_each=number)
    order = {kind: place for place, kind in enumerate(SHARES)}
    return sorted(taken.values(), key=lambda one: (order[one.kind], -one.score, one.pair))


def take(
    pool: Iterable[Introduction], quota: int, taken: dict[tuple[int, int], Introduction], most_each: int = MOST_EACH
) -> None:
    """Move up to so many candidates of a kind, in order, into those taken; no member is part of too many."""
    parts: Counter[int] = Counter()
    for one in pool:
        if quota <= 0:
            return
        if one.pair not in taken and parts[one.a] < most_each and parts[one.b] < most_each:
            taken[one.pair] = one
            parts.update((one.a, one.b))
            quota -= 1


def open_triads(profile: NetworkProfile) -> Iterator[Introduction]:
    """Yield pairs with a common contact who are not tied.

    The score is Adamic and Adar's (2003, Social Networks 25:211): common contacts, those with few contacts counting more.  The
    go-between is the common contact whose weaker tie of the two is the strongest.
    """
    lists = profile.lists
    strength = {
        (i, j): s for (i, j), s in zip(lists.ties.tolist(), profile.network.start.strength.tolist(), strict=True)
    }
    common: dict[tuple[int, int], list[int]] = {}
    for row in np.argsort(lists.degree, kind="stable").tolist():
        contacts = lists.contacts(row).tolist()[:MOST_CONTACTS]
        for place, a in enumerate(contacts):
            for b in contacts[place + 1 :]:
                if (a, b) not in strength:
                    common.setdefault((a, b), []).append(row)
        if len(common) > MOST_TRIADS:
            break

    def weaker(a: int, row: int, b: int) -> float:
        return float(min(strength[min(a, row), max(a, row)], strength[min(b, row), max(b, row)]))

    for (a, b), rows in common.items():
        score = sum(1 / log(max(2, int(lists.degree[row]))) for row in rows)
        best = max(rows, key=lambda row: (weaker(a, row, b), -row))
        others = tuple(row for row in rows if row != best)
        yield Introduction(a, b, "open triad", best, score, others)


def go_between_of(profile: NetworkProfile, a: int, b: int) -> tuple[int | None, tuple[int, ...]]:
    """Return a member who knows both, if anybody does, and the others who do."""
    both = np.intersect1d(profile.lists.contacts(a), profile.lists.contacts(b)).tolist()
    return (both[0], tuple(both[1:])) if both else (None, ())


def leads(profile: NetworkProfile, most: int = 3) -> dict[int, list[int]]:
    """Return the members with most ties of each group of three or more."""
    found: dict[int, list[int]] = {}
    for row in np.lexsort((np.arange(profile.members), -profile.lists.degree)).tolist():
        group = int(profile.circles.group[row])
        if group >= 0 and profile.circles.sizes[group] >= 3 and len(found.setdefault(group, [])) < most:
            found[group].append(row)
    return found


def tied(profile: NetworkProfile, a: int, b: int) -> bool:
    """Return whether two members know each other."""
    return bool(np.isin(b, profile.lists.contacts(a)))


def across_groups(profile: NetworkProfile) -> Iterator[Introduction]:
    """Yield pairs of well-connected members of different groups; the fewer ties two groups have, the higher the score."""
    groups = leads(profile)
    ends = profile.circles.group[profile.lists.ties]
    between = Counter(map(tuple, np.sort(ends, axis=1).tolist()))
    numbers = sorted(groups)[:40]
    for place, g in enumerate(numbers):
        for h in numbers[place + 1 :]:
            sizes = int(profile.circles.sizes[g] * profile.circles.sizes[h])
            thin = 1 - between[g, h] / sizes
            for k, (a, b) in enumerate((a, b) for a in groups[g] for b in groups[h]):
                if not tied(profile, a, b):
                    go_between, others = go_between_of(profile, a, b)
                    score = thin * sizes**0.5 / (1 + k)
                    yield Introduction(a, b, "across groups", go_between, score, others)


def without_ties(profile: NetworkProfile) -> Iterator[Introduction]:
    """Yield each member without a tie with hosts: well-connected members, of the same sector first, in turn.

    Hosts who have taken one are passed over until all have, so that newcomers are not all sent to the same member.
    """
    sector, degree = profile.network.start.sector, profile.lists.degree
    hosts = [row for row in np.lexsort((np.arange(profile.members), -degree)).tolist() if degree[row] > 0]
    busy: Counter[int] = Counter()
    for turn in range(2):
        for row in profile.isolates.tolist():
            known = [host for host in hosts[:60] if sector[host] == sector[row] >= 0] or hosts[:20]
            if not known:
                return
            host = min(known, key=lambda one: (busy[one], -int(degree[one]), one))
            busy[host] += 1
            yield Introduction(row, host, "without a tie", None, 1.0 - turn / 2)


def possible_bridgers(profile: NetworkProfile) -> Iterator[Introduction]:
    """Yield members who are between groups already, with the lead of a group that they have no tie to."""
    groups = leads(profile, 1)
    for place, row in enumerate(profile.bridgers[:40].tolist()):
        known = {int(group) for group in profile.circles.group[profile.lists.contacts(row)]}
        known.add(int(profile.circles.group[row]))
        for group, (lead,) in sorted(groups.items()):
            if group not in known and lead != row:
                go_between, others = go_between_of(profile, row, lead)
                score = float(profile.circles.sizes[group]) / (1 + place)
                yield Introduction(row, lead, "possible bridger", go_between, score, others)


def reason(profile: NetworkProfile, one: Introduction) -> str:
    """Return why two members could be introduced, in one sentence."""
    names = profile.names
    a, b = names[one.a], names[one.b]
    groups = [profile.group_name(int(profile.circles.group[row])) for row in (one.a, one.b)]
    if one.kind == "without a tie":
        return f"{a} has no tie. {b} knows {profile.lists.degree[one.b]} members{same_sector(profile, one)}."
    if one.kind == "across groups":
        return f"They lead the groups {groups[0]} and {groups[1]}, which have few ties between them."
    if one.kind == "possible bridger":
        return f"{a} is between groups already, and has no tie to the group {groups[1]}, which {b} leads."
    if one.go_between is None:
        return f"You named them; nobody knows both{same_sector(profile, one)}."
    known = [names[row] for row in (one.go_between, *one.others)]
    shown = ", ".join(known[:3]) + (f" and {len(known) - 3} more" if len(known) > 3 else "")
    return f"Both know {shown}, and do not know each other{same_sector(profile, one)}."


def same_sector(profile: NetworkProfile, one: Introduction) -> str:
    """Return that both are of one sector, where the data name sectors."""
    start = profile.network.start
    same = start.sector_names and start.sector[one.a] == start.sector[one.b] >= 0
    return f"; both are of the sector {start.sector_names[start.sector[one.a]]}" if same else ""


def message(profile: NetworkProfile, one: Introduction) -> str:
    """Return the sentence to send: to the go-between, else to the better connected of the two."""
    names = profile.names
    a, b = names[one.a], names[one.b]
    if one.go_between is not None:
        known = f"you know both {a} and {b}, who may not know each other yet"
        return f"Dear {names[one.go_between]}, {known}. Would you introduce them?"
    host, guest = (b, a) if profile.lists.degree[one.b] >= profile.lists.degree[one.a] else (a, b)
    return (
        f"Dear {host}, I would like you to meet {guest}, whom you may not know yet. May I introduce you to each other?"
    )


def named_introduction(profile: NetworkProfile, a: int, b: int) -> Introduction:
    """Return the introduction of two members whom the user names.  Raises ValueError if they know each other already."""
    names = profile.names
    if a == b or tied(profile, a, b):
        why = "is one person" if a == b else f"and {names[b]!r} know each other already"
        raise ValueError(f"{names[a]!r} {why}; an introduction is of two who do not know each other")
    go_between, others = go_between_of(profile, a, b)
    return Introduction(a, b, "named by you", go_between, 0.0, others)


def random_triads(triads: Sequence[Introduction], number: int, rng: np.random.Generator) -> list[Introduction]:
    """Return so many open triads, all equally likely, or all if there are no more."""
    places = rng.choice(len(triads), min(number, len(triads)), replace=False)
    return [triads[place] for place in places.tolist()]
