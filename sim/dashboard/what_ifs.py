"""What-ifs: changes that the Compare page offers for any question, and a ready question for each claim of the sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from sim.dashboard.questions import PRESETS, LinkedPair, Question, StrategySettings, held, text_of, to_query
from sim.dashboard.settings import NETWORK, OVERRIDES, SINGLE, STRATEGY, Choice, Dial, Values

NOTHING, PERSONAL, MASS, BLENDED = (PRESETS[name] for name in ("nothing", "personal", "mass", "blended"))


def with_levers(name: str, **shares: float) -> StrategySettings:
    """Return a strategy that gives so many percent of the hours to single levers, and the rest to facilitation."""
    values: Values = {**PERSONAL.values, "personal": 0, **shares}
    return StrategySettings.of("personal", name, values)


def changed_from(
    strategy: StrategySettings, name: str, own: Mapping[str, float] | None = None, **settings: object
) -> StrategySettings:
    """Return a strategy under another name with some settings changed, and `own` settings of the network."""
    values: Values = {**strategy.values, **settings}
    return StrategySettings.of(strategy.preset, name, values, own)


def asks(*strategies: StrategySettings, **settings: object) -> Question:
    """Return a question about some strategies."""
    values: Values = settings
    return held(replace(Question(), strategies=strategies, **values))


TRIADS = with_levers("Closing triads", close_triads=40)
UNCONNECTED = with_levers("Engaging the unconnected", engage_unconnected=40)
HUB = changed_from(PERSONAL, "Everything through the coordinator", hub=100)
READY = changed_from(PERSONAL, "Moves on when ready")
QUESTIONS: Mapping[int, Question] = {
    1: asks(NOTHING, PERSONAL, BLENDED, outcome="speed", stage="generative"),
    2: asks(PERSONAL, NOTHING, outcome="members"),
    3: asks(PERSONAL, NOTHING, outcome="members"),
    4: asks(HUB, changed_from(PERSONAL, "Among members", hub=0)),
    5: asks(changed_from(PERSONAL, "", {"leaves": 12}), changed_from(PERSONAL, "", {"leaves": 36}), years=5, outcome="members"),
    6: asks(TRIADS, MASS, NOTHING, outcome="speed", stage="aligned"),
    7: asks(with_levers("Supporting bridgers", support_bridgers=40), TRIADS, outcome="speed", stage="connected"),
    8: asks(UNCONNECTED, TRIADS, NOTHING, strangers=15, outcome="members"),
    9: asks(PERSONAL, MASS, NOTHING),
    10: asks(HUB, PERSONAL, NOTHING, leaves=24),
    11: asks(
        changed_from(PERSONAL, "Moves on after 1 month", policy="weeks", align=1, produce=12),
        READY,
        outcome="speed",
        stage="aligned",
    ),
    12: asks(PERSONAL, NOTHING, outcome="speed", stage="aligned"),
    13: asks(
        changed_from(PERSONAL, "In person", in_person=30), changed_from(PERSONAL, "Online"), outcome="speed", stage="aligned"
    ),
    14: asks(
        changed_from(PERSONAL, "Online only"), changed_from(PERSONAL, "In person", in_person=30, convenings=1), years=5,
        outcome="speed", stage="aligned",
    ),
    15: asks(
        changed_from(PERSONAL, "One convening a year", convenings=1),
        changed_from(PERSONAL, "Two convenings a year", convenings=2),
        join_after=9,
    ),
    16: asks(with_levers("With support of groups", group_support=40), READY, outcome="speed", stage="producing"),
    17: asks(with_levers("With channels", channels=40), READY, outcome="speed", stage="producing"),
    18: asks(with_levers("With support of groups", group_support=40), MASS, outcome="members"),
    19: asks(changed_from(PERSONAL, "Keeps connecting", policy="never"), READY, outcome="members"),
    20: asks(
        changed_from(PERSONAL, "Network"), changed_from(PERSONAL, "Fixed organisation", form="organisation"), shift_after=18
    ),
    21: asks(BLENDED, NOTHING),
    22: asks(
        changed_from(PERSONAL, "Members decide"), changed_from(PERSONAL, "The coordinator decides", agenda="coordinator"),
        shift_after=18,
    ),
    23: asks(UNCONNECTED, TRIADS, join_after=12, outcome="members"),
}  # fmt: skip


def for_all(question: Question, **settings: object) -> Question:
    """Return the question with settings of every strategy that has a coordinator changed, within bounds."""
    values: Values = settings
    return replace(
        question, strategies=tuple(one if one.idle else replace(one, **values) for one in question.strategies)
    )


def with_setting(question: Question, **settings: float) -> Question:
    """Return the question with settings of the network changed, also where a strategy has its own."""
    values: Values = settings
    strategies = tuple(
        replace(one, differs=tuple(pair for pair in one.differs if pair[0] not in settings))
        for one in question.strategies
    )
    return replace(question, strategies=strategies, **values)


def times_money(question: Question, factor: float) -> Question:
    """Return the question with another budget for all."""
    strategies = tuple(
        replace(
            one, differs=tuple((name, number * factor if name == "budget" else number) for name, number in one.differs)
        )
        for one in question.strategies
    )
    return replace(question, budget=question.budget * factor, strategies=strategies)


def with_visits(question: Question) -> Question:
    """Return the question with coordinators who visit groups, which keeps them from drifting away."""
    single = tuple(VISITS if lever == "group_support" else 0.0 for lever in SINGLE)
    return replace(
        question,
        strategies=tuple(
            one if one.idle else replace(one, single=tuple(map(max, one.single, single))) for one in question.strategies
        ),
    )


VISITS = 15.0
"""Percent of hours for visits to groups."""


class WhatIf(NamedTuple):
    """A change of any question that the Compare page offers."""

    label: str
    change: Callable[[Question], Question]


OFFERED: Mapping[str, WhatIf] = {
    "twice": WhatIf("we pay twice as much?", lambda now: times_money(now, 2)),
    "half": WhatIf("we pay half as much?", lambda now: times_money(now, 0.5)),
    "leaves-1": WhatIf("the coordinator leaves after one year?", lambda now: with_setting(now, leaves=12)),
    "leaves-2": WhatIf("the coordinator leaves after two years?", lambda now: with_setting(now, leaves=24)),
    "stays": WhatIf("the coordinator stays?", lambda now: with_setting(now, leaves=0)),
    "online": WhatIf("we only meet online?", lambda now: for_all(now, in_person=0.0, convenings=0.0)),
    "in-person": WhatIf("we meet in person, for 30% of the money?", lambda now: for_all(now, in_person=30.0)),
    "convenings": WhatIf("there are two convenings a year?", lambda now: for_all(now, convenings=2.0)),
    "newcomers": WhatIf("20 newcomers arrive after a year?", lambda now: with_setting(now, join_after=12, join=20)),
    "shift": WhatIf("the problem shifts after a year?", lambda now: replace(now, shift_after=12)),
    "visits": WhatIf("coordinators visit groups that drift away?", with_visits),
}


def offered(question: Question) -> list[tuple[str, str, bool]]:
    """Return the what-ifs of a question: name, label, and whether it would change anything."""
    return [(name, one.label, held(one.change(question)) != question) for name, one in OFFERED.items()]


def asked_if(now: LinkedPair, name: str) -> LinkedPair:
    """Return a what-if of the present question, to be compared with the question before; unknown ones change nothing.

    If a question is kept already, it stays the one that is compared with.
    """
    if name not in OFFERED:
        return now
    return LinkedPair(held(OFFERED[name].change(now.question)), now.before or now.question)


def changes_words(now: Question, before: Question) -> str:
    """Return what is set differently from before, in a sentence; '' if nothing is."""
    changes = [
        change_words(name, getattr(now, name), getattr(before, name))
        for name in NETWORK
        if name not in ("outcome", "stage") and getattr(now, name) != getattr(before, name)
    ]
    for one, other in zip(now.strategies, before.strategies, strict=False):
        new, old = ({**strategy.values, **dict(strategy.differs)} for strategy in (one, other))
        if one.preset != other.preset:
            changes.append(f"{one.label} instead of {other.label}")
            continue
        for name in {**new, **old}:
            if new.get(name) != old.get(name):
                values = (
                    getattr(view.seen_by(strategy), name) if name in OVERRIDES else strategy.values[name]
                    for view, strategy in ((now, one), (before, other))
                )
                changes.append(change_words(name, *values))
    unlike = len(now.strategies) - len(before.strategies)
    number = f"{abs(unlike)} {'strategy' if abs(unlike) == 1 else 'strategies'}"
    changes += [f"{number} {'more' if unlike > 0 else 'fewer'}"] if unlike else []
    return f"Changed: {'; '.join(dict.fromkeys(changes))}." if changes else ""


def change_words(name: str, now: float | str, before: float | str) -> str:
    """Return how a setting has changed, in words."""
    dial = {**NETWORK, **STRATEGY}[name]
    return f"{dial.label.lower()} {value_words(name, dial, now)} instead of {value_words(name, dial, before)}"


def value_words(name: str, dial: Dial | Choice, value: float | str) -> str:
    """Return the value of a setting as people say it."""
    if isinstance(dial, Choice):
        return f"\u201c{dial.options[str(value)].lower()}\u201d"
    if not value and name in ("leaves", "cut_after", "join_after", "shift_after"):
        return "never"
    if dial.unit.startswith("dollars"):
        return f"${float(value):,.0f}{dial.unit.removeprefix('dollars')}"
    return f"{text_of(value)}{'' if dial.unit.startswith('%') or not dial.unit else ' '}{dial.unit}"


def what_if(claim: int) -> str:
    """Return the query of the what-if of a claim, '' if there is none."""
    return to_query(QUESTIONS[claim]) if claim in QUESTIONS else ""
