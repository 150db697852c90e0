"""Spreading: receivers pass gifts on and add value, over three degrees, within limited attention; effects by kind."""

import numpy as np
import pytest

from sim.model.rules.spreading import has_given_to, take_in
from sim.model.state import CONNECTIONS, KNOWLEDGE, RESOURCES, SKILLS
from sim.model.steps import give_to, leave_group
from tests.model.worlds import complete, counted, eager, lucks, make_group, make_world, parameters, set_trust, tie, view

KEY = np.uint64(5)
CERTAIN = {"spreading.fan": 1000, "spreading.floor": 1, "members.attention": 1000}


def chain(n, **given):
    """Return members in a chain who pass everything on."""
    world = make_world(
        n,
        [(i, i + 1) for i in range(n - 1)],
        given=CERTAIN | {k.replace("__", "."): v for k, v in given.items()},
        ledger=True,
    )
    eager(world)
    world.members.strength[:n] = 1.0
    return world


def received(world):
    """Return the value received this week, by member."""
    members = world.members[: world.network[0].members]
    return (members.direct_now + members.network_now).tolist()


def test_a_gift_is_passed_on_over_three_degrees_only():
    world = chain(7)
    assert give_to(0, 1, KNOWLEDGE, world, KEY)
    assert [value > 0 for value in received(world)] == [False, True, True, True, True, False, False]
    assert counted(world, "gifts") == 1 and counted(world, "passed_on") == 3
    assert world.ledger.hops[:4].tolist() == [0, 1, 2, 3] and (world.ledger.source[:4] == 0).all()


def test_without_hops_nothing_spreads():
    world = chain(4, spreading__hops=0)
    assert give_to(0, 1, KNOWLEDGE, world, KEY) and counted(world, "passed_on") == 0


def test_each_carrier_adds_from_its_endowment():
    world = chain(4, spreading__enhancement=0.5)
    world.members.endowment[1, KNOWLEDGE], world.members.endowment[2, KNOWLEDGE] = 0.4, 1.0
    give_to(0, 1, KNOWLEDGE, world, KEY)
    values = received(world)
    assert values[2] == pytest.approx(values[1] * 1.2) and values[3] == pytest.approx(values[2] * 1.5)


@pytest.mark.parametrize(
    ("kind", "goes_on"), [(KNOWLEDGE, True), (SKILLS, True), (CONNECTIONS, False), (RESOURCES, False)]
)
def test_only_knowledge_and_skills_spread(kind, goes_on):
    world = chain(3)
    assert give_to(0, 1, kind, world, KEY)
    assert (counted(world, "passed_on") > 0) == goes_on


def passed_on(kind=KNOWLEDGE, trust=0.5, identity=0.2, engagement=0.65, activity=2.0, degree=8, **given):
    """Return the gifts passed on by one receiver with some contacts, over many random keys."""
    total = 0
    for key in lucks(150):
        world = make_world(
            degree + 2, [(0, 1), *((1, k) for k in range(2, degree + 2))], given={"spreading.hops": 1} | given
        )
        set_trust(world, trust)
        world.members[1].strength = 0.5 * degree
        me = world.members[1]
        me.identity, me.engagement, me.activity = identity, engagement, activity
        give_to(0, 1, kind, world, key)
        total += counted(world, "passed_on")
    return total


def test_passing_on_rises_with_identity_trust_engagement_and_activity():
    usual = passed_on()
    assert passed_on(identity=0.9) > 1.3 * usual
    assert passed_on(trust=1.0) > 1.5 * usual > passed_on(trust=0.0) == 0
    assert passed_on(engagement=0.2) < 0.7 * usual
    assert passed_on(activity=0.5) < 0.6 * usual


def test_gifts_are_passed_on_to_a_number_of_people_not_a_share():
    few, many = passed_on(degree=5), passed_on(degree=30)
    assert many == pytest.approx(few, rel=0.25)


def test_nobody_gets_the_same_gift_twice():
    world = make_world(5, complete(*range(5)), given=CERTAIN, ledger=True)
    eager(world)
    world.members.strength[:5] = 1.0
    give_to(0, 1, KNOWLEDGE, world, KEY)
    receivers = world.ledger.receiver[: world.network[0].gifts_logged].tolist()
    assert sorted(receivers) == [1, 2, 3, 4]


def test_gifts_without_attention_are_not_passed_on():
    world = make_world(3, [(0, 1), (1, 2)], given=CERTAIN | {"members.attention": 2})
    eager(world)
    assert [give_to(0, 1, KNOWLEDGE, world, KEY) for _ in range(4)] == [True, True, False, False]
    assert world.members[1].taken == 2 and counted(world, "gifts") == 2
    assert counted(world, "refused") >= 2
    assert world.members[2].taken == counted(world, "passed_on") == 2


def take(kind, partner=False, **fields):
    """Return a receiver in full need after a gift of quality 1."""
    world = make_world(2, [(0, 1)])
    world.members.need[1] = 1.0
    for name, value in fields.items():
        world.members[1][name] = value
    value = take_in(1, 0, 0, kind, 1.0, partner, view(world), parameters(world))
    assert value == 1.0 and world.tally[0].value_received == 1.0
    return world


def test_each_kind_of_gift_has_its_own_effect():
    assert take(KNOWLEDGE).members[1].stock == 1.0 and take(SKILLS).members[1].stock == 0.0
    assert (
        take(SKILLS).members[1].ability == pytest.approx(0.4 + 0.01 * 0.6) and take(KNOWLEDGE).members[1].ability == 0.4
    )
    world = make_world(2, given={"spreading.learning": 1.0})
    take_in(1, 0, 0, SKILLS, 100.0, False, view(world), parameters(world))
    assert world.members[1].ability == 1.0
    world = make_world(3)
    g = make_group(world, 1, 2)
    take_in(1, 0, 0, RESOURCES, 1.0, False, view(world), parameters(world))
    assert world.groups[g].resources == pytest.approx(0.65)


def test_value_counts_as_from_partners_or_from_the_network():
    assert take(KNOWLEDGE, partner=True).members[1].direct_now == 1.0
    assert take(KNOWLEDGE, partner=False).members[1].network_now == 1.0


def test_a_passed_on_gift_is_from_a_partner_if_the_receiver_gave_to_its_source():
    """The carrier is irrelevant: 2 and 3 have both given, but only 2 to the source, and 3 has no tie to it."""
    world = make_world(4, [(0, 1), (1, 2), (1, 3), (0, 2)], given=CERTAIN | {"spreading.hops": 1.0})
    eager(world)
    tie(world, 2, 0).gave = tie(world, 3, 1).gave = 1
    for key in lucks(3):
        world.members.taken = 0
        world.members.direct_now, world.members.network_now = 0.0, 0.0
        assert give_to(0, 1, KNOWLEDGE, world, key)
        direct, beyond = world.members.direct_now[:4] > 0, world.members.network_now[:4] > 0
        assert direct.tolist() == [False, False, True, False] and beyond.tolist() == [False, True, False, True]


def test_value_from_inside_a_group_counts_for_it():
    world = make_world(3)
    make_group(world, 0, 1)
    for giver in (0, 2):
        take_in(1, giver, giver, KNOWLEDGE, 1.0, False, view(world), parameters(world))
    assert world.members[1].group_now == pytest.approx(0.65) and world.members[1].network_now == pytest.approx(1.3)


def test_value_is_proportional_to_need():
    world = make_world(2)
    world.members.need[1, KNOWLEDGE] = 0.3
    assert take_in(1, 0, 0, KNOWLEDGE, 0.5, False, view(world), parameters(world)) == pytest.approx(0.15)


def test_a_tie_remembers_who_has_given():
    world = make_world(2, [(0, 1)])
    assert not has_given_to(0, 1, view(world))
    give_to(0, 1, KNOWLEDGE, world, KEY)
    assert has_given_to(0, 1, view(world)) and not has_given_to(1, 0, view(world))
    assert tie(world, 0, 1).gave == 1 and tie(world, 1, 0).gave == 0


def test_resources_reach_the_remaining_group_of_a_member_who_left_one():
    world = make_world(4)
    left, g = make_group(world, 1, 3), make_group(world, 1, 2)
    leave_group(1, left, world)
    take_in(1, 0, 0, RESOURCES, 1.0, False, view(world), parameters(world))
    assert world.groups[g].resources > 0 == world.groups[left].resources
