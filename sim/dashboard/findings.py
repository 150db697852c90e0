"""What two strategies that differ in one setting say about it: more money, a longer stay, newcomers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np

from sim.dashboard.questions import Question, StrategySettings
from sim.dashboard.settings import OVERRIDES
from sim.dashboard.verdict import dollars
from sim.lab.analysis.effects import paired_difference
from sim.lab.analysis.sequential import PairedOutcome, clear_signs
from sim.lab.comparison import Comparison
from sim.output.words import number

ORDINALS = ("first", "second", "third", "fourth", "fifth")


def findings(question: Question, comparison: Comparison) -> tuple[str, ...]:
    """Return a sentence for each pair of strategies that are the same but for one setting they have for themselves."""
    strategies = dict(zip(question.keys, question.strategies, strict=True))
    found = []
    for a, b in combinations(question.keys, 2):
        setting = only_difference(question, strategies[a], strategies[b])
        if setting:
            seen = {key: getattr(question.seen_by(strategies[key]), setting) for key in (a, b)}
            sign = comparison.sign("outputs", a, b)
            more = [comparison.of(key)["outputs"].to_numpy(float) for key in (a, b)]
            found.append(finding(setting, (seen[a], seen[b]), question, more[0], more[1], sign))
    return tuple(filter(None, found))


def only_difference(question: Question, one: StrategySettings, other: StrategySettings) -> str:
    """Return the setting of the network in which two strategies differ if they are the same in all else, or ''."""
    if one.idle or other.idle or replace(one, name="", differs=()) != replace(other, name="", differs=()):
        return ""
    views = question.seen_by(one), question.seen_by(other)
    apart = [name for name in OVERRIDES if getattr(views[0], name) != getattr(views[1], name)]
    return apart[0] if len(apart) == 1 else ""


def finding(
    setting: str, values: tuple[float, float], question: Question, a: np.ndarray, b: np.ndarray, sign: int
) -> str:
    """Return what a setting does, from the joint results under two of its values; '' if there is nothing to report.

    `sign`: 1 if there are clearly more under the first value, -1 if clearly fewer, 0 if that is not clear.
    """
    if setting == "leaves":
        stays = [value or 12 * question.years for value in values]
        values = (stays[0], stays[1])
    if values[0] == values[1] or setting not in SAID:
        return ""
    (low, fewer), (high, more) = sorted(zip(values, (a, b), strict=True), key=lambda pair: pair[0])
    direction = sign * (1 if values[0] == high else -1)
    gap = paired_difference(more, fewer)
    interval = f"95% interval {number(gap.low, 1)} to {number(gap.high, 1)}"
    subject = SAID[setting](low, high)
    if direction > 0:
        return f"{subject} adds {number(gap.mean, 1)} joint results ({interval})."
    if direction < 0:
        fewer_by = f"95% interval {number(-gap.high, 1)} to {number(-gap.low, 1)}"
        return f"{subject} makes this one worse: {number(-gap.mean, 1)} joint results fewer ({fewer_by})."
    return f"{subject} adds nothing clear ({number(gap.mean, 1)} joint results; {interval})."


def stay(low: float, high: float) -> str:
    """Return what it is called that a coordinator stays longer."""
    year = round(high / 12)
    if low == high - 12 and high % 12 == 0 and year <= len(ORDINALS):
        return f"The {ORDINALS[year - 1]} year of coordination"
    return f"Coordination from month {low:.0f} to month {high:.0f}"


SAID: Mapping[str, Callable[[float, float], str]] = {
    "leaves": stay,
    "budget": lambda low, high: f"More money (${high:,.0f} instead of ${low:,.0f} a year)",
    "hour_cost": lambda low, high: f"A dearer hour (${high:,.0f} instead of ${low:,.0f})",
    "cut_to": lambda low, high: f"Keeping {high:.0f}% instead of {low:.0f}% of the budget",
    "join": lambda low, high: f"{high:.0f} instead of {low:.0f} newcomers",
}


def compared(
    labels: Mapping[str, str],
    before: Mapping[str, tuple[np.ndarray, float]],
    now: Mapping[str, tuple[np.ndarray, float]],
) -> tuple[str, ...]:
    """Return, for each strategy that both answers have, what has changed in joint results and in cost.

    `before`, `now`: by letter, joint results by future and mean cost.  The same futures are paired.
    """
    both = [key for key in now if key in before]
    pairs = []
    for key in both:
        number_of = min(len(now[key][0]), len(before[key][0]))
        pairs.append((now[key][0][:number_of], before[key][0][:number_of]))
    if not pairs or len({len(one) for one, _ in pairs}) != 1 or len(pairs[0][0]) < 2:
        return ()
    signs = clear_signs([PairedOutcome(one, other) for one, other in pairs])
    sentences = []
    for key, (one, other), sign in zip(both, pairs, signs, strict=True):
        gap = paired_difference(one, other)
        interval = f"95% interval {number(gap.low, 1)} to {number(gap.high, 1)}"
        if gap.low == gap.high == 0:
            results = "the same joint results"
        elif not sign:
            results = f"no clear difference in joint results ({number(gap.mean, 1)}; {interval})"
        else:
            low, high = sorted((abs(gap.low), abs(gap.high)))
            size = f"{number(abs(gap.mean), 1)} joint results {'more' if gap.mean > 0 else 'fewer'}"
            results = f"{size} (95% interval {number(low, 1)} to {number(high, 1)})"
        money = round(now[key][1] - before[key][1], -2)
        cost = f", ${abs(money):,.0f} {'more' if money > 0 else 'less'}" if money else ", the same cost"
        if sign > 0 and money > 0:
            cost += f": {dollars(money / gap.mean)} for each additional result"
        sentences.append(f"{labels[key]}: {results}{cost}.")
    return tuple(sentences)
