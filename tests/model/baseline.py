"""The regression baseline: exact results of a few runs.  `python -m tests.model.baseline` rewrites it, and
the digests of `gennet selftest`.

Change it only together with a line in CHANGELOG.md that says why the numbers moved.  It knows fields of the state and
weekly columns by name, so a new field, column or parameter that moves no number leaves it valid.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sim import Scenario, compare
from sim.lab.future import run_future
from sim.lab.results import json_ready
from sim.lab.selftest import write_digests
from sim.model.world import STATE, fields_hash, fields_in_use

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("baseline.json")
Fields = dict[str, np.ndarray]


def runs() -> Iterator[tuple[str, Fields]]:
    """Yield the final fields of one run of every scenario file and strategy, with the run's name."""
    for path in sorted((ROOT / "scenarios").glob("*.toml")):
        scenario = Scenario.load(path)
        for strategy in scenario.strategies:
            world = run_future(scenario, strategy, seed=7, replicate=3).world
            yield f"{path.stem}/{strategy}", fields_in_use(world)


def is_result(name: str) -> bool:
    """Return whether a field of the state is a result of the run and not a setting."""
    table = name.split(".")[0]
    return table in STATE and table != "settings"


def bits(state: list[str] | None = None, weekly: list[str] | None = None) -> dict[str, Any]:
    """Return hashes of the named fields of the state by run, and of the named weekly columns over all runs (default: all)."""
    hashes: dict[str, str] = {}
    columns: dict[str, hashlib._Hash] = {}
    for run, fields in runs():
        state = state or sorted(filter(is_result, fields))
        weekly = weekly or [name for name in fields if name.startswith("weekly.")]
        hashes[run] = fields_hash({name: fields[name] for name in state})
        for name in weekly:
            columns.setdefault(name, hashlib.sha256()).update(fields[name].tobytes())
    return {
        "fields": state,
        "state": hashes,
        "weekly": {name: digest.hexdigest()[:16] for name, digest in columns.items()},
    }


def statistics() -> dict[str, Any]:
    """Return derived statistics of a small comparison."""
    summary = compare(Scenario.load(ROOT / "scenarios" / "weaving.toml"), replicates=10, seed=5).summary
    return {key: json_ready(summary)[key] for key in ("strategies", "differences")}


if __name__ == "__main__":
    write_digests()
    FILE.write_text(json.dumps({"bits": bits(), "statistics": statistics()}, indent=1) + "\n", "utf-8")
