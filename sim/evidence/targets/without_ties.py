"""Members who stay without a tie, and networks that align before they are connected, in the default world."""

from __future__ import annotations

import numpy as np

from sim.evidence.targets.counting import Counted, Measured, Overrides, Run
from sim.evidence.targets.volunteering import NOBODY_WEAVES
from sim.inputs.scenario import Scenario, Table
from sim.lab.open_world import YEAR, open_world
from sim.model.outcomes import outcomes_of
from sim.model.state import World
from sim.model.world import run_to, without_maps

HALF_YEAR, SEASON = 26, 13
ALONE: Table = {
    "title": "The karate club without its weaker ties and with newcomers, alone",
    "weeks": 3 * YEAR,
    "network": {"kind": "karate", "keep_strongest": 0.7, "newcomers": 8, "organisations": 0.15, "sectors": 3},
    "strategies": {"none": NOBODY_WEAVES},
}


def without_a_tie(world: World) -> Counted:
    """Count members of at least half a year who have no tie now."""
    network = world.network[0]
    members = world.members[: network.members]
    settled = (members["active"] == 1) & (network.week - members["joined"] >= HALF_YEAR)
    return Counted(float((settled & (members["degree"] == 0)).sum()), float(settled.sum()))


def alone(overrides: Overrides) -> Run:
    """Members without a coordinator for three years: half a year in without a tie, aligned without being connected."""
    scenario = Scenario.from_document(ALONE).with_(overrides)

    def run(seed: int, replicate: int) -> Measured:
        _, world = open_world(scenario, "none", seed, replicate)
        world = without_maps(world)
        hits = total = 0.0
        for week in range(HALF_YEAR, scenario.weeks + 1, SEASON):
            world = run_to(world, week)
            counts = without_a_tie(world)
            hits, total = hits + counts.hits, total + counts.total
        network = world.network[0]
        outcomes = outcomes_of(world, network.reached, network.fallen, scenario.weeks, np.nan)
        return {
            "without_tie": Counted(hits, total),
            "aligned_unconnected": Counted(outcomes["aligned_unconnected"], 1.0),
            "alive": Counted(outcomes["alive"], 1.0),
        }

    return run
