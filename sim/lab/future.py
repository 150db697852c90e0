"""Run one future: scenario, strategy, seed and replicate in, a record out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, SupportsFloat

import numpy as np

from sim.inputs.bounds import whole
from sim.inputs.scenario import Scenario
from sim.lab.open_world import YEAR, open_world
from sim.lab.own_rules import NOTHING_OWN, Measure, OwnRules
from sim.model.engine import run_weeks
from sim.model.jit import announce_compiling
from sim.model.outcomes import outcomes_of
from sim.model.start import StartNetwork
from sim.model.state import GENERATIVE, World
from sim.model.world import copy_world, run_to, without_maps

if TYPE_CHECKING:
    from sim.lab.record import Record
    from sim.model.agents import Coordinator, Member, WorkingGroup

    Measures = Mapping[str, Measure | Callable[[Record], float]]


class Future(NamedTuple):
    """A finished run: start network, worlds before (if kept) and after, outcomes."""

    start: StartNetwork
    before: World | None
    world: World
    outcomes: dict[str, float]


def run_future(
    scenario: Scenario,
    strategy: str,
    seed: int,
    replicate: int,
    renewal: bool = True,
    ledger: bool = False,
    keep_before: bool = False,
    maps: bool = False,
    own: OwnRules = NOTHING_OWN,
) -> Future:
    """Run one future to the horizon, and test renewal if it became generative.

    `renewal`: a year after the network was first generative, the run is forked; the fork's coordinators leave, and it runs
    on for a year with the same luck.  The outcome `renewed` says whether it is still generative then.  The fork may run
    past the horizon.  `maps`: make the quarterly maps of the network's structure too.  `own`: rules and measures of one's
    own.
    """
    if own.stepped:
        return stepped_future(scenario, strategy, seed, replicate, renewal, ledger, own)
    announce_compiling(run_weeks, logging.getLogger("gennet").warning)
    recorded = keep_before or bool(own.measures)
    start, world = open_world(scenario, strategy, seed, replicate, ledger, shared=not recorded)
    if not maps:
        world = without_maps(world)
    before = copy_world(world) if recorded else None
    world, renewed = run_on(world, scenario.weeks, renewal)
    network = world.network[0]
    outcomes = outcomes_of(world, network.reached, network.fallen, scenario.weeks, renewed)
    future = Future(start, before, world, outcomes)
    return measured(future, scenario, strategy, seed, replicate, own)


def run_on(world: World, horizon: int, renewal: bool) -> tuple[World, float]:
    """Run a world to the horizon, and test renewal.  Return the world, and 1, 0 or NaN for the test."""
    if world.network[0].reached[GENERATIVE] < 0:
        world = run_to(world, horizon, pause=renewal)
    reached = int(world.network[0].reached[GENERATIVE])
    renewed = np.nan
    if renewal and reached >= 0:
        fork_week = max(reached + 1 + YEAR, int(world.network[0].week))
        world = run_to(world, min(fork_week, horizon))
        fork = run_to(without_maps(copy_world(world)), fork_week)
        if fork_week < horizon:
            world = run_to(world, horizon)
        fork.coordinators.working = 0.0
        fork = run_to(fork, fork_week + YEAR)
        renewed = float(fork.network[0].hold[GENERATIVE] > 0)
    world = run_to(world, horizon)
    return world, renewed


def stepped_future(
    scenario: Scenario, strategy: str, seed: int, replicate: int, renewal: bool, ledger: bool, own: OwnRules
) -> Future:
    """Run one future agent by agent, with classes of one's own."""
    from sim.lab.generative_network import GenerativeNetwork

    model = GenerativeNetwork(scenario, strategy, seed, replicate, *own.classes, ledger=ledger, renewal=renewal)
    while model.week < scenario.weeks:
        model.step()
    future = Future(model.start, model.world_before, model.world, dict(model.outcomes))
    return measured(future, scenario, strategy, seed, replicate, own)


def measured(future: Future, scenario: Scenario, strategy: str, seed: int, replicate: int, own: OwnRules) -> Future:
    """Return a future with measures of one's own among its outcomes.  Raises what they raise, and TypeError."""
    if not own.measures:
        return future
    from sim.lab.record import Record

    record = Record(scenario, strategy, seed, replicate, future.start, future.before, future.world, future.outcomes)
    numbers = {}
    for name, measure in own.measures.items():
        value = measure.function(record)
        if not isinstance(value, SupportsFloat):
            raise TypeError(f"the measure {name!r} returned {value!r}; a number is needed")
        numbers[name] = float(value)
    return future._replace(outcomes={**future.outcomes, **numbers})


def simulate(
    scenario: Scenario | str | Path,
    strategy: str | None = None,
    seed: int | None = None,
    replicate: int = 0,
    ledger: bool = False,
    renewal: bool = True,
    member_class: type[Member] | None = None,
    coordinator_class: type[Coordinator] | None = None,
    group_class: type[WorkingGroup] | None = None,
    measures: Measures | None = None,
) -> Record:
    """Run one future and return its record: any row of a comparison or sweep, in full.

    `scenario`: a Scenario, or the path of its file.  `strategy`: optional if there is only one.  `seed`: by default the
    scenario's.  `ledger`: keep every gift (`record.ledger`).  `member_class`, `coordinator_class`, `group_class`: subclasses
    whose methods override rules.  `measures`: further outcomes by name, each a function of the record, or a `Measure` that
    says whether more is better.  Raises ScenarioError for a strategy that
    the scenario does not have, TypeError or ValueError for a seed or replicate that is no whole number from 0 to 2^63
    - 1, TypeError for another kind of scenario.
    """
    from sim.lab.record import Record

    scenario = Scenario.of(scenario)
    name = scenario.strategy(strategy)
    number = scenario.seed if seed is None else whole(seed, "seed")
    which = whole(replicate, "replicate")
    own = OwnRules.of(member_class, coordinator_class, group_class, measures)
    future = run_future(scenario, name, number, which, renewal, ledger, keep_before=True, maps=True, own=own)
    return Record(scenario, name, number, which, future.start, future.before, future.world, future.outcomes)
