"""Keyed order: a permutation of the active members, sorted by their draws, stable when others join or leave."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.model.luck import uniform
from sim.model.steps import members_in_order
from tests.model.worlds import lucks, make_world


def order_of(world, luck):
    """Return the rows in the order in which they act."""
    count = members_in_order(world, luck)
    return world.scratch.order[:count].tolist()


@given(n=st.integers(0, 60), gone=st.sets(st.integers(0, 59)), key=st.integers(0, 2**64 - 1))
def test_order_is_the_active_members_sorted_by_their_draws(n, gone, key):
    world, luck = make_world(max(n, 1), even=False), np.uint64(key)
    here = [i for i in range(max(n, 1)) if i not in gone]
    for i in set(range(max(n, 1))) - set(here):
        world.members[i].active = 0
    assert order_of(world, luck) == sorted(here, key=lambda i: uniform(luck, i))


def test_the_order_of_two_members_does_not_depend_on_others():
    for luck in lucks(20):
        world = make_world(40)
        before = order_of(world, luck)
        world.members[7].active = world.members[21].active = 0
        assert order_of(world, luck) == [i for i in before if i not in (7, 21)]


def test_order_differs_from_week_to_week():
    world = make_world(30)
    assert len({tuple(order_of(world, luck)) for luck in lucks(20)}) == 20
