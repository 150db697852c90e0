"""Time to event with right censoring: the week in which runs reach a stage, when some never do.

A run that has not reached a stage by the last week it was followed is censored: it is later, by an unknown time.  Counting
the horizon instead would bias slow strategies.  The estimators are those of survival analysis: Kaplan & Meier 1958 for the
share, Greenwood 1926 for its variance, and the log-log interval as in Kalbfleisch & Prentice 2002, section
1.4.  All are for the share that *has* reached the stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike

CONFIDENCE = 0.95
NORMAL_QUANTILE = 1.959963984540054
"""Half width of the normal 95% interval in standard errors: `scipy.stats.norm.ppf(0.975)`."""
ROUNDING = 1e-12


@dataclass(frozen=True)
class Estimate:
    """A mean (or a share) with its 95% interval."""

    mean: float
    low: float
    high: float


class Histories(NamedTuple):
    """The arguments of the estimators: `kaplan_meier(*histories)`.

    `weeks` and `reached` have the same shape (n,); `horizon` is one number or an array of shape (n,).
    """

    weeks: ArrayLike
    reached: ArrayLike
    horizon: ArrayLike


@dataclass(frozen=True)
class Curve:
    """Share of runs that have reached an event, as a step function of the week, with a pointwise 95% interval.

    Arrays of length k, one entry per step: from `weeks[j]` (ascending, from week 0) the share is `share[j]`.  `low` and
    `high` bound the share *at that week*, not the curve as a whole.
    """

    weeks: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    runs: int
    reached: int
    followed: float

    def at(self, weeks: ArrayLike) -> np.ndarray:
        """Return the share at each of the given weeks (same shape); NaN before week 0 and past the last week followed."""
        at = np.asarray(weeks, float)
        step = np.searchsorted(self.weeks, at, side="right") - 1
        return np.where((at >= 0) & (at <= self.followed), self.share[np.maximum(step, 0)], np.nan)

    def quantile(self, q: float) -> float | None:
        """Return the first week by which a share `q` of runs has reached the event, None if never; q in (0, 1]."""
        return self._first(self.share, q)

    @property
    def median(self) -> float | None:
        """First week by which half of the runs have reached the event, None if fewer did."""
        return self.quantile(0.5)

    def quantile_interval(self, q: float) -> tuple[float | None, float | None]:
        """Return the 95% interval of a quantile: weeks whose interval of the share includes `q` (Brookmeyer & Crowley 1982).

        An end is None where it lies past the last week followed.  If all runs reached the event, the upper end is the last
        arrival at most, even with too few runs (five, for a median) for 95% confidence.
        """
        late = self._first(self.low, q)
        return self._first(self.high, q), self._first(self.share, 1.0) if late is None else late

    def _first(self, shares: np.ndarray, q: float) -> float | None:
        if not 0 < q <= 1:
            raise ValueError(f"a quantile is above 0 and at most 1, not {q}")
        enough = np.flatnonzero(shares >= q - ROUNDING)
        return float(self.weeks[enough[0]]) if len(enough) else None


def kaplan_meier(weeks: ArrayLike, reached: ArrayLike, horizon: ArrayLike) -> Curve:
    """Return the share of runs that have reached an event, week by week, with a pointwise log-log 95% interval.

    `weeks`: (n,) week reached, any value where not `reached`; `reached`: (n,) bool; `horizon`: the last week followed, one
    number or (n,).  A run censored in the week of an event counts as still at risk.  The log-log interval does not exist
    where the share is 0 or 1.  At 0 the exact binomial bound for none of those at risk is used; at 1 the exact bound for
    all of those followed so long, or the previous bound if that is tighter.  Raises ValueError if there are no runs, lengths
    differ, or a week is missing, below 0 or past the horizon.
    """
    times, events, followed = _checked(weeks, reached, horizon)
    steps, at_risk, count = _risk_table(times, events)
    staying = _staying(at_risk, count)
    low, high = _log_log(staying, at_risk, count, np.array([(followed >= step).sum() for step in steps]))
    return Curve(steps, 1 - staying, 1 - high, 1 - low, len(times), int(events.sum()), float(followed.max()))


def restricted_mean(weeks: ArrayLike, reached: ArrayLike, horizon: ArrayLike) -> Estimate:
    """Return the restricted mean time to an event, in weeks up to the last week followed, with a 95% interval.

    It is the area under the share that has *not* reached the event.  Where all runs were followed equally long this is the
    mean of restricted weeks, with the interval of `two_part_mean`.  Else the interval is Student's with Greenwood's error
    (`restricted_area`), its variance raised by d / (d - 1) for d events, with d - 1 degrees of freedom.  With fewer than two
    events, or where all are in one week, it is the area between the curve's bounds.  Input and errors as in `kaplan_meier`.
    """
    times, events, followed = _checked(weeks, reached, horizon)
    end, count = float(followed.max()), int(events.sum())
    if np.all(followed == end):
        return two_part_mean(times, events, end)
    mean, error = restricted_area(times, events, followed)
    if count < 2 or error < ROUNDING:
        return _between_bounds(times, events, followed, mean)
    wide = t_quantile(count - 1) * error * sqrt(count / (count - 1))
    return Estimate(mean, max(0.0, mean - wide), min(end, mean + wide))


def restricted_area(weeks: ArrayLike, reached: ArrayLike, horizon: ArrayLike) -> tuple[float, float]:
    """Return the area under the share that has not reached an event, and its standard error.

    The error follows Greenwood's variance (Klein & Moeschberger 2003, section 4.5), with the divisor n: it is too small
    with few runs.
    """
    times, events, followed = _checked(weeks, reached, horizon)
    steps, at_risk, count = _risk_table(times, events)
    areas = _staying(at_risk, count) * np.diff(np.append(steps, followed.max()))
    ahead = np.cumsum(areas[::-1])[::-1]
    some_left = at_risk > count
    terms = count[some_left] / (at_risk[some_left] * (at_risk[some_left] - count[some_left]))
    return float(areas.sum()), float(np.sqrt(np.sum(ahead[some_left] ** 2 * terms)))


def two_part_mean(times: np.ndarray, reached: np.ndarray, end: float) -> Estimate:
    """Return the mean of restricted weeks with a 95% interval that holds where few runs do not arrive, or few do.

    Student's interval is far too narrow where one run in twenty never arrives: most samples of twenty hold none or one of
    them.  So the mean is split, `arrivals + share * (end - arrivals)`: the interval of the share of runs that do not arrive
    is Clopper & Pearson's (1934), that of the mean week of arrivals Student's, and the two are combined as independent.
    """
    arrived = times[reached]
    if not len(arrived) or np.ptp(times) <= ROUNDING * end:
        return bounded_mean(times, end)
    never, mean = 1 - len(arrived) / len(times), float(times.mean())
    weeks = bounded_mean(arrived, end)
    share_low, share_high = exact_share(int(len(times) - len(arrived)), len(times))
    gap = end - weeks.mean
    below, above = (1 - never) * (weeks.mean - weeks.low), (1 - never) * (weeks.high - weeks.mean)
    low, high = (never - share_low) * gap, (share_high - never) * gap
    return Estimate(mean, max(0.0, mean - sqrt(below**2 + low**2)), min(end, mean + sqrt(above**2 + high**2)))


@lru_cache(maxsize=4096)
def exact_share(k: int, n: int) -> tuple[float, float]:
    """Return the ends of the 95% interval of a share, `k` of `n` (Clopper & Pearson 1934)."""
    tail = (1 - CONFIDENCE) / 2
    low = scipy.special.betaincinv(k, n - k + 1, tail) if k else 0.0
    high = scipy.special.betaincinv(k + 1, n - k, 1 - tail) if k < n else 1.0
    return float(low), float(high)


def bounded_mean(values: ArrayLike, end: float) -> Estimate:
    """Return the mean of numbers between 0 and `end`, shape (n,), with Student's 95% interval cut off at 0 and `end`.

    Where all n are equal, Student's interval would have no width.  Then at most a share 1 - .025 ** (1 / n) of runs differs
    (the exact binomial bound); the interval reaches as far as if these were at 0, or at `end`.
    """
    row = np.asarray(values, float)
    mean = float(row.mean())
    if np.ptp(row) <= ROUNDING * end:
        alike = ((1 - CONFIDENCE) / 2) ** (1 / len(row))
        return Estimate(mean, mean * alike, min(end, mean * alike + end * (1 - alike)))
    wide = t_quantile(len(row) - 1) * float(row.std(ddof=1)) / sqrt(len(row))
    return Estimate(mean, max(0.0, mean - wide), min(end, mean + wide))


@lru_cache(maxsize=1024)
def t_quantile(freedom: float, confidence: float = CONFIDENCE) -> float:
    """Return the half width of Student's interval in standard errors.  `freedom`: degrees of freedom."""
    return float(scipy.special.stdtrit(freedom, (1 + confidence) / 2))


def restricted_weeks(weeks: ArrayLike, reached: ArrayLike, horizon: float) -> np.ndarray:
    """Return restricted weeks, shape (n,): the week reached, or the horizon where it was not.

    Their mean is the restricted mean, which makes paired differences possible.  They do not estimate the time that a run
    would take past the horizon.
    """
    if np.ndim(horizon) != 0:
        raise ValueError("restricted weeks need one horizon for all runs")
    return _checked(weeks, reached, horizon)[0]


def _staying(at_risk: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return the Kaplan-Meier share that has not reached the event by each step: (k,)."""
    return np.cumprod((at_risk - count) / at_risk)


def _between_bounds(times: np.ndarray, events: np.ndarray, followed: np.ndarray, mean: float) -> Estimate:
    """Return a restricted mean with the areas under the curve's bounds as its interval.

    Between two steps the share may have fallen as far as the number at risk at the next one allows.
    """
    curve = kaplan_meier(times, events, followed)
    steps, at_risk, _ = _risk_table(times, events)
    unseen = ((1 - CONFIDENCE) / 2) ** (1 / np.append(at_risk[1:], at_risk[-1]))
    wide = np.diff(np.append(steps, curve.followed))
    low = float((np.minimum(1 - curve.high, unseen) * wide).sum())
    return Estimate(mean, low, float(((1 - curve.low) * wide).sum()))


def _checked(weeks: ArrayLike, reached: ArrayLike, horizon: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return time of event or censoring, whether it was the event, and the last week followed; each of shape (n,)."""
    given = np.asarray(weeks, float)
    events = np.asarray(reached)
    if given.ndim != 1 or events.shape != given.shape:
        raise ValueError(f"weeks and reached are rows of one length, not of shapes {given.shape} and {events.shape}")
    if not len(given):
        raise ValueError("no runs: there is nothing to estimate from")
    if events.dtype != bool:
        raise ValueError(f"reached is true or false for each run (bool), not {events.dtype}")
    if np.ndim(horizon) and np.shape(horizon) != given.shape:
        raise ValueError(f"horizon is one number or one a run, not of shape {np.shape(horizon)} for {len(given)} runs")
    followed = np.broadcast_to(np.asarray(horizon, float), given.shape)
    if not np.all(np.isfinite(followed) & (followed > 0)):
        raise ValueError("the horizon is a number of weeks above 0")
    wrong = events & ~((given >= 0) & (given <= followed))
    if wrong.any():
        run = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"run {run} reaches the event in week {given[run]}, outside 0 to {followed[run]}")
    return np.where(events, given, followed), events, followed


def _risk_table(times: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return weeks of events or censoring (from 0), runs at risk just before, and events; each of shape (k,)."""
    steps = np.union1d(0.0, times)
    ordered = np.sort(times)
    at_risk = len(times) - np.searchsorted(ordered, steps, side="left")
    count = np.bincount(np.searchsorted(steps, times[events]), minlength=len(steps))
    return steps, at_risk, count


def _log_log(
    staying: np.ndarray, at_risk: np.ndarray, count: np.ndarray, followed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the pointwise interval of the share not yet there: the log-log interval, with exact bounds at 0 and 1.

    `followed`: runs whose horizon is no earlier than each step.
    """
    tail = (1 - CONFIDENCE) / 2
    low = tail ** (1 / np.maximum(at_risk - count, 1))
    high = np.ones_like(staying)
    inside = (staying > ROUNDING) & (staying < 1 - ROUNDING)
    left = np.maximum(at_risk - count, 1)
    spread = np.sqrt(np.cumsum(np.where(at_risk > count, count / (at_risk * left), 0.0)))[inside]
    log = np.log(staying[inside])
    width = NORMAL_QUANTILE * spread / -log
    low[inside], high[inside] = np.exp(log * np.exp(width)), np.exp(log * np.exp(-width))
    for end in np.flatnonzero(staying <= ROUNDING):
        # The previous bound alone would ignore a large last step: 40 of 100 there one week, and all the next.
        before = high[end - 1] if end > 0 and staying[end - 1] < 1 - ROUNDING else 1.0
        low[end], high[end] = 0.0, min(before, 1 - tail ** (1 / followed[end]))
    return low, high
