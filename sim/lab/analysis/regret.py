"""Which strategy to choose when the world is uncertain: probability of being best, and regret.

Regret is how much more the best strategy of a world would have produced (Savage 1951); minimax regret chooses the strategy
whose largest regret is least.  A world's mean over a few futures is partly luck, which inflates the largest of several and
with it every regret.  So worlds' means are first shrunk to the spread that they would have without luck, by the linear map
between two normal distributions that moves them least (Dowson & Landau 1982); the share of worlds in which a strategy is
best is extrapolated to many futures.  Intervals resample worlds, which needs luck of its own in each world: where worlds
share their seeds, or have one future each, `Regrets.note` says what that means for the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from sim.lab.analysis.effects import proportion
from sim.lab.analysis.events import CONFIDENCE, NORMAL_QUANTILE, Estimate
from sim.lab.analysis.runs import Block, more_is_better

RESAMPLES = 1000
MOST_NUMBERS = 30_000_000
"""Numbers that a bootstrap may hold at once."""
ONE_FUTURE = "With one future in each world luck cannot be removed: regrets are upper bounds, without intervals."
SHARED_LUCK = (
    "All worlds share the same few seeds, so that luck does not average out over worlds: there are no intervals."
)


@dataclass(frozen=True)
class Regret:
    """One strategy: share of units in which it is best (ties shared), mean, 90th percentile and largest regret.

    Intervals are NaN where there are none.  `largest`: of these units, so a lower bound.  `minimax`: whether it is the
    least of all strategies, `minimax_share`: the share of resamples in which it is.
    """

    strategy: str
    best: Estimate
    mean: Estimate
    ninety: Estimate
    largest: float
    minimax: bool
    minimax_share: float


@dataclass(frozen=True)
class Regrets:
    """Regret of each strategy in one outcome.  `unit`: what the shares are of.  `table`: (units, strategies) regrets.

    `note`: why there are no intervals; empty if there are.
    """

    outcome: str
    unit: str
    number: int
    strategies: tuple[Regret, ...]
    table: np.ndarray = field(compare=False)
    note: str = ""

    def of(self, name: str) -> Regret:
        """Return the regret of one strategy."""
        return next(one for one in self.strategies if one.strategy == name)


def regret(table: Block, seed: int = 0, resamples: int = RESAMPLES, more: bool | None = None) -> Regrets:
    """Return the regret of each strategy.  `more`: whether more of the outcome is better; by default as declared.

    Raises AnalysisError where no direction is better.
    """
    sign = 1.0 if (more_is_better(table.outcome) if more is None else more) else -1.0
    values = sign * table.values
    units, luck = sign * table.units, luck_within(values, table.shared)
    loss = losses(without_luck(units, luck.mean(axis=0)))
    best = shares_best(values)
    note = ""
    if len(values) > 1:
        note = ONE_FUTURE if values.shape[1] == 1 else SHARED_LUCK if table.shared else ""
    rng = np.random.default_rng(seed)
    many = max(100, min(resamples, MOST_NUMBERS // max(1, units.size)))
    drawn = rng.integers(len(units), size=(many, len(units)))
    again = losses(without_luck(units[drawn], luck[drawn].mean(axis=1)))
    worst, worst_again = loss.max(axis=0), again.max(axis=1)
    least = worst_again == worst_again.min(axis=1, keepdims=True)
    share = (least / least.sum(axis=1, keepdims=True)).mean(axis=0)
    rows = []
    for place, name in enumerate(table.strategies):
        mean = interval(float(loss[:, place].mean()), again[:, :, place].mean(axis=1))
        ninety = interval(float(np.quantile(loss[:, place], 0.9)), np.quantile(again[:, :, place], 0.9, axis=1))
        if note:
            mean, ninety = (Estimate(one.mean, np.nan, np.nan) for one in (mean, ninety))
        least_of_all = bool(worst[place] == worst.min())
        chance = best[place] if not note else Estimate(best[place].mean, np.nan, np.nan)
        rows.append(Regret(name, chance, mean, ninety, float(worst[place]), least_of_all, float(share[place])))
    return Regrets(table.outcome, table.unit, len(units), tuple(rows), loss, note)


def luck_within(values: np.ndarray, shared: bool) -> np.ndarray:
    """Return each world's covariance of its mean due to luck: (points, k, k); 0 where luck cannot be separated.

    `values`: (points, replicates, k).  Of shared seeds, what they do in all worlds alike changes no world's ranking among
    worlds, and is left out.
    """
    points, replicates, many = values.shape
    if points == 1 or replicates == 1:
        return np.zeros((len(values[0]) if points == 1 else points, many, many))
    rest = values - values.mean(axis=1, keepdims=True)
    free = float(replicates - 1)
    if shared:
        rest = rest - rest.mean(axis=0)
        free *= (points - 1) / points
    covariance: np.ndarray = np.einsum("prk,prl->pkl", rest, rest) / free / replicates
    return covariance


def without_luck(means: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Return worlds' means, (..., points, k), shrunk so that their covariance is less by that of luck, (..., k, k)."""
    if not luck.any() or means.shape[-2] < 2:
        return means
    middle = means.mean(axis=-2, keepdims=True)
    apart = means - middle
    whole = np.einsum("...pk,...pl->...kl", apart, apart) / (means.shape[-2] - 1)
    true = powered(whole - luck, 1.0)
    root, inverse = powered(whole, 0.5), powered(whole, -0.5)
    move = inverse @ powered(root @ true @ root, 0.5) @ inverse
    shrunk: np.ndarray = middle + apart @ move
    return shrunk


def powered(matrix: np.ndarray, power: float) -> np.ndarray:
    """Return a power of symmetric matrices, (..., k, k); eigenvalues at or below 0 become 0."""
    values, vectors = np.linalg.eigh(matrix)
    floor = 1e-12 * np.abs(values).max(axis=-1, keepdims=True)
    raised = np.where(values > floor, np.maximum(values, floor + 1e-300) ** power, 0.0)
    result: np.ndarray = (vectors * raised[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    return result


def losses(units: np.ndarray) -> np.ndarray:
    """Return how much more the best strategy of each unit produced: (..., strategies), 0 for the best."""
    loss: np.ndarray = units.max(axis=-1, keepdims=True) - units
    return loss


def best_of(units: np.ndarray) -> np.ndarray:
    """Return 1 for the best strategy of each unit, ties shared evenly: (..., strategies), sums to 1."""
    winners = units == units.max(axis=-1, keepdims=True)
    share: np.ndarray = winners / winners.sum(axis=-1, keepdims=True)
    return share


def subsets(replicates: int, size: int) -> Iterator[Sequence[int]]:
    """Yield subsets of replicates: all of this size, or disjoint blocks if there are too many."""
    if replicates <= 8:
        yield from combinations(range(replicates), size)
    else:
        yield from (range(start, start + size) for start in range(0, replicates - size + 1, size))


def extrapolated(values: np.ndarray) -> np.ndarray:
    """Return each world's estimate of whether a strategy is best, given many futures: (points, k).

    `values`: (points, replicates, k).  A share from r futures per world is biased by about b / r; halving r shows b.  An
    estimate may be below 0 or above 1; the mean over worlds is what counts.
    """
    replicates = values.shape[1]
    whole = best_of(values.mean(axis=1))
    half = replicates // 2
    if not half:
        return whole
    parts = np.mean([best_of(values[:, list(some)].mean(axis=1)) for some in subsets(replicates, half)], axis=0)
    further: np.ndarray = whole + (whole - parts) * (1 / replicates) / (1 / half - 1 / replicates)
    return further


def shares_best(values: np.ndarray) -> list[Estimate]:
    """Return the share of units in which each strategy is best, with 95% intervals.

    `values`: (points, replicates, k).  Units are worlds, or futures where there is one world.
    """
    units = extrapolated(values) if len(values) > 1 else best_of(values[0])
    number = len(units)
    means = np.clip(units.mean(axis=0), 0, 1)
    rows = []
    for mean, column in zip(means / means.sum(), units.T, strict=True):
        wide = NORMAL_QUANTILE * float(column.std(ddof=1)) / np.sqrt(number) if number > 1 else 1.0
        low, high = max(0.0, mean - wide), min(1.0, mean + wide)
        if mean in (0.0, 1.0):
            # Best in all units or in none: Wilson's interval instead of one without width.
            wilson = proportion(int(mean) * number, number)
            low, high = min(low, wilson.low), max(high, wilson.high)
        rows.append(Estimate(float(mean), float(low), float(high)))
    return rows


def interval(value: float, resamples: np.ndarray) -> Estimate:
    """Return an estimate with the middle 95% of its resamples."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(resamples, [tail, 1 - tail])
    return Estimate(float(value), float(low), float(high))
