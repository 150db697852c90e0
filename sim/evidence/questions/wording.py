"""Answers to open questions in words, made from a map and nothing else.

Every cell is clearly above a reference, clearly below it, or unclear.  Each clear side is stated once, with the rows and
columns where it was found; neighbouring rows that read alike are merged, and whichever of rows and columns makes the
shorter answer leads.  An answer therefore covers every cell, and claims nothing about values that were not tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from sim.lab.analysis.events import CONFIDENCE
from sim.output.words import capital

if TYPE_CHECKING:
    from sim.evidence.questions.open_questions import MapAxis

ABOVE, BELOW, OPEN = "above", "below", "unclear"
Span = tuple[int, int]
"""Places of the first and last of neighbouring values."""
Clause = tuple[Span, tuple[Span, ...]]
"""Neighbouring rows, and the places across at which one side was found in all of them."""
T = TypeVar("T", bound=Hashable)


def answer(sides: Sequence[Sequence[str]], above: str, below: str, x: MapAxis, y: MapAxis) -> str:
    """Return what a map shows, in sentences.

    `sides`: the side of every cell, by rows of y.  `above`, `below`: what these sides mean, in words.
    """
    columns = [list(column) for column in zip(*sides, strict=True)]
    by_rows, by_columns = (sum(len(clauses(grid, side)) for side in (ABOVE, BELOW)) for grid in (sides, columns))
    grid, outer, inner = (sides, y, x) if by_rows <= by_columns else (columns, x, y)
    sentences = [
        f"{capital(words)} {'; '.join(clause_words(clause, outer, inner) for clause in found)}."
        for side, words in ((ABOVE, above), (BELOW, below))
        if (found := clauses(grid, side))
    ]
    if any(OPEN in row for row in sides):
        sentences.append("Elsewhere it is unclear." if sentences else "It is unclear everywhere on this map.")
    return " ".join(sentences)


def clauses(sides: Sequence[Sequence[str]], side: str) -> list[Clause]:
    """Return where one side was found.  `sides`: that of every cell, by rows."""
    rows = [tuple((first, last) for kind, first, last in spans(row) if kind == side) for row in sides]
    return [((first, last), across) for across, first, last in spans(rows) if across]


def clause_words(clause: Clause, outer: MapAxis, inner: MapAxis) -> str:
    """Return a clause in words, such as "on 10 to 20 hours a week at every size tried"."""
    down, across = clause
    return f"{where(outer, [down])} {where(inner, across)}"


def where(axis: MapAxis, places: Sequence[Span]) -> str:
    """Return spans of an axis in words, such as "on 2.5 and 10 to 40 hours a week"."""
    if list(places) == [(0, len(axis.values) - 1)]:
        return axis.every
    return axis.said.format(stretches(axis, places))


def stretches(axis: MapAxis, places: Sequence[Span]) -> str:
    """Return spans of values, each from the lowest to the highest tried."""
    found = []
    for first, last in places:
        low, high = (axis.shown.format(axis.values[place]) for place in (first, last))
        found.append(low if first == last else f"{low} to {high}")
    return " and ".join([", ".join(found[:-1]), found[-1]] if found[:-1] else found)


def best_words(best: Sequence[tuple[float, tuple[float, ...]]], x: MapAxis, y: MapAxis) -> str:
    """Return which x is best at each y, and which are not ruled out; "" for an empty list.

    `best`: for each y, the best x and all that may be the best.
    """
    found = []
    for (top, among), first, last in spans(best):
        candidates = spans([value in among and value != top for value in x.values])
        others = [(start, end) for candidate, start, end in candidates if candidate]
        place = x.values.index(top)
        rest = f"{stretches(x, others)} not ruled out" if others else "the others ruled out"
        found.append(f"{where(y, [(first, last)])} {where(x, [(place, place)])} ({rest})")
    return f"The best choice is {'; '.join(found)}." if found else ""


def chance_words(sides: Sequence[Sequence[str]]) -> str:
    """Return how many cells are clear, and how many would be by chance."""
    counts = Counter(kind for row in sides for kind in row)
    total = counts.total()
    by_chance = (1 - CONFIDENCE) * total
    return (
        f"({counts[ABOVE] + counts[BELOW]} of {total} cells are clear; without any effect about {by_chance:.0f} would be "
        "by chance.)"
    )


def value_words(shown: str, value: float | None) -> str:
    """Return a cell's value in words: with a true minus sign, and no sign before a zero."""
    if value is None:
        return "\u2013"
    text = shown.format(value)
    return text.lstrip("+-") if float(text) == 0.0 else text.replace("-", "\u2212")


def spans(items: Sequence[T]) -> list[tuple[T, int, int]]:
    """Return runs of equal neighbours: the item, and the places of the first and the last."""
    found, start = [], 0
    for item, run in groupby(items):
        count = len(list(run))
        found.append((item, start, start + count - 1))
        start += count
    return found
