"""What each sheet of a spreadsheet is: ties, people, a matrix, the answers to a survey, or a list of who attended what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sim.inputs.reading.affiliations import affiliations_of, incidence_of
from sim.inputs.reading.columns import check_choices
from sim.inputs.reading.decoding import heading_key
from sim.inputs.reading.lists import headerless_of, people_of, ties_of, with_list
from sim.inputs.reading.matrices import matrix_of
from sim.inputs.reading.plain import Faults, ReadOptions, Sheet, Tables, quoted
from sim.inputs.reading.surveys import survey_of

NODEXL = frozenset(("edges", "vertices", "groupvertices"))
"""Sheets of a workbook of NodeXL that hold the network; its others hold drawings and sums."""
Reader = Callable[[Sheet, ReadOptions, Faults], Tables | None]


def understood(tables: Tables, options: ReadOptions, faults: Faults) -> Tables:
    """Return the tables of all sheets.

    Ties and matrices come first: only without any is a sheet read as a survey, or as who came to what.  Raises NetworkFaults.
    """
    sheets = own_sheets(tables.sheets)
    found = Tables(list(tables.people), list(tables.ties), list(tables.notes), [], list(tables.headings))
    for reader in (ties_of, matrix_of):
        sheets = read_by(reader, sheets, options, faults, found)
    for reader in (survey_of, affiliations_of, incidence_of, headerless_of):
        if not found.ties:
            sheets = read_by(reader, sheets, options, faults, found)
    found.sheets = read_by(people_of, sheets, options, faults, found)
    if len([table for table in found.people if table.spot.sheet]) > 1:
        found.people = [with_list(table) if table.spot.sheet else table for table in found.people]
    tied = list(dict.fromkeys(table.spot.sheet for table in found.ties if table.spot.sheet))
    if options.directed is None and sheets_of_nodexl(tables.sheets) and says_directed(tables.sheets):
        found.ties = [replace(table, directed=True) for table in found.ties]
        found.notes.append("NodeXL's sheet of metrics calls the graph directed, so ties go one way")
    if len(tied) > 1:
        found.notes.append(f"ties of the sheets {quoted(tied)} were read together (--sheet chooses sheets)")
    left = [sheet.spot.short for sheet in found.sheets if sheet.rows]
    if found.ties and left:
        found.notes.append(f"not read, since it holds neither people nor ties: {', '.join(left)}")
    if options.columns and (tables.sheets or found.people):
        where = tables.sheets[0] if tables.sheets else Sheet(found.people[0].spot, ())
        check_choices(
            options, [*found.headings, *(c for s in found.sheets for r in s.rows[:5] for c in r.cells)], where
        )
    return found


def read_by(
    reader: Reader, sheets: Sequence[Sheet], options: ReadOptions, faults: Faults, found: Tables
) -> list[Sheet]:
    """Add what a reader finds in some sheets, and return the sheets that are something else."""
    left = []
    for sheet in sheets:
        tables = reader(sheet, options, faults)
        if tables is None:
            left.append(sheet)
        else:
            found.add(tables)
    return left


def sheets_of_nodexl(sheets: Sequence[Sheet]) -> bool:
    """Return whether sheets are those of a workbook of NodeXL."""
    return {"edges", "vertices"} <= {heading_key(sheet.spot.sheet).replace(" ", "") for sheet in sheets}


def says_directed(sheets: Sequence[Sheet]) -> bool:
    """Return whether a sheet of metrics says that the graph is directed."""
    rows = (row.cells for sheet in sheets for row in sheet.rows if heading_key(sheet.spot.sheet) == "overall metrics")
    return any([cell.casefold() for cell in cells[:2]] == ["graph type", "directed"] for cells in rows)


def own_sheets(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Return the sheets to look at, without those that a program adds."""
    if sheets_of_nodexl(sheets):
        return [s for s in sheets if not s.spot.sheet or heading_key(s.spot.sheet).replace(" ", "") in NODEXL]
    return list(sheets)
