"""A CSV file as a spreadsheet or a survey tool wrote it: rows with their line numbers, or one clear error."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from sim.inputs.reading import plain
from sim.inputs.reading.decoding import decoded
from sim.inputs.reading.plain import File, Sheet, SheetRow, Spot, Tables

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
LOOKED_AT = 25
"""Lines that decide on the delimiter."""
FORMULA_STARTS = ("=", "+", "-", "@")


def read_csv_sheet(file: File, encoding: str = "") -> Tables:
    """Return the one sheet of a CSV file.

    Understood: comma, semicolon, tab or bar, Excel's "sep=;" line, blank lines, spaces around cells, quotes, short rows, and
    the apostrophe before = + - @ with which formulas are disarmed.

    Raises NetworkFaults.
    """
    text, note = decoded(file, encoding)
    spot = Spot(file.name, unit="line")
    lines = text.lstrip("\r\n").splitlines()[:1] if len(text) < 10_000_000 else [text[:1000].lstrip().split("\n")[0]]
    first = (lines[0] if lines else "").strip()
    skipped = 0
    if first.lower() in {f"sep={delimiter}" for delimiter in DELIMITERS} | {"sep="}:
        delimiter = first[4:5] or "\t"
        before, _, text = text.partition(lines[0])
        skipped = before.count("\n") + 1
        text = text.lstrip("\r").removeprefix("\n")
    else:
        delimiter = delimiter_of(text)
    sheet = Sheet(spot, rows_of(file, text, delimiter, skipped + 1), decimal_comma=delimiter != ",")
    return Tables(notes=[note] if note else [], sheets=[sheet])


def delimiter_of(text: str) -> str:
    """Return the delimiter that most of the first lines have equally often; a comma if there is none.

    A bar separates names within a cell, unless no other delimiter is there.
    """
    lines = [line for line in text[:100_000].splitlines()[:200] if line.strip()][:LOOKED_AT]
    best, chosen = (0, 0), ","
    for delimiter in DELIMITERS:
        counts = Counter(count for line in lines if (count := '"'.join(line.split('"')[::2]).count(delimiter)))
        if counts and not (delimiter == "|" and best > (0, 0)):
            times, lines_alike = max((number * times, times) for number, times in counts.items())
            head = '"'.join(lines[0].split('"')[::2]).count(delimiter) > 0
            if (score := (lines_alike + head, times)) > best:
                best, chosen = score, delimiter
    return chosen


def rows_of(file: File, text: str, delimiter: str, first_line: int, strict: bool = True) -> list[SheetRow]:
    """Return number and cells of each row that is not blank.

    Strict parsing finds an open quote; if quotes are paired, loose parsing allows a space after a closing one.
    """
    rows: list[SheetRow] = []
    line = first_line
    try:
        for line, cells in records(text, delimiter, first_line, strict):
            if any(cells):
                rows.append(SheetRow(line, cells))
            if len(cells) > plain.MOST_COLUMNS:
                message = f"{len(cells):,} cells; allowed are at most {plain.MOST_COLUMNS:,} columns"
                raise Sheet(Spot(file.name, unit="line"), ()).fault(message, line)
            if len(rows) > plain.MOST_ROWS + 1 or len(cells) * len(rows) > plain.MOST_PLACES:
                most = f"allowed are at most {plain.MOST_ROWS:,} rows and {plain.MOST_PLACES:,} cells"
                raise Sheet(Spot(file.name, unit="line"), ()).fault(f"more rows than can be read; {most}", line)
    except csv.Error as fault:
        if strict and text.count('"') % 2 == 0:
            return rows_of(file, text, delimiter, first_line, strict=False)
        message = f"cannot be read as CSV ({fault}); is a quote left open?"
        raise Sheet(Spot(file.name, unit="line"), ()).fault(message, line) from None
    return rows


def records(text: str, delimiter: str, first_line: int, strict: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of every row.  A csv.Error is raised with the line on which the row began."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=strict)
    line = first_line
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            yield line, []
            raise fault
        yield line, [armed(cell.strip()) for cell in record]
        line = first_line + reader.line_num


def armed(cell: str) -> str:
    """Return a cell without the apostrophe that disarms a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS and len(cell) > 1 else cell
