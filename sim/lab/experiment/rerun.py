"""Any row of a sweep again, in full: the `gennet run` that gives it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from sim.inputs.scenario.writing import literal
from sim.lab.experiment.targets import EVERY


def command_of(manifest: Mapping[str, Any], row: Mapping[Any, Any]) -> str:
    """The command that runs a row of a sweep's `runs` again.

    `row`: a row as a mapping (`results.runs.iloc[0]`); values that pandas holds are taken as Python's own.
    """
    settings = list(manifest["scenario_settings"])
    for told in manifest["experiment"]["factors"]:
        value = row[told["key"]]
        value = value.item() if hasattr(value, "item") else value
        key = told["key"]
        if key.startswith(f"{EVERY}."):
            if not manifest["experiment"]["resolved"]["strategies"][row["strategy"]]["coordinators"]:
                continue
            key = f"strategies.{row['strategy']}.{key.partition('.')[2]}"
        settings.append(f"{key}={literal(value)}")
    parts = ["gennet", "run", str(manifest["scenario_file"]), "--strategy", str(row["strategy"])]
    parts += ["--seed", str(row["seed"]), "--replicate", str(row["replicate"])]
    for setting in settings:
        parts += ["--set", setting]
    return shlex.join(parts)
