"""Check an experiment file: every fault is reported, one per line, as for scenario files."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.inputs.bounds import Whole
from sim.inputs.scenario import Scenario, ScenarioError
from sim.inputs.scenario.errors import Fault, TableFaults, is_number, listed, shown, unknown
from sim.inputs.scenario.extending import Document, parse_value
from sim.inputs.scenario.knowledge import leaves
from sim.inputs.scenario.parts import MOST_WEEKS, StrictModel, flat
from sim.inputs.scenario.scenario_checks import Problems
from sim.lab.experiment import designs
from sim.lab.experiment.designs import Factor, Role, Value
from sim.lab.experiment.targets import (
    EVERY,
    Spec,
    as_table,
    factor_of,
    role_of,
    target_of,
)
from sim.model.outcomes import BY_NAME
from sim.model.state import WEEKLY

WEEKLY_MEASURES = tuple(name for name in WEEKLY.dtype.names or () if WEEKLY.dtype[name].shape == ())
TABLES: dict[str, Role] = {"uncertain": "uncertain", "levers": "lever"}
POINTS = ("experiment", "points")
OUTCOMES = ("producing_week", "outputs", "members_left", "cost")
MOST_REPLICATES = 100_000
MOST_RUNS = 100_000_000
PlacedRow = tuple[str, dict[str, Value]]
"""A point of an explicit design by key, and its file and line, "" for one that is in no file."""


def distinct_names(value: object, known: Collection[str], what: str) -> tuple[str, ...]:
    """Return a list of different names, each of them known (any if `known` is empty), as a tuple.  Raises TableFaults."""
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise TableFaults(((), f"is {shown(value)}; a list of {what} is needed"))
    faults = [
        ((), f"holds {shown(item)}, which {unknown(item, known)}") for item in value if known and item not in known
    ]
    if not value:
        faults.append(((), f"is empty; name {what}, or leave it out"))
    if len(set(value)) < len(value):
        faults.append(((), "holds a name twice; allowed is once"))
    if faults:
        raise TableFaults(*faults)
    return tuple(value)


def names_among(known: Collection[str], what: str) -> BeforeValidator:
    """Return a validator for `distinct_names`."""
    return BeforeValidator(partial(distinct_names, known=known, what=what))


def weekly_measures(value: object) -> tuple[str, ...]:
    """Return the weekly measures to keep: none, those that comparisons keep, or those named."""
    from sim.lab.comparison import BANDS

    if isinstance(value, bool):
        return BANDS if value else ()
    return distinct_names(value, WEEKLY_MEASURES, "weekly measures")


class Head(StrictModel):
    """The table `[experiment]`."""

    scenario: str = Field(min_length=1, max_length=4096)
    """Scenario file that the experiment varies, relative to this file."""
    title: str = Field(default="", max_length=200)
    """Title; that of the scenario if left out."""
    question: str = Field(default="", max_length=2000)
    """The question that it answers, in one sentence."""
    strategies: Annotated[tuple[str, ...], names_among((), "strategies")] = Field(default=())
    """Strategies to compare, the first being the baseline; all if left out."""
    design: designs.Kind
    """Kind of design."""
    samples: Whole | None = Field(default=None, ge=1, le=designs.MOST_POINTS)
    """Points (lhs), base samples (sobol) or trajectories (morris)."""
    levels: Whole | None = Field(default=None, ge=2, le=1000)
    """Number of values of each factor that lists none (grid, morris)."""
    second_order: bool | None = Field(default=None)
    """Whether interactions of two factors are estimated (sobol)."""
    replicates: Whole = Field(default=4, ge=1, le=MOST_REPLICATES)
    """Simulated futures of each strategy at each point, with common random numbers."""
    seed: Whole | None = Field(default=None, ge=0, le=2**63 - 1)
    """Seed of all luck and of the design; the scenario's own if left out."""
    luck: Literal["own", "shared"] | None = Field(default=None)
    """Whether each point has seeds of its own, so that luck averages out over points, or all have the same.

    Left out: "own" for design "lhs", else "shared", which indices and comparisons of points rely on.
    """
    weeks: Whole | None = Field(default=None, ge=1, le=MOST_WEEKS)
    """Weeks to simulate; the scenario's own if left out."""
    outcomes: Annotated[tuple[str, ...], names_among(BY_NAME, "outcomes")] = Field(default=OUTCOMES)
    """Outcomes that reports show; all are kept."""
    weekly: Annotated[tuple[str, ...], BeforeValidator(weekly_measures)] = Field(default=())
    """Weekly measures to keep of every run: false, true (those that comparisons keep), or a list of names."""
    renewal: bool = Field(default=True)
    """Whether networks are tested for renewal without coordinators; takes up to two thirds more time."""
    points: object = Field(default=None)
    """Points of an explicit design: a list of tables, or the name of a CSV file."""

    @model_validator(mode="after")
    def design_fits(self) -> Self:
        """Check for settings that the design needs and lacks, or does not use."""
        uses, faults = designs.USES[self.design], []
        for key in ("samples", "levels", "second_order", "points"):
            if getattr(self, key) is not None and key not in uses:
                text = f"is not used by the design {self.design!r}, which uses {listed(uses)}; leave it out"
                faults.append(((key,), text))
            elif getattr(self, key) is None and key in uses and key in ("samples", "points"):
                faults.append(((key,), f"is missing; the design {self.design!r} needs it"))
        if self.design == "sobol" and self.samples and self.samples & (self.samples - 1):
            text = f"is {self.samples}; allowed are powers of 2 (where a Sobol sequence is balanced)"
            faults.append((("samples",), text))
        if self.design == "morris" and self.levels and self.levels % 2:
            text = f"is {self.levels}; allowed are even numbers (Morris' step is half of the range)"
            faults.append((("levels",), text))
        if faults:
            raise TableFaults(*faults)
        return self


class Checked(NamedTuple):
    """The checked parts of an experiment file.  `points`: those of an explicit design, else None."""

    head: Head
    base: Scenario
    strategies: tuple[str, ...]
    factors: tuple[Factor, ...]
    points: tuple[tuple[Value, ...], ...] | None


def check(document: Document, sets: list[str]) -> Checked:
    """Return the parts of an experiment.  `sets`: `key=value` texts over the scenario.  Raises ScenarioError."""
    problems, data = Problems(document), document.data
    if "experiment" not in data:
        problems.add(
            ("experiment",),
            "is missing: this is not an experiment file, which has a table [experiment] (see scenarios/sweeps/)",
        )
        problems.settle()
    for key in data:
        if key not in ("experiment", "factors"):
            problems.add((key,), unknown(key, ("experiment", "factors")))
    head = problems.part(Head, ("experiment",), problems.table(("experiment",), data["experiment"]) or {})
    problems.settle()
    assert head is not None
    base = base_scenario(document, head, sets)
    for name in head.strategies:
        if name not in base.strategies:
            problems.add(("experiment", "strategies"), f"holds {shown(name)}, which {unknown(name, base.strategies)}")
    problems.settle()
    strategies = head.strategies or tuple(base.strategies)
    if head.design == "points":
        if "factors" in data:
            problems.add(("factors",), "is not used by the design 'points', whose points say what is varied")
        rows = rows_of(problems, head.points)
        problems.settle()
        factors, points = check_points(problems, rows, base, strategies)
    else:
        factors, points = check_factors(problems, data.get("factors", {}), base, strategies), None
    problems.settle()
    return Checked(head, base, strategies, factors, points)


def base_scenario(document: Document, head: Head, sets: list[str]) -> Scenario:
    """Return the scenario that is varied, with settings over it.  Raises ScenarioError."""
    path = Path(os.path.normpath(document.origin(("experiment", "scenario")).folder / head.scenario))
    try:
        scenario = Scenario.load(path, sets)
        return scenario if head.weeks is None else scenario.with_({"weeks": head.weeks})
    except ScenarioError as fault:
        if not path.is_file():
            label = document.origin(("experiment", "scenario")).label
            raise ScenarioError(f"{label}: experiment.scenario: {fault}") from None
        raise


def check_factors(problems: Problems, value: object, base: Scenario, strategies: tuple[str, ...]) -> tuple[Factor, ...]:
    """Return the factors of `[factors.uncertain]` and `[factors.levers]`, in the order of the file."""
    found: list[tuple[Role, tuple[str, ...], str, object]] = []
    for name, item in (problems.table(("factors",), value) or {}).items():
        if name not in TABLES:
            problems.add(("factors", name), unknown(name, TABLES))
        elif (table := problems.table(("factors", name), item)) is not None:
            specs = leaves(table, Spec, ("factors", name))
            found += [(TABLES[name], path, ".".join(path[2:]), spec) for path, spec in specs]
    kind = next((item for _, _, key, item in found if key == "network.kind"), None)
    kinds = kind.get("values") if isinstance(kind, Mapping) else kind
    target = partial(target_of, scenario=base, strategies=strategies, kinds=kinds_of(kinds, base))
    factors: dict[str, Factor] = {}
    for role, path, key, item in found:
        if key in factors:
            problems.add(path, "is given twice; allowed is once")
            continue
        try:
            goal = target(key)
            if (spec := problems.part(Spec, path, as_table(item))) is not None:
                factors[key] = factor_of(key, role, spec, goal)
        except TableFaults as fault:
            problems.add_all(path, fault.faults)
    if not found:
        problems.add(
            ("factors",), "is missing or empty; name what to vary under [factors.uncertain] or [factors.levers]"
        )
    check_overlaps(problems, [(path, key) for _, path, key, _ in found])
    return tuple(factors.values())


def kinds_of(values: object, base: Scenario) -> tuple[str, ...]:
    """Return the kinds of start network that worlds may have: those among the values of a factor, else the scenario's."""
    names = [value for value in values if isinstance(value, str)] if isinstance(values, list) else [base.network.kind]
    return tuple(dict.fromkeys(names))


def rows_of(problems: Problems, value: object) -> Sequence[PlacedRow]:
    """Return the points of an explicit design: from a list of tables, or the CSV file of that name."""
    rows: Sequence[PlacedRow]
    if isinstance(value, str):
        try:
            rows = rows_of_file(problems.document.origin(POINTS).folder / value)
        except TableFaults as fault:
            problems.add_all(POINTS, fault.faults)
            return []
    else:
        rows = [("", dict(flat(table))) for _, table in problems.tables(POINTS, value)]
    if not rows or not rows[0][1]:
        problems.add(POINTS, "is empty; at least one point with one value is needed")
    for number, (_, row) in enumerate(rows):
        if odd := sorted(set(row) ^ set(rows[0][1])):
            text = f"differs from the first point in {listed(odd)}; all points set the same keys"
            problems.add((*POINTS, str(number)), text)
    return rows


def check_points(
    problems: Problems, rows: Sequence[PlacedRow], base: Scenario, strategies: tuple[str, ...]
) -> tuple[tuple[Factor, ...], tuple[tuple[Value, ...], ...]]:
    """Return the factors and points of an explicit design."""
    columns = {key: [row[key] for _, row in rows] for key in rows[0][1]}
    kinds = kinds_of(columns.get("network.kind"), base)
    factors = []
    for key, column in columns.items():
        different = list(dict.fromkeys(column))
        if all(map(is_number, different)):
            different.sort()
        spec = Spec.model_construct(**{**Spec().__dict__, "values": tuple(different)})
        try:
            factors.append(factor_of(key, role_of(key), spec, target_of(key, base, strategies, kinds)))
        except TableFaults as fault:
            for below, text in fault.faults:
                bad = (
                    place for (place, _), value in zip(rows, column, strict=True) if f"holds {shown(value)};" in text
                )
                place = next(bad, rows[0][0])
                where = f"is {place}: " if place else ""
                problems.add(POINTS, f"{where}{key} {text}" if below else f"sets {key}, which {text}")
    check_overlaps(problems, [(POINTS, key) for key in columns])
    floats = {factor.key for factor in factors if factor.type == "float"}
    points = tuple(tuple(float(row[key]) if key in floats else row[key] for key in columns) for _, row in rows)
    return tuple(factors), points


def rows_of_file(path: Path) -> list[PlacedRow]:
    """Read points from a CSV file: keys in the first line, one point per line.  Raises TableFaults, with file and line."""
    found = f"is {str(path)!r}"
    try:
        raw = path.read_bytes()
        reader = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        lines = [(reader.line_num, line) for line in reader if line]
    except UnicodeDecodeError as fault:
        number, byte = fault.object.count(b"\n", 0, fault.start) + 1, fault.object[fault.start]
        text = f"{found}, line {number}: byte 0x{byte:02x} is not UTF-8; save it as CSV in UTF-8"
        raise TableFaults(((), text)) from None
    except csv.Error as fault:
        raise TableFaults(((), f"{found}, which cannot be read as CSV ({fault})")) from None
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or fault
        raise TableFaults(((), f"{found}, which cannot be read ({reason})")) from None
    if len(lines) < 2:
        text = f"{found}, which holds no points; keys in the first line and one point per line are needed"
        raise TableFaults(((), text))
    keys = [key.strip() for key in lines[0][1]]
    if len(keys) == 1 and ";" in keys[0]:
        raise TableFaults(
            ((), f"{found}, whose columns are separated by ';'; save it with commas (and points in numbers)")
        )
    faults: list[Fault] = [
        ((), f"{found}, line {number}: has {len(line)} value{'s' * (len(line) != 1)}; {len(keys)} are needed")
        for number, line in lines[1:]
        if len(line) != len(keys)
    ]
    if faults:
        raise TableFaults(*faults)
    return [
        (f"{str(path)!r}, line {n}", dict(zip(keys, (parse_value(text.strip()) for text in line), strict=True)))
        for n, line in lines[1:]
    ]


def check_overlaps(problems: Problems, keys: list[tuple[tuple[str, ...], str]]) -> None:
    """Report fields that are varied both for one strategy and for every strategy."""
    every = {key.partition(".")[2] for _, key in keys if key.startswith(f"{EVERY}.")}
    for path, key in keys:
        if key.startswith("strategies.") and ".".join(key.split(".")[2:]) in every:
            problems.add(path, f"is varied twice: {EVERY}.{'.'.join(key.split('.')[2:])} varies it too")
