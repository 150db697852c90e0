"""Mechanisms taken away: complete, within bounds, and compared on paired futures."""

import numpy as np
import pytest

from sim.evidence.claims.strategies import WEAVER
from sim.evidence.claims.taken_away import AFFECTED, TAKEN_AWAY, taken_away_row, try_taken_away
from sim.evidence.claims.trial import WORLD
from sim.evidence.seeds import TUNING_SEED
from sim.inputs.scenario import Scenario
from sim.lab.future import run_future
from sim.model.declarations import BY_KEY
from sim.model.state import OUTPUTS


def test_settings_are_within_bounds_and_every_kind_of_output_is_there():
    for settings in TAKEN_AWAY.values():
        assert all(BY_KEY[key].low <= value <= BY_KEY[key].high for key, value in settings.items())
    assert {f"outputs: {kind}" for kind in OUTPUTS} < set(TAKEN_AWAY)


@pytest.mark.parametrize("kind", OUTPUTS)
def test_a_kind_that_is_taken_away_is_not_produced(kind):
    base = Scenario.from_document({**WORLD, "strategies": {"it": dict(WEAVER)}}, label=kind)
    future = run_future(base.with_(TAKEN_AWAY[f"outputs: {kind}"]), "it", TUNING_SEED, 0, renewal=False)
    assert future.outcomes[f"outputs_{kind}"] == 0 < future.outcomes["outputs"]


def test_a_difference_is_paired_and_clear_if_its_interval_excludes_zero():
    luck = np.random.default_rng(3)
    futures = luck.normal(30.0, 10.0, 50)
    row = taken_away_row("spreading", "outputs", futures, futures - luck.normal(2.0, 0.5, 50))
    assert row.clear and row.low < row.difference < row.high < 0
    assert row.difference == pytest.approx(row.absent - row.present)
    assert not taken_away_row("spreading", "outputs", futures, futures).clear


def test_every_mechanism_is_compared_on_every_outcome():
    rows = try_taken_away(TUNING_SEED, 4)
    assert [(row.taken, row.outcome) for row in rows] == [(taken, name) for taken in TAKEN_AWAY for name in AFFECTED]
    assert len({row.present for row in rows if row.outcome == "outputs"}) == 1
