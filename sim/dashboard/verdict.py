"""Who reaches a stage first and how sure that is, and where all end: sentences that count futures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.dashboard.charts import differences
from sim.lab.analysis.effects import MONTHS, Race, paired_difference, proportion, race, who_is_ahead
from sim.lab.analysis.events import restricted_mean
from sim.lab.comparison import STAGE_WORDS, Comparison
from sim.output.words import capital, number, percent

SELDOM_LOST, FEW, FEW_WEEKS = 0.1, 60, 2


def in_order(comparison: Comparison, stage: str) -> list[str]:
    """Strategies by mean time to a stage within the horizon, the soonest first; among equals by outputs."""
    horizon = comparison.scenario.weeks

    def key(name: str) -> tuple[float, float]:
        weeks = comparison.weeks(name, stage)
        spent = restricted_mean(weeks, ~np.isnan(weeks), horizon).mean
        return spent, -float(comparison.of(name)["outputs"].mean())

    return sorted(comparison.strategies, key=key)


def verdict(
    comparison: Comparison, stage: str, a: str, b: str, labels: dict[str, str], preview: bool = False
) -> dict[str, Any]:
    """Who reaches a stage first, in one sentence with counts, and how sure that is."""
    pair = comparison.weeks(a, stage), comparison.weeks(b, stage)
    horizon = comparison.scenario.weeks
    sentence = who_is_ahead(STAGE_WORDS[stage], labels[a], labels[b], *pair, horizon, MONTHS)
    found = race(*pair, horizon)
    if found.clear and found.difference is not None and abs(found.difference.mean) < FEW_WEEKS:
        sentence = f"{abs(found.difference.mean) * 7:.0f} days apart on average: {sentence}"
    return {
        "sentence": capital(sentence),
        "clear": found.clear,
        "sure": how_sure(found, labels[a], labels[b], preview),
        "first": {"a": found.a_first, "b": found.b_first, "even": found.ties + found.neither, "n": found.n},
        "pair": [a, b],
    }


def how_sure(found: Race, a: str, b: str, preview: bool) -> str:
    """How sure a verdict is: the mean gain with its interval, and the chance of being first with its own."""
    gain = found.difference
    if gain is None or found.neither == found.n:
        return "Nothing can be said about the difference."
    if gain.low == gain.high == 0:
        return "The two do not differ in any future."
    low, high = sorted((-gain.low / MONTHS.weeks, -gain.high / MONTHS.weeks))
    places = telling_places(low, high)
    size = number(abs(gain.mean) / MONTHS.weeks, places)
    first = proportion(max(found.a_first, found.b_first), found.n)
    chance = f"first in {percent(first.mean)} of futures (95% interval {percent(first.low)} to {percent(first.high)})"
    if not found.clear:
        ends = f"{sooner(low, a, b, places)} to {sooner(high, a, b, places)}"
        return f"On average the two are {size} months apart (95% interval: {ends}): too close to call."
    who = a if gain.mean < 0 else b
    low, high = (low, high) if gain.mean < 0 else (-high, -low)
    more = "wait for the rest" if preview else "more would be surer"
    few = f" These are few futures: {more}." if found.n < FEW else ""
    span = f"{number(low, places)} to {number(high, places)}"
    return f"{who} is {size} months sooner on average (95% interval {span}), and {chance}.{few}"


def telling_places(low: float, high: float) -> int:
    """Decimal places of an interval's ends: more where an end that is not 0 would look like it."""
    return next((places for places in (1, 2) if all(round(end, places) or not end for end in (low, high))), 3)


def sooner(gain: float, a: str, b: str, places: int) -> str:
    """One end of an interval of what `a` gains on `b`, in months."""
    return f"{a if gain > 0 else b} {number(abs(gain), places)} sooner"


def end_level(comparison: Comparison, stage: str, a: str, b: str, labels: dict[str, str], clear: bool) -> str:
    """Where the two end, since being sooner is not being further, nor staying there: outputs, members, what was lost.

    `clear`: whether one of the two is clearly sooner.
    """
    years = number(comparison.scenario.weeks / 52)
    outputs = {name: comparison.of(name)["outputs"].to_numpy(float) for name in (a, b)}
    gain = paired_difference(outputs[a], outputs[b])
    ahead, behind = (a, b) if gain.mean >= 0 else (b, a)
    low, high = sorted(abs(end) for end in (gain.low, gain.high))
    means = {name: number(float(values.mean()), 1) for name, values in outputs.items()}
    levels = f"After {years} years {labels[ahead]} has brought {means[ahead]} joint outputs, {labels[behind]} {means[behind]}"
    if not gain.clear:
        told = f"{levels}: no clear difference."
    else:
        told = f"{levels}: {number(abs(gain.mean), 1)} more (95% interval {number(low, 1)} to {number(high, 1)})."
        if ahead == b and clear:
            told = f"But sooner is not further. {told}"
    members = {name: number(float(comparison.of(name)["members_active"].mean()), 0) for name in (a, b)}
    return f"{told} Members then: {members[ahead]} and {members[behind]}."


def lost_again(comparison: Comparison, stage: str, labels: Mapping[str, str]) -> str:
    """In how many of the futures that reached a stage it is lost again before the end; '' where that is seldom."""
    found = []
    for name, label in labels.items():
        runs = comparison.of(name)
        there, lost = int(runs[f"{stage}_week"].notna().sum()), int(runs[f"{stage}_lost_week"].notna().sum())
        if there and lost / there >= SELDOM_LOST:
            found.append(f"{label} in {lost} of the {there} futures that reach it")
    return f"Reached is not kept: {STAGE_WORDS[stage]} is lost again by {'; '.join(found)}." if found else ""


def verdicts(comparison: Comparison, stage: str, labels: dict[str, str], preview: bool = False) -> dict[str, Any]:
    """What is said of a stage: the soonest strategy against the next, against the others, and where they end."""
    first, second, *rest = in_order(comparison, stage)
    told = verdict(comparison, stage, first, second, labels, preview)
    return {
        **told,
        "timing": "",
        "lost": lost_again(comparison, stage, labels),
        "level": end_level(comparison, stage, first, second, labels, told["clear"]),
        "others": [verdict(comparison, stage, first, other, labels)["sentence"] for other in rest],
        "differences": differences(comparison, first, second),
    }
