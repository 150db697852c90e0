"""Mass weaving: directory, newsletter, ice-breakers."""

import numpy as np
import pytest

from sim.model.rules.meeting import meet
from sim.model.state import ICEBREAKER_MADE
from sim.model.tie_rows import half
from sim.model.weaving.mass import keep_directory
from tests.model.worlds import (
    act_once,
    check_world,
    complete,
    coordinator,
    counted,
    do,
    make_world,
    parameters,
    row_of,
    tie,
    turn_page,
    view,
)

KEY = np.uint64(5)


def completeness(members=20, weeks=1, hours=10.0, **given):
    """Return the completeness of the directory after some weeks of work."""
    world = make_world(members, given={key.replace("__", "."): value for key, value in given.items()})
    for _ in range(weeks):
        keep_directory(hours, view(world), parameters(world))
    return float(world.network[0].directory)


def test_a_larger_directory_is_completed_more_slowly():
    assert completeness() == pytest.approx(10 / (0.75 * 20))
    assert completeness() < completeness(weeks=5) < 1.0
    assert completeness(members=200) < completeness()
    assert completeness(hours=1e9) == 1.0


def test_a_directory_goes_out_of_date():
    world = make_world(4)
    world.network[0].directory = 0.8
    do(world, "open_week")
    assert world.network[0].directory == pytest.approx(0.8 * (1 - 0.006))


def test_a_newsletter_comes_out_with_the_news_since_the_last_one_and_is_read():
    world = make_world(3, [(0, 1), (1, 2)], coordinators=[coordinator(newsletter=1.0)], given={"identity.readers": 1.0})
    before = float(tie(world, 0, 1).known)
    world.network[0].news = 3.0
    assert act_once(world, "newsletter", KEY) == 6.0 and world.network[0].issue == pytest.approx(0.75)
    do(world, "read_news")
    assert tie(world, 0, 1).known > before
    do(world, "open_week")
    assert world.network[0].issue == 0 == world.network[0].news
    assert act_once(world, "newsletter", KEY) == 6.0 and world.network[0].issue == 0.0, "nothing has happened since"
    do(world, "read_news")
    known = float(tie(world, 0, 1).known)
    do(world, "read_news")
    assert tie(world, 0, 1).known == known


def event(n=20, ties=(), key=KEY, **given):
    """Return a world after an ice-breaker event."""
    given = {k.replace("__", "."): value for k, value in given.items()}
    world = make_world(n, ties, coordinators=[coordinator()], given=given)
    turn_page(world)
    assert act_once(world, "icebreakers", key) == 16.0
    return world


GETTING_ON = {"chemistry__base": 12.0, "meeting__liking": 1.0}


def test_members_meet_in_small_circles():
    world = event(**GETTING_ON)
    assert (world.members.degree[:20] == 4).all(), "circles of five"
    assert counted(world, "new_ties")[ICEBREAKER_MADE] == 40
    assert half(world, 0, 0).trust == pytest.approx(0.1) and half(world, 0, 0).known == pytest.approx(0.1)
    assert (world.bonds.trust[0, :20] > 0).all() and (world.bonds.trust[0, :20] < 0.05).all()
    for i in range(20):
        circle = {i, *world.contacts[row_of(world, i)].tolist()}
        assert all(circle == {j, *world.contacts[row_of(world, j)].tolist()} for j in circle)
    world.network[0].week = 0
    check_world(world)


def test_an_event_is_an_occasion_to_meet_and_no_more():
    """A circle's members are as likely to start a tie as if they had met anywhere else."""
    made = np.mean([counted(event(key=np.uint64(k)), "new_ties")[ICEBREAKER_MADE] for k in range(60)])
    met = []
    for k in range(60):
        world = make_world(20)
        for first in range(0, 20, 5):
            for i, j in complete(*range(first, first + 5)):
                meet(i, j, 1.0, ICEBREAKER_MADE, view(world), parameters(world), np.uint64(k))
        met.append(counted(world, "new_ties")[ICEBREAKER_MADE])
    assert 0 < made == pytest.approx(np.mean(met), rel=0.4)
    assert counted(event(meeting__liking=0.0), "new_ties")[ICEBREAKER_MADE] == 0


def test_tied_participants_learn_of_each_others_work():
    world = event(n=5, ties=complete(*range(5)))
    half = tie(world, 0, 1)
    assert half.known == pytest.approx(0.3 + 0.1 * 0.7) == tie(world, 1, 0).known and half.last == 1
    assert counted(world, "new_ties")[ICEBREAKER_MADE] == 0


def test_places_are_limited():
    comers = [event(n=50, mass__icebreaker_places=12, key=key).bonds.trust[0, :50] > 0 for key in (KEY, np.uint64(6))]
    assert [here.sum() for here in comers] == [12, 12]
    assert comers[0].tolist() != comers[1].tolist()


def test_without_participants_no_hours_are_used():
    world = make_world(1, coordinators=[coordinator()])
    assert act_once(world, "icebreakers", KEY) == 0.0
