"""Working groups: founded by members who trust and agree, joined by topic, dissolved when too small."""

import numpy as np
import pytest

from sim.model.luck import of, uniform
from sim.model.rules.groups import decide, seekers
from sim.model.state import ALIGNING, FORMING, GROUP_SIZE_LIMIT, PILOT
from sim.model.steps import dissolve, found_group, leave_group, members_in_order, take_seat
from sim.model.tie_rows import half
from tests.model.worlds import (
    check_world,
    complete,
    coordinator,
    counted,
    do,
    lucks,
    make_group,
    make_world,
    parameters,
    seat,
    set_trust,
    turn_page,
    view,
)

QUIET = {"groups.own_session": 0.0, "groups.join": 0.0}


def circle(n, trust=0.5, **given):
    """Return a world of members who are all tied to each other."""
    world = make_world(n, complete(*range(n)), given={k.replace("__", "."): v for k, v in given.items()})
    set_trust(world, trust)
    return world


def test_founding_takes_enough_willing_contacts():
    assert not found_group(0, circle(3))
    world = circle(4)
    assert found_group(0, world)
    assert world.groups[0]["seated"] == 4 and world.groups[0].phase == FORMING and world.groups[0].alive == 1
    assert (world.members.groups[:4, 0] == 0).all() and counted(world, "groups_founded") == 1
    check_world(world)


@pytest.mark.parametrize("obstacle", ["trust", "views", "seats", "together already"])
def test_contacts_without_trust_agreement_or_a_free_slot_are_not_willing(obstacle):
    world = circle(4)
    if obstacle == "trust":
        set_trust(world, 0.05, (0, 1))
    elif obstacle == "views":
        world.members.viewpoint[1] = 0.9
    elif obstacle == "seats":
        make_group(world, 1), make_group(world, 1)
    else:
        make_group(world, 0, 1)
    assert not found_group(0, world)


def test_a_founder_takes_those_it_trusts_and_agrees_with_most():
    world = circle(12, groups__largest=4)
    set_trust(world, 0.9, (0, 7))
    set_trust(world, 0.8, (0, 3), (0, 9))
    assert found_group(0, world)
    assert sorted(world.groups[0].members[:4].tolist()) == [0, 3, 7, 9]


def test_only_seekers_are_put_in_keyed_order():
    for luck in lucks(20):
        world = circle(12, groups__join=0.4, groups__founding=0.0)
        world.members[3].active = 0
        make_group(world, 5, 6), make_group(world, 5, 6)
        everybody = world.scratch.order[: members_in_order(world, luck)].tolist()
        joins = [i for i in everybody if uniform(np.uint64(of(luck, i)), 0) < 0.4 and i not in (5, 6)]
        assert world.scratch.order[: seekers(view(world), parameters(world), luck)].tolist() == joins


def test_both_ends_of_a_tie_count_in_founding():
    world = circle(4)
    for i in range(1, 4):
        half(world, i, 0).trust = 0.0  # Slot 0 of all others is their tie to member 0.
        assert half(world, i, 0).other == 0
    assert found_group(0, world), "enough on average"
    world = circle(4, trust=0.2)
    for i in range(1, 4):
        half(world, i, 0).trust = 0.0
    assert not found_group(0, world)


def founded(initiative=1.0, prompting=0.0, **given):
    """Return the number of groups founded over some weeks by one member of a circle."""
    total = 0
    for luck in lucks(300):
        world = circle(5, **({"groups__founding": 0.1, "groups__join": 0.0} | given))
        world.members.initiative = initiative
        world.network[0].prompting = prompting
        do(world, "gather", 0, luck)
        total += counted(world, "groups_founded")
    return total


def test_founding_rises_with_initiative_and_prompting():
    assert founded() == pytest.approx(30, abs=15)
    assert founded(initiative=0.2) < 0.5 * founded()
    assert founded(prompting=1.0) > 2.5 * founded()
    assert founded(initiative=0.0, prompting=1.0) == 0
    assert founded(organisation__fixed=1.0) == 0


def joiners(kind=0, trust=0.5, off=0.0, size=3, **given):
    """Return for how many random keys the last member joins the others' group."""
    total = 0
    for luck in lucks(300):
        world = circle(size + 1, **({"groups__founding": 0.0, "groups__join": 0.3} | given))
        set_trust(world, trust, *((size, k) for k in range(size)))
        world.members.kind[size] = kind
        g = make_group(world, *range(size), topic=(0.5 + off, 0.5))
        do(world, "gather", size, luck)
        total += int(world.groups[g]["seated"] == size + 1)
    return total


def test_members_join_a_group_in_which_they_trust_a_member():
    assert joiners() == pytest.approx(90, abs=25)
    assert joiners(trust=0.1) == joiners(off=0.45) == 0
    assert joiners(size=9) == 0 == joiners(organisation__fixed=1.0)


def test_organisations_are_slower_to_join():
    assert joiners(kind=1) == pytest.approx(0.5 * joiners(), rel=0.35)


def test_members_join_the_nearest_topic():
    world = circle(9, groups__join=1.0, groups__founding=0.0)
    make_group(world, 0, 1, 2, topic=(0.65, 0.5))
    near = make_group(world, 3, 4, 5, topic=(0.52, 0.5))
    do(world, "gather", 8)
    assert world.members[8].groups.tolist() == [near, -1]


def test_joining_takes_a_free_slot_and_a_free_place():
    world = circle(GROUP_SIZE_LIMIT + 1)
    for g in range(3):
        assert make_group(world, g + 3) == g
    assert take_seat(0, 0, world) and take_seat(0, 1, world) and not take_seat(0, 2, world)
    full = circle(GROUP_SIZE_LIMIT + 1)
    make_group(full, *range(GROUP_SIZE_LIMIT))
    assert not take_seat(GROUP_SIZE_LIMIT, 0, full) and full.groups[0]["seated"] == GROUP_SIZE_LIMIT
    check_world(world), check_world(full)


def test_leaving_a_group_updates_both_sides():
    world = circle(5)
    g = make_group(world, 0, 1, 2, 3)
    leave_group(1, g, world)
    assert sorted(world.groups[g].members[:3].tolist()) == [0, 2, 3] and world.members[1].groups.tolist() == [-1, -1]
    check_world(world)


def test_a_group_below_three_dissolves():
    world = circle(4)
    g = make_group(world, 0, 1, 2)
    do(world, "meet", g)
    assert world.groups[g].alive == 1
    leave_group(0, g, world)
    do(world, "meet", g)
    assert world.groups[g].alive == 0 and world.groups[g]["seated"] == 0 and counted(world, "groups_dissolved") == 1
    assert (world.members.groups[:4] == -1).all()
    check_world(world)


def test_a_reused_group_row_starts_fresh():
    world = circle(5)
    g = make_group(world, 0, 1, 2, 3, experience=3.0, resources=2.0, help=1.0, failures=4, progress=0.5)
    world.groups[g].outputs[:] = 2
    dissolve(g, world)
    assert found_group(0, world)
    group = world.groups[g]
    assert group.alive == 1 and group.serial == 1 and group.last_output == -1000 and not group.outputs.any()
    assert (group.experience, group.resources, group.help, group.failures, group.progress) == (0,) * 5


def test_agreement_and_cohesion_follow_from_the_members():
    world = make_world(4, [(0, 1), (1, 2), (2, 3)], given=QUIET)
    set_trust(world, 0.6)
    world.members.viewpoint[:3] = (0.4, 0.5), (0.5, 0.5), (0.6, 0.5)
    g = make_group(world, 0, 1, 2, phase=PILOT)
    make_group(world, 3)
    do(world, "meet", g)
    group = world.groups[g]
    assert group.cohesion == pytest.approx(2 * 0.6 / 3), "two of three pairs are tied"
    assert group.agreement == pytest.approx(1 - (0.2 / 3) / 0.22)
    assert group.links == 1


def test_a_contact_who_left_one_of_two_groups_is_still_a_link():
    world = make_world(6, [(0, 1), (1, 2), (2, 3)], given=QUIET)
    g, left = make_group(world, 0, 1, 2, phase=PILOT), make_group(world, 3, 4)
    make_group(world, 3, 5)
    leave_group(3, left, world)
    do(world, "meet", g)
    assert world.groups[g].links == 1


def test_a_group_aligns_and_then_advances_with_agreement():
    world = circle(4, **{k.replace(".", "__"): v for k, v in QUIET.items()})
    g = make_group(world, 0, 1, 2, 3)
    assert world.groups[g].phase == FORMING
    do(world, "meet", g)
    assert world.groups[g].phase == ALIGNING
    world.members.viewpoint[:4] = (0.4, 0.4), (0.6, 0.6), (0.4, 0.6), (0.6, 0.4)
    do(world, "meet", g)
    assert world.groups[g].phase == ALIGNING, "they agree too little"
    world.members.viewpoint[:4] = 0.5
    world.groups[g].help = 0.5
    do(world, "meet", g)
    assert world.groups[g].phase == PILOT and world.groups[g].help == pytest.approx(0.5 * 0.95)


def deciding(given=None, **fields):
    """Return a world with a group of five whose members differ in viewpoint: three close together, two apart."""
    world = make_world(6, complete(*range(5)), given=(given or {}) | QUIET, coordinators=[coordinator(**fields)])
    world.members.viewpoint[:5] = (0.40, 0.5), (0.45, 0.5), (0.50, 0.5), (0.9, 0.5), (0.95, 0.5)
    return world, make_group(world, *range(5), topic=(0.2, 0.2))


def settle(world, g):
    """Let a group decide what it works on; return whose viewpoint its topic is, or -1."""
    decide(g, view(world), parameters(world))
    same = (world.members.viewpoint[:5] == world.groups[g].topic).all(axis=1)
    return int(np.argmax(same)) if same.any() else -1


def test_the_proposal_with_most_support_wins():
    world, g = deciding()
    assert settle(world, g) == 1, "in the middle of the three"
    assert world.members.influence[:5].tolist() == [0, 1, 0, 0, 0] and world.network[0].imposed == 0
    world.members.engagement[:3] = 0.1
    assert settle(world, g) == 3, "the two who are engaged outweigh the three"
    assert world.members.influence[:5].tolist() == [0, 1, 0, 1, 0]


def test_a_tie_goes_to_the_lowest_number_whatever_the_seats():
    for seats in ((0, 1, 2, 3), (3, 2, 1, 0)):
        world = make_world(4, complete(*range(4)))
        g = make_group(world, *seats)
        decide(g, view(world), parameters(world))
        assert world.members.influence[:4].tolist() == [1, 0, 0, 0]


def test_support_takes_tolerance():
    world, g = deciding(given={"alignment.tolerance": 0.0, "alignment.tolerance_identity": 0.0})
    assert settle(world, g) == 0, "nobody supports anybody"


def test_a_coordinator_may_set_the_agenda_instead():
    world, g = deciding(sets_agenda=1.0)
    world.network[0].agenda = (0.7, 0.1)
    assert settle(world, g) == -1 and world.groups[g].topic.tolist() == [0.7, 0.1]
    assert world.network[0].imposed == 1 and not world.members.influence.any()
    world.coordinators[0].working = 0.0
    assert settle(world, g) == 1, "it has left"


def test_a_group_decides_when_it_starts_aligning_and_for_each_project():
    world, g = deciding()
    set_trust(world, 0.5)
    do(world, "meet", g)
    assert world.groups[g].phase == ALIGNING and world.members.influence[:5].sum() == 1
    do(world, "meet", g)
    assert world.members.influence[:5].sum() == 1
    world.groups[g].phase = PILOT
    for _ in range(3):
        do(world, "produce", g)
    assert world.members.influence[:5].sum() == 2
    world.groups[g].kind = -1
    do(world, "produce", g)
    assert world.members.influence[:5].sum() == 3


def test_groups_meet_without_a_coordinator_until_they_produce():
    meetings = {}
    for phase in (FORMING, ALIGNING, PILOT):
        world = circle(4, groups__own_session=1.0, groups__join=0.0)
        world.members.viewpoint[:4, 0] = 0.45, 0.5, 0.55, 0.6
        spread = float(np.ptp(world.members.viewpoint[:4, 0]))
        g = make_group(world, 0, 1, 2, 3, phase=phase)
        do(world, "meet", g)
        meetings[phase] = counted(world, "meetings")
        assert (np.ptp(world.members.viewpoint[:4, 0]) < spread) == (phase != PILOT)
        assert (world.members.cost_now[:4] > 0).all() == (phase != PILOT)
    assert meetings == {FORMING: 1, ALIGNING: 1, PILOT: 0}


def test_a_team_of_an_organisation_meets_in_person_as_if_facilitated():
    """Members with distant viewpoints also move towards the agenda, as far as in a facilitated session."""
    far = {}
    for fixed in (0, 1):
        world = circle(4, groups__own_session=1.0, groups__join=0.0, organisation__fixed=fixed)
        world.members.viewpoint[:4] = [(0.0, 0.5), (1.0, 0.5), (0.0, 0.5), (1.0, 0.5)]
        world.network.agenda[0] = (0.5, 0.5)
        g = make_group(world, 0, 1, 2, 3, phase=ALIGNING)
        do(world, "meet", g)
        far[fixed] = float(np.abs(world.members.viewpoint[:4, 0] - 0.5).max())
        assert counted(world, "meetings") == 1
    p = world.parameters[0]
    assert far[0] == 0.5 and far[1] == pytest.approx(0.5 * (1 - p.alignment_session * p.alignment_synthesis))


def test_members_far_from_the_topic_quit():
    world = circle(6, groups__join=1.0, groups__own_session=0.0)
    world.members.viewpoint[5] = (0.95, 0.95)
    g = make_group(world, 0, 1, 2, 3, 5)
    do(world, "meet", g)
    assert sorted(world.groups[g].members[: world.groups[g]["seated"]].tolist()) == [0, 1, 2, 3]
    check_world(world)


def test_a_member_can_bridge_at_most_two_groups():
    world = circle(8, groups__join=1.0, groups__founding=0.0)
    for k in range(3):
        make_group(world, k, k + 3, topic=(0.5, 0.5))
    for _ in range(6):
        do(world, "gather", 7)
        turn_page(world)
    assert (world.members[7].groups >= 0).all() and len(set(world.members[7].groups.tolist())) == 2
    seat(world, 2, 6)
    world.network[0].week = 0
    check_world(world)
