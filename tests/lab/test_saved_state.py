"""Saved states: going on is the same run to the bit; other strategies branch off with the same luck; wrong files."""

import json

import numpy as np
import pytest

from sim.lab.future import simulate
from sim.lab.saved_state import SavedState, StateError, run_until, simulate_from
from sim.model.world import state_hash
from tests.model.scenarios_for_tests import scenario

WEAVER = {"hours": 12.0, "money": 500.0, "connect": {"close_triads": 0.5, "engage_unconnected": 0.5}}
PAIR = {"coordinators": [{"hours": 5.0}, {"hours": 9.0}]}


@pytest.fixture(scope="module")
def one():
    """Return a scenario with three strategies, one of them with a later change."""
    changes = [{"week": 14, "coordinator_leaves": True}]
    base = scenario(24, 20, WEAVER).with_({"strategies.pair": PAIR})
    return base.with_({"strategies.until": {**WEAVER, "changes": changes}})


def test_going_on_under_the_same_strategy_is_the_run_that_was_never_stopped(one, tmp_path):
    run_until(one, 10, "it", 3, 1).save(tmp_path / "a.npz")
    saved = SavedState.load(tmp_path / "a.npz")
    assert (saved.week, saved.strategy, saved.seed, saved.replicate) == (10, "it", 3, 1)
    whole, resumed = simulate(one, "it", 3, 1), simulate_from(saved, one)
    assert state_hash(resumed.world) == state_hash(whole.world)
    assert resumed.outcomes == pytest.approx(dict(whole.outcomes), nan_ok=True)
    assert resumed.weekly.equals(whole.weekly) and list(resumed.before.edges) == list(whole.before.edges)


def test_other_strategies_branch_off_with_the_same_luck(one):
    saved = run_until(one, 10, "it", 3)
    branch = simulate_from(saved, one, "until")
    whole = simulate(one, "until", 3)
    assert state_hash(branch.world) == state_hash(whole.world), "the same until week 14, so the same run"
    nobody, pair = (simulate_from(saved, one, name) for name in ("none", "pair"))
    for record in (nobody, pair):
        assert record.weekly[:10].equals(simulate(one, "it", 3).weekly[:10])
    assert nobody.weekly["hours"][10:].sum() == 0 and pair.weekly["hours"][10:].iloc[-1] == pytest.approx(14)
    again = simulate_from(saved, one, "pair")
    assert state_hash(again.world) == state_hash(pair.world), "a state can be used again"


def test_states_of_another_network_or_of_later_weeks_are_refused(one, tmp_path):
    saved = run_until(one, 10, "it", 3)
    with pytest.raises(StateError, match="other network: members is 20, not 21"):
        simulate_from(saved, one.with_({"network.members": 21}))
    with pytest.raises(StateError, match=r"other parameters: giving\.base"):
        simulate_from(saved, one.with_({"giving.base": 0.2}))
    with pytest.raises(StateError, match="after week 10, and the scenario ends with week 8"):
        simulate_from(saved, scenario(8, 20, WEAVER))
    assert len(simulate_from(saved, one.with_({"weeks": 40})).weekly) == 40
    with pytest.raises(StateError, match="there is no such file"):
        SavedState.load(tmp_path / "no.npz")
    (tmp_path / "bad.npz").write_bytes(b"PK no")
    with pytest.raises(StateError, match="is not a saved state, or is damaged"):
        SavedState.load(tmp_path / "bad.npz")


def test_a_state_of_another_version_is_refused(one, tmp_path):
    run_until(one, 3, "it").save(tmp_path / "a.npz")
    tables = dict(np.load(tmp_path / "a.npz"))
    head = json.loads(str(tables["head"])) | {"model_version": "0" * 12}
    del tables["world.ties"]
    np.savez(tmp_path / "b.npz", **(tables | {"head": np.array(json.dumps(head))}))
    with pytest.raises(StateError, match="saved by version 000000000000 of the model"):
        SavedState.load(tmp_path / "b.npz")
