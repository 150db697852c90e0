"""Where an answer flips: along one setting after another, who of two strategies leads, and where it can't be told.

At each value tried the lead is a paired mean with its 95% interval; between values both ends of the interval are taken to
run straight.  Where the interval holds 0 it can't be told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sim.dashboard.matters.budgets import at_budget, budgets
from sim.dashboard.matters.measure import Measure
from sim.dashboard.matters.runs import Cell
from sim.dashboard.matters.variations import plural
from sim.dashboard.money import dollars
from sim.dashboard.questions import Question, changed, held
from sim.dashboard.settings import NETWORK, Dial
from sim.lab.analysis.effects import paired_difference
from sim.output.words import capital, number

FIRST, SECOND, OPEN = "first", "second", "open"
NARROW = 0.05


@dataclass(frozen=True)
class Axis:
    """A setting along which the lead is followed: values to try, and the question that each makes.

    `words`: a value in a sentence.  `step`: the least step of the dial.
    """

    key: str
    label: str
    values: tuple[float, ...]
    present: float
    put: Callable[[float], Question]
    words: Callable[[float], str]
    step: float


@dataclass(frozen=True)
class Region:
    """Values from `low` to `high` at which the same can be said of who leads."""

    low: float
    high: float
    who: str


def axes(question: Question) -> list[Axis]:
    """The settings along which the lead is followed."""
    found = [
        Axis(
            "budget",
            "Budget",
            tuple(budgets(question)),
            question.budget,
            lambda value: at_budget(question, value),
            lambda value: f"{dollars(value)} a year",
            1000,
        )
    ]
    if not question.own:
        now = question.members
        found.append(_of(question, "members", (now / 3, now * 2 / 3, now * 1.5, now * 2), lambda v: f"{v:.0f} members"))
        found.append(_of(question, "degree", (0, 1, 2, 3, 4, 6), lambda v: plural(v, "tie a member", "ties a member")))
    found.append(_of(question, "strangers", (0, 5, 10, 20, 30), lambda v: f"{v:.0f} strangers"))
    found += [hub(question), moving_on(question), leaving(question)]
    found.append(_of(question, "years", (1, 2, 3, 4, 5), lambda v: plural(round(v, 1), "year", "years")))
    return [axis for axis in found if len(axis.values) > 1]


def _of(question: Question, name: str, values: Sequence[float], words: Callable[[float], str]) -> Axis:
    """A dial of the network as an axis, with the present value among those tried."""
    dial = NETWORK[name]
    assert isinstance(dial, Dial)
    now = float(getattr(question, name))
    tried = tuple(sorted({float(getattr(changed(question, name, value), name)) for value in values} | {now}))
    return Axis(name, dial.label, tried, now, lambda value: changed(question, name, value), words, dial.step)


def hub(question: Question) -> Axis:
    """How much goes through the coordinator, of all strategies alike."""
    shares = [one.hub for one in question.strategies if not one.idle] or [0.0]

    def put(value: float) -> Question:
        """All cards with this share."""
        cards = tuple(one if one.idle else replace(one, hub=value) for one in question.strategies)
        return held(replace(question, strategies=cards))

    tried = tuple(sorted({0.0, 25.0, 50.0, 75.0, 100.0} | {shares[0]}))
    return Axis("hub", "All work as a hub", tried, shares[0], put, lambda value: f"{value:.0f}% through them", 5)


def moving_on(question: Question) -> Axis:
    """After how many months those who go by the calendar turn to aligning, all alike; producing follows as long after."""
    own = {one.align for one in question.strategies if not one.idle and one.policy == "weeks"}
    months = sorted({3.0, 6.0, 9.0, 15.0, 21.0, *own})

    def put(value: float) -> Question:
        """They all turn to it then."""
        cards = tuple(
            replace(one, align=value, produce=value + one.produce - one.align) if one.policy == "weeks" else one
            for one in question.strategies
        )
        return held(replace(question, strategies=cards))

    tried = tuple(month for month in months if month <= 9 * question.years) if len(own) == 1 else ()
    return Axis(
        "align",
        "All move on to aligning after",
        tried,
        min(own, default=0.0),
        put,
        lambda value: f"{value:.0f} months",
        1,
    )


def leaving(question: Question) -> Axis:
    """After how many months all coordinators leave; the horizon stands for staying."""
    end = round(question.years * 12)
    tried = tuple(sorted({float(round(end * part)) for part in (1 / 6, 1 / 3, 1 / 2, 2 / 3)} | {float(end)}))
    present = question.leaves if 0 < question.leaves < end else float(end)

    def put(value: float) -> Question:
        """They leave then, or stay."""
        return changed(question, "leaves", value if value < end else 0)

    tip = "Coordinators leave after"
    tried = tuple(sorted({*tried, present}))
    return Axis("leaves", tip, tried, present, put, lambda value: f"{value:.0f} months", 1)


Along = Mapping[float, Mapping[str, Cell]]


def points(measure: Measure, along: Along, futures: range) -> list[dict[str, float]]:
    """The lead of the first strategy at each value tried, with its 95% interval, by value."""
    found = []
    for value in sorted(along):
        lead = measure.of(along[value], futures)
        told = paired_difference(lead, 0.0 * lead)
        found.append({"x": value, "mean": told.mean, "low": told.low, "high": told.high})
    return found


def regions(found: Sequence[Mapping[str, float]]) -> list[Region]:
    """Who leads over which values, from the least to the largest; neighbours that say the same are one."""
    made: list[Region] = []
    for here, there in pairwise(found):
        cuts = {0.0, 1.0}
        for end in ("low", "high"):
            a, b = here[end], there[end]
            if a * b < 0:
                cuts.add(a / (a - b))
        marks = sorted(cuts)
        for start, stop in pairwise(marks):
            middle = (start + stop) / 2
            low, high = (here[end] + middle * (there[end] - here[end]) for end in ("low", "high"))
            who = FIRST if low > 0 else SECOND if high < 0 else OPEN
            width = there["x"] - here["x"]
            region = Region(here["x"] + start * width, here["x"] + stop * width, who)
            if made and made[-1].who == who:
                made[-1] = Region(made[-1].low, region.high, who)
            else:
                made.append(region)
    return made


def crossing(found: Sequence[Mapping[str, float]], axis: Axis) -> float | None:
    """A value not yet tried at which the mean lead should change its sign: where a further look pays; None if nowhere."""
    dial_low = axis.values[0]
    for here, there in pairwise(found):
        a, b = here["mean"], there["mean"]
        if a * b < 0:
            at = here["x"] + (there["x"] - here["x"]) * a / (a - b)
            at = dial_low + round((at - dial_low) / axis.step) * axis.step
            if here["x"] < at < there["x"]:
                return float(at)
    return None


def without_gaps(some: Sequence[Region]) -> list[Region]:
    """Regions as a sentence has them: one that can't be told, a twentieth of the whole or less, is passed over at an end or
    between two alike."""
    made: list[Region] = []
    span = some[-1].high - some[0].low if some else 0.0
    for place, one in enumerate(some):
        beside = {other.who for other in (*some[max(place - 1, 0) : place], *some[place + 1 : place + 2])}
        if one.who == OPEN and len(beside) == 1 and one.high - one.low <= NARROW * span:
            continue
        if made and made[-1].who == one.who:
            made[-1] = Region(made[-1].low, one.high, one.who)
        else:
            made.append(one)
    return made


def sentence(axis: Axis, found: Sequence[Region], labels: Mapping[str, str]) -> str:
    """Who leads where, in a sentence, values to the steps of the dial; `labels`: of the first and the second strategy."""
    some = without_gaps(found)
    says = {FIRST: f"{labels[FIRST]} leads", SECOND: f"{labels[SECOND]} leads", OPEN: "it can\u2019t be told"}

    def words(value: float) -> str:
        """A value on the dial."""
        return axis.words(axis.values[0] + round((value - axis.values[0]) / axis.step) * axis.step)

    if not some:
        return "There is nothing else to try."
    if len(some) == 1:
        whole = f"from {ends(words(axis.values[0]), 'to', words(axis.values[-1]))}"
        extent = "Everywhere" if len(found) == 1 else "Nearly everywhere"
        return f"{extent} {whole}, {says[some[0].who]}{' who leads' if some[0].who == OPEN else ''}."
    parts = [f"Below about {words(some[0].high)} {says[some[0].who]}"]
    parts += [f"between {ends(words(one.low), 'and', words(one.high))} {says[one.who]}" for one in some[1:-1]]
    above = f"above about {words(some[-1].low)}" if len(some) > 2 else "above that"
    parts.append(f"{above} {says[some[-1].who]}")
    return f"{'; '.join(parts)}."


def ends(low: str, joint: str, high: str) -> str:
    """Two values with what stands between them, their unit said once where it is the same: "$24,000 and $48,000 a year"."""
    value, _, unit = low.partition(" ")
    return f"{value if unit and high.endswith(' ' + unit) else low} {joint} {high}"


def verdict(some: Sequence[Region]) -> str:
    """Whether the answer flips along a setting: "flips", "fades" (stops being clear), "holds" or "open"."""
    who = {one.who for one in some}
    if {FIRST, SECOND} <= who:
        return "flips"
    if who == {OPEN}:
        return "open"
    return "fades" if OPEN in who else "holds"


def told(measure: Measure, axis: Axis, along: Along, futures: range, labels: Mapping[str, str]) -> dict[str, Any]:
    """One setting: the lead along it, who leads where, and a sentence; fit for JSON."""
    found = points(measure, along, futures)
    some = regions(found)
    return {
        "key": axis.key,
        "label": axis.label,
        "present": axis.present,
        "points": found,
        "regions": [vars(one) for one in some],
        "sentence": sentence(axis, some, labels),
        "verdict": verdict(without_gaps(some)),
        "ticks": [axis.words(value) for value in (found[0]["x"], found[-1]["x"])],
        "futures": len(futures),
    }


def now_words(measure: Measure, base: Mapping[str, Cell], futures: range, labels: Mapping[str, str]) -> str:
    """Who leads as things are set."""
    lead = measure.of(base, futures)
    found = paired_difference(lead, 0.0 * lead)
    if not found.clear:
        return (
            f"As things are set, {len(futures)} futures can\u2019t tell which is ahead (95% interval {number(found.low, 1)} to "
            f"{number(found.high, 1)} {measure.unit} for the lead of {labels[FIRST]})."
        )
    who = labels[FIRST if found.mean > 0 else SECOND]
    low, high = sorted((abs(found.low), abs(found.high)))
    way = "sooner" if measure.stage else "ahead"
    return (
        f"As things are set {who} is {measure.amount(abs(found.mean))} {way} (95% interval {number(low, 1)} to "
        f"{number(high, 1)})."
    )


def headline(told_axes: Sequence[Mapping[str, Any]]) -> str:
    """Along which settings the answer flips, stops being clear, or holds."""
    by = {
        kind: [one["label"].lower() for one in told_axes if one["verdict"] == kind]
        for kind in ("flips", "fades", "holds", "open")
    }
    parts = []
    if by["flips"]:
        parts.append(f"Who leads changes with {joined(by['flips'])}")
    if by["fades"]:
        parts.append(f"it stops being clear somewhere along {joined(by['fades'])}")
    if by["holds"]:
        parts.append(f"it never changes along {joined(by['holds'])}")
    if by["open"]:
        parts.append(f"it can\u2019t be told anywhere along {joined(by['open'])}")
    said = "; ".join(parts)
    return f"{capital(said)}." if said else ""


def joined(names: Sequence[str]) -> str:
    """Names as a list in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
