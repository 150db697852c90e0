"""Time to event: compared with a published example, scipy, a direct integral and worked examples."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.lab.analysis.events import (
    Histories,
    exact_share,
    kaplan_meier,
    restricted_area,
    restricted_mean,
    restricted_weeks,
)

# Weeks of remission under 6-MP and placebo: Freireich et al. 1963, Blood 21, 699-716; worked through in Klein &
# Moeschberger 2003, "Survival Analysis", chapter 4, and Kleinbaum & Klein 2012, "Survival Analysis", chapter 2.
REMISSION = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], float)
RELAPSED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], bool)
PLACEBO = np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], float)
TREATED = Histories(REMISSION, RELAPSED, REMISSION)
UNTREATED = Histories(PLACEBO, np.ones(21, bool), 35.0)


@st.composite
def histories(draw):
    """Draw a few runs with whole weeks, so that ties between events and censoring are common."""
    runs = draw(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=25))
    weeks = np.array([week for week, _ in runs], float)
    return Histories(weeks, np.array([event for _, event in runs]), weeks)


def test_shares_match_the_published_example():
    curve = kaplan_meier(*TREATED)
    staying = 1 - curve.at([6, 7, 10, 13, 16, 22, 23])
    assert np.round(staying, 3) == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448])
    assert curve.median == 23
    assert curve.quantile_interval(0.5) == (13, None)
    assert (curve.runs, curve.reached, curve.followed) == (21, 9, 35)


def test_restricted_mean_matches_the_published_example():
    """Klein & Moeschberger: 23.287 weeks within 35, standard error 2.827."""
    estimate = restricted_mean(*TREATED)
    assert estimate.mean == pytest.approx(23.287, abs=5e-4)
    assert restricted_area(*TREATED)[1] == pytest.approx(2.827, abs=5e-4)
    # Nine relapses: the variance is multiplied by 9/8, with Student's t of 8 degrees of freedom.
    half = stats.t.ppf(0.975, 8) * 2.827 * np.sqrt(9 / 8)
    assert (estimate.low, estimate.high) == pytest.approx((23.287 - half, 23.287 + half), abs=5e-3)


@given(histories())
def test_shares_and_interval_agree_with_scipy(runs):
    weeks, reached, _ = runs
    with (
        warnings.catch_warnings()
    ):  # scipy warns where the log-log interval does not exist; those cases are skipped below
        warnings.simplefilter("ignore", RuntimeWarning)
        theirs = stats.ecdf(stats.CensoredData.right_censored(weeks, ~reached)).sf
        interval = theirs.confidence_interval(method="log-log")
    curve = kaplan_meier(*runs)
    assert curve.at(theirs.quantiles) == pytest.approx(1 - theirs.probabilities)
    inside = (theirs.probabilities > 1e-9) & (theirs.probabilities < 1 - 1e-9)
    step = np.searchsorted(curve.weeks, theirs.quantiles[inside])
    assert curve.high[step] == pytest.approx(1 - interval.low.probabilities[inside])
    assert curve.low[step] == pytest.approx(1 - interval.high.probabilities[inside])


@given(histories())
def test_restricted_mean_matches_a_direct_sum(runs):
    curve = kaplan_meier(*runs)
    middles = np.arange(0, curve.followed, 0.5) + 0.25
    estimate = restricted_mean(*runs)
    assert estimate.mean == pytest.approx((1 - curve.at(middles)).sum() * 0.5)
    assert 0 <= estimate.low <= estimate.mean <= estimate.high <= curve.followed


@given(histories())
def test_a_curve_is_increasing_and_within_its_interval(runs):
    curve = kaplan_meier(*runs)
    assert np.all(np.diff(curve.share) >= 0)
    assert np.all(np.diff(curve.weeks) > 0)
    assert np.all((curve.low >= 0) & (curve.low <= curve.share) & (curve.share <= curve.high) & (curve.high <= 1))


@given(st.lists(st.one_of(st.none(), st.integers(1, 100)), min_size=2, max_size=40))
def test_with_one_horizon_the_restricted_mean_is_a_plain_mean(weeks):
    given_weeks = np.array([np.nan if week is None else week for week in weeks], float)
    reached = ~np.isnan(given_weeks)
    spent = restricted_weeks(given_weeks, reached, 100)
    estimate = restricted_mean(given_weeks, reached, 100)
    assert estimate.mean == pytest.approx(spent.mean())
    assert 0 <= estimate.low <= estimate.mean <= estimate.high <= 100
    assert restricted_area(given_weeks, reached, 100)[1] == pytest.approx(spent.std() / np.sqrt(len(spent)))
    assert estimate.low < estimate.high


def simulated_histories(runs, horizon, luck, probability=1.0):
    """Return exponential weeks to an event that occurs with this probability, NaN past the horizon."""
    weeks = np.where(luck.random(runs) < probability, luck.exponential(60.0, runs), np.inf)
    return np.where(weeks <= horizon, weeks, np.nan)


def coverage(runs, probability=1.0, times=1000, followed=None):
    """Return how often the interval of the two-year restricted mean covers the true value."""
    luck, end = np.random.default_rng(runs), 104.0
    truth = end - probability * (end - 60.0 * (1 - np.exp(-end / 60.0)))
    inside = 0
    for _ in range(times):
        weeks = simulated_histories(runs, end, luck, probability)
        horizon = end if followed is None else np.where(np.arange(runs) % 2, followed, end)
        reached = np.nan_to_num(weeks, nan=np.inf) <= horizon
        result = restricted_mean(weeks, reached, horizon)
        inside += result.low <= truth <= result.high
    return inside / times


@pytest.mark.parametrize("runs", [2, 5, 10, 40])
def test_the_interval_of_a_restricted_mean_has_nominal_coverage_with_few_runs(runs):
    """Greenwood's error with normal quantiles covered 59% with two runs, 84% with five, 90% with ten."""
    assert 0.9 <= coverage(runs) <= 0.985


def test_the_interval_has_nominal_coverage_with_half_of_the_runs_censored_early():
    assert 0.925 <= coverage(20, followed=80.0) <= 0.985


def test_the_interval_has_width_with_few_or_no_events():
    """With no event in 40 runs, at most 8.8% of runs have one (exact binomial bound), at worst immediately."""
    no_events = restricted_mean(np.full(40, np.nan), np.zeros(40, bool), 156)
    most = stats.binomtest(0, 40).proportion_ci(0.95, method="exact").high
    assert (no_events.mean, no_events.low, no_events.high) == pytest.approx((156, 156 * (1 - most), 156))
    assert restricted_mean(np.full(4000, np.nan), np.zeros(4000, bool), 156).low > 155.8
    one_in_two_hundred = [coverage(runs, 0.005, 300) for runs in (2, 10, 40)]
    assert min(one_in_two_hundred) > 0.9


def test_the_interval_has_width_if_all_events_are_immediate():
    at_once = restricted_mean(np.full(10, 20.0), np.ones(10, bool), 100)
    most = stats.binomtest(0, 10).proportion_ci(0.95, method="exact").high
    assert (at_once.low, at_once.high) == pytest.approx((20 * (1 - most), 20 * (1 - most) + 100 * most))
    alone = restricted_mean([20.0], [True], 100)
    assert alone.low < 1 and alone.high > 97
    early = restricted_mean([5.0, 5.0, 5.0], [True, True, True], [100, 50, 20])
    assert early.low < 5 < early.high


def test_with_fewer_than_two_events_under_censoring_the_curve_bounds_the_mean():
    none = restricted_mean([np.nan] * 8, np.zeros(8, bool), [50.0] * 4 + [100.0] * 4)
    rarely = [0.025 ** (1 / count) for count in (8, 4)]
    assert none.low == pytest.approx(50 * rarely[0] + 50 * rarely[1], rel=0.02)
    assert (none.mean, none.high) == (100, 100)
    one = restricted_mean([10.0] + [np.nan] * 7, np.arange(8) < 1, [50.0] * 4 + [100.0] * 4)
    assert 0 < one.low < one.mean < one.high < 100


def test_censored_runs_count_as_not_yet_reached():
    curve = kaplan_meier([10, np.nan, 30, 7], [True, False, True, False], 52)
    assert curve.at([9, 10, 29, 30, 52]) == pytest.approx([0, 0.25, 0.25, 0.5, 0.5])
    assert curve.quantile(0.75) is None
    assert curve.median == 30
    assert restricted_mean([10, np.nan, 30, 7], [True, False, True, False], 52).mean == pytest.approx(36)


def test_a_run_lost_early_leaves_the_risk_set():
    """Of two runs, one is followed only to week 5; at week 10 the other is at risk and has the event."""
    assert kaplan_meier([np.nan, 10], [False, True], [5, 20]).at([9, 10]) == pytest.approx([0, 1])


def test_a_run_censored_in_the_week_of_an_event_is_still_at_risk():
    assert kaplan_meier([10, np.nan], [True, False], [20, 10]).at(10) == pytest.approx(0.5)


def test_the_interval_for_no_or_all_events_is_exact():
    """With no event in 100 runs: at most 1 - 0.025 ** (1 / 100) = 3.6% (Clopper & Pearson 1934), as in scipy's exact interval."""
    no_events = kaplan_meier(np.full(100, np.nan), np.zeros(100, bool), 52)
    exact = stats.binomtest(0, 100).proportion_ci(0.95, method="exact")
    assert no_events.high[-1] == pytest.approx(exact.high)
    assert (no_events.share.max(), no_events.low.max(), no_events.median) == (0, 0, None)
    everybody = kaplan_meier(np.full(100, 8.0), np.ones(100, bool), 52)
    assert everybody.low[-1] == pytest.approx(1 - exact.high)
    assert (everybody.share[-1], everybody.high[-1], everybody.median) == (1, 1, 8)


@pytest.mark.parametrize("runs", [30, 100, 1000])
def test_the_median_of_a_complete_sample_is_at_most_the_last_event(runs):
    """With 40% in week 10 and the rest in week 11, the exact interval from order statistics is 10 or 11 to 11."""
    weeks = np.where(np.arange(runs) < 0.4 * runs, 10.0, 11.0)
    curve = kaplan_meier(weeks, np.ones(runs, bool), 208)
    exact = stats.quantile_test(weeks, q=11, p=0.5).confidence_interval(0.95)
    assert curve.quantile_interval(0.5) == (exact.low, exact.high)
    assert curve.low[-1] == pytest.approx(stats.binomtest(runs, runs).proportion_ci(0.95, method="exact").low)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_the_interval_of_a_median_is_within_the_observed_weeks(weeks):
    curve = kaplan_meier(np.array(weeks, float), np.ones(len(weeks), bool), 52)
    early, late = curve.quantile_interval(0.5)
    assert 0 <= early <= curve.median <= late <= max(weeks)


def test_the_interval_of_a_median_covers_the_true_value_with_tied_weeks():
    luck, held = np.random.default_rng(11), 0
    for _ in range(500):
        curve = kaplan_meier(luck.choice([8.0, 9, 10, 11], 50, p=[0.02, 0.03, 0.43, 0.52]), np.ones(50, bool), 208)
        early, late = curve.quantile_interval(0.5)
        held += early <= 11 <= late
    assert held / 500 >= 0.95


def test_estimates_are_undefined_past_the_observed_weeks():
    curve = kaplan_meier([3.0], [True], 10)
    assert np.isnan(curve.at([-1, 11])).all()
    assert curve.at([0, 10]) == pytest.approx([0, 1])


def test_intervals_have_nominal_coverage():
    luck = np.random.default_rng(7)
    truth = 1 - np.exp(-0.5)
    inside = 0
    for _ in range(400):
        weeks = luck.exponential(40, 60)
        followed = luck.uniform(25, 60, 60)
        curve = kaplan_meier(np.where(weeks <= followed, weeks, np.nan), weeks <= followed, followed)
        step = np.searchsorted(curve.weeks, 20, side="right") - 1
        inside += curve.low[step] <= truth <= curve.high[step]
    assert 0.92 <= inside / 400 <= 0.98


@pytest.mark.parametrize(
    ("weeks", "reached", "horizon", "message"),
    [
        ([], [], 52, "no runs"),
        ([1.0, 2.0], [True], 52, "one length"),
        ([1.0], [1], 52, "bool"),
        ([1.0], [True], 0, "above 0"),
        ([1.0], [True], np.nan, "above 0"),
        ([1.0], [True], [5, 6], "one a run"),
        ([np.nan], [True], 52, "run 0 .* week nan"),
        ([1.0, 60.0], [True, True], 52, "run 1 .* week 60"),
        ([-1.0], [True], 52, "week -1"),
    ],
)
@pytest.mark.parametrize("estimator", [kaplan_meier, restricted_mean])
def test_invalid_histories_raise_errors(estimator, weeks, reached, horizon, message):
    with pytest.raises(ValueError, match=message):
        estimator(np.array(weeks, float), np.array(reached, bool if not len(reached) else None), horizon)


def test_quantiles_outside_0_to_1_and_several_horizons_raise_errors():
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        kaplan_meier([1.0], [True], 2).quantile(0)
    with pytest.raises(ValueError, match="one horizon"):
        restricted_weeks([1.0], [True], [2])  # type: ignore[arg-type]


@pytest.mark.parametrize("never", [0.01, 0.05, 0.5, 0.95])
@pytest.mark.parametrize("runs", [10, 20, 50])
def test_intervals_of_restricted_means_have_nominal_coverage_where_few_runs_never_arrive(never, runs):
    """Student's covers 43% with 10 runs and 65% with 20 where one in twenty never arrives."""
    rng, horizon, held = np.random.default_rng(runs), 156, 0
    truth = (1 - never) * 60 + never * horizon
    for _ in range(400):
        weeks = np.clip(rng.normal(60, 12, runs), 1, horizon)
        there = rng.random(runs) >= never
        result = restricted_mean(np.where(there, weeks, np.nan), there, horizon)
        held += result.low <= truth <= result.high
    assert held / 400 > 0.93


def test_one_arrival_gives_an_interval_with_width():
    result = restricted_mean([50.0, np.nan, np.nan], np.array([True, False, False]), 100)
    assert result.mean == pytest.approx(250 / 3) and result.low < 60 and result.high > 99


@given(st.integers(1, 300), st.floats(0, 1))
def test_the_exact_interval_of_a_share_is_scipys(n, share):
    k = round(share * n)
    expected = stats.binomtest(k, n).proportion_ci(0.95, method="exact")
    assert exact_share(k, n) == pytest.approx((expected.low, expected.high), abs=1e-11)
