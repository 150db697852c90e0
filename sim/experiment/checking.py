"""From an experiment file to checked parts: every fault found is reported, one a line, as for scenario files."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field

from sim.experiment import designs
from sim.experiment.factors import Factor, Role, Type, Value
from sim.experiment.specs import Spec, as_table, factor_of, specs_in
from sim.experiment.targets import EVERY, Target, UnknownKey, role_of, target_of
from sim.outcomes import BY_NAME
from sim.scenario import Scenario, ScenarioError
from sim.scenario.checking import Problems
from sim.scenario.document import Document, parse_value
from sim.scenario.errors import Faults, is_number, listed, shown, unknown
from sim.scenario.parts import MOST_WEEKS, Part, Whole, flat
from sim.state import WEEKLY

WEEKLY_MEASURES = tuple(name for name in WEEKLY.dtype.names or () if WEEKLY.dtype[name].shape == ())
ROLES: tuple[Role, ...] = ("uncertain", "lever")
TABLES = {"uncertain": "uncertain", "levers": "lever"}
OUTCOMES = ("producing_week", "outputs", "members_left", "cost")
MOST_REPLICATES = 100_000
MOST_RUNS = 100_000_000


def names_among(known: Any, what: str) -> Any:
    """A validator: a list of different names, each of them known."""

    def check(value: Any) -> Any:
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise Faults(((), f"is {shown(value)}; a list of {what} is needed"))
        faults = [
            ((), f"holds {shown(item)}, which {unknown(item, known)}") for item in value if known and item not in known
        ]
        if not value:
            faults.append(((), f"is empty; name {what}, or leave it out"))
        if len(set(value)) < len(value):
            faults.append(((), "holds a name twice; allowed is once"))
        if faults:
            raise Faults(*faults)
        return tuple(value)

    return BeforeValidator(check)


def weekly_measures(value: Any) -> tuple[str, ...]:
    """Which weekly measures to keep: none, those that comparisons keep, or those named."""
    from sim.comparison import BANDS

    if isinstance(value, bool):
        return BANDS if value else ()
    return names_among(WEEKLY_MEASURES, "weekly measures").func(value)


class Head(Part):
    """The table `[experiment]`."""

    scenario: str = Field(min_length=1, max_length=4096)
    """Scenario file that the experiment varies, relative to this file."""
    title: str = Field(default="", max_length=200)
    """What to call it; the scenario's title if left out."""
    question: str = Field(default="", max_length=2000)
    """What it asks, in one plain sentence."""
    strategies: Annotated[tuple[str, ...], names_among((), "strategies")] = Field(default=())
    """Strategies to compare, the first being the one that others are held against; all if left out."""
    design: str = Field(default="")
    """How points are chosen."""
    samples: Whole | None = Field(default=None, ge=1, le=designs.MOST_POINTS)
    """Points (lhs), base samples (sobol) or trajectories (morris)."""
    levels: Whole | None = Field(default=None, ge=2, le=1000)
    """Values of each factor that has none of its own (grid, morris)."""
    second_order: bool | None = Field(default=None)
    """Whether interactions of two are estimated too (sobol)."""
    replicates: Whole = Field(default=4, ge=1, le=MOST_REPLICATES)
    """Simulated futures of each strategy at each point, on the same luck everywhere."""
    seed: Whole | None = Field(default=None, ge=0, le=2**63 - 1)
    """Seed of all luck and of the design; the scenario's own if left out."""
    weeks: Whole | None = Field(default=None, ge=1, le=MOST_WEEKS)
    """Weeks to simulate; the scenario's own if left out."""
    outcomes: Annotated[tuple[str, ...], names_among(BY_NAME, "outcomes")] = Field(default=OUTCOMES)
    """Outcomes that reports are about; all are kept."""
    weekly: Annotated[tuple[str, ...], BeforeValidator(weekly_measures)] = Field(default=())
    """Weekly measures to keep of every run: false, true (those that comparisons keep), or a list of names."""
    renewal: bool = Field(default=True)
    """Whether networks are tested for living on without coordinators; takes up to two thirds more time."""


class Checked(NamedTuple):
    """What an experiment file says, checked.  `points`: those of an explicit design, else None."""

    head: Head
    base: Scenario
    strategies: tuple[str, ...]
    factors: tuple[Factor, ...]
    points: tuple[tuple[Value, ...], ...] | None


def check(document: Document, sets: list[str]) -> Checked:
    """The parts of an experiment.  `sets`: `key=value` texts over the scenario.  Errors: ScenarioError."""
    problems, data = Problems(document), document.data
    for key in data:
        if key not in ("experiment", "factors"):
            problems.add((key,), unknown(key, ("experiment", "factors")))
    if "experiment" not in data:
        problems.add(("experiment",), "is missing; an experiment needs a table [experiment]")
    table = problems.table(("experiment",), data.get("experiment", {})) or {}
    head = problems.part(Head, ("experiment",), {key: value for key, value in table.items() if key != "points"})
    problems.settle()
    assert head is not None
    check_design(problems, head, table)
    base = base_scenario(document, head, sets)
    strategies = check_strategies(problems, head, base)
    problems.settle()
    if head.design == "points":
        factors, points = check_points(problems, table["points"], base, strategies)
        if "factors" in data:
            problems.add(("factors",), "has no meaning beside the design 'points', whose points say what is varied")
    else:
        factors, points = check_factors(problems, data.get("factors", {}), base, strategies), None
    problems.settle()
    return Checked(head, base, strategies, factors, points)


def check_design(problems: Problems, head: Head, table: Mapping[str, Any]) -> None:
    """The design's own settings: those that it needs are there, and no others."""
    if head.design not in designs.KINDS:
        found = "is missing" if "design" not in table else f"is {shown(head.design)}"
        problems.add(("experiment", "design"), f"{found}; allowed are {listed(shown(kind) for kind in designs.KINDS)}")
        return
    uses = designs.USES[head.design]
    for key in ("samples", "levels", "second_order", "points"):
        if key in table and key not in uses:
            told = f"has no meaning beside the design {head.design!r}, which reads {listed(uses)}; leave it out"
            problems.add(("experiment", key), told)
    for key in ("samples", "points"):
        if key in uses and key not in table:
            problems.add(("experiment", key), f"is missing; the design {head.design!r} needs it")
    if head.design == "sobol" and head.samples and head.samples & (head.samples - 1):
        problems.add(
            ("experiment", "samples"), f"is {head.samples}; allowed are powers of 2 (a Sobol sequence is even there)"
        )
    if head.design == "morris" and head.levels and head.levels % 2:
        problems.add(
            ("experiment", "levels"), f"is {head.levels}; allowed are even numbers (Morris' step is half the way)"
        )


def base_scenario(document: Document, head: Head, sets: list[str]) -> Scenario:
    """The scenario that is varied, with settings over it.  Errors: ScenarioError."""
    path = Path(os.path.normpath(document.origin(("experiment", "scenario")).folder / head.scenario))
    try:
        scenario = Scenario.load(path, sets)
        return scenario if head.weeks is None else scenario.with_({"weeks": head.weeks})
    except ScenarioError as fault:
        if not path.is_file():
            label = document.origin(("experiment", "scenario")).label
            raise ScenarioError(f"{label}: experiment.scenario: {fault}") from None
        raise


def check_strategies(problems: Problems, head: Head, base: Scenario) -> tuple[str, ...]:
    """The strategies to compare: those named, all if none is."""
    for name in head.strategies:
        if name not in base.strategies:
            problems.add(("experiment", "strategies"), f"holds {shown(name)}, which {unknown(name, base.strategies)}")
    return head.strategies or tuple(base.strategies)


def check_factors(problems: Problems, value: Any, base: Scenario, strategies: tuple[str, ...]) -> tuple[Factor, ...]:
    """The factors of `[factors.uncertain]` and `[factors.levers]`, in the order of the file."""
    tables = problems.table(("factors",), value) or {}
    found: list[tuple[Role, tuple[str, ...], Any]] = []
    for name, table in tables.items():
        if name not in TABLES:
            problems.add(("factors", name), unknown(name, TABLES))
        elif problems.table(("factors", name), table) is not None:
            found += [(TABLES[name], path, item) for path, item in specs_in(table, ("factors", name))]  # type: ignore[misc]
    kinds = kinds_of_network({".".join(path[2:]): item for _, path, item in found}, base)
    factors: dict[str, Factor] = {}
    for role, path, item in found:
        key = ".".join(path[2:])
        if key in factors:
            problems.add(path, "is given twice; allowed is once")
            continue
        factor = check_factor(problems, role, path, key, item, base, strategies, kinds)
        if factor is not None:
            factors[key] = factor
    if not found:
        problems.add(
            ("factors",), "is missing or empty; name what to vary under [factors.uncertain] or [factors.levers]"
        )
    check_overlaps(problems, [(path, ".".join(path[2:])) for _, path, _ in found])
    return tuple(factors.values())


def check_factor(
    problems: Problems,
    role: Role,
    path: tuple[str, ...],
    key: str,
    item: Any,
    base: Scenario,
    strategies: tuple[str, ...],
    kinds: tuple[str, ...],
) -> Factor | None:
    """One factor, or None and its faults noted."""
    try:
        target = target_of(key, base, strategies, kinds)
    except UnknownKey as fault:
        problems.add(path, str(fault))
        return None
    table = as_table(item)
    if isinstance(table, str):
        problems.add(path, table)
        return None
    spec = problems.part(Spec, path, table)
    if spec is None:
        return None
    try:
        return factor_of(key, role, spec, target)
    except Faults as fault:
        for below, text in fault.faults:
            problems.add((*path, *below), text)
        return None


def check_overlaps(problems: Problems, keys: list[tuple[tuple[str, ...], str]]) -> None:
    """No strategy's field is varied by itself and with that of every strategy."""
    every = {key.partition(".")[2] for _, key in keys if key.startswith(f"{EVERY}.")}
    for path, key in keys:
        if key.startswith("strategies.") and ".".join(key.split(".")[2:]) in every:
            problems.add(path, f"is varied twice: {EVERY}.{'.'.join(key.split('.')[2:])} varies it too")


def kinds_of_network(specs: Mapping[str, Any], base: Scenario) -> tuple[str, ...]:
    """The kinds of start network that worlds may have: the scenario's, or those that a factor names."""
    table = as_table(specs["network.kind"]) if "network.kind" in specs else {}
    values = table.get("values") if isinstance(table, Mapping) else None
    return tuple(v for v in values if isinstance(v, str)) if isinstance(values, list) else (base.network.kind,)


def check_points(
    problems: Problems, value: Any, base: Scenario, strategies: tuple[str, ...]
) -> tuple[tuple[Factor, ...], tuple[tuple[Value, ...], ...]]:
    """The factors and points of an explicit design: a list of tables, or the name of a CSV file."""
    where = ("experiment", "points")
    rows = rows_of_file(problems, where, value) if isinstance(value, str) else None
    if rows is None:
        rows = [dict(flat(table)) for _, table in problems.tables(where, value)]
    if not rows or not rows[0]:
        problems.add(where, "is empty; at least one point with one value is needed")
    problems.settle()
    keys = list(rows[0])
    for number, row in enumerate(rows):
        if set(row) != set(keys):
            odd = sorted(set(row) ^ set(keys))
            problems.add(
                (*where, str(number)), f"differs from the first point in {listed(odd)}; all points set the same keys"
            )
    problems.settle()
    kinds = (
        tuple(dict.fromkeys(str(row["network.kind"]) for row in rows))
        if "network.kind" in keys
        else (base.network.kind,)
    )
    factors = []
    for key in keys:
        try:
            target = target_of(key, base, strategies, kinds)
            factors.append(factor_of_points(key, [row[key] for row in rows], target))
        except UnknownKey as fault:
            problems.add(where, f"sets {key}, which {fault}")
        except Faults as fault:
            for _, text in fault.faults:
                problems.add(where, f"{key} {text}")
    check_overlaps(problems, [(where, key) for key in keys])
    problems.settle()
    floats = {factor.key for factor in factors if factor.type == "float"}
    points = tuple(tuple(float(row[key]) if key in floats else row[key] for key in keys) for row in rows)
    return tuple(factors), points


def factor_of_points(key: str, column: list[Any], target: Target) -> Factor:
    """The factor that a column of points makes: the different values that it has.  Errors: Faults."""
    different = list(dict.fromkeys(column))
    if all(is_number(value) for value in different):
        different.sort()
    kind: Type | None = "float" if target.type is None and all(is_number(v) for v in different) else None
    if kind and all(isinstance(v, int) for v in different):
        kind = "int"
    spec = Spec.model_construct(**{**Spec().__dict__, "values": tuple(different)})
    return factor_of(key, role_of(key), spec, target)


def rows_of_file(problems: Problems, where: tuple[str, ...], name: str) -> list[dict[str, Any]] | None:
    """The points of a CSV file: keys in the first line, a point a line; None and its faults noted."""
    path = problems.document.origin(where).folder / name
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in csv.reader(file, strict=True) if line]
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as fault:
        problems.add(
            where, f"is {shown(str(path))}, which cannot be read ({getattr(fault, 'strerror', None) or fault})"
        )
        problems.settle()
        return None
    if len(lines) < 2:
        problems.add(
            where, f"is {shown(str(path))}, which holds no points; keys in the first line and a point a line are needed"
        )
        problems.settle()
        return None
    keys = [key.strip() for key in lines[0]]
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(keys):
            problems.add(where, f"is {shown(str(path))}, line {number}: has {len(line)} values; {len(keys)} are needed")
    problems.settle()
    return [dict(zip(keys, map(parse_value, map(str.strip, line)), strict=True)) for line in lines[1:]]
