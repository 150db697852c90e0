"""Outcomes of constructed runs; a stage not reached is censored."""

import numpy as np
import pytest

from sim.model.outcomes import (
    BY_NAME,
    LATE_MEANS,
    OUTCOMES,
    STAGES_REACHED,
    outcomes_of,
    ratio,
    stage_weeks,
    whole_run_dependence,
)
from tests.model.scenarios_for_tests import futures, scenario
from tests.model.worlds import TRIANGLE, make_world

NEVER = np.array([-1, -1, -1, -1])


def run_of(weeks=20, reached=NEVER, fallen=NEVER, horizon=None, renewed=np.nan, **columns):
    """Return the outcomes of a run with the given weekly columns (a number is constant over weeks)."""
    world = make_world(3, TRIANGLE, weeks=weeks)
    world.weekly.members[:] = 3
    for name, values in columns.items():
        world.weekly[name][:] = values
    return outcomes_of(world, np.array(reached), np.array(fallen), horizon or weeks, renewed)


def test_each_outcome_has_one_number_in_order():
    row = run_of()
    assert list(row) == [outcome.name for outcome in OUTCOMES] == list(BY_NAME)
    assert len(set(row)) == len(OUTCOMES) and all(isinstance(value, int | float) for value in row.values())


def test_a_stage_not_reached_is_censored():
    row = run_of(reached=[0, 7, -1, 25], fallen=[9, -1, -1, -1])
    assert row["connected_week"] == 1.0 and row["aligned_week"] == 8.0
    assert np.isnan(row["producing_week"]) and np.isnan(row["generative_week"]), "past the horizon is not reached"
    assert [row[f"{stage}_censored"] for stage in STAGES_REACHED] == [False, False, True, True]
    assert row["connected_lost_week"] == 10.0 and np.isnan(row["aligned_lost_week"])


@pytest.mark.parametrize(
    ("reached", "expected"),
    [
        ([3, 5, -1, -1], False),
        ([5, 3, -1, -1], True),
        ([-1, 3, -1, -1], True),
        ([3, 3, -1, -1], False),
        ([3, -1, -1, -1], False),
    ],
)
def test_aligned_unconnected_depends_on_the_order_of_stages(reached, expected):
    assert run_of(reached=reached)["aligned_unconnected"] == expected


def test_weeks_of_stages():
    assert stage_weeks(np.array([0, 9, 10, -1]), 10)[:2] == [1.0, 10.0]
    assert np.isnan(stage_weeks(np.array([0, 9, 10, -1]), 10)[2:]).all()


def test_sums_are_over_the_run_and_late_means_over_its_last_13_weeks():
    weeks = np.arange(20.0)
    row = run_of(gifts=weeks, mean_trust=weeks, pilots_failed=1, projects_failed=2, dropped_out=0.5, broken_away=0.25)
    assert row["gifts"] == 190 and row["mean_trust"] == weeks[-13:].mean()
    assert row["failures"] == 60 and row["members_left"] == 15 == row["dropped_out"] + row["broken_away"]
    assert set(LATE_MEANS) < set(row)


def test_deciders_are_those_at_the_end():
    assert run_of(deciders=np.arange(20.0))["deciders"] == 19.0 and np.isnan(run_of(deciders=np.nan)["deciders"])


def test_only_weeks_up_to_the_horizon_count():
    assert run_of(weeks=20, horizon=10, gifts=np.arange(20.0))["gifts"] == 45


def test_ratios():
    row = run_of(value_received=3.0, value_first=2.0)
    assert row["magnification"] == 1.5
    assert np.isnan(run_of()["magnification"]) and np.isnan(ratio(1, 0)) and ratio(1, 4) == 0.25


def test_dependence_is_the_share_that_coordinators_brokered():
    world = make_world(3, weeks=10)
    for name, number in {
        "new_ties_directory": 1, "new_ties_icebreaker": 2, "new_ties_convening": 3, "new_ties_coordinator": 4, "gifts_relayed": 5,
        "new_ties_member": 6, "new_ties_referral": 7, "gifts": 20, "new_ties_start": 1000,
    }.items():  # fmt: skip
        world.weekly[name][:] = number
    sums = {name: float(world.weekly[name].sum()) for name in world.weekly.dtype.names}
    assert whole_run_dependence(sums) == pytest.approx(15 / 43)


def test_alive_needs_members_and_value():
    assert run_of(value_per_member=0.7)["alive"] and not run_of(value_per_member=0.5)["alive"]
    assert not run_of(value_per_member=0.7, members=1)["alive"]


def test_work_by_members_ignores_weeks_without_work():
    work = np.full(20, np.nan)
    work[3], work[4] = 0.5, 1.0
    assert run_of(work_by_members=work)["work_by_members"] == 0.75
    assert np.isnan(run_of(work_by_members=np.nan)["work_by_members"])


def test_a_real_run_agrees_with_its_weeks():
    future = futures(scenario(40, 20, {"hours": 10.0}), replicates=1)[0]
    weekly, row = future.world.weekly, future.outcomes
    assert row["gifts"] == weekly.gifts.sum() and row["hours"] == 400 and row["cost"] == 20000
    assert row["members_active"] == future.world.network[0].active
    assert row["outputs"] == sum(
        row[f"outputs_{kind}"]
        for kind in ("innovation", "practice", "advocacy", "services", "purchasing", "investment")
    )
