"""One future as a film: who is there, tied, in which group and giving to whom, week by week, fit for a player.

What lasts is told as spans of weeks, not frame by frame: a tie from here to there at this strength.  So two networks of
some hundred members over three years are a few hundred kilobytes, sent once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from sim.dashboard.questions import Question
from sim.dashboard.scenarios import scenario_of
from sim.lab.future import open_world
from sim.model.graphs import name_of
from sim.model.outcomes import STAGES_REACHED, stage_weeks
from sim.model.state import COORDINATOR_MADE, KINDS, NOBODY, OUTPUTS, World
from sim.model.world import run_to

LEVELS = 4
MOST_GIFTS = 40
TURNS, EVEN, SPREAD = 80, 0.5, 3.0
MEASURES = ("members", "ties", "mean_trust", "in_groups", "coordinator_dependence")

Spans = list[list[int]]


class Dropped(Exception):
    """Nobody waits for this film any more."""


class Thread:
    """Spans of one kind of thing: `see` what is so this week; what is no longer so, or has changed, ends."""

    def __init__(self) -> None:
        self.open: dict[Any, tuple[Any, int]] = {}
        self.spans: list[tuple[Any, Any, int, int]] = []

    def see(self, week: int, now: dict[Any, Any]) -> None:
        """What is so in this week, by key."""
        for key in [key for key, (value, _) in self.open.items() if now.get(key) != value]:
            value, since = self.open.pop(key)
            self.spans.append((key, value, since, week))
        for key, value in now.items():
            if key not in self.open:
                self.open[key] = (value, week)

    def end(self, week: int) -> list[tuple[Any, Any, int, int]]:
        """All spans (key, value, from week, to week: not included), in order of their beginning."""
        self.see(week, {})
        return sorted(self.spans, key=lambda span: (span[2], span[0]))


def ties_of(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Ties now: rows of both ends, trust, origin; each tie once."""
    number = int(world.network[0].members)
    ties: Any = world.ties[:number]
    degree: Any = world.members.degree[:number]
    used = np.arange(ties.shape[1])[None, :] < degree[:, None]
    rows, slots = np.nonzero(used & (ties.other > np.arange(number)[:, None]))
    found = ties[rows, slots]
    return rows, np.array(found.other), np.array(found.trust), np.array(found.origin)


def side(
    question: Question,
    key: str,
    replicate: int,
    dropped: Callable[[], bool] = lambda: False,
    folder: Path | None = None,
) -> tuple[dict[str, Any], dict[tuple[int, int], float]]:
    """One strategy's film of one future, and how long and strongly each pair was tied (for laying people out).

    Errors: Dropped once `dropped` says so.
    """
    scenario = scenario_of(question, folder)
    start, world = open_world(scenario, key, int(question.seed), replicate, ledger=True)
    weeks = scenario.weeks
    ties, members, phases = Thread(), Thread(), Thread()
    together: dict[tuple[int, int], float] = {}
    touched: list[list[int]] = []
    left: dict[int, tuple[int, str]] = {}
    for week in range(weeks + 1):
        if dropped():
            raise Dropped
        if week:
            seats, before = world.members.groups.copy(), world.members.active.copy()
            world = run_to(world, week)
            note_leavers(world, seats, before, week - 1, left)
        a, b, trust, origin = ties_of(world)
        level = np.minimum((trust * LEVELS).astype(int), LEVELS - 1)
        made = origin == COORDINATOR_MADE
        ties.see(
            week,
            {
                (i, j): (s, int(o))
                for i, j, s, o in zip(a.tolist(), b.tolist(), level.tolist(), made.tolist(), strict=True)
            },
        )
        add_ties(together, a, b, trust)
        first = seat_of(world)
        here = np.flatnonzero(world.members.active[: int(world.network[0].members)] == 1)
        members.see(week, {i: group_at(world, int(first[i])) for i in here.tolist()})
        phases.see(week, phases_of(world))
        touched.append(touched_by_coordinators(world, week))
    return told(world, question, key, start.names, weeks, (ties, members, phases), touched, left), together


def add_ties(together: dict[tuple[int, int], float], a: np.ndarray, b: np.ndarray, trust: np.ndarray) -> None:
    """Add a week's ties to how long and strongly each pair was tied."""
    for i, j, t in zip(a.tolist(), b.tolist(), trust.tolist(), strict=True):
        together[i, j] = together.get((i, j), 0.0) + t


def seat_of(world: World) -> np.ndarray:
    """The row of each member's first working group, -1 for none."""
    groups: Any = world.members.groups
    return np.where(groups[:, 0] != NOBODY, groups[:, 0], groups[:, 1])


def group_at(world: World, row: int) -> int:
    """A group's number in order of founding, -1 for none."""
    return int(world.groups[row].serial) if row != NOBODY else NOBODY


def phases_of(world: World) -> dict[int, int]:
    """Phase of each group, by its number."""
    groups: Any = world.groups[: int(world.network[0].group_rows)]
    return {int(one.serial): int(one.phase) for one in groups[groups.alive == 1]}


def note_leavers(
    world: World, seats: np.ndarray, before: np.ndarray, week: int, left: dict[int, tuple[int, str]]
) -> None:
    """Who left in this week, and whether alone or with a group that broke away.

    `seats`: everybody's groups the week before.  Somebody who joined a group in the week of its leaving is found in the
    list of seats that it left behind.
    """
    groups: Any = world.groups[: int(world.network[0].group_rows)]
    gone = np.flatnonzero((groups.ended == week) & (groups.in_network == 0) & (groups.alive == 0))
    gone = gone[groups.founded[gone] <= week]
    leavers = np.flatnonzero((before == 1) & (world.members.active[: len(before)] == 0)).tolist()
    away = {i for i in leavers if np.isin(seats[i], gone).any()}
    if len(away) < int(world.weekly[week].broken_away):
        away |= set(leavers) & set(groups.members[gone].ravel().tolist())
    left.update({i: (week + 1, "away" if i in away else "out") for i in leavers})


def touched_by_coordinators(world: World, week: int) -> list[int]:
    """Members whom a coordinator in office was in contact with in the week that has just ended."""
    bonds: Any = world.bonds
    working: Any = world.coordinators.working > 0
    number = int(world.network[0].members)
    if not week or not working.any():
        return []
    near = (bonds.last[:, :number] == week - 1) & (bonds.trust[:, :number] > 0) & working[:, None]
    return np.flatnonzero(near.any(axis=0) & (world.members.active[:number] == 1)).tolist()


def told(
    world: World,
    question: Question,
    key: str,
    names: tuple[str, ...],
    weeks: int,
    threads: tuple[Thread, Thread, Thread],
    touched: list[list[int]],
    left: dict[int, tuple[int, str]],
) -> dict[str, Any]:
    """A side of the film, fit for JSON."""
    ties, members, phases = threads
    number = int(world.network[0].members)
    gifts, given, received = gifts_of(world, weeks, number)
    weekly: Any = world.weekly[:weeks]
    reached, lost = (stage_weeks(world.network[0][name], weeks) for name in ("reached", "fallen"))
    return {
        "key": key,
        "label": question.labels[key],
        "coordinated": any(touched),
        "names": [name_of(i, names) for i in range(number)],
        "kind": world.members.kind[:number].tolist(),
        "joined": [0 if i < len(names) else int(world.members[i].joined) + 1 for i in range(number)],
        "left": {str(i): [week, how] for i, (week, how) in left.items()},
        "members": [[i, group, since, to] for i, group, since, to in members.end(weeks + 1)],
        "phases": [[group, phase, since, to] for group, phase, since, to in phases.end(weeks + 1)],
        "ties": [[a, b, level, made, since, to] for (a, b), (level, made), since, to in ties.end(weeks + 1)],
        "touched": touched,
        "gifts": gifts,
        "given": given,
        "received": received,
        "stages": {
            stage: [None if week != week else int(week) for week in weeks_of]
            for stage, *weeks_of in zip(STAGES_REACHED, reached, lost, strict=True)
        },
        "weekly": {name: [None if x != x else round(float(x), 3) for x in weekly[name]] for name in MEASURES},
        "outputs": np.cumsum(sum(np.asarray(weekly[f"outputs_{kind}"]) for kind in OUTPUTS)).astype(int).tolist(),
        "away": [int(week) + 1 for week in np.flatnonzero(weekly["break_aways"] > 0)],
    }


def gifts_of(world: World, weeks: int, number: int) -> tuple[list[list[list[int]]], list[list[int]], list[list[int]]]:
    """Gifts of each week, [from, to, kind] (from -1: a coordinator relayed it), at most so many, evenly chosen.

    Also how many of each kind every member gave (first, not passed on) and received in all.
    """
    lines: Any = world.ledger[: int(world.network[0].gifts_logged)]
    given, received = np.zeros((number, len(KINDS)), int), np.zeros((number, len(KINDS)), int)
    first = lines[(lines.hops == 0) & (lines.source >= 0)]
    np.add.at(given, (first.source, first.kind), 1)
    np.add.at(received, (lines.receiver, lines.kind), 1)
    ends = np.searchsorted(lines.week, np.arange(weeks + 1))
    found = []
    for week in range(weeks):
        some = lines[ends[week] : ends[week + 1]]
        if len(some) > MOST_GIFTS:
            some = some[np.linspace(0, len(some) - 1, MOST_GIFTS).astype(int)]
        found.append([[max(int(one.giver), -1), int(one.receiver), int(one.kind)] for one in some])
    return found, given.tolist(), received.tolist()


def places(together: list[dict[tuple[int, int], float]], number: int) -> list[list[float]]:
    """A place for everybody, the same on both sides and all the time: near those they are tied to most and longest.

    Numbers from -1 to 1.  A spring layout with a fixed seed gives the directions and who is further in; distances from
    the middle are then spread out, so that a dense core does not end as one spot.
    """
    graph = nx.Graph()
    graph.add_nodes_from(range(number))
    for one in together:
        for (i, j), weight in one.items():
            graph.add_edge(i, j, weight=graph.get_edge_data(i, j, {"weight": 0.0})["weight"] + weight)
    for _, _, attributes in graph.edges(data=True):
        attributes["weight"] = attributes["weight"] ** EVEN
    found = nx.spring_layout(graph, k=SPREAD / max(1.0, number**0.5), iterations=TURNS, seed=1)
    points = np.array([found[i] for i in range(number)])
    points -= np.median(points, axis=0)
    radius = np.hypot(*points.T)
    even = np.sqrt((np.argsort(np.argsort(radius)) + 0.5) / number)
    points *= (even / np.maximum(radius, 1e-9))[:, None]
    return [[round(float(x), 3), round(float(y), 3)] for x, y in points]


def film(
    question: Question,
    keys: tuple[str, str],
    replicate: int,
    dropped: Callable[[], bool] = lambda: False,
    folder: Path | None = None,
) -> dict[str, Any]:
    """Two strategies in the same future, side by side, fit for JSON.

    `folder`: where the files of an uploaded network are.  Errors: Dropped once `dropped` says so.
    """
    made = [side(question, key, replicate, dropped, folder) for key in keys]
    number = max(len(one["names"]) for one, _ in made)
    return {
        "weeks": question.weeks,
        "replicate": replicate,
        "kinds": list(KINDS),
        "places": places([together for _, together in made], number),
        "sides": [one for one, _ in made],
    }
