"""Stages: thresholds on constructed weeks, first passage with a hold, loss of a stage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.measures.stages import is_aligned, is_connected, is_generative, is_producing, record_stage, record_stages
from tests.model.worlds import make_world, parameters, view

CONNECTED = {"members": 40, "strong_ties": 4.5, "largest_component": 0.9}


def passed(history, hold=4):
    """Return (first passage, first loss) for a history of weeks in which a threshold was met or not."""
    world = make_world(2, given={"stages.hold": hold}, weeks=len(history) + 1)
    for met in history:
        record_stage(0, met, view(world), parameters(world))
        world.network[0].week += 1
    return int(world.network[0].reached[0]), int(world.network[0].fallen[0])


def by_windows(history, hold):
    """Return the same by checking every window of weeks."""

    def first(value, since):
        starts = range(since, len(history) - hold + 1)
        return next((w for w in starts if all(met == value for met in history[w : w + hold])), -1)

    reached = first(True, 0)
    return reached, first(False, reached) if reached >= 0 else -1


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("1111", (0, -1)),
        ("0111", (-1, -1)),
        ("0011110000", (2, 6)),
        ("1110111", (-1, -1)),
        ("1110111100010000", (4, 12)),
        ("00001111", (4, -1)),
    ],
)
def test_first_passage_and_loss_take_a_hold(history, expected):
    weeks = [c == "1" for c in history]
    assert passed(weeks) == expected == by_windows(weeks, 4)


@given(history=st.lists(st.booleans(), max_size=40), hold=st.integers(1, 6))
def test_first_passage_agrees_with_checking_every_window(history, hold):
    assert passed(history, hold) == by_windows(history, hold)


def met(rule, **line):
    """Return whether a week's record meets a threshold."""
    world = make_world(2)
    for name, value in line.items():
        world.weekly[0][name] = value
    return bool(rule(view(world), parameters(world)))


@pytest.mark.parametrize(
    ("name", "value"),
    [("strong_ties", 2.9), ("largest_component", 0.8), ("members", 1)],
)
def test_connected_needs_all_conditions(name, value):
    assert met(is_connected, **CONNECTED)
    assert not met(is_connected, **(CONNECTED | {name: value}))


def test_in_a_tiny_network_all_others_suffice():
    assert met(is_connected, **(CONNECTED | {"members": 3, "strong_ties": 2.0}))
    assert not met(is_connected, **(CONNECTED | {"members": 3, "strong_ties": 1.9}))


def test_weak_ties_neither_help_nor_harm_the_stage_connected():
    for weak in (0.0, 30.0):
        assert met(is_connected, **CONNECTED, mean_degree=4.5 + weak, mean_trust=0.05)
        assert not met(is_connected, **(CONNECTED | {"strong_ties": 2.9}), mean_degree=4.5 + weak, mean_trust=0.9)


@pytest.mark.parametrize(
    ("past", "members", "starters", "expected"),
    [
        (16, 40, 40, True),
        (15, 40, 40, False),
        (12, 12, 40, False),  # Shrunk to a few in groups.
        (16, 20, 40, True),
        (16, 60, 40, False),  # Grown, with few in groups.
        (24, 60, 40, True),
        (16, 40, 40, True),  # None of the starters need be there still.
    ],
)
def test_aligned_is_a_share_of_starters_or_of_members_whichever_are_more(past, members, starters, expected):
    world = make_world(2)
    world.network[0].starters = starters
    world.weekly[0].past_aligning, world.weekly[0].members = past / members, members
    world.weekly[0].starters = 0.0
    assert bool(is_aligned(view(world), parameters(world))) == expected


def producing(outputs, starters=40):
    """Return whether the network is producing in the last of these weeks, given the outputs of each."""
    world = make_world(2, weeks=len(outputs))
    world.network[0].starters, world.network[0].week = starters, len(outputs) - 1
    world.weekly.outputs[:] = outputs
    return bool(is_producing(view(world), parameters(world)))


def test_producing_counts_outputs_within_the_window():
    assert producing([2, 1]) and not producing([1, 1])
    assert producing([2] + [0] * 50 + [1]) and not producing([2] + [0] * 51 + [1])
    assert not producing([2, 1], starters=200) and producing([8, 7], starters=200)
    assert producing([0, 1], starters=8), "one at least, however few"
    assert not producing([0, 0], starters=8)


def generative(kinds=3, groups=3, starters=40, since=0, founded=100, own=0.9):
    """Return whether a network is generative after so many kinds of output from so many groups.

    `since`: weeks ago.  `founded`: week in which the last of the groups was founded, the others at the start.  `own`: share
    of work by members.
    """
    world = make_world(20, weeks=200)
    network = world.network[0]
    network.starters, network.week = starters, 180
    network.last_of_kind[:kinds] = 180 - since
    network.group_rows = groups + 3
    world.groups.last_output[:] = -1000
    world.groups.last_output[:groups] = 180 - since
    world.groups.founded[groups - 1] = founded
    world.groups.founded[groups:] = 170
    world.weekly.work_by_members[:] = own
    return bool(is_generative(view(world), parameters(world)))


def test_generative_needs_several_kinds_from_several_groups():
    assert generative() and not generative(kinds=2) and not generative(groups=2)
    assert generative(since=51) and not generative(since=52)
    assert not generative(groups=3, starters=120) and generative(groups=9, starters=120)
    assert not generative(groups=1, starters=8) and generative(groups=2, starters=8)


def test_a_network_that_lives_off_its_first_groups_is_not_generative():
    assert generative(founded=77) and not generative(founded=76)


def test_a_network_that_others_run_is_not_generative():
    assert generative(own=0.51) and not generative(own=0.5)
    assert not generative(own=np.nan), "nobody has worked"
    mixed = np.full(200, np.nan)
    mixed[:129], mixed[170:] = 0.0, 0.6
    assert generative(own=mixed), "weeks without work do not count, nor do those before the window"


def test_stages_are_recorded_independently():
    world = make_world(40, weeks=10)
    world.network[0].week = 0
    for week in range(5):
        world.network[0].week = week
        for name, value in (CONNECTED | {"past_aligning": 0.0, "outputs": 3.0}).items():
            world.weekly[week][name] = value
        record_stages(view(world), parameters(world))
    assert world.network[0].reached.tolist() == [0, -1, 0, -1] and np.all(world.network[0].fallen == -1)
