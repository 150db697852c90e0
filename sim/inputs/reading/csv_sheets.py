"""A CSV file as a spreadsheet or a survey tool wrote it: rows with their line numbers, or one clear error."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from sim.inputs.reading import plain
from sim.inputs.reading.decoding import decoded
from sim.inputs.reading.headings import ends_of
from sim.inputs.reading.plain import DEFAULT_OPTIONS, File, ReadOptions, Sheet, SheetRow, Spot, Tables
from sim.inputs.safe_csv import FORMULA_STARTS

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
COMMENT = re.compile(r"[#%]\s*[^\s,;|]")
"""The start of a line of comment above a table; a heading such as "#" or "%" stands alone in its cell."""
ATTRIBUTES = re.compile(r"[ \t]\{(?:'weight': ([0-9.e+-]+))?\}(?=[ \t\r]*$)", re.MULTILINE)
"""What networkx writes behind a tie in a list of edges."""
LOOKED_AT = 25
"""Lines that decide on the delimiter."""


def read_csv_sheet(file: File, options: ReadOptions = DEFAULT_OPTIONS) -> Tables:
    """Return the one sheet of a CSV file.

    Understood: comma, semicolon, tab or bar (in lists of ties also spaces), Excel's "sep=;" line, comments above the table,
    blank lines, spaces around cells, quotes, short rows, and
    the apostrophe before = + - @ with which formulas are disarmed.

    Raises NetworkFaults.
    """
    text, note = decoded(file, options.encoding)
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
        text = uncommented(text)
        delimiter = delimiter_of(text)
        if spaced := with_tabs(file, text, delimiter):
            text, delimiter = spaced, "\t"
    sheet = Sheet(spot, rows_of(file, text, delimiter, skipped + 1), decimal_comma=delimiter != ",")
    return Tables(notes=[note] if note else [], sheets=[sheet])


def uncommented(text: str) -> str:
    """Return text with blank lines for the lines of comment at its top; the last of them stays if it names columns."""
    lines = text[:100_000].split("\n")
    count = next((k for k, line in enumerate(lines) if line.strip() and not COMMENT.match(line)), 0)
    above = [k for k in range(count) if lines[k].strip()]
    if not above:
        return text
    last = lines[above[-1]].lstrip("#% ")
    named = any(ends_of([cell.strip(' "\r') for cell in re.split(sign, last)]) for sign in (r"[,;|\t]", r"\s+"))
    kept = ["" for _ in range(above[-1])] + [last if named else ""]
    return "\n".join(kept) + text[sum(len(line) + 1 for line in lines[: above[-1] + 1]) - 1 :]


def with_tabs(file: File, text: str, delimiter: str) -> str:
    """Return a list of ties whose cells are separated by spaces with tabs instead; "" if the text is something else.

    Either its first line names two ends, or there are names of its first line further down, and fewer names than a list of
    people with first and last names would have.  R leaves out the heading of the first column, the rows' names.
    """
    if file.ending == ".csv":
        return ""
    text = ATTRIBUTES.sub(r" \1", text)
    first = [line for line in text[:100_000].splitlines()[:1000] if line.strip()][:200]
    if len(first) < 2 or any(delimiter in line for line in first[:LOOKED_AT]):
        return ""
    cells = [spaced_cells(line) for line in first]
    widths = {len(row) for row in cells[1:]}
    if len(widths) != 1 or not min(widths) >= 2 or not 0 <= min(widths) - len(cells[0]) <= 1:
        return ""
    short = len(cells[0]) < min(widths)
    names = {name for row in cells for name in row[:2]}
    again = {name for row in cells[1:] for name in row[:2]} & set(cells[0][:2])
    if not ends_of(cells[0]) and (short or min(widths) > 3 or not again or len(names) > len(cells) + 1):
        return ""
    rows = ["\t".join(spaced_cells(line)) for line in text.split("\n")]
    if short:
        where = next(k for k, row in enumerate(rows) if row)
        rows[where] = "\t" + rows[where]
    return "\n".join(rows)


def spaced_cells(line: str) -> list[str]:
    """Return the cells of a line that spaces separate, in quotes or not."""
    return [a or b for a, b in re.findall(r'"([^"]*)"|(\S+)', line)]


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
    head = [cell.strip() for cell in text.lstrip().split("\n", 1)[0].split(delimiter)]
    quote = "'" if len(head) > 1 and all(re.fullmatch(r"'[^']*'", cell) for cell in head) else '"'
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote, skipinitialspace=True, strict=strict
    )
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
