"""Which differences are clear when many are shown on a page, and are looked at before all futures have run.

Twelve sentences on four identical strategies, each judged by itself at 95%, would name a winner on a third of pages; looking
again and again while futures arrive adds more.  Here the chance that a page, over a whole run, names even one wrong winner
is at most 5%.  Looks are at every tenth of the planned futures.  Each comparison spends its error over them as O'Brien &
Fleming (1979) do, through the spending function of Lan & DeMets (1983): hardly any early, nearly all at the end.  Over the
comparisons of a page the error is divided as by Holm (1979), at every look among those still open (Ye, Li, Liu & Yao 2013).
A difference that was called clear stays clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import copysign, inf, isfinite, pi, sqrt

import numpy as np
import scipy

from sim.lab.analysis.events import CONFIDENCE

LOOKS = 10
ERROR = 1 - CONFIDENCE
FEWEST = 2
AGAINST = 0.5
GRID = 121
CORRECTED = (
    "Corrected for all comparisons of the page and for looking early: at most one page in 20 names a wrong winner."
)
"""What holds for the comparisons of a page."""


@dataclass(frozen=True, eq=False)
class PairedOutcome:
    """Two strategies in one outcome: `a` and `b` by future or world, shape (n,), paired.

    `end`: the horizon, where these are restricted weeks.  Where one run in a hundred never arrives, most samples hold none,
    and Student's t names false winners in up to 40% of trials.  So half an observation is added, in which the strategy that
    seems sooner never arrives.
    """

    a: np.ndarray
    b: np.ndarray
    end: float | None = None

    def score(self, number: int) -> float:
        """Return the evidence in the first `number` pairs as a normal quantile, above 0 where `a` is larger.

        As much as Student's t says, and no more than a sign test could: equal differences in few pairs prove little.
        """
        if number < FEWEST:
            return 0.0
        a, b = self.a[:number], self.b[:number]
        apart, weights = a - b, np.ones(number)
        mean = float(apart.mean())
        if self.end is not None and mean:
            against = self.end - float(b.mean()) if mean < 0 else float(a.mean()) - self.end
            apart, weights = np.append(apart, against), np.append(weights, AGAINST)
            corrected = float(np.average(apart, weights=weights))
            if corrected * mean <= 0:
                return 0.0
            mean = corrected
        total = float(weights.sum())
        variance = float((weights * (apart - mean) ** 2).sum()) / (total - 1)
        if not mean or abs(mean) <= 1e-12 * float(np.abs(a).max() + np.abs(b).max()):
            return 0.0
        t = abs(mean) / sqrt(variance / total) if variance > 0 else inf
        return copysign(normal_score(t, number - 1, number), mean)


def normal_score(t: float, freedom: float, number: int) -> float:
    """Return the normal quantile that is as rare as Student's `t`, or as `number` equal signs if these are less rare."""
    most = -float(scipy.special.ndtri(0.5**number))
    return min(most, -float(scipy.special.ndtri(scipy.special.stdtr(freedom, -t)))) if isfinite(t) else most


def clear_signs(contrasts: Sequence[PairedOutcome], planned: int | None = None) -> tuple[int, ...]:
    """Return which differences of a page are clear: 1 where `a` is larger, -1 where `b` is, 0 where neither clearly is.

    `contrasts`: all comparisons of the page, of the same futures or worlds.  `planned`: how many there will be, by default
    as many as there are.  Those so far are judged as they were at the last tenth of the planned ones.
    """
    if not contrasts:
        return ()
    here = len(contrasts[0].a)
    most = max(planned or here, here)
    numbers = [most * look // LOOKS for look in range(1, LOOKS + 1)]
    scores = [[one.score(number) for one in contrasts] for number in numbers if number <= here]
    return signs_of(np.array(scores).reshape(-1, len(contrasts)), LOOKS)


def signs_of(scores: np.ndarray, looks: int = 1) -> tuple[int, ...]:
    """Return which of several differences are clear: 1, -1, or 0.

    `scores`: normal quantiles, shape (looks so far, comparisons); `looks`: how many are planned, evenly spaced.
    """
    signs = np.zeros(scores.shape[1], int)
    for look, row in enumerate(scores):
        while (signs == 0).any():
            still = np.flatnonzero(signs == 0)
            best = still[np.argmax(np.abs(row[still]))]
            if abs(row[best]) <= boundary(looks, ERROR / len(still))[look]:
                break
            signs[best] = int(np.sign(row[best]))
    return tuple(signs.tolist())


@lru_cache(maxsize=1024)
def boundary(looks: int, error: float) -> tuple[float, ...]:
    """Return the normal quantiles to exceed at evenly spaced looks, so that one is exceeded by chance with `error`.

    The error spent by a share t of the data is `2 (1 - Phi(z / sqrt(t)))`, with the two-sided quantile z of `error` (Lan &
    DeMets 1983).  The bounds follow from it by numerical integration over the paths that have exceeded none (Armitage,
    McPherson & Rowe 1969).
    """
    shares = np.arange(1, looks + 1) / looks
    spent = 2 * scipy.special.ndtr(scipy.special.ndtri(error / 2) / np.sqrt(shares))
    step = sqrt(1 / looks)
    first = -float(scipy.special.ndtri(spent[0] / 2)) * step
    bounds, grid, density = [first], *spread(first)
    density = normal_density(grid / step) / step * density
    for look in range(1, looks):
        spend = float(spent[look] - spent[look - 1])
        low, high = 0.0, 12.0
        for _ in range(60):
            middle = (low + high) / 2
            beyond = scipy.special.ndtr((grid - middle) / step) + scipy.special.ndtr((-middle - grid) / step)
            low, high = (middle, high) if float(density @ beyond) > spend else (low, middle)
        bounds.append(high)
        after, weights = spread(high)
        density = weights * (normal_density((after[:, None] - grid) / step) / step @ density)
        grid = after
    return tuple(float(bound / sqrt(share)) for bound, share in zip(bounds, shares, strict=True))


def normal_density(values: np.ndarray) -> np.ndarray:
    """Return the density of the standard normal distribution."""
    return np.exp(-(values**2) / 2) / sqrt(2 * pi)


def spread(bound: float) -> tuple[np.ndarray, np.ndarray]:
    """Return points from minus to plus `bound`, and their weights for integrals by Simpson's rule."""
    grid = np.linspace(-bound, bound, GRID)
    weights = np.ones(GRID)
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    return grid, weights * (2 * bound / (GRID - 1) / 3)
