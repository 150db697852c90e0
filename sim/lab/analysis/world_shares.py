"""In which share of plausible worlds one strategy does better, corrected for the luck of a few futures in each.

With two futures a world, the share of worlds whose mean difference is above a margin is drawn towards one half.  Two
corrections with opposite faults are averaged.  Extrapolation: the share from r futures is biased by about b / r, and the
share from half of them shows b.  Deconvolution: worlds' true differences are a mixture of narrow normals on a grid, fitted
to the observed means by EM; the variance of each world's luck is shrunk towards a common one (Smyth 2004).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy import special

from sim.lab.analysis.events import NORMAL_QUANTILE, Estimate
from sim.lab.analysis.regret import subsets

COMPONENTS, EM_STEPS = 60, 40
MARGIN = 0.05
"""Two strategies are about equal in a world where they differ by less than this share of the outcome's mean."""


class Shares(NamedTuple):
    """Shares of worlds with a difference above the margin, below minus the margin, and between; they sum to 1."""

    above: Estimate
    below: Estimate
    between: float


@dataclass(frozen=True)
class OverWorlds:
    """A difference over worlds: shares, mean with its 95% interval, and the share of luck.

    `luck`: of the variance of a single future's difference over all worlds, the part between futures of one world.
    """

    shares: Shares
    mean: Estimate
    luck: float


def over_worlds(apart: np.ndarray, margin: float) -> OverWorlds:
    """Return a difference over worlds.

    `apart`: (worlds, futures), at least two of each; every world has luck of its own.  `margin`: differences up to this
    count as about equal.
    """
    worlds, futures = apart.shape
    if worlds < 2 or futures < 2:
        raise ValueError(f"shares of worlds take at least two worlds of two futures, not {worlds} of {futures}")
    means = apart.mean(axis=1)
    within = float(apart.var(axis=1, ddof=1).mean())
    variance = float(means.var(ddof=1))
    between = max(0.0, variance - within / futures)
    wide = NORMAL_QUANTILE * sqrt(variance / worlds)
    mean = Estimate(float(means.mean()), float(means.mean()) - wide, float(means.mean()) + wide)
    whole = within + between
    return OverWorlds(shares_of(apart, margin), mean, within / whole if whole > 0 else 0.0)


def shares_of(apart: np.ndarray, margin: float) -> Shares:
    """Return the shares of worlds by their true difference, with 95% intervals.  Arguments as in `over_worlds`."""
    posterior = Posterior.of(apart)
    above, below = (share_above(sign * apart, margin, posterior.above(sign, margin)) for sign in (1, -1))
    total = max(1.0, above.mean + below.mean)
    above, below = (Estimate(one.mean / total, one.low, one.high) for one in (above, below))
    return Shares(above, below, max(0.0, 1 - above.mean - below.mean))


def share_above(apart: np.ndarray, margin: float, deconvolved: float) -> Estimate:
    """Return the share of worlds whose true difference is above the margin; its interval covers what corrections differ by."""
    further = beyond(apart, margin)
    naive = float((apart.mean(axis=1) > margin).mean())
    extrapolated = float(np.clip(further.mean(), 0, 1))
    share = (extrapolated + deconvolved) / 2
    error = float(further.std(ddof=1)) / sqrt(len(apart))
    doubt = max(abs(share - naive), abs(extrapolated - deconvolved)) / 2
    wide = NORMAL_QUANTILE * sqrt(error**2 + doubt**2)
    return Estimate(share, max(0.0, share - wide), min(1.0, share + wide))


def beyond(apart: np.ndarray, margin: float) -> np.ndarray:
    """Return whether each world's difference is above the margin, extrapolated to many futures: float (worlds,)."""
    futures = apart.shape[1]
    half = futures // 2
    whole = (apart.mean(axis=1) > margin).astype(float)
    parts = np.mean([apart[:, list(some)].mean(axis=1) > margin for some in subsets(futures, half)], axis=0)
    further: np.ndarray = whole + (whole - parts) * (1 / futures) / (1 / half - 1 / futures)
    return further


@dataclass(frozen=True, eq=False)
class Posterior:
    """What is known of worlds' true differences: normals, `means`, `deviations`, `weights` of shape (worlds, components)."""

    means: np.ndarray
    deviations: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, apart: np.ndarray) -> Posterior:
        """Fit a mixture of normals on a grid to worlds' differences, (worlds, futures)."""
        seen, futures = apart.mean(axis=1), apart.shape[1]
        luck = shrunk_variances(apart.var(axis=1, ddof=1), futures - 1) / futures
        reach = float(np.ptp(seen))
        if not reach:
            return cls(seen[:, None], np.zeros((len(seen), 1)), np.ones((len(seen), 1)))
        spread = sqrt(max(float(seen.var(ddof=1)) - float(luck.mean()), 1e-4 * float(seen.var(ddof=1))))
        step = max(spread / 2, reach / (COMPONENTS - 1))
        grid = np.arange(float(seen.min()), float(seen.max()) + step, step)[:COMPONENTS]
        own, noise = (step / 2) ** 2, np.maximum(luck, 1e-12 * reach**2)[:, None]
        likelihood = np.exp(-0.5 * (seen[:, None] - grid) ** 2 / (own + noise)) / np.sqrt(own + noise)
        prior = np.full(len(grid), 1 / len(grid))
        for _ in range(EM_STEPS):
            weights = prior * likelihood
            weights /= weights.sum(axis=1, keepdims=True)
            prior = weights.mean(axis=0)
        means = (seen[:, None] * own + grid * noise) / (own + noise)
        return cls(means, np.sqrt(own * noise / (own + noise)) + 0 * means, weights)

    def above(self, sign: int, margin: float) -> float:
        """Return the share of worlds whose difference times `sign` is above the margin."""
        gap = sign * self.means - margin
        with np.errstate(divide="ignore", invalid="ignore"):
            chance = np.where(self.deviations > 0, special.ndtr(gap / self.deviations), gap > 0)
        return float((self.weights * chance).sum(axis=1).mean())


def shrunk_variances(variances: np.ndarray, freedom: int) -> np.ndarray:
    """Return sample variances shrunk towards a common one, by empirical Bayes (Smyth 2004, section 6.2)."""
    if not variances.any():
        return variances
    logs = np.log(np.maximum(variances, 1e-4 * variances.mean()))
    centred = logs - special.digamma(freedom / 2) + np.log(freedom / 2)
    excess = float(centred.var(ddof=1)) - float(special.polygamma(1, freedom / 2))
    if excess <= 0:
        return np.full(len(variances), float(variances.mean()))
    prior = 2 * inverse_trigamma(excess)
    common = float(np.exp(centred.mean() + special.digamma(prior / 2) - np.log(prior / 2)))
    shrunk: np.ndarray = (prior * common + freedom * variances) / (prior + freedom)
    return shrunk


def inverse_trigamma(value: float) -> float:
    """Return the number whose trigamma is `value`, by Newton's method (Smyth 2004, appendix)."""
    number = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(special.polygamma(1, number))
        change = trigamma * (1 - trigamma / value) / float(special.polygamma(2, number))
        number += change
        if abs(change) < 1e-8 * number:
            break
    return number
