"""Trust: rises at both ends with direct contact, up to 1; decays without contact; ties dissolve below the floor."""

import numpy as np
import pytest

from sim.model.rules.trust import contact
from sim.model.steps import give_to
from tests.model.worlds import check_ties, do, eager, make_world, parameters, set_trust, tie, tied, turn_page, view

KNOWLEDGE = 0
KEY = np.uint64(5)


def test_a_gift_raises_trust_at_both_ends_by_a_share_of_the_gap():
    world = make_world(2, [(0, 1)], given={"trust.gain": 0.2})
    set_trust(world, 0.4)
    assert give_to(0, 1, KNOWLEDGE, world, KEY)
    assert tie(world, 0, 1).trust == pytest.approx(0.4 + 0.2 * 0.6)
    assert tie(world, 1, 0).trust == tie(world, 0, 1).trust
    assert tie(world, 0, 1).last == tie(world, 1, 0).last == 0


def test_trust_never_exceeds_one_and_known_grows():
    world = make_world(2, [(0, 1)])
    known = float(tie(world, 1, 0).known)
    seen = []
    for _ in range(300):
        contact(0, 0, 0.5, view(world), parameters(world))
        seen.append(float(tie(world, 0, 1).trust))
    assert seen == sorted(seen) and seen[-1] <= 1.0 and seen[-1] > 0.999
    assert known < tie(world, 1, 0).known <= 1.0
    check_ties(world)


def test_a_tie_without_contact_fades_and_one_with_contact_does_not():
    world = make_world(3, [(0, 1), (1, 2)])
    set_trust(world, 0.5)
    turn_page(world)
    tie(world, 0, 1).last = tie(world, 1, 0).last = 1
    do(world, "fade")
    assert tie(world, 0, 1).trust == 0.5
    assert tie(world, 1, 2).trust == pytest.approx(0.5 * (1 - tie(world, 1, 2).fading)) and tie(world, 1, 2).trust < 0.5
    check_ties(world)


def test_ties_below_the_floor_vanish_from_both_rows():
    world = make_world(4, [(0, 1), (0, 2), (0, 3), (1, 2), (2, 3)], given={"trust.floor": 0.05})
    set_trust(world, 0.5)
    set_trust(world, 0.0501, (0, 1), (2, 3))
    turn_page(world)
    do(world, "fade")
    for i, j in ((0, 1), (1, 0), (2, 3), (3, 2)):
        assert not tied(world, i, j)
    for i, j in ((0, 2), (2, 0), (0, 3), (3, 0), (1, 2), (2, 1)):
        assert tied(world, i, j)
    assert world.members.degree[:4].tolist() == [2, 1, 2, 1]
    assert world.tally[0].lost_ties == 2
    check_ties(world)


def test_balances_are_forgotten():
    world = make_world(2, [(0, 1)], given={"trust.forget": 0.25})
    tie(world, 0, 1).owed, tie(world, 1, 0).owed = 0.8, -0.8
    do(world, "fade")
    assert tie(world, 0, 1).owed == pytest.approx(0.6) and tie(world, 1, 0).owed == pytest.approx(-0.6)


def fading(ties, **given):
    """Return the decay rate of the tie of members 0 and 1 among given ties."""
    world = make_world(8, ties, given={key.replace("__", "."): value for key, value in given.items()})
    do(world, "reckon_upkeep")
    check_ties(world)
    return float(tie(world, 0, 1).fading)


def test_common_contacts_slow_fading_and_load_speeds_it_up():
    apart, shared = [(0, 1), (0, 2), (1, 3)], [(0, 1), (0, 2), (1, 2)]
    assert fading(shared) < fading(apart)
    assert fading(shared, trust__embedded=0.0) == fading(apart, trust__embedded=0.0)
    assert fading([(0, 1), *((0, k) for k in range(2, 8))]) > fading(apart) > fading([(0, 1)])
    assert fading(apart, trust__comfortable=30.0) < fading(apart)


def test_decay_rates_are_updated_every_few_weeks_only():
    world = make_world(2, [(0, 1)], given={"trust.recount": 4})
    turn_page(world)
    before = float(tie(world, 0, 1).fading)
    do(world, "reckon_upkeep")
    assert tie(world, 0, 1).fading == before
    turn_page(world, 3)
    do(world, "reckon_upkeep")
    assert tie(world, 0, 1).fading != before


def test_in_an_organisation_nothing_fades():
    world = make_world(2, [(0, 1)], given={"organisation.fixed": 1})
    set_trust(world, 0.01)
    turn_page(world)
    do(world, "fade")
    assert tie(world, 0, 1).trust == 0.01


def test_a_passed_on_gift_builds_no_trust():
    """0 gives to 1, and 1 passes it on to 2: only the direct contact counts."""
    everything = {"spreading.chance": 1, "spreading.fan": 100, "spreading.distrust": 1, "choice.beyond": 0}
    world = make_world(3, [(0, 1), (1, 2)], given=everything)
    eager(world, 1)
    set_trust(world, 0.5)
    turn_page(world)
    assert give_to(0, 1, KNOWLEDGE, world, KEY)
    assert world.tally[0].passed_on == 1 and world.members[2].network_now > 0
    assert tie(world, 0, 1).trust > 0.5 and tie(world, 1, 2).trust == tie(world, 2, 1).trust == 0.5
    assert tie(world, 1, 2).last == 0 and not tied(world, 0, 2)
