"""What the page Watch shows: two strategies in one future, as a film of who is there, tied, in which group and giving to whom.

What lasts is a span of weeks, not repeated frame by frame: a tie from here to there at this strength.  So two networks of
some hundred members over three years are a few hundred kilobytes, sent once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from sim.dashboard.answering import Memory, follow
from sim.dashboard.network_drawing import (
    Place,
    Ties,
    called,
    groups_of,
    phases_of,
    places,
    ties_of,
    touched_by_coordinators,
)
from sim.dashboard.questions import FUTURE, Question, from_query, future_of, to_query, values_of
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.services import services
from sim.dashboard.workshop import Update
from sim.lab.open_world import open_world
from sim.model.outcomes import STAGES_REACHED, stage_weeks
from sim.model.state import COORDINATOR_MADE, KINDS, OUTPUTS, World
from sim.model.world import run_to

LEVELS = 4
MOST_GIFTS = 40
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Dropped(Exception):
    """Nobody waits for this film any more."""


class Spans(Generic[Key, Value]):
    """Spans of weeks of one kind of thing: `see` what is so in a week; what is no longer so, or has changed, ends."""

    def __init__(self) -> None:
        self._open: dict[Key, tuple[Value, int]] = {}
        self._closed: list[tuple[Key, Value, int, int]] = []

    def see(self, week: int, now: Mapping[Key, Value]) -> None:
        """Note what is so in this week, by key."""
        for key in [key for key, (value, _) in self._open.items() if now.get(key) != value]:
            value, since = self._open.pop(key)
            self._closed.append((key, value, since, week))
        for key, value in now.items():
            if key not in self._open:
                self._open[key] = (value, week)

    def end(self, week: int) -> list[tuple[Key, Value, int, int]]:
        """Return all spans (key, value, from week, to week: not included), in order of their beginning."""
        self.see(week, {})
        return sorted(self._closed, key=lambda span: (span[2], span[0]))


@dataclass(frozen=True)
class FilmSide:
    """One strategy's film of a future.  Weeks count from 0, the start; a span ends before its last number.

    `members`: [row, group, from, to]; `phases`: [group, phase, from, to]; `ties`: [a, b, strength 0 to 3, made by the
    coordinator, from, to]; `touched`: by week, whom the coordinator was in contact with; `left`: by row, week and "out" or
    "away" (with a group that breaks away); `gifts`: by week, [from, to, kind], from -1 if a coordinator passed it on;
    `given`, `received`: by row, gifts of each kind; `stages`: week reached and week lost.
    """

    key: str
    label: str
    coordinated: bool
    names: list[str]
    kind: list[int]
    joined: list[int]
    left: dict[int, tuple[int, str]]
    members: list[list[int]]
    phases: list[list[int]]
    ties: list[list[int]]
    touched: list[list[int]]
    gifts: list[list[list[int]]]
    given: list[list[int]]
    received: list[list[int]]
    stages: dict[str, list[int | None]]
    outputs: list[int]


@dataclass(frozen=True)
class Film:
    """Two strategies in the same future, side by side, and a place for everybody in both."""

    weeks: int
    replicate: int
    places: list[Place]
    sides: list[FilmSide]


@dataclass
class Recording:
    """What is noted while a future runs."""

    ties: Spans[tuple[int, int], tuple[int, int]] = field(default_factory=Spans)
    members: Spans[int, int] = field(default_factory=Spans)
    phases: Spans[int, int] = field(default_factory=Spans)
    together: Ties = field(default_factory=dict)
    touched: list[list[int]] = field(default_factory=list)
    left: dict[int, tuple[int, str]] = field(default_factory=dict)

    def see(self, world: World, week: int) -> None:
        """Note how a week ends."""
        ties = ties_of(world)
        level = np.minimum((ties.trust * LEVELS).astype(int), LEVELS - 1)
        states = zip(level.tolist(), (ties.origin == COORDINATOR_MADE).astype(int).tolist(), strict=True)
        pairs = ties.pairs()
        self.ties.see(week, {pair: state for (pair, _), state in zip(pairs, states, strict=True)})
        for pair, trust in pairs:
            self.together[pair] = self.together.get(pair, 0.0) + trust
        self.members.see(week, groups_of(world))
        self.phases.see(week, phases_of(world))
        self.touched.append(touched_by_coordinators(world, week))

    def see_leavers(self, world: World, seats: np.ndarray, before: np.ndarray, week: int) -> None:
        """Note who left in this week, and whether alone or with a group that broke away.

        `seats`, `before`: everybody's groups and who was there, a week ago.  Somebody who joined a group in the week in which
        it left is found in the group's own list of members.
        """
        groups = world.groups[: int(world.network[0].group_rows)]
        gone = np.flatnonzero((groups["ended"] == week) & (groups["in_network"] == 0) & (groups["alive"] == 0))
        gone = gone[groups["founded"][gone] <= week]
        leavers = np.flatnonzero((before == 1) & (world.members.active[: len(before)] == 0)).tolist()
        away = {i for i in leavers if np.isin(seats[i], gone).any()}
        if len(away) < int(world.weekly[week].broken_away):
            away |= set(leavers) & set(groups["members"][gone].ravel().tolist())
        self.left.update({i: (week + 1, "away" if i in away else "out") for i in leavers})


def film_side(
    question: Question,
    key: str,
    replicate: int,
    dropped: Callable[[], bool] = lambda: False,
    folder: Path | None = None,
) -> tuple[FilmSide, Ties]:
    """Return one strategy's film of one future, and how long and strongly each pair was tied.

    Raises Dropped once `dropped` returns True.
    """
    scenario = scenario_of(question, folder)
    start, world = open_world(scenario, key, int(question.seed), replicate, ledger=True)
    recording = Recording()
    for week in range(scenario.weeks + 1):
        if dropped():
            raise Dropped
        if week:
            seats, before = world.members.groups.copy(), world.members.active.copy()
            world = run_to(world, week)
            recording.see_leavers(world, seats, before, week - 1)
        recording.see(world, week)
    side = side_of(world, key, question.labels[key], start.names, scenario.weeks, recording)
    return side, recording.together


def side_of(world: World, key: str, label: str, names: tuple[str, ...], weeks: int, recording: Recording) -> FilmSide:
    """Return the film of a future that has been recorded."""
    number = int(world.network[0].members)
    gifts, given, received = gifts_of(world, weeks, number)
    weekly = world.weekly[:weeks]
    reached, lost = (stage_weeks(world.network[0][name], weeks) for name in ("reached", "fallen"))
    return FilmSide(
        key=key,
        label=label,
        coordinated=any(recording.touched),
        names=[called(i, names) for i in range(number)],
        kind=world.members.kind[:number].tolist(),
        joined=[0 if i < len(names) else int(world.members[i].joined) + 1 for i in range(number)],
        left=recording.left,
        members=[list(span) for span in recording.members.end(weeks + 1)],
        phases=[list(span) for span in recording.phases.end(weeks + 1)],
        ties=[[*pair, *state, since, to] for pair, state, since, to in recording.ties.end(weeks + 1)],
        touched=recording.touched,
        gifts=gifts,
        given=given,
        received=received,
        stages={
            stage: [None if week != week else int(week) for week in weeks_of]
            for stage, *weeks_of in zip(STAGES_REACHED, reached, lost, strict=True)
        },
        outputs=np.cumsum(sum(np.asarray(weekly[f"outputs_{kind}"]) for kind in OUTPUTS)).astype(int).tolist(),
    )


def gifts_of(world: World, weeks: int, number: int) -> tuple[list[list[list[int]]], list[list[int]], list[list[int]]]:
    """Return the gifts of each week, [from, to, kind], evenly chosen if there are too many to draw.

    Also how many of each kind every member gave (at first hand, not passed on) and received in all.
    """
    lines = world.ledger[: int(world.network[0].gifts_logged)]
    given, received = np.zeros((number, len(KINDS)), int), np.zeros((number, len(KINDS)), int)
    first = lines[(lines["hops"] == 0) & (lines["source"] >= 0)]
    np.add.at(given, (first["source"], first["kind"]), 1)
    np.add.at(received, (lines["receiver"], lines["kind"]), 1)
    ends = np.searchsorted(lines["week"], np.arange(weeks + 1))
    gifts = []
    for week in range(weeks):
        some = lines[ends[week] : ends[week + 1]]
        if len(some) > MOST_GIFTS:
            some = some[np.linspace(0, len(some) - 1, MOST_GIFTS).astype(int)]
        gifts.append([[max(int(one.giver), -1), int(one.receiver), int(one.kind)] for one in some])
    return gifts, given.tolist(), received.tolist()


def film(
    question: Question,
    keys: tuple[str, str],
    replicate: int,
    dropped: Callable[[], bool] = lambda: False,
    folder: Path | None = None,
) -> Film:
    """Return two strategies in the same future, side by side.

    `folder`: where the files of an uploaded network are.  Raises Dropped once `dropped` returns True.
    """
    sides, ties = zip(*(film_side(question, key, replicate, dropped, folder) for key in keys), strict=True)
    everybody = places(ties, max(len(side.names) for side in sides))
    return Film(question.weeks, replicate, everybody, list(sides))


SIDES = "sides"


@dataclass(frozen=True)
class WatchChoice:
    """What to watch: two strategies of a question in one of its futures; None: a typical one."""

    question: Question
    sides: tuple[str, str]
    future: int | None = None

    @property
    def query(self) -> str:
        """The query of a link to it."""
        future = "" if self.future is None else f"&{FUTURE}={self.future}"
        return f"{to_query(self.question)}&{SIDES}={''.join(self.sides)}{future}"

    def with_side(self, side: int, key: str) -> WatchChoice:
        """Return another strategy on one side; if it is on the other side already, the two swap."""
        sides = list(self.sides)
        if key in self.question.keys and key != sides[side]:
            if key == sides[1 - side]:
                sides[1 - side] = sides[side]
            sides[side] = key
        return replace(self, sides=(sides[0], sides[1]))


def screening_of(search: str | None) -> WatchChoice:
    """Return what a link asks to watch, held in bounds."""
    question = from_query(search).question
    chosen = values_of(search).get(SIDES, "")
    sides = [key for key in chosen if key in question.keys][:2]
    first, second = (*sides, *[key for key in question.keys if key not in sides])[:2]
    return WatchChoice(question, (first, second), future_of(search, question))


def make_film(
    screening: WatchChoice, memory: Memory, folder: Path | None, dropped: threading.Event
) -> Iterator[Update[Film]]:
    """Find a typical future if none is given, then film it.  `folder`: where the files of an uploaded network are."""
    question, future = screening.question, screening.future
    yield Update(text="Looking for a typical future \u2026")
    if future is None:
        for step in follow(question, services().workshop, memory, dropped.is_set, folder):
            yield Update(step.done, step.total, text="Simulating futures, to find a typical one \u2026")
            if step.final and step.result:
                future = step.result.typical
                break  # worlds follow, which a film does not need
    if future is not None:
        yield Update(text="Recording it \u2026")
        yield Update(result=film(question, screening.sides, future, dropped.is_set, folder), final=True)
