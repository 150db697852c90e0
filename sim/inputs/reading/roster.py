"""The people of a network: lists of people merged into one, in which the names in ties are looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.inputs.reading import plain
from sim.inputs.reading.decoding import clean, folded, has_hidden, heading_key
from sim.inputs.reading.plain import (
    EXCEL_ERRORS,
    DateCell,
    Fault,
    Faults,
    NetworkFaults,
    PeopleTable,
    Person,
    Spot,
    counted,
    quoted,
)

STRONG_SIGNS = re.compile(r"[;|\n\r]+")
"""Signs that always stand between names."""
LISTED = re.compile(r"^(?:\d{1,2}[.)]\s+|[•*·–—-]\s+)(?=\S)")
"""The number or bullet before a name in a list that was typed into a cell."""
AND = re.compile(r"\s+(?:and|und|et|y|e|en|och|og|i|и|&|\+)\s+|\s*/\s*")
ADD_MISSING = "--add-missing adds people who are named but not listed"
MOST_HINTS = 300
MOST_COMPARED = 2000
ALIKE, NEAR = 90, 70
"""Likeness in percent from which two names may be one person, and from which a known name is suggested for another."""


def problem_with(text: str) -> str:
    """Return what is wrong with a cell that should hold a name, "" if nothing."""
    if isinstance(text, DateCell):
        return f"is the date {str(text)!r}; allowed are names (a spreadsheet may have changed a name into a date)"
    if text.upper() in EXCEL_ERRORS:
        return f"is the error {str(text)!r} of a spreadsheet; allowed are names"
    if not clean(text):
        return "is blank"
    return ""


def without_zeros(text: str) -> str:
    """Return a number without the zeros before it, which spreadsheets drop; any other text folded."""
    return text.lstrip("0") or "0" if text.isdigit() else folded(text)


@dataclass
class RosterEntry:
    """A member so far: id, name, and what the files say about them."""

    id: str
    name: str
    values: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)
    row: int = 0
    table: PeopleTable | None = None


class Roster:
    """All people, in the order in which they were first named, and how to find them.

    Ids match to the letter; else names do, and else ids and names without regard to case, spaces, invisible characters and
    zeros before numbers, and e-mail addresses, if that is one person only.
    """

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.file = ""
        self.members: list[RosterEntry] = []
        self.ids: dict[str, int] = {}
        self.names: dict[str, list[int]] = {}
        self.loose: dict[str, set[int]] = {}
        self.exact = False
        self.listed = False
        self.complete = False
        self.respelt: dict[str, str] = {}
        self.hidden: list[str] = []
        self.errors = 0
        self.differences: list[str] = []
        self.mentioned: list[int] = []
        self.beyond: list[str] = []
        self.has_list = False

    def add_table(self, table: PeopleTable) -> None:
        """Add a list of people, and faults for those that cannot be distinguished."""
        if not table.people and table.complete and not table.exact:
            self.faults.add(table.spot, 0, "has no members; at least two rows below the header are needed")
        self.listed = True
        self.exact = self.exact or table.exact
        self.complete = self.complete or table.complete
        self.has_list = self.has_list or not table.derived
        here: dict[str, int] = {}
        for person in table.people:
            problem = problem_with(person.id)
            column = "name" if table.named else "id"
            if problem:
                wanted = "; every member needs one" if problem == "is blank" else ""
                self.faults.add(table.spot, person.row, f"{column} {problem}{wanted}", column, str(person.id))
                continue
            self.note_hidden(person.id)
            key = clean(person.id)
            same_key = key if table.exact or column == "id" else folded(key)
            if same_key in here and not table.repeats:
                before = f"{table.spot.unit} {here[same_key]}" if here[same_key] else "an earlier one"
                message = f"{column} {key!r} is also in {before}; allowed is once"
                self.faults.add(table.spot, person.row, message, column, key)
                continue
            here.setdefault(same_key, person.row)
            known = self.ids.get(key)
            if known is None and not table.exact and column == "name":
                known = self.only(self.loose.get(folded(key), ()))
            if known is None:
                if table.derived and self.has_list:
                    self.beyond.append(key)
                self.add(key, person, table)
            else:
                self.merge(known, person)

    def add(self, key: str, person: Person, table: PeopleTable | None = None) -> int:
        """Add a person, and return the row."""
        row = len(self.members)
        if row >= plain.MOST_MEMBERS:
            spot = table.spot if table else Spot(self.file)
            most = f"more than {plain.MOST_MEMBERS:,} members; allowed are at most {plain.MOST_MEMBERS:,}"
            raise NetworkFaults([Fault(spot, 0, most)])
        name = clean(person.values.get("name", "")) or key
        self.note_hidden(person.values.get("name", ""))
        self.members.append(RosterEntry(key, name, {}, {}, person.row, table))
        self.ids[key] = row
        self.names.setdefault(name, []).append(row)
        for word in {folded(key), folded(name), without_zeros(key)}:
            self.loose.setdefault(word, set()).add(row)
        self.merge(row, person)
        return row

    def merge(self, row: int, person: Person) -> None:
        """Add what a row says about a person; of different values the first counts."""
        member = self.members[row]
        for values, said in ((member.values, person.values), (member.more, person.more)):
            for key, value in said.items():
                if value.upper() in EXCEL_ERRORS:
                    self.errors += 1
                elif value and key not in values:
                    values[key] = value
                    if "@" in value:
                        self.loose.setdefault(folded(value), set()).add(row)
                elif value and values[key] != value and key not in ("name", "sheet"):
                    self.differences.append(f"{key} of {member.name!r}: {values[key]!r}, not {value!r}")

    def note_hidden(self, text: str) -> None:
        """Note a name with characters that cannot be seen, and that are dropped."""
        if has_hidden(text) and clean(text) not in self.hidden:
            self.hidden.append(clean(text))

    @staticmethod
    def only(rows: Iterable[int]) -> int | None:
        """Return the only row of some, None if there are none or several."""
        every = tuple(rows)
        return every[0] if len(every) == 1 else None

    def find(self, text: str) -> int | None:
        """Return the row of the person that a text names, None if nobody or several."""
        row = self.ids.get(text)
        if row is None:
            row = self.only(self.names.get(text, ()))
        if row is None and not self.exact and text not in self.names:
            row = self.only(self.loose.get(folded(text), ()) or self.loose.get(without_zeros(text), ()))
            if row is not None and text not in (self.members[row].name, self.members[row].id):
                self.respelt[text] = self.members[row].name
        return row

    def ambiguous(self, text: str) -> str:
        """Return how a name that several people have is to be written, "" if it is not one."""
        rows = self.names.get(text) or sorted(self.loose.get(folded(text), ()))
        if len(rows) < 2:
            return ""
        ids = quoted(self.members[row].id for row in rows)
        return f"is {text!r}, which names {len(rows)} members; use one of the ids {ids}"


class EndFinder:
    """Finds the people that the cells of ties name, in one table."""

    def __init__(self, roster: Roster, sources: Iterable[str], several: bool, may_add: bool) -> None:
        self.roster, self.several, self.may_add = roster, several, may_add
        self.known: dict[str, tuple[int, ...] | str] = {}
        self.split = 0
        if roster.listed:
            self.commas_in_names = any("," in member.name for member in roster.members)
        else:
            self.commas_in_names = any("," in cell for cell in set(sources))
        self.hints = 0

    def rows(self, cell: str) -> tuple[int, ...] | str:
        """Return the rows of the people in a cell, or what is wrong with it."""
        if isinstance(cell, DateCell):
            return problem_with(cell)
        found = self.known.get(cell)
        if found is None:
            found = problem_with(cell) or self.look_up(cell)
            self.known[cell] = found
            if not isinstance(found, str) and len(found) > 1:
                self.split += 1
        return found

    def look_up(self, cell: str) -> tuple[int, ...] | str:
        """Return the rows of the people in a cell, adding those who may be added, or what is wrong with it."""
        self.roster.note_hidden(cell)
        whole = self.roster.find(clean(cell))
        if whole is not None:
            return (whole,)
        rows: list[int] = []
        for name in self.names_in(cell) if self.several else [clean(cell)]:
            row = self.roster.find(name)
            if row is None:
                if problem := self.roster.ambiguous(name):
                    return problem
                if not self.may_add:
                    return self.unknown(name)
                row = self.roster.add(name, Person(0, name, {}, {}))
                self.roster.mentioned.append(row)
            rows.append(row)
        return tuple(dict.fromkeys(rows)) or "is blank"

    def names_in(self, cell: str) -> list[str]:
        """Return the names in a cell.

        Semicolons, bars and line ends separate names.  Commas do unless names hold commas ("Berg, Anna"), and "and" does
        between two people who are known.
        """
        if cell.startswith("="):  # a formula that was typed as a name is one name
            return [clean(cell)]
        names = []
        for part in self.without_numbers([part for part in map(clean, STRONG_SIGNS.split(cell)) if part]):
            if self.roster.find(part) is not None:
                names.append(part)
                continue
            pieces = self.without_numbers([piece for piece in map(clean, part.split(",")) if piece])
            if self.commas_in_names and not any(self.roster.find(piece) is not None for piece in pieces):
                pieces = [part]
            for piece in pieces:
                two = [one for one in map(clean, AND.split(piece)) if one]
                known = (
                    len(two) > 1
                    and self.roster.find(piece) is None
                    and all(self.roster.find(x) is not None for x in two)
                )
                names += two if known else [piece]
        return names

    def without_numbers(self, parts: list[str]) -> list[str]:
        """Return parts without numbers or bullets before names: if every part has one, or the rest is a known name."""
        plain_parts = [LISTED.sub("", part) for part in parts]
        if len(parts) > 1 and all(map(LISTED.match, parts)):
            return plain_parts
        names = []
        for part, bare in zip(parts, plain_parts, strict=True):
            known = self.roster.find(bare) if bare != part and self.roster.find(part) is None else None
            if known is not None:
                self.roster.respelt[part] = self.roster.members[known].name
            names.append(part if known is None else bare)
        return names

    def unknown(self, name: str) -> str:
        """Return that a name is unknown, with the known one that is most like it."""
        self.roster.faults.hint = ADD_MISSING
        message = f"is {name!r}, which is neither an id nor a name in the list of members"
        if self.hints < MOST_HINTS:
            self.hints += 1
            if near := nearest(name, [*self.roster.ids, *self.roster.names]):
                message += f"; did you mean {near!r}?"
        return message


def nearest(name: str, known: Sequence[str]) -> str:
    """Return the known name that is most like another one, "" if none is."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(
        name, dict.fromkeys(known).keys(), scorer=fuzz.ratio, score_cutoff=NEAR, processor=folded
    )
    return str(found[0]) if found else ""


def alike(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return pairs of different names that may be one person; none among very many names, or names with numbers."""
    from rapidfuzz import fuzz, process

    long = [name for name in dict.fromkeys(names) if len(name) > 4 and not any(one.isdigit() for one in name)]
    if not 1 < len(long) <= MOST_COMPARED:
        return []
    keys = [" ".join(sorted(heading_key(name).split())) for name in long]
    likeness = process.cdist(keys, keys, scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.uint8)
    pairs = zip(*likeness.nonzero(), strict=True)
    found = [(keys[i], keys[j], long[i], long[j]) for i, j in pairs if i < j]
    return [(a, b) for one, other, a, b in found if not only_letters_differ(one, other)]


def only_letters_differ(one: str, other: str) -> bool:
    """Return whether two names differ in a single letter that stands alone, as "group a" and "group b" do."""
    left, right = set(one.split()) - set(other.split()), set(other.split()) - set(one.split())
    return bool(left | right) and all(len(word) == 1 for word in left | right)


def roster_notes(roster: Roster, added: bool) -> list[str]:
    """Return notes on how names were read."""
    notes = []
    if roster.hidden:
        count = counted(len(roster.hidden), "name")
        notes.append(f"{count} held control or invisible characters, which were dropped: {quoted(roster.hidden)}")
    if roster.respelt:
        few = ", ".join(f"{a!r} as {b!r}" for a, b in list(roster.respelt.items())[:5])
        more = f" and {len(roster.respelt) - 5:,} more" if len(roster.respelt) > 5 else ""
        notes.append(f"read as one person, though written in different ways: {few}{more}")
    if roster.beyond:
        count = counted(len(roster.beyond), "person", "people")
        notes.append(f"{count} not in the list of members, and added: {quoted(roster.beyond)}")
    if roster.errors:
        notes.append(f"{counted(roster.errors, 'cell')} with an error of the spreadsheet read as blank")
    if roster.differences:
        count = counted(len(roster.differences), "value")
        notes.append(f"{count} given twice and differently; the first counts: {'; '.join(roster.differences[:3])}")
    if roster.mentioned and roster.listed:
        who = quoted(roster.members[row].name for row in roster.mentioned)
        why = "added" if added else "named but did not answer"
        notes.append(f"{counted(len(roster.mentioned), 'person', 'people')} {why}: {who}")
    if not roster.listed:
        notes.append("there is no list of members: members are those named in ties, so any without a tie are missing")
    for a, b in alike([member.name for member in roster.members])[:5]:
        notes.append(f"{a!r} and {b!r} look alike; if they are one person, write the name in one way")
    return notes
