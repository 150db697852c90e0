"""`gennet run`: one simulated future in full, printed, and written into a results folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.cli.commands import tables
from sim.cli.commands.opening import Clock, check_network, identity, manifest, opened_folder, opened_scenario
from sim.cli.commands.talking import (
    INTERRUPTED,
    WRITING,
    announce_compiling,
    in_background,
    on_stdout,
    say,
    show,
    stopped_by_ctrl_c,
    waiting,
)
from sim.lab.experiment.lock import claimed
from sim.lab.future import simulate
from sim.lab.record import Record
from sim.lab.results import ResultsFolder, json_text
from sim.model.outcomes import OUTCOMES, STAGES_REACHED, SUMMARY
from sim.model.version import MODEL_VERSION
from sim.output.words import NONE, number


@dataclass(frozen=True)
class Asked:
    """The options of `gennet run`."""

    scenario: Path
    strategy: str | None = None
    seed: int | None = None
    replicate: int = 0
    sets: Sequence[str] = ()
    out: Path | None = None
    as_json: bool = False
    ledger: bool = False
    panels: bool = False


def run_command(asked: Asked) -> int:
    """Run, print and write; returns the exit code."""
    clock = Clock()
    scenario = opened_scenario(asked.scenario, asked.sets)
    name = scenario.strategy(asked.strategy)
    seed = scenario.seed if asked.seed is None else asked.seed
    check_network(scenario, seed, asked.replicate)
    opened = opened_folder(asked.out, "run", scenario, (name,), seed, replicate=asked.replicate)
    with claimed(opened) as folder:
        compiling = announce_compiling()
        record: Record = in_background(
            lambda: simulate(scenario, name, seed, asked.replicate, ledger=asked.ledger),
            "Compiling, then simulating" if compiling else "Simulating",
        )
        return told_and_written(asked, record, folder, clock)


def told_and_written(asked: Asked, record: Record, folder: ResultsFolder, clock: Clock) -> int:
    """Print a run and write it into its folder; returns the exit code."""
    summary = summary_of(record)
    show(lambda: sys.stdout.write(json_text(summary)) if asked.as_json else print_run(on_stdout(), record))
    with stopped_by_ctrl_c(WRITING) as pressed, waiting("Writing tables and figures"):
        write(folder, record, summary, asked)
        folder.finish(manifest(record.scenario, clock, asked.sets, "finished", run=summary["run"]))
    where = f"Tables, networks and figures: {folder.path}/ (see {folder.path / 'manifest.json'})"
    show(lambda: say(where) if asked.as_json else on_stdout().print(f"\n{where}", soft_wrap=True, markup=False))
    return INTERRUPTED if pressed() else 0


def summary_of(record: Record) -> dict[str, Any]:
    """What `gennet run --json` prints."""
    return {
        "scenario": record.scenario.title,
        "strategy": record.strategy,
        "label": record.scenario.strategies[record.strategy].label,
        "seed": record.seed,
        "replicate": record.replicate,
        "weeks": record.scenario.weeks,
        "run": identity(record.scenario, record.strategy, record.seed, record.replicate),
        "model_version": MODEL_VERSION,
        "stages": {stage: {"reached": week is not None, "week": week} for stage, week in record.reached.items()},
        "outcomes": dict(record.outcomes),
        "events": record.events.to_dict("records"),
    }


def print_run(console: Console, record: Record) -> None:
    """One run for people: when it got where, and what it came to."""
    scenario = record.scenario
    console.print(f"[bold]{escape(scenario.title)}[/]")
    console.print(
        f"One simulated future of {escape(record.strategy)}: {scenario.weeks} weeks, seed {record.seed}, "
        f"replicate {record.replicate}.  One future is no forecast: gennet compare runs many."
    )
    console.print()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("stage")
    table.add_column("reached in week", justify="right")
    table.add_column("lost again in week", justify="right")
    for stage in STAGES_REACHED:
        week = record.reached[stage]
        lost = record.outcomes[f"{stage}_lost_week"]
        table.add_row(stage, "not reached" if week is None else str(week), NONE if lost != lost else f"{lost:.0f}")
    console.print(table)
    console.print()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("outcome")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("unit")
    for outcome in OUTCOMES:
        if outcome.name in SUMMARY:
            table.add_row(outcome.label, number(record.outcomes[outcome.name]), outcome.unit)
    console.print(table)


def write(folder: ResultsFolder, record: Record, summary: dict[str, Any], asked: Asked) -> None:
    """Everything that a run leaves in its folder, but for the manifest."""
    folder.begin()
    keys = {"strategy": record.strategy, "seed": record.seed, "replicate": record.replicate}
    runs = tables.runs_table(record.scenario, pd.DataFrame([{**keys, **record.outcomes}]))
    folder.parquet("runs/part-00000.parquet", runs, tables.RUN_COLUMNS)
    folder.csv("runs.csv", runs)
    weekly = record.weekly.copy()
    for place, (key, value) in enumerate({"run": summary["run"], **keys}.items()):
        weekly.insert(place, key, value)
    folder.parquet("weekly/part-00000.parquet", weekly, tables.WEEKLY_COLUMNS)
    folder.csv("maps.csv", record.maps)
    folder.csv("events.csv", record.events)
    folder.text("summary.json", json_text(summary))
    folder.graph("network-before.graphml", record.before)
    folder.graph("network-after.graphml", record.network)
    if asked.ledger:
        folder.parquet("ledger.parquet", record.ledger, tables.GIFT_COLUMNS)
    if asked.panels:
        folder.parquet("members.parquet", record.members, tables.MEMBER_COLUMNS)
        folder.parquet("ties.parquet", record.ties, tables.TIE_COLUMNS)
    draw(folder, record)


def draw(folder: ResultsFolder, record: Record) -> None:
    """The figures of one run."""
    from sim.output import figures
    from sim.output.figures import save_in

    save_in(folder, "figures/one_run", figures.one_run(record.weekly, record.events))
    title = f"{record.strategy}: one simulated future (replicate {record.replicate}), not a forecast"
    figure = figures.network_before_after(record.before, record.network, title)
    save_in(folder, "figures/network_before_after", figure)
