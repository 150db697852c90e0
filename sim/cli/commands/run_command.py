"""`gennet run`: simulate one future in full."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console
from rich.markup import escape

from sim.cli import opening, terminal
from sim.cli.opening import Clock, check_network, identity, load_scenario, scenario_folder, scenario_manifest
from sim.cli.options import AsJson, Out, ScenarioFile, Seed, Sets, whole
from sim.inputs.bounds import LARGEST_SEED
from sim.inputs.scenario import Scenario
from sim.lab.experiment.lock import claimed
from sim.lab.future import simulate
from sim.lab.record import Record
from sim.lab.results import JsonObject, ResultsFolder, json_text, kept_entries
from sim.model.outcomes import OUTCOMES, STAGES_REACHED, SUMMARY
from sim.model.version import MODEL_VERSION
from sim.output import figures
from sim.output.words import NONE, number


def run(
    scenario: ScenarioFile,
    strategy: Annotated[
        str | None, typer.Option(metavar="NAME", help="Strategy; needed if the scenario has several.")
    ] = None,
    seed: Seed = None,
    replicate: Annotated[int, whole("--replicate", 0, LARGEST_SEED, "Number of the simulated future.")] = 0,
    sets: Sets = None,
    out: Out = None,
    as_json: AsJson = False,
    ledger: Annotated[bool, typer.Option("--ledger", help="Also write every gift: ledger.parquet.")] = False,
    panels: Annotated[bool, typer.Option("--panels", help="Also write all members and ties at the end.")] = False,
) -> int:
    """Simulate one future of a scenario.

    Writes a weekly table, events, networks and figures.

    Example: gennet run scenarios/weaving.toml --strategy customized --seed 3
    """
    clock = Clock()
    loaded = load_scenario(scenario, sets)
    name = loaded.strategy(strategy)
    seed = loaded.seed if seed is None else seed
    check_network(loaded, seed, replicate)
    results = scenario_folder(out, "run", loaded, (name,), seed, replicate=replicate)
    with claimed(results) as folder:
        text = "Compiling, then simulating" if terminal.announce_compiling() else "Simulating"
        record = terminal.in_background(lambda: simulate(loaded, name, seed, replicate, ledger=ledger), text)
        summary = summary_of(record)
        terminal.show(lambda console: print_run(console, record), summary, as_json)
        with terminal.stopped_by_ctrl_c(terminal.WRITING) as pressed, terminal.waiting("Writing tables and figures"):
            write(folder, record, summary, ledger, panels)
            folder.finish(scenario_manifest(loaded, clock, sets, "finished", run=summary["run"]))
        terminal.show_where(
            f"Tables, networks and figures: {folder.path}/ (see {folder.path / 'manifest.json'})", as_json
        )
        return terminal.INTERRUPTED if pressed() else 0


def make_again(folder: ResultsFolder, scenario: Scenario, manifest: JsonObject) -> int:
    """Run a future again as its manifest has it, write all its files again, and return the exit code."""
    ledger, panels = (name in manifest["files"] for name in ("ledger.parquet", "members.parquet"))
    record = simulate(scenario, manifest["strategies"][0], manifest["seed"], manifest["replicate"], ledger=ledger)
    write(folder, record, summary_of(record), ledger, panels)
    folder.finish(kept_entries(folder, manifest))
    return 0


def summary_of(record: Record) -> dict[str, Any]:
    """Return what `gennet run --json` prints."""
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
    """Print when the stages were reached, and the outcomes."""
    console.print(f"[bold]{escape(record.scenario.title)}[/]")
    console.print(
        f"One simulated future of {escape(record.strategy)}: {record.scenario.weeks} weeks, seed {record.seed}, "
        f"replicate {record.replicate}.  One future is not a forecast; gennet compare runs many.\n"
    )
    table = terminal.plain_table("stage", terminal.right("reached in week"), terminal.right("lost in week"))
    for stage in STAGES_REACHED:
        week, lost = record.reached[stage], record.outcomes[f"{stage}_lost_week"]
        table.add_row(stage, "not reached" if week is None else str(week), NONE if lost != lost else f"{lost:.0f}")
    console.print(table)
    console.print()
    table = terminal.plain_table("outcome", terminal.right("value", no_wrap=True), "unit")
    for outcome in OUTCOMES:
        if outcome.name in SUMMARY:
            table.add_row(outcome.label, number(record.outcomes[outcome.name]), outcome.unit)
    console.print(table)


def write(folder: ResultsFolder, record: Record, summary: dict[str, Any], ledger: bool, panels: bool) -> None:
    """Write all tables, networks and figures."""
    folder.begin()
    keys = {"strategy": record.strategy, "seed": record.seed, "replicate": record.replicate}
    runs = opening.runs_table(record.scenario, pd.DataFrame([{**keys, **record.outcomes}]))
    folder.parquet("runs/part-00000.parquet", runs, opening.RUN_COLUMNS)
    folder.csv("runs.csv", runs)
    weekly = record.weekly.copy()
    for place, (key, value) in enumerate({"run": summary["run"], **keys}.items()):
        weekly.insert(place, key, value)
    folder.parquet("weekly/part-00000.parquet", weekly, opening.WEEKLY_COLUMNS)
    folder.csv("maps.csv", record.maps)
    folder.csv("events.csv", record.events)
    folder.text("summary.json", json_text(summary))
    folder.graph("network-before.graphml", record.before)
    folder.graph("network-after.graphml", record.network)
    if ledger:
        folder.parquet("ledger.parquet", record.ledger, opening.GIFT_COLUMNS)
    if panels:
        folder.parquet("members.parquet", record.members, opening.MEMBER_COLUMNS)
        folder.parquet("ties.parquet", record.ties, opening.TIE_COLUMNS)
    draw(folder, record)


def draw(folder: ResultsFolder, record: Record) -> None:
    """Write the figures."""
    figures.save_in(folder, "figures/one_run", figures.one_run(record.weekly, record.events))
    title = f"{record.strategy}: one simulated future (replicate {record.replicate}), not a forecast"
    figure = figures.network_before_after(record.before, record.network, title)
    figures.save_in(folder, "figures/network_before_after", figure)
