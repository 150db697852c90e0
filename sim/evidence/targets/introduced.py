"""An introduced pair against the same pair without the introduction: two copies of one network, a year later."""

from __future__ import annotations

import numpy as np

from sim.evidence.targets.counting import Measured, Overrides, Run, counted
from sim.inputs.scenario import Scenario, Table
from sim.lab.analysis.matrix_measures import either, trust_matrix
from sim.lab.open_world import CLOSED, YEAR, open_world
from sim.model import steps
from sim.model.levers import LEVERS
from sim.model.luck import phase_key
from sim.model.world import copy_world, run_to

START, INTRODUCTIONS = 26, 20
"""Weeks that the network has lived before, and how often the coordinator acts."""
PHASE = 121
"""Keys the random draws of who is introduced; no phase of a week has this number.  A hub introduces two members directly."""
SCATTERED: Table = {
    "title": "A scattered network whose coordinator introduces some pairs",
    "weeks": START + YEAR,
    "network": {"kind": "communities", "members": 40, "degree": 3.0},
    "strategies": {"hub": {"hours": 0.0, "hub_share": 1.0, "policy": "never", "connect": {}}},
}


def introduced(overrides: Overrides) -> Run:
    """Pairs of two sectors whom a coordinator introduces in one copy of a network: tied a year later, there and in the other."""
    settings = {**CLOSED, **overrides}
    scenario = Scenario.from_document(SCATTERED).with_(settings)

    def run(seed: int, replicate: int) -> Measured:
        _, world = open_world(scenario, "hub", seed, replicate)
        world = run_to(world, START)
        other, before = copy_world(world), either(trust_matrix(world))
        for number in range(INTRODUCTIONS):
            luck = np.uint64(phase_key(seed, replicate, START + number, PHASE))
            steps.act(0, LEVERS["close_triads"].number, other, luck)
        n = len(before)
        sector = np.array(world.members["sector"][:n])
        pairs = either(trust_matrix(other)) & ~before & (sector[:, None] != sector[None, :])
        with_it, without = (either(trust_matrix(run_to(each, START + YEAR)))[:n, :n] for each in (other, world))
        return {"introduced": counted(with_it, pairs), "not_introduced": counted(without, pairs)}

    return run
