"""`gennet sweep` and `gennet status`: real processes, kill -9, Ctrl-C, messages and exit codes."""

import json
import logging
import os
import resource
import shlex
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from sim.cli import app as cli
from sim.cli.cluster import connected
from sim.lab.experiment.reading import part_files, read_dataset
from sim.lab.results import read_manifest
from tests.lab.experiment.worlds import FILE, ROOT, WEAVING
from tests.lab.resealed import edited

LONG = ["--set", "experiment.samples=30", "--replicates", "4", "--jobs", "1"]
RUNS = 240
SLOWLY = """
import time
from sim.cli.app import main
from sim.lab.experiment import store, work
store.EVERY = 0.2
run = work.run_future
work.run_future = lambda *given, **named: (time.sleep(0.06), run(*given, **named))[1]
main()
"""
"""The program with runs that take as long on a quick machine: nobody who looks late at the first of `LONG` finds it done."""


@pytest.fixture(autouse=True)
def small(tmp_path, monkeypatch):
    """A small experiment file in a working folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    Path("small.toml").write_text(FILE)


def call(*arguments):
    return CliRunner().invoke(cli.app, list(arguments))


def start(*arguments, **more):
    """A real process, as a shell would start it; coverage is not measured, since it may not write files or is killed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    program = ["-c", SLOWLY] if "--jobs" in arguments else ["-m", "sim"]
    command = [sys.executable, *program, "sweep", "small.toml", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment, **pipes, **more)


def rows(folder):
    found = read_dataset(Path(folder) / "runs", ["point", "replicate", "strategy"])
    return 0 if found is None else len(found)


def until_rows(process, folder, number):
    """Wait until a sweep has written so many runs.  To read all files again and again would take a core: first it counts.

    While parts are merged, a run may be in two.
    """
    there = 0
    while there < number or rows(folder) < number:
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
        with suppress(FileNotFoundError):  # parts are merged now and then
            there = sum(pq.read_metadata(file).num_rows for file in part_files(Path(folder) / "runs"))


def data(folder):
    return {file.name: file.read_bytes() for file in part_files(Path(folder) / "runs")}


def test_killed_at_random_moments_and_gone_on_with_the_table_is_the_same():
    assert call("sweep", "small.toml", *LONG, "--out", "whole").exit_code == 0
    before = 0
    for number in (20, 60, 100):
        process = start(*LONG, "--out", "killed")
        until_rows(process, "killed", before + 1 if before > number else number)
        process.send_signal(signal.SIGKILL)
        errors = process.communicate()[1]
        assert process.returncode == -signal.SIGKILL
        if before:
            assert f"{before:,} of {RUNS:,} runs were already done" in errors
        before = rows("killed")
        assert 0 < before < RUNS
        status = json.loads(call("status", "killed", "--json").stdout)
        assert (status["state"], status["done"], status["left"]) == ("stopped", before, RUNS - before)
    last = call("sweep", "small.toml", *LONG, "--out", "killed")
    assert last.exit_code == 0 and f"{before:,} of {RUNS:,} runs were already done" in last.stderr
    assert read_manifest(Path("killed"))["sessions"][-1]["runs"] == RUNS - before
    assert data("killed") == data("whole")


def test_ctrl_c_stops_keeps_and_says_how_to_go_on():
    process = start(*LONG, "--out", "it")
    until_rows(process, "it", 1)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "The same command continues with the rest." in errors and "Median over" in out
    status = json.loads(call("status", "it", "--json").stdout)
    assert status["state"] == "stopped" and 0 < status["done"] < RUNS
    assert status["next"].startswith("Continue it: gennet sweep small.toml")


def test_a_second_process_is_refused_while_the_first_goes_on():
    longer = ["--set", "experiment.samples=2000", *LONG[2:], "--out", "it"]
    first = start(*longer)
    until_rows(first, "it", 1)
    second = start(*longer)
    _, errors = second.communicate(timeout=300)
    running = json.loads(call("status", "it", "--json").stdout)["state"]
    assert first.poll() is None, "the first one was to be at work all the while"
    first.kill()
    first.communicate()
    assert second.returncode == 2 and "it is being written to by another gennet;" in errors
    assert running == "running"
    assert json.loads(call("status", "it", "--json").stdout)["state"] == "stopped"


def test_where_files_may_not_grow_it_stops_in_plain_words():
    limit = 8192

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = start("--out", "it", preexec_fn=limited)
    _, errors = process.communicate(timeout=300)
    assert process.returncode in (1, 2), errors
    assert "Traceback" not in errors and "cannot be written (file too large)" in errors


def test_options_and_the_table_for_people():
    result = call(
        "sweep", "small.toml", "--replicates", "2", "--seed", "5", "--weekly", "--set", "weeks=10", "--out", "it"
    )
    assert result.exit_code == 0, result.stderr
    assert "Median over 24 simulated futures of each strategy" in result.stdout and "gifts first given" in result.stdout
    status = json.loads(call("status", "it", "--json").stdout)
    assert status["next"].startswith(
        "Write a report: gennet report it; or read the table: pandas.read_parquet('it/runs')"
    )
    manifest = read_manifest(Path("it"))
    assert manifest["seed"] == 5 and manifest["experiment"]["weeks"] == 10 and len(part_files(Path("it/weekly"))) == 1
    assert set(manifest["files"]) == {
        "data-dictionary.csv",
        "runs/part-00000.parquet",
        "weekly/part-00000.parquet",
    }


def test_json_is_all_there_is_on_stdout():
    result = call("sweep", "small.toml", "--json")
    payload = json.loads(result.stdout)
    assert payload["folder"] == "results/small-sweep" and payload["done"] == 72 and payload["state"] == "finished"
    assert {"outcome", "strategy", "median", "low", "high", "runs"} == set(payload["outcomes"][0])


def test_a_dry_run_writes_nothing():
    result = call("sweep", "small.toml", "--dry-run")
    assert result.exit_code == 0 and "72 runs: 12 points × 2 strategies × 3 replicates" in result.stdout
    assert "ms a run" in result.stdout and "MB on disk" in result.stdout
    payload = json.loads(call("sweep", "small.toml", "--dry-run", "--json").stdout)
    assert payload["runs"] == 72 and payload["seconds"] > 0 and payload["bytes"] > 0
    assert sorted(path.name for path in Path().iterdir()) == ["small.toml"]


def test_status_for_people_and_of_one_run():
    call("sweep", "small.toml", "--out", "it")
    status = call("status", "it")
    assert status.exit_code == 0 and "Small: finished, all runs are done." in status.stdout
    run = read_dataset(Path("it/runs"))["run"].iloc[0]
    command = call("status", "it", "--run", run).stdout
    assert (
        command.startswith(f"gennet run {ROOT}/scenarios/weaving.toml --strategy ") and "--set trust.decay=" in command
    )
    assert call("status", "it", "--run", "f" * 16).exit_code == 2
    assert call("status", "nowhere").exit_code == 2


def test_all_runs_failing_is_exit_code_1(monkeypatch):
    from sim.lab.experiment import work

    def fail(*_, **named):
        raise ValueError("no")

    monkeypatch.setattr(work, "run_future", fail)
    result = call("sweep", "small.toml", "--out", "it")
    assert result.exit_code == 1 and "72 runs failed: see it/failures.csv" in result.stderr
    assert "failed" in call("status", "it").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["smal.toml"], "smal.toml: there is no such file; did you mean small.toml?"),
        (["small.toml", "--set", "experiment.samples=0"], "experiment.samples is 0; allowed are whole numbers from 1"),
        (["small.toml", "--replicates", "0"], "experiment.replicates is 0"),
        (["small.toml", "--dask", "tcp://127.0.0.1:9", "--jobs", "2"], "--jobs cannot be combined with --dask"),
        (["small.toml", "--dask", "nonsense://x"], "--dask: no Dask scheduler answers at 'nonsense://x'"),
        (["small.toml", "--out", "small.toml"], "small.toml is a file, not a folder"),
    ],
)
def test_wrong_input_is_one_message_and_exit_code_2(arguments, words):
    result = call("sweep", *arguments)
    assert result.exit_code == 2 and words in result.stderr and "Traceback" not in result.stderr


def test_the_command_of_a_row_works_from_where_the_user_stands(tmp_path, monkeypatch):
    Path("world.toml").write_text(f"extends = {WEAVING!r}")
    Path("small.toml").write_text(FILE.replace(WEAVING, "world.toml"))
    assert call("sweep", "small.toml", "--out", "it").exit_code == 0
    run = read_dataset(Path("it/runs"))["run"].iloc[0]
    here = call("status", "it", "--run", run)
    assert here.exit_code == 0 and here.stderr == ""
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    command = shlex.split(call("status", "../it", "--run", run).stdout)
    assert Path(command[2]).is_file()
    again = json.loads(call(*command[1:], "--json", "--out", "again").stdout)
    assert again["run"] == run


def test_how_to_go_on_says_where(tmp_path, monkeypatch):
    process = start(*LONG, "--out", "it")
    until_rows(process, "it", 1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=300)
    monkeypatch.chdir("/")
    next_step = json.loads(call("status", str(tmp_path / "it"), "--json").stdout)["next"]
    assert next_step.startswith(f"Continue it in {tmp_path}: gennet sweep small.toml")


def test_the_command_of_a_row_says_if_it_is_of_another_version():
    assert call("sweep", "small.toml", "--out", "it").exit_code == 0
    run = read_dataset(Path("it/runs"))["run"].iloc[0]
    edited(Path("it"), model_version="0123456789ab")
    again = call("status", "it", "--run", run, "--json")
    assert again.exit_code == 0 and "from version 0123456789ab of the model; this is" in again.stderr
    assert json.loads(again.stdout)["same_version"] is False
    edited(Path("it"), scenario_file="gone.toml")
    assert "there is no file gone.toml here" in call("status", "it", "--run", run).stderr


@pytest.mark.parametrize("command", ["report", "status", "sensitivity"])
def test_a_damaged_table_of_a_sweep_ends_with_2_and_names_the_file(command):
    assert call("sweep", "small.toml", "--out", "it").exit_code == 0
    part = part_files(Path("it/runs"))[0]
    part.write_bytes(part.read_bytes()[:-40])
    outcome = call(command, "it")
    assert outcome.exit_code == 2 and f"{part} is damaged" in outcome.stderr, outcome.stderr


def test_a_bad_address_of_a_cluster_ends_with_one_message():
    process = start("--out", "it", "--dask", "nonsense")
    out, errors = process.communicate(timeout=300)
    assert (process.returncode, out) == (2, "")
    assert "--dask: no Dask scheduler answers at 'nonsense'" in errors and "Traceback" not in errors


def test_another_seed_is_told_as_such():
    assert call("sweep", "small.toml", "--out", "it").exit_code == 0
    outcome = call("sweep", "small.toml", "--seed", "5", "--out", "it")
    assert outcome.exit_code == 2 and "another seed (1, not 5)" in outcome.stderr


def test_the_table_fits_eighty_columns_and_counts_futures_of_each_strategy(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = ["--set", 'experiment.outcomes=["cost", "gifts", "producing_week"]']
    result = call(
        "sweep", "small.toml", *shown, "--set", "experiment.strategies=['none', 'mass', 'customized', 'blended']"
    )
    assert result.exit_code == 0, result.output
    assert "…" not in result.stdout and max(map(len, result.stdout.splitlines())) <= 80
    each = 12 * int(
        json.loads(call("status", "results/small-sweep", "--json").stdout)["strategies"]["mass"]["runs"] / 12
    )
    assert f"Median over {each} simulated futures of each strategy" in result.stdout


def test_sigterm_stops_a_sweep_as_ctrl_c_does():
    process = start(*LONG, "--out", "it")
    until_rows(process, "it", 20)
    process.send_signal(signal.SIGTERM)
    errors = process.communicate(timeout=300)[1]
    assert process.returncode == 130 and "done and kept" in errors, errors
    manifest = read_manifest(Path("it"))
    assert manifest["stop_reason"].startswith("stopped by the user after") and not Path("it/.lock").exists()


def test_dasks_log_is_off_while_connected_and_on_again_after(monkeypatch, caplog):
    @contextmanager
    def executor(address, tell):
        try:
            yield None, 2
        finally:
            logging.getLogger("distributed").error("the scheduler is gone")

    monkeypatch.setattr("sim.cli.cluster.dask_executor", executor)
    with connected("tcp://127.0.0.1:1") as (_, threads):
        assert threads == 2
    assert not caplog.records
    logging.getLogger("distributed").error("afterwards")
    assert [record.message for record in caplog.records] == ["afterwards"]
