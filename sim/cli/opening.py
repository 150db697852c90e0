"""What commands share: a scenario with its overrides, the results folder, and the entries of the manifest."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from sim.cli.console import say, say_notes
from sim.inputs.networks import build
from sim.inputs.scenario import Scenario
from sim.lab.experiment.lock import claimed
from sim.lab.results import ResultsFolder, open_folder, origin, run_id
from sim.model.version import MODEL_VERSION

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


def load_scenario(path: Path, sets: Sequence[str] | None) -> Scenario:
    """Return the scenario of a file with `--set` applied, and print its notes.  Raises ScenarioError."""
    scenario = Scenario.load(path, sets or ())
    say_notes(scenario.notes)
    return scenario


def check_network(scenario: Scenario, seed: int, replicate: int) -> None:
    """Build the start network once before any long work, and print its notes.  Raises NetworkError."""
    say_notes(build(scenario.network, seed, replicate, scenario.folder).notes)


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
    stem = scenario.path.stem if scenario.path else "scenario"
    content = {
        "command": command,
        "model_version": MODEL_VERSION,
        "fingerprints": {name: scenario.fingerprint(name) for name in strategies},
        "strategies": list(strategies),
        "seed": seed,
        **more,
    }
    return open_folder(out, f"{stem}-{command}", content, replicates)


def claimed_if(folder: ResultsFolder | None) -> AbstractContextManager[ResultsFolder | None]:
    """Claim the folder for this process, if there is one.  Raises ResultsError on entering."""
    return nullcontext() if folder is None else claimed(folder)


def say_version(manifest: Mapping[str, object]) -> None:
    """Print a note if another version of the model produced the results."""
    version = manifest["model_version"]
    if version != MODEL_VERSION:
        say(
            f"Note: these results are from version {version} of the model; this is {MODEL_VERSION}, which may give "
            "other numbers.",
            "dim",
        )


def identity(scenario: Scenario, strategy: str, seed: int, replicate: int) -> str:
    """Return a run's id."""
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
