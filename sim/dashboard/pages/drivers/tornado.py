"""How far the metric moves when one thing at a time is set low and high, on the same futures.

Settings move by a stated step around their present value, within their bounds; parameters move to the ends of the plausible
range that they declare. Each bar is a paired difference from the present settings (common random numbers) with its 95%
interval. The model has too many parameters to draw: they are screened in rounds on separate futures, so that no bar is long
only because it was picked for its luck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sim.dashboard.pages.drivers.driver_findings import Bar, BarEnd, Kind
from sim.dashboard.pages.drivers.metric import Cells, Metric
from sim.dashboard.questions import Question, changed, changed_strategy
from sim.dashboard.settings import NETWORK, POLICIES, STRATEGY
from sim.dashboard.verdict import dollars
from sim.inputs.scenario import Scenario
from sim.lab.analysis.effects import paired_difference
from sim.lab.analysis.sequential import PairedOutcome, signs_of
from sim.model.declarations import NUMBER, PARAMETERS
from sim.output.words import counted, exact, lower

Build = Callable[[Question], Scenario]
"""Makes the scenario of a question."""

DEFINITIONS, NOT_VARIED = ("stages",), ("measures",)
"""Groups of parameters that define a stage, and that only say how something is measured."""
LEAST_MONEY = 10_000


@dataclass(frozen=True)
class VariationEnd:
    """One end of a variation: its value, also in words, and how to make its scenario."""

    words: str
    value: float | None
    scenario: Callable[[], Scenario]


@dataclass(frozen=True)
class Variation:
    """One thing that could be different. `ends`: "low" and "high", where there is room; `about`: explanation or source."""

    key: str
    kind: Kind
    label: str
    present: str
    ends: dict[str, VariationEnd]
    about: str = ""


def after(zero: str) -> Callable[[float], str]:
    """Return how to say a number of months, where 0 means `zero`."""
    return lambda months: f"after {counted(months, 'month')}" if months else zero


WORDS: dict[str, Callable[[float], str]] = {
    "budget": lambda value: f"{dollars(value)} a year",
    "hour_cost": lambda value: f"${value:g} an hour",
    "members": lambda value: f"{value:g} members",
    "degree": lambda value: counted(value, "tie each", "ties each"),
    "organisations": lambda value: f"{value:g}% of members",
    "strangers": lambda value: f"{value:g} strangers",
    "years": lambda value: counted(value, "year"),
    "personal": lambda value: f"{value:g}% of hours",
    "mass": lambda value: f"{value:g}% of hours",
    "convenings": lambda value: f"{value:g} a year" if value else "none",
    "invited": lambda value: f"{value:g}% of members",
    "hub": lambda value: f"{value:g}%",
    "align": after("at once"),
    "produce": after("at once"),
    "leaves": after("stays"),
    "cut_after": after("never"),
    "join_after": after("none"),
}
"""How to say the value of a setting."""


STEPS = {
    "budget": (1 / 2, 3 / 2),
    "hour_cost": (1 / 2, 3 / 2),
    "members": (2 / 3, 4 / 3),
    "degree": (-1, 1),
    "organisations": (-15, 15),
    "strangers": (-15, 15),
    "personal": (-20, 20),
    "mass": (-20, 20),
    "convenings": (-2, 2),
    "invited": (-15, 25),
    "hub": (-25, 25),
    "align": (-6, 6),
    "produce": (-6, 6),
}
"""How far a setting moves down and up: by a number, or for `FACTORS` to a multiple of its present value."""
FACTORS = ("budget", "hour_cost", "members")
GENERATED = ("members", "degree")
STRATEGY_LABELS = {
    "personal": "hours for personal introductions",
    "mass": "hours for everybody at once",
    "hub": "how much goes through the coordinator",
    "convenings": "convenings a year",
    "invited": "members invited to each convening",
    "align": "when the focus moves to aligning",
    "produce": "when the focus moves to producing",
    "policy": "how the focus changes",
}


def settings(question: Question, keys: tuple[str, ...], build: Build) -> Iterator[Variation]:
    """Yield the settings of the network, of later events, and of the strategies `keys`."""
    for name in ("budget", "hour_cost", "members", "degree", "organisations", "strangers"):
        if not (question.own and name in GENERATED):
            yield of_setting(question, name, build)
    yield from later(question, build)
    for key in keys:
        strategy = question.strategies[question.keys.index(key)]
        if strategy.idle:
            continue
        names = ["personal", "mass", "hub", "convenings", *(["invited"] if strategy.convenings else [])]
        names += ["align", "produce"] if strategy.policy == "weeks" else []
        for name in names:
            yield of_setting(question, name, build, key)
        yield policy(question, key, build)


def of_setting(question: Question, name: str, build: Build, key: str = "") -> Variation:
    """Return a setting of the network, or of strategy `key`, moved both ways by its step within its bounds."""

    def moved(value: float) -> Question:
        return (
            changed_strategy(question, question.keys.index(key), name, value) if key else changed(question, name, value)
        )

    def value_in(other: Question) -> float:
        return float(getattr(other.strategies[other.keys.index(key)] if key else other, name))

    now = value_in(question)
    low, high = (now * step if name in FACTORS else now + step for step in STEPS[name])
    if name == "budget":
        high = max(high, now + LEAST_MONEY)
    ends = {}
    for end, value in (("low", low), ("high", high)):
        other = moved(value)
        there = value_in(other)
        if there < now if end == "low" else there > now:
            ends[end] = VariationEnd(WORDS[name](there), there, partial(build, other))
    tip = (STRATEGY if key else NETWORK)[name].tip
    label = f"{question.labels[key]}: {STRATEGY_LABELS[name]}" if key else NETWORK[name].label
    return Variation(f"{key}.{name}" if key else name, "setting", label, WORDS[name](now), ends, tip)


def later(question: Question, build: Build) -> Iterator[Variation]:
    """Yield later events: without those that are set, and with the others half way to the horizon."""
    half = max(1, round(question.years * 6))
    labels = {
        "leaves": "The coordinator leaves",
        "cut_after": f"The budget changes to {question.cut_to:g}%",
        "join_after": f"{question.join:g} newcomers arrive",
    }
    for name, label in labels.items():
        now = float(getattr(question, name))
        other = changed(question, name, 0 if now else half)
        value = float(getattr(other, name))
        ends = {"low" if now else "high": VariationEnd(WORDS[name](value), value, partial(build, other))}
        label = label if now else f"{label} after {counted(half, 'month')}"
        yield Variation(name, "setting", label, WORDS[name](now), ends, NETWORK[name].tip)


def policy(question: Question, key: str, build: Build) -> Variation:
    """Return when a coordinator's focus changes: by the calendar, or when the network is ready."""
    place = question.keys.index(key)
    now = question.strategies[place].policy
    other = "readiness" if now == "weeks" else "weeks"
    scenario = partial(build, changed_strategy(question, place, "policy", other))
    ends = {"high": VariationEnd(lower(POLICIES[other]), None, scenario)}
    label = f"{question.labels[key]}: {STRATEGY_LABELS['policy']}"
    return Variation(f"{key}.policy", "setting", label, lower(POLICIES[now]), ends, STRATEGY["policy"].tip)


def parameters(base: Scenario) -> Iterator[Variation]:
    """Yield the model's parameters that have a plausible range, at its ends."""
    values = base.settings()
    for parameter in PARAMETERS:
        low, high = parameter.range
        if low == high or parameter.group in NOT_VARIED:
            continue
        now = float(values[NUMBER[parameter.key]])
        ends = {
            name: VariationEnd(exact(value).replace("-", "\u2212"), value, partial(base.with_, {parameter.key: value}))
            for name, value in (("low", low), ("high", high))
            if value != now
        }
        kind: Kind = "definition" if parameter.group in DEFINITIONS else "uncertain"
        about = f"{parameter.key}, {parameter.basis}{f': {parameter.source}' if parameter.source else ''}"
        present = f"{exact(now)} {parameter.unit.removesuffix('s') if now == 1 else parameter.unit}".strip()
        yield Variation(parameter.key, kind, parameter.label, present, ends, about)


SCREENING_FROM = 1_000_000
"""The first replicate number used for screening."""
MOST_UNCERTAIN, MOST_DEFINITIONS = 12, 3


@dataclass(frozen=True, eq=False)
class VariedWorlds:
    """A variation with the cells of its ends; ends that change nothing are left out."""

    variation: Variation
    ends: Mapping[str, Cells]


def swing(metric: Metric, base: Cells, worlds: VariedWorlds, futures: range) -> float:
    """Return the distance between the lowest and the highest mean among present, low and high."""
    means = [metric.of(cells, futures).mean() for cells in (base, *worlds.ends.values())]
    return float(max(means) - min(means))


def by_swing(metric: Metric, base: Cells, varied: Sequence[VariedWorlds], futures: range) -> list[VariedWorlds]:
    """Return the variations that change the mean, the strongest first."""
    swings = {one: swing(metric, base, one, futures) for one in varied}
    return sorted((one for one in varied if swings[one] > 0), key=lambda one: -swings[one])


def drawn(ranked: Sequence[VariedWorlds]) -> list[VariedWorlds]:
    """Return the strongest parameters, and of definitions fewer."""
    most: dict[Kind, int] = {"uncertain": MOST_UNCERTAIN, "definition": MOST_DEFINITIONS}
    return [
        one for kind, count in most.items() for one in [one for one in ranked if one.variation.kind == kind][:count]
    ]


def bar(metric: Metric, base: Cells, worlds: VariedWorlds, futures: range) -> Bar:
    """Compute one bar: the metric at each end, with the 95% interval of its paired change."""
    variation, present = worlds.variation, metric.of(base, futures)
    values = {name: metric.of(cells, futures) for name, cells in worlds.ends.items()}
    middle = float(present.mean())
    ends: dict[str, BarEnd] = {}
    for name, array in values.items():
        change, mean, end = paired_difference(array, present), float(array.mean()), variation.ends[name]
        interval = middle + change.low, middle + change.high
        changes = change.mean, change.low, change.high
        ends[name] = BarEnd(end.words, end.value, mean, *interval, changes, change.clear, metric.words(mean))
    pairs = [(array, present) for array in values.values()]
    pairs += [(values["high"], values["low"])] if len(values) == 2 else []
    scores = tuple(PairedOutcome(one, other).score(len(futures)) for one, other in pairs)
    return Bar(
        key=variation.key,
        kind=variation.kind,
        label=variation.label,
        present=variation.present,
        about=variation.about,
        ends=ends,
        swing=swing(metric, base, worlds, futures),
        clear=False,
        unchanged=all(np.array_equal(array, present) for array in values.values()),
        futures=len(futures),
        scores=scores,
    )


def judged(bars: Sequence[Bar], final: bool = True) -> list[Bar]:
    """Return bars with what is clear, judged among all of them and for looking twice, after few futures and after all.

    `final`: whether these are all futures.
    """
    scores = [score for one in bars for score in one.scores]
    signs = signs_of(np.array([scores] * (2 if final else 1)), 2) if scores else ()
    result, at = [], 0
    for one in bars:
        own = signs[at : at + len(one.scores)]
        at += len(one.scores)
        ends = {name: replace(end, clear=sign != 0) for (name, end), sign in zip(one.ends.items(), own, strict=False)}
        result.append(replace(one, ends=ends, clear=any(own)))
    return result


def headline(bars: Sequence[Bar], subject: str, screened: bool) -> tuple[str, ...]:
    """Return in words what moves the metric most, among settings and among uncertain parameters; `bars`: by swing."""
    settings, uncertain = ([one for one in bars if one.kind == kind and one.clear] for kind in ("setting", "uncertain"))
    subject = lower(subject)
    sentences = [f"No setting clearly changes {subject} within the steps tried."]
    if settings:
        sentences = ranked_words(settings, "", f" drives {subject} most")
    if uncertain:
        sentences += ranked_words(uncertain, "Of the model\u2019s uncertain parameters, ", " matters most")
    elif screened:
        sentences.append("No uncertain parameter of the model clearly changes it by itself.")
    return tuple(sentences)


def ranked_words(bars: Sequence[Bar], before: str, after: str) -> list[str]:
    """Return a sentence on the first bar, with the metric at its ends, and one on the next two, if there are any."""
    first, *rest = [f"\u201c{bar.label}\u201d" for bar in bars[:3]]
    ends = "; ".join(f"{end.words}: {end.result}" for end in bars[0].ends.values())
    words = [f"{before}{first}{after} ({ends}; now {bars[0].present})."]
    return words + ([f"Next: {' and '.join(rest)}."] if rest else [])
