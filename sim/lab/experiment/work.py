"""What a worker does, a thread or a Dask worker: some runs in, their rows out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.inputs.scenario import Scenario
from sim.lab.experiment.designs import Value, world_seed
from sim.lab.future import run_future
from sim.lab.own_rules import NOTHING_OWN, OwnRules
from sim.lab.results import run_id
from sim.model.version import MODEL_VERSION

KEPT_WORLDS = 128
LONGEST_ERROR = 500


class WrongVersion(Exception):
    """A worker has another version of the model than the command that sent it work."""


@dataclass(frozen=True)
class Job:
    """What all runs of an experiment have in common.  Jobs of one name are equal: the name is a hash of the design."""

    name: str
    base: Scenario = field(compare=False)
    seed: int = field(compare=False)
    renewal: bool = field(compare=False)
    weekly: tuple[str, ...] = field(compare=False)
    own_luck: bool = field(default=False, compare=False)
    model_version: str = field(default=MODEL_VERSION, compare=False)
    own: OwnRules = field(default=NOTHING_OWN, compare=False)

    def seed_at(self, point: int) -> int:
        """Return the seed of a point's runs."""
        return world_seed(self.seed, point) if self.own_luck else self.seed


@dataclass(frozen=True)
class Task:
    """Some runs of one experiment: for each its place, point, strategy and replicate; and the settings of each point."""

    runs: tuple[tuple[int, int, str, int], ...]
    settings: Mapping[int, Mapping[str, Value]] = field(hash=False)


class RunRow(NamedTuple):
    """The result of a run: its place, its id, its outcomes or its error, and its weekly measures (weeks, measures)."""

    place: int
    run: str
    outcomes: Mapping[str, float] | None
    error: str | None
    weekly: np.ndarray | None


@lru_cache(KEPT_WORLDS)
def scenario_of(job: Job, settings: tuple[tuple[str, Value], ...]) -> tuple[Scenario, dict[str, str]]:
    """Return the scenario of a point, and a table of its strategies' fingerprints to fill; threads share them."""
    return job.base.with_(dict(settings)), {}


def do_task(job: Job, task: Task) -> tuple[list[RunRow], float]:
    """Do some runs; return their rows, and the seconds they took.

    Raises WrongVersion; OSError and MemoryError, which are faults of the machine and not of a run.
    """
    if job.model_version != MODEL_VERSION:
        raise WrongVersion(f"a worker has version {MODEL_VERSION} of the model, not {job.model_version}")
    began = time.perf_counter()
    rows = [do_run(job, *run, task.settings[run[1]]) for run in task.runs]
    return rows, time.perf_counter() - began


def do_run(job: Job, place: int, point: int, strategy: str, replicate: int, settings: Mapping[str, Value]) -> RunRow:
    """Do one run.  If it fails, the row holds the error: it would fail again."""
    scenario, fingerprints = scenario_of(job, tuple(settings.items()))
    if strategy not in fingerprints:
        fingerprints[strategy] = scenario.fingerprint(strategy)
    seed = job.seed_at(point)
    name = run_id(fingerprints[strategy] + job.own.fingerprint, strategy, seed, replicate, MODEL_VERSION)
    try:
        future = run_future(scenario, strategy, seed, replicate, job.renewal, own=job.own)
    except (OSError, MemoryError):
        raise
    except Exception as fault:
        return RunRow(place, name, None, error_text(fault), None)
    weekly = None
    if job.weekly:
        table = future.world.weekly[: scenario.weeks]
        weekly = np.stack([table[measure] for measure in job.weekly], axis=-1).astype(np.float64)
    return RunRow(place, name, future.outcomes, None, weekly)


def error_text(fault: BaseException) -> str:
    """Return a fault as one line, without the class's name where the message says what is wrong."""
    text = " ".join(str(fault).split())
    known = type(fault).__name__ in ("ScenarioError", "NetworkError", "WorldError")
    return (text if known and text else f"{type(fault).__name__}: {text}")[:LONGEST_ERROR]
