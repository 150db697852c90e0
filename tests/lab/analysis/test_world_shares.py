"""Shares of worlds against made-up truth: unbiased within their error, intervals that cover, luck's share."""

import numpy as np
import pytest
from scipy import stats

from sim.lab.analysis.world_shares import inverse_trigamma, over_worlds, share_reaching, shrunk_variances


def normal_worlds(rng, worlds, futures, luck, mean=0.6):
    return rng.normal(mean, 1, (worlds, 1)) + rng.normal(0, luck, (worlds, futures))


def skewed_worlds(rng, worlds, futures, luck, mean=0.6):
    truth = rng.gamma(2, 1 / np.sqrt(2), (worlds, 1)) - np.sqrt(2) + mean
    return truth + luck * rng.standard_t(5, (worlds, futures)) / np.sqrt(5 / 3)


def true_shares(kind, margin, mean=0.6):
    if kind is normal_worlds:
        return stats.norm.sf(margin, mean), stats.norm.cdf(-margin, mean)
    law = stats.gamma(2, loc=mean - np.sqrt(2), scale=1 / np.sqrt(2))
    return law.sf(margin), law.cdf(-margin)


@pytest.mark.parametrize("kind", [normal_worlds, skewed_worlds])
@pytest.mark.parametrize(("worlds", "futures", "luck"), [(100, 2, 1.0), (100, 4, 1.5), (400, 2, 0.7)])
def test_shares_have_little_bias_and_their_intervals_cover(kind, worlds, futures, luck):
    rng = np.random.default_rng(worlds + futures)
    margin, trials = 0.2, 100
    truth = true_shares(kind, margin)
    results = [over_worlds(kind(rng, worlds, futures, luck), margin).shares for _ in range(trials)]
    for place, true in enumerate(truth):
        means = np.array([one[place].mean for one in results])
        held = np.mean([one[place].low <= true <= one[place].high for one in results])
        assert abs(means.mean() - true) < 0.035
        assert held >= 0.85
    naive = np.mean([(kind(rng, worlds, futures, luck).mean(axis=1) < -margin).mean() for _ in range(trials)])
    assert abs(means.mean() - true) < abs(naive - true) + 0.01


def test_the_mean_and_the_share_of_luck_are_unbiased():
    rng = np.random.default_rng(1)
    results = [over_worlds(normal_worlds(rng, 100, 2, 1.5), 0.1) for _ in range(400)]
    held = np.mean([one.mean.low <= 0.6 <= one.mean.high for one in results])
    assert 0.92 < held < 0.98
    assert np.mean([one.luck for one in results]) == pytest.approx(1.5**2 / (1 + 1.5**2), abs=0.02)


def test_strategies_that_do_the_same_are_never_called_different():
    same = over_worlds(np.zeros((50, 2)), 0.0)
    assert (same.shares.above.mean, same.shares.below.mean, same.shares.between) == (0, 0, 1)
    assert same.mean.low == same.mean.high == same.luck == 0


def test_without_luck_shares_are_counts():
    apart = np.repeat(np.array([-3.0, -1, 0.5, 2, 4, 5, 7, 8, 9, 10])[:, None], 2, axis=1)
    shares = over_worlds(apart, 1.5).shares
    assert (shares.above.mean, shares.below.mean) == pytest.approx((0.7, 0.1), abs=0.03)
    assert shares.above.mean + shares.below.mean + shares.between == pytest.approx(1)
    turned = over_worlds(-apart, 1.5).shares
    assert (turned.below.mean, turned.above.mean) == pytest.approx((shares.above.mean, shares.below.mean), abs=0.02)


def test_variances_are_shrunk_towards_a_common_one():
    rng = np.random.default_rng(2)
    equal = shrunk_variances(rng.chisquare(3, 500) / 3, 3)
    assert equal.std() < 0.2 and equal.mean() == pytest.approx(1, abs=0.1)
    assert inverse_trigamma(float(np.pi**2 / 6)) == pytest.approx(1)


@pytest.mark.parametrize("shape", [(1, 2), (5, 1)])
def test_one_world_or_one_future_is_refused(shape):
    with pytest.raises(ValueError, match="at least two worlds of two futures"):
        over_worlds(np.zeros(shape), 0.1)


@pytest.mark.no_cover
@pytest.mark.slow
@pytest.mark.parametrize(("share", "luck"), [(0.95, 0.5), (0.95, 2.0), (2 / 3, 1.0), (0.3, 2.0)])
def test_the_share_of_worlds_that_reach_a_margin_is_unbiased_and_its_interval_covers(share, luck):
    rng = np.random.default_rng(int(10 * luck))
    seen = []
    for trial in range(60):
        effects = normal_worlds(rng, 96, 4, luck, stats.norm.ppf(share))
        if trial % 2:
            effects[rng.random(effects.shape) < 0.2] = np.nan
        seen.append(share_reaching(effects, 0.0))
    assert np.mean([one.share for one in seen]) == pytest.approx(share, abs=0.035)
    assert np.mean([one.interval().low <= share <= one.interval().high for one in seen]) >= 0.88


@pytest.mark.no_cover
@pytest.mark.slow
def test_the_share_of_worlds_is_unbiased_for_yes_and_no_too():
    rng = np.random.default_rng(9)
    law = stats.beta(2.0, 0.6)
    truth, trials = law.sf(0.5), 80
    effects = [rng.random((96, 4)) < law.rvs((96, 1), random_state=rng) for _ in range(trials)]
    seen = [share_reaching(one.astype(float), 0.5, yes_no=True) for one in effects]
    assert np.mean([one.share for one in seen]) == pytest.approx(truth, abs=0.035)
    assert np.mean([one.interval().low <= truth <= one.interval().high for one in seen]) >= 0.88


def test_worlds_without_an_effect_do_not_reach_the_margin():
    nothing = share_reaching(np.full((96, 4), np.nan), 0.0)
    assert nothing.share == 0 and nothing.interval().high < 0.05
    half = np.full((96, 4), np.nan)
    half[::2] = 5 + np.random.default_rng(1).normal(size=(48, 4))
    assert share_reaching(half, 0.0).share == pytest.approx(0.5)
    assert share_reaching(np.full((96, 4), 2.0), 1.0).share == 1
