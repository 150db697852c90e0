"""Sentences on an answer: who reaches a stage first and how certain that is, what it costs, and what may go wrong.

Sentences count futures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.dashboard.charts import DifferenceRow, differences
from sim.dashboard.questions import Question
from sim.dashboard.scenarios import spending, week_of
from sim.lab.analysis.effects import MONTHS, Race, cost_per_output, paired_difference, proportion, race, who_is_ahead
from sim.lab.analysis.events import restricted_mean
from sim.lab.comparison import STAGE_WORDS, Comparison
from sim.model.declarations import PARAMETERS
from sim.output.words import capital, counted, number, percent

SELDOM_LOST, FEW, FEW_WEEKS = 0.1, 60, 2


@dataclass(frozen=True)
class StageVerdict:
    """The verdict on a stage.

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
    """Return which of two strategies reaches a stage first, in one sentence with counts, and how certain that is."""
    weeks = comparison.weeks(a, stage), comparison.weeks(b, stage)
    horizon = comparison.scenario.weeks
    sign = comparison.sign(f"{stage}_week", a, b)
    sentence = who_is_ahead(STAGE_WORDS[stage], labels[a], labels[b], *weeks, horizon, sign, MONTHS)
    result = race(*weeks, horizon)
    clear = sign != 0 and result.supports(sign)
    if clear and result.difference is not None and abs(result.difference.mean) < FEW_WEEKS:
        sentence = f"{abs(result.difference.mean) * 7:.0f} days apart on average: {sentence}"
    sure = how_sure(result, labels[a], labels[b], preview, clear)
    return StageVerdict(capital(sentence), (a, b), clear, sure, result)


def how_sure(result: Race, a: str, b: str, preview: bool, clear: bool) -> str:
    """Return how sure a verdict is: the mean gain and the chance of being first, each with its 95% interval.

    `clear`: whether one of the two is clearly ahead, among all comparisons of the page.
    """
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
    more = "wait for the rest" if preview else "more would make this surer"
    few = f" These are few futures: {more}." if result.n < FEW else ""
    if not clear:
        ends = " to ".join(f"{a if end > 0 else b} {number(abs(end), places)} sooner" for end in (low, high))
        among = ", given how many comparisons the page makes" if gain.clear else ""
        return f"On average the two are {size} months apart (95% interval: {ends}): no clear difference{among}.{few}"
    who = a if gain.mean < 0 else b
    low, high = (low, high) if gain.mean < 0 else (-high, -low)
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
    words = f"After {years} {labels[ahead]} has produced {means[ahead]} joint results, {labels[behind]} {means[behind]}"
    if not comparison.sign("outputs", a, b):
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
    """Return the verdict on a stage: the soonest strategy against the next, against the others, where they end."""
    first, second, *rest = in_order(comparison, stage)
    verdict = pair_verdict(comparison, stage, first, second, labels, preview)
    return replace(
        verdict,
        level=end_level(comparison, verdict, labels),
        lost=lost_again(comparison, stage, labels),
        others=tuple(pair_verdict(comparison, stage, first, other, labels).sentence for other in rest),
        differences=differences(comparison, first, second),
    )


def dollars(value: float) -> str:
    """Return a sum of money: to the dollar below a thousand, else to three significant digits."""
    if abs(value) < 1000:
        return f"${value:,.0f}"
    return f"${round(value, 2 - math.floor(math.log10(abs(value)))):,.0f}"


def costs(question: Question, comparison: Comparison, labels: Mapping[str, str]) -> str:
    """Return what the strategies cost, and what one more output costs than with no coordinator, if that is known."""
    cost = {name: float(comparison.of(name)["cost"].mean()) for name in comparison.strategies}
    years = counted(question.years, "year")
    paid = [name for name in comparison.strategies if cost[name] > 0]
    if not paid:
        return f"Nobody is paid: nothing is spent in {years}."
    least, most = min(cost[name] for name in paid), max(cost[name] for name in paid)
    who = "Each strategy" if len(paid) > 1 else labels[paid[0]]
    later = later_budget(question)
    if most - least >= 0.005 * most:
        spent = f"Spent in {years}: {', '.join(f'{labels[name]} {dollars(cost[name])}' for name in paid)}"
    elif later:
        spent = f"{who} costs {dollars(most)} in {years}: {dollars(question.budget)} a year{later}"
    else:
        spent = f"{who} costs {dollars(question.budget)} a year, {dollars(most)} in {years}"
    return f"{spent}. {prices(comparison, paid, idle(question), labels)}".strip()


def prices(comparison: Comparison, paid: Sequence[str], base: str | None, labels: Mapping[str, str]) -> str:
    """Return what outputs cost under strategies that cost money, in a sentence; '' if that is not known.

    `base`: the strategy without a coordinator, if there is one.
    """
    parts = [
        f"{dollars(price)} with {labels[name]}" for name in paid if (price := output_price(comparison, name, base))
    ]
    what = "A joint result costs" if base is None else "One more joint result than with no coordinator costs"
    return f"{what} {', '.join(parts)}." if parts else ""


def later_budget(question: Question) -> str:
    """Return from when on less or more is spent, as a clause; '' if the budget stays the same."""
    months = 12 * question.years
    parts = []
    if 0 < question.cut_after < months and question.cut_to != 100:
        parts.append(f"{question.cut_to:.0f}% of it after month {question.cut_after:.0f}")
    if 0 < question.leaves < months:
        parts.append(f"nothing after month {question.leaves:.0f}, when the coordinator leaves")
    return f", {', '.join(parts)}" if parts else ""


def idle(question: Question) -> str | None:
    """Return the strategy without a coordinator, if there is one."""
    return next((key for key, one in zip(question.keys, question.strategies, strict=True) if one.idle), None)


def output_price(comparison: Comparison, name: str, base: str | None) -> float | None:
    """Return dollars for one more output than under `base`; for one output if there is no base; None if unknown."""
    runs = comparison.of(name)
    cost, outputs = float(runs["cost"].mean()), float(runs["outputs"].mean())
    if base is None:
        return cost / outputs if outputs > 0 else None
    if name == base:
        return None
    other = comparison.of(base)
    return cost_per_output(cost, outputs, float(other["cost"].mean()), float(other["outputs"].mean()))


MANY_LEAVE, MUCH_DEPENDENCE, OFTEN, SELDOM = 0.4, 0.35, 0.25, 0.5


def cautions(question: Question, comparison: Comparison, labels: dict[str, str]) -> list[str]:
    """Return all warnings on an answer."""
    words: list[str] = []
    if not question.budget:
        words.append("Without a budget there is no coordinator: every strategy here does nothing.")
    words += many_leave(comparison, labels)
    for key, one in zip(question.keys, question.strategies, strict=True):
        label, runs = labels[key], comparison.of(key)
        words += [*dangers(runs, label), *early_or_late(question, comparison, key, label)]
        words += [] if one.idle else not_renewed(runs, label)
        spent = spending(question, one)
        if spent.wanted > spent.meetings - spent.sessions + 0.5:
            words.append(
                f"{label}: its meetings would cost {dollars(spent.wanted)} a year; the budget pays for fewer people, and for "
                "no hours."
            )
    return words


def many_leave(comparison: Comparison, labels: Mapping[str, str]) -> list[str]:
    """Return one warning about all strategies under which many members leave."""
    parts = []
    for key, label in labels.items():
        runs = comparison.of(key)
        left = float(runs["members_left"].mean())
        ever = left + float(runs["members_active"].mean())
        if ever and left / ever > MANY_LEAVE:
            parts.append(f"{label} {left:.0f} of {ever:.0f} who were ever members")
    return [f"Many members leave by the end: {'; '.join(parts)}."] if parts else []


def dangers(runs: pd.DataFrame, label: str) -> list[str]:
    """Return warnings that a strategy's runs give by themselves: dependence, break-aways."""
    words = []
    dependence = float(runs["coordinator_dependence"].mean())
    if dependence > MUCH_DEPENDENCE:
        words.append(
            f"{label}: {percent(dependence)} of new ties and gifts depend on the coordinator; what if that person leaves?"
        )
    apart = int((runs["break_aways"] > 0).sum())
    if apart / len(runs) > OFTEN:
        words.append(f"{label}: in {apart} of {len(runs)} simulated futures a working group breaks away.")
    return words


def not_renewed(runs: pd.DataFrame, label: str) -> list[str]:
    """Return a warning if a generative network seldom stays so without its coordinator."""
    tested = runs["renewed"].dropna()
    if len(tested) < 10 or float(tested.mean()) >= SELDOM:
        return []
    return [
        f"{label}: of {len(tested)} futures that become generative, only {int(tested.sum())} stay generative for a year "
        "without the coordinator."
    ]


def early_or_late(question: Question, comparison: Comparison, key: str, label: str) -> list[str]:
    """Return a warning if the focus moves on before the network is connected, or waits for what often never comes."""
    one = question.strategies[question.keys.index(key)]
    align = week_of(one.align)
    if one.idle or not question.budget:
        return []
    if one.policy == "weeks" and align < question.weeks and one.facilitation:
        latest, often = align, SELDOM
        does, then = f"moves on to aligning after {counted(one.align, 'month')}, but", "is not connected by then"
    elif one.policy == "readiness":
        latest, often = question.weeks, OFTEN
        does, then = "waits until the network is ready, and", "never gets connected"
    else:
        return []
    weeks = comparison.weeks(key, "connected")
    late = int((np.isnan(weeks) | (weeks > latest)).sum())
    if late / len(weeks) <= often:
        return []
    why = " Ties of a fixed organisation stay as they are." if one.form == "organisation" else ""
    return [f"{label}: the coordinator {does} in {late} of {len(weeks)} simulated futures the network {then}.{why}"]


def timing(question: Question) -> str:
    """Return a sentence if the calendar decides much of when the network aligns, else ''."""
    weavers = [one for one in question.strategies if not one.idle]
    if not weavers or not question.budget or len({(one.policy, one.align) for one in weavers}) > 1:
        return ""
    align, facilitated = weavers[0].align, any(one.facilitation for one in weavers)
    if weavers[0].policy != "weeks" or not 0 < align < 12 * question.years or not facilitated:
        return ""
    who = ("The coordinator moves", "Both coordinators move", "All coordinators move")[min(len(weavers), 3) - 1]
    return (
        f"{who} to aligning after {counted(align, 'month')}, by the calendar set for each strategy. That decides much of when "
        "the network aligns, and makes strategies look alike."
    )


def trust() -> str:
    """Return what the intervals do not cover."""
    assumed = sum(parameter.basis == "assumed" for parameter in PARAMETERS)
    return (
        f"This says how sure the simulation is, not how right the model is: {assumed} of its {len(PARAMETERS)} parameters are "
        "assumptions."
    )
