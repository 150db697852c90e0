"""Who reaches a stage first, how sure that is, and where both end: sentences that count futures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.dashboard.charts import DifferenceRow, differences
from sim.lab.analysis.effects import MONTHS, Race, paired_difference, proportion, race, who_is_ahead
from sim.lab.analysis.events import restricted_mean
from sim.lab.comparison import STAGE_WORDS, Comparison
from sim.output.words import capital, counted, number, percent

SELDOM_LOST, FEW, FEW_WEEKS = 0.1, 60, 2


@dataclass(frozen=True)
class StageVerdict:
    """What is said about a stage.

    `pair`: letters of the soonest strategy and the next; `clear`: whether one of them is clearly sooner; `sure`: how sure
    that is; `first`: in how many futures each is first; `level`: where both end; `lost`: who loses the stage again;
    `timing`: what the calendar decides; `others`: the soonest compared with the rest; `differences`: between the pair.
    """

    sentence: str
    pair: tuple[str, str]
    clear: bool = False
    sure: str = ""
    first: Race | None = None
    level: str = ""
    lost: str = ""
    timing: str = ""
    others: tuple[str, ...] = ()
    differences: tuple[DifferenceRow, ...] = ()


def in_order(comparison: Comparison, stage: str) -> list[str]:
    """Return the strategies by mean time to a stage within the horizon, ties by outputs."""

    def key(name: str) -> tuple[float, float]:
        weeks = comparison.weeks(name, stage)
        mean = restricted_mean(weeks, ~np.isnan(weeks), comparison.scenario.weeks).mean
        return mean, -float(comparison.of(name)["outputs"].mean())

    return sorted(comparison.strategies, key=key)


def pair_verdict(
    comparison: Comparison, stage: str, a: str, b: str, labels: Mapping[str, str], preview: bool = False
) -> StageVerdict:
    """Return which of two strategies reaches a stage first, in one sentence with counts, and how sure that is."""
    weeks = comparison.weeks(a, stage), comparison.weeks(b, stage)
    horizon = comparison.scenario.weeks
    sentence = who_is_ahead(STAGE_WORDS[stage], labels[a], labels[b], *weeks, horizon, MONTHS)
    result = race(*weeks, horizon)
    if result.clear and result.difference is not None and abs(result.difference.mean) < FEW_WEEKS:
        sentence = f"{abs(result.difference.mean) * 7:.0f} days apart on average: {sentence}"
    sure = how_sure(result, labels[a], labels[b], preview)
    return StageVerdict(capital(sentence), (a, b), result.clear, sure, result)


def how_sure(result: Race, a: str, b: str, preview: bool) -> str:
    """Return how sure a verdict is: the mean gain and the chance of being first, each with its 95% interval."""
    gain = result.difference
    if gain is None or result.neither == result.n:
        return "Nothing can be said about the difference."
    if gain.low == gain.high == 0:
        return "The two do not differ in any future."
    low, high = sorted((-gain.low / MONTHS.weeks, -gain.high / MONTHS.weeks))
    places = places_of(low, high)
    size = number(abs(gain.mean) / MONTHS.weeks, places)
    first = proportion(max(result.a_first, result.b_first), result.n)
    chance = f"first in {percent(first.mean)} of futures (95% interval {percent(first.low)} to {percent(first.high)})"
    if not result.clear:
        ends = " to ".join(f"{a if end > 0 else b} {number(abs(end), places)} sooner" for end in (low, high))
        return f"On average the two are {size} months apart (95% interval: {ends}): no clear difference."
    who = a if gain.mean < 0 else b
    low, high = (low, high) if gain.mean < 0 else (-high, -low)
    more = "wait for the rest" if preview else "more would make this surer"
    few = f" These are few futures: {more}." if result.n < FEW else ""
    span = f"{number(low, places)} to {number(high, places)}"
    months = "month" if float(size) == 1 else "months"
    return f"{who} is {size} {months} sooner on average (95% interval {span}), and {chance}.{few}"


def places_of(low: float, high: float) -> int:
    """Return the decimal places of an interval's ends: enough that an end that is not 0 does not look like 0."""
    return next((places for places in (1, 2) if all(round(end, places) or not end for end in (low, high))), 3)


def end_level(comparison: Comparison, verdict: StageVerdict, labels: Mapping[str, str]) -> str:
    """Return where the two strategies of a verdict end: outputs and members, since sooner does not mean further."""
    a, b = verdict.pair
    years = counted(comparison.scenario.weeks / 52, "year")
    outputs = {name: comparison.of(name)["outputs"].to_numpy(float) for name in (a, b)}
    gain = paired_difference(outputs[a], outputs[b])
    ahead, behind = (a, b) if gain.mean >= 0 else (b, a)
    low, high = sorted(abs(end) for end in (gain.low, gain.high))
    means = {name: number(float(values.mean()), 1) for name, values in outputs.items()}
    words = f"After {years} {labels[ahead]} has produced {means[ahead]} joint outputs, {labels[behind]} {means[behind]}"
    if not gain.clear:
        words += ": no clear difference."
    else:
        words += f": {number(abs(gain.mean), 1)} more (95% interval {number(low, 1)} to {number(high, 1)})."
        if ahead == b and verdict.clear:
            words = f"But sooner does not mean further. {words}"
    members = [number(float(comparison.of(name)["members_active"].mean()), 0) for name in (ahead, behind)]
    return f"{words} Members then: {' and '.join(members)}."


def lost_again(comparison: Comparison, stage: str, labels: Mapping[str, str]) -> str:
    """Return in how many of the futures that reach a stage it is lost before the end; '' if that is rare."""
    parts = []
    for name, label in labels.items():
        runs = comparison.of(name)
        there, lost = int(runs[f"{stage}_week"].notna().sum()), int(runs[f"{stage}_lost_week"].notna().sum())
        if there and lost / there >= SELDOM_LOST:
            parts.append(f"{label} in {lost} of the {there} futures that reach it")
    return f"Reached, but not always kept: {STAGE_WORDS[stage]} is lost again by {'; '.join(parts)}." if parts else ""


def stage_verdict(comparison: Comparison, stage: str, labels: Mapping[str, str], preview: bool = False) -> StageVerdict:
    """Return what is said about a stage: the soonest strategy against the next, against the others, where they end."""
    first, second, *rest = in_order(comparison, stage)
    verdict = pair_verdict(comparison, stage, first, second, labels, preview)
    return replace(
        verdict,
        level=end_level(comparison, verdict, labels),
        lost=lost_again(comparison, stage, labels),
        others=tuple(pair_verdict(comparison, stage, first, other, labels).sentence for other in rest),
        differences=tuple(differences(comparison, first, second)),
    )
