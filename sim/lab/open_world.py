"""A future before its first week."""

from __future__ import annotations

from sim.inputs import networks
from sim.inputs.scenario import Scenario
from sim.model.start import StartNetwork
from sim.model.state import World
from sim.model.world import build_world

YEAR = 52
CLOSED: dict[str, float] = {
    "leaving.hazard": 0.0,
    "arrival.base": 0.0,
    "arrival.referral": 0.0,
    "breakaway.hazard": 0.0,
}
"""Nobody comes or leaves."""


def open_world(
    scenario: Scenario, strategy: str, seed: int, replicate: int, ledger: bool = False
) -> tuple[StartNetwork, World]:
    """Return the start network of one future, and its world before the first week."""
    start = networks.build(scenario.network, seed, replicate, scenario.folder)
    world = build_world(
        start,
        scenario.settings(),
        scenario.coordinator_records(strategy),
        scenario.change_records(strategy, start),
        scenario.weeks,
        seed,
        replicate,
        ledger,
    )
    return start, world
