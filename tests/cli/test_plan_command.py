"""`gennet plan`: the answer, the table, the JSON, and a scenario file that holds the plan."""

import json
from pathlib import Path

import pytest

from sim.inputs.scenario import Scenario
from sim.lab import planning
from sim.lab.planning import Effort
from tests.cli.test_cli import SMALL, call

SIZE = Effort(trials=8, worlds=2, rounds=((3, 2),), fresh=4, profile=2)


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(SMALL)
    monkeypatch.setattr(planning, "Effort", lambda trials: SIZE)


def test_a_plan_is_printed_and_written_as_a_strategy(small):
    text = call("plan", "small.toml", "--budget", "20000").stdout
    assert text.startswith(("For $20,000 a year the best plan brings", "No plan was found that is better"))
    assert "How flat the optimum is" in text and "On 4 fresh worlds" in text
    planned = Scenario.load("results/small-plan.toml")
    assert planned.yearly_cost("plan") == pytest.approx(20_000, rel=1e-3) and "mass" in planned.strategies


def test_the_json_has_the_gain_on_fresh_worlds_and_how_flat_it_is(small):
    result = call("plan", "small.toml", "--budget", "20000", "--cautious", "--out", "p.toml", "--json")
    payload = json.loads(result.stdout)
    assert payload["best_preset"] == "mass" and payload["written"] == "cautious-plan" and payload["worlds"] == 4
    low, high = payload["gain"]["ci95"]
    assert low <= payload["gain"]["mean"] <= high
    assert {row["strategy"] for row in payload["strategies"]} == {"plan", "cautious-plan", "mass", "nobody"}
    assert all(len(row["values"]) == len(row["loss"]) for row in payload["flatness"])
    assert Scenario.load("p.toml").strategies["plan"].label == "Plan for $20,000 a year"
