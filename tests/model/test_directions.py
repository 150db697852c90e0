"""Every parameter moves its outcome in the expected direction: a t-test of low against high on paired futures.

A parameter missing from both tables fails the suite.  Paired runs share random numbers, so few replicates suffice.
"""

from itertools import pairwise
from math import sqrt

import numpy as np
import pytest

from sim.lab.experiment.runner import in_parallel
from sim.model.declarations import BY_KEY, PARAMETERS
from tests.model.direction_fixtures import FIXTURES, outcome_of, run
from tests.model.direction_rules import DIRECTIONS as RULES
from tests.model.direction_weaving import DIRECTIONS as WEAVING

TABLE = RULES | WEAVING
TESTED = {key: row for key, row in TABLE.items() if not isinstance(row, str)}
REPLICATES = 24
CLEAR = 3.0


def test_every_parameter_has_a_direction_or_a_reason_for_none():
    assert len(TABLE) == len(RULES) + len(WEAVING), "a parameter is in both tables"
    keys = [parameter.key for parameter in PARAMETERS]
    assert [key for key in keys if key not in TABLE] == [], "parameters without a direction test"
    assert [key for key in TABLE if key not in BY_KEY] == [], "directions of unknown parameters"
    assert all(len(row) > 15 for row in TABLE.values() if isinstance(row, str))
    assert len(TESTED) > 0.95 * len(keys)


def test_values_are_within_bounds_and_every_fixture_is_used():
    for key, (low, high, fixture, _, sign) in TESTED.items():
        assert BY_KEY[key].low <= low < high <= BY_KEY[key].high, key
        assert fixture in FIXTURES and sign in (-1, 1), key
    assert {row[2] for row in TESTED.values()} == set(FIXTURES)


def paired_t(differences):
    """Return the mean over its standard error, infinite if all differences are equal and not zero."""
    mean, deviation = float(np.mean(differences)), float(np.std(differences, ddof=1))
    if deviation < 1e-12:
        return np.inf * np.sign(mean) if abs(mean) > 1e-12 else 0.0
    return mean / (deviation / sqrt(len(differences)))


@pytest.mark.parametrize("key", TESTED)
def test_direction(key):
    low, high, fixture, outcome, sign = TESTED[key]
    tasks = [(value, replicate) for replicate in range(REPLICATES) for value in (low, high)]
    outcomes = dict(in_parallel(lambda task: outcome_of(run(fixture, key, *task), outcome), tasks))
    numbers = np.array([outcomes[place] for place in range(len(tasks))]).reshape(REPLICATES, 2)
    t = paired_t(numbers[:, 1] - numbers[:, 0])
    means = numbers.mean(axis=0)
    assert sign * t > CLEAR, (
        f"{outcome} changes from {means[0]:.4g} to {means[1]:.4g} as {key} rises from {low} to {high}: t = {t:.1f}"
    )


def test_paired_t_is_the_mean_over_its_standard_error():
    assert paired_t(np.array([1.0, 2.0, 3.0])) == pytest.approx(2.0 / (1.0 / sqrt(3)))
    assert paired_t(np.ones(5)) == np.inf and paired_t(-np.ones(5)) == -np.inf and paired_t(np.zeros(5)) == 0.0
    assert [a < b for a, b in pairwise([paired_t(np.array([0.0, 1.0])), paired_t(np.array([9.0, 10.0]))])] == [True]
