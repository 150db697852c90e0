"""Columns of the tables that commands write, with meaning and unit, and the table of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.lab.results import Columns, run_id
from sim.model.declarations import NUMBER, PARAMETERS
from sim.model.outcomes import OUTCOMES
from sim.model.state import GIFT, MEMBER, WEEKLY, Layout
from sim.model.version import MODEL_VERSION

if TYPE_CHECKING:
    import pandas as pd

    from sim.inputs.scenario import Scenario

KEYS: Columns = {
    "run": ("id of the run", ""),
    "scenario": ("title of the scenario", ""),
    "strategy": ("strategy", ""),
    "seed": ("seed", ""),
    "replicate": ("replicate: number of the simulated future", ""),
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
    """Return the columns of a table of state, numbered where a field has several."""
    columns = {name: (text, layout.unit[name]) for name, text in layout.meaning.items()}
    for name, text in layout.meaning.items():
        shape = layout.dtype[name].shape
        if shape:
            columns |= {f"{name}_{k}": (f"{text}; number {k}", layout.unit[name]) for k in range(shape[0])}
    return columns


WEEKLY_COLUMNS: Columns = {**meanings(WEEKLY), **KEYS}
MEMBER_COLUMNS: Columns = {**meanings(MEMBER), "member": ("number of the member, also its row", "")}
GIFT_COLUMNS: Columns = {**meanings(GIFT), **KEYS}
COLUMNS: dict[str, Columns] = {
    "runs": RUN_COLUMNS,
    "weekly": WEEKLY_COLUMNS,
    "members": MEMBER_COLUMNS,
    "ties": TIE_COLUMNS,
    "ledger": GIFT_COLUMNS,
}
"""Columns by table."""


def runs_table(scenario: Scenario, runs: pd.DataFrame) -> pd.DataFrame:
    """Return one tidy row per run: id, scenario, strategy, seed, replicate, status, every parameter, outcomes.

    `runs` has strategy, seed, replicate and outcomes.  Parameters have their values at the start.
    """
    import pandas as pd

    values = scenario.settings()
    number = len(runs)
    fingerprints = {name: scenario.fingerprint(str(name)) for name in runs["strategy"].unique()}
    keys = [
        run_id(fingerprints[name], str(name), int(seed), int(replicate), MODEL_VERSION)
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
