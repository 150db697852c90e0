"""A scenario's parts as the records that the model reads."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

import numpy as np

from sim.inputs.scenario.errors import ScenarioError, listed, shown
from sim.inputs.scenario.parts import Change, CoordinatorSettings
from sim.model.declarations import NUMBER
from sim.model.levers import LEVERS
from sim.model.start import StartNetwork
from sim.model.state import (
    BY_READINESS,
    BY_WEEK,
    CHANGE,
    COORDINATOR,
    FOCUSES,
    LEAVE,
    LOSE,
    LOSE_MEMBER,
    NEVER,
    NEWCOMERS,
    NOBODY,
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
    """Return COORDINATOR records, read-only, all in office; what a coordinator keeps while at work starts at 0."""
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
    records.flags.writeable = False
    return records


def row_of(name: str, start: StartNetwork, what: str = "lose_member") -> int:
    """Return the row of a member by name or id.  Raises ScenarioError, about `what`, if there is no such member, or several."""
    rows = [row for row, one in enumerate(start.names) if one == name]
    if not rows and start.ids is not None and name in start.ids:
        rows = [start.ids.index(name)]
    if len(rows) == 1:
        return rows[0]
    if rows:
        raise ScenarioError(f"{what} is {shown(name)}, the name of {len(rows)} members; use the id of one")
    near = difflib.get_close_matches(name, start.names, n=1)
    hint = f"did you mean {shown(near[0])}?" if near else f"members are {listed(map(shown, start.names[:5]))}, ..."
    raise ScenarioError(f"{what} is {shown(name)}, but no member has this name or id at the start; {hint}")


def rows_of(change: Change, start: StartNetwork | None) -> list[Row]:
    """Return a change as (week, what, target, field, value): one row, or one for each parameter that it sets.

    Without a start network a named member's number is -1.  Raises ScenarioError for an unknown name.
    """
    week, action = change.week, change.action
    target = EVERYBODY if change.coordinator is None else change.coordinator
    if change.set is not None:
        return [(week, SET, NUMBER[key], 0, value) for key, value in change.set.items()]
    if change.lose_member is not None:
        return [(week, LOSE_MEMBER, row_of(change.lose_member, start) if start else NOBODY, 0, 0.0)]
    if action == "coordinator_leaves":
        return [(week, LEAVE, target, 0, 0.0)]
    if action in FACTORS:
        return [(week, SCALE, target, FACTORS[action], getattr(change, action))]
    return [(week, NUMBERS[action], 0, 0, float(getattr(change, action)))]


def change_records(changes: Iterable[Change], start: StartNetwork | None = None) -> np.recarray:
    """Return CHANGE records by week; within a week in the given order.

    `start`: the network in which members are found by name.  Raises ScenarioError for an unknown name.
    """
    rows = sorted((row for change in changes for row in rows_of(change, start)), key=lambda row: row[0])
    records = CHANGE.empty(len(rows))
    for record, row in zip(records, rows, strict=True):
        for name, value in zip(CHANGE.dtype.names or (), row, strict=True):
            record[name] = value
    return records
