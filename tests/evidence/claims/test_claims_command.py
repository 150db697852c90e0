"""`gennet claims`: JSON, text, folder with tables, figures and page, invalid input."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import matplotlib.image
import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.cli import app as cli
from sim.evidence import frozen
from sim.evidence.claims.run import CLAIMS, REPLICATES, WORLDS
from sim.evidence.published import published
from sim.evidence.study_sizes import CLAIM_REPLICATES, CLAIM_WORLDS
from sim.lab.results import LOCK, read_manifest

FEW = ("--replicates", "10", "--worlds", "2")


def call(*arguments):
    return CliRunner().invoke(cli.app, ["claims", *arguments])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Run and save two claims; return the folder and the output."""
    folder = tmp_path_factory.mktemp("claims") / "here"
    result = call("--only", "11,4", *FEW, "--out", str(folder))
    assert result.exit_code == 0, result.output
    return folder, result.stdout


def test_help_has_the_defaults_of_the_study():
    assert (CLAIM_REPLICATES, CLAIM_WORLDS) == (REPLICATES, WORLDS)


def test_the_same_seed_prints_the_same_json_and_only_that(written):
    one, two = (call("--only", "4", *FEW, "--json", "--jobs", jobs) for jobs in "12")
    assert one.exit_code == 0 and one.stdout == two.stdout
    (claim,) = json.loads(one.stdout)
    assert claim["claim"] == 4 and claim["verdict"] in ("holds", "conditional", "mixed", "does not hold", "undecided")
    kept = json.loads((written[0] / "claims.json").read_text())
    assert kept[0] == claim, "claims do not depend on which others are tried"


def test_text_output_has_verdicts_effects_and_the_number_of_looks(written):
    assert "4. A decentralised structure" in written[1] and "11. Moving on from connecting" in written[1]
    assert re.search(r"2 claims: \d", written[1]) and "comparisons" in written[1]


def test_the_folder_has_tables_figures_and_a_page(written):
    folder = written[0]
    manifest = read_manifest(folder)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {LOCK}
    assert there == {*manifest["files"], "manifest.json"} and manifest["stop_reason"] == "finished"
    assert pd.read_csv(folder / "claims.csv")["claim"].tolist() == [4, 11]
    parts = pd.read_csv(folder / "parts.csv")
    assert (parts["corrected_low"] <= parts["ci95_low"] + 1e-12).all() and set(parts["claim"]) == {4, 11}
    for name in ("claim-04", "claim-11", "score"):
        assert matplotlib.image.imread(folder / f"figures/{name}.png")[..., :3].std() > 0.02
    page = (folder / "claims.html").read_text()
    assert "Moving on from connecting too early" in page and "gennet claims --seed" in page
    found = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.extend(value or "" for name, value in attrs if name in ("src", "href"))

    Reader().feed(page)
    assert not [link for link in found if not link.startswith(("#", "data:"))]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--only", "99"), f"'99' is not a claim; allowed are numbers from 1 to {len(CLAIMS)}"),
        (("--only", "4;10"), "is not a claim"),
        (("--replicates", "9"), "--replicates is 9; allowed are 10 to"),
        (("--worlds", "-1"), "--worlds is -1; allowed are 0"),
        (("--seed", "-1"), "--seed"),
        (("--out", __file__), "is a file"),
    ],
)
def test_invalid_input_gives_one_message(arguments, words):
    result = call(*arguments)
    assert result.exit_code == 2 and words in re.sub(r"\x1b\[[0-9;]*m", "", result.stderr)
    assert "Traceback" not in result.output and result.stdout == ""


def test_changed_defaults_and_tuning_seeds_are_reported(monkeypatch):
    monkeypatch.setattr(frozen, "FROZEN", "something else")
    result = call("--only", "4", "--replicates", "10", "--worlds", "0", "--seed", "20000", "--json")
    assert "parameters or their ranges have changed since the freeze" in result.stderr
    assert "seed 20000 is reserved for tuning" in result.stderr
    assert json.loads(result.stdout)[0]["robust_share"] is None


def test_validation_seeds_are_reported_and_verdict_seeds_are_not(monkeypatch):
    monkeypatch.setattr(frozen, "FROZEN", frozen.fingerprint())
    assert [note.split(":")[0] for note in frozen.exploration(40_000, "verdicts")] == [
        "seed 40000 is reserved for validation, and parameters were judged on it"
    ]
    assert frozen.exploration(79_999, "verdicts") == frozen.exploration(1, "answers") == []


def test_a_part_that_is_true_by_definition_is_marked(tmp_path):
    result = call(
        "--only", "20", "--replicates", "10", "--worlds", "0", "--seed", "20000", "--out", str(tmp_path / "it")
    )
    assert result.exit_code == 0
    plain = " ".join(result.stdout.split())
    assert "less-stable is true by definition and does not count: the organisation replaces leavers at once" in plain
    page = (tmp_path / "it" / "claims.html").read_text("utf-8")
    assert "less-stable is true by definition and does not count" in page and "by definition</td>" in page
    parts = pd.read_csv(tmp_path / "it" / "parts.csv").set_index("part")
    assert parts["verdict"]["less-stable"] == "by definition" and "replaces" in parts["given"]["less-stable"]
    assert parts["given"].notna().sum() == 1
    assert json.loads((tmp_path / "it" / "manifest.json").read_text())["claims_version"] == frozen.CLAIMS_VERSION


def test_stopping_leaves_no_files(monkeypatch, tmp_path):
    from contextlib import contextmanager

    @contextmanager
    def pressed():
        yield lambda: True

    monkeypatch.setattr("sim.cli.terminal.stopped_by_ctrl_c", pressed)
    result = call("--only", "4", *FEW, "--out", str(tmp_path / "none"))
    assert result.exit_code == 130 and "verdicts need all their futures" in result.stderr
    assert not Path(tmp_path / "none").exists()


def test_each_parts_share_of_other_worlds_is_reported_and_no_name_is_truncated(monkeypatch, capsys):
    from rich.console import Console

    from sim.cli.commands.claims_command import print_claims
    from sim.evidence.claims.claim_rows import ClaimRow

    claim = next(row for row in published()["claims"]["rows"] if row["claim"] == 4)
    shares = {"value-30-but-longer-than-that": 0.97, "b": 0.19}
    parts = [
        one | {"part": name, "robust_share": share}
        for one, (name, share) in zip(claim["parts"], shares.items(), strict=False)
    ]
    claim |= {"parts": parts}
    monkeypatch.setenv("COLUMNS", "80")
    print_claims(Console(), [ClaimRow.from_json(claim)])
    output = capsys.readouterr().out
    assert "count: value-30-but-longer-than-that in 97%, b in 19%" in " ".join(output.split())
    assert "…" not in output
    print_claims(Console(), [ClaimRow.from_json(claim | {"parts": claim["parts"][:1]})])
    assert "its effect counts in 97% of other plausible worlds" in " ".join(capsys.readouterr().out.split())
