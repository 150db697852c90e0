"""Factors: quantiles compared with scipy's distributions, values within bounds, JSON round trips."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.lab.experiment.designs import Factor

UNIT = st.floats(0, 1)


def factor(distribution, low, high, type="float", **more):
    return Factor("a.b", "uncertain", "label", "unit", type, distribution, low, high, **more)


def normal(low, high, mean, sd):
    return stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd)


@pytest.mark.parametrize(
    ("made", "oracle"),
    [
        (factor("uniform", -2.0, 3.0), stats.uniform(-2, 5)),
        (factor("loguniform", 0.01, 100.0), stats.loguniform(0.01, 100)),
        (factor("triangular", 1.0, 5.0, mode=2.0), stats.triang(0.25, 1, 4)),
        (factor("triangular", 1.0, 5.0, mode=1.0), stats.triang(0.0, 1, 4)),
        (factor("triangular", 1.0, 5.0, mode=5.0), stats.triang(1.0, 1, 4)),
        (factor("normal", -1.0, 4.0, mean=1.0, sd=2.0), normal(-1, 4, 1, 2)),
        (factor("normal", 5.0, 9.0, mean=1.0, sd=1.0), normal(5, 9, 1, 1)),
        (factor("normal", -9.0, -5.0, mean=-1.0, sd=1.0), normal(-9, -5, -1, 1)),
    ],
)
def test_quantiles_match_the_distribution(made, oracle):
    for u in np.linspace(0, 1, 41):
        assert made.quantile(float(u)) == pytest.approx(oracle.ppf(u), rel=1e-6, abs=1e-9)


@given(UNIT, UNIT, st.integers(-5, 5), st.integers(1, 9))
def test_whole_numbers_are_equally_likely_and_in_order(u, v, low, span):
    made = factor("uniform", low, low + span, "int")
    first, second = sorted((u, v))
    assert low <= made.quantile(first) <= made.quantile(second) <= low + span
    assert isinstance(made.quantile(u), int)
    drawn = [made.quantile((k + 0.5) / (10 * (span + 1))) for k in range(10 * (span + 1))]
    assert np.bincount(np.array(drawn) - low).tolist() == [10] * (span + 1)


@given(UNIT, st.lists(st.integers(0, 99), min_size=1, max_size=5, unique=True))
def test_values_are_equally_likely(u, values):
    made = Factor("a.b", "lever", "l", "", "int", values=tuple(values))
    assert made.quantile(u) in values
    drawn = [made.quantile((k + 0.5) / (4 * len(values))) for k in range(4 * len(values))]
    assert all(drawn.count(value) == 4 for value in values)


@given(UNIT, st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.floats(-1e4, 1e4), st.floats(1e-3, 1e4))
def test_a_truncated_normal_stays_within_its_ends(u, low, span, mean, sd):
    made = factor("normal", low, low + span, mean=mean, sd=sd)
    assert low <= made.quantile(u) <= low + span


def test_grids():
    assert factor("uniform", 0.0, 1.0).grid(3) == (0.0, 0.5, 1.0)
    assert factor("uniform", 2, 5, "int").grid(3) == (2, 4, 5)
    assert factor("uniform", 2, 3, "int").grid(9) == (2, 3)
    assert factor("loguniform", 1.0, 100.0).grid(3) == pytest.approx((1, 10, 100))
    assert factor("normal", -3.0, 3.0, mean=0.0, sd=1.0).grid(3)[1] == pytest.approx(0, abs=1e-9)
    assert Factor("a.b", "lever", "l", "", "choice", values=("x", "y")).grid(7) == ("x", "y")


def test_numbers_for_analysis():
    choice = Factor("a.b", "lever", "l", "", "choice", values=("x", "y", "z"))
    assert choice.coded(["z", "x"]).tolist() == [2.0, 0.0] and choice.salib_bounds == (0.0, 2.0)
    truth = Factor("a.b", "lever", "l", "", "bool", values=(False, True))
    assert truth.coded([True, False]).tolist() == [1.0, 0.0] and truth.salib_bounds == (0.0, 1.0)
    assert Factor("a.b", "lever", "l", "", "float", values=(3.0, 1.0)).salib_bounds == (1.0, 3.0)
    assert factor("uniform", 2, 5, "int").salib_bounds == (2.0, 5.0)


def test_json_round_trip():
    made = [factor("normal", -1.0, 4.0, mean=1.0, sd=2.0), Factor("c", "lever", "l", "", "choice", values=("x", "y"))]
    for one in made:
        document = json.loads(json.dumps(one.to_json()))
        assert Factor.from_json(document) == one
        assert document["log"] is False
    assert factor("loguniform", 1.0, 2.0).to_json()["log"] is True
    assert math.isfinite(factor("loguniform", 1.0, 2.0).quantile(1.0))
