"""Forms that the model has because plainer ones could not show a claim, and what else speaks for them.

A form that was added because a claim failed without it must not then count as evidence for that claim, unless a source
or a target of its own supports it.  Claims are tried without each form that they may hang on, and say so if they do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Form:
    """A form and its absence.

    `plainly`: what came out in the plainer form.  `without`: settings that switch it off; empty where there is none.
    `support`: a source or an independent target; empty if there is none.
    """

    name: str
    what: str
    plainly: str
    without: Mapping[str, Any]
    support: str


FORMS = {
    form.name: form
    for form in (
        Form(
            "initiative",
            "members give unasked and found groups only as far as they still have initiative; being served by a coordinator "
            "wears it down, being asked and introducing others oneself raise it",
            "a hub is better at everything, and removing it harms nobody (claim 10)",
            {
                "giving.unasked": 0.001,
                "choice.relay_initiative": 1.0,
                "customized.brokered_initiative": 1.0,
                "customized.asked_initiative": 0.0,
                "giving.own_weaving": 0.0,
            },
            "",
        ),
        Form(
            "relay hours",
            "a gift routed through a coordinator takes of its hours",
            "being the hub is free (claim 10)",
            {"choice.relay_hours": 0.0},
            "",
        ),
        Form(
            "session cost",
            "a session costs each participant engagement",
            "drop-out peaks while connecting (claim 12)",
            {"alignment.session_cost": 0.0, "groups.own_cost": 0.0},
            "",
        ),
        Form(
            "upkeep",
            "ties fade faster the more of them somebody keeps, and slower with common contacts",
            "networks become near-complete, and no claim on structure can show (4, 6, 7)",
            {"trust.load_share": 0.0, "trust.unembedded_share": 0.0},
            "friendships fade without contact, and time for contact is limited: Roberts & Dunbar (2011); bridges decay "
            "faster: Burt (2002)",
        ),
        Form(
            "failure cost",
            "failing costs engagement in proportion to the size of what failed",
            "a pilot is nothing but delay (claim 16)",
            {"production.failure_cost": 0.0},
            "",
        ),
        Form(
            "beyond ties",
            "people of strong identity also give to contacts of contacts and to anybody",
            "giving stays among partners whatever identity is (claim 3)",
            {"choice.beyond": 0.0},
            "",
        ),
    )
}
"""Forms that claims are tried without."""

UNTRIED = (
    Form(
        "contact",
        "only direct contact builds trust",
        "networks become near-complete, and no claim on structure can show (4, 6, 7)",
        {},
        "",
    ),
    Form(
        "unequal occasions",
        "occasions to give are many and unequal",
        "giving is far more equal than in data",
        {"members.activity_sigma": 0.0},
        "shares of messages among Freeman's researchers",
    ),
    Form(
        "informed by ties",
        "ties to other groups, not all outside ties, inform a group",
        "every group knows everything, channels are idle (claim 17)",
        {},
        "",
    ),
)
"""Forms of the same sort that no claim is tried without: no claim hangs on them alone, or nothing switches them off."""
