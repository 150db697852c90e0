"""Stages reached in sweeps: intervals account for variation shared by the futures of a world or a seed."""

import numpy as np
import pandas as pd
import pytest

from sim.lab.analysis.events import kaplan_meier
from sim.lab.analysis.pairs import crossed_curve, level
from sim.lab.analysis.reached import in_common, reached
from sim.lab.analysis.runs import block
from sim.output import figures
from tests.lab.analysis.tables import table_of

HORIZON = 156


def sweep(luck, points=24, replicates=4, names=("none", "weave"), seeds=25.0):
    """Return weeks to production in which the effect of the seed, common to all worlds, is the largest."""
    shared = luck.normal(0, seeds, (1, replicates, 1))
    weeks = 120 + shared + luck.normal(0, 6, (points, 1, 1)) + luck.normal(0, 6, (points, replicates, len(names)))
    weeks = np.where(weeks > HORIZON, np.nan, np.maximum(1.0, weeks.round()))
    return table_of(points, replicates, names, {f"{stage}_week": weeks for stage in figures.palette.STAGES})


def test_a_curve_has_the_shares_of_kaplan_meier_and_the_interval_of_a_crossed_mean():
    runs = sweep(np.random.default_rng(1))
    result = reached(runs, "weave", "producing", HORIZON)
    weeks = runs.loc[runs["strategy"] == "weave", "producing_week"].to_numpy(float)
    plain = kaplan_meier(weeks, ~np.isnan(weeks), HORIZON)
    asked = np.arange(0, HORIZON + 1)
    assert result.curve.at(asked) == pytest.approx(plain.at(asked))
    table = runs.assign(there=(runs["producing_week"] <= 110).astype(float))
    crossed = level(block(table, "there", ["weave"], HORIZON), "weave")
    step = np.searchsorted(result.curve.weeks, 110, side="right") - 1
    assert result.curve.share[step] == pytest.approx(crossed.mean)
    assert result.curve.low[step] == pytest.approx(max(0, crossed.low))
    assert result.curve.high[step] == pytest.approx(min(1, crossed.high))
    assert result.weeks.mean == pytest.approx(np.where(np.isnan(weeks), HORIZON, weeks).mean())


def test_the_interval_has_width_if_all_or_none_reach_the_stage():
    curve = crossed_curve(np.full((5, 4), 8.0), 52.0)
    assert (curve.share[-1], curve.high[-1]) == (1, 1) and 0.8 < curve.low[-1] < 0.9
    assert (curve.share[0], curve.low[0]) == (0, 0) and 0.1 < curve.high[0] < 0.2
    assert curve.quantile_interval(0.5) == (8, 8)


@pytest.mark.no_cover
@pytest.mark.slow
def test_intervals_have_nominal_coverage_with_strong_seed_effects():
    """Intervals that treat futures as independent miss the true value most of the time."""
    luck, held, naive, median = np.random.default_rng(2), 0, 0, 0
    everything = sweep(luck, 40, 4000, ("weave",))["producing_week"].to_numpy(float)
    truth = np.where(np.isnan(everything), HORIZON, everything).mean()
    middle = np.nanmedian(np.where(np.isnan(everything), HORIZON, everything))
    for _ in range(150):
        runs = sweep(luck, 12, 6, ("weave",))
        result = reached(runs, "weave", "producing", HORIZON)
        alone = reached(runs.drop(columns="point"), "weave", "producing", HORIZON)
        held += result.weeks.low <= truth <= result.weeks.high
        naive += alone.weeks.low <= truth <= alone.weeks.high
        early, late = result.curve.quantile_interval(0.5)
        median += (early or 0) <= middle <= (HORIZON if late is None else late)
    assert held / 150 >= 0.9 and median / 150 >= 0.9
    assert naive / 150 <= 0.6


def test_the_figure_of_a_sweep_shows_the_intervals_of_the_table():
    runs = sweep(np.random.default_rng(3))
    figure = figures.time_to_event(runs, HORIZON, stages=("producing",))
    (axes,) = figure.axes
    lines = [tuple(map(float, line.get_xdata())) for line in axes.lines if len(line.get_xdata()) == 2]
    for name in ("none", "weave"):
        result = reached(runs, name, "producing", HORIZON)
        assert (result.weeks.low, result.weeks.high) in lines
        assert result.weeks.high - result.weeks.low > 40
    assert any("worlds and seeds" in text.get_text() for text in figure.texts)


def test_a_comparison_has_one_world_with_independent_futures():
    runs = sweep(np.random.default_rng(4), points=1, replicates=30)
    weeks = runs.loc[runs["strategy"] == "none", "producing_week"].to_numpy(float)
    plain = kaplan_meier(weeks, ~np.isnan(weeks), HORIZON)
    assert np.array_equal(reached(runs, "none", "producing", HORIZON).curve.low, plain.low)


def test_worlds_missing_for_a_strategy_are_excluded():
    runs = sweep(np.random.default_rng(5))
    lacking = runs[~((runs["point"] == 3) & (runs["strategy"] == "weave"))]
    assert set(in_common(lacking)["point"]) == set(range(24)) - {3}
    assert in_common(runs).equals(runs)
    apart = pd.concat([runs[runs["strategy"] == "none"], runs[runs["strategy"] == "weave"].assign(point=99)])
    assert in_common(apart).equals(apart)


def test_uncrossed_runs_are_treated_as_independent():
    """Each world has a separate seed, so nothing is crossed."""
    runs = sweep(np.random.default_rng(6), points=4, replicates=4, names=("weave",))
    own = runs[runs["point"] == runs["replicate"]]
    weeks = own["producing_week"].to_numpy(float)
    assert np.array_equal(
        reached(own, "weave", "producing", HORIZON).curve.low, kaplan_meier(weeks, ~np.isnan(weeks), HORIZON).low
    )
