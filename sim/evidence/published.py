"""The score as it was last published: verdicts on the claims, and the model against published figures.

    gennet claims --out results/claims && gennet validate --out results/validate
    python -m sim.evidence.published results/claims results/validate      take both over; then python -m sim.document

Kept with the model, so that MODEL.md, the dashboard and a reader without an hour to spare see the same numbers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sim.files import ResultsError, written_aside
from sim.results import json_text, read_manifest
from sim.version import MODEL_VERSION

PUBLISHED = Path(__file__).with_name("published.json")
SOURCES = {"claims": "claims.json", "validate": "summary.json"}


def published() -> dict[str, Any]:
    """For "claims" and "validate": `rows` as the command prints them with `--json`, `model_version`, and `seed`."""
    return dict(json.loads(PUBLISHED.read_text("utf-8")))


def is_current() -> bool:
    """Whether the published score was made by this version of the model."""
    return all(part["model_version"] == MODEL_VERSION for part in published().values())


def taken_over(folders: dict[str, Path]) -> dict[str, Any]:
    """The score in the folders of both commands.  Errors: ResultsError for a folder that holds something else."""
    found = {}
    for command, folder in folders.items():
        manifest = read_manifest(folder)
        if manifest is None or manifest.get("command") != command or manifest.get("stop_reason") != "finished":
            raise ResultsError(f"{folder} holds no finished results of gennet {command}")
        rows = json.loads((folder / SOURCES[command]).read_text("utf-8"))
        found[command] = {"model_version": manifest["model_version"], "seed": manifest["seed"], "rows": rows}
    return found


def main(arguments: list[str]) -> int:
    """Take over the score of two folders; returns the exit code."""
    if len(arguments) != 2:
        print("usage: python -m sim.evidence.published CLAIMS VALIDATE", file=sys.stderr)
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
