"""Time to event by any factor of a sweep: curves, restricted means and log-rank tests of groups of runs.

Runs of one world are not independent of one another, so restricted means take worlds as the unit, and the log-rank statistic
of Mantel (1966) is also compared with its values when worlds are assigned to groups at random (a permutation test).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from sim.lab.analysis.events import Curve, Estimate, Histories, bounded_mean, kaplan_meier, restricted_mean
from sim.lab.analysis.runs import AnalysisError
from sim.model.outcomes import BY_NAME

BINS = 3
PERMUTATIONS = 199


@dataclass(frozen=True)
class LogRank:
    """Log-rank test: chi-squared and the p value."""

    chi_squared: float
    p: float


@dataclass(frozen=True)
class Group:
    """Runs whose factor has one value, or lies in one part of its range, and how soon they reach the event."""

    label: str
    worlds: int
    curve: Curve
    restricted: Estimate


@dataclass(frozen=True)
class ByFactor:
    """Groups by a factor, and whether they differ.

    `test`: log-rank, runs taken as independent.  `p_worlds`: its p value when worlds are assigned at random; None with
    fewer than two worlds in a group.
    """

    factor: str
    stage: str
    strategy: str | None
    groups: tuple[Group, ...]
    test: LogRank
    p_worlds: float | None


def by_factor(
    runs: pd.DataFrame,
    factor: str,
    stage: str,
    horizon: float,
    strategy: str | None = None,
    bins: int = BINS,
    seed: int = 0,
) -> ByFactor:
    """Return how soon runs reach a stage, by the value of a factor: a column that is constant within a world, or "strategy".

    Numbers with more than `bins` values are cut at their quantiles over worlds.  Raises AnalysisError for an unknown column,
    one with a single value, an outcome, or another column that varies within a world.
    """
    done = runs[runs["status"] == "done"] if "status" in runs.columns else runs
    if strategy is not None:
        done = done[done["strategy"] == strategy]
    for column in (factor, f"{stage}_week"):
        if column not in done.columns:
            raise AnalysisError(f"the table of runs has no column {column!r}")
    if done.empty:
        raise AnalysisError(f"no run of {strategy} is done")
    labels, place = binned(done, factor, bins)
    if len(labels) < 2:
        raise AnalysisError(f"{factor} has one value in these runs: there are no groups to compare")
    check_is_factor(done, factor)
    weeks = done[f"{stage}_week"].to_numpy(float, na_value=np.nan)
    points = done["point"].to_numpy() if "point" in done.columns else np.arange(len(done))
    groups = []
    for number, label in enumerate(labels):
        inside = place == number
        history = Histories(weeks[inside], ~np.isnan(weeks[inside]), float(horizon))
        area = clustered_mean(history, points[inside], horizon)
        groups.append(Group(label, len(np.unique(points[inside])), kaplan_meier(*history), area))
    test = log_rank_of_groups(weeks, place, horizon)
    chance = None if factor == "strategy" else permuted(weeks, place, points, horizon, test.chi_squared, seed)
    return ByFactor(factor, stage, strategy, tuple(groups), test, chance)


def check_is_factor(runs: pd.DataFrame, column: str) -> None:
    """Raise AnalysisError for an outcome, and for a column other than the strategy that varies within a world."""
    if column in BY_NAME:
        raise AnalysisError(
            f"{column} is an outcome of runs: groups are by what was set before them, a factor or strategy"
        )
    if column != "strategy" and "point" in runs.columns:
        kinds = runs.groupby("point")[column].nunique(dropna=False)
        if (kinds > 1).any():
            raise AnalysisError(
                f"{column} is not the same for all runs of world {kinds.idxmax()}: groups are by what was set for a whole world, "
                "or by strategy"
            )


def binned(runs: pd.DataFrame, column: str, bins: int = BINS) -> tuple[list[str], np.ndarray]:
    """Return labels of groups, and each row's group: numbers with many values are cut at quantiles over worlds."""
    values = runs[column]
    plain = sorted(pd.unique(values), key=str) if not is_number(values) else sorted(pd.unique(values))
    if not is_number(values) or len(plain) <= bins:
        where = {value: place for place, value in enumerate(plain)}
        texts = [short(value) if is_number(values) else str(value) for value in plain]
        return texts, values.map(where).to_numpy(int)
    numbers = values.to_numpy(float)
    once = runs.drop_duplicates("point")[column].to_numpy(float) if "point" in runs.columns else numbers
    edges = np.unique(np.quantile(once, np.arange(1, bins) / bins, method="higher"))
    place = np.searchsorted(edges, numbers, side="right")
    used, place = np.unique(place, return_inverse=True)
    texts = []
    for number in range(len(used)):
        values = numbers[place == number]
        low, high = short(values.min()), short(values.max())
        texts.append(low if low == high else f"{low} to {high}")
    return texts, place


def is_number(values: pd.Series) -> bool:
    """Return whether a column holds numbers, and not truth values."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def short(value: float) -> str:
    """Return a number with three significant digits."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def clustered_mean(history: Histories, points: np.ndarray, horizon: float) -> Estimate:
    """Return the restricted mean with an interval over worlds; over runs where there is one world."""
    spent = np.where(history.reached, history.weeks, horizon)
    means = pd.Series(spent).groupby(points).mean().to_numpy()
    return bounded_mean(means, float(horizon)) if len(means) > 1 else restricted_mean(*history)


def log_rank_of_groups(weeks: np.ndarray, group: np.ndarray, horizon: float) -> LogRank:
    """Return the log-rank test of several groups followed to one horizon, with groups - 1 degrees of freedom.

    `weeks`: NaN where not reached; `group`: 0, 1, ...  Where no event can distinguish groups: 0 and p = 1.
    """
    number = int(group.max()) + 1
    reached = ~np.isnan(weeks)
    times = np.where(reached, weeks, horizon)
    steps = np.unique(times[reached])
    if not len(steps):
        return LogRank(0.0, 1.0)
    events, at_risk = np.empty((number, len(steps))), np.empty((number, len(steps)))
    for one in range(number):
        ordered = np.sort(times[group == one])
        at_risk[one] = len(ordered) - np.searchsorted(ordered, steps, side="left")
        events[one] = np.bincount(np.searchsorted(steps, times[(group == one) & reached]), minlength=len(steps))
    return statistic(events, at_risk)


def statistic(events: np.ndarray, at_risk: np.ndarray) -> LogRank:
    """The log-rank statistic from events and numbers at risk, both (groups, steps) (Klein & Moeschberger 2003, section 7.3)."""
    all_events, all_risk = events.sum(axis=0), at_risk.sum(axis=0)
    share = at_risk / all_risk
    gap = (events - share * all_events).sum(axis=1)
    factor = all_events * (all_risk - all_events) / np.maximum(all_risk - 1, 1)
    covariance = np.diag((share * factor).sum(axis=1)) - (share * factor) @ share.T
    rank = int(np.linalg.matrix_rank(covariance[:-1, :-1])) if len(gap) > 1 else 0
    if not rank:
        return LogRank(0.0, 1.0)
    chi = max(0.0, float(gap[:-1] @ np.linalg.pinv(covariance[:-1, :-1]) @ gap[:-1]))
    return LogRank(chi, float(stats.chi2.sf(chi, rank)))


def permuted(
    weeks: np.ndarray, group: np.ndarray, points: np.ndarray, horizon: float, found: float, seed: int
) -> float | None:
    """Return the share of random assignments of worlds to groups of these sizes with a statistic at least as large."""
    worlds, row = np.unique(points, return_inverse=True)
    of_world = np.zeros(len(worlds), int)
    of_world[row] = group
    sizes: Sequence[int] = np.bincount(of_world).tolist()
    if min(sizes) < 2:
        return None
    rng = np.random.default_rng(seed)
    as_large = sum(
        log_rank_of_groups(weeks, rng.permutation(of_world)[row], horizon).chi_squared >= found * (1 - 1e-12)
        for _ in range(PERMUTATIONS)
    )
    return (1 + as_large) / (1 + PERMUTATIONS)
