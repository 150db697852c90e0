"""Verdicts: the rule, intervals compared with scipy, and the error rate of `holds`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.evidence.claims.verdict_rule import (
    CONDITIONAL,
    ENOUGH_WORLDS,
    FAILS,
    HOLDS,
    MIXED,
    NOT_ROBUST,
    UNDECIDED,
    boundary_of,
    effect_of,
    overall,
    replicates_needed,
    share_of_worlds,
    verdict_of,
    with_worlds,
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
    assert overall([("a", FAILS), ("b", NOT_ROBUST)]) == (FAILS, None)
    assert overall([("a", FAILS), ("b", UNDECIDED)]) == (UNDECIDED, None)
    assert overall([("a", HOLDS), ("b", UNDECIDED)]) == (UNDECIDED, None)
    verdict, condition = overall([("so it is", HOLDS), ("so it is not", FAILS), ("who knows", UNDECIDED)])
    assert verdict == MIXED
    assert condition == "Holds: so it is. Does not hold: so it is not. Undecided: who knows."
    assert overall([("a", HOLDS), ("here alone", NOT_ROBUST)])[1] == "Holds: a. Not robust: here alone."


def test_a_claim_is_conditional_only_with_a_boundary():
    mixed = [("a", HOLDS), ("b", FAILS)]
    assert overall(mixed)[0] == MIXED
    assert overall(mixed, "Holds from 60 members on.") == (CONDITIONAL, "Holds from 60 members on.")
    assert overall([("a", HOLDS)], "Holds from 60 members on.") == (HOLDS, None)


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ((FAILS, FAILS, HOLDS, HOLDS), "Holds from 60 members on, and does not up to 30 members"),
        ((FAILS, UNDECIDED, HOLDS, HOLDS), "does not up to 15 members, and is undecided in between"),
        ((HOLDS, FAILS, FAILS, FAILS), "Holds up to 15 members, and does not from 30 members on"),
        ((UNDECIDED, FAILS, UNDECIDED, HOLDS), "Holds from 120 members on, and does not up to 30 members, and is"),
        ((HOLDS, FAILS, HOLDS, HOLDS), None),
        ((HOLDS, HOLDS, HOLDS, UNDECIDED), None),
        ((FAILS, FAILS, FAILS, UNDECIDED), None),
    ],
)
def test_a_boundary_separates_all_values_that_hold_from_all_that_do_not(verdicts, words):
    found = boundary_of("{} members", (15.0, 30.0, 60.0, 120.0), verdicts)
    assert found is None if words is None else words in found


def test_a_part_holds_only_if_it_does_in_two_thirds_of_worlds():
    most, some, few = (share_of_worlds(count, 96, 100)[1] for count in (92, 68, 30))
    assert (with_worlds(HOLDS, most), with_worlds(HOLDS, some), with_worlds(HOLDS, few)) == (
        HOLDS,
        UNDECIDED,
        NOT_ROBUST,
    )
    assert with_worlds(HOLDS, None) == UNDECIDED
    assert with_worlds(FAILS, most) == FAILS and with_worlds(UNDECIDED, most) == UNDECIDED


def made_up(luck, mean, between, worlds=96, futures=4, replicates=200):
    """Return a part's verdict from effects with a true mean here, which differs from world to world; margin 0, 100 looks."""
    here = verdict_of(effect_of(luck.normal(mean, 1.0, replicates), 100), 0.0)
    there = luck.normal(mean, between, worlds) + luck.normal(0.0, 1.0 / np.sqrt(futures), worlds)
    return with_worlds(here, share_of_worlds(int((there >= 0.0).sum()), worlds, 100)[1])


@pytest.mark.parametrize(
    ("mean", "between", "verdict"),
    [
        pytest.param(1.5, 0.5, HOLDS, id="an effect that is there in nearly all worlds"),
        pytest.param(0.5, 5.0, (UNDECIDED, NOT_ROBUST), id="an effect here that half of all worlds turn round"),
        pytest.param(0.0, 0.5, UNDECIDED, id="no effect"),
        pytest.param(-1.0, 0.5, FAILS, id="the opposite"),
    ],
)
def test_verdicts_on_made_up_truth(mean, between, verdict):
    luck = np.random.default_rng(11)
    found = [made_up(luck, mean, between) for _ in range(200)]
    wanted = (verdict,) if isinstance(verdict, str) else verdict
    assert np.mean([one in wanted for one in found]) > 0.97


def test_at_exactly_two_thirds_of_worlds_an_effect_hardly_ever_holds():
    """A share of just two thirds passes as often as a two-sided interval at 100 looks allows."""
    luck = np.random.default_rng(5)
    counts = luck.binomial(96, ENOUGH_WORLDS, 20_000)
    passed = np.mean([with_worlds(HOLDS, share_of_worlds(int(count), 96, 100)[1]) == HOLDS for count in counts])
    assert passed <= 0.05 / 100
