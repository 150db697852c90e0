"""The score as it was last published: verdicts on the claims, and the model against published figures.

    gennet claims --out results/claims && gennet validate --out results/validate
    python -m sim.evidence.published results/claims results/validate      take both over; then python -m sim.cli.document
    python -m sim.evidence.published                                      say with what it was published, and what is stale

Kept with the model, so that MODEL.md, the dashboard and a reader without an hour to spare see the same numbers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sim.evidence.frozen import CLAIMS_VERSION, FROZEN_ON, is_frozen
from sim.lab.files import ResultsError, written_aside
from sim.lab.results import json_text, read_manifest
from sim.model.version import MODEL_VERSION

PUBLISHED = Path(__file__).with_name("published.json")
SOURCES = {"claims": "claims.json", "validate": "summary.json"}


def published() -> dict[str, Any]:
    """For "claims" and "validate": `rows` as the command prints them with `--json`, `model_version`, and `seed`.

    "claims" has `claims_version` too (`sim.evidence.frozen.CLAIMS_VERSION`), from a score that was published with it.
    """
    return dict(json.loads(PUBLISHED.read_text("utf-8")))


def stale() -> list[str]:
    """Why the published score may differ from what would be found now: a sentence for each reason; empty if it is current."""
    found, told = published(), []
    others = sorted({part["model_version"] for part in found.values()} - {MODEL_VERSION})
    if others:
        told.append(f"it was found with model {' and '.join(others)}; this is model {MODEL_VERSION}")
    if found["claims"].get("claims_version") != CLAIMS_VERSION:
        told.append("experiments, margins or the rule for verdicts have changed since")
    if not is_frozen():
        told.append(f"defaults were changed since they were frozen on {FROZEN_ON}")
    return told


def is_current() -> bool:
    """Whether the published score was made by this model, with these experiments and frozen defaults."""
    return not stale()


def made_with() -> str:
    """With what the score on claims was published, as a sentence."""
    claims = published()["claims"]
    version = claims.get("claims_version")
    experiments = f", experiments {version}" if version else ""
    return f"Published with model {claims['model_version']}{experiments}, seed {claims['seed']:,}."


def taken_over(folders: dict[str, Path]) -> dict[str, Any]:
    """The score in the folders of both commands.  Errors: ResultsError for a folder that holds something else."""
    found = {}
    for command, folder in folders.items():
        manifest = read_manifest(folder)
        if manifest is None or manifest.get("command") != command or manifest.get("stop_reason") != "finished":
            raise ResultsError(f"{folder} holds no finished results of gennet {command}")
        rows = json.loads((folder / SOURCES[command]).read_text("utf-8"))
        versions: dict[str, Any] = {
            name: manifest[name] for name in ("model_version", "claims_version") if name in manifest
        }
        found[command] = {**versions, "seed": manifest["seed"], "rows": rows}
    return found


def main(arguments: list[str]) -> int:
    """Take over the score of two folders, or say what is published; returns the exit code."""
    if not arguments:
        print("\n".join([made_with(), *(f"Stale: {reason}." for reason in stale())]))
        return 0
    if len(arguments) != 2:
        print("usage: python -m sim.evidence.published [CLAIMS VALIDATE]", file=sys.stderr)
        return 2
    try:
        found = taken_over(dict(zip(SOURCES, map(Path, arguments), strict=True)))
        with written_aside(PUBLISHED) as aside:
            aside.write_text(json_text(found), encoding="utf-8", newline="\n")
    except ResultsError as fault:
        print(fault, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
