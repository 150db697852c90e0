"""`gennet waves`: the answer, JSON, the page, and one message for wrong input."""

import json

import pytest
from typer.testing import CliRunner

from sim.cli.app import app

PAIRS = ["a,b", "b,c", "c,d", "d,e", "e,f", "f,a", "a,c", "b,d"]
SMALL = ("--worlds", "40", "--seed", "2")


def call(*arguments):
    """Run the command."""
    return CliRunner().invoke(app, ["waves", *map(str, arguments)])


@pytest.fixture
def table(tmp_path):
    """A table of ties with three dates, thirteen weeks apart."""
    waves = {"2025-01-01": PAIRS[:6], "2025-04-02": PAIRS[1:7], "2025-07-02": [*PAIRS[2:8], "a,g"]}
    rows = [f"{pair},{date}" for date, pairs in waves.items() for pair in pairs]
    path = tmp_path / "ties.csv"
    path.write_text("\n".join(["from,to,date", *rows]) + "\n")
    return path


def test_the_answer_and_the_page(table, tmp_path):
    page = tmp_path / "waves.html"
    done = call(table, *SMALL, "--hours", "0", "--hours", "5", "--report", page)
    assert done.exit_code == 0, done.output
    words = " ".join(done.output.split())
    for expected in (
        "From 2025-01-01 to 2025-04-02, 5 of 6 ties held and 1 came; the model, fitted to these waves, gives",
        "From 2025-04-02 to 2025-07-02, 5 of 6 ties held and 1 came; without any weaving the model expects",
        "Next wave, 13 weeks on:",
        "with 5 h of coordination a week as before",
        "How far to believe it:",
        "1 joined and 0 left",
        "The last wave, forecast",
    ):
        assert expected in words, words
    text = page.read_text("utf-8")
    assert "A network over time" in text and "The next wave" in text and "<script" not in text
    assert text.count("waves-map-title") == 2


def test_json(table):
    found = json.loads(call(table, *SMALL, "--json", "--ahead", "4").stdout)
    assert [wave["members"] for wave in found["waves"]] == [6, 6, 7]
    first, second = found["steps"]
    assert first["ties_followed"] == {"before": 6, "after": 6, "kept": 5, "new": 1} and second["joined"] == ["g"]
    assert found["weaving"] == [] and found["forecast"]["weeks"] == 4 and found["scored_after_fit"] is True
    assert {one["forecast"] for one in found["scores"]} == {"the model", "nothing changes", "common contacts"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--hours", "1", "--hours", "2", "--hours", "3"), "hours are given for 3 steps"),
        (("--report", "waves.pdf"), "--report: waves.pdf does not end in .html"),
        (("--worlds", "10"), "--worlds is 10; allowed are whole numbers from 40"),
        (("--column", "date=day"), "--column date=day: no such column"),
    ],
)
def test_wrong_input_is_one_message(table, arguments, expected):
    done = call(table, *arguments)
    assert done.exit_code == 2 and expected in done.output, done.output


def test_codes_name_nobody_and_keep_the_numbers(table, tmp_path):
    people = {name: f"Xenia{name}" for name in "abcdefg"}
    rows = [line.split(",") for line in table.read_text().splitlines()]
    table.write_text("\n".join(",".join(people.get(cell, cell) for cell in row) for row in rows) + "\n")
    key, page = tmp_path / "key.csv", tmp_path / "waves.html"
    done = call(table, *SMALL, "--codes", key, "--report", page, "--json")
    assert done.exit_code == 0 and "keep it apart" in done.output
    found = json.loads(done.stdout)
    assert found["steps"][0]["ties_followed"] == {"before": 6, "after": 6, "kept": 5, "new": 1}
    assert [name[0] for name in found["steps"][1]["joined"]] == ["P"]
    assert "Xenia" not in done.stdout + page.read_text("utf-8")
    assert sorted(line.rsplit(",", 1)[1] for line in key.read_text().split()[1:]) == sorted(people.values())
    again = call(table, *SMALL, "--codes", key)
    assert again.exit_code == 2 and "exists; name a new file" in again.output
