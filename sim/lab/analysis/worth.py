"""Value of information: the expected value of perfect and of partial information for choosing a strategy.

With present knowledge one chooses the strategy of the largest mean net benefit over worlds.  Knowing the world, one would
choose the best in each: the mean gain is the expected value of perfect information (EVPI).  Knowing some parameters only, one
would choose by the mean net benefit given these (EVPPI), estimated by regression (Strong, Oakley & Brennan 2014): cubic
polynomials with a ridge penalty chosen by generalised cross-validation.  Luck of few futures in each world inflates EVPI,
so worlds' means are first shrunk as for regret; in EVPPI the regression averages it out.  What regression finds by chance is
measured by putting worlds in random order (`noise_level`).  Knowing a part is never worth more than knowing the whole, but
estimates may, by chance; `coherent` corrects that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.lab.analysis.events import CONFIDENCE, NORMAL_QUANTILE, Estimate
from sim.lab.analysis.regret import luck_within, without_luck

RESAMPLES = ORDERS = 200
PENALTIES = np.append(np.logspace(-4, 6, 21), np.inf)


def perfect_information(benefits: np.ndarray, seed: int = 0, resamples: int = RESAMPLES) -> Estimate:
    """Return the expected value of perfect information with its 95% interval.

    `benefits`: net benefit, (worlds, futures, strategies), each world with luck of its own.
    """
    means, luck = benefits.mean(axis=1), luck_within(benefits, shared=False)
    value = gain(without_luck(means, luck.mean(axis=0)))
    drawn = np.random.default_rng(seed).integers(len(means), size=(resamples, len(means)))
    again = [gain(without_luck(means[rows], luck[rows].mean(axis=0))) for rows in drawn]
    return with_error(value, again)


def partial_information(
    benefits: np.ndarray, parameters: np.ndarray, seed: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """Return the expected value of knowing some parameters, with its 95% interval.

    `benefits`: as in `perfect_information`.  `parameters`: (worlds, number of parameters), with interactions of degree 2.
    """
    means, columns = benefits.mean(axis=1), basis(parameters)
    value = gain(Regression.on(columns).fitted(means))
    drawn = np.random.default_rng(seed).integers(len(means), size=(resamples, len(means)))
    return with_error(value, [gain(Regression.on(columns[rows]).fitted(means[rows])) for rows in drawn])


def noise_level(benefits: np.ndarray, groups: Sequence[np.ndarray], seed: int = 0, orders: int = ORDERS) -> float:
    """Return the value that the most valuable of several groups of parameters exceeds by chance in 5% of cases.

    Arguments as in `partial_information`, which would find it with worlds in random order: then no parameter matters.
    """
    means, rng = benefits.mean(axis=1), np.random.default_rng(seed)
    regressions = [Regression.on(basis(parameters)) for parameters in groups]
    mixed = [rng.permutation(means) for _ in range(orders)]
    return float(np.quantile([max(gain(one.fitted(rows)) for one in regressions) for rows in mixed], CONFIDENCE))


def coherent(estimates: Sequence[Estimate], within: Sequence[int], noise: float) -> list[Estimate]:
    """Return estimates none of which exceeds the one that it is a part of.

    Estimates above the `noise` level are moved as little as possible (least squares, weighted by precision: isotonic
    regression, Barlow et al. 1972).  Others may be chance alone, so they raise nothing and are cut off at the whole.  Widths
    of intervals stay.  `within`: for each estimate the place of the whole, which comes before it; the first is everything.
    """
    from scipy.optimize import nnls

    means = np.array([one.mean for one in estimates])
    fitting = [0, *(place for place in range(1, len(means)) if means[place] > noise)]
    # Each is the first estimate less a decrease, not below 0, for itself and each whole that it is part of.
    decreases = np.zeros((len(means), len(means)))
    decreases[:, 0] = 1.0
    for place in range(1, len(means)):
        decreases[place, 1:] = decreases[within[place], 1:]
        decreases[place, place] = -1.0
    errors = np.array([one.high - one.mean for one in estimates]) + 0.01 * means.max() + 1e-9
    precise = decreases[fitting] / errors[fitting, None]
    fitted = decreases @ nnls(precise, means[fitting] / errors[fitting])[0]
    settled: list[Estimate] = []
    for place, one in enumerate(estimates):
        most = settled[within[place]].mean if place else np.inf
        mean = min(float(fitted[place]) if place in fitting else one.mean, most)
        wide = one.high - one.mean
        settled.append(Estimate(mean, max(0.0, mean - wide), mean + wide))
    return settled


def gain(benefits: np.ndarray) -> float:
    """Return by how much choosing the best in each world beats choosing the best on average; (worlds, strategies)."""
    return float(benefits.max(axis=1).mean() - benefits.mean(axis=0).max())


def with_error(value: float, again: list[float]) -> Estimate:
    """Return an estimate with an interval of bootstrap standard errors, cut off at 0."""
    wide = NORMAL_QUANTILE * float(np.std(again, ddof=1))
    return Estimate(value, max(0.0, value - wide), value + wide)


def basis(parameters: np.ndarray) -> np.ndarray:
    """Return cubic terms of each parameter and products of pairs, standardised: (worlds, terms)."""
    spread = parameters.std(axis=0)
    scaled = (parameters - parameters.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    pairs = [scaled[:, i] * scaled[:, j] for i in range(scaled.shape[1]) for j in range(i)]
    terms = np.column_stack([scaled, scaled**2, scaled**3, *pairs])
    standardised: np.ndarray = (terms - terms.mean(axis=0)) / np.maximum(terms.std(axis=0), 1e-12)
    return standardised


class Regression(NamedTuple):
    """Columns as their left singular vectors and singular values, so that many outcomes can be fitted on them."""

    left: np.ndarray
    sizes: np.ndarray

    @classmethod
    def on(cls, columns: np.ndarray) -> Regression:
        """Return the regression on columns, (worlds, terms)."""
        return cls(*np.linalg.svd(columns - columns.mean(axis=0), full_matrices=False)[:2])

    def fitted(self, means: np.ndarray) -> np.ndarray:
        """Return net benefits as the regression predicts them, relative to the first strategy: (worlds, strategies)."""
        apart = means - means[:, :1]
        middle = apart.mean(axis=0)
        turned = self.left.T @ (apart - middle)
        kept = self.sizes**2 / (self.sizes**2 + PENALTIES[:, None])
        rest = ((apart - middle) ** 2).sum(axis=0) - (1 - (1 - kept) ** 2) @ turned**2
        best = (rest / (1 - (1 + kept.sum(axis=1, keepdims=True)) / len(means)) ** 2).argmin(axis=0)
        predicted: np.ndarray = middle + self.left @ (kept[best].T * turned)
        return predicted
