"""Customized weaving: closing triads, supporting bridgers, engaging the unconnected, with and without a hub."""

import numpy as np
import pytest

from sim.model.rules.giving import fit
from sim.model.state import COORDINATOR_MADE
from sim.model.tie_rows import half
from sim.model.weaving.customized import draw_member, match_for, touch
from tests.model.worlds import (
    act_once,
    check_world,
    complete,
    coordinator,
    counted,
    do,
    lucks,
    make_group,
    make_world,
    parameters,
    row_of,
    set_trust,
    tie,
    tied,
    turn_page,
    view,
)

KEY = np.uint64(5)
OPEN = {"choice.success": 1.0, "chemistry.base": 6.0}
"""Introductions succeed, and people get on."""


def woven(lever, n=3, ties=((0, 1), (0, 2)), given=None, key=KEY, **fields):
    """Return a world after one act of a lever, and the hours used."""
    world = make_world(n, ties, coordinators=[coordinator(**fields)], given=OPEN | (given or {}))
    set_trust(world, 0.6)
    return world, act_once(world, lever, key)


def test_closing_a_triad_asks_a_member_and_raises_its_initiative():
    world, hours = woven("close_triads")
    assert hours == 3.0 and tied(world, 1, 2) and tie(world, 1, 2).origin == COORDINATOR_MADE
    assert min(tie(world, 1, 2).trust, tie(world, 2, 1).trust) > 0.3
    assert world.members[0].initiative > 0.25 == world.members[1].initiative
    assert world.coordinators[0].introductions == 1 and world.bonds[0, 0].trust > 0
    assert counted(world, "gifts_relayed") == 1 and counted(world, "work_coordinators") == 1
    check_world(world)


def test_an_introduction_by_the_coordinator_itself_crowds_out_initiative_only_as_an_option():
    for crowding in (1.0, 0.9):
        given = {"customized.crowding": crowding}
        world, hours = woven("close_triads", n=2, ties=(), hub_share=1.0, given=given)
        assert hours == 3.0 and tied(world, 0, 1) and world.coordinators[0].introductions == 1
        assert world.members.initiative[:2].tolist() == pytest.approx([0.25 * crowding] * 2)
        assert (world.bonds.trust[0, :2] > 0).all() and counted(world, "work_coordinators") == 1
        check_world(world)


@pytest.mark.parametrize(("lever", "hub"), [("close_triads", 0.0), ("close_triads", 1.0), ("engage_unconnected", 0.0)])
def test_an_introduction_that_fails_takes_the_same_hours_and_ties_no_one(lever, hub):
    ties = [(0, 1), (0, 2)]
    for success in (0.0, 1.0):
        world, hours = woven(lever, n=4, ties=ties, given={"choice.success": success}, hub_share=hub)
        assert hours == {"close_triads": 3.0, "engage_unconnected": 6.0}[lever]
        assert (counted(world, "new_ties")[COORDINATOR_MADE] > 0) == (world.coordinators[0].introductions > 0)
        assert world.coordinators[0].introductions == success
        assert (world.members.initiative[:4] > 0.25).any() == (success == 1.0 and hub == 0.0)


def test_without_a_candidate_no_hours_are_used():
    world, hours = woven("close_triads", n=4, ties=((0, 1), (2, 3)))
    assert hours == 0.0 and counted(world, "gifts") == 0


def test_the_unconnected_are_introduced_to_a_host_and_meet_one_of_its_contacts():
    for key in lucks(10):
        world, hours = woven("engage_unconnected", n=9, ties=complete(*range(8)), key=key)
        assert hours == 6.0 and world.members[8].degree >= 1 and world.bonds[0, 8].trust > 0
        assert (world.ties.origin[row_of(world, 8)] == COORDINATOR_MADE).all()
        check_world(world)
    degrees = [
        woven("engage_unconnected", n=9, ties=complete(*range(8)), key=key)[0].members[8].degree for key in lucks(40)
    ]
    assert set(degrees) == {1, 2} and np.mean(degrees) > 1.6, "a meeting mostly starts a tie among those who get on"


def test_in_a_connected_network_no_member_is_engaged():
    _, hours = woven("engage_unconnected", n=4, ties=complete(*range(4)))
    assert hours == 0.0


def test_engaging_through_a_host_raises_initiative_and_as_a_hub_does_not():
    for hub, rises in ((0.0, True), (1.0, False)):
        world, _ = woven("engage_unconnected", n=9, ties=complete(*range(8)), hub_share=hub)
        host = int(half(world, 8, 0).other)
        assert (world.members[host].initiative > 0.25) == rises
    crowded, _ = woven(
        "engage_unconnected", n=9, ties=complete(*range(8)), hub_share=1.0, given={"customized.crowding": 0.9}
    )
    assert crowded.members[int(half(crowded, 8, 0).other)].initiative == pytest.approx(0.225)


def test_a_task_in_a_running_group_leads_to_meetings_with_its_members_and_a_seat():
    helped = []
    for key in lucks(80):
        given = OPEN | {"customized.help_share": 0.5}
        world = make_world(6, complete(*range(5)), coordinators=[coordinator()], given=given)
        g = make_group(world, *range(5))
        act_once(world, "engage_unconnected", key)
        seated = int(world.groups[g]["seated"]) == 6
        helped.append((seated, int(world.members[5].degree)))
        check_world(world)
    with_task, without = ([degree for seated, degree in helped if seated == task] for task in (True, False))
    assert len(with_task) == pytest.approx(40, abs=18)
    assert np.mean(with_task) > 1.5 * np.mean(without)


def two_clusters():
    """Return two cliques connected by member 0."""
    world = make_world(9, [*complete(0, 1, 2, 3, 4), *complete(5, 6, 7, 8), (0, 5)], coordinators=[coordinator()])
    set_trust(world, 0.4)
    do(world, "survey")
    return world


def test_bridgers_are_found_between_clusters_and_supported():
    found = []
    for key in lucks(20):
        world = two_clusters()
        assert act_once(world, "support_bridgers", key) == 1.5
        who = int(np.argmax(world.members.bridging))
        found.append(who)
        assert world.members[who].bridging == 1.0 and world.members[who].initiative > 0.25
    assert sum(who in (0, 5) for who in found) >= 14, "two of nine members hold the clusters together"
    world = two_clusters()
    act_once(world, "support_bridgers", KEY)
    assert tie(world, 0, 5).trust == tie(world, 0, 1).trust == 0.4, "support alone builds no trust"
    check_world(world)


def test_no_bridger_is_supported_before_a_survey_or_twice_in_a_row():
    unmapped = make_world(5, complete(0, 1, 2, 3), coordinators=[coordinator()])
    assert act_once(unmapped, "support_bridgers", KEY) == 0.0
    world = two_clusters()
    for _ in range(9):
        act_once(world, "support_bridgers", KEY)
    assert act_once(world, "support_bridgers", KEY) == 0.0 and (world.members.bridging[:9] == 1.0).all()


def test_support_for_bridgers_fades():
    world = two_clusters()
    world.members.bridging[0] = 1.0
    do(world, "open_week")
    assert world.members[0].bridging == pytest.approx(1 - 0.055)


def test_a_match_is_judged_as_far_as_the_coordinator_knows_the_two():
    """With full bonds the best fit is chosen; otherwise the choice is random."""
    hits = {}
    for bond in (0.0, 1.0):
        hits[bond] = 0
        for key in lucks(100):
            given = {"choice.looks": 60, "chemistry.shared": 0.0, "chemistry.own": 0.0}
            world = make_world(16, given=given, coordinators=[coordinator()])
            world.members.outlook[:16], world.members.popularity[:16] = 0.0, 0.0
            world.members.endowment[:16], world.members.need[:16] = 0.3, 0.3
            world.members.need[0], world.members.endowment[9] = 1.0, 1.0
            world.bonds.trust[0, :16] = bond
            hits[bond] += int(match_for(0, 0, view(world), parameters(world), key) == 9)
    assert hits[1.0] > 60 > 3 * hits[0.0]


def test_the_more_are_considered_the_better_the_match():
    def best_fit(looks):
        world = make_world(30, given={"choice.looks": looks}, coordinators=[coordinator()], even=False)
        world.bonds.trust[0, :30] = 1.0
        p, seen = parameters(world), view(world)
        return np.mean([fit(0, match_for(0, 0, seen, p, key), seen, p) for key in lucks(100)])

    assert best_fit(2) < best_fit(20)


def test_members_are_drawn_by_identity_among_those_with_enough_ties():
    world = make_world(6, [(0, 1), (0, 2), (3, 4), (3, 5)])
    world.members.active[3] = 0
    assert {draw_member(2, view(world), key) for key in lucks(30)} == {0}
    assert {draw_member(0, view(world), key) for key in lucks(200)} == {0, 1, 2, 4, 5}
    assert draw_member(3, view(world), KEY) == -1


def test_bonds_rise_with_contact_and_fade_without():
    world = make_world(2, coordinators=[coordinator()])
    turn_page(world, 3)
    touch(0, 1, 0.2, view(world))
    assert world.bonds[0, 1].trust == pytest.approx(0.2) and world.bonds[0, 1].last == 3
    do(world, "keep_in_touch", 0)
    assert world.bonds[0, 1].trust == pytest.approx(0.2)
    turn_page(world)
    do(world, "keep_in_touch", 0)
    assert world.bonds[0, 1].trust == pytest.approx(0.2 - 0.015)
