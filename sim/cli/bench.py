"""Measure speed and memory of the compiled model and of the agent-by-agent model (Mesa).

A member-week is one active member in one simulated week, with all measures.  A gift event is a gift first given or passed
on.  Compiling and building the start network are not counted.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from sim.inputs.scenario import Scenario
from sim.lab.generative_network import GenerativeNetwork
from sim.lab.open_world import open_world
from sim.model import engine
from sim.model.jit import entry, entry_from
from sim.model.schedule import WEEK
from sim.model.state import View, World
from sim.model.state import opened as seen_by_rules
from sim.model.steps import tables_suffice
from sim.model.version import MODEL_VERSION
from sim.model.world import grown, run_to, state_hash

T = TypeVar("T")
R = TypeVar("R")
STRATEGY = "usual"
SEED = 1
MESA_MEMBERS, MESA_WEEKS = 100, 26
PARALLEL_RUNS = 8


@dataclass(frozen=True)
class Range:
    """Median, least and most of several repeats."""

    median: float
    min: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float], scale: float = 1.0) -> Range:
        """Return the range of values, multiplied by a scale."""
        return cls(statistics.median(values) * scale, min(values) * scale, max(values) * scale)


@dataclass(frozen=True)
class CompiledPath:
    """The compiled model on one core."""

    seconds_a_run: Range
    member_weeks: float
    gift_events: float
    microseconds_a_member_week: Range
    processor_microseconds_a_member_week: Range
    nanoseconds_a_gift_event: Range | None
    bytes_a_member: float
    megabytes: float


@dataclass(frozen=True)
class ThreadSpeedup:
    """How many times faster runs are in two threads than one after the other."""

    runs: int
    two_thread_speedup: Range


@dataclass(frozen=True)
class AgentByAgent:
    """The agent-by-agent model against the compiled one, in processor time."""

    members: int
    weeks: int
    processor_microseconds_a_member_week: Range
    compiled_processor_microseconds_a_member_week: Range
    times_slower: float
    state_is_identical: bool


@dataclass(frozen=True)
class Bench:
    """Everything that `gennet bench` reports."""

    model_version: str
    cores: int | None
    load_before: float | None
    members: int
    weeks: int
    repeats: int
    scenario: str
    compiled: CompiledPath
    share_of_time: dict[str, float]
    threads: ThreadSpeedup
    agent_by_agent: AgentByAgent


def bench_scenario(members: int, weeks: int) -> Scenario:
    """Return a scenario of communities with one coordinator, all of whose settings have their defaults."""
    network = {"kind": "communities", "members": members}
    return Scenario.from_document({"weeks": weeks, "network": network, "strategies": {STRATEGY: {}}})


def opened(scenario: Scenario, replicate: int = 0) -> World:
    """Return the world before its first week."""
    return open_world(scenario, STRATEGY, SEED, replicate)[1]


def timed(
    repeats: int, prepare: Callable[[], T], work: Callable[[T], R], clock: Callable[[], float] = time.perf_counter
) -> tuple[list[float], R]:
    """Return the seconds of each repeat of `work` on what `prepare` made, and the last result.

    With `time.thread_time` as clock, only this thread's processor time counts.
    """
    seconds = []
    for _ in range(repeats):
        material = prepare()
        began = clock()
        result = work(material)
        seconds.append(clock() - began)
    return seconds, result


def bytes_of(world: World) -> int:
    """Return the memory of a world's tables."""
    return sum(table.nbytes for name, table in world._asdict().items() if name != "parameters")


def compiled_path(scenario: Scenario, repeats: int) -> CompiledPath:
    """Measure one run on one core."""
    weeks = scenario.weeks
    run_to(opened(scenario), weeks)
    seconds, world = timed(repeats, lambda: opened(scenario), lambda world: run_to(world, weeks))
    processor, _ = timed(repeats, lambda: opened(scenario), lambda world: run_to(world, weeks), time.thread_time)
    weekly = world.weekly[:weeks]
    member_weeks = float(weekly["members"].sum())
    gifts = float(weekly["gifts"].sum() + weekly["passed_on"].sum())
    start = opened(scenario)
    return CompiledPath(
        seconds_a_run=Range.of(seconds),
        member_weeks=member_weeks,
        gift_events=gifts,
        microseconds_a_member_week=Range.of(seconds, 1e6 / member_weeks),
        processor_microseconds_a_member_week=Range.of(processor, 1e6 / member_weeks),
        nanoseconds_a_gift_event=Range.of(seconds, 1e9 / gifts) if gifts else None,
        bytes_a_member=bytes_of(start) / int(start.network[0].members),
        megabytes=bytes_of(start) / 1e6,
    )


def phases(world: View, p: np.record) -> None:
    """Stand for the phases of a part of the week in `part_of_week`."""


def part_of_week(world: World) -> None:
    """Run a part of the week by itself."""
    phases(seen_by_rules(world), world.parameters[0])


@entry
def nothing(world: World) -> int:
    """Do nothing, to measure the cost of a call."""
    return int(world.network[0].week)


PARTS = {
    name: entry_from(part_of_week, f"bench_{name}", phases=engine.compiled_in_order(part))
    for name, part in WEEK.items()
}


def parts_of_a_week(scenario: Scenario) -> dict[str, float]:
    """Return the share of time of each part of the week over a whole run, without the cost of calling."""
    calls = dict.fromkeys([*PARTS, "calling"], 0.0)
    for run in (0, 1):  # the first run compiles
        calls = dict.fromkeys(calls, 0.0)
        world = opened(scenario)
        for _ in range(scenario.weeks if run else 1):
            while not tables_suffice(world):
                world = grown(world)
            for name, part in {**PARTS, "calling": nothing}.items():
                began = time.perf_counter()
                part(world)
                calls[name] += time.perf_counter() - began
    net = np.maximum([calls[name] - calls["calling"] for name in PARTS], 0.0)
    return dict(zip(PARTS, (net / net.sum()).tolist(), strict=True))


def threads(scenario: Scenario, repeats: int) -> ThreadSpeedup:
    """Measure how many times faster several runs are in two threads than one after the other."""

    def make() -> list[World]:
        return [opened(scenario, replicate) for replicate in range(PARALLEL_RUNS)]

    def one_by_one(worlds: list[World]) -> None:
        for world in worlds:
            run_to(world, scenario.weeks)

    def two_at_a_time(worlds: list[World]) -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda world: run_to(world, scenario.weeks), worlds))

    ratios = []
    for _ in range(repeats):
        (alone,), _ = timed(1, make, one_by_one)
        (together,), _ = timed(1, make, two_at_a_time)
        ratios.append(alone / together)
    return ThreadSpeedup(PARALLEL_RUNS, Range.of(ratios))


def agent_by_agent(members: int, weeks: int, repeats: int) -> AgentByAgent:
    """Measure the same scenario, at most 100 members and 26 weeks, agent by agent and compiled; compare the states."""
    scenario = bench_scenario(min(members, MESA_MEMBERS), min(weeks, MESA_WEEKS))

    def through_agents(model: GenerativeNetwork) -> GenerativeNetwork:
        model.run_model()
        return model

    def new_model() -> GenerativeNetwork:
        return GenerativeNetwork(scenario, strategy=STRATEGY, rng=SEED)

    def compiled(world: World) -> World:
        return run_to(world, scenario.weeks)

    through_agents(new_model())
    slow, model = timed(repeats, new_model, through_agents, time.thread_time)
    compiled(opened(scenario))
    fast, world = timed(repeats, lambda: opened(scenario), compiled, time.thread_time)
    member_weeks = float(world.weekly[: scenario.weeks]["members"].sum())
    return AgentByAgent(
        members=min(members, MESA_MEMBERS),
        weeks=scenario.weeks,
        processor_microseconds_a_member_week=Range.of(slow, 1e6 / member_weeks),
        compiled_processor_microseconds_a_member_week=Range.of(fast, 1e6 / member_weeks),
        times_slower=statistics.median(slow) / statistics.median(fast),
        state_is_identical=state_hash(model.world) == state_hash(world),
    )


def measure(members: int, weeks: int, repeats: int) -> Bench:
    """Measure everything that `gennet bench` reports."""
    scenario = bench_scenario(members, weeks)
    return Bench(
        model_version=MODEL_VERSION,
        cores=os.cpu_count(),
        load_before=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        members=members,
        weeks=weeks,
        repeats=repeats,
        scenario="communities, one coordinator with default settings",
        compiled=compiled_path(scenario, repeats),
        share_of_time=parts_of_a_week(scenario),
        threads=threads(scenario, repeats),
        agent_by_agent=agent_by_agent(members, weeks, repeats),
    )
