"""The levers: what a coordinator's hours can go into, one entry each.

State records, scenario keys, the weekly policy, MODEL.md and the dashboard all follow from this table.  A lever's place
in it is its number, which keys its random draws: add new levers at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType


@dataclass(frozen=True)
class Lever:
    """One lever.

    `action`: its function, as module and name in `sim.model.weaving`.  A lever with a price acts whenever its banked hours cover
    it: `action(c, world, p, luck)` acts once and returns the hours it took, 0.0 if there was nothing to do.  `price`: the
    parameter with the hours that an act takes, or several of which the highest counts.  A lever without a price uses its
    hours continuously: `action(hours, world, p)`.  `remembers`: fields of a member that the action uses, each a name, type
    and meaning; they start at 0.  `once`: acts at most once a week.  `prompts`: its hours prompt members to found groups.
    """

    name: str
    label: str
    action: str
    what: str
    price: tuple[str, ...] = ()
    remembers: tuple[tuple[str, str, str], ...] = ()
    once: bool = False
    prompts: bool = False
    number: int = -1

    @property
    def continuous(self) -> bool:
        """Whether its hours are used as they come, instead of act by act."""
        return not self.price


def numbered(*levers: Lever) -> Mapping[str, Lever]:
    """Levers by name, each with its place as its number."""
    return MappingProxyType({lever.name: replace(lever, number=number) for number, lever in enumerate(levers)})


LEVERS = numbered(
    Lever("close_triads", label="closing triads", action="customized.close_triad", price=("customized.introduction_hours",), what="ask members to introduce two of their contacts to each other"),
    Lever("support_bridgers", label="supporting bridgers", action="customized.support_bridger", price=("customized.bridger_hours",), what="support members who connect clusters"),
    Lever("engage_unconnected", label="engaging the unconnected", action="customized.engage_unconnected", price=("customized.unconnected_hours",), what="introduce members with few or no ties"),
    Lever("directory", label="directory", action="mass.keep_directory", what="maintain a directory in which members find who needs what they offer"),
    Lever("newsletter", label="newsletter", action="mass.issue_newsletter", price=("mass.newsletter_hours",), once=True, what="send a newsletter about members' work"),
    Lever("icebreakers", label="ice-breakers", action="mass.break_ice", price=("mass.icebreaker_hours",), what="hold events where members meet in small random groups"),
    Lever("facilitation", label="facilitated sessions", action="support.facilitate", price=("support.session_hours",), prompts=True, what="facilitate sessions in which working groups align"),
    Lever("channels", label="channels", action="support.keep_channels", what="maintain channels between working groups and the network"),
    Lever("group_support", label="group support", action="support.support_group", price=("support.group_hours",), prompts=True, what="visit groups at work: inform them about the network, and bring gifts to those that drift away"),
)  # fmt: skip
