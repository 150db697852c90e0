"""In which of Krebs & Holley's structures a network is, and how close the next one is.

The rule and its thresholds are the model's (`sim.model.measures.core.krebs_holley`): they are assumptions, since Krebs and
Holley (2006) drew their structures and gave no numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.inputs.profile.circles import Circles, linked_hubs
from sim.inputs.profile.tie_lists import TieLists
from sim.model.measures.communities import CENTRED
from sim.model.measures.core import (
    CLEAR_FIT,
    CONNECTED_SHARE,
    CORE_PERIPHERY,
    FRAGMENTS,
    HUB_AND_SPOKE,
    MULTI_HUB,
    NO_STRUCTURE,
    STRUCTURES,
    core_fit,
    krebs_holley,
    least_core_degree,
)
from sim.model.state import MEMBER

LINKED_HUBS = 2
FEWEST_CORE = 3


@dataclass(frozen=True)
class Condition:
    """A condition of the next structure: its name, the present value, and the threshold.

    `more`: whether the value has to be at least the threshold, or at most.
    """

    what: str
    value: float
    needed: float
    more: bool = True

    @property
    def met(self) -> bool:
        """Whether the condition is met."""
        return self.value >= self.needed if self.more else self.value <= self.needed

    @property
    def closeness(self) -> float:
        """How close the value is to the threshold: 1 if it is met, 0 if it is far."""
        if self.met:
            return 1.0
        return max(0.0, self.value) / self.needed if self.more else self.needed / self.value


@dataclass(frozen=True)
class Structure:
    """A network's structure, the next one in Krebs & Holley's sequence, and the conditions that it sets.

    `number`: place in `STRUCTURES`; `next`: "" for the last.  `star`: degree centralisation.  `hubs_linked`: groups with a hub
    that are tied to another such group.  `core`: rows of the core's members; `fit`: of core and periphery.
    """

    number: int
    next: str
    conditions: tuple[Condition, ...]
    star: float
    hubs_linked: int
    fit: float
    core: np.ndarray

    @property
    def name(self) -> str:
        """Name of the structure."""
        return STRUCTURES[self.number]

    @property
    def closeness(self) -> float:
        """How close the next structure is: 1 if all its conditions are met."""
        return min((condition.closeness for condition in self.conditions), default=1.0)


def structure_of(lists: TieLists, circles: Circles) -> Structure:
    """Return a network's structure."""
    n = lists.members
    largest = float(lists.component_sizes[0]) / n
    star = centralisation(lists)
    linked = linked_hubs(lists, circles)
    fit, core = core_of(lists)
    number = int(krebs_holley(largest, star, linked, fit))
    connected = Condition("share of members who can reach one another", largest, CONNECTED_SHARE)
    centred = Condition("how far all ties centre on one member", star, CENTRED)
    spread = Condition("how far all ties centre on one member", star, CENTRED, more=False)
    hubs = Condition("groups with a hub that are tied to each other", float(linked), LINKED_HUBS)
    dissolved = Condition("groups with a hub that are tied to each other", float(linked), LINKED_HUBS - 1, more=False)
    fitting = Condition("how well a core and a periphery describe the ties", fit, CLEAR_FIT)
    following: dict[int, tuple[int, tuple[Condition, ...]]] = {
        FRAGMENTS: (HUB_AND_SPOKE, (connected, centred)),
        HUB_AND_SPOKE: (MULTI_HUB, (spread, hubs)),
        MULTI_HUB: (CORE_PERIPHERY, (dissolved, fitting)),
    }
    if number == NO_STRUCTURE:
        nearest = max((centred, hubs, fitting), key=lambda one: one.closeness)
        to = {centred: HUB_AND_SPOKE, hubs: MULTI_HUB, fitting: CORE_PERIPHERY}[nearest]
        following[NO_STRUCTURE] = (to, (nearest,))
    after = following.get(number)
    return Structure(
        number,
        STRUCTURES[after[0]] if after else "",
        after[1] if after else (),
        star,
        linked,
        fit,
        np.flatnonzero(core),
    )


def centralisation(lists: TieLists) -> float:
    """Return degree centralisation (Freeman 1979): 1 in a star, 0 if all have equally many ties."""
    n = lists.members
    if n < 3:
        return 0.0
    return float(n * int(lists.degree.max()) - int(lists.degree.sum())) / ((n - 1) * (n - 2))


def core_of(lists: TieLists) -> tuple[float, np.ndarray]:
    """Return how well a core and a periphery describe the ties, and who is in the core: bool (n,)."""
    rows = MEMBER.empty(lists.members)
    rows.active, rows.degree = 1, lists.degree
    least = int(least_core_degree(rows, lists.members))
    core = (lists.degree >= least) & (least > 0)
    ends = core[lists.ties].sum(axis=1) if len(lists.ties) else np.zeros(0, int)
    inside, outside = int((ends == 2).sum()), int((ends == 0).sum())
    if core.sum() < FEWEST_CORE or inside + outside == 0:
        return 0.0, core
    return float(core_fit(lists.members, int(core.sum()), 2 * inside, 2 * outside)), core
