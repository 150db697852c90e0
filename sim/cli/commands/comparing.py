"""`gennet compare`: a scenario's strategies on paired futures, printed, and written into a results folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.cli.commands import tables
from sim.cli.commands.opening import Clock, check_network, manifest, opened_folder, opened_scenario
from sim.cli.commands.sentences import print_comparison
from sim.cli.commands.talking import (
    INTERRUPTED,
    WRITING,
    InputError,
    announce_compiling,
    on_stdout,
    progress,
    say,
    show,
    stopped_by_ctrl_c,
    waiting,
)
from sim.inputs.bounds import FEWEST_REPLICATES, MOST_REPLICATES
from sim.inputs.scenario import Scenario
from sim.lab.comparison import BANDS, Comparison, compare
from sim.lab.experiment.lock import claimed
from sim.lab.future import simulate
from sim.lab.results import ResultsFolder, json_text, read_manifest

MOST_BYTES = 8e9


@dataclass(frozen=True)
class Asked:
    """The options of `gennet compare`."""

    scenario: Path
    strategies: Sequence[str] = ()
    replicates: int | None = None
    seed: int | None = None
    jobs: int | None = None
    sets: Sequence[str] = ()
    out: Path | None = None
    as_json: bool = False
    renewal: bool = True


def number_of_futures(asked: Asked, scenario: Scenario, strategies: int) -> int:
    """How many futures of each strategy, checked.  Errors: InputError."""
    count = scenario.replicates if asked.replicates is None else asked.replicates
    where = f"{scenario.path}: replicates" if asked.replicates is None else "--replicates"
    if not FEWEST_REPLICATES <= count <= MOST_REPLICATES:
        raise InputError(
            f"{where} is {count:,}; allowed are {FEWEST_REPLICATES} to {MOST_REPLICATES:,} simulated futures "
            "(an interval takes two)"
        )
    size = count * strategies * scenario.weeks * len(BANDS) * 4
    if size > MOST_BYTES:
        raise InputError(
            f"{where} is {count:,}: the weekly measures of {strategies} strategies over {scenario.weeks:,} weeks "
            f"would take {size / 1e9:.0f} GB; ask for {int(count * MOST_BYTES / size):,} or fewer"
        )
    return count


def compare_command(asked: Asked) -> int:
    """Compare, print and write; returns the exit code: 0, or 130 after Ctrl-C."""
    clock = Clock()
    scenario = opened_scenario(asked.scenario, asked.sets)
    names = strategies_asked(asked, scenario)
    count = number_of_futures(asked, scenario, len(names))
    seed = scenario.seed if asked.seed is None else asked.seed
    check_network(scenario, seed, 0)
    opened = opened_folder(asked.out, "compare", scenario, names, seed, count, renewal=asked.renewal)
    with claimed(opened, count) as folder:
        comparison = run_futures(asked, scenario, names, count, seed)
        return told_and_written(asked, comparison, count, folder, clock)


def strategies_asked(asked: Asked, scenario: Scenario) -> tuple[str, ...]:
    """The strategies to compare, in the order asked for; all if none is named.  Errors: ScenarioError, InputError."""
    names = tuple(scenario.strategy(name) for name in asked.strategies)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"--strategy: {twice!r} is named twice; allowed is each strategy once")
    return names or tuple(scenario.strategies)


def told_and_written(
    asked: Asked, comparison: Comparison | None, count: int, folder: ResultsFolder, clock: Clock
) -> int:
    """Print a comparison and write it into its folder; returns the exit code."""
    if comparison is None:
        folder.give_up()
        say("Stopped before two futures of every strategy were complete: there is nothing to compare.")
        return INTERRUPTED
    stopped = comparison.replicates < count
    if stopped:
        say(f"Stopped: {comparison.replicates:,} of {count:,} futures are complete, and these are compared.")
    summary = comparison.summary
    show(lambda: sys.stdout.write(json_text(summary)) if asked.as_json else print_comparison(on_stdout(), summary))
    if stopped and (read_manifest(folder.path) or {}).get("replicates", 0) > comparison.replicates:
        say(f"{folder.path}/ holds more futures of this comparison: it is left as it is.")
        return INTERRUPTED
    with stopped_by_ctrl_c(WRITING) as pressed, waiting("Writing tables and figures"):
        write(folder, comparison)
        reason = f"stopped by the user after {comparison.replicates} of {count} futures" if stopped else "finished"
        told = manifest(comparison.scenario, clock, asked.sets, reason, replicates=comparison.replicates)
        folder.finish(told)
    where = f"Tables and figures: {folder.path}/ (see {folder.path / 'manifest.json'})"
    show(lambda: say(where) if asked.as_json else on_stdout().print(f"\n{where}", soft_wrap=True, markup=False))
    return INTERRUPTED if stopped or pressed() else 0


def run_futures(asked: Asked, scenario: Scenario, names: Sequence[str], count: int, seed: int) -> Comparison | None:
    """Run the futures, with progress; after Ctrl-C what is complete by then, None if that is too little."""
    compiling = announce_compiling()
    with stopped_by_ctrl_c() as stopped, progress("Simulating", "runs", compiling) as tick:
        try:
            return compare(scenario, count, seed, names, asked.jobs, asked.renewal, tick, stopped)
        except ValueError:
            if stopped():
                return None
            raise


def write(folder: ResultsFolder, comparison: Comparison) -> None:
    """Everything that a comparison leaves in its folder, but for the manifest."""
    folder.begin()
    runs = tables.runs_table(comparison.scenario, comparison.runs)
    folder.parquet("runs/part-00000.parquet", runs, tables.RUN_COLUMNS)
    folder.csv("runs.csv", runs)
    folder.parquet("weekly/part-00000.parquet", comparison.weekly, tables.WEEKLY_COLUMNS)
    folder.text("summary.json", json_text(comparison.summary))
    for name, table in comparison.tables.items():
        folder.csv(f"tables/{name}.csv", table)
    draw(folder, comparison)


def draw(folder: ResultsFolder, comparison: Comparison) -> None:
    """The figures of a comparison."""
    from sim.output import figures
    from sim.output.figures import save_in

    scenario, runs = comparison.scenario, comparison.runs
    colours = figures.strategy_colours(scenario.strategies)
    # A week's outputs are 0 or 1: lines of that say nothing.
    so_far = comparison.weekly.groupby(["strategy", "replicate"])["outputs"].cumsum()
    weekly = comparison.weekly.assign(outputs_so_far=so_far)
    shown = ["outputs_so_far" if name == "outputs" else name for name in BANDS]
    drawn = {
        "stages_over_time": figures.stages_over_time(runs, scenario.weeks, colours),
        "time_to_event": figures.time_to_event(runs, scenario.weeks, colours),
        "weekly_bands": figures.weekly_bands(weekly, shown, colours),
        "outputs_against_cost": figures.outputs_against_cost(runs, colours),
        "outputs_by_kind": figures.outputs_by_kind(runs, colours),
    }
    for name, figure in drawn.items():
        save_in(folder, f"figures/{name}", figure)
    for name in comparison.strategies:
        replicate = typical(comparison, name)
        record = simulate(scenario, name, comparison.seed, replicate, renewal=False)
        title = f"{name}: one typical future (number {replicate}), not a forecast"
        figure = figures.network_before_after(record.before, record.network, title)
        save_in(folder, f"figures/network_before_after-{name}", figure)


def typical(comparison: Comparison, strategy: str) -> int:
    """The replicate whose outputs are closest to the median of a strategy's futures; the first of several."""
    runs = comparison.of(strategy)
    outputs = runs["outputs"].to_numpy(float)
    return int(runs["replicate"].to_numpy()[np.argmin(np.abs(outputs - np.median(outputs)))])
