"""A user's own network, from tables of members and ties, with notes on what was merged, left out or assumed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import numpy as np

from sim.inputs.networks.csv_table import FileTable, TableRow
from sim.model.start import UNKNOWN, NetworkError, StartNetwork, new_network, sorted_ties

KIND_WORDS = {"individual": 0, "person": 0, "0": 0, "organisation": 1, "organization": 1, "1": 1}
MEMBER_COLUMNS = ("id", "name", "kind", "sector", "viewpoint_x", "viewpoint_y")
END_COLUMNS = (("from", "to"), ("source", "target"), ("ego", "alter"))
ENDS_ALLOWED = "from and to (or source and target, or ego and alter)"


def counted(count: int, singular: str, plural: str) -> str:
    """Return a number with its noun."""
    return f"{count} {singular if count == 1 else plural}"


def listed(columns: Iterable[str]) -> str:
    """Return column names for a message."""
    return ", ".join(columns) or "none"


def unused(table: FileTable, used: Iterable[str]) -> list[str]:
    """Return a note on columns that are not used."""
    left = [name for name in table.columns if name not in used]
    return [f"{table.path.name}: {counted(len(left), 'column', 'columns')} not used: {listed(left)}"] if left else []


def rows_by_id(table: FileTable) -> dict[str, int]:
    """Return the row number of each member's id."""
    if "id" not in table.columns:
        message = f"no column 'id'; the columns found are {listed(table.columns)}, allowed are {listed(MEMBER_COLUMNS)}"
        raise NetworkError(f"{table.path}: {message}")
    found: dict[str, int] = {}
    for number, row in enumerate(table.rows):
        if not row["id"]:
            raise table.error(row.line, "id is blank; every member needs one")
        if row["id"] in found:
            before = table.rows[found[row["id"]]].line
            raise table.error(row.line, f"id {row['id']!r} is also in line {before}; allowed is once")
        found[row["id"]] = number
    if not found:
        raise NetworkError(f"{table.path}: has no members; at least two rows below the header are needed")
    return found


def kinds(table: FileTable) -> np.ndarray:
    """Return the kind of each member, -1 where blank."""
    found = np.full(len(table.rows), UNKNOWN, np.int8)
    for number, row in enumerate(table.rows):
        word = row["kind"].lower()
        if word and word not in KIND_WORDS:
            raise table.error(row.line, f"kind is {row['kind']!r}; allowed are individual, organisation, or blank")
        found[number] = KIND_WORDS.get(word, UNKNOWN)
    return found


def sectors(table: FileTable) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the sector of each member, -1 where blank, and their names; numbered by first appearance."""
    numbers: dict[str, int] = {}
    given = [numbers.setdefault(row["sector"], len(numbers)) if row["sector"] else UNKNOWN for row in table.rows]
    return np.array(given, np.int32), tuple(numbers)


def viewpoints(table: FileTable) -> np.ndarray:
    """Return the viewpoint of each member, NaN where blank."""
    found = np.full((len(table.rows), 2), np.nan)
    columns = ("viewpoint_x", "viewpoint_y")
    missing = [column for column in columns if column not in table.columns]
    if len(missing) == 1:
        raise NetworkError(f"{table.path}: no column {missing[0]!r}; viewpoint_x and viewpoint_y are needed together")
    for number, row in enumerate(table.rows):
        if not missing and any(row[column] for column in columns):
            for axis, column in enumerate(columns):
                found[number, axis] = table.number(row, column, "numbers from 0 to 1, or both blank")
                if not 0 <= found[number, axis] <= 1:
                    raise table.error(row.line, f"{column} is {row[column]}; allowed are numbers from 0 to 1")
    return found


def end_columns(table: FileTable) -> tuple[str, str]:
    """Return the two columns that say who is tied to whom."""
    found = [pair for pair in END_COLUMNS if set(pair) <= set(table.columns)]
    if len(found) != 1:
        fault = "no two columns" if not found else f"{len(found)} pairs of columns"
        columns = f"the columns found are {listed(table.columns)}, allowed are {ENDS_ALLOWED}"
        raise NetworkError(f"{table.path}: {fault} for who is tied to whom; {columns}")
    return found[0]


def end(table: FileTable, row: TableRow, column: str, members: dict[str, int]) -> int:
    """Return the member that a cell of the file of ties names."""
    identity = row[column]
    if identity in members:
        return members[identity]
    if not identity:
        raise table.error(row.line, f"{column} is blank; allowed are ids of the file of members")
    near = difflib.get_close_matches(identity, list(members)[:20_000], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise table.error(row.line, f"{column} is {identity!r}, which is not an id in the file of members{hint}")


def merged_ties(table: FileTable, members: dict[str, int]) -> tuple[dict[tuple[int, int], float], list[str]]:
    """Return the strength of each tie of rows i < j (1 without that column), and notes on what was merged or left out."""
    columns = end_columns(table)
    weighted = "strength" in table.columns
    found: dict[tuple[int, int], float] = {}
    loops = repeated = unequal = 0
    for row in table.rows:
        i, j = (end(table, row, column, members) for column in columns)
        strength = table.number(row, "strength", "numbers above 0") if weighted else 1.0
        if not 0 < strength < np.inf:
            raise table.error(row.line, f"strength is {row['strength']}; allowed are numbers above 0")
        if i == j:
            loops += 1
            continue
        pair = (i, j) if i < j else (j, i)
        repeated += pair in found
        unequal += pair in found and found[pair] != strength
        found[pair] = max(strength, found.get(pair, 0.0))
    notes = unused(table, (*columns, "strength"))
    if repeated:
        larger = f" ({unequal} with another strength: the larger counts)" if unequal else ""
        notes.append(f"{counted(repeated, 'tie', 'ties')} repeated or in both directions, merged{larger}")
    if loops:
        notes.append(f"{counted(loops, 'tie', 'ties')} of a member with itself left out")
    if not found:
        notes.append("no ties at the start")
    return found, notes


def member_notes(table: FileTable, kind: np.ndarray, sector: np.ndarray, sector_names: tuple[str, ...]) -> list[str]:
    """Return notes on sectors and on what the file of members leaves open."""
    notes = unused(table, MEMBER_COLUMNS)
    if sector_names:
        notes.append("sectors: " + ", ".join(f"{number} {name}" for number, name in enumerate(sector_names)))
    for values, what in ((kind, "kind"), (sector, "sector")):
        unknown = int((values == UNKNOWN).sum())
        if unknown:
            notes.append(f"{what} of {counted(unknown, 'member', 'members')} not given, so drawn at random")
    return notes


def network_of(table: FileTable, ties: FileTable) -> StartNetwork:
    """Return a network from tables of members and ties; kinds and sectors not given are -1.  Raises NetworkError.

    Strengths may be any numbers above 0; they are divided by the largest.
    """
    rows = rows_by_id(table)
    kind, (sector, sector_names), viewpoint = kinds(table), sectors(table), viewpoints(table)
    found, tie_notes = merged_ties(ties, rows)
    if len(rows) == 1:
        raise NetworkError(f"{table.path}: has one member; at least two rows below the header are needed")
    pairs = sorted_ties(np.array(list(found), np.int64).reshape(-1, 2))
    strength = np.array([found[i, j] for i, j in pairs.tolist()], np.float64)
    summary = f"{counted(len(rows), 'member', 'members')}, {counted(len(found), 'tie', 'ties')}"
    files = " and ".join(dict.fromkeys((table.path.name, ties.path.name)))
    scale = float(strength.max()) if len(strength) else 1.0
    return new_network(
        pairs,
        names=tuple(row["name"] or row["id"] for row in table.rows),
        source=f"read from {files}",
        strength=strength / scale,
        sector=sector,
        kind=kind,
        viewpoint=viewpoint,
        notes=(summary, *member_notes(table, kind, sector, sector_names), *tie_notes),
        ids=tuple(rows),
        sector_names=sector_names,
        scale=scale,
    )
