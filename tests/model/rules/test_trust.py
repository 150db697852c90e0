"""Trust: each end's own; a gift raises the receiver's; it fades without contact, and ties end when neither end trusts."""

import numpy as np
import pytest

from sim.model.rules.chemistry import ceiling
from sim.model.rules.trust import learn_of, mark_contact, move_trust, raise_trust, usual_interval
from sim.model.steps import give_to
from tests.model.worlds import (
    check_ties,
    do,
    eager,
    make_world,
    parameters,
    set_trust,
    tie,
    tied,
    turn_page,
    view,
)

KNOWLEDGE = 0
KEY = np.uint64(5)
HIGH = {"chemistry.base": 8.0}
"""Ceilings of trust near 1."""


def test_a_gift_raises_the_receiver_s_trust_only_by_a_share_of_the_gap_to_the_ceiling():
    world = make_world(2, [(0, 1)], given=HIGH | {"trust.gift": 0.2})
    set_trust(world, 0.4)
    turn_page(world)
    assert give_to(0, 1, KNOWLEDGE, world, KEY)
    highest = ceiling(1, 0, view(world), parameters(world))
    assert tie(world, 1, 0).trust == pytest.approx(0.4 + 0.2 * (highest - 0.4)) and tie(world, 0, 1).trust == 0.4
    assert tie(world, 0, 1).last == tie(world, 1, 0).last == 1


def test_a_gift_never_lowers_trust_and_never_lifts_it_above_the_ceiling():
    world = make_world(2, [(0, 1)])
    set_trust(world, 0.95)
    give_to(0, 1, KNOWLEDGE, world, KEY)
    assert tie(world, 1, 0).trust == 0.95
    set_trust(world, 0.0)
    highest = ceiling(1, 0, view(world), parameters(world))
    for _ in range(100):
        world.members.taken = 0
        give_to(0, 1, KNOWLEDGE, world, KEY)
    assert tie(world, 1, 0).trust == pytest.approx(highest) and tie(world, 1, 0).trust <= highest


def test_a_gift_to_a_stranger_makes_a_one_sided_tie_that_the_receiver_may_return():
    world = make_world(2, given=HIGH)
    assert give_to(0, 1, KNOWLEDGE, world, KEY)
    assert tie(world, 0, 1).trust == 0.1 and tie(world, 1, 0).trust == pytest.approx(0.35, abs=0.01)


def test_trust_moves_towards_and_knowledge_grows_within_bounds():
    world = make_world(2, [(0, 1)])
    half = tie(world, 0, 1)
    half.trust = 0.8
    raise_trust(half, 0.5, 0.5)
    assert half.trust == 0.8
    move_trust(half, 0.4, 0.5)
    assert half.trust == pytest.approx(0.6)
    raise_trust(half, 1.0, 0.5)
    assert half.trust == pytest.approx(0.8)
    for share in (0.5, 30.0):
        learn_of(half, share)
        assert 0.5 <= half.known <= 1.0


def test_the_usual_interval_is_learned_from_contacts():
    world = make_world(2, [(0, 1)])
    half, back = tie(world, 0, 1), tie(world, 1, 0)
    assert usual_interval(half, parameters(world)) == pytest.approx(4.0), "before there is a rhythm"
    for _ in range(50):
        turn_page(world, 2)
        mark_contact(half, back, view(world))
        mark_contact(half, back, view(world))
    assert half.contacts == back.contacts == 51 and usual_interval(half, parameters(world)) == pytest.approx(
        2.0, abs=0.05
    )
    world.network[0].week = 0


def test_a_tie_without_contact_fades_and_one_with_contact_does_not():
    world = make_world(3, [(0, 1), (1, 2)])
    set_trust(world, 0.5)
    turn_page(world)
    tie(world, 0, 1).last = tie(world, 1, 0).last = 1
    do(world, "fade")
    assert tie(world, 0, 1).trust == 0.5
    assert tie(world, 1, 2).trust < 0.5 and tie(world, 2, 1).trust < 0.5
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


def rate_of(ties=((0, 1),), trust=0.5, strength=0.5, silent=1, n=10, **given):
    """Return how much trust of member 0 in member 1 fades in a week, after some weeks of silence."""
    world = make_world(n, ties, given={key.replace("__", "."): value for key, value in given.items()})
    set_trust(world, trust)
    world.members.strength[:n] = strength
    turn_page(world, silent)
    do(world, "fade", 0)
    return trust - float(tie(world, 0, 1).trust)


def test_common_contacts_slow_fading():
    shared = [[(0, 1), *((i, k) for k in range(2, 2 + m) for i in (0, 1))] for m in range(4)]
    rates = [rate_of(ties) for ties in shared]
    assert rates == sorted(rates, reverse=True) and len(set(rates)) == 4
    assert rates == pytest.approx([rates[0] / (1 + 1.1 * m) for m in range(4)])
    assert rate_of(shared[3], trust__embedded=0.0) == pytest.approx(rate_of(shared[0]))


def test_a_load_of_trust_to_maintain_speeds_fading():
    assert rate_of(strength=0.2) < rate_of(strength=1.0) < rate_of(strength=4.0)
    assert rate_of(strength=0.7) == pytest.approx(0.015)
    assert rate_of(strength=4.0, trust__comfortable=8.0) < rate_of(strength=4.0)
    assert rate_of(strength=4.0, trust__load=0.0) == pytest.approx(rate_of(strength=0.2, trust__load=0.0))


def test_a_silence_of_several_usual_intervals_speeds_fading():
    assert rate_of(silent=12) == pytest.approx(rate_of(silent=1))
    assert rate_of(silent=13) == pytest.approx(3.0 * rate_of(silent=1))
    assert rate_of(silent=13, trust__patience=8.0) == pytest.approx(rate_of(silent=1))
    assert rate_of(silent=13, trust__silence=1.0) == pytest.approx(rate_of(silent=1))


def test_those_in_touch_often_notice_silence_sooner():
    rates = []
    for interval in (1, 6):
        world = make_world(2, [(0, 1)])
        half, back = tie(world, 0, 1), tie(world, 1, 0)
        for _ in range(20):
            turn_page(world, interval)
            mark_contact(half, back, view(world))
        set_trust(world, 0.5)
        turn_page(world, 8)
        do(world, "fade", 0)
        rates.append(0.5 - float(tie(world, 0, 1).trust))
    assert rates[0] > 2 * rates[1]


def test_a_tie_lives_while_one_end_trusts_and_mutual_ties_live_longer():
    def life(there, back):
        world = make_world(2, [(0, 1)])
        tie(world, 0, 1).trust, tie(world, 1, 0).trust = there, back
        for week in range(1, 300):
            turn_page(world)
            do(world, "fade")
            if not tied(world, 0, 1):
                world.network[0].week = 0
                check_ties(world)
                return week
            assert max(tie(world, 0, 1).trust, tie(world, 1, 0).trust) > 0
        return 300

    assert life(0.3, 0.0) == life(0.0, 0.3) <= life(0.3, 0.3) < 300
    assert life(0.3, 0.1) == life(0.3, 0.0), "an end that lets go does not pull the other along"


def test_fading_sums_up_a_member_s_trust():
    world = make_world(3, [(0, 1), (0, 2)])
    set_trust(world, 0.4)
    do(world, "fade", 0)
    assert world.members[0].strength == pytest.approx(0.8)


def test_in_an_organisation_nothing_fades():
    world = make_world(2, [(0, 1)], given={"organisation.fixed": 1})
    set_trust(world, 0.01)
    turn_page(world)
    do(world, "fade")
    assert tie(world, 0, 1).trust == 0.01


def test_a_passed_on_gift_builds_no_trust():
    """0 gives to 1, and 1 passes it on to 2: only the direct contact counts."""
    everything = HIGH | {"spreading.fan": 100, "spreading.floor": 1, "choice.beyond": 0}
    world = make_world(3, [(0, 1), (1, 2)], given=everything)
    eager(world, 1)
    set_trust(world, 0.5)
    world.members.strength[:3] = 0.5
    turn_page(world)
    assert give_to(0, 1, KNOWLEDGE, world, KEY)
    assert world.tally[0].passed_on == 1 and world.members[2].network_now > 0
    assert tie(world, 1, 0).trust > 0.5 and tie(world, 1, 2).trust == tie(world, 2, 1).trust == 0.5
    assert tie(world, 1, 2).last == 0 and not tied(world, 0, 2)
