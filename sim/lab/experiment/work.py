"""What a worker does, be it a thread here or a Dask worker elsewhere: some runs in, their rows out."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from sim.inputs.scenario import Scenario
from sim.lab.experiment.factors import Value
from sim.lab.future import run_future
from sim.lab.results import run_id
from sim.model.version import MODEL_VERSION

KEPT_WORLDS = 128
LONGEST_ERROR = 500


class WrongVersion(Exception):
    """A worker has another version of the model than the command that sent it work."""


@dataclass(frozen=True, eq=False)
class Job:
    """What all runs of an experiment have in common."""

    name: str
    base: Scenario
    seed: int
    renewal: bool
    weekly: tuple[str, ...]
    model_version: str = MODEL_VERSION


@dataclass(frozen=True)
class Task:
    """Some runs of one experiment: for each its place, point and settings of the point, strategy and replicate."""

    runs: tuple[tuple[int, int, str, int], ...]
    settings: Mapping[int, Mapping[str, Value]] = field(hash=False)


class Row(NamedTuple):
    """What is left of a run: its place, its id, its outcomes or its error, and its weekly measures (weeks, measures)."""

    place: int
    run: str
    outcomes: Mapping[str, float] | None
    error: str | None
    weekly: np.ndarray | None


class Worlds:
    """The scenarios of the points met last, with the fingerprints of their strategies; threads share them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kept: OrderedDict[tuple[str, int], tuple[Scenario, dict[str, str]]] = OrderedDict()

    def at(self, job: Job, point: int, settings: Mapping[str, Value]) -> tuple[Scenario, dict[str, str]]:
        """The scenario of a point, and a table of fingerprints to fill."""
        key = (job.name, point)
        with self.lock:
            if key in self.kept:
                self.kept.move_to_end(key)
                return self.kept[key]
        made = (job.base.with_(settings), dict[str, str]())
        with self.lock:
            self.kept[key] = made
            while len(self.kept) > KEPT_WORLDS:
                self.kept.popitem(last=False)
        return made


WORLDS = Worlds()


def do_task(job: Job, task: Task) -> tuple[list[Row], float]:
    """Do some runs: their rows, and the seconds they took.

    Errors: WrongVersion; OSError and MemoryError, which are the machine's faults and not the runs'.
    """
    if job.model_version != MODEL_VERSION:
        raise WrongVersion(f"a worker has version {MODEL_VERSION} of the model, not {job.model_version}")
    began = time.perf_counter()
    rows = [do_run(job, *run, task.settings[run[1]]) for run in task.runs]
    return rows, time.perf_counter() - began


def do_run(job: Job, place: int, point: int, strategy: str, replicate: int, settings: Mapping[str, Value]) -> Row:
    """Do one run; what goes wrong in it is its outcome, since it would go wrong again."""
    scenario, fingerprints = WORLDS.at(job, point, settings)
    if strategy not in fingerprints:
        fingerprints[strategy] = scenario.fingerprint(strategy)
    name = run_id(fingerprints[strategy], strategy, job.seed, replicate, MODEL_VERSION)
    try:
        future = run_future(scenario, strategy, job.seed, replicate, job.renewal)
    except (OSError, MemoryError):
        raise
    except Exception as fault:
        return Row(place, name, None, in_words(fault), None)
    weekly = None
    if job.weekly:
        table = future.world.weekly[: scenario.weeks]
        weekly = np.stack([table[measure] for measure in job.weekly], axis=-1).astype(np.float64)
    return Row(place, name, future.outcomes, None, weekly)


def in_words(fault: BaseException) -> str:
    """A fault on one line: what says what is wrong needs no name of a class before it."""
    text = " ".join(str(fault).split())
    known = type(fault).__name__ in ("ScenarioError", "NetworkError", "WorldError")
    return (text if known and text else f"{type(fault).__name__}: {text}")[:LONGEST_ERROR]
