"""Progress of a results folder: runs done, failed and left."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from sim.lab.experiment.lock import is_locked
from sim.lab.experiment.reading import Counts, StatusJson, Totals, check_columns, manifest_of, part_files, read_dataset
from sim.lab.results import UNFINISHED, JsonObject
from sim.model.version import MODEL_VERSION


def status_of(folder: str | Path) -> StatusJson:
    """Return the status of a sweep, a comparison or a run, in total and by strategy.

    Raises ResultsError where the folder holds no results.
    """
    folder = Path(folder)
    manifest = manifest_of(folder)
    runs = read_dataset(folder / "runs", ["point", "replicate", "strategy", "status"] if is_sweep(manifest) else None)
    if runs is not None:
        check_columns(folder, runs, ["strategy", "status"])
    strategies, each = expected_of(manifest)
    by_strategy = {name: counts_of(runs, name, each) for name in strategies}
    left = sum(one["left"] for one in by_strategy.values())
    ended = [one for one in manifest.get("sessions", []) if one["runs"] > 0]
    pace: float | None = ended[-1]["seconds"] / ended[-1]["runs"] if ended else None
    return {
        "folder": str(folder),
        "command": manifest["command"],
        "title": str((manifest.get("experiment") or manifest.get("scenario") or {}).get("title", "")),
        "state": state_of(is_locked(folder), left),
        "runs": sum(one["runs"] for one in by_strategy.values()),
        "done": sum(one["done"] for one in by_strategy.values()),
        "failed": sum(one["failed"] for one in by_strategy.values()),
        "left": left,
        "strategies": by_strategy,
        "seconds": seconds_of(folder, manifest),
        "seconds_a_run": pace,
        "seconds_left": pace * left if pace is not None else None,
        "model_version": manifest["model_version"],
        "same_version": manifest["model_version"] == MODEL_VERSION,
        "command_line": manifest.get("command_line"),
        "working_folder": manifest.get("working_folder"),
    }


def seconds_of(folder: Path, manifest: JsonObject) -> float | None:
    """Return how long results took; of a session without an end, up to its latest part."""
    seconds: float | None = manifest.get("seconds")
    sessions, parts = manifest.get("sessions", []), part_files(folder / "runs")
    if manifest.get("stop_reason") != UNFINISHED or not sessions or not parts:
        return seconds
    began = datetime.fromisoformat(sessions[-1]["started"]).timestamp()
    latest = max(part.stat().st_mtime for part in parts)
    before = sum(float(one["seconds"]) for one in sessions[:-1])
    return before + max(0.0, latest - began)


def totals_of(folder: Path, manifest: JsonObject) -> Totals:
    """Return the totals of `status_of`, without reading a table where the manifest has the counts.

    The manifest of a sweep has them unless its last session has not ended.
    """
    sweep = is_sweep(manifest)
    if sweep and (manifest.get("stop_reason") == UNFINISHED or "done" not in manifest):
        full = status_of(folder)
        return Totals(
            runs=full["runs"], done=full["done"], failed=full["failed"], left=full["left"], state=full["state"]
        )
    strategies, each = expected_of(manifest)
    runs = each * len(strategies)
    # A run that failed has a row too.
    rows, failed = (manifest["done"], manifest["failed"]) if sweep else (runs, 0)
    left = max(0, runs - rows)
    state = state_of(sweep and is_locked(folder), left)
    return {"runs": runs, "done": rows - failed, "failed": failed, "left": left, "state": state}


def state_of(running: bool, left: int) -> str:
    """Return the state of results in a word."""
    return "running" if running else "stopped" if left else "finished"


def is_sweep(manifest: JsonObject) -> bool:
    """Return whether results are of a sweep that has begun."""
    return manifest.get("command") == "sweep" and "experiment" in manifest


def expected_of(manifest: JsonObject) -> tuple[list[str], int]:
    """Return the strategies of results, and the expected number of runs of each."""
    if is_sweep(manifest):
        experiment = manifest["experiment"]
        return experiment["strategies"], experiment["design"]["points"] * experiment["replicates"]
    return list(manifest.get("strategies", [])), int(manifest.get("replicates", 1))


def counts_of(runs: pd.DataFrame | None, strategy: str, each: int) -> Counts:
    """Count the runs of one strategy."""
    status = pd.Series(dtype=str) if runs is None else runs.loc[runs["strategy"] == strategy, "status"]
    done, failed = int((status == "done").sum()), int((status == "failed").sum())
    return {"runs": each, "done": done, "failed": failed, "left": max(0, each - done - failed)}
