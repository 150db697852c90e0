"""Time to event by factor: the published example, scipy's two-sample test, a slow reference for several groups."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.lab.analysis.events import Histories
from sim.lab.analysis.factor_groups import binned, by_factor, clustered_mean, log_rank_of_groups, statistic
from sim.lab.analysis.runs import AnalysisError
from tests.lab.analysis.tables import table_of
from tests.lab.analysis.test_events import PLACEBO, RELAPSED, REMISSION, TREATED, UNTREATED

HORIZON = 52


def test_log_rank_matches_the_published_example():
    """Freireich's 6-MP trial: 16.79 (Kleinbaum & Klein 2012, chapter 2), from events and numbers at risk."""
    steps = np.unique(np.concatenate([REMISSION[RELAPSED], PLACEBO]))
    times = (REMISSION, PLACEBO)
    happened = (REMISSION[RELAPSED], PLACEBO)
    at_risk = np.array([[(one >= step).sum() for step in steps] for one in times], float)
    events = np.array([[(one == step).sum() for step in steps] for one in happened], float)
    result = statistic(events, at_risk)
    assert result.chi_squared == pytest.approx(16.79, abs=5e-3)
    theirs = scipy_log_rank(TREATED, UNTREATED)
    assert (result.chi_squared, result.p) == pytest.approx((theirs.statistic**2, theirs.pvalue), rel=0.01)


def scipy_log_rank(*samples):
    """Return scipy's log-rank test of two samples (weeks, whether reached, horizon)."""
    return stats.logrank(
        *(
            stats.CensoredData.right_censored(np.where(reached, weeks, horizon), ~reached)
            for weeks, reached, horizon in samples
        )
    )


@given(st.integers(2, 40), st.integers(2, 40), st.integers(0, 10_000))
def test_two_groups_agree_with_the_two_sample_test(first, second, seed):
    luck = np.random.default_rng(seed)
    weeks = luck.integers(1, 60, first + second).astype(float)
    weeks[weeks > HORIZON] = np.nan
    group = np.repeat([0, 1], [first, second])
    result = log_rank_of_groups(weeks, group, HORIZON)
    sides = [(weeks[group == one], ~np.isnan(weeks[group == one]), HORIZON) for one in (0, 1)]
    if result.chi_squared:
        assert result.chi_squared == pytest.approx(scipy_log_rank(*sides).statistic ** 2, abs=1e-8)


def test_the_log_rank_test_is_undefined_with_no_events_or_all_at_once():
    group = np.repeat([0, 1], 5)
    never, at_once = np.full(10, np.nan), np.full(10, 4.0)
    assert log_rank_of_groups(never, group, HORIZON) == log_rank_of_groups(at_once, group, HORIZON)
    assert log_rank_of_groups(never, group, HORIZON).p == 1
    assert log_rank_of_groups(np.where(group == 0, np.nan, 4.0), group, HORIZON).p < 0.01


def test_several_groups_agree_with_a_direct_sum():
    luck = np.random.default_rng(1)
    weeks = np.round(luck.exponential(30, 90)) + 1
    weeks[weeks > HORIZON] = np.nan
    group = luck.integers(0, 3, 90)
    times = np.where(np.isnan(weeks), HORIZON, weeks)
    gap, covariance = np.zeros(3), np.zeros((3, 3))
    for week in np.unique(weeks[~np.isnan(weeks)]):
        n = np.array([((times >= week) & (group == g)).sum() for g in range(3)])
        d = np.array([((weeks == week) & (group == g)).sum() for g in range(3)])
        if n.sum() > 1:
            hyper = stats.multivariate_hypergeom(n, d.sum())
            gap, covariance = gap + d - hyper.mean(), covariance + hyper.cov()
    expected = gap[:2] @ np.linalg.inv(covariance[:2, :2]) @ gap[:2]
    result = log_rank_of_groups(weeks, group, HORIZON)
    assert result.chi_squared == pytest.approx(expected)
    assert result.p == pytest.approx(stats.chi2.sf(expected, 2))


def test_groups_without_events_do_not_differ():
    result = log_rank_of_groups(np.full(10, np.nan), np.arange(10) % 2, HORIZON)
    assert (result.chi_squared, result.p) == (0.0, 1.0)


def sweep_of(effect, worlds=60, replicates=3, seed=0):
    """Return a sweep in which weeks depend on the world and, by `effect`, on a factor."""
    luck = np.random.default_rng(seed)
    size = luck.uniform(30, 200, worlds)
    own = luck.normal(0, 12, worlds)
    weeks = (20 + effect * (size - 115) / 85 + own)[:, None] + luck.normal(0, 1, (worlds, replicates))
    weeks = np.where(weeks > 40, np.nan, np.maximum(weeks, 1))
    runs = table_of(worlds, replicates, ("weave",), {"aligned_week": weeks[..., None]})
    return runs.assign(
        **{"network.members": size[runs["point"]], "network.kind": np.where(runs["point"] % 2, "star", "ring")}
    )


def test_a_numeric_factor_is_grouped_by_ranges():
    result = by_factor(sweep_of(15.0), "network.members", "aligned", 40)
    assert len(result.groups) == 3
    assert [group.worlds for group in result.groups] == [20, 20, 20]
    means = [group.restricted.mean for group in result.groups]
    assert means == sorted(means)
    assert result.p_worlds < 0.05 and result.test.p < 0.001
    assert result.groups[0].label.split(" to ")[0].startswith("3")


@pytest.mark.no_cover
@pytest.mark.slow
def test_runs_of_one_world_are_not_treated_as_independent():
    """Without an effect, the plain test rejects far too often, and the permutation of worlds does not."""
    plain, honest = [], []
    for seed in range(40):
        result = by_factor(sweep_of(0.0, 24, 6, seed), "network.members", "aligned", 40, bins=2, seed=seed)
        plain.append(result.test.p < 0.05)
        honest.append(result.p_worlds < 0.05)
    assert np.mean(plain) >= 0.2
    assert np.mean(honest) <= 0.15


def test_text_and_factors_with_few_values_are_grouped_by_value():
    runs = sweep_of(0.0).assign(**{"strategy.hours": lambda table: 5 + 5 * (table["point"] % 3)})
    assert [group.label for group in by_factor(runs, "network.kind", "aligned", 40).groups] == ["ring", "star"]
    assert [group.label for group in by_factor(runs, "strategy.hours", "aligned", 40).groups] == ["5", "10", "15"]
    labels, place = binned(pd.DataFrame({"x": [True, False, True]}), "x")
    assert (labels, place.tolist()) == (["False", "True"], [1, 0, 1])


@pytest.mark.parametrize(
    ("factor", "stage", "words"),
    [
        ("nothing", "aligned", "no column"),
        ("seed", "aligned", "one value"),
        ("aligned_week", "aligned", "aligned_week is an outcome of runs: groups are by what was set before them"),
        ("outputs", "aligned", "outputs is an outcome of runs"),
        ("replicate", "aligned", "replicate is not the same for all runs of world 0"),
    ],
)
def test_invalid_grouping_factors_raise_errors(factor, stage, words):
    with pytest.raises(AnalysisError, match=words):
        by_factor(sweep_of(0.0, 4).assign(outputs=np.arange(12.0)), factor, stage, 40)


def test_worlds_without_events_still_have_an_interval():
    history = Histories(np.full(30, np.nan), np.zeros(30, bool), 52.0)
    several, one = (clustered_mean(history, points, 52.0) for points in (np.arange(30) // 3, np.zeros(30, int)))
    most = [stats.binomtest(0, worlds).proportion_ci(0.95, method="exact").high for worlds in (10, 30)]
    assert (several.low, one.low) == pytest.approx([52 * (1 - share) for share in most])
    assert several.high == one.high == several.mean == 52


def test_two_arrivals_say_nothing_about_how_many_never_arrive():
    history = Histories(np.array([10.0, 16.0]), np.ones(2, bool), 52.0)
    result = clustered_mean(history, np.zeros(2, int), 52.0)
    assert result.mean == 13.0 and (result.low, result.high) == pytest.approx((0, 52))
