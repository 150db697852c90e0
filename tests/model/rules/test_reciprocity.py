"""Reciprocity: expectation learns whether giving is rewarded."""

import pytest

from tests.model.worlds import do, make_world


def learned(received, given, weeks=60, **start):
    """Return the expectation after weeks of constant giving and receiving."""
    world = make_world(1)
    me = world.members[0]
    for name, value in start.items():
        me[name] = value
    for _ in range(weeks):
        me.given_now, me.direct_now, me.network_now = given, received / 2, received / 2
        do(world, "learn", 0)
    return me


def test_expectation_falls_without_reward_and_rises_with_it():
    assert learned(received=0.0, given=1.0).expectation < 0.2
    assert learned(received=2.0, given=1.0).expectation > 0.9
    assert 0.4 < learned(received=0.6, given=1.0).expectation < 0.6


def test_expectation_stays_below_one():
    assert learned(received=50.0, given=0.0, weeks=500).expectation <= 1.0


def test_membership_takes_effort_even_without_giving():
    dear = make_world(1, given={"reciprocity.overhead": 2.0})
    for _ in range(100):
        dear.members[0].direct_now = 0.5
        do(dear, "learn", 0)
    assert dear.members[0].expectation == pytest.approx(0.25, abs=0.03)


def test_given_and_received_are_decayed_means():
    me = learned(received=1.2, given=0.7, weeks=400)
    assert me.received == pytest.approx(1.2) and me.given == pytest.approx(0.7)


def test_initiative_returns_to_its_initial_level():
    for start in (0.05, 0.9):
        me = learned(0.5, 0.5, weeks=600, initiative=start)
        assert me.initiative == pytest.approx(0.25, abs=0.01)


def test_members_who_left_learn_nothing():
    world = make_world(1)
    world.members[0].active = 0
    before = world.members[:1].tobytes()
    do(world, "learn", 0)
    assert world.members[:1].tobytes() == before
