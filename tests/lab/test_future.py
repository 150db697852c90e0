"""Futures: reproducibility, the renewal test, and records."""

import numpy as np
import pytest

from sim.inputs.scenario import ScenarioError
from sim.lab.future import run_future, simulate
from sim.lab.open_world import YEAR, open_world
from sim.model.world import copy_world, run_to
from tests.model.scenarios_for_tests import EASY, scenario
from tests.model.worlds import world_hash

WEAVER = {"hours": 20.0, "align_week": 4, "produce_week": 10}


@pytest.fixture(scope="module")
def easy():
    """Return a scenario in which networks become generative early."""
    return scenario(120, 30, WEAVER, **EASY)


def test_the_same_seed_and_replicate_give_the_same_run(easy):
    first, again = (run_future(easy, "it", 5, 2, renewal=False) for _ in range(2))
    other = run_future(easy, "it", 5, 3, renewal=False)
    assert world_hash(first.world) == world_hash(again.world) != world_hash(other.world)
    assert first.before is None


def test_the_renewal_test_does_not_change_the_run(easy):
    tested, plain = (run_future(easy, "it", 5, 2, renewal=renewal) for renewal in (True, False))
    assert world_hash(tested.world) == world_hash(plain.world)
    assert tested.outcomes["renewed"] in (0.0, 1.0) and np.isnan(plain.outcomes["renewed"])
    same = {name: value for name, value in tested.outcomes.items() if name != "renewed"}
    assert same == pytest.approx({name: plain.outcomes[name] for name in same}, nan_ok=True)


def test_renewal_is_a_year_without_coordinators_from_a_year_after_being_generative(easy):
    for replicate in range(4):
        future = run_future(easy, "it", 5, replicate)
        reached = int(future.world.network[0].reached[3])
        assert reached >= 0
        world = run_to(open_world(easy, "it", 5, replicate)[1], reached + 1 + YEAR)
        fork = copy_world(world)
        fork.coordinators.working = 0.0
        fork = run_to(fork, reached + 1 + 2 * YEAR)
        assert future.outcomes["renewed"] == float(fork.network[0].hold[3] > 0)


def test_renewal_is_not_tested_if_the_network_was_never_generative():
    future = run_future(scenario(30, 20), "it", 1, 0)
    assert np.isnan(future.outcomes["renewed"]) and future.outcomes["generative_censored"]


def test_renewal_is_tested_past_the_horizon_and_the_record_ends_at_it(easy):
    short = scenario(40, 30, WEAVER, **EASY)
    future = run_future(short, "it", 5, 2)
    assert future.outcomes["renewed"] in (0.0, 1.0)
    assert future.world.network[0].week == 40 and len(future.world.weekly) == 40


def test_a_network_that_stops_producing_alone_is_not_renewed():
    """If production is scheduled to end, the network is not generative a year later."""
    ends = [{"week": 30, "set": {"production.rate": 0.0}}]
    future = run_future(scenario(60, 30, WEAVER, ends, **EASY), "it", 5, 2)
    assert future.outcomes["renewed"] == 0.0


def test_the_initial_world_is_kept_on_request():
    future = run_future(scenario(10, 20), "it", 1, 0, renewal=False, keep_before=True)
    assert future.before.network[0].week == 0 and future.world.network[0].week == 10
    assert world_hash(future.before) == world_hash(open_world(scenario(10, 20), "it", 1, 0)[1])


def test_simulate_uses_the_scenarios_seed_and_rejects_unknown_strategies():
    one = scenario(10, 20)
    record = simulate(one, "it", ledger=True)
    assert record.seed == one.seed and record.replicate == 0 and len(record.weekly) == 10
    assert len(record.ledger) == record.weekly.gifts.sum() + record.weekly.passed_on.sum()
    assert record.outcomes["gifts"] == record.weekly.gifts.sum()
    assert (
        record.before.number_of_nodes() == 20 and record.network.number_of_nodes() == record.outcomes["members_active"]
    )
    for wrong in ({"seed": -1}, {"replicate": -1}, {"seed": 2**63}):
        with pytest.raises(ValueError, match=r"is -?\d+; allowed are whole numbers from 0"):
            simulate(one, "it", **wrong)
    for wrong in ({"seed": 1.5}, {"replicate": "3"}, {"seed": True}):
        with pytest.raises(TypeError, match="a whole number is needed"):
            simulate(one, "it", **wrong)
    with pytest.raises(ScenarioError):
        simulate(one, "nobody")
    with pytest.raises(ScenarioError):
        simulate(one)


def test_a_record_names_first_passages_as_outcomes_do(easy):
    record = simulate(easy, "it", seed=5, replicate=2, renewal=False)
    for stage, week in record.reached.items():
        named = record.outcomes[f"{stage}_week"]
        assert (week is None and np.isnan(named)) or week == named
    assert set(record.events.columns) == {"week", "event", "what"} and record.events.week.is_monotonic_increasing


def test_a_scenario_may_be_a_path_and_other_types_raise_errors(tmp_path):
    from sim import Experiment, Scenario, compare, simulate, sweep

    file = tmp_path / "one.toml"
    file.write_text("weeks = 6\n[network]\nkind = 'karate'\n")
    scenario = Scenario.load(file)
    np.testing.assert_equal(simulate(str(file), seed=3).outcomes, simulate(scenario, seed=3).outcomes)
    assert compare(file, 2, jobs=1).runs.equals(compare(scenario, 2, jobs=1).runs)
    experiment = tmp_path / "sweep.toml"
    experiment.write_text(
        "[experiment]\nscenario = 'one.toml'\ndesign = 'grid'\nreplicates = 1\n"
        "[factors.uncertain]\n'trust.decay' = [0.02, 0.03]\n"
    )
    assert len(sweep(experiment, tmp_path / "out", 1).runs) == 2
    assert sweep(str(experiment), tmp_path / "out", 1).complete
    for call in (simulate, compare):
        with pytest.raises(
            TypeError, match=r"scenario is a builtins\.int; a sim\.inputs\.scenario\.Scenario or the path"
        ):
            call(3)
    with pytest.raises(TypeError, match=r"experiment is a .*Scenario; a sim\.Experiment or the path"):
        sweep(scenario)
    assert Experiment.of(experiment).name == "sweep"


def test_errors_in_python_do_not_mention_command_line_options(tmp_path):
    from sim import Experiment, sweep
    from sim.lab.results import ResultsError

    (tmp_path / "one.toml").write_text("weeks = 6\n[network]\nkind = 'karate'\n")
    (tmp_path / "letter.txt").write_text("dear")
    head = {"scenario": "one.toml", "design": "grid", "replicates": 1}
    tables = {"experiment": head, "factors": {"uncertain": {"trust.decay": [0.02, 0.03]}}}
    sweep(Experiment.from_document(tables, tmp_path), tmp_path / "out", 1)
    other = Experiment.from_document(tables | {"experiment": head | {"seed": 9}}, tmp_path)
    for folder in (tmp_path, tmp_path / "letter.txt", tmp_path / "out"):
        with pytest.raises(ResultsError, match=r"name another folder$"):
            sweep(other, folder)


def test_a_change_in_week_four_applies_after_four_weeks():
    """As documented in the README, the schema and the scenarios: the following week is the first affected."""
    from sim.inputs.scenario import Scenario
    from sim.inputs.scenario.parts import Change

    tables = {
        "weeks": 8,
        "network": {"kind": "karate"},
        "strategies": {"one": {"hours": 10, "changes": [{"week": 4, "coordinator_leaves": True}]}},
    }
    hours = simulate(Scenario.from_document(tables), "one").weekly.set_index("week")["hours"]
    assert (hours.loc[1:4] > 0).all() and (hours.loc[5:] == 0).all()
    assert "104 shows from week 105" in str(Change.model_fields["week"].description)
