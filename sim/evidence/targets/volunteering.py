"""Experiments on volunteers and coalitions: who leaves, how far a contribution spreads, what is left when the money ends."""

from __future__ import annotations

import numpy as np

from sim.evidence.targets.counting import Counted, Measured, experiment
from sim.inputs.scenario import Scenario, Table
from sim.lab.analysis.matrix_measures import gifts_logged
from sim.lab.future import run_future
from sim.lab.open_world import YEAR, open_world
from sim.model.state import KNOWLEDGE, SKILLS, World
from sim.model.world import run_to

NOBODY_WEAVES: Table = {"coordinators": []}
VOLUNTEERS: Table = {
    "title": "Volunteers with one coordinator",
    "weeks": 3 * YEAR,
    "network": {"kind": "communities", "members": 40, "degree": 3.0},
    "strategies": {"woven": {"hours": 10.0}},
}
ALONE: Table = {**VOLUNTEERS, "title": "Volunteers alone", "strategies": {"none": NOBODY_WEAVES}}
FUNDED, AFTER = 3 * YEAR, 5 * YEAR
LEAST_PARTNERS = 3
COALITION: Table = {
    "title": "A coalition of organisations whose funding ends",
    "weeks": FUNDED + AFTER,
    "network": {"kind": "communities", "members": 15, "degree": 4.0, "organisations": 1.0},
    "strategies": {"funded": {"hours": 20.0, "changes": [{"week": FUNDED, "coordinator_leaves": True}]}},
}
DIRECTORS: Table = {
    "title": "Directors of city programmes, with two full-time staff",
    "weeks": 4 * YEAR,
    "network": {"kind": "communities", "members": 111, "degree": 3.0},
    "strategies": {
        "staff": {
            "hours": 40.0,
            "policy": "readiness",
            "coordinators": [{"money": 50_000.0, "convenings": 1.0}, {}],
        }
    },
}


def yearly_attrition(weekly: np.ndarray) -> float:
    """Return the chance that a member leaves within a year: weekly chances compounded, mean over whole years.

    `weekly`: records of `sim.model.state.WEEKLY`.  Weeks without members are left out.
    """
    members = weekly["members"] + weekly["dropped_out"] + weekly["broken_away"]
    stay = 1.0 - np.divide(weekly["dropped_out"], members, out=np.zeros(len(weekly)), where=members > 0)
    years = len(weekly) // YEAR
    return float(np.mean([1.0 - np.prod(stay[year * YEAR : (year + 1) * YEAR]) for year in range(years)]))


def contributions_per_first(world: World) -> float:
    """Return gifts of knowledge and skills, first ones and those passed on, per first one."""
    gifts = gifts_logged(world)
    spreads = gifts[(gifts["kind"] == KNOWLEDGE) | (gifts["kind"] == SKILLS)]
    first = int((spreads["hops"] == 0).sum())
    return len(spreads) / first if first else np.nan


@experiment(VOLUNTEERS)
def volunteers(scenario: Scenario, seed: int, replicate: int) -> Measured:
    """Forty volunteers with a coordinator of ten hours, three years: yearly attrition, contributions per first one."""
    _, world = open_world(scenario, scenario.strategy(), seed, replicate, ledger=True)
    world = run_to(world, scenario.weeks)
    return {
        "attrition": yearly_attrition(np.array(world.weekly[: scenario.weeks])),
        "contributions": contributions_per_first(world),
    }


@experiment(ALONE)
def alone(scenario: Scenario, seed: int, replicate: int) -> Measured:
    """The same volunteers without a coordinator: whether the network is alive after three years.

    Not a target: that such networks lie in the tipping region is a premise of the design.
    """
    outcomes = run_future(scenario, scenario.strategy(), seed, replicate, renewal=False).outcomes
    return {"alive": Counted(outcomes["alive"], 1.0)}


@experiment(COALITION)
def coalition(scenario: Scenario, seed: int, replicate: int) -> Measured:
    """Fifteen organisations with a coordinator for three years: whether three or more still work together five years on.

    As in the study, a coalition is sustained if three or more organisations collaborate.
    """
    world = run_future(scenario, scenario.strategy(), seed, replicate, renewal=False).world
    groups = world.groups[: world.network[0].group_rows]
    working = bool(np.any((groups["alive"] == 1) & (groups["seated"] >= LEAST_PARTNERS)))
    return {"sustained": Counted(float(working), 1.0)}


@experiment(DIRECTORS)
def directors(scenario: Scenario, seed: int, replicate: int) -> Measured:
    """111 members with two full-time staff who move on when the network is ready: weeks until it is aligned.

    Infinite where it was not within four years.
    """
    outcomes = run_future(scenario, scenario.strategy(), seed, replicate, renewal=False).outcomes
    weeks = outcomes["aligned_week"]
    return {"weeks_to_alignment": np.inf if np.isnan(weeks) else weeks}
