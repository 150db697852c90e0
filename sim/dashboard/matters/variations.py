"""What can be otherwise about a question: settings that somebody chooses, and numbers of the model that nobody knows.

Each is set low and high, all others being as they are.  Settings move by a stated step around the present one, within
their dials; numbers of the model go to the ends of the plausible range that they declare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sim.dashboard.money import dollars
from sim.dashboard.questions import Question, changed, changed_strategy
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.settings import NETWORK, STRATEGY
from sim.inputs.scenario import Scenario
from sim.model.declarations import NUMBER, PARAMETERS
from sim.output.words import exact

Kind = Literal["setting", "unknown", "definition"]
DEFINITIONS = ("stages",)
NOT_OF_THE_WORLD = ("measures",)
LEAST_MONEY = 10_000


@dataclass(frozen=True)
class End:
    """One end of a variation: what it is in words, and the scenario that it makes of the present one."""

    words: str
    value: float | None
    scenario: Callable[[], Scenario]


@dataclass(frozen=True)
class Variation:
    """One thing that can be otherwise.  `low`, `high`: None where it can't go that way.  `about`: more on it, or its source."""

    key: str
    kind: Kind
    label: str
    present: str
    low: End | None
    high: End | None
    about: str = ""

    @property
    def ends(self) -> dict[str, End]:
        """The ends that there are."""
        return {name: end for name, end in (("low", self.low), ("high", self.high)) if end is not None}


def plural(count: float, one: str, many: str) -> str:
    """A count with its noun."""
    return f"{count:g} {one if count == 1 else many}"


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
    "convenings": lambda value: "none" if value == 0 else f"{value:g} a year",
    "invited": lambda value: f"{value:g}% of members",
    "hub": lambda value: f"{value:g}%",
    "align": lambda value: f"after {plural(value, 'month', 'months')}" if value else "at once",
    "produce": lambda value: f"after {plural(value, 'month', 'months')}" if value else "at once",
    "leaves": lambda value: f"after {plural(value, 'month', 'months')}" if value else "stays",
    "cut_after": lambda value: f"after {plural(value, 'month', 'months')}" if value else "never",
    "join_after": lambda value: f"after {plural(value, 'month', 'months')}" if value else "none",
}
AROUND: dict[str, Callable[[float], tuple[float, float]]] = {
    "budget": lambda now: (now / 2, max(now * 1.5, now + LEAST_MONEY)),
    "hour_cost": lambda now: (now / 2, now * 1.5),
    "members": lambda now: (now * 2 / 3, now * 4 / 3),
    "degree": lambda now: (now - 1, now + 1),
    "organisations": lambda now: (now - 15, now + 15),
    "strangers": lambda now: (now - 15, now + 15),
    "personal": lambda now: (now - 20, now + 20),
    "mass": lambda now: (now - 20, now + 20),
    "convenings": lambda now: (now - 2, now + 2),
    "invited": lambda now: (now - 15, now + 25),
    "hub": lambda now: (now - 25, now + 25),
    "align": lambda now: (now - 6, now + 6),
    "produce": lambda now: (now - 6, now + 6),
}
GENERATED = ("members", "degree")
POLICY_WORDS = {"weeks": "the calendar", "readiness": "the network\u2019s readiness", "never": "nothing: it never does"}
CARD_LABELS = {
    "personal": "hours for personal introductions",
    "mass": "hours for everybody at once",
    "hub": "how much goes through the coordinator",
    "convenings": "convenings a year",
    "invited": "members invited to each convening",
    "align": "when effort moves on to aligning",
    "produce": "when effort moves on to producing",
    "policy": "what decides when effort moves on",
}


def settings(question: Question, keys: tuple[str, ...], folder: Path | None) -> Iterator[Variation]:
    """Settings of the network, of what happens later, and of the cards of these strategies, low and high."""
    for name in ("budget", "hour_cost", "members", "degree", "organisations", "strangers"):
        if not (question.own and name in GENERATED):
            yield of_setting(question, name, NETWORK[name].label, folder, _network(question, name))
    yield from later(question, folder)
    for key in keys:
        one = question.strategies[question.keys.index(key)]
        if one.idle:
            continue
        names = ["personal", "mass", "hub", "convenings", *(["invited"] if one.convenings else [])]
        names += ["align", "produce"] if one.policy == "weeks" else []
        for name in names:
            label = f"{question.labels[key]}: {CARD_LABELS[name]}"
            yield of_setting(question, name, label, folder, _card(question, key, name), key)
        yield policy(question, key, folder)


def _network(question: Question, name: str) -> Callable[[float], Question]:
    return lambda value: changed(question, name, value)


def _card(question: Question, key: str, name: str) -> Callable[[float], Question]:
    place = question.keys.index(key)
    return lambda value: changed_strategy(question, place, name, value)


def of_setting(
    question: Question, name: str, label: str, folder: Path | None, put: Callable[[float], Question], key: str = ""
) -> Variation:
    """A dial of the network, or of the strategy `key`, moved both ways by its usual step, within its bounds."""

    def read(asked: Question) -> float:
        """The dial's value in a question."""
        where = asked.strategies[asked.keys.index(key)] if key else asked
        return float(getattr(where, name))

    now = read(question)
    ends: list[End | None] = []
    for value, better in zip(AROUND[name](now), (-1, 1), strict=True):
        asked = put(value)
        there = (read(asked) - now) * better > 0
        ends.append(end(WORDS[name](read(asked)), read(asked), asked, folder) if there else None)
    tip = (STRATEGY if key else NETWORK)[name].tip
    return Variation(f"{key}.{name}" if key else name, "setting", label, WORDS[name](now), ends[0], ends[1], tip)


def end(words: str, value: float | None, question: Question, folder: Path | None) -> End:
    """An end that another question makes."""
    return End(words, value, lambda: scenario_of(question, folder))


def later(question: Question, folder: Path | None) -> Iterator[Variation]:
    """What happens later: left out where it is, or brought in half way to the horizon where it isn't."""
    half = max(1, round(question.years * 6))
    labels = {
        "leaves": "The coordinator leaves",
        "cut_after": f"The budget goes to {question.cut_to:g}%",
        "join_after": f"{question.join:g} newcomers arrive",
    }
    for name, label in labels.items():
        now = float(getattr(question, name))
        label = label if now else f"{label} after {plural(half, 'month', 'months')}"
        there = changed(question, name, 0 if now else half)
        other = end(WORDS[name](float(getattr(there, name))), float(getattr(there, name)), there, folder)
        low, high = (other, None) if now else (None, other)
        yield Variation(name, "setting", label, WORDS[name](now), low, high, NETWORK[name].tip)


def policy(question: Question, key: str, folder: Path | None) -> Variation:
    """When effort moves on: by the calendar, or when the network is ready."""
    place = question.keys.index(key)
    now = question.strategies[place].policy
    other = "readiness" if now == "weeks" else "weeks"
    there = end(POLICY_WORDS[other], None, changed_strategy(question, place, "policy", other), folder)
    label = f"{question.labels[key]}: {CARD_LABELS['policy']}"
    return Variation(f"{key}.policy", "setting", label, POLICY_WORDS[now], None, there, STRATEGY["policy"].tip)


def unknowns(base: Scenario) -> list[Variation]:
    """Numbers of the model that have a plausible range, at its ends; those that say what a stage is are definitions."""
    values = base.settings()
    found = []
    for parameter in PARAMETERS:
        low, high = parameter.range
        if low == high or parameter.group in NOT_OF_THE_WORLD:
            continue
        now = float(values[NUMBER[parameter.key]])
        ends = [
            End(exact(value).replace("-", "\u2212"), value, _with(base, parameter.key, value)) if value != now else None
            for value in (low, high)
        ]
        kind: Kind = "definition" if parameter.group in DEFINITIONS else "unknown"
        about = f"{parameter.key}, {parameter.basis}{f': {parameter.source}' if parameter.source else ''}"
        present = f"{exact(now)} {parameter.unit}".strip()
        found.append(Variation(parameter.key, kind, parameter.label, present, ends[0], ends[1], about))
    return found


def _with(base: Scenario, key: str, value: float) -> Callable[[], Scenario]:
    settings: dict[str, Any] = {key: value}
    return lambda: base.with_(settings)
