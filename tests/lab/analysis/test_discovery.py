"""Scenario discovery: a planted rule is recovered, and random failures give no simple rule."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.lab.analysis.discovery import discover, resampled_error
from sim.lab.experiment.designs import Factor
from tests.lab.analysis.tables import uniform

DECAY = uniform("trust.decay", 0.0, 0.1, label="fading of trust")
SIZE = Factor("network.members", "uncertain", "members", "", "int", "uniform", 20, 200)
KIND = Factor("network.kind", "uncertain", "kind of network", "", "choice", values=("ring", "star", "karate"))
FACTORS = (DECAY, SIZE, KIND)


def worlds(number=400, seed=0):
    luck = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "trust.decay": luck.uniform(0, 0.1, number),
            "network.members": luck.integers(20, 201, number),
            "network.kind": luck.choice(["ring", "star", "karate"], number),
        }
    )


def test_a_planted_rule_is_recovered_and_described():
    table = worlds()
    failed = (table["trust.decay"] > 0.06) & (table["network.members"] < 80)
    result = discover(table, failed, FACTORS)
    assert len(result.rules) == 1
    words = result.rules[0].words
    assert "fading of trust is above 0.0" in words and "members is at most 79" in words and "kind" not in words
    assert result.rules[0].coverage > 0.95 and result.rules[0].density > 0.9
    assert result.coverage > 0.85 and result.density > 0.85
    assert result.accuracy > 0.9
    assert result.base == pytest.approx(failed.mean())
    assert result.sentence.startswith("Where ")


def test_a_rule_survives_noise_and_reports_its_accuracy():
    table = worlds(600, 1)
    luck = np.random.default_rng(2).random(600)
    failed = np.where(table["trust.decay"] > 0.05, luck < 0.7, luck < 0.1)
    result = discover(table, failed, FACTORS)
    assert result.rules and all("fading of trust is above 0.0" in rule.words for rule in result.rules)
    assert result.density == pytest.approx(0.7, abs=0.08)
    assert result.coverage == pytest.approx(0.7 / 0.8, abs=0.1)


def test_choices_are_named():
    table = worlds()
    result = discover(table, table["network.kind"] == "star", FACTORS)
    assert [rule.words for rule in result.rules] == ["kind of network is star"]


@pytest.mark.parametrize("seed", range(5))
def test_random_failures_give_no_rule(seed):
    failed = np.random.default_rng(100 + seed).random(300) < 0.3
    result = discover(worlds(300, seed), failed, FACTORS)
    assert result.rules == ()
    assert result.sentence.startswith("No simple rule") and "guessing" in result.sentence


@pytest.mark.parametrize(
    ("failed", "factors", "words"),
    [
        (np.zeros(50, bool), FACTORS, "In none of 50 worlds"),
        (np.ones(50, bool), FACTORS, "In all of 50 worlds"),
        (np.arange(50) < 3, FACTORS, "only 3 of 50 worlds fail"),
        (np.arange(50) < 46, FACTORS, "only 4 of 50 worlds don't fail"),
        (np.arange(50) < 25, (), "nothing was varied"),
    ],
)
def test_a_missing_rule_is_explained(failed, factors, words):
    assert words in discover(worlds(50), failed, factors).sentence


def test_discovery_is_reproducible():
    table = worlds(200, 3)
    failed = table["trust.decay"] + table["network.members"] / 2000 > 0.11
    assert discover(table, failed, FACTORS) == discover(table, failed, FACTORS)


def test_scores_of_overlapping_folds_are_not_treated_as_independent():
    """Nadeau & Bengio (2003): variance times (1/20 + 1/4), for scores with known variance."""
    scores = np.tile([0.6, 0.8], 10)
    assert resampled_error(scores) == pytest.approx(scores.std(ddof=1) * np.sqrt(0.05 + 0.25))
    assert resampled_error(scores) > 2.4 * scores.std(ddof=1) / np.sqrt(20)


@pytest.mark.no_cover
@pytest.mark.slow
def test_the_standard_error_of_accuracy_matches_its_spread_over_new_samples():
    """On 40 new samples with a weak rule, the reported error is at least the actual standard deviation."""
    result = []
    for seed in range(40):
        luck = np.random.default_rng(1000 + seed)
        table = worlds(150, 500 + seed)
        failed = luck.random(150) < np.where(table["trust.decay"] > 0.05, 0.6, 0.25)
        result.append(discover(table, failed, FACTORS))
    scatter = np.std([one.accuracy for one in result], ddof=1)
    assert 0.8 * scatter < np.mean([one.error for one in result]) < 1.8 * scatter


def test_a_sentence_reports_the_counts_of_each_rule():
    """Recount from the table: worlds that meet the rule, how many of them fail, and their share of all failures."""
    table = worlds(500, 4)
    luck = np.random.default_rng(5).random(500)
    failed = np.where(table["trust.decay"] > 0.06, luck < 0.9, luck < 0.02)
    result = discover(table, failed, (DECAY,))
    (rule,) = result.rules
    edge = float(rule.words.rsplit(" ", 1)[1])
    picked = (table["trust.decay"] > edge).to_numpy()
    # The sentence rounds the threshold; worlds within the rounding error are not counted.
    near = np.abs(table["trust.decay"] - edge) < 0.5e-3 * 10 ** np.floor(np.log10(edge) + 2)
    assert abs(int(picked.sum()) - rule.worlds) <= int(near.sum())
    inside = (
        f"{100 * rule.density:.0f}% of these {rule.worlds} worlds fail ({100 * failed.mean():.0f}% of all worlds do)"
    )
    assert inside in result.sentence
    assert rule.density == pytest.approx(failed[picked].mean(), abs=0.03)
    assert (
        f"which is {100 * rule.coverage:.0f}% of all failures. These figures are from the worlds that the rule was fitted to"
        in result.sentence
    )
    assert f"In cross-validation such rules cover {100 * result.coverage:.0f}% of the failures" in result.sentence


def test_a_rate_keeps_its_unit():
    hazard = uniform("trust.decay", 0.0, 0.1, label="chance to leave")
    table = worlds(400, 6)
    result = discover(table, table["trust.decay"] > 0.05, (replace(hazard, unit="per week"),))
    assert result.rules[0].words.endswith("per week")
