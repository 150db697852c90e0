"""What can be taken out of a results folder: its figures, the table of runs, the page that `gennet report` makes."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from sim.dashboard.folders.readable import results_of, said, whole
from sim.dashboard.folders.shelf import Shelf, ShelfError
from sim.output.words import capital

MOST_CSV = 25_000_000
MOST_FIGURE, MOST_FIGURES, MOST_PICTURES = 1_500_000, 10_000_000, 30
SMALL_SVG = 500_000


def pictures(shelf: Shelf, folder: Path) -> list[dict[str, Any]]:
    """The figures that a folder holds, at most `MOST_PICTURES`: label, file, type; as SVG unless that is large."""
    found: dict[str, dict[str, Any]] = {}
    for place in ("figures", "sensitivity"):
        for path in sorted((folder / place).glob("*.*")):
            kind = {".svg": "image/svg+xml", ".png": "image/png"}.get(path.suffix)
            if kind is None or not path.is_file() or not shelf.holds(path):
                continue
            key, size = f"{place}/{path.stem}", path.stat().st_size
            wanted = path.suffix == ".png" or size <= SMALL_SVG
            if size <= MOST_FIGURE and (wanted or key not in found):
                label = path.stem.replace("_", " ").replace("-", " ")
                found[key] = {"label": capital(label), "path": path, "type": kind}
    return list(found.values())[:MOST_PICTURES]


def figures(shelf: Shelf, name: str) -> list[dict[str, str]]:
    """The figures as data: label and a data URI, as many as fit.  Errors: ShelfError."""
    folder = shelf.checked(name)
    made, size = [], 0
    for one in pictures(shelf, folder):
        content = one["path"].read_bytes()
        size += len(content)
        if size > MOST_FIGURES:
            break
        made.append(
            {"label": one["label"], "data": f"data:{one['type']};base64,{base64.b64encode(content).decode('ascii')}"}
        )
    return made


def runs_csv(shelf: Shelf, name: str) -> str:
    """The table of runs as CSV.  Errors: ShelfError."""
    folder, _ = whole(shelf, name)
    there = folder / "runs.csv"
    if there.is_file() and there.stat().st_size <= MOST_CSV:
        return there.read_text(encoding="utf-8")
    text = said(name, lambda: {"text": results_of(folder).runs.to_csv(index=False, lineterminator="\n")})["text"]
    if len(text) > MOST_CSV:
        raise ShelfError(f"The table of runs is too large to be sent to a browser; it is in {folder / 'runs'}")
    return str(text)


def page_of(shelf: Shelf, name: str) -> str:
    """The page that `gennet report` would write; of claims, the one that they come with.  Errors: ShelfError."""
    from sim.output.report.results import report

    folder, manifest = whole(shelf, name)
    if manifest["command"] == "claims":
        page = folder / "claims.html"
        if not page.is_file() or page.stat().st_size > MOST_CSV:
            raise ShelfError(f"{name} holds no page that can be sent to a browser")
        return page.read_text(encoding="utf-8")
    return str(said(name, lambda: {"text": report(results_of(folder))})["text"])
