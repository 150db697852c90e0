"""A small stand-in for the model, for a page without a server: joint results of each strategy over a few sliders.

It is fitted to simulated futures at points spread over the sliders' ranges, each with seeds of its own (with shared seeds luck
would look like signal).  Levels and differences between strategies have polynomials of their own: sums of products of
Legendre polynomials, whose coefficients shrink the more, the higher the degree; how fast, for each slider, is chosen by
marginal likelihood (a Gaussian process of finite dimension).  The error is measured on fresh points, with the luck of their
futures subtracted and one standard error added, so that it is rather too large; it is part of what the page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.polynomial import legendre
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize
from scipy.stats import qmc

from sim.dashboard.questions import Question, held
from sim.dashboard.scenarios import DEGREED, scenario_of
from sim.dashboard.settings import NETWORK, Dial, Values
from sim.dashboard.workshop import Workshop
from sim.lab.comparison import run_task

POINTS, FRESH = (1536, 2), (96, 16)
"""Points to fit to and to test on, and futures of each: luck must not hide the error."""
FIRST_SEED = 1_000_000
DEGREE = 4
STEEPEST, WIDEST = 2.5, 6.0
"""Bounds of the logarithms of how fast coefficients shrink, and of how large they and luck are."""
TICK = 0.25
BEYOND = 1.3
SPANS = {"members": (0.5, 1.6), "degree": (0.0, 2.0), "budget": (0.25, 2.0)}
"""How far a slider goes around the question's own value, as factors."""


@dataclass(frozen=True)
class Slider:
    """A setting that the page lets move: its name, label and unit, its range, step and value at the start."""

    name: str
    label: str
    unit: str
    low: float
    high: float
    step: float
    value: float


@dataclass(frozen=True)
class Fit:
    """Coefficients of the emulator's terms, with the error: the standard deviation on fresh points, luck subtracted."""

    coefficients: tuple[float, ...]
    error: float


@dataclass(frozen=True)
class Emulator:
    """What stands in for the model.

    `terms`: for each coefficient, the degree of the Legendre polynomial of each slider, scaled to -1 to 1; they are multiplied.
    `levels`: by strategy's letter; `differences`: by two letters, the first strategy minus the second.  `points`, `fresh`: how
    many points it was fitted to and tested on.
    """

    sliders: tuple[Slider, ...]
    terms: tuple[tuple[int, ...], ...]
    levels: dict[str, Fit]
    differences: dict[str, Fit]
    points: int
    fresh: int

    def at(self, values: Sequence[float], letters: str) -> float:
        """Return what it predicts: a level for one letter, a difference for two."""
        fit = self.levels[letters] if len(letters) == 1 else self.differences[letters]
        scaled = scaled_by(self.sliders, np.array([values], float))
        return float((columns_of(scaled, self.terms) @ np.array(fit.coefficients))[0])


def sliders_of(question: Question) -> tuple[Slider, ...]:
    """Return the settings that can be moved around a question, each with its range."""
    names = [] if question.own else ["members"]
    names += ["degree"] if question.shape in DEGREED and not question.own else []
    names += ["budget"] if question.budget else []
    sliders = []
    for name in names:
        dial, value = NETWORK[name], float(getattr(question, name))
        assert isinstance(dial, Dial)
        low, high = (float(dial.held(factor * max(value, dial.step))) for factor in SPANS[name])
        sliders.append(Slider(name, dial.label, dial.unit, low, high, dial.step, value))
    if question.budget:
        months = 12 * question.years
        value = min(question.leaves or months, months)
        sliders.append(Slider("leaves", "Coordinator stays for", "months", 0.0, months, 1.0, value))
    return tuple(one for one in sliders if one.high > one.low)


def question_at(question: Question, sliders: Sequence[Slider], values: Sequence[float]) -> Question:
    """Return the question with the sliders where they are."""
    given: Values = {one.name: value for one, value in zip(sliders, values, strict=True)}
    if "leaves" in given:
        given["leaves"] = max(1.0, given["leaves"]) if given["leaves"] < 12 * question.years else 0.0
    return held(replace(question, **given))


def spread_points(sliders: Sequence[Slider], number: int, seed: int) -> np.ndarray:
    """Return points spread evenly over the sliders' ranges, on their steps: (number, sliders).

    Most people ask about a coordinator who stays: a part of the points is there.
    """
    shares = qmc.LatinHypercube(len(sliders), rng=seed).random(number)
    beyond = np.array([BEYOND if one.name == "leaves" else 1.0 for one in sliders])
    shares = np.minimum(shares * beyond, 1.0)
    low, high, step = (np.array([getattr(one, name) for one in sliders]) for name in ("low", "high", "step"))
    points: np.ndarray = np.minimum(low + np.round(shares * (high - low) / step) * step, high)
    return points


def emulator(
    question: Question,
    workshop: Workshop,
    dropped: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    folder: Path | None = None,
    numbers: tuple[tuple[int, int], tuple[int, int]] = (POINTS, FRESH),
) -> Emulator | None:
    """Run futures over the sliders and fit an emulator; None once `dropped`, or if there is nothing to move."""
    sliders = sliders_of(question)
    if not sliders:
        return None
    (train, futures), (fresh, more) = numbers
    points = np.concatenate([spread_points(sliders, train, 0), spread_points(sliders, fresh, 1)])

    def run(place: int) -> np.ndarray:
        """Return joint results at a point: (strategies, futures)."""
        scenario = scenario_of(question_at(question, sliders, points[place].tolist()), folder)
        seed, count = FIRST_SEED + place, futures if place < train else more
        return np.array(
            [
                [run_task(scenario, seed, (key, n), renewal=False)[0]["outputs"] for n in range(count)]
                for key in question.keys
            ]
        )

    batch = workshop.begin(run, range(len(points)))
    while not batch.finished:
        if dropped():
            batch.drop()
            return None
        batch.wait(len(points), TICK)
        progress(batch.done, len(points))
    if batch.fault is not None:
        raise batch.fault
    if batch.dropped:  # the server ends
        return None
    results = [batch.results[place] for place in range(len(points))]
    return fitted_emulator(sliders, points, np.stack(results[:train]), np.stack(results[train:]), question.keys)


def fitted_emulator(
    sliders: tuple[Slider, ...], points: np.ndarray, train: np.ndarray, fresh: np.ndarray, keys: Sequence[str]
) -> Emulator:
    """Return the emulator of results, (points, strategies, futures): those to fit to, then fresh ones."""
    terms = tuple(term for term in product(range(DEGREE + 1), repeat=len(sliders)) if sum(term) <= DEGREE)
    columns = columns_of(scaled_by(sliders, points), terms)
    levels = {key: fit(columns, terms, train[:, place], fresh[:, place]) for place, key in enumerate(keys)}
    differences = {
        f"{keys[a]}{keys[b]}": fit(columns, terms, train[:, a] - train[:, b], fresh[:, a] - fresh[:, b])
        for a, b in combinations(range(len(keys)), 2)
    }
    return Emulator(sliders, terms, levels, differences, len(train), len(fresh))


def scaled_by(sliders: Sequence[Slider], points: np.ndarray) -> np.ndarray:
    """Return points with every slider from -1 to 1."""
    low, high = (np.array([getattr(one, name) for one in sliders]) for name in ("low", "high"))
    scaled: np.ndarray = 2 * (points - low) / (high - low) - 1
    return scaled


def columns_of(scaled: np.ndarray, terms: Sequence[tuple[int, ...]]) -> np.ndarray:
    """Return the products that the polynomial is made of: (points, terms).  Each has mean square one over the sliders' ranges."""
    one = [legendre.legvander(column, DEGREE) * np.sqrt(2 * np.arange(DEGREE + 1) + 1) for column in scaled.T]
    return np.stack(
        [np.prod([values[:, degree] for values, degree in zip(one, term, strict=True)], axis=0) for term in terms], -1
    )


def fit(columns: np.ndarray, terms: Sequence[tuple[int, ...]], train: np.ndarray, fresh: np.ndarray) -> Fit:
    """Fit a polynomial to values, (points, futures), and measure its error on fresh ones.  `columns`: of both."""
    number = len(train)
    coefficients = shrunk(columns[:number], np.array(terms), train.mean(axis=1))
    miss = columns[number:] @ coefficients - fresh.mean(axis=1)
    squares = miss**2 - fresh.var(axis=1, ddof=1) / fresh.shape[1]
    largest = float(squares.mean() + squares.std(ddof=1) / sqrt(len(squares)))
    return Fit(tuple(round(float(one), 4) for one in coefficients), round(sqrt(max(largest, 0.01)), 3))


def shrunk(columns: np.ndarray, degrees: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the posterior mean of coefficients with the prior variance size^2 exp(-degrees . decay), and normal luck.

    Size, luck and decay are those of the largest marginal likelihood.  The constant is the mean, hardly shrunk.
    """
    middle, spread = float(values.mean()), max(float(values.std()), 1e-6)
    rest = (values - middle) / spread
    squares, turned, total = columns.T @ columns, columns.T @ rest, float(rest @ rest)

    def posterior(logs: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the negative logarithm of the marginal likelihood, and the coefficients."""
        noise, root = float(np.exp(2 * logs[1])), np.exp(logs[0] - 0.5 * degrees @ np.exp(logs[2:]))
        factor = cho_factor(np.eye(len(root)) + root[:, None] * squares * root / noise, lower=True)
        found = root * cho_solve(factor, root * turned) / noise
        fitted = (total - float(turned @ found)) / noise
        return 0.5 * (fitted + len(rest) * 2 * logs[1]) + float(np.log(np.diag(factor[0])).sum()), found

    start, sliders = np.zeros(2 + degrees.shape[1]), degrees.shape[1]
    bounds = [(-WIDEST, WIDEST), (-WIDEST, 1.0), *[(-STEEPEST, STEEPEST)] * sliders]
    best = minimize(lambda logs: posterior(logs)[0], start, method="L-BFGS-B", bounds=bounds)
    coefficients: np.ndarray = spread * posterior(best.x)[1]
    coefficients[degrees.sum(axis=1) == 0] += middle
    return coefficients
