"""Adjacency matrices: a row and a column for each person, and in a cell how strong the tie from row to column is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

from sim.inputs.reading.columns import HEADER_WITHIN
from sim.inputs.reading.decoding import clean, folded, heading_key
from sim.inputs.reading.headings import END_PAIRS, TOTALS, meaning_of
from sim.inputs.reading.plain import (
    MEANINGS,
    Faults,
    NamedTie,
    PeopleTable,
    Person,
    ReadOptions,
    Sheet,
    SheetRow,
    Tables,
    TieTable,
    counted,
    listed,
    quoted,
)
from sim.inputs.reading.strengths import Scale

MOST_PEOPLE = 20_000
SAMPLE = 200
"""Rows whose cells show whether they are strengths."""
EMPTY = frozenset(("", "0", "-", "0.0", "0,0"))


def matrix_of(sheet: Sheet, options: ReadOptions, faults: Faults) -> Tables | None:
    """Return the people and ties of an adjacency matrix; None if the sheet is something else.

    A matrix has headings of which at least half are names of rows (or the other way round); other columns before the first
    such one are attributes, later ones are people without a row of their own.
    """
    if len(sheet.rows) > MOST_PEOPLE:
        return None
    for index in range(min(HEADER_WITHIN, len(sheet.rows) - 1)):
        header = [clean(cell) for cell in sheet.rows[index].cells]
        labels = (
            next((k for k, cell in enumerate(header) if meaning_of(cell)[0] == word), 0) for word in ("name", "id")
        )
        for label in dict.fromkeys(labels):
            columns = people_columns(sheet, index, options, label)
            if columns is not None:
                return matrix_tables(sheet, options, index, label, columns)
    named = with_row_names(sheet, Scale(options.scale))
    return matrix_tables(named, options, 0, 0, dict(enumerate(named.rows[0].cells[1:], 1))) if named else None


def with_row_names(sheet: Sheet, scale: Scale) -> Sheet | None:
    """Return a matrix whose names are in the header only with names before its rows, too; None if it is something else.

    It has as many rows as columns, all cells are strengths, and the diagonal is empty.
    """
    header = [clean(cell) for cell in sheet.rows[0].cells] if sheet.rows else []
    size = len(header)
    if size < 3 or len(sheet.rows) != size + 1 or len({folded(name) for name in header} - {""}) < size:
        return None
    if any(meaning_of(name)[0] or scale.fits(name) for name in header):
        return None
    body = sheet.rows[1:]
    square = all(len(row.cells) == size and row.cells[k] in EMPTY for k, row in enumerate(body))
    if not square or not all(scale.fits(cell) or cell in EMPTY for row in body for cell in row.cells):
        return None
    rows = [SheetRow(row.number, [name, *row.cells]) for name, row in zip(header, body, strict=True)]
    return Sheet(sheet.spot, [SheetRow(sheet.rows[0].number, ["", *header]), *rows], sheet.decimal_comma)


def totals_of(body: Sequence[SheetRow], named: int, columns: Mapping[int, str], scale: Scale) -> tuple[bool, set[int]]:
    """Return whether the last row holds the sums of columns, and which columns hold the sums of rows.

    They are called so, and their numbers are the sums: a member may be called Total.
    """

    def number(row: SheetRow, k: int) -> float:
        """Return the strength in a cell, 0 if it is blank."""
        try:
            return (scale.value(row.cells[k]) or 0.0) if k < len(row.cells) and row.cells[k] not in EMPTY else 0.0
        except ValueError:
            return math.nan

    called = {k for k, name in columns.items() if heading_key(name) in TOTALS}
    last = body[-1]
    bottom = named < len(last.cells) and heading_key(last.cells[named]) in TOTALS
    bottom = bottom and all(
        number(last, k) == sum(number(row, k) for row in body[:-1]) for k in columns if k not in called
    )
    rows = body[:-1] if bottom else body
    sums = {k for k in called if all(number(r, k) == sum(number(r, j) for j in columns if j != k) for r in rows)}
    return bottom, sums


def people_columns(sheet: Sheet, index: int, options: ReadOptions, named: int) -> dict[int, str] | None:
    """Return the columns that are people, if a row is the header of a matrix whose rows are named in a column."""
    header = [clean(cell) for cell in sheet.rows[index].cells]
    if sum(1 for cell in header if cell) < 2:
        return None
    if named >= len(header):
        return None
    body = sheet.rows[index + 1 :]
    rows = {folded(clean(row.cells[named])) for row in body if named < len(row.cells)} - {""}
    keys = {k: folded(cell) for k, cell in enumerate(header) if cell and k != named}
    common = [k for k, key in keys.items() if key in rows]
    if len(common) < 2 or len(common) < 0.5 * min(len(keys), len(rows)) or folded(header[named]) in rows:
        return None
    above = {cell for row in sheet.rows[:index] for cell in row.cells}
    if all(header[k].isdigit() for k in common) and any(cell.isdigit() for cell in above):
        return None  # a row of numbers below others is no header
    scale = Scale(options.scale)
    cells = [row.cells[k] for row in body[:SAMPLE] for k in common if k < len(row.cells) and row.cells[k]]
    if sum(scale.fits(cell) for cell in cells) < 0.5 * len(cells):
        return None
    return {k: header[k] for k in keys if k in common or k > common[0]}


def has_two_halves(ties: Sequence[NamedTie], place: Mapping[str, int], scale: Scale, decimal_comma: bool) -> bool:
    """Return whether there are ties both above and below the diagonal; words for no tie do not count."""

    @cache
    def is_tie(cell: str) -> bool:
        """Return whether a cell holds a tie, or a fault."""
        try:
            return bool(scale.value(cell, decimal_comma))
        except ValueError:
            return True

    @cache
    def at(name: str) -> int:
        """Return the place of a name, -1 for a row without a column."""
        return place.get(folded(name), -1)

    sides = {
        (at(tie.target) > at(tie.source)) - (at(tie.target) < at(tie.source)) for tie in ties if is_tie(tie.strength)
    }
    return {-1, 1} <= sides


def matrix_tables(sheet: Sheet, options: ReadOptions, index: int, named: int, columns: dict[int, str]) -> Tables:
    """Return the people and ties of a matrix whose header and columns are known."""
    header = [clean(cell) for cell in sheet.rows[index].cells]
    body, scale = sheet.rows[index + 1 :], Scale(options.scale)
    bottom, sums = totals_of(body, named, columns, scale)
    body = body[:-1] if bottom else body
    columns = {k: name for k, name in columns.items() if k not in sums}
    header = ["" if k in sums else heading for k, heading in enumerate(header)]
    rows = {folded(clean(row.cells[named])) for row in body if named < len(row.cells)}
    late = [k for k, name in columns.items() if folded(name) not in rows]
    other = [k for k in late if not all(scale.fits(row.cells[k]) for row in body if k < len(row.cells))]
    columns = {k: name for k, name in columns.items() if k not in other}
    attributes = {k: heading for k, heading in enumerate(header) if heading and k != named and k not in columns}
    known = {k: meaning for k, heading in attributes.items() if (meaning := meaning_of(heading)[0]) in MEANINGS[1:]}
    people, ties = [], []
    for row in body:
        name = clean(row.cells[named]) if named < len(row.cells) else ""
        values = {known[k]: row.cells[k] for k in known if k < len(row.cells)}
        more = {attributes[k]: clean(row.cells[k]) for k in attributes if k not in known and k < len(row.cells)}
        people.append(Person(row.number, name, values, {key: value for key, value in more.items() if value}))
        filled = {k: row.cells[k] for k in columns if k < len(row.cells) and row.cells[k] not in EMPTY}
        ties += [NamedTie(row.number, name, columns[k], cell, None, {}) for k, cell in filled.items()]
    silent = [columns[k] for k in late if k in columns]
    people += [Person(0, name, {}, {}) for name in silent]
    notes = [
        f"{sheet.spot.short}: read as a matrix of {counted(len(body), 'row')} and {counted(len(columns), 'column')}"
    ]
    if bottom or sums:
        notes.append(f"{sheet.spot.short}: sums left out")
    place = {folded(name): number for number, name in enumerate(columns.values())}
    directed = (
        has_two_halves(ties, place, scale, sheet.decimal_comma)
        or tuple(heading_key(header[named]).split()) in END_PAIRS
    )
    if not directed and ties and options.directed is None:
        half = "one half is empty, so ties have no direction (--directed reads them as one-way)"
        notes.append(f"{sheet.spot.short}: {half}")
    if silent:
        notes.append(
            f"{sheet.spot.short}: {counted(len(silent), 'person', 'people')} with a column but no row: {quoted(silent)}"
        )
    if other_columns := [heading for k, heading in attributes.items() if known.get(k) != "name"]:
        notes.append(f"{sheet.spot.short}: columns that are not people: {listed(other_columns)}")
    table = TieTable(
        sheet.spot,
        ties,
        ends=("row", "column"),
        directed=directed,
        several=False,
        decimal_comma=sheet.decimal_comma,
        strength_name="cell",
        scored=True,
    )
    return Tables(
        [PeopleTable(sheet.spot, people, named=True, derived=True)], [table], notes, [], list(attributes.values())
    )
