"""`gennet status`: show how far a results folder is, and what to do next."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from sim.cli.opening import say_version
from sim.cli.options import AsJson
from sim.cli.terminal import InputError, plain_table, right, say, show
from sim.output.words import how_long

Status = dict[str, Any]
"""The status of a folder, as `--json` prints it."""
STATES = {
    "running": "a process is working on it",
    "finished": "all runs are done",
    "stopped": "no process is working on it",
}


def status(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="Results folder, such as results/quick-sweep.")],
    run: Annotated[
        str | None, typer.Option(metavar="ID", help="Print the gennet run that reproduces this row of a sweep.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show how far a sweep has got, and what to do next.

    Runs done, failed and left.  With --run: the command that reproduces one run in full.

    Example: gennet status results/quick-sweep
    """
    from sim.lab.experiment.status import status_of
    from sim.model.version import MODEL_VERSION

    if run is not None:
        command, manifest = command_of_run(results, run)
        say_version(manifest)
        version = manifest["model_version"]
        payload = {"command": command, "model_version": version, "same_version": version == MODEL_VERSION}
        show(lambda console: console.print(command, markup=False, soft_wrap=True), payload, as_json)
        return
    state: Status = {**status_of(results)}
    state["next"] = next_step(state)
    say_version(state)
    show(lambda console: print_status(console, state), state, as_json)


def command_of_run(folder: Path, run: str) -> tuple[str, Status]:
    """Return the `gennet run` that reproduces a row of a sweep from the current folder, and the sweep's manifest.

    Raises InputError for an unknown run.
    """
    from sim.lab.experiment.reading import command_of, read_results

    results = read_results(folder)
    if results.manifest["command"] != "sweep":
        raise InputError(f"--run: {folder} is from gennet {results.manifest['command']}; only runs of a sweep have ids")
    rows = results.runs[results.runs["run"] == run]
    if rows.empty:
        raise InputError(f"--run: {folder} has no run {run!r}; ids are in the column 'run' of {folder / 'runs'}")
    file, there = file_from_here(results.manifest)
    if not there:
        say(f"Note: there is no file {file} here; the command needs it.", "dim")
    return command_of({**results.manifest, "scenario_file": file}, rows.iloc[0].to_dict()), results.manifest


def file_from_here(manifest: Status) -> tuple[str, bool]:
    """Return the path of a sweep's scenario file from the current folder, and whether the file exists.

    The manifest has the path from the folder in which the sweep was started.
    """
    path, start, here = str(manifest["scenario_file"]), manifest.get("working_folder"), Path.cwd()
    file = Path(os.path.normpath(here / (start or "") / path))
    if start is None or Path(start) == here or not file.is_file():
        return path, Path(path).is_file()
    return str(file.relative_to(here) if file.is_relative_to(here) else file), True


def next_step(state: Status) -> str:
    """Return what to do next, in one sentence."""
    if state["state"] == "running":
        return "Wait, or stop that process with Ctrl-C: complete runs are kept."
    if state["left"] and state["same_version"]:
        start = state["working_folder"]
        where = "" if start is None or Path(start) == Path.cwd() else f" in {start}"
        return f"Continue it{where}: {shlex.join(state['command_line'] or ['gennet', 'sweep'])}"
    if state["left"]:
        return (
            f"It was started with another version of the model ({state['model_version']}): continue with that version, "
            "or start again in another folder."
        )
    if state["command"] == "run":
        return f"Read {state['folder']}/weekly, or look at {state['folder']}/figures."
    report = shlex.join(["gennet", "report", state["folder"]])
    return f"Write a report: {report}; or read the table: pandas.read_parquet({state['folder'] + '/runs'!r})"


def print_status(console: Console, state: Status) -> None:
    """Print how far a folder is."""
    console.print(f"[bold]{escape(state['title'])}[/]: {state['state']}, {STATES[state['state']]}.")
    table = plain_table("strategy", *map(right, ("runs", "done", "failed", "left")))
    rows = {**state["strategies"], "all": state} if len(state["strategies"]) > 1 else state["strategies"]
    for name, counts in rows.items():
        table.add_row(escape(name), *(f"{counts[key]:,}" for key in ("runs", "done", "failed", "left")))
    console.print(table)
    if state["seconds"] is not None:
        left = f", about {how_long(state['seconds_left'])} left" if state["left"] and state["seconds_left"] else ""
        console.print(f"\nTime so far: {how_long(state['seconds'])}{left}.")
    console.print(state["next"], markup=False, soft_wrap=True)
