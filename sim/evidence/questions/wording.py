"""Answers in plain words, made from a map and nothing else.

The rule: every cell is either clearly on one side, clearly on the other, or can't be told.  Each side is told once, with
the rows in which it was found and the values across; neighbouring rows that read alike are told together.  Of rows and
columns those go first that make the shorter answer.  So an answer says of every cell what was found there, and nothing
about what was not tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

from sim.lab.analysis.events import CONFIDENCE
from sim.output.words import capital

ABOVE, BELOW, OPEN = "above", "below", "can't be told"
Span = tuple[int, int]
"""Places of the first and last of neighbouring values."""
Clause = tuple[Span, tuple[Span, ...]]
"""Neighbouring rows, and the places across at which one side was found in all of them."""
T = TypeVar("T", bound=Hashable)


def answer(reading: Mapping[str, Any], x: Mapping[str, Any], y: Mapping[str, Any]) -> str:
    """What a map says, in sentences.

    `reading`, `x`, `y`: a reading and its axes, as `gennet questions --json` prints them.
    """
    sides = [[cell["clear"] for cell in row] for row in reading["cells"]]
    columns = [list(column) for column in zip(*sides, strict=True)]
    count, flipped_count = (sum(len(clauses(grid, side)) for side in (ABOVE, BELOW)) for grid in (sides, columns))
    grid, outer, inner = (sides, y, x) if count <= flipped_count else (columns, x, y)
    told = [
        sentence(f"{reading[side]} {'; '.join(clause_words(clause, outer, inner) for clause in found)}")
        for side in (ABOVE, BELOW)
        if (found := clauses(grid, side))
    ]
    if any(OPEN in row for row in sides):
        told.append("Elsewhere it can't be told." if told else "It can't be told anywhere on this map.")
    return " ".join([*told, *best_words(reading["best"], x, y), luck(sides)])


def clauses(sides: Sequence[Sequence[str]], side: str) -> list[Clause]:
    """Where one side was found.  `sides`: that of every cell, by rows."""
    rows = [tuple((first, last) for kind, first, last in spans(row) if kind == side) for row in sides]
    return [((first, last), across) for across, first, last in spans(rows) if across]


def clause_words(clause: Clause, outer: Mapping[str, Any], inner: Mapping[str, Any]) -> str:
    """A clause as words: "on 10 to 20 hours a week at every size tried"; the whole map in the axes' own order."""
    down, across = clause
    return f"{where(outer, [down])} {where(inner, across)}"


def where(axis: Mapping[str, Any], places: Sequence[Span]) -> str:
    """Stretches of an axis in words: "with 20 to 60 members", "on 2.5 and 10 to 40 hours a week"."""
    if list(places) == [(0, len(axis["values"]) - 1)]:
        return str(axis["every"])
    return str(axis["said"]).format(stretches(axis, places))


def stretches(axis: Mapping[str, Any], places: Sequence[Span]) -> str:
    """Stretches of values, each from the lowest to the highest tried: nobody is to read on beyond them."""
    found = []
    for first, last in places:
        low, high = (str(axis["shown"]).format(axis["values"][place]) for place in (first, last))
        found.append(low if first == last else f"{low} to {high}")
    return " and ".join([", ".join(found[:-1]), found[-1]] if found[:-1] else found)


def best_words(best: Sequence[Mapping[str, Any]], x: Mapping[str, Any], y: Mapping[str, Any]) -> list[str]:
    """Which x is best at each y, with those that are not ruled out as the best; rows that read alike together."""
    told = [(row["x"], tuple(row["among"])) for row in best]
    found = []
    for (top, among), first, last in spans(told):
        apart = spans([value in among and value != top for value in x["values"]])
        others = [(start, end) for kept, start, end in apart if kept]
        place = x["values"].index(top)
        more = f"{stretches(x, others)} not ruled out" if others else "the others ruled out"
        found.append(f"{where(y, [(first, last)])} {where(x, [(place, place)])} ({more})")
    return [f"Most comes {'; '.join(found)}."] if found else []


def luck(sides: Sequence[Sequence[str]]) -> str:
    """How many cells are clear, and how many would be by luck."""
    counts = Counter(kind for row in sides for kind in row)
    total = counts.total()
    by_luck = (1 - CONFIDENCE) * total
    return (
        f"({counts[ABOVE] + counts[BELOW]} of {total} cells are clear; were there nothing to see, about {by_luck:.0f} would "
        "be by luck.)"
    )


def value_words(shown: str, value: float | None) -> str:
    """A cell's value for people: a true minus sign, and no sign before a zero."""
    if value is None:
        return "\u2013"
    text = shown.format(value)
    return text.lstrip("+-") if float(text) == 0.0 else text.replace("-", "\u2212")


def spans(items: Sequence[T]) -> list[tuple[T, int, int]]:
    """Runs of neighbours that are alike: what they are, places of the first and the last."""
    found, start = [], 0
    for item, run in groupby(items):
        count = len(list(run))
        found.append((item, start, start + count - 1))
        start += count
    return found


def sentence(text: str) -> str:
    """The text with a capital letter and a full stop."""
    return f"{capital(text)}."
