"""Time to event with right censoring: in which week runs reach a stage, when some never get there.

A run that has not reached a stage by the last week it was followed is censored there: known to be later, not known how
late.  Putting the horizon in its place would make a slow strategy look as fast as the horizon is short.  The estimators
are those of survival analysis: Kaplan & Meier 1958 for the share, Greenwood 1926 for its variance, and the log-log
interval as in Kalbfleisch & Prentice 2002, section 1.4.  They are turned round, to the share that *has* reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

CONFIDENCE = 0.95
NORMAL_QUANTILE = float(stats.norm.ppf((1 + CONFIDENCE) / 2))
ROUNDING = 1e-12


@dataclass(frozen=True)
class Estimate:
    """A mean (or a share) with its 95% interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class LogRank:
    """Log-rank test: chi-squared with one degree of freedom, and the p value."""

    chi_squared: float
    p: float


class Histories(NamedTuple):
    """What the estimators take, as one thing: `kaplan_meier(*histories)`; any such triple will do.

    `weeks` and `reached` have the same shape (n,); `horizon` is one number or an array of shape (n,).
    """

    weeks: ArrayLike
    reached: ArrayLike
    horizon: ArrayLike


@dataclass(frozen=True)
class Curve:
    """Share of runs that have reached an event, as a step function of the week, with its pointwise 95% interval.

    Arrays of one length k, a row a step: at `weeks[j]` (ascending, from week 0) the share becomes `share[j]`, and stays
    until the next step.  `low` and `high` bound the share *at that week*, not the curve as a whole.
    """

    weeks: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    runs: int
    reached: int
    followed: float

    def at(self, weeks: ArrayLike) -> np.ndarray:
        """Share reached by each of the given weeks (same shape); NaN before week 0 and past the last week followed."""
        asked = np.asarray(weeks, float)
        step = np.searchsorted(self.weeks, asked, side="right") - 1
        return np.where((asked >= 0) & (asked <= self.followed), self.share[np.maximum(step, 0)], np.nan)

    def quantile(self, q: float) -> float | None:
        """First week by which a share `q` of runs has got there, None if that was never seen; q in (0, 1]."""
        return self._first(self.share, q)

    @property
    def median(self) -> float | None:
        """First week by which half of the runs have got there, None if fewer did."""
        return self.quantile(0.5)

    def quantile_interval(self, q: float) -> tuple[float | None, float | None]:
        """95% interval of a quantile: weeks whose interval of the share holds `q` (Brookmeyer & Crowley 1982).

        An end is None where it lies past the last week followed.  Where everybody got there it is the last arrival at the
        latest, also with so few runs (five or fewer, for a median) that no interval could be 95% sure of that.
        """
        late = self._first(self.low, q)
        return self._first(self.high, q), self._first(self.share, 1.0) if late is None else late

    def _first(self, shares: np.ndarray, q: float) -> float | None:
        if not 0 < q <= 1:
            raise ValueError(f"a quantile is above 0 and at most 1, not {q}")
        enough = np.flatnonzero(shares >= q - ROUNDING)
        return float(self.weeks[enough[0]]) if len(enough) else None


def kaplan_meier(weeks: ArrayLike, reached: ArrayLike, horizon: ArrayLike) -> Curve:
    """Share of runs that have reached an event, week by week, with a pointwise log-log 95% interval.

    `weeks`: (n,) week reached, anything (NaN too) where not `reached`; `reached`: (n,) bool; `horizon`: the last week
    followed, one number or (n,).  A run censored in the week in which others get there counts as still at risk.
    The log-log interval does not exist where the share is 0 or 1.  Before anybody has got there the exact bound for
    none out of those at risk stands in; after everybody has, the exact bound for all out of those who were followed so
    long, or the bound before where that is tighter.
    ValueError if there are no runs, lengths differ, or a week is missing, below 0 or past the horizon.
    """
    times, events, followed = _checked(weeks, reached, horizon)
    steps, at_risk, count = _risk_table(times, events)
    staying = np.cumprod(1 - count / at_risk)
    whole = np.array([(followed >= step).sum() for step in steps])
    low, high = _log_log(staying, at_risk, count, whole)
    return Curve(steps, 1 - staying, 1 - high, 1 - low, len(times), int(events.sum()), float(followed.max()))


def restricted_mean(weeks: ArrayLike, reached: ArrayLike, horizon: ArrayLike) -> Estimate:
    """Mean weeks to an event, counting no week past the horizon, with a 95% interval.

    The area under the share that has *not* reached, up to the last week followed: what a run spends on the way, on
    average, within the horizon.  Where all runs were followed equally long this is the mean of restricted weeks, and the
    interval is that of `bounded_mean`.  Else it is Student's with Greenwood's error (`restricted_error`), whose variance is
    raised by d / (d - 1) for d events, with d - 1 degrees of freedom: few events say little about how much weeks vary.
    With fewer than two events, or where all come at once, it is the area between the curve's own bounds.
    Input and errors as in `kaplan_meier`.
    """
    times, events, followed = _checked(weeks, reached, horizon)
    end, count = float(followed.max()), int(events.sum())
    if np.all(followed == end):
        return bounded_mean(times, end)
    mean, error = _area(times, events, end)
    if count < 2 or error < ROUNDING:
        return _between_bounds(times, events, followed, mean)
    wide = t_quantile(count) * error * sqrt(count / (count - 1))
    return Estimate(mean, max(0.0, mean - wide), min(end, mean + wide))


def restricted_error(weeks: ArrayLike, reached: ArrayLike, horizon: ArrayLike) -> float:
    """Standard error of `restricted_mean` as published: Greenwood's variance, summed over the area still to come after
    each step (Klein & Moeschberger 2003, section 4.5).

    It has the divisor n: with few runs it is too small.
    """
    times, events, followed = _checked(weeks, reached, horizon)
    return _area(times, events, float(followed.max()))[1]


def bounded_mean(values: ArrayLike, end: float) -> Estimate:
    """Mean of numbers between 0 and `end`, shape (n,), with a 95% interval: Student's, cut off at 0 and `end`.

    Where all n are alike (nobody got there; or a single run) they do not show how much numbers vary, and Student's interval
    would have no width.  Then all that is known is that at most a share 1 - .025 ** (1 / n) of runs is otherwise (the exact
    binomial bound); the interval reaches as far as if these were at 0, or at `end`.
    """
    row = np.asarray(values, float)
    mean = float(row.mean())
    if np.ptp(row) <= ROUNDING * end:
        alike = ((1 - CONFIDENCE) / 2) ** (1 / len(row))
        return Estimate(mean, mean * alike, min(end, mean * alike + end * (1 - alike)))
    wide = t_quantile(len(row)) * float(row.std(ddof=1)) / sqrt(len(row))
    return Estimate(mean, max(0.0, mean - wide), min(end, mean + wide))


@lru_cache(maxsize=1024)
def t_quantile(n: int, confidence: float = CONFIDENCE) -> float:
    """How many standard errors the interval of a mean of n reaches to either side (Student's t)."""
    return float(stats.t.ppf((1 + confidence) / 2, n - 1))


def log_rank(a: Histories, b: Histories) -> LogRank:
    """Do two sets of runs reach an event at the same pace?  (Mantel 1966, through scipy.)

    It takes the sets to be independent: on paired seeds it understates a difference, and `effects` is the sharper tool.
    Where nobody in either set got there, or all did at one time, nothing speaks for a difference: 0 and p = 1.
    """
    samples = [_checked(*histories) for histories in (a, b)]
    steps, at_risk, count = _risk_table(*(np.concatenate([sample[part] for sample in samples]) for part in (0, 1)))
    first_at_risk = np.array([(samples[0][0] >= step).sum() for step in steps])
    if not np.any((count > 0) & (count < at_risk) & (first_at_risk > 0) & (first_at_risk < at_risk)):
        return LogRank(0.0, 1.0)
    test = stats.logrank(*(stats.CensoredData.right_censored(times, ~events) for times, events, _ in samples))
    return LogRank(float(test.statistic) ** 2, float(test.pvalue))


def restricted_weeks(weeks: ArrayLike, reached: ArrayLike, horizon: float) -> np.ndarray:
    """Weeks spent on the way within the horizon, shape (n,): the week reached, or the horizon where it was not.

    With all runs followed to one horizon its mean is the restricted mean, which makes paired differences possible.
    It is no estimate of the time a run would take if it went on.
    """
    if np.ndim(horizon) != 0:
        raise ValueError("restricted weeks need one horizon for all runs")
    return _checked(weeks, reached, horizon)[0]


def _area(times: np.ndarray, events: np.ndarray, end: float) -> tuple[float, float]:
    """Area under the share that has not reached, up to `end`, and its standard error after Greenwood."""
    steps, at_risk, count = _risk_table(times, events)
    staying = np.cumprod(1 - count / at_risk)
    areas = staying * np.diff(np.append(steps, end))
    ahead = np.cumsum(areas[::-1])[::-1]
    some_left = at_risk > count
    terms = count[some_left] / (at_risk[some_left] * (at_risk[some_left] - count[some_left]))
    return float(areas.sum()), float(np.sqrt(np.sum(ahead[some_left] ** 2 * terms)))


def _between_bounds(times: np.ndarray, events: np.ndarray, followed: np.ndarray, mean: float) -> Estimate:
    """A restricted mean with the areas under the bounds of the share that has not reached, week by week.

    Between two steps the share may have fallen as far as those who are still at risk at the next one leave open.
    """
    curve = kaplan_meier(times, events, followed)
    steps, at_risk, _ = _risk_table(times, events)
    unseen = ((1 - CONFIDENCE) / 2) ** (1 / np.append(at_risk[1:], at_risk[-1]))
    wide = np.diff(np.append(steps, curve.followed))
    low = float((np.minimum(1 - curve.high, unseen) * wide).sum())
    return Estimate(mean, low, float(((1 - curve.low) * wide).sum()))


def _checked(weeks: ArrayLike, reached: ArrayLike, horizon: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Time of event or censoring, whether it was the event, and the last week followed; each of shape (n,)."""
    given = np.asarray(weeks, float)
    events = np.asarray(reached)
    if given.ndim != 1 or events.shape != given.shape:
        raise ValueError(f"weeks and reached are rows of one length, not of shapes {given.shape} and {events.shape}")
    if not len(given):
        raise ValueError("no runs: there is nothing to estimate from")
    if events.dtype != bool:
        raise ValueError(f"reached says yes or no for each run (bool), not {events.dtype}")
    if np.ndim(horizon) and np.shape(horizon) != given.shape:
        raise ValueError(f"horizon is one number or one a run, not of shape {np.shape(horizon)} for {len(given)} runs")
    followed = np.broadcast_to(np.asarray(horizon, float), given.shape)
    if not np.all(np.isfinite(followed) & (followed > 0)):
        raise ValueError("the horizon is a number of weeks above 0")
    wrong = events & ~((given >= 0) & (given <= followed))
    if wrong.any():
        run = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"run {run} is said to have got there in week {given[run]}, outside 0 to {followed[run]}")
    return np.where(events, given, followed), events, followed


def _risk_table(times: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weeks at which anything happened (from 0), runs still at risk just before, and events; each of shape (k,)."""
    steps = np.union1d(0.0, times)
    ordered = np.sort(times)
    at_risk = len(times) - np.searchsorted(ordered, steps, side="left")
    count = np.bincount(np.searchsorted(steps, times[events]), minlength=len(steps))
    return steps, at_risk, count


def _log_log(
    staying: np.ndarray, at_risk: np.ndarray, count: np.ndarray, followed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pointwise interval of the share not yet there; same as scipy's where that is defined, and defined at the ends.

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
        # The bound before alone would miss what a large last step tells: 40 of 100 there one week, and all the next.
        before = high[end - 1] if end > 0 and staying[end - 1] < 1 - ROUNDING else 1.0
        low[end], high[end] = 0.0, min(before, 1 - tail ** (1 / followed[end]))
    return low, high
