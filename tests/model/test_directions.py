"""Every parameter works the way that its rule says: low against high on paired futures, mean difference and its t.

A parameter that is in neither table fails the suite.  Runs of one replicate share their luck, so few of them do.
"""

from itertools import pairwise
from math import sqrt

import numpy as np
import pytest

from sim.lab.experiment.runner import in_parallel
from sim.model.declarations import BY_KEY, PARAMETERS
from tests.model.direction_fixtures import FIXTURES, outcome_of, run
from tests.model.direction_rules import DIRECTIONS as OF_RULES
from tests.model.direction_weaving import DIRECTIONS as OF_WEAVING

TABLE = OF_RULES | OF_WEAVING
RUN = {key: row for key, row in TABLE.items() if not isinstance(row, str)}
REPLICATES = 24
CLEAR = 3.0


def test_every_parameter_has_a_direction_or_a_reason_why_not():
    assert len(TABLE) == len(OF_RULES) + len(OF_WEAVING), "a parameter stands in both tables"
    keys = [parameter.key for parameter in PARAMETERS]
    assert [key for key in keys if key not in TABLE] == [], "parameters without a direction test"
    assert [key for key in TABLE if key not in BY_KEY] == [], "directions of parameters that are gone"
    assert all(len(row) > 15 for row in TABLE.values() if isinstance(row, str))
    assert len(RUN) > 0.95 * len(keys)


def test_the_table_keeps_to_bounds_and_no_fixture_is_idle():
    for key, (low, high, fixture, _, sign) in RUN.items():
        assert BY_KEY[key].low <= low < high <= BY_KEY[key].high, key
        assert fixture in FIXTURES and sign in (-1, 1), key
    assert {row[2] for row in RUN.values()} == set(FIXTURES)


def clearness(differences):
    """Mean over its standard error: infinite where all differences are alike."""
    mean, deviation = float(np.mean(differences)), float(np.std(differences, ddof=1))
    if deviation < 1e-12:
        return np.inf * np.sign(mean) if abs(mean) > 1e-12 else 0.0
    return mean / (deviation / sqrt(len(differences)))


@pytest.mark.parametrize("key", RUN)
def test_direction(key):
    low, high, fixture, outcome, sign = RUN[key]
    tasks = [(value, replicate) for replicate in range(REPLICATES) for value in (low, high)]
    found = dict(in_parallel(lambda task: outcome_of(run(fixture, key, *task), outcome), tasks))
    numbers = np.array([found[place] for place in range(len(tasks))]).reshape(REPLICATES, 2)
    t = clearness(numbers[:, 1] - numbers[:, 0])
    means = numbers.mean(axis=0)
    assert sign * t > CLEAR, (
        f"{outcome} goes from {means[0]:.4g} to {means[1]:.4g} as {key} goes from {low} to {high}: t = {t:.1f}"
    )


def test_clearness_is_the_t_of_paired_differences():
    assert clearness(np.array([1.0, 2.0, 3.0])) == pytest.approx(2.0 / (1.0 / sqrt(3)))
    assert clearness(np.ones(5)) == np.inf and clearness(-np.ones(5)) == -np.inf and clearness(np.zeros(5)) == 0.0
    assert [a < b for a, b in pairwise([clearness(np.array([0.0, 1.0])), clearness(np.array([9.0, 10.0]))])] == [True]
