"""The published score: its format, when it is stale, and how it is published."""

import json

import pytest

from sim.evidence import frozen, published
from sim.evidence.frozen import CLAIMS_FOLDER, CLAIMS_VERSION
from sim.evidence.seeds import purpose_of
from sim.lab.results import ResultsError, open_folder
from sim.model.jit import sources_hash
from sim.model.version import MODEL_VERSION
from tests.test_rooms import all_imports

CLAIM_KEYS = {"claim", "text", "source", "mechanism", "effect", "unit", "ci95", "ablation", "verdict", "condition"}
PART_KEYS = {"part", "says", "unit", "margin", "effect", "ci95", "ci_corrected", "futures", "verdict", "ablation"}
TARGET_KEYS = {"target", "label", "source", "observed", "median", "interval90", "inside", "in_fit", "unit", "futures"}


def test_the_published_score_has_the_format_of_the_commands():
    score = published.published()
    claims, targets = score["claims"], score["validate"]
    numbers, names = [row["claim"] for row in claims["rows"]], [row["target"] for row in targets["rows"]]
    assert len(set(numbers)) == len(numbers) > 0 and len(set(names)) == len(names) > 0
    assert all(set(row) >= CLAIM_KEYS and row["parts"] for row in claims["rows"])
    assert all(set(part) >= PART_KEYS for row in claims["rows"] for part in row["parts"])
    assert all(set(row) >= TARGET_KEYS for row in targets["rows"])
    assert purpose_of(claims["seed"]) == "verdicts" and purpose_of(targets["seed"]) == "validation"


def publish(monkeypatch, tmp_path, sources=None, **claims):
    """Publish a score of the current versions, with changes to its claims."""
    now = {"model_version": MODEL_VERSION, "seed": 70_000, "rows": []}
    sources = sources or published.score_sources()
    score = {"sources": sources, "claims": {**now, "claims_version": CLAIMS_VERSION, **claims}, "validate": now}
    (tmp_path / "published.json").write_text(json.dumps(score))
    monkeypatch.setattr(published, "PUBLISHED", tmp_path / "published.json")


def test_a_score_is_stale_after_changes_of_model_experiments_or_defaults(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(frozen, "FROZEN", frozen.fingerprint())
    publish(monkeypatch, tmp_path)
    assert published.stale() == [] and published.main([]) == 0
    assert capsys.readouterr().out == (
        f"Published with model {MODEL_VERSION}, experiments {CLAIMS_VERSION}, seed 70,000.\n"
    )
    publish(monkeypatch, tmp_path, sources="ba9876543210", model_version="0123456789ab")
    assert published.stale() == [f"the score is from model 0123456789ab; this is model {MODEL_VERSION}"]
    for version in ("another", None):
        publish(monkeypatch, tmp_path, claims_version=version)
        assert published.stale() == ["experiments, margins or the rule for verdicts have changed since"]
    assert published.main([]) == 0 and "Stale: experiments" in capsys.readouterr().out
    publish(monkeypatch, tmp_path)
    monkeypatch.setattr(frozen, "FROZEN", "something else")
    assert [reason.split(" since")[0] for reason in published.stale()] == ["parameters or their ranges have changed"]


def test_readers_of_users_files_make_no_score_stale_and_all_else_does(monkeypatch):
    assert not [
        name
        for name, others in all_imports().items()
        if name.startswith("sim.evidence.") and any("inputs.reading" in o for o in others)
    ]
    sources, now = published.model_sources(), published.score_sources()
    for left_out in sources:
        monkeypatch.setattr(
            published, "model_sources", lambda left_out=left_out: [one for one in sources if one != left_out]
        )
        assert (published.score_sources() == now) == (left_out.parent.name == "reading")


def test_the_version_of_claims_covers_all_imports_except_seeds():
    outside = {
        other
        for name, others in all_imports().items()
        if name.startswith("sim.evidence.claims.")
        for other in others
        if other.startswith("sim.evidence.") and not other.startswith("sim.evidence.claims")
    }
    assert outside <= {"sim.evidence.seeds"}
    sources = sorted(CLAIMS_FOLDER.rglob("*.py"))
    assert sources_hash(sources).startswith(CLAIMS_VERSION)
    assert all(
        not sources_hash([one for one in sources if one != left_out]).startswith(CLAIMS_VERSION) for left_out in sources
    )


def test_only_finished_results_of_both_commands_can_be_published(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(published, "PUBLISHED", tmp_path / "published.json")
    folders = []
    for command, file in (("claims", "claims.json"), ("validate", "summary.json")):
        content = {"command": command, "model_version": MODEL_VERSION, "seed": 7}
        content |= {"claims_version": "w"} if command == "claims" else {}
        folders.append(open_folder(tmp_path / command, command, content))
        folders[-1].begin()
        folders[-1].text(file, json.dumps([command]))
        if command == "validate":
            folders[-1].text("prediction.csv", "data,what,model\nhouse,form,0.7\n")
    with pytest.raises(ResultsError, match="no finished results of gennet claims"):
        published.rows_of(folders[0].path, "claims", "claims.json")
    for folder in folders:
        folder.finish({"stop_reason": "finished"})
    assert published.main([str(folder.path) for folder in folders]) == 0
    assert published.published() == {
        "sources": published.score_sources(),
        "claims": {"model_version": MODEL_VERSION, "claims_version": "w", "seed": 7, "rows": ["claims"]},
        "validate": {
            "model_version": MODEL_VERSION,
            "seed": 7,
            "rows": ["validate"],
            "prediction": [{"data": "house", "what": "form", "model": 0.7}],
        },
    }
    assert published.stale()
    assert published.main([str(tmp_path / "validate"), str(tmp_path / "claims")]) == 2
    monkeypatch.setattr(published, "MODEL_VERSION", "another")
    assert published.main([str(folder.path) for folder in folders]) == 2
    assert "this is model another" in capsys.readouterr().err
    assert published.main(["one"]) == 2 and "usage" in capsys.readouterr().err
