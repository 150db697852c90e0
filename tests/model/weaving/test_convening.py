"""Convening: schedule, invitations and cost; effects on ties, trust, viewpoints and identity."""

import numpy as np
import pytest

from sim.model.rules.alignment import distance
from sim.model.rules.chemistry import ceiling
from sim.model.state import CONVENING_MADE
from sim.model.weaving.convening import convene, invite, is_due
from tests.model.worlds import (
    check_world,
    complete,
    coordinator,
    counted,
    do,
    lucks,
    make_world,
    parameters,
    set_trust,
    tie,
    turn_page,
    view,
)

RICH = {"money": 1e6, "purse": 1e6, "convening_share": 1.0, "convenings": 1.0}


def meeting(n=12, ties=(), given=None, luck=5, **fields):
    """Return a world after a convening."""
    world = make_world(n, ties, coordinators=[coordinator(**(RICH | fields))], given=given)
    set_trust(world, 0.3)
    world.members.viewpoint[:n, 0] = np.linspace(0.1, 0.9, n)
    turn_page(world)
    convene(0, view(world), parameters(world), np.uint64(luck))
    return world


def test_participants_meet_trust_and_come_closer():
    world = meeting(ties=[(0, 1)])
    members = world.members[:12]
    assert counted(world, "convened") == 12 and (members.core == 1).all()
    assert (members.cost_now > 0).all()
    assert tie(world, 0, 1).last in (0, 1)
    assert 0 < counted(world, "new_ties")[CONVENING_MADE] == members.degree.sum() // 2 - 1
    assert np.ptp(members.viewpoint[:, 0]) == pytest.approx(0.8 * (1 - 0.15 * 0.6))
    assert (world.bonds.trust[0, :12] > 0).all()
    world.network[0].week = 0
    check_world(world)


def test_participants_have_real_conversations_with_a_few():
    """Whatever the size of the meeting."""
    for n in (20, 80):
        given = {"meeting.circle": 5.0, "chemistry.base": 12.0, "meeting.liking": 1.0}
        deep = [meeting(n=n, given=given, luck=luck).members.degree[:n].mean() for luck in range(20)]
        assert np.mean(deep) == pytest.approx(5, rel=0.1)
    assert not meeting(given={"meeting.circle": 0.0}).members.degree[:12].any()


def test_a_convening_takes_hours_of_the_coordinator_s_next_weeks():
    world = meeting(hours=10.0, icebreakers=1.0)
    chief = world.coordinators[0]
    assert chief.owing == pytest.approx(12 * 1.5)
    assert meeting(given={"convening.head_hours": 0.0}).coordinators[0].owing == 0.0
    for owing, free in ((8.0, 0.0), (0.0, 2.0)):
        do(world, "weave", 0)
        assert chief.owing == pytest.approx(owing) and chief.bank.sum() == pytest.approx(free)
        turn_page(world)


def test_money_is_paid_per_head_and_limits_participants():
    world = meeting(n=12, purse=900.0 * 5.5)
    assert counted(world, "convened") == 5 and counted(world, "money") == 900 * 5
    assert world.coordinators[0].purse == pytest.approx(450)
    assert (world.members.core[:12] == 1).sum() == 5
    assert counted(meeting(n=12, purse=1700.0), "convened") == 0
    assert counted(meeting(n=12, purse=0.0, given={"convening.head_cost": 0.0}), "convened") == 12


def test_a_share_of_members_is_invited_at_random():
    comers = []
    for luck in lucks(60):
        world = make_world(40, coordinators=[coordinator(**(RICH | {"convening_share": 0.3}))])
        count = invite(0, view(world), parameters(world), luck)
        comers.append(world.scratch.order[:count].tolist())
    assert np.mean([len(c) for c in comers]) == pytest.approx(12, abs=1.5)
    assert len(set().union(*comers)) == 40


def test_if_money_is_short_participants_are_drawn():
    comers = set()
    for luck in lucks(60):
        world = make_world(40, coordinators=[coordinator(**(RICH | {"purse": 9000.0}))])
        count = invite(0, view(world), parameters(world), luck)
        comers |= set(world.scratch.order[:count].tolist())
    assert len(comers) > 30


def test_later_core_convenings_invite_participants_and_newcomers():
    world = meeting(n=12, purse=900.0 * 4, convening_core=1.0, convening_first=1)
    core = set(np.flatnonzero(world.members.core[:12]).tolist())
    world.members.joined[11] = 20
    turn_page(world, 51)
    world.coordinators[0].purse = 1e6
    count = invite(0, view(world), parameters(world), np.uint64(9))
    assert set(world.scratch.order[:count].tolist()) == core | {11}
    world.coordinators[0].convening_core = 0.0
    assert invite(0, view(world), parameters(world), np.uint64(9)) == 12


def test_convenings_are_due_at_their_yearly_rate():
    world = make_world(
        4,
        complete(*range(4)),
        coordinators=[coordinator(**(RICH | {"convenings": 2.0, "convening_first": 10}))],
        weeks=80,
    )
    held = []
    for week in range(70):
        do(world, "weave", 0)
        if counted(world, "convened"):
            held.append(week)
            world.tally[0].convened = 0
        turn_page(world)
    assert held == [10, 36, 62]
    never = make_world(4, coordinators=[coordinator(convenings=0.0)])
    assert not is_due(0, view(never))


def test_a_conversation_at_a_convening_is_a_deep_meeting():
    """Trust moves towards its ceiling as far as in a meeting of that depth."""
    world = meeting(ties=[(0, 1)], given={"meeting.circle": 1000.0})
    highest = ceiling(0, 1, view(world), parameters(world))
    assert tie(world, 0, 1).trust == pytest.approx(0.3 + 3 * 0.16 * (highest - 0.3)) and tie(world, 0, 1).last == 1
    apart = meeting(ties=[(0, 1)], given={"meeting.circle": 0.0})
    assert tie(apart, 0, 1).trust == 0.3 and tie(apart, 0, 1).last == 0


def test_viewpoints_move_towards_the_participants_mean():
    world = meeting(n=4)
    assert world.members.viewpoint[:4, 0].mean() == pytest.approx(0.5)
    assert distance(world.members[0].viewpoint, world.members[3].viewpoint) < 0.8
