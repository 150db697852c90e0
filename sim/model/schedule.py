"""The order of a week, as data: which phase comes when, who acts in it, and by which rule.

The compiled loop in `sim.model.engine` spells out the same order (tested against this list), and the Mesa model walks this
list.  Numbers key the luck of a phase: they stay when phases move, so that nobody's luck shifts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sim.model.measures import weekly
from sim.model.rules import (
    alignment,
    changes,
    giving,
    groups,
    identity,
    membership,
    production,
    reciprocity,
    trust,
)
from sim.model.weaving import policy

Who = Literal["network", "coordinator", "member", "member in keyed order", "group"]


@dataclass(frozen=True)
class Phase:
    """One step of the week: `rule(row, world, p, luck)`, or `rule(world, p, luck)` for the network as a whole."""

    number: int
    name: str
    who: Who
    rule: Callable[..., Any]

    @property
    def what(self) -> str:
        """The rule in plain words: the first line of its docstring."""
        return (self.rule.__doc__ or "").strip().splitlines()[0]

    @property
    def where(self) -> str:
        """Module that holds the rule."""
        return self.rule.__module__


SCHEDULE: tuple[Phase, ...] = (
    Phase(1, "happen", "network", changes.happen),
    Phase(2, "turn_of_events", "network", production.turn_of_events),
    Phase(3, "plan", "network", production.plan),
    Phase(4, "open_week", "network", policy.open_week),
    Phase(5, "weave", "coordinator", policy.weave),
    Phase(6, "give", "member in keyed order", giving.give),
    Phase(7, "read_news", "member", identity.read_news),
    Phase(8, "learn", "member", reciprocity.learn),
    Phase(9, "belong", "member", identity.belong),
    Phase(10, "talk", "member", alignment.talk),
    Phase(11, "think", "member", alignment.think),
    Phase(12, "gather", "member in keyed order", groups.gather),
    Phase(13, "meet", "group", groups.meet),
    Phase(14, "produce", "group", production.produce),
    Phase(15, "consider_leaving", "group", membership.consider_leaving),
    Phase(16, "stay_or_leave", "member", membership.stay_or_leave),
    Phase(17, "refer", "member", membership.refer),
    Phase(18, "newcomers", "network", membership.newcomers),
    Phase(19, "keep_in_touch", "coordinator", policy.keep_in_touch),
    Phase(20, "reckon_upkeep", "member", trust.reckon_upkeep),
    Phase(21, "fade", "member", trust.fade),
    Phase(22, "measure", "network", weekly.measure),
    Phase(23, "survey", "network", weekly.survey),
    Phase(24, "map_structure", "network", weekly.map_structure),
    Phase(25, "close_week", "network", weekly.close_week),
)
