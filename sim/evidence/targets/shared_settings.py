"""What experiments share: how often people meet, and starts from known trust."""

from __future__ import annotations

import numpy as np

from sim.inputs.scenario import Scenario
from sim.lab.analysis.matrix_measures import either, give_trust
from sim.lab.open_world import world_from
from sim.model.declarations import BY_KEY
from sim.model.start import new_network, numbered
from sim.model.state import World

TIME_PER_ENCOUNTER = 4.0
"""Gifts and encounters that a member has time for, for each encounter a week: no limit where people share a roof."""


def meeting(rate: float) -> dict[str, float]:
    """Return the settings of encounters a week, and of the additional time that they take."""
    usual = BY_KEY["members.attention"].default
    return {"meeting.rate": rate, "members.attention": usual + TIME_PER_ENCOUNTER * rate}


def world_of_trust(
    scenario: Scenario, trust: np.ndarray, sector: np.ndarray, seed: int, replicate: int, ledger: bool = False
) -> World:
    """Return a world before its first week, of individuals who trust as given and whom nobody coordinates.

    `trust`: row trusts column, float64 (n, n).  `sector`: int32 (n,).
    """
    people = len(trust)
    start = new_network(
        np.argwhere(np.triu(either(trust), 1)).astype(np.int32),
        names=numbered("m", 1, people),
        source="data",
        sector=sector,
        kind=np.zeros(people, np.int8),
    )
    world = world_from(start, scenario, "none", seed, replicate, ledger)
    give_trust(world, trust)
    return world
