"""The answer on each outcome that a user may choose: what strategies produce, which is ahead, and how certain that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.dashboard.charts import PLACES, DifferenceRow, differences
from sim.lab.analysis.effects import MONTHS, mean_interval, paired_difference
from sim.lab.comparison import Comparison
from sim.output.both_bands import LASTING, PRICE, YARDSTICKS, OutcomeStanding, Yardstick, standing, values_by
from sim.output.words import capital, number

EARLY = "It is too early to say which strategy is ahead."


@dataclass(frozen=True)
class OutcomeBar:
    """One strategy's mean of an outcome with its 95% interval, and the mean in words."""

    key: str
    mean: float
    low: float
    high: float
    words: str


@dataclass(frozen=True)
class Split:
    """How often the first of a pair does better, about as well, and worse: futures, or percent of worlds."""

    better: float
    even: float
    worse: float


@dataclass(frozen=True)
class OutcomeAnswer:
    """The answer on one outcome.

    `brings`, `ahead`, `overall`: sentences; `pair`: letters of the best strategy and the next, empty if there are no two;
    `clear`: whether the best is clearly ahead in futures as set; `leader`: the letter of the strategy that is ahead overall, or
    ''; `luck`, `worlds`: how often the best of the pair is ahead; `sure`, `unknown`: the mean difference with its interval over
    futures, and over worlds; `differences`: between the pair.
    """

    brings: str
    bars: tuple[OutcomeBar, ...]
    ahead: str = ""
    overall: str = ""
    pair: tuple[str, ...] = ()
    clear: bool = False
    leader: str = ""
    luck: Split | None = None
    worlds: Split | None = None
    sure: str = ""
    unknown: str = ""
    differences: tuple[DifferenceRow, ...] = ()


def outcome_answers(
    comparison: Comparison, labels: Mapping[str, str], preview: bool = False
) -> dict[str, OutcomeAnswer]:
    """Return the answer on each outcome, by its name in `YARDSTICKS`.

    Staying generative without coordinators is left out until all futures have been tested for it.
    """
    tested = not (comparison.runs["generative_week"].notna() & comparison.runs["renewed"].isna()).any()
    return {
        name: outcome_answer(comparison, labels, by, preview)
        for name, by in YARDSTICKS.items()
        if by is not LASTING or tested
    }


def outcome_answer(comparison: Comparison, labels: Mapping[str, str], by: Yardstick, preview: bool) -> OutcomeAnswer:
    """Return the answer on one outcome."""
    found = standing(comparison, labels, by)
    bars = tuple(bar(comparison, name, by) for name in found.order)
    if len(found.order) < 2 or comparison.replicates < 2:
        return OutcomeAnswer(found.brings, bars)
    first, second = found.order[:2]
    losses = comparison.replicates - found.wins - found.ties
    row = found.world
    return OutcomeAnswer(
        brings=found.brings,
        bars=bars,
        ahead=EARLY if preview and found.sign <= 0 else found.ahead,
        overall=found.overall,
        pair=(first, second),
        clear=found.sign > 0,
        leader=found.leader,
        luck=Split(found.wins, found.ties, losses),
        worlds=None if row is None else Split(*percents(row.better, row.unclear, row.worse)),
        sure=sure(comparison, found, labels, by),
        unknown=unknown(found, labels, by),
        differences=differences(comparison, first, second),
    )


def percents(*shares: float) -> list[int]:
    """Return shares as whole percent that sum to 100, the largest taking what rounding leaves."""
    whole = [round(100 * share) for share in shares]
    whole[whole.index(max(whole))] += 100 - sum(whole)
    return whole


def bar(comparison: Comparison, name: str, by: Yardstick) -> OutcomeBar:
    """Return a strategy's bar: months for weeks, dollars of one result for results by dollar."""
    values = values_by(comparison, name, by)
    found = mean_interval(values)
    mean, one, other = (round(in_units(value, by), PLACES) for value in (found.mean, found.low, found.high))
    return OutcomeBar(name, mean, min(one, other), max(one, other), by.show(found.mean))


def in_units(value: float, by: Yardstick) -> float:
    """Return a value in the units of its bar."""
    if by is PRICE:
        return float(10_000 / value) if value > 0 else 0.0
    return float(value / MONTHS.weeks if by.column.endswith("_week") else value)


def difference_words(mean: float, low: float, high: float, by: Yardstick) -> str:
    """Return a mean difference, better minus next, with its 95% interval, in the units of an outcome."""
    if by.column.endswith("_week"):
        low, high = -high / MONTHS.weeks, -low / MONTHS.weeks
        size, unit = f"{number(abs(mean) / MONTHS.weeks)} months", "sooner" if mean < 0 else "later"
    elif by is LASTING:
        low, high = 100 * low, 100 * high
        size, unit = f"{number(abs(100 * mean), 0)} in 100 futures", "more" if mean > 0 else "fewer"
    else:
        what = {"members_active": "members"}.get(by.column, "joint results")
        size, unit = f"{number(abs(mean))} {what}", "more" if mean > 0 else "fewer"
        unit += " for each $10,000" if by is PRICE else ""
    if unit.startswith(("later", "fewer")):
        low, high = -high, -low
    return f"{size} {unit} on average (95% interval {number(low)} to {number(high)})"


def sure(comparison: Comparison, found: OutcomeStanding, labels: Mapping[str, str], by: Yardstick) -> str:
    """Return the mean difference between the best and the next over futures, with its interval."""
    first, second = found.order[:2]
    gap = paired_difference(*(values_by(comparison, name, by) for name in (first, second)))
    if not np.isfinite(gap.mean) or gap.low == gap.high == 0:
        return "The two do not differ in any future."
    clear = "" if found.sign > 0 else ": no clear difference"
    words = difference_words(gap.mean, gap.low, gap.high, by)
    return f"{capital(labels[first])}, compared with {labels[second]}: {words}{clear}."


def unknown(found: OutcomeStanding, labels: Mapping[str, str], by: Yardstick) -> str:
    """Return the mean difference between the best and the next over worlds, with its interval; '' if that is not known."""
    row = found.world
    if row is None:
        return ""
    words = difference_words(row.mean, row.ci95.low, row.ci95.high, by)
    return (
        f"{capital(labels[row.strategy])}, over {row.worlds} worlds: {words}. Luck makes up {100 * row.luck_share:.0f}% of how "
        "single futures vary, what is not known the rest."
    )
