"""Outcomes along a setting: what more money buys, and where the leading strategy changes.

At each value tried the lead is a paired mean with its interval; between values both ends of the interval are interpolated
linearly. Where the interval includes 0 there is no clear difference. Intervals are corrected for all that the part of the
page compares, and for looking twice (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from math import comb

from sim.dashboard.pages.drivers.driver_findings import (
    BudgetCurves,
    Flips,
    LeadAlong,
    Leader,
    LeadPoint,
    Region,
    Verdict,
)
from sim.dashboard.pages.drivers.metric import Cells, Metric
from sim.dashboard.pages.drivers.tornado import GENERATED, WORDS
from sim.dashboard.questions import Question, changed, held
from sim.dashboard.settings import NETWORK, Dial
from sim.dashboard.verdict import dollars
from sim.lab.analysis.effects import PairedDifference, paired_difference
from sim.lab.analysis.events import CONFIDENCE
from sim.output.report.sentences import listed
from sim.output.words import capital, number

STEPS_TO_DOUBLE, NEXT, DEFAULT_TOP = 8, 10_000, 80_000

LOOKS = 2
"""After few futures, and after all."""

ByBudget = Mapping[float, Cells]


def budgets_to_try(question: Question) -> list[float]:
    """Return nothing to double the present budget in eight steps, the present budget, and the next $10,000."""
    dial = NETWORK["budget"]
    assert isinstance(dial, Dial)
    top = min(2 * question.budget or DEFAULT_TOP, dial.high)
    steps = {dial.held(top * step / STEPS_TO_DOUBLE) for step in range(STEPS_TO_DOUBLE + 1)}
    return sorted(steps | {question.budget, dial.held(question.budget + NEXT)})


def confidence_of(comparisons: int) -> float:
    """Return the confidence of each of several intervals that hold together in 95% of pages."""
    return 1 - (1 - CONFIDENCE) / (LOOKS * comparisons)


@dataclass(frozen=True)
class BudgetGains:
    """What one strategy gains from larger budgets: an outcome, its cells by budget, and the confidence of an interval."""

    metric: Metric
    cells: ByBudget
    futures: range
    confidence: float

    @property
    def tried(self) -> list[float]:
        """Return the budgets, from the least."""
        return sorted(self.cells)

    def gain(self, larger: float, smaller: float) -> PairedDifference:
        """Return the paired gain of one budget over another; above 0 where the first is better."""
        a, b = (self.metric.of(self.cells[budget], self.futures) for budget in (larger, smaller))
        return paired_difference(*((b, a) if self.metric.is_time else (a, b)), confidence=self.confidence)

    def enough(self) -> float | None:
        """Return the least budget that no larger one clearly beats, None if the largest beats all others."""
        for place, budget in enumerate(self.tried[:-1]):
            if not any(self.gain(more, budget).low > 0 for more in self.tried[place + 1 :]):
                return budget
        return None


def curves(metric: Metric, question: Question, cells: ByBudget, futures: range) -> BudgetCurves:
    """Compute the curves of all strategies and describe them."""
    tried = tuple(sorted(cells))
    paid = [key for key, card in zip(question.keys, question.strategies, strict=True) if not card.idle]
    confidence = confidence_of(max(1, len(paid) * comb(len(tried), 2)))
    gains = {key: BudgetGains(Metric(metric.outcome, (key,)), cells, futures, confidence) for key in paid}
    return BudgetCurves(
        budgets=tried,
        present=question.budget,
        curves={key: [metric.estimate(cells[budget][key], futures) for budget in tried] for key in question.keys},
        words=tuple(description(question, key, gains.get(key)) for key in question.keys),
        futures=len(futures),
    )


def description(question: Question, key: str, gains: BudgetGains | None) -> str:
    """Say what the next $10,000 a year buys with a strategy, and from where on more money buys no clear gain."""
    label = question.labels[key]
    if gains is None:
        return f"{label} spends nothing at any budget."
    tried, sentences = gains.tried, []
    more = next((budget for budget in tried if budget >= question.budget + NEXT), tried[-1])
    if more > question.budget:
        effect = effect_words(gains.metric, gains.gain(more, question.budget))
        sentences.append(f"the next {dollars(more - question.budget)} a year {effect}.")
    last = gains.enough()
    if last is None:
        sentences.append(f"Up to {dollars(tried[-1])} a year, more money keeps buying more.")
    elif last == tried[0]:
        sentences.append(f"No budget up to {dollars(tried[-1])} is clearly better than {dollars(last)}.")
    else:
        sentences.append(f"Above about {dollars(last)} a year, more money makes no clear difference.")
    return capital(f"{label}: {' '.join(sentences)}")


def effect_words(metric: Metric, effect: PairedDifference) -> str:
    """Say what more money does, with its interval."""
    better = "sooner" if metric.is_time else "more"
    low, high = number(effect.low, 1), number(effect.high, 1)
    if not effect.clear:
        return f"makes no clear difference (corrected interval {low} to {high} {metric.unit} {better})"
    if effect.mean < 0:
        low, high = number(-effect.high, 1), number(-effect.low, 1)
        worse = "later" if metric.is_time else "fewer"
        return f"makes it {metric.amount(-effect.mean)} {worse} (corrected interval {low} to {high})"
    verb = "makes it" if metric.is_time else "buys"
    return f"{verb} {metric.amount(effect.mean)} {better} (corrected interval {low} to {high})"


NARROW = 0.05
"""An unclear region of at most this share of the axis is left out of sentences, at an end or between two alike."""

ByValue = Mapping[float, Cells]
Labels = Mapping[Leader, str]
"""What the first and the second strategy are called."""


@dataclass(frozen=True)
class LeadAxis:
    """A setting along which the lead is followed: the values to try, and the question at a value.

    `words`: how to say a value; `step`: the smallest step of the setting.
    """

    key: str
    label: str
    values: tuple[float, ...]
    present: float
    question: Callable[[float], Question]
    words: Callable[[float], str]
    step: float

    def rounded(self, value: float) -> float:
        """Return the nearest value that the setting allows."""
        return self.values[0] + round((value - self.values[0]) / self.step) * self.step


def lead_axes(question: Question) -> list[LeadAxis]:
    """Return the settings along which the lead is followed."""
    now = question.members
    tried = {
        "budget": budgets_to_try(question),
        "members": (now / 3, now * 2 / 3, now * 1.5, now * 2),
        "degree": (0, 1, 2, 3, 4, 6),
        "strangers": (0, 5, 10, 20, 30),
        "years": (1, 2, 3, 4, 5),
    }
    axes = [setting_axis(question, name, values) for name, values in tried.items()]
    axes += [hub_axis(question), aligning_axis(question), leaving_axis(question)]
    fixed = GENERATED if question.own else ()
    return [axis for axis in axes if len(axis.values) > 1 and axis.key not in fixed]


def setting_axis(question: Question, name: str, values: Sequence[float]) -> LeadAxis:
    """Return a setting of the network as an axis; the present value is one of those tried."""
    dial = NETWORK[name]
    assert isinstance(dial, Dial)
    now = float(getattr(question, name))
    tried = {float(getattr(changed(question, name, value), name)) for value in values} | {now}
    return LeadAxis(
        name, dial.label, tuple(sorted(tried)), now, partial(changed, question, name), WORDS[name], dial.step
    )


def months(value: float) -> str:
    """Say a number of months."""
    return f"{value:.0f} months"


def hub_axis(question: Question) -> LeadAxis:
    """Return the share that goes through the coordinator, the same in all strategies."""
    now = next((one.hub for one in question.strategies if not one.idle), 0.0)

    def at(value: float) -> Question:
        cards = tuple(one if one.idle else replace(one, hub=value) for one in question.strategies)
        return held(replace(question, strategies=cards))

    tried = tuple(sorted({0.0, 25.0, 50.0, 75.0, 100.0, now}))
    label = "Share that goes through the coordinator"
    return LeadAxis("hub", label, tried, now, at, WORDS["hub"], 5)


def aligning_axis(question: Question) -> LeadAxis:
    """Return when all coordinators who follow the calendar move their focus to aligning; producing keeps its distance."""
    present = {one.align for one in question.strategies if not one.idle and one.policy == "weeks"}

    def at(value: float) -> Question:
        cards = tuple(
            replace(one, align=value, produce=value + one.produce - one.align) if one.policy == "weeks" else one
            for one in question.strategies
        )
        return held(replace(question, strategies=cards))

    tried = sorted({3.0, 6.0, 9.0, 15.0, 21.0, *present})
    values = tuple(month for month in tried if month <= 9 * question.years) if len(present) == 1 else ()
    return LeadAxis("align", "Focus moves to aligning after", values, min(present, default=0.0), at, months, 1)


def leaving_axis(question: Question) -> LeadAxis:
    """Return when all coordinators leave; at the horizon they stay."""
    end = round(question.years * 12)
    present = float(question.leaves if 0 < question.leaves < end else end)

    def at(value: float) -> Question:
        return changed(question, "leaves", value if value < end else 0)

    tried = {*(float(round(end * part)) for part in (1 / 6, 1 / 3, 1 / 2, 2 / 3)), float(end), present}
    return LeadAxis("leaves", "Coordinators leave after", tuple(sorted(tried)), present, at, months, 1)


def lead_points(
    metric: Metric, cells: ByValue, futures: range, confidence: float = CONFIDENCE
) -> tuple[LeadPoint, ...]:
    """Compute the lead of the first strategy at each value tried, with its interval, by value."""
    found = []
    for value in sorted(cells):
        lead = metric.of(cells[value], futures)
        mean = paired_difference(lead, 0.0 * lead, confidence=confidence)
        found.append(LeadPoint(value, mean.mean, mean.low, mean.high))
    return tuple(found)


def regions(points: Sequence[LeadPoint]) -> list[Region]:
    """Return who leads where, from the lowest to the highest value; neighbours with the same leader are one region."""
    found: list[Region] = []
    for here, there in pairwise(points):
        cuts = {0.0, 1.0}
        for a, b in ((here.low, there.low), (here.high, there.high)):
            if a * b < 0:
                cuts.add(a / (a - b))
        width = there.x - here.x
        for start, stop in pairwise(sorted(cuts)):
            middle = (start + stop) / 2
            low, high = (a + middle * (b - a) for a, b in ((here.low, there.low), (here.high, there.high)))
            leader: Leader = "first" if low > 0 else "second" if high < 0 else "unclear"
            found.append(Region(here.x + start * width, here.x + stop * width, leader))
    return merged(found)


def merged(found: Sequence[Region]) -> list[Region]:
    """Return the regions with neighbours that have the same leader joined."""
    joined: list[Region] = []
    for region in found:
        if joined and joined[-1].leader == region.leader:
            region = Region(joined.pop().low, region.high, region.leader)
        joined.append(region)
    return joined


def without_narrow(found: Sequence[Region]) -> list[Region]:
    """Return the regions as a sentence has them, without narrow unclear ones (see `NARROW`)."""
    span = found[-1].high - found[0].low if found else 0.0

    def is_narrow(place: int) -> bool:
        region = found[place]
        neighbours = {other.leader for other in (*found[max(place - 1, 0) : place], *found[place + 1 : place + 2])}
        return region.leader == "unclear" and len(neighbours) == 1 and region.high - region.low <= NARROW * span

    return merged([region for place, region in enumerate(found) if not is_narrow(place)])


def crossing(points: Sequence[LeadPoint], axis: LeadAxis) -> float | None:
    """Return an untried value where the mean lead should change its sign, None if there is none."""
    for here, there in pairwise(points):
        if here.mean * there.mean < 0:
            at = axis.rounded(here.x + (there.x - here.x) * here.mean / (here.mean - there.mean))
            if here.x < at < there.x:
                return float(at)
    return None


def sentence(axis: LeadAxis, found: Sequence[Region], labels: Labels) -> str:
    """Say who leads where, with values to the step of the setting."""
    parts = without_narrow(found)

    def words(value: float) -> str:
        return axis.words(axis.rounded(value))

    def leads(region: Region) -> str:
        return "there is no clear difference" if region.leader == "unclear" else f"{labels[region.leader]} leads"

    if not parts:
        return "There is no other value to try."
    if len(parts) == 1:
        extent = "Everywhere" if len(found) == 1 else "Nearly everywhere"
        whole = between(words(axis.values[0]), "to", words(axis.values[-1]))
        return f"{extent} from {whole}, {leads(parts[0])}."
    said = [f"Below about {words(parts[0].high)} {leads(parts[0])}"]
    said += [f"between {between(words(one.low), 'and', words(one.high))} {leads(one)}" for one in parts[1:-1]]
    above = f"above about {words(parts[-1].low)}" if len(parts) > 2 else "above that"
    return f"{'; '.join([*said, f'{above} {leads(parts[-1])}'])}."


def between(low: str, joint: str, high: str) -> str:
    """Join two values and say a unit that both have only once: "$24,000 and $48,000 a year"."""
    value, _, unit = low.partition(" ")
    return f"{value if unit and high.endswith(' ' + unit) else low} {joint} {high}"


def verdict(found: Sequence[Region]) -> Verdict:
    """Return whether the leader changes along a setting ("flips"), stops being clear, stays, or is never clear."""
    leaders = {region.leader for region in found}
    if {"first", "second"} <= leaders:
        return "flips"
    if leaders == {"unclear"} or not leaders:
        return "unclear"
    return "fades" if "unclear" in leaders else "holds"


def lead_along(
    metric: Metric, axis: LeadAxis, cells: ByValue, futures: range, labels: Labels, confidence: float
) -> LeadAlong:
    """Compute the lead along one setting, and say who leads where."""
    points = lead_points(metric, cells, futures, confidence)
    found = regions(points)
    return LeadAlong(
        key=axis.key,
        label=axis.label,
        present=axis.present,
        points=points,
        regions=tuple(found),
        sentence=sentence(axis, found, labels),
        verdict=verdict(without_narrow(found)),
        ends=(axis.words(points[0].x), axis.words(points[-1].x)),
        futures=len(futures),
    )


def flips(metric: Metric, question: Question, base: Cells, along: Mapping[LeadAxis, ByValue], futures: range) -> Flips:
    """Compute who leads now, and the lead along every setting; settings that change the leader come first."""
    first, second = metric.strategies
    labels: Labels = {"first": question.labels[first], "second": question.labels[second]}
    tried = {axis: cells for axis, cells in along.items() if len(cells) > 1}
    confidence = confidence_of(max(1, sum(len(cells) for cells in tried.values())))
    axes = [lead_along(metric, axis, cells, futures, labels, confidence) for axis, cells in tried.items()]
    axes.sort(key=lambda one: ("flips", "fades", "unclear", "holds").index(one.verdict))
    # With the present settings there are as many futures as on the Compare page: the same verdict as there.
    now = present_words(metric, base, range(max(int(question.futures), len(futures))), labels)
    return Flips((first, second), tuple(axes), f"{now} {headline(axes)}", len(futures))


def present_words(metric: Metric, base: Cells, futures: range, labels: Labels) -> str:
    """Say who leads with the present settings."""
    lead = metric.of(base, futures)
    mean = paired_difference(lead, 0.0 * lead)
    if not mean.clear:
        return (
            f"With the present settings there is no clear difference in {len(futures)} futures (95% interval "
            f"{number(mean.low, 1)} to {number(mean.high, 1)} {metric.unit} for the lead of {labels['first']})."
        )
    leader = labels["first" if mean.mean > 0 else "second"]
    low, high = sorted((abs(mean.low), abs(mean.high)))
    return (
        f"With the present settings {leader} is {metric.amount(abs(mean.mean))} {'sooner' if metric.is_time else 'ahead'} "
        f"(95% interval {number(low, 1)} to {number(high, 1)})."
    )


def headline(axes: Sequence[LeadAlong]) -> str:
    """Say along which settings the leader changes, stops being clear, stays, or is never clear."""
    openings: dict[Verdict, str] = {
        "flips": "the leader changes with",
        "fades": "it depends on these settings whether the lead is clear:",
        "holds": "the leader stays the same whatever the value of",
        "unclear": "there is no clear difference at any value of",
    }
    parts = []
    for kind, opening in openings.items():
        names = [f"\u201c{axis.label}\u201d" for axis in axes if axis.verdict == kind]
        if names:
            parts.append(f"{opening} {listed(names)}")
    return f"{capital('; '.join(parts))}." if parts else ""
