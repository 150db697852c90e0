"""Facts: weights recover a made-up truth, contradictions are named, ranges narrow, and answers change."""

import tomllib

import numpy as np
import pytest

from sim.inputs.scenario import Scenario, ScenarioError
from sim.lab import facts
from sim.lab.comparison import compare
from sim.lab.facts import YEARS, chosen, effective_number, known_worlds, standardised, weights_of
from sim.lab.world_draws import drawn
from tests.model.scenarios_for_tests import scenario

WEAVER = {"hours": 12.0, "connect": {"close_triads": 0.5, "engage_unconnected": 0.5}}


def made_up_years(rng, worlds=400, luck=2.0, mean=8.0, spread=4.0):
    """Return worlds' true yearly outputs, and simulated years of them."""
    truth = rng.normal(mean, spread, worlds)
    return truth, truth[:, None] + rng.normal(0, luck, (worlds, YEARS))


def test_weighted_worlds_have_the_right_mean_for_a_made_up_truth():
    """Normal worlds and luck: the mean of worlds given one observed year is known in closed form."""
    known = Scenario.from_document({}).with_facts({"outputs": "4 +- 1"})
    trials = []
    for seed in range(40):
        truth, years = made_up_years(np.random.default_rng(seed))
        trials.append(truth @ weights_of(standardised(known, ["outputs"], years[..., None])))
    noise = 2.0**2 + 1.0**2
    wanted = 8.0 + 4.0**2 / (4.0**2 + noise) * (4.0 - 8.0)
    assert np.mean(trials) == pytest.approx(wanted, abs=0.25)


def test_with_four_outputs_last_year_the_worlds_that_fit_reproduce_them():
    known = Scenario.from_document({}).with_facts({"outputs": "4 +- 1"})
    _, years = made_up_years(np.random.default_rng(1), 300)
    report = chosen(known, ["outputs"], years[..., None], 100, 1).report
    (check,) = report.facts
    assert check.before == pytest.approx(8, abs=0.5)
    assert abs(check.after - 4) < 1, "last year is reproduced within its tolerance"
    assert check.after < check.usual < check.before, "a usual year is not quite like last year, which was partly luck"
    assert 40 < report.effective < 300


def test_a_parameter_that_the_outputs_follow_is_named_as_moved():
    known = Scenario.from_document({}).with_facts({"outputs": "2 +- .5"})
    rates = np.array([drawn(known, 1, world)["production.rate"] for world in range(300)])
    years = 40 * (rates - 0.15)[:, None] + np.random.default_rng(2).normal(0, 1, (300, YEARS))
    moved = chosen(known, ["outputs"], years[..., None], 100, 1).report.moved
    assert moved[0].key == "production.rate" and moved[0].after < moved[0].before


def test_a_fact_that_no_world_fits_is_named():
    both = Scenario.from_document({}).with_facts(["outputs = 400 +- 1", "left_share = .3 +- .1"])
    rng = np.random.default_rng(3)
    years = np.stack([made_up_years(rng)[1], rng.uniform(0.1, 0.5, (400, YEARS))], axis=-1)
    with pytest.raises(ScenarioError, match=r"no plausible world fits the facts: outputs = 400 \+- 1 is in the way;"):
        chosen(both, ["outputs", "left_share"], years, 100, 1)


def test_facts_that_fit_only_apart_are_named_too():
    """Outputs and ties rise together; the facts say that only one is high."""
    both = Scenario.from_document({}).with_facts(["outputs = 16 +- 1", "new_ties = 0 +- 5", "left_share = .3 +- .2"])
    truth, years = made_up_years(np.random.default_rng(4))
    ties = 10 * truth[:, None] + np.random.default_rng(5).normal(0, 5, years.shape)
    left = np.random.default_rng(6).uniform(0.1, 0.5, years.shape)
    with pytest.raises(ScenarioError, match="in the way together with the other facts") as fault:
        chosen(both, ["outputs", "new_ties", "left_share"], np.stack([years, ties, left], axis=-1), 100, 1)
    assert "left_share" not in str(fault.value)


def test_more_worlds_are_drawn_where_few_fit_and_a_hopeless_fact_draws_no_more(monkeypatch):
    sizes = []

    def years(scenario, baseline, worlds, seed, names, *rest):
        sizes.append(len(worlds))
        return np.array([made_up_years(np.random.default_rng(world), 1)[1][0] for world in worlds])[..., None]

    monkeypatch.setattr(facts, "simulated_years", years)
    base = scenario(10, 12)
    known = known_worlds(base.with_facts({"outputs": "16 +- .5"}), "none", 100, 1)
    assert len(sizes) > 1 and known.report.drawn == sum(sizes) <= facts.MOST_TIMES * 100
    assert known.report.effective > 20 and known.weights.sum() == pytest.approx(1)
    assert set(range(100)) < set(known.worlds), "the worlds asked for are run, so that answers without facts are known"
    sizes.clear()
    with pytest.raises(ScenarioError, match="no plausible world"):
        known_worlds(base.with_facts({"outputs": "900 +- 1"}), "none", 100, 1)
    assert sizes == [100]


def test_equal_weights_have_the_effective_number_of_worlds():
    assert effective_number(np.full(50, 1 / 50)) == pytest.approx(50)
    assert effective_number(np.array([1.0, 0, 0])) == 1


def test_a_fact_about_a_parameter_narrows_its_range():
    base = scenario(10, 12)
    known = base.with_facts(["customized.introduction_hours = 3 +- .5"])
    values = [drawn(known, 1, world)["customized.introduction_hours"] for world in range(50)]
    assert 2.5 <= min(values) < 2.7 and 3.3 < max(values) <= 3.5
    other = [{**drawn(one, 1, 7), "customized.introduction_hours": 0} for one in (base, known)]
    assert other[0] == other[1], "no other draw changes"
    report = known_worlds(known, "none", 10, 1).report
    assert report.effective == 10 and report.facts[0].after == pytest.approx(3)


def test_facts_change_a_comparison_and_what_they_changed_is_shown():
    one = scenario(20, 24, WEAVER)
    plain = compare(one, 3, 3, ["none", "it"], renewal=False, worlds=8)
    known = compare(one, 3, 3, ["none", "it"], renewal=False, worlds=8, facts=["newcomers = 6 +- 1"])
    summary = known.summary
    assert plain.summary.facts is None and plain.summary.without_facts == ()
    assert summary.facts.facts[0].name == "newcomers" and summary.facts.effective >= 1
    (without,) = summary.without_facts
    (before,) = [row for row in plain.summary.worlds if row.outcome == "outputs"]
    assert without == before
    weights = known.worlds.groupby("world")["weight"].first()
    assert weights.sum() == pytest.approx(1) and weights.max() > weights.min()
    again = compare(one, 3, 3, ["none", "it"], jobs=1, renewal=False, worlds=8, facts={"newcomers": "6 +- 1"})
    assert again.summary == summary


def test_last_year_may_have_been_under_another_strategy_than_the_baseline():
    """Facts of a network that had a coordinator are compared with years under one; the baseline stays what it is."""
    one = scenario(20, 24, WEAVER).with_facts(["new_ties = 30 +- 5"])
    with pytest.raises(ScenarioError, match=r"worlds\.last_year is unknown; did you mean none"):
        one.with_({"worlds.last_year": "non"})
    woven = one.with_({"worlds.last_year": "it"})
    assert Scenario.from_document(tomllib.loads(woven.to_toml())) == woven
    weights = [known_worlds(*case, 6, 1).weights for case in ((one, "it"), (woven, "none"), (one, "none"))]
    assert np.array_equal(weights[0], weights[1]) and not np.array_equal(weights[1], weights[2])
    assert compare(woven, 2, 3, ["none", "it"], renewal=False, worlds=2).baseline == "none"
