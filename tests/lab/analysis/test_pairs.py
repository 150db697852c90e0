"""Crossed worlds and seeds: coverage of intervals, agreement with the paired t interval, incomplete blocks."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lab.analysis.effects import paired_difference
from sim.lab.analysis.pairs import crossed, difference, half, level, resampled
from sim.lab.analysis.runs import AnalysisError, block, crossed_part
from tests.lab.analysis.tables import table_of

TWO = ("a", "b")


def crossed_values(luck, points, replicates, between=1.0, seeds=1.0, both=1.0):
    """Return differences with effects of world, of seed, and of their interaction."""
    worlds = luck.normal(0, between, (points, 1))
    return worlds + luck.normal(0, seeds, (1, replicates)) + luck.normal(0, both, (points, replicates))


@pytest.mark.parametrize(("points", "replicates", "seeds"), [(12, 6, 1.0), (40, 4, 0.0), (30, 8, 0.5)])
def test_intervals_have_nominal_coverage(points, replicates, seeds):
    luck = np.random.default_rng(5)
    held = 0
    table = block(fast(np.zeros((points, replicates))), "outputs", TWO, 156)
    for _ in range(600):
        values = crossed_values(luck, points, replicates, 1.0, seeds)
        result = difference(replace(table, values=np.stack([values, np.zeros_like(values)], axis=2)), "a", "b")
        held += result.low <= 0 <= result.high
    assert held / 600 > 0.93


def test_treating_runs_as_independent_gives_too_narrow_intervals():
    luck = np.random.default_rng(6)
    values = crossed_values(luck, 20, 5, 1.0, 1.0, 0.1)
    honest = difference(block(fast(values), "outputs", TWO, 156), "a", "b")
    naive = paired_difference(values.ravel(), np.zeros(100))
    assert honest.high - honest.low > 2 * (naive.high - naive.low)


def fast(values):
    """Return a table with the difference under `a` and 0 under `b`."""
    points, replicates = values.shape
    p, r = np.divmod(np.arange(points * replicates), replicates)
    one = pd.DataFrame({"point": p, "replicate": r, "strategy": "a", "outputs": values.ravel()})
    return pd.concat([one, one.assign(strategy="b", outputs=0.0)])


def table_of_values(first, second):
    return table_of(*first.shape, TWO, {"outputs": np.stack([first, second], axis=-1)})


@pytest.mark.parametrize("shape", [(1, 30), (30, 1)])
def test_one_world_or_one_seed_gives_the_paired_t_interval(shape):
    luck = np.random.default_rng(7)
    first, second = luck.normal(1, 1, shape), luck.normal(0, 1, shape)
    result = difference(block(table_of_values(first, second), "outputs", TWO, 156), "a", "b")
    plain = paired_difference(first.ravel(), second.ravel())
    assert (result.mean, result.low, result.high) == pytest.approx((plain.mean, plain.low, plain.high))
    if shape[0] == 1:
        assert result.replicates_needed(0.1) == plain.replicates_needed(0.1)
    assert result.ahead == pytest.approx((first > second).mean())


def test_more_seeds_do_not_reduce_uncertainty_between_worlds():
    luck = np.random.default_rng(8)
    result = difference(block(fast(crossed_values(luck, 10, 8, 2.0, 0.1, 0.1)), "outputs", TWO, 156), "a", "b")
    assert result.replicates_needed(0.1) is None
    assert half(result.spread, 10, 1000) > 0.5 > half(result.spread, 1000, 8)


def test_variance_components_are_recovered():
    luck = np.random.default_rng(9)
    spreads = [crossed(crossed_values(luck, 60, 30, 2.0, 1.0, 0.5)[:, :, None]) for _ in range(20)]
    assert np.mean([one.between for one in spreads]) == pytest.approx(4.0, rel=0.1)
    assert np.mean([one.luck for one in spreads]) == pytest.approx(1.0, rel=0.25)
    assert np.mean([one.both for one in spreads]) == pytest.approx(0.25, rel=0.05)


def test_one_single_pair_gives_no_interval():
    with pytest.raises(ValueError, match="at least two"):
        crossed(np.zeros((1, 1, 1)))


def test_weeks_not_reached_count_as_the_horizon():
    runs = table_of(2, 2, TWO, {"aligned_week": np.array([[[10, np.nan], [20, 30]], [[np.nan, np.nan], [40, 52]]])})
    result = block(runs, "aligned_week", TWO, 52)
    assert result.restricted
    assert result.values.tolist() == [[[10, 52], [20, 30]], [[52, 52], [40, 52]]]
    assert difference(result, "a", "b").mean == pytest.approx(np.mean([-42, -10, 0, -12]))


def test_worlds_with_failed_runs_are_excluded():
    luck = np.random.default_rng(1)
    runs = table_of(6, 3, TWO, {"outputs": luck.normal(size=(6, 3, 2))})
    runs.loc[(runs["point"] == 2) & (runs["replicate"] == 1) & (runs["strategy"] == "b"), "status"] = "failed"
    result = block(runs, "outputs", TWO, 52)
    assert result.points.tolist() == [0, 1, 3, 4, 5]
    assert runs.loc[result.used, "replicate"].unique().tolist() == [0, 1, 2]
    assert result.left_out == 3


def test_an_unfinished_sweep_keeps_its_complete_seeds():
    runs = table_of(6, 3, TWO, {"outputs": np.ones((6, 3, 2))})
    result = block(runs[(runs["replicate"] < 2) | (runs["point"] < 2)], "outputs", TWO, 52)
    assert (result.points.tolist(), runs.loc[result.used, "replicate"].unique().tolist()) == (list(range(6)), [0, 1])


def test_futures_of_two_seeds_are_different_futures():
    runs = table_of(4, 3, TWO, {"outputs": np.full((4, 3, 2), 21.0)})
    both = pd.concat([runs, runs.assign(seed=99, outputs=runs["outputs"] + 1000)], ignore_index=True)
    result = block(both, "outputs", TWO, 52)
    assert result.values.shape == (4, 6, 2) and result.shared
    assert result.values.mean() == pytest.approx(521.0)


def test_a_run_that_occurs_twice_is_refused():
    runs = table_of(4, 3, TWO, {"outputs": np.ones((4, 3, 2))})
    with pytest.raises(AnalysisError, match="holds a run twice: point 0, strategy a, replicate 0"):
        block(pd.concat([runs, runs.assign(outputs=5.0)], ignore_index=True), "outputs", TWO, 52)


def test_worlds_with_seeds_of_their_own_are_independent():
    runs = table_of(5, 3, TWO, {"outputs": np.arange(30.0).reshape(5, 3, 2)})
    own = runs.assign(seed=100 + runs["point"])
    result = block(own.sample(frac=1, random_state=1), "outputs", TWO, 52)
    assert not result.shared and result.values.tolist() == block(runs, "outputs", TWO, 52).values.tolist()


@pytest.mark.parametrize(("points", "replicates"), [(40, 1), (40, 2), (12, 6)])
def test_intervals_over_worlds_with_own_seeds_have_nominal_coverage(points, replicates):
    luck = np.random.default_rng(11)
    held = 0
    for _ in range(1000):
        values = luck.normal(0, 1, (points, 1)) + luck.normal(0, 2, (points, replicates))
        spread = crossed(values[:, :, None], shared=False)
        held += spread.first.low <= 0 <= spread.first.high
    assert 0.93 < held / 1000 < 0.97
    assert spread.freedom == points - 1


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_the_selected_runs_are_crossed(rows, columns, seed):
    here = np.random.default_rng(seed).random((rows, columns)) < 0.8
    keep_rows, keep_columns = crossed_part(here)
    assert here[np.ix_(keep_rows, keep_columns)].all()
    if here.all():
        assert (len(keep_rows), len(keep_columns)) == here.shape


def test_resampling_worlds_and_seeds_uses_world_means():
    values = np.random.default_rng(2).normal(size=(4, 3, 2))
    drawn = resampled(values, np.random.default_rng(0), 200)
    assert drawn.shape == (200, 4, 2)
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(4, size=(200, 4)), rng.integers(3, size=(200, 3))
    own = resampled(values, np.random.default_rng(0), 200, shared=False)
    assert own[17] == pytest.approx(values.mean(axis=1)[rows[17]])
    assert drawn[17] == pytest.approx(values[rows[17]][:, columns[17]].mean(axis=1))


@pytest.mark.parametrize(("outcome", "names", "words"), [("nothing", TWO, "unknown"), ("outputs", ("a", "c"), "'c'")])
def test_unknown_names_raise_errors(outcome, names, words):
    with pytest.raises(AnalysisError, match=words):
        block(table_of(2, 2, TWO, {"outputs": np.ones((2, 2, 2))}), outcome, names, 52)


def test_a_level_has_the_interval_of_a_difference_from_zero():
    values = crossed_values(np.random.default_rng(3), 9, 4)
    table = block(fast(values), "outputs", TWO, 156)
    pair, one = difference(table, "a", "b"), level(table, "a")
    assert (one.mean, one.low, one.high) == pytest.approx((pair.mean, pair.low, pair.high))
    alone = level(block(fast(np.full((1, 1), 3.0)), "outputs", TWO, 156), "a")
    assert alone.low == alone.high == 3.0
