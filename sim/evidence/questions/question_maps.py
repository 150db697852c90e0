"""Maps of the open questions: every cell tried on paired futures, which are clear, the best choice in each row, and an answer.

A cell is clear where the 95% interval of its mean effect excludes the reference value (0, as a rule).  With `n` cells and
no effect about one in twenty would look clear by chance, so each cell also has an interval corrected for all cells of its
map.  The answer is made from a map and nothing else: each clear side is stated once, with the rows and columns where it
was found; neighbouring rows that read alike are merged, and whichever of rows and columns makes the shorter answer leads.
So it covers every cell, and claims nothing about values that were not tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TypeVar

import numpy as np
from scipy import stats

from sim.evidence.claims.claim_rows import Interval
from sim.evidence.claims.trial import Trial, effects
from sim.evidence.claims.verdict_rule import Effect, effect_of
from sim.evidence.questions.open_questions import QUESTIONS, MapAxis, OpenQuestion, Reading
from sim.evidence.seeds import VERDICT_SEED
from sim.evidence.study_sizes import QUESTION_REPLICATES
from sim.lab.analysis.events import CONFIDENCE
from sim.output.words import capital

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
    sentences = []
    for side, words in ((ABOVE, above), (BELOW, below)):
        parts = [f"{where(outer, [down])} {where(inner, across)}" for down, across in clauses(grid, side)]
        sentences += [f"{capital(words)} {'; '.join(parts)}."] if parts else []
    if any(OPEN in row for row in sides):
        sentences.append("Elsewhere it is unclear." if sentences else "It is unclear everywhere on this map.")
    return " ".join(sentences)


def clauses(sides: Sequence[Sequence[str]], side: str) -> list[Clause]:
    """Return where one side was found.  `sides`: that of every cell, by rows."""
    rows = [tuple((first, last) for kind, first, last in spans(row) if kind == side) for row in sides]
    return [((first, last), across) for across, first, last in spans(rows) if across]


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


Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class MapCell:
    """The effect at one pair of values; None where too few futures have one.

    `words`: the effect as a figure shows it.  `clear`: on which side of the reference its interval lies, if on one.
    """

    x: float
    y: float
    effect: float | None
    words: str
    ci95: Interval | None
    ci_corrected: Interval | None
    futures: int
    clear: str
    clear_corrected: str


@dataclass(frozen=True)
class BestChoice:
    """The best x at one y, and all x that are not ruled out as the best."""

    y: float
    x: float
    among: tuple[float, ...]


@dataclass(frozen=True)
class ReadingMap:
    """One reading of a question, tried.  `cells`: a row for each y.  `best`: a choice for each y, if looked for."""

    reading: str
    title: str
    unit: str
    against: float
    above: str
    below: str
    full: float | None
    cells: tuple[tuple[MapCell, ...], ...]
    best: tuple[BestChoice, ...]
    answer: str


@dataclass(frozen=True)
class QuestionMap:
    """A question with its answer.  `replicates`: futures of each arm in each cell."""

    question: str
    text: str
    source: str
    how: str
    x: MapAxis
    y: MapAxis
    replicates: int
    readings: tuple[ReadingMap, ...]
    answer: str

    def to_json(self) -> dict[str, object]:
        """Return what `gennet questions --json` prints of a question."""
        return asdict(self)


def side(low: float, high: float, against: float) -> str:
    """Return on which side of `against` an interval lies."""
    return ABOVE if low > against else BELOW if high < against else OPEN


def cell_of(x: float, y: float, effect: Effect | None, reading: Reading) -> MapCell:
    """Return the cell of an effect."""
    if effect is None:
        return MapCell(x, y, None, value_words(reading.shown, None), None, None, 0, OPEN, OPEN)
    plain, corrected = (effect.low, effect.high), (effect.low_adjusted, effect.high_adjusted)
    words, against = value_words(reading.shown, effect.mean), reading.contrast.margin
    sides = side(*plain, against), side(*corrected, against)
    return MapCell(x, y, effect.mean, words, plain, corrected, effect.n, *sides)


def reading_map(
    question: OpenQuestion, reading: Reading, rows: Sequence[tuple[tuple[MapCell, ...], BestChoice | None]]
) -> ReadingMap:
    """Return a reading's cells with the answer in words.  `rows`: from `try_row`, one for each y."""
    cells = tuple(row for row, _ in rows)
    best = tuple(choice for _, choice in rows if choice is not None)
    sides = [[cell.clear for cell in row] for row in cells]
    words = (
        answer(sides, reading.above, reading.below, question.x, question.y),
        best_words([(choice.x, choice.among) for choice in best], question.x, question.y),
        chance_words(sides),
    )
    return ReadingMap(
        reading.key,
        reading.title,
        reading.contrast.unit,
        reading.contrast.margin,
        reading.above,
        reading.below,
        reading.full,
        cells,
        best,
        answer=" ".join(filter(None, words)),
    )


def not_ruled_out(values: np.ndarray) -> tuple[int, list[int]]:
    """Return the choice with the highest mean, and all that cannot be ruled out as truly the best.

    `values`: float (choices, futures), paired.  A choice is ruled out if another is clearly better in a one-sided paired
    t test, corrected for the number of others (subset selection: Gupta 1965).  The truly best choice is then kept in at
    least 95 of 100 cases.
    """
    count, futures = values.shape
    means = values.mean(axis=1)
    quantile = float(stats.t.ppf(1 - (1 - CONFIDENCE) / max(count - 1, 1), futures - 1))
    candidates = []
    for choice in range(count):
        lead = values - values[choice]
        errors = lead.std(axis=1, ddof=1) / np.sqrt(futures)
        if not np.any(lead.mean(axis=1) > quantile * errors):
            candidates.append(choice)
    return int(means.argmax()), candidates


def try_row(
    question: OpenQuestion, y: float, seed: int, replicates: int, jobs: int | None, stopped: Callable[[], bool]
) -> list[tuple[tuple[MapCell, ...], BestChoice | None]]:
    """Try all readings of a question at one value of y; return cells over x, and the best x if it is looked for."""
    xs = question.x.values
    looks = len(xs) * len(question.y.values)
    trials = [Trial(reading.part(x, y)) for reading in question.readings for x in xs]
    found = np.reshape(effects(trials, seed, replicates, jobs, stopped), (len(question.readings), len(xs), replicates))
    rows: list[tuple[tuple[MapCell, ...], BestChoice | None]] = []
    for reading, values in zip(question.readings, found, strict=True):
        share, best = reading.part(xs[0], y).share, None
        cells = (cell_of(x, y, effect_of(v, looks, share), reading) for x, v in zip(xs, values, strict=True))
        if reading.best:
            first, candidates = not_ruled_out(values)
            best = BestChoice(y, xs[first], tuple(xs[place] for place in candidates))
        rows.append((tuple(cells), best))
    return rows


def try_questions(
    only: Sequence[str] | None = None,
    seed: int = VERDICT_SEED,
    replicates: int = QUESTION_REPLICATES,
    jobs: int | None = None,
    progress: Progress = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
    questions: Sequence[OpenQuestion] = QUESTIONS,
) -> list[QuestionMap]:
    """Try the open questions and return their maps, in the order in which they are declared.

    `only`: keys of questions, all if None.  `replicates`: futures of each arm in each cell, times a question's effort.
    The same seed and numbers give the same maps, on any number of threads.

    Raises ValueError for an unknown question, and KeyboardInterrupt once `stopped`.
    """
    known = [question.key for question in questions]
    unknown = [key for key in only or () if key not in known]
    if unknown:
        raise ValueError(f"question {unknown[0]!r} is unknown; allowed are {', '.join(known)}")
    chosen = [question for question in questions if only is None or question.key in only]
    total = sum(len(question.y.values) for question in chosen)
    done = 0
    maps = []
    for question in chosen:
        count = replicates * question.effort
        rows = []
        for y in question.y.values:
            progress(done, total)
            rows.append(try_row(question, y, seed, count, jobs, stopped))
            done += 1
        readings = tuple(
            reading_map(question, reading, tried)
            for reading, tried in zip(question.readings, zip(*rows, strict=True), strict=True)
        )
        words = " ".join(reading.answer for reading in readings)
        maps.append(
            QuestionMap(
                question.key,
                question.text,
                question.source,
                question.how,
                question.x,
                question.y,
                count,
                readings,
                words,
            )
        )
    progress(done, total)
    return maps
