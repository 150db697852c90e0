"""The published score: verdicts on the claims, and the model against published figures.

    gennet claims --out results/claims && gennet validate --out results/validate
    python -m sim.evidence.published results/claims results/validate      publish both; then python -m sim.cli.document
    python -m sim.evidence.published                                      print the versions of the score, and if it is stale

The score belongs to the model version that it names.  It is kept with the code, so that MODEL.md, the dashboard and
readers see the same numbers without an hour of computing; after a change of the model it is stale until published again.
Code that reads users' files is part of the model's version, but no experiment uses it, so its changes make no score stale.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

import pandas as pd

from sim.evidence.frozen import CLAIMS_VERSION, FROZEN_ON, is_frozen
from sim.lab.results import ResultsError, json_text, read_manifest, sound_bytes, written_aside
from sim.model.jit import sources_hash
from sim.model.version import DIGITS, MODEL_VERSION, model_sources

TABLES: tuple[Literal["structure"], Literal["prediction"]] = ("structure", "prediction")
PUBLISHED = Path(__file__).with_name("published.json")


class PublishedRows(TypedDict):
    """The results of one command: `rows` as it prints them with `--json`, and the versions that they belong to.

    `structure`, `prediction`: rows of the tables of these names, if the command had data on real networks.
    """

    model_version: str
    claims_version: NotRequired[str]
    seed: int
    rows: list[dict[str, Any]]
    structure: NotRequired[list[dict[str, Any]]]
    prediction: NotRequired[list[dict[str, Any]]]


class PublishedScore(TypedDict):
    """The whole published score: the sources that can change it, and a part for each command."""

    sources: str
    claims: PublishedRows
    validate: PublishedRows


def score_sources() -> str:
    """Return a hash of the model's sources without readers of users' files."""
    return sources_hash([path for path in model_sources() if path.parent.name != "reading"])[:DIGITS]


def published() -> PublishedScore:
    """Return the published score."""
    score: PublishedScore = json.loads(PUBLISHED.read_text("utf-8"))
    return score


def stale() -> list[str]:
    """Return a sentence for each reason why the published score may differ from today's; empty if it is current."""
    score, reasons = published(), []
    if score["sources"] != score_sources():
        reasons.append(f"the score is from model {score['claims']['model_version']}; this is model {MODEL_VERSION}")
    if score["claims"].get("claims_version") != CLAIMS_VERSION:
        reasons.append("experiments, margins or the rule for verdicts have changed since")
    if not is_frozen():
        reasons.append(f"parameters or their ranges have changed since the freeze of {FROZEN_ON}")
    return reasons


def made_with() -> str:
    """Return a sentence that names the versions and the seed of the published verdicts."""
    claims = published()["claims"]
    version = claims.get("claims_version")
    experiments = f", experiments {version}" if version else ""
    return f"Published with model {claims['model_version']}{experiments}, seed {claims['seed']:,}."


def rows_of(folder: Path, command: str, file: str) -> PublishedRows:
    """Return what a results folder holds for the score.

    Raises ResultsError if it holds anything but finished results of the command, made by this model.
    """
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("command") != command or manifest.get("stop_reason") != "finished":
        raise ResultsError(f"{folder} holds no finished results of gennet {command}")
    if manifest["model_version"] != MODEL_VERSION:
        raise ResultsError(f"{folder} is from model {manifest['model_version']}; this is model {MODEL_VERSION}")
    found: PublishedRows = {
        "model_version": manifest["model_version"],
        "seed": manifest["seed"],
        "rows": json.loads(sound_bytes(folder, file)),
    }
    if "claims_version" in manifest:
        found["claims_version"] = manifest["claims_version"]
    for table in TABLES:
        if (folder / f"{table}.csv").is_file():
            rows = pd.read_csv(io.BytesIO(sound_bytes(folder, f"{table}.csv")), dtype={"part": str})
            found[table] = json.loads(rows.to_json(orient="records"))
    return found


def main(arguments: list[str]) -> int:
    """Publish the score in two folders, or print the versions of the present one; return the exit code."""
    if not arguments:
        print("\n".join([made_with(), *(f"Stale: {reason}." for reason in stale())]))
        return 0
    if len(arguments) != 2:
        print("usage: python -m sim.evidence.published [CLAIMS VALIDATE]", file=sys.stderr)
        return 2
    claims, validate = map(Path, arguments)
    try:
        score: PublishedScore = {
            "sources": score_sources(),
            "claims": rows_of(claims, "claims", "claims.json"),
            "validate": rows_of(validate, "validate", "summary.json"),
        }
        with written_aside(PUBLISHED) as aside:
            aside.write_text(json_text(score), encoding="utf-8", newline="\n")
    except ResultsError as fault:
        print(fault, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
