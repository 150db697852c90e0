"""Settings that experiments share: how often people meet."""

from __future__ import annotations

from sim.model.declarations import BY_KEY

TIME_PER_ENCOUNTER = 4.0
"""Gifts and encounters that a member has time for, for each encounter a week: no limit where people share a roof."""


def meeting(rate: float) -> dict[str, float]:
    """Return the settings of encounters a week, and of the additional time that they take."""
    usual = BY_KEY["members.attention"].default
    return {"meeting.rate": rate, "members.attention": usual + TIME_PER_ENCOUNTER * rate}
