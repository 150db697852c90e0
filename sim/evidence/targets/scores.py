"""Scores of simulated futures against a published figure that do not reward wide intervals.

Whether a figure is inside the interval of 90% of futures says little if that interval is wide.  The interval score and the
continuous ranked probability score (CRPS; Gneiting & Raftery 2007, J. American Statistical Association 102:359, equations
43 and 21) charge for width and for distance alike, in the unit of the figure; less is better.  The skill compares the CRPS
with that of a forecast that knows nothing but the scale: 1 is perfect, 0 as good as knowing nothing.

Of a figure with a range, only what lies outside the range counts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

ALPHA = 0.1
"""What an interval of 90% leaves out."""
GRID = 200
"""Points that stand for a uniform forecast."""


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


def beyond(values: np.ndarray, figure: float, low: float, high: float) -> np.ndarray:
    """Return values as far from the figure as they lie outside its range; inside it they count as the figure itself."""
    return figure + np.maximum(values - high, 0.0) - np.maximum(low - values, 0.0)


def ignorance(unit: str, figure: float, high: float) -> np.ndarray:
    """Return the forecast that knows only the scale: evenly from 0 to twice the figure, a share at most 1.

    Of a figure of 0 the scale is the upper end of its range.
    """
    far = 2.0 * (figure or high)
    least, most = sorted((0.0, far))
    most = min(most, 1.0) if unit == "share" else most
    return np.asarray(least + (most - least) * (np.arange(GRID) + 0.5) / GRID)


def score(sample: np.ndarray, low: float, high: float, figure: float, span: tuple[float, float], unit: str) -> Score:
    """Return the scores of a sample, with its 90% interval from `low` to `high`, against a figure.

    `span`: the figure's range, from itself to itself if it has none.  NaNs in the sample are left out; infinities outside
    the range make the scores infinite.
    """
    known = beyond(sample[~np.isnan(sample)], figure, *span)
    ends = beyond(np.array([low, high]), figure, *span)
    if not len(known) or np.isnan(figure) or np.isnan(ends).any():
        return NO_SCORE
    if np.isinf(known).any():
        return Score(np.inf, np.inf, -np.inf)
    of_sample = crps(known, figure)
    of_nothing = crps(beyond(ignorance(unit, figure, span[1]), figure, *span), figure)
    skill = 1.0 - of_sample / of_nothing if 0.0 < of_nothing < np.inf else np.nan
    return Score(interval_score(float(ends[0]), float(ends[1]), figure), of_sample, skill)
