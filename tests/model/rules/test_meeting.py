"""Meeting: where trust starts, how it moves, what keeps ties alive, whom people meet, and how much time it takes."""

import numpy as np
import pytest

from sim.model.rules.chemistry import ceiling
from sim.model.rules.meeting import choose_contact, companion, encounters_sought, meet, somebody_near
from sim.model.state import COORDINATOR_MADE, ICEBREAKER_MADE, MEMBER_MADE
from sim.model.tie_rows import half, halves
from tests.model.worlds import (
    TRIANGLE,
    check_ties,
    complete,
    coordinator,
    counted,
    do,
    luck_of,
    lucks,
    make_world,
    parameters,
    set_trust,
    tie,
    tied,
    turn_page,
    view,
)

KEY = np.uint64(5)
ALIKE = {"chemistry.shared": 0.0, "chemistry.own": 0.0, "chemistry.popularity": 0.0, "chemistry.outlook": 0.0}
BUSY = {"meeting.rate": 6.0, "members.attention": 1000.0}


def after_meeting(weight=1.0, key=KEY, ties=(), trust=0.0, n=2, given=None, origin=MEMBER_MADE):
    """Return a world after members 0 and 1 have met."""
    world = make_world(n, ties, given=given)
    set_trust(world, trust)
    turn_page(world)
    meet(0, 1, weight, origin, view(world), parameters(world), key)
    return world


def started(number=300, ends=False, **given):
    """Return how often a meeting of strangers starts a tie, or how often each end starts to trust."""
    given = ALIKE | {key.replace("__", "."): value for key, value in given.items()}
    worlds = [after_meeting(key=key, given=given) for key in lucks(number)]
    if ends:
        return np.array([[tied(w, 0, 1) and tie(w, i, 1 - i).trust > 0 for i in (0, 1)] for w in worlds])
    return np.mean([tied(world, 0, 1) for world in worlds])


def test_a_meeting_starts_trust_the_sooner_the_higher_the_ceiling():
    low, middle, high = (started(chemistry__base=base) for base in (-4.0, -1.0, 3.0))
    assert low < 0.15 < middle < high
    assert started(chemistry__base=-50.0, chemistry__sector=0.0) == 0.0
    assert started(meeting__liking=0.0, chemistry__base=5.0) == 0.0


def test_each_end_starts_by_itself_with_chance_of_liking_times_ceiling():
    ends = started(1000, ends=True, chemistry__base=0.0, chemistry__sector=0.0, meeting__liking=0.8)
    assert ends.mean(axis=0) == pytest.approx([0.4, 0.4], abs=0.06)
    assert ends.all(axis=1).mean() == pytest.approx(0.16, abs=0.05), "the two ends are independent"


def test_a_new_tie_starts_at_first_trust_at_one_end_or_both():
    world = next(
        w for w in (after_meeting(key=key, given={"chemistry.base": 3.0}) for key in lucks(50)) if tied(w, 0, 1)
    )
    trusts = {float(tie(world, 0, 1).trust), float(tie(world, 1, 0).trust)}
    assert trusts <= {0.0, 0.1} and max(trusts) == 0.1
    assert tie(world, 0, 1).known == pytest.approx(0.1) and tie(world, 0, 1).origin == MEMBER_MADE
    assert tie(world, 0, 1).made == tie(world, 0, 1).last == 1 and counted(world, "new_ties")[MEMBER_MADE] == 1
    check_ties(world)


def test_a_deeper_conversation_starts_more_ties_and_moves_trust_further():
    def ties_made(weight):
        return sum(tied(after_meeting(weight, key, given={"chemistry.base": -1.0}), 0, 1) for key in lucks(200))

    assert ties_made(0.3) < ties_made(1.0) < ties_made(3.0)
    moved = [float(tie(after_meeting(weight, ties=[(0, 1)], trust=0.9), 0, 1).trust) for weight in (0.5, 1.0, 3.0, 9.0)]
    assert moved == sorted(moved, reverse=True) and len(set(moved)) == 4


@pytest.mark.parametrize("before", [0.01, 0.9])
def test_a_meeting_moves_trust_a_share_of_the_way_to_the_ceiling_up_or_down(before):
    world = after_meeting(ties=[(0, 1)], trust=before)
    for i, j in ((0, 1), (1, 0)):
        highest = ceiling(i, j, view(world), parameters(world))
        assert tie(world, i, j).trust == pytest.approx(before + 0.16 * (highest - before))
    assert (tie(world, 0, 1).trust > before) == (before < 0.5)


def test_many_meetings_lead_to_the_ceiling_and_stay_there():
    world = after_meeting(ties=[(0, 1)], trust=0.5)
    for key in lucks(100):
        meet(0, 1, 1.0, MEMBER_MADE, view(world), parameters(world), key)
    assert tie(world, 0, 1).trust == pytest.approx(ceiling(0, 1, view(world), parameters(world)))
    assert tie(world, 0, 1).known == pytest.approx(1.0, abs=1e-3) and tie(world, 0, 1).known <= 1.0


def test_the_other_end_of_a_one_sided_tie_may_start_to_trust():
    answered = []
    for key in lucks(100):
        world = make_world(2, [(0, 1)], given={"chemistry.base": 2.0})
        tie(world, 1, 0).trust = 0.0
        meet(0, 1, 1.0, MEMBER_MADE, view(world), parameters(world), key)
        assert tie(world, 1, 0).trust in (0.0, 0.1)
        answered.append(tie(world, 1, 0).trust > 0)
    assert 0.5 < np.mean(answered) < 0.95


def test_a_meeting_keeps_a_tie_alive_and_tells_of_each_other_s_work():
    world = after_meeting(ties=[(0, 1), (0, 2)], trust=0.4, n=3)
    known = float(tie(world, 0, 2).known)
    assert tie(world, 0, 1).last == tie(world, 1, 0).last == 1 and tie(world, 0, 2).last == 0
    assert tie(world, 0, 1).contacts == 2
    assert tie(world, 0, 1).known == tie(world, 1, 0).known == pytest.approx(known + 0.1 * (1 - known))
    trusts = tie(world, 0, 1).trust, tie(world, 0, 2).trust
    do(world, "fade")
    assert tie(world, 0, 1).trust == trusts[0] and tie(world, 0, 2).trust < trusts[1]
    meet(0, 1, 1.0, MEMBER_MADE, view(world), parameters(world), KEY)
    assert tie(world, 0, 1).contacts == 2, "two meetings in a week are one week with contact"


def test_learning_of_each_other_s_work_is_bounded():
    world = after_meeting(weight=10.0, ties=[(0, 1)], given={"meeting.learn": 1.0})
    assert tie(world, 0, 1).known == 1.0


def test_the_origin_is_that_of_the_occasion():
    for origin in (COORDINATOR_MADE, ICEBREAKER_MADE):
        world = after_meeting(3.0, given={"chemistry.base": 9.0}, origin=origin)
        assert counted(world, "new_ties")[origin] == 1


# Whom members meet.


def meetings(world, row, weeks=300):
    """Return how often a member met each other one, by time taken, over some weeks of seeking encounters."""
    n = int(world.network[0].members)
    met = np.zeros(n)
    for _ in range(weeks):
        do(world, "go_out", row)
        met += world.members.taken[:n]
        world.members.taken = 0
        turn_page(world)
    met[row] = 0
    return met


FROZEN = {"meeting.liking": 0.0, "meeting.gain": 0.0}
"""Meetings change nothing."""


def test_encounters_sought_are_poisson_with_half_the_rate_as_mean():
    world = make_world(1, given={"meeting.rate": 3.0})
    sought = [encounters_sought(0, view(world), parameters(world), key) for key in lucks(3000)]
    assert np.mean(sought) == pytest.approx(1.5, abs=0.08) and np.var(sought) == pytest.approx(1.5, abs=0.2)


def test_strangers_meet_mostly_within_their_sector():
    sectors = [k % 2 for k in range(20)]
    met = meetings(make_world(20, sectors=sectors, given=BUSY | FROZEN), 0)
    inside = met[::2].sum() / met.sum()
    assert inside == pytest.approx(0.8 + 0.2 * 9 / 19, abs=0.05)
    mixed = meetings(make_world(20, sectors=sectors, given=BUSY | FROZEN | {"meeting.sector": 0.0}), 0)
    assert mixed[::2].sum() / mixed.sum() == pytest.approx(9 / 19, abs=0.08)


def test_a_member_alone_in_its_sector_meets_others_and_never_itself_or_leavers():
    world = make_world(8, sectors=[0, *[1] * 7])
    world.members.active[7] = 0
    drawn = {somebody_near(0, view(world), parameters(world), key) for key in lucks(300)}
    assert drawn == {-1, 1, 2, 3, 4, 5, 6}


def test_trusted_contacts_are_visited_more():
    def visits(trust):
        world = make_world(20, [(0, 1)], given=BUSY | FROZEN | {"meeting.bring": 0.0})
        set_trust(world, trust)
        world.members.strength[:2] = trust
        return meetings(world, 0)[1]

    assert visits(0.05) < visits(0.5) < visits(1.0)


def test_the_choice_of_a_contact_is_in_proportion_to_trust_squared():
    world = make_world(4, [(0, 1), (0, 2), (0, 3)])
    for k, trust in ((1, 0.2), (2, 0.4), (3, 0.0)):
        tie(world, 0, k).trust = trust
    drawn = [int(half(world, 0, choose_contact(0, view(world), key)).other) for key in lucks(2000)]
    assert np.bincount(drawn, minlength=4)[1:] / 2000 == pytest.approx([0.2, 0.8, 0.0], abs=0.03)
    set_trust(world, 0.0)
    assert choose_contact(0, view(world), KEY) == -1


def test_a_host_without_trust_rarely_makes_time():
    def let_in(trust, welcome=0.2):
        world = make_world(2, [(0, 1)], given=BUSY | FROZEN | {"meeting.visits": 0.01, "meeting.welcome": welcome})
        world.members.strength[0], tie(world, 0, 1).trust, tie(world, 1, 0).trust = 0.5, 0.5, trust
        world.members.sector[1] = 1
        return meetings(world, 0, 100)[1]

    assert let_in(0.0) < 0.5 * let_in(0.1) < 0.9 * let_in(0.8)
    assert let_in(0.0, welcome=1.0) > 2.5 * let_in(0.0)


def test_a_companion_is_a_contact_whom_the_host_trusts():
    world = make_world(6, [(1, 0), (1, 2), (1, 3), (1, 4), (2, 5)])
    tie(world, 1, 4).trust = 0.0
    drawn = [companion(0, 1, view(world), key) for key in lucks(400)]
    assert set(drawn) == {2, 3} and drawn.count(2) == pytest.approx(200, abs=40)
    assert companion(1, 0, view(make_world(2, [(0, 1)])), KEY) == -1


def test_visits_bring_people_together_with_contacts_of_contacts():
    """A member in a sector of its own gets to know its contact's contact through the contact."""

    def share_tied(bring):
        number = 0
        for seed in range(40):
            given = BUSY | {"meeting.visits": 0.01, "meeting.bring": bring, "chemistry.base": 2.0}
            world = make_world(12, [(0, 1), (1, 2)], given=given, seed=seed)
            set_trust(world, 0.9)
            world.members.strength[:3] = 0.9
            do(world, "go_out", 0)
            number += tied(world, 0, 2)
        return number / 40

    assert share_tied(0.0) < 0.1 and share_tied(1.0) > share_tied(0.0) + 0.3


# Time.


def test_encounters_take_time_of_both_and_stop_without_it():
    world = make_world(2, given=BUSY | FROZEN)
    do(world, "go_out", 0)
    assert world.members[0].taken == world.members[1].taken > 0
    short = make_world(6, given={"meeting.rate": 100.0, "members.attention": 3.0})
    do(short, "go_out")
    assert (short.members.taken[:6] <= 3).all() and (short.members.taken[:6] == 3).sum() >= 4
    full = make_world(2, given=BUSY)
    full.members.taken[1] = 1000
    do(full, "go_out", 0)
    assert full.members[0].taken == 0


def test_people_form_a_network_from_nothing_where_they_meet_and_not_otherwise():
    for rate, forms in ((0.0, False), (2.0, True)):
        world = make_world(12, given={"meeting.rate": rate})
        for _ in range(30):
            do(world, "go_out")
            world.members.taken = 0
            turn_page(world)
        world.network[0].week = 0
        assert (world.members.degree[:12] > 0).any() == forms


def test_those_who_left_and_organisations_have_no_encounters():
    world = make_world(4, given=BUSY)
    world.members.active[0] = 0
    do(world, "go_out", 0)
    fixed = make_world(4, given=BUSY | {"organisation.fixed": 1.0})
    do(fixed, "go_out")
    for quiet in (world, fixed):
        assert not quiet.members.taken[:4].any() and not quiet.members.degree[:4].any()


# Luck.


def test_encounters_are_the_same_under_two_strategies_until_someone_has_other_contacts():
    plain, woven = make_world(12, TRIANGLE), make_world(12, TRIANGLE, coordinators=[coordinator(newsletter=1.0)])
    for world in (plain, woven):
        do(world, "go_out")
    assert plain.members[:12].tobytes() == woven.members[:12].tobytes()
    assert plain.ties[halves(plain).place].tobytes() == woven.ties[halves(woven).place].tobytes()


def test_a_meeting_has_the_same_result_from_both_sides_and_among_others():
    for key in lucks(40):
        one, other = make_world(2), make_world(7, complete(2, 3, 4))
        other.members[:2] = one.members[:2]
        meet(0, 1, 2.0, MEMBER_MADE, view(one), parameters(one), key)
        meet(1, 0, 2.0, MEMBER_MADE, view(other), parameters(other), key)
        assert tied(one, 0, 1) == tied(other, 0, 1)
        if tied(one, 0, 1):
            assert tie(one, 0, 1).trust == tie(other, 0, 1).trust


def test_a_member_s_encounters_do_not_depend_on_who_acts_first():
    pairs = [(2 * k, 2 * k + 1) for k in range(6)]
    forward, backward = (make_world(12, pairs, given=BUSY | FROZEN) for _ in range(2))
    for world, order in ((forward, range(12)), (backward, reversed(range(12)))):
        key = luck_of(world, "go_out")
        for row in order:
            do(world, "go_out", row, key)
    assert forward.members.taken[:12].tolist() == backward.members.taken[:12].tolist()
