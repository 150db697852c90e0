"""Targets are unique, complete, and judged by their kind."""

import re

import numpy as np
import pytest

from sim.evidence.targets.target import Target
from sim.evidence.targets.target_catalogue import EXPERIMENTS, TARGETS


def test_targets_are_numerous_and_unique():
    names = [target.name for target in TARGETS]
    assert len(names) >= 50 and len(set(names)) == len(names)
    assert sum(not target.in_fit for target in TARGETS) >= 10


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_target_is_complete(target):
    assert target.experiment in EXPERIMENTS
    assert re.search(r"\b(19|20)\d\d\b", target.source.full) and len(target.source.full) > 40
    assert target.measures
    assert len(target.measures) == 1 or (target.pooling == "counts" and len(target.measures) % 2 == 0)
    if target.kind == "range":
        assert target.low <= target.observed <= target.high
    if target.kind == "direction":
        assert np.isinf(target.low) != np.isinf(target.high)
        assert np.isnan(target.observed) or target.low < target.observed < target.high
    else:
        assert np.isfinite(target.observed)


def test_the_bar_has_a_target_for_every_experiment_on_relations():
    assert {target.experiment for target in TARGETS if target.bar} == {
        "growth", "apart", "relations", "house", "eies", "introduced", "alone"
    }  # fmt: skip


def made(kind, observed=1.0, low=-np.inf, high=np.inf):
    """Return a target of a kind."""
    return Target("x", "x", "eies", ("x",), TARGETS[0].source, observed, kind, low, high)


@pytest.mark.parametrize(
    ("target", "simulated", "inside"),
    [
        (made("figure", 1.0), (2.0, 0.9, 3.0), True),
        (made("figure", 1.0), (1.0, 1.1, 3.0), False),
        (made("range", 0.35, 0.2, 0.36), (0.21, 0.0, 0.9), True),
        (made("range", 0.35, 0.2, 0.36), (0.19, 0.0, 0.9), False),
        (made("direction", np.nan, 1.0), (1.5, 1.1, 2.0), True),
        (made("direction", np.nan, 1.0), (1.5, 0.9, 2.0), False),
        (made("direction", -0.2, -np.inf, 0.0), (-0.1, -0.3, -0.05), True),
        (made("direction", -0.2, -np.inf, 0.0), (-0.1, -0.3, 0.05), False),
        (made("figure", 1.0), (np.nan, np.nan, np.nan), False),
    ],
)
def test_inside_is_judged_by_kind(target, simulated, inside):
    assert target.inside(*simulated) is inside


def test_deviations_are_described():
    assert made("direction", np.nan, 1.0).side == "above 1"
    assert made("direction", np.nan, -np.inf, 0.0).side == "below 0"
