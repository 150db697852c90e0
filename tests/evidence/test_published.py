"""The published score: complete, of one version, and taken over from finished results only."""

import importlib
import json
import re
from pathlib import Path

import pytest

from sim.evidence import frozen, published
from sim.evidence.claims.run import CLAIMS
from sim.evidence.frozen import CLAIMS_VERSION
from sim.evidence.seeds import purpose_of
from sim.evidence.targets import TARGETS
from sim.lab.files import ResultsError
from sim.lab.results import open_folder
from sim.model.version import MODEL_VERSION

CLAIM_KEYS = {"claim", "text", "source", "mechanism", "effect", "unit", "ci95", "ablation", "verdict", "condition"}
PART_KEYS = {"part", "says", "unit", "margin", "effect", "ci95", "ci_corrected", "futures", "verdict", "ablation"}


def test_the_published_score_has_every_claim_and_target_in_the_form_of_the_commands():
    found = published.published()
    claims, targets = found["claims"], found["validate"]
    assert [row["claim"] for row in claims["rows"]] == [claim.number for claim in CLAIMS]
    assert all(set(row) >= CLAIM_KEYS and row["parts"] for row in claims["rows"])
    assert all(set(part) >= PART_KEYS for row in claims["rows"] for part in row["parts"])
    assert [row["target"] for row in targets["rows"]] == [target.name for target in TARGETS]
    assert purpose_of(claims["seed"]) == "verdicts" and purpose_of(targets["seed"]) == "validation"


@pytest.mark.skipif(not published.is_current(), reason="the published score is stale: python -m sim.evidence.published")
def test_a_current_score_has_the_parts_and_margins_of_the_claims():
    for row, claim in zip(published.published()["claims"]["rows"], CLAIMS, strict=True):
        assert [part["part"] for part in row["parts"]] == [part.key for part in claim.parts], claim.number
        assert [part["margin"] for part in row["parts"]] == [part.margin for part in claim.parts]
        assert [part["given"] for part in row["parts"]] == [part.given for part in claim.parts]


def score_with(monkeypatch, tmp_path, **claims):
    """A published score of now, but for what is given of its claims."""
    now = {"model_version": MODEL_VERSION, "seed": 70_000, "rows": []}
    told = {"claims": {**now, "claims_version": CLAIMS_VERSION, **claims}, "validate": now}
    (tmp_path / "published.json").write_text(json.dumps(told))
    monkeypatch.setattr(published, "PUBLISHED", tmp_path / "published.json")


def test_a_score_is_stale_once_model_experiments_or_defaults_have_changed(monkeypatch, tmp_path, capsys):
    score_with(monkeypatch, tmp_path)
    assert published.stale() == [] and published.is_current() and published.main([]) == 0
    told = capsys.readouterr().out
    assert told == f"Published with model {MODEL_VERSION}, experiments {CLAIMS_VERSION}, seed 70,000.\n"
    score_with(monkeypatch, tmp_path, model_version="0123456789ab")
    assert published.stale() == [f"it was found with model 0123456789ab; this is model {MODEL_VERSION}"]
    for version in ("another", None):
        score_with(monkeypatch, tmp_path, claims_version=version)
        assert published.stale() == ["experiments, margins or the rule for verdicts have changed since"]
    assert published.main([]) == 0 and "Stale: experiments" in capsys.readouterr().out
    score_with(monkeypatch, tmp_path)
    monkeypatch.setattr(frozen, "FROZEN", "something else")
    assert [reason.split(" since")[0] for reason in published.stale()] == ["defaults were changed"]


def test_the_version_of_claims_covers_every_module_that_decides_verdicts():
    """What `sim.evidence.claims.run` needs to judge, and no page, figure or map."""
    needed, seen = ["sim.evidence.claims.run"], set()
    while needed:
        name = needed.pop()
        seen.add(name)
        text = Path(importlib.import_module(name).__file__).read_text("utf-8")
        inside = set(re.findall(r"^from (sim\.evidence\.claims\.\w+) import", text, re.MULTILINE))
        inside |= {
            f"sim.evidence.claims.{one}"
            for line in re.findall(r"^from sim\.evidence\.claims import (.+)$", text, re.MULTILINE)
            for one in line.split(", ")
        }
        needed += sorted(inside - seen)
    assert {name.rsplit(".", 1)[1] for name in seen} == set(frozen.DECIDING)


def test_it_is_taken_over_from_finished_results_of_both_commands_only(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(published, "PUBLISHED", tmp_path / "published.json")
    folders = {}
    for command, file in published.SOURCES.items():
        content = {"command": command, "model_version": "v", "seed": 7}
        content |= {"claims_version": "w"} if command == "claims" else {}
        folders[command] = open_folder(tmp_path / command, command, content)
        folders[command].begin()
        folders[command].text(file, json.dumps([command]))
    with pytest.raises(ResultsError, match="no finished results of gennet claims"):
        published.taken_over({command: folder.path for command, folder in folders.items()})
    for folder in folders.values():
        folder.finish({"stop_reason": "finished"})
    assert published.main([str(folder.path) for folder in folders.values()]) == 0
    assert published.published() == {
        "claims": {"model_version": "v", "claims_version": "w", "seed": 7, "rows": ["claims"]},
        "validate": {"model_version": "v", "seed": 7, "rows": ["validate"]},
    }
    assert not published.is_current()
    assert published.main([str(tmp_path / "validate"), str(tmp_path / "claims")]) == 2
    assert published.main(["one"]) == 2 and "usage" in capsys.readouterr().err
