"""The columns of a sweep's tables: types, labels and units, in Parquet's schema and in the data dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.lab.experiment.experiment import Experiment
from sim.lab.experiment.work import RunRow
from sim.model.declarations import BY_KEY, NUMBER
from sim.model.outcomes import OUTCOMES
from sim.model.state import WEEKLY

TYPES = {"float": pa.float64(), "int": pa.int64(), "bool": pa.bool_(), "text": pa.string(), "choice": pa.string()}
TRUTH = "yes or no"
MAYBE = ("renewed",)
"""Outcomes that are yes, no, or missing where they were not tested."""


class Column(NamedTuple):
    """A column: name, type (a key of `TYPES`), role, label, unit."""

    name: str
    type: str
    role: str
    label: str
    unit: str = ""

    @property
    def field(self) -> pa.Field:
        """The column as a field of a schema."""
        return pa.field(
            self.name, TYPES[self.type], metadata={"label": self.label, "unit": self.unit, "role": self.role}
        )


RUN = Column("run", "text", "key", "id of the run: the same id, the same numbers")
POINT = Column("point", "int", "key", "number of the point of the design, from 0")
STRATEGY = Column("strategy", "text", "key", "strategy")
SEED = Column("seed", "int", "key", "seed")
REPLICATE = Column("replicate", "int", "key", "replicate: which simulated future of that seed")
STATUS = Column("status", "text", "key", "how the run ended: done or failed")
ERROR = Column("error", "text", "key", "what went wrong in a failed run")
WEEK = Column("week", "int", "key", "week, the first being 1", "weeks")


def run_columns(experiment: Experiment) -> list[Column]:
    """Return the columns of `runs`: keys and factors, outcomes, and the parameters that the base scenario sets."""
    factors = [Column(one.key, one.type, one.role, one.label, one.unit) for one in experiment.factors]
    outcomes = [
        Column(
            one.name, "bool" if one.unit == TRUTH and one.name not in MAYBE else "float", "outcome", one.label, one.unit
        )
        for one in OUTCOMES
    ]
    fixed = [Column(key, "float", "fixed", BY_KEY[key].label, BY_KEY[key].unit) for key in fixed_parameters(experiment)]
    return [RUN, POINT, *factors, STRATEGY, SEED, REPLICATE, STATUS, ERROR, *outcomes, *fixed]


def weekly_columns(experiment: Experiment) -> list[Column]:
    """Return the columns of `weekly`, long: a row a run and week."""
    measures = [
        Column(name, "float", "measure", WEEKLY.meaning[name], WEEKLY.unit[name]) for name in experiment.head.weekly
    ]
    return [RUN, POINT, STRATEGY, REPLICATE, WEEK, *measures]


def fixed_parameters(experiment: Experiment) -> dict[str, float]:
    """Return the parameters that the base scenario sets to other than default values, and that are not varied."""
    varied = {factor.key for factor in experiment.factors}
    values = experiment.base.settings()
    found = {key: float(values[place]) for key, place in NUMBER.items() if key not in varied}
    return {key: value for key, value in found.items() if value != BY_KEY[key].default}


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """Return columns as a schema, without pandas' metadata."""
    return pa.schema([column.field for column in columns])


def runs_table(experiment: Experiment, rows: Sequence[RunRow]) -> pa.Table:
    """Return rows as a table, in order of their places; NaN is null."""
    rows = sorted(rows, key=lambda row: row.place)
    runs = [experiment.run_at(row.place) for row in rows]
    number = len(rows)
    data: dict[str, Sequence[object]] = {
        "run": [row.run for row in rows],
        "point": [run.point for run in runs],
        **{
            factor.key: [experiment.points[run.point][k] for run in runs] for k, factor in enumerate(experiment.factors)
        },
        "strategy": [run.strategy for run in runs],
        "seed": [experiment.seed] * number,
        "replicate": [run.replicate for run in runs],
        "status": ["failed" if row.outcomes is None else "done" for row in rows],
        "error": [row.error for row in rows],
        **{one.name: [None if row.outcomes is None else row.outcomes[one.name] for row in rows] for one in OUTCOMES},
        **{key: [value] * number for key, value in fixed_parameters(experiment).items()},
    }
    schema = schema_of(run_columns(experiment))
    return pa.table([pa.array(data[part.name], part.type, from_pandas=True) for part in schema], schema=schema)


def weekly_table(experiment: Experiment, rows: Sequence[RunRow]) -> pa.Table:
    """Return the weekly measures of rows that have any, in order of their places and weeks."""
    rows = sorted((row for row in rows if row.weekly is not None), key=lambda row: row.place)
    runs = [experiment.run_at(row.place) for row in rows]
    weeks = experiment.weeks
    measures = np.concatenate([row.weekly for row in rows if row.weekly is not None]) if rows else np.empty((0, 99))
    data = {
        "run": np.repeat(np.array([row.run for row in rows], object), weeks),
        "point": np.repeat([run.point for run in runs], weeks),
        "strategy": np.repeat(np.array([run.strategy for run in runs], object), weeks),
        "replicate": np.repeat([run.replicate for run in runs], weeks),
        "week": np.tile(np.arange(1, weeks + 1), len(rows)),
        **{name: measures[:, k] for k, name in enumerate(experiment.head.weekly)},
    }
    schema = schema_of(weekly_columns(experiment))
    return pa.table([pa.array(data[part.name], part.type, from_pandas=True) for part in schema], schema=schema)


def data_dictionary(experiment: Experiment) -> pd.DataFrame:
    """Return the data dictionary: what each column is, and in which table."""
    tables = {"runs": run_columns(experiment)} | (
        {"weekly": weekly_columns(experiment)} if experiment.head.weekly else {}
    )
    rows = [
        (one.name, one.label, one.unit, one.role, one.type, table)
        for table, columns in tables.items()
        for one in columns
    ]
    return pd.DataFrame(rows, columns=["name", "label", "unit", "role", "type", "table"])
