"""How far a results folder is: runs done, failed and left, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab.experiment.lock import is_locked
from sim.lab.experiment.reading import check_columns, manifest_of, read_dataset
from sim.lab.results import UNFINISHED
from sim.model.version import MODEL_VERSION


def status_of(folder: str | Path) -> dict[str, Any]:
    """What there is of a sweep, a comparison or a run, all strategies together and each by itself.

    Errors: ResultsError where the folder holds no results.
    """
    folder = Path(folder)
    manifest = manifest_of(folder)
    runs = read_dataset(folder / "runs", ["point", "replicate", "strategy", "status"] if is_sweep(manifest) else None)
    if runs is not None:
        check_columns(folder, runs, ["strategy", "status"])
    strategies, each = expected_of(manifest)
    running = is_locked(folder)
    by_strategy = {name: counted(runs, name, each) for name in strategies}
    total = {key: sum(one[key] for one in by_strategy.values()) for key in ("runs", "done", "failed", "left")}
    return {
        "folder": str(folder),
        "command": manifest["command"],
        "title": title_of(manifest),
        "state": state_of(running, total["left"]),
        **total,
        "strategies": by_strategy,
        **times(manifest, total["left"]),
        "model_version": manifest["model_version"],
        "same_version": manifest["model_version"] == MODEL_VERSION,
        "command_line": manifest.get("command_line"),
        "working_folder": manifest.get("working_folder"),
    }


def totals_of(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Runs, done, failed, left and state of results, as `status_of` has them.

    Where the manifest of a sweep counts its runs no table is read: it does unless its last sitting has not come to an end.
    """
    if not is_sweep(manifest) or (manifest.get("stop_reason") != UNFINISHED and "done" in manifest):
        strategies, each = expected_of(manifest)
        runs = each * len(strategies)
        # A run that failed has a row too.
        rows, failed = (manifest["done"], manifest["failed"]) if is_sweep(manifest) else (runs, 0)
        total = {"runs": runs, "done": rows - failed, "failed": failed, "left": max(0, runs - rows)}
        return total | {"state": state_of(is_sweep(manifest) and is_locked(folder), total["left"])}
    told = status_of(folder)
    return {key: told[key] for key in ("runs", "done", "failed", "left", "state")}


def state_of(running: bool, left: int) -> str:
    """How results stand, in a word."""
    return "running" if running else "stopped" if left else "finished"


def is_sweep(manifest: dict[str, Any]) -> bool:
    """Whether results are of a sweep that has begun."""
    return manifest.get("command") == "sweep" and "experiment" in manifest


def expected_of(manifest: dict[str, Any]) -> tuple[list[str], int]:
    """The strategies of results, and how many runs each is to have."""
    if is_sweep(manifest):
        experiment = manifest["experiment"]
        return experiment["strategies"], experiment["design"]["points"] * experiment["replicates"]
    return list(manifest.get("strategies", [])), int(manifest.get("replicates", 1))


def title_of(manifest: dict[str, Any]) -> str:
    """What the results are of."""
    told = manifest.get("experiment") or manifest.get("scenario") or {}
    return str(told.get("title", ""))


def counted(runs: pd.DataFrame | None, strategy: str, each: int) -> dict[str, int]:
    """Runs of one strategy: expected, done, failed, left."""
    status = pd.Series(dtype=str) if runs is None else runs.loc[runs["strategy"] == strategy, "status"]
    done, failed = int((status == "done").sum()), int((status == "failed").sum())
    return {"runs": each, "done": done, "failed": failed, "left": max(0, each - done - failed)}


def times(manifest: dict[str, Any], left: int) -> dict[str, float | None]:
    """Seconds of all sittings that came to an end; seconds a run of the last one; seconds that the rest will take."""
    ended = [one for one in manifest.get("sessions", []) if one["runs"] > 0]
    pace = ended[-1]["seconds"] / ended[-1]["runs"] if ended else None
    return {
        "seconds": manifest.get("seconds"),
        "seconds_a_run": pace,
        "seconds_left": pace * left if pace is not None else None,
    }
