"""Explicit points: a list of tables in an experiment file, or a CSV file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from sim.experiment.factors import Factor, Type, Value
from sim.experiment.specs import Spec, factor_of
from sim.experiment.targets import EVERY, Target, UnknownKey, role_of, target_of
from sim.scenario import Scenario
from sim.scenario.checking import Problems
from sim.scenario.document import parse_value
from sim.scenario.errors import Faults, is_number, listed, shown
from sim.scenario.parts import flat


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


def check_overlaps(problems: Problems, keys: list[tuple[tuple[str, ...], str]]) -> None:
    """No strategy's field is varied by itself and with that of every strategy."""
    every = {key.partition(".")[2] for _, key in keys if key.startswith(f"{EVERY}.")}
    for path, key in keys:
        if key.startswith("strategies.") and ".".join(key.split(".")[2:]) in every:
            problems.add(path, f"is varied twice: {EVERY}.{'.'.join(key.split('.')[2:])} varies it too")
