"""The question of the home page: a network, a yearly budget, two to four strategies that spend it, what happens later.

Everything is a plain number or word with bounds, so that a link can carry it and no link can ask for too much work: a link
reproduces the page exactly.  Shares are in percent, times in months, as people say them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from math import isnan
from string import hexdigits
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from sim.dashboard.settings import FACTS, FUTURES, MEMBERS, NETWORK, OVERRIDES, SINGLE, STRATEGY, Choice, Dial, Values
from sim.model.version import MODEL_VERSION
from sim.output.words import capital, counted

LETTERS = ("a", "b", "c", "d")
FEWEST, MOST = 2, len(LETTERS)
MOST_WORK = 250e6
NAME_LENGTH = 40
FINGERPRINT, MOST_OWN = 12, 2_000


@dataclass(frozen=True)
class StrategySettings:
    """One card: who weaves how.

    `preset`: what it started from; `name`: what the user calls it, '' for the usual name; `single`: percent of hours for each
    lever by itself; `differs`: settings of the network that this strategy has for itself, by name.
    """

    preset: str = "personal"
    name: str = ""
    personal: float = 40
    mass: float = 0
    convenings: float = 0
    invited: float = 25
    hub: float = 5
    policy: str = "readiness"
    align: float = 9
    produce: float = 21
    in_person: float = 0
    agenda: str = "members"
    form: str = "network"
    convened: str = "anybody"
    single: tuple[float, ...] = (0.0,) * len(SINGLE)
    differs: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, preset: str, name: str, values: Values, differs: Mapping[str, float] | None = None) -> StrategySettings:
        """Return a strategy with settings by name."""
        rest = {key: value for key, value in values.items() if key not in SINGLE}
        ordered = tuple((key, (differs or {})[key]) for key in OVERRIDES if key in (differs or {}))
        return cls(preset, name, **rest, single=tuple(values.get(lever, 0.0) for lever in SINGLE), differs=ordered)

    @property
    def values(self) -> Values:
        """Settings by name."""
        own = {field.name: getattr(self, field.name) for field in fields(self) if field.name in STRATEGY}
        return own | dict(zip(SINGLE, self.single, strict=True))

    @property
    def facilitation(self) -> float:
        """Percent of hours for facilitation: the rest."""
        return max(0.0, 100 - self.personal - self.mass - sum(self.single))

    @property
    def idle(self) -> bool:
        """Whether there is no coordinator."""
        return self.preset == "nothing"

    @property
    def changed(self) -> bool:
        """Whether it was changed by hand since the preset."""
        return not self.idle and replace(self, name="") != replace(PRESETS[self.preset], name="")

    @property
    def label(self) -> str:
        """What to call it."""
        if self.name or not self.changed:
            return self.name or PRESET_NAMES[self.preset]
        how = PRESETS[self.preset]
        moved = self.policy != how.policy or (
            self.policy == "weeks" and (self.align, self.produce) != (how.align, how.produce)
        )
        words = [WHEN[self.policy]] if moved else []
        words += [say(getattr(self, name)) for name, say in STYLES.items() if getattr(self, name) != getattr(how, name)]
        words += [DIFFERS[name](value) for name, value in self.differs if name in DIFFERS]
        if (self.personal, self.mass, self.single) == (how.personal, how.mass, how.single):
            return f"{PRESET_NAMES[self.preset]} ({', '.join(words) or 'changed'})"
        return f"{self.weaving} ({', '.join(words)})" if words else self.weaving

    @property
    def weaving(self) -> str:
        """What most hours go into, facilitation aside, in percent of hours if it is more than one activity."""
        shares = {"personal introductions": self.personal, "newsletter and directory": self.mass}
        shares |= {lever.label: share for lever, share in zip(SINGLE.values(), self.single, strict=True)}
        used = sorted((what for what, share in shares.items() if share), key=lambda what: -shares[what])
        if not used:
            return "Facilitation only"
        if len(used) == 1:
            return f"{capital(used[0])}, {shares[used[0]]:.0f}% of hours"
        named = ", ".join(f"{shares[what]:.0f}% {what}" for what in used[:2])
        return f"{named} and more" if len(used) > 2 else named


WHEN = {"readiness": "when ready", "weeks": "by the calendar", "never": "always connecting"}
STYLES: Mapping[str, Callable[[Any], str]] = {
    "in_person": lambda value: "meets in person" if value else "meets online",
    "convenings": lambda value: (
        f"{value:.0f} convening{'' if value == 1 else 's'} a year" if value else "no convenings"
    ),
    "hub": lambda value: f"{value:.0f}% through the coordinator",
    "agenda": lambda value: "coordinator decides" if value == "coordinator" else "members decide",
    "form": lambda value: "a fixed organisation" if value == "organisation" else "a network",
}
"""What the label of a strategy says of a setting that was changed."""
DIFFERS: Mapping[str, Callable[[float], str]] = {
    "budget": lambda value: f"${value:,.0f} a year",
    "hour_cost": lambda value: f"${value:,.0f} an hour",
    "leaves": lambda value: f"leaves after {counted(value, 'month')}" if value else "stays",
    "cut_after": lambda value: f"budget changes after {counted(value, 'month')}" if value else "same budget throughout",
    "join_after": lambda value: f"newcomers after {counted(value, 'month')}" if value else "no newcomers",
}
PRESET_NAMES = {
    "nothing": "Do nothing",
    "personal": "Personal introductions",
    "mass": "Newsletter and directory",
    "convenings": "Two convenings a year",
    "blended": "Blended",
}
PRESETS: Mapping[str, StrategySettings] = {
    "nothing": StrategySettings("nothing", personal=0),
    "personal": StrategySettings("personal"),
    "mass": StrategySettings("mass", personal=0, mass=40),
    "convenings": StrategySettings("convenings", convenings=2),
    "blended": StrategySettings("blended", personal=20, mass=20),
}


class StatedFact(NamedTuple):
    """What a user knows of the network, as people say it: a fact's name, its value, and how far off that may be."""

    name: str
    value: float
    within: float


@dataclass(frozen=True)
class Question:
    """Everything that decides the numbers on the page: the same question, the same numbers.

    `own`: the fingerprint of an uploaded network, '' if the start network is generated; `members` is then its size.
    `facts`: what is known of the network, in the order of `FACTS`.
    """

    members: float = 60
    degree: float = 2
    budget: float = 40_000
    years: float = 3
    shape: str = "communities"
    organisations: float = 15
    strangers: float = 0
    hour_cost: float = 50
    leaves: float = 0
    cut_after: float = 0
    cut_to: float = 50
    join_after: float = 0
    join: float = 20
    joining: float = 100
    shift_after: float = 0
    shift: float = 50
    outcome: str = "outputs"
    stage: str = "aligned"
    worth: float = 5000
    futures: float = 200
    seed: float = 1
    own: str = ""
    facts: tuple[StatedFact, ...] = ()
    strategies: tuple[StrategySettings, ...] = (PRESETS["personal"], PRESETS["mass"], PRESETS["nothing"])

    @property
    def weeks(self) -> int:
        """Horizon in weeks."""
        return round(self.years * 52)

    @property
    def ranked_by(self) -> str:
        """The outcome that strategies are ranked by: one of `YARDSTICKS`."""
        return self.stage if self.outcome == "speed" else self.outcome

    def seen_by(self, strategy: StrategySettings) -> Question:
        """Return the question with the settings that a strategy has for itself."""
        own: Values = dict(strategy.differs)
        return replace(self, **own) if own else self

    @property
    def keys(self) -> tuple[str, ...]:
        """The strategies' names in a scenario: a, b, c, d by their place."""
        return LETTERS[: len(self.strategies)]

    @property
    def labels(self) -> dict[str, str]:
        """What strategies are called, no two alike."""
        names = [one.label for one in self.strategies]
        return {
            key: f"{name} ({key.upper()})" if names.count(name) > 1 else name
            for key, name in zip(self.keys, names, strict=True)
        }


def held_strategy(strategy: StrategySettings) -> StrategySettings:
    """Return the strategy within bounds: shares of hours add up to at most 100, aligning before producing."""
    preset = strategy.preset if strategy.preset in PRESETS else "personal"
    name = " ".join("".join(c for c in strategy.name if c.isprintable()).split())[:NAME_LENGTH].strip()
    if preset == "nothing":
        return replace(PRESETS["nothing"], name=name)
    values: Values = {key: STRATEGY[key].held(value) for key, value in strategy.values.items()}
    left = 100.0
    for share in ("personal", "mass", *SINGLE):
        values[share] = min(values[share], left)
        left -= values[share]
    values["produce"] = max(values["produce"], values["align"])
    differs = {key: NETWORK[key].held(value) for key, value in strategy.differs if key in OVERRIDES}
    return StrategySettings.of(preset, name, values, {key: float(value) for key, value in differs.items()})


def held_facts(facts: Iterable[StatedFact]) -> tuple[StatedFact, ...]:
    """Return facts within bounds, each once; those whose value is no number are left out."""
    known = {one.name: one for one in facts if one.name in FACTS and is_number(one.value)}
    return tuple(
        StatedFact(name, about.value.held(known[name].value), about.within.held(known[name].within))
        for name, about in FACTS.items()
        if name in known
    )


def is_number(value: object) -> bool:
    """Return whether a dial can be set to this."""
    try:
        return not isnan(float(str(value)))
    except ValueError:
        return False


def held(question: Question) -> Question:
    """Return the question within bounds, with no more futures than the machine should run for a link."""
    values: Values = {name: dial.held(getattr(question, name)) for name, dial in NETWORK.items()}
    strategies = tuple(held_strategy(one) for one in question.strategies[:MOST])
    strategies += tuple(PRESETS.values())[: max(0, FEWEST - len(strategies))]
    own = question.own if len(question.own) == FINGERPRINT and set(question.own) <= set(hexdigits) else ""
    if own:
        values["members"] = float(round(replace(MEMBERS, low=2, high=MOST_OWN, step=1).held(question.members)))
    values["degree"] = min(values["degree"], values["members"] - 1)
    most = MOST_WORK / (values["members"] * 1.5 * values["years"] * 52 * len(strategies))
    values["futures"] = max(FUTURES.low, min(values["futures"], most // FUTURES.step * FUTURES.step))
    return Question(**values, own=own, facts=held_facts(question.facts), strategies=strategies)


def changed(question: Question, setting: str, value: object) -> Question:
    """Return the question with one setting of the network changed, within bounds; unknown settings change nothing."""
    values: Values = {setting: value}
    return held(replace(question, **values)) if setting in NETWORK else question


def changed_fact(question: Question, name: str, values: Values) -> Question:
    """Return the question with a fact stated, within bounds; without the fact if its value is no number."""
    others = (one for one in question.facts if one.name != name)
    return replace(question, facts=held_facts([*others, StatedFact(name, values["value"], values["within"])]))


def changed_strategy(question: Question, place: int, setting: str, value: object) -> Question:
    """Return the question with one setting of one strategy changed.

    If shares of hours would not fit, the other shares give way; producing is never before aligning, whichever is moved.
    """
    if not 0 <= place < len(question.strategies):
        return question
    one = question.strategies[place]
    if setting == "preset":
        new = PRESETS.get(str(value), one)
    elif setting == "name":
        new = replace(one, name=str(value))
    elif setting in OVERRIDES and not one.idle:
        # None: the same as for all strategies again.
        own = {key: number for key, number in one.differs if key != setting}
        own |= {} if value is None else {setting: float(NETWORK[setting].held(value))}
        new = StrategySettings.of(one.preset, one.name, one.values, own)
    elif setting in STRATEGY and not one.idle:
        values = one.values | {setting: STRATEGY[setting].held(value)}
        if setting == "produce":
            values["align"] = min(values["align"], values["produce"])
        if setting in ("mass", *SINGLE):
            rest = 100 - values[setting]
            for share in ("personal", "mass", *SINGLE):
                if share != setting:
                    values[share] = min(values[share], rest)
                    rest -= values[share]
        new = StrategySettings.of(one.preset, one.name, values, dict(one.differs))
    else:
        return question
    strategies = (*question.strategies[:place], new, *question.strategies[place + 1 :])
    return held(replace(question, strategies=strategies))


def when_ready(question: Question) -> Question:
    """Return the question with every coordinator moving on when the network is ready, instead of by the calendar."""
    strategies = tuple(one if one.idle else replace(one, policy="readiness") for one in question.strategies)
    return held(replace(question, strategies=strategies))


def with_strategy(question: Question, preset: str) -> Question:
    """Return the question with one more strategy, if there is room."""
    if len(question.strategies) >= MOST or preset not in PRESETS:
        return question
    return held(replace(question, strategies=(*question.strategies, PRESETS[preset])))


def without_strategy(question: Question, place: int) -> Question:
    """Return the question without a strategy, as long as two stay."""
    if len(question.strategies) <= FEWEST or not 0 <= place < len(question.strategies):
        return question
    return replace(question, strategies=question.strategies[:place] + question.strategies[place + 1 :])


LONGEST = 4000
VERSION, NAME, OWN, FACT = "model", "name", "own", "fact."
FUTURE, BEFORE = "future", "before"


@dataclass(frozen=True)
class LinkedQuestion:
    """The question of a link, within bounds, and a sentence for all that differs from the link."""

    question: Question
    notes: tuple[str, ...] = ()


def text_of(value: float | str) -> str:
    """Return a setting as text, without needless digits."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else f"{value:g}"


def pairs_of(question: Question) -> list[tuple[str, str]]:
    """Return what a link to a question says: every setting, the seed, and the version of the model."""
    pairs = [(name, text_of(getattr(question, name))) for name in NETWORK]
    if question.own:
        pairs.append((OWN, question.own))
    pairs += [(FACT + one.name, f"{text_of(one.value)},{text_of(one.within)}") for one in question.facts]
    for key, one in zip(LETTERS, question.strategies, strict=False):
        settings = [] if one.idle else [text_of(one.values[name]) for name in STRATEGY]
        pairs.append((key, ",".join([one.preset, *settings])))
        if one.name:
            pairs.append((f"{key}.{NAME}", one.name))
        pairs += [(f"{key}.{setting}", text_of(value)) for setting, value in one.differs]
    return [*pairs, (VERSION, MODEL_VERSION)]


def to_query(question: Question) -> str:
    """Return the query of a link to a question."""
    return urlencode(pairs_of(question), safe=",")


@dataclass(frozen=True)
class LinkedPair:
    """What a link to the home page is about: a question, and the one whose answer it is compared with, if any."""

    question: Question
    before: Question | None = None

    @property
    def query(self) -> str:
        """The query of the link: of the question before, only what differs, '' for what it does not have."""
        if self.before is None:
            return to_query(self.question)
        now, before = dict(pairs_of(self.question)), dict(pairs_of(self.before))
        apart = {name: before.get(name, "") for name in {**now, **before} if now.get(name) != before.get(name)}
        return urlencode(
            [*now.items(), (BEFORE, "1"), *((f"{BEFORE}.{name}", apart[name]) for name in apart)], safe=","
        )


def before_of(query: str | None) -> Question | None:
    """Return the question that a link compares with; None if there is none."""
    link = values_of(query)
    if BEFORE not in link:
        return None
    changed_pairs = {
        name.removeprefix(f"{BEFORE}."): text for name, text in link.items() if name.startswith(f"{BEFORE}.")
    }
    now = {name: text for name, text in link.items() if not name.startswith(BEFORE)}
    return from_query(
        urlencode({name: text for name, text in (now | changed_pairs).items() if text}, safe=",")
    ).question


def values_of(query: str | None) -> dict[str, str]:
    """Return the values in the query of a link by name, of one that is not too long."""
    return dict(parse_qsl((query or "")[:LONGEST], keep_blank_values=True))


def from_query(query: str | None) -> LinkedQuestion:
    """Return the question of a link; what is missing has its default, what is out of bounds is noted."""
    if not query:
        return LinkedQuestion(Question())
    link = values_of(query)
    values: Values = {name: link[name] for name in NETWORK if name in link}
    strategies = [
        strategy_of(
            link[key], link.get(f"{key}.{NAME}", ""), {n: link[f"{key}.{n}"] for n in OVERRIDES if f"{key}.{n}" in link}
        )
        for key in LETTERS
        if key in link
    ]
    facts = {key.removeprefix(FACT): text for key, text in link.items() if key.startswith(FACT)}
    question = held(
        Question(
            **values,
            own=link.get(OWN, ""),
            facts=tuple(fact_of(name, text) for name, text in facts.items()),
            strategies=tuple(strategies) or Question.strategies,
        )
    )
    notes = [
        f"{dial.label}: the link says {values[name][:20]!r}, shown is {text_of(getattr(question, name))}."
        for name, dial in NETWORK.items()
        if name in values and not same(dial, values[name], getattr(question, name))
    ]
    notes += fact_notes(facts, question)
    for key, one, kept in zip(LETTERS, strategies, question.strategies, strict=False):
        wrong = [
            dial.label.lower() for name, dial in STRATEGY.items() if not same(dial, one.values[name], kept.values[name])
        ]
        if one.preset not in PRESETS:
            notes.append(f"Strategy {key.upper()}: unknown kind {one.preset[:20]!r}; shown is {kept.label}.")
        elif wrong and not kept.idle:
            notes.append(f"Strategy {key.upper()}: out of bounds ({', '.join(wrong)}); the nearest values are shown.")
    version = link.get(VERSION, MODEL_VERSION)
    if version != MODEL_VERSION:
        notes.append(
            f"The link was made with model {version[:16]!r}; this is model {MODEL_VERSION}, so numbers may differ from those "
            "seen then."
        )
    return LinkedQuestion(question, tuple(notes))


def fact_of(name: str, text: str) -> StatedFact:
    """Return the fact of a part of a link: its value, and how far off that may be, as the link says them."""
    values: Values = dict(zip(("value", "within"), text.split(","), strict=False))
    return StatedFact(name, values["value"], values.get("within", ""))


def fact_notes(facts: Mapping[str, str], question: Question) -> list[str]:
    """Return a sentence for every fact of a link that is not taken as it stands there."""
    shown = {one.name: f"{text_of(one.value)},{text_of(one.within)}" for one in question.facts}
    notes = []
    for name, text in facts.items():
        if name not in shown:
            label = FACTS[name].value.label if name in FACTS else f"Fact {name[:20]!r}"
            notes.append(f"{label}: the link says {text[:20]!r}, which is left out.")
        elif text != shown[name]:
            value, within = shown[name].split(",")
            notes.append(
                f"{FACTS[name].value.label}: the link says {text[:20]!r}, shown is {value}, give or take {within}."
            )
    return notes


def future_of(query: str | None, question: Question) -> int | None:
    """Return which of a question's futures a link names, within bounds; None if it names none."""
    text = values_of(query).get(FUTURE, "")
    return min(int(text), int(question.futures) - 1) if text.isdecimal() and len(text) < 10 else None


def same(dial: Dial | Choice, linked: float | str, kept: float | str) -> bool:
    """Return whether a setting was taken as it stands in the link."""
    if isinstance(dial, Choice):
        return linked == kept
    try:
        return abs(float(linked) - float(kept)) < 1e-9
    except ValueError:
        return False


def strategy_of(text: str, name: str, own: Values) -> StrategySettings:
    """Return the strategy of a part of a link: preset, then its settings in order; the rest is as in the preset.

    `own`: settings of the network that it has for itself, as the link says them.
    """
    preset, *settings = text.split(",")
    values = PRESETS.get(preset, PRESETS["personal"]).values
    return StrategySettings.of(preset, name, values | dict(zip(STRATEGY, settings, strict=False)), own)
