"""Data of real networks that are not part of the package: find them, and read their tables."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sim.model.start import NetworkError

DATA = Path("..") / "shared" / "data"
"""Folder in which each data set usually has its folder."""


def find_folder(name: str, files: tuple[str, ...], near: Path | None = None) -> Path | None:
    """Return the folder of a data set, None if it lacks a file.

    `near`: the folder of another data set, next to which it is looked for too.
    """
    folders: list[Path] = [DATA / name] if near is None else [near.parent / name, DATA / name]
    for folder in folders:
        if all((folder / file).is_file() for file in files):
            return folder
    return None


def rows_of(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the rows of a data file.  Raises NetworkError if it lacks a column."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        lacking = [name for name in columns if name not in (reader.fieldnames or ())]
        if lacking:
            found = ", ".join(reader.fieldnames or ()) or "none"
            raise NetworkError(f"{path}: no column {', '.join(lacking)}; the columns found are {found}")
        return list(reader)


def matrices_of(
    path: Path, keys: tuple[str, ...], value: str | None = None, people: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], Mapping[tuple[str, ...], np.ndarray]]:
    """Return people, and a matrix (n, n; from row to column) for each different text in the columns `keys`.

    The columns `from` and `to` name people, in order of `people`, or as sorted if there are none.  Entries are the numbers in
    the column `value`, or 1 where it is None; 0 where there is no row.  Raises NetworkError for rows that make no sense.
    """
    rows = rows_of(path, ("from", "to", *keys, *(() if value is None else (value,))))
    known = people or tuple(sorted({row[end] for row in rows for end in ("from", "to")}))
    place = {name: number for number, name in enumerate(known)}
    matrices: dict[tuple[str, ...], np.ndarray] = {}
    for line, row in enumerate(rows, start=2):
        try:
            pair = place[row["from"]], place[row["to"]]
            matrix = matrices.setdefault(tuple(row[key] for key in keys), np.zeros((len(known), len(known))))
            matrix[pair] = 1.0 if value is None else float(row[value])
        except (KeyError, ValueError, TypeError):
            raise NetworkError(f"{path}, line {line}: {dict(row)} is not two known ids and a number") from None
    return known, matrices
