"""Scores of simulated futures against a published figure, which a wide interval does not win.

Whether a figure is inside the interval of 90% of futures says little if that interval is wide.  The interval score and the
continuous ranked probability score (CRPS; Gneiting & Raftery 2007, J. American Statistical Association 102:359, equations
43 and 21) charge for width and for distance alike, in the unit of the figure; less is better.  The skill compares the CRPS
with that of a forecast that knows nothing but the scale: 1 is perfect, 0 as good as knowing nothing.

A figure that is known as a range counts as spread evenly over it: scores are means over `GRID` points of the range.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

ALPHA = 0.1
"""What an interval of 90% leaves out."""
GRID = 11


class Score(NamedTuple):
    """Interval score and CRPS, in the unit of the figure, and skill; NaN where there is no figure or no sample."""

    interval: float
    crps: float
    skill: float


NO_SCORE = Score(np.nan, np.nan, np.nan)


def interval_score(low: float, high: float, figure: float) -> float:
    """Return the score of a 90% interval: its width, and 2 / alpha times how far the figure lies outside."""
    return (high - low) + 2.0 / ALPHA * (max(low - figure, 0.0) + max(figure - high, 0.0))


def crps(sample: np.ndarray, figure: float) -> float:
    """Return the CRPS of a sample: mean distance from the figure, minus half the mean distance of two of the sample."""
    ordered = np.sort(sample)
    n = len(ordered)
    between = float((2.0 * np.arange(1, n + 1) - n - 1.0) @ ordered) * 2.0 / (n * n)
    return float(np.abs(ordered - figure).mean()) - 0.5 * between


def uniform_crps(low: float, high: float, figure: float) -> float:
    """Return the CRPS of a uniform distribution."""
    place = (figure - low) / (high - low)
    inside = min(max(place, 0.0), 1.0)
    return (high - low) * (abs(place - inside) + inside**2 - inside + 1.0 / 3.0)


def ignorance(unit: str, figure: float) -> tuple[float, float]:
    """Return the ends of the uniform forecast that knows only the scale.

    Any share; any difference of shares; else anything from 0 to twice the figure.
    """
    if unit == "share":
        return 0.0, 1.0
    return (-1.0, 1.0) if unit == "difference" else (0.0, 2.0 * figure)


def score(sample: np.ndarray, low: float, high: float, figures: np.ndarray, unit: str) -> Score:
    """Return the scores of a sample and its 90% interval, as means over equally likely figures.

    NaNs in the sample are left out; infinities make the scores infinite.
    """
    known = sample[~np.isnan(sample)]
    if not len(known) or not len(figures) or np.isnan(low):
        return NO_SCORE
    if np.isinf(known).any() or np.isinf([low, high]).any():
        return Score(np.inf, np.inf, -np.inf)
    ends = ignorance(unit, float(figures.mean()))
    of_sample = float(np.mean([crps(known, figure) for figure in figures]))
    of_nothing = float(np.mean([uniform_crps(*ends, figure) for figure in figures])) if ends[1] > ends[0] else np.nan
    return Score(
        float(np.mean([interval_score(low, high, figure) for figure in figures])),
        of_sample,
        1.0 - of_sample / of_nothing,
    )


def likely_figures(observed: float, low: float, high: float) -> np.ndarray:
    """Return the figures that a published one may stand for: an even grid over a range with two ends, else itself."""
    if np.isfinite([low, high]).all() and high > low:
        return np.asarray(low + (high - low) * (np.arange(GRID) + 0.5) / GRID)
    return np.array([] if np.isnan(observed) else [observed])
