"""Run an experiment into one results folder: started, stopped and gone on with as often as need be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.lab.experiment.columns import data_dictionary
from sim.lab.experiment.experiment import Experiment
from sim.lab.experiment.lock import locked
from sim.lab.experiment.reading import SweepResults, read_dataset, read_results
from sim.lab.experiment.rerun import command_of
from sim.lab.experiment.runner import default_jobs, in_parallel
from sim.lab.experiment.session import Session
from sim.lab.experiment.store import Store
from sim.lab.experiment.work import Job, Task, WrongVersion, do_task
from sim.lab.files import ResultsError, WriteError, reason
from sim.lab.results import UNFINISHED, ResultsFolder, open_folder, read_manifest
from sim.model.version import MODEL_VERSION

SECONDS_A_TASK = 0.3
MOST_IN_A_TASK = 50
FAILURE_COLUMNS = ["run", "point", "strategy", "seed", "replicate", "error"]


class SweepError(Exception):
    """A sweep could not go on: one message that says why.  What was complete is in its folder."""


def sweep(
    experiment: Experiment | str | Path,
    folder: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
    said: Mapping[str, Any] | None = None,
) -> SweepResults:
    """Run an experiment, or what is left of it, into a results folder, and return the table of its runs.

    `experiment`: an Experiment, or the path of its file.  `folder`: new, empty, or holding results of the same design,
    seed and version, which are gone on with; `results/<name>-sweep` if left out.  `jobs`: threads, or tasks that
    `executor` runs at once; the numbers don't depend on it.  `executor`: any `concurrent.futures` executor that can
    pickle.  `progress(done, all)` is called now and then. `stopped` is asked between tasks; once true, what is
    complete is written, and the sweep ends.  `said`: what else the manifest is to say.

    Errors: ScenarioError for worlds that cannot be; ResultsError for a folder that cannot be used; SweepError where the
    disk, a worker or the cluster gave up; TypeError for another kind of experiment.  What was complete by then is kept.
    """
    experiment = Experiment.of(experiment)
    experiment.check_worlds()
    found = open_folder(folder, f"{experiment.name}-sweep", content_of(experiment), how="")
    with locked(found):
        run_sweep(experiment, found, jobs, executor, progress, stopped, said)
    return read_results(found.path)


def content_of(experiment: Experiment) -> dict[str, Any]:
    """What a folder of this experiment is the results of; more replicates may be added to it."""
    return {
        "command": "sweep",
        "model_version": MODEL_VERSION,
        # Before the design, which is drawn by it: another seed is told as such.
        "seed": experiment.seed,
        "design_hash": experiment.design_hash,
        "weekly": list(experiment.head.weekly),
    }


def run_sweep(
    experiment: Experiment,
    folder: ResultsFolder,
    jobs: int | None,
    executor: Executor | None,
    progress: Callable[[int, int], None] | None,
    stopped: Callable[[], bool],
    said: Mapping[str, Any] | None,
) -> Store:
    """Run what is left of an experiment into a folder that this process has to itself.  Errors as for `sweep`."""
    before = read_manifest(folder.path) or {}
    held = before.get("experiment", {}).get("replicates", 0)
    if held > experiment.replicates:
        raise ResultsError(
            f"{folder.path} holds {held:,} replicates of this design, more than the {experiment.replicates:,} asked for; "
            f"ask for {held:,} or more, or name another folder{folder.how}"
        )
    session = Session(experiment, before, said or {})
    try:
        store = Store(experiment, folder.path)
        if store.done.all() and held == experiment.replicates and before["stop_reason"] == FINISHED:
            return store
        folder.files = store.files
        folder.begin(session.manifest(store, UNFINISHED))
        folder.csv("data-dictionary.csv", data_dictionary(experiment))
        try:
            ended = go_on(experiment, store, jobs, executor, progress, stopped)
        finally:
            store.flush()
    except (OSError, WriteError) as fault:
        raise SweepError(f"{refusal(folder.path, fault)}; {GO_ON}") from None
    except SweepError as fault:
        with suppress(OSError, WriteError, SweepError):
            write_end(folder, store, session, f"broken off: {str(fault).partition(';')[0]}")
        raise
    write_end(folder, store, session, ended)
    return store


FINISHED = "finished"
GO_ON = "runs that are written are kept: the same command goes on with them"


def go_on(
    experiment: Experiment,
    store: Store,
    jobs: int | None,
    executor: Executor | None,
    progress: Callable[[int, int], None] | None,
    stopped: Callable[[], bool],
) -> str:
    """Run what has no row yet; returns why it ended.  Errors: SweepError; OSError or WriteError where the disk refuses."""
    job = job_of(experiment)
    pace = Pace()
    all_runs, done = experiment.size, int(store.done.sum())
    if progress:
        progress(done, all_runs)
    work = Work(job)
    left = np.flatnonzero(~store.done)
    # Closed at once where writing fails: runs under way must not go on behind somebody's back.
    with closing(in_parallel(work, pace.tasks(experiment, left), jobs or default_jobs(), stopped, executor)) as results:
        while True:
            try:
                item = next(results, None)
            except (CancelledError, BrokenExecutor) as fault:
                raise SweepError(f"the workers went away ({told_of(fault)}); {GO_ON}") from None
            except Exception as fault:
                # Faults of runs are rows; these are of the machine, or of a worker elsewhere.
                if executor is None and not isinstance(fault, OSError | MemoryError):
                    raise
                hint = "" if executor is None else ".  Workers need the same version of this package, and of Dask"
                raise SweepError(f"a run could not be done ({told_of(fault)}); {GO_ON}{hint}") from None
            if item is None:
                break
            rows, seconds = item[1]
            pace.note(len(rows), seconds)
            store.add(rows)
            done += len(rows)
            if progress:
                progress(done, all_runs)
    return FINISHED if done == all_runs else f"stopped by the user after {done} of {all_runs} runs"


def refusal(folder: Path, fault: OSError | WriteError) -> str:
    """That the system refused to write, and why."""
    if isinstance(fault, WriteError):
        return str(fault).partition(";")[0]
    return f"{folder} cannot be written to ({reason(fault)})"


def told_of(fault: BaseException) -> str:
    """A fault on one line."""
    words = " ".join(str(fault).split())
    return words if isinstance(fault, WrongVersion) else f"{type(fault).__name__}{': ' if words else ''}{words}"


def job_of(experiment: Experiment) -> Job:
    """What all runs of an experiment have in common, as workers need it."""
    head = experiment.head
    return Job(experiment.design_hash, experiment.base, experiment.seed, head.renewal, head.weekly)


class Work:
    """A job, ready to be handed tasks; it can be pickled."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def __call__(self, task: Task) -> Any:
        return do_task(self.job, task)


class Pace:
    """How many runs make a task: about `SECONDS_A_TASK`, so that handing them out costs little and Ctrl-C is quick."""

    def __init__(self) -> None:
        self.runs, self.seconds = 0, 0.0

    def note(self, runs: int, seconds: float) -> None:
        """So many runs took so long."""
        self.runs += runs
        self.seconds += seconds

    @property
    def size(self) -> int:
        """Runs of the next task: one until the first have come back."""
        if not self.runs or not self.seconds:
            return 1
        return max(1, min(MOST_IN_A_TASK, int(SECONDS_A_TASK * self.runs / self.seconds)))

    def tasks(self, experiment: Experiment, places: np.ndarray) -> Iterator[Task]:
        """Places as tasks, in their order."""
        at = 0
        while at < len(places):
            some = places[at : at + self.size]
            at += len(some)
            yield task_of(experiment, some)


def task_of(experiment: Experiment, places: np.ndarray) -> Task:
    """The task of doing the runs at some places."""
    runs = tuple((int(place), *experiment.run_at(int(place))) for place in places)
    return Task(runs, {point: experiment.settings_at(point) for point in dict.fromkeys(run[1] for run in runs)})


def write_end(folder: ResultsFolder, store: Store, session: Session, ended: str) -> None:
    """Write what a sweep leaves beside its runs.  Errors: SweepError where the disk refuses."""
    try:
        manifest = session.manifest(store, ended)
        folder.files = [*store.files, "data-dictionary.csv"]
        if store.failed:
            folder.csv("failures.csv", failures_of(folder.path, manifest))
        folder.finish(manifest)
    except (OSError, WriteError) as fault:
        raise SweepError(f"{refusal(folder.path, fault)}; {GO_ON}") from None


def failures_of(folder: Path, manifest: Mapping[str, Any]) -> pd.DataFrame:
    """The runs that failed: which, why, and the command that runs each of them alone."""
    keys = [told["key"] for told in manifest["experiment"]["factors"]]
    runs = read_dataset(folder / "runs", [*FAILURE_COLUMNS, "status", *keys])
    assert runs is not None
    failed = runs[runs["status"] == "failed"].sort_values(["point", "replicate", "strategy"])
    table = failed[FAILURE_COLUMNS].copy()
    table["command"] = [command_of(manifest, row) for row in failed.to_dict("records")]
    return table
