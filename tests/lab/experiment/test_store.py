"""The store: the same final files in any order and after any crash, and every run once."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.lab.checksums import checksums_of
from sim.lab.experiment import store as stores
from sim.lab.experiment.reading import read_dataset
from sim.lab.experiment.store import Store
from sim.lab.experiment.work import RunRow
from sim.lab.results import ResultsError
from sim.model.outcomes import OUTCOMES
from tests.lab.experiment.worlds import small

BLOCK = 10
NEVER = -1


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(stores, "BLOCK", BLOCK)
    monkeypatch.setattr("os.fsync", lambda _: None)  # tests do not survive power failures


def row(experiment, place):
    """Return a synthetic row whose values encode its place; every seventh has failed."""
    name = hashlib.sha256(str(place).encode()).hexdigest()[:16]
    weekly = None
    if experiment.head.weekly:
        weekly = np.full((experiment.weeks, len(experiment.head.weekly)), float(place))
    if place % 7 == 3:
        return RunRow(place, name, None, f"fault {place}", None)
    truths = ("_censored", "alive", "unconnected")
    outcomes = {outcome.name: place % 2 == 0 if outcome.name.endswith(truths) else place / 3 for outcome in OUTCOMES}
    return RunRow(place, name, outcomes | {"connected_week": float("nan"), "unconnected": 0.5}, None, weekly)


def contents(folder):
    """Return the bytes of a dataset, by file name."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.glob("*/*"))}


def uninterrupted(experiment, folder):
    store = Store(experiment, folder)
    store.add([row(experiment, place) for place in range(experiment.size)])
    store.flush()
    assert store.done.all()
    return contents(folder)


class Crash(Exception):
    """The simulated end of the process."""


@pytest.fixture(params=[False, True])
def complete(request, small_blocks, tmp_path):
    """Return an experiment, with or without weekly tables, and its files where nothing crashed."""
    experiment = small(weekly=request.param, samples=5, replicates=4, weeks=3)
    return experiment, uninterrupted(experiment, tmp_path)


@pytest.mark.no_cover
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(data=st.data())
def test_the_files_do_not_depend_on_order_or_crashes(tmp_path_factory, complete, data):
    experiment, whole = complete
    folder = tmp_path_factory.mktemp("broken")
    places = data.draw(st.permutations(range(experiment.size)))
    finished: set[int] = set()
    for steps in [*data.draw(st.lists(st.integers(0, 15), max_size=5)), NEVER]:
        with pytest.MonkeyPatch.context() as patch:
            crash_after(patch, steps)
            try:
                store = Store(experiment, folder)
                assert set(np.flatnonzero(store.done)) >= finished, "a finished run was lost"
                left = [place for place in places if not store.done[place]]
                while left:
                    some, left = left[:6], left[6:]
                    store.add([row(experiment, place) for place in some])
                    store.flush()
                    finished |= set(some)
            except Crash:
                pass
        there = contents(folder)
        assert not checksums_of(folder, {}).missing(there), "a file seems to be lost"
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in there.items() if "/." not in name}
        assert not any(checksums_of(folder, {}).fault(*item) for item in hashes.items()), "a file seems to be damaged"
    assert contents(folder) == whole


def crash_after(patch, steps):
    """Make the process crash after a number of files begun and renamed, entries in the journal and removals of files."""

    count, write = [steps], stores.written_aside

    def counted(act):
        def do(path, *arguments, **more):
            if count[0] == 0:
                if act is write:
                    path.with_name(f".{path.name}.99").write_bytes(b"half a file")
                raise Crash
            count[0] -= 1
            return act(path, *arguments, **more)

        return do

    patch.setattr(stores, "written_aside", counted(write))
    patch.setattr(stores, "record", counted(stores.record))
    patch.setattr(Path, "unlink", counted(Path.unlink))
    patch.setattr("os.replace", counted(os.replace))


def test_each_run_is_read_once_even_between_merging_and_removal(tmp_path, monkeypatch):
    experiment = small(replicates=4, samples=5)
    store = Store(experiment, tmp_path)
    monkeypatch.setattr("pathlib.Path.unlink", lambda *_, **__: None)
    for place in range(BLOCK):
        store.add([row(experiment, place)])
        store.flush()
    monkeypatch.undo()
    assert len(list((tmp_path / "runs").glob("part-*"))) == BLOCK + 1
    assert len(read_dataset(tmp_path / "runs")) == BLOCK


def test_rows_are_restored_unchanged(tmp_path):
    experiment = small(replicates=4, samples=5, weekly=["members", "gifts"], weeks=3)
    uninterrupted(experiment, tmp_path)
    runs = read_dataset(tmp_path / "runs")
    for place, saved in enumerate(runs.to_dict("records")):
        run = experiment.run_at(place)
        assert (saved["point"], saved["strategy"], saved["replicate"]) == run
        assert saved["trust.decay"] == experiment.points[run.point][0]
        assert (saved["status"] == "failed") == (place % 7 == 3)
        assert saved["error"] == (f"fault {place}" if place % 7 == 3 else None) or saved["status"] == "done"
        if saved["status"] == "done":
            assert saved["outputs"] == place / 3 and saved["alive"] == (place % 2 == 0)
    weekly = read_dataset(tmp_path / "weekly", ["point", "replicate", "strategy", "week", "members", "run"])
    files = pq.read_table(tmp_path / "weekly").to_pandas()
    assert len(files) == 3 * (runs["status"] == "done").sum()
    assert set(weekly["run"]) == set(runs.loc[runs["status"] == "done", "run"])


def test_leftovers_of_killed_processes_are_removed(tmp_path):
    for name in (".manifest.json.77", ".data-dictionary.csv.77", "runs/.part-00000.parquet.77", "mine.txt"):
        (tmp_path / "runs").mkdir(exist_ok=True)
        (tmp_path / name).write_text("half")
    Store(small(), tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mine.txt", "runs"]


def test_additional_replicates_are_appended(tmp_path):
    few, many = small(replicates=2, samples=3), small(replicates=4, samples=3)
    uninterrupted(few, tmp_path / "a")
    store = Store(many, tmp_path / "a")
    assert np.flatnonzero(store.done).tolist() == list(range(few.size))
    store.add([row(many, place) for place in range(few.size, many.size)])
    store.flush()
    assert contents(tmp_path / "a") == uninterrupted(many, tmp_path / "b")


def test_a_damaged_file_is_named(tmp_path):
    experiment = small()
    uninterrupted(experiment, tmp_path)
    file = tmp_path / "runs" / "part-00001.parquet"
    file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(ResultsError, match=r"part-00001\.parquet is damaged .* gennet verify \S+ --repair"):
        Store(experiment, tmp_path)
    file.unlink()
    assert np.flatnonzero(~Store(experiment, tmp_path).done).tolist() == list(range(BLOCK, 2 * BLOCK))
