"""Exports of surveys: a row per respondent, contacts in one cell, in a column each, or as a grid with a column per person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sim.inputs.reading.columns import Columns, columns_of, position_of, widest_index
from sim.inputs.reading.decoding import clean, folded, heading_key
from sim.inputs.reading.headings import asks_for_contacts, asks_for_name, meaning_of, name_parts, phrases
from sim.inputs.reading.lists import person_columns
from sim.inputs.reading.plain import (
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

BETWEEN_NAMES = re.compile(r"[;|\n]|,\s*")
GRIDS = (
    re.compile(r"^(?P<question>.*?)\s*\[(?P<person>[^\[\]]+)\]\s*$"),
    re.compile(r"^(?P<question>.{3,}?\S)\s*(?:[:?.]? [-–] |: |\? |\. )(?P<person>[^\s(–-].*)$"),
    re.compile(r"^(?P<question>[^.]{3,})\.(?P<person>[^\s.][^.]*)$"),
    re.compile(r"^(?P<question>.{3,}?)\s*\((?P<person>[^()]+)\)\s*$"),
)
"""Headings of a grid: "How well do you know [Ben]" (Google Forms), "How well do you know - Ben" (Qualtrics, SurveyMonkey),
"How well do you know.Ben" (Microsoft Forms)."""
DOUBTFUL = GRIDS[2:]
"""Forms that other headings have, too, so that most have to end in respondents' names."""
SAME_NAMES = 0.4
"""Share of the names in a column's cells that are respondents' from which it holds contacts, whatever its heading."""
NOT_WHOM = frozenset(
    phrases(
        """how, why, when, where, what, since, wie, warum, wann, wo, was, seit, comment, pourquoi, quand, como, porque, cuando,
        donde, perche, quando, dove, hoe, waarom, wanneer"""
    )
)
"""First words of questions that are not answered with names."""
NOBODY = frozenset(
    phrases(
        """none, nobody, no one, noone, nil, na, n a, not applicable, keine, keiner, niemand, niemanden, aucun, aucune, personne,
        nadie, ninguno, ninguna, ninguém, nenhum, nessuno, nessuna, geen, ingen, nikt, никто, нет"""
    )
)
"""Answers to a question about contacts that name nobody; so does an answer without a letter, such as "-"."""
LATEST = "--column contacts=QUESTION chooses one"


class Grid(NamedTuple):
    """The columns of one question that is asked about each person."""

    question: str
    people: dict[int, str]


def survey_of(sheet: Sheet, options: ReadOptions, faults: Faults) -> Tables | None:
    """Return respondents and whom they named; None if the sheet is something else.  Raises NetworkFaults."""
    sheet = one_header(sheet)
    index = widest_index(sheet)
    if index is None:
        return None
    columns = columns_of(sheet, index, options, faults=Faults(), repeats=True)
    name = respondent_column(columns, options)
    if name is None:
        return None
    grids = grids_of(columns, name)
    asked = contact_columns(columns, name, options)
    chosen = options.column("contacts")
    if chosen:
        grids = [grid for grid in grids if heading_key(grid.question) == heading_key(chosen)]
        asked = (
            []
            if grids
            else [
                k
                for k in asked
                if position_of([columns.headings[k]], chosen) == 0 or series(columns.headings[k]) == series(chosen)
            ]
        )
    if (not grids and not asked) or begins_with_names(columns, [name, *asked]):
        return None
    columns = columns_of(sheet, index, options, faults, repeats=True)  # now that it is a survey, its faults count
    contacts = contact_columns(columns, name, options)
    strengths = {} if grids else strengths_beside(columns, name, asked)
    every = {k for grid in grids_of(columns, name) for k in grid.people} | {*contacts, *strengths.values()}
    tables = Tables(headings=[h for k, h in enumerate(columns.headings) if k not in every or k in asked])
    tables.headings += [grid.question for grid in grids_of(columns, name)]
    tables.people = [
        PeopleTable(
            sheet.spot,
            respondents(columns, name, every, options, tables.notes),
            complete=False,
            repeats=True,
            named=True,
        )
    ]
    tables.notes[:0] = [*columns.notes, f"{sheet.spot.short}: read as a survey with one row per respondent"]
    if grids:
        add_grid(tables, columns, name, grids)
    else:
        add_contacts(tables, columns, name, asked, strengths)
    return tables


def begins_with_names(columns: Columns, positions: Sequence[int]) -> bool:
    """Return whether what would be headings are names that come again below: a table without a header."""
    below = {folded(clean(value)) for k in positions for value in columns.values(k)}
    return any(folded(columns.headings[k]) in below for k in positions)


def respondent_column(columns: Columns, options: ReadOptions) -> int | None:
    """Return the column with respondents' own names."""
    for meaning in ("name", "id"):
        if chosen := options.column(meaning):
            return position_of(columns.headings, chosen)
    parts = name_parts(columns.headings)
    if parts is not None:
        return parts[0]
    filled = [(k, heading) for k, heading in enumerate(columns.headings) if heading and columns.values(k)]
    exact = next((k for k, heading in filled if meaning_of(heading)[0] == "name"), None)
    asked = next((k for k, heading in filled if asks_for_name(heading)), None)
    for found in (exact, asked, naming_column(columns)):
        if found is not None:
            return found
    return next((k for k, heading in enumerate(columns.headings) if meaning_of(heading)[0] == "id"), None)


def naming_column(columns: Columns) -> int | None:
    """Return the column whose cells are all different and come again in another one: names, whatever the headings say."""
    if len(columns.headings) > 60 or len(columns.rows) < 3:
        return None
    cells = [[folded(clean(value)) for value in columns.values(k)] for k in range(len(columns.headings))]
    parts = [
        [one for value in column[:500] for one in map(clean, BETWEEN_NAMES.split(value)) if one] for column in cells
    ]
    for k, column in enumerate(cells):
        names = set(column)
        if len(names) == len(column) == len(columns.rows) and not any(
            name.replace(".", "").isdigit() for name in names
        ):
            for other, named in enumerate(parts):
                if other != k and len(named) > 2 and sum(one in names for one in named) >= len(named) / 2:
                    return k
    return None


def one_header(sheet: Sheet) -> Sheet:
    """Return a sheet without the further headers of survey tools.

    Qualtrics writes codes, questions and import ids; the questions stay.  SurveyMonkey writes questions and, below, the
    people that they are about; both are joined.
    """
    rows = list(sheet.rows)
    ids = next((k for k, row in enumerate(rows[:4]) if any(cell.startswith('{"ImportId"') for cell in row.cells)), 0)
    if ids:
        return Sheet(sheet.spot, [rows[ids - 1], *rows[ids + 1 :]], sheet.decimal_comma)
    if (
        len(rows) > 1
        and not rows[1].cells[0]
        and {"response", "open-ended response"} & {c.casefold() for c in rows[1].cells}
    ):
        question, header = "", []
        for k, item in enumerate(rows[1].cells):
            question = (rows[0].cells[k] if k < len(rows[0].cells) else "") or question
            header.append(question if not item or "response" in item.casefold() else f"{question} [{item}]")
        header += rows[0].cells[len(header) :]
        return Sheet(sheet.spot, [SheetRow(rows[0].number, header), *rows[2:]], sheet.decimal_comma)
    return sheet


def own_names(columns: Columns, name: int) -> list[str]:
    """Return the name of the respondent of each row, from two columns if first and last names stand apart."""
    parts = name_parts(columns.headings)
    places = parts if parts is not None and parts[0] == name else (name,)
    return [clean(" ".join(columns.cell(row, k) for k in places)) for row in columns.rows]


def grids_of(columns: Columns, name: int) -> list[Grid]:
    """Return the questions that are asked about each person, with a column each."""
    scale, names = Scale(), set(map(folded, own_names(columns, name)))
    for pattern in GRIDS:
        found: dict[str, dict[int, str]] = {}
        for k, heading in enumerate(columns.headings):
            match = pattern.match(heading) if k != name else None
            if match:
                found.setdefault(match["question"], {})[k] = clean(match["person"])
        grids = [
            Grid(question, people)
            for question, people in found.items()
            if len(people) > 1
            and (
                (asks_for_contacts(question) and pattern not in DOUBTFUL)
                or sum(folded(one) in names for one in people.values()) > len(people) / 2
            )
            and all(scale.fits(value) for k in people for value in columns.values(k)[:200])
        ]
        if grids:
            return grids
    return []


def series(heading: str) -> str:
    """Return a heading without its number: "contact" for "Contact 3"."""
    return re.sub(r"[\s_(#]*\d+\)?\s*$", "", heading_key(heading)).strip()


def contact_columns(columns: Columns, name: int, options: ReadOptions) -> list[int]:
    """Return the columns whose cells name contacts: by their heading, or because they name other respondents."""
    chosen = options.column("contacts")
    if chosen:
        return [
            k
            for k, h in enumerate(columns.headings)
            if k != name and (position_of([h], chosen) == 0 or series(h) == series(chosen))
        ]
    names = set(map(folded, own_names(columns, name))) - {""}
    scale, found = Scale(), []
    together: dict[str, list[str]] = {}
    for k, heading in enumerate(columns.headings):
        if k != name:
            together.setdefault(series(heading) or heading, []).extend(columns.values(k)[:500])
    for k, heading in enumerate(columns.headings):
        values = columns.values(k)
        if k == name or not values or not heading or meaning_of(heading)[0]:
            continue
        answers = together[series(heading) or heading]
        parts = [folded(clean(part)) for value in answers for part in BETWEEN_NAMES.split(value) if part.strip()]
        overlap = sum(part in names for part in parts) / max(1, len(parts))
        if heading_key(heading).split()[:1] and heading_key(heading).split()[0] in NOT_WHOM and overlap < SAME_NAMES:
            continue
        text = not all(scale.fits(value) for value in values[:50]) and not any("@" in value for value in values[:50])
        if text and (
            (asks_for_contacts(heading) and not long_text(values, overlap))
            or (overlap >= SAME_NAMES and len(parts) > 2)
        ):
            found.append(k)
    return found


def long_text(values: Sequence[str], overlap: float) -> bool:
    """Return whether cells are prose, such as "how do you know each other?", and not names."""
    parts = [part for value in values for part in BETWEEN_NAMES.split(value)]
    return not overlap and sum(len(part.split()) > 5 for part in parts) > len(parts) / 3


def respondents(columns: Columns, name: int, asked: set[int], options: ReadOptions, notes: list[str]) -> list[Person]:
    """Return the respondents with their other answers."""
    found, more_notes = person_columns(columns, options)
    found = {
        meaning: k for meaning, k in found.items() if k not in asked and k != name and meaning not in ("id", "name")
    }
    notes += [note for note in more_notes if "as id" not in note and "as name" not in note]
    used = {name, *asked, *found.values(), *(name_parts(columns.headings) or ())}
    people = []
    for row, own in zip(columns.rows, own_names(columns, name), strict=True):
        values = {meaning: columns.cell(row, k) for meaning, k in found.items()}
        people.append(Person(row.number, own, values, columns.rest(row, used)))
    unused = columns.unused(used)
    if unused:
        notes.append(f"{columns.sheet.spot.short}: kept with members: {listed(unused)}")
    return people


def number_in(heading: str) -> str:
    """Return the number at the end of a heading: "3" for "Contact 3", "" without one."""
    found = re.search(r"(\d+)\)?\s*$", heading)
    return found[1] if found else ""


def strengths_beside(columns: Columns, name: int, asked: Sequence[int]) -> dict[int, int]:
    """Return, for numbered columns of contacts, the columns of the same numbers that say how strong each tie is.

    "Contact 1, How close 1, Contact 2, How close 2": one series with the same numbers, whose cells are all strengths.
    """
    numbers = {number_in(columns.headings[k]): k for k in asked}
    if "" in numbers or len(numbers) < max(2, len(asked)):
        return {}
    scale, found = Scale(), dict[str, dict[str, int]]()
    for k, heading in enumerate(columns.headings):
        values = columns.values(k)
        if k != name and k not in asked and number_in(heading) in numbers and all(map(scale.fits, values)):
            found.setdefault(series(heading), {})[number_in(heading)] = k
    whole = [
        one for one in found.values() if one.keys() == numbers.keys() and any(columns.values(k) for k in one.values())
    ]
    return {numbers[number]: k for number, k in whole[0].items()} if whole else {}


def add_contacts(
    tables: Tables, columns: Columns, name: int, asked: Sequence[int], strengths: Mapping[int, int]
) -> None:
    """Add a tie for each cell with contacts, and a note on the questions that were read."""
    questions = list(dict.fromkeys(series(columns.headings[k]) for k in asked))
    names = own_names(columns, name)
    nobody = (NOBODY | {""}) - set(map(heading_key, names))
    shown = [next(columns.headings[k] for k in asked if series(columns.headings[k]) == one) for one in questions]
    for k in asked:
        ties = [
            NamedTie(
                row.number,
                own,
                columns.cell(row, k),
                columns.cell(row, strengths.get(k)),
                True,
                {"question": columns.headings[k]} if len(questions) > 1 else {},
            )
            for row, own in zip(columns.rows, names, strict=True)
            if heading_key(columns.cell(row, k)) not in nobody
        ]
        ends = columns.headings[name].lower(), columns.headings[k].lower()
        table = TieTable(columns.sheet.spot, ties, ends=ends, directed=True, decimal_comma=columns.sheet.decimal_comma)
        tables.ties.append(table)
    if strengths:
        tables.notes.append(f"strengths are in the columns {quoted(columns.headings[k] for k in strengths.values())}")
    several = f"; {counted(len(questions), 'question')} read together ({LATEST})" if len(questions) > 1 else ""
    tables.notes.append(f"contacts are in {counted(len(asked), 'column')}: {quoted(shown)}{several}")


def add_grid(tables: Tables, columns: Columns, name: int, grids: Sequence[Grid]) -> None:
    """Add a tie for each filled cell of the first question, and a note on the others."""
    grid, names = grids[0], own_names(columns, name)
    for k, person in grid.people.items():
        ties = [
            NamedTie(row.number, own, person, columns.cell(row, k), True, {})
            for row, own in zip(columns.rows, names, strict=True)
            if columns.cell(row, k) and folded(own) != folded(person)
        ]
        tables.ties.append(
            TieTable(
                columns.sheet.spot,
                ties,
                ends=(columns.headings[name].lower(), columns.headings[k].lower()),
                directed=True,
                several=False,
                decimal_comma=columns.sheet.decimal_comma,
                strength_name=columns.headings[k],
                scored=True,
            )
        )
    named = [Person(0, person, {}, {}) for person in grid.people.values()]
    tables.people.append(PeopleTable(columns.sheet.spot, named, complete=False, repeats=True, named=True, derived=True))
    left = f"; not read: {quoted(other.question for other in grids[1:])} ({LATEST})" if len(grids) > 1 else ""
    tables.notes.append(f"a grid with a column for each of {len(grid.people)} people: {grid.question!r}{left}")
