"""What could be different about a question: settings that somebody chooses, and uncertain parameters of the model.

Each is set low and high while everything else stays. Settings move by a stated step around their present value, within
their bounds; parameters move to the ends of the plausible range that they declare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sim.dashboard.money import dollars
from sim.dashboard.pages.drivers.driver_findings import Kind
from sim.dashboard.questions import Question, changed, changed_strategy
from sim.dashboard.settings import NETWORK, STRATEGY
from sim.inputs.scenario import Scenario
from sim.model.declarations import NUMBER, PARAMETERS
from sim.output.words import exact

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


def plural(count: float, one: str, many: str) -> str:
    """Return a count with its noun."""
    return f"{count:g} {one if count == 1 else many}"


def after(zero: str) -> Callable[[float], str]:
    """Return how to say a number of months, where 0 means `zero`."""
    return lambda months: f"after {plural(months, 'month', 'months')}" if months else zero


WORDS: dict[str, Callable[[float], str]] = {
    "budget": lambda value: f"{dollars(value)} a year",
    "hour_cost": lambda value: f"${value:g} an hour",
    "members": lambda value: f"{value:g} members",
    "degree": lambda value: plural(value, "tie each", "ties each"),
    "organisations": lambda value: f"{value:g}% of members",
    "strangers": lambda value: f"{value:g} strangers",
    "years": lambda value: plural(value, "year", "years"),
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
POLICY_WORDS = {
    "weeks": "the calendar",
    "readiness": "the network\u2019s readiness",
    "never": "nothing: it never moves",
}
STRATEGY_LABELS = {
    "personal": "hours for personal introductions",
    "mass": "hours for everybody at once",
    "hub": "how much goes through the coordinator",
    "convenings": "convenings a year",
    "invited": "members invited to each convening",
    "align": "when the focus moves to aligning",
    "produce": "when the focus moves to producing",
    "policy": "what moves the focus on",
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
        label = label if now else f"{label} after {plural(half, 'month', 'months')}"
        yield Variation(name, "setting", label, WORDS[name](now), ends, NETWORK[name].tip)


def policy(question: Question, key: str, build: Build) -> Variation:
    """Return what moves a coordinator's focus on: the calendar, or the network's readiness."""
    place = question.keys.index(key)
    now = question.strategies[place].policy
    other = "readiness" if now == "weeks" else "weeks"
    scenario = partial(build, changed_strategy(question, place, "policy", other))
    ends = {"high": VariationEnd(POLICY_WORDS[other], None, scenario)}
    label = f"{question.labels[key]}: {STRATEGY_LABELS['policy']}"
    return Variation(f"{key}.policy", "setting", label, POLICY_WORDS[now], ends, STRATEGY["policy"].tip)


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
        present = f"{exact(now)} {parameter.unit}".strip()
        yield Variation(parameter.key, kind, parameter.label, present, ends, about)
