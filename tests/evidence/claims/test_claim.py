"""Effects as shares of a mean: agreement with the plain ratio and its bootstrap, and coverage of intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.evidence.claims.claim import loses_more, lost_share, ratio_of_means, relative
from sim.evidence.claims.verdict_rule import effect_of

LOOKS = 1


def arms(futures, ratio, scatter, together, seed=3):
    """Return two arms on paired futures: means `ratio` and 1, relative scatter, and the part of it that they share."""
    luck = np.random.default_rng(seed)
    cover = np.array([[1.0, together], [together, 1.0]])
    normal = luck.multivariate_normal([0.0, 0.0], cover, futures).T
    sigma = np.sqrt(np.log1p(np.square(scatter)))[:, None]
    return np.exp(sigma * normal - sigma**2 / 2) * np.array([[ratio], [1.0]])


def half(values):
    """Return the half-width of the 95% interval of an effect."""
    found = effect_of(values, LOOKS)
    return (found.high - found.low) / 2


def bootstrapped(statistic, *rows, times=4000, seed=11):
    """Return the half-width of the 95% bootstrap interval of a statistic over futures."""
    luck = np.random.default_rng(seed)
    places = luck.integers(0, len(rows[0]), (times, len(rows[0])))
    return 1.96 * statistic(*(row[places].mean(axis=1) for row in rows)).std(ddof=1)


def test_the_mean_is_the_ratio_of_means():
    a, b = arms(50, 2.0, (0.5, 0.3), 0.4)
    assert relative(a, b).mean() == pytest.approx(a.mean() / b.mean() - 1)
    assert lost_share(a, b).mean() == pytest.approx(1 - a.mean() / b.mean())
    hit = loses_more(a, b, b, a)
    assert hit.mean() == pytest.approx((1 - a.mean() / b.mean()) - (1 - b.mean() / a.mean()))


@given(st.floats(0.1, 50.0), st.floats(0.0, 10.0))
def test_the_share_of_proportional_arms_is_exact(scale, ratio):
    b = scale * np.random.default_rng(5).uniform(0.5, 2.0, 30)
    assert relative(ratio * b, b) == pytest.approx(np.full(30, ratio - 1))


def test_futures_without_a_value_are_excluded_from_both_means():
    a, b = np.array([2.0, np.nan, 4.0, 6.0]), np.array([1.0, 100.0, np.nan, 3.0])
    found = ratio_of_means(a, b)
    assert np.isnan(found).tolist() == [False, True, True, False]
    assert np.nanmean(found) == pytest.approx(8 / 4)
    assert np.isnan(relative(a, np.zeros(4))).all()


@pytest.mark.parametrize(
    ("ratio", "scatter", "together", "naive"),
    [
        pytest.param(3.6, (0.1, 0.45), 0.1, "too narrow", id="a large ratio over a mean that is hardly known"),
        pytest.param(0.5, (0.35, 0.35), 0.8, "too wide", id="arms that luck moves together"),
        pytest.param(1.0, (0.4, 0.4), 0.0, "the same", id="arms alike"),
    ],
)
def test_half_widths_match_a_bootstrap_of_the_ratio(ratio, scatter, together, naive):
    a, b = arms(120, ratio, scatter, together)
    expected = bootstrapped(lambda one, other: one / other, a, b)
    assert half(relative(a, b)) == pytest.approx(expected, rel=0.06)
    plain = half((a - b) / b.mean()) / expected
    assert {"too narrow": plain < 0.85, "too wide": plain > 1.15, "the same": 0.9 < plain < 1.1}[naive]


def test_the_half_width_of_a_difference_of_shares_lost_matches_a_bootstrap():
    hit, spared = arms(100, 0.7, (0.5, 0.4), 0.6, seed=8)
    again, alone = arms(100, 0.9, (0.3, 0.5), 0.2, seed=9)
    expected = bootstrapped(lambda a, b, c, d: (1 - a / b) - (1 - c / d), hit, spared, again, alone)
    assert half(loses_more(hit, spared, again, alone)) == pytest.approx(expected, rel=0.06)


def test_intervals_have_nominal_coverage():
    inside, naive = 0, 0
    for seed in range(600):
        a, b = arms(60, 3.0, (0.2, 0.4), 0.0, seed)
        for values, count in ((relative(a, b), 0), ((a - b) / b.mean(), 1)):
            found = effect_of(values, LOOKS)
            hit = found.low <= 2.0 <= found.high
            inside, naive = (inside + hit, naive) if count == 0 else (inside, naive + hit)
    assert stats.binom.ppf(1e-3, 600, 0.94) <= inside <= stats.binom.ppf(0.999, 600, 0.96)
    assert naive / 600 < 0.9
