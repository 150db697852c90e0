"""Alignment: talk within tolerance, facilitated sessions beyond it, drift of viewpoints."""

import math

import numpy as np
import pytest

from sim.model.rules.alignment import distance, hold_session, tolerance
from sim.model.rules.chemistry import ceiling
from sim.model.tie_rows import half
from tests.model.worlds import (
    check_ties,
    do,
    lucks,
    make_group,
    make_world,
    parameters,
    set_trust,
    tie,
    tied,
    turn_page,
    view,
)

TALKATIVE = {"alignment.talk": 1.0, "alignment.noise": 0.0, "alignment.notice": 0.0}


def gap_after_talk(gap, trust=1.0, identity=0.0, **given):
    """Return the distance of two tied members after they talk."""
    world = make_world(2, [(0, 1)], given=TALKATIVE | given)
    set_trust(world, trust)
    world.members.identity = identity
    world.members.viewpoint[0], world.members.viewpoint[1] = (0.1, 0.5), (0.1 + gap, 0.5)
    do(world, "talk")
    return distance(world.members[0].viewpoint, world.members[1].viewpoint)


def test_views_come_closer_within_tolerance_and_not_beyond():
    assert gap_after_talk(0.2) == pytest.approx(0.2 * (1 - 2 * 0.2))
    assert gap_after_talk(0.3) == pytest.approx(0.3, abs=1e-12)


def test_identity_widens_tolerance():
    assert gap_after_talk(0.4, identity=0.9) < 0.4
    world = make_world(2)
    world.members.identity[:2] = 0.0, 1.0
    assert tolerance(0, view(world), parameters(world)) < tolerance(1, view(world), parameters(world))


def test_viewpoints_move_further_with_trust():
    assert gap_after_talk(0.2, trust=0.9) < gap_after_talk(0.2, trust=0.3) < 0.2
    assert gap_after_talk(0.2, trust=0.0) == pytest.approx(0.2)


def test_each_moves_by_its_own_tolerance():
    world = make_world(2, [(0, 1)], given=TALKATIVE)
    set_trust(world, 1.0)
    world.members.viewpoint[0], world.members.viewpoint[1] = (0.1, 0.5), (0.5, 0.5)
    world.members.identity[:2] = 0.0, 1.0
    do(world, "talk")
    assert world.members[0].viewpoint[0] == 0.1 and world.members[1].viewpoint[0] < 0.5


def test_viewpoints_do_not_move_without_talk():
    world = make_world(2, [(0, 1)], given=TALKATIVE | {"alignment.talk": 0.0})
    world.members.viewpoint[0] = 0.45
    before = world.members[:2].tobytes()
    do(world, "talk")
    assert world.members[:2].tobytes() == before


def test_every_pair_talks_once_at_most_a_week():
    """With a chance of 0.3, about 30% of tied pairs come closer; no pair moves twice."""
    world = make_world(400, [(2 * k, 2 * k + 1) for k in range(200)], given=TALKATIVE | {"alignment.talk": 0.3})
    set_trust(world, 1.0)
    world.members.viewpoint[:400:2] = 0.4
    do(world, "talk")
    gaps = np.hypot(*(world.members.viewpoint[:400:2] - world.members.viewpoint[1:400:2]).T)
    assert set(np.round(gaps, 6)) == {round(math.sqrt(0.02), 6), round(0.6 * math.sqrt(0.02), 6)}
    assert np.mean(gaps < 0.14) == pytest.approx(0.3, abs=0.1)


def test_each_moves_by_its_own_trust():
    world = make_world(2, [(0, 1)], given=TALKATIVE)
    half(world, 0, 0).trust, half(world, 1, 0).trust = 1.0, 0.0
    world.members.viewpoint[0], world.members.viewpoint[1] = (0.4, 0.5), (0.5, 0.5)
    do(world, "talk")
    assert world.members[0].viewpoint[0] == pytest.approx(0.42) and world.members[1].viewpoint[0] == 0.5


def test_viewpoints_drift_within_bounds():
    world = make_world(300, given={"alignment.noise": 0.05, "alignment.notice": 0.0})
    world.members.viewpoint[:150] = 0.99
    do(world, "think")
    moved = world.members.viewpoint[150:300] - 0.5
    assert abs(moved.mean()) < 0.01 and moved.std() == pytest.approx(0.05, rel=0.15)
    assert world.members.viewpoint[:300].max() <= 1.0


def test_members_who_notice_the_problem_move_towards_it():
    for given, moves in (({}, True), ({"organisation.fixed": 1}, False)):
        world = make_world(1, given=given | {"alignment.noise": 0.0, "alignment.notice": 0.1})
        world.network[0].problem = (0.9, 0.1)
        do(world, "think")
        gap = distance(world.members[0].viewpoint, world.network[0].problem)
        assert (gap < distance(np.array((0.5, 0.5)), np.array((0.9, 0.1)))) == moves


def session(offs, beyond, weight=1.0):
    """Return a group after a session, with members at the given distances from its topic."""
    n = len(offs)
    world = make_world(n + 1, [(0, 1), (0, n)], given={"alignment.session": 0.5, "alignment.session_cost": 1.0})
    set_trust(world, 0.4)
    turn_page(world)
    g = make_group(world, *range(n))
    for i, off in enumerate(offs):
        world.members.viewpoint[i] = (0.5 + off, 0.5)
    hold_session(g, weight, beyond, view(world), parameters(world), np.uint64(5))
    return world, world.members.viewpoint[:n, 0] - 0.5


def test_facilitated_sessions_move_even_those_beyond_tolerance():
    _, own = session([0.1, 0.4], beyond=0.0)
    assert own == pytest.approx([0.05, 0.4])
    _, facilitated = session([0.1, 0.4], beyond=0.6)
    assert facilitated == pytest.approx([0.05, 0.4 * (1 - 0.3)])


def test_participants_of_a_session_meet_each_other_and_spend_engagement():
    online, _ = session([0.0, 0.1], beyond=0.0, weight=0.5)
    world, _ = session([0.0, 0.1], beyond=0.0)
    highest, gain = ceiling(0, 1, view(world), parameters(world)), parameters(world).meeting_gain
    assert tie(world, 0, 1).trust == pytest.approx(0.4 + gain * (highest - 0.4))
    assert tie(online, 0, 1).trust == pytest.approx(0.4 + 0.5 * gain * (highest - 0.4)), "online counts for less"
    assert tie(world, 0, 1).last == 1 and tie(world, 0, 2).trust == 0.4 and tie(world, 0, 2).last == 0
    assert world.members.cost_now[:3].tolist() == [1.0, 1.0, 0.0]
    assert online.members.cost_now[:3].tolist() == [0.5, 0.5, 0.0]
    check_ties(world)


def test_participants_who_are_strangers_may_start_a_tie():
    made = 0
    for key in lucks(100):
        world = make_world(3, given={"chemistry.base": 1.0})
        hold_session(make_group(world, 0, 1), 1.0, 0.0, view(world), parameters(world), key)
        made += tied(world, 0, 1)
        assert not tied(world, 0, 2) and not tied(world, 1, 2)
    assert 40 < made < 100


def test_talk_is_keyed_by_identity():
    """The same pairs talk in a larger network."""
    small = make_world(4, [(0, 1), (2, 3)], given=TALKATIVE | {"alignment.talk": 0.5})
    large = make_world(9, [(0, 1), (0, 5), (2, 3), (7, 8), (1, 7)], given=TALKATIVE | {"alignment.talk": 0.5})
    tie(large, 0, 5).trust = tie(large, 5, 0).trust = tie(large, 1, 7).trust = tie(large, 7, 1).trust = 0.0
    for world in (small, large):
        world.members.viewpoint[0] = world.members.viewpoint[2] = 0.4
    for luck in lucks(20):
        for world in (small, large):
            do(world, "talk", luck=luck)
    assert np.array_equal(small.members.viewpoint[:4], large.members.viewpoint[:4])


def test_members_who_talk_tell_of_tested_practices_as_far_as_they_are_trusted():
    heard = {}
    for trust in (0.0, 1.0):
        world = make_world(200, [(2 * k, 2 * k + 1) for k in range(100)], given=TALKATIVE | {"alignment.talk": 0.5})
        set_trust(world, trust)
        for i in range(0, 200, 2):
            world.members[i].practice[0], world.members[i].seems[0], world.members[i].tries[0] = 7, 2.0, 3.0
        do(world, "talk")
        heard[trust] = int((world.members.practice[1:200:2] == 7).any(axis=1).sum())
        assert heard[trust] == world.tally[0].adoptions
    assert heard[0.0] == 0 and heard[1.0] == pytest.approx(50, abs=20)
