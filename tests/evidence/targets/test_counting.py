"""Pooling over futures: estimates, intervals, exclusions."""

import numpy as np
import pytest

from sim.evidence.targets.counting import RESAMPLES, Counted, counted, majority, over_futures, pooled, single


def test_a_pooled_share_is_all_hits_over_all_totals():
    median, low, high, _ = pooled([[Counted(1, 10), Counted(9, 10), Counted(0, 80)]], seed=1)
    assert median == pytest.approx(0.1)
    assert low <= median <= high


def test_a_pooled_ratio_is_one_share_over_the_other():
    one, other = [Counted(30, 100)] * 5, [Counted(10, 100)] * 5
    assert pooled([one, other], seed=1)[:3] == pytest.approx((3.0, 3.0, 3.0))


def test_of_several_ratios_the_highest_counts():
    shares = [[Counted(hits, 100)] * 5 for hits in (30, 10, 20, 5)]
    assert pooled(shares, seed=1)[:3] == pytest.approx((4.0, 4.0, 4.0))
    assert pooled([*shares[:3], [Counted(0, 100)] * 5], seed=1).median == pytest.approx(3.0)


def test_the_bootstrap_interval_has_the_theoretical_width():
    rng = np.random.default_rng(5)
    hits = rng.random(400) < 0.3
    median, low, high, sample = pooled([[Counted(float(hit), 1.0) for hit in hits]], seed=2)
    error = np.sqrt(median * (1 - median) / 400)
    assert len(sample) == RESAMPLES
    assert (high - low) / 2 == pytest.approx(1.645 * error, rel=0.15)


def test_the_same_seed_gives_the_same_interval():
    counts = [[Counted(float(n % 3 == 0), 1.0) for n in range(30)]]
    assert pooled(counts, seed=4)[:3] == pooled(counts, seed=4)[:3]


def test_pooling_nothing_gives_nan_without_a_warning():
    assert np.isnan(pooled([[Counted(0, 0), Counted(0, 0)]], seed=1)[:3]).all()
    assert np.isnan(pooled([[Counted(1, 2)], [Counted(0, 2)]], seed=1)[0])


def test_over_futures_ignores_nan_but_not_infinity():
    values = [1.0, 2.0, 3.0, np.nan]
    assert over_futures(values)[0] == 2.0
    assert over_futures([1.0, np.inf, np.inf])[:3] == (np.inf, 1.0, np.inf)
    assert np.isnan(over_futures([np.nan])[:3]).all()


def test_the_interval_contains_90_percent():
    middle, low, high, _ = over_futures([float(n) for n in range(101)])
    assert (low, middle, high) == (5.0, 50.0, 95.0)


def test_counted_counts_each_pair_once():
    everybody = ~np.eye(4, dtype=bool)
    some = np.zeros((4, 4), bool)
    some[0, 1] = some[1, 0] = True
    assert counted(some, everybody) == Counted(1.0, 6.0)
    assert single(Counted(1, 4)) == 0.25 and single(3) == 3.0
    assert np.isnan(single(Counted(0, 0)))


def test_a_majority_of_futures_decides_on_each_person():
    votes = np.array([[1, 1, 0, 0], [1, 0, 0, 1], [1, 1, 0, 0]], float)
    assert majority(votes, seed=1)[0] == 0.5
    assert majority(np.array([[1.0, 0.0], [0.0, 1.0]]), seed=1)[0] == 0.0
    assert single(votes[0]) == 0.5
