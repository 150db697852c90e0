"""The tie parameters fitted to waves: approximate Bayesian computation by rejection (Beaumont 2010, Annu. Rev. Ecol. 41:379).

Worlds are drawn as everywhere (`sim.lab.world_draws`), every step is simulated in each, and those whose statistics are nearest
to the observed ones are accepted, with all their parameters.  Statistics are averaged over steps and divided by their spread
(median absolute deviation) over the worlds.  On made-up truth, a regression adjustment narrowed intervals by a twentieth and
lowered errors by a fortieth, so there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.lab.analysis.events import CONFIDENCE, Estimate
from sim.lab.experiment.runner import results_of
from sim.lab.waves.wave_model import FREE, WaveModel, free_range
from sim.lab.waves.wave_steps import STATISTICS, WaveStep, statistics

ALL_STATISTICS = tuple(range(len(STATISTICS)))
NORMAL_MAD = 1.4826
"""Standard deviation of a normal distribution per median absolute deviation."""


class TieWorlds(NamedTuple):
    """Worlds by number (w,), their free parameters (w, free) and the statistics of each step (w, steps, statistics)."""

    numbers: np.ndarray
    values: np.ndarray
    statistics: np.ndarray


def tie_worlds(
    model: WaveModel,
    steps: tuple[WaveStep, ...],
    draws: int,
    jobs: int | None = None,
    progress: Callable[[int], None] = lambda done: None,
    stopped: Callable[[], bool] = lambda: False,
    first: int = 0,
) -> TieWorlds:
    """Return so many worlds with what every step is like in them.

    `first`: the number of the first step, which keys its luck.  Raises ValueError if stopped.
    """

    def one(world: int) -> tuple[np.ndarray, np.ndarray]:
        return model.row(world, steps, first)

    rows = results_of(one, range(draws), jobs, stopped, progress=progress).values()
    if len(rows) < draws:
        raise ValueError("stopped before all worlds were tried")
    values = np.array([row for row, _ in rows]).reshape(draws, len(FREE))
    each = np.array([row for _, row in rows]).reshape(draws, len(steps), len(STATISTICS))
    return TieWorlds(np.arange(draws), values, each)


def observed_statistics(steps: Sequence[WaveStep]) -> np.ndarray:
    """Return the statistics of the steps as they were: float64 (steps, statistics)."""
    return np.array([statistics(step.among_judged(step.before), step.among_judged(step.after)) for step in steps])


def nearest(observed: np.ndarray, simulated: np.ndarray, number: int) -> np.ndarray:
    """Return the places of the worlds whose statistics are nearest, the nearest first.

    `observed`: (statistics,).  `simulated`: (worlds, statistics).
    """
    middle = np.median(simulated, axis=0)
    spread = NORMAL_MAD * np.median(np.abs(simulated - middle), axis=0)
    spread = np.where(spread > 0, spread, np.maximum(simulated.std(axis=0), np.finfo(float).eps))
    distance = (((simulated - observed) / spread) ** 2).sum(axis=1)
    return np.argsort(distance, kind="stable")[:number]


def band(values: Sequence[float] | np.ndarray, confidence: float = CONFIDENCE) -> Estimate:
    """Return the mean of futures or worlds, and the interval in which so many of them lie; NaN without any."""
    known = np.asarray(values, float)
    known = known[~np.isnan(known)]
    if not len(known):
        return Estimate(np.nan, np.nan, np.nan)
    low, high = np.quantile(known, ((1 - confidence) / 2, (1 + confidence) / 2))
    return Estimate(float(known.mean()), float(low), float(high))


@dataclass(frozen=True, eq=False)
class TieFit:
    """Accepted worlds: numbers (a,), free parameters (a, free).  `fitted`: whether any step chose them; else the first."""

    worlds: np.ndarray
    values: np.ndarray
    fitted: bool

    def estimate(self, key: str, confidence: float = CONFIDENCE) -> Estimate:
        """Return the mean of a free parameter with its interval."""
        return band(self.values[:, FREE.index(key)], confidence)

    def narrowed(self, key: str) -> float:
        """Return how much narrower than before the fit a parameter's interval is, as a share."""
        low, high = free_range(key)
        found = self.estimate(key)
        return 1 - (found.high - found.low) / (CONFIDENCE * (high - low))


def tie_fit(
    worlds: TieWorlds, observed: np.ndarray, steps: Sequence[int], accept: int, by: Sequence[int] = ALL_STATISTICS
) -> TieFit:
    """Return the worlds nearest to what was observed in some steps, by number; without steps, the first worlds as drawn.

    `observed`: (steps, statistics) of all steps.  `by`: the statistics that count.
    """
    chosen = list(steps)
    if not chosen:
        return TieFit(worlds.numbers[:accept], worlds.values[:accept], False)
    seen, simulated = observed[chosen].mean(axis=0), worlds.statistics[:, chosen].mean(axis=1)
    places = np.sort(nearest(seen[list(by)], simulated[:, list(by)], accept))
    return TieFit(worlds.numbers[places], worlds.values[places], True)
