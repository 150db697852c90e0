"""What commands share: a scenario with its overrides, folder, manifest and tables; and commands that are all or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from sim.cli import terminal
from sim.lab.experiment.lock import claimed
from sim.lab.provenance import origin
from sim.lab.results import ResultsFolder, open_folder, run_id

if TYPE_CHECKING:
    from rich.console import Console

    from sim.inputs.scenario import Scenario

Entries = dict[str, object]
"""Entries of a manifest: JSON values."""


class Clock:
    """When a command began, for the manifest."""

    def __init__(self) -> None:
        self.began = datetime.now(UTC)
        self.ticks = time.monotonic()

    def circumstances(self) -> Entries:
        """Return how and when results were made: command line, versions, start, end, seconds."""
        return {
            **origin(),
            "started": self.began.isoformat(timespec="seconds"),
            "ended": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - self.ticks, 3),
        }


def load_scenario(path: Path, sets: Sequence[str] | None, facts: Sequence[str] | None = None) -> Scenario:
    """Return the scenario of a file with `--set` and `--fact` applied, and print its notes.  Raises ScenarioError."""
    from sim.inputs.scenario import Scenario

    scenario = Scenario.load(path, sets or ())
    if facts:
        scenario = scenario.with_facts(facts)
    terminal.say_notes(scenario.notes)
    return scenario


def check_network(scenario: Scenario, seed: int, replicate: int) -> None:
    """Build the start network once before any long work, and print its notes.

    Raises NetworkError, and ScenarioError for a scheduled change of a member who is not in it.
    """
    from sim.inputs.networks import build

    start = build(scenario.network, seed, replicate, scenario.folder)
    for name in scenario.strategies:
        scenario.change_records(name, start)
    terminal.say_notes(start.notes)


def scenario_folder(
    out: Path | None,
    command: str,
    scenario: Scenario,
    strategies: Sequence[str],
    seed: int,
    replicates: int | None = None,
    **more: object,
) -> ResultsFolder:
    """Return the results folder of a command on a scenario; `replicates` is given if futures are counted.

    Raises ResultsError.
    """
    from sim.model.version import MODEL_VERSION

    stem = scenario.path.stem if scenario.path else "scenario"
    content = {
        "command": command,
        "model_version": MODEL_VERSION,
        "fingerprints": {name: scenario.fingerprint(name) for name in strategies},
        "strategies": list(strategies),
        "seed": seed,
        **scenario.knowledge(),
        **more,
    }
    return open_folder(out, f"{stem}-{command}", content, replicates)


def claimed_if(folder: ResultsFolder | None) -> AbstractContextManager[ResultsFolder | None]:
    """Claim the folder for this process, if there is one.  Raises ResultsError on entering."""
    return nullcontext() if folder is None else claimed(folder)


def say_version(manifest: Mapping[str, object]) -> None:
    """Print a note if another version of the model produced the results."""
    from sim.model.version import MODEL_VERSION

    version = manifest["model_version"]
    if version != MODEL_VERSION:
        terminal.say(
            f"Note: these results are from version {version} of the model; this is {MODEL_VERSION}, which may give "
            "other numbers.",
            "dim",
        )


def identity(scenario: Scenario, strategy: str, seed: int, replicate: int) -> str:
    """Return a run's id."""
    from sim.model.version import MODEL_VERSION

    return run_id(scenario.fingerprint(strategy), strategy, seed, replicate, MODEL_VERSION)


def scenario_manifest(
    scenario: Scenario, clock: Clock, sets: Sequence[str] | None, stop_reason: str, **more: object
) -> Entries:
    """Return what the manifest says in addition to the folder's content."""
    return {
        **more,
        "stop_reason": stop_reason,
        "scenario_file": scenario.path,
        "overrides": list(sets or ()),
        **clock.circumstances(),
        "scenario": scenario.resolved(),
    }


class Result(Protocol):
    """The result of one claim or question."""

    def to_json(self) -> dict[str, object]:
        """Return what `--json` prints."""


R = TypeVar("R", bound=Result)


@dataclass(frozen=True)
class Study(Generic[R]):
    """What differs between the two commands.

    `content` is what the results folder is the result of, `answers` the word for its results.  `work(tick, stopped)` runs
    the study and raises KeyboardInterrupt if it was stopped.  `show` prints the results, `write` puts them into a folder.
    """

    command: str
    content: Entries
    answers: str
    progress: str
    unit: str
    work: Callable[[Callable[[int, int], None], Callable[[], bool]], Sequence[R]]
    show: Callable[[Console, Sequence[R]], None]
    write: Callable[[ResultsFolder, Sequence[R]], None]
    first: str = ""


def follow(study: Study[R], seed: int, out: Path | None, as_json: bool) -> int:
    """Run, print and write a study; return the exit code: 0, or 130 after Ctrl-C.  Raises ResultsError."""
    from sim.evidence.frozen import exploration
    from sim.model.version import MODEL_VERSION

    clock = Clock()
    content = {"command": study.command, "model_version": MODEL_VERSION, "seed": seed, **study.content}
    with claimed_if(None if out is None else open_folder(out, study.command, content)) as folder:
        for note in exploration(seed, study.answers):
            terminal.say(f"Note: {note}")
        results = results_of(study)
        if results is None:
            if folder:
                folder.give_up()
            terminal.say(f"Stopped: {study.answers} need all their futures, so there are none.")
            return terminal.INTERRUPTED
        payload = [result.to_json() for result in results]
        terminal.show(lambda console: study.show(console, results), payload, as_json)
        if folder is None:
            return 0
        with terminal.stopped_by_ctrl_c(terminal.WRITING) as pressed, terminal.waiting("Writing tables and figures"):
            study.write(folder, results)
            folder.finish({"stop_reason": "finished", **clock.circumstances()})
        terminal.say(f"Tables and figures: {folder.path}/{study.first and f' (start with {study.first})'}")
        return terminal.INTERRUPTED if pressed() else 0


def results_of(study: Study[R]) -> Sequence[R] | None:
    """Return the study's results, or None after Ctrl-C, and show progress."""
    compiling = terminal.announce_compiling()
    with terminal.stopped_by_ctrl_c() as stopped, terminal.progress(study.progress, study.unit, compiling) as tick:
        try:
            return study.work(tick, stopped)
        except KeyboardInterrupt:
            return None
