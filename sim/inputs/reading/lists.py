"""Sheets with one row per tie, and sheets with one row per person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from sim.inputs.reading.columns import Columns, chosen_positions, columns_of, header_index, position_of
from sim.inputs.reading.decoding import clean, folded, heading_key
from sim.inputs.reading.headings import (
    DIRECTIONS,
    ENDS_ALLOWED,
    KIND_WORDS,
    YES_OR_NO,
    asks_for_contacts,
    asks_how_strong,
    ends_of,
    meaning_of,
    meanings,
    name_parts,
)
from sim.inputs.reading.plain import (
    MEANINGS,
    DateCell,
    Faults,
    NamedTie,
    PeopleTable,
    Person,
    ReadOptions,
    Sheet,
    SheetRow,
    Tables,
    TieTable,
    listed,
    quoted,
)
from sim.inputs.reading.strengths import Scale

SAMPLE = 1000
"""Cells that show whether columns hold dates."""
YEAR_OR_DATE = re.compile(r"^(?:(?:19|20)\d\d(?:[-/.]\d{1,2}){0,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d)$")


def ties_of(sheet: Sheet, options: ReadOptions, faults: Faults) -> Tables | None:
    """Return the ties of a sheet with one row per tie; None if it is something else.  Raises NetworkFaults."""
    chosen = options.column("from"), options.column("to")
    if all(chosen):
        index = header_index(sheet, lambda cells: all(position_of(cells, one) is not None for one in chosen))
    else:
        index = header_index(sheet, lambda cells: bool(ends_of(cells)))
    if index is None:
        return None
    columns = columns_of(sheet, index, options, Faults())
    if not all(chosen) and all(are_dates(columns, a, b) for a, b, _ in ends_of(columns.headings)):
        return None
    columns = columns_of(sheet, index, options, faults)
    a, b, naming = end_columns(columns, options)
    known = tie_columns(columns, options, {a, b})
    strength, direction = known.get("strength"), known.get("direction")
    used = {a, b, *known.values()}
    ties = []
    for row in columns.rows:
        source, target, weight = columns.cell(row, a), columns.cell(row, b), columns.cell(row, strength)
        more = columns.rest(row, used)
        way = DIRECTIONS.get(heading_key(columns.cell(row, direction))) if direction is not None else None
        if source or target or more or weight:
            ties.append(NamedTie(row.number, source, target, weight, way, more))
    notes = list(columns.notes)
    if strength is not None and heading_key(columns.headings[strength]) != "strength":
        notes.append(f"{sheet.spot.short}: column {columns.headings[strength]!r} was read as strength")
    unused = columns.unused(used)
    if unused:
        notes.append(f"{sheet.spot.short}: kept with ties, but not used: {listed(unused)}")
    table = TieTable(
        sheet.spot,
        ties,
        ends=(columns.headings[a].lower(), columns.headings[b].lower()),
        directed=True if naming else None,
        decimal_comma=sheet.decimal_comma,
        strength_name=columns.headings[strength].lower() if strength is not None else "strength",
    )
    return Tables(ties=[table], notes=notes, headings=list(columns.headings))


def headerless_of(sheet: Sheet, options: ReadOptions, faults: Faults) -> Tables | None:
    """Return the ties of a sheet without a header: two columns of names, and perhaps one of strengths; else None.

    The first row counts as a tie if one of its names comes again further down, in a column of names.
    """
    rows = [[clean(cell) for cell in row.cells] for row in sheet.rows]
    width = max((max((k + 1 for k, cell in enumerate(row) if cell), default=0) for row in rows), default=0)
    if len(rows) < 2 or width not in (2, 3) or any(meaning_of(cell)[0] for cell in rows[0]):
        return None
    rows = [(row + [""] * width)[:width] for row in rows]
    later, scale = {folded(cell) for row in rows[1:] for cell in row[:2]}, Scale()
    names = [cell for row in rows for cell in row[:2]]
    numbers = all(cell.isdigit() for cell in names) and len(rows) > width  # not a matrix
    named = all(names) and (numbers or not any(cell.replace(".", "").isdigit() for cell in names[:200]))
    weighed = width == 2 or all(scale.fits(row[-1]) for row in rows)
    if not (named and weighed and any(folded(cell) in later for cell in rows[0][:2])):
        return None
    heads = ("from", "to", "strength")[:width]
    found = ties_of(replace(sheet, rows=[SheetRow(0, heads), *sheet.rows]), options, faults)
    if found is not None:
        found.notes.append(f"{sheet.spot.short}: has no header; its columns were read as {listed(heads)}")
    return found


def are_dates(columns: Columns, *positions: int) -> bool:
    """Return whether columns hold years or dates, such as the start and end of a membership."""
    cells = (cell for row in columns.rows for k in positions if (cell := columns.cell(row, k)))
    dates = [isinstance(cell, DateCell) or bool(YEAR_OR_DATE.match(cell)) for cell in islice(cells, SAMPLE)]
    return len(dates) > 0 and all(dates)


def end_columns(columns: Columns, options: ReadOptions) -> tuple[int, int, bool]:
    """Return the columns with the two ends of ties, and whether the first named the second.

    Raises NetworkFaults if several pairs of columns could.
    """
    a, b = (
        position_of(columns.headings, options.column(end)) if options.column(end) else None for end in ("from", "to")
    )
    if a is not None and b is not None:
        return a, b, False
    ends = [pair for pair in ends_of(columns.headings) if not are_dates(columns, *pair[:2])]
    if len(ends) > 1:
        found = f"the columns found are {listed(columns.headings)}, allowed are {ENDS_ALLOWED}"
        choose = "choose with --column from=... --column to=..."
        message = f"{len(ends)} pairs of columns for who is tied to whom; {found}; {choose}"
        raise columns.sheet.fault(message, columns.header_row)
    return ends[0]


def tie_columns(columns: Columns, options: ReadOptions, ends: set[int]) -> dict[str, int]:
    """Return the columns with the strength and the direction of ties."""
    found = {k: v for k, v in meanings(columns.headings, ("strength", "direction")).items() if v not in ends}
    if "direction" not in found:
        types = [
            k for k, heading in enumerate(columns.headings) if heading_key(heading) == "type" and columns.values(k)
        ]
        if types:
            found["direction"] = types[0]
    if "direction" in found and not {heading_key(v) for v in columns.values(found["direction"])} <= DIRECTIONS.keys():
        found.pop("direction")
    if "strength" not in found:
        likely = [k for k, heading in enumerate(columns.headings) if k not in ends and asks_how_strong(heading)]
        scale = Scale(options.scale)
        likely = [k for k in likely if columns.values(k) and all(map(scale.fits, columns.values(k)))]
        likely = likely or [k for k in range(len(columns.headings)) if k not in ends and says_whether(columns, k)]
        if len(likely) == 1:
            found["strength"] = likely[0]
    return found | chosen_positions(columns.headings, options, ("strength", "direction"))


def says_whether(columns: Columns, position: int) -> bool:
    """Return whether a column says yes or no to a question about contact."""
    words = {heading_key(cell) for cell in columns.values(position)}
    return bool(words) and asks_for_contacts(columns.headings[position]) and words <= YES_OR_NO


def person_columns(columns: Columns, options: ReadOptions) -> tuple[dict[str, int], list[str]]:
    """Return the positions of what is known about people, and notes on headings that were not in plain words."""
    found = meanings(columns.headings, MEANINGS)
    chosen = chosen_positions(columns.headings, options, MEANINGS)
    found = {meaning: k for meaning, k in found.items() if k not in chosen.values()} | chosen
    notes = []
    parts = name_parts(columns.headings)
    if parts is not None and found.get("name") in (None, *parts) and "name" not in chosen:
        found["name"] = parts[0]
    if "kind" not in found:
        types = [k for k, h in enumerate(columns.headings) if heading_key(h) == "type" and k not in found.values()]
        words = {heading_key(value) for k in types for value in columns.values(k)}
        if words and words <= KIND_WORDS.keys():
            found["kind"] = types[0]
    elif "kind" not in chosen and heading_key(columns.headings[found["kind"]]) != "kind":
        words = {heading_key(value) for value in columns.values(found["kind"])}
        if not words <= KIND_WORDS.keys():
            found.pop("kind")
    for meaning, k in found.items():
        if heading_key(columns.headings[k]) != heading_key(meaning) and not (meaning == "name" and parts):
            notes.append(f"column {columns.headings[k].lower()!r} was read as {meaning}")
    return found, notes


def people_of(sheet: Sheet, options: ReadOptions, faults: Faults) -> Tables | None:
    """Return the people of a sheet with one row per person; None if it is something else.

    Raises NetworkFaults.
    """
    chosen = [heading for meaning, heading in options.columns if meaning in ("id", "name")]

    def fits(cells: Sequence[str]) -> bool:
        """Return whether a row names the columns of a list of people."""
        named = any(position_of(cells, one) is not None for one in chosen)
        return named or any(meaning_of(cell)[0] in ("id", "name") for cell in cells) or name_parts(cells) is not None

    index = header_index(sheet, fits)
    if index is None:
        return None
    columns = columns_of(sheet, index, options, faults)
    found, notes = person_columns(columns, options)
    notes = [*columns.notes, *notes]
    if "id" not in found:
        notes.append("there is no column 'id': names were read as ids")
    people = [person_of(columns, row, found) for row in columns.rows]
    unused = columns.unused({*found.values(), *(name_parts(columns.headings) or ())})
    if unused:
        notes.append(f"{sheet.spot.short}: kept with members: {listed(unused)}")
    if "sector" not in found and unused:
        few = [h for h in unused if 1 < len(set(columns.values(columns.headings.index(h)))) <= max(2, len(people) // 2)]
        if few:
            example = f"--column sector={few[0]!r}" if " " in few[0] else f"--column sector={few[0]}"
            notes.append(f"no column was read as sector; {quoted(few)} could serve ({example})")
    if columns.sheet.spot.sheet and "kind" not in found and heading_key(sheet.spot.sheet) in KIND_WORDS:
        kind = heading_key(sheet.spot.sheet)
        people = [person._replace(values={**person.values, "kind": kind}) for person in people]
        notes.append(f"{sheet.spot.short}: the sheet's name was read as kind")
    return Tables(
        people=[PeopleTable(sheet.spot, people, named="id" not in found)], notes=notes, headings=list(columns.headings)
    )


def person_of(columns: Columns, row: SheetRow, found: dict[str, int]) -> Person:
    """Return the person in a row."""
    values = {meaning: columns.cell(row, k) for meaning, k in found.items() if meaning != "id"}
    used = set(found.values())
    parts = name_parts(columns.headings)
    if parts is not None and found.get("name") == parts[0]:
        values["name"] = " ".join(filter(None, (columns.cell(row, parts[0]), columns.cell(row, parts[1]))))
        used |= set(parts)
    identity = columns.cell(row, found.get("id")) if "id" in found else values.get("name", "")
    return Person(row.number, identity, values, columns.rest(row, used))


def with_list(table: PeopleTable) -> PeopleTable:
    """Return a list of people with its sheet's name as an attribute, where there are several lists."""
    people = [person._replace(more={"sheet": table.spot.sheet, **person.more}) for person in table.people]
    return replace(table, people=people)
