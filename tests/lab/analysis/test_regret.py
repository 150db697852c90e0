"""Regret in a worked example, probabilities of being best, minimax."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lab.analysis.regret import best_share, losses, regret
from sim.lab.analysis.runs import AnalysisError, block
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


def test_intervals_of_the_share_best_have_nominal_coverage():
    """One strategy is clearly best in 30% of the worlds."""
    luck, held = np.random.default_rng(3), 0
    for trial in range(100):
        worlds = np.where(luck.random(40) < 0.3, 5.0, -5.0)
        values = np.stack([np.zeros(40), worlds], axis=-1)[:, None, :] + luck.normal(0, 0.1, (40, 2, 2))
        result = regret(block(table_of(40, 2, ("a", "b"), {"outputs": values}), "outputs", ("a", "b"), 1), trial, 200)
        held += result.of("b").best.low <= 0.3 <= result.of("b").best.high
    assert held >= 88


@given(st.integers(1, 20), st.integers(1, 5), st.integers(0, 10_000))
def test_shares_sum_to_one_and_the_best_strategy_has_no_regret(units, strategies, seed):
    values = np.random.default_rng(seed).integers(0, 4, (units, strategies)).astype(float)
    assert best_share(values).sum() == pytest.approx(1)
    assert (losses(values).min(axis=1) == 0).all()


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
    values = np.stack([np.zeros(40), np.ones(40)], axis=-1)[:, None, :]
    result = regret(block(table_of(40, 1, ("a", "b"), {"outputs": values}), "outputs", ("a", "b"), 1))
    assert (result.of("a").best.mean, result.of("a").best.low) == (0, 0)
    assert (
        result.of("a").best.high == pytest.approx(1 - result.of("b").best.low)
        and 0.05 < result.of("a").best.high < 0.12
    )
