"""Measure everything that `gennet bench` reports."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from sim.cli.bench.peers import agent_by_agent, plain_mesa, starsim
from sim.cli.bench.records import Bench, PeerWeek, Range, RunResult, SizeResult, exponent
from sim.cli.bench.week import SEED, STRATEGY, compiled_week, timed
from sim.inputs.scenario import Scenario
from sim.lab.experiment.runner import default_jobs, in_parallel
from sim.lab.future import run_future
from sim.lab.open_world import open_world
from sim.model.jit import COMPILED
from sim.model.state import World
from sim.model.version import MODEL_VERSION, package_version
from sim.model.world import run_to, without_maps

RUNS, FUTURES, RUN_WEEKS = 16, 128, 156
SMALL: dict[str, object] = {
    "kind": "karate",
    "keep_strongest": 0.7,
    "newcomers": 8,
    "organisations": 0.15,
    "sectors": 3,
}
if not COMPILED:  # a thousand times as slow
    RUNS, FUTURES, RUN_WEEKS, SMALL = 1, 2, 13, {"kind": "communities", "members": 10}
COMPILE = """
import time
from sim.cli.bench.week import bench_scenario, opened, run_to
began = time.process_time()
run_to(opened(bench_scenario(100, 13)), 1)
print(time.process_time() - began)
"""


def one_size(members: int, weeks: int, repeats: int) -> SizeResult:
    """Measure the compiled week, its roofline and its peers at one size."""
    week = compiled_week(members, weeks, repeats)
    mesa = plain_mesa(members, week.ties, week.gift_events / week.member_weeks, weeks)
    contacts = max(1, round(2 * week.ties / members))
    return SizeResult(members, week, PeerWeek(*mesa, *starsim(members, contacts, weeks)))


def whole_runs(repeats: int) -> RunResult:
    """Measure whole futures of a small network: what is spent around the week, on renewal, and what threads give."""
    weeks = RUN_WEEKS
    document = {"weeks": weeks, "network": SMALL, "strategies": {STRATEGY: {}}}
    scenario = Scenario.from_document(document)

    def futures(renewal: bool) -> list[float]:
        return [run_future(scenario, STRATEGY, SEED, r, renewal).outcomes["renewed"] for r in range(RUNS)]

    def weeks_alone(worlds: list[World]) -> None:
        for world in worlds:
            run_to(world, weeks)

    def opened() -> list[World]:
        return [without_maps(open_world(scenario, STRATEGY, SEED, r)[1]) for r in range(RUNS)]

    run_future(scenario, STRATEGY, SEED, 0)
    tested, renewed = timed(repeats, lambda: True, futures)
    plain, _ = timed(repeats, lambda: False, futures)
    alone, _ = timed(repeats, opened, weeks_alone)
    return RunResult(
        weeks=weeks,
        members=open_world(scenario, STRATEGY, SEED, 0)[0].members,
        seconds_a_run=Range.of(tested, 1 / RUNS),
        around_the_week=max(1 - min(alone) / min(plain), 0.0),  # the clock may err by more
        renewal=min(tested) / min(plain) - 1,
        renewal_tested=float(np.mean(~np.isnan(renewed))),
        runs_a_second=runs_a_second(scenario, repeats),
    )


def runs_a_second(scenario: Scenario, repeats: int) -> dict[int, float]:
    """Return how many whole futures a second one, two and four threads run, as far as there are cores.

    All run the same futures, since some take twice as long as others, and take turns, since other programs come and go.
    """
    seconds: dict[int, list[float]] = {threads: [] for threads in (1, 2, 4) if threads <= max(default_jobs(), 1)}
    for _ in range(repeats):
        for threads, taken in seconds.items():
            began = time.perf_counter()
            for _ in in_parallel(lambda r: run_future(scenario, STRATEGY, SEED, r), range(FUTURES), threads):
                pass
            taken.append(time.perf_counter() - began)
    return {threads: FUTURES / min(taken) for threads, taken in seconds.items()}


def compile_seconds() -> float | None:
    """Return the processor time of compiling the loop over weeks with an empty cache; None if rules are not compiled."""
    if not COMPILED:
        return None
    with tempfile.TemporaryDirectory() as cache:
        cache_of_its_own = {**os.environ, "NUMBA_CACHE_DIR": cache}
        output = subprocess.check_output([sys.executable, "-c", COMPILE], env=cache_of_its_own, text=True)
    return float(output)


def most_megabytes() -> float | None:
    """Return the most memory that this process has taken; None on Windows."""
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:
        return None
    most = getrusage(RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


def measure(members: Sequence[int], weeks: int, repeats: int, tell: Callable[[str], None] = lambda _: None) -> Bench:
    """Measure everything.  `members`: the sizes; `tell` is called with the name of the next measurement."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    sizes = []
    for size in sorted(members):
        tell(f"{size:,} members")
        sizes.append(one_size(size, weeks, repeats))
    tell("whole runs, agents, compiling")
    return Bench(
        date=datetime.now(UTC).date().isoformat(),
        version=package_version(),
        model_version=MODEL_VERSION,
        machine=f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        cores=default_jobs(),
        load_before=load,
        weeks=weeks,
        repeats=repeats,
        scenario="communities, one coordinator with default settings, all measures",
        growth_exponent=exponent(sorted(members), [one.compiled.seconds for one in sizes]),
        total_exponent=exponent(sorted(members), [one.compiled.total_seconds for one in sizes]),
        sizes=tuple(sizes),
        runs=whole_runs(repeats),
        agent_by_agent=agent_by_agent(members, weeks, repeats),
        compile_seconds=compile_seconds(),
        most_megabytes=most_megabytes(),
    )
