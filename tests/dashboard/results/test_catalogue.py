"""The folder of results: everything is listed or said to be no results; nothing outside it is read; nothing is written."""

import os
import shutil
import time
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from sim.cli.app import app
from sim.dashboard.results_catalogue import MOST_PARTS, Catalogue, CatalogueEntry, CatalogueError, day_of
from sim.lab.experiment.reading import read_results
from sim.lab.experiment.status import status_of, totals_of
from sim.lab.results import read_manifest
from sim.model.version import MODEL_VERSION
from tests.dashboard.results.saved_results import edited


def by_name(catalogue):
    """The list, by name."""
    return {entry.name: entry for entry in catalogue.entries()}


def test_everything_is_listed_with_what_was_asked(catalogue):
    found = by_name(catalogue)
    assert {name for name, entry in found.items() if entry.kind} == {
        *("first", "more-newcomers", "nested/other-seed", "shorter", "old", "future", "swept", "stopped", "failures"),
        *("half", "torn"),
    }
    first = found["first"]
    assert (first.kind, first.title, first.question) == ("compare", "A small world", "Who gets there?")
    assert (
        first.strategies == ("none", "mass") and first.seed == 1 and (first.runs, first.done, first.left) == (24, 24, 0)
    )
    assert first.model == MODEL_VERSION and first.same and not first.problem
    assert not found["old"].same
    assert (found["future"].kind, found["future"].runs, found["future"].strategies) == ("run", 1, ("mass",))
    assert [entry.date for entry in catalogue.entries() if entry.kind] == sorted(
        (entry.date for entry in found.values() if entry.kind), reverse=True
    )


@pytest.mark.parametrize("name", ["first", "future", "swept", "stopped", "failures"])
def test_counts_are_those_of_gennet_status(catalogue, results, name):
    status, entry = status_of(results / name), by_name(catalogue)[name]
    assert (entry.runs, entry.done, entry.failed, entry.left) == tuple(
        status[key] for key in ("runs", "done", "failed", "left")
    )
    assert entry.state == status["state"] == ("stopped" if name == "stopped" else "finished")
    manifest = read_manifest(results / name)
    assert totals_of(results / name, manifest) == {
        key: status[key] for key in ("runs", "done", "failed", "left", "state")
    }


def test_counts_of_a_sweep_whose_process_was_killed_come_from_its_table(results, tmp_path):
    shutil.copytree(results / "stopped", tmp_path / "it")
    before = Catalogue(tmp_path).entry("it")
    edited(tmp_path / "it", stop_reason="being written", done=0, failed=0)
    after = Catalogue(tmp_path).entry("it")
    assert 0 < after.done < after.runs
    assert (after.done, after.left, after.state) == (before.done, before.left, "stopped")


def test_a_sweep_that_goes_on_is_said_to_be_running(results, tmp_path):
    shutil.copytree(results / "stopped", tmp_path / "it")
    catalogue = Catalogue(tmp_path)
    with FileLock(tmp_path / "it" / ".lock"):
        assert catalogue.entry("it").state == "running"
    assert catalogue.entry("it").state == "stopped"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("empty", "is empty"),
        ("foreign", "has no manifest.json"),
        ("broken", "cannot be read: it is damaged"),
        ("damaged", "damaged or in another format"),
        ("away", "link to a place outside"),
    ],
)
def test_what_is_no_results_is_said_to_be_so_in_a_sentence(catalogue, name, words):
    entry = by_name(catalogue)[name]
    assert not entry.kind and words in entry.problem and entry.problem.startswith(name)
    assert "Traceback" not in entry.problem and entry.problem.count(".") <= 3


def test_what_is_half_written_is_listed_and_says_so(catalogue):
    assert by_name(catalogue)["half"].problem.startswith("Incomplete")
    assert by_name(catalogue)["stopped"].problem.startswith("Stopped by the user after ")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../outside/secret", "first/..", "/etc", "first/../../outside/secret", "a\\b", "x\0y", ".x"]
)
def test_names_that_lead_elsewhere_are_refused(catalogue, name):
    with pytest.raises(CatalogueError):
        catalogue.folder(name)


def test_links_that_lead_out_are_refused_wherever_they_are(catalogue, results, tmp_path):
    with pytest.raises(CatalogueError, match="place outside"):
        catalogue.folder("away")
    root = tmp_path / "root"
    shutil.copytree(results / "first", root / "it")
    mine = Catalogue(root)
    assert mine.checked("it") == root / "it"
    part = root / "it" / "runs" / "part-00000.parquet"
    part.unlink()
    part.symlink_to(results / "first" / "runs" / "part-00000.parquet")
    with pytest.raises(CatalogueError, match=r"it/runs/part-00000\.parquet is a link to a place outside"):
        mine.checked("it")
    manifest = root / "it" / "manifest.json"
    manifest.unlink()
    manifest.symlink_to(results / "first" / "manifest.json")
    assert "place outside" in mine.entry("it").problem
    (root / "same").symlink_to(root / "it2")
    shutil.copytree(results / "first", root / "it2")
    assert mine.checked("same") == root / "same"


def test_a_pipe_stops_nothing(tmp_path, results):
    shutil.copytree(results / "first", tmp_path / "it")
    os.mkfifo(tmp_path / "it" / "events.csv")
    with pytest.raises(CatalogueError, match="neither a file nor a folder"):
        Catalogue(tmp_path).checked("it")
    (tmp_path / "other").mkdir()
    os.mkfifo(tmp_path / "other" / "manifest.json")
    assert "is not a manifest" in Catalogue(tmp_path).entry("other").problem


def snapshot(root):
    """Every file with its bytes' length and time of writing."""
    return {str(p): (p.lstat().st_size, p.lstat().st_mtime_ns) for p in Path(root).rglob("*")}


def test_nothing_is_written(catalogue, results):
    before = snapshot(results)
    catalogue.entries()
    for name in ("first", "stopped", "future"):
        catalogue.checked(name)
    assert snapshot(results) == before


def test_fifty_folders_are_listed_in_half_a_second_of_processor_time(results, tmp_path):
    for number in range(25):
        shutil.copytree(results / "first", tmp_path / f"c{number}")
        shutil.copytree(results / "stopped", tmp_path / f"s{number}")
    Catalogue(results).entries()
    seconds = []
    for _ in range(3):
        catalogue = Catalogue(tmp_path)
        began = time.thread_time()
        found = catalogue.entries()
        seconds.append(time.thread_time() - began)
    assert len(found) == 50 and min(seconds) < 0.5


def test_no_table_is_read_for_the_list_where_the_manifest_counts(results, tmp_path, monkeypatch):
    shutil.copytree(results / "stopped", tmp_path / "it")
    monkeypatch.setattr("sim.lab.experiment.status.read_dataset", lambda *_: pytest.fail("a table was read"))
    assert Catalogue(tmp_path).entry("it").left > 0
    edited(tmp_path / "it", stop_reason="being written")
    for number in range(MOST_PARTS + 1):
        (tmp_path / "it" / "runs" / f"part-00009-{number:05d}.parquet").touch()
    assert Catalogue(tmp_path).entry("it").runs is None


def test_a_root_that_is_missing_or_a_results_folder_is_said(results, tmp_path):
    assert Catalogue(tmp_path / "none").entries() == [] and Catalogue(tmp_path / "none").fault == ""
    assert "is itself a results folder" in Catalogue(results / "first").fault
    assert Catalogue(results).fault == ""


def test_dates_are_said_in_words():
    assert day_of("2026-11-02T06:31:00+00:00") == "2 Nov 2026, 06:31" and day_of("soon") == ""
    assert CatalogueEntry("x", kind="club").for_page()["what"] == "gennet club"


def test_the_counts_of_a_table_and_of_a_manifest_agree(results):
    runs = read_results(results / "stopped").runs
    entry = Catalogue(results).entry("stopped")
    assert entry.done == int((runs["status"] == "done").sum())


def test_a_file_is_no_folder_of_results(tmp_path):
    file = tmp_path / "results.csv"
    file.write_text("a")
    result = CliRunner().invoke(app, ["dashboard", "--port", "0", "--results", str(file)])
    assert result.exit_code == 2 and f"--results: {file} is a file" in result.stderr
