"""Membership: engagement, leaving, referral, newcomers, groups that break away."""

import numpy as np
import pytest

from sim.model.declarations import NUMBER
from sim.model.rules.membership import net_benefit
from sim.model.rules.practices import hold
from sim.model.state import ORGANISATION, PILOT, REFERRAL_MADE
from sim.model.steps import leave_network
from sim.model.tie_rows import half
from sim.model.world import grown
from tests.model.worlds import (
    check_world,
    complete,
    counted,
    do,
    lucks,
    make_group,
    make_world,
    parameters,
    set_trust,
    tie,
    turn_page,
    view,
)


def engagement_after(weeks=150, given=None, **now):
    """Return the engagement of a member whose other values are held constant."""
    world = make_world(1, given={"leaving.hazard": 0.0} | (given or {}))
    for _ in range(weeks):
        for name, value in now.items():
            world.members[0][name] = value
        do(world, "stay_or_leave", 0)
    return float(world.members[0].engagement)


def test_engagement_follows_benefit_minus_cost():
    usual = engagement_after(received=0.4)
    assert engagement_after(received=1.5) > usual > engagement_after(received=0.0)
    assert engagement_after(received=0.4, identity=0.9) > usual
    assert engagement_after(received=0.4, cost_now=0.5) < usual
    assert 0.0 < engagement_after(received=0.0, cost_now=9.0) < 0.01 and engagement_after(received=99.0) < 1.0


def test_net_benefit_has_a_part_for_each_benefit_and_cost():
    world = make_world(1)
    me = world.members[0]
    me.received, me.identity, me.cost = 0.5, 0.5, 0.3
    expected = 1.6 * (1 - np.exp(-1.0)) + 0.8 * 0.5 - 0.3
    assert net_benefit(0, view(world), parameters(world)) == pytest.approx(expected)


def left(engagement=0.5, kind=0, weeks=60, **given):
    """Return how many of 300 members with constant engagement leave within some weeks."""
    world = make_world(300, given={"engagement.rate": 0.0} | {key.replace("__", "."): v for key, v in given.items()})
    world.members.kind[:300] = kind
    world.members.engagement = engagement
    for _ in range(weeks):
        do(world, "stay_or_leave")
        turn_page(world)
    assert counted(world, "dropped_out") - counted(world, "newcomers") == 300 - world.network[0].active
    return counted(world, "dropped_out")


def test_the_hazard_of_leaving_matches_its_parameter_and_rises_as_engagement_falls():
    plain = {"leaving__hazard": 0.006, "leaving__steepness": 4.0}
    assert left(**plain) == pytest.approx(300 * (1 - 0.994**60), rel=0.25)
    assert left(engagement=0.1, **plain) > 2 * left(**plain) > 4 * left(engagement=0.95, **plain)
    assert left(leaving__hazard=0.0) == 0


def test_organisations_leave_less():
    assert left(engagement=0.3, kind=ORGANISATION) < 0.75 * left(engagement=0.3)


def test_in_an_organisation_people_leave_at_a_constant_rate():
    low, high = (left(engagement=e, organisation__fixed=1.0, weeks=100) for e in (0.1, 0.9))
    assert low == high == pytest.approx(300 * 100 * 0.0025, rel=0.3)


def test_a_vacancy_in_an_organisation_is_filled():
    """A new member takes over ties, with initial trust, and places in groups."""
    world = make_world(3, complete(*range(3)), given={"organisation.fixed": 1, "organisation.turnover": 1.0})
    set_trust(world, 0.9)
    g = make_group(world, 0, 1, 2)
    me = world.members[0]
    me.stock, me.identity, me.received, me.given, me.influence = 2.0, 0.9, 9.0, 7.0, 4.0
    hold(0, 1, 77, 1.0, 2.0, view(world))
    me.group_value, me.network_value, me.bridging, me.core = 3.0, 4.0, 1.0, 1
    do(world, "stay_or_leave", 0)
    assert me.given == me.received == parameters(world).members_history
    assert me.practice.tolist() == [1, 0, 0] and not me.tries.any()
    assert me.influence == me.group_value == me.network_value == me.bridging == me.core == 0
    assert me.active == 1 and me.degree == 2 and world.groups[g]["seated"] == 3 and world.network[0].active == 3
    assert me.stock == 0 and me.identity == pytest.approx(0.2)
    assert tie(world, 0, 1).trust == tie(world, 1, 0).trust == pytest.approx(0.1) and tie(world, 1, 2).trust == 0.9
    assert counted(world, "dropped_out") == counted(world, "newcomers") == 1
    check_world(world)


def test_leavers_lose_their_ties_and_groups():
    world = make_world(5, complete(*range(5)))
    g, h = make_group(world, 0, 1, 2), make_group(world, 0, 3)
    turn_page(world, 7)
    leave_network(0, world)
    me = world.members[0]
    assert me.active == 0 and me.degree == 0 and me.left == 7 and (me.groups == -1).all()
    assert world.groups[g]["seated"] == 2 and world.groups[h]["seated"] == 1 and world.network[0].active == 4
    assert counted(world, "lost_ties") == 4 and counted(world, "dropped_out") == 1
    world.network[0].week = 0
    check_world(world)


def referred(identity=0.9, engagement=0.9, **given):
    """Return the newcomers referred by a hundred members within ten weeks, and the world."""
    world = make_world(
        100,
        given={"arrival.referral": 0.05} | {key.replace("__", "."): v for key, v in given.items()},
        sectors=[3] * 100,
    )
    world.members.identity[:100], world.members.engagement[:100] = identity, engagement
    for _ in range(10):
        for row in range(100):
            do(world, "refer", row)
        turn_page(world)
    return counted(world, "newcomers"), world


def test_who_is_referred_is_of_the_same_kind():
    world = make_world(2, given={"arrival.referral": 1.0}, kinds=[0, ORGANISATION])
    world.members.identity[:2], world.members.engagement[:2] = 1.0, 1.0
    for row in range(2):
        do(world, "refer", row)
    assert world.members.kind[:4].tolist() == [0, ORGANISATION, 0, ORGANISATION]


def test_members_with_identity_refer_others_and_are_their_first_tie():
    number, world = referred()
    assert number == pytest.approx(100 * 10 * 0.05 * 0.81, rel=0.4)
    for j in range(100, 100 + number):
        me = world.members[j]
        assert me.active == 1 and me.degree == 1 and me.sector == 3 and me.starter == 0 and me.joined <= 9
        first = half(world, j, 0)
        assert first.other < 100 and first.origin == REFERRAL_MADE and first.trust == pytest.approx(0.3)
    world.network[0].week = 0
    check_world(world)


def test_referral_needs_identity_and_engagement():
    assert referred(identity=0.0)[0] == referred(engagement=0.0)[0] == referred(organisation__fixed=1.0)[0] == 0
    assert referred(identity=0.3)[0] < 0.6 * referred()[0]


def arrived(n=30, weeks=400, sectors=None, kinds=None, **given):
    """Return the newcomers who joined, and the world."""
    given = {"arrival.base": 0.2} | {key.replace("__", "."): v for key, v in given.items()}
    world = make_world(n, sectors=sectors, kinds=kinds, given=given)
    for luck in lucks(weeks):
        do(world, "newcomers", luck=luck)
    return counted(world, "newcomers"), world


def test_newcomers_arrive_unconnected_in_proportion_to_the_start():
    number, world = arrived()
    assert number == pytest.approx(80, abs=30) and world.network[0].active == 30 + number
    assert not world.members.degree[: 30 + number].any() and (world.members.starter[30 : 30 + number] == 0).all()
    assert arrived(n=60, weeks=400)[0] == pytest.approx(160, abs=45)
    assert arrived(arrival__base=0.0)[0] == arrived(organisation__fixed=1.0)[0] == 0


@pytest.mark.parametrize("mean", [499.0, 500.5, 760.0, 1700.0])
def test_the_number_of_many_newcomers_has_the_expected_mean(mean):
    """A mean so large that exp(-mean) underflows."""
    drawn = []
    for luck in lucks(6):
        world = make_world(600, given={"arrival.base": mean / 20})
        for _ in range(6):
            world = grown(world)
        do(world, "newcomers", luck=luck)
        drawn.append(counted(world, "newcomers"))
    assert len(set(drawn)) > 1
    assert np.mean(drawn) == pytest.approx(mean, abs=5 * np.sqrt(mean / 6))


def test_newcomers_are_of_the_kinds_of_those_present_and_of_all_sectors():
    for kinds, share in (([0] * 30, 0.0), ([ORGANISATION] * 30, 1.0), ([0, 0, ORGANISATION] * 10, 1 / 3)):
        number, world = arrived(sectors=[0, 1, 2] * 10, kinds=kinds)
        new = world.members[30 : 30 + number]
        assert new.kind.mean() == pytest.approx(share, abs=0.2 if 0 < share < 1 else 0)
        assert set(new.sector.tolist()) == {0, 1, 2}


def test_a_newcomers_traits_depend_on_the_row_only():
    worlds = [arrived(weeks=weeks, n=30)[1] for weeks in (400, 200)]
    both = 30 + min(counted(world, "newcomers") for world in worlds)
    assert np.array_equal(worlds[0].members.generosity[30:both], worlds[1].members.generosity[30:both])


def drifting(surplus=1.0, identity=0.0, phase=PILOT, weeks=20, given=None):
    """Return a world in which a group of four had a surplus for some weeks."""
    world = make_world(10, complete(*range(10)), given={"breakaway.hazard": 1.0} | (given or {}))
    set_trust(world, 0.5)
    world.members.identity[:4], world.members.group_value[:4] = identity, surplus
    make_group(world, 0, 1, 2, 3, phase=phase)
    make_group(world, 0, 4, 5)
    for _ in range(weeks):
        do(world, "consider_leaving")
    return world


def test_a_group_that_breaks_away_takes_its_members():
    world = drifting()
    group = world.groups[0]
    assert group.alive == 0 and group.in_network == 0 and group["seated"] == 0
    assert not world.members.active[:4].any() and world.members.active[4:6].all()
    assert (
        counted(world, "broken_away") == 4 and counted(world, "break_aways") == 1 and counted(world, "dropped_out") == 0
    )
    assert world.groups[1].alive == 1 and world.groups[1]["seated"] == 2
    check_world(world)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"surplus": 0.1},
        {"surplus": 0.5, "identity": 0.9},
        {"phase": 1},
        {"weeks": 0},
        {"given": {"organisation.fixed": 1}},
        {"given": {"breakaway.hazard": 0.0}},
    ],
    ids=["little surplus", "identity", "aligning", "no time", "organisation", "no hazard"],
)
def test_conditions_that_keep_a_group_in_the_network(otherwise):
    assert drifting(**otherwise).groups[0].alive == 1


def test_half_of_a_network_does_not_break_away():
    """The remaining members would be a minority: the group is the network."""
    world = drifting(weeks=0)
    for i in range(8, 10):
        world.members.active[i] = 0
    world.network.active[0] = 8
    for _ in range(40):
        do(world, "consider_leaving")
    assert world.groups[0].alive == 1 and world.groups[0].surplus == 0.0


def test_a_group_emptied_by_another_that_breaks_away_does_not_break_away_too():
    world = make_world(10, complete(*range(10)), given={"breakaway.hazard": 1.0})
    world.members.group_value[:3] = 1.0
    first, second = (make_group(world, 0, 1, 2, phase=PILOT) for _ in range(2))
    do(world, "consider_leaving", first)
    assert world.groups[second]["seated"] == 0
    do(world, "consider_leaving", second)
    assert counted(world, "break_aways") == 1 and counted(world, "broken_away") == 3
    assert np.isfinite(world.groups.surplus).all() and np.isfinite(world.groups.bar).all()


def test_a_group_to_which_the_network_gives_more_again_stays():
    world = drifting(weeks=3, given={"breakaway.hazard": 0.0})
    assert world.groups[0].surplus > world.groups[0].bar
    world.settings[NUMBER["breakaway.hazard"]] = 1.0
    world.members.network_value[:4] = 5.0
    do(world, "consider_leaving", 0)
    assert world.groups[0].alive == 1


def test_members_average_the_value_of_group_and_network():
    world = make_world(2)
    world.members.direct_now[0], world.members.network_now[0], world.members.group_now[0] = 0.5, 0.7, 0.9
    do(world, "stay_or_leave", 0)
    assert world.members[0].group_value == pytest.approx(0.055 * 0.9)
    assert world.members[0].network_value == pytest.approx(0.055 * 0.3)


def test_stocks_fade():
    world = make_world(1)
    world.members.stock[0] = 1.0
    do(world, "stay_or_leave", 0)
    assert world.members[0].stock == pytest.approx(0.95)


def test_the_tie_of_a_referred_newcomer_is_consistent():
    world = make_world(2, [(0, 1)], given={"arrival.referral": 1.0})
    world.members.identity[:2], world.members.engagement[:2] = 1.0, 1.0
    do(world, "refer", 0)
    assert tie(world, 0, 2).trust == tie(world, 2, 0).trust
    check_world(world)
