"""Worlds: draws of everything that is uncertain (`sim.lab.world_draws`), each run under every strategy.

Each world has seeds of its own, for with shared seeds luck would not average out over worlds.  With facts, worlds have
weights (`sim.lab.facts`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.inputs.scenario import Scenario
from sim.lab.experiment.designs import world_seed
from sim.lab.experiment.runner import results_of
from sim.lab.future import run_future
from sim.lab.own_rules import NOTHING_OWN, OwnRules
from sim.lab.world_draws import world_scenario

if TYPE_CHECKING:
    import pandas as pd

FUTURES = 2
"""Futures of each world: for as many runs, twice as many worlds are more informative than twice as many futures."""

Task = tuple[int, int, str]


def world_tasks(strategies: Sequence[str], worlds: Sequence[int]) -> list[Task]:
    """Return the runs of some worlds in order: world, future, strategy."""
    return [(world, replicate, name) for world in worlds for replicate in range(FUTURES) for name in strategies]


def run_in_world(scenario: Scenario, seed: int, task: Task, own: OwnRules = NOTHING_OWN) -> dict[str, float]:
    """Run one future of a world, without a test for renewal, and return its outcomes.

    `own`: rules and measures of one's own.
    """
    world, replicate, strategy = task
    one = world_scenario(scenario, seed, world)
    return run_future(one, strategy, world_seed(seed, world), replicate, renewal=False, own=own).outcomes


def world_table(tasks: Sequence[Task], strategies: int, rows: Mapping[int, Mapping[str, float]]) -> pd.DataFrame:
    """Return one row per run: world, strategy, replicate, outcomes.  Worlds of which a run is missing are left out.

    `rows`: outcomes by place in `tasks`, as `world_tasks` returns them for so many strategies.
    """
    import pandas as pd

    size = FUTURES * strategies
    whole = [
        place
        for start in range(0, len(tasks), size)
        if all(place in rows for place in range(start, start + size))
        for place in range(start, start + size)
    ]
    table = [
        {"world": tasks[place][0], "strategy": tasks[place][2], "replicate": tasks[place][1], **rows[place]}
        for place in whole
    ]
    return pd.DataFrame(table) if table else pd.DataFrame(columns=["world", "strategy", "replicate"])


def run_worlds(
    scenario: Scenario,
    strategies: Sequence[str],
    worlds: Sequence[int],
    seed: int,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
    executor: Executor | None = None,
    own: OwnRules = NOTHING_OWN,
) -> pd.DataFrame:
    """Run worlds under every strategy, `FUTURES` times each, and return one row per run: world, strategy, replicate, outcomes.

    `worlds`: their numbers.  Worlds of which a run is missing, because `stopped` became true, are left out.
    """
    tasks = world_tasks(strategies, worlds)
    tick, work = progress or (lambda done, total: None), partial(run_in_world, scenario, seed, own=own)
    rows = results_of(work, tasks, jobs, stopped, executor, lambda done: tick(done, len(tasks)))
    return world_table(tasks, len(strategies), rows)


def values_of(runs: pd.DataFrame, strategy: str, outcome: str, horizon: float) -> np.ndarray:
    """Return an outcome by world and future, weeks not reached as the horizon: float (worlds, futures)."""
    own = runs[runs["strategy"] == strategy].sort_values(["world", "replicate"])
    values: np.ndarray = own[outcome].to_numpy(float).reshape(-1, FUTURES)
    return np.where(np.isnan(values), horizon, values) if outcome.endswith("_week") else values
