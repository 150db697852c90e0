"""Production: inputs of work, lessons of pilots, the choice of output, and what each kind of output changes."""

import numpy as np
import pytest

from sim.model.rules.giving import account
from sim.model.rules.practices import INVENTED, hold
from sim.model.rules.production import count_linked, full, information, readiness, shift_problem, skill_mix, work_of
from sim.model.state import (
    ADVOCACY,
    INNOVATION,
    INVESTMENT,
    KINDS,
    NOBODY,
    ORGANISATION,
    OUTPUTS,
    PILOT,
    PRACTICE,
    PROJECT,
    PURCHASING,
    RESOURCES,
    SERVICES,
)
from sim.model.tie_rows import half
from tests.model.worlds import (
    check_bounds,
    complete,
    coordinator,
    counted,
    do,
    lucks,
    make_group,
    make_world,
    parameters,
    set_trust,
    turn_page,
    view,
)

FAST = {"production.rate": 5.0, "production.alone": 1.0}
SURE = FAST | {"production.failure": 0.0}


def team(phase=PROJECT, given=None, size=6, **fields):
    """Return a world with a group at work, and three more members in another group."""
    world = make_world(size + 3, [*complete(*range(size)), (0, size), (1, size + 1)], given=given)
    set_trust(world, 0.6)
    fields = {"cohesion": 0.6, "agreement": 0.9, "links": 2} | fields
    g = make_group(world, *range(size), phase=phase, **fields)
    make_group(world, *range(size, size + 3))
    return world, g


def progress(change=None, given=None, **fields):
    """Return a group's progress in a week, after a change of its world."""
    world, g = team(given=given, **fields)
    if change:
        change(world)
    do(world, "produce", g)
    return float(world.groups[g].progress)


def set_all(name, value):
    """Return a function that sets a field of every member."""

    def change(world):
        world.members[name] = value

    return change


@pytest.mark.parametrize(
    "better",
    [
        {"change": set_all("engagement", 0.95)},
        {"change": set_all("ability", 0.7)},
        {"change": set_all("stock", 3.0)},
        {"change": set_all("endowment", 0.95)},
        {"cohesion": 0.8},
        {"agreement": 1.0},
        {"links": 12},
        {"change": lambda world: world.network[0].__setitem__("channel", 1.0)},
        {"help": 1.0},
        {"resources": 50.0},
        {"change": set_all("practice_worth", 3.0)},
    ],
    ids=[
        *("engagement", "ability", "stock", "skills", "cohesion", "agreement", "links", "channel", "support"),
        *("resources", "practices"),
    ],
)
def test_progress_rises_with_each_input(better):
    assert progress(**better) > 1.02 * progress() > 0


def test_practices_change_work_by_their_true_worth():
    world, _ = team()
    p, w = parameters(world), view(world)
    world.members.practice_worth[:3] = 0.0, -2.0, -1000.0
    world.members.seems[:3] = 3.0
    plain = work_of(0, w, p)
    assert work_of(1, w, p) == pytest.approx(plain * (1 - 2 * 0.06)) and work_of(2, w, p) == 0.0


def test_producing_costs_each_member():
    world, g = team()
    do(world, "produce", g)
    assert world.members.cost_now[:9].tolist() == pytest.approx([0.18] * 6 + [0.0] * 3)


def test_groups_that_are_aligning_produce_nothing():
    world, g = team(phase=1)
    do(world, "produce", g)
    assert world.groups[g].progress == 0 and world.groups[g].kind == NOBODY and not world.members.cost_now.any()


def finished(phase, experience=0.0, number=300, given=None):
    """Return the share of pilots or projects that fail."""
    failed = 0
    for luck in lucks(number):
        world, g = team(phase, given=FAST | (given or {}), experience=experience)
        do(world, "produce", g, luck)
        failed += counted(world, "pilots_failed") + counted(world, "projects_failed")
    return failed / number


def test_pilots_lower_later_failure():
    fresh, taught = finished(PROJECT), finished(PROJECT, experience=1.0)
    assert fresh == pytest.approx(0.65, abs=0.09) and taught == pytest.approx(0.65 * np.exp(-0.9), abs=0.09)
    assert finished(PROJECT, given={"production.learning": 0.0}, experience=1.0) == pytest.approx(fresh, abs=0.01)


def test_projects_follow_a_successful_pilot():
    world, g = team(PILOT, given=SURE)
    do(world, "produce", g)
    group = world.groups[g]
    assert group.phase == PROJECT and counted(world, "pilots_done") == 1 and sum(counted(world, "outputs")) == 0
    assert group.experience == 1.0 and group.kind == NOBODY and group.progress == 0.0


def test_a_failed_pilot_teaches_and_costs_less_than_a_failed_project():
    costs = {}
    for phase in (PILOT, PROJECT):
        world, g = team(phase, given=FAST | {"production.failure": 1.0})
        do(world, "produce", g)
        costs[phase] = 0.65 - float(world.members[0].engagement)
        assert world.groups[g].phase == phase and world.groups[g].failures == 1 and sum(counted(world, "outputs")) == 0
        assert world.groups[g].experience == 1.0
        assert world.members[7].engagement == 0.65
        assert counted(world, "pilots_failed") == int(phase == PILOT)
    assert 0 < costs[PILOT] < 0.5 * costs[PROJECT]


def test_without_pilots_groups_start_with_projects():
    world, g = team(PILOT, given={"production.pilots": 0})
    do(world, "produce", g)
    assert world.groups[g].phase == PROJECT and world.groups[g].scale > 0.5


def test_larger_groups_take_on_larger_projects():
    scales = []
    for size in (3, 6):
        world, g = team(size=size)
        do(world, "produce", g)
        scales.append(float(world.groups[g].scale))
    assert scales[0] < scales[1]
    world, g = team(PILOT)
    do(world, "produce", g)
    assert world.groups[g].scale == pytest.approx(0.3)


def test_groups_learn_which_practices_work_from_successes_and_failures():
    for failure in (0.0, 1.0):
        world, g = team(PILOT, given=FAST | {"production.failure": failure})
        do(world, "produce", g)
        assert (world.members.tries[:6] > 0).any(axis=1).all() and not world.members.tries[6:9].any()


def feature(kind):
    """Return a function that makes a group ready for a kind of output."""

    def change(world, g):
        members, group = world.members, world.groups[g]
        if kind == INNOVATION:
            members.stock[:6], members.endowment[:6] = 200.0, 1.0
        elif kind == PRACTICE:
            hold(3, 1, 77, 20.0, 4.0, view(world))
        elif kind == ADVOCACY:
            members.sector[:6], members.degree[:6] = range(6), 40
            # Rows of ties are only counted here; they all lead to a member without a group.
            places = int(world.network[0].tie_places)
            world.first[:6], world.contacts[places : places + 240] = range(places, places + 240, 40), 8
        elif kind == SERVICES:
            for k in range(6):
                world.ties[world.first[6] + k], world.members[6].degree = half(world, 6, 0), 1
            for k in range(8):
                make_group(world, 6 + k % 3) if (world.members[6 + k % 3].groups == -1).any() else None
            members.groups[:6, 1] = range(20, 26)
        elif kind == PURCHASING:
            members.kind[:6] = ORGANISATION
        else:
            group.resources = 2000.0

    return change


@pytest.mark.parametrize("kind", range(6), ids=OUTPUTS)
def test_each_kind_of_output_is_chosen_by_the_group_that_is_ready_for_it(kind):
    world, g = team(given={"production.rate": 0.0})
    world.members.sector[:9] = 0
    before = readiness(g, kind, view(world), parameters(world))
    feature(kind)(world, g)
    if kind == ADVOCACY:
        world.members.groups[8] = -1
    count_linked(g, view(world))
    do(world, "produce", g)
    assert world.groups[g].kind == kind, OUTPUTS[int(world.groups[g].kind)]
    if kind == SERVICES:
        assert world.groups[g].linked > 5
    assert readiness(g, kind, view(world), parameters(world)) > before


def test_readiness_is_a_share():
    for kind in range(6):
        world, g = team()
        feature(kind)(world, g)
        assert 0.0 <= readiness(g, kind, view(world), parameters(world)) <= 1.0


@pytest.mark.parametrize("kind", [PRACTICE, PURCHASING], ids=["practice", "purchasing"])
def test_what_is_in_place_is_not_chosen(kind):
    world, g = team(given={"production.rate": 0.0})
    feature(kind)(world, g)
    world.network[0].standing[kind] = 0.99
    do(world, "produce", g)
    assert world.groups[g].kind != kind


@pytest.mark.parametrize("kind", range(6), ids=OUTPUTS)
def test_a_kind_that_is_switched_off_is_never_made(kind):
    world, g = team(given={"production.rate": 0.0, "production.without": kind})
    feature(kind)(world, g)
    if kind != ADVOCACY:
        do(world, "produce", g)
        assert world.groups[g].kind not in (kind, NOBODY)


def output(kind, given=None, **fields):
    """Return the world after a group completed an output of a kind."""
    world, g = team(given=SURE | (given or {}), **fields)
    world.groups[g].kind, world.groups[g].scale = kind, 1.0
    do(world, "produce", g)
    assert counted(world, "outputs")[kind] == 1 and world.groups[g].outputs[kind] == 1
    assert world.groups[g].last_output == world.network[0].last_of_kind[kind] == 0
    return world, g


@pytest.mark.parametrize("kind", range(6), ids=OUTPUTS)
def test_makers_benefit_and_only_what_lasts_is_put_in_place(kind):
    world, _ = output(kind)
    before = team(given=SURE)[0].members.received
    assert world.members[0].received > before[0] and world.members[7].received == before[7]
    standing = world.network[0].standing
    assert (standing[kind] > 0) == (kind in (ADVOCACY, SERVICES, PURCHASING, PRACTICE))
    assert np.sum(standing > 0) <= 1


def test_an_innovation_uses_up_fresh_knowledge_and_creates_a_practice():
    world, g = team(given=SURE)
    world.members.stock[:9] = 10.0
    world.groups[g].kind, world.groups[g].scale = INNOVATION, 1.0
    ready = readiness(g, INNOVATION, view(world), parameters(world))
    do(world, "produce", g)
    assert (world.members.stock[:6] == 0.0).all() and (world.members.stock[6:9] == 10.0).all()
    assert readiness(g, INNOVATION, view(world), parameters(world)) < ready
    assert (world.members.practice[:6] == INVENTED + 1).any() and not world.members.tries[:6][
        world.members.practice[:6] == INVENTED + 1
    ].any()
    assert not (world.members.practice[6:9] == INVENTED + 1).any()


def documented(channel):
    """Return the share of members outside the group who adopt the practice that it has documented, in ten weeks."""
    world, g = team(given=SURE)
    hold(0, 1, 77, 4.0, 3.0, view(world))
    world.groups[g].kind, world.groups[g].scale = PRACTICE, 1.0
    world.members.endowment[:6] = 0.65
    do(world, "produce", g)
    network = world.network[0]
    # The group has tried all its practices once more; the best of them is documented.
    best = max((world.members[i].seems[a], int(world.members[i].practice[a])) for i in range(6) for a in range(3))
    assert network.documented == best[1] and network.documented_tries > 0
    assert network.standing[PRACTICE] == pytest.approx(best[0] / (1 + best[0]))
    network.channel = channel
    for _ in range(10):
        do(world, "update_outputs")
        turn_page(world)
    return float(np.mean([best[1] in world.members.practice[i] for i in range(6, 9)]))


def test_a_documented_practice_spreads_over_channels():
    assert documented(1.0) > 0.5 > documented(0.0) == 0.0


def test_only_a_practice_that_promises_more_replaces_the_documented_one():
    world, g = team()
    hold(0, 1, 77, 1.0, 3.0, view(world))
    assert readiness(g, PRACTICE, view(world), parameters(world)) == pytest.approx(0.5)
    world.network[0].standing[PRACTICE] = 0.6
    assert readiness(g, PRACTICE, view(world), parameters(world)) == 0.0
    untested, g = team()
    assert readiness(g, PRACTICE, view(untested), parameters(untested)) == 0.0


def newcomers(standing, **given):
    """Return the number of newcomers in 200 weeks under some standing of advocacy."""
    world = make_world(30, given={"arrival.base": 0.5, "production.wear": 0.0} | given)
    world.network[0].standing[ADVOCACY] = standing
    for luck in lucks(200):
        do(world, "newcomers", luck=luck)
        world.network[0].members = world.network[0].active = 30
    return counted(world, "newcomers")


def test_advocacy_attracts_newcomers():
    assert newcomers(1.0) == pytest.approx(2 * newcomers(0.0), rel=0.25)
    assert newcomers(1.0, **{"production.advocacy": 0.0}) == newcomers(0.0)


def test_services_raise_the_worth_of_other_outputs():
    worth = {}
    for standing in (0.0, 1.0):
        world, g = team(given=SURE)
        world.network[0].standing[SERVICES] = standing
        world.groups[g].kind, world.groups[g].scale = INVESTMENT, 1.0
        do(world, "produce", g)
        worth[standing] = counted(world, "output_value")
    assert worth[1.0] == pytest.approx(1.5 * worth[0.0])


def test_purchasing_lowers_what_giving_resources_costs():
    costs = {}
    for standing in (0.0, 1.0):
        for kind in range(len(KINDS)):
            world = make_world(2, [(0, 1)], given={"giving.cost": 0.1})
            world.network[0].standing[PURCHASING] = standing
            account(0, kind, 1.0, False, False, view(world), parameters(world))
            costs[kind, standing] = float(world.members[0].cost_now)
    assert costs[RESOURCES, 0.0] == pytest.approx(0.2) and costs[RESOURCES, 1.0] == pytest.approx(0.1)
    assert costs[0, 0.0] == costs[0, 1.0] == pytest.approx(0.1)


def test_an_investment_uses_the_groups_resources_and_returns_them_to_its_makers():
    world, g = output(INVESTMENT, resources=2.0)
    left = 2.0 * (1 - parameters(world).production_fade)
    assert world.groups[g].resources == 0.0
    p = parameters(world)
    worth = counted(world, "output_value")
    assert world.members.received[:6] == pytest.approx(p.members_history + p.members_memory * (worth + left / 6))
    assert world.members[7].received == p.members_history
    other, g = output(SERVICES, resources=2.0)
    gain = other.members[0].received - p.members_history
    assert other.groups[g].resources == pytest.approx(left)
    assert gain == pytest.approx(p.members_memory * counted(other, "output_value"))


def test_worth_falls_with_distance_from_the_problem_and_with_what_is_in_place():
    worth = {}
    for at in (0.5, 0.9):
        world, g = team(given=SURE, topic=(at, 0.5))
        world.groups[g].kind, world.groups[g].scale = SERVICES, 1.0
        do(world, "produce", g)
        worth[at] = counted(world, "output_value")
    reach = parameters(world).alignment_tolerance + parameters(world).alignment_tolerance_identity
    assert worth[0.5] == pytest.approx(1.0) and worth[0.9] == pytest.approx(np.exp(-0.5 * (0.4 / reach) ** 2))
    world, g = output(SERVICES, {"production.services": 0.0})
    assert world.network[0].standing[SERVICES] > 0.0 == world.network[0].standing[PRACTICE]
    first = counted(world, "output_value")
    world.groups[g].kind, world.groups[g].scale = SERVICES, 1.0
    do(world, "produce", g)
    assert counted(world, "output_value") - first < first


def test_what_is_in_place_wears_off_and_outputs_become_news():
    world, _ = output(SERVICES)
    high, worth = float(world.network[0].standing[SERVICES]), float(world.network[0].worth_now)
    do(world, "update_outputs")
    assert world.network[0].standing[SERVICES] == pytest.approx(high * 0.99)
    assert world.network[0].worth_last == worth > 0 == world.network[0].worth_now
    do(world, "update_outputs")
    assert world.network[0].worth_last == 0


def test_the_same_output_covers_less_of_what_a_large_network_lacks():
    standing = {}
    for active in (5, 10, 40, 400):
        world, g = team(given=SURE)
        world.network[0].active = active
        world.groups[g].kind, world.groups[g].scale = ADVOCACY, 0.5
        do(world, "produce", g)
        standing[active] = float(world.network[0].standing[ADVOCACY])
    assert standing[40] == pytest.approx(0.15) and standing[400] == pytest.approx(0.015)
    assert standing[5] == standing[10] == pytest.approx(0.6)


def test_a_stock_is_half_full_for_somebody_who_long_received_enough():
    p = parameters(make_world(1))
    assert full(p.engagement_enough / p.production_fade, p) == pytest.approx(0.5) and full(0.0, p) == 0.0


def test_the_skill_mix_is_the_mean_of_the_highest_endowments():
    world, g = team()
    world.members.endowment[:6] = 0.2
    for kind in range(len(KINDS)):
        world.members.endowment[kind, kind] = 0.8
    assert skill_mix(g, view(world)) == pytest.approx(0.8)


def test_information_is_at_most_one():
    world, g = team()
    p = parameters(world)
    assert information(g, view(world), p) == pytest.approx(0.25 + 0.12 * 2 / 6)
    world.groups[g].help = 0.5
    assert information(g, view(world), p) == pytest.approx(0.25 + 0.12 * 2 / 6 + 0.75 * 0.5)
    world.groups[g].links, world.network[0].channel = 900, 1.0
    assert information(g, view(world), p) == 1.0


def test_links_to_other_groups_are_counted_once():
    world, g = team()
    assert count_linked(g, view(world)) == 1
    world.members[2].groups[1] = make_group(world, 7)
    assert count_linked(g, view(world)) == 2


def test_the_problem_moves_by_its_distance_and_stays_in_bounds():
    places = []
    for luck in lucks(200):
        world = make_world(1)
        shift_problem(0.4, view(world), luck)
        places.append(world.network[0].problem.tolist())
        check_bounds(world)
    off = np.hypot(*(np.array(places) - 0.5).T)
    assert off == pytest.approx(0.4) and len({tuple(place) for place in places}) == 200


def test_an_organisation_plans_once_a_year():
    world = make_world(3, given={"organisation.fixed": 1})
    world.network[0].problem = (0.8, 0.2)
    turn_page(world)
    do(world, "plan")
    assert world.network[0].agenda.tolist() == [0.5, 0.5]
    turn_page(world, 51)
    do(world, "plan")
    assert world.network[0].agenda.tolist() == [0.8, 0.2]
    network = make_world(3)
    network.network[0].problem = (0.8, 0.2)
    do(network, "plan")
    assert network.network[0].agenda.tolist() == [0.5, 0.5]


def test_coordinators_who_set_agendas_look_at_the_problem_once_a_year():
    for sets_agenda, seen in ((1.0, [0.8, 0.2]), (0.0, [0.5, 0.5])):
        world = make_world(3, coordinators=[coordinator(sets_agenda=sets_agenda)])
        world.network[0].problem = (0.8, 0.2)
        do(world, "plan")
        assert world.network[0].agenda.tolist() == seen


def test_teams_of_an_organisation_work_on_its_agenda():
    for fixed, topic in ((1, [0.9, 0.9]), (0, [0.5, 0.5])):
        world = make_world(4, complete(*range(4)), given={"organisation.fixed": fixed, "groups.own_session": 0.0})
        world.network[0].agenda = (0.9, 0.9)
        g = make_group(world, *range(4))
        do(world, "meet", g)
        assert world.groups[g].topic.tolist() == topic
