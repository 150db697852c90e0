"""Giving: when, what, to whom, through whom; answers; introductions; common random numbers between members."""

import math

import numpy as np
import pytest

from sim.model.luck import of, uniform
from sim.model.rules.giving import (
    attraction,
    bring_together,
    chance_to_give,
    choose_receiver,
    complement,
    fit,
    givers,
    look_up,
    occasions,
)
from sim.model.state import CONNECTIONS, COORDINATOR_MADE, DIRECTORY_MADE, KNOWLEDGE, MEMBER_MADE
from sim.model.steps import give_to, introduce, members_in_order
from sim.model.tie_rows import half, halves
from tests.model.worlds import (
    check_world,
    complete,
    coordinator,
    counted,
    do,
    eager,
    luck_of,
    lucks,
    make_world,
    parameters,
    row_of,
    set_trust,
    slot,
    tie,
    tied,
    turn_page,
    view,
)

KEY = np.uint64(5)
STAR = [(0, k) for k in range(1, 6)]
NO_STRANGERS = {"choice.beyond": 0, "choice.directory": 0, "choice.connections": 0, "spreading.fan": 0}


def gifts_in(world, weeks=40, row=0):
    """Return the number of gifts that one member gives over some weeks."""
    for _ in range(weeks):
        do(world, "give", row)
        world.members.taken = 0
        turn_page(world)
    return counted(world, "gifts")


def gifts_of(weeks=40, given=None, **traits):
    """Return the number of gifts by the centre of a star with the given traits."""
    world = make_world(6, STAR, given=NO_STRANGERS | (given or {}))
    for name, value in traits.items():
        world.members[0][name] = value
    return gifts_in(world, weeks)


def test_giving_rises_with_generosity_expectation_identity_and_engagement():
    usual = gifts_of()
    assert usual > 10
    for trait in ("generosity", "expectation", "identity", "engagement"):
        assert gifts_of(**{trait: 1.0}) > 1.15 * usual, trait
        assert gifts_of(**{trait: 0.0}) < 0.95 * usual, trait
    assert gifts_of(engagement=0.0) == 0


def test_the_chance_to_give_is_engagement_times_a_logistic():
    world = make_world(1)
    me = world.members[0]
    me.generosity, me.expectation, me.identity, me.engagement = 0.7, 0.2, 0.9, 0.5
    p = parameters(world)
    x = p.giving_base + p.giving_generosity * 0.2 - p.giving_expectation * 0.3 + p.giving_identity * 0.4
    assert chance_to_give(0, view(world), p) == pytest.approx(0.5 / (1 + math.exp(-x)))


def test_occasions_are_poisson_with_activity_as_mean():
    world = make_world(1)
    numbers = [occasions(0, view(world), key) for key in lucks(4000)]
    assert np.mean(numbers) == pytest.approx(2.0, abs=0.12) and np.var(numbers) == pytest.approx(2.0, abs=0.25)
    world.members[0].activity, world.members[0].silence = 0.0, 1.0
    assert {occasions(0, view(world), key) for key in lucks(50)} == {0}


def test_members_who_left_give_nothing():
    world = make_world(6, STAR)
    eager(world, 0)
    world.members[0].active = 0
    assert gifts_in(world, 5) == 0


def test_giving_costs_engagement_and_resources_cost_more():
    costs = []
    for kind in (KNOWLEDGE, 3):
        world = make_world(2, [(0, 1)])
        give_to(0, 1, kind, world, KEY)
        costs.append(float(world.members[0].cost_now))
    assert costs == pytest.approx([0.12, 0.24])


def test_a_gift_calls_for_an_answer_and_settles_what_the_giver_owes():
    world = make_world(2, [(0, 1)])
    give_to(0, 1, KNOWLEDGE, world, KEY)
    assert world.members[0].given_now == world.members[1].network_now > 0
    assert tie(world, 1, 0).owed == 1.0 and tie(world, 0, 1).owed == 0.0
    give_to(0, 1, KNOWLEDGE, world, KEY)
    assert tie(world, 1, 0).owed == 2.0 and counted(world, "gifts_returned") == 0
    give_to(1, 0, KNOWLEDGE, world, KEY)
    assert tie(world, 1, 0).owed == 0.0 and tie(world, 0, 1).owed == 1.0
    assert counted(world, "gifts_returned") == 1 and world.members[0].direct_now > 0


def answers(owed=1.0, trust=0.3, given=None, number=400, **traits):
    """Return how often a member answers one of the two who gave to it."""
    total = 0
    for key in lucks(number):
        world = make_world(3, [(0, 1), (0, 2)], given=NO_STRANGERS | (given or {}), ledger=True)
        tie(world, 0, 1).owed, tie(world, 0, 1).trust = owed, trust
        for name, value in traits.items():
            world.members[0][name] = value
        do(world, "answer", 0, key)
        assert counted(world, "gifts") <= 1, "one gift answers all that is owed"
        total += counted(world, "gifts")
        assert (world.ledger.receiver[: world.network[0].gifts_logged] == 1).all(), "answers go to those who gave"
    return total / number


def test_answers_come_at_a_rate_in_proportion_to_what_is_owed_and_to_engagement():
    rate = 1.5 * 0.65 * 0.65
    assert answers() == pytest.approx(1 - np.exp(-rate), abs=0.05)
    assert answers(owed=2.0) == pytest.approx(1 - np.exp(-2 * rate), abs=0.05)
    assert answers(engagement=0.3) == pytest.approx(1 - np.exp(-rate * 0.3 / 0.65), abs=0.05)
    assert answers(owed=0.0) == answers(engagement=0.0) == 0


def test_trusted_givers_and_active_members_answer_more():
    assert np.log1p(-answers(trust=0.0)) == pytest.approx(0.5 * np.log1p(-answers(trust=1.0)), rel=0.2)
    assert answers(activity=0.25) < 0.5 * answers(activity=1.0)
    assert answers(activity=1.0) == answers(activity=5.0), "from an occasion a week on, everybody answers alike"


@pytest.mark.parametrize("weeks", [1, 12])
def test_answers_do_not_depend_on_the_time_step(weeks):
    """Two half weeks at half the rates give an answer as often as one week."""

    def answered(parts, given, number=1000):
        count = 0
        keys = iter(lucks(number * parts))
        for _ in range(number):
            world = make_world(2, [(0, 1)], given=NO_STRANGERS | given)
            tie(world, 0, 1).owed = 1.0
            for _ in range(parts):
                do(world, "answer", 0, next(keys))
                if counted(world, "gifts"):
                    count += 1
                    break
        return count / number

    whole = answered(weeks, {"reciprocity.answer": 1.5, "reciprocity.forget": 0.3})
    halves = answered(2 * weeks, {"reciprocity.answer": 0.75, "reciprocity.forget": 0.15})
    assert halves == pytest.approx(whole, abs=0.05)


def test_without_reciprocity_nothing_is_answered():
    assert answers(given={"reciprocity.answer": 0.0}) == 0


def test_answers_are_gifts_beyond_a_member_s_own_occasions():
    """Gifts on one's own occasions are the same with and without a debt, and answers come on top."""
    numbers = []
    for owed in (0.0, 30.0):
        world = make_world(6, STAR, given=NO_STRANGERS | {"members.attention": 1000})
        world.members.activity[0], world.members.silence[0] = 10.0, np.exp(-10.0)
        tie(world, 0, 1).owed = owed
        do(world, "answer", 0)
        answered = counted(world, "gifts")
        do(world, "give", 0)
        numbers.append((answered, counted(world, "gifts") - answered))
    assert numbers[0][0] == 0 < numbers[1][0] and numbers[0][1] == numbers[1][1] > 0


def test_debts_that_are_not_answered_are_forgotten():
    world = make_world(2, [(0, 1)], given={"reciprocity.forget": 0.25, "reciprocity.answer": 0.0})
    tie(world, 0, 1).owed = 0.8
    do(world, "answer")
    assert tie(world, 0, 1).owed == pytest.approx(0.6) and tie(world, 1, 0).owed == 0.0
    for _ in range(20):
        do(world, "answer")
    assert tie(world, 0, 1).owed == 0.0


def test_most_gifts_are_answered_within_some_weeks():
    answered = 0
    for seed in range(200):
        world = make_world(2, [(0, 1)], given=NO_STRANGERS, seed=seed)
        tie(world, 0, 1).owed = 1.0
        for _ in range(4):
            do(world, "answer", 0)
            turn_page(world)
        answered += counted(world, "gifts") > 0
    assert 100 < answered < 190


def test_those_who_left_answer_nothing():
    world = make_world(2, [(0, 1)])
    tie(world, 0, 1).owed, world.members.active[0] = 100.0, 0
    do(world, "answer", 0)
    assert counted(world, "gifts") == 0


def shares(world, kind=KNOWLEDGE, number=1500):
    """Return how often each contact of member 0 is drawn."""
    drawn = [choose_receiver(0, kind, view(world), parameters(world), key) for key in lucks(number)]
    return np.bincount([int(half(world, 0, s).other) for s in drawn], minlength=6)[1:] / number


def star_with(**changes):
    """Return a star in which contact 1 differs from the others."""
    world = make_world(6, STAR)
    set_trust(world, 0.3)
    for name, value in changes.items():
        if name in world.ties.dtype.names:
            tie(world, 0, 1)[name] = value
        else:
            world.members[1][name] = value
    return world


@pytest.mark.parametrize(("what", "value"), [("trust", 0.9), ("given", 3.0), ("need", (1.0, 1.0, 1.0, 1.0))])
def test_gifts_go_to_trusted_contacts_givers_and_the_needy(what, value):
    world = star_with(**{what: value})
    world.ties.known[row_of(world, 0)] = 1.0
    drawn = shares(world)
    assert drawn[0] > 1.15 * drawn[1:].mean()


def test_the_draw_of_a_receiver_is_in_proportion_to_attraction():
    """Compared with the full race, which does not skip contacts that cannot win."""
    world = star_with(trust=0.9)
    weights = np.array(
        [attraction(0, slot(world, 0, k), KNOWLEDGE, view(world), parameters(world)) for k in range(1, 6)]
    )
    assert shares(world, number=4000) == pytest.approx(weights / weights.sum(), abs=0.03)
    for key in lucks(300):
        arrivals = [-math.log(uniform(key, k)) / w for k, w in zip(range(1, 6), weights, strict=True)]
        chosen = choose_receiver(0, KNOWLEDGE, view(world), parameters(world), key)
        assert half(world, 0, chosen).other == 1 + int(np.argmin(arrivals))


def test_a_supported_bridger_gives_more_across_clusters():
    world = star_with()
    for k in range(2, 6):
        tie(world, 0, k).common = 2
    before = shares(world)[0]
    world.members[0].bridging = 1.0
    assert shares(world)[0] > 1.5 * before


def test_the_draw_of_a_contact_does_not_depend_on_slots():
    one, other = make_world(6, STAR), make_world(6, reversed(STAR))
    for table in (other.ties, other.contacts):
        table[row_of(other, 0)] = table[row_of(other, 0)][::-1].copy()
    for s in range(5):
        half(other, int(half(other, 0, s).other), 0).mirror = s
    for key in lucks(100):
        s, t = (choose_receiver(0, KNOWLEDGE, view(w), parameters(w), key) for w in (one, other))
        assert half(one, 0, s).other == half(other, 0, t).other


def test_identity_makes_members_give_beyond_their_ties():
    """They give to a contact's contact: a first gift to a stranger makes a tie that the giver's end starts."""
    given = NO_STRANGERS | {"choice.beyond": 1.0}
    world = make_world(4, [(0, 1), (1, 2)], given=given)
    eager(world, 0)
    do(world, "give", 0)
    half = tie(world, 0, 2)
    assert half.origin == MEMBER_MADE and half.gave == 1 and half.trust == 0.1 and tie(world, 2, 0).trust > 0.0
    assert not tied(world, 0, 3)
    narrow = make_world(4, [(0, 1), (1, 2)], given=given)
    eager(narrow, 0)
    narrow.members[0].identity = 0.0
    do(narrow, "give", 0)
    assert narrow.members[0].degree == 1


def test_the_directory_finds_strangers_by_need():
    given = NO_STRANGERS | {"choice.directory": 1.0}
    world = make_world(30, given=given)
    eager(world, 0)
    do(world, "give", 0)
    assert world.members[0].degree == 0
    world.network[0].directory = 1.0
    turn_page(world)
    do(world, "give", 0)
    assert world.members[0].degree > 0 and counted(world, "new_ties")[DIRECTORY_MADE] == world.members[0].degree


def test_a_look_up_chooses_the_neediest_member_drawn():
    world = make_world(32)
    world.members.need[:32, KNOWLEDGE] = np.linspace(0.1, 0.9, 32)
    world.members[31].active = 0
    few = [look_up(0, KNOWLEDGE, 2, view(world), key) for key in lucks(200)]
    many = [look_up(0, KNOWLEDGE, 20, view(world), key) for key in lucks(200)]
    assert np.mean(many) > np.mean(few) and 31 not in many and 0 not in many


SURE = {"choice.success": 1.0}


def test_an_introduction_ties_two_contacts_who_have_a_real_conversation_and_follow_it_up():
    world = make_world(3, [(0, 1), (0, 2)], given=SURE | {"chemistry.base": 6.0})
    set_trust(world, 0.6)
    assert introduce(0, world, KEY)
    half, back = tie(world, 1, 2), tie(world, 2, 1)
    assert half.origin == MEMBER_MADE and half.known > 0.1
    assert min(half.trust, back.trust) > 0.1 + 0.3 * 0.8, "first trust, then a deep meeting"
    assert half.owed == back.owed == 1.0, "both are about to follow up"
    assert counted(world, "gifts_of")[CONNECTIONS] == 1 and tie(world, 1, 0).trust + tie(world, 2, 0).trust > 1.2
    assert not introduce(0, world, KEY), "both are tied by now"
    check_world(world)


def test_an_introduction_can_fail():
    made = {}
    for success in (0.0, 0.5, 1.0):
        made[success] = 0
        for key in lucks(200):
            world = make_world(3, [(0, 1), (0, 2)], given={"choice.success": success})
            done = introduce(0, world, key)
            assert done == tied(world, 1, 2) == (counted(world, "gifts") == 1)
            made[success] += done
    assert made[0.0] == 0 and made[1.0] == 200 and made[0.5] == pytest.approx(100, abs=25)


def test_whether_two_get_together_depends_on_the_pair_and_not_on_who_else_is_there():
    for key in lucks(30):
        results = []
        for world, ends in ((make_world(2), (0, 1)), (make_world(9, complete(2, 3, 4)), (1, 0))):
            results.append(bring_together(*ends, MEMBER_MADE, view(world), parameters(world), key))
        assert results[0] == results[1]


def test_those_who_would_get_on_fit_better():
    world = make_world(3, sectors=[0, 0, 1], given={"chemistry.shared": 0.0, "chemistry.own": 0.0})
    world.members.outlook[:3] = 0.0
    p = parameters(world)
    assert fit(0, 1, view(world), p) > fit(0, 2, view(world), p) > 0
    assert fit(0, 1, view(world), p) == pytest.approx(fit(1, 0, view(world), p))


def test_complement_is_endowment_times_need_both_ways():
    world = make_world(3)
    world.members.need[0], world.members.endowment[1], world.members.endowment[2] = 1.0, 1.0, 0.1
    assert complement(0, 1, view(world)) > complement(0, 2, view(world))


def test_members_introduce_others_unasked():
    world = make_world(6, STAR, given=SURE | {"choice.connections": 10, "choice.beyond": 0})
    eager(world, 0)
    world.members.endowment[0] = (0, 0, 1, 0)
    do(world, "give", 0)
    assert counted(world, "new_ties")[MEMBER_MADE] > 0 and counted(world, "new_ties")[COORDINATOR_MADE] == 0


# Through a coordinator.


def hub_world(hub_share=1.0, **given):
    """Return a star whose centre gives through a coordinator."""
    world = make_world(
        6, STAR, coordinators=[coordinator(hub_share=hub_share)], given=NO_STRANGERS | given, ledger=True
    )
    do(world, "open_week")
    eager(world, 0)
    return world


def test_relaying_uses_hours_and_ties_both_ends_to_the_coordinator_only():
    world = hub_world(**{"choice.relay_hours": 0.01, "members.attention": 1000})
    ties = halves(world).place
    before = world.ties.trust[ties].tolist(), world.ties.owed[ties].tolist(), world.members.degree[:6].tolist()
    do(world, "give", 0)
    chief, relayed = world.coordinators[0], counted(world, "gifts_relayed")
    assert 0 < relayed == counted(world, "gifts") <= chief.relayed
    assert chief.owing == pytest.approx(0.01 * chief.relayed)
    assert (world.bonds.trust[0, :6] > 0).any() and world.bonds.trust[0, 0] > 0
    assert before == (
        world.ties.trust[ties].tolist(),
        world.ties.owed[ties].tolist(),
        world.members.degree[:6].tolist(),
    )
    assert world.members[0].initiative == 1.0, "nothing is crowded out unless that option is on"
    assert world.ledger.relayed[: world.network[0].gifts_logged].sum() == relayed
    do(world, "weave", 0)
    assert chief.owing == 0


def test_crowding_out_is_an_option():
    world = hub_world(**{"customized.crowding": 0.9})
    do(world, "give", 0)
    assert world.coordinators[0].relayed > 0
    assert world.members[0].initiative == pytest.approx(0.9 ** world.coordinators[0].relayed)


def test_a_relayed_introduction_ties_the_receiver_to_a_contact_of_the_giver():
    origins = np.zeros(7)
    for seed in range(30):
        world = make_world(
            12, STAR, coordinators=[coordinator(hub_share=1.0)], given=SURE | {"choice.connections": 10}, seed=seed
        )
        do(world, "open_week")
        eager(world, 0)
        world.members.endowment[0] = (0, 0, 1, 0)
        do(world, "give", 0)
        origins += counted(world, "new_ties")
        assert world.members[0].degree == 5, "the giver is tied to no one else"
    assert origins[COORDINATOR_MADE] > 10


def test_a_coordinator_relays_a_limited_number_of_gifts():
    world = hub_world(**{"choice.relay_hours": 4.0})
    do(world, "give", 0)
    assert world.coordinators[0].relayed == 3, "ten hours are three gifts of four"
    assert counted(world, "gifts") > counted(world, "gifts_relayed")


def test_without_a_hub_nothing_is_relayed():
    for world in (hub_world(hub_share=0.0), hub_world()):
        world.coordinators[0].working = 0.0
        do(world, "open_week")
        do(world, "give", 0)
        assert counted(world, "gifts_relayed") == 0 and counted(world, "gifts") > 0
        assert world.members[0].initiative == 1.0


# Luck.


def test_removing_one_member_leaves_others_draws_unchanged():
    """If gifts do not interact, each member gives the same with and without another member."""
    pairs = [(2 * k, 2 * k + 1) for k in range(10)]
    free, banned = (make_world(20, pairs, given=NO_STRANGERS, even=False, ledger=True) for _ in range(2))
    banned.members[6].engagement = 0.0
    for world in (free, banned):
        world.members.activity[:20], world.members.silence[:20] = 5.0, np.exp(-5.0)
        for row in range(20):
            do(world, "give", row)
    lines = [
        [line.tolist() for line in world.ledger[: world.network[0].gifts_logged] if line.giver not in (6, 7)]
        for world in (free, banned)
    ]
    assert lines[0] == lines[1] and len(lines[0]) > 5
    assert any(line.giver == 6 for line in free.ledger[: free.network[0].gifts_logged])
    assert not any(line.giver == 6 for line in banned.ledger[: banned.network[0].gifts_logged])


def test_giving_does_not_depend_on_order_while_attention_lasts():
    def ledger(order):
        world = make_world(
            20,
            [(2 * k, 2 * k + 1) for k in range(10)],
            given=NO_STRANGERS | {"members.attention": 1000},
            even=False,
            ledger=True,
        )
        luck = luck_of(world, "give")
        for row in order:
            do(world, "give", row, luck)
        lines = world.ledger[: world.network[0].gifts_logged]
        return sorted((int(line.giver), int(line.receiver), int(line.kind)) for line in lines)

    assert ledger(range(20)) == ledger(reversed(range(20)))


def test_giving_keeps_the_tables_consistent():
    world = make_world(12, complete(*range(6)), even=False)
    for _ in range(30):
        do(world, "give")
        world.members.taken = 0
        turn_page(world)
    world.network[0].week = 0
    check_world(world)


def test_only_givers_are_put_in_keyed_order():
    for luck in lucks(20):
        world = make_world(12, complete(*range(12)))
        world.members[3].active = 0
        everybody = world.scratch.order[: members_in_order(world, luck)].tolist()
        give = []
        for i in everybody:
            mine = np.uint64(of(luck, i))
            draws = [uniform(np.uint64(of(mine, 1 + n)), 0) for n in range(occasions(i, view(world), mine))]
            if any(draw < chance_to_give(i, view(world), parameters(world)) for draw in draws):
                give.append(i)
        assert world.scratch.order[: givers(view(world), parameters(world), luck)].tolist() == give
        assert 0 < len(give) < len(everybody)
