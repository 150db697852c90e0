"""Merge the ties of all tables: look names up, put strengths on one scale, keep directions, merge repeated ties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sim.inputs.reading.plain import (
    EXCEL_ERRORS,
    DateCell,
    Faults,
    NamedTie,
    TieTable,
    counted,
    number_text,
    quoted,
)
from sim.inputs.reading.roster import EndFinder, Roster
from sim.inputs.reading.strengths import ALLOWED, Scale

Pair = tuple[int, int]
MOST_IN_A_ROW = 10_000


class Link(NamedTuple):
    """One tie of two members' rows."""

    source: int
    target: int
    strength: float
    directed: bool | None
    more: dict[str, str]


@dataclass
class Merged:
    """All ties so far, and what happened to them on the way.

    `arcs`: strength by ordered pair.  `strengths`: the larger of both directions, by pair i < j.
    """

    arcs: dict[Pair, float] = field(default_factory=dict)
    strengths: dict[Pair, float] = field(default_factory=dict)
    more: dict[Pair, dict[str, str]] = field(default_factory=dict)
    loops: int = 0
    repeated: int = 0
    unequal: int = 0
    zero: int = 0
    missing: int = 0
    split: int = 0
    both_orders: bool = False

    def put(self, link: Link, directed: bool, count: bool) -> None:
        """Add a tie; of several between the same two, the strongest counts.

        `count`: whether one in the other direction counts as its repetition.
        """
        i, j, strength = link.source, link.target, link.strength
        pair = (i, j) if i < j else (j, i)
        count = count or (i, j) in self.arcs
        for arc in ((i, j),) if directed else ((i, j), (j, i)):
            self.arcs[arc] = max(strength, self.arcs.get(arc, 0.0))
        if count and pair in self.strengths:
            self.repeated += 1
            self.unequal += self.strengths[pair] != strength
        self.strengths[pair] = max(strength, self.strengths.get(pair, 0.0))
        if link.more:
            kept = self.more.setdefault(pair, {})
            for heading, value in link.more.items():
                before = kept.get(heading, "")
                if value not in before.split(" | "):
                    kept[heading] = f"{before} | {value}" if before else value


def add_ties(
    table: TieTable, roster: Roster, scale: Scale, may_add: bool, directed: bool | None, merged: Merged, faults: Faults
) -> None:
    """Add the ties of a table, and a fault for each end or strength that cannot be read."""
    roster.file = table.spot.file
    finder = EndFinder(roster, (tie.source for tie in table.ties), table.several, may_add)
    weighted = any(tie.strength for tie in table.ties)
    links: list[Link] = []
    strengths: dict[str, float | None] = {}
    for tie in table.ties:
        before = faults.total
        sources, targets = finder.rows(tie.source), finder.rows(tie.target)
        for column, cell, rows in zip(table.ends, (tie.source, tie.target), (sources, targets), strict=True):
            if isinstance(rows, str):
                allowed = "; allowed are ids or names of members" if rows == "is blank" else ""
                faults.add(table.spot, tie.row, f"{column} {rows}{allowed}", column, str(cell))
        if tie.strength not in strengths or isinstance(tie.strength, DateCell):
            strengths[tie.strength] = strength_of(tie, table, scale, faults)
        strength = strengths[tie.strength]
        if isinstance(sources, str) or isinstance(targets, str) or faults.total > before:
            strengths.pop(tie.strength, None)  # so that each row with this fault is counted
            continue
        if strength is None and table.scored:
            continue
        merged.missing += strength is None and weighted
        if strength == 0:
            merged.zero += not table.scored
            continue
        if len(sources) * len(targets) > MOST_IN_A_ROW:
            message = f"names {len(sources):,} and {len(targets):,} people; allowed are {MOST_IN_A_ROW:,} ties in a row"
            faults.add(table.spot, tie.row, message)
            continue
        for i in sources:
            for j in targets:
                if i == j:
                    merged.loops += 1
                else:
                    links.append(Link(i, j, 1.0 if strength is None else strength, tie.directed, tie.more))
    merged.split += finder.split
    merge(links, table, directed, merged)


def merge(links: Sequence[Link], table: TieTable, directed: bool | None, merged: Merged) -> None:
    """Add the ties of a table.  Those that do not say are directed if some pair is listed in both orders."""
    whole = directed if directed is not None else table.directed
    if whole is None:
        order = {(link.source, link.target) for link in links if link.directed is None}
        whole = any((j, i) in order for i, j in order)
        merged.both_orders = merged.both_orders or whole
    for link in links:
        by_rule = link.directed is None and table.directed is None
        merged.put(link, whole if link.directed is None else link.directed, by_rule)


def strength_of(tie: NamedTie, table: TieTable, scale: Scale, faults: Faults) -> float | None:
    """Return a tie's strength, None if it is not given, and add a fault if it cannot be read."""
    text = tie.strength
    if isinstance(text, DateCell):
        found = f"the date {str(text)!r}"
    elif text.upper() in EXCEL_ERRORS:
        found = f"the error {text!r} of a spreadsheet"
    else:
        try:
            return scale.value(text, table.decimal_comma)
        except ValueError as fault:
            found = str(fault)
    message = f"{table.strength_name} is {found}; allowed are {ALLOWED}"
    faults.add(table.spot, tie.row, message, table.strength_name, str(text))
    return None


def merging_notes(merged: Merged, scale: Scale, names: Sequence[str]) -> list[str]:
    """Return notes on what was merged, left out, or read by a rule."""
    notes = []
    if merged.repeated:
        larger = f" ({merged.unequal:,} with another strength: the larger counts)" if merged.unequal else ""
        notes.append(f"{counted(merged.repeated, 'tie')} repeated or in both directions, merged{larger}")
    if merged.loops:
        notes.append(f"{counted(merged.loops, 'tie')} of a member with itself left out")
    if merged.zero:
        notes.append(f"{counted(merged.zero, 'tie')} of strength 0 left out")
    if merged.missing:
        notes.append(f"strength of {counted(merged.missing, 'tie')} not given, so counted as 1")
    if merged.split:
        notes.append(f"{counted(merged.split, 'cell')} with several names read as a tie to each of them")
    one_way = [(i, j) for i, j in merged.arcs if (j, i) not in merged.arcs]
    if one_way:
        example = quoted([f"{names[i]} to {names[j]}" for i, j in one_way[:1]])
        rule = "; ties were read as one-way since some pairs are listed in both orders" if merged.both_orders else ""
        some = f"{len(one_way):,} of {counted(len(merged.strengths), 'tie')} {'goes' if len(one_way) == 1 else 'go'} one way only"
        start = "a simulation starts with trust at that end alone, unless the other end names nobody"
        notes.append(f"{some}, as {example}: {start}{rule}")
    if scale.used:
        words = ", ".join(
            f"{word!r} = {number_text(value)}" for word, value in sorted(scale.used.items(), key=lambda x: x[1])[:12]
        )
        notes.append(f"strengths in words: {words} (--scale word=number changes this)")
    if not merged.strengths:
        notes.append("no ties at the start")
    return notes
