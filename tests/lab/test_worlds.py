"""Worlds: keyed draws within plausible ranges, luck of their own, the same for every strategy and number of threads."""

import re

import numpy as np
import pandas as pd
import pytest

from sim.inputs.scenario import ScenarioError
from sim.lab.comparison import Comparison, compare
from sim.lab.world_draws import drawn, uncertain, uniform
from sim.lab.worlds import FUTURES, run_worlds, values_of
from tests.model.scenarios_for_tests import scenario

WEAVER = {"hours": 12.0, "connect": {"close_triads": 0.5, "engage_unconnected": 0.5}}


def test_draws_are_within_plausible_ranges_and_do_not_depend_on_each_other():
    one = scenario(40, 12)
    worlds = [drawn(one, 3, world) for world in range(50)]
    for parameter in uncertain():
        values = [world[parameter.key] for world in worlds]
        low, high = parameter.range
        assert low <= min(values) <= max(values) <= high
        assert not parameter.whole or all(value == int(value) for value in values)
    assert worlds[7] == drawn(one, 3, 7) != drawn(one, 4, 7)
    key = uncertain()[0].key
    fixed = one.with_({key: uncertain()[0].default})
    rest = drawn(fixed, 3, 7)
    assert key not in rest, "what a scenario sets is known"
    assert rest == {name: value for name, value in worlds[7].items() if name != key}


def test_numbers_drawn_are_evenly_spread():
    numbers = np.array([uniform(1, world, key) for world in range(1000) for key in ("a", "b")]).reshape(-1, 2)
    assert numbers.mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.04)
    assert abs(np.corrcoef(numbers.T)[0, 1]) < 0.1


def test_a_scenario_says_how_worlds_are_drawn():
    one = scenario(40, 12).with_(
        {
            "worlds.ranges.network.members": {"low": 30, "high": 50},
            "worlds.ranges.giving.base": {"distribution": "normal", "mean": 0.0, "sd": 0.1, "low": -1.0, "high": 1.0},
            "worlds.correlations": [{"between": ["members.activity", "meeting.rate"], "value": 0.7}],
            "worlds.derived.trust.start": "min(0.9, 3 * trust.first)",
        }
    )
    worlds = [drawn(one, 3, world) for world in range(400)]
    column = {key: np.array([world[key] for world in worlds]) for key in worlds[0]}
    assert set(column["network.members"]) == set(range(30, 51))
    assert column["giving.base"].std() == pytest.approx(0.1, abs=0.01)
    ranks = [column[key].argsort().argsort() for key in ("members.activity", "meeting.rate")]
    assert np.corrcoef(*ranks)[0, 1] == pytest.approx(0.7, abs=0.06)
    assert column["trust.start"] == pytest.approx(np.minimum(0.9, 3 * column["trust.first"]))
    plain = drawn(scenario(40, 12), 3, 7)
    assert {key for key, value in worlds[7].items() if plain.get(key) != value} <= {
        *("network.members", "giving.base", "meeting.rate", "trust.start")
    }
    assert one.with_(worlds[0]).network.members == worlds[0]["network.members"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"worlds.ranges.network.size": {"low": 1, "high": 2}}, "worlds.ranges.network.size is unknown"),
        ({"worlds.ranges.strategies.it.hours": {"low": 1, "high": 2}}, "cannot vary between worlds"),
        ({"worlds.ranges.network.members": {"low": 9, "high": 2}}, "network.members.low is 9; it has to be below high"),
        ({"worlds.derived.trust.start": "2 * trust.frist"}, "'trust.frist' is unknown"),
        ({"worlds.derived.trust.start": "__import__('os')"}, "which is not a formula"),
        ({"worlds.correlations": [{"between": ["trust.start", "weeks"], "value": 0.5}]}, "'weeks' is not drawn"),
    ],
)
def test_impossible_settings_of_worlds_are_one_clear_message(settings, message):
    with pytest.raises(ScenarioError, match=re.escape(message)):
        drawn(scenario(40, 12, WEAVER).with_(settings), 1, 0)


@pytest.fixture(scope="module")
def comparison():
    """Compare no coordinator with a weaver in four futures and six worlds."""
    one = scenario(20, 24, WEAVER)
    twin = one.with_({"strategies.twin": {"coordinators": []}})
    return compare(twin, 4, 3, ["none", "it", "twin"], renewal=False, worlds=6)


def test_worlds_have_a_row_a_run_and_do_not_depend_on_threads(comparison):
    runs = comparison.worlds
    assert len(runs) == 6 * FUTURES * 3
    again = run_worlds(comparison.scenario, comparison.strategies, range(6), 3, jobs=1)
    assert again.equals(runs)
    fewer = run_worlds(comparison.scenario, comparison.strategies, range(2), 3)
    assert fewer.equals(runs[runs["world"] < 2])
    assert values_of(runs, "it", "outputs", 24).shape == (6, FUTURES)
    assert (values_of(runs, "none", "generative_week", 24) <= 24).all()


def test_the_summary_has_every_pair_and_its_shares_sum_to_one(comparison):
    rows = comparison.summary.worlds
    assert {(one.strategy, one.baseline) for one in rows} == {("it", "none"), ("twin", "none"), ("twin", "it")}
    for one in rows:
        assert one.better + one.worse + one.unclear == pytest.approx(1)
        assert one.ci95.low <= one.mean <= one.ci95.high and 0 <= one.luck_share <= 1 and one.worlds == 6
    assert len(comparison.tables["worlds"]) == len(rows)


def test_identical_strategies_are_never_called_different(comparison):
    for one in comparison.summary.worlds:
        if {one.strategy, one.baseline} == {"twin", "none"}:
            assert (one.better, one.worse, one.mean, one.ahead) == (0, 0, 0, 0)
    assert comparison.sign("outputs", "twin", "none") == 0


def test_less_is_better_of_departures():
    """A made-up table: the second strategy loses two members fewer in every world."""
    one = scenario(10, 12, WEAVER)
    runs = pd.DataFrame(
        {"world": world, "strategy": name, "replicate": replicate, "members_left": 5.0 + world - 2 * (name == "it")}
        for world in range(8)
        for replicate in range(FUTURES)
        for name in ("none", "it")
    )
    made_up = Comparison(one, 1, ("none", "it"), pd.DataFrame(), {}, worlds=runs)
    row = made_up.over_worlds("it", "none", "members_left")
    assert (row.better, row.worse, row.mean, row.ahead, row.luck_share) == pytest.approx((1, 0, -2, 1, 0), abs=0.01)


def test_stopping_leaves_out_incomplete_worlds():
    one = scenario(10, 12, WEAVER)
    done = []
    part = run_worlds(one, ["none", "it"], range(20), 1, 1, lambda k, n: done.append(k), lambda: len(done) >= 9)
    assert len(part) % (2 * FUTURES) == 0 and 0 < len(part) < 80
    whole = run_worlds(one, ["none", "it"], range(20), 1)
    assert part.reset_index(drop=True).equals(whole[whole["world"].isin(part["world"])].reset_index(drop=True))
