"""The answer to a question: who gets there first and how sure that is, where all end, what it costs, what to beware of.

Everything here reads a finished `Comparison`; nothing runs a model.  Sentences count futures and use the words of people
who fund networks; the estimators are those of `sim.analysis`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.effects import (
    MONTHS,
    Race,
    cost_per_output,
    mean_interval,
    paired_difference,
    proportion,
    race,
    who_is_ahead,
)
from sim.analysis.events import kaplan_meier, restricted_mean
from sim.comparison import STAGE_WORDS, Comparison
from sim.dashboard.charts import charts, differences
from sim.dashboard.questions import Question
from sim.dashboard.scenarios import spending, week_of
from sim.declarations import PARAMETERS
from sim.figures.palette import BASELINE, OKABE_ITO, STAGE_COLOURS, glow, ink
from sim.outcomes import STAGES_REACHED
from sim.words import capital, number, percent

MANY_LEAVE, MUCH_DEPENDENCE, OFTEN, SELDOM, SELDOM_LOST = 0.4, 0.35, 0.25, 0.5, 0.05
FEW = 60


def colours(question: Question) -> dict[str, dict[str, str]]:
    """Each strategy's colour by its place, grey where nobody coordinates: for lines, and for text on light and dark."""
    chosen = {
        key: BASELINE if one.idle else OKABE_ITO[place]
        for place, (key, one) in enumerate(zip(question.keys, question.strategies, strict=True))
    }
    return {key: toned(colour) for key, colour in chosen.items()}


def toned(colour: str) -> dict[str, str]:
    """A colour for lines, and its shades for text on a light and on a dark page."""
    return {"line": colour, "ink": ink(colour), "glow": glow(colour)}


def dollars(value: float) -> str:
    """A sum of money: to the dollar below a thousand, else to three digits that matter."""
    if abs(value) < 1000:
        return f"${value:,.0f}"
    return f"${round(value, 2 - math.floor(math.log10(abs(value)))):,.0f}"


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
    clear = not sentence.startswith(("no clear", "the measures"))
    return {
        "sentence": capital(sentence),
        "clear": clear,
        "sure": how_sure(found, labels[a], labels[b], clear, preview),
        "first": {"a": found.a_first, "b": found.b_first, "even": found.ties + found.neither, "n": found.n},
        "pair": [a, b],
    }


def how_sure(found: Race, a: str, b: str, clear: bool, preview: bool) -> str:
    """How sure a verdict is: the mean gain with its interval, and the chance of being first with its own."""
    gain = found.difference
    if gain is None or found.neither == found.n:
        return "Nothing can be said about the difference."
    low, high = sorted((-gain.low / MONTHS.weeks, -gain.high / MONTHS.weeks))
    places = telling_places(low, high)
    size = number(abs(gain.mean) / MONTHS.weeks, places)
    first = proportion(max(found.a_first, found.b_first), found.n)
    chance = f"first in {percent(first.mean)} of futures (95% interval {percent(first.low)} to {percent(first.high)})"
    if not clear:
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
    kept = [lost_again(comparison, stage, name, labels[name]) for name in (ahead, behind)]
    return " ".join([f"{told} Members then: {members[ahead]} and {members[behind]}.", *filter(None, kept)])


def lost_again(comparison: Comparison, stage: str, name: str, label: str) -> str:
    """In how many of the futures that reached a stage it is lost again before the end; '' where hardly ever."""
    runs = comparison.of(name)
    there, lost = int(runs[f"{stage}_week"].notna().sum()), int(runs[f"{stage}_lost_week"].notna().sum())
    if not there or lost / there < SELDOM_LOST:
        return ""
    return f"{label} loses {STAGE_WORDS[stage]} again in {lost} of the {there} futures that reach it."


def costs(question: Question, comparison: Comparison, labels: dict[str, str]) -> str:
    """What strategies cost, and what one more output than doing nothing costs, where that is known."""
    cost = {name: float(comparison.of(name)["cost"].mean()) for name in comparison.strategies}
    years = number(question.years)
    paid = [name for name in comparison.strategies if cost[name] > 0]
    if not paid:
        return f"Nobody is paid: nothing is spent in {years} years."
    least, most = min(cost[name] for name in paid), max(cost[name] for name in paid)
    same = most - least < 0.005 * most
    everybody = "Each strategy" if len(paid) > 1 else labels[paid[0]]
    told = f"{everybody} costs {dollars(question.budget)} a year, {dollars(most)} in {years} years"
    ends = money_ends(question)
    if ends:
        told = f"{everybody} costs {dollars(most)} in {years} years: {dollars(question.budget)} a year{ends}"
    if not same:
        each = ", ".join(f"{labels[name]} {dollars(cost[name])}" for name in paid)
        told = f"Spent in {years} years: {each}"
    return f"{told}. {prices(comparison, paid, idle(question), labels)}".strip()


def prices(comparison: Comparison, paid: Sequence[str], base: str | None, labels: dict[str, str]) -> str:
    """What outputs cost under strategies that are paid for, in a sentence; '' where that is not known.

    `base`: the strategy in which nobody coordinates, if there is one.
    """
    told = [f"{dollars(price)} with {labels[name]}" for name in paid if (price := output_price(comparison, name, base))]
    if not told:
        return ""
    what = "A joint output costs" if base is None else "One more joint output than with nobody coordinating costs"
    return f"{what} {', '.join(told)}."


def money_ends(question: Question) -> str:
    """From when on less or more is spent than at first, as a clause; '' if it stays the same."""
    months = 12 * question.years
    found = []
    if 0 < question.cut_after < months and question.cut_to != 100:
        found.append(f"{question.cut_to:.0f}% of it after month {question.cut_after:.0f}")
    if 0 < question.leaves < months:
        found.append(f"nothing after month {question.leaves:.0f}, when the coordinator leaves")
    return f", {', '.join(found)}" if found else ""


def timing(question: Question) -> str:
    """Where the calendar decides much of when the network aligns: that it does; '' where it does not."""
    weavers = [one for one in question.strategies if not one.idle]
    if not weavers or {one.policy for one in weavers} != {"weeks"} or len({one.align for one in weavers}) > 1:
        return ""
    align = weavers[0].align
    if not 0 < align < 12 * question.years or not any(one.facilitation for one in weavers):
        return ""
    who = "All coordinators turn" if len(weavers) > 2 else "Both coordinators turn" if len(weavers) == 2 else "It turns"
    return (
        f"{who} to aligning after {number(align)} months, by the calendar set on the cards: that decides much of when "
        "alignment comes, and makes strategies look alike."
    )


def trust() -> str:
    """What intervals do not cover."""
    assumed = sum(parameter.basis == "assumed" for parameter in PARAMETERS)
    return (
        f"This is how sure the simulation is, not how right the model is: {assumed} of its {len(PARAMETERS)} parameters are "
        "assumptions."
    )


def idle(question: Question) -> str | None:
    """The strategy in which nobody coordinates, if there is one."""
    return next((key for key, one in zip(question.keys, question.strategies, strict=True) if one.idle), None)


def output_price(comparison: Comparison, name: str, base: str | None) -> float | None:
    """Dollars for one more output than doing nothing (`base`) brings; for one output where that is not on the page."""
    runs = comparison.of(name)
    cost, outputs = float(runs["cost"].mean()), float(runs["outputs"].mean())
    if base is None:
        return cost / outputs if outputs > 0 else None
    if name == base:
        return None
    other = comparison.of(base)
    return cost_per_output(cost, outputs, float(other["cost"].mean()), float(other["outputs"].mean()))


def described(comparison: Comparison, name: str, label: str, base: str | None) -> dict[str, Any]:
    """One strategy's row of the table of numbers.  `base`: the strategy in which nobody coordinates, if there is one."""
    runs = comparison.of(name)
    tested = runs["renewed"].dropna()
    stages = {}
    for stage in STAGES_REACHED:
        weeks = comparison.weeks(name, stage)
        curve = kaplan_meier(weeks, ~np.isnan(weeks), comparison.scenario.weeks)
        early, late = curve.quantile(0.1), curve.quantile(0.9)
        stages[stage] = {
            "reached": curve.reached,
            "months": [None if week is None else int(MONTHS.of(week)) for week in (early, curve.median, late)],
        }
    price = output_price(comparison, name, base)
    outputs = mean_interval(runs["outputs"].to_numpy(float))
    return {
        "key": name,
        "label": label,
        "stages": stages,
        "members": round(float(runs["members_active"].mean()), 1),
        "left": round(float(runs["members_left"].mean()), 1),
        "outputs": [round(value, 2) for value in (outputs.mean, outputs.low, outputs.high)],
        "cost": dollars(float(runs["cost"].mean())),
        "price": None if price is None else dollars(price),
        "dependence": percent(float(runs["coordinator_dependence"].mean())),
        "renewed": f"{percent(float(tested.mean()))} of {len(tested)}" if len(tested) else "none tested",
    }


def cautions(question: Question, comparison: Comparison, labels: dict[str, str]) -> list[str]:
    """Warnings in words: what may go wrong under a strategy though it looks good."""
    found = list(comparison.scenario.budget_warnings())
    if not question.budget:
        found.append("Without a budget nobody weaves: every strategy here does nothing.")
    found += many_leave(comparison, labels)
    for key, one in zip(question.keys, question.strategies, strict=True):
        label = labels[key]
        found += dangers(comparison.of(key), label)
        found += left_too_early(question, comparison, key, label)
        found += not_renewed(comparison.of(key), label)
        spent = spending(question, one)
        if spent.wanted > spent.meetings + 0.5:
            found.append(
                f"{label}: its meetings would cost {dollars(spent.wanted)} a year; the budget pays for fewer people, and for "
                "no hours."
            )
    return found


def many_leave(comparison: Comparison, labels: Mapping[str, str]) -> list[str]:
    """A warning where many of the people who were ever members have gone by the end, for all such strategies at once."""
    found = []
    for key, label in labels.items():
        runs = comparison.of(key)
        left = float(runs["members_left"].mean())
        ever = left + float(runs["members_active"].mean())
        if ever and left / ever > MANY_LEAVE:
            found.append(f"{label} {left:.0f} of {ever:.0f} who were ever members")
    return [f"Many leave by the end: {'; '.join(found)}."] if found else []


def dangers(runs: pd.DataFrame, label: str) -> list[str]:
    """Warnings that a strategy's runs give by themselves: dependence, breaking away."""
    found = []
    n = len(runs)
    dependence = float(runs["coordinator_dependence"].mean())
    if dependence > MUCH_DEPENDENCE:
        found.append(
            f"{label}: {percent(dependence)} of new ties and gifts hang on the coordinator; what if that person goes?"
        )
    apart = int((runs["break_aways"] > 0).sum())
    if apart / n > OFTEN:
        found.append(f"{label}: in {apart} of {n} simulated futures a working group breaks away.")
    return found


def not_renewed(runs: pd.DataFrame, label: str) -> list[str]:
    """A warning where what became generative seldom stays so by itself."""
    tested = runs["renewed"].dropna()
    if len(tested) < 10 or float(tested.mean()) >= SELDOM:
        return []
    return [
        f"{label}: of {len(tested)} futures that became generative, only {int(tested.sum())} stay so for a year "
        "without the coordinator."
    ]


def left_too_early(question: Question, comparison: Comparison, key: str, label: str) -> list[str]:
    """A warning where effort moves on to aligning before the network is typically connected."""
    one = question.strategies[question.keys.index(key)]
    align = week_of(one.align)
    if one.idle or not question.budget or one.policy != "weeks" or align >= question.weeks or one.facilitation == 0:
        return []
    weeks = comparison.weeks(key, "connected")
    early = int((np.isnan(weeks) | (weeks > align)).sum())
    if early / len(weeks) <= SELDOM:
        return []
    return [
        f"{label}: effort moves on to aligning after {number(one.align)} months, but in {early} of {len(weeks)} simulated "
        "futures the network is not connected by then. Moving on later, or when it is ready, may bring more."
    ]


def typical(comparison: Comparison) -> int:
    """The future that is nearest to the middle under all strategies at once, by its outputs: its replicate number."""
    outputs = np.array([comparison.of(name)["outputs"].to_numpy(float) for name in comparison.strategies])
    apart = np.abs(outputs - np.median(outputs, axis=1, keepdims=True))
    spread = np.maximum(np.std(outputs, axis=1, keepdims=True), 1e-9)
    return int(comparison.of(comparison.baseline)["replicate"].to_numpy()[np.argmin((apart / spread).sum(axis=0))])


def verdicts(comparison: Comparison, stage: str, labels: dict[str, str], preview: bool = False) -> dict[str, Any]:
    """What is said of a stage: the soonest strategy against the next, against the others, and where they end."""
    first, second, *rest = in_order(comparison, stage)
    told = verdict(comparison, stage, first, second, labels, preview)
    return {
        **told,
        "timing": "",
        "level": end_level(comparison, stage, first, second, labels, told["clear"]),
        "others": [verdict(comparison, stage, first, other, labels)["sentence"] for other in rest],
        "differences": differences(comparison, first, second),
    }


def answer(question: Question, comparison: Comparison) -> dict[str, Any]:
    """Everything that the page says and draws, fit for JSON."""
    labels, base = question.labels, idle(question)
    preview = comparison.replicates < question.futures
    return {
        "futures": comparison.replicates,
        "of": int(question.futures),
        "stages": {
            stage: {
                **verdicts(comparison, stage, labels, preview),
                "timing": timing(question) if stage != "connected" else "",
            }
            for stage in STAGES_REACHED
        },
        "typical": typical(comparison),
        "cost": costs(question, comparison, labels),
        "trust": trust(),
        "cautions": cautions(question, comparison, labels),
        "strategies": [described(comparison, key, labels[key], base) for key in question.keys],
        "charts": charts(comparison),
        "colours": colours(question),
        "stage_colours": {stage: toned(colour) for stage, colour in STAGE_COLOURS.items()},
    }


def runs_csv(question: Question, runs: pd.DataFrame) -> str:
    """The table of runs as CSV: a row a run, strategies by label, with their seed and replicate."""
    runs = runs.copy()
    runs.insert(1, "label", runs["strategy"].map(question.labels))
    return runs.to_csv(index=False)
