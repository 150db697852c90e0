"""Regret in a worked example and against made-up truth, probabilities of being best, minimax."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lab.analysis.regret import ONE_FUTURE, SHARED_LUCK, best_of, losses, regret
from sim.lab.analysis.runs import AnalysisError, Block, block
from tests.lab.analysis.tables import table_of

NAMES = ("none", "mass", "customized")
# Four worlds, means over two seeds; the best in each: customized, mass, mass, a tie of all.
WORLDS = np.array([[0.0, 3, 10], [1, 5, 2], [0, 4, 1], [2, 2, 2]])


def worlds_table(worlds=WORLDS):
    luck = np.array([-0.5, 0.5])[None, :, None]
    values = worlds[:, None, :] + luck
    return block(table_of(len(worlds), 2, NAMES, {"outputs": values, "cost": values}), "outputs", NAMES, 156)


def test_regret_in_a_worked_example():
    result = regret(worlds_table(), seed=1)
    assert result.table.tolist() == [[10, 7, 0], [4, 0, 3], [4, 0, 3], [0, 0, 0]]
    mass, customized = result.of("mass"), result.of("customized")
    assert (mass.mean.mean, mass.largest) == (1.75, 7)
    assert (customized.mean.mean, customized.largest) == (1.5, 3)
    assert customized.minimax and not mass.minimax
    assert mass.best.mean == pytest.approx((1 + 1 + 1 / 3) / 4)
    assert customized.best.mean == pytest.approx((1 + 1 / 3) / 4)
    assert (result.unit, result.number) == ("simulated worlds", 4)


def test_the_lowest_value_is_best_if_less_is_better():
    runs = table_of(4, 2, NAMES, {"cost": np.repeat(WORLDS[:, None], 2, axis=1)})
    result = regret(block(runs, "cost", NAMES, 156))
    assert result.table.tolist() == [[0, 3, 10], [0, 4, 1], [0, 4, 1], [0, 0, 0]]
    assert result.of("none").best.mean == pytest.approx(1 - 2 / 3 / 4)


def test_there_is_no_best_strategy_for_an_outcome_without_direction():
    runs = table_of(2, 2, NAMES, {"mean_degree": np.ones((2, 2, 3))})
    with pytest.raises(AnalysisError, match="clearly better"):
        regret(block(runs, "mean_degree", NAMES, 156))


def test_one_world_counts_futures():
    values = np.array([[[1.0, 2, 3], [5, 1, 1], [0, 0, 4]]])
    result = regret(block(table_of(1, 3, NAMES, {"outputs": values}), "outputs", NAMES, 156))
    assert (result.unit, result.number) == ("simulated futures", 3)
    assert result.of("customized").best.mean == pytest.approx(2 / 3)


def own_luck(values, outcome="outputs"):
    """Return a block of worlds with luck of their own; `values`: (points, replicates, strategies)."""
    names = tuple("abcdef"[: values.shape[2]])
    return Block(outcome, names, np.arange(len(values)), pd.Index([]), values, 0, False, shared=False)


def made_up(rng, worlds, futures, worlds_sd, luck_sd, means, alike=0.5):
    """Draw worlds and luck; `alike`: the share of luck that all strategies of a future have in common."""
    many = len(means)
    truth = np.asarray(means) + rng.normal(0, worlds_sd, (worlds, 1, many))
    common, rest = rng.normal(0, 1, (worlds, futures, 1)), rng.normal(0, 1, (worlds, futures, many))
    return truth + luck_sd * (np.sqrt(alike) * common + np.sqrt(1 - alike) * rest)


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize(
    ("worlds", "futures", "worlds_sd", "luck_sd", "means"),
    [(96, 4, 2, 7, (0, 0, 0, 0)), (200, 2, 2, 3, (0, 1, 2)), (60, 8, 2, 2, (0, 0))],
)
def test_regret_is_unbiased_and_its_intervals_have_nominal_coverage(worlds, futures, worlds_sd, luck_sd, means):
    """Taking the largest of noisy means as the best world's would double regret where luck's sd is 7 and worlds' 2."""
    rng = np.random.default_rng(12)
    sample = np.asarray(means) + rng.normal(0, worlds_sd, (400_000, len(means)))
    truth, best = losses(sample).mean(axis=0), best_of(sample).mean(axis=0)
    results = [
        regret(own_luck(made_up(rng, worlds, futures, worlds_sd, luck_sd, means)), k, 200).strategies
        for k in range(100)
    ]
    mean = np.array([[one.mean.mean for one in row] for row in results])
    assert np.abs(mean.mean(axis=0) - truth).max() < 3 * mean.std(axis=0).max() / 10 + 0.04
    held = np.mean([[low.mean.low <= t <= low.mean.high for low, t in zip(row, truth, strict=True)] for row in results])
    shares = np.array([[one.best.mean for one in row] for row in results])
    assert np.abs(shares.mean(axis=0) - best).max() < 0.03
    held_best = np.mean([[b.best.low <= t <= b.best.high for b, t in zip(row, best, strict=True)] for row in results])
    assert held > 0.9 and held_best > 0.9


def test_intervals_are_shown_only_where_worlds_have_luck_of_their_own():
    rng = np.random.default_rng(1)
    values = made_up(rng, 20, 3, 1, 1, (0, 1))
    assert regret(own_luck(values)).note == ""
    assert regret(own_luck(values[:, :1])).note == ONE_FUTURE
    runs = table_of(20, 3, ("a", "b"), {"outputs": values})
    shared = regret(block(runs, "outputs", ("a", "b"), 1))
    assert shared.note == SHARED_LUCK
    assert np.isnan([shared.of("a").mean.low, shared.of("a").best.high]).all()
    assert regret(own_luck(values)) == regret(own_luck(values))


def test_intervals_of_the_share_best_have_nominal_coverage():
    """One strategy is clearly best in 30% of the worlds."""
    luck, held = np.random.default_rng(3), 0
    for trial in range(100):
        worlds = np.where(luck.random(40) < 0.3, 5.0, -5.0)
        values = np.stack([np.zeros(40), worlds], axis=-1)[:, None, :] + luck.normal(0, 0.1, (40, 2, 2))
        result = regret(own_luck(values), trial, 100)
        held += result.of("b").best.low <= 0.3 <= result.of("b").best.high
    assert held >= 88


@given(st.integers(1, 20), st.integers(1, 5), st.integers(0, 10_000))
def test_shares_sum_to_one_and_the_best_strategy_has_no_regret(units, strategies, seed):
    values = np.random.default_rng(seed).integers(0, 4, (units, strategies)).astype(float)
    assert best_of(values).mean(axis=0).sum() == pytest.approx(1)
    assert (losses(values).min(axis=1) == 0).all()


@pytest.mark.no_cover
@pytest.mark.slow
def test_the_largest_regret_is_a_lower_bound_without_an_interval():
    """New worlds exceed the maximum of any sample, so it is reported as a lower bound without an interval."""
    luck, past = np.random.default_rng(8), 0
    for _ in range(100):
        values = np.stack([np.zeros(60), luck.normal(3, 4, 60)], axis=-1)[:, None, :].repeat(2, axis=1)
        half = [
            block(table_of(30, 2, ("a", "b"), {"outputs": one}), "outputs", ("a", "b"), 1)
            for one in (values[:30], values[30:])
        ]
        now, later = (regret(one, resamples=100).of("b").largest for one in half)
        past += later > now
        assert now == pytest.approx(max(0.0, -values[:30].min()))
    assert 30 <= past <= 70


def test_a_strategy_that_is_never_best_has_an_interval_above_zero():
    values = np.stack([np.zeros(40), np.ones(40)], axis=-1)[:, None, :].repeat(2, axis=1)
    result = regret(own_luck(values))
    assert (result.of("a").best.mean, result.of("a").best.low) == (0, 0)
    assert (
        result.of("a").best.high == pytest.approx(1 - result.of("b").best.low)
        and 0.05 < result.of("a").best.high < 0.12
    )
