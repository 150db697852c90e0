"""The club that split: does the model break Zachary's karate club where it broke?

The instructor (Mr. Hi) and the officer fell out, and each member followed one of them (Zachary 1977).  Here the two
leaders hold viewpoints far apart and never change them; everybody else follows the rules, nobody coordinates, joins or
leaves.  Sides are predicted without the real ones, in three ways:

- *views*: the leader whose viewpoint is nearer at the end;
- *pull*: the leader towards whom a member moved, from two futures with the same luck in which the leaders swap places, so
  that initial viewpoints cancel; for single pairs of futures, and by majority over many;
- *ties*: the leader whom a random walk along trust reaches first.

Benchmarks are chance (random sides of the real sizes) and cuts of the start network (networkx): Zachary's minimum cut
between the leaders, Kernighan & Lin's bisection, Girvan & Newman's first split, and the walk along the initial ties.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import networkx as nx
import numpy as np

from sim.evidence.targets.counting import Counted, Measure, Measured, Overrides, Run
from sim.evidence.targets.volunteering import NOBODY_WEAVES
from sim.inputs.networks import real
from sim.inputs.networks.exchange import to_networkx
from sim.inputs.scenario import Scenario, Table
from sim.lab.analysis.matrix_measures import trust_matrix
from sim.lab.open_world import world_from
from sim.model.start import StartNetwork
from sim.model.state import World
from sim.model.world import run_to

LOOK, WEEKS = 52, 156
"""Week at the end of which sides are predicted, and up to which break-aways are counted."""
APART = 0.8
STEPS = 500
CLUB: Table = {
    "title": "The club that split",
    "weeks": WEEKS,
    "network": {"kind": "karate"},
    "strategies": {"none": NOBODY_WEAVES},
}
CLOSED = {"arrival.base": 0.0, "arrival.referral": 0.0, "leaving.hazard": 0.0}


def club() -> StartNetwork:
    """Return the club, all of one sector and no organisations, so that members differ by ties and leaders only."""
    start = real.karate()
    people = start.members
    return replace(start, sector=np.zeros(people, np.int32), kind=np.zeros(people, np.int8))


def with_leaders_apart(start: StartNetwork, swapped: bool) -> StartNetwork:
    """Return the club with its leaders' viewpoints `APART`, on either side of the middle; `swapped`: in each other's place."""
    view = start.viewpoint.copy()
    sides = (0.5 + APART / 2, 0.5 - APART / 2) if swapped else (0.5 - APART / 2, 0.5 + APART / 2)
    for leader, place in zip(start.leaders, sides, strict=True):
        view[leader] = place, 0.5
    return replace(start, viewpoint=view)


def held(world: World, start: StartNetwork, week: int, together: np.ndarray | None = None) -> World:
    """Run to the end of a week; leaders return to their viewpoints every week.

    `together`: int (2,), counts pairs that broke away in one group: those of one real side, and all.
    """
    leaders = list(start.leaders)
    while world.network[0].week < week:
        seats = world.groups.members.copy()
        seated = world.groups.seated.copy()
        world = run_to(world, int(world.network[0].week) + 1)
        world.members.viewpoint[leaders] = start.viewpoint[leaders]
        if together is not None and world.weekly[world.network[0].week - 1].break_aways > 0:
            count_break_aways(world, start, seats, seated, together)
    return world


def count_break_aways(
    world: World, start: StartNetwork, seats: np.ndarray, seated: np.ndarray, together: np.ndarray
) -> None:
    """Count pairs of the club who left in one group this week, as they sat the week before."""
    faction = start.faction
    assert faction is not None
    left = np.array(world.members.left[: start.members])
    week = int(world.network[0].week) - 1
    gone = np.flatnonzero((world.groups.alive == 0) & (world.groups.in_network == 0) & (world.groups.ended == week))
    for g in gone:
        sitting = [int(i) for i in seats[g, : seated[g]] if i < start.members and left[i] == week]
        for i, j in combinations(sitting, 2):
            together += (int(faction[i] == faction[j]), 1)


def by_views(world: World, start: StartNetwork) -> np.ndarray:
    """Return sides by the nearer viewpoint: int (34,), 0 the first leader's."""
    view = np.array(world.members.viewpoint[: start.members])
    gap = [np.linalg.norm(view - start.viewpoint[leader], axis=1) for leader in start.leaders]
    return np.where(gap[1] < gap[0], 1, 0)


def by_pull(world: World, other: World, start: StartNetwork) -> np.ndarray:
    """Return sides by the direction of movement between two worlds whose leaders have swapped places: int (34,)."""
    shift = np.array(world.members.viewpoint[: start.members, 0]) - np.array(
        other.members.viewpoint[: start.members, 0]
    )
    return np.where(shift > 0, 1, 0)


def by_ties(trust: np.ndarray, leaders: tuple[int, ...]) -> np.ndarray:
    """Return sides by the leader whom a walk along trust meets first: int (n,); the first's where it meets neither."""
    out = trust.sum(axis=1, keepdims=True)
    step = np.divide(trust, out, out=np.zeros_like(trust), where=out > 0)
    chance = np.zeros(len(trust))
    for _ in range(STEPS):
        chance = step @ chance
        chance[leaders[0]], chance[leaders[1]] = 0.0, 1.0
    return (chance > 0.5).astype(int)


def on_real_side(sides: np.ndarray, start: StartNetwork) -> float:
    """Return the share of members on the side that they really took."""
    return float(np.mean(sides == start.faction))


def split(overrides: Overrides) -> Run:
    """One pair of futures of the club: shares on their real side after a year, and who broke away with whom in three."""
    scenario = Scenario.from_document(CLUB).with_({**CLOSED, **overrides})
    plain = club()
    start, changed = with_leaders_apart(plain, False), with_leaders_apart(plain, True)

    def run(seed: int, replicate: int) -> Measured:
        together = np.zeros(2, int)
        world = held(world_from(start, scenario, "none", seed, replicate), start, LOOK, together)
        other = held(world_from(changed, scenario, "none", seed, replicate), changed, LOOK)
        pulled = by_pull(world, other, start)
        measures: dict[str, Measure] = {
            "views": on_real_side(by_views(world, start), start),
            "pull": on_real_side(pulled, start),
            "pull_of_each": (pulled == start.faction).astype(float),
            "ties": on_real_side(by_ties(trust_matrix(world)[: start.members, : start.members], start.leaders), start),
        }
        held(world, start, WEEKS, together)
        return measures | {"broke_away_together": Counted(float(together[0]), float(together[1]))}

    return run


def graph_cuts() -> dict[str, float]:
    """Return the share of members on their real side by cuts of the start network."""
    start = club()
    graph = to_networkx(start)
    nx.set_edge_attributes(graph, 1, "one")
    first, second = start.leaders
    parts = {
        "minimum cut, weighted (Zachary)": nx.minimum_cut(graph, first, second, capacity="strength")[1],
        "minimum cut": nx.minimum_cut(graph, first, second, capacity="one")[1],
        "Kernighan-Lin": nx.community.kernighan_lin_bisection(graph, weight="strength", seed=0),
        "Girvan-Newman": next(nx.community.girvan_newman(graph)),
    }
    shares = {
        "walk along ties": on_real_side(by_ties(nx.to_numpy_array(graph, weight="strength"), start.leaders), start)
    }
    for name, sides in parts.items():
        first_side = next(set(side) for side in sides if first in side)
        shares[name] = on_real_side(np.array([0 if i in first_side else 1 for i in range(start.members)]), start)
    return shares


def chance() -> float:
    """Return the expected share by chance: random sides of the real sizes, with the leaders on theirs."""
    start = club()
    sizes = np.bincount(np.asarray(start.faction), minlength=2)
    free = sizes - 1
    right = 2 + (free[0] ** 2 + free[1] ** 2) / free.sum()
    return float(right / start.members)
