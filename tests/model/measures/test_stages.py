"""Stages: thresholds on constructed weeks, first passage with a hold, loss of a stage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.measures.stages import is_aligned, is_connected, is_generative, is_producing, record_stage, record_stages
from tests.model.worlds import make_world, parameters, view

CONNECTED = {"members": 40, "mean_degree": 6.5, "mean_trust": 0.3, "unconnected": 0.05, "largest_component": 0.9}


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
    [("mean_degree", 5.9), ("mean_trust", 0.24), ("unconnected", 0.11), ("largest_component", 0.8), ("members", 1)],
)
def test_connected_needs_all_conditions(name, value):
    assert met(is_connected, **CONNECTED)
    assert not met(is_connected, **(CONNECTED | {name: value}))


def test_few_members_need_fewer_ties():
    assert met(is_connected, **(CONNECTED | {"members": 11, "mean_degree": 3.1}))
    assert not met(is_connected, **(CONNECTED | {"members": 11, "mean_degree": 2.9}))


def test_aligned_needs_groups_past_aligning_and_starters():
    world = make_world(2)
    for past, starters, expected in ((0.4, 0.5, True), (0.39, 0.5, False), (0.9, 0.49, False)):
        world.weekly[0].past_aligning, world.weekly[0].starters = past, starters
        assert bool(is_aligned(view(world), parameters(world))) == expected


def producing(outputs, starters=40):
    """Return whether the network is producing in the last of these weeks, given the outputs of each."""
    world = make_world(2, weeks=len(outputs))
    world.network[0].starters, world.network[0].week = starters, len(outputs) - 1
    world.weekly.outputs[:] = outputs
    return bool(is_producing(view(world), parameters(world)))


def test_producing_counts_outputs_within_the_window():
    assert producing([1, 1]) and not producing([0, 1])
    assert producing([1] + [0] * 24 + [1]) and not producing([1] + [0] * 25 + [1])
    assert not producing([1, 1], starters=200) and producing([5, 5], starters=200)
    assert producing([0, 1], starters=8), "one at least, however few"
    assert not producing([0, 0], starters=8)


def generative(kinds, groups, starters=40, since=0):
    """Return whether outputs of so many kinds and groups in a recent week count as generative."""
    world = make_world(20, weeks=100)
    network = world.network[0]
    network.starters, network.week = starters, 80
    network.last_of_kind[:kinds] = 80 - since
    network.group_rows = groups + 3
    world.groups.last_output[:] = -1000
    world.groups.last_output[:groups] = 80 - since
    return bool(is_generative(view(world), parameters(world)))


def test_generative_needs_several_kinds_from_several_groups():
    assert generative(4, 3) and not generative(3, 3) and not generative(4, 2)
    assert generative(4, 3, since=51) and not generative(4, 3, since=52)
    assert not generative(4, 3, starters=120) and generative(4, 9, starters=120)
    assert not generative(4, 1, starters=8) and generative(4, 2, starters=8)


def test_stages_are_recorded_independently():
    world = make_world(40, weeks=10)
    world.network[0].week = 0
    for week in range(5):
        world.network[0].week = week
        for name, value in (CONNECTED | {"past_aligning": 0.0, "outputs": 3.0}).items():
            world.weekly[week][name] = value
        record_stages(view(world), parameters(world))
    assert world.network[0].reached.tolist() == [0, -1, 0, -1] and np.all(world.network[0].fallen == -1)
