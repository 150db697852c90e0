"""The compiled loop equals a run phase by phase, uncompiled or in parts, and keeps the world valid after every week."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.lab.open_world import open_world
from sim.model import luck
from sim.model.declarations import PARAMETERS
from sim.model.jit import COMPILED
from sim.model.schedule import SCHEDULE
from sim.model.state import BY_WEEK, LOSE, NEWCOMERS, ORGANISATION, SHIFT
from sim.model.steps import members_in_order
from sim.model.world import copy_world, run_to
from tests.conftest import COVERED
from tests.model.scenarios_for_tests import futures, scenario
from tests.model.worlds import (
    change,
    check_world,
    complete,
    coordinator,
    do,
    even_shares,
    luck_of,
    make_world,
    row_of,
    weekly,
    world_hash,
)

BUSY = {
    "hours": 25.0,
    "money": 40000.0,
    "hub_share": 0.3,
    "in_person": 0.5,
    "convenings": 2.0,
    "convening_first": 3,
    "align_week": 8,
    "produce_week": 16,
    "connect": even_shares(),
    "align": even_shares(),
    "produce": even_shares(),
}


def busy_world(weeks=30, members=24, **more):
    """Return a world in which every lever is used and all kinds of events occur within 13 weeks."""
    quick = {"groups__founding": 0.2, "production__rate": 5.0, "arrival__base": 1.0, "groups__agreement": 0.5}
    changes = [{"week": 5, "problem_shift": 0.3}, {"week": 9, "newcomers": 4}, {"week": 12, "lose_members": 0.1}]
    return open_world(scenario(weeks, members, BUSY, changes, **(quick | more)), "it", 3, 1)[1]


def week_by_phases(world):
    """Run one week phase by phase, following the schedule."""
    network = world.network[0]
    for phase in SCHEDULE:
        if phase.who == "member in keyed order":
            key = luck_of(world, phase.name)
            count = members_in_order(world, key)
            for row in world.scratch.order[:count].tolist():
                do(world, phase.name, row, key)
        else:
            do(world, phase.name)
    assert network.week == world.network[0].week


def test_the_loop_equals_the_schedule_phase_by_phase():
    looped, stepped = busy_world(), busy_world()
    for week in range(1, 31):
        looped = run_to(looped, week)
        week_by_phases(stepped)
        assert world_hash(stepped) == world_hash(looped), f"differs after week {week}"
    assert weekly(looped, "outputs").sum() > 0 and weekly(looped, "convened").sum() > 0


def test_a_run_in_parts_equals_one_run():
    whole, parts = run_to(busy_world(), 30), busy_world()
    for week in (1, 2, 13, 29, 30, 30):
        parts = run_to(parts, week)
    assert world_hash(parts) == world_hash(whole)


def test_a_fork_continues_like_its_original_and_leaves_it_unchanged():
    world = run_to(busy_world(), 12)
    before = world_hash(world)
    fork = run_to(copy_world(world), 30)
    assert world_hash(world) == before
    assert world_hash(run_to(world, 30)) == world_hash(fork)


def test_results_do_not_depend_on_the_number_of_threads():
    busy = scenario(40, 20, BUSY)
    serial, parallel = (futures(busy, replicates=6, jobs=jobs) for jobs in (1, 4))
    assert [world_hash(a.world) for a in serial] == [world_hash(b.world) for b in parallel]
    assert len({world_hash(a.world) for a in serial}) == 6


def weekly_hashes(weeks):
    """Return the hashes of a small busy world after each week."""
    world = busy_world(weeks, 12)
    hashes = []
    for week in range(1, weeks + 1):
        world = run_to(world, week)
        hashes.append(world_hash(world))
    return hashes


@pytest.mark.skipif(not COMPILED, reason="compilation is off, so there is nothing to compare")
def test_uncompiled_rules_give_bit_identical_results():
    weeks = 24
    script = (
        f"import json; from tests.model.test_engine import weekly_hashes; print(json.dumps(weekly_hashes({weeks})))"
    )
    folders = os.pathsep.join([str(Path(__file__).parents[2]), str(Path(luck.__file__).parents[2])])
    environment = os.environ | COVERED | {"GENNET_COMPILED": "0", "PYTHONPATH": folders}
    result = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-2000:]
    assert json.loads(result.stdout) == weekly_hashes(weeks)


SIZES = st.integers(2, 26)
SHARE = st.floats(0, 1)
SETTABLE = [p for p in PARAMETERS if p.group not in ("measures", "stages") and not p.whole]


@st.composite
def random_worlds(draw):
    """Draw arguments of `make_world` for a small world, with parameters inside and well beyond their plausible ranges."""
    n = draw(SIZES)
    pairs = complete(*range(n))
    ties = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    parameters = {
        p.key: float(
            rng.uniform(*p.range) if rng.random() < 0.8 else rng.uniform(p.low, min(p.high, 3 * p.range[1] + 0.1))
        )
        for p in SETTABLE
        if rng.random() < 0.5 and p.key != "arrival.base"
    }
    parameters |= {
        "groups.founding": draw(st.sampled_from([0.01, 0.5])),
        "production.rate": draw(st.sampled_from([0.08, 2.0])),
    }
    fixed = draw(st.booleans()) and draw(st.booleans())
    parameters["organisation.fixed"] = float(fixed)
    coordinators = [
        coordinator(
            hours=draw(st.sampled_from([0.0, 5.0, 60.0])),
            hub_share=draw(SHARE),
            in_person=draw(SHARE),
            money=draw(st.sampled_from([0.0, 1e5])),
            convenings=draw(st.sampled_from([0.0, 12.0])),
            convening_first=1,
            convening_share=draw(SHARE),
            convening_core=float(draw(st.booleans())),
            sets_agenda=float(draw(st.booleans())),
            policy=BY_WEEK,
            align_week=3,
            produce_week=6,
            **even_shares(),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    changes = [
        change(draw(st.integers(0, 9)), what, value=value)
        for what, value in draw(st.lists(st.sampled_from([(NEWCOMERS, 7.0), (SHIFT, 0.6), (LOSE, 0.4)]), max_size=3))
    ]
    kinds = [int(rng.random() < 0.3) * ORGANISATION for _ in range(n)]
    tree = [-1, *(max(0, (i - 1) // 3) for i in range(1, n))]
    return {
        "n": n,
        "ties": ties,
        "given": parameters,
        "coordinators": coordinators,
        "changes": changes,
        "kinds": kinds,
        "sectors": rng.integers(0, 4, n).tolist(),
        "tree": tree,
        "weeks": 14,
        "seed": draw(st.integers(0, 2**40)),
        "replicate": draw(st.integers(0, 2**40)),
        "ledger": draw(st.booleans()),
    }


@settings(max_examples=60)
@given(arguments=random_worlds())
def test_the_world_stays_valid_after_every_week_of_any_scenario(arguments):
    world = make_world(**arguments, even=False)
    for week in range(1, 15):
        world = run_to(world, week)
        check_world(world)


def test_the_world_stays_valid_in_a_long_busy_run():
    world = busy_world(156)
    for week in range(1, 157):
        world = run_to(world, week)
        check_world(world)


def test_an_organisation_keeps_its_ties_founds_no_groups_and_loses_no_members_to_low_engagement():
    network = {"kind": "organisation", "members": 40}
    world = futures(scenario(156, network=network, leaving__hazard=0.5, arrival__base=5.0), replicates=1)[0].world
    assert world.parameters[0].organisation_fixed == 1.0
    for name in ("new_ties_member", "new_ties_referral", "lost_ties", "groups_founded", "break_aways"):
        assert not weekly(world, name).any(), name
    assert np.array_equal(weekly(world, "newcomers"), weekly(world, "dropped_out")), "every vacancy is filled"
    left = weekly(world, "dropped_out").sum()
    assert 0 < left < 40 * 156 * 0.0025 * 3
    start = futures(scenario(1, network=network), replicates=1)[0].world
    before = {(i, int(o)) for i in range(40) for o in start.ties.other[row_of(start, i)]}
    after = {(i, int(o)) for i in range(40) for o in world.ties.other[row_of(world, i)]}
    assert after == before and world.network[0].active == 40
    assert weekly(world, "gifts").sum() > 0 and weekly(world, "groups_aligning")[0] > 0


# Common random numbers.


def test_strategies_run_identically_until_they_diverge():
    """Until a coordinator becomes active, its strategy gives the results of no coordinator, bit for bit."""
    idle = {"hours": 10.0, "connect": {}, "align": {}, "hub_share": 0.0, "align_week": 10, "produce_week": 20}
    base = scenario(40, 24, idle)
    coordinated, uncoordinated = (futures(base, name, 3) for name in ("it", "none"))
    for a, b in zip(coordinated, uncoordinated, strict=True):
        for name in ("gifts", "mean_trust", "mean_identity", "dropped_out", "ties"):
            assert np.array_equal(weekly(a.world, name)[:20], weekly(b.world, name)[:20]), name
        assert weekly(a.world, "prompting")[20:].any()


def test_common_random_numbers_reduce_variance():
    """A small parameter change moves paired runs far less than a change of replicate does."""
    low, high = (futures(scenario(26, 40, meeting__gain=gain), replicates=12) for gain in (0.17, 0.18))
    a, b = (np.array([f.outcomes["gifts"] for f in runs]) for runs in (low, high))
    assert (a - b).var() < 0.5 * (a.var() + b.var())


def test_newcomers_are_the_same_people_under_every_strategy():
    base = scenario(30, 20, BUSY, arrival__base=1.0, arrival__referral=0.0)
    coordinated, uncoordinated = (futures(base, name, 1)[0].world for name in ("it", "none"))
    assert np.array_equal(weekly(coordinated, "newcomers"), weekly(uncoordinated, "newcomers"))
    for name in ("generosity", "activity", "kind", "sector", "joined"):
        assert np.array_equal(coordinated.members[name], uncoordinated.members[name]), name
