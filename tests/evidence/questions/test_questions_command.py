"""`gennet questions`: JSON, text, folder with tables and figures, invalid input, stopping."""

import json
import re
from contextlib import contextmanager

import matplotlib.image
import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli import app as cli
from sim.evidence import frozen
from sim.evidence.questions.open_questions import QUESTIONS
from sim.lab.results import LOCK, read_manifest

FEW = ("--only", "star", "--replicates", "10")


def call(*arguments):
    return CliRunner().invoke(cli.app, ["questions", *arguments], env={"COLUMNS": "120"})


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("questions") / "here"
    result = call(*FEW, "--out", str(folder))
    assert result.exit_code == 0, result.output
    return folder, result.stdout


def test_the_same_seed_prints_the_same_json_and_only_that(written):
    result = call(*FEW, "--json", "--jobs", "1")
    assert result.exit_code == 0
    (payload,) = json.loads(result.stdout)
    assert [payload] == json.loads((written[0] / "questions.json").read_text())
    (reading,) = payload["readings"]
    assert payload["answer"] == reading["answer"] and payload["replicates"] == 10
    assert [len(row) for row in reading["cells"]] == [len(payload["x"]["values"])] * len(payload["y"]["values"])
    for y, row in zip(payload["y"]["values"], reading["cells"], strict=True):
        for x, cell in zip(payload["x"]["values"], row, strict=True):
            assert (cell["x"], cell["y"], cell["futures"]) == (x, y, 10)
            low, high = cell["ci95"]
            assert cell["clear"] == ("above" if low > 0 else "below" if high < 0 else "unclear")
            assert cell["ci_corrected"][0] <= low <= cell["effect"] <= high <= cell["ci_corrected"][1]


def test_text_output_has_question_answer_and_grid(written):
    (payload,) = json.loads((written[0] / "questions.json").read_text())
    plain = " ".join(written[1].split())
    assert "Star or spread-out? (theory of generative networks)" in plain and payload["answer"] in plain
    (reading,) = payload["readings"]
    for size, row in zip(payload["y"]["values"], reading["cells"], strict=True):
        (line,) = [line for line in written[1].splitlines() if re.match(rf"\s*{size}  ", line)]
        assert len(line.split()) == 1 + len(row)
        assert line.count("?") == sum(cell["clear"] == "unclear" for cell in row)


def test_the_folder_has_tables_and_figures(written):
    folder = written[0]
    manifest = read_manifest(folder)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {LOCK}
    assert there == {*manifest["files"], "manifest.json"} and manifest["stop_reason"] == "finished"
    cells = pd.read_csv(folder / "cells.csv")
    assert len(cells) == 36 and set(cells["question"]) == {"star"}
    (payload,) = json.loads((folder / "questions.json").read_text())
    assert cells["effect"].tolist() == pytest.approx(
        [c["effect"] for row in payload["readings"][0]["cells"] for c in row]
    )
    assert matplotlib.image.imread(folder / "figures/question-star.png")[..., :3].std() > 0.05


def test_a_folder_of_other_maps_raises_an_error(written):
    result = call("--only", "star", "--replicates", "11", "--out", str(written[0]))
    assert result.exit_code == 2 and "holds results of" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--only", "mess"), "'mess' is not a question; allowed are online, mass, in-person, leaving, star"),
        (("--only", "star;mass"), "is not a question"),
        (("--only", ""), "'' is not a question"),
        (("--replicates", "9"), "--replicates is 9; allowed are 10 to"),
        (("--seed", "-1"), "--seed"),
        (("--out", __file__), "is a file"),
    ],
)
def test_invalid_input_gives_one_message(arguments, words):
    result = call(*arguments)
    assert result.exit_code == 2 and words in " ".join(re.sub(r"\x1b\[[0-9;]*m", "", result.stderr).split())
    assert "Traceback" not in result.output and result.stdout == ""


def test_help_names_every_question():
    help_text = re.sub(r"\x1b\[[0-9;]*m|[\s│]", "", call("--help").stdout)
    assert ",".join(question.key for question in QUESTIONS) in help_text


def test_changed_defaults_and_tuning_seeds_are_reported(monkeypatch):
    monkeypatch.setattr(frozen, "FROZEN", "something else")
    monkeypatch.setattr("sim.evidence.questions.question_maps.try_questions", lambda *_: [])
    result = call(*FEW, "--seed", "20000", "--json")
    assert json.loads(result.stdout) == []
    assert "parameters or their ranges have changed since the freeze" in result.stderr
    assert "seed 20000 is reserved for tuning: treat answers as exploratory" in result.stderr


def test_stopping_leaves_no_files(monkeypatch, tmp_path):
    @contextmanager
    def pressed():
        yield lambda: True

    monkeypatch.setattr("sim.cli.terminal.stopped_by_ctrl_c", pressed)
    result = call(*FEW, "--out", str(tmp_path / "none"))
    assert result.exit_code == 130 and "answers need all their futures" in result.stderr and result.stdout == ""
    assert not (tmp_path / "none").exists()
