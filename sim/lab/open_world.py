"""A future before its first week."""

from __future__ import annotations

from functools import lru_cache

from sim.inputs import networks
from sim.inputs.networks.kinds import AnyKind, Csv
from sim.inputs.scenario import Scenario
from sim.model.start import StartNetwork
from sim.model.state import World
from sim.model.world import build_world

YEAR = 52
SHARED_MEMBERS = 10_000
"""Start networks of at most so many members are kept for the other strategies of a future."""
CLOSED: dict[str, float] = {
    "leaving.hazard": 0.0,
    "arrival.base": 0.0,
    "arrival.referral": 0.0,
    "breakaway.hazard": 0.0,
}
"""Nobody comes or leaves."""


def open_world(
    scenario: Scenario, strategy: str, seed: int, replicate: int, ledger: bool = False, shared: bool = False
) -> tuple[StartNetwork, World]:
    """Return the start network of one future, and its world before the first week.

    `shared`: the network may be that of another future, so that nobody may change it.
    """
    settings = scenario.network
    if shared and not isinstance(settings, Csv) and getattr(settings, "members", 0) <= SHARED_MEMBERS:
        start = shared_start(settings, seed, replicate)
    else:
        start = networks.build(settings, seed, replicate, scenario.folder)
    return start, world_from(start, scenario, strategy, seed, replicate, ledger)


def world_from(
    start: StartNetwork, scenario: Scenario, strategy: str, seed: int, replicate: int, ledger: bool = False
) -> World:
    """Return the world before the first week of a future that starts from a given network."""
    coordinators, changes = scenario.coordinator_records(strategy), scenario.change_records(strategy, start)
    return build_world(start, scenario.settings(), coordinators, changes, scenario.weeks, seed, replicate, ledger)


@lru_cache(16)
def shared_start(settings: AnyKind, seed: int, replicate: int) -> StartNetwork:
    """Return a start network; all strategies of a future have the same."""
    return networks.build(settings, seed, replicate)
