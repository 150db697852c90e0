"""What an experiment returns: numbers and counts, one set per simulated future, and how counts are pooled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from typing import NamedTuple

import numpy as np

from sim.inputs.scenario import Scenario, Table


class Counted(NamedTuple):
    """So many `hits` of `total`: a share that can be pooled over futures."""

    hits: float
    total: float

    @property
    def share(self) -> float:
        """Hits per total; NaN of nothing."""
        return self.hits / self.total if self.total else np.nan


Measure = float | Counted | np.ndarray
"""A number, a count, or for each of some people whether something holds (0 or 1)."""
Measured = Mapping[str, Measure]
"""The measures of one simulated future, by name."""
Run = Callable[[int, int], Measured]
"""One future of an experiment: seed and replicate in, measures out."""
Overrides = Mapping[str, float]
"""Parameters by `group.name`, over an experiment's own settings."""

RESAMPLES = 1000


def experiment(
    tables: Table,
) -> Callable[[Callable[[Scenario, int, int], Measured]], Callable[[Overrides], Run]]:
    """Make an experiment on the scenario of these tables from a function that measures one of its futures.

    The function takes scenario, seed and replicate; the experiment takes overrides.
    """

    def decorate(future: Callable[[Scenario, int, int], Measured]) -> Callable[[Overrides], Run]:
        @wraps(future)
        def prepared(overrides: Overrides) -> Run:
            return partial(future, Scenario.from_document(tables).with_(overrides))

        return prepared

    return decorate


def counted(chosen: np.ndarray, among: np.ndarray) -> Counted:
    """Count the pairs `among` that are `chosen`, each pair once: both bool (n, n), symmetric."""
    upper = np.triu(among, 1)
    return Counted(float((chosen & upper).sum()), float(upper.sum()))


def single(value: Measure) -> float:
    """Return a measure of one future as a number; of people, the share for whom it holds."""
    if isinstance(value, np.ndarray):
        return float(value.mean())
    return value.share if isinstance(value, Counted) else float(value)


class SampleEstimate(NamedTuple):
    """A median or pooled share with its 90% interval, and the sample that the interval is from."""

    median: float
    low: float
    high: float
    sample: np.ndarray


def pooled_ratio(hits: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Return the share of the first column over that of the second, or the only share: arrays (..., futures, 1 or 2).

    Futures are summed.  Of several pairs of columns the highest known ratio counts.  A ratio is NaN where a share has no
    total, or the second one is 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = hits.sum(axis=-2) / totals.sum(axis=-2)
        if shares.shape[-1] == 1:
            return np.asarray(shares[..., 0])
        ratios = np.where(shares[..., 1::2] > 0, shares[..., ::2] / shares[..., 1::2], np.nan)
        known = np.where(np.isnan(ratios), -np.inf, ratios).max(axis=-1)
        return np.asarray(np.where(np.isfinite(known), known, np.nan))


def pooled(columns: Sequence[Sequence[Counted]], seed: int) -> SampleEstimate:
    """Return a share or ratio of shares pooled over futures, with its 90% interval (bootstrap of futures).

    `columns`: one sequence of counts (a share), or pairs of two (the first share over the second), one count per future.
    """
    hits = np.array([[count.hits for count in column] for column in columns]).T
    totals = np.array([[count.total for count in column] for column in columns]).T
    drawn = np.random.default_rng(seed).integers(0, len(hits), (RESAMPLES, len(hits)))
    spread = pooled_ratio(hits[drawn], totals[drawn])
    known = spread[np.isfinite(spread)]
    low, high = np.quantile(known, (0.05, 0.95)) if len(known) else (np.nan, np.nan)
    return SampleEstimate(float(pooled_ratio(hits, totals)), float(low), float(high), known)


def majority(votes: np.ndarray, seed: int) -> SampleEstimate:
    """Return the share of people for whom something holds in most futures, with its 90% bootstrap interval.

    `votes`: 0 or 1, (futures, people).
    """
    drawn = np.random.default_rng(seed).integers(0, len(votes), (RESAMPLES, len(votes)))
    spread = (votes[drawn].mean(axis=1) > 0.5).mean(axis=1)
    low, high = np.quantile(spread, (0.05, 0.95))
    return SampleEstimate(float((votes.mean(axis=0) > 0.5).mean()), float(low), float(high), spread)


def over_futures(values: Sequence[float]) -> SampleEstimate:
    """Return the median over futures, and the interval of 90% of them; NaNs are left out, infinities are not."""
    known = np.array([value for value in values if not np.isnan(value)])
    if not len(known):
        return SampleEstimate(np.nan, np.nan, np.nan, known)
    low, middle, high = np.quantile(known, (0.05, 0.5, 0.95), method="nearest")
    return SampleEstimate(float(middle), float(low), float(high), known)
