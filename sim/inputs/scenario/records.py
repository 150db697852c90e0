"""A scenario's parts as the records that the model reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from sim.inputs.scenario.parts import Change, CoordinatorSettings
from sim.model.declarations import NUMBER
from sim.model.levers import LEVERS
from sim.model.state import (
    BY_READINESS,
    BY_WEEK,
    CHANGE,
    COORDINATOR,
    FOCUSES,
    LEAVE,
    LOSE,
    NEVER,
    NEWCOMERS,
    SCALE,
    SET,
    SHIFT,
)

POLICIES = {"weeks": BY_WEEK, "readiness": BY_READINESS, "never": NEVER}
FACTORS = {"budget_factor": 0, "hours_factor": 1, "money_factor": 2, "hub_factor": 3}
NUMBERS = {"newcomers": NEWCOMERS, "problem_shift": SHIFT, "lose_members": LOSE}
EVERYBODY = -1

Row = tuple[int, int, int, int, float]


def coordinator_records(coordinators: Sequence[CoordinatorSettings]) -> np.recarray:
    """Return COORDINATOR records, all in office; what a coordinator keeps while at work starts at 0."""
    records = COORDINATOR.empty(len(coordinators))
    for record, coordinator in zip(records, coordinators, strict=True):
        record["working"] = 1.0
        for name in CoordinatorSettings.model_fields:
            if name == "policy":
                record[name] = float(POLICIES[coordinator.policy])
            elif name in FOCUSES:
                record[name] = [getattr(coordinator, name).get(lever, 0.0) for lever in LEVERS]
            else:
                record[name] = float(getattr(coordinator, name))
    return records


def rows_of(change: Change) -> list[Row]:
    """Return a change as (week, what, target, field, value): one row, or one for each parameter that it sets."""
    week, action = change.week, change.action
    target = EVERYBODY if change.coordinator is None else change.coordinator
    if change.set is not None:
        return [(week, SET, NUMBER[key], 0, value) for key, value in change.set.items()]
    if action == "coordinator_leaves":
        return [(week, LEAVE, target, 0, 0.0)]
    if action in FACTORS:
        return [(week, SCALE, target, FACTORS[action], getattr(change, action))]
    return [(week, NUMBERS[action], 0, 0, float(getattr(change, action)))]


def change_records(changes: Iterable[Change]) -> np.recarray:
    """Return CHANGE records by week; within a week in the given order."""
    rows = sorted((row for change in changes for row in rows_of(change)), key=lambda row: row[0])
    records = CHANGE.empty(len(rows))
    for record, row in zip(records, rows, strict=True):
        for name, value in zip(CHANGE.dtype.names or (), row, strict=True):
            record[name] = value
    return records
