"""Differences of strategies on paired futures: means, shares, which is first, the cost of one more output.

Replicate 17 has the same luck under every strategy, so strategies are compared future by future and shared luck cancels
(common random numbers; Law 2015, section 11.2).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isfinite, sqrt

import numpy as np
import scipy
from numpy.typing import ArrayLike

from sim.lab.analysis.events import CONFIDENCE, Estimate, kaplan_meier, restricted_weeks, t_quantile


@dataclass(frozen=True)
class PairedDifference:
    """Mean of `a - b` over paired replicates with its t interval, 95% by default.

    `variance_ratio`: the variance of a difference of unpaired runs over that of paired ones (2: pairing halves the
    replicates needed).  None where the paired differences do not vary.
    """

    mean: float
    low: float
    high: float
    variance_ratio: float | None
    n: int
    deviation: float

    @property
    def clear(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low > 0 or self.high < 0

    def replicates_needed(self, half_width: float) -> int:
        """Return the replicates needed for a 95% interval of plus or minus `half_width`, at the present variance; at least 2."""
        if not half_width > 0:
            raise ValueError(f"a half width is above 0, not {half_width}")
        needed = fewest(lambda count: _t_factor(count) * self.deviation <= half_width)
        assert needed is not None
        return needed


def fewest(enough: Callable[[int], bool], most: float = inf) -> int | None:
    """Return the least number, from 2, that is enough (as are all larger ones); None if it is above `most`."""
    few, many = 2, 2
    while not enough(many):
        few, many = many, many * 2
        if many > most:
            return None
    return few + bisect_left(range(few, many), True, key=enough)


@dataclass(frozen=True)
class Race:
    """Which of two strategies reaches an event first, future by future, and by how much.

    `difference` is of restricted weeks, a minus b: below 0 where a is sooner.  None for a single future.
    """

    a_first: int
    b_first: int
    ties: int
    neither: int
    difference: PairedDifference | None

    @property
    def n(self) -> int:
        """Paired futures."""
        return self.a_first + self.b_first + self.ties + self.neither

    def supports(self, sign: int) -> bool:
        """Return whether the strategy with the clearly smaller mean (-1: a, 1: b) is first in more futures too."""
        return (self.b_first - self.a_first) * sign > 0


def paired_difference(a: ArrayLike, b: ArrayLike, *, confidence: float = CONFIDENCE) -> PairedDifference:
    """Return the mean of `a - b` over replicates, with its interval and the gain from pairing.

    `a`, `b`: shape (n,), element i of both from the same replicate.  Raises ValueError if shapes differ, there are fewer
    than 2 replicates (no interval), or a number is missing.
    """
    first, second = np.asarray(a, float), np.asarray(b, float)
    if first.ndim != 1 or first.shape != second.shape:
        raise ValueError(f"paired outcomes are rows of one length, not of shapes {first.shape} and {second.shape}")
    if len(first) < 2:
        raise ValueError(f"an interval takes at least 2 paired replicates, not {len(first)}")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("a paired outcome is missing or infinite")
    differences = first - second
    mean, variance = float(differences.mean()), float(differences.var(ddof=1))
    apart = float(first.var(ddof=1) + second.var(ddof=1))
    # Equal differences leave rounding errors: a variance of that size says nothing about pairing.
    rounding = (np.finfo(float).eps * max(np.abs(first).max(), np.abs(second).max())) ** 2
    variance = variance if variance > 4 * rounding else 0.0
    deviation = sqrt(variance)
    half = _t_factor(len(first), confidence) * deviation
    return PairedDifference(
        mean, mean - half, mean + half, apart / variance if variance else None, len(first), deviation
    )


def mean_interval(values: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """Return the mean of `values`, shape (n,), with Student's t interval; of one value, an interval without width."""
    row = np.asarray(values, float)
    mean = float(row.mean())
    if len(row) < 2:
        return Estimate(mean, mean, mean)
    half = t_quantile(len(row) - 1, confidence) * float(row.std(ddof=1)) / sqrt(len(row))
    return Estimate(mean, mean - half, mean + half)


def proportion(k: int, n: int, confidence: float = CONFIDENCE) -> Estimate:
    """Return the share `k / n` with Wilson's interval (Wilson 1927), which is also valid at 0 of n and n of n.

    Raises ValueError unless 0 <= k <= n and n is at least 1.
    """
    if not 0 <= k <= n or n < 1:
        raise ValueError(f"a share is of k out of n with 0 <= k <= n and n at least 1, not {k} of {n}")
    low, high = wilson(k, n, confidence)
    return Estimate(k / n, float(low), float(high))


@lru_cache(maxsize=1024)
def normal_quantile(confidence: float) -> float:
    """Return the half width of a normal interval in standard errors."""
    return float(scipy.special.ndtri((1 + confidence) / 2))


def wilson(k: ArrayLike, n: float, confidence: float = CONFIDENCE) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of Wilson's interval of shares `k / n`; `k`: any shape."""
    count = np.asarray(k, float)
    z2 = normal_quantile(confidence) ** 2
    middle, half = (count + z2 / 2) / (n + z2), np.sqrt(z2 * (count * (n - count) / n + z2 / 4)) / (n + z2)
    # At the ends rounding leaves a trace where the bound is 0 or 1 itself.
    return np.where(count == 0, 0.0, middle - half), np.where(count == n, 1.0, middle + half)


def race(weeks_a: ArrayLike, weeks_b: ArrayLike, horizon: float) -> Race:
    """Count which strategy reaches an event first in paired futures, and estimate by how many weeks.

    `weeks_a`, `weeks_b`: shape (n,), NaN where not reached by the `horizon` (one number, weeks).  A future that never
    reached the event is later than one that did.  The mean difference is of restricted weeks, min(week, horizon): the
    difference in restricted mean time.  It says nothing about time past the horizon.  Raises ValueError for weeks outside 0
    to the horizon, and if the shapes differ.
    """
    a, b = np.asarray(weeks_a, float), np.asarray(weeks_b, float)
    if a.shape != b.shape:
        raise ValueError(f"paired weeks are rows of one length, not of shapes {a.shape} and {b.shape}")
    there_a, there_b = ~np.isnan(a), ~np.isnan(b)
    spent_a, spent_b = restricted_weeks(a, there_a, horizon), restricted_weeks(b, there_b, horizon)
    neither = int((~there_a & ~there_b).sum())
    # Reaching it in the very last week still beats not reaching it.
    later_a, later_b = np.where(there_a, spent_a, np.inf), np.where(there_b, spent_b, np.inf)
    a_first, b_first = int((later_a < later_b).sum()), int((later_b < later_a).sum())
    difference = paired_difference(spent_a, spent_b) if len(a) > 1 else None
    return Race(a_first, b_first, len(a) - a_first - b_first - neither, neither, difference)


@dataclass(frozen=True)
class Span:
    """A unit of time in sentences: its word, and its length in weeks."""

    word: str
    weeks: float

    def of(self, weeks: float) -> str:
        """Return a number of weeks in this unit, rounded."""
        return f"{weeks / self.weeks:.0f}"


WEEKS, MONTHS = Span("weeks", 1.0), Span("months", 52 / 12)


def who_is_ahead(
    stage: str, a: str, b: str, weeks_a: ArrayLike, weeks_b: ArrayLike, horizon: float, sign: int, unit: Span = WEEKS
) -> str:
    """Return a sentence on which of strategies `a` and `b` reaches a `stage` ("alignment") first.

    Arrays as in `race`; `sign`: -1 if `a` has clearly fewer weeks, 1 if `b` has, 0 if neither, judged among all comparisons
    of a page (`sequential.clear_signs`); `unit`: of times in the sentence.  A strategy leads when it has clearly fewer weeks
    and is first in more futures too; else the sentence says "no clear difference" or that the two measures disagree.
    """
    found = race(weeks_a, weeks_b, horizon)
    if found.neither == found.n:
        tried = f"in any of {found.n} simulated futures"
        return (
            f"no clear difference: neither {a} nor {b} reaches {stage} within {unit.of(horizon)} {unit.word} {tried}."
        )
    sides = [(a, found.a_first, weeks_a), (b, found.b_first, weeks_b)]
    gain = found.difference
    if sign > 0:
        sides.reverse()
    (ahead, wins, _), (behind, losses, _) = sides
    count = f"first in {wins} of {found.n} simulated futures, {behind} in {losses}{_rest(found)}"
    if gain is None or not sign:
        opening = f"no clear difference: {ahead} reaches {stage} {count}"
    elif found.supports(sign):
        opening = f"{ahead} reaches {stage} {count}"
    else:
        sooner = f"{ahead} reaches {stage} {abs(gain.mean) / unit.weeks:.1f} {unit.word} sooner on average"
        opening = f"the measures disagree: {sooner}, but {count}"
    return f"{'; '.join([opening, *(_when(name, weeks, horizon, unit) for name, _, weeks in sides)])}."


def cost_per_output(cost: float, outputs: float, base_cost: float, base_outputs: float) -> float | None:
    """Return the dollars for one more output than the baseline: incremental cost over incremental outputs.

    None where the strategy produces no more outputs than the baseline; below 0 where more outputs cost less.  Raises
    ValueError if a number is missing or infinite.
    """
    if not all(isfinite(number) for number in (cost, outputs, base_cost, base_outputs)):
        raise ValueError(f"costs and outputs are finite numbers, not {(cost, outputs, base_cost, base_outputs)}")
    more = outputs - base_outputs
    return (cost - base_cost) / more if more > 0 else None


def _t_factor(n: int, confidence: float = CONFIDENCE) -> float:
    """Return the half width of the interval of a mean of n, in standard deviations."""
    return t_quantile(n - 1, confidence) / sqrt(n)


def _rest(found: Race) -> str:
    """Return the futures in which neither came first, as the end of a list; empty if there are none."""
    counts = ((found.ties, "at the same time"), (found.neither, "neither gets there"))
    parts = [f"{words} in {count}" for count, words in counts if count]
    return f" ({', '.join(parts)})" if parts else ""


def _when(name: str, weeks: ArrayLike, horizon: float, unit: Span) -> str:
    """Return when a strategy reaches the stage, as a clause: "customized: median 61 weeks (middle 80%: 48-80)"."""
    curve = kaplan_meier(weeks, ~np.isnan(np.asarray(weeks, float)), horizon)
    never = curve.runs - curve.reached
    if not curve.reached:
        return f"{name}: never within {unit.of(horizon)} {unit.word}"
    early, middle, late = curve.quantile(0.1), curve.median, curve.quantile(0.9)
    if early is None or middle is None or 2 * curve.reached <= curve.runs:
        return f"{name}: within {unit.of(horizon)} {unit.word} in only {curve.reached} of {curve.runs}"
    after = f"to after {unit.word.removesuffix('s')} {unit.of(horizon)}"
    span = f"{unit.of(early)}\u2013{unit.of(late)}" if late is not None else f"{unit.of(early)} {after}"
    tail = f", {never} of {curve.runs} never got there" if never else ""
    return f"{name}: median {unit.of(middle)} {unit.word} (middle 80%: {span}){tail}"
