"""From a sheet to columns: which row names them, what each one means, and the cells below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sim.inputs.reading.decoding import clean, heading_key
from sim.inputs.reading.headings import END_PAIRS, meaning_of
from sim.inputs.reading.plain import Faults, ReadOptions, Sheet, SheetRow, counted, listed, quoted

HEADER_WITHIN = 25
"""Rows among which the one that names the columns is looked for."""
_ENDS = {word for pair in END_PAIRS for word in pair}


@dataclass(frozen=True)
class Columns:
    """A sheet with named columns: headings in order, "" where there is none, and the rows below them."""

    sheet: Sheet
    headings: tuple[str, ...]
    header_row: int
    rows: Sequence[SheetRow]
    notes: tuple[str, ...]

    def cell(self, row: SheetRow, position: int | None) -> str:
        """Return a cell of a row, "" if it is missing."""
        return row.cells[position] if position is not None and position < len(row.cells) else ""

    def values(self, position: int) -> list[str]:
        """Return the cells of a column that are not blank."""
        return [row.cells[position] for row in self.rows if position < len(row.cells) and row.cells[position]]

    def rest(self, row: SheetRow, used: Iterable[int]) -> dict[str, str]:
        """Return the cells of columns that have no other use, by heading."""
        left = set(used)
        return {
            heading: clean(cell)
            for position, (heading, cell) in enumerate(zip(self.headings, row.cells, strict=False))
            if cell and heading and position not in left
        }

    def unused(self, used: Iterable[int]) -> list[str]:
        """Return the headings of columns that have no other use and are not blank."""
        left = set(used)
        return [h for k, h in enumerate(self.headings) if h and k not in left and any(self.values(k))]


def position_of(headings: Sequence[str], chosen: str) -> int | None:
    """Return the position of the column that a user names."""
    key = clean(chosen).casefold()
    exact = next((k for k, heading in enumerate(headings) if clean(heading).casefold() == key), None)
    if exact is not None or not heading_key(chosen):
        return exact
    return next((k for k, heading in enumerate(headings) if heading_key(heading) == heading_key(chosen)), None)


def header_index(sheet: Sheet, fits: Callable[[Sequence[str]], bool]) -> int | None:
    """Return the index of the first row that fits as a header."""
    return next((k for k, row in enumerate(sheet.rows[:HEADER_WITHIN]) if fits(row.cells)), None)


def widest_index(sheet: Sheet) -> int | None:
    """Return the index of the first row with two filled cells: the header of a sheet whose words are unknown."""
    return header_index(sheet, lambda cells: sum(1 for cell in cells if cell) >= 2)


def columns_of(sheet: Sheet, index: int, options: ReadOptions, faults: Faults, repeats: bool = False) -> Columns:
    """Return the columns below a header.

    `repeats`: whether a heading may occur twice although it has a meaning.  Another heading that occurs twice gets a
    number.  Raises NetworkFaults for a heading with a meaning that occurs twice.
    """
    header = sheet.rows[index]
    headings = [clean(cell) for cell in header.cells]
    while headings and not headings[-1]:
        headings.pop()
    notes = []
    chosen = {heading_key(heading) for _, heading in options.columns}
    seen: Counter[str] = Counter()
    for position, heading in enumerate(headings):
        key = heading_key(heading) or heading.casefold()
        if not heading:
            continue
        seen[key] += 1
        if seen[key] > 1:
            if not repeats and (key in _ENDS or meaning_of(heading)[0] or key in chosen):
                twice = f"column {heading.lower()!r} occurs twice; allowed is once"
                raise sheet.fault(f"{twice} (rename or remove one of them)", header.number)
            headings[position] = f"{heading} ({seen[key]})"
    if any(count > 1 for count in seen.values()):
        again = [heading for heading in headings if heading.endswith(")") and heading_key(heading)[-1:].isdigit()]
        notes.append(f"{sheet.spot.short}: headings that occur more than once were numbered: {quoted(again)}")
    notes += above_header(sheet, index)
    rows = [row for row in sheet.rows[index + 1 :] if not same(row, header)]
    again_rows = len(sheet.rows) - index - 1 - len(rows)
    if again_rows:
        notes.append(f"{sheet.spot.short}: the header occurs {again_rows} more times; these rows were left out")
    notes += check_width(sheet, len(headings), rows, faults)
    nameless = [
        k for k, heading in enumerate(headings) if not heading and any(len(r.cells) > k and r.cells[k] for r in rows)
    ]
    if nameless and nameless != [0]:
        notes.append(f"{sheet.spot.short}: {counted(len(nameless), 'column')} without a heading not read")
    return Columns(sheet, tuple(headings), header.number, rows, tuple(notes))


def above_header(sheet: Sheet, index: int) -> list[str]:
    """Return a note on the rows above the header, if there are any."""
    above = [cell for row in sheet.rows[:index] for cell in row.cells if cell]
    return (
        [f"{sheet.spot.short}: {counted(index, 'row')} above the header left out ({quoted(above, 2)})"] if index else []
    )


def same(row: SheetRow, header: SheetRow) -> bool:
    """Return whether a row repeats the header."""
    return len(row.cells) > 1 and row.cells[0] == header.cells[0] and list(row.cells) == list(header.cells)


def check_width(sheet: Sheet, width: int, rows: Sequence[SheetRow], faults: Faults) -> list[str]:
    """Add a fault for each line of text with more cells than headings; in a workbook, return a note on such cells."""
    wide = [row for row in rows if len(row.cells) > width and any(row.cells[width:])]
    if not wide:
        return []
    if sheet.spot.unit == "row":
        return [
            f"{sheet.spot.short}: cells without a heading in {counted(len(wide), 'row')} not read (first: row {wide[0].number})"
        ]
    for row in wide:
        message = f"{len(row.cells)} cells, but the header names {width} columns"
        faults.add(sheet.spot, row.number, f"{message}; quote a cell that holds the sign between cells")
    return []


def chosen_positions(headings: Sequence[str], options: ReadOptions, among: Iterable[str]) -> dict[str, int]:
    """Return the positions of columns that the user chose for some meanings."""
    found = {}
    for meaning in among:
        if heading := options.column(meaning):
            position = position_of(headings, heading)
            if position is not None:
                found[meaning] = position
    return found


def check_choices(options: ReadOptions, headings: Iterable[str], sheet: Sheet) -> None:
    """Raise NetworkFaults for a chosen column that no table has."""
    every = list(dict.fromkeys(heading for heading in headings if heading))
    for meaning, heading in options.columns:
        if position_of(every, heading) is None:
            raise sheet.fault(f"--column {meaning}={heading}: no such column; the columns found are {listed(every)}")
