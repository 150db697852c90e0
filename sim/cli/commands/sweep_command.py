"""`gennet sweep`: run a designed experiment into one results folder."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.console import Console
from rich.markup import escape

from sim.cli import terminal
from sim.cli.cluster import connected
from sim.cli.options import AsJson, Jobs, Out, Seed, Sets, futures
from sim.lab.experiment.lock import locked
from sim.lab.experiment.runner import ClusterError, default_jobs
from sim.lab.results import open_folder
from sim.output.words import counted, how_long, number

if TYPE_CHECKING:
    from sim.lab.experiment.experiment import Experiment
    from sim.lab.experiment.reading import SweepResults

PROBES, PROBE_SECONDS = 12, 5.0
BYTES_A_VALUE = 6.0
FIRST_TICK = 8


def sweep(
    experiment: Annotated[
        Path, typer.Argument(metavar="EXPERIMENT", help="Experiment file (TOML); see scenarios/sweeps/ for examples.")
    ],
    jobs: Jobs = None,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster to run on, such as tcp://127.0.0.1:8786."),
    ] = None,
    sets: Sets = None,
    out: Out = None,
    seed: Seed = None,
    replicates: Annotated[
        int | None, futures("Simulated futures of each point and strategy; by default as the file says.")
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Repeat the runs that failed before.")] = False,
    weekly: Annotated[bool, typer.Option("--weekly", help="Also keep the weekly measures of every run.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Estimate runs, time and disk space, and write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Run an experiment: many uncertain worlds, each under every strategy.

    A sweep is resumable: after Ctrl-C or a crash the same command continues it, and a higher --replicates adds futures.

    Example: gennet sweep scenarios/sweeps/quick.toml --set experiment.samples=32 --out results/mine
    """
    from sim.lab.experiment.experiment import Experiment
    from sim.lab.experiment.sweeping import Session, SweepError, content_of

    overrides = [*(sets or ())]
    for key, value in (("seed", seed), ("replicates", replicates), ("weekly", "true" if weekly else None)):
        overrides += [] if value is None else [f"experiment.{key}={value}"]
    loaded = Experiment.load(experiment, overrides)
    with terminal.progress("Checking worlds", "points") as tick:
        notes = loaded.check_worlds(tick)
    terminal.say_notes((*loaded.base.notes, *notes))
    if dry_run:
        return estimate(loaded, jobs or default_jobs(), as_json)
    with workers(jobs, dask) as (executor, threads):
        folder = open_folder(out, f"{loaded.name}-sweep", content_of(loaded))
        terminal.say(f"{size_of(loaded)}, into {folder.path}/")
        compiling = executor is None and terminal.announce_compiling()
        try:
            with (
                locked(folder),
                terminal.stopped_by_ctrl_c() as stopped,
                terminal.progress("Simulating", "runs", compiling) as tick,
            ):
                details = {"jobs": threads, "dask": dask, "overrides": overrides}
                Session(loaded, folder, threads, executor, remaining(tick), stopped, details, retry_failed).run()
        except SweepError as fault:
            terminal.say(f"gennet: {fault}")
            if as_json:
                terminal.show_error(str(fault), 1)
            return 1
    return report_sweep(folder.path, as_json)


@contextmanager
def workers(jobs: int | None, dask: str | None) -> Iterator[tuple[Executor | None, int]]:
    """Yield the executor (None: threads of this process) and how many tasks it runs at once.  Raises InputError."""
    if dask is None:
        yield None, jobs or default_jobs()
        return
    if jobs is not None:
        raise terminal.InputError("--jobs cannot be combined with --dask: the cluster's workers set their own threads")
    try:
        with connected(dask) as (executor, threads):
            terminal.say(f"Dask cluster at {dask}: {threads} threads.")
            yield executor, threads
    except ClusterError as fault:
        raise terminal.InputError(f"--dask: {fault}") from None


def remaining(tick: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Return a counter that shows progress on the runs still to do, so that the time left is right."""
    first: list[int] = []

    def count(done: int, total: int) -> None:
        if not first:
            first.append(done)
            if done:
                terminal.say(f"{done:,} of {total:,} runs were already done.")
        if done - first[0] >= FIRST_TICK or done == total:  # the first runs are slow while workers start
            tick(done - first[0], total - first[0])

    return count


def size_of(experiment: Experiment) -> str:
    """Return how many runs an experiment has, and why."""
    parts = (
        counted(len(experiment.points), "point"),
        counted(len(experiment.strategies), "strategy", "strategies"),
        counted(experiment.replicates, "replicate"),
    )
    return f"{counted(experiment.size, 'run')}: {parts[0]} × {parts[1]} × {parts[2]}"


def report_sweep(folder: Path, as_json: bool) -> int:
    """Print the state and outcomes of a sweep, and return the exit code: 0, 1 if all runs failed, or 130."""
    from sim.lab.analysis.runs import lost_to_failures
    from sim.lab.experiment.reading import read_results
    from sim.lab.experiment.status import status_of

    status = status_of(folder)
    stopped = status["left"] > 0
    if stopped:
        share = f"{status['done'] + status['failed']:,} of {status['runs']:,} runs are done and kept"
        terminal.say(f"Stopped: {share}.  The same command continues with the rest.")
    if status["failed"]:
        terminal.say(
            f"{counted(status['failed'], 'run')} failed: see {folder / 'failures.csv'}; --retry-failed repeats them."
        )
    results = read_results(folder) if status["done"] else None
    lost = "" if results is None else lost_to_failures(results.runs)
    if lost:
        terminal.say(lost)
    spreads = outcomes_of(results) if results else []
    payload = {**status, "outcomes": [one._asdict() for one in spreads]}
    terminal.show(lambda console: print_sweep(console, results, spreads) if results else None, payload, as_json)
    if stopped:
        return terminal.INTERRUPTED
    return 1 if status["failed"] and not status["done"] else 0


class OutcomeSpread(NamedTuple):
    """An outcome of a strategy over all runs: median, and the range of the middle 80%."""

    outcome: str
    strategy: str
    median: float
    low: float
    high: float
    runs: int


def outcomes_of(results: SweepResults) -> list[OutcomeSpread]:
    """Return the experiment's outcomes over all points and replicates, by outcome and strategy.

    A week that was not reached counts as infinite.
    """
    import numpy as np

    spreads = []
    runs = results.done
    for name in results.experiment["outcomes"]:
        values = runs[name].astype(float).fillna(np.inf) if name.endswith("_week") else runs[name].astype(float)
        for strategy in results.strategies:
            own = values[runs["strategy"] == strategy].dropna()
            low, middle, high = own.quantile([0.1, 0.5, 0.9], interpolation="lower") if len(own) else [np.nan] * 3
            spreads.append(OutcomeSpread(name, strategy, middle, low, high, len(own)))
    return spreads


def print_sweep(console: Console, results: SweepResults, spreads: Sequence[OutcomeSpread]) -> None:
    """Print the outcomes by strategy, and where the runs are."""
    from sim.cli.comparison_tables import side_by_side
    from sim.model.outcomes import BY_NAME

    console.print(f"[bold]{escape(results.experiment['title'])}[/]")
    if results.experiment["question"]:
        console.print(escape(results.experiment["question"]))
    # Fewer runs where some failed, or where an outcome does not exist.
    fewest, most = min(one.runs for one in spreads), max(one.runs for one in spreads)
    count = counted(most, "simulated future") if fewest == most else f"{fewest:,} to {most:,} simulated futures"
    rows = [
        (BY_NAME[name].label, [cell(one) for one in spreads if one.outcome == name])
        for name in results.experiment["outcomes"]
    ]
    side_by_side(console, f"Median over {count} of each strategy", "in brackets: middle 80%", rows, results.strategies)
    console.print(f"\nRuns: {results.folder / 'runs'}/ (see {results.folder / 'data-dictionary.csv'})", soft_wrap=True)


def cell(spread: OutcomeSpread) -> str:
    """Return median and range as text; infinity is a week that never came."""
    import numpy as np

    middle, low, high = (
        "never" if value == np.inf else number(value) for value in (spread.median, spread.low, spread.high)
    )
    return f"{middle} ({low}–{high})"


def estimate(experiment: Experiment, jobs: int, as_json: bool) -> int:
    """Print how many runs an experiment has, and the time and disk space that they take."""
    terminal.announce_compiling()
    seconds = probe(experiment)
    size, total = disk(experiment), seconds * experiment.size / jobs
    facts = {
        "runs": experiment.size,
        "points": len(experiment.points),
        "strategies": list(experiment.strategies),
        "replicates": experiment.replicates,
        "weeks": experiment.weeks,
        "seconds_a_run": seconds,
        "jobs": jobs,
        "seconds": total,
        "bytes": size,
        "design_hash": experiment.design_hash,
    }
    text = (
        f"{size_of(experiment)}.\n"
        f"About {how_long(total)} on {counted(jobs, 'thread')}: {seconds * 1000:.3g} ms a run, "
        f"measured on up to {counted(min(PROBES, experiment.size), 'run')}.\n"
        f"About {size / 1e6:,.1f} MB on disk.  Nothing was written."
    )
    terminal.show(lambda console: console.print(text, markup=False, soft_wrap=True), facts, as_json)
    return 0


def probe(experiment: Experiment) -> float:
    """Return the mean seconds of a run on one core, from a few runs spread over the experiment after a warm-up."""
    import numpy as np

    from sim.lab.experiment.sweeping import job_of, task_of
    from sim.lab.experiment.work import do_task

    job = job_of(experiment)
    places = np.unique(np.linspace(0, experiment.size - 1, PROBES + 1).astype(np.int64))
    do_task(job, task_of(experiment, places[:1]))
    seconds: list[float] = []
    began = time.monotonic()
    for place in places:
        seconds.append(do_task(job, task_of(experiment, np.array([place])))[1])
        if time.monotonic() - began > PROBE_SECONDS:
            break
    return statistics.fmean(seconds)


def disk(experiment: Experiment) -> float:
    """Return about how many bytes the tables take; Parquet packs most values into fewer than their eight bytes."""
    from sim.lab.experiment.store import run_columns

    values = len(run_columns(experiment)) + experiment.weeks * len(experiment.head.weekly)
    return experiment.size * values * BYTES_A_VALUE + 60_000
