"""Practices: hidden worth, trials with error, notes compared over ties, adoption of what works, dropping of what harms."""

import numpy as np
import pytest

from sim.model.rules.practices import (
    INVENTED,
    best_tested,
    hear,
    hold,
    invent,
    start_with_habit,
    tell,
    try_out,
    worth_of,
)
from sim.model.state import PILOT, PROJECT
from sim.model.tie_rows import half
from tests.model.worlds import complete, counted, do, lucks, make_group, make_world, parameters, set_trust, view

TALKATIVE = {"alignment.talk": 1.0, "alignment.noise": 0.0, "alignment.notice": 0.0}


def give_practice(world, i, a, number, seems=0.0, tries=0.0):
    """Put a practice in a member's slot."""
    hold(i, a, number, seems, tries, view(world))


def practices_of(world, i):
    """Return a member's practices, in order of slots."""
    return world.members[i].practice.tolist()


def test_worth_has_mean_0_and_variance_1_and_is_keyed_by_number():
    world = make_world(1)
    worth = np.array([worth_of(number, view(world)) for number in [*range(1, 1500), *range(INVENTED, INVENTED + 1500)]])
    assert abs(worth.mean()) < 0.06 and worth.std() == pytest.approx(1.0, abs=0.05)
    assert worth_of(7, view(make_world(30))) == worth[6] != worth_of(7, view(make_world(1, replicate=1)))
    assert worth_of(0, view(world)) == 0.0


def test_everybody_starts_with_a_habit_of_its_own():
    world = make_world(5, even=False)
    assert world.members.practice[:5].tolist() == [[i + 1, 0, 0] for i in range(5)]
    worth = [worth_of(i + 1, view(world)) for i in range(5)]
    assert world.members.practice_worth[:5].tolist() == worth and len(set(worth)) == 5
    assert not world.members.tries.any()
    give_practice(world, 2, 1, 99, 1.0, 3.0)
    start_with_habit(2, view(world))
    assert practices_of(world, 2) == [3, 0, 0] and world.members[2].practice_worth == worth[2]


def test_members_adopt_what_seems_better_than_nothing_or_than_their_worst():
    world = make_world(1)
    w = view(world)
    assert hear(0, 50, 0.0, 2.0, w) == 0, "no better than nothing"
    assert hear(0, 51, 0.4, 0.0, w) == 0, "nobody has tried it"
    assert hear(0, 52, 0.4, 1.0, w) == 1 and hear(0, 53, 0.6, 2.0, w) == 1
    assert practices_of(world, 0) == [1, 52, 53]
    assert hear(0, 54, 0.2, 2.0, w) == 1, "the untested habit seems no better than nothing"
    assert hear(0, 55, 0.2, 9.0, w) == 0 and hear(0, 56, 0.3, 1.0, w) == 1
    assert practices_of(world, 0) == [56, 52, 53] and counted(world, "adoptions") == 4
    assert world.members[0].practice_worth == pytest.approx(sum(worth_of(n, w) for n in (52, 53, 56)))


def test_of_two_views_of_a_practice_the_better_tested_prevails():
    world = make_world(1)
    give_practice(world, 0, 1, 50, 0.5, 3.0)
    assert hear(0, 50, 0.9, 2.0, view(world)) == 0 and world.members[0].seems[1] == 0.5
    assert hear(0, 50, 0.2, 5.0, view(world)) == 0
    assert (world.members[0].seems[1], world.members[0].tries[1]) == (0.2, 5.0)
    hear(0, 50, -0.1, 6.0, view(world))
    assert practices_of(world, 0) == [1, 0, 0] and world.members[0].seems[1] == world.members[0].tries[1] == 0.0


def trial(noise, number=60, members=1, luck=5):
    """Return a world after a group has tried a practice once."""
    world = make_world(members, given={"practices.noise": noise})
    for i in range(members):
        give_practice(world, i, 0, number)
    g = make_group(world, *range(members), phase=PROJECT)
    try_out(g, view(world), parameters(world), np.uint64(luck))
    return world


def good_and_bad():
    """Return the numbers of a practice that helps and of one that harms."""
    world = view(make_world(1))
    numbers = range(1, 60)
    return (
        next(n for n in numbers if worth_of(n, world) > 1.0),
        next(n for n in numbers if worth_of(n, world) < -1.0),
    )


def test_a_trial_shows_worth_and_harmful_practices_are_dropped():
    good, bad = good_and_bad()
    world = trial(0.0, good)
    assert world.members[0].seems[0] == pytest.approx(worth_of(good, view(world))) and world.members[0].tries[0] == 1
    assert practices_of(trial(0.0, bad), 0) == [0, 0, 0]


def test_trials_update_views_as_bayes_rule_has_it():
    good, _ = good_and_bad()
    luck = lucks(40)
    world = make_world(1, given={"practices.noise": 1.0})
    g = make_group(world, 0, phase=PROJECT)
    views = []
    for key in luck:
        give_practice(world, 0, 0, good, 0.0, 0.0)
        try_out(g, view(world), parameters(world), key)
        views.append(float(world.members[0].seems[0]) if world.members[0].practice[0] else np.nan)
    worth = worth_of(good, view(world))
    assert np.nanmean(views) == pytest.approx(worth / 2, abs=0.35), "half way from the mean of all practices"
    give_practice(world, 0, 0, good, 0.0, 0.0)
    for key in luck:
        if world.members[0].practice[0] == 0:
            give_practice(world, 0, 0, good, 0.0, 0.0)
        try_out(g, view(world), parameters(world), key)
    assert world.members[0].seems[0] == pytest.approx(worth, abs=0.5)


def test_members_of_a_group_see_the_same_and_hear_of_the_best():
    good, _ = good_and_bad()
    world = trial(1.0, good, members=3, luck=9)
    assert len(set(world.members.seems[:3, 0].tolist())) == 1
    world = make_world(4, given={"practices.noise": 0.0})
    world.members.practice[:4] = 0
    give_practice(world, 2, 0, good)
    g = make_group(world, 0, 1, 2, phase=PROJECT)
    try_out(g, view(world), parameters(world), np.uint64(3))
    assert [practices_of(world, i)[0] for i in range(4)] == [good, good, good, 0] and counted(world, "adoptions") == 2
    assert best_tested(g, view(world)) == (0, 0)


def test_an_innovation_is_an_untested_practice_for_those_with_room():
    world = make_world(3)
    for a in range(3):
        give_practice(world, 0, a, 20 + a, 0.5 - 0.1 * a, 1.0)
    g = make_group(world, 0, 1, 2)
    invent(g, view(world))
    number = INVENTED + 1
    assert practices_of(world, 0) == [20, 21, 22] and practices_of(world, 1) == [2, number, 0]
    assert world.members[1].tries[1] == 0.0 and world.network[0].practice_number == 1
    full = make_world(1)
    for a in range(3):
        give_practice(full, 0, a, 20 + a, 0.5 - 0.1 * a, 1.0)
    invent(make_group(full, 0), view(full))
    assert practices_of(full, 0) == [20, 21, number], "somebody has to try it"


def test_tied_members_compare_notes_as_far_as_they_trust_each_other():
    heard = {}
    for trust in (0.0, 0.2, 0.9):
        world = make_world(400, [(2 * k, 2 * k + 1) for k in range(200)], given=TALKATIVE)
        set_trust(world, trust)
        for i in range(0, 400, 2):
            give_practice(world, i, 0, 900, 0.7, 2.0)
        do(world, "talk")
        heard[trust] = counted(world, "adoptions")
        assert heard[trust] == np.sum(world.members.practice[1:400:2] == 900)
    assert heard[0.0] == 0 < 3 * heard[0.2] < heard[0.9]


def test_a_listener_goes_by_its_own_trust():
    world = make_world(2, [(0, 1)], given=TALKATIVE)
    give_practice(world, 0, 0, 900, 0.7, 2.0)
    give_practice(world, 1, 0, 901, 0.7, 2.0)
    half(world, 0, 0).trust, half(world, 1, 0).trust = 1.0, 0.0
    do(world, "talk")
    assert 901 in practices_of(world, 0) and 900 not in practices_of(world, 1)


def test_habits_that_nobody_has_tried_do_not_spread():
    world = make_world(4, complete(*range(4)), given=TALKATIVE)
    set_trust(world, 1.0)
    tell(0, 1, view(world))
    do(world, "talk")
    assert counted(world, "adoptions") == 0


def test_what_works_spreads_further_where_groups_are_tied():
    """Two groups that try practices: with ties between them, members hold better ones than without."""
    worth = {}
    for name, bridges in (("apart", ()), ("tied", [(0, 6), (1, 7), (2, 8)])):
        found = []
        for replicate in range(12):
            ties = [*complete(*range(6)), *complete(*range(6, 12)), *bridges]
            world = make_world(
                12, ties, given=TALKATIVE | {"production.rate": 5.0, "practices.noise": 0.5}, replicate=replicate
            )
            set_trust(world, 0.9)
            for group in (range(6), range(6, 12)):
                make_group(world, *group, phase=PILOT, cohesion=0.9, agreement=0.9)
            for _ in range(8):
                do(world, "talk")
                do(world, "produce")
                world.network[0].week += 1
            found.append(world.members.practice_worth[:12].mean())
        worth[name] = float(np.mean(found))
    assert worth["tied"] > worth["apart"] > 0.5
