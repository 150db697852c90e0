"""Verdicts: the rule, intervals compared with scipy, and the error rate of `holds`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.evidence.claims.verdict_rule import (
    CONDITIONAL,
    FAILS,
    HOLDS,
    UNDECIDED,
    effect_of,
    overall,
    replicates_needed,
    verdict_of,
)

LUCK = np.random.default_rng(1)


def test_intervals_are_students_and_the_corrected_one_is_wider():
    values = LUCK.normal(2.0, 3.0, 40)
    effect = effect_of(values, 20)
    for confidence, ends in (
        (0.95, (effect.low, effect.high)),
        (1 - 0.05 / 20, (effect.low_adjusted, effect.high_adjusted)),
    ):
        assert ends == pytest.approx(stats.t.interval(confidence, 39, values.mean(), stats.sem(values)))
    assert effect.mean == pytest.approx(values.mean()) and effect.n == 40


def test_a_share_has_wilsons_interval_with_width_even_at_one():
    effect = effect_of(np.ones(50), 20, share=True)
    expected = stats.binomtest(50, 50).proportion_ci(1 - 0.05 / 20, method="wilson")
    assert (effect.low_adjusted, effect.high_adjusted) == pytest.approx((expected.low, 1.0))
    assert effect.low_adjusted < effect.low < 1.0


def test_futures_without_a_value_are_excluded_and_too_few_are_undecided():
    values = np.array([1.0, np.nan] * 12)
    assert effect_of(values, 5).n == 12
    assert effect_of(values[:18], 5) is None
    assert verdict_of(None, 0.0) == UNDECIDED


@pytest.mark.parametrize(
    ("mean", "margin", "verdict"), [(5.0, 1.0, HOLDS), (0.0, 1.0, FAILS), (-5.0, 0.0, FAILS), (1.0, 1.0, UNDECIDED)]
)
def test_the_corrected_interval_has_to_be_on_one_side_of_the_margin(mean, margin, verdict):
    noise = LUCK.normal(0.0, 1.0, 200)
    assert verdict_of(effect_of(mean + noise - noise.mean(), 50), margin) == verdict


def test_the_error_rate_of_holds_is_the_nominal_one():
    """With an effect exactly at its margin and 10 looks, at most 0.05 / 10 / 2 of the verdicts are `holds`."""
    luck = np.random.default_rng(7)
    wrong = sum(verdict_of(effect_of(luck.normal(0.0, 1.0, 30), 10), 0.0) == HOLDS for _ in range(4000))
    assert wrong <= stats.binom.ppf(0.9999, 4000, 0.0025)
    assert wrong > 0


@given(st.floats(-3.0, 3.0), st.floats(0.1, 5.0))
def test_the_estimated_number_of_replicates_decides(mean, deviation):
    values = np.random.default_rng(3).normal(0.0, 1.0, 60)
    values = mean + deviation * (values - values.mean()) / values.std(ddof=1)
    effect = effect_of(values, 30)
    needed = replicates_needed(effect, 1.0, 30, 60)
    if needed is None:
        assert abs(effect.mean - 1.0) < 0.05
        return
    half = stats.norm.ppf(1 - 0.05 / 30 / 2) * effect.deviation / np.sqrt(needed)
    assert half <= abs(effect.mean - 1.0) + 1e-9
    assert needed <= 12 or stats.norm.ppf(1 - 0.05 / 30 / 2) * effect.deviation / np.sqrt(needed - 3) > abs(
        effect.mean - 1
    )


def test_a_claim_depends_on_all_its_parts():
    assert overall([("a", HOLDS), ("b", HOLDS)]) == (HOLDS, None)
    assert overall([("a", FAILS), ("b", FAILS)]) == (FAILS, None)
    assert overall([("a", FAILS), ("b", UNDECIDED)]) == (UNDECIDED, None)
    assert overall([("a", HOLDS), ("b", UNDECIDED)]) == (UNDECIDED, None)
    verdict, condition = overall([("so it is", HOLDS), ("so it is not", FAILS), ("who knows", UNDECIDED)])
    assert verdict == CONDITIONAL
    assert condition == "Holds: so it is. Does not hold: so it is not. Undecided: who knows."
