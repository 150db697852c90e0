"""The open questions of the sources, declared as maps: one effect over the two things that it depends on most.

A question has two axes and one or more readings.  A reading is an experiment as in `sim.evidence.claims.claim`, arms on
paired futures and an effect, set up for every pair of values on the axes.  Only words for both sides of an effect are
declared here; which side holds where is found by runs (`sim.evidence.questions.question_maps`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sim.evidence.claims.claim import Arm, ClaimPart, Contrast, relative
from sim.evidence.claims.coordinator_claims import IN_PERSON, MORE_HOURS
from sim.evidence.claims.future_measures import mean_of, outcome, per_starter, reached, weeks_to
from sim.evidence.claims.giving_claims import structure
from sim.evidence.claims.strategies import WEAVER, customized, mass, weaver
from sim.inputs.scenario import Table
from sim.model.declarations import BY_KEY


@dataclass(frozen=True)
class MapAxis:
    """One thing that an answer may depend on.

    `key`: a parameter, a setting of the start network, or a field of a strategy.  `said`: how a span of values is put in
    a sentence, with {} for it.  `every`: the same for all of them.  `shown`: format of a value.  `plausible`, `default`:
    range and default, where the axis is a parameter of the model.
    """

    key: str
    label: str
    unit: str
    values: tuple[float, ...]
    said: str
    every: str
    shown: str = "{:g}"
    plausible: tuple[float, float] | None = field(init=False)
    default: float | None = field(init=False)

    def __post_init__(self) -> None:
        parameter = BY_KEY.get(self.key)
        object.__setattr__(self, "plausible", parameter.range if parameter else None)
        object.__setattr__(self, "default", parameter.default if parameter else None)


@dataclass(frozen=True)
class Reading:
    """One effect that is mapped.

    `title`: what the numbers are.  `contrast`: its margin is the reference value.  `arms`: values of x and y -> the arms.
    `above`, `below`: what it means, in words, where the effect is clearly above or below the reference.  `shown`: format of
    an effect.  `full`: distance from the reference at which colours are fullest; the largest one found if None.  `best`:
    whether to look for the best x at each y.
    """

    key: str
    title: str
    contrast: Contrast
    arms: Callable[[float, float], Sequence[Arm]]
    above: str
    below: str
    shown: str = "{:+.2f}"
    full: float | None = None
    best: bool = False
    world: Table = field(default_factory=dict)

    def part(self, x: float, y: float) -> ClaimPart:
        """Return the experiment of one cell."""
        return ClaimPart(self.key, self.title, self.contrast, self.arms(x, y), self.world)


@dataclass(frozen=True)
class OpenQuestion:
    """An open question, what its answer may depend on, and what is mapped.

    `source`: GN or CAP (see `sim/model/MODEL.md`).  `how`: what is compared with what, for a reader of the figure.  `effort`:
    how many times the usual number of futures the effect needs.
    """

    key: str
    text: str
    source: str
    how: str
    x: MapAxis
    y: MapAxis
    readings: tuple[Reading, ...]
    effort: int = 1


SIZE = MapAxis(
    "network.members",
    "size at the start",
    "members",
    (20, 30, 40, 60, 120, 160),
    "with {} members",
    "at every size tried",
)
HOURS = MapAxis(
    "hours",
    "coordinator's hours",
    "hours a week",
    (2.5, 5, 10, 20, 30, 40),
    "on {} hours a week",
    "on every number of hours tried",
)
STEP = MapAxis(
    "alignment.session",
    "step in a session in person (online: half of it)",
    "share of the distance to the group's topic",
    (0.01, 0.03, 0.06, 0.10, 0.15, 0.30),
    "with steps of {} a session",
    "with every step tried",
)
DRIFT = MapAxis(
    "alignment.noise",
    "drift of members' views",
    "distance a week",
    (0.0, 0.003, 0.006, 0.01, 0.02, 0.04),
    "with a drift of {} a week",
    "with every drift tried",
)
PRICE = MapAxis(
    "support.session_head_cost",
    "travel to a session in person",
    "dollars a head",
    (50, 150, 300, 500, 800, 1200),
    "at {} dollars a head",
    "at every price tried",
)
WEEK = MapAxis(
    "align_week",
    "moving on from connecting to aligning",
    "week",
    (4, 13, 26, 40, 60, 90),
    "when moving on in week {}",
    "in every week tried",
)
ACTIVITY = MapAxis(
    "members.activity",
    "occasions to give",
    "a member-week",
    (0.5, 1.0, 1.5, 2.0, 3.0, 4.0),
    "at an activity of {} a week",
    "at every activity tried",
)
PRODUCING_AFTER = 50
"""Weeks from moving on to aligning until a coordinator moves on to producing, as with the usual coordinator."""


def online(step: float, drift: float) -> tuple[Arm, ...]:
    """Sessions online only."""
    return (Arm(WEAVER, {STEP.key: step, DRIFT.key: drift}),)


def online_or_in_person(step: float, drift: float) -> tuple[Arm, ...]:
    """Sessions online only, and sessions in person as far as $18,000 a year go."""
    return (*online(step, drift), Arm(IN_PERSON, {STEP.key: step, DRIFT.key: drift}))


def customized_or_mass(hours: float, members: float) -> tuple[Arm, ...]:
    """The same hours, one by one or en masse."""
    return Arm(customized(hours), {SIZE.key: members}), Arm(mass(hours), {SIZE.key: members})


def hours_or_sessions(price: float, members: float) -> tuple[Arm, ...]:
    """The same money a year as more hours, or as sessions in person.  The first arm is run once for all prices."""
    return (
        Arm(weaver(hours=MORE_HOURS), {SIZE.key: members}),
        Arm(IN_PERSON, {SIZE.key: members, PRICE.key: price}),
    )


def leaving_or_never(week: float, hours: float) -> tuple[Arm, ...]:
    """A coordinator who moves on in a given week, and one who keeps connecting."""
    moving = weaver(hours=hours, align_week=int(week), produce_week=int(week) + PRODUCING_AFTER)
    return Arm(moving), Arm(weaver(hours=hours, policy="never"))


ONLINE = OpenQuestion(
    "online",
    "Can a network align online only, and how much longer does it take?",
    "CAP",
    "A coordinator of ten hours a week holds online sessions only, or eight in ten sessions in person as far as $18,000 a "
    "year go. A network that is not aligned after three years counts as 156 weeks.",
    STEP,
    DRIFT,
    (
        Reading(
            "share",
            "networks aligned after three years, online only",
            Contrast("share of futures", 0.9, reached("aligned")),
            online,
            "more than nine networks in ten align online only",
            "fewer than nine networks in ten align online only",
            shown="{:.2f}",
        ),
        Reading(
            "weeks-later",
            "how much later alignment comes, online only",
            Contrast("weeks", 0.0, weeks_to("aligned")),
            online_or_in_person,
            "online only takes longer than with sessions in person",
            "online only is sooner than with sessions in person",
            shown="{:+.0f}",
        ),
    ),
)
MASS = OpenQuestion(
    "mass",
    "Mass or customized weaving?",
    "CAP",
    "The same hours a week go into introductions one by one, or into newsletter, directory and ice-breakers; both "
    "facilitate alike later on. Outputs of three years over the number of members at the start.",
    HOURS,
    SIZE,
    (
        Reading(
            "outputs",
            "outputs a member, customized minus mass",
            Contrast("outputs a member", 0.0, per_starter("outputs")),
            customized_or_mass,
            "customized weaving produces more outputs",
            "mass weaving produces more outputs",
        ),
    ),
)
IN_PERSON_OR_ONLINE = OpenQuestion(
    "in-person",
    "In person or online?",
    "CAP",
    "$18,000 a year on top of ten hours a week go into sessions in person (eight in ten sessions as far as the money goes; "
    "what is not needed stays unspent), or into seven more hours a week with sessions online. A network that is not "
    "aligned after three years counts as 156 weeks.",
    PRICE,
    SIZE,
    (
        Reading(
            "weeks-sooner",
            "how much sooner alignment comes with sessions in person",
            Contrast("weeks", 0.0, weeks_to("aligned")),
            hours_or_sessions,
            "sessions in person align a network sooner than more hours for the same money",
            "more hours align a network sooner than sessions in person for the same money",
            shown="{:+.1f}",
        ),
    ),
)
LEAVING = OpenQuestion(
    "leaving",
    "When to move on from connecting?",
    "CAP",
    "A coordinator moves from connecting to aligning in a given week, and to producing 50 weeks later; compared with one who "
    "never moves on, on the same hours. Outputs of three years.",
    WEEK,
    HOURS,
    (
        Reading(
            "outputs",
            "outputs, moving on minus never moving on",
            Contrast("outputs", 0.0, outcome("outputs")),
            leaving_or_never,
            "moving on produces more outputs",
            "moving on produces fewer outputs",
            shown="{:+.1f}",
            best=True,
        ),
    ),
    effort=2,
)
STAR = OpenQuestion(
    "star",
    "Star or spread-out?",
    "GN",
    "The same members, ties (four each) and occasions to give, spread out or around two hubs, for half a year in which nobody "
    "comes or goes and no tie changes. Value received per member and week; 1 is twice as much as in a star.",
    ACTIVITY,
    replace(SIZE, values=(15, 30, 45, 60, 120, 160)),
    (
        Reading(
            "value",
            "value a member, spread out against star",
            Contrast("share more than in a star", 0.0, mean_of("value_per_member"), relative),
            lambda activity, members: structure(int(members), "star", "", "value_per_member", activity).arms,
            "a spread-out network gives members more",
            "a star gives members more",
            full=1.0,
        ),
    ),
)
QUESTIONS: tuple[OpenQuestion, ...] = (ONLINE, MASS, IN_PERSON_OR_ONLINE, LEAVING, STAR)
