"""Measures of claims, compared with constructed futures and independent formulas."""

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import Scenario
from sim.evidence.claims import future_measures as measuring
from sim.lab.future import run_future


def future(weeks=52, **columns):
    """Return a finished future with weekly columns, and stage weeks as outcomes."""
    outcomes = {f"{stage}_week": np.nan for stage in ("connected", "aligned", "producing", "generative")}
    outcomes |= {name: columns.pop(name) for name in list(columns) if name in outcomes}
    weekly = np.zeros(weeks, [(name, float) for name in dict.fromkeys(["members", "dropped_out", "outputs", *columns])])
    weekly["members"] = 10.0
    for name, values in columns.items():
        weekly[name] = values
    return SimpleNamespace(outcomes=outcomes, world=SimpleNamespace(weekly=weekly)), SimpleNamespace(weeks=weeks)


def test_weeks_are_restricted_to_the_horizon_and_shares_are_not():
    there, never = future(connected_week=20.0), future()
    assert measuring.weeks_to("connected", since=5)(*there) == 15.0
    assert measuring.weeks_to("connected")(*there) == 20.0 and measuring.weeks_to("connected")(*never) == 52.0
    assert measuring.reached("connected")(*there) == 1.0
    assert measuring.reached("connected")(*never) == 0.0


def test_the_gap_between_stages_needs_the_first_of_them():
    assert measuring.gap("aligned", "connected")(*future(connected_week=10.0, aligned_week=30.0)) == 20.0
    assert measuring.gap("aligned", "connected")(*future(connected_week=10.0)) == 42.0
    assert np.isnan(measuring.gap("aligned", "connected")(*future(aligned_week=10.0)))


def test_exits_are_counted_between_stages():
    """Ten members; one leaves in week 5, two in week 15, none after."""
    left = np.zeros(52)
    left[[5, 15, 16]] = 1
    found = future(dropped_out=left, connected_week=10.0, aligned_week=20.0)
    rates = [measuring.exits(stage)(*found) for stage in ("connecting", "aligning", "producing")]
    assert rates == pytest.approx([1 / 100 * 52, 2 / 100 * 52, 0.0])
    assert np.isnan(measuring.exits("aligning")(*future(dropped_out=left, connected_week=10.0, aligned_week=11.0)))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=9), st.integers(1, 9))
def test_rarefaction_is_the_mean_over_all_samples(receivers, size):
    found = measuring.rarefied(np.zeros(len(receivers), int), np.array(receivers), size)
    if len(receivers) < size:
        assert len(found) == 0
        return
    every = [len(set(sample)) for sample in combinations(receivers, size)]
    assert found == pytest.approx([np.mean(every)])


def test_rarefaction_separates_givers_and_removes_volume():
    giver = np.repeat([3, 8], [40, 400])
    receiver = np.concatenate([np.arange(40) % 4, np.arange(400) % 4])
    narrow, broad = measuring.rarefied(giver, receiver, 4)
    assert narrow == pytest.approx(broad, rel=0.05)


def test_poisson_counts_have_a_dispersion_of_one_at_any_rate():
    luck = np.random.default_rng(2)
    for rate in (0.2, 5.0):
        found = [measuring.dispersion("outputs", 0)(*future(520, outputs=luck.poisson(rate, 520))) for _ in range(200)]
        assert np.mean(found) == pytest.approx(1.0, abs=0.06)
    assert np.isnan(measuring.dispersion("outputs", 0)(*future(52)))


def test_variation_is_that_of_quarters_for_their_mean_and_members():
    """Quarters of 13, 26, 13, 26 of ten members; the same a member if members double with it, and 0 where nobody is left."""
    value = np.repeat([1.0, 2.0, 1.0, 2.0], 13)
    found = measuring.variation("outputs", 0)(*future(outputs=value))
    assert found == pytest.approx(np.std([1, 2, 1, 2], ddof=1) / 1.5)
    assert measuring.variation("outputs", 26)(*future(outputs=value)) == pytest.approx(np.std([1, 2], ddof=1) / 1.5)
    run, scenario = future(outputs=value)
    run.world.weekly["members"] = 10 * value
    assert measuring.variation("outputs", 0)(run, scenario) == pytest.approx(0.0)
    run.world.weekly["members"][26:] = 0.0
    run.world.weekly["outputs"][26:] = 0.0
    assert measuring.variation("outputs", 0)(run, scenario) == pytest.approx(np.std([1, 1, 0, 0], ddof=1) / 0.5)
    assert np.isnan(measuring.variation("outputs", 0)(*future()))


def test_gifts_across_communities_are_counted_from_the_ledger():
    scenario = Scenario.from_document({"weeks": 30, "network": {"kind": "communities", "members": 24, "degree": 4.0}})
    run = run_future(scenario, "none", 1, 0, renewal=False, ledger=True)
    world, counted = run.world, 0
    for gift in world.ledger[: world.network[0].gifts_logged]:
        if 5 <= gift.week < 20 and gift.kind < 2 and gift.source >= 0:
            counted += world.members[gift.source].sector != world.members[gift.receiver].sector
    assert counted > 0
    assert measuring.across(5, 20)(run, scenario) == pytest.approx(counted / world.weekly["members"][5:20].sum())
    gifts = measuring.first_gifts(run, 0, 30)
    assert len(gifts) == world.weekly["gifts"][:30].sum()


def test_maps_are_read_by_their_week():
    scenario = Scenario.from_document({"weeks": 40, "network": {"kind": "communities", "members": 24}})
    run = run_future(scenario, "none", 1, 0, renewal=False, maps=True)
    values = np.asarray(run.world.maps["hubs"][:4])
    assert measuring.mapped("hubs", 0, 13)(run, scenario) == values[0]
    assert measuring.mapped("hubs", 26)(run, scenario) == pytest.approx(values[2:4].mean())
