"""The numbers behind the charts of an answer, by month.  Estimators are those of `sim.lab.analysis`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from sim.lab.analysis.effects import MONTHS, mean_interval, paired_difference, wilson
from sim.lab.analysis.events import kaplan_meier, restricted_weeks
from sim.lab.analysis.sequential import PairedOutcome, clear_signs
from sim.lab.comparison import BANDS, Comparison
from sim.model.outcomes import STAGES_REACHED
from sim.output.figures.stage_figures import KINDS

EVERY = 2
PLACES = 4
LOW, HIGH = 10, 90
FEW_PAIRS = 12
DRAWN = {"members": "members", "coordinator_dependence": "dependence"}
DIFFERENCES = (
    ("connected", "months to connection", "sooner"),
    ("aligned", "months to alignment", "sooner"),
    ("producing", "months to production", "sooner"),
    ("outputs", "joint results", "more"),
    ("members_active", "members at the end", "more"),
    ("coordinator_dependence", "dependence on the coordinator, %", "less"),
)
Numbers = list[float | None]


@dataclass(frozen=True)
class PlotLine:
    """A line, with its band if it has one.  `x`: months."""

    x: Numbers
    y: Numbers
    low: Numbers | None = None
    high: Numbers | None = None


Plot = dict[str, PlotLine]
"""A line for each strategy, by its letter."""


@dataclass(frozen=True)
class KindRow:
    """Joint results of one kind: for each strategy the mean and its 95% interval."""

    label: str
    bars: dict[str, Numbers]


@dataclass(frozen=True)
class DifferenceRow:
    """A paired difference with its 95% interval.

    `good`: "yes" or "no" for a clear difference, "" if the interval includes zero.
    """

    label: str
    mean: float
    low: float
    high: float
    good: str


@dataclass(frozen=True)
class ChartData:
    """All that is drawn of an answer.  `months`: the horizon; `weekly` is empty if no weekly measures are known."""

    months: float
    stages: dict[str, Plot]
    weekly: dict[str, Plot]
    kinds: list[KindRow]


def rounded(values: ArrayLike) -> Numbers:
    """Return numbers with few digits, None for NaN."""
    return [None if value != value else round(float(value), PLACES) for value in np.asarray(values, float)]


def stage_curve(weeks: np.ndarray, horizon: float) -> PlotLine:
    """Return the share of futures that have reached a stage, by month, with its 95% band.

    `weeks`: time to the stage in each future, NaN if not reached.  All futures are followed to the horizon, so the share is
    a plain one in every week, with the same interval as in the tables.
    """
    curve = kaplan_meier(weeks, ~np.isnan(weeks), horizon)
    low, high = wilson(np.round(curve.share * curve.runs), curve.runs)
    lines = [rounded(np.append(row, row[-1])) for row in (curve.share, low, high)]
    return PlotLine(rounded(np.append(curve.weeks, curve.followed) / MONTHS.weeks), *lines)


def weekly_bands(comparison: Comparison, measure: str) -> Plot:
    """Return the median and the middle 80% of futures of a weekly measure, by month."""
    weeks = np.arange(comparison.scenario.weeks)
    kept = np.unique(np.append(weeks[::EVERY], weeks[-1]))
    months = rounded((kept + 1) / MONTHS.weeks)
    lines = {}
    for name in comparison.strategies:
        low, middle, high = map(rounded, percentiles(comparison.bands[name][:, kept, BANDS.index(measure)]))
        lines[name] = PlotLine(months, middle, low, high)
    return lines


def percentiles(block: np.ndarray) -> np.ndarray:
    """Return the 10th, 50th and 90th percentile of each column, ignoring NaN; NaN for a column without numbers."""
    if not np.isnan(block).any():  # some ten times as quick
        return np.asarray(np.percentile(block, (LOW, 50, HIGH), axis=0))
    # In weeks in which nobody is left in any future there is no number.  NumPy's warning of that cannot be silenced here: its
    # filters belong to all threads.
    some = ~np.isnan(block).all(axis=0)
    found = np.full((3, block.shape[1]), np.nan)
    if some.any():
        found[:, some] = np.nanpercentile(block[:, some], (LOW, 50, HIGH), axis=0)
    return found


@lru_cache(maxsize=FEW_PAIRS)
def differences(comparison: Comparison, name: str, baseline: str) -> tuple[DifferenceRow, ...]:
    """Return the paired differences between a strategy and a baseline, with 95% intervals, and which way is good.

    One answer needs the same pair for several stages and outcomes.
    """
    rows = []
    signs = signs_between(comparison, name, baseline)
    for outcome, label, better in DIFFERENCES:
        gap = paired_difference(*(in_units(comparison, which, outcome) for which in (name, baseline)))
        sign = signs[outcome]
        good = "" if not sign else "yes" if (sign > 0) == (better == "more") else "no"
        mean, low, high = (round(value, PLACES) for value in (gap.mean, gap.low, gap.high))
        rows.append(DifferenceRow(label, mean, low, high, good))
    return tuple(rows)


def signs_between(comparison: Comparison, name: str, baseline: str) -> dict[str, int]:
    """Return which differences are clear, by outcome: those of the page's sentences as these say, the others as one family."""
    columns = {outcome: f"{outcome}_week" if outcome in STAGES_REACHED else outcome for outcome, _, _ in DIFFERENCES}
    judged = (*(f"{stage}_week" for stage in STAGES_REACHED), "outputs")
    signs = {
        outcome: comparison.sign(column, name, baseline) for outcome, column in columns.items() if column in judged
    }
    rest = [outcome for outcome in columns if outcome not in signs]
    pairs = [
        PairedOutcome(in_units(comparison, name, outcome), in_units(comparison, baseline, outcome)) for outcome in rest
    ]
    return signs | dict(zip(rest, clear_signs(pairs, comparison.planned), strict=True))


def in_units(comparison: Comparison, name: str, outcome: str) -> np.ndarray:
    """Return an outcome of every future in the units of the page: restricted months, percent or numbers."""
    if outcome in STAGES_REACHED:
        weeks = comparison.weeks(name, outcome)
        return restricted_weeks(weeks, ~np.isnan(weeks), comparison.scenario.weeks) / MONTHS.weeks
    values = comparison.of(name)[outcome].to_numpy(float)
    return values * 100 if outcome == "coordinator_dependence" else values


def charts(comparison: Comparison) -> ChartData:
    """Return all that is drawn, except differences, which depend on who is ahead."""
    names, weeks = comparison.strategies, comparison.scenario.weeks

    def means(name: str, kind: str) -> Numbers:
        found = mean_interval(comparison.of(name)[f"outputs_{kind}"])
        return rounded([found.mean, found.low, found.high])

    return ChartData(
        round(weeks / MONTHS.weeks, 2),
        {
            stage: {name: stage_curve(comparison.weeks(name, stage), weeks) for name in names}
            for stage in STAGES_REACHED
        },
        {title: weekly_bands(comparison, measure) for measure, title in DRAWN.items()},
        [KindRow(title, {name: means(name, kind) for name in names}) for kind, title in KINDS.items()],
    )
