"""Sweeps: resuming gives the same table; invalid folders; failing runs; a full disk; repeated runs."""

import errno
import inspect
import itertools
import json
import os
import subprocess
import sys
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context

import mesa
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import sweep
from sim.inputs.scenario import Scenario, ScenarioError
from sim.lab.analysis.runs import lost_to_failures
from sim.lab.experiment import store as stores
from sim.lab.experiment import work
from sim.lab.experiment.lock import locked
from sim.lab.experiment.reading import command_of, read_results
from sim.lab.experiment.runner import in_parallel
from sim.lab.experiment.status import status_of
from sim.lab.experiment.sweeping import SweepError, content_of
from sim.lab.future import run_future, simulate
from sim.lab.generative_network import GenerativeNetwork
from sim.lab.results import ResultsError, open_folder, read_manifest
from sim.model.outcomes import OUTCOMES
from sim.model.world import WorldError
from tests.lab.experiment.worlds import ROOT, small, sweep_a_few


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return an uninterrupted sweep."""
    return sweep(small(), tmp_path_factory.mktemp("sweeps") / "whole", jobs=2)


def contents(folder):
    """Return the bytes of a sweep's data."""
    return {file.name: file.read_bytes() for file in (folder / "runs").glob("part-*")}


def test_every_run_of_the_design_has_a_row_in_order(whole):
    experiment = small()
    assert whole.complete and len(whole.runs) == experiment.size == whole.expected
    keys = whole.runs[["point", "replicate", "strategy"]].itertuples(index=False, name=None)
    expected = list(
        itertools.product(range(len(experiment.points)), range(experiment.replicates), experiment.strategies)
    )
    assert list(keys) == expected
    assert list(whole.runs.columns[:9]) == [
        *("run", "point", "trust.decay", "network.newcomers", "strategy.hours"),
        *("strategy", "seed", "replicate", "status"),
    ]
    for point, row in whole.runs.groupby("point").first().iterrows():
        assert (row["trust.decay"], row["network.newcomers"], row["strategy.hours"]) == experiment.points[point]


def test_rows_match_single_runs(whole):
    experiment = small()
    for place in range(0, experiment.size, 5):
        run = experiment.run_at(place)
        outcomes = run_future(
            experiment.scenario_at(run.point), run.strategy, experiment.seed_at(run.point), run.replicate
        ).outcomes
        runs = whole.done
        row = runs[
            (runs["point"] == run.point) & (runs["strategy"] == run.strategy) & (runs["replicate"] == run.replicate)
        ]
        assert len(row) == 1
        np.testing.assert_array_equal(
            row[[outcome.name for outcome in OUTCOMES]].to_numpy(float)[0], np.array(list(outcomes.values()), float)
        )


def test_every_run_can_be_repeated_by_its_command(whole, monkeypatch):
    import shlex

    monkeypatch.chdir(ROOT)
    for place in (0, 5, 17, 23):
        row = whole.runs.iloc[place].to_dict()
        words = shlex.split(command_of(whole.manifest, row))
        assert words[:2] == ["gennet", "run"]
        options = dict(zip(words[3::2], words[4::2], strict=True))
        sets = [value for option, value in zip(words[3::2], words[4::2], strict=True) if option == "--set"]
        scenario = Scenario.load(words[2], sets)
        record = simulate(scenario, options["--strategy"], int(options["--seed"]), int(options["--replicate"]))
        for name, value in record.outcomes.items():
            assert row[name] == value or (np.isnan(value) and pd.isna(row[name])), name


def test_gennet_run_gives_the_run_the_same_id(whole, tmp_path, monkeypatch):
    import shlex

    from typer.testing import CliRunner

    from sim.cli.app import app

    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sim.cli.commands.run_command.draw", lambda *_: None)
    row = whole.runs.iloc[11].to_dict()
    words = shlex.split(command_of(whole.manifest, row))[1:]
    result = CliRunner().invoke(app, [*words, "--json", "--out", str(tmp_path / "r")])
    assert result.exit_code == 0 and json.loads(result.stdout)["run"] == row["run"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(moments=st.lists(st.integers(0, 24), max_size=4), jobs=st.integers(1, 3))
def test_an_interrupted_and_resumed_sweep_gives_the_same_table(whole, tmp_path_factory, moments, jobs):
    folder = tmp_path_factory.mktemp("stopped") / "it"
    experiment, before = small(), 0
    for moment in [*moments, experiment.size + 1]:
        reached = [0]

        def note(done, _, reached=reached):
            reached[0] = done

        try:
            result = sweep(experiment, folder, jobs, progress=note, stopped=lambda m=moment, r=reached: r[0] >= m)
        except ResultsError as fault:
            assert "holds no runs yet" in str(fault) and moment == 0
            continue
        assert len(result.runs) >= before
        before = len(result.runs)
    assert contents(folder) == contents(whole.folder)
    assert sum(sitting["runs"] for sitting in read_manifest(folder)["sessions"]) == experiment.size


def test_a_finished_sweep_does_not_run_again(whole, monkeypatch):
    before = (whole.folder / "manifest.json").read_bytes()
    monkeypatch.setattr("sim.lab.experiment.work.run_future", lambda *_, **__: pytest.fail("a run was repeated"))
    again = sweep(small(), whole.folder)
    pd.testing.assert_frame_equal(again.runs, whole.runs)
    assert (whole.folder / "manifest.json").read_bytes() == before


def test_replicates_can_be_added_but_not_reduced(whole, tmp_path):
    few = sweep(small(replicates=2), tmp_path / "it")
    assert len(few.runs) == 16
    more = sweep(small(), tmp_path / "it")
    assert contents(tmp_path / "it") == contents(whole.folder)
    assert more.experiment["replicates"] == 3
    with pytest.raises(ResultsError, match="holds 3 replicates of this design, more than the 2 asked for"):
        sweep(small(replicates=2), tmp_path / "it")


def test_processes_give_the_same_table(whole, tmp_path):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        sweep(small(), tmp_path / "it", 2, executor=pool)
    assert contents(tmp_path / "it") == contents(whole.folder)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"seed": 7}, "holds results of another"),
        ({"samples": 5}, "another design: other points, strategies or settings"),
        ({"sets": ["giving.base=0.3"]}, "another design"),
        ({"weekly": True}, "keeps other weekly measures"),
    ],
)
def test_a_folder_of_another_design_or_seed_raises_an_error(whole, other, words):
    before = contents(whole.folder)
    with pytest.raises(ResultsError, match=words):
        sweep(small(**other), whole.folder)
    assert contents(whole.folder) == before


def test_a_folder_of_another_version_raises_an_error(whole, monkeypatch):
    monkeypatch.setattr("sim.lab.experiment.sweeping.MODEL_VERSION", "0" * 12)
    with pytest.raises(ResultsError, match="another version of the model"):
        sweep(small(), whole.folder)


def test_a_second_process_on_a_folder_raises_an_error(whole):
    folder = open_folder(whole.folder, "x", content_of(small()))
    with locked(folder):
        code = (
            "import sys; from sim import sweep; from tests.lab.experiment.worlds import small;"
            "from sim.lab.results import ResultsError\n"
            "try: sweep(small(), sys.argv[1])\n"
            "except ResultsError as fault: print(fault)"
        )
        process = subprocess.run(
            [sys.executable, "-c", code, str(whole.folder)], cwd=ROOT, capture_output=True, text=True, check=True
        )
    assert "is being written to by another gennet;" in process.stdout
    assert sweep(small(), whole.folder).complete


def make_runs_fail(monkeypatch, fault, when=lambda scenario, strategy, seed, replicate, renewal: strategy == "mass"):
    """Make some runs raise an error."""

    def run(*arguments, **named):
        if when(*arguments):
            raise fault
        return run_future(*arguments, **named)

    monkeypatch.setattr(work, "run_future", run)


def test_a_failing_run_is_recorded_and_does_not_stop_the_sweep(whole, tmp_path, monkeypatch):
    make_runs_fail(monkeypatch, WorldError("nobody is there"))
    result = sweep(small(), tmp_path / "it")
    runs = result.runs
    assert result.complete and (runs.loc[runs["strategy"] == "mass", "status"] == "failed").all()
    assert set(runs.loc[runs["status"] == "failed", "error"]) == {"nobody is there"}
    assert runs.loc[runs["status"] == "failed", "outputs"].isna().all()
    others = whole.done[whole.done["strategy"] == "none"].reset_index(drop=True)
    pd.testing.assert_frame_equal(result.done.drop(columns="error"), others.drop(columns="error"))
    failures = pd.read_csv(tmp_path / "it" / "failures.csv")
    assert len(failures) == 12 and failures["command"].str.contains("gennet run .*--strategy mass").all()
    monkeypatch.undo()
    assert len(sweep(small(), tmp_path / "it").done) == 12, "failed runs would fail again and are not repeated"


def test_failed_runs_are_repeated_on_request(whole, tmp_path, monkeypatch):
    broken = whole.runs["seed"].iloc[0]
    make_runs_fail(monkeypatch, WorldError("not now"), lambda scenario, strategy, seed, *_: seed == broken)
    part = sweep(small(weekly=["gifts"]), tmp_path / "it")
    assert len(part.done) == 18 and (tmp_path / "it" / "failures.csv").exists()
    assert lost_to_failures(part.runs).endswith("leave out 0 of the 18 runs that are done, and 1 of 4 worlds.")
    monkeypatch.undo()
    mended = sweep(small(weekly=["gifts"]), tmp_path / "it", retry_failed=True)
    pd.testing.assert_frame_equal(mended.runs, whole.runs)
    assert contents(tmp_path / "it") == contents(whole.folder) and lost_to_failures(mended.runs) == ""
    assert not (tmp_path / "it" / "failures.csv").exists()
    assert pq.read_table(tmp_path / "it" / "weekly").num_rows == 24 * 20


def test_worlds_of_a_latin_hypercube_have_luck_of_their_own(whole):
    seeds = whole.runs.groupby("point")["seed"].agg(["min", "max"])
    assert (seeds["min"] == seeds["max"]).all() and seeds["min"].is_unique
    assert whole.experiment["luck"] == "own"
    shared = small(luck="shared")
    assert {shared.seed_at(point) for point in range(4)} == {shared.seed}
    assert shared.design_hash != small().design_hash and small(design="grid", samples=None, levels=2).own_luck is False


def test_unexpected_errors_include_their_type(tmp_path, monkeypatch):
    make_runs_fail(monkeypatch, ZeroDivisionError("by\nzero"), lambda *_: True)
    assert set(sweep(small(), tmp_path / "it").runs["error"]) == {"ZeroDivisionError: by zero"}


def test_machine_errors_are_not_recorded_as_failed_runs(whole, tmp_path, monkeypatch):
    make_runs_fail(monkeypatch, MemoryError(), lambda scenario, strategy, seed, replicate, renewal: replicate == 2)
    with pytest.raises(SweepError, match=r"a run could not be done \(MemoryError\); runs that are written are kept"):
        sweep(small(), tmp_path / "it", 1)
    assert read_manifest(tmp_path / "it")["stop_reason"].startswith("broken off")
    monkeypatch.undo()
    sweep(small(), tmp_path / "it")
    assert contents(tmp_path / "it") == contents(whole.folder)


def test_a_full_disk_does_not_lose_saved_runs(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(stores, "EVERY", 0.0)
    writes, write = [0], stores.pq.write_table

    def full(table, where, **options):
        writes[0] += 1
        if writes[0] > 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(table, where, **options)

    monkeypatch.setattr(stores.pq, "write_table", full)
    with pytest.raises(SweepError, match=r"cannot be written \(no space left on device\)"):
        sweep(small(), tmp_path / "it", 1)
    monkeypatch.undo()
    kept = len(read_results(tmp_path / "it").runs)
    assert 0 < kept < 24
    done = []
    monkeypatch.setattr(
        work, "run_future", lambda *arguments, **named: done.append(1) or run_future(*arguments, **named)
    )
    sweep(small(), tmp_path / "it")
    assert len(done) == 24 - kept, "a finished run was repeated"
    assert contents(tmp_path / "it") == contents(whole.folder)


class Gone(Executor):
    """An executor whose workers die."""

    def submit(self, fn, /, *args, **kwargs):
        from concurrent.futures import Future

        future: Future = Future()
        future.set_exception(BrokenExecutor("all died"))
        return future


def test_a_sweep_ends_with_a_message_if_its_workers_die(tmp_path):
    with pytest.raises(SweepError, match=r"the workers went away \(BrokenExecutor: all died\)"):
        sweep(small(), tmp_path / "it", 2, executor=Gone())


def test_impossible_worlds_leave_no_folder(tmp_path):
    factors = {"uncertain": {"network": {"members": [4, 40], "degree": [2.0, 6.0]}}}
    experiment = small(["network.kind=random"], factors, design="grid", samples=None)
    with pytest.raises(ScenarioError, match="impossible worlds"):
        sweep(experiment, tmp_path / "it")
    assert not (tmp_path / "it").exists()


def test_weekly_measures_match_single_runs(tmp_path):
    experiment = small(weekly=["members", "gifts", "hours"], replicates=1)
    sweep(experiment, tmp_path / "it")
    table = pq.read_table(tmp_path / "it" / "weekly").to_pandas()
    assert list(table.columns) == ["run", "point", "strategy", "replicate", "week", "members", "gifts", "hours"]
    assert len(table) == experiment.size * 20
    for (point, strategy), part in table.groupby(["point", "strategy"]):
        weekly = simulate(experiment.scenario_at(point), strategy, experiment.seed_at(point), 0).weekly
        for name in ("week", "members", "gifts", "hours"):
            np.testing.assert_array_equal(part[name].to_numpy(), weekly[name].to_numpy())


def test_mesas_batch_run_gives_the_same_outcomes(whole):
    experiment = small()
    scenarios = [experiment.scenario_at(point) for point in (0,)]
    parameters = {"scenario": scenarios, "strategy": list(experiment.strategies), "replicate": [0, 1]}
    seeds = {"rng": [experiment.seed_at(0)]} if "rng" in inspect.signature(mesa.batch_run).parameters else {}
    if not seeds:
        parameters["rng"] = [experiment.seed_at(0)]
    rows = pd.DataFrame(
        mesa.batch_run(GenerativeNetwork, parameters, data_collection_period=1, display_progress=False, **seeds)
    )
    rows["point"] = [scenarios.index(scenario) for scenario in rows["scenario"]]
    runs = whole.done.set_index(["point", "strategy", "replicate"])
    met = 0
    for key, weeks in rows.groupby(["point", "strategy", "replicate"]):
        sums = weeks[["outputs", "gifts", "hours"]].sum()
        assert sums.to_dict() == runs.loc[key, ["outputs", "gifts", "hours"]].to_dict()
        assert weeks["members"].iloc[-1] == runs.loc[key, "members_active"]
        met += 1
    assert met == 4


def test_tasks_are_consumed_lazily():
    taken = []

    def tasks():
        for k in range(1000):
            taken.append(k)
            yield k

    results = in_parallel(lambda k: k, tasks(), 1)
    next(results)
    assert len(taken) < 10
    results.close()


def test_a_clock_that_is_set_back_changes_no_results(tmp_path, monkeypatch):
    """Sessions a day apart in the wrong order, and parts from the future."""
    experiment = small(samples=2, weeks=5)
    whole = sweep(experiment, tmp_path / "whole")
    sweep_a_few(experiment, tmp_path / "it")
    for part in (tmp_path / "it" / "runs").iterdir():
        os.utime(part, (4e9, 4e9))

    class Earlier(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(days=1)

    monkeypatch.setattr("sim.lab.experiment.sweeping.datetime", Earlier)
    status = status_of(tmp_path / "it")
    assert status["done"] < experiment.size and status["seconds"] >= 0
    again = sweep(experiment, tmp_path / "it")
    pd.testing.assert_frame_equal(again.runs, whole.runs)
    assert read_manifest(tmp_path / "it")["seconds"] >= 0
