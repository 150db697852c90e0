"""What `run` and `compare` have in common: a scenario with settings over it, its notes, and the folder for results."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.cli.commands.talking import say, say_notes
from sim.inputs.networks import build
from sim.inputs.scenario import Scenario
from sim.lab.experiment.lock import claimed
from sim.lab.results import ResultsFolder, open_folder, origin, run_id
from sim.model.version import MODEL_VERSION


class Clock:
    """When a command began, for the manifest."""

    def __init__(self) -> None:
        self.began = datetime.now(UTC)
        self.ticks = time.monotonic()

    def told(self) -> dict[str, Any]:
        """Start, end and seconds."""
        ended = datetime.now(UTC)
        return {
            "started": self.began.isoformat(timespec="seconds"),
            "ended": ended.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - self.ticks, 3),
        }


def opened_scenario(path: Path, sets: Sequence[str]) -> Scenario:
    """The scenario of a file with `--set` over it.  Errors: ScenarioError."""
    scenario = Scenario.load(path, sets)
    say_notes(scenario.notes)
    return scenario


def check_network(scenario: Scenario, seed: int, replicate: int) -> None:
    """Build the start network once before anything long, and say its notes.  Errors: NetworkError."""
    say_notes(build(scenario.network, seed, replicate, scenario.folder).notes)


def fingerprints(scenario: Scenario, strategies: Sequence[str]) -> dict[str, str]:
    """Strategy -> fingerprint of all that can change its numbers."""
    return {name: scenario.fingerprint(name) for name in strategies}


def opened_folder(
    out: Path | None,
    command: str,
    scenario: Scenario,
    strategies: Sequence[str],
    seed: int,
    replicates: int | None = None,
    **more: Any,
) -> ResultsFolder:
    """The folder for the results of a command on a scenario file; `replicates`: futures, if counted.

    Errors: ResultsError.
    """
    stem = scenario.path.stem if scenario.path else "scenario"
    content = {
        "command": command,
        "model_version": MODEL_VERSION,
        "fingerprints": fingerprints(scenario, strategies),
        "strategies": list(strategies),
        "seed": seed,
        **more,
    }
    return open_folder(out, f"{stem}-{command}", content, replicates)


def claimed_if(folder: ResultsFolder | None) -> AbstractContextManager[ResultsFolder | None]:
    """The folder claimed for this process alone, if results are to go into one.  Errors: ResultsError on entering."""
    return nullcontext() if folder is None else claimed(folder)


def say_version(manifest: Mapping[str, Any]) -> None:
    """Say so if results are of another version of the model than this one."""
    found = manifest["model_version"]
    if found != MODEL_VERSION:
        say(
            f"Note: these results are of version {found} of the model; this is {MODEL_VERSION}, which may give other "
            "numbers: only that version gives the same again.",
            "dim",
        )


def identity(scenario: Scenario, strategy: str, seed: int, replicate: int) -> str:
    """A run's id."""
    return run_id(scenario.fingerprint(strategy), strategy, seed, replicate, MODEL_VERSION)


def circumstances(clock: Clock) -> dict[str, Any]:
    """How and when results came about, for the manifest of any command."""
    return {**origin(), **clock.told()}


def manifest(scenario: Scenario, clock: Clock, sets: Sequence[str], stop_reason: str, **more: Any) -> Mapping[str, Any]:
    """What the manifest says beside what the results are of."""
    return {
        **more,
        "stop_reason": stop_reason,
        "scenario_file": scenario.path,
        "overrides": list(sets),
        **circumstances(clock),
        "scenario": scenario.resolved(),
    }
