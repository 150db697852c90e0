"""Experiments on meetings: how many people participants get to know, and who works together afterwards."""

from __future__ import annotations

import numpy as np

from sim.evidence.targets.counting import Measured, counted, experiment
from sim.evidence.targets.volunteering import NOBODY_WEAVES
from sim.inputs.scenario import Scenario, Table
from sim.lab.analysis.matrix_measures import either, trust_matrix
from sim.lab.open_world import open_world
from sim.model import steps
from sim.model.levers import LEVERS
from sim.model.luck import phase_key
from sim.model.state import NOBODY, World
from sim.model.world import copy_world, run_to

PEOPLE = 113
CONVENING: Table = {
    "title": "A three-day meeting of strangers",
    "weeks": 1,
    "network": {"kind": "empty", "members": PEOPLE},
    "strategies": {
        "meeting": {
            "hours": 0.0,
            "money": 1e6,
            "convenings": 1.0,
            "convening_first": 0,
            "connect": {},
            "policy": "never",
        }
    },
}
SESSION_WEEK, FOLLOWED, EVERY = 26, 26, 2
SESSION: Table = {
    "title": "A randomised session",
    "weeks": SESSION_WEEK + FOLLOWED,
    "network": {"kind": "communities", "members": 100, "degree": 4.0},
    "strategies": {"none": NOBODY_WEAVES},
}
SESSION_PHASE = 120
"""Keys the random draws of who meets whom; no phase of a week has this number."""


@experiment(CONVENING)
def convening(scenario: Scenario, seed: int, replicate: int) -> Measured:
    """113 strangers at one convening: people talked to per participant.

    Nobody gives or meets elsewhere, and everybody likes everybody, so that each conversation makes a tie.
    """
    made = scenario.with_({"giving.base": -10.0, "meeting.rate": 0.0, "meeting.liking": 10.0, "chemistry.base": 5.0})
    _, world = open_world(made, scenario.strategy(), seed, replicate)
    return {"talked": float(either(trust_matrix(run_to(world, 1))).sum() / PEOPLE)}


def working_together(world: World) -> np.ndarray:
    """Return who shares a working group: bool (n, n), nothing on the diagonal."""
    groups = np.array(world.members.groups[: world.network[0].members])
    first, second = groups[:, None, :, None], groups[None, :, None, :]
    together: np.ndarray = ((first == second) & (first != NOBODY)).any(axis=(2, 3))
    np.fill_diagonal(together, False)
    return together


def circles(world: World, luck: np.uint64) -> np.ndarray:
    """Return which pairs an ice-breaker brings together in a circle, with this luck: bool (n, n)."""
    number = int(steps.members_in_order(world, luck))
    p = world.parameters[0]
    order = np.array(world.scratch.order[: min(number, int(p.mass_icebreaker_places))])
    n = int(world.network[0].members)
    met = np.zeros((n, n), bool)
    size = max(2, int(p.meeting_circle))
    for begin in range(0, len(order), size):
        circle = order[begin : begin + size]
        met[np.ix_(circle, circle)] = True
    np.fill_diagonal(met, False)
    return met


def ever_together(world: World, pairs: np.ndarray) -> np.ndarray:
    """Return which of the pairs share a working group at some time in the following weeks: bool (n, n)."""
    n = len(pairs)
    together: np.ndarray = np.zeros((n, n), bool)
    for week in range(SESSION_WEEK + EVERY, SESSION_WEEK + FOLLOWED + 1, EVERY):
        world = run_to(world, week)
        together |= working_together(world)[:n, :n]
    together &= pairs
    return together


@experiment(SESSION)
def session(scenario: Scenario, seed: int, replicate: int) -> Measured:
    """Randomised circles in one of two copies of a world: pairs who work together within half a year, having met or not.

    The same pairs are followed in both copies, with the same luck; those who share a working group already are left out.
    """
    _, world = open_world(scenario, scenario.strategy(), seed, replicate)
    world = run_to(world, SESSION_WEEK)
    luck = np.uint64(phase_key(seed, replicate, SESSION_WEEK, SESSION_PHASE))
    pairs = circles(world, luck) & ~working_together(world)
    other = copy_world(world)
    steps.act(0, LEVERS["icebreakers"].number, other, luck)
    return {
        "met": counted(ever_together(other, pairs), pairs),
        "not_met": counted(ever_together(world, pairs), pairs),
    }
