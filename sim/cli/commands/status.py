"""`gennet status`: how far a results folder is, and what to do next."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.cli.commands.opening import say_version
from sim.cli.commands.talking import InputError, on_stdout, say, show
from sim.lab.experiment.reading import read_results
from sim.lab.experiment.rerun import command_of
from sim.lab.experiment.status import status_of
from sim.lab.results import json_text
from sim.model.version import MODEL_VERSION
from sim.output.words import how_long

STATES = {
    "running": "a process is at work on it now",
    "finished": "all runs are there",
    "stopped": "no process is at work on it",
}


def status_command(folder: Path, run: str | None, as_json: bool) -> int:
    """Print how far a folder is, or the command that runs one of its runs again; returns the exit code."""
    if run is not None:
        command, manifest = command_of_run(folder, run)
        say_version(manifest)
        version = manifest["model_version"]
        told = {"command": command, "model_version": version, "same_version": version == MODEL_VERSION}
        show(lambda: sys.stdout.write(json_text(told) if as_json else f"{command}\n"))
        return 0
    status = status_of(folder)
    status["next"] = next_step(status)
    show(lambda: sys.stdout.write(json_text(status)) if as_json else print_status(on_stdout(), status))
    return 0


def command_of_run(folder: Path, run: str) -> tuple[str, dict[str, Any]]:
    """The `gennet run` that gives a row of a sweep again, in full and from here, and the sweep's manifest.

    Errors: InputError for a run that it does not have.
    """
    results = read_results(folder)
    if results.manifest["command"] != "sweep":
        raise InputError(
            f"--run: {folder} is of gennet {results.manifest['command']}; only runs of a sweep are told apart by id"
        )
    rows = results.runs[results.runs["run"] == run]
    if rows.empty:
        raise InputError(f"--run: {folder} has no run {run!r}; ids are in the column 'run' of {folder / 'runs'}")
    file, there = file_from_here(results.manifest)
    if not there:
        say(f"Note: there is no file {file} here: the command lacks its scenario.", "dim")
    return command_of({**results.manifest, "scenario_file": file}, rows.iloc[0].to_dict()), results.manifest


def file_from_here(manifest: dict[str, Any]) -> tuple[str, bool]:
    """The scenario file as it is called from this folder, and whether it is there.

    The manifest has it as it was called where the sweep was begun, and that folder.
    """
    said, begun, here = str(manifest["scenario_file"]), manifest.get("working_folder"), Path.cwd()
    file = Path(os.path.normpath(here / (begun or "") / said))
    if begun is None or Path(begun) == here or not file.is_file():
        return said, Path(said).is_file()
    return str(file.relative_to(here) if file.is_relative_to(here) else file), True


def next_step(status: dict[str, Any]) -> str:
    """What to do next, in one sentence."""
    if status["state"] == "running":
        return "Wait; or stop that process with Ctrl-C: what is there is kept."
    if status["left"] and status["same_version"]:
        begun = status["working_folder"]
        where = "" if begun is None or Path(begun) == Path.cwd() else f" in {begun}"
        return f"Go on with it{where}: {shlex.join(status['command_line'] or ['gennet', 'sweep'])}"
    if status["left"]:
        return (
            f"It was begun by another version of the model ({status['model_version']}): "
            "go on with that version, or begin anew in another folder."
        )
    if status["command"] == "run":
        return f"Read {status['folder']}/weekly, or look at {status['folder']}/figures."
    report = shlex.join(["gennet", "report", status["folder"]])
    return f"Look at it: {report}; or read it: pandas.read_parquet({status['folder'] + '/runs'!r})"


def print_status(console: Console, status: dict[str, Any]) -> None:
    """How far it is, for people."""
    console.print(f"[bold]{escape(status['title'])}[/]: {status['state']}, {STATES[status['state']]}.")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("strategy", "runs", "done", "failed", "left"):
        table.add_column(name, justify="left" if name == "strategy" else "right")
    rows = {**status["strategies"], "all": status} if len(status["strategies"]) > 1 else status["strategies"]
    for name, one in rows.items():
        table.add_row(escape(name), *(f"{one[key]:,}" for key in ("runs", "done", "failed", "left")))
    console.print(table)
    if status["seconds"] is not None:
        left = f", about {how_long(status['seconds_left'])} left" if status["left"] and status["seconds_left"] else ""
        console.print(f"\nTime so far: {how_long(status['seconds'])}{left}.")
    console.print(status["next"], markup=False, soft_wrap=True)
