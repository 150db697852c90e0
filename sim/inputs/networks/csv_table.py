"""Reading a user's CSV file as a spreadsheet wrote it: rows with their line numbers, or one clear NetworkError."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sim.model.start import NetworkError

MOST_ROWS = 200_000
MOST_BYTES = 50_000_000
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True)
class TableRow:
    """One row of a file: its line, and the text of each column, "" where blank."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class FileTable:
    """One file: columns in lower case, in order, and rows that are not blank."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    delimiter: str
    place: str = "line"

    def renamed(self, names: Mapping[str, str]) -> FileTable:
        """Return the table with other names for some columns."""
        columns = tuple(names.get(column, column) for column in self.columns)
        rows = (TableRow(row.line, {names.get(k, k): v for k, v in row.cells.items()}) for row in self.rows)
        return replace(self, columns=columns, rows=tuple(rows))

    def error(self, line: int, message: str) -> NetworkError:
        """Return an error in a line of this file (or row, node, edge: `place`)."""
        return NetworkError(f"{self.path}, {self.place} {line}: {message}")

    def number(self, row: TableRow, column: str, allowed: str) -> float:
        """Return the number in a cell; decimal commas are allowed where commas do not separate cells."""
        text = row[column]
        try:
            if "_" in text:  # Python reads 1_000 as a number; no spreadsheet does
                raise ValueError
            return float(text.replace(",", ".") if self.delimiter != "," else text)
        except ValueError:
            found = f"{text!r}" if text else "blank"
            raise self.error(row.line, f"{column} is {found}; allowed are {allowed}") from None


def decoded(path: Path, raw: bytes) -> str:
    """Return a file's bytes as text without byte order mark.  Raises NetworkError that names the line."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line, byte = raw.count(b"\n", 0, fault.start) + 1, raw[fault.start]
        message = f"byte 0x{byte:02x} is not UTF-8; save the file as UTF-8 (in Excel: 'CSV UTF-8')"
        raise NetworkError(f"{path}, line {line}: {message}") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise NetworkError(f"{path}, line {line}: holds a zero byte; save the file as UTF-8 (in Excel: 'CSV UTF-8')")
    return unicodedata.normalize("NFC", text)


def delimiter_of(header: str) -> str:
    """Return the most frequent delimiter of the header outside quotes; a comma if there is none."""
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=lambda delimiter: (outside.count(delimiter), delimiter == ","))


def cells_of(
    path: Path, text: str, delimiter: str, first_line: int, strict: bool = True
) -> list[tuple[int, list[str]]]:
    """Return line number and stripped cells of each row that is not blank.

    Strict parsing finds an open quote; if quotes are paired, loose parsing allows a space after a closing one.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=strict)
    found: list[tuple[int, list[str]]] = []
    line = first_line
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            if any(cells):
                found.append((line, cells))
            if len(found) > MOST_ROWS + 1:
                raise NetworkError(
                    f"{path}, line {line}: more than {MOST_ROWS:,} rows; allowed are at most {MOST_ROWS:,}"
                )
            line = first_line + reader.line_num
    except csv.Error as fault:
        if strict and text.count('"') % 2 == 0:
            return cells_of(path, text, delimiter, first_line, strict=False)
        raise NetworkError(f"{path}, line {line}: cannot be read as CSV ({fault}); is a quote left open?") from None
    return found


def table_of(path: Path, text: str, required: str) -> FileTable:
    """Return the table in a file's text, whose first line that is not blank names the columns.

    `path`: its name in messages.  `required`: the columns that it needs, for messages.  Understood: comma, semicolon or
    tab, Excel's "sep=;" line, blank lines, spaces around cells, quotes, columns in any order and case, short rows.

    Raises NetworkError with file and line for anything else.
    """
    lines = text.splitlines()
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise NetworkError(f"{path}: is empty; its first line must name the columns: {required}")
    if lines[first].strip().lower() in {f"sep={delimiter}" for delimiter in DELIMITERS} | {"sep="}:
        delimiter, skipped = (lines[first].strip("\r\n ")[4:5] or "\t"), first + 1
    else:
        delimiter, skipped = delimiter_of(lines[first]), 0
    body = text if not skipped else "".join(text.splitlines(keepends=True)[skipped:])
    records = cells_of(path, body, delimiter, skipped + 1)
    if not records:
        raise NetworkError(f"{path}: is empty; its first line must name the columns: {required}")
    header_line, header = records[0]
    columns = [name.lower() for name in header]
    for name in columns:
        if name and columns.count(name) > 1:
            raise NetworkError(f"{path}, line {header_line}: column {name!r} occurs twice; allowed is once")
    rows = []
    for line, cells in records[1:]:
        if any(cells[len(columns) :]):
            message = f"{len(cells)} cells, but the header names {len(columns)} columns"
            raise NetworkError(f"{path}, line {line}: {message}; quote a cell that holds a {DELIMITERS[delimiter]}")
        rows.append(TableRow(line, dict(zip(columns, cells, strict=False))))
    return FileTable(path, tuple(name for name in columns if name), tuple(rows), delimiter)
