"""The published score: complete, of one version, and taken over from finished results only."""

import json

import pytest

from sim.claims.run import CLAIMS
from sim.evidence import published
from sim.evidence.frozen import is_frozen
from sim.evidence.seeds import purpose_of
from sim.evidence.targets import TARGETS
from sim.files import ResultsError
from sim.results import open_folder


def test_the_published_score_is_whole():
    found = published.published()
    claims, targets = found["claims"], found["validate"]
    assert [row["claim"] for row in claims["rows"]] == [claim.number for claim in CLAIMS]
    for row, claim in zip(claims["rows"], CLAIMS, strict=True):
        assert [part["part"] for part in row["parts"]] == [part.key for part in claim.parts], claim.number
        assert [part["margin"] for part in row["parts"]] == [part.margin for part in claim.parts]
    assert [row["target"] for row in targets["rows"]] == [target.name for target in TARGETS]
    assert purpose_of(claims["seed"]) == "verdicts" and purpose_of(targets["seed"]) == "validation"
    assert is_frozen()


def test_it_is_taken_over_from_finished_results_of_both_commands_only(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(published, "PUBLISHED", tmp_path / "published.json")
    folders = {}
    for command, file in published.SOURCES.items():
        content = {"command": command, "model_version": "v", "seed": 7}
        folders[command] = open_folder(tmp_path / command, command, content)
        folders[command].begin()
        folders[command].text(file, json.dumps([command]))
    with pytest.raises(ResultsError, match="no finished results of gennet claims"):
        published.taken_over({command: folder.path for command, folder in folders.items()})
    for folder in folders.values():
        folder.finish({"stop_reason": "finished"})
    assert published.main([str(folder.path) for folder in folders.values()]) == 0
    assert published.published()["claims"] == {"model_version": "v", "seed": 7, "rows": ["claims"]}
    assert not published.is_current()
    assert published.main([str(tmp_path / "validate"), str(tmp_path / "claims")]) == 2
    assert published.main([]) == 2 and "usage" in capsys.readouterr().err
