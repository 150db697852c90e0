"""Reading a user's CSV file: what a spreadsheet wrote, as rows with their line numbers, or one clear `NetworkError`."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from sim.model.start import NetworkError

MOST_ROWS = 200_000
MOST_BYTES = 50_000_000
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True)
class TableRow:
    """One row of a file: its line, and a text for each column of the header, '' where blank."""

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

    def error(self, line: int, message: str) -> NetworkError:
        """What is wrong in a line of this file (or row, node, edge: `place`)."""
        return NetworkError(f"{self.path}, {self.place} {line}: {message}")

    def number(self, row: TableRow, column: str, allowed: str) -> float:
        """The number in a cell; a decimal comma will do where commas do not separate cells."""
        text = row[column]
        try:
            if "_" in text:  # Python reads 1_000 as a number; no spreadsheet does
                raise ValueError
            return float(text.replace(",", ".") if self.delimiter != "," else text)
        except ValueError:
            found = f"{text!r}" if text else "blank"
            raise self.error(row.line, f"{column} is {found}; allowed are {allowed}") from None


def text_of(path: Path) -> str:
    """The file's text without byte order mark."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise NetworkError(f"{path}: is a folder; a CSV file is needed")
        if size > MOST_BYTES:
            raise NetworkError(f"{path}: has {size:,} bytes; allowed are at most {MOST_BYTES:,}")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise NetworkError(f"{path}: there is no such file") from None
    except (OSError, ValueError) as fault:
        if isinstance(fault, NetworkError):
            raise
        raise NetworkError(f"{path}: cannot be read ({fault})") from None
    return decoded(path, raw)


def decoded(path: Path, raw: bytes) -> str:
    """A file's bytes as text without byte order mark.  Errors: NetworkError, naming the line."""
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
    """The delimiter that comes most often in the header outside quotes; a comma where there is none."""
    outside = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=lambda delimiter: (outside.count(delimiter), delimiter == ","))


def cells_of(
    path: Path, text: str, delimiter: str, first_line: int, strict: bool = True
) -> list[tuple[int, list[str]]]:
    """Line number and stripped cells of each row that is not blank.

    Strict first, which finds a quote left open; where quotes come in pairs, loosely: a space may follow a closing one.
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
                raise NetworkError(f"{path}, line {line}: more than {MOST_ROWS:,} rows; {MOST_ROWS:,} are allowed")
            line = first_line + reader.line_num
    except csv.Error as fault:
        if strict and text.count('"') % 2 == 0:
            return cells_of(path, text, delimiter, first_line, strict=False)
        raise NetworkError(f"{path}, line {line}: cannot be read as CSV ({fault}); is a quote left open?") from None
    return found


def read_table(path: Path, required: str) -> FileTable:
    """Read a file whose first line that is not blank names the columns.  `required`: what it must have, for messages.

    Understood: byte order mark, comma, semicolon or tab, Excel's "sep=;" line, blank lines, spaces around cells,
    quotes, columns in any order and case, rows that are too short.  Refused, with file and line: `NetworkError`.
    """
    return table_of(path, text_of(path), required)


def table_of(path: Path, text: str, required: str) -> FileTable:
    """The table in a file's text; `path` is what messages call it.  As `read_table`."""
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
            raise NetworkError(f"{path}, line {header_line}: column {name!r} comes twice; each may come once")
    rows = []
    for line, cells in records[1:]:
        if any(cells[len(columns) :]):
            message = f"{len(cells)} cells, but the header names {len(columns)} columns"
            raise NetworkError(f"{path}, line {line}: {message}; quote a cell that holds a {DELIMITERS[delimiter]}")
        rows.append(TableRow(line, dict(zip(columns, cells, strict=False))))
    return FileTable(path, tuple(name for name in columns if name), tuple(rows), delimiter)
