"""`gennet run`: simulate one future in full."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from sim.cli import terminal
from sim.cli.opening import Clock, Entries, check_network, identity, load_scenario, scenario_folder, scenario_manifest
from sim.cli.options import AsJson, Out, ScenarioFile, Seed, Sets, whole
from sim.cli.result_files import RUN_FILES, ResultFile, as_csv, as_parquet, options_of, write_files
from sim.inputs.bounds import LARGEST_SEED
from sim.lab.experiment.lock import claimed
from sim.lab.results import JsonObject, ResultsFolder, kept_entries
from sim.output import figures
from sim.output.words import NONE, number

if TYPE_CHECKING:
    import pandas as pd

    from sim.inputs.scenario import Scenario
    from sim.lab.record import Record

Until = Annotated[
    int | None,
    typer.Option("--until", metavar="WEEK", help="Stop after this week, and save the state instead of tables."),
]
FromState = Annotated[
    Path | None,
    typer.Option("--from", metavar="STATE", help="Continue from a saved state, under its strategy or another one."),
]


@dataclass(frozen=True, eq=False)
class RunResults:
    """A run, as its files need it.  `summary`: what `--json` prints."""

    record: Record
    summary: dict[str, Any]

    @property
    def scenario(self) -> Scenario:
        """Its scenario."""
        return self.record.scenario

    @property
    def keys(self) -> dict[str, str | int]:
        """Strategy, seed and replicate."""
        record = self.record
        return {"strategy": record.strategy, "seed": record.seed, "replicate": record.replicate}

    @property
    def runs(self) -> pd.DataFrame:
        """One row: keys and outcomes."""
        import pandas as pd

        return pd.DataFrame([{**self.keys, **self.record.outcomes}])

    @property
    def weekly(self) -> pd.DataFrame:
        """One row per week: run, keys and measures."""
        weekly = self.record.weekly.copy()
        for place, (key, value) in enumerate({"run": self.summary["run"], **self.keys}.items()):
            weekly.insert(place, key, value)
        return weekly


FILES: tuple[ResultFile[RunResults], ...] = (
    *RUN_FILES,
    ResultFile(
        "events.csv",
        "`week`, `event`, `what` (a description): stages reached and lost, break-aways, pilots",
        as_csv(lambda results: results.record.events),
    ),
    ResultFile(
        "maps.csv",
        "structure of the network every `measures.every` weeks",
        as_csv(lambda results: results.record.maps),
    ),
    ResultFile(
        "network-before.graphml",
        "members and ties at the start",
        lambda folder, name, results: folder.graph(name, results.record.before),
    ),
    ResultFile(
        "network-after.graphml",
        "members and ties at the end",
        lambda folder, name, results: folder.graph(name, results.record.network),
    ),
    ResultFile("ledger.parquet", "every gift", as_parquet(lambda results: results.record.ledger), "--ledger"),
    ResultFile(
        "members.parquet",
        "everyone who was ever a member",
        as_parquet(lambda results: results.record.members),
        "--panels",
    ),
    ResultFile("ties.parquet", "the ties at the end", as_parquet(lambda results: results.record.ties), "--panels"),
)
"""The files of a run, without figures."""


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
    until: Until = None,
    from_state: FromState = None,
) -> int:
    """Simulate one future of a scenario.

    Writes a weekly table, events, networks and figures.  With --until it saves the state after a week; --from continues
    from there, with the same luck, so that futures differ only in what strategies do from that week on.

    Example: gennet run scenarios/weaving.toml --strategy customized --seed 3
    """
    from sim.lab.future import simulate
    from sim.lab.saved_state import SavedState, check_same, simulate_from

    clock = Clock()
    loaded = load_scenario(scenario, sets)
    if from_state is not None:
        if until is not None or seed is not None or replicate or ledger:
            raise terminal.InputError(
                "--from continues a saved run: --until, --seed, --replicate and --ledger cannot be combined with it"
            )
        saved = SavedState.load(from_state)
        check_same(saved, loaded)
        name, seed, replicate = strategy or saved.strategy, saved.seed, saved.replicate
    name = loaded.strategy(name if from_state is not None else strategy)
    seed = loaded.seed if seed is None else seed
    check_network(loaded, seed, replicate)
    if until is not None:
        return save_state(loaded, name, seed, replicate, until, out, as_json)
    branch: Entries = {} if from_state is None else {"state": file_hash(from_state)}
    results = scenario_folder(out, "run", loaded, (name,), seed, None, replicate=replicate, **branch)
    with claimed(results) as folder:
        text = "Compiling, then simulating" if terminal.announce_compiling() else "Simulating"

        def work() -> Record:
            if from_state is not None:
                return simulate_from(saved, loaded, name)
            return simulate(loaded, name, seed, replicate, ledger=ledger)

        record = terminal.in_background(work, text)
        options = {name for name, chosen in (("--ledger", ledger), ("--panels", panels)) if chosen}
        return report_and_save(record, folder, clock, sets, options, as_json)


def report_and_save(
    record: Record, folder: ResultsFolder, clock: Clock, sets: Sequence[str] | None, options: set[str], as_json: bool
) -> int:
    """Print a run, write it into its folder, and return the exit code."""
    summary = summary_of(record)
    terminal.show(lambda console: print_run(console, record), summary, as_json)
    with terminal.stopped_by_ctrl_c(terminal.WRITING) as pressed, terminal.waiting("Writing tables and figures"):
        write(folder, RunResults(record, summary), options)
        folder.finish(scenario_manifest(record.scenario, clock, sets, "finished", run=summary["run"]))
    where = f"{folder.path}/ (see {folder.path / 'manifest.json'})"
    terminal.show_where(f"Tables, networks and figures: {where}", as_json)
    return terminal.INTERRUPTED if pressed() else 0


def make_again(folder: ResultsFolder, scenario: Scenario, manifest: JsonObject) -> int:
    """Run a future again as its manifest has it, write all its files again, and return the exit code."""
    from sim.lab.future import simulate

    options = options_of(FILES, manifest["files"])
    strategy, seed, replicate = manifest["strategies"][0], manifest["seed"], manifest["replicate"]
    record = simulate(scenario, strategy, seed, replicate, ledger="--ledger" in options)
    write(folder, RunResults(record, summary_of(record)), options)
    folder.finish(kept_entries(folder, manifest))
    return 0


def save_state(
    scenario: Scenario, strategy: str, seed: int, replicate: int, until: int, out: Path | None, as_json: bool
) -> int:
    """Run a future until a week and save its state; return the exit code.  Raises InputError."""
    from sim.lab.saved_state import run_until

    if not 1 <= until < scenario.weeks:
        raise terminal.InputError(
            f"--until is {until}; allowed are weeks from 1 to {scenario.weeks - 1}, before the last"
        )
    stem = scenario.path.stem if scenario.path else "scenario"
    folder = Path("results") / f"{stem}-states" if out is None else out
    path = folder / f"{strategy}-{seed}-{replicate}-week-{until:04d}.npz"
    state = terminal.in_background(lambda: run_until(scenario, until, strategy, seed, replicate), "Simulating")
    state.save(path)
    payload = {"state": str(path), "strategy": strategy, "seed": seed, "replicate": replicate, "week": until}
    text = f"State after week {until}: {path} (gennet run {scenario.path} --strategy NAME --from {path})"
    terminal.show(lambda console: console.print(escape(text), soft_wrap=True), payload, as_json)
    return 0


def file_hash(path: Path) -> str:
    """Return 16 hex digits of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def summary_of(record: Record) -> dict[str, Any]:
    """Return what `gennet run --json` prints."""
    from sim.model.version import MODEL_VERSION

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
    from sim.model.outcomes import OUTCOMES, STAGES_REACHED, SUMMARY

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


def write(folder: ResultsFolder, results: RunResults, options: Collection[str]) -> None:
    """Write all tables, networks and figures."""
    folder.begin()
    write_files(folder, FILES, results, options)
    draw(folder, results.record)


def draw(folder: ResultsFolder, record: Record) -> None:
    """Write the figures."""
    figures.save_in(folder, "figures/one_run", figures.one_run(record.weekly, record.events))
    title = f"{record.strategy}: one simulated future (replicate {record.replicate}), not a forecast"
    figure = figures.network_before_after(record.before, record.network, title)
    figures.save_in(folder, "figures/network_before_after", figure)
