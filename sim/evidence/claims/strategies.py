"""Strategies that several claims share: who coordinates, and how."""

from __future__ import annotations

from collections.abc import Mapping

from sim.inputs.scenario import Table

HOURS, HOUR_COST = 10.0, 50.0
WEAVER: Table = {"hours": HOURS, "hour_cost": HOUR_COST, "hub_share": 0.05}
"""The usual coordinator: ten hours a week on the default mix, asking members to introduce and to give."""


def weaver(**settings: object) -> Table:
    """Return the usual coordinator with other settings."""
    return {**WEAVER, **settings}


def only(*levers: str) -> Table:
    """Return a coordinator who stays with connecting and puts all hours into these levers, in equal shares."""
    return weaver(policy="never", connect={lever: 1.0 / len(levers) for lever in levers})


def leaving(strategy: Table, week: int) -> Table:
    """Return a strategy without changes, but its coordinators leave in a week."""
    return {**strategy, "changes": [{"week": week, "coordinator_leaves": True}]}


CUSTOMIZED_SHARES: Mapping[str, Mapping[str, float]] = {
    "connect": {"close_triads": 0.45, "engage_unconnected": 0.35, "support_bridgers": 0.20},
    "align": {"facilitation": 0.60, "close_triads": 0.20, "engage_unconnected": 0.15, "support_bridgers": 0.05},
    "produce": {
        "channels": 0.25,
        "facilitation": 0.20,
        "group_support": 0.25,
        "close_triads": 0.15,
        "engage_unconnected": 0.15,
    },
}
MASS_SHARES: Mapping[str, Mapping[str, float]] = {
    "connect": {"directory": 0.30, "newsletter": 0.30, "icebreakers": 0.40},
    "align": {"facilitation": 0.60, "directory": 0.10, "newsletter": 0.15, "icebreakers": 0.15},
    "produce": {
        "channels": 0.25,
        "facilitation": 0.20,
        "group_support": 0.25,
        "directory": 0.10,
        "newsletter": 0.20,
    },
}
"""The same shares as in `scenarios/weaving.toml`."""


def customized(hours: float = HOURS) -> Table:
    """Return a weaver who works with members one by one."""
    return weaver(hours=hours, **CUSTOMIZED_SHARES)


def mass(hours: float = HOURS) -> Table:
    """Return a weaver who reaches everybody at once."""
    return weaver(hours=hours, **MASS_SHARES)
