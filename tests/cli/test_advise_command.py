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


def names_apart():
    """Names of two pairs in the example who do not know each other."""
    from sim.inputs.networks import build
    from sim.inputs.scenario import Scenario

    start = build(Scenario.load("scenarios/weaving.toml").network, 1, 0)
    tied = {tuple(pair) for pair in start.ties.tolist()}
    pairs = [(0, b) for b in range(1, start.members) if (0, b) not in tied][:2]
    return [(start.names[a], start.names[b]) for a, b in pairs], [start.names[k] for k in start.ties[0]]


def test_a_set_of_ones_own():
    pairs, known = names_apart()
    own = [part for a, b in pairs for part in ("--together", f"{a} + {b}")]
    found = json.loads(call("scenarios/weaving.toml", *SMALL, *own, "--json").stdout)
    chosen = [row for row in found["introductions"] if row["chosen"]]
    assert {(row["introduce"], row["to"]) for row in chosen} == set(pairs)
    assert all(row["kind"] == "named by you" and row["reason"] for row in chosen) and found["together"]
    done = call("scenarios/weaving.toml", *SMALL, *own)
    assert "two introductions that you named, made together, bring" in " ".join(done.output.split())
    wrong = call("scenarios/weaving.toml", *SMALL, "--together", "+".join(known))
    assert wrong.exit_code == 2 and "know each other already" in wrong.output


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Anna and Ben", "is not two names with a plus between"), ("Anna + Ben", "--together is 'Anna', but no member")],
)
def test_a_wrong_set_is_one_message(text, expected):
    done = call("scenarios/weaving.toml", "--together", text)
    assert done.exit_code == 2 and expected in done.output, done.output
