"""The search for a plan: every plan costs the budget, made-up optima are found, and the winner's luck is not reported as gain."""

from types import SimpleNamespace
from zlib import crc32

import numpy as np
import pytest

from sim.inputs.scenario import Scenario
from sim.lab import planning
from sim.lab.plan_space import VARIABLES, presets_of, strategy_of
from sim.lab.planning import NOBODY, PLAN, QUICK, Effort, PlanError, plan
from sim.output.plan_words import answer, flat_words
from tests.model.scenarios_for_tests import scenario

WEAVER = {"hours": 12.0, "money": 500.0, "hub_share": 0.4, "connect": {"close_triads": 0.5}}
TINY = Effort(trials=40, worlds=4, rounds=((8, 8), (16, 3)), fresh=12, profile=6)


def random_point(rng):
    return {
        one.name: str(rng.choice(one.values)) if one.values else float(rng.uniform(one.low, one.high))
        for one in VARIABLES
    }


def test_every_plan_is_a_valid_strategy_that_costs_the_budget():
    rng = np.random.default_rng(1)
    base = scenario(52, 20)
    for _ in range(60):
        made = base.with_({"strategies.p": strategy_of(random_point(rng), 40_000, 45.0, 52)})
        assert made.yearly_cost("p") == pytest.approx(40_000, rel=1e-3)
        (one,) = made.strategies["p"].coordinators
        for focus in (one.connect, one.align, one.produce):
            assert 0.95 < sum(focus.values()) <= 1 + 1e-9


def test_own_strategies_are_scaled_to_the_budget():
    base = scenario(52, 20, WEAVER).with_({"strategies.pair": {"coordinators": [{"hours": 5.0}, {"hours": 9.0}]}})
    presets = presets_of(base, 20_000)
    assert set(presets) == {"it", "pair"}, "doing nothing costs nothing"
    for name, table in presets.items():
        assert base.with_({f"strategies.x{name}": table}).yearly_cost(f"x{name}") == pytest.approx(20_000)


def made_up(monkeypatch, value, luck):
    """Make runs return outputs by a made-up rule: `value` of the coordinator's settings, plus luck by seed and replicate."""

    def run(one, name, seed, replicate, renewal):
        each = one.strategies[name].coordinators
        shared = np.random.default_rng([seed % 2**32, replicate])
        own = np.random.default_rng([seed % 2**32, replicate, crc32(repr(each).encode())])
        outputs = (value(each[0]) if each else 0.0) + shared.normal() + luck * own.normal()
        return SimpleNamespace(outcomes={"outputs": outputs, "cost": one.yearly_cost(name)})

    monkeypatch.setattr(planning, "run_future", run)


def test_a_made_up_optimum_is_found_and_its_gain_is_clear(monkeypatch):
    made_up(monkeypatch, lambda one: 20 - 60 * abs(one.hub_share - 0.1), luck=0.5)
    found = plan(scenario(52, 10, WEAVER), 20_000, 1000, seed=1, effort=TINY)
    assert found.point["hub_share"] == pytest.approx(0.1, abs=0.05)
    assert found.better and found.best_preset == "it" and found.recommended == PLAN
    (hub,) = [one for one in found.flatness if one.name == "hub_share"]
    assert hub.good[1] - hub.good[0] < 0.2
    (money,) = [one for one in found.flatness if one.name == "money"]
    assert money.good == (0.0, 0.5) and "no clear difference" in flat_words(money)
    assert "more than it, the best of the scenario's own" in answer(found)
    assert set(found.names) == {PLAN, "cautious-plan", "it", NOBODY} and found.regrets.of(PLAN).mean.mean < 500


@pytest.mark.no_cover
def test_where_all_plans_are_alike_the_winners_luck_is_not_reported_as_gain(monkeypatch):
    made_up(monkeypatch, lambda one: 10.0, luck=3.0)
    base, clear, gains = scenario(52, 10, WEAVER), 0, []
    for seed in range(9):
        found = plan(base, 20_000, 1000, seed=seed, effort=QUICK)
        clear += found.better
        gains.append(found.gain.mean.mean)
    assert clear <= 2
    assert abs(np.mean(gains)) < 3 * np.std(gains) / np.sqrt(len(gains))


def test_a_plan_is_the_same_whatever_the_jobs_and_runs_in_the_model():
    base = scenario(16, 12, WEAVER)
    size = Effort(trials=8, worlds=2, rounds=((3, 2),), fresh=3, profile=2)
    one, two = (plan(base, 20_000, seed=1, effort=size, jobs=jobs) for jobs in (1, 2))
    assert one.point == two.point and np.array_equal(one.benefit, two.benefit)
    assert one.benefit.shape == (3, 2, 4)


def test_impossible_budgets_are_refused():
    with pytest.raises(PlanError, match="the budget is 0; allowed are"):
        plan(Scenario.from_document({}), 0)
