"""Outcomes of a run: one number each, with label and unit.

Stages are first passages: `connected_week` is the week in which the stage was reached (the first week is 1), NaN if it was
not reached by the horizon.  Such a run is censored; the horizon is not taken as its time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.model.state import OUTPUTS, WEEKLY, World

STAGES_REACHED = ("connected", "aligned", "producing", "generative")
LATE = 13
"""Weeks at the end of a run over which late means are taken."""
ALIVE_SHARE = 0.375
"""A run is alive with at least this share of its initial members, and ..."""
ALIVE_VALUE = 0.6
"""... more than this value received per member and week."""

Better = Literal["more", "less", ""]


@dataclass(frozen=True)
class Outcome:
    """A column of the table of runs.  `better`: whether more or less of it is desirable, if that is clear."""

    name: str
    label: str
    unit: str
    better: Better = ""


OUTCOMES: tuple[Outcome, ...] = (
    *(Outcome(f"{stage}_week", f"weeks to {stage}", "weeks", "less") for stage in STAGES_REACHED),
    *(Outcome(f"{stage}_censored", f"{stage}: not reached by the horizon", "yes or no", "less") for stage in STAGES_REACHED),
    *(Outcome(f"{stage}_lost_week", f"week in which {stage} was first lost", "weeks") for stage in STAGES_REACHED),
    Outcome("aligned_unconnected", "aligned without being connected first", "yes or no"),
    Outcome("renewed", "still generative a year after the coordinators left", "yes or no", "more"),
    Outcome("alive", "alive: at least 3/8 of the initial number of members, and value above 0.6 per member and week", "yes or no", "more"),
    Outcome("members_active", "members at the end", "members", "more"),
    Outcome("members_left", "members who left, individually or with a group", "members", "less"),
    Outcome("dropped_out", "members who left individually", "members", "less"),
    Outcome("broken_away", "members who left with a group", "members", "less"),
    Outcome("break_aways", "groups that broke away", "groups", "less"),
    Outcome("newcomers", "members who joined", "members", "more"),
    Outcome("outputs", "joint results", "outputs", "more"),
    *(Outcome(f"outputs_{kind}", f"outputs of kind {kind}", "outputs", "more") for kind in OUTPUTS),
    Outcome("output_value", "worth of outputs", "projects", "more"),
    Outcome("practice_worth", "true worth of the practices that a member holds, last 13 weeks", "standard deviations", "more"),
    Outcome("deciders", "effective number of those who decided what groups work on", "members"),
    Outcome("failures", "pilots and projects that failed", "projects", "less"),
    Outcome("gifts", "gifts first given", "gifts", "more"),
    Outcome("passed_on", "gifts passed on", "gifts", "more"),
    Outcome("magnification", "value received per value first given", "ratio", "more"),
    Outcome("value_per_member", "value received, last 13 weeks", "value per member and week", "more"),
    Outcome("mean_degree", "mean degree, last 13 weeks", "ties per member", ""),
    Outcome("mean_trust", "mean trust of ties, last 13 weeks", "trust", "more"),
    Outcome("transitivity", "transitivity, last 13 weeks", "share", ""),
    Outcome("unconnected", "members without a tie, last 13 weeks", "share", "less"),
    Outcome("mean_identity", "mean identity, last 13 weeks", "", "more"),
    Outcome("mean_engagement", "mean engagement, last 13 weeks", "", "more"),
    Outcome("mean_initiative", "mean initiative, last 13 weeks", "", "more"),
    Outcome("in_groups", "members in working groups, last 13 weeks", "share", "more"),
    Outcome("coordinator_dependence", "share of new ties and gifts that coordinators brokered, whole run", "share", "less"),
    Outcome("work_by_members", "share of weaving and giving done by members on their own initiative, mean over weeks", "share", "more"),
    Outcome("hours", "coordinators' hours", "hours", "less"),
    Outcome("money", "spending on meetings", "dollars", "less"),
    Outcome("cost", "cost of hours and meetings", "dollars", "less"),
)  # fmt: skip
BY_NAME = {outcome.name: outcome for outcome in OUTCOMES}
SUMMARY = (
    *("members_active", "members_left", "newcomers", "outputs", "output_value", "gifts", "passed_on", "mean_degree"),
    *("mean_trust", "mean_identity", "in_groups", "coordinator_dependence", "hours", "cost"),
)
"""Outcomes that summarize a run."""
LATE_MEANS = (
    *("value_per_member", "mean_degree", "mean_trust", "transitivity", "unconnected", "mean_identity"),
    *("mean_engagement", "mean_initiative", "in_groups", "practice_worth"),
)
ROWS = {name: row for row, name in enumerate(WEEKLY.dtype.names or ())}
"""Rows of weekly measures, in a table that has a column a week."""
LATE_ROWS = [ROWS[name] for name in LATE_MEANS]
SUMS = ("dropped_out", "broken_away", "break_aways", "newcomers", "outputs", "output_value", "gifts", "passed_on")


def stage_weeks(reached: np.ndarray, horizon: int) -> list[float]:
    """Return the week in which each stage was reached, NaN if not within the horizon.  `reached`: week indices, or -1."""
    return [week + 1.0 if 0 <= week < horizon else np.nan for week in reached.tolist()]


def ratio(a: float, b: float) -> float:
    """Return a / b, NaN if b is 0."""
    return a / b if b else np.nan


def outcomes_of(
    world: World, reached: np.ndarray, fallen: np.ndarray, horizon: int, renewed: float
) -> dict[str, float]:
    """Return the outcomes of a run of `horizon` weeks: one number for each of `OUTCOMES`.

    `reached`, `fallen`: week index in which each stage was reached and first lost, or -1.  `renewed`: 1, 0, or NaN if it
    was not tested.
    """
    # As rows of numbers, which numpy adds up at once.
    table = np.ascontiguousarray(np.asarray(world.weekly).view(np.float64).reshape(len(world.weekly), -1)[:horizon].T)
    sums = dict(zip(ROWS, table.sum(axis=1).tolist(), strict=True))
    weeks = stage_weeks(reached, horizon)
    row: dict[str, float] = {f"{stage}_week": week for stage, week in zip(STAGES_REACHED, weeks, strict=True)}
    row |= {f"{stage}_censored": math.isnan(week) for stage, week in zip(STAGES_REACHED, weeks, strict=True)}
    lost = zip(STAGES_REACHED, stage_weeks(fallen, horizon), strict=True)
    row |= {f"{stage}_lost_week": week for stage, week in lost}
    row["aligned_unconnected"] = not math.isnan(weeks[1]) and not weeks[0] <= weeks[1]
    row["renewed"] = renewed
    row |= {name: sums[name] for name in SUMS}
    row |= {f"outputs_{kind}": sums[f"outputs_{kind}"] for kind in OUTPUTS}
    row |= dict(zip(LATE_MEANS, table[LATE_ROWS, -LATE:].mean(axis=1).tolist(), strict=True))
    row["deciders"] = float(table[ROWS["deciders"], -1])
    row["members_active"] = float(table[ROWS["members"], -1])
    row["members_left"] = row["dropped_out"] + row["broken_away"]
    row["failures"] = sums["pilots_failed"] + sums["projects_failed"]
    row["magnification"] = ratio(sums["value_received"], sums["value_first"])
    started = float(world.network[0].starters)
    row["alive"] = bool(row["members_active"] >= ALIVE_SHARE * started and row["value_per_member"] > ALIVE_VALUE)
    row["coordinator_dependence"] = whole_run_dependence(sums)
    own = table[ROWS["work_by_members"]]
    worked = ~np.isnan(own)
    row["work_by_members"] = float(np.where(worked, own, 0.0).sum() / worked.sum()) if worked.any() else np.nan
    row |= {name: sums[name] for name in ("hours", "money", "cost")}
    return {outcome.name: row[outcome.name] for outcome in OUTCOMES}


def whole_run_dependence(sums: Mapping[str, float]) -> float:
    """Return the share of a run's new ties and first gifts that coordinators brokered, asked for or relayed.

    `sums`: of the weekly measures.
    """
    mass = sum(sums[f"new_ties_{origin}"] for origin in ("directory", "icebreaker", "convening"))
    brokered = sums["new_ties_coordinator"]
    theirs = mass + brokered + sums["gifts_relayed"]
    own = sums["new_ties_member"] + sums["new_ties_referral"]
    everything = mass + brokered + own + sums["gifts"]
    return theirs / everything if everything else 0.0
