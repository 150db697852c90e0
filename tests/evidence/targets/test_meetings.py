"""Meetings: the number of people met, the composition of circles, and the effect of a session."""

import numpy as np
import pytest

from sim.evidence.targets import meetings
from sim.evidence.targets.counting import Counted
from sim.model.luck import phase_key
from tests.model.worlds import make_world


def test_people_talked_to_follow_the_parameter():
    run = meetings.convening({"meeting.circle": 3.0})
    found = [run(1, replicate) for replicate in range(5)]
    assert np.mean([one["talked"] for one in found]) == pytest.approx(3.0, rel=0.15)


def test_members_of_a_group_work_together():
    world = make_world(5)
    world.members.groups[:] = -1
    world.members.groups[0, 0] = world.members.groups[1, 1] = 3
    world.members.groups[2, 0] = 4
    together = meetings.working_together(world)
    assert together[0, 1] and together[1, 0]
    assert together.sum() == 2


def test_circles_divide_participants_into_groups_of_five():
    world = make_world(43, given={"meeting.circle": 5.0, "mass.icebreaker_places": 40.0})
    luck = np.uint64(phase_key(1, 0, 26, meetings.SESSION_PHASE))
    met = meetings.circles(world, luck)
    assert np.array_equal(met, met.T) and not met.diagonal().any()
    assert sorted(met.sum(axis=1).tolist()) == [0] * 3 + [4] * 40
    other = meetings.circles(world, np.uint64(phase_key(2, 0, 26, meetings.SESSION_PHASE)))
    assert not np.array_equal(met, other)


def test_a_session_without_new_acquaintances_has_little_effect():
    """Both copies share random numbers."""
    idle = {
        "meeting.liking": 0.0,
        "meeting.gain": 0.0,
        "meeting.learn": 0.0,
        "trust.decay": 0.0,
    }
    found = meetings.session(idle)(1, 0)
    assert found["met"] == found["not_met"]
    assert isinstance(found["met"], Counted) and found["met"].total > 50


def test_a_session_makes_people_work_together():
    eager = {"meeting.liking": 5.0, "trust.first": 0.5}
    run = meetings.session(eager)
    found = [run(1, replicate) for replicate in range(8)]
    met, not_met = (sum(one[name].hits for one in found) for name in ("met", "not_met"))
    assert met > not_met
