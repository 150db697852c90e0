"""Worlds: draws of everything that is uncertain, each run under every strategy with luck of its own.

Every parameter that declares a plausible range is drawn from it, except how things are measured, and what the scenario sets
itself: that is known.  A draw is keyed by seed, world and parameter, like luck: every strategy meets the same worlds, the
first ten are the same whatever their number, and a further parameter changes no other draw.  Each world has seeds of its
own, for with shared seeds luck would not average out over worlds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from sim.inputs.scenario import Scenario
from sim.lab.experiment.designs import world_seed
from sim.lab.experiment.runner import in_parallel
from sim.lab.future import run_future
from sim.model.declarations import PARAMETERS
from sim.model.parameters import Parameter

FUTURES = 2
"""Futures of each world: for as many runs, twice as many worlds tell more than twice as many futures."""
MOST_WORLDS = 100_000
DEFAULT_WORLDS = 100
DEFINITIONS = ("measures", "stages", "organisation")
"""Groups of parameters that say how things are measured, or what a comparator is: not part of an uncertain world."""

Task = tuple[int, int, str]


def uncertain() -> tuple[Parameter, ...]:
    """Return the parameters that are drawn: those with a plausible range."""
    return tuple(p for p in PARAMETERS if p.group not in DEFINITIONS and p.plausible and p.range[1] > p.range[0])


def drawn(scenario: Scenario, seed: int, world: int) -> dict[str, float]:
    """Return one world of a scenario as values by parameter key."""
    values = {}
    for parameter in uncertain():
        if parameter.key not in scenario.parameters:
            low, high = parameter.range
            share = uniform(seed, world, parameter.key)
            values[parameter.key] = (
                float(min(int(low) + int(share * (int(high) - int(low) + 1)), int(high)))
                if parameter.whole
                else low + share * (high - low)
            )
    return values


def uniform(seed: int, world: int, key: str) -> float:
    """Return a number from 0 to 1, evenly spread over worlds and keys."""
    digest = hashlib.blake2b(f"{seed}/{world}/{key}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") + 0.5) / 2**64


def run_worlds(
    scenario: Scenario,
    strategies: Sequence[str],
    count: int,
    seed: int,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> pd.DataFrame:
    """Run worlds under every strategy, `FUTURES` times each, and return a row a run: world, strategy, replicate, outcomes.

    Worlds of which a run is missing, because `stopped` became true, are left out.  Networks are not tested for renewal.
    """

    @lru_cache(maxsize=64)
    def scenario_of(world: int) -> Scenario:
        return scenario.with_(drawn(scenario, seed, world))

    def run(task: Task) -> dict[str, float]:
        world, replicate, strategy = task
        return run_future(scenario_of(world), strategy, world_seed(seed, world), replicate, renewal=False).outcomes

    tasks: list[Task] = [
        (world, replicate, name) for world in range(count) for replicate in range(FUTURES) for name in strategies
    ]
    rows: dict[int, dict[str, float]] = {}
    for place, outcomes in in_parallel(run, tasks, jobs, stopped):
        rows[place] = outcomes
        if progress:
            progress(len(rows), len(tasks))
    size = FUTURES * len(strategies)
    whole = [
        place
        for place in range(len(tasks))
        if all(k in rows for k in range(place - place % size, place - place % size + size))
    ]
    table = [
        {"world": tasks[place][0], "strategy": tasks[place][2], "replicate": tasks[place][1], **rows[place]}
        for place in whole
    ]
    return pd.DataFrame(table) if table else pd.DataFrame(columns=["world", "strategy", "replicate"])


def values_of(runs: pd.DataFrame, strategy: str, outcome: str, horizon: float) -> np.ndarray:
    """Return an outcome by world and future, weeks not reached as the horizon: float (worlds, futures)."""
    own = runs[runs["strategy"] == strategy].sort_values(["world", "replicate"])
    values: np.ndarray = own[outcome].to_numpy(float).reshape(-1, FUTURES)
    return np.where(np.isnan(values), horizon, values) if outcome.endswith("_week") else values
