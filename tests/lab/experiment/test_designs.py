"""Designs: stratified, balanced, seeded, and equal to those of scipy and SALib."""

import itertools

import numpy as np
import pandas as pd
import pytest
from SALib.sample import morris, sobol
from scipy.stats import qmc

from sim.lab.experiment.designs import Factor, number_of_points, points_of, sample
from sim.lab.experiment.experiment import Experiment
from tests.lab.experiment.worlds import ROOT


def uniform(key, low, high):
    return Factor(key, "uncertain", key, "", "float", "uniform", low, high)


FACTORS = [uniform("a", 0.0, 1.0), uniform("b", -3.0, 5.0), Factor("c", "lever", "c", "", "choice", values=("x", "y"))]


@pytest.mark.parametrize(
    ("kind", "samples", "levels", "second"),
    [
        ("grid", 1, 3, False),
        ("lhs", 7, 4, False),
        ("sobol", 8, 4, False),
        ("sobol", 8, 4, True),
        ("morris", 5, 4, False),
    ],
)
def test_designs_have_the_stated_number_of_points_and_are_seeded(kind, samples, levels, second):
    points = points_of(kind, FACTORS, samples, levels, second, 3)
    assert len(points) == number_of_points(kind, FACTORS, samples, levels, second)
    assert points == points_of(kind, FACTORS, samples, levels, second, 3)
    assert all(0 <= a <= 1 and -3 <= b <= 5 and c in ("x", "y") for a, b, c in points)
    if kind != "grid":
        assert points != points_of(kind, FACTORS, samples, levels, second, 4)


def test_a_grid_has_every_combination_once():
    points = points_of("grid", FACTORS, 1, 3, False, 0)
    assert sorted(points) == sorted(itertools.product((0.0, 0.5, 1.0), (-3.0, 1.0, 5.0), ("x", "y")))


def test_a_latin_hypercube_has_one_point_in_every_row():
    points = points_of("lhs", FACTORS, 20, 4, False, 1)
    for column, (low, high) in enumerate([(0, 1), (-3, 5)]):
        cells = np.floor((np.array([point[column] for point in points]) - low) / (high - low) * 20).astype(int)
        assert sorted(cells) == list(range(20))
    assert [point[2] for point in points].count("x") == 10
    assert np.array_equal(
        sample("lhs", 3, 20, 4, False, 1), qmc.LatinHypercube(3, rng=np.random.default_rng(1)).random(20)
    )


@pytest.mark.parametrize("second", [False, True])
def test_a_sobol_design_matches_salib(second):
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0.0, 1.0], [-3.0, 5.0]]}
    theirs = sobol.sample(problem, 16, calc_second_order=second, seed=np.random.default_rng(5))
    ours = points_of("sobol", FACTORS[:2], 16, 4, second, 5)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_a_morris_design_matches_salib_and_changes_one_factor_per_step():
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0.0, 1.0], [-3.0, 5.0]]}
    theirs = morris.sample(problem, 6, num_levels=4, seed=np.random.default_rng(5))
    ours = np.array(points_of("morris", FACTORS[:2], 6, 4, False, 5))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    for trajectory in ours.reshape(6, 3, 2):
        moved = np.abs(np.diff(trajectory, axis=0)) > 1e-12
        assert moved.sum(axis=1).tolist() == [1, 1] and moved.sum(axis=0).tolist() == [1, 1]


@pytest.mark.parametrize("name", ["sobol", "morris"])
def test_shipped_sweeps_have_most_of_the_parameters_that_the_screening_found_strongest(name):
    screening = pd.read_csv(ROOT / "docs" / "reference" / "screening.csv")
    moves = screening[screening["moves"]]
    strongest = moves.assign(size=moves["effect"].abs()).groupby("parameter")["size"].max().nlargest(6).index
    experiment = Experiment.load(ROOT / "scenarios" / "sweeps" / f"{name}.toml")
    assert len(set(strongest) & {factor.key for factor in experiment.factors}) >= 4
