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


def declared(settings: Mapping[str, float]) -> dict[str, float]:
    """Return the settings of parameters that the model has."""
    return {key: value for key, value in settings.items() if key in BY_KEY}


def meeting(rate: float) -> dict[str, float]:
    """Return the setting of encounters a week, where the model has one."""
    return declared({"meeting.rate": rate})
