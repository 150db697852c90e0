"""Settings that experiments share: closed membership, encounters."""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.declarations import BY_KEY

CLOSED: dict[str, float] = {
    "leaving.hazard": 0.0,
    "arrival.base": 0.0,
    "arrival.referral": 0.0,
    "breakaway.hazard": 0.0,
}
"""Nobody comes or leaves."""
TIME_PER_ENCOUNTER = 4.0
"""Gifts and encounters that a member has time for, for each encounter a week: no limit where people share a roof."""


def declared(settings: Mapping[str, float]) -> dict[str, float]:
    """Return the settings of parameters that the model has."""
    return {key: value for key, value in settings.items() if key in BY_KEY}


def meeting(rate: float) -> dict[str, float]:
    """Return the settings of encounters a week, and of the time that they take besides the usual, where the model has them."""
    usual = BY_KEY["members.attention"].default if "members.attention" in BY_KEY else 0.0
    return declared({"meeting.rate": rate, "members.attention": usual + TIME_PER_ENCOUNTER * rate})
