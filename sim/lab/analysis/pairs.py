"""Paired differences of strategies over worlds and seeds, and how many worlds or seeds a clear difference would need.

Where every world is run with the same seeds, a difference varies with the world, the seed, and their interaction: two
crossed random effects.  The variance of their mean follows from the mean squares of a two-way table
(Searle, Casella & McCulloch 1992, "Variance Components", chapter 4), its degrees of freedom from Satterthwaite (1946).
Treating runs as independent would understate the variance.  Where each world has seeds of its own, worlds are independent,
and their means are a sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import copysign, inf, sqrt

import numpy as np

from sim.lab.analysis.effects import fewest, wilson
from sim.lab.analysis.events import Curve, Estimate, restricted_weeks, t_quantile
from sim.lab.analysis.runs import Block
from sim.lab.analysis.sequential import normal_score

MOST = 10_000_000


@dataclass(frozen=True)
class Spread:
    """Mean of a crossed table (points, replicates, k), and the components of its variance.

    `covariance`: of the mean, (k, k).  `between`, `luck`, `both`: variance between worlds, between seeds, and of their
    interaction, of the first quantity.  `freedom`: degrees of freedom.
    """

    mean: np.ndarray
    covariance: np.ndarray
    freedom: float
    between: float
    luck: float
    both: float

    @property
    def first(self) -> Estimate:
        """The mean of the first quantity with its 95% interval."""
        mean, wide = float(self.mean[0]), t_quantile(self.freedom) * sqrt(max(0.0, float(self.covariance[0, 0])))
        return Estimate(mean, mean - wide, mean + wide)


@dataclass(frozen=True)
class Difference:
    """Mean of `a - b` over worlds and seeds with its 95% interval.

    `ahead`: share of worlds (futures where there is one world) in which a has the larger mean, ties counting half.
    """

    a: str
    b: str
    outcome: str
    mean: float
    low: float
    high: float
    points: int
    replicates: int
    ahead: float
    spread: Spread

    @property
    def clear(self) -> bool:
        """Whether the 95% interval excludes 0."""
        return self.low > 0 or self.high < 0

    def replicates_needed(self, half_width: float) -> int | None:
        """Return the seeds per world for an interval of plus or minus `half_width`, with as many worlds; None if unattainable."""
        if not half_width > 0:
            raise ValueError(f"a half width is above 0, not {half_width}")
        return fewest(lambda count: half(self.spread, self.points, count) <= half_width, MOST)

    @property
    def replicates_to_decide(self) -> int | None:
        """Seeds per world for a clear difference, if the mean stays the same; None if unattainable."""
        return self.replicates_needed(abs(self.mean)) if self.mean else None


def difference(table: Block, a: str, b: str) -> Difference:
    """Return the difference of strategies `a` and `b` in the block's outcome.

    With one world the interval is over seeds, with one seed over worlds.  Raises ValueError with one run of each.
    """
    apart = table.of(a) - table.of(b)
    found = crossed(apart[:, :, None], table.shared)
    one = found.first
    units = apart.mean(axis=1) if len(apart) > 1 else apart[0]
    ahead = float((units > 0).mean() + (units == 0).mean() / 2)
    points, replicates = apart.shape
    return Difference(a, b, table.outcome, one.mean, one.low, one.high, points, replicates, ahead, found)


def score_of(found: Difference) -> float:
    """Return the evidence for a difference as a normal quantile, above 0 where `a` is larger (`sequential.signs_of`)."""
    error = sqrt(max(0.0, float(found.spread.covariance[0, 0])))
    units = found.points if found.points > 1 else found.replicates
    most = normal_score(inf, units - 1, units)
    score = normal_score(abs(found.mean) / error, found.spread.freedom, units) if error > 0 else most
    return copysign(score, found.mean) if found.mean else 0.0


def level(table: Block, strategy: str) -> Estimate:
    """Return a strategy's mean over worlds and seeds with its 95% interval; without width for a single run."""
    values = table.of(strategy)
    if values.size < 2:
        return Estimate(float(values.mean()), float(values.mean()), float(values.mean()))
    return crossed(values[:, :, None], table.shared).first


def crossed(values: np.ndarray, shared: bool = True) -> Spread:
    """Return the mean of a table (points, replicates, k) and its covariance, points and replicates being samples.

    `shared`: whether replicate 0 has the same luck at all points.  A component of variance estimated below 0 counts as 0.
    Raises ValueError for a single number.
    """
    points, replicates, many = values.shape
    if points * replicates < 2:
        raise ValueError("an interval needs at least two worlds or two seeds")
    mean = values.mean(axis=(0, 1))
    if points == 1 or replicates == 1 or not shared:
        rows = values[0] if points == 1 else values.mean(axis=1)
        covariance = np.cov(rows, rowvar=False).reshape(many, many)
        single = float(covariance[0, 0])
        between, luck, both = (0.0, single, 0.0) if points == 1 else (single, 0.0, 0.0)
        if points > 1 and replicates > 1:
            both = float(values[:, :, 0].var(axis=1, ddof=1).mean())
            between = max(0.0, single - both / replicates)
        return Spread(mean, covariance / len(rows), len(rows) - 1.0, between, luck, both)
    by_point = values.mean(axis=1) - mean
    by_seed = values.mean(axis=0) - mean
    rest = values - mean - by_point[:, None] - by_seed[None]
    free = (points - 1.0, replicates - 1.0, (points - 1.0) * (replicates - 1.0))
    square_points = replicates * by_point.T @ by_point / free[0]
    square_seeds = points * by_seed.T @ by_seed / free[1]
    square_rest = np.einsum("prk,prl->kl", rest, rest) / free[2]
    number = points * replicates
    both = float(square_rest[0, 0])
    luck = max(0.0, float(square_seeds[0, 0]) - both) / points
    between = max(0.0, float(square_points[0, 0]) - both) / replicates
    choices = [square_points + square_seeds - square_rest, square_points, square_seeds]
    # The largest: a component estimated below 0 must not narrow the interval.
    best = max(range(3), key=lambda place: float(choices[place][0, 0]))
    parts = [(square_points, free[0]), (square_seeds, free[1]), (square_rest, free[2])]
    used = parts if best == 0 else [parts[best - 1]]
    below = sum(float(square[0, 0]) ** 2 / degrees for square, degrees in used)
    total = float(choices[best][0, 0])
    freedom = total**2 / below if below > 0 else free[2]
    return Spread(mean, choices[best] / number, max(1.0, freedom), between, luck, both)


def crossed_curve(weeks: np.ndarray, horizon: float, shared: bool = True) -> Curve:
    """Return the share that has reached an event by each week, with intervals over worlds and seeds.

    `weeks`: (points, replicates), NaN where not reached by the horizon.  Where all or none reached it by a week nothing
    varies, and the interval is at least Wilson's.
    """
    reached = ~np.isnan(weeks)
    spent = restricted_weeks(weeks.ravel(), reached.ravel(), horizon).reshape(weeks.shape)
    steps = np.union1d(0.0, spent)
    share, low, high = np.empty((3, len(steps)))
    for place, step in enumerate(steps):
        there = reached & (spent <= step)
        share[place] = there.mean()
        found = crossed(there[:, :, None].astype(float), shared)
        wide = t_quantile(found.freedom) * sqrt(found.covariance[0, 0])
        least, most = wilson(int(there.sum()), there.size)
        low[place], high[place] = min(share[place] - wide, least), max(share[place] + wide, most)
    return Curve(steps, share, np.maximum(low, 0), np.minimum(high, 1), weeks.size, int(reached.sum()), float(horizon))


def half(spread: Spread, points: int, replicates: int) -> float:
    """Return the half width of the 95% interval of so many worlds and seeds, with the present variances."""
    variance = spread.between / points + spread.luck / replicates + spread.both / (points * replicates)
    parts = [(spread.between / points, points - 1), (spread.luck / replicates, replicates - 1)]
    parts.append((spread.both / (points * replicates), max(1, (points - 1) * (replicates - 1))))
    below = sum(part**2 / max(1, free) for part, free in parts)
    return t_quantile(max(1.0, variance**2 / below)) * sqrt(variance) if below > 0 else 0.0


def resampled(values: np.ndarray, rng: np.random.Generator, resamples: int, shared: bool = True) -> np.ndarray:
    """Return means of worlds in each resample: (resamples, points, k); futures where there is one world.

    `values`: (points, replicates, k).  Worlds are resampled; where they share their seeds, seeds too (the pigeonhole
    bootstrap, Owen 2007).
    """
    points, replicates = values.shape[:2]
    if points == 1:
        futures: np.ndarray = values[0][rng.integers(replicates, size=(resamples, replicates))]
        return futures
    rows = rng.integers(points, size=(resamples, points))
    if not shared:
        worlds: np.ndarray = values.mean(axis=1)[rows]
        return worlds
    columns = rng.integers(replicates, size=(resamples, replicates))
    weights = np.stack([np.bincount(row, minlength=replicates) for row in columns]) / replicates
    means = np.einsum("br,prk->bpk", weights, values)
    return np.take_along_axis(means, rows[:, :, None], axis=1)
