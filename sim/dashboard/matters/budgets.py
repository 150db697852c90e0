"""What more money buys: the outcome of every strategy over yearly budgets from nothing to double the present one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.dashboard.matters.measure import Measure
from sim.dashboard.matters.runs import Cell
from sim.dashboard.money import dollars
from sim.dashboard.questions import Question, changed
from sim.dashboard.settings import NETWORK, Dial
from sim.lab.analysis.effects import PairedDifference, paired_difference
from sim.output.words import capital, number

STEPS, NEXT, USUAL = 8, 10_000, 80_000

Points = Mapping[float, Mapping[str, Cell]]


def budgets(question: Question) -> list[float]:
    """Yearly budgets to try: nothing to double the present one in eight steps, and the next $10,000."""
    dial = NETWORK["budget"]
    assert isinstance(dial, Dial)
    top = min(2 * question.budget or USUAL, dial.high)
    tried = {dial.held(top * step / STEPS) for step in range(STEPS + 1)}
    tried |= {question.budget, dial.held(question.budget + NEXT)}
    return sorted(tried)


def at_budget(question: Question, budget: float) -> Question:
    """The question with another budget."""
    return changed(question, "budget", budget)


def gain(measure: Measure, key: str, points: Points, much: float, little: float, futures: range) -> PairedDifference:
    """What one budget brings over another, future by future: above 0 where the first is better."""
    one = Measure(measure.outcome, (key,))
    a, b = (one.of(points[budget], futures) for budget in (much, little))
    return paired_difference(b, a) if one.stage else paired_difference(a, b)


def enough(measure: Measure, key: str, points: Points, futures: range) -> float | None:
    """The least budget tried from which no larger one brings a clear gain; None if the largest still does."""
    tried = sorted(points)
    for place, budget in enumerate(tried[:-1]):
        if not any(gain(measure, key, points, more, budget, futures).low > 0 for more in tried[place + 1 :]):
            return budget
    return None


def words(measure: Measure, question: Question, points: Points, key: str, futures: range) -> str:
    """What the next $10,000 a year buys a strategy, and from where more money buys no clear gain."""
    label, tried = question.labels[key], sorted(points)
    if question.strategies[question.keys.index(key)].idle:
        return f"{label} spends nothing at any budget."
    more = next((budget for budget in tried if budget >= question.budget + NEXT), tried[-1])
    told = f"{label}: "
    if more > question.budget:
        found = gain(measure, key, points, more, question.budget, futures)
        sum_ = f"the next {dollars(more - question.budget)} a year"
        told += f"{sum_} {bought(measure, found)}. "
    last = enough(measure, key, points, futures)
    if last is None:
        told += f"Up to {dollars(tried[-1])} a year more money goes on buying more."
    elif last == tried[0]:
        told += f"No budget up to {dollars(tried[-1])} brings a clear gain over {dollars(last)}."
    else:
        told += f"From about {dollars(last)} a year on, more money buys no clear gain."
    return capital(told)


def bought(measure: Measure, found: PairedDifference) -> str:
    """A gain in words with its interval."""
    low, high = (number(end, 1) for end in (found.low, found.high))
    if not found.clear:
        return f"buys no clear gain (95% interval {low} to {high} {measure.unit} {better(measure)})"
    if found.mean < 0:
        low, high = (number(end, 1) for end in (-found.high, -found.low))
        return f"makes it worse by {measure.amount(-found.mean)} (95% interval {low} to {high})"
    verb = "brings it" if measure.stage else "buys"
    return f"{verb} {measure.amount(found.mean)} {better(measure)} (95% interval {low} to {high})"


def better(measure: Measure) -> str:
    """Which way is good."""
    return "sooner" if measure.stage else "more"


def told(measure: Measure, question: Question, points: Points, futures: range) -> dict[str, Any]:
    """The curves and what they say, fit for JSON."""
    tried = sorted(points)
    curves = {}
    for key in question.keys:
        found = [measure.estimate(points[budget][key], futures) for budget in tried]
        curves[key] = {
            "mean": [one.mean for one in found],
            "low": [one.low for one in found],
            "high": [one.high for one in found],
        }
    return {
        "budgets": tried,
        "present": question.budget,
        "curves": curves,
        "words": [words(measure, question, points, key, futures) for key in question.keys],
        "futures": len(futures),
        "span": float(np.ptp(tried)),
    }
