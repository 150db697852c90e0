"""In which share of plausible worlds one strategy does better, corrected for the luck of a few futures in each.

With two futures per world, the share of worlds whose mean difference is above a margin is drawn towards one half.  Two
corrections with opposite faults are averaged.  Extrapolation: the share from r futures is biased by about b / r, and the
share from half of them shows b.  Deconvolution: worlds' true differences are a mixture of narrow normals on a grid, fitted
to the observed means by EM; the variance of each world's luck is shrunk towards a common one (Smyth 2004).

`over_worlds` compares two strategies in complete worlds; `share_reaching` is for an effect that some futures may lack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

import numpy as np
import scipy

from sim.lab.analysis.effects import wilson
from sim.lab.analysis.events import CONFIDENCE, NORMAL_QUANTILE, Estimate
from sim.lab.analysis.regret import subsets

COMPONENTS, EM_STEPS = 60, 40
RESAMPLES, BATCH = 200, 10
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


class Weighted(NamedTuple):
    """A mean over worlds with weights, its variance over worlds, and its standard error."""

    mean: float
    variance: float
    error: float

    @classmethod
    def of(cls, values: np.ndarray, weights: np.ndarray) -> Weighted:
        """Return the mean of values, one per world; `weights` sum to 1."""
        mean, squares = float(values @ weights), float((weights**2).sum())
        apart = (values - mean) ** 2
        variance = float(apart @ weights) / (1 - squares) if squares < 1 else 0.0
        # The error of a ratio: heavy worlds that are far from the mean count more than their number says.
        error = sqrt(max(float(apart @ weights**2) / (1 - squares) if squares < 1 else 0.0, 0.0))
        return cls(mean, variance, error)


def over_worlds(apart: np.ndarray, margin: float, weights: np.ndarray | None = None) -> OverWorlds:
    """Return a difference over worlds.

    `apart`: (worlds, futures), at least two of each; every world has luck of its own.  `margin`: differences up to this
    count as about equal.  `weights`: of worlds, by how well they fit facts; equal if left out.
    """
    worlds, futures = apart.shape
    if worlds < 2 or futures < 2:
        raise ValueError(f"shares of worlds take at least two worlds of two futures, not {worlds} of {futures}")
    share = np.full(worlds, 1 / worlds) if weights is None else weights / weights.sum()
    means = Weighted.of(apart.mean(axis=1), share)
    within = float(apart.var(axis=1, ddof=1) @ share)
    between = max(0.0, means.variance - within / futures)
    wide = NORMAL_QUANTILE * means.error
    mean = Estimate(means.mean, means.mean - wide, means.mean + wide)
    whole = within + between
    return OverWorlds(shares_of(apart, margin, share), mean, within / whole if whole > 0 else 0.0)


def shares_of(apart: np.ndarray, margin: float, weights: np.ndarray) -> Shares:
    """Return the shares of worlds by their true difference, with 95% intervals.  Arguments as in `over_worlds`."""
    futures = apart.shape[1]
    luck = shrunk_variances(apart.var(axis=1, ddof=1), futures - 1) / futures
    grid, once = NormalGrid.of(apart.mean(axis=1), luck), weights[None, :]
    above, below = (
        share_above(
            sign * apart,
            margin,
            float(Mixture(grid.likelihood, grid.above(sign, margin)).reaching(once)[0]),
            weights,
        )
        for sign in (1, -1)
    )
    total = max(1.0, above.mean + below.mean)
    above, below = (Estimate(one.mean / total, one.low, one.high) for one in (above, below))
    return Shares(above, below, max(0.0, 1 - above.mean - below.mean))


def share_above(apart: np.ndarray, margin: float, deconvolved: float, weights: np.ndarray) -> Estimate:
    """Return the share of worlds whose true difference is above the margin; its interval covers what corrections differ by."""
    further = Weighted.of(beyond(apart, margin), weights)
    naive = float((apart.mean(axis=1) > margin) @ weights)
    extrapolated = float(np.clip(further.mean, 0, 1))
    share = (extrapolated + deconvolved) / 2
    doubt = max(abs(share - naive), abs(extrapolated - deconvolved)) / 2
    wide = NORMAL_QUANTILE * sqrt(further.error**2 + doubt**2)
    return Estimate(share, max(0.0, share - wide), min(1.0, share + wide))


def beyond(apart: np.ndarray, margin: float) -> np.ndarray:
    """Return whether each world's difference is above the margin, extrapolated to many futures: float (worlds,)."""
    futures = apart.shape[1]
    half = futures // 2
    whole = (apart.mean(axis=1) > margin).astype(float)
    parts = np.mean([apart[:, list(some)].mean(axis=1) > margin for some in subsets(futures, half)], axis=0)
    further: np.ndarray = whole + (whole - parts) * (1 / futures) / (1 / half - 1 / futures)
    return further


@dataclass(frozen=True)
class ShareReached:
    """The share of worlds in which an effect reaches a margin.

    `error`: its standard error.  `doubt`: what luck's correction may be wrong by.
    """

    share: float
    error: float
    doubt: float
    worlds: int

    def interval(self, confidence: float = CONFIDENCE) -> Estimate:
        """Return the share with its interval: Wilson's for as many worlds as the error is worth, widened by the doubt."""
        smooth = (self.share * self.worlds + 2) / (self.worlds + 4)
        inflation = max(1.0, self.error**2 * self.worlds / (smooth * (1 - smooth)))
        worth = self.worlds / inflation
        ends = wilson(self.share * worth, worth, confidence)
        below, above = (sqrt((float(end) - self.share) ** 2 + (NORMAL_QUANTILE * self.doubt) ** 2) for end in ends)
        low, high = self.share - below, self.share + above
        return Estimate(self.share, max(0.0, low), min(1.0, high))


def share_reaching(values: np.ndarray, margin: float, yes_no: bool = False, seed: int = 0) -> ShareReached:
    """Return the share of worlds whose true mean effect is at least the margin.

    `values`: float (worlds, futures), NaN where a future has no effect; a world without any does not reach the margin.
    Every world has luck of its own.  `yes_no`: whether each value is yes or no (1, 0), so that the effect is a share.
    The error is that of a bootstrap over worlds, with draws from `seed`.
    """
    number = len(values)
    worlds = [row[np.isfinite(row)] for row in values]
    known = [row for row in worlds if len(row)]
    if not known:
        return ShareReached(0.0, 0.0, 0.0, number)
    means = np.array([row.mean() for row in known])
    naive = float((means >= margin).sum()) / number
    if yes_no:
        mixture = binomial_mixture(known, margin)
    else:
        mixture = normal_mixture(means, luck_of(known), margin)
        further = np.array([reached_with_many(row, margin) for row in known])
    places = np.flatnonzero([len(row) > 0 for row in worlds])
    drawn = np.random.default_rng(seed).multinomial(number, np.full(number, 1 / number), RESAMPLES)
    counts = np.vstack([np.ones(number), drawn])[:, places]
    deconvolved = mixture.reaching(counts) / number
    other = deconvolved if yes_no else np.clip(counts @ further / number, 0, 1)
    shares = (deconvolved + other) / 2
    share = float(shares[0])
    doubt = max(abs(share - naive), abs(float(deconvolved[0] - other[0]))) / 2
    return ShareReached(share, float(shares[1:].std(ddof=1)), doubt, number)


def reached_with_many(row: np.ndarray, margin: float) -> float:
    """Return whether a world's effect reaches the margin, extrapolated to many futures, ties counted half."""
    futures = len(row)
    whole = counted(row.mean(), margin)
    half = futures // 2
    if not half:
        return whole
    parts = float(np.mean([counted(row[list(some)].mean(), margin) for some in subsets(futures, half)]))
    return whole + (whole - parts) * (1 / futures) / (1 / half - 1 / futures)


def counted(mean: float, margin: float) -> float:
    """Return 1 above the margin, 0 below and a half at it."""
    return float(np.heaviside(mean - margin, 0.5))


def luck_of(worlds: Sequence[np.ndarray]) -> np.ndarray:
    """Return the variance of each world's mean due to luck; a world with one future has the common variance."""
    futures = np.array([len(row) for row in worlds])
    if not (futures > 1).any():
        return np.zeros(len(worlds))
    variances = np.array([row.var(ddof=1) if len(row) > 1 else np.nan for row in worlds])
    variances[futures > 1] = shrunk_variances(variances[futures > 1], futures[futures > 1] - 1)
    variances[futures == 1] = variances[futures > 1].mean()
    return np.asarray(variances / futures)


@dataclass(frozen=True, eq=False)
class Mixture:
    """What worlds' true effects may be: float (worlds, components).

    `likelihood`: of each world's futures under each component.  `chance`: that the world's effect then reaches the margin.
    """

    likelihood: np.ndarray
    chance: np.ndarray

    def reaching(self, counts: np.ndarray) -> np.ndarray:
        """Return in how many worlds the effect reaches the margin; `counts`: (samples, worlds), how often each is in a sample."""
        # A few samples at a time: larger products would be split over threads, which costs more than it gains.
        return np.concatenate([self._reaching(counts[at : at + BATCH]) for at in range(0, len(counts), BATCH)])

    def _reaching(self, counts: np.ndarray) -> np.ndarray:
        prior = fitted(self.likelihood, counts)
        weights = counts / np.maximum(prior @ self.likelihood.T, TINY)
        reached: np.ndarray = (weights @ (self.likelihood * self.chance) * prior).sum(axis=1)
        return reached


TINY = 1e-100


def fitted(likelihood: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the weights of a mixture's components by EM: (samples, components).  Arguments as in `Mixture`."""
    prior = np.full((len(counts), likelihood.shape[1]), 1 / likelihood.shape[1])
    for _ in range(EM_STEPS):
        prior = prior * ((counts / np.maximum(prior @ likelihood.T, TINY)) @ likelihood)
        # Numbers near the smallest that floats can hold would make every step slow.
        prior = np.maximum(prior / prior.sum(axis=1, keepdims=True), TINY)
    return prior


def normal_mixture(means: np.ndarray, luck: np.ndarray, margin: float) -> Mixture:
    """Return what worlds' true effects may be, given their means and the variances of these due to luck."""
    grid = NormalGrid.of(means, luck)
    return Mixture(grid.likelihood, grid.above(1, margin))


def binomial_mixture(worlds: Sequence[np.ndarray], margin: float) -> Mixture:
    """Return what worlds' true shares of yes may be, given their futures."""
    grid = (np.arange(COMPONENTS) + 0.5) / COMPONENTS
    yes, futures = (np.array([part(row) for row in worlds], float)[:, None] for part in (np.sum, len))
    likelihood = np.asarray(grid**yes * (1 - grid) ** (futures - yes))
    chance = np.broadcast_to((grid >= margin).astype(float), likelihood.shape)
    return Mixture(likelihood, chance)


@dataclass(frozen=True, eq=False)
class NormalGrid:
    """Narrow normals on a grid that worlds' true differences are a mixture of.

    `means`, `deviations`: of a world's difference given its futures and a component.  `likelihood`: of the futures.  All of
    shape (worlds, components).
    """

    means: np.ndarray
    deviations: np.ndarray
    likelihood: np.ndarray

    @classmethod
    def of(cls, seen: np.ndarray, luck: np.ndarray) -> NormalGrid:
        """Return the grid for worlds' mean differences, and the variances of these due to luck: both (worlds,)."""
        reach = float(np.ptp(seen))
        if not reach:
            return cls(seen[:, None], np.zeros((len(seen), 1)), np.ones((len(seen), 1)))
        variance = float(seen.var(ddof=1))
        spread = sqrt(max(variance - float(luck.mean()), 1e-4 * variance))
        step = max(spread / 2, reach / (COMPONENTS - 1))
        grid = np.arange(float(seen.min()), float(seen.max()) + step, step)[:COMPONENTS]
        own, noise = (step / 2) ** 2, np.maximum(luck, 1e-12 * reach**2)[:, None]
        likelihood = np.exp(-0.5 * (seen[:, None] - grid) ** 2 / (own + noise)) / np.sqrt(own + noise)
        means = (seen[:, None] * own + grid * noise) / (own + noise)
        return cls(means, np.sqrt(own * noise / (own + noise)) + 0 * means, likelihood)

    def above(self, sign: int, margin: float) -> np.ndarray:
        """Return the chance that a world's difference times `sign` is above the margin, by component."""
        gap = sign * self.means - margin
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.deviations > 0, scipy.special.ndtr(gap / self.deviations), gap > 0)


def shrunk_variances(variances: np.ndarray, freedom: np.ndarray | int) -> np.ndarray:
    """Return sample variances shrunk towards a common one, by empirical Bayes (Smyth 2004, section 6.2).

    `freedom`: degrees of freedom of each, or of all.
    """
    if not variances.any():
        return variances
    logs = np.log(np.maximum(variances, 1e-4 * variances.mean()))
    half = np.asarray(freedom) / 2
    centred = logs - scipy.special.digamma(half) + np.log(half)
    expected = float(np.mean(scipy.special.polygamma(1, half)))
    excess = float(centred.var(ddof=1)) - expected if len(variances) > 1 else 0.0
    if excess <= 0:
        return np.full(len(variances), float(variances.mean()))
    prior = 2 * inverse_trigamma(excess)
    common = float(np.exp(centred.mean() + scipy.special.digamma(prior / 2) - np.log(prior / 2)))
    shrunk: np.ndarray = (prior * common + freedom * variances) / (prior + freedom)
    return shrunk


def inverse_trigamma(value: float) -> float:
    """Return the number whose trigamma is `value`, by Newton's method (Smyth 2004, appendix)."""
    number = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(scipy.special.polygamma(1, number))
        change = trigamma * (1 - trigamma / value) / float(scipy.special.polygamma(2, number))
        number += change
        if abs(change) < 1e-8 * number:
            break
    return number
