"""Policy: the focus changes by week, by readiness or never; hours are shared over levers, banked and not overdrawn."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.model.declarations import BY_KEY
from sim.model.levers import LEVERS
from sim.model.state import ALIGN, BY_READINESS, BY_WEEK, CONNECT, NEVER, PHASES, PRODUCE
from sim.model.steps import act
from sim.model.tie_rows import halves
from sim.model.world import run_to
from tests.model.worlds import (
    act_once,
    complete,
    coordinator,
    counted,
    do,
    luck_of,
    make_group,
    make_world,
    set_trust,
    turn_page,
    weekly,
)


def focus_by_week(**fields):
    """Return a coordinator's focus in weeks 0 to 29."""
    world = make_world(4, coordinators=[coordinator(**fields)])
    focuses = []
    for _ in range(30):
        do(world, "open_week")
        focuses.append(int(world.coordinators[0].focus))
        turn_page(world)
    return focuses


def test_focus_changes_by_week():
    assert (
        focus_by_week(policy=BY_WEEK, align_week=10, produce_week=20) == [CONNECT] * 10 + [ALIGN] * 10 + [PRODUCE] * 10
    )
    assert focus_by_week(policy=BY_WEEK, align_week=0, produce_week=0) == [PRODUCE] * 30


def test_focus_never_changes():
    assert focus_by_week(policy=NEVER, align_week=1, produce_week=2) == [CONNECT] * 30


READY = {"ties": 2.5, "connected": 0.9}


def ready_world(**readiness):
    """Return a network that is ready to align, with a coordinator who waits for readiness."""
    world = make_world(
        4,
        coordinators=[coordinator(policy=BY_READINESS, ready_ties=2.5, ready_connected=0.9, ready_aligned=0.4)],
    )
    for name, value in readiness.items():
        world.network[0][f"readiness_{name}"] = value
    do(world, "open_week")
    return world


@pytest.mark.parametrize("lacking", READY)
def test_by_readiness_strong_ties_and_connection_are_both_needed(lacking):
    assert ready_world(**READY).coordinators[0].focus == ALIGN
    assert ready_world(**(READY | {lacking: 0.8 * READY[lacking]})).coordinators[0].focus == CONNECT


def test_by_readiness_producing_follows_aligning_and_there_is_no_way_back():
    world = ready_world(**READY, aligned=0.5)
    assert world.coordinators[0].focus == ALIGN
    do(world, "open_week")
    assert world.coordinators[0].focus == PRODUCE
    world.network[0].readiness_ties = world.network[0].readiness_aligned = 0.0
    do(world, "open_week")
    assert world.coordinators[0].focus == PRODUCE


def test_hours_follow_the_focus():
    chief = coordinator(policy=BY_WEEK, align_week=2, produce_week=4)
    chief[0].connect[LEVERS["directory"].number] = 1.0
    chief[0].produce[LEVERS["channels"].number] = 1.0
    world = run_to(make_world(4, coordinators=[chief], given={"mass.directory_decay": 0.0}), 2)
    made = float(world.network[0].directory)
    assert made > 0 and world.network[0].channel == 0
    world = run_to(world, 4)
    assert world.network[0].directory == made and world.network[0].channel == 0
    world = run_to(world, 5)
    assert world.network[0].directory == made and world.network[0].channel > 0


def test_coordinators_offers_are_combined():
    two = [coordinator(hub_share=0.2, facilitation=0.2), coordinator(hub_share=0.5, group_support=0.1)]
    world = make_world(4, coordinators=two)
    do(world, "open_week")
    assert world.network[0].hub_share == 0.5 and world.network[0].prompting == pytest.approx((2.0 + 1.0) / 4.0)
    world.coordinators[1].working = 0
    do(world, "open_week")
    assert world.network[0].hub_share == 0.2 and world.network[0].prompting == pytest.approx(0.5)


def acts_in(weeks, share=1.0, hours=10.0, lever="icebreakers", n=30, **given):
    """Return the number of acts of a lever over weeks, inferred from the coordinator's bank."""
    world = make_world(n, complete(*range(n)), coordinators=[coordinator(hours=hours, **{lever: share})], given=given)
    acts = 0
    for _ in range(weeks):
        before = counted(world, "work_coordinators")
        do(world, "weave", 0)
        acts += counted(world, "work_coordinators") - before
        turn_page(world)
    return acts, world


@pytest.mark.parametrize(("lever", "price"), [("icebreakers", 16.0), ("support_bridgers", 1.5)])
def test_hours_are_banked_until_an_act_is_paid_for_and_never_overdrawn(lever, price):
    acts, world = acts_in(12, share=0.5, lever=lever)
    chief = world.coordinators[0]
    assert acts * price <= 12 * 5.0 and (chief.bank >= 0).all()
    if lever == "icebreakers":
        assert acts == 3 and chief.bank[LEVERS[lever].number] == pytest.approx(60 - 3 * 16)
    assert counted(world, "hours") == 120 and counted(world, "wages") == 120 * 50


def busy_world(**shares):
    """Return a network with work for every lever: clusters, unconnected members, newcomers, groups in all phases."""
    ties = [*complete(0, 1, 2, 3, 4), *complete(5, 6, 7, 8), (0, 5), (0, 9), (1, 9)]
    world = make_world(14, ties, coordinators=[coordinator(hours=40.0, **shares)], given={"choice.success": 1.0})
    set_trust(world, 0.4)
    world.network[0].news = 1.0
    turn_page(world, 26)
    newcomers = world.members[9:14]
    newcomers.starter, newcomers.joined, newcomers.ability = 0, 24, 0.1
    for phase in range(len(PHASES)):
        make_group(world, 2 * phase, 2 * phase + 1, phase=phase, agreement=0.3)
    do(world, "survey")
    return world


@pytest.mark.parametrize("lever", LEVERS)
def test_every_lever_uses_its_hours_and_has_an_effect(lever):
    world = busy_world(**{lever: 1.0})
    before = {name: getattr(world, name).tobytes() for name in ("members", "ties", "groups", "network")}
    do(world, "weave", 0)
    chief = world.coordinators[0]
    spent = 40.0 - chief.bank.sum() - chief.spare
    assert spent > 0
    assert any(getattr(world, name).tobytes() != content for name, content in before.items())


def test_an_unknown_lever_is_an_error():
    world = busy_world()
    for unknown in (-1, len(LEVERS)):
        with pytest.raises(ValueError, match="unknown function number"):
            act(0, unknown, world, luck_of(world, "weave"))


def test_levers_that_use_hours_continuously_have_no_single_act():
    world = busy_world()
    for lever in LEVERS.values():
        if lever.continuous:
            with pytest.raises(ValueError, match="unknown function number"):
                act_once(world, lever.name, luck_of(world, "weave"))


def test_the_price_of_an_act_is_a_known_parameter():
    assert {key for lever in LEVERS.values() for key in lever.price} <= set(BY_KEY)


def test_a_newsletter_comes_out_once_a_week_at_most():
    acts, _ = acts_in(3, hours=40.0, lever="newsletter")
    assert acts == 3
    few, _ = acts_in(8, hours=3.0, lever="newsletter")
    assert few == 4


def test_unused_hours_are_carried_over_up_to_a_limit():
    world = make_world(4, coordinators=[coordinator(facilitation=1.0)])
    for week in range(1, 8):
        do(world, "weave", 0)
        assert world.coordinators[0].spare == min(40.0, 10.0 * week)
        turn_page(world)


def test_relaying_is_subtracted_from_the_hours():
    world = make_world(30, complete(*range(30)), coordinators=[coordinator(icebreakers=1.0, owing=7.0)])
    do(world, "weave", 0)
    assert (
        world.coordinators[0].bank[LEVERS["icebreakers"].number] == pytest.approx(3.0)
        and world.coordinators[0].owing == 0
    )
    deep = make_world(4, coordinators=[coordinator(owing=25.0)])
    do(deep, "weave", 0)
    assert deep.coordinators[0].owing == 15.0


def test_money_is_paid_once_a_year():
    world = make_world(4, coordinators=[coordinator(money=500.0)], weeks=120)
    purse = []
    for _ in range(105):
        do(world, "weave", 0)
        purse.append(float(world.coordinators[0].purse))
        turn_page(world)
    assert purse[0] == purse[51] == 500.0 and purse[52] == 1000.0 and purse[104] == 1500.0


def test_coordinators_who_left_cost_and_do_nothing():
    acts, world = acts_in(5)
    assert acts > 0
    world = make_world(30, complete(*range(30)), coordinators=[coordinator(icebreakers=1.0, working=0.0, money=100.0)])
    do(world, "open_week")
    do(world, "weave", 0)
    assert counted(world, "hours") == counted(world, "work_coordinators") == world.coordinators[0].purse == 0


def test_a_levers_draws_do_not_depend_on_other_levers():
    """An ice-breaker makes the same ties with and without other levers."""
    ties = []
    for more in ({}, {"newsletter": 0.2, "directory": 0.1}):
        world = make_world(30, coordinators=[coordinator(icebreakers=0.7, hours=30.0, **more)])
        do(world, "weave", 0)
        ties.append(world.contacts[halves(world).place].tolist())
    assert ties[0] == ties[1] and np.any(ties[0])


def test_the_budget_is_not_exceeded_over_a_run():
    chief = coordinator(
        close_triads=0.3, engage_unconnected=0.2, icebreakers=0.2, facilitation=0.2, in_person=1.0,
        money=3000.0, convenings=2.0, convening_first=3, convening_share=1.0, hub_share=0.3,
    )  # fmt: skip
    world = run_to(make_world(30, complete(*range(8)), coordinators=[chief], even=False, weeks=104), 104)
    assert weekly(world, "hours").sum() == pytest.approx(1040) and 0 < weekly(world, "money").sum() <= 6000
    assert weekly(world, "cost").sum() == pytest.approx(1040 * 50 + weekly(world, "money").sum())
    assert world.coordinators[0].purse == pytest.approx(6000 - weekly(world, "money").sum())


NEW_LEVER = """
import sys
from types import ModuleType

from sim.model import levers
from sim.model.parameters import Parameter, declare


def greet(c, world, p, luck):
    for member in world.members[: world.network.members]:
        if member.greeted == 0:
            member.greeted = world.network.week + 1
            return p.greeting_hours
    return 0.0


module = ModuleType("greeting")
hours = Parameter("hours", default=4.0, low=0.1, high=10.0, unit="hours", label="Hours per greeting")
module.greet, module.PARAMETERS = greet, declare("greeting", [hours])
sys.modules["sim.model.weaving.greeting"] = module
memory = (("greeted", "i4", "week in which the member was greeted, the first being 1; 0 before"),)
new = levers.Lever("greeting", "greetings", "greeting.greet", "greet members", ("greeting.hours",), remembers=memory)
levers.LEVERS = levers.numbered(*levers.LEVERS.values(), new)

from sim.model.world import run_to
from tests.model.worlds import coordinator, make_world

print(run_to(make_world(5, coordinators=[coordinator(greeting=1.0)]), 2).members.greeted[:5].tolist())
"""


def test_a_new_lever_needs_an_entry_and_an_action():
    """What it remembers is part of a member's state."""
    run = subprocess.run(
        [sys.executable, "-c", NEW_LEVER],
        capture_output=True, text=True, env={**os.environ, "GENNET_COMPILED": "0"}, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert run.stdout == "[1, 1, 2, 2, 2]\n", run.stderr
