"""Sensitivity: known Ishigami indices, worked Morris effects, noise of known size, invalid input."""

import numpy as np
import pytest
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

from sim.lab.analysis.runs import AnalysisError
from sim.lab.analysis.sensitivity import sensitivity, unit_steps
from tests.lab.analysis.tables import experiment_of, table_of, uniform, with_factors

PI = np.pi
FACTORS = tuple(uniform(f"x.{k}", -PI, PI) for k in (1, 2, 3))
A, B = 7.0, 0.1
# Ishigami & Homma 1990; the closed forms as in Saltelli et al. 2008, "Global Sensitivity Analysis", section 4.
V1, V2, V13 = (1 + B * PI**4 / 5) ** 2 / 2, A**2 / 8, B**2 * PI**8 * (1 / 18 - 1 / 50)
VARIANCE = V1 + V2 + V13
FIRST = {"x.1": V1 / VARIANCE, "x.2": V2 / VARIANCE, "x.3": 0.0}
TOTAL = {"x.1": (V1 + V13) / VARIANCE, "x.2": V2 / VARIANCE, "x.3": V13 / VARIANCE}


def ishigami(x):
    """Return the Ishigami function of x, of shape (n, 3)."""
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def design(kind, samples, factors=FACTORS, second_order=False, levels=4):
    """Return a sample as in a sweep: points of the unit cube, mapped to each factor's quantiles."""
    problem = {"num_vars": len(factors), "names": [f.key for f in factors], "bounds": [[0.0, 1.0]] * len(factors)}
    luck = np.random.default_rng(3)
    if kind == "sobol":
        cube = sobol_sample.sample(problem, samples, calc_second_order=second_order, seed=luck)
    else:
        cube = morris_sample.sample(problem, samples, num_levels=levels, seed=luck)
    return np.array([[f.quantile(u) for f, u in zip(factors, row, strict=True)] for row in cube.tolist()])


def ishigami_sweep(samples=1024, noise=0.0, replicates=1, second_order=False):
    """Return a sweep with the Ishigami function for one strategy, and twice it minus x1 for the other."""
    x = design("sobol", samples, second_order=second_order)
    luck = np.random.default_rng(9).normal(0, noise, (len(x), replicates)) if noise else np.zeros((len(x), replicates))
    values = ishigami(x)[:, None] + luck
    outcomes = {"outputs": np.stack([values, 2 * values - x[:, :1]], axis=-1)}
    runs = with_factors(table_of(len(x), replicates, ("one", "other"), outcomes), FACTORS, x)
    return runs, experiment_of("sobol", FACTORS, len(x), second_order=second_order)


@pytest.fixture(scope="module")
def sweep():
    return ishigami_sweep()


def test_ishigamis_indices_are_recovered(sweep):
    result = sensitivity(*sweep, "outputs", "one")
    assert {row.factor for row in result.rows} == set(FIRST)
    for row in result.rows:
        assert row.first.mean == pytest.approx(FIRST[row.factor], abs=0.05)
        assert row.total.mean == pytest.approx(TOTAL[row.factor], abs=0.05)
        assert row.first.low <= FIRST[row.factor] <= row.first.high
        assert row.total.low <= TOTAL[row.factor] <= row.total.high
    assert [row.factor for row in result.rows] == ["x.1", "x.2", "x.3"]
    assert result.mean == pytest.approx(A / 2, abs=0.1)
    assert result.deviation**2 == pytest.approx(VARIANCE, rel=0.05)
    assert result.luck.share is None


def test_a_paired_difference_has_separate_indices(sweep):
    """`other` minus `one` is Ishigami minus x1: x1 has another index, x2 the same absolute variance."""
    result = sensitivity(*sweep, "outputs", "other", "one")
    variance = VARIANCE + PI**2 / 3 - 2 * covariance_of_first()
    second = next(row for row in result.rows if row.factor == "x.2")
    assert second.first.mean == pytest.approx(V2 / variance, abs=0.05)
    backwards = sensitivity(*sweep, "outputs", "one", "other")
    assert backwards.mean == pytest.approx(-result.mean)
    assert [row.total.mean for row in backwards.rows] == pytest.approx([row.total.mean for row in result.rows])


def covariance_of_first():
    """Return the covariance of x1 and Ishigami: (1 + b E[x3^4]) E[x1 sin x1], and E[x sin x] = 1 on -pi to pi."""
    return 1 + B * PI**4 / 5


def test_second_order_indices():
    result = sensitivity(*ishigami_sweep(1024, second_order=True), "outputs", "one", resamples=100)
    assert result.pairs["x.1", "x.3"].mean == pytest.approx(V13 / VARIANCE, abs=0.1)
    assert result.pairs["x.1", "x.2"].mean == pytest.approx(0, abs=0.1)


def test_noise_is_separated_from_factors():
    noise = 2.0
    result = sensitivity(*ishigami_sweep(512, noise, replicates=4), "outputs", "one", resamples=200)
    share = noise**2 / (VARIANCE + noise**2)
    assert result.luck.share.mean == pytest.approx(share, abs=0.03)
    assert result.luck.share.low < share < result.luck.share.high
    assert result.luck.left == pytest.approx(noise**2 / 4 / (VARIANCE + noise**2 / 4), abs=0.02)


def test_the_same_seed_gives_the_same_intervals(sweep):
    zero = {**sweep[1], "design": {**sweep[1]["design"], "seed": 0}}
    tables = [sensitivity(sweep[0], zero, "outputs", "one", resamples=50).table for _ in range(2)]
    assert tables[0].equals(tables[1])


def test_blocks_with_missing_runs_are_excluded(sweep):
    runs, experiment = sweep
    failed = runs.copy()
    failed.loc[failed["point"].isin([3, 4, 17]), "status"] = "failed"
    failed.loc[failed["status"] == "failed", "outputs"] = np.nan
    result = sensitivity(failed, experiment, "outputs", "one", resamples=50)
    assert (result.blocks, result.dropped) == (1022, 2)
    assert result.rows[0].first.mean == pytest.approx(FIRST["x.1"], abs=0.05)


def linear_sweep(factors, weights, levels=4):
    x = design("morris", 10, factors, levels=levels)
    unit = np.array([[(v - f.low) / (f.high - f.low) for v, f in zip(row, factors, strict=True)] for row in x])
    values = unit @ np.array(weights)
    runs = with_factors(table_of(len(x), 1, ("one",), {"outputs": values[:, None, None]}), factors, x)
    return runs, experiment_of("morris", factors, len(x), levels=levels)


@pytest.mark.parametrize("levels", [4, 8])
def test_elementary_effects_of_a_sum_are_its_weights(levels):
    factors = tuple(uniform(f"a.{k}", 2.0, 5.0) for k in range(4))
    result = sensitivity(*linear_sweep(factors, [1.0, -8.0, 0.0, 4.0], levels), "outputs", "one")
    rows = {row.factor: row for row in result.rows}
    assert [row.factor for row in result.rows] == ["a.1", "a.3", "a.0", "a.2"]
    assert [rows[f"a.{k}"].mu for k in range(4)] == pytest.approx([1, -8, 0, 4], abs=1e-9)
    assert [row.sigma for row in result.rows] == pytest.approx([0] * 4, abs=1e-9)


def test_steps_that_rounding_hides_are_still_steps():
    coded = np.array([[1.0, 0, 5], [1, 2, 5], [1, 2, 5], [1, 2, 3]])
    steps = unit_steps(coded, 4)
    moves = np.diff(steps, axis=0)
    assert (np.abs(moves).sum(axis=1) == 1).all()
    assert (np.abs(moves).sum(axis=0) == 1).all()
    assert moves[2].tolist() == [0, 0, -1]


def test_weeks_not_reached_count_as_the_horizon_and_that_is_said(sweep):
    runs, experiment = sweep
    weeks = runs.assign(aligned_week=np.where(runs["outputs"] > 6, np.nan, runs["outputs"] + 20))
    result = sensitivity(weeks, experiment, "aligned_week", "one", resamples=50)
    assert result.restricted
    assert result.mean > 20


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda runs, manifest: (runs, {**manifest, "design": {**manifest["design"], "kind": "lhs"}}, "outputs"),
            "sobol",
        ),
        (lambda runs, manifest: (runs, manifest, "output"), "unknown"),
        (lambda runs, manifest: (runs.assign(outputs=3.0), manifest, "outputs"), "does not vary"),
        (lambda runs, manifest: (runs.assign(renewed=np.nan), manifest, "renewed"), "missing in 5,120"),
        (lambda runs, manifest: (runs[runs["point"] < 17], manifest, "outputs"), "only 3 of 1024"),
        (lambda runs, manifest: (runs.assign(strategy="x"), manifest, "outputs"), "strategy 'one' is unknown"),
    ],
)
def test_invalid_input_raises_an_error_with_a_reason(sweep, change, words):
    runs, experiment, outcome = change(*sweep)
    with pytest.raises(AnalysisError, match=words):
        sensitivity(runs, experiment, outcome, "one")


@pytest.mark.parametrize("kind", ["sobol", "morris"])
@pytest.mark.parametrize("replicates", [2, 6])
def test_a_factor_without_effect_has_the_index_expected_from_noise(kind, replicates):
    """One factor affects the outcome, five do not; seeds shift all worlds, and each world has separate noise."""
    factors = tuple(uniform(f"x.{k}") for k in range(6))
    x = design(kind, 256, factors)
    luck = np.random.default_rng(7)
    values = 8 * x[:, :1] + luck.normal(0, 5, (1, replicates)) + luck.normal(0, 3, (len(x), replicates))
    runs = with_factors(table_of(len(x), replicates, ("one",), {"outputs": values[..., None]}), factors, x)
    manifest = experiment_of(kind, factors, len(x), levels=4)
    result = sensitivity(runs, manifest, "outputs", "one", resamples=200)
    kind_of = "total" if kind == "sobol" else "mu_star"
    without = [getattr(row, kind_of).mean for row in result.rows if row.factor != "x.0"]
    assert np.mean(without) == pytest.approx(result.luck.floor, rel=0.12)
    assert [row.factor for row in result.beyond_luck][:1] == ["x.0"] and len(result.beyond_luck) <= 2
