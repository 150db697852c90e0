"""Which strategy to choose when the world is uncertain: probability of being best, and regret.

A world's value is its mean over seeds.  Regret is how much more the best strategy of that world would have produced (Savage
1951); minimax regret chooses the strategy whose largest regret is least.  With few seeds a world's best is partly luck, which
inflates regrets; the intervals are from resampling worlds and seeds together.  The largest regret has no interval: resampling
never exceeds the largest number of a table, and other worlds may.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.lab.analysis.effects import proportion
from sim.lab.analysis.events import CONFIDENCE, Estimate
from sim.lab.analysis.pairs import resampled
from sim.lab.analysis.runs import Block, more_is_better

RESAMPLES = 1000
MOST_NUMBERS = 30_000_000
"""Numbers that a bootstrap may hold at once."""


@dataclass(frozen=True)
class Regret:
    """One strategy: share of units in which it is best (ties shared), mean, 90th percentile and largest regret.

    `largest`: of these units, so a lower bound.  `minimax`: whether it is the least of all strategies,
    `minimax_share`: the share of resamples in which it is.
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
    """Regret of each strategy in one outcome.  `unit`: what the shares are of.  `table`: (units, strategies) regrets."""

    outcome: str
    unit: str
    number: int
    strategies: tuple[Regret, ...]
    table: np.ndarray

    def of(self, name: str) -> Regret:
        """Return the regret of one strategy."""
        return next(one for one in self.strategies if one.strategy == name)


def regret(table: Block, seed: int = 0, resamples: int = RESAMPLES, more: bool | None = None) -> Regrets:
    """Return the regret of each strategy.  `more`: whether more of the outcome is better; by default as declared.

    Raises AnalysisError where no direction is better.
    """
    sign = 1.0 if (more_is_better(table.outcome) if more is None else more) else -1.0
    units = sign * table.units
    loss = losses(units)
    summary = summaries(units)
    rng = np.random.default_rng(seed)
    many = max(100, min(resamples, MOST_NUMBERS // max(1, table.values.size)))
    drawn = resampled(sign * table.values, rng, many)
    spread = {
        name: np.array(parts) for name, parts in zip(summary, zip(*map(_as_rows, drawn), strict=True), strict=True)
    }
    worst = summary["largest"]
    least = spread["largest"].min(axis=1, keepdims=True)
    share = ((spread["largest"] == least) / (spread["largest"] == least).sum(axis=1, keepdims=True)).mean(axis=0)
    rows = []
    for place, name in enumerate(table.strategies):
        best, mean, ninety = (
            interval(summary[key][place], spread[key][:, place]) for key in ("best", "mean", "ninety")
        )
        if best.mean in (0.0, 1.0):
            # Best in all units or in none, so in every resample too: Wilson's interval instead.
            all_or_none = proportion(int(best.mean) * len(units), len(units))
            best = Estimate(best.mean, min(best.low, all_or_none.low), max(best.high, all_or_none.high))
        least_of_all = bool(worst[place] == worst.min())
        rows.append(Regret(name, best, mean, ninety, float(worst[place]), least_of_all, float(share[place])))
    return Regrets(table.outcome, table.unit, len(units), tuple(rows), loss)


def losses(units: np.ndarray) -> np.ndarray:
    """Return how much more the best strategy of each unit produced: (units, strategies), 0 for the best."""
    loss: np.ndarray = units.max(axis=1, keepdims=True) - units
    return loss


def best_share(units: np.ndarray) -> np.ndarray:
    """Return the share of units in which each strategy is best, ties shared evenly: (strategies,), sums to 1."""
    winners = units == units.max(axis=1, keepdims=True)
    share: np.ndarray = (winners / winners.sum(axis=1, keepdims=True)).mean(axis=0)
    return share


def summaries(units: np.ndarray) -> dict[str, np.ndarray]:
    """Return share best, mean, 90th percentile and largest regret of each strategy."""
    loss = losses(units)
    return {
        "best": best_share(units),
        "mean": loss.mean(axis=0),
        "ninety": np.quantile(loss, 0.9, axis=0),
        "largest": loss.max(axis=0),
    }


def _as_rows(units: np.ndarray) -> Sequence[np.ndarray]:
    return list(summaries(units).values())


def interval(value: float, resamples: np.ndarray) -> Estimate:
    """Return an estimate with the middle 95% of its resamples."""
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(resamples, [tail, 1 - tail])
    return Estimate(float(value), float(low), float(high))
