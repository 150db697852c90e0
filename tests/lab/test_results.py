"""The results folder: complete files, who may write to it, and labels and units in Parquet."""

import errno
import json
import math
import os
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.lab.checksums import file_hash
from sim.lab.experiment.lock import locked
from sim.lab.results import (
    MANIFEST,
    FolderLock,
    ResultsError,
    ResultsFolder,
    fault_of,
    json_ready,
    json_text,
    open_folder,
    read_manifest,
    run_id,
)
from sim.output.figures import save_in
from tests.lab.resealed import edited

CONTENT = {"command": "compare", "model_version": "a" * 12, "fingerprints": {"none": "1"}, "seed": 1}


def test_run_ids_depend_on_everything_that_defines_a_run():
    base = ("f", "none", 1, 0, "v")
    others = [("g", "none", 1, 0, "v"), ("f", "mass", 1, 0, "v"), ("f", "none", 2, 0, "v"), ("f", "none", 1, 1, "v")]
    others += [("f", "none", 1, 0, "w"), ("f", "none", 11, 0, "v"), ("f", "none", 1, 10, "v")]
    assert len({run_id(*one) for one in [base, *others]}) == len(others) + 1
    assert run_id(*base) == run_id("f", "none", np.int64(1), np.int64(0), "v")
    assert len(run_id(*base)) == 16


def test_json_never_contains_nan():
    text = json_text({"a": math.nan, "b": [np.float64("inf"), np.int64(3)], "c": np.array([1.0, math.nan])})
    assert json.loads(text) == {"a": None, "b": [None, 3], "c": [1.0, None]}
    assert json_ready((True, "x", None)) == [True, "x", None]


def test_a_new_folder_is_claimed_and_can_be_released(tmp_path):
    folder = open_folder(tmp_path / "deep" / "new", "x", CONTENT)
    assert read_manifest(folder.path)["stop_reason"] == "being written"
    folder.give_up()
    assert not folder.path.exists()


def test_a_folder_of_a_killed_process_can_be_reused(tmp_path):
    (tmp_path / f".{MANIFEST}.4711").write_text("half a mani")
    assert fault_of(tmp_path, CONTENT) is None


def test_releasing_a_folder_keeps_existing_files(tmp_path):
    (tmp_path / "old").mkdir()
    open_folder(tmp_path / "old", "x", CONTENT).give_up()
    assert (tmp_path / "old").exists()


def test_the_same_content_is_replaced_file_by_file_and_stale_files_are_removed(tmp_path):
    first = open_folder(tmp_path / "r", "x", CONTENT)
    first.begin()
    first.text("a.txt", "one")
    first.text("deep/b.txt", "gone later")
    first.finish({"stop_reason": "finished"})
    (tmp_path / "r" / "mine.txt").write_text("the user's own")
    again = open_folder(tmp_path / "r", "x", CONTENT)
    again.begin()
    again.text("a.txt", "two")
    assert (tmp_path / "r" / "deep" / "b.txt").exists()
    again.finish({"stop_reason": "finished"})
    assert (tmp_path / "r" / "a.txt").read_text() == "two"
    assert not (tmp_path / "r" / "deep" / "b.txt").exists()
    assert (tmp_path / "r" / "mine.txt").exists()
    assert read_manifest(tmp_path / "r")["files"] == ["a.txt"]


@pytest.mark.parametrize("damaged", [False, True])
def test_a_repair_keeps_a_sound_file_whose_bytes_do_not_repeat(tmp_path, damaged):
    def write(folder, text):
        folder.begin()
        with folder._file("book.xlsx", repeats=False) as aside:
            aside.write_text(text)
        folder.finish({"stop_reason": "finished"})

    write(open_folder(tmp_path / "r", "x", CONTENT), "made at nine")
    path = tmp_path / "r" / "book.xlsx"
    if damaged:
        path.write_text("mad3 at nine")
    write(ResultsFolder(tmp_path / "r", CONTENT, repairing=True), "made at ten")
    assert path.read_text() == ("made at ten" if damaged else "made at nine")
    assert read_manifest(tmp_path / "r")["hashes"] == {"book.xlsx": file_hash(path)}
    write(open_folder(tmp_path / "r", "x", CONTENT), "made at noon")
    assert path.read_text() == "made at noon"


def test_files_outside_the_folder_are_never_removed(tmp_path):
    (tmp_path / "precious.txt").write_text("keep")
    folder = open_folder(tmp_path / "r", "x", CONTENT)
    edited(folder.path, files=["../precious.txt"])
    again = open_folder(tmp_path / "r", "x", CONTENT)
    again.finish({})
    assert (tmp_path / "precious.txt").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model_version": "b" * 12}, "another version of the model"),
        ({"seed": 2}, "another seed"),
        ({"fingerprints": {"none": "2"}}, "another scenario"),
        ({"command": "run"}, "another command"),
    ],
)
def test_different_content_raises_an_error(tmp_path, change, words):
    open_folder(tmp_path / "r", "x", CONTENT)
    with pytest.raises(ResultsError, match=words):
        open_folder(tmp_path / "r", "x", CONTENT | change)
    assert fault_of(tmp_path / "r", CONTENT) is None


def test_results_are_not_replaced_by_fewer_futures_or_another_baseline(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = CONTENT | {"strategies": ["none", "mass"]}
    open_folder("r", "x", content, 50).finish({"replicates": 50, "stop_reason": "finished"})
    assert fault_of(tmp_path / "r", content, 50) is None and fault_of(tmp_path / "r", content, 100) is None
    with pytest.raises(ResultsError, match=r"r holds more simulated futures of the same \(50, not 20\); name another"):
        open_folder("r", "x", content, 20)
    with pytest.raises(ResultsError, match="another baseline"):
        open_folder("r", "x", CONTENT | {"strategies": ["mass", "none"]}, 50)
    open_folder(None, "x", content, 50).finish({"replicates": 50})
    assert open_folder(None, "x", content, 20).path.name == "x-2"
    assert open_folder(None, "x", content, 60).path.name == "x"


def test_an_unrelated_folder_or_file_raises_an_error(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(ResultsError, match="something other"):
        open_folder(tmp_path, "x", CONTENT)
    with pytest.raises(ResultsError, match="is a file"):
        open_folder(tmp_path / "letter.txt", "x", CONTENT)
    with pytest.raises(ResultsError, match=r"letter\.txt"):
        open_folder(tmp_path / "letter.txt" / "below", "x", CONTENT)


def test_without_a_name_different_content_gets_a_number(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert open_folder(None, "a", CONTENT).path.name == "a"
    assert open_folder(None, "a", CONTENT | {"seed": 2}).path.name == "a-2"
    assert open_folder(None, "a", CONTENT).path.name == "a"
    assert open_folder(None, "a", CONTENT | {"seed": 2}).path.name == "a-2"


def test_a_failed_write_keeps_the_old_file_and_leaves_no_temporary_file(tmp_path):
    folder = open_folder(tmp_path / "r", "x", CONTENT)
    folder.text("a.txt", "old")
    with pytest.raises(UnicodeEncodeError):
        folder.text("a.txt", "\ud800")
    assert (tmp_path / "r" / "a.txt").read_text() == "old"
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == ["a.txt", MANIFEST]


@pytest.mark.parametrize("what", ["text", "parquet", "figure"])
def test_a_full_disk_gives_one_message_and_keeps_existing_files(tmp_path, monkeypatch, what):
    from matplotlib.figure import Figure

    folder = open_folder(tmp_path / "r", "x", CONTENT)
    folder.text("a", "old")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    monkeypatch.setattr("pyarrow.parquet.write_table", full)
    monkeypatch.setattr(Figure, "savefig", full)
    write = {
        "text": lambda: folder.text("a", "new"),
        "parquet": lambda: folder.parquet("a", pd.DataFrame({"x": [1]}), {}),
        "figure": lambda: save_in(folder, "a", Figure()),
    }[what]
    with pytest.raises(ResultsError, match=r"r/a(\.png)? cannot be written \(no space left on device\)"):
        write()
    assert (tmp_path / "r" / "a").read_text() == "old"
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == ["a", MANIFEST]


def test_parquet_keeps_labels_units_and_nulls(tmp_path):
    folder = open_folder(tmp_path / "r", "x", CONTENT)
    frame = pd.DataFrame({"strategy": ["none", "mass"], "week": [3.0, math.nan], "other": [1, 2]})
    folder.parquet("t/part-0.parquet", frame, {"week": ("weeks to it", "weeks")})
    schema = pq.read_schema(tmp_path / "r/t/part-0.parquet")
    assert schema.field("week").metadata == {b"label": b"weeks to it", b"unit": b"weeks"}
    assert pq.read_table(tmp_path / "r/t").column("week").null_count == 1
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "r/t"), frame)


def test_of_two_equal_commands_at_once_the_second_takes_the_next_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = open_folder(None, "a", CONTENT)
    with locked(first):
        second = open_folder(None, "a", CONTENT)
        assert second.path.name == "a-2"
        with locked(second):
            assert sorted(path.name for path in Path("results").iterdir()) == ["a", "a-2"]
    with locked(open_folder(None, "a", CONTENT)) as _:
        assert list(Path("results").glob("*/.lock")) == [Path("results/a/.lock")]
    assert not list(Path("results").glob("*/.lock")), "a lock was left behind"


def test_a_lock_whose_file_was_replaced_meanwhile_does_not_count(tmp_path):
    """Another process may wait for the file of a lock that is removed when it is released."""
    first, waiting, third = FolderLock(tmp_path), FolderLock(tmp_path), FolderLock(tmp_path)
    assert first.acquire()
    taken = []
    thread = threading.Thread(target=lambda: taken.append(waiting.acquire(0.4)))
    thread.start()
    time.sleep(0.05)
    first.path.unlink()
    assert third.acquire()
    first._lock.release()
    thread.join()
    assert taken == [False], "two hold the lock"
    third.release()
    assert waiting.acquire() and not (waiting.release() or first.path.exists())


def test_every_file_is_flushed_to_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr("os.fsync", lambda number: flushed.append(Path(f"/proc/self/fd/{number}").resolve().name))
    folder = open_folder(tmp_path / "r", "x", CONTENT)
    folder.text("a.txt", "one")
    folder.parquet("b.parquet", pd.DataFrame({"x": [1]}), {})
    folder.finish({})
    for name in ("a.txt", "b.parquet", MANIFEST):
        assert any(done.startswith(f".{name}.") for done in flushed), name
    assert "r" in flushed, "the folder"
