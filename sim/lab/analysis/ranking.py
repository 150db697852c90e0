"""Rank many candidates by their gains in paired draws, corrected for the number of candidates.

The best of thirty estimates is too high on average, since luck helped it to be the best.  Three things correct for that.
Intervals are simultaneous: with 95% chance all of them cover, by the distribution of the largest of all |t| (Hothorn, Bretz &
Westfall 2008), with the correlations of the draws, which share their baseline.  The order goes by means drawn towards the
common one, by empirical Bayes (Efron & Morris 1973): the noisier, the further.  And those that are chosen should be judged
on fresh draws, which need no correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import stats

from sim.lab.analysis.events import CONFIDENCE, Estimate
from sim.lab.sizes import FEWEST_DRAWS

DRAWS, SEED = 4000, 20_081_102


@dataclass(frozen=True)
class RankedGain:
    """What one of several candidates gains.

    `gain`: mean with its simultaneous 95% interval.  `expected`: the mean drawn towards that of all candidates.  `ahead`: mean
    difference from the average of the other candidates, with its simultaneous interval.  `rank`: from 1, by `expected`,
    then by mean.
    """

    gain: Estimate
    expected: float
    ahead: Estimate
    rank: int

    @property
    def sign(self) -> int:
        """Return 1 if the gain is clear, -1 if it is a clear loss, 0 if neither is."""
        return sign_of(self.gain)

    @property
    def better(self) -> int:
        """Return 1 if it is clearly better than the others on average, -1 if worse, 0 if no better and no worse."""
        return sign_of(self.ahead)


def sign_of(estimate: Estimate) -> int:
    """Return 1 or -1 if the interval excludes zero, else 0."""
    return int(estimate.low > 0) - int(estimate.high < 0)


def ranked_gains(draws: np.ndarray) -> tuple[RankedGain, ...]:
    """Return what each candidate gains, in the order of the columns.

    `draws`: float (n, k), the paired differences of k candidates in n futures, at least eight; those of a row share their luck.
    """
    count, candidates = draws.shape
    if count < FEWEST_DRAWS:
        raise ValueError(f"gains are judged on at least {FEWEST_DRAWS} draws, not {count}")
    gains = simultaneous(draws)
    expected = drawn_together(draws)
    others = (draws.sum(axis=1, keepdims=True) - draws) / max(1, candidates - 1)
    ahead = simultaneous(draws - others) if candidates > 1 else [Estimate(0.0, 0.0, 0.0)]
    order = np.lexsort((np.arange(candidates), -draws.mean(axis=0), -expected))
    rank = np.empty(candidates, np.int64)
    rank[order] = np.arange(1, candidates + 1)
    return tuple(
        RankedGain(gain, float(mean), lead, int(place))
        for gain, mean, lead, place in zip(gains, expected, ahead, rank, strict=True)
    )


def simultaneous(draws: np.ndarray) -> list[Estimate]:
    """Return means of the columns with intervals that all cover with 95% chance: float (n, k)."""
    count = len(draws)
    means, errors = draws.mean(axis=0), standard_errors(draws)
    wide = largest_t(draws) * errors
    return [Estimate(float(m), float(m - w), float(m + w)) for m, w in zip(means, wide, strict=True)] if count else []


def standard_errors(draws: np.ndarray) -> np.ndarray:
    """Return standard errors of the columns' means; columns that do not vary get the median of the others'.

    An introduction that changed nothing in some hundred futures may still change something in the next.
    """
    deviations = draws.std(axis=0, ddof=1)
    varying = deviations[deviations > 0]
    if len(varying):
        deviations = np.where(deviations > 0, deviations, np.median(varying))
    errors: np.ndarray = deviations / sqrt(len(draws))
    return errors


def largest_t(draws: np.ndarray) -> float:
    """Return the 95% quantile of the largest |t| of the columns, under their correlations: between Student's and Bonferroni's."""
    count, columns = draws.shape
    freedom = count - 1
    single = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom))
    if columns == 1:
        return single
    centred = draws - draws.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    rng = np.random.default_rng(SEED)
    weights = rng.standard_normal((DRAWS, count)) / np.sqrt(rng.chisquare(freedom, DRAWS) / freedom)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        units = np.where(length > 0, centred / np.where(length > 0, length, 1.0), 0.0)
    quantile = float(np.quantile(np.abs(weights @ units).max(axis=1), CONFIDENCE))
    bonferroni = float(stats.t.ppf(1 - (1 - CONFIDENCE) / 2 / columns, freedom))
    return min(max(single, quantile), bonferroni)


def drawn_together(draws: np.ndarray) -> np.ndarray:
    """Return means drawn towards their common mean, by how much of their variance is luck.

    The common luck of a row, such as that of the baseline, moves all means alike and is left out of the luck between them.
    """
    means = draws.mean(axis=0)
    columns = len(means)
    if columns < 3:
        unshrunk: np.ndarray = means
        return unshrunk
    apart = draws - draws.mean(axis=1, keepdims=True)
    luck = standard_errors(apart) ** 2
    between = max(0.0, float(means.var(ddof=1)) - float(luck.mean()) * columns / (columns - 1))
    if between == 0:
        return np.full(columns, float(means.mean()))
    weight = 1 / (between + luck)
    centre = float((weight * means).sum() / weight.sum())
    shrunk: np.ndarray = centre + (means - centre) * between / (between + luck)
    return shrunk


def chosen(
    ranked: Sequence[RankedGain], people: Sequence[tuple[int, ...]], count: int, most_each: int = 2
) -> list[int]:
    """Return the places of the best candidates, such that no person is part of more than `most_each` of them.

    `people`: those who are part of each candidate.
    """
    taken: dict[int, int] = {}
    found: list[int] = []
    for place in sorted(range(len(ranked)), key=lambda one: ranked[one].rank):
        if len(found) < count and all(taken.get(row, 0) < most_each for row in people[place]):
            found.append(place)
            for row in people[place]:
                taken[row] = taken.get(row, 0) + 1
    return found
