"""Support of groups: sessions, channels, visits to groups at work."""

import numpy as np
import pytest

from sim.model.rules.chemistry import ceiling
from sim.model.rules.production import information
from sim.model.state import ALIGNING, PILOT
from sim.model.tie_rows import half
from sim.model.weaving.support import keep_channels, need_of_support
from tests.model.worlds import (
    act_once,
    check_world,
    complete,
    coordinator,
    counted,
    do,
    lucks,
    make_group,
    make_world,
    parameters,
    set_trust,
    tie,
    view,
)

KEY = np.uint64(5)


def with_group(n=6, phase=ALIGNING, given=None, size=4, **fields):
    """Return members who are all tied, some of them in a group with diverging viewpoints."""
    world = make_world(n, complete(*range(n)), coordinators=[coordinator(**fields)], given=given)
    set_trust(world, 0.4)
    g = make_group(world, *range(size), phase=phase)
    world.members.viewpoint[:size, 0] = np.linspace(0.1, 0.9, size)
    return world, g


def spread_after(in_person, purse=1e4, **given):
    """Return the spread of viewpoints after a facilitated session, and the world."""
    world, _ = with_group(in_person=in_person, purse=purse, given={k.replace("__", "."): v for k, v in given.items()})
    assert act_once(world, "facilitation", KEY) == 6.0
    return float(np.ptp(world.members.viewpoint[:4, 0])), world


def test_a_session_brings_views_together_even_beyond_tolerance():
    online, world = spread_after(0.0)
    # Viewpoints are 0.8 / 3 apart, and the second one wins: the first is within tolerance, the last far beyond it.
    assert online == pytest.approx(0.8 - 0.5 * 0.15 * (0.8 / 3 + 0.6 * 1.6 / 3))
    assert counted(world, "sessions") == 1 and counted(world, "sessions_in_person") == 0 == counted(world, "money")
    assert (world.members.cost_now[:4] == 0.3).all() and (world.bonds.trust[0, :4] > 0).all()
    check_world(world)


def test_sessions_in_person_move_further_build_more_trust_and_cost_money():
    online, cheap = spread_after(0.0)
    person, dear = spread_after(1.0)
    assert person < online and counted(dear, "sessions_in_person") == 1
    assert counted(dear, "money") == 4 * 150 and dear.coordinators[0].purse == 1e4 - 600
    assert half(dear, 0, 0).known > half(cheap, 0, 0).known
    highest = ceiling(0, 1, view(dear), parameters(dear))
    moves = [abs(float(tie(world, 0, 1).trust) - 0.4) for world in (cheap, dear)]
    assert moves == pytest.approx([0.5 * 0.16 * abs(highest - 0.4), 0.16 * abs(highest - 0.4)])


def test_a_session_in_person_takes_hours_for_each_participant():
    assert [spread_after(share)[1].coordinators[0].owing for share in (0.0, 1.0)] == [0.0, 4 * 1.5]
    assert spread_after(1.0, convening__head_hours=7.0)[1].coordinators[0].owing == 28.0


def test_without_money_sessions_are_online():
    _, world = spread_after(1.0, purse=599.0)
    assert counted(world, "sessions") == 1 and counted(world, "sessions_in_person") == 0
    assert world.coordinators[0].purse == 599.0


def test_a_share_of_sessions_is_in_person():
    held = 0
    for key in lucks(100):
        world, _ = with_group(in_person=0.3, purse=1e4)
        act_once(world, "facilitation", key)
        held += counted(world, "sessions_in_person")
    assert held == pytest.approx(30, abs=15)


def test_groups_that_agree_less_come_first_and_those_past_aligning_never():
    served = []
    for key in lucks(60):
        world, g = with_group(n=8)
        h = make_group(world, 4, 5, 6, 7, phase=ALIGNING)
        world.groups[g].agreement, world.groups[h].agreement = 0.1, 0.9
        act_once(world, "facilitation", key)
        served.append(int(world.members.cost_now[0] > 0))
    assert np.mean(served) > 0.75
    late, _ = with_group(phase=PILOT)
    assert act_once(late, "facilitation", KEY) == 0.0


def test_channels_take_more_work_with_more_groups_and_decay():
    world, _ = with_group()
    keep_channels(1.4, view(world), parameters(world))
    assert world.network[0].channel == pytest.approx(1.4 / 7)
    do(world, "open_week")
    assert world.network[0].channel == pytest.approx(0.2 * 0.95)
    keep_channels(1e9, view(world), parameters(world))
    assert world.network[0].channel == 1.0
    make_group(world, 4, 5)
    world.network[0].channel = 0.0
    keep_channels(1.4, view(world), parameters(world))
    assert world.network[0].channel == pytest.approx(1.4 / 14)


def test_a_visit_informs_a_group_at_work_as_fully_as_channels_would():
    world, g = with_group(phase=PILOT)
    before = information(g, view(world), parameters(world))
    assert act_once(world, "group_support", KEY) == 3.0
    assert world.groups[g].help == 1.0 and counted(world, "work_coordinators") == 1 and counted(world, "gifts") == 0
    by_visit = information(g, view(world), parameters(world))
    world.groups[g].help, world.network[0].channel = 0.0, 1.0
    assert by_visit == information(g, view(world), parameters(world)) > before


def visited(first, second):
    """Return how often the first of two groups at work is visited, with the fields given for each."""
    number = 0
    for key in lucks(60):
        world, g = with_group(n=16, phase=PILOT)
        h = make_group(world, 12, 13, 14, phase=PILOT)
        for group, fields in ((g, first), (h, second)):
            for name, value in fields.items():
                world.groups[group][name] = value
        act_once(world, "group_support", key)
        number += int(world.groups[g].help > first.get("help", 0.0))
    return number / 60


def test_groups_that_lack_information_or_drift_away_come_first():
    assert visited({}, {}) == pytest.approx(0.5, abs=0.25)
    assert visited({}, {"help": 0.8}) > 0.9
    assert visited({"surplus": 0.6, "bar": 0.4}, {}) > 0.9 > 0.1 > visited({}, {"surplus": 0.6, "bar": 0.4})
    assert need_of(surplus=0.3, bar=0.0) == need_of(surplus=-0.3, bar=0.2) == need_of(surplus=0.0, bar=0.2)


def need_of(**fields):
    """Return a group's need of support."""
    world, g = with_group(phase=PILOT)
    for name, value in fields.items():
        world.groups[g][name] = value
    return need_of_support(g, view(world), parameters(world))


def test_a_drifting_group_gets_gifts_from_outside():
    given = 0
    for key in lucks(40):
        world, g = with_group(n=16, phase=PILOT)
        world.groups[g].surplus, world.groups[g].bar = 0.1, 0.2
        assert act_once(world, "group_support", key) == 3.0
        assert world.groups[g].surplus == 0.1, "what the group compares is not touched"
        received = world.members.network_now[:16] + world.members.direct_now[:16]
        assert not received[4:].any() and not world.members.group_now[:4].any()
        assert counted(world, "gifts_relayed") == counted(world, "gifts") == (received > 0).sum()
        assert not world.members.given_now[:4].any()
        given += counted(world, "gifts")
    assert given > 40


def test_without_a_group_to_support_no_hours_are_used():
    world, _ = with_group(phase=ALIGNING)
    assert act_once(world, "group_support", KEY) == 0.0
