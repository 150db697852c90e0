"""`gennet advise`: the answer, the list to take away, JSON, and one message for wrong input."""

import csv
import json

import pytest
from typer.testing import CliRunner

from sim.cli.app import app

SMALL = ("--set", "weeks=13", "--futures", "8", "--candidates", "6", "--choose", "2", "--losses", "1")


def call(*arguments):
    """Run the command."""
    return CliRunner().invoke(app, ["advise", *map(str, arguments)])


def test_the_answer_and_the_list(tmp_path):
    target = tmp_path / "list.csv"
    done = call("scenarios/weaving.toml", *SMALL, "--list", target)
    assert done.exit_code == 0, done.output
    words = " ".join(done.output.split())
    for expected in (
        "introductions that came out best, made together, bring",
        "Two random open triads instead",
        "Dear ",
        "If this member leaves",
    ):
        assert expected in words
    with target.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6 and sum(row["chosen"] == "True" for row in rows) == 2
    assert all(row["message"].startswith("Dear ") and row["reason"] for row in rows)


def test_json():
    found = json.loads(call("scenarios/weaving.toml", *SMALL, "--json").stdout)
    assert found["futures"] == 8 and found["worlds"] is True and len(found["introductions"]) == 6
    first = found["introductions"][0]
    assert first["rank"] == 1 and first["outputs_low"] <= first["outputs"] <= first["outputs_high"]
    assert set(found["together"]) == {"outputs", "ties", "members"} == set(found["ahead_of_random"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--futures", "7"), "--futures is 7; allowed are whole numbers from 8"),
        (("--strategy", "magic"), "strategy 'magic' is unknown"),
        (("--list", "/nowhere/list.csv"), "--list: /nowhere/list.csv cannot be written"),
        (("--set", "network.kind=random", "--set", "network.members=4"), "there is nobody to introduce"),
        (("--set", 'changes=[{week=3,lose_member="Nobody"}]'), "lose_member is 'Nobody', but no member"),
    ],
)
def test_wrong_input_is_one_message(arguments, expected):
    done = call("scenarios/weaving.toml", *arguments)
    assert done.exit_code == 2 and expected in done.output, done.output
