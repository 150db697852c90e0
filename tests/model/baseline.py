"""The regression baseline: what a few runs come to, to the last bit.  `python -m tests.model.baseline` writes it anew.

Change it only together with a line in CHANGELOG.md that says why the numbers moved.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim import Scenario, compare
from sim.lab.future import run_future
from sim.lab.results import json_ready
from sim.model.world import state_hash

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("baseline.json")


def bits() -> dict[str, str]:
    """A hash of state and weekly table for every scenario file and strategy: one run of half a year more than the stages take."""
    found = {}
    for path in sorted((ROOT / "scenarios").glob("*.toml")):
        scenario = Scenario.load(path)
        for strategy in scenario.strategies:
            world = run_future(scenario, strategy, seed=7, replicate=3).world
            found[f"{path.stem}/{strategy}"] = state_hash(world)
    return found


def statistics() -> dict[str, Any]:
    """Derived figures of a small comparison."""
    summary = compare(Scenario.load(ROOT / "scenarios" / "weaving.toml"), replicates=10, seed=5).summary
    return {key: json_ready(summary)[key] for key in ("strategies", "differences")}


if __name__ == "__main__":
    FILE.write_text(json.dumps({"bits": bits(), "statistics": statistics()}, indent=1) + "\n", "utf-8")
