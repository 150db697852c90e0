"""Trials: arms on paired futures, each distinct world run once."""

import numpy as np
import pytest

from sim import Scenario, compare
from sim.evidence.claims import trial
from sim.evidence.claims.claim import Arm, ClaimPart, Contrast, less, more, relative
from sim.evidence.claims.future_measures import outcome, weeks_to
from sim.evidence.claims.trial import IT, WORLD, Trial, effects

WEAVER = {"hours": 10, "hour_cost": 50, "hub_share": 0.05}
SHORT = {"weeks": 40, "network.members": 16}


def part(measure=None, combine=more, arms=None, **given):
    arms = arms or (Arm(WEAVER), Arm())
    return ClaimPart(
        "x", "says", Contrast("unit", 0.0, measure or outcome("gifts"), combine), arms, **{"world": SHORT, **given}
    )


def test_an_effect_is_the_paired_difference_of_a_comparison():
    document = {**WORLD, "strategies": {"a": WEAVER, "b": {"coordinators": []}}}
    scenario = Scenario.from_document(document).with_(SHORT)
    runs = compare(scenario, 12, 5, renewal=False).runs
    a, b = (runs[runs.strategy == name]["gifts"].to_numpy(float) for name in "ab")
    plain, share, sooner = effects(
        [Trial(part()), Trial(part(combine=relative)), Trial(part(weeks_to("connected"), less))], 5, 12
    )
    assert np.array_equal(plain, a - b)
    ratio = a.mean() / b.mean()
    assert share == pytest.approx(ratio - 1 + (a - ratio * b) / b.mean())
    weeks = [runs[runs.strategy == name]["connected_week"].fillna(40).to_numpy(float) for name in "ab"]
    assert np.array_equal(sooner, weeks[1] - weeks[0])


def test_each_distinct_world_is_run_once(monkeypatch):
    ran = []
    run = trial.run_future
    monkeypatch.setattr(trial, "run_future", lambda *given, **named: (ran.append(given[3]), run(*given, **named))[1])
    trials = [
        Trial(part()),
        Trial(part(outcome("passed_on"))),
        Trial(part(arms=(Arm(),), combine=lambda a: a)),
    ]
    effects(trials, 1, 3)
    assert sorted(ran) == [0, 0, 1, 1, 2, 2]


def test_ablations_override_the_experiment_which_overrides_the_sampled_world():
    one = part(world={**SHORT, "giving.base": 0.5, "trust.gift": 0.1})
    trial_of = Trial(one, point={"giving.base": -1.0, "trust.decay": 0.03}, off={"trust.gift": 0.0})
    scenario = trial_of.scenario(Arm())
    assert dict(scenario.parameters) == {"giving.base": 0.5, "trust.gift": 0.0, "trust.decay": 0.03}
    assert scenario.weeks == 40 and tuple(scenario.strategies) == (IT,)


def test_results_depend_on_seeds_but_not_on_threads():
    one = [Trial(part())]
    first, alone, other = effects(one, 3, 6)[0], effects(one, 3, 6, jobs=1)[0], effects(one, 4, 6)[0]
    assert np.array_equal(first, alone) and not np.array_equal(first, other)


def test_stopping_gives_no_partial_effects():
    with pytest.raises(KeyboardInterrupt):
        effects([Trial(part())], 3, 6, stopped=lambda: True)


def test_each_world_has_luck_of_its_own():
    same = [effects([Trial(part(), world=number)], 3, 6)[0] for number in (None, 0, 1, 0)]
    assert np.array_equal(same[1], same[3])
    assert not np.array_equal(same[0], same[1]) and not np.array_equal(same[1], same[2])
