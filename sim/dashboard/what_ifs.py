"""A ready what-if for each claim of the sources: the question of the Compare page that comes nearest to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sim.dashboard.questions import PRESETS, Question, StrategySettings, held, to_query
from sim.dashboard.settings import Values

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


def what_if(claim: int) -> str:
    """Return the query of the what-if of a claim, '' if there is none."""
    return to_query(QUESTIONS[claim]) if claim in QUESTIONS else ""
