"""What strategies cost, and what outputs cost, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sim.dashboard.questions import Question
from sim.lab.analysis.effects import cost_per_output
from sim.lab.comparison import Comparison
from sim.output.words import counted


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
    what = "A joint output costs" if base is None else "One more joint output than with no coordinator costs"
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
