"""Maps of the open questions: every cell tried on paired futures, which are clear, and the best choice in each row.

A cell is clear where the 95% interval of its mean effect excludes the reference value (0, as a rule).  With `n` cells and
no effect about one in twenty would look clear by chance, so each cell also has an interval corrected for all cells of its
map.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy import stats

from sim.evidence.claims.claim_rows import Interval
from sim.evidence.claims.trial import Trial, effects
from sim.evidence.claims.verdict_rule import Effect, effect_of
from sim.evidence.questions.open_questions import QUESTIONS, MapAxis, OpenQuestion, Reading
from sim.evidence.questions.wording import ABOVE, BELOW, OPEN, answer, best_words, chance_words, value_words
from sim.evidence.seeds import VERDICT_SEED
from sim.lab.analysis.events import CONFIDENCE

REPLICATES = 120
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
    replicates: int = REPLICATES,
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
