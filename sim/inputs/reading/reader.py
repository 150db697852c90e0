"""From a user's files to a network: each file is read by what it holds, not by what it is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sim.inputs.reading import plain
from sim.inputs.reading.csv_sheets import read_csv_sheet
from sim.inputs.reading.excel_sheets import OLD_WORKBOOK, read_workbook
from sim.inputs.reading.gexf import read_gexf
from sim.inputs.reading.graphml import read_graphml
from sim.inputs.reading.headings import ENDS_ALLOWED
from sim.inputs.reading.json_graphs import read_json
from sim.inputs.reading.line_graphs import read_gml, read_sif
from sim.inputs.reading.lists import people_of, ties_of
from sim.inputs.reading.pajek import read_pajek
from sim.inputs.reading.plain import (
    DEFAULT_OPTIONS,
    MEANINGS,
    Fault,
    Faults,
    File,
    NetworkFaults,
    ReadOptions,
    Spot,
    Tables,
    listed,
)
from sim.inputs.reading.resolving import UserNetwork, resolved
from sim.inputs.reading.shapes import understood
from sim.inputs.reading.ucinet import read_dl
from sim.model.start import NetworkError, StartNetwork

MOST_FILES = 20
MOST_HEADINGS = 100


READERS: dict[str, Callable[[File, ReadOptions], Tables]] = {
    ".csv": read_csv_sheet,
    ".tsv": read_csv_sheet,
    ".txt": read_csv_sheet,
    ".xlsx": read_workbook,
    ".xlsm": read_workbook,
    ".graphml": read_graphml,
    ".gexf": read_gexf,
    ".json": read_json,
    ".cyjs": read_json,
    ".net": read_pajek,
    ".paj": read_pajek,
    ".dl": read_dl,
    ".gml": read_gml,
    ".sif": read_sif,
}
ALLOWED = ", ".join(ending for ending in READERS if ending not in (".txt", ".xlsm", ".cyjs"))


def read_file(path: Path) -> File:
    """Return a file from disk.  Raises NetworkError."""
    try:
        if path.is_dir():
            raise NetworkError(f"{path}: is a folder; a file is needed, allowed are {ALLOWED}")
        checked_size(File(str(path), b""), path.stat().st_size)
        return File(str(path), path.read_bytes())
    except FileNotFoundError:
        raise NetworkError(f"{path}: there is no such file") from None
    except NetworkError:
        raise
    except (OSError, ValueError) as fault:
        raise NetworkError(f"{path}: cannot be read ({getattr(fault, 'strerror', None) or fault})") from None


def checked_size(file: File, size: int, most: int | None = None) -> None:
    """Raise NetworkFaults for a file that is too large."""
    most = plain.MOST_BYTES if most is None else most
    if size > most:
        raise file.fault(f"has {size:,} bytes; allowed are at most {most:,}")


def reader_of(file: File) -> Callable[[File, ReadOptions], Tables]:
    """Return the reader for what a file holds; its ending decides where several are possible.  Raises NetworkFaults."""
    if file.ending not in READERS:
        raise file.fault(f"ends in {file.ending or 'nothing'!r}; allowed are {ALLOWED}")
    if file.content.startswith((b"PK\x03\x04", OLD_WORKBOOK)):
        return read_workbook
    if file.ending in (".csv", ".tsv", ".txt"):
        head = file.content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        for pattern, reader in CONTENTS:
            if re.match(pattern, head, re.DOTALL):
                return reader
    return READERS[file.ending]


CONTENTS: tuple[tuple[bytes, Callable[[File, ReadOptions], Tables]], ...] = (
    (rb"<.*<graphml|<graphml", read_graphml),
    (rb"<.*<gexf|<gexf", read_gexf),
    (rb"\{\s*\"", read_json),
    (rb"\*(network|vertices)\b", read_pajek),
    (rb"dl\s+n[rmc]?\s*=", read_dl),
    (rb"(creator[^\n]*\n\s*)?graph\s*\[", read_gml),
)
"""What a text begins with, if it is not a table."""


def read_network(files: Sequence[File], options: ReadOptions = DEFAULT_OPTIONS) -> UserNetwork:
    """Return the network in some files: a graph or workbook, or tables of members and ties in any order.

    Raises NetworkError; faults in rows are reported all at once.
    """
    read = read_tables(files, options)
    with showing(read.headings):
        return resolved(read.tables, options, read.faults)


class ReadTables(NamedTuple):
    """People and ties of some files, not yet resolved; faults so far; headings among which the user can choose."""

    tables: Tables
    faults: Faults
    headings: tuple[str, ...]


def read_tables(files: Sequence[File], options: ReadOptions = DEFAULT_OPTIONS) -> ReadTables:
    """Return people and ties in some files.  Raises NetworkError."""
    if not 1 <= len(files) <= MOST_FILES:
        raise NetworkError(f"{len(files)} files were given; allowed are 1 to {MOST_FILES}, such as members and ties")
    tables, faults = Tables(), Faults()
    for file in files:
        checked_size(file, len(file.content))
        found = reader_of(file)(file, options)
        if file.content.startswith(b"PK") and file.ending not in (".xlsx", ".xlsm"):
            found.notes.append(f"{file.short}: read as the Excel workbook that it is")
        tables.add(found)
    seen = [cell for sheet in tables.sheets for row in sheet.rows[:3] for cell in row.cells[:MOST_HEADINGS] if cell]
    headings = tuple(dict.fromkeys([*tables.headings, *seen]))[:MOST_HEADINGS]
    with showing(headings):
        found = understood(tables, options, faults)
        check_tables(files, found)
    return ReadTables(found, faults, headings)


@contextmanager
def showing(headings: tuple[str, ...]) -> Iterator[None]:
    """Add headings to faults that are raised."""
    try:
        yield
    except NetworkFaults as fault:
        fault.headings = headings
        raise


def check_tables(files: Sequence[File], tables: Tables) -> None:
    """Raise an error unless there are ties, in one file."""
    names = " and ".join(file.name for file in files)
    tied = list(dict.fromkeys(table.spot.file for table in tables.ties))
    if len(tied) > 1:
        raise File(names, b"").fault(f"ties are in {len(tied)} files, {' and '.join(tied)}; allowed is one of them")
    if not tied:
        if not any(sheet.rows for sheet in tables.sheets) and not tables.people:
            raise File(names, b"").fault(f"is empty; its first line must name the columns: {ENDS_ALLOWED}")
        found = [
            f"{sheet.spot.sheet or Path(sheet.spot.file).name}: {listed([cell for cell in sheet.rows[0].cells if cell], 12)}"
            for sheet in tables.sheets
            if sheet.rows
        ]
        found += [f"{table.spot.sheet or Path(table.spot.file).name}: a list of people" for table in tables.people]
        shapes = f"columns {ENDS_ALLOWED}, a matrix, or a survey with a question about contacts (choose columns with --column)"
        raise File(names, b"").fault(f"no table of ties; one has {shapes}. Found: {'; '.join(found)}")


@lru_cache(maxsize=8)
def read_csv(members: Path, ties: Path, state: tuple[tuple[int, int], ...]) -> StartNetwork:
    """Return a network from files of members and of ties, in that order.  Raises NetworkError.

    `state`: size and time of the files (`states`); unchanged files are read once, since every future needs them.
    """
    tables, faults = Tables(), Faults()
    needed = f"id, and optional {', '.join(MEANINGS[1:])}", f"{ENDS_ALLOWED}, and optional strength"
    for path, reader, columns in zip((members, ties), (people_of, ties_of), needed, strict=True):
        file = read_file(path)
        found = read_csv_sheet(file)
        (sheet,) = found.sheets
        if not sheet.rows:
            raise NetworkFaults(
                [Fault(Spot(file.name), 0, f"is empty; its first line must name the columns: {columns}")]
            )
        table = reader(sheet, DEFAULT_OPTIONS, faults)
        if table is None:
            headings = listed(cell.lower() for cell in sheet.rows[0].cells if cell)
            fault = "no two columns for who is tied to whom" if reader is ties_of else "no column 'id'"
            allowed = ENDS_ALLOWED if reader is ties_of else listed(MEANINGS)
            raise sheet.fault(f"{fault}; the columns found are {headings}, allowed are {allowed}")
        tables.add(Tables(table.people, table.ties, [*found.notes, *table.notes]))
    return resolved(tables, DEFAULT_OPTIONS, faults).start


def states(*paths: Path) -> tuple[tuple[int, int], ...]:
    """Return size and time of the last change of each file; zeros for a missing one."""
    found = [path.stat() if path.is_file() else None for path in paths]
    return tuple((status.st_size, status.st_mtime_ns) if status else (0, 0) for status in found)
