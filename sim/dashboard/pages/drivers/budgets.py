"""What more money buys: the outcome of every strategy over yearly budgets from nothing to double the present one."""

from __future__ import annotations

from collections.abc import Mapping

from sim.dashboard.money import dollars
from sim.dashboard.pages.drivers.driver_findings import BudgetCurves
from sim.dashboard.pages.drivers.metric import Cells, Metric
from sim.dashboard.questions import Question
from sim.dashboard.settings import NETWORK, Dial
from sim.lab.analysis.effects import PairedDifference, paired_difference
from sim.output.words import capital, number

STEPS_TO_DOUBLE, NEXT, DEFAULT_TOP = 8, 10_000, 80_000

ByBudget = Mapping[float, Cells]


def budgets_to_try(question: Question) -> list[float]:
    """Return nothing to double the present budget in eight steps, the present budget, and the next $10,000."""
    dial = NETWORK["budget"]
    assert isinstance(dial, Dial)
    top = min(2 * question.budget or DEFAULT_TOP, dial.high)
    steps = {dial.held(top * step / STEPS_TO_DOUBLE) for step in range(STEPS_TO_DOUBLE + 1)}
    return sorted(steps | {question.budget, dial.held(question.budget + NEXT)})


def gain(metric: Metric, key: str, cells: ByBudget, larger: float, smaller: float, futures: range) -> PairedDifference:
    """Return the paired gain of one budget over another; above 0 where the first is better."""
    own = Metric(metric.outcome, (key,))
    a, b = (own.of(cells[budget], futures) for budget in (larger, smaller))
    return paired_difference(b, a) if own.is_time else paired_difference(a, b)


def enough(metric: Metric, key: str, cells: ByBudget, futures: range) -> float | None:
    """Return the least budget that no larger one clearly beats, None if the largest beats all others."""
    tried = sorted(cells)
    for place, budget in enumerate(tried[:-1]):
        if not any(gain(metric, key, cells, more, budget, futures).low > 0 for more in tried[place + 1 :]):
            return budget
    return None


def curves(metric: Metric, question: Question, cells: ByBudget, futures: range) -> BudgetCurves:
    """Compute the curves of all strategies and describe them."""
    tried = tuple(sorted(cells))
    return BudgetCurves(
        budgets=tried,
        present=question.budget,
        curves={key: [metric.estimate(cells[budget][key], futures) for budget in tried] for key in question.keys},
        words=tuple(description(metric, question, cells, key, futures) for key in question.keys),
        futures=len(futures),
    )


def description(metric: Metric, question: Question, cells: ByBudget, key: str, futures: range) -> str:
    """Say what the next $10,000 a year buys with a strategy, and from where on more money buys no clear gain."""
    label, tried = question.labels[key], sorted(cells)
    if question.strategies[question.keys.index(key)].idle:
        return f"{label} spends nothing at any budget."
    sentences = []
    more = next((budget for budget in tried if budget >= question.budget + NEXT), tried[-1])
    if more > question.budget:
        effect = effect_words(metric, gain(metric, key, cells, more, question.budget, futures))
        sentences.append(f"the next {dollars(more - question.budget)} a year {effect}.")
    last = enough(metric, key, cells, futures)
    if last is None:
        sentences.append(f"Up to {dollars(tried[-1])} a year, more money keeps buying more.")
    elif last == tried[0]:
        sentences.append(f"No budget up to {dollars(tried[-1])} is clearly better than {dollars(last)}.")
    else:
        sentences.append(f"Above about {dollars(last)} a year, more money makes no clear difference.")
    return capital(f"{label}: {' '.join(sentences)}")


def effect_words(metric: Metric, effect: PairedDifference) -> str:
    """Say what more money does, with its 95% interval."""
    better = "sooner" if metric.is_time else "more"
    low, high = number(effect.low, 1), number(effect.high, 1)
    if not effect.clear:
        return f"makes no clear difference (95% interval {low} to {high} {metric.unit} {better})"
    if effect.mean < 0:
        low, high = number(-effect.high, 1), number(-effect.low, 1)
        worse = "later" if metric.is_time else "fewer"
        return f"makes it {metric.amount(-effect.mean)} {worse} (95% interval {low} to {high})"
    verb = "makes it" if metric.is_time else "buys"
    return f"{verb} {metric.amount(effect.mean)} {better} (95% interval {low} to {high})"
