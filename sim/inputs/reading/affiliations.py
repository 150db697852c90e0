"""Two-mode data: who attended or belongs to what.  People with something in common are tied.

The strength of a tie is the number of things in common (Breiger 1974, "The duality of persons and groups", Social Forces
53, 181-190).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from sim.inputs.reading.columns import chosen_positions, columns_of, header_index, widest_index
from sim.inputs.reading.decoding import clean, folded, heading_key
from sim.inputs.reading.headings import GROUP_WORDS, SEVERAL_PEOPLE, TOTALS, asks_for_name, meaning_of, name_parts
from sim.inputs.reading.plain import (
    MEANINGS,
    Fault,
    Faults,
    NamedTie,
    NetworkFaults,
    PeopleTable,
    Person,
    ReadOptions,
    Sheet,
    SheetRow,
    Spot,
    Tables,
    TieTable,
    counted,
)

MOST_COMMON = 5_000_000
"""Pairs of people with something in common, before a table is refused."""
PRESENT = frozenset(
    (
        *("1", "x", "yes", "y", "true", "wahr", "vrai", "verdadero", "verdadeiro", "vero", "waar", "✓", "✔", "ja"),
        *("oui", "si", "sì", "sí", "sim", "da", "да", "j", "o"),
    )
)
ABSENT = frozenset(
    ("", "0", "no", "n", "false", "falsch", "faux", "falso", "onwaar", "-", "nein", "non", "nao", "não", "nee", "нет")
)


def projected(spot: Spot, attended: Mapping[str, Sequence[str]], what: str = "event") -> Tables:
    """Return the people of two-mode data and their ties: `attended` has the names of those at each event.

    Raises NetworkFaults if the ties would be too many.
    """
    people = dict.fromkeys(name for names in attended.values() for name in names)
    every = sum(len(set(names)) * (len(set(names)) - 1) // 2 for names in attended.values())
    if every > MOST_COMMON:
        largest = max(attended, key=lambda event: len(attended[event]))
        size = f"{len(attended[largest]):,} people share {largest!r}"
        message = f"tying people by what they share would make {every:,} pairs; allowed are {MOST_COMMON:,} ({size})"
        raise NetworkFaults([Fault(spot, 0, message)])
    common = Counter(pair for names in attended.values() for pair in combinations(sorted(set(names)), 2))
    order = {name: k for k, name in enumerate(people)}
    ties = []
    for (a, b), count in common.items():
        first, second = (a, b) if order[a] < order[b] else (b, a)
        ties.append(NamedTie(0, first, second, str(count), False, {}))
    rule = f"people who share one of {counted(len(attended), what)} are tied; strength is the number that they share"
    return Tables(
        people=[PeopleTable(spot, [Person(0, name, {}, {}) for name in people], named=True, derived=True)],
        ties=[TieTable(spot, sorted(ties, key=lambda tie: (order[tie.source], order[tie.target])), several=False)],
        notes=[f"{spot.short}: read as who came to what: {rule}"],
    )


def affiliations_of(sheet: Sheet, options: ReadOptions, faults: Faults) -> Tables | None:
    """Return people tied by a list of who came to which event; None if the sheet is something else.

    A list of people and groups (organisations, projects) is one if a person is listed twice.
    """
    index = header_index(sheet, lambda cells: two_columns(cells, options) is not None)
    if index is None:
        return None
    columns = columns_of(sheet, index, options, faults)
    found = two_columns(columns.headings, options)
    if found is None:
        return None
    person, event, surely = found
    once = len(set(columns.values(event))) == len(columns.rows)
    sign = r"[;|\n,]" if once and heading_key(columns.headings[person]) in SEVERAL_PEOPLE else r"[;|\n]"
    rows = [
        (row, name, columns.cell(row, event))
        for row in columns.rows
        for name in (list(filter(None, map(clean, re.split(sign, columns.cell(row, person))))) or [""])
    ]
    if not options.column("event") and all(cell.casefold() in PRESENT | ABSENT for _, _, cell in rows):
        return None  # marks below the name of one event: a column of a table of who came to what
    names = [folded(clean(name)) for _, name, _ in rows if name]
    if not surely and len(set(names)) == len(names):
        return None
    spelt: dict[str, str] = {}
    events: dict[str, str] = {}
    attended: dict[str, list[str]] = {}
    for row, name, happenings in rows:
        if not name and happenings:
            faults.add(sheet.spot, row.number, f"{columns.headings[person].lower()} is blank; a name is needed")
            continue
        for one in re.split(r"[;|\n]", happenings):
            if name and (title := clean(one)):
                who = spelt.setdefault(folded(clean(name)), clean(name))
                attended.setdefault(events.setdefault(folded(title), title), []).append(who)
    tables = projected(sheet.spot, attended, heading_key(columns.headings[event]) or "event")
    alone = [name for name in spelt.values() if all(name not in names for names in attended.values())]
    if alone:
        tables.people.append(
            PeopleTable(sheet.spot, [Person(0, name, {}, {}) for name in alone], named=True, derived=True)
        )
    left = columns.unused({person, event})
    tables.notes += [*columns.notes, *([f"{sheet.spot.short}: not used: {', '.join(left)}"] if left else [])]
    tables.headings = list(columns.headings)
    return tables


def two_columns(headings: Sequence[str], options: ReadOptions) -> tuple[int, int, bool] | None:
    """Return the positions of people and of what they came to, and whether the heading leaves no doubt."""
    chosen = chosen_positions(headings, options, ("name", "id", "event"))
    person = chosen.get("name", chosen.get("id"))
    if person is None:
        person = next((k for k, heading in enumerate(headings) if meaning_of(heading)[0] == "name"), None)
    if person is None:
        person = next((k for k, heading in enumerate(headings) if meaning_of(heading)[0] == "id"), None)
    event, surely = chosen.get("event"), True
    if event is None:
        event = next((k for k, h in enumerate(headings) if meaning_of(h)[0] == "event" and k != person), None)
    if event is None:
        surely = False
        filled = sum(1 for heading in headings if heading)
        event = next((k for k, h in enumerate(headings) if heading_key(h) in GROUP_WORDS and filled <= 3), None)
    return (person, event, surely) if person is not None and event is not None and person != event else None


def incidence_of(sheet: Sheet, options: ReadOptions, faults: Faults) -> Tables | None:
    """Return people tied by a table with one row per person and a column an event; None if the sheet is something else.

    Its cells are 1 or 0, x or blank, yes or no.  Other columns are names, known by their headings, or sums.  A table whose
    first heading is a word for events has a row an event and one column per person.
    """
    index = widest_index(sheet)
    if index is None or len(sheet.rows) < index + 3:
        return None
    header = [clean(cell) for cell in sheet.rows[index].cells]
    body = [row for row in sheet.rows[index + 1 :] if heading_key(row.cells[0]) not in TOTALS]
    across = meaning_of(header[0])[0] == "event"
    parts = name_parts(header) or (0,)
    if len(header) < 3 or (header[0] and not across and len(parts) < 2 and not asks_for_name(header[0])):
        return None
    marks = mark_columns(header, body, parts)
    names = [clean(" ".join(row.cells[k] for k in parts if k < len(row.cells))) for row in body]
    if len(marks) < 2 or len({folded(name) for name in names}) < len(names):
        return None
    if all(name.isdigit() or not name for name in names):
        return None
    if sum(folded(header[k]) in map(folded, names) for k in marks) >= len(marks) / 2:
        return None  # a matrix of people
    there = [(name, header[k]) for name, row in zip(names, body, strict=True) for k in marks if is_present(row, k)]
    people, events = ([header[k] for k in marks], names) if across else (names, [header[k] for k in marks])
    attended: dict[str, list[str]] = {event: [] for event in events}
    for row_name, heading in there:
        person, event = (heading, row_name) if across else (row_name, heading)
        attended[event].append(person)
    tables = projected(sheet.spot, attended)
    came = {name for who in attended.values() for name in who}
    if alone := [Person(0, name, {}, {}) for name in people if name not in came]:
        tables.people.append(PeopleTable(sheet.spot, alone, named=True, derived=True))
    if left := [header[k] for k in range(len(header)) if header[k] and k not in marks and k not in parts]:
        tables.notes.append(f"{sheet.spot.short}: not used: {', '.join(left)}")
    return tables


def is_present(row: SheetRow, position: int) -> bool:
    """Return whether a cell marks somebody as present."""
    return position < len(row.cells) and row.cells[position].casefold() in PRESENT


def mark_columns(header: Sequence[str], body: Sequence[SheetRow], parts: Sequence[int]) -> list[int]:
    """Return the columns with marks; none if there are others than names, sums and those known by their headings."""
    marks = []
    for k, heading in enumerate(header):
        if k in parts or heading_key(heading) in TOTALS:
            continue
        cells = {row.cells[k].casefold() for row in body if k < len(row.cells)}
        if not heading and cells - {""}:
            return []
        if cells <= PRESENT | ABSENT:
            marks += [k] if heading else []
        elif meaning_of(heading)[0] not in MEANINGS and heading_key(heading) not in GROUP_WORDS:
            return []
    return marks
