"""Run an experiment into one results folder.  Sweeps are resumable."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.lab.experiment.experiment import Experiment
from sim.lab.experiment.lock import locked
from sim.lab.experiment.manifest_shape import check_shape
from sim.lab.experiment.reading import SessionJson, SweepResults, command_of, read_dataset, read_results
from sim.lab.experiment.runner import in_parallel
from sim.lab.experiment.store import Store, data_dictionary
from sim.lab.experiment.work import Job, Task, WrongVersion, do_task
from sim.lab.own_rules import OwnRules
from sim.lab.provenance import origin
from sim.lab.results import (
    UNFINISHED,
    JsonMapping,
    JsonObject,
    ResultsError,
    ResultsFolder,
    WriteError,
    open_folder,
    read_manifest,
    reason,
)
from sim.model.version import MODEL_VERSION

if TYPE_CHECKING:
    from sim.lab.future import Measures
    from sim.model.agents import Coordinator, Member, WorkingGroup

SECONDS_A_TASK = 0.3
MOST_IN_A_TASK = 50
FAILURE_COLUMNS = ["run", "point", "strategy", "seed", "replicate", "error"]
FINISHED = "finished"
RESUME = "runs that are written are kept: run the same command again to resume"


class SweepError(Exception):
    """A sweep had to stop: one message that says why.  Runs completed by then are in its folder."""


def sweep(
    experiment: Experiment | str | Path,
    folder: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
    retry_failed: bool = False,
    member_class: type[Member] | None = None,
    coordinator_class: type[Coordinator] | None = None,
    group_class: type[WorkingGroup] | None = None,
    measures: Measures | None = None,
) -> SweepResults:
    """Run an experiment, or what is left of it, into a results folder, and return the table of its runs.

    `experiment`: an Experiment, or the path of its file.  `folder`: new, empty, or holding results of the same design,
    seed and version, which are resumed; `results/<name>-sweep` if left out.  `jobs`: threads, or tasks that `executor`
    runs at once; the numbers don't depend on it.  `executor`: any `concurrent.futures` executor that can pickle.
    `progress(done, all)` is called regularly.  `stopped` is called between tasks; once it returns true, completed
    runs are written and the sweep ends.  `retry_failed`: repeat the runs that failed, instead of keeping their errors.
    `member_class`, `coordinator_class`, `group_class`, `measures`: rules and outcomes of one's own, as for `simulate`; a
    folder holds runs of the same ones, by their source.

    Raises ScenarioError for impossible worlds; ResultsError for a folder that cannot be used; SweepError where the disk,
    a worker or the cluster failed; TypeError for another kind of experiment.  Runs completed by then are kept.
    """
    own = OwnRules.of(member_class, coordinator_class, group_class, measures)
    experiment = replace(Experiment.of(experiment), own=own)
    experiment.check_worlds()
    opened = open_folder(folder, f"{experiment.name}-sweep", content_of(experiment), how="")
    with locked(opened):
        Session(experiment, opened, jobs, executor, progress, stopped, retry_failed=retry_failed).run()
    return read_results(opened.path)


def content_of(experiment: Experiment) -> JsonObject:
    """Return what a folder of this experiment holds the results of; more replicates may be added to it."""
    return {
        "command": "sweep",
        "model_version": MODEL_VERSION,
        # Before the design, which depends on it: another seed is reported as such.
        "seed": experiment.seed,
        "design_hash": experiment.design_hash,
        "weekly": list(experiment.head.weekly),
    }


@dataclass
class Session:
    """One session of a sweep, into a folder that this process has locked; a sweep that was resumed has several.

    Arguments are those of `sweep`.
    """

    experiment: Experiment
    folder: ResultsFolder
    jobs: int | None
    executor: Executor | None
    progress: Callable[[int, int], None] | None
    stopped: Callable[[], bool]
    entries: JsonMapping = field(default_factory=dict)
    """Further entries of the manifest."""
    retry_failed: bool = False
    rewrite: bool = False
    """Whether the manifest and the files other than the rows are written even if no run is left."""

    def __post_init__(self) -> None:
        self.began, self.ticks = datetime.now(UTC), time.monotonic()
        self.before = read_manifest(self.folder.path) or {}
        if self.before:
            check_shape(self.folder.path, self.before)

    def run(self) -> None:
        """Run what is left of the experiment.  Raises as `sweep` does."""
        wanted, path = self.experiment.replicates, self.folder.path
        held = self.before.get("experiment", {}).get("replicates", 0)
        if held > wanted:
            raise ResultsError(
                f"{path} holds {held:,} replicates of this design, more than the {wanted:,} asked for; "
                f"ask for {held:,} or more, or name another folder{self.folder.how}"
            )
        try:
            self.store = Store(self.experiment, path, self.retry_failed)
            self.first = int(self.store.done.sum())
            if not self.rewrite and self.store.done.all() and held == wanted and self.before["stop_reason"] == FINISHED:
                return
            self.folder.hashes = dict(self.store.hashes)
            self.folder.begin(self.manifest(UNFINISHED))
            self.folder.csv("data-dictionary.csv", data_dictionary(self.experiment))
            try:
                ended = self.run_rest()
            finally:
                self.store.flush()
        except (OSError, WriteError) as fault:
            raise SweepError(f"{refusal(path, fault)}; {RESUME}") from None
        except SweepError as fault:
            with suppress(OSError, WriteError, SweepError):
                self.write_end(f"broken off: {str(fault).partition(';')[0]}")
            raise
        self.write_end(ended)

    def run_rest(self) -> str:
        """Do the runs that have no row yet; return why they ended.  Raises SweepError, and OSError or WriteError."""
        work, pace = partial(do_task, job_of(self.experiment)), Pace()
        total, done = self.experiment.size, self.first
        tick = self.progress or (lambda done, total: None)
        tick(done, total)
        tasks = pace.tasks(self.experiment, np.flatnonzero(~self.store.done))
        # Closed at once where writing fails: no run may continue in the background.
        with closing(in_parallel(work, tasks, self.jobs, self.stopped, self.executor)) as results:
            while True:
                try:
                    item = next(results, None)
                except (CancelledError, BrokenExecutor) as fault:
                    raise SweepError(f"the workers went away ({fault_text(fault)}{no_program()}); {RESUME}") from None
                except Exception as fault:
                    # A fault of a run is a row; this one is of the machine, or of a remote worker.
                    if self.executor is None and not isinstance(fault, OSError | MemoryError):
                        raise
                    hint = (
                        "" if self.executor is None else ".  Workers need the same version of this package, and of Dask"
                    )
                    raise SweepError(f"a run could not be done ({fault_text(fault)}); {RESUME}{hint}") from None
                if item is None:
                    break
                rows, seconds = item[1]
                pace.note(len(rows), seconds)
                self.store.add(rows)
                done += len(rows)
                tick(done, total)
        return FINISHED if done == total else f"stopped by the user after {done} of {total} runs"

    def manifest(self, ended: str) -> JsonObject:
        """Return the manifest's entries other than the folder's content.  `ended`: why the session ended."""
        done = int(self.store.done.sum())
        now: SessionJson = {
            "started": self.began.isoformat(timespec="seconds"),
            "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - self.ticks, 3),
            "runs": done - self.first,
            "stop_reason": ended,
        }
        sessions: list[SessionJson] = [*self.before.get("sessions", []), now]
        return {
            "experiment": self.experiment.to_json(),
            # Those of other designs follow from the design.
            **({"points": self.experiment.points} if self.experiment.head.design == "points" else {}),
            "stop_reason": ended,
            "done": done,
            "failed": self.store.failed,
            "scenario_file": self.experiment.base.path,
            "scenario_settings": list(self.experiment.settings),
            "started": sessions[0]["started"],
            "ended": now["ended"],
            "seconds": round(sum(one["seconds"] for one in sessions), 3),
            "sessions": sessions,
            **origin(),
            **self.entries,
        }

    def write_end(self, ended: str) -> None:
        """Write the table of failures and the final manifest.  Raises SweepError where the disk refuses."""
        try:
            manifest = self.manifest(ended)
            dictionary = "data-dictionary.csv"
            self.folder.hashes = {**self.store.hashes, dictionary: self.folder.hashes[dictionary]}
            if self.store.failed:
                self.folder.csv("failures.csv", failures_of(self.folder.path, manifest))
            else:
                (self.folder.path / "failures.csv").unlink(missing_ok=True)
            self.folder.finish(manifest)
        except (OSError, WriteError) as fault:
            raise SweepError(f"{refusal(self.folder.path, fault)}; {RESUME}") from None


def no_program() -> str:
    """Return why spawned processes cannot start if this process's program is not a file; else an empty text."""
    program = getattr(sys.modules["__main__"], "__file__", None)
    if program is None or Path(program).is_file():
        return ""
    return f": spawned processes read the program again, and {program} is not a file; save it as one and run that"


def refusal(folder: Path, fault: OSError | WriteError) -> str:
    """Return that the system refused to write, and why."""
    if isinstance(fault, WriteError):
        return str(fault).partition(";")[0]
    return f"{folder} cannot be written to ({reason(fault)})"


def fault_text(fault: BaseException) -> str:
    """Return a fault on one line."""
    words = " ".join(str(fault).split())
    return words if isinstance(fault, WrongVersion) else f"{type(fault).__name__}{': ' if words else ''}{words}"


def job_of(experiment: Experiment) -> Job:
    """Return what all runs of an experiment have in common."""
    head = experiment.head
    common = (experiment.design_hash, experiment.base, experiment.seed, head.renewal, head.weekly)
    return Job(*common, own_luck=experiment.own_luck, own=experiment.own)


class Pace:
    """Size of tasks: about `SECONDS_A_TASK`, so that handing them out costs little and Ctrl-C is quick."""

    def __init__(self) -> None:
        self.runs, self.seconds = 0, 0.0

    def note(self, runs: int, seconds: float) -> None:
        """Record how long so many runs took."""
        self.runs += runs
        self.seconds += seconds

    def tasks(self, experiment: Experiment, places: np.ndarray) -> Iterator[Task]:
        """Yield places as tasks, in their order: of one run until the first have come back."""
        at = 0
        while at < len(places):
            size = int(SECONDS_A_TASK * self.runs / self.seconds) if self.seconds else 1
            some = places[at : at + max(1, min(MOST_IN_A_TASK, size))]
            at += len(some)
            yield task_of(experiment, some)


def task_of(experiment: Experiment, places: np.ndarray) -> Task:
    """Return the task of doing the runs at some places."""
    runs = tuple((int(place), *experiment.run_at(int(place))) for place in places)
    return Task(runs, {point: experiment.settings_at(point) for point in dict.fromkeys(run[1] for run in runs)})


def failures_of(folder: Path, manifest: JsonObject) -> pd.DataFrame:
    """Return the failed runs: which, why, and the command that repeats each of them."""
    keys = [factor["key"] for factor in manifest["experiment"]["factors"]]
    runs = read_dataset(folder / "runs", [*FAILURE_COLUMNS, "status", *keys])
    assert runs is not None
    failed = runs[runs["status"] == "failed"].sort_values(["point", "replicate", "strategy"])
    table = failed[FAILURE_COLUMNS].copy()
    table["command"] = [command_of(manifest, row) for row in failed.to_dict("records")]
    return table
