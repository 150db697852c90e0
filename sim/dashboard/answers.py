"""The answer to a question: who gets there first and how sure that is, where all end, what it costs, what to beware of.

Everything here reads a finished `Comparison`; nothing runs a model.  Sentences count futures and use the words of people
who fund networks; the estimators are those of `sim.analysis`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.effects import MONTHS, Race, cost_per_output, paired_difference, proportion, race, who_is_ahead
from sim.analysis.events import kaplan_meier, restricted_mean
from sim.commands.sentences import number, percent
from sim.comparison import STAGE_WORDS, Comparison
from sim.dashboard.charts import charts, differences
from sim.dashboard.questions import Question
from sim.dashboard.scenarios import spending, week_of
from sim.figures.outcomes import mean_interval
from sim.figures.palette import BASELINE, OKABE_ITO, STAGE_COLOURS, glow, ink
from sim.outcomes import STAGES_REACHED

MANY_LEAVE, MUCH_DEPENDENCE, OFTEN, SELDOM = 0.4, 0.35, 0.25, 0.5
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
        "sentence": sentence[0].upper() + sentence[1:],
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
    size = f"{abs(gain.mean) / MONTHS.weeks:.1f}"
    low, high = sorted((-gain.low / MONTHS.weeks, -gain.high / MONTHS.weeks))
    first = proportion(max(found.a_first, found.b_first), found.n)
    chance = f"first in {percent(first.mean)} of futures (95% interval {percent(first.low)} to {percent(first.high)})"
    if not clear:
        return (
            f"On average the two are {size} months apart, with a 95% interval of {number(low, 1)} to {number(high, 1)} "
            f"months for what {a} gains on {b}: too close to call."
        )
    who = a if gain.mean < 0 else b
    low, high = (low, high) if gain.mean < 0 else (-high, -low)
    more = "wait for the rest" if preview else "more would be surer"
    few = f" These are few futures: {more}." if found.n < FEW else ""
    return f"{who} is {size} months sooner on average (95% interval {number(low, 1)} to {number(high, 1)}), and {chance}.{few}"


def end_level(comparison: Comparison, stage: str, a: str, b: str, labels: dict[str, str]) -> str:
    """Where the two end, since being sooner is not being further: outputs and members at the horizon."""
    years = number(comparison.scenario.weeks / 52)
    outputs = {name: comparison.of(name)["outputs"].to_numpy(float) for name in (a, b)}
    gain = paired_difference(outputs[a], outputs[b])
    ahead, behind = (a, b) if gain.mean >= 0 else (b, a)
    low, high = sorted(abs(end) for end in (gain.low, gain.high))
    means = {name: number(float(values.mean())) for name, values in outputs.items()}
    levels = f"After {years} years {labels[ahead]} has brought {means[ahead]} joint outputs, {labels[behind]} {means[behind]}"
    if not gain.clear:
        told = f"{levels}: no clear difference."
    else:
        told = f"{levels}: {number(abs(gain.mean))} more (95% interval {number(low)} to {number(high)})."
        if (
            ahead == b
            and race(comparison.weeks(a, stage), comparison.weeks(b, stage), comparison.scenario.weeks).a_first
        ):
            told = f"But sooner is not further. {told}"
    members = {name: number(float(comparison.of(name)["members_active"].mean()), 0) for name in (a, b)}
    return f"{told} Members then: {members[ahead]} and {members[behind]}."


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
            "months": [None if week is None else round(week / MONTHS.weeks, 1) for week in (early, curve.median, late)],
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


def dangers(runs: pd.DataFrame, label: str) -> list[str]:
    """Warnings that a strategy's runs give by themselves: drop-out, dependence, breaking away."""
    found = []
    n = len(runs)
    left = float(runs["members_left"].mean())
    ever = left + float(runs["members_active"].mean())
    if ever and left / ever > MANY_LEAVE:
        found.append(
            f"{label}: many leave. Of {ever:.0f} people who were ever members, {left:.0f} have gone by the end."
        )
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
    if one.idle or one.policy != "weeks" or align >= question.weeks or one.facilitation == 0:
        return []
    weeks = comparison.weeks(key, "connected")
    early = int((np.isnan(weeks) | (weeks > align)).sum())
    if early / len(weeks) <= SELDOM:
        return []
    return [
        f"{label}: effort moves on to aligning after {number(one.align)} months, but in {early} of {len(weeks)} simulated "
        "futures the network is not connected by then. Left too early?"
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
    return {
        **verdict(comparison, stage, first, second, labels, preview),
        "level": end_level(comparison, stage, first, second, labels),
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
        "stages": {stage: verdicts(comparison, stage, labels, preview) for stage in STAGES_REACHED},
        "typical": typical(comparison),
        "cost": costs(question, comparison, labels),
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
