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
    """A form and its absence.  `support`: a source or an independent target; empty if there is none."""

    name: str
    what: str
    without: Mapping[str, Any]
    support: str


FORMS = {
    form.name: form
    for form in (
        Form(
            "initiative",
            "members give unasked only as far as they still have initiative, which being served by a coordinator wears down",
            {"giving.unasked": 0.001, "choice.relay_initiative": 1.0, "customized.brokered_initiative": 1.0},
            "",
        ),
        Form("relay hours", "a gift routed through a coordinator takes of its hours", {"choice.relay_hours": 0.0}, ""),
        Form(
            "session cost",
            "a session costs each participant engagement",
            {"alignment.session_cost": 0.0, "groups.own_cost": 0.0},
            "",
        ),
        Form(
            "upkeep",
            "ties fade faster the more of them somebody keeps, and slower with common contacts",
            {"trust.load_share": 0.0, "trust.unembedded_share": 0.0},
            "friendships fade without contact, and time for contact is limited: Roberts & Dunbar (2011); bridges decay "
            "faster: Burt (2002)",
        ),
        Form(
            "failure cost",
            "failing costs engagement in proportion to the size of what failed",
            {"production.failure_cost": 0.0},
            "",
        ),
        Form(
            "beyond ties",
            "people of strong identity also give to contacts of contacts and to anybody",
            {"choice.beyond": 0.0},
            "",
        ),
    )
}
