"""The order of a week: which phase comes when, who acts in it, and by which rule.

This is the only place that states the order.  The compiled loop (`sim.model.engine`), the Mesa agents, `gennet schedule`
and MODEL.md follow from it, so a new rule is its function and a line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.model.jit import Compiled
from sim.model.measures import weekly
from sim.model.rules import (
    alignment,
    changes,
    giving,
    groups,
    identity,
    meeting,
    membership,
    production,
    reciprocity,
    trust,
)
from sim.model.weaving import policy

Who = Literal["network", "coordinator", "member", "member in keyed order", "group"]


@dataclass(frozen=True)
class Phase:
    """One step of the week, named after its rule.

    `number`: the key of the phase's luck.  It stays when phases move, and a removed phase's number is not used again, so
    that no other draw changes.
    `who`: who acts, one after the other.  The active members of a phase are those at its beginning, in order of rows;
    "in keyed order", where attention or places are scarce, in an order drawn for the week.
    `rule`: `rule(row, world, p, luck)`, or `rule(world, p, luck)` for the network as a whole.
    `candidates`: `candidates(world, p, luck)` puts those into keyed order for whom the rule can do something at all, and
    returns how many they are: a shortcut of the compiled loop, without effect on results.
    """

    number: int
    who: Who
    rule: Compiled
    candidates: Compiled | None = None

    @property
    def name(self) -> str:
        """The rule's name."""
        return str(self.rule.__name__)

    @property
    def what(self) -> str:
        """The rule in plain words: the first line of its docstring."""
        return (self.rule.__doc__ or "").strip().splitlines()[0]

    @property
    def where(self) -> str:
        """The module that holds the rule."""
        return str(self.rule.__module__)


WEEK: dict[str, tuple[Phase, ...]] = {
    "weaving_and_giving": (
        Phase(1, "network", changes.happen),
        Phase(2, "network", production.update_outputs),
        Phase(3, "network", production.plan),
        Phase(4, "network", policy.open_week),
        Phase(5, "coordinator", policy.weave),
        # Few members seek an encounter in a given week: only they are sorted.
        Phase(26, "member in keyed order", meeting.go_out, candidates=meeting.sociable),
        Phase(27, "member in keyed order", giving.answer),
        # A third of members give in a given week.
        Phase(6, "member in keyed order", giving.give, candidates=giving.givers),
    ),
    "learning_and_talking": (
        Phase(7, "member", identity.read_news),
        Phase(8, "member", reciprocity.learn),
        Phase(9, "member", identity.belong),
        Phase(10, "member", alignment.talk),
        Phase(11, "member", alignment.think),
        # Few members look for a group in a given week: only they are sorted.
        Phase(12, "member in keyed order", groups.gather, candidates=groups.seekers),
    ),
    "group_work": (
        Phase(13, "group", groups.meet),
        Phase(14, "group", production.produce),
        Phase(15, "group", membership.consider_leaving),
    ),
    "coming_going_measuring": (
        Phase(16, "member", membership.stay_or_leave),
        Phase(17, "member", membership.refer),
        Phase(18, "network", membership.newcomers),
        Phase(19, "coordinator", policy.keep_in_touch),
        Phase(21, "member", trust.fade),
        Phase(22, "network", weekly.measure),
        Phase(23, "network", weekly.survey),
        Phase(24, "network", weekly.map_structure),
        Phase(25, "network", weekly.close_week),
    ),
}
"""The phases of a week in order, by part of the week."""
SCHEDULE: tuple[Phase, ...] = tuple(phase for part in WEEK.values() for phase in part)
PHASES: dict[str, Phase] = {phase.name: phase for phase in SCHEDULE}
