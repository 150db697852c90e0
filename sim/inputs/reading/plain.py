"""The plain intermediate form that every reader produces: people, and ties with their attributes, and where each stood.

Readers return what a file holds, word for word; `resolving` looks up names, applies the scale and merges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sim.model.start import NetworkError

MOST_SHOWN = 20
"""Faults that one report shows."""
MOST_ROWS = 2_000_000
MOST_BYTES = 200_000_000
MOST_UNPACKED = 400_000_000
MOST_PLACES = 20_000_000
MOST_COLUMNS = 20_000
MOST_MEMBERS = 1_000_000
MEANINGS = ("id", "name", "kind", "sector", "viewpoint_x", "viewpoint_y")
"""What a column about people can mean to the model."""
TIE_MEANINGS = ("from", "to", "strength", "direction")
OTHER_MEANINGS = ("contacts", "event", "date")
"""Columns of surveys, of lists of participants and of waves that `--column` can choose."""
EXCEL_ERRORS = frozenset(
    (
        *("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"),
        *("#NV", "#BEZUG!", "#WERT!"),
    )
)


class DateCell(str):
    """A cell that a spreadsheet holds as a date."""

    __slots__ = ()


class SheetRow(NamedTuple):
    """One row of a sheet that is not blank: its number in the file, and its cells."""

    number: int
    cells: Sequence[str]


class Spot(NamedTuple):
    """A table's place, for messages: its file, its sheet if it has several, and what a row of it is called."""

    file: str
    sheet: str = ""
    unit: str = "row"

    def __str__(self) -> str:
        return f"{self.file}, sheet {self.sheet!r}" if self.sheet else self.file

    @property
    def short(self) -> str:
        """The place without the file's folder, for notes."""
        return str(self._replace(file=Path(self.file).name))


@dataclass(frozen=True)
class Fault:
    """One thing in a file that cannot be read: where it is, what was found, and what is allowed."""

    spot: Spot
    row: int
    message: str
    column: str = ""
    found: str = ""

    def __str__(self) -> str:
        return (
            f"{self.spot}, {self.spot.unit} {self.row}: {self.message}" if self.row else f"{self.spot}: {self.message}"
        )


class NetworkFaults(NetworkError):
    """All faults of a user's files; the message shows the first twenty and counts the others.

    `headings`: the columns that the files have, among which the user can choose.
    """

    def __init__(self, faults: Sequence[Fault], total: int = 0, hint: str = "") -> None:
        self.faults, self.total, self.hint = tuple(faults), max(total, len(faults)), hint
        self.headings: tuple[str, ...] = ()
        lines = [str(fault) for fault in faults[:MOST_SHOWN]]
        if self.total > 1:
            lines.insert(0, f"{faults[0].spot.file}: {self.total:,} faults")
        if self.total > MOST_SHOWN:
            lines.append(f"... and {self.total - MOST_SHOWN:,} more")
        if hint:
            lines = [f"{lines[0]}; {hint}"] if len(lines) == 1 else [*lines, hint]
        super().__init__("\n".join(lines))


class Faults:
    """A collection of faults that keeps the first of them and counts them all."""

    MOST_KEPT = 1000

    def __init__(self) -> None:
        self.kept: list[Fault] = []
        self.total = 0
        self.hint = ""

    def add(self, spot: Spot, row: int, message: str, column: str = "", found: str = "") -> None:
        """Add one fault."""
        self.total += 1
        if self.total <= self.MOST_KEPT:
            self.kept.append(Fault(spot, row, message, column, found))

    def stop_if_any(self) -> None:
        """Raise NetworkFaults if there are any."""
        if self.total:
            raise NetworkFaults(self.kept, self.total, self.hint)


@dataclass(frozen=True)
class File:
    """A user's file: its name and content."""

    name: str
    content: bytes

    @property
    def ending(self) -> str:
        """The name's ending, in lower case."""
        return Path(self.name).suffix.lower()

    @property
    def short(self) -> str:
        """The name without its folder, for notes."""
        return Path(self.name).name

    def fault(self, message: str) -> NetworkFaults:
        """Return an error about the file as a whole."""
        return NetworkFaults([Fault(Spot(self.name), 0, message)])


@dataclass(frozen=True)
class Sheet:
    """A table of text as it stands in a file: rows that are not blank, with their numbers."""

    spot: Spot
    rows: Sequence[SheetRow]
    decimal_comma: bool = True
    """Whether 1,5 can be a number: wherever commas do not separate cells."""

    def fault(self, message: str, row: int = 0) -> NetworkFaults:
        """Return an error about a row, or about the sheet as a whole."""
        return NetworkFaults([Fault(self.spot, row, message)])


class Person(NamedTuple):
    """One person as listed: the row, the id, what the model understands (`MEANINGS`), and everything else."""

    row: int
    id: str
    values: dict[str, str]
    more: dict[str, str]


class NamedTie(NamedTuple):
    """One tie as listed: the row, its two ends, its strength ("" if none is given), its direction if given."""

    row: int
    source: str
    target: str
    strength: str
    directed: bool | None
    more: dict[str, str]


@dataclass(frozen=True)
class PeopleTable:
    """A list of people.

    `exact`: ids match to the letter, as in a graph's file.  `named`: names serve as ids.  `complete`: nobody
    else may be named in ties (a list of members is complete, the answers to a survey are not).  `repeats`: a person may
    stand in several rows.  `derived`: taken from a matrix, a survey or events, so that a list of members comes first.
    """

    spot: Spot
    people: Sequence[Person]
    exact: bool = False
    complete: bool = True
    repeats: bool = False
    named: bool = False
    derived: bool = False


@dataclass(frozen=True)
class TieTable:
    """A list of ties.

    `ends`: the names of the two columns, for messages.  `directed`: of ties that do not say; None: undirected unless some
    pair is listed in both orders.  `several`: a cell may name several people.  `scored`: a blank strength is no tie.
    """

    spot: Spot
    ties: Sequence[NamedTie]
    ends: tuple[str, str] = ("from", "to")
    directed: bool | None = None
    several: bool = True
    decimal_comma: bool = True
    strength_name: str = "strength"
    scored: bool = False


@dataclass
class Tables:
    """What files hold, before anything is resolved."""

    people: list[PeopleTable] = field(default_factory=list)
    ties: list[TieTable] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    """Sheets that are neither a list of people nor of ties."""
    headings: list[str] = field(default_factory=list)
    """Headings of all columns, as the user wrote them."""

    def add(self, other: Tables) -> None:
        """Add the tables of another file or sheet."""
        self.people += other.people
        self.ties += other.ties
        self.notes += other.notes
        self.sheets += other.sheets
        self.headings += other.headings


@dataclass(frozen=True)
class ReadOptions:
    """How a user wants files to be read.

    `columns`: pairs of a meaning and the heading of the column that has it.  `scale`: pairs of a word and the strength that
    it stands for.  `sheets`: names of the sheets to read, all visible ones if empty.  `at`: the date at which a dynamic
    graph is read.  `directed`: whether ties that do not say have a direction.
    """

    columns: tuple[tuple[str, str], ...] = ()
    scale: tuple[tuple[str, float], ...] = ()
    add_missing: bool = False
    sheets: tuple[str, ...] = ()
    at: str = ""
    encoding: str = ""
    directed: bool | None = None

    def column(self, meaning: str) -> str:
        """Return the heading that the user chose for a meaning, "" if none."""
        return dict(self.columns).get(meaning, "")


DEFAULT_OPTIONS = ReadOptions()


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def quoted(words: Iterable[str], most: int = 5) -> str:
    """Return some names in quotation marks, and how many more there are."""
    every = list(words)
    shown = ", ".join(f"{word!r}" for word in every[:most])
    return shown + (f" and {len(every) - most:,} more" if len(every) > most else "")


def number_text(value: float) -> str:
    """Return a number that reads back the same; whole numbers without a point."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def plain_text(value: object) -> str:
    """Return a value of a JSON or graph file as text: whole numbers without a point, None as "", lists with bars."""
    if value is None:
        return ""
    if isinstance(value, float):
        return number_text(value) if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, list | tuple | set):
        return " | ".join(plain_text(one) for one in value if not isinstance(one, dict | list))
    return str(value).strip()


def short(fault: BaseException) -> str:
    """Return a parser's error in one short line."""
    words = " ".join(str(fault).split()) or type(fault).__name__
    return words if len(words) <= 120 else words[:117] + "..."


def listed(columns: Iterable[str], most: int = 30) -> str:
    """Return column names for a message."""
    every = list(columns)
    return (", ".join(every[:most]) + (f" and {len(every) - most:,} more" if len(every) > most else "")) or "none"


def refuse_declarations(file: File, content: bytes) -> None:
    """Raise an error for XML with a document type or entities: they can name files or grow without end."""
    plain = content.replace(b"\0", b"") if b"\0" in content[:4096] else content
    found = re.search(rb"<!(DOCTYPE|ENTITY)", plain, re.IGNORECASE)
    if found:
        raise file.fault(f"holds <!{found[1].decode().upper()}, which is not allowed; save it without")
