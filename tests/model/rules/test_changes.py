"""Scheduled changes: each kind takes effect in its week and leaves other random draws unchanged."""

import numpy as np
import pytest

from sim.model.declarations import NUMBER
from sim.model.state import (
    COORDINATOR_MADE,
    INTRODUCE,
    LEAVE,
    LOSE,
    LOSE_MEMBER,
    NEWCOMERS,
    SCALE,
    SET,
    SHIFT,
)
from sim.model.world import run_to
from tests.model.worlds import (
    change,
    check_world,
    complete,
    coordinator,
    counted,
    do,
    make_world,
    row_of,
    turn_page,
    weekly,
)


def after(*changes, weeks=0, coordinators=(), n=10, **more):
    """Return a world after the changes of week `weeks`."""
    world = make_world(n, complete(*range(n)), changes=changes, coordinators=coordinators, **more)
    turn_page(world, weeks)
    do(world, "happen")
    return world


def test_changes_happen_in_their_week_only():
    assert counted(after(change(3, NEWCOMERS, value=5), weeks=2), "newcomers") == 0
    assert counted(after(change(3, NEWCOMERS, value=5), weeks=3), "newcomers") == 5


def test_a_parameter_gets_a_new_value():
    world = after(change(0, SET, NUMBER["meeting.gain"], value=0.9))
    assert world.parameters[0].meeting_gain == 0.9 == world.settings[NUMBER["meeting.gain"]]


def test_a_new_value_applies_from_its_week():
    """The compiled loop must not keep a value that it read earlier."""
    changes = [change(4, SET, NUMBER["giving.base"], value=-10.0)]
    world = make_world(12, complete(*range(12)), changes=changes, given={"reciprocity.answer": 0.0})
    gifts = weekly(run_to(world, 10), "gifts")
    assert (gifts[:4] > 0).all() and gifts[4:].sum() <= 1


def test_coordinators_leave_all_or_one():
    two = [coordinator(), coordinator()]
    assert after(change(0, LEAVE), coordinators=two).coordinators.working.tolist() == [0, 0]
    assert after(change(0, LEAVE, 1), coordinators=two).coordinators.working.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("field", "scaled"), [(0, ("hours", "money")), (1, ("hours",)), (2, ("money",)), (3, ("hub_share",))]
)
def test_budgets_are_scaled(field, scaled):
    two = [coordinator(money=1000.0, hub_share=0.3) for _ in range(2)]
    world = after(change(0, SCALE, 1, field, 0.5), coordinators=two)
    for name in ("hours", "money", "hub_share"):
        before = two[0][0][name]
        assert world.coordinators[0][name] == before
        assert world.coordinators[1][name] == pytest.approx(before * (0.5 if name in scaled else 1.0))
    everybody = after(change(0, SCALE, -1, field, 0.5), coordinators=two)
    assert all(everybody.coordinators[0][name] < two[0][0][name] for name in scaled)


def test_a_hub_share_stays_a_share():
    world = after(change(0, SCALE, -1, 3, 9.0), coordinators=[coordinator(hub_share=0.3)])
    assert world.coordinators[0].hub_share == 1.0


def test_newcomers_arrive_unconnected():
    world = after(change(0, NEWCOMERS, value=6))
    assert world.network[0].active == 16 and not world.members.degree[10:16].any()


def test_the_problem_shifts_by_the_distance():
    world = after(change(0, SHIFT, value=0.3))
    assert np.hypot(*(world.network[0].problem - 0.5)) == pytest.approx(0.3)


def test_a_share_of_members_is_lost():
    world = after(change(0, LOSE, value=0.3))
    assert world.network[0].active == 7 and counted(world, "removed") == 3 and counted(world, "dropped_out") == 0
    check_world(world)


def test_lost_members_do_not_depend_on_other_changes():
    """A smaller share loses a subset of the members of a larger share; other changes have no effect on it."""
    gone = [
        set(np.flatnonzero(after(*more, change(0, LOSE, value=share), n=40).members.active[:40] == 0).tolist())
        for share, more in ((0.1, ()), (0.3, ()), (0.3, (change(0, SET, 0, value=0.5), change(0, SHIFT, value=0.1))))
    ]
    assert gone[0] < gone[1] == gone[2] and gone[1] != set(range(12))


def test_changes_of_one_week_are_applied_in_order():
    """Newcomers who arrive before a loss are subject to it."""
    come, go = change(0, NEWCOMERS, value=10), change(0, LOSE, value=0.5)
    assert after(come, go).network[0].active == 10
    assert after(go, come).network[0].active == 15


def test_scheduled_newcomers_all_arrive_even_after_many_others():
    changes = [change(k, NEWCOMERS, value=100) for k in (99,)]
    world = make_world(10, changes=changes, given={"arrival.base": 5.0}, weeks=100)
    world = run_to(world, 100)
    assert weekly(world, "newcomers")[99] >= 100


def test_one_member_is_lost():
    world = after(change(0, LOSE_MEMBER, 4), change(0, LOSE_MEMBER, 4))
    assert world.network[0].active == 9 and world.members[4].active == 0 and counted(world, "removed") == 1
    check_world(world)


def test_two_members_are_introduced_for_certain_unless_they_know_each_other():
    pairs = [(0, 1), (1, 2), (3, 4)]
    met = [
        change(0, INTRODUCE, 0, 2),
        change(0, INTRODUCE, 0, 1),
        change(0, INTRODUCE, 0, 5),
        change(0, LOSE_MEMBER, 5),
    ]
    world = make_world(6, pairs, changes=[met[3], *met[:3]], given={"choice.success": 0.0})
    do(world, "happen")
    assert world.members.degree[:6].tolist() == [2, 2, 2, 1, 1, 0]
    made = next(tie for tie in world.ties[row_of(world, 0)] if tie["other"] == 2)
    assert made["origin"] == COORDINATOR_MADE and made["trust"] > 0 and made["owed"] > 0
    check_world(world)
