"""Maps tried: every cell of every question on paired futures, what is clear in it, and which choice is best in a row.

Cells are judged by the 95% interval of their mean effect: an answer is clear in a cell where the interval leaves out the
value that the effect is held against (0, as a rule).  That is one look; with `n` cells about one in twenty would look
clear by luck alone where there is nothing, so each cell also has an interval corrected for all cells of its map.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from sim.evidence.claims.trial import Trial, effects
from sim.evidence.claims.verdict_rule import Effect, effect_of
from sim.evidence.questions.open_questions import QUESTIONS, Axis, Question, Reading
from sim.evidence.questions.wording import ABOVE, BELOW, OPEN, answer, value_words
from sim.evidence.seeds import VERDICT_SEED
from sim.lab.analysis.events import CONFIDENCE

REPLICATES = 120
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Cell:
    """The effect at one pair of values; None where too few futures could tell."""

    x: float
    y: float
    effect: Effect | None
    against: float

    @property
    def clear(self) -> str:
        """On which side of what it is held against the effect clearly lies."""
        return side(self.effect.low, self.effect.high, self.against) if self.effect else OPEN

    @property
    def clear_corrected(self) -> str:
        """The same by the interval that is corrected for all cells of the map."""
        return side(self.effect.low_adjusted, self.effect.high_adjusted, self.against) if self.effect else OPEN

    def to_json(self, shown: str) -> dict[str, Any]:
        """As `gennet questions --json` prints it.  `shown`: format of the effect."""
        effect = self.effect
        return {
            "x": self.x,
            "y": self.y,
            "effect": effect.mean if effect else None,
            "words": value_words(shown, effect.mean if effect else None),
            "ci95": [effect.low, effect.high] if effect else None,
            "ci_corrected": [effect.low_adjusted, effect.high_adjusted] if effect else None,
            "futures": effect.n if effect else 0,
            "clear": self.clear,
            "clear_corrected": self.clear_corrected,
        }


@dataclass(frozen=True)
class Best:
    """The best value of x at one of y, and all that are not ruled out as the best."""

    y: float
    x: float
    among: tuple[float, ...]


@dataclass(frozen=True)
class Grid:
    """One reading of a question, tried.  `cells`: a row for each value of y.  `best`: where it was looked for."""

    reading: Reading
    cells: tuple[tuple[Cell, ...], ...]
    best: tuple[Best, ...]


@dataclass(frozen=True)
class Map:
    """A question with its answer.  `replicates`: futures of each arm in each cell."""

    question: Question
    grids: tuple[Grid, ...]
    replicates: int

    def to_json(self) -> dict[str, Any]:
        """What `gennet questions --json` prints of a question."""
        told: dict[str, Any] = {
            "question": self.question.key,
            "text": self.question.text,
            "source": self.question.source,
            "how": self.question.how,
            "x": axis_json(self.question.x),
            "y": axis_json(self.question.y),
            "replicates": self.replicates,
            "readings": [grid_json(grid) for grid in self.grids],
        }
        for reading in told["readings"]:
            reading["answer"] = answer(reading, told["x"], told["y"])
        return told | {"answer": " ".join(reading["answer"] for reading in told["readings"])}


def side(low: float, high: float, against: float) -> str:
    """On which side of `against` an interval lies, if on one."""
    return ABOVE if low > against else BELOW if high < against else OPEN


def axis_json(axis: Axis) -> dict[str, Any]:
    """An axis as JSON."""
    names = ("key", "label", "unit", "values", "said", "every", "shown", "plausible", "default")
    return {name: list(value) if isinstance(value := getattr(axis, name), tuple) else value for name in names}


def grid_json(grid: Grid) -> dict[str, Any]:
    """A reading as JSON, without its answer."""
    names = ("title", "unit", "against", "above", "below", "full")
    return {
        "reading": grid.reading.key,
        **{name: getattr(grid.reading, name) for name in names},
        "cells": [[cell.to_json(grid.reading.shown) for cell in row] for row in grid.cells],
        "best": [{"y": best.y, "x": best.x, "among": list(best.among)} for best in grid.best],
    }


def not_ruled_out(values: np.ndarray) -> tuple[int, list[int]]:
    """The choice with the highest mean, and all that cannot be ruled out as truly the best one.

    `values`: float (choices, futures), paired.  A choice is ruled out if any other is clearly better in a one-sided paired
    t test, corrected for the number of others (subset selection: Gupta 1965).  The truly best choice is then kept in at
    least 95 of 100 cases, whichever looks best here.
    """
    count, futures = values.shape
    means = values.mean(axis=1)
    quantile = float(stats.t.ppf(1 - (1 - CONFIDENCE) / max(count - 1, 1), futures - 1))
    kept = []
    for one in range(count):
        lead = values - values[one]
        errors = lead.std(axis=1, ddof=1) / np.sqrt(futures)
        if not np.any(lead.mean(axis=1) > quantile * errors):
            kept.append(one)
    return int(means.argmax()), kept


def best_of_row(question: Question, y: float, values: Sequence[np.ndarray]) -> Best:
    """The best x at a value of y.  `values`: the effect in every future at each x, against the same arm."""
    first, kept = not_ruled_out(np.asarray(values))
    return Best(y, question.x.values[first], tuple(question.x.values[place] for place in kept))


def try_row(
    question: Question, y: float, seed: int, replicates: int, jobs: int | None, stopped: Callable[[], bool]
) -> list[tuple[list[Cell], Best | None]]:
    """All readings of a question at one value of y: cells over x, and the best x if it is looked for."""
    xs = question.x.values
    looks = len(xs) * len(question.y.values)
    trials = [Trial(reading.part(x, y), {}) for reading in question.readings for x in xs]
    found = effects(trials, seed, replicates, jobs, stopped)
    rows: list[tuple[list[Cell], Best | None]] = []
    for place, reading in enumerate(question.readings):
        values = found[place * len(xs) : (place + 1) * len(xs)]
        share = trials[place * len(xs)].part.share
        cells = [
            Cell(x, y, effect_of(there, looks, share), reading.against) for x, there in zip(xs, values, strict=True)
        ]
        rows.append((cells, best_of_row(question, y, values) if reading.best else None))
    return rows


def try_questions(
    only: Sequence[str] | None = None,
    seed: int = VERDICT_SEED,
    replicates: int = REPLICATES,
    jobs: int | None = None,
    progress: Progress | None = None,
    stopped: Callable[[], bool] = lambda: False,
    questions: Sequence[Question] = QUESTIONS,
) -> list[Map]:
    """Try the open questions and return their maps, in the order in which they are declared.

    `only`: keys of questions, all if None.  `replicates`: futures of each arm in each cell, times a question's effort.
    The same seed and numbers give the same maps, on any number of threads.  Errors: ValueError for an unknown question,
    KeyboardInterrupt once `stopped`.
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
            if progress:
                progress(done, total)
            rows.append(try_row(question, y, seed, count, jobs, stopped))
            done += 1
        grids = [
            Grid(
                reading,
                tuple(tuple(row[place][0]) for row in rows),
                tuple(best for row in rows if (best := row[place][1])),
            )
            for place, reading in enumerate(question.readings)
        ]
        maps.append(Map(question, tuple(grids), count))
    if progress:
        progress(done, total)
    return maps
