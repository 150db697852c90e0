"""Verdicts: the rule, intervals compared with scipy, and the error rate of `holds`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.evidence.claims.run import LOOKS
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


def worlds_of(luck, share, luck_within=1.0, worlds=96, futures=4):
    """Return effects by world and future; worlds' true effects have a standard deviation of 1, and `share` are above 0."""
    truth = luck.normal(stats.norm.ppf(share), 1.0, (worlds, 1))
    return truth + luck.normal(0.0, luck_within, (worlds, futures))


def test_a_part_holds_only_if_it_does_in_two_thirds_of_worlds():
    rng = np.random.default_rng(3)
    most, some, few = (share_of_worlds(worlds_of(rng, share), 0.0, 100)[1] for share in (0.97, 2 / 3, 0.2))
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
    there = luck.normal(mean, between, (worlds, 1)) + luck.normal(0.0, 1.0, (worlds, futures))
    return with_worlds(here, share_of_worlds(there, 0.0, 100)[1])


@pytest.mark.no_cover
@pytest.mark.slow
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
    found = [made_up(luck, mean, between) for _ in range(60)]
    wanted = (verdict,) if isinstance(verdict, str) else verdict
    assert np.mean([one in wanted for one in found]) > 0.97


@pytest.mark.no_cover
@pytest.mark.slow
def test_at_exactly_two_thirds_of_worlds_an_effect_hardly_ever_holds():
    luck = np.random.default_rng(5)
    shares = [share_of_worlds(worlds_of(luck, ENOUGH_WORLDS), 0.0, LOOKS)[1] for _ in range(100)]
    assert HOLDS not in {with_worlds(HOLDS, share) for share in shares}


@pytest.mark.no_cover
@pytest.mark.slow
def test_an_effect_in_nearly_all_worlds_holds_although_each_has_few_futures():
    """Luck as large as the spread of worlds, 96 worlds of four futures: a true share of .95 is distinguished from two thirds."""
    luck = np.random.default_rng(6)
    shares = [share_of_worlds(worlds_of(luck, 0.95), 0.0, LOOKS)[1] for _ in range(60)]
    assert np.mean([with_worlds(HOLDS, share) == HOLDS for share in shares]) > 0.9
