"""Experiment files: valid settings, error messages, and the order of runs."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inputs.scenario import ScenarioError
from sim.lab.experiment.experiment import Experiment
from sim.model.declarations import BY_KEY
from tests.lab.experiment.worlds import FILE, ROOT, WEAVING, small

SWEEPS = sorted((ROOT / "scenarios" / "sweeps").glob("*.toml"))


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_every_experiment_file_is_valid_and_its_worlds_are_possible(path):
    experiment = Experiment.load(path)
    experiment.check_worlds()
    assert experiment.title and experiment.head.question and experiment.size > 100


def test_there_are_experiment_files_of_every_sampled_design():
    assert {"lhs", "sobol", "morris"} <= {Experiment.load(path).head.design for path in SWEEPS}


@given(samples=st.integers(1, 9), replicates=st.integers(1, 5), seed=st.integers(0, 99))
def test_every_run_has_one_place(samples, replicates, seed):
    experiment = small(samples=samples, replicates=replicates, seed=seed)
    runs = [experiment.run_at(place) for place in range(experiment.size)]
    assert len(set(runs)) == experiment.size == samples * replicates * 2
    assert [experiment.place_of(run) for run in runs] == list(range(experiment.size))


@given(samples=st.integers(2, 9), share=st.floats(0, 1))
def test_any_part_of_a_sweep_is_balanced(samples, share):
    experiment = small(samples=samples)
    runs = [experiment.run_at(place) for place in range(int(share * experiment.size))]
    strategies = [sum(run.strategy == name for run in runs) for name in experiment.strategies]
    points = np.bincount([run.point for run in runs], minlength=samples)
    assert max(strategies) - min(strategies) <= 1
    assert points.max() - points.min() <= len(experiment.strategies)


def test_points_are_run_in_shuffled_order():
    experiment = small(design="grid", samples=None, levels=3)
    assert experiment.order != sorted(experiment.order) and sorted(experiment.order) == list(
        range(len(experiment.points))
    )


def test_additional_replicates_come_after_existing_ones():
    few, many = small(replicates=2), small(replicates=5)
    assert [many.run_at(place) for place in range(few.size)] == [few.run_at(place) for place in range(few.size)]
    assert few.design_hash == many.design_hash


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 2},
        {"samples": 5},
        {"weeks": 21},
        {"strategies": ["mass", "none"]},
        {"sets": ["giving.base=0.1"]},
        {"renewal": False},
    ],
)
def test_the_design_hash_distinguishes_designs(other):
    assert small(**other).design_hash != small().design_hash
    assert small(title="Other", outcomes=["cost"]).design_hash == small().design_hash


def ties_file(folder, name, *pairs):
    """Write a file of ties."""
    (folder / f"{name}.csv").write_text("from,to\n" + "".join(f"{i},{j}\n" for i, j in pairs))


def over_files(folder):
    """Return an experiment over two networks from files."""
    (folder / "people.csv").write_text("id\n" + "".join(f"{k}\n" for k in range(8)))
    (folder / "base.toml").write_text(
        'weeks = 20\n[network]\nkind = "csv"\nmembers = "people.csv"\nties = "a.csv"\n[strategies.none]\n'
    )
    levers = {"network": {"ties": ["a.csv", "b.csv"]}}
    head = {"scenario": "base.toml", "design": "grid", "replicates": 1}
    return Experiment.from_document({"experiment": head, "factors": {"levers": levers}}, folder)


def test_the_design_hash_includes_the_content_of_network_files(tmp_path):
    ties_file(tmp_path, "a", (0, 1))
    ties_file(tmp_path, "b", (0, 1), (1, 2))
    first = over_files(tmp_path).design_hash
    assert over_files(tmp_path).design_hash == first
    ties_file(tmp_path, "b", (0, 1), (1, 3))
    assert over_files(tmp_path).design_hash != first
    (tmp_path / "b.csv").unlink()
    with pytest.raises(ScenarioError, match=r"b\.csv"):
        _ = over_files(tmp_path).design_hash


def test_a_lever_of_every_strategy_is_set_for_those_with_coordinators():
    experiment = small()
    hours = experiment.points[0][2]
    assert experiment.settings_at(0)["strategies.mass.hours"] == hours
    assert not any(key.startswith("strategies.none") for key in experiment.settings_at(0))
    assert experiment.scenario_at(0).strategies["mass"].coordinators[0].hours == hours


def test_settings_override_the_file(tmp_path):
    (tmp_path / "small.toml").write_text(FILE)
    experiment = Experiment.load(
        tmp_path / "small.toml", ["experiment.samples=3", "weeks=9", "replicates=2", "giving.base=0.2"]
    )
    assert (len(experiment.points), experiment.weeks, experiment.replicates) == (3, 9, 2)
    assert experiment.base.parameters["giving.base"] == 0.2
    assert experiment.settings == ("giving.base=0.2", "weeks=9")


def test_ranges_come_from_declarations():
    experiment = small(design="grid", samples=None, levels=2)
    decay, newcomers, hours = experiment.factors
    declared = BY_KEY["trust.decay"]
    assert (decay.low, decay.high, decay.unit, decay.type) == (*declared.range, declared.unit, "float")
    assert (newcomers.type, newcomers.role) == ("int", "uncertain")
    assert (hours.role, hours.values, hours.unit) == ("lever", (5.0, 20.0), "hours a week")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("experiment.sampls=3", "experiment.sampls is unknown; did you mean samples?"),
        ("experiment.design=lsh", "experiment.design is 'lsh'; allowed are 'grid'"),
        ("experiment.levels=3", "experiment.levels is not used by the design 'lhs'"),
        ("experiment.replicates=0", "experiment.replicates is 0; allowed are whole numbers from 1 to 100,000"),
        (
            'experiment.outcomes=["output"]',
            "experiment.outcomes holds 'output', which is unknown; did you mean outputs?",
        ),
        ('experiment.strategies=["nobody"]', "experiment.strategies holds 'nobody', which is unknown"),
        ('experiment.strategies=["mass","mass"]', "holds a name twice"),
        ('experiment.weekly=["member"]', "experiment.weekly holds 'member', which is unknown; did you mean members?"),
        ("experiment.scenario=nope.toml", "experiment.scenario: nope.toml: there is no such file"),
        (
            'factors.uncertain.trust.decy="plausible"',
            "factors.uncertain.trust.decy is unknown; did you mean trust.decay?",
        ),
        ('factors.uncertain.network.degree="plausible"', "network.degree is unknown; known are"),
        ('factors.uncertain.network.sectors="plausible"', "sectors.low is missing: no plausible range is declared"),
        ('factors.uncertain.stages.window="plausible"', "window.low is 52; it has to be below high, which is 52"),
        ("factors.uncertain.giving.base={low=5,high=1}", "giving.base.low is 5; it has to be below high"),
        (
            "factors.uncertain.giving.base={low=-50,high=1}",
            "giving.base.low is -50; allowed are numbers from -10 to 10",
        ),
        ('factors.uncertain.giving.base={distribution="loguniform"}', "needs numbers above 0"),
        ('factors.uncertain.giving.base={distribution="triangular"}', "giving.base.mode is missing"),
        ('factors.uncertain.giving.base={distribution="normal",mean=0}', "giving.base.sd is missing"),
        ("factors.uncertain.giving.base={low=0,high=1,mode=0.5}", "giving.base.mode is not used by"),
        ("factors.uncertain.giving.base={low=0,hihg=1}", "giving.base.hihg is unknown; did you mean high?"),
        ("factors.uncertain.giving.base=3", "giving.base is 3; allowed are 'plausible', a list"),
        ('factors.levers.strategy.in_person=[0.5,"a"]', "holds 'a'; numbers are needed"),
        ("factors.levers.strategy.convening_first=[0.5]", "holds 0.5; whole numbers are needed"),
        ('factors.levers.strategy.policy=["weaks"]', "holds 'weaks', which is unknown; did you mean weeks?"),
        ("factors.levers.strategy.money=[5, 5]", "holds 5 twice"),
        ("factors.levers.strategy.monney=[5]", "strategy.monney is unknown; did you mean money?"),
        ("factors.levers.strategies.mass.hours=[5]", "is varied twice: strategy.hours varies it too"),
        ("factors.levers.strategies.customized.money=[5]", "names a strategy that is not compared here"),
        ("factors.uncertain.weeks=[5]", "factors.uncertain.weeks is not a factor: set it under [experiment]"),
        ("factors.worlds.x=1", "factors.worlds is unknown; known are uncertain, levers"),
        ("weekz=3", "weekz is unknown; did you mean weeks?"),
    ],
)
def test_errors_name_the_file_and_the_key(setting, words):
    with pytest.raises(ScenarioError) as fault:
        small([setting])
    assert words in str(fault.value) and str(fault.value).startswith("--set: ")
    assert "\n" not in str(fault.value)


def test_all_errors_of_a_file_are_reported(tmp_path):
    file = tmp_path / "bad.toml"
    file.write_text(FILE.replace('"plausible"', '"plausibel"').replace("[5, 20]", "[]"))
    with pytest.raises(ScenarioError) as fault:
        Experiment.load(file)
    lines = str(fault.value).splitlines()
    assert len(lines) == 2 and all(line.startswith(f"{file}: factors.") for line in lines)


TWO = dict.fromkeys(("base", "generosity", "identity"), "plausible")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"samples": None}, "experiment.samples is missing; the design 'lhs' needs it"),
        ({"design": None}, "experiment.design is missing"),
        ({"design": "sobol", "samples": 6}, "allowed are powers of 2"),
        ({"design": "morris", "samples": 4, "levels": 3}, "allowed are even numbers"),
        (
            {"design": "grid", "samples": None, "levels": 1000, "factors": {"uncertain": {"giving": TWO}}},
            "the design has 1,000,000,000 points; allowed are at most 1,000,000",
        ),
        ({"strategies": ["none"]}, "strategy.hours has no effect: no strategy of this experiment has coordinators"),
    ],
)
def test_designs_are_checked(settings, words):
    with pytest.raises(ScenarioError, match=words.replace("[", r"\[")):
        small(**settings)


def test_a_scenario_file_is_not_an_experiment_file():
    with pytest.raises(
        ScenarioError, match=r"weaving\.toml: experiment is missing: this is not an experiment file"
    ) as fault:
        Experiment.load(ROOT / "scenarios" / "weaving.toml")
    assert "\n" not in str(fault.value)


def test_impossible_worlds_are_reported_before_any_run():
    factors = {"uncertain": {"network": {"members": [4, 40], "degree": [2.0, 6.0]}}}
    experiment = small(["network.kind=random"], factors, design="grid", samples=None)
    with pytest.raises(ScenarioError) as fault:
        experiment.check_worlds()
    first, second = str(fault.value).splitlines()
    assert "1 of 4 points are impossible worlds; nothing was run" in first
    assert second.startswith("point 1 (network.members = 4, network.degree = 6): network is impossible: degree 6")


POINTS = [{"trust": {"decay": 0.02}, "strategy.hours": 5}, {"trust.decay": 0.03, "strategy.hours": 8.5}]


def explicit(points, folder="."):
    tables = {
        "experiment": {"scenario": str(ROOT / "scenarios" / "weaving.toml"), "design": "points", "points": points}
    }
    return Experiment.from_document(tables, folder)


def test_explicit_points_may_be_listed_or_read_from_a_file(tmp_path):
    (tmp_path / "points.csv").write_text("trust.decay, strategy.hours\n0.02, 5\n0.03, 8.5\n")
    listed, read = explicit(POINTS), explicit("points.csv", tmp_path)
    assert listed.points == read.points == ((0.02, 5.0), (0.03, 8.5))
    assert [factor.role for factor in listed.factors] == ["uncertain", "lever"]
    assert listed.factors == read.factors and listed.design_hash == read.design_hash


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([{"trust.decay": 0.02}, {"trust.floor": 0.02}], "differs from the first point in trust.decay, trust.floor"),
        ([{"trust.decy": 0.02}], "sets trust.decy, which is unknown; did you mean trust.decay"),
        ([{"trust.decay": "a"}], "trust.decay holds 'a'; numbers are needed"),
        ([], "is empty"),
        ([3], "is 3; a table is needed"),
        ("nope.csv", "which cannot be read"),
        ("short.csv", "short.csv', line 3: has 1 value; 2 are needed"),
        ("long.csv", "long.csv', line 2: has 3 values; 2 are needed"),
        ("bad.csv", "bad.csv', line 3: trust.decay holds 'much'; numbers are needed"),
        ("far.csv", "far.csv', line 3: trust.decay holds 99; allowed are numbers from 0 to 1"),
        ("binary.csv", "binary.csv', line 2: byte 0xff is not UTF-8"),
    ],
)
def test_explicit_points_are_checked(tmp_path, points, words):
    Path(tmp_path / "short.csv").write_text("trust.decay,strategy.hours\n0.02,5\n0.03\n")
    Path(tmp_path / "long.csv").write_text("trust.decay,strategy.hours\n0.02,5,6\n")
    Path(tmp_path / "bad.csv").write_text("trust.decay,strategy.hours\n0.02,5\nmuch,5\n")
    Path(tmp_path / "far.csv").write_text("trust.decay,strategy.hours\n0.02,5\n99,5\n")
    Path(tmp_path / "binary.csv").write_bytes(b"trust.decay\n\xff\xfe\n")
    with pytest.raises(ScenarioError, match=words):
        explicit(points, tmp_path)


def test_other_kinds_of_start_network_may_be_a_factor():
    factors = {"uncertain": {"network": {"kind": ["star", "empty"], "members": {"low": 10, "high": 20}}}}
    experiment = small(factors=factors, samples=6)
    assert {experiment.scenario_at(point).network.kind for point in range(6)} == {"star", "empty"}


def test_a_file_of_points_separated_by_semicolons_is_named_as_such(tmp_path):
    (tmp_path / "points.csv").write_text("giving.base;trust.decay\n0,5;0,01\n")
    head = {"title": "T", "scenario": WEAVING, "design": "points", "points": "points.csv"}
    with pytest.raises(ScenarioError, match="separated by ';'; save it with commas"):
        Experiment.from_document({"experiment": head}, folder=tmp_path)
