"""Measure the compiled week at one size: opening, copying, whole weeks, each phase, gifts, memory, and its roofline.

Everything is in processor time of this thread, so that other programs on the machine matter less.  A member-week is one
active member in one simulated week, with all measures; a gift event is a gift first given or passed on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from sim.cli.bench.records import CompiledWeek, Range
from sim.inputs.scenario import Scenario
from sim.lab.open_world import open_world
from sim.model import engine
from sim.model.jit import entry, entry_from
from sim.model.schedule import SCHEDULE
from sim.model.state import MEMBER, TIE, View, World
from sim.model.state import opened as seen_by_rules
from sim.model.steps import tables_suffice
from sim.model.world import bytes_of, copy_world, grown, run_to, state_hash

T = TypeVar("T")
R = TypeVar("R")
STRATEGY = "usual"
SEED = 1


def bench_scenario(members: int, weeks: int) -> Scenario:
    """Return a scenario of communities with one coordinator, all of whose settings have their defaults."""
    network = {"kind": "communities", "members": members}
    return Scenario.from_document({"weeks": weeks, "network": network, "strategies": {STRATEGY: {}}})


def opened(scenario: Scenario, replicate: int = 0) -> World:
    """Return the world before its first week."""
    return open_world(scenario, STRATEGY, SEED, replicate)[1]


def timed(
    repeats: int, prepare: Callable[[], T], work: Callable[[T], R], clock: Callable[[], float] = time.thread_time
) -> tuple[list[float], R]:
    """Return the seconds of each repeat of `work` on what `prepare` made, and the last result."""
    seconds = []
    for _ in range(repeats):
        material = prepare()
        began = clock()
        result = work(material)
        seconds.append(clock() - began)
    return seconds, result


def gift_events(world: World, weeks: int) -> float:
    """Return how many gifts were first given or passed on."""
    weekly = world.weekly[:weeks]
    return float(weekly["gifts"].sum() + weekly["passed_on"].sum())


def phases(world: View, p: np.record) -> None:
    """Stand for the phases of a part of the week in `part_of_week`."""


def part_of_week(world: World) -> None:
    """Run a part of the week by itself."""
    phases(seen_by_rules(world), world.parameters[0])


@entry
def nothing(world: World) -> int:
    """Do nothing, to measure the cost of a call."""
    return int(world.network[0].week)


PHASE_ENTRIES = {
    phase.name: entry_from(part_of_week, f"bench_{phase.name}", phases=engine.compiled_in_order((phase,)))
    for phase in SCHEDULE
}
GIVING = ("answer", "give")


def seconds_by_phase(scenario: Scenario) -> tuple[dict[str, float], World]:
    """Return the seconds that each phase takes over a whole run, without the cost of calling, and the world after it."""
    calls = dict.fromkeys([*PHASE_ENTRIES, "calling"], 0.0)
    for weeks in (1, scenario.weeks):  # the first run compiles
        calls = dict.fromkeys(calls, 0.0)
        world = opened(scenario)
        for _ in range(weeks):
            while not tables_suffice(world):
                world = grown(world)
            for name, part in {**PHASE_ENTRIES, "calling": nothing}.items():
                began = time.thread_time()
                part(world)
                calls[name] += time.thread_time() - began
    return {name: max(calls[name] - calls["calling"], 0.0) for name in PHASE_ENTRIES}, world


@entry
def read_and_write(members: np.ndarray, ties: np.ndarray, contacts: np.ndarray, gifts: int) -> float:
    """Read and write as often, and at as random places, as a week does: by tie to fade, by gift to choose and to hand over.

    Each member reads its ties and those whom they lead to, and changes every tie; each gift changes a tie at both ends and
    both members.  There are no rules: what remains is the time that memory takes.
    """
    total = 0.0
    rows, slots = contacts.shape
    for i in range(rows):
        for s in range(slots):
            total += ties[i, s, 0] + members[contacts[i, s], 0]
            ties[i, s, 1] = ties[i, s, 1] * 0.99 + 1.0
    for g in range(gifts):
        i, s = g % rows, (g * 7) % slots
        j = contacts[i, s]
        ties[i, s, 2] += 1.0
        ties[j, s, 2] += 1.0
        members[i, 1] += ties[j, s, 0]
        members[j, 1] += 1.0
    return total


def roofline(members: int, ties: int, gifts_a_week: float, weeks: int) -> float:
    """Return the seconds of reading and writing as many weeks' ties and gifts, in tables of the model's size."""
    slots = max(1, round(2 * ties / members))
    people = np.zeros((members, MEMBER.dtype.itemsize // 8))
    rows = np.zeros((members, slots, TIE.dtype.itemsize // 8))
    contacts = np.random.default_rng(SEED).integers(0, members, (members, slots), np.int32)
    read_and_write(people, rows, contacts, 1)
    began = time.thread_time()
    for _ in range(weeks):
        read_and_write(people, rows, contacts, round(gifts_a_week))
    return time.thread_time() - began


def compiled_week(members: int, weeks: int, repeats: int) -> CompiledWeek:
    """Measure the compiled model and its roofline at one size."""
    scenario = bench_scenario(members, weeks)
    run_to(opened(scenario), 1)
    opening, _ = timed(repeats, lambda: None, lambda _: bytes_of(opened(scenario)))
    world = opened(scenario)
    copying, _ = timed(repeats, lambda: None, lambda _: bytes_of(copy_world(world)))
    size = bytes_of(world)
    del world  # a large one takes gigabytes
    seconds, world = timed(repeats, lambda: opened(scenario), lambda start: run_to(start, weeks))
    member_weeks = float(world.weekly[:weeks]["members"].sum())
    gifts = gift_events(world, weeks)
    ties = int(world.weekly[weeks - 1]["ties"])
    by_phase, same = seconds_by_phase(scenario)
    giving = sum(by_phase[name] for name in GIVING)
    return CompiledWeek(
        members=members,
        ties=ties,
        member_weeks=member_weeks,
        gift_events=gifts,
        opening_us_a_member=min(opening) * 1e6 / members,
        copying_us_a_member=min(copying) * 1e6 / members,
        bytes_a_member=size / members,
        seconds=min(seconds),
        total_seconds=min(opening) + min(seconds),
        us_a_member_week=Range.of(seconds, 1e6 / member_weeks),
        ns_a_gift=min(seconds) * 1e9 / gifts if gifts else None,
        giving_ns_a_gift=giving * 1e9 / gifts if gifts else None,
        phases_give_the_same_state=state_hash(same) == state_hash(world),
        phases_ns_a_member_week={name: one * 1e9 / member_weeks for name, one in by_phase.items()},
        roofline_us_a_member_week=roofline(members, ties, gifts / weeks, weeks) * 1e6 / member_weeks,
        giving_and_fading_us_a_member_week=(giving + by_phase["fade"]) * 1e6 / member_weeks,
    )
