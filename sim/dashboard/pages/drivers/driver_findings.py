"""What the page shows, as records: bars, curves over budgets, leads along settings; and all of it as one CSV table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from sim.dashboard.answers import Tone
from sim.inputs.safe_csv import csv_table
from sim.lab.analysis.events import Estimate

Kind = Literal["setting", "uncertain", "definition"]
Leader = Literal["first", "second", "unclear"]
Verdict = Literal["flips", "fades", "holds", "unclear"]


@dataclass(frozen=True)
class BarEnd:
    """The metric with one thing set low or high. `low`, `high`: 95% interval; `change`: paired change and its interval."""

    words: str
    value: float | None
    mean: float
    low: float
    high: float
    change: tuple[float, float, float]
    clear: bool
    result: str


@dataclass(frozen=True)
class Bar:
    """How far the metric moves when one thing is set low and high.

    `swing`: from the lowest to the highest mean. `clear`: judged among all bars of the page. `unchanged`: whether no future
    changes at all. `scores`: evidence as normal quantiles, of a change at each end, and between both.
    """

    key: str
    kind: Kind
    label: str
    present: str
    about: str
    ends: dict[str, BarEnd]
    swing: float
    clear: bool
    unchanged: bool
    futures: int
    scores: tuple[float, ...] = ()


@dataclass(frozen=True)
class Tornado:
    """All bars, the longest first. `present`: the metric with the present settings; `result`: in words."""

    rows: tuple[Bar, ...]
    no_effect: tuple[str, ...]
    present: Estimate
    result: str
    headline: tuple[str, ...]
    screening: str


@dataclass(frozen=True)
class BudgetCurves:
    """The outcome of each strategy over yearly budgets. `curves`: estimates in the order of `budgets`."""

    budgets: tuple[float, ...]
    present: float
    curves: dict[str, list[Estimate]]
    words: tuple[str, ...]
    futures: int


@dataclass(frozen=True)
class LeadPoint:
    """The lead at one value of a setting, with its 95% interval."""

    x: float
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Region:
    """Values of a setting from `low` to `high` with the same leader."""

    low: float
    high: float
    leader: Leader


@dataclass(frozen=True)
class LeadAlong:
    """The lead along one setting. `ends`: its lowest and highest value in words."""

    key: str
    label: str
    present: float
    points: tuple[LeadPoint, ...]
    regions: tuple[Region, ...]
    sentence: str
    verdict: Verdict
    ends: tuple[str, str]
    futures: int


@dataclass(frozen=True)
class Flips:
    """Along which settings the leading strategy changes. `pair`: the two best strategies, the leader first."""

    pair: tuple[str, str]
    axes: tuple[LeadAlong, ...]
    headline: str
    futures: int


@dataclass(frozen=True)
class DriverFindings:
    """Everything found so far. `strategies`: those that the metric is of; `each`: futures for each point."""

    outcome: str
    unit: str
    is_time: bool
    subject: str
    strategies: tuple[str, ...]
    labels: dict[str, str]
    colours: dict[str, Tone]
    each: int
    months: int
    tornado: Tornado | None = None
    budgets: BudgetCurves | None = None
    flips: Flips | None = None


CSV_COLUMNS = (
    *("part", "measure", "unit", "strategy", "what", "kind", "setting", "at", "mean", "low95", "high95"),
    *("change", "change_low95", "change_high95", "clear", "futures"),
)
CsvRow = dict[str, str | float]


def findings_csv(findings: DriverFindings) -> str:
    """Return the findings as CSV, one row for each point."""
    table = pd.DataFrame(csv_rows(findings), columns=CSV_COLUMNS)
    table["measure"], table["unit"] = findings.outcome, findings.unit
    return csv_table(table)


def csv_rows(findings: DriverFindings) -> Iterator[CsvRow]:
    """Yield the rows: bars, then curves over budgets, then leads along settings."""
    labels, tornado, budgets, flips = findings.labels, findings.tornado, findings.budgets, findings.flips
    if tornado:
        what: CsvRow = {"part": "bars", "strategy": " minus ".join(labels[key] for key in findings.strategies)}
        yield what | interval(tornado.present) | {"what": "present settings", "futures": findings.each}
        for bar in tornado.rows:
            yield from (what | interval(end) | end_row(bar, name, end) for name, end in bar.ends.items())
    if budgets:
        for key, curve in budgets.curves.items():
            what = {"part": "budgets", "strategy": labels[key], "what": "Budget", "futures": budgets.futures}
            for budget, estimate in zip(budgets.budgets, curve, strict=True):
                yield what | interval(estimate) | {"setting": budget}
    if flips:
        pair = " ahead of ".join(labels[key] for key in flips.pair)
        for axis in flips.axes:
            what = {"part": "lead", "strategy": pair, "what": axis.label, "futures": axis.futures}
            yield from (what | interval(point) | {"setting": point.x} for point in axis.points)


def end_row(bar: Bar, name: str, end: BarEnd) -> CsvRow:
    """Return what the row of a bar's end says in addition to its mean."""
    change, low, high = end.change
    return {
        "what": bar.label,
        "kind": bar.kind,
        "setting": end.words if end.value is None else end.value,
        "at": name,
        "change": change,
        "change_low95": low,
        "change_high95": high,
        "clear": "yes" if end.clear else "no",
        "futures": bar.futures,
    }


def interval(estimate: Estimate | BarEnd | LeadPoint) -> CsvRow:
    """Return a mean with its 95% interval as columns."""
    return {"mean": estimate.mean, "low95": estimate.low, "high95": estimate.high}
