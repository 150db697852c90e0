"""Strangers, introductions and members without ties: worked examples, and what moves the measures."""

import numpy as np
import pytest

from sim.evidence.targets import introduced, strangers, without_ties
from sim.evidence.targets.counting import Counted
from sim.evidence.targets.panel_measures import added
from tests.model.worlds import make_world

ONE_SIDED = np.array([[0.0, 0.5, 0.2], [0.4, 0.0, 0.0], [0.0, 0.0, 0.0]])


def test_a_tie_counts_from_either_side():
    assert strangers.ties_each(ONE_SIDED) == pytest.approx(4 / 3)
    assert strangers.one_sided(ONE_SIDED) == pytest.approx(0.5)
    assert np.isnan(strangers.one_sided(np.zeros((3, 3))))


def test_turnover_is_counted_at_every_threshold():
    found = strangers.yearly_turnover(ONE_SIDED, 0.5 * ONE_SIDED)
    assert found["lost"] == Counted(0, 3)
    assert found["lost@0.1"] == Counted(0, 3) or found["lost@0.1"] == Counted(1, 3)
    assert found["lost@0.2"] == Counted(1, 2), "0.5 is halved to 0.25, 0.4 to 0.2"
    assert found["lost@0.4"] == Counted(1, 1)


def test_without_meeting_and_giving_nobody_gets_tied():
    alone = {"giving.base": -10.0, "groups.founding": 0.0}
    assert strangers.apart(alone)(1, 0)["ties"] == 0.0


def test_people_who_meet_more_have_more_ties():
    rare, often = (
        np.mean([strangers.growth({"meeting.rate": rate})(1, n)["ties_1"] for n in range(4)]) for rate in (0.5, 4.0)
    )
    assert often > rare


def test_relations_are_measured_in_every_future():
    run = strangers.relations({})
    found = run(1, 0)
    assert found == run(1, 0)
    assert {"burstiness", "answered_weight", "answered_soon", "lost_0", "lost_some@0.4"} <= set(found)
    both = added([{"all": found["lost_mutual"]}, {"all": found["lost_one_sided"]}])["all"]
    assert both == found["lost"]


def test_the_same_pairs_are_followed_with_and_without_an_introduction():
    found = introduced.introduced({})(1, 0)
    with_it, without = found["introduced"], found["not_introduced"]
    assert with_it.total == without.total > 0


def test_members_of_half_a_year_without_a_tie():
    world = make_world(5, [(0, 1)])
    world.network[0].week = 40
    world.members.joined[:5] = (0, 0, 0, 20, 0)
    world.members.active[4] = 0
    assert without_ties.without_a_tie(world) == Counted(1, 3), "member 3 is new, member 4 has left"


def test_networks_alone_are_measured_over_their_whole_time():
    found = without_ties.alone({})(1, 0)
    assert found["aligned_unconnected"].total == found["alive"].total == 1.0
    assert found["without_tie"].total > 12 * 10
