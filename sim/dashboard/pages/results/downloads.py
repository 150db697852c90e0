"""What can be downloaded from a results folder: figures, the table of runs, the report that `gennet report` makes."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from sim.dashboard.results_catalogue import Catalogue, CatalogueError, complete, readable, results_of
from sim.inputs.safe_csv import csv_table
from sim.lab.results import sound_bytes
from sim.output.words import capital

MOST_TEXT = 25_000_000
MOST_FIGURE, MOST_FIGURES, MOST_PICTURES = 1_500_000, 10_000_000, 30
SMALL_SVG = 500_000
TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True)
class FigureFile:
    """A figure in a results folder."""

    label: str
    path: Path


def figure_files(catalogue: Catalogue, folder: Path) -> list[FigureFile]:
    """Return the figures of a folder, at most `MOST_PICTURES`, as SVG unless that is large."""
    found: dict[str, FigureFile] = {}
    for place in ("figures", "sensitivity"):
        for path in sorted((folder / place).glob("*.*")):
            if path.suffix not in TYPES or not path.is_file() or not catalogue.contains(path):
                continue
            key, size = f"{place}/{path.stem}", path.stat().st_size
            preferred = path.suffix == ".png" or size <= SMALL_SVG
            if size <= MOST_FIGURE and (preferred or key not in found):
                found[key] = FigureFile(capital(path.stem.replace("_", " ").replace("-", " ")), path)
    return list(found.values())[:MOST_PICTURES]


def figures(catalogue: Catalogue, name: str) -> list[dict[str, str]]:
    """Return label and data URI of the figures, as many as fit. Raises CatalogueError."""
    made, size = [], 0
    folder = catalogue.checked(name)
    for figure in figure_files(catalogue, folder):
        with readable(name):
            content = sound_bytes(folder, figure.path.relative_to(folder).as_posix())
        size += len(content)
        if size > MOST_FIGURES:
            break
        data = base64.b64encode(content).decode("ascii")
        made.append({"label": figure.label, "data": f"data:{TYPES[figure.path.suffix]};base64,{data}"})
    return made


def text_of(folder: Path, name: str, file: str) -> str:
    """Return the text of a file of a results folder. Raises CatalogueError where it is damaged."""
    with readable(name):
        content = sound_bytes(folder, file)
    return content.decode()


def runs_csv(catalogue: Catalogue, name: str) -> str:
    """Return the table of runs as CSV. Raises CatalogueError."""
    folder, _ = complete(catalogue, name)
    written = folder / "runs.csv"
    if written.is_file() and written.stat().st_size <= MOST_TEXT:
        return text_of(folder, name, written.name)
    with readable(name):
        text = csv_table(results_of(folder).runs)
    if len(text) > MOST_TEXT:
        raise CatalogueError(f"The table of runs is too large to send to a browser; it is in {folder / 'runs'}")
    return text


def report_html(catalogue: Catalogue, name: str) -> str:
    """Return the report that `gennet report` would write; of claims, the page written with them. Raises CatalogueError."""
    from sim.output.report.report_page import report

    folder, manifest = complete(catalogue, name)
    if manifest["command"] != "claims":
        with readable(name):
            return report(results_of(folder))
    page = folder / "claims.html"
    if not page.is_file() or page.stat().st_size > MOST_TEXT:
        raise CatalogueError(f"{name} holds no report that can be sent to a browser")
    return text_of(folder, name, page.name)
