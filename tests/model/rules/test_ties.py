"""Ties as a data structure: mirrors stay consistent as ties are made and dropped."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.rules.ties import drop_all_ties, drop_tie, shares_group, slot_of
from sim.model.state import MEMBER_MADE, START
from sim.model.steps import make_tie
from sim.model.tie_rows import half, halves
from tests.model.worlds import check_ties, complete, make_world, parameters, slot, tied, view

ACTS = st.lists(st.tuples(st.sampled_from(["make", "drop", "all"]), st.integers(0, 7), st.integers(0, 7)), max_size=60)


@settings(max_examples=80)
@given(acts=ACTS)
def test_mirrors_stay_correct_as_ties_are_made_and_dropped(acts):
    """Compared with a plain set of pairs."""
    world, pairs = make_world(8), set()
    for act, i, j in acts:
        if act == "make":
            assert make_tie(i, j, 0.4, MEMBER_MADE, world) == (i != j)
            pairs |= {frozenset((i, j))} if i != j else set()
        elif act == "drop" and tied(world, i, j):
            drop_tie(i, slot(world, i, j), view(world))
            pairs.discard(frozenset((i, j)))
        elif act == "all":
            drop_all_ties(i, view(world))
            pairs = {pair for pair in pairs if i not in pair}
        check_ties(world)
        there = {frozenset((a, b)) for a in range(8) for b in range(8) if a != b and tied(world, a, b)}
        assert there == pairs


def test_a_tie_is_found_from_the_longer_and_the_shorter_row():
    world = make_world(5, [(0, 1), (0, 2), (0, 3), (3, 4)])
    for i in range(5):
        for j in range(5):
            assert i == j or slot_of(view(world), i, j) == slot(world, i, j)


def test_tying_tied_members_changes_nothing():
    world = make_world(2, [(0, 1)])
    before = world.ties[halves(world).place].tobytes()
    assert make_tie(1, 0, 0.9, MEMBER_MADE, world)
    assert world.ties[halves(world).place].tobytes() == before and world.tally[0].new_ties[MEMBER_MADE] == 0


def test_a_full_row_takes_no_more_ties():
    world = make_world(200)
    limit = len(world.draws)
    for j in range(1, limit + 1):
        assert make_tie(0, j, 0.4, MEMBER_MADE, world)
    assert not make_tie(0, 199, 0.4, MEMBER_MADE, world) and not make_tie(198, 0, 0.4, MEMBER_MADE, world)
    assert world.members[0].degree == limit and world.members[199].degree == 0
    check_ties(world)


def test_new_ties_are_counted_by_origin_and_those_of_an_organisation_are_fixed():
    world = make_world(3)
    assert make_tie(0, 1, 0.4, MEMBER_MADE, world)
    assert world.tally[0].new_ties[MEMBER_MADE] == 1
    fixed = make_world(3, given={"organisation.fixed": 1})
    assert not make_tie(0, 1, 0.4, MEMBER_MADE, fixed)
    assert make_tie(0, 1, 0.4, START, fixed)


def test_members_share_a_group_in_either_slot():
    world = make_world(3, complete(0, 1, 2))
    world.members[0].groups, world.members[1].groups, world.members[2].groups = (4, 7), (-1, 4), (5, 6)
    assert shares_group(view(world), 0, 1) and shares_group(view(world), 1, 0)
    assert not shares_group(view(world), 0, 2)
    world.members[2].groups = (-1, -1)
    assert not shares_group(view(world), 1, 2)


def test_a_new_tie_in_a_reused_slot_starts_fresh():
    world = make_world(3, [(0, 1), (0, 2)])
    half(world, 0, 1).owed, half(world, 0, 1).gave, half(world, 0, 1).known = 3.0, 1, 0.9
    drop_tie(0, 1, view(world))
    assert make_tie(0, 2, 0.4, MEMBER_MADE, world)
    fresh = half(world, 0, 1)
    assert (fresh.other, fresh.owed, fresh.gave, fresh.common) == (2, 0.0, 0, 0)
    assert fresh.known == parameters(world).meeting_learn
    assert np.isclose(fresh.trust, 0.4)
