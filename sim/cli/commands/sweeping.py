"""`gennet sweep`: a designed experiment into one results folder; with `--dry-run`, what it would take."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.markup import escape

from sim.cli.commands.sentences import side_by_side
from sim.cli.commands.talking import (
    INTERRUPTED,
    InputError,
    announce_compiling,
    on_stdout,
    progress,
    say,
    say_notes,
    show,
    stopped_by_ctrl_c,
)
from sim.lab.experiment.cluster import ClusterError, dask_executor
from sim.lab.experiment.columns import run_columns
from sim.lab.experiment.experiment import Experiment
from sim.lab.experiment.lock import locked
from sim.lab.experiment.reading import SweepResults, read_results
from sim.lab.experiment.runner import default_jobs
from sim.lab.experiment.status import status_of
from sim.lab.experiment.sweeping import SweepError, content_of, job_of, run_sweep, task_of
from sim.lab.experiment.work import do_task
from sim.lab.results import ResultsFolder, json_text, open_folder
from sim.model.outcomes import BY_NAME
from sim.output.words import how_long, number

PROBES, PROBE_SECONDS = 12, 5.0
BYTES_A_VALUE = 6.0
FIRST_TOLD = 8


@dataclass(frozen=True)
class Asked:
    """The options of `gennet sweep`."""

    experiment: Path
    jobs: int | None = None
    dask: str | None = None
    sets: Sequence[str] = ()
    out: Path | None = None
    seed: int | None = None
    replicates: int | None = None
    weekly: bool = False
    dry_run: bool = False
    as_json: bool = False

    @property
    def all_sets(self) -> list[str]:
        """What is set over the file, options among it."""
        options = [
            ("seed", self.seed),
            ("replicates", self.replicates),
            ("weekly", "true" if self.weekly else None),
        ]
        return [*self.sets, *(f"experiment.{key}={value}" for key, value in options if value is not None)]


def sweep_command(asked: Asked) -> int:
    """Run a sweep and print what came out; returns the exit code: 0, 1 if all runs failed or it broke off, or 130."""
    experiment = Experiment.load(asked.experiment, asked.all_sets)
    with progress("Checking worlds", "points") as tick:
        notes = experiment.check_worlds(tick)
    say_notes((*experiment.base.notes, *notes))
    if asked.dry_run:
        return dry_run(asked, experiment)
    with workers(asked) as (executor, jobs):
        folder = open_folder(asked.out, f"{experiment.name}-sweep", content_of(experiment))
        say(f"{in_words(experiment)}, into {folder.path}/")
        compiling = executor is None and announce_compiling()
        try:
            with locked(folder), stopped_by_ctrl_c() as stopped, progress("Simulating", "runs", compiling) as tick:
                given = {"jobs": jobs, "dask": asked.dask, "overrides": asked.all_sets}
                run_sweep(experiment, folder, jobs, executor, from_here(tick), stopped, given)
        except SweepError as fault:
            say(f"gennet: {fault}")
            return 1
    return told(asked, folder)


@contextmanager
def workers(asked: Asked) -> Iterator[tuple[Any, int]]:
    """The executor to use and how many tasks it runs at once: threads here, or a Dask cluster.  Errors: InputError."""
    if asked.dask is None:
        yield None, asked.jobs or default_jobs()
        return
    if asked.jobs is not None:
        raise InputError("--jobs has no meaning beside --dask: the cluster's workers say how many threads they have")
    try:
        with dask_executor(asked.dask, say) as (executor, threads):
            say(f"Dask cluster at {asked.dask}: {threads} threads.")
            yield executor, threads
    except ClusterError as fault:
        raise InputError(f"--dask: {fault}") from None


def from_here(tick: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Progress of what was left to do at the start, so that the time left is right; says what was there already."""
    first: list[int] = []

    def count(done: int, total: int) -> None:
        """So many runs of all are done, those of earlier sittings among them."""
        if not first:
            first.append(done)
            if done:
                say(f"{done:,} of {total:,} runs are there already.")
        if done - first[0] >= FIRST_TOLD or done == total:  # the first runs take long where workers have to wake up
            tick(done - first[0], total - first[0])

    return count


def in_words(experiment: Experiment) -> str:
    """How many runs, and why."""
    parts = (
        counted(len(experiment.points), "point"),
        counted(len(experiment.strategies), "strategy", "strategies"),
        counted(experiment.replicates, "replicate"),
    )
    return f"{counted(experiment.size, 'run')}: {parts[0]} × {parts[1]} × {parts[2]}"


def counted(count: int, one: str, many: str = "") -> str:
    """A number of things."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def told(asked: Asked, folder: ResultsFolder) -> int:
    """Say what there is, and how to go on; returns the exit code."""
    status = status_of(folder.path)
    stopped = status["left"] > 0
    if stopped:
        share = f"{status['done'] + status['failed']:,} of {status['runs']:,} runs are there and kept"
        say(f"Stopped: {share}.  The same command goes on with the rest.")
    if status["failed"]:
        say(f"{counted(status['failed'], 'run')} failed: see {folder.path / 'failures.csv'}")
    results = read_results(folder.path) if status["done"] else None
    summary = {**status, "outcomes": outcomes_of(results) if results else []}
    if asked.as_json:
        show(lambda: sys.stdout.write(json_text(summary)))
    elif results:
        show(lambda: print_sweep(on_stdout(), results, summary))
    if stopped:
        return INTERRUPTED
    return 1 if status["failed"] and not status["done"] else 0


def outcomes_of(results: SweepResults) -> list[dict[str, Any]]:
    """Median of the experiment's outcomes over all points and replicates, by strategy, and what 8 in 10 runs lie between.

    A week that was not reached is later than any: it stands at the far end.
    """
    found = []
    runs = results.done
    for name in results.experiment["outcomes"]:
        values = runs[name].astype(float).fillna(np.inf) if name.endswith("_week") else runs[name].astype(float)
        for strategy in results.strategies:
            own = values[runs["strategy"] == strategy].dropna()
            low, middle, high = own.quantile([0.1, 0.5, 0.9], interpolation="lower") if len(own) else [np.nan] * 3
            told = {"outcome": name, "strategy": strategy, "median": middle, "low": low, "high": high, "runs": len(own)}
            found.append(told)
    return found


def print_sweep(console: Console, results: SweepResults, summary: dict[str, Any]) -> None:
    """A sweep for people: the outcomes by strategy, and where the rest is."""
    console.print(f"[bold]{escape(results.experiment['title'])}[/]")
    if results.experiment["question"]:
        console.print(escape(results.experiment["question"]))
    rows = pd.DataFrame(summary["outcomes"])
    side_by_side(
        console,
        f"Median over {each_has(rows)}",
        "in brackets: what 8 in 10 lie between",
        [(BY_NAME[name].label, outcome_cell(rows[rows["outcome"] == name])) for name in results.experiment["outcomes"]],
        {strategy: strategy for strategy in results.strategies},
    )
    console.print(f"\nRuns: {results.folder / 'runs'}/ (see {results.folder / 'data-dictionary.csv'})", soft_wrap=True)


def each_has(rows: pd.DataFrame) -> str:
    """How many simulated futures a cell is of; they are fewer where runs failed, or an outcome was not to be had."""
    fewest, most = int(rows["runs"].min()), int(rows["runs"].max())
    number = counted(most, "simulated future") if fewest == most else f"{fewest:,} to {most:,} simulated futures"
    return f"{number} of each strategy"


def outcome_cell(rows: pd.DataFrame) -> Callable[[str], str]:
    """The cell of a strategy in an outcome's row."""
    return lambda strategy: spread(rows[rows["strategy"] == strategy])


def spread(row: pd.DataFrame) -> str:
    """One strategy's cell."""
    middle, low, high = (week_or(float(row[name].iloc[0])) for name in ("median", "low", "high"))
    return f"{middle} ({low}–{high})"


def week_or(value: float) -> str:
    """A number for people; infinity is a week that never came."""
    return "never" if value == np.inf else number(value)


def dry_run(asked: Asked, experiment: Experiment) -> int:
    """Say how many runs, how long, how much disk; a few runs of its own are timed for that."""
    announce_compiling()
    jobs = asked.jobs or default_jobs()
    seconds = probe(experiment)
    size, all_seconds = disk(experiment), seconds * experiment.size / jobs
    facts = {
        "runs": experiment.size,
        "points": len(experiment.points),
        "strategies": list(experiment.strategies),
        "replicates": experiment.replicates,
        "weeks": experiment.weeks,
        "seconds_a_run": seconds,
        "jobs": jobs,
        "seconds": all_seconds,
        "bytes": size,
        "design_hash": experiment.design_hash,
    }
    if asked.as_json:
        show(lambda: sys.stdout.write(json_text(facts)))
        return 0
    told = (
        f"{in_words(experiment)}.\n"
        f"About {how_long(all_seconds)} on {counted(jobs, 'thread')}: {seconds * 1000:.3g} ms a run, "
        f"measured on {counted(min(PROBES, experiment.size), 'run')} of its own at most.\n"
        f"About {size / 1e6:,.1f} MB on disk.  Nothing was written."
    )
    show(lambda: on_stdout().print(told, markup=False, soft_wrap=True))
    return 0


def probe(experiment: Experiment) -> float:
    """Seconds that a run takes on one core: the mean of a few, spread over the experiment; the first is not counted."""
    job = job_of(experiment)
    places = np.unique(np.linspace(0, experiment.size - 1, PROBES + 1).astype(np.int64))
    do_task(job, task_of(experiment, places[:1]))
    taken: list[float] = []
    began = time.monotonic()
    for place in places:
        taken.append(do_task(job, task_of(experiment, np.array([place])))[1])
        if time.monotonic() - began > PROBE_SECONDS:
            break
    return statistics.fmean(taken)


def disk(experiment: Experiment) -> float:
    """About how many bytes the tables take: Parquet packs most values into less than their eight bytes."""
    values = len(run_columns(experiment)) + experiment.weeks * len(experiment.head.weekly)
    return experiment.size * values * BYTES_A_VALUE + 60_000
