"""Production: inputs of work, lessons of pilots, the choice of output, and the effects of outputs."""

import numpy as np
import pytest

from sim.model.rules.production import count_linked, information, readiness, shift_problem, skill_mix
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
from tests.model.worlds import (
    check_bounds,
    complete,
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
    ],
    ids=["engagement", "ability", "stock", "skills", "cohesion", "agreement", "links", "channel"],
)
def test_progress_rises_with_each_input(better):
    assert progress(**better) > 1.02 * progress() > 0


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
        assert world.groups[g].experience == (1.0 if phase == PILOT else pytest.approx(0.4))
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


def feature(kind):
    """Return a function that makes a group ready for a kind of output."""

    def change(world, g):
        members, group = world.members, world.groups[g]
        if kind == INNOVATION:
            members.stock[:6], members.endowment[:6] = 20.0, 1.0
        elif kind == PRACTICE:
            members.ability[:6], group.experience = 1.0, 20.0
        elif kind == ADVOCACY:
            members.sector[:6], members.degree[:6] = range(6), 40
        elif kind == SERVICES:
            for k in range(6):
                world.ties[6, k], world.members[6].degree = world.ties[6, 0], 1
            for k in range(8):
                make_group(world, 6 + k % 3) if (world.members[6 + k % 3].groups == -1).any() else None
            members.groups[:6, 1] = range(20, 26)
        elif kind == PURCHASING:
            members.kind[:6] = ORGANISATION
        else:
            group.resources = 200.0

    return change


@pytest.mark.parametrize("kind", range(6), ids=OUTPUTS)
def test_each_kind_of_output_is_chosen_by_the_group_that_is_ready_for_it(kind):
    world, g = team(given={"production.rate": 0.0})
    world.members.sector[:9] = 0
    before = readiness(g, kind, view(world), parameters(world))
    feature(kind)(world, g)
    if kind == ADVOCACY:
        # Rows of ties are only counted here; the new ones all lead to a member without a group.
        world.ties.other[:6, 5:40] = 8
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


def test_kinds_without_demand_are_not_chosen():
    world, g = team(given={"production.rate": 0.0})
    feature(INVESTMENT)(world, g)
    world.network[0].demand[INVESTMENT] = 0.01
    do(world, "produce", g)
    assert world.groups[g].kind != INVESTMENT


def output(kind, given=None, **fields):
    """Return the world after a group completed an output of a kind."""
    world, g = team(given=SURE | (given or {}), **fields)
    world.groups[g].kind, world.groups[g].scale = kind, 1.0
    do(world, "produce", g)
    assert counted(world, "outputs")[kind] == 1 and world.groups[g].outputs[kind] == 1
    assert world.groups[g].last_output == world.network[0].last_of_kind[kind] == 0
    return world, g


def test_makers_benefit_from_each_kind_of_output():
    for kind in range(6):
        world, g = output(kind, resources=2.0)
        me, other = world.members[0], world.members[7]
        assert me.own_outputs > 0 == other.own_outputs
        assert (me.stock > 0) == (kind == INNOVATION) and (me.practices != 0) == (kind == PRACTICE)
        assert (me.endowment[RESOURCES] > 0.65) == (kind == INVESTMENT)
        left = 2.0 * (1 - parameters(world).production_resource_use)
        assert world.groups[g].resources == pytest.approx(0.5 * left if kind == INVESTMENT else left)


def test_worth_falls_with_distance_from_the_problem_and_with_demand():
    worth = {topic: counted(output(SERVICES, topic=topic)[0], "output_value") for topic in ((0.5, 0.5), (0.9, 0.5))}
    assert worth[0.5, 0.5] == pytest.approx(1.0) and worth[0.9, 0.5] == pytest.approx(np.exp(-0.5))
    world, g = output(SERVICES)
    assert world.network[0].demand[SERVICES] < 1.0 == world.network[0].demand[PRACTICE]
    first = counted(world, "output_value")
    world.groups[g].kind, world.groups[g].scale = SERVICES, 1.0
    do(world, "produce", g)
    assert counted(world, "output_value") - first < first


def test_demand_recovers_and_outputs_become_news():
    world, _ = output(SERVICES)
    low, worth = float(world.network[0].demand[SERVICES]), float(world.network[0].worth_now)
    do(world, "turn_of_events")
    assert low < world.network[0].demand[SERVICES] <= 1.0
    assert world.network[0].worth_last == worth > 0 == world.network[0].worth_now
    do(world, "turn_of_events")
    assert world.network[0].worth_last == 0


def test_each_practice_is_a_new_one():
    world, g = output(PRACTICE)
    first = int(world.members[0].practices)
    world.groups[g].kind, world.groups[g].scale = PRACTICE, 1.0
    do(world, "produce", g)
    assert world.members[0].practices != first and int(world.members[0].practices).bit_count() == 2


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


def test_the_problem_shifts_at_random_if_set():
    moved = 0
    for given in ({}, {"problem.shift_chance": 0.2}):
        moved = 0
        for luck in lucks(200):
            world = make_world(1, given=given)
            do(world, "turn_of_events", luck=luck)
            moved += int(world.network[0].problem[0] != 0.5)
        assert moved == (pytest.approx(40, abs=20) if given else 0)


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


def test_teams_of_an_organisation_work_on_its_agenda():
    for fixed, topic in ((1, [0.9, 0.9]), (0, [0.5, 0.5])):
        world = make_world(4, complete(*range(4)), given={"organisation.fixed": fixed, "groups.own_session": 0.0})
        world.network[0].agenda = (0.9, 0.9)
        g = make_group(world, *range(4))
        do(world, "meet", g)
        assert world.groups[g].topic.tolist() == topic
