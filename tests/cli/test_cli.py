"""The command line: exit codes, messages, the JSON contract, results folders, Ctrl-C."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import matplotlib.image
import networkx as nx
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from sim.cli import app as cli
from sim.cli.commands import compare_command, run_command
from sim.cli.terminal import InputError, show
from sim.lab.results import LOCK, read_manifest
from tests.lab.resealed import edited, relisted

ROOT = Path(__file__).parents[2]
SMALL = """
title = "A small world"
question = "Who gets there?"
weeks = 30
replicates = 4
[network]
kind = "karate"
newcomers = 3
[strategies.none]
coordinators = []
[strategies.mass]
label = "By newsletter"
hours = 10
align_week = 5
produce_week = 10
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small scenario file in a working folder of its own.  Figures are left to tests of figures: they take seconds."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(compare_command, "draw", lambda *_: lambda: None)
    monkeypatch.setattr(run_command, "draw", lambda *_: None)
    Path("small.toml").write_text(SMALL)
    return "small.toml"


DRAW = run_command.draw


def call(*arguments: str):
    return CliRunner().invoke(cli.app, list(arguments))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished comparison of the small scenario, made once."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "small.toml").write_text(SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = call("compare", "small.toml", "--out", "mine")
    assert result.exit_code == 0, result.output
    return folder / "mine"


@pytest.fixture
def mine(small, finished):
    """A copy of the finished comparison, as `mine` in the working folder of the small scenario."""
    return shutil.copytree(finished, "mine")


UNDRAWN = """
from sim.cli.app import main
from sim.cli.commands import compare_command
compare_command.draw = lambda *_: lambda: None
main()
"""

HELD_UP = """
import time
from pathlib import Path
from sim.cli.app import main
from sim.cli.commands import compare_command
def draw(*_):
    while not Path("go").exists():
        time.sleep(0.02)
    return lambda: None
compare_command.draw = draw
main()
"""
"""The program without figures, which holds its folder until there is a file `go`."""


def process(*arguments: str, program=("-m", "sim"), **more):
    """A real process, as a shell would start it; `program=("-c", UNDRAWN)` leaves out the figures of a comparison."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, *program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        **more,
    )


def refuse_constants(text: str):
    raise AssertionError(f"JSON holds {text}")


def parsed(text: str):
    return json.loads(text, parse_constant=refuse_constants)


WRONG = {
    "no such file": (["run", "nowhere.toml"], "nowhere.toml"),
    "strategy left out": (["run", "small.toml"], "strategy"),
    "unknown strategy": (["run", "small.toml", "--strategy", "mess"], "mass"),
    "unknown strategy of compare": (["compare", "small.toml", "--strategy", "mess"], "mass"),
    "unknown key": (["compare", "small.toml", "--set", "giving.bose=1"], "giving.base"),
    "value out of bounds": (["compare", "small.toml", "--set", "giving.base=99"], "-10 to 10"),
    "no value": (["compare", "small.toml", "--set", "giving.base"], "giving.base"),
    "one replicate": (["compare", "small.toml", "--replicates", "1"], "--replicates is 1"),
    "no replicates": (["compare", "small.toml", "--replicates", "0"], "--replicates is 0"),
    "one replicate, set": (["compare", "small.toml", "--set", "replicates=1"], "replicates is 1"),
    "too many replicates": (["compare", "small.toml", "--replicates", "100001"], "100,000"),
    "too much memory": (["compare", "small.toml", "--replicates", "100000", "--set", "weeks=5200"], "GB"),
    "strategy named twice": (["compare", "small.toml", "--strategy", "mass", "--strategy", "mass"], "named twice"),
    "experiment file": (["compare", "experiment.toml"], "run it with gennet sweep"),
    "a file of quite another name": (["compare", "nope.toml"], "nope.toml: there is no such file\n"),
    "a file of nearly that name": (["compare", "smal.toml"], "did you mean small.toml?"),
    "empty file": (["compare", "empty.toml"], "empty.toml: is empty; at least one key is needed"),
    "empty file below": (["compare", "above.toml"], "above.toml: extends: empty.toml: is empty"),
    "nameless strategy": (["compare", "nameless.toml"], "strategies holds the name ''; allowed are letters"),
    "replicates in words": (
        ["compare", "small.toml", "--replicates", "two"],
        "--replicates is 'two'; allowed are whole",
    ),
    "jobs out of bounds": (
        ["compare", "small.toml", "--jobs", "0"],
        "--jobs is 0; allowed are whole numbers from 1 to 1,024",
    ),
    "seed out of bounds": (
        ["run", "small.toml", "--seed", "-1"],
        "--seed is -1; allowed are whole numbers from 0 to 9,223",
    ),
    "replicate too large": (
        ["run", "small.toml", "--replicate", "9" * 20],
        f"--replicate is {'9' * 20}; allowed are whole",
    ),
    "bench of few": (["bench", "--members", "3"], "--members is 3; allowed are whole numbers from 10 to 1,000,000"),
    "port": (["dashboard", "--port", "99999"], "--port is 99999; allowed are whole numbers from 0 to 65,535"),
    "host": (["dashboard", "--host", "999.1.1.1"], "gennet: --host: cannot serve at '999.1.1.1'"),
    "no jobs": (["compare", "small.toml", "--jobs", "0"], "--jobs"),
    "seed below 0": (["compare", "small.toml", "--seed", "-1"], "--seed"),
    "seed is no number": (["run", "small.toml", "--seed", "x"], "--seed"),
    "unknown option": (["run", "small.toml", "--sed", "1"], "--sed"),
    "unknown command": (["rum"], "rum"),
    "folder is a file": (["compare", "small.toml", "--out", "small.toml"], "is a file"),
    "folder of something else": (["compare", "small.toml", "--out", "."], "something other"),
    "folder below a file": (["compare", "small.toml", "--out", "small.toml/x"], "small.toml"),
    "unknown group": (["parameters", "--group", "givin"], "giving"),
    "broken file": (["compare", "broken.toml"], "broken.toml"),
    "missing network file": (["compare", "csv.toml", "--replicates", "2"], "people.csv"),
    "fact without a tolerance": (["compare", "small.toml", "--fact", "outputs = 4"], "VALUE +- TOLERANCE"),
    "unknown fact": (["compare", "small.toml", "--fact", "output = 4 +- 1"], "did you mean outputs?"),
    "facts without worlds": (["compare", "small.toml", "--fact", "outputs = 4 +- 1", "--worlds", "0"], "--worlds is 0"),
    "until after the last week": (["run", "small.toml", "--strategy", "mass", "--until", "999"], "--until is 999"),
    "no such state": (["run", "small.toml", "--from", "no.npz"], "no.npz: there is no such file"),
    "a state that is none": (["run", "small.toml", "--from", "small.toml"], "small.toml is not a saved state"),
    "another seed from a state": (["run", "small.toml", "--from", "x.npz", "--seed", "1"], "cannot be combined"),
    "a plan without money": (["plan", "small.toml", "--budget", "0"], "--budget: the budget is 0; allowed are dollars"),
    "a plan into a folder": (["plan", "small.toml", "--budget", "9", "--out", "."], "is a folder; name a file"),
    "a cluster that is not there": (
        ["plan", "small.toml", "--budget", "9", "--dask", "x"],
        "--dask: no Dask scheduler",
    ),
    "bench of nobody": (["bench", "--members", "0"], "--members"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_ends_with_2_and_a_message(small, case):
    Path("broken.toml").write_text("weeks = = 3")
    Path("pyproject.toml").write_text("")
    Path("empty.toml").write_text("\n# nothing yet\n")
    Path("above.toml").write_text('extends = "empty.toml"\n')
    Path("nameless.toml").write_text('[strategies.""]\nhours = 3\n')
    Path("experiment.toml").write_text(
        '[experiment]\nscenario = "small.toml"\n[factors.uncertain]\n"trust.decay" = "plausible"\n'
    )
    Path("csv.toml").write_text('[network]\nkind = "csv"\nmembers = "people.csv"\nties = "ties.csv"\n')
    arguments, words = WRONG[case]
    result = call(*arguments)
    assert result.exit_code == 2, result.output
    assert words in re.sub(r"\x1b\[[0-9;]*m", "", result.stderr)
    assert "Traceback" not in result.output
    assert result.stdout == ""
    assert not Path("results").exists()


@pytest.mark.parametrize("text", ["inf", "nan", "-1", "0"])
def test_a_memory_limit_that_is_no_number_above_0_ends_with_2(small, monkeypatch, text):
    monkeypatch.setenv("GENNET_MEMORY_GB", text)
    result = call("compare", small, "--replicates", "2")
    assert result.exit_code == 2 and f"GENNET_MEMORY_GB is '{text}'; allowed are numbers above 0" in result.stderr


def test_a_real_process_ends_with_2_and_no_traceback(small):
    running = process("run", "nowhere.toml")
    out, err = running.communicate(timeout=300)
    assert (running.returncode, out) == (2, "")
    assert err.strip().endswith("there is no such file")
    assert len(err.splitlines()) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder_ends_with_2(small):
    Path("locked").mkdir(mode=0o500)
    result = call("compare", small, "--out", "locked/here")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc, where not even root may write")
def test_a_folder_that_nobody_can_make_ends_with_2(small):
    result = call("run", small, "--strategy", "none", "--out", "/proc/here")
    assert result.exit_code == 2
    assert "/proc/here cannot be written to" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="no head")
def test_a_reader_who_leaves_early_still_gets_the_results(small):
    running = process("run", small, "--strategy", "none")
    running.stdout.close()
    assert running.wait(timeout=300) == 0, running.stderr.read()
    running.stderr.close()
    assert read_manifest(Path("results/small-run"))["stop_reason"] == "finished"


def test_the_unexpected_ends_with_1_and_says_how_to_see_it(small, monkeypatch):
    monkeypatch.delenv(cli.DEBUG, raising=False)
    monkeypatch.setattr("sim.inputs.scenario.json_schema", lambda: 1 // 0)
    result = call("schema")
    assert result.exit_code == 1
    assert "ZeroDivisionError" in result.stderr and "--debug" in result.stderr
    monkeypatch.setenv(cli.DEBUG, "")
    assert isinstance(call("schema", "--debug").exception, ZeroDivisionError)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help_with_its_summary_and_an_example(name):
    result = call(name, "--help")
    assert result.exit_code == 0
    text = " ".join(re.sub(r"\x1b\[[0-9;]*m", " ", result.stdout).split())
    assert f"Example: gennet {name}" in text and cli.COMMANDS[name] in text
    assert cli.COMMANDS[name] in " ".join(re.sub(r"[│]", " ", call("--help").stdout).split())


def test_every_module_of_a_command_is_listed():
    modules = {path.stem for path in (ROOT / "sim/cli/commands").glob("*_command.py")}
    assert modules == {f"{name}_command" for name in cli.COMMANDS}


HEAVY = (
    "jinja2",
    "matplotlib",
    "mesa",
    "networkx",
    "numba",
    "numpy",
    "openpyxl",
    "pandas",
    "pyarrow",
    "scipy",
    "solara",
)


@pytest.mark.parametrize("names", [(), tuple(cli.COMMANDS)], ids=["of gennet", "of its commands"])
def test_help_is_quick_because_it_loads_nothing_heavy(names):
    code = f"""
import sys
from typer.testing import CliRunner
from sim.cli.app import app
for words in {[[name, "--help"] for name in names] or [["--help"]]}:
    assert CliRunner().invoke(app, words).exit_code == 0
    loaded = {set(HEAVY)} & {{*sys.modules}}
    assert not loaded, (words, loaded)
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_lists_print_everything_declared():
    from sim.model.declarations import GROUPS, PARAMETERS
    from sim.model.schedule import SCHEDULE

    keys = [one["key"] for one in parsed(call("parameters", "--json").stdout)["parameters"]]
    assert keys == [parameter.key for parameter in PARAMETERS]
    some = parsed(call("parameters", "--group", GROUPS[1], "--json").stdout)["parameters"]
    assert {one["group"] for one in some} == {GROUPS[1]}
    phases = parsed(call("schedule", "--json").stdout)["schedule"]
    assert [one["name"] for one in phases] == [phase.name for phase in SCHEDULE]
    printed = call("schedule").stdout
    assert all(phase.name in printed for phase in SCHEDULE)
    assert all(parameter.name in call("parameters").stdout for parameter in PARAMETERS[:3])
    assert parsed(call("schema").stdout)["title"] == "Scenario"


def test_version_names_package_and_model():
    from sim.model.version import MODEL_VERSION

    result = call("--version")
    assert result.exit_code == 0 and MODEL_VERSION in result.stdout
    assert re.fullmatch(r"[0-9a-f]{12}", MODEL_VERSION)


def test_the_model_version_leaves_out_what_changes_no_number():
    from sim.model.version import model_sources

    names = {path.relative_to(ROOT / "sim").as_posix() for path in model_sources()}
    assert {"model/engine.py", "model/rules/giving.py", "inputs/networks/generate.py", "lab/future.py"} <= names
    assert {name.split("/")[0] for name in names} == {"model", "inputs", "lab"}


STRATEGY_KEYS = {"name", "stages", "members_left", "outputs", "coordinator_dependence", "cost", "cost_per_output"}
STAGE_KEYS = {"reached", "median_weeks", "rmst_weeks", "rmst_ci95"}
DIFFERENCE_KEYS = {"strategy", "baseline", "outcome", "mean", "ci95", "variance_ratio"}


def test_compare_json_keeps_its_contract(small):
    result = call("compare", small, "--json")
    assert result.exit_code == 0, result.output
    message = parsed(result.stdout)
    assert [one["name"] for one in message["strategies"]] == ["none", "mass"]
    for one in message["strategies"]:
        assert one.keys() >= STRATEGY_KEYS
        assert list(one["stages"]) == ["connected", "aligned", "producing", "generative"]
        for stage in one["stages"].values():
            assert stage.keys() >= STAGE_KEYS
            assert 0 <= stage["reached"] <= 1
            assert (stage["median_weeks"] is None) == (stage["reached"] < 0.5)
    assert message["strategies"][0]["cost_per_output"] is None
    assert message["differences"] and all(one.keys() >= DIFFERENCE_KEYS for one in message["differences"])
    assert {one["baseline"] for one in message["differences"]} == {"none"}


def test_worlds_are_in_the_json_the_same_whatever_the_jobs(small):
    first, second = (
        call(
            "compare", small, "--replicates", "2", "--worlds", "4", "--json", "--jobs", jobs, "--out", f"w{jobs}"
        ).stdout
        for jobs in ("1", "2")
    )
    assert first == second
    worlds = json.loads(first)["worlds"]
    keys = {"strategy", "baseline", "outcome", "better", "worse", "unclear", "mean", "ci95", "luck_share"}
    assert worlds and all(one.keys() >= keys for one in worlds)
    assert "outputs" in {one["outcome"] for one in worlds}
    assert json.loads(call("compare", small, "--worlds", "0", "--json", "--out", "w0").stdout)["worlds"] == []


def test_facts_are_printed_with_what_they_changed(small):
    options = ("--replicates", "2", "--worlds", "6", "--fact", "newcomers = 5 +- 3", "--out", "facts")
    text = call("compare", small, *options).stdout
    assert "What is known" in text and "members who joined" in text and "worlds were drawn" in text
    assert "of worlds without the facts" in text and "that fit what is known" in text
    facts = json.loads(call("compare", small, *options, "--json").stdout)["facts"]
    assert facts["effective"] >= 1 and facts["facts"][0]["value"] == 5


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--fact", "outputs = 9e5 +- 1"), "no plausible world fits the facts: outputs = 900,000 +- 1 is in the way"),
        (("--set", "worlds.derived.trust.start=2 * trust.frist"), "'trust.frist' is unknown"),
    ],
)
def test_worlds_that_cannot_be_end_with_2_and_leave_no_folder(small, option, words):
    result = call("compare", small, "--replicates", "2", "--out", "none", *option)
    assert result.exit_code == 2 and words in result.stderr and not Path("none").exists()


def test_sentences_on_who_is_ahead_say_once_that_they_are_corrected_for_their_number(small):
    message = " ".join(call("compare", small, "--replicates", "3").stdout.split())
    assert message.count("at most one page in 20 names a wrong winner") == 1
    assert message.index("Which strategy gets there first") < message.index("at most one page in 20")


def test_the_same_seed_prints_the_same_bytes_whatever_the_jobs(small):
    first = call("compare", small, "--json", "--jobs", "1", "--seed", "7")
    second = call("compare", small, "--json", "--jobs", "2", "--seed", "7", "--out", "elsewhere")
    assert first.exit_code == second.exit_code == 0
    assert first.stdout_bytes == second.stdout_bytes
    rows = Path("results/small-compare/runs.csv").read_bytes()
    assert rows == Path("elsewhere/runs.csv").read_bytes()
    assert call("compare", small, "--json", "--seed", "7").stdout_bytes == first.stdout_bytes
    assert call("compare", small, "--json", "--seed", "8").stdout_bytes != first.stdout_bytes
    assert Path("results/small-compare-2/manifest.json").exists()
    assert call("compare", small, "--seed", "9", "--out", "elsewhere").exit_code == 2
    assert rows == Path("elsewhere/runs.csv").read_bytes()


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """A finished comparison: its folder and what was printed."""
    folder = tmp_path_factory.mktemp("compared")
    (folder / "small.toml").write_text(SMALL)
    result = call("compare", str(folder / "small.toml"), "--out", str(folder / "out"), "--set", "weeks=40", "--svg")
    assert result.exit_code == 0, result.output
    return folder / "out", result


def test_compare_prints_for_people(compared):
    text = compared[1].stdout
    for words in ("A small world", "Who gets there?", "4 simulated futures", "seed 1", "95% interval", "By newsletter"):
        assert words in " ".join(text.split())
    for words in ("connected", "renewed", "alive", "members who left", "cost per extra output", "Difference to none"):
        assert words in text
    assert "\x1b" not in text
    assert all(len(line) <= 80 or "results" in line or "/" in line for line in text.splitlines())


def test_runs_open_in_pandas_and_pyarrow_with_labels(compared):
    from sim.model.declarations import PARAMETERS
    from sim.model.outcomes import OUTCOMES

    runs = pd.read_parquet(compared[0] / "runs")
    assert list(runs.columns[:6]) == ["run", "scenario", "strategy", "seed", "replicate", "status"]
    assert len(runs) == 8 and runs["run"].is_unique
    assert {parameter.key for parameter in PARAMETERS} | {outcome.name for outcome in OUTCOMES} <= set(runs.columns)
    assert (runs["connected_week"].isna() == runs["connected_censored"]).all()
    schema = pq.read_schema(compared[0] / "runs/part-00000.parquet")
    assert schema.field("cost").metadata[b"unit"] == b"dollars"
    assert schema.field("giving.base").metadata[b"label"]
    assert all(field.metadata and b"label" in field.metadata for field in schema)
    weekly = pd.read_parquet(compared[0] / "weekly")
    assert len(weekly) == 2 * 4 * 40
    csv = pd.read_csv(compared[0] / "runs.csv")
    assert list(csv.columns) == list(runs.columns) and len(csv) == 8


def test_a_row_of_runs_is_what_simulate_gives_again(compared):
    from sim import Scenario, simulate

    scenario = Scenario.load(compared[0].parent / "small.toml", ["weeks=40"])
    row = pd.read_parquet(compared[0] / "runs").query("strategy == 'mass' and replicate == 2").iloc[0]
    record = simulate(scenario, "mass", seed=1, replicate=2)
    assert row["gifts"] == record.outcomes["gifts"] and row["outputs"] == record.outcomes["outputs"]


def test_the_manifest_tells_what_was_run(compared):
    manifest = read_manifest(compared[0])
    assert manifest["stop_reason"] == "finished" and manifest["replicates"] == 4 and manifest["seed"] == 1
    assert manifest["overrides"] == ["weeks=40"] and manifest["scenario"]["weeks"] == 40
    assert set(manifest["fingerprints"]) == {"none", "mass"}
    assert {"python", "platform", "packages"} <= manifest["surroundings"].keys()
    for name in manifest["files"]:
        assert (compared[0] / name).stat().st_size > 0
    there = {path.relative_to(compared[0]).as_posix() for path in compared[0].rglob("*") if path.is_file()} - {LOCK}
    assert there == {*manifest["files"], "manifest.json"}
    assert parsed((compared[0] / "summary.json").read_text())["replicates"] == 4
    assert {path.name for path in (compared[0] / "tables").iterdir()} == {
        "strategies.csv",
        "stages.csv",
        "differences.csv",
        "worlds.csv",
    }


def test_figures_are_there_and_not_blank(compared):
    figures = sorted(path.stem for path in (compared[0] / "figures").glob("*.png"))
    assert figures == sorted(
        [
            *("stages_over_time", "time_to_event", "weekly_bands", "outputs_against_cost", "outputs_by_kind"),
            *("network_before_after-none", "network_before_after-mass"),
        ]
    )
    for name in figures:
        pixels = matplotlib.image.imread(compared[0] / f"figures/{name}.png")
        assert pixels[..., :3].std() > 0.02, name
        assert "<svg" in (compared[0] / f"figures/{name}.svg").read_text()


def test_run_leaves_tables_networks_and_figures(small, monkeypatch):
    monkeypatch.setattr(run_command, "draw", DRAW)
    same = ("run", small, "--strategy", "mass", "--seed", "3", "--replicate", "1")
    result = call(*same, "--ledger", "--panels", "--json")
    assert result.exit_code == 0, result.output
    message = parsed(result.stdout)
    assert (message["seed"], message["replicate"], message["strategy"]) == (3, 1, "mass")
    folder = Path("results/small-run")
    assert pd.read_parquet(folder / "runs")["run"].tolist() == [message["run"]]
    weekly = pd.read_parquet(folder / "weekly")
    assert len(weekly) == 30 and weekly["week"].tolist() == list(range(1, 31))
    after = nx.read_graphml(folder / "network-after.graphml")
    assert len(after) == weekly["members"].iloc[-1]
    assert len(nx.read_graphml(folder / "network-before.graphml")) == 37
    assert len(pd.read_parquet(folder / "ledger.parquet")) >= weekly["gifts"].sum()
    assert len(pd.read_parquet(folder / "members.parquet")) >= 37
    assert len(pd.read_parquet(folder / "ties.parquet")) == after.number_of_edges()
    assert {"week", "event", "what"} == set(pd.read_csv(folder / "events.csv").columns)
    assert len(pd.read_csv(folder / "maps.csv")) == 3
    assert {path.name for path in (folder / "figures").glob("*.png")} == {"one_run.png", "network_before_after.png"}
    assert call(*same).exit_code == 0
    assert not (folder / "ledger.parquet").exists()


def test_a_run_can_be_saved_and_branch_off(small):
    saved = json.loads(call("run", small, "--strategy", "mass", "--until", "5", "--json").stdout)
    assert saved["week"] == 5 and Path(saved["state"]).exists()
    whole = json.loads(call("run", small, "--strategy", "mass", "--json", "--out", "whole").stdout)
    same, other = (
        json.loads(call("run", small, "--from", saved["state"], *options, "--json", "--out", out).stdout)
        for options, out in (((), "same"), (("--strategy", "none"), "other"))
    )
    assert same["outcomes"] == whole["outcomes"] and other["outcomes"]["cost"] < same["outcomes"]["cost"]


def test_only_the_strategies_asked_for_the_first_as_baseline(small):
    message = parsed(
        call("compare", small, "--json", "--strategy", "mass", "--strategy", "none", "--no-renewal").stdout
    )
    assert [one["name"] for one in message["strategies"]] == ["mass", "none"]
    assert {one["baseline"] for one in message["differences"]} == {"mass"}
    alone = call("compare", small, "--strategy", "none")
    assert alone.exit_code == 0 and "Difference" not in alone.stdout


def test_a_network_in_which_nothing_happens_can_be_compared(small):
    quiet = ("members.activity=0.01", "giving.base=-10", "network.keep_random=0", "network.newcomers=0", "weeks=2")
    message = call("compare", small, "--json", *(word for key in quiet for word in ("--set", key)))
    assert message.exit_code == 0, message.output
    assert parsed(message.stdout)["strategies"][0]["coordinator_dependence"] == 0.0


def test_notes_go_to_stderr(small):
    Path("bare.toml").write_text("weeks = 5\nreplicates = 2\n[network]\nkind = 'karate'\n")
    result = call("compare", "bare.toml", "--json")
    assert result.exit_code == 0
    assert "Note: there are no strategies" in result.stderr
    parsed(result.stdout)


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to a process on Windows")
def test_ctrl_c_leaves_valid_results(small):
    running = process(
        "compare", small, "--replicates", "50000", "--no-renewal", "--json", "--jobs", "1", "--out", "stopped"
    )
    said = ""
    while not re.search(r"\d of 100,\d+ runs", said):  # the first run has been done; many more will be in a second
        said += running.stderr.read(1)
        assert running.poll() is None, said
    time.sleep(1)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=300)
    assert running.returncode == 130, err
    message = parsed(out)
    assert 2 <= message["replicates"] < 50000
    assert f"{message['replicates']:,} of 50,000 futures are complete" in err
    manifest = read_manifest(Path("stopped"))
    assert manifest["replicates"] == message["replicates"] and "stopped by the user" in manifest["stop_reason"]
    assert len(pd.read_parquet("stopped/runs")) == 2 * message["replicates"]


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to a process on Windows")
@pytest.mark.parametrize("command", [("compare", "--replicates", "2"), ("run", "--strategy", "mass")])
def test_ctrl_c_while_writing_waits_until_everything_is_written(small, monkeypatch, command):
    """Half a folder would be worth less than none."""
    from sim.lab.results import ResultsFolder

    write = ResultsFolder.csv
    monkeypatch.setattr(ResultsFolder, "csv", lambda *given: (os.kill(os.getpid(), signal.SIGINT), write(*given))[1])
    pressed = []
    monkeypatch.setattr("sim.cli.terminal.os._exit", pressed.append)
    result = call(command[0], small, *command[1:], "--out", "whole")
    assert result.exit_code == 130
    assert pressed and read_manifest(Path("whole"))["stop_reason"] == "finished"
    there = {path.relative_to("whole").as_posix() for path in Path("whole").rglob("*") if path.is_file()} - {LOCK}
    assert there == {*read_manifest(Path("whole"))["files"], "manifest.json"}


def test_a_smaller_comparison_leaves_a_larger_one_as_it_is(small, mine):
    before = Path("mine/runs.csv").read_bytes()
    fewer = call("compare", small, "--replicates", "3", "--out", "mine")
    assert fewer.exit_code == 2 and "mine holds more simulated futures of the same (4, not 3)" in fewer.stderr
    turned = call("compare", small, "--strategy", "mass", "--strategy", "none", "--out", "mine")
    assert turned.exit_code == 2 and "another baseline" in turned.stderr
    assert Path("mine/runs.csv").read_bytes() == before


def test_the_time_left_counts_from_the_first_run_on(monkeypatch, capsys):
    """Compiling comes before, once, and says nothing about the pace of runs."""
    from sim.cli import terminal

    clock = [0.0]
    monkeypatch.setattr(terminal.time, "monotonic", lambda: clock[0])
    with terminal.progress("Simulating", "runs") as tick:
        for clock[0], done in ((60.0, 1), (61.0, 2), (81.0, 12)):
            tick(done, 100)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["Simulating: 1 of 100 runs", "Simulating: 12 of 100 runs, 3 min left"]


def test_stopped_at_once_leaves_nothing(small, monkeypatch):
    from contextlib import contextmanager

    @contextmanager
    def pressed():
        yield lambda: True

    monkeypatch.setattr("sim.cli.terminal.stopped_by_ctrl_c", pressed)
    result = call("compare", small)
    assert result.exit_code == 130 and "nothing to compare" in result.stderr
    assert not Path("results/small-compare").exists()


@pytest.mark.parametrize("out", [["--out", "mine"], []])
def test_of_two_comparisons_at_once_into_one_folder_one_is_refused_and_nothing_is_lost(small, out):
    long = ["--set", "weeks=156", "--worlds", "0", *out]
    program = ("-c", HELD_UP if out else UNDRAWN)
    both = [process("compare", small, "--replicates", count, *long, program=program) for count in ("40", "41")]
    # With --out the first one keeps the folder until the other has been refused, however long after it that one starts.
    while out and all(one.poll() is None for one in both):
        time.sleep(0.05)
    Path("go").touch()
    ends = [(one.communicate(timeout=300)[1], one.returncode) for one in both]
    assert sorted(code for _, code in ends) == ([0, 2] if out else ends_of(ends))
    for message, code in ends:
        assert code == 0 or "is being written to by another gennet" in message or "holds results of" in message, message
        assert "Traceback" not in message
    folder = Path("mine" if out else "results/small-compare")
    kept = read_manifest(folder)
    assert kept["stop_reason"] == "finished"
    assert len(pd.read_parquet(folder / "runs")) == 2 * kept["replicates"]


def ends_of(ends):
    """How two commands that choose their own folder may end: one after the other, each well, or one refused."""
    return [0, 0] if all(code == 0 for _, code in ends) else [0, 2]


@pytest.mark.parametrize("command", [("compare", "--replicates", "2"), ("run", "--strategy", "mass")])
def test_a_folder_that_another_process_is_at_is_left_alone(small, mine, command):
    from sim.lab.experiment.lock import held

    before = {path: path.read_bytes() for path in Path("mine").rglob("*") if path.is_file()}
    Path("new").mkdir()
    for name in ("mine", "new"):
        with held(Path(name), "wait"):
            refused = call(command[0], small, *command[1:], "--out", name)
            assert refused.exit_code == 2 and name in refused.stderr and "Traceback" not in refused.output
    assert {path: path.read_bytes() for path in Path("mine").rglob("*") if path.is_file()} == before
    with held(Path("mine"), "wait"):
        message = call("report", "mine")
        assert message.exit_code == 2 and "mine is being written to by another gennet" in message.stderr
        assert json.loads(call("status", "mine", "--json").stdout)["state"] == "running"
    assert call(command[0], small, *command[1:], "--out", "new").exit_code == 0


def test_what_was_written_while_a_command_waited_for_its_turn_is_not_written_over(small):
    from sim.lab.experiment.lock import locked
    from sim.lab.results import ResultsError, open_folder

    Path("new").mkdir()
    content = {"command": "compare", "model_version": "x", "seed": 1}
    first, second = (open_folder("new", "x", content | {"seed": seed}) for seed in (1, 2))
    with locked(first):
        first.begin()
        first.text("runs.csv", "1")
        first.finish({"stop_reason": "finished"})
    with pytest.raises(ResultsError, match="holds results of another seed"), locked(second):
        second.text("runs.csv", "2")
    assert Path("new/runs.csv").read_text() == "1"


@pytest.mark.parametrize("command", ["report", "status"])
@pytest.mark.parametrize("damage", ["cut", "column", "noise", "half written", "manifest"])
def test_a_damaged_folder_ends_with_2_and_names_the_file(small, mine, command, damage):
    part = Path("mine/runs/part-00000.parquet")
    said = {"half written": "half written", "manifest": "manifest.json is damaged"}.get(damage, str(part))
    if damage == "cut":
        part.write_bytes(part.read_bytes()[:-40])
    elif damage == "noise":
        part.write_bytes(b"PAR1" + b"\0" * 200 + b"PAR1")
    elif damage == "column":
        pd.read_parquet(part).drop(columns=["strategy", "status"]).to_parquet(part)
        relisted(Path("mine"))
        said = "mine/runs is damaged"
    elif damage == "half written":
        edited(Path("mine"), stop_reason="being written")
    else:
        edited(Path("mine"), model_version=None)
    result = call(command, "mine")
    if (command, damage) == ("status", "half written"):
        assert result.exit_code == 0
    else:
        assert result.exit_code == 2, result.output
        assert said in result.stderr and "bug in gennet" not in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1


def test_results_of_another_version_are_reported_with_a_word_on_it(small, mine):
    assert "version" not in call("status", "mine").stderr
    edited(Path("mine"), model_version="0123456789ab")
    message = call("report", "mine")
    assert message.exit_code == 0 and "from version 0123456789ab of the model; this is" in message.stderr


def test_budgets_are_those_of_the_strategies_compared(small):
    text = SMALL + "\n[strategies.rich]\nhours = 99\nalign_week = 5\nproduce_week = 10\n"
    Path("three.toml").write_text(text)
    both = json.loads(call("compare", "three.toml", "--replicates", "2", "--json", "--out", "a").stdout)
    assert "mass 26,000, rich 257,400" in both["warnings"][0]
    one = call("compare", "three.toml", "--strategy", "none", "--strategy", "mass", "--replicates", "2", "--json")
    assert json.loads(one.stdout)["warnings"] == []


def test_a_results_folder_that_is_not_there_is_said(monkeypatch, capsys, tmp_path):
    from sim.cli.commands import dashboard_command

    monkeypatch.setattr(dashboard_command, "serve", lambda *_: None)
    dashboard_command.dashboard(results=tmp_path / "nope")
    assert f"there is no folder {tmp_path / 'nope'} yet" in capsys.readouterr().err.replace("\n", " ")
    dashboard_command.dashboard(results=tmp_path)
    assert capsys.readouterr().err == ""


def test_a_folder_that_can_hold_no_lock_is_refused_for_writing_and_still_reported(small, mine):
    assert not Path("mine", LOCK).exists()
    Path("mine", LOCK).mkdir()  # stands for a disk that cannot be written to
    refused = call("compare", small, "--out", "mine")
    assert refused.exit_code == 2 and "mine cannot be written to (is a directory" in refused.stderr, refused.stderr
    assert call("report", "mine", "--out", "page.html").exit_code == 0 and Path("page.html").is_file()


@pytest.mark.skipif(os.name == "nt", reason="no SIGTERM on Windows")
def test_sigterm_before_the_first_file_leaves_no_folder(small):
    running = process("compare", small, "--replicates", "50000", "--no-renewal", "--out", "gone")
    deadline = time.monotonic() + 300
    while not Path("gone/manifest.json").exists() and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=300)
    assert running.returncode == 130
    manifest = read_manifest(Path("gone"))
    assert manifest is None or "stopped by the user" in manifest["stop_reason"]


JSON_ERRORS = {
    **{name: [name, "nowhere.toml"] for name in ("run", "compare", "sweep", "advise", "network")},
    **{name: [name, "nowhere"] for name in ("status", "verify", "worth", "sensitivity")},
    "plan": ["plan", "nowhere.toml", "--budget", "4000"],
    "waves": ["waves", "nowhere.csv", "nowhere.xlsx"],
    "an unknown option": ["network", "--nowhere", "a.csv"],
    "an unknown command": ["nowhere"],
}


@pytest.mark.parametrize("case", JSON_ERRORS)
def test_with_json_an_error_is_json_too(case):
    result = call(*JSON_ERRORS[case], "--json")
    found = parsed(result.stdout)
    assert set(found) == {"error", "exit_code"} and found["exit_code"] == result.exit_code == 2
    assert "nowhere" in found["error"] and "nowhere" in result.stderr


def test_with_json_the_unexpected_is_json_too_unless_json_was_printed(monkeypatch):
    monkeypatch.delenv(cli.DEBUG, raising=False)
    monkeypatch.setattr("sim.cli.commands.schedule_command.show", lambda *rest: 1 // 0)
    found = parsed(call("schedule", "--json").stdout)
    assert found["exit_code"] == 1 and "ZeroDivisionError" in found["error"]

    def shown(*rest):
        show(*rest)
        raise InputError("afterwards")

    monkeypatch.setattr("sim.cli.commands.schedule_command.show", shown)
    result = call("schedule", "--json")
    assert result.exit_code == 2 and "schedule" in parsed(result.stdout) and "afterwards" in result.stderr
