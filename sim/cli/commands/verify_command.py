"""`gennet verify`: check that results are undamaged, repair them, and run random rows again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from sim.cli import terminal
from sim.cli.opening import say_version
from sim.cli.options import AsJson, Jobs, Seed, whole
from sim.lab.experiment.lock import locked
from sim.lab.results import MANIFEST, JsonObject, ResultsError, ResultsFolder, read_manifest
from sim.output.words import counted

if TYPE_CHECKING:
    from sim.lab.experiment.verifying import FileVerdict, RerunVerdict

MOST_RERUN = 100_000
CONTENT = ("command", "model_version", "fingerprints", "strategies", "seed", "replicate", "renewal", "worlds")


def verify(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="Results folder, such as results/quick-sweep.")],
    repair: Annotated[bool, typer.Option("--repair", help="Run again what damaged files held.")] = False,
    rows: Annotated[
        int, whole("--rerun", 0, MOST_RERUN, "Also run so many random rows again, and compare them bit by bit.")
    ] = 0,
    seed: Seed = None,
    jobs: Jobs = None,
    as_json: AsJson = False,
) -> int:
    """Check that results are undamaged, and that their runs give the same bits again.

    Lists every file with its verdict.  --seed decides which rows --rerun takes.  The exit code is 1 if a file is damaged
    or missing, or if a row differs.

    Example: gennet verify results/quick-sweep --rerun 20
    """
    from sim.lab.experiment.reading import manifest_of
    from sim.lab.experiment.sweeping import SweepError
    from sim.lab.experiment.verifying import rerun, verify_files

    manifest = read_manifest(results)
    if manifest is not None:
        say_version(manifest_of(results))
    verdicts = verify_files(results)
    if repair and any(one.bad for one in verdicts):
        terminal.say(f"{counted(sum(one.bad for one in verdicts), 'file')} damaged or missing: repairing.")
        try:
            code = make_again(results, verdicts, jobs)
        except SweepError as fault:
            terminal.say(f"gennet: {fault}")
            if as_json:
                terminal.show_error(str(fault), 1)
            return 1
        if code:
            return code
        verdicts = verify_files(results)
    bad = [one for one in verdicts if one.bad]
    again = list(rerun(results, rows, seed)) if rows and not bad else []
    payload = {
        "folder": str(results),
        "sound": not bad and not any(one.differing for one in again),
        "files": [one._asdict() for one in verdicts],
        "rerun": [one._asdict() for one in again],
    }
    terminal.show(lambda console: print_verdicts(console, results, verdicts, again, bool(rows)), payload, as_json)
    return 0 if payload["sound"] else 1


def make_again(folder: Path, verdicts: list[FileVerdict], jobs: int | None) -> int:
    """Make damaged and missing files again, and return the exit code.

    Raises ResultsError where the manifest does not say how, and SweepError.
    """
    from sim.model.version import MODEL_VERSION

    manifest = read_manifest(folder)
    if manifest is None:
        raise ResultsError(
            f"{folder / MANIFEST} is damaged, and it alone says how; run the command into another folder"
        )
    if manifest["model_version"] != MODEL_VERSION:
        raise ResultsError(f"only version {manifest['model_version']} of the model can make these results again")
    listed = set(manifest.get("files", []))
    for one in verdicts:
        if one.bad and one.file not in listed and one.verdict != "missing":
            (folder / one.file).unlink(missing_ok=True)
    if manifest["command"] == "sweep":
        return sweep_again(folder, manifest, verdicts, jobs)
    lost = any(one.bad and one.file in listed for one in verdicts)
    return command_again(folder, manifest) if lost else 0


def sweep_again(folder: Path, manifest: JsonObject, verdicts: list[FileVerdict], jobs: int | None) -> int:
    """Run the runs of damaged parts again."""
    from sim.lab.experiment.sweeping import Session, content_of
    from sim.lab.experiment.verifying import drop_damaged, experiment_in

    experiment = experiment_in(manifest)
    dropped = drop_damaged(folder, verdicts)
    opened = ResultsFolder(folder, content_of(experiment), how="")
    kept = ("experiment", "scenario_file", "scenario_settings", "command_line", "working_folder", "overrides")
    entries = {key: manifest[key] for key in kept if key in manifest}
    if dropped:
        terminal.say(f"Deleted: {', '.join(dropped)}.")
    compiling = terminal.announce_compiling()
    with (
        locked(opened),
        terminal.stopped_by_ctrl_c() as stopped,
        terminal.progress("Simulating", "runs", compiling) as tick,
    ):
        session = Session(experiment, opened, jobs, None, tick, stopped, entries, rewrite=True)
        session.run()
    return terminal.INTERRUPTED if not session.store.done.all() else 0


def command_again(folder: Path, manifest: JsonObject) -> int:
    """Run a comparison or a run again."""
    from sim.cli.commands import compare_command, run_command
    from sim.lab.experiment.verifying import scenario_in

    makers = {"compare": compare_command.make_again, "run": run_command.make_again}
    if manifest["command"] not in makers:
        raise ResultsError(f"gennet {manifest['command']} with --out {folder} makes these results again")
    content = {key: manifest[key] for key in CONTENT if key in manifest}
    opened = ResultsFolder(folder, content, how="", repairing=True)
    scenario = scenario_in(manifest)
    with locked(opened):
        return makers[manifest["command"]](opened, scenario, manifest)


def print_verdicts(
    console: Console, folder: Path, verdicts: list[FileVerdict], again: list[RerunVerdict], asked: bool
) -> None:
    """Print every file with its verdict, and which rows differ."""
    table = terminal.plain_table("file", "verdict", "")
    for one in verdicts:
        table.add_row(escape(one.file), one.verdict, escape(one.reason))
    console.print(table)
    bad = sum(one.bad for one in verdicts)
    console.print(f"\n{counted(len(verdicts), 'file')}: {bad or 'none'} damaged or missing.")
    if bad:
        console.print(f"gennet verify {folder} --repair makes them again.", markup=False, soft_wrap=True)
    for row in again:
        if row.differing:
            console.print(
                f"Run {row.run} (point {row.point}, {row.strategy}, replicate {row.replicate}) differs in "
                f"{', '.join(row.differing)}.",
                markup=False,
                soft_wrap=True,
            )
    if asked and bad:
        console.print("No row was run again: repair the files first.")
    elif asked:
        same = sum(not row.differing for row in again)
        console.print(f"{same} of {counted(len(again), 'row')} run again: the same to the bit.")
