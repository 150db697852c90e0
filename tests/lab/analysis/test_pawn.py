"""PAWN: a known order of factors, factors without effect, choices, samples inside other designs, and refusals."""

import numpy as np
import pytest
from SALib.analyze import pawn as salib
from scipy.stats import qmc

from sim.lab.analysis import sensitivity as module
from sim.lab.analysis.runs import AnalysisError
from sim.lab.analysis.sensitivity import dummy_distance, pawn
from sim.lab.experiment.designs import Factor
from tests.lab.analysis.tables import experiment_of, table_of, uniform, with_factors
from tests.lab.analysis.test_sensitivity import FACTORS, ishigami_sweep

FOUR = tuple(uniform(f"x.{k}") for k in (1, 2, 3, 4))
SLOPES = np.array([9.0, 6.0, 4.0, 0.0])


def sweep_of(sample, values, factors=FOUR, kind="lhs", luck=1.0, replicates=2, seed=1):
    """Return a sweep of worlds with these mean outputs, and luck."""
    noise = np.random.default_rng(seed).normal(0, luck, (len(values), replicates, 1))
    runs = table_of(len(values), replicates, ("one",), {"outputs": values[:, None, None] + noise})
    return with_factors(runs, factors, sample), experiment_of(kind, factors, len(values))


def linear_sweep(worlds=400, seed=1, **settings):
    """Return a sweep whose outputs are linear in four uniform factors; the last has no effect."""
    sample = qmc.LatinHypercube(4, seed=seed).random(worlds)
    return sweep_of(sample, sample @ SLOPES, seed=seed, **settings)


def test_factors_come_in_the_order_of_their_effects_and_a_dummy_is_not_above_noise():
    found = pawn(*linear_sweep(), "outputs", "one")
    assert [row.factor for row in found.rows][:3] == found.clear == ["x.1", "x.2", "x.3"]
    assert (found.worlds, found.slices) == (400, 5)
    table = found.table.set_index("factor")
    assert not table.loc["x.4", "above_noise"] and table.loc["x.4", "pawn"] < found.noise < table.loc["x.3", "pawn"]


@pytest.mark.slow
def test_of_several_factors_without_effect_any_is_above_noise_in_one_sweep_of_twenty(monkeypatch):
    monkeypatch.setattr(module, "DUMMIES", 200)
    rng = np.random.default_rng(4)
    wrong = 0
    for k in range(40):
        sample = qmc.LatinHypercube(4, seed=k).random(64)
        wrong += bool(pawn(*sweep_of(sample, rng.exponential(1, 64), luck=0.1, seed=k), "outputs", "one").clear)
    assert wrong <= 6  # binomial: more in 1% of cases


def test_dummies_are_as_far_off_as_those_of_salib():
    """Also where outcomes are whole numbers, so that many worlds have the same."""
    rng = np.random.default_rng(5)
    values = rng.poisson(2, 100).astype(float)
    ranks = np.argsort(rng.random((100, 150)), axis=0).astype(float)
    problem = {"num_vars": 150, "names": [f"d{k}" for k in range(150)], "bounds": [[0, 100]] * 150}
    theirs = np.quantile(salib.analyze(problem, ranks, values, S=5)["mean"], 0.95)
    assert dummy_distance(values, 5, 1, rng) == pytest.approx(theirs, rel=0.1)


def test_ishigamis_order_from_the_random_samples_inside_a_sobol_design():
    """Half of the variance is due to x2, a third to x1; x3 moves only the spread."""
    found = pawn(*ishigami_sweep(256), "outputs", "one")
    assert [row.factor for row in found.rows][:2] == found.clear[:2] == [FACTORS[1].key, FACTORS[0].key]
    assert found.worlds == 512


def test_the_last_of_three_choices_counts():
    factors = (Factor("c", "uncertain", "c", "", "choice", values=("a", "b", "z")), uniform("x.2"))
    rng = np.random.default_rng(6)
    sample = np.empty((150, 2), dtype=object)
    sample[:, 0], sample[:, 1] = rng.choice(["a", "b", "z"], 150), rng.random(150)
    found = pawn(*sweep_of(sample, 3.0 * (sample[:, 0] == "z"), factors), "outputs", "one")
    assert found.clear == ["c"]


def test_a_paired_difference_leaves_out_what_moves_both_strategies():
    sample = qmc.LatinHypercube(4, seed=2).random(200)
    both = np.stack([sample @ SLOPES, sample @ SLOPES + 5 * sample[:, 3]], axis=-1)[:, None, :]
    outputs = both + np.random.default_rng(2).normal(0, 0.5, (200, 2, 2))
    runs = with_factors(table_of(200, 2, ("one", "other"), {"outputs": outputs}), FOUR, sample)
    assert pawn(runs, experiment_of("lhs", FOUR, 200), "outputs", "other", "one").clear == ["x.4"]


def test_worlds_that_have_not_run_are_left_out():
    runs, experiment = linear_sweep()
    found = pawn(runs[runs["point"] < 70], experiment, "outputs", "one")
    assert (found.worlds, found.slices) == (70, 5) and found.clear[0] == "x.1"


@pytest.mark.parametrize(
    ("sweep", "outcome", "said"),
    [
        (linear_sweep(59), "outputs", "60 worlds drawn at random or more; 59 are done"),
        (
            linear_sweep(100, kind="grid"),
            "outputs",
            'random sample of worlds, as of design = "lhs"; this one is "grid"',
        ),
        (linear_sweep(100), "output", "'output' is unknown"),
        (sweep_of(np.random.default_rng(1).random((80, 4)), np.ones(80), luck=0.0), "outputs", "does not vary"),
    ],
)
def test_what_cannot_be_is_refused(sweep, outcome, said):
    with pytest.raises(AnalysisError, match=said):
        pawn(*sweep, outcome, "one")
