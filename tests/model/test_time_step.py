"""A week is a step of computation, not an assumption: with half the step, networks are nearly the same."""

import math

import numpy as np
import pytest

from sim.evidence.targets.shared_settings import meeting
from sim.evidence.targets.strangers import PEOPLE, strangers_scenario, ties_each
from sim.lab.analysis.matrix_measures import trust_matrix
from sim.lab.open_world import CLOSED, YEAR, open_world
from sim.model.declarations import BY_KEY, PARAMETERS
from sim.model.world import run_to, without_maps

FUTURES = 200


def per_step(settings, steps):
    """Return the parameters for so many steps a week: rates are divided, times multiplied, and random walks slowed."""
    scaled = {parameter.key: parameter.default for parameter in PARAMETERS} | settings
    for key, value in scaled.items():
        unit = BY_KEY[key].unit
        if key == "alignment.noise":
            scaled[key] = value / math.sqrt(steps)
        elif "per week" in unit:
            scaled[key] = value / steps
        elif unit == "weeks":
            scaled[key] = value * steps
    return scaled


def after_a_year(steps):
    """Return ties a member and gifts of strangers after a year, in the mean over futures."""
    scenario = strangers_scenario(PEOPLE, 4, steps * YEAR, per_step(CLOSED | meeting(2.0), steps))
    ties, gifts = [], []
    for replicate in range(FUTURES):
        _, world = open_world(scenario, "none", 31, replicate)
        world = run_to(without_maps(world), steps * YEAR)
        ties.append(ties_each(trust_matrix(world)))
        gifts.append(float(world.weekly.gifts.sum()))
    return np.mean(ties), np.mean(gifts)


@pytest.mark.no_cover
@pytest.mark.slow
def test_half_the_time_step_changes_little():
    week, half = after_a_year(1), after_a_year(2)
    assert half[0] == pytest.approx(week[0], rel=0.05)
    assert half[1] == pytest.approx(week[1], rel=0.15)
