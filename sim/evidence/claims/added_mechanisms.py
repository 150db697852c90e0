"""Mechanisms that were added because a claim failed without them, and what else speaks for them.

Such a mechanism is no evidence for that claim unless a source or a target of its own supports it.  Claims are also tried
without each added mechanism that they may depend on, and name those that they do depend on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class AddedMechanism:
    """A mechanism and its absence.

    `plainly`: what happens without it.  `without`: settings that switch it off; empty where there are none.  `support`: a
    source or an independent target; empty if there is none.
    """

    name: str
    what: str
    plainly: str
    without: Mapping[str, float]
    support: str


ADDED_MECHANISMS = {
    mechanism.name: mechanism
    for mechanism in (
        AddedMechanism(
            "initiative",
            "members found groups only as far as they have initiative; being asked and introducing others raise it",
            "asking members to introduce others leads to no more groups than introducing them directly (claims 6, 7 and 10)",
            {"customized.asked_initiative": 0.0},
            "",
        ),
        AddedMechanism(
            "relay hours",
            "a gift routed through a coordinator takes of its hours",
            "being the hub is free (claim 10)",
            {"choice.relay_hours": 0.0},
            "",
        ),
        AddedMechanism(
            "session cost",
            "a session costs each participant engagement",
            "drop-out peaks while connecting (claim 12)",
            {"alignment.session_cost": 0.0},
            "",
        ),
        AddedMechanism(
            "upkeep",
            "ties fade faster the more trust a member has to maintain, and slower with common contacts",
            "networks become near-complete, and no claim on structure can show (4, 6, 7)",
            {"trust.load": 0.0, "trust.embedded": 0.0},
            "friendships fade without contact, and time for contact is limited: Roberts & Dunbar (2011); bridges decay "
            "faster: Burt (2002)",
        ),
        AddedMechanism(
            "failure cost",
            "failing costs engagement in proportion to the size of what failed",
            "a pilot is nothing but delay (claim 16)",
            {"production.failure_cost": 0.0},
            "",
        ),
        AddedMechanism(
            "beyond ties",
            "people of strong identity also give to contacts of contacts and to anybody",
            "giving stays among partners whatever identity is (claim 3)",
            {"choice.beyond": 0.0},
            "",
        ),
    )
}
"""By name, those that claims are tried without."""


@dataclass(frozen=True)
class Option:
    """A rule that is off by default; its effect on verdicts is shown.  `settings`: what switches it on."""

    name: str
    what: str
    settings: Mapping[str, float]
    support: str


OPTIONS = {
    option.name: option
    for option in (
        Option(
            "crowding out",
            "being introduced by a coordinator, or receiving a gift that it relays, lowers a member's initiative by 7%",
            {"customized.crowding": 0.93},
            "rewards crowd out motivation: Deci, Koestner & Ryan (1999); nothing is known of brokering",
        ),
    )
}
"""By name."""

UNTRIED = (
    AddedMechanism(
        "contact",
        "only direct contact builds trust",
        "networks become near-complete, and no claim on structure can show (4, 6, 7)",
        {},
        "",
    ),
    AddedMechanism(
        "unequal occasions",
        "occasions to give are many and unequal",
        "giving is far more equal than in data",
        {"members.activity_sigma": 0.0},
        "shares of messages among Freeman's researchers",
    ),
    AddedMechanism(
        "informed by ties",
        "ties to other groups, not all outside ties, inform a group",
        "every group knows everything, channels are idle (claim 17)",
        {},
        "",
    ),
)
"""Those that no claim is tried without: no claim depends on them alone, or nothing switches them off."""
