"""What strategies cost, what outputs cost, and from when on money changes, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sim.dashboard.questions import Question
from sim.lab.analysis.effects import cost_per_output
from sim.lab.comparison import Comparison
from sim.output.words import number


def dollars(value: float) -> str:
    """A sum of money: to the dollar below a thousand, else to three digits that matter."""
    if abs(value) < 1000:
        return f"${value:,.0f}"
    return f"${round(value, 2 - math.floor(math.log10(abs(value)))):,.0f}"


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
