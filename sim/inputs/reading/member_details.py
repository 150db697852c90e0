"""What is known about members: kinds, sectors, viewpoints, and everything else by its heading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.inputs.reading.decoding import clean, folded, heading_key
from sim.inputs.reading.headings import KIND_WORDS
from sim.inputs.reading.plain import Faults, Spot, counted
from sim.inputs.reading.roster import RosterEntry
from sim.inputs.reading.strengths import as_number
from sim.model.start import UNKNOWN

SECTORS_SHOWN = 20
AXES = ("viewpoint_x", "viewpoint_y")


class MemberColumns(NamedTuple):
    """Arrays of what the model understands of members, the names of the sectors, and notes."""

    kind: np.ndarray
    sector: np.ndarray
    sector_names: tuple[str, ...]
    viewpoint: np.ndarray
    notes: tuple[str, ...]


def member_columns(members: Sequence[RosterEntry], faults: Faults) -> MemberColumns:
    """Return what is known of members, -1 and NaN where it is not; add a fault for each value that is not allowed."""
    kind = np.full(len(members), UNKNOWN, np.int8)
    sector = np.full(len(members), UNKNOWN, np.int32)
    viewpoint = np.full((len(members), 2), np.nan)
    sectors: dict[str, tuple[int, str]] = {}
    spellings: dict[str, str] = {}
    for row, member in enumerate(members):
        if word := member.values.get("kind", ""):
            if heading_key(word) in KIND_WORDS:
                kind[row] = KIND_WORDS[heading_key(word)]
            else:
                add(faults, member, "kind", f"{word!r}; allowed are individual, organisation, or blank", word)
        if name := clean(member.values.get("sector", "")):
            number, spelt = sectors.setdefault(folded(name), (len(sectors), name))
            sector[row] = number
            if spelt != name:
                spellings[name] = spelt
        viewpoint[row] = point(member, faults)
    notes = []
    if sectors:
        few = ", ".join(f"{number} {name}" for number, name in list(sectors.values())[:SECTORS_SHOWN])
        notes.append(
            f"sectors: {few}" + (f" and {len(sectors) - SECTORS_SHOWN} more" if len(sectors) > SECTORS_SHOWN else "")
        )
    if spellings:
        few = ", ".join(f"{a!r} as {b!r}" for a, b in list(spellings.items())[:5])
        notes.append(f"read as one sector in spite of capitals or spaces: {few}")
    for values, what in ((kind, "kind"), (sector, "sector")):
        unknown = int((values == UNKNOWN).sum())
        if unknown:
            notes.append(f"{what} of {counted(unknown, 'member')} not given, so drawn at random")
    return MemberColumns(kind, sector, tuple(name for _, name in sectors.values()), viewpoint, tuple(notes))


def add(faults: Faults, member: RosterEntry, column: str, message: str, found: str) -> None:
    """Add a fault in the details of a member."""
    spot = member.table.spot if member.table else Spot("")
    faults.add(spot, member.row, f"{column} is {message}", column, found)


def point(member: RosterEntry, faults: Faults) -> tuple[float, float]:
    """Return a member's viewpoint, NaN if it is not given."""
    texts = [member.values.get(axis, "") for axis in AXES]
    if not any(texts):
        return np.nan, np.nan
    found = []
    for axis, text in zip(AXES, texts, strict=True):
        number = as_number(text, decimal_comma=True)
        if number is None or not 0 <= number <= 1:
            shown = "blank" if not text else text if number is not None else repr(text)
            add(faults, member, axis, f"{shown}; allowed are numbers from 0 to 1, or both blank", text)
            return np.nan, np.nan
        found.append(number)
    return found[0], found[1]


def attributes_of(members: Sequence[RosterEntry]) -> dict[str, tuple[str, ...]]:
    """Return the other details of members: by heading, a text for each member, "" where it is blank.

    Headings that differ only in capitals or signs are one.
    """
    headings: dict[str, str] = {}
    for member in members:
        for heading in member.more:
            headings.setdefault(heading_key(heading) or heading, heading)
    found: dict[str, list[str]] = {heading: [""] * len(members) for heading in headings.values()}
    for row, member in enumerate(members):
        for heading, value in member.more.items():
            found[headings[heading_key(heading) or heading]][row] = value
    return {heading: tuple(values) for heading, values in found.items()}
