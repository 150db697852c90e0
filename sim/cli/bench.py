"""Speed and memory, measured on this machine: the compiled path, and the agent-by-agent path beside it.

A member-week is one active member in one simulated week, as the weekly table counts them: the whole week, with
everything that is measured in it.  A gift event is a gift first given or passed on.  Compiling is not counted, nor is
building the start network.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.inputs.scenario import Scenario
from sim.lab.future import open_world
from sim.lab.generative_network import GenerativeNetwork
from sim.model import engine
from sim.model.jit import entry
from sim.model.state import World
from sim.model.state import opened as seen_by_rules
from sim.model.steps import tables_suffice
from sim.model.version import MODEL_VERSION
from sim.model.world import grown, run_to, state_hash

STRATEGY = "blended"
SEED = 1
MESA_MEMBERS, MESA_WEEKS = 100, 26
PARALLEL_RUNS = 8
WEAVING = {
    "hours": 10.0,
    "hour_cost": 50.0,
    "align_week": 40,
    "produce_week": 90,
    "connect": {
        "close_triads": 0.25,
        "engage_unconnected": 0.20,
        "support_bridgers": 0.05,
        "newsletter": 0.15,
        "icebreakers": 0.20,
        "directory": 0.15,
    },
    "align": {
        "facilitation": 0.60,
        "close_triads": 0.10,
        "engage_unconnected": 0.10,
        "newsletter": 0.10,
        "icebreakers": 0.10,
    },
    "produce": {
        "channels": 0.25,
        "facilitation": 0.20,
        "group_support": 0.25,
        "close_triads": 0.10,
        "engage_unconnected": 0.10,
        "newsletter": 0.10,
    },
}


@dataclass(frozen=True)
class Timed:
    """Seconds of several repeats."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)

    def told(self, scale: float) -> dict[str, float]:
        """Median, least and most, times a scale."""
        return {
            "median": self.median * scale,
            "min": min(self.seconds) * scale,
            "max": max(self.seconds) * scale,
        }


def bench_scenario(members: int, weeks: int) -> Scenario:
    """Communities woven by one coordinator, 10 hours a week, by introductions and newsletters alike."""
    return Scenario.from_document(
        {
            "title": "Bench",
            "weeks": weeks,
            "network": {"kind": "communities", "members": members},
            "strategies": {STRATEGY: WEAVING},
        }
    )


def opened(scenario: Scenario, replicate: int = 0) -> World:
    """The world before its first week."""
    return open_world(scenario, STRATEGY, SEED, replicate)[1]


def timed(
    repeats: int, prepare: Callable[[], Any], work: Callable[[Any], Any], clock: Callable[[], float] = time.perf_counter
) -> tuple[Timed, Any]:
    """Seconds of some work, each time on what `prepare` made, and what the last one gave.

    `clock`: `time.thread_time` counts this thread's processor time, which other programs' work leaves alone.
    """
    seconds, given = [], None
    for _ in range(repeats):
        material = prepare()
        began = clock()
        given = work(material)
        seconds.append(clock() - began)
    return Timed(tuple(seconds)), given


def bytes_of(world: World) -> int:
    """Memory that a world's tables take."""
    return sum(table.nbytes for name, table in world._asdict().items() if name != "parameters")


def compiled_path(scenario: Scenario, repeats: int) -> dict[str, Any]:
    """One run on one core: time a member-week, time a gift event, memory a member."""
    weeks = scenario.weeks
    run_to(opened(scenario), weeks)
    taken, world = timed(repeats, lambda: opened(scenario), lambda world: run_to(world, weeks))
    processor, _ = timed(repeats, lambda: opened(scenario), lambda world: run_to(world, weeks), time.thread_time)
    weekly = world.weekly[:weeks]
    member_weeks = float(weekly["members"].sum())
    gifts = float(weekly["gifts"].sum() + weekly["passed_on"].sum())
    start = opened(scenario)
    return {
        "seconds_a_run": taken.told(1.0),
        "member_weeks": member_weeks,
        "gift_events": gifts,
        "microseconds_a_member_week": taken.told(1e6 / member_weeks),
        "processor_microseconds_a_member_week": processor.told(1e6 / member_weeks),
        "nanoseconds_a_gift_event": taken.told(1e9 / gifts) if gifts else None,
        "bytes_a_member": bytes_of(start) / int(start.network[0].members),
        "megabytes": bytes_of(start) / 1e6,
    }


@entry
def exchange(world):
    """First part of a week, by itself."""
    engine.exchange(seen_by_rules(world), world.parameters[0])


@entry
def take_part(world):
    """Second part of a week, by itself."""
    engine.take_part(seen_by_rules(world), world.parameters[0])


@entry
def work(world):
    """Third part of a week, by itself."""
    engine.work(seen_by_rules(world), world.parameters[0])


@entry
def come_and_go(world):
    """Last part of a week, by itself."""
    engine.come_and_go(seen_by_rules(world), world.parameters[0])


@entry
def nothing(world):
    """What a call costs in which nothing is done."""
    return world.network[0].week


PARTS = {
    "weaving_and_giving": exchange,
    "learning_and_talking": take_part,
    "group_work": work,
    "coming_going_measuring": come_and_go,
}


def parts_of_a_week(scenario: Scenario) -> dict[str, float]:
    """Share of the time that each part of the week takes, over a whole run; the cost of calling is taken off."""
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


def threads(scenario: Scenario, repeats: int) -> dict[str, Any]:
    """How many times faster several runs are in two threads than in one after the other; kernels hold no lock."""

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
        alone, _ = timed(1, make, one_by_one)
        together, _ = timed(1, make, two_at_a_time)
        ratios.append(alone.median / together.median)
    return {"runs": PARALLEL_RUNS, "two_thread_speedup": Timed(tuple(ratios)).told(1.0)}


def agent_by_agent(members: int, weeks: int, repeats: int) -> dict[str, Any]:
    """The same scenario, smaller and shorter, through Mesa's agents and compiled: processor time, and if they agree."""
    scenario = bench_scenario(min(members, MESA_MEMBERS), min(weeks, MESA_WEEKS))

    def through_agents(model: GenerativeNetwork) -> GenerativeNetwork:
        model.run_model()
        return model

    def new_model() -> GenerativeNetwork:
        return GenerativeNetwork(scenario, strategy=STRATEGY, rng=SEED)

    through_agents(new_model())
    slow, model = timed(repeats, new_model, through_agents, time.thread_time)
    run_to(opened(scenario), scenario.weeks)
    fast, world = timed(
        repeats, lambda: opened(scenario), lambda world: run_to(world, scenario.weeks), time.thread_time
    )
    member_weeks = float(world.weekly[: scenario.weeks]["members"].sum())
    return {
        "members": min(members, MESA_MEMBERS),
        "weeks": scenario.weeks,
        "processor_microseconds_a_member_week": slow.told(1e6 / member_weeks),
        "compiled_processor_microseconds_a_member_week": fast.told(1e6 / member_weeks),
        "times_slower": slow.median / fast.median,
        "state_is_identical": state_hash(model.world) == state_hash(world),
    }


def measure(
    members: int, weeks: int, repeats: int, tell: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, Any]:
    """Everything that `gennet bench` reports; `tell(done, all)` is called after each part."""
    scenario = bench_scenario(members, weeks)
    told: dict[str, Any] = {
        "model_version": MODEL_VERSION,
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "members": members,
        "weeks": weeks,
        "repeats": repeats,
        "scenario": "communities, one coordinator of 10 hours a week, blended weaving, everything measured",
    }
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "compiled": lambda: compiled_path(scenario, repeats),
        "share_of_time": lambda: parts_of_a_week(scenario),
        "threads": lambda: threads(scenario, repeats),
        "agent_by_agent": lambda: agent_by_agent(members, weeks, repeats),
    }
    for place, (name, part) in enumerate(parts.items(), start=1):
        told[name] = part()
        tell(place, len(parts))
    return told
