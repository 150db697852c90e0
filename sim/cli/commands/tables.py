"""Tables that results hold, and what their columns mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from sim.cli.commands.opening import identity
from sim.inputs.scenario import Scenario
from sim.lab.results import Columns
from sim.model.declarations import NUMBER, PARAMETERS
from sim.model.outcomes import OUTCOMES, STAGES_REACHED
from sim.model.state import GIFT, MAP, MEMBER, OUTPUTS, WEEKLY, Layout

if TYPE_CHECKING:
    from sim.lab.comparison import Comparison

KEYS: Columns = {
    "run": ("id of the run", ""),
    "scenario": ("title of the scenario", ""),
    "strategy": ("strategy", ""),
    "seed": ("seed", ""),
    "replicate": ("replicate: which simulated future of that seed", ""),
    "status": ("how the run ended", ""),
    "week": ("week, the first being 1", "weeks"),
}
RUN_COLUMNS: Columns = {
    **KEYS,
    **{parameter.key: (parameter.label, parameter.unit) for parameter in PARAMETERS},
    **{outcome.name: (outcome.label, outcome.unit) for outcome in OUTCOMES},
}
TIE_COLUMNS: Columns = {
    "a": ("number of a member", ""),
    "b": ("number of the member tied to it", ""),
    "trust": ("trust of the tie", "0 to 1"),
    "owed_to_a": ("gift balance: value that b owes a", "value"),
    "known_by_a": ("how well a knows b's work", "0 to 1"),
    "known_by_b": ("how well b knows a's work", "0 to 1"),
    "last_contact_week": ("week of last direct contact", "weeks"),
    "origin": ("how the tie came about", ""),
}


def meanings(layout: Layout) -> Columns:
    """Columns of a table of state as its record type describes them; numbered ones where a field has several."""
    found = {name: (text, layout.unit[name]) for name, text in layout.meaning.items()}
    for name, text in layout.meaning.items():
        shape = layout.dtype[name].shape
        if shape:
            found |= {f"{name}_{k}": (f"{text}; number {k}", layout.unit[name]) for k in range(shape[0])}
    return found


WEEKLY_COLUMNS: Columns = {**meanings(WEEKLY), **KEYS}
MAP_COLUMNS: Columns = {**meanings(MAP), **KEYS}
MEMBER_COLUMNS: Columns = {**meanings(MEMBER), "member": ("number of the member, its row for good", "")}
GIFT_COLUMNS: Columns = {**meanings(GIFT), **KEYS}


def runs_table(scenario: Scenario, runs: pd.DataFrame) -> pd.DataFrame:
    """One tidy row a run: id, scenario, strategy, seed, replicate, status, every parameter, outcomes.

    `runs`: strategy, seed, replicate and outcomes.  Parameters are as they stood at the start.
    """
    values = scenario.settings()
    number = len(runs)
    keys = [
        identity(scenario, str(name), int(seed), int(replicate))
        for name, seed, replicate in zip(runs["strategy"], runs["seed"], runs["replicate"], strict=True)
    ]
    columns = {
        "run": keys,
        "scenario": [scenario.title] * number,
        **{name: runs[name].to_numpy() for name in ("strategy", "seed", "replicate")},
        "status": ["done"] * number,
        **{key: [values[place]] * number for key, place in NUMBER.items()},
        **{outcome.name: runs[outcome.name].to_numpy() for outcome in OUTCOMES},
    }
    return pd.DataFrame(columns)


def bands_table(comparison: Comparison) -> pd.DataFrame:
    """Weekly measures of all runs of a comparison, long, under the replicates' own numbers."""
    table = comparison.weekly.copy()
    own = comparison.of(comparison.baseline)["replicate"].to_numpy()
    table["replicate"] = own[table["replicate"].to_numpy()]
    return table


def strategies_table(comparison: Comparison) -> pd.DataFrame:
    """A row a strategy: shares, means, costs."""
    rows = []
    for told in comparison.summary["strategies"]:
        plain = {key: value for key, value in told.items() if key not in ("name", "stages", "outputs_by_kind")}
        kinds = {f"outputs_{kind}": told["outputs_by_kind"][kind] for kind in OUTPUTS}
        rows.append({"strategy": told["name"], **plain, **kinds})
    return pd.DataFrame(rows)


def stages_table(comparison: Comparison) -> pd.DataFrame:
    """A row a strategy and stage: share that reached it, median and restricted mean weeks, with 95% intervals."""
    return pd.DataFrame(
        [
            {"strategy": told["name"], "stage": stage, **spread_out(told["stages"][stage])}
            for told in comparison.summary["strategies"]
            for stage in STAGES_REACHED
        ]
    )


def differences_table(comparison: Comparison) -> pd.DataFrame:
    """A row a strategy and outcome: paired difference to the baseline, 95% interval, worth of pairing."""
    columns = ["strategy", "baseline", "outcome", "mean", "ci95_low", "ci95_high", "variance_ratio"]
    return pd.DataFrame([spread_out(told) for told in comparison.summary["differences"]], columns=columns)


def spread_out(row: dict) -> dict:
    """A row with each interval as two columns, `_low` and `_high`."""
    flat = {}
    for key, value in row.items():
        if isinstance(value, Sequence) and not isinstance(value, str):
            flat[f"{key}_low"], flat[f"{key}_high"] = value
        else:
            flat[key] = value
    return flat
