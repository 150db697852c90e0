"""Adjacency matrices: a row and a column for each person, and in a cell how strong the tie from row to column is."""

from __future__ import annotations

from sim.inputs.reading.columns import HEADER_WITHIN
from sim.inputs.reading.decoding import clean, folded
from sim.inputs.reading.headings import meaning_of
from sim.inputs.reading.plain import (
    MEANINGS,
    Faults,
    NamedTie,
    PeopleTable,
    Person,
    ReadOptions,
    Sheet,
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
        found = names_of(sheet, index, options)
        if found is not None:
            name, columns = found
            return matrix_tables(sheet, options, index, name, columns)
    return None


def names_of(sheet: Sheet, index: int, options: ReadOptions) -> tuple[int, dict[int, str]] | None:
    """Return the column with the rows' names and the columns that are people, if a row is the header of a matrix."""
    header = [clean(cell) for cell in sheet.rows[index].cells]
    if sum(1 for cell in header if cell) < 2:
        return None
    named = next((k for k, cell in enumerate(header) if meaning_of(cell)[0] == "name"), 0)
    body = sheet.rows[index + 1 :]
    rows = {folded(clean(row.cells[named])) for row in body if named < len(row.cells)} - {""}
    keys = {k: folded(cell) for k, cell in enumerate(header) if cell and k != named}
    common = [k for k, key in keys.items() if key in rows]
    if len(common) < 2 or len(common) < 0.5 * min(len(keys), len(rows)) or folded(header[named]) in rows:
        return None
    scale = Scale(options.scale)
    cells = [row.cells[k] for row in body[:SAMPLE] for k in common if k < len(row.cells) and row.cells[k]]
    if sum(scale.fits(cell) for cell in cells) < 0.5 * len(cells):
        return None
    return named, {k: header[k] for k in keys if k in common or k > common[0]}


def matrix_tables(sheet: Sheet, options: ReadOptions, index: int, named: int, columns: dict[int, str]) -> Tables:
    """Return the people and ties of a matrix whose header and columns are known."""
    header = [clean(cell) for cell in sheet.rows[index].cells]
    body = sheet.rows[index + 1 :]
    rows = {folded(clean(row.cells[named])) for row in body if named < len(row.cells)}
    scale = Scale(options.scale)
    late = [k for k, name in columns.items() if folded(name) not in rows]
    other = [k for k in late if not all(scale.fits(row.cells[k]) for row in body if k < len(row.cells))]
    columns = {k: name for k, name in columns.items() if k not in other}
    attributes = {k: heading for k, heading in enumerate(header) if heading and k != named and k not in columns}
    known = {k: meaning for k, heading in attributes.items() if (meaning := meaning_of(heading)[0]) in MEANINGS[2:]}
    people, ties = [], []
    above = below = False
    place = {folded(name): number for number, name in enumerate(columns.values())}
    for row in body:
        name = clean(row.cells[named]) if named < len(row.cells) else ""
        values = {known[k]: row.cells[k] for k in known if k < len(row.cells)}
        more = {attributes[k]: clean(row.cells[k]) for k in attributes if k not in known and k < len(row.cells)}
        people.append(Person(row.number, name, values, {key: value for key, value in more.items() if value}))
        mine = place.get(folded(name), -1)
        for number, (k, target) in enumerate(columns.items()):
            if k < len(row.cells) and row.cells[k] not in EMPTY:
                ties.append(NamedTie(row.number, name, target, row.cells[k], None, {}))
                above, below = above or number > mine, below or number < mine
    silent = [columns[k] for k in late if k in columns]
    people += [Person(0, name, {}, {}) for name in silent]
    notes = [
        f"{sheet.spot.short}: read as a matrix of {counted(len(body), 'row')} and {counted(len(columns), 'column')}"
    ]
    if silent:
        notes.append(
            f"{sheet.spot.short}: {counted(len(silent), 'person', 'people')} with a column but no row: {quoted(silent)}"
        )
    if attributes:
        notes.append(f"{sheet.spot.short}: columns that are not people: {listed(attributes.values())}")
    table = TieTable(
        sheet.spot,
        ties,
        ends=("row", "column"),
        directed=above and below,
        several=False,
        decimal_comma=sheet.decimal_comma,
        strength_name="cell",
        scored=True,
    )
    return Tables(
        [PeopleTable(sheet.spot, people, named=True, derived=True)], [table], notes, [], list(attributes.values())
    )
