"""Volunteers and coalitions: worked examples of the measures, and their response to parameters."""

import numpy as np
import pytest

from sim.evidence.targets import volunteering
from sim.evidence.targets.counting import single
from sim.model.state import WEEKLY
from tests.model.worlds import make_world


def mean(run, name, number, seed=1):
    """Return the mean of a measure over some futures."""
    return float(np.nanmean([single(run(seed, replicate)[name]) for replicate in range(number)]))


def weekly(weeks, members, leaving):
    """Return a weekly table in which a share of members leaves every week."""
    table = WEEKLY.empty(weeks)
    table["members"], table["dropped_out"] = members, leaving
    return np.array(table)


def test_attrition_compounds_weekly_chances():
    assert volunteering.yearly_attrition(weekly(52, 99.0, 1.0)) == pytest.approx(1 - 0.99**52)
    assert volunteering.yearly_attrition(weekly(156, 40.0, 0.0)) == 0.0
    assert volunteering.yearly_attrition(weekly(52, 0.0, 0.0)) == 0.0


def test_attrition_is_the_mean_of_years():
    table = np.concatenate((weekly(52, 99.0, 1.0), weekly(52, 40.0, 0.0)))
    assert volunteering.yearly_attrition(table) == pytest.approx((1 - 0.99**52) / 2)


def test_contributions_are_gifts_that_spread_for_each_first_one():
    world = make_world(4, ledger=True)
    kinds_and_hops = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (3, 0), (2, 0)]
    for line, (kind, hops) in zip(world.ledger, kinds_and_hops, strict=False):
        line.kind, line.hops = kind, hops
    world.network[0].gifts_logged = len(kinds_and_hops)
    assert volunteering.contributions_per_first(world) == pytest.approx(5 / 2)
    world.network[0].gifts_logged = 0
    assert np.isnan(volunteering.contributions_per_first(world))


def test_a_higher_hazard_is_measured_as_higher_attrition():
    low, high = (mean(volunteering.volunteers({"leaving.hazard": h}), "attrition", 6) for h in (0.003, 0.012))
    assert high > 1.5 * low


def test_gifts_that_spread_more_are_measured_as_more_contributions():
    off, low, high = (
        mean(volunteering.volunteers({"spreading.fan": fan}), "contributions", 6) for fan in (0.0, 0.5, 3.0)
    )
    assert off == 1.0
    assert high > low > off


def test_without_spreading_few_networks_survive_alone():
    assert mean(volunteering.alone({}), "alive", 30) > mean(volunteering.alone({"spreading.fan": 0.0}), "alive", 30)


def test_a_coalition_whose_groups_may_not_break_away_lasts_longer():
    runs = (volunteering.coalition({"breakaway.hazard": hazard}) for hazard in (0.3, 0.0))
    broken, held = (mean(run, "sustained", 40) for run in runs)
    assert held > broken


def test_directors_who_cannot_align_never_are():
    run = volunteering.directors({"groups.founding": 0.0})
    assert run(1, 0)["weeks_to_alignment"] == np.inf
