"""Verifying: damaged files are named and never read as sound, damaged parts can be made again, rows give the same bits."""

import json
import os
import random
import shutil
import time
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from sim import sweep
from sim.cli.app import app
from sim.cli.commands import compare_command, run_command
from sim.cli.result_files import ResultFile
from sim.lab.checksums import JOURNAL, checksums_of, line_of, lines_in, record
from sim.lab.experiment.experiment import Experiment
from sim.lab.experiment.reading import read_results
from sim.lab.experiment.status import status_of
from sim.lab.experiment.verifying import experiment_in, rerun, verify_files
from sim.lab.results import MANIFEST, ResultsError, read_manifest, sealed
from tests.lab.experiment.worlds import small
from tests.lab.resealed import edited, relisted

ROUNDS = 200


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A finished sweep with weekly measures."""
    return sweep(small(weekly=["members"]), tmp_path_factory.mktemp("verify") / "it").folder


@pytest.fixture
def folder(whole, tmp_path):
    return Path(shutil.copytree(whole, tmp_path / "it"))


def flip(content, rng):
    place = rng.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << rng.randrange(8)]) + content[place + 1 :]


def zero(content, rng):
    """Clear a stretch that holds anything but zeros."""
    while True:
        first, length = rng.randrange(len(content)), rng.randint(1, 4096)
        if any(content[first : first + length]):
            return content[:first] + bytes(len(content[first : first + length])) + content[first + length :]


def files_of(folder):
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def data(folder):
    return {path.name: path.read_bytes() for path in files_of(folder) if path.suffix == ".parquet"}


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize("harm", [flip, zero])
def test_every_damaged_file_is_named(folder, harm):
    rng, named = random.Random(5), 0
    files = files_of(folder)
    assert {path.name for path in files} == {MANIFEST, "data-dictionary.csv", "part-00000.parquet"}
    assert not any(one.bad for one in verify_files(folder))
    for number in range(ROUNDS):
        path = files[number % len(files)]
        sound = path.read_bytes()
        path.write_bytes(harm(sound, rng))
        bad = [one.file for one in verify_files(folder) if one.bad]
        # A manifest's damage may cost the list of the other files, but not its own name.
        named += path.relative_to(folder).as_posix() in bad
        path.write_bytes(sound)
    assert named == ROUNDS


@pytest.mark.parametrize("harm", [flip, zero])
@pytest.mark.parametrize("name", ["runs/part-00000.parquet", MANIFEST])
def test_damaged_results_are_never_read_as_sound(folder, harm, name):
    rng, path = random.Random(6), folder / name
    sound = path.read_bytes()
    for _ in range(40):
        path.write_bytes(harm(sound, rng))
        for use in (read_results, status_of, lambda there: sweep(small(weekly=["members"]), there)):
            with pytest.raises(ResultsError, match=r"damaged|is not a results folder|other than results"):
                use(folder)
    path.write_bytes(sound)
    assert read_results(folder).complete


@pytest.mark.parametrize("name", ["data-dictionary.csv", "runs/part-00000.parquet", "weekly/part-00000.parquet"])
@pytest.mark.parametrize("target", ["/dev/zero", "nowhere", "/etc/passwd", None])
def test_links_and_pipes_are_named_and_not_followed(folder, name, target):
    irregular(folder / name, target)
    assert {one.file for one in verify_files(folder) if one.bad} == {name}
    if name.startswith("runs"):
        for use in (read_results, status_of):
            with pytest.raises(ResultsError, match="not a regular file"):
                use(folder)


@pytest.mark.parametrize("target", ["/dev/zero", "nowhere", "/etc/passwd", None])
def test_a_manifest_that_is_a_link_or_pipe_is_refused(folder, target):
    irregular(folder / MANIFEST, target)
    for use in (read_results, status_of):
        with pytest.raises(ResultsError, match="it is not a results folder"):
            use(folder)
    assert invoke("verify", folder).exit_code in (1, 2)


def test_a_folder_in_place_of_the_journal_is_named(folder):
    (folder / JOURNAL).mkdir()
    assert {one.file for one in verify_files(folder) if one.bad} == {JOURNAL}


def irregular(path, target):
    """Replace a file by a link, or by a pipe."""
    path.unlink()
    os.mkfifo(path) if target is None else path.symlink_to(target)


def test_a_damaged_table_is_named_even_where_the_manifest_with_its_checksum_is_lost(folder):
    table, manifest = folder / "runs" / "part-00000.parquet", folder / MANIFEST
    content = table.read_bytes()
    table.write_bytes(manifest.read_bytes())
    manifest.write_bytes(content)
    assert {one.file for one in verify_files(folder) if one.bad} == {MANIFEST, "runs/part-00000.parquet"}


def test_damaged_weekly_measures_are_not_merged(folder):
    (path,) = (folder / "weekly").glob("*")
    path.write_bytes(flip(path.read_bytes(), random.Random(1)))
    with pytest.raises(ResultsError, match=r"weekly/part-00000\.parquet is damaged"):
        sweep(small(weekly=["members"], replicates=5), folder)
    path.unlink()
    with pytest.raises(ResultsError, match=r"weekly/part-00000\.parquet is damaged \(it is missing"):
        sweep(small(weekly=["members"], replicates=5), folder)


def test_parts_have_page_checksums_too(folder):
    part = folder / "runs" / "part-00000.parquet"
    pq.read_table(part, page_checksum_verification=True)
    content = part.read_bytes()
    part.write_bytes(content[:300] + bytes([content[300] ^ 1]) + content[301:])
    with pytest.raises(OSError, match=r"CRC|checksum|compressed|deserialize"):
        pq.read_table(part, page_checksum_verification=True)


@pytest.mark.parametrize("name", ["runs/part-00000.parquet", "weekly/part-00000.parquet", "data-dictionary.csv"])
@pytest.mark.parametrize("gone", [False, True])
def test_damaged_parts_are_made_again(whole, folder, name, gone):
    path = folder / name
    if gone:
        path.unlink()
    else:
        path.write_bytes(flip(path.read_bytes(), random.Random(2)))
    found = invoke("verify", folder, "--json")
    assert found.exit_code == 1
    verdicts = {one["file"]: one["verdict"] for one in json.loads(found.stdout)["files"]}
    assert [file for file, verdict in verdicts.items() if verdict != "sound"] == [name]
    assert verdicts[name] == ("missing" if gone else "damaged")
    before = read_manifest(folder)
    repaired = invoke("verify", folder, "--repair", "--json")
    assert repaired.exit_code == 0, repaired.stderr
    assert json.loads(repaired.stdout)["sound"] and data(folder) == data(whole)
    after = read_manifest(folder)
    assert all(after[key] == before[key] for key in ("experiment", "command_line", "scenario_file", "hashes"))


def test_rows_give_the_same_bits_again(folder):
    found = list(rerun(folder, 6, seed=1))
    assert len(found) == 6 and not any(one.differing for one in found)
    part = folder / "runs" / "part-00000.parquet"
    runs = pd.read_parquet(part)
    weekly = folder / "weekly" / "part-00000.parquet"
    table = pd.read_parquet(weekly)
    runs["gifts"] += 1e-9
    table["members"] += 1.0
    schemas = pq.read_schema(part), pq.read_schema(weekly)
    for frame, path, schema in ((runs, part, schemas[0]), (table, weekly, schemas[1])):
        frame.to_parquet(path, schema=schema, index=False)
    relisted(folder)  # by somebody who also wrote new checksums
    outcome = invoke("verify", folder, "--rerun", "3", "--seed", "1")
    assert outcome.exit_code == 1 and "differs in gifts, weekly members" in outcome.stdout.replace("\n", " ")
    assert "0 of 3 rows run again: the same to the bit" in outcome.stdout


def test_results_of_another_version_are_checked_but_not_run_again(folder):
    edited(folder, model_version="0123456789ab")
    sound = invoke("verify", folder)
    assert sound.exit_code == 0 and "from version 0123456789ab" in sound.stderr
    assert invoke("verify", folder, "--rerun", "2").exit_code == 2
    path = folder / "runs" / "part-00000.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    refused = invoke("verify", folder, "--repair")
    assert refused.exit_code == 2 and "only version 0123456789ab" in refused.stderr and path.exists()


def test_results_without_checksums_are_read_and_said_to_have_none(folder):
    manifest = {key: value for key, value in read_manifest(folder).items() if key not in ("hashes", "sha256")}
    (folder / MANIFEST).write_text(json.dumps(manifest | {"format": "generative-networks results 1"}))
    assert read_results(folder).complete
    assert {one.verdict for one in verify_files(folder)} == {"no checksum"}


def test_explicit_points_are_in_the_manifest(tmp_path):
    from tests.lab.experiment.worlds import WEAVING

    head = {"scenario": WEAVING, "design": "points", "strategies": ["none"], "replicates": 2, "weeks": 5}
    points = [{"trust.decay": 0.01, "network.newcomers": 2}, {"trust.decay": 0.02, "network.newcomers": 3}]
    experiment = Experiment.from_document({"experiment": {**head, "points": points}}, name="small")
    folder = sweep(experiment, tmp_path / "it").folder
    assert experiment_in(read_manifest(folder)).points == experiment.points
    assert not any(one.differing for one in rerun(folder, 2))


def test_the_journal_keeps_sound_lines_only(tmp_path):
    record(tmp_path, "runs/a.parquet", "1" * 64)
    record(tmp_path, "a name  with spaces", "2" * 64)
    journal = tmp_path / JOURNAL
    journal.write_text(journal.read_text() + line_of("3" * 64, "torn")[:-20])
    record(tmp_path, "runs/b.parquet", "4" * 64)
    entries, sound = lines_in(tmp_path)
    assert [name for _, name in entries] == ["runs/a.parquet", "a name  with spaces", "runs/b.parquet"] and not sound
    record(tmp_path, "runs/a.parquet", "removed")
    known = checksums_of(tmp_path, None)
    assert known.missing([]) == {"a name  with spaces", "runs/b.parquet"}
    assert known.fault("runs/a.parquet", "1" * 64) == "", "it may still be there"
    record(tmp_path, "runs/c.parquet", "5" * 64)
    assert "runs/c.parquet" not in checksums_of(tmp_path, None).missing([]), "it may not be there yet"


def test_a_seal_covers_every_byte():
    text = sealed({"format": "x", "a": 1})
    assert sealed(json.loads(text)) == text


SMALL = """
title = "A small world"
weeks = 20
replicates = 3
[network]
kind = "karate"
[strategies.none]
coordinators = []
[strategies.mass]
hours = 10
align_week = 5
produce_week = 10
"""


def one_figure(folder, *_):
    from matplotlib.figure import Figure

    from sim.output.figures import save_in

    save_in(folder, "figures/one", Figure(figsize=(1, 1)))
    return lambda: None


def moment(folder, name, _):
    """Write a file whose bytes differ at every writing."""
    with folder._file(name, repeats=False) as path:
        path.write_text(str(time.time_ns()))


@pytest.mark.parametrize("command", [("compare", "--worlds", "2"), ("run", "--strategy", "mass", "--panels")])
def test_every_damaged_file_of_a_comparison_or_run_is_named_and_made_again(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    for module in (compare_command, run_command):
        monkeypatch.setattr(module, "draw", one_figure)
        monkeypatch.setattr(module, "FILES", (*module.FILES, ResultFile("moment", "when it was written", moment)))
    Path("small.toml").write_text(SMALL)
    assert invoke(command[0], "small.toml", *command[1:], "--set", "trust.decay=0.02", "--out", "it").exit_code == 0
    folder, rng = Path("it"), random.Random(3)
    if command[0] == "compare":
        assert invoke("report", "it").exit_code == 0 and (folder / JOURNAL).is_file()
    before = {path: path.read_bytes() for path in files_of(folder)}
    assert invoke("verify", "it", "--rerun", "2").exit_code == 0
    for number in range(len(before) * 3):
        path = list(before)[number % len(before)]
        path.write_bytes((flip, zero)[number % 2](before[path], rng))
        bad = {one.file for one in verify_files(folder) if one.bad}
        assert path.relative_to(folder).as_posix() in bad, path
        path.write_bytes(before[path])
    Path("small.toml").unlink()  # the manifest holds all that is needed
    for name in ("runs/part-00000.parquet", "summary.json"):
        (folder / name).write_bytes(flip(before[folder / name], rng))
    (folder / "figures" / "one.svg").unlink()
    repaired = invoke("verify", "it", "--repair")
    assert repaired.exit_code == 0, repaired.output
    after = {path: path.read_bytes() for path in files_of(folder) if path.name not in (MANIFEST, JOURNAL)}
    assert after == {path: content for path, content in before.items() if path.name not in (MANIFEST, JOURNAL)}
