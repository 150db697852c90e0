"""Explicit points: a list of tables in an experiment file, or a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sim.inputs.scenario import Scenario
from sim.inputs.scenario.checking import Problems
from sim.inputs.scenario.document import parse_value
from sim.inputs.scenario.errors import Faults, is_number, listed, shown
from sim.inputs.scenario.parts import flat
from sim.lab.experiment.factors import Factor, Type, Value
from sim.lab.experiment.specs import Spec, factor_of
from sim.lab.experiment.targets import EVERY, Target, UnknownKey, role_of, target_of


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
                problems.add(where, f"{place_of(rows, key, text)}{key} {text}")
    check_overlaps(problems, [(where, key) for key in keys])
    problems.settle()
    floats = {factor.key for factor in factors if factor.type == "float"}
    points = tuple(tuple(float(row[key]) if key in floats else row[key] for key in keys) for row in rows)
    return tuple(factors), points


def place_of(rows: list[dict[str, Any]], key: str, text: str) -> str:
    """Where in a file the value stands that a fault tells of; '' for points that are in no file."""
    row = next((row for row in rows if f"holds {shown(row[key])};" in text), rows[0])
    return f"is {row.place}: " if isinstance(row, Row) else ""


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


def rows_of_file(problems: Problems, where: tuple[str, ...], name: str) -> list[dict[str, Any]]:
    """The points of a CSV file: keys in the first line, a point a line.  Errors: ScenarioError, with file and line."""
    path = problems.document.origin(where).folder / name
    found = f"is {str(path)!r}"
    try:
        lines = numbered_lines(path)
    except UnicodeDecodeError as fault:
        byte = fault.object[fault.start]
        problems.add(where, f"{found}, line {line_of(fault)}: byte 0x{byte:02x} is not UTF-8; save it as CSV in UTF-8")
    except csv.Error as fault:
        problems.add(where, f"{found}, which cannot be read as CSV ({fault})")
    except (OSError, ValueError) as fault:
        problems.add(where, f"{found}, which cannot be read ({getattr(fault, 'strerror', None) or fault})")
    problems.settle()
    if len(lines) < 2:
        problems.add(where, f"{found}, which holds no points; keys in the first line and a point a line are needed")
        problems.settle()
    keys = [key.strip() for key in lines[0][1]]
    for number, line in lines[1:]:
        if len(line) != len(keys):
            has = "1 value" if len(line) == 1 else f"{len(line)} values"
            problems.add(where, f"{found}, line {number}: has {has}; {len(keys)} are needed")
    problems.settle()
    return [Row(zip(keys, map(parse_value, map(str.strip, line)), strict=True), path, n) for n, line in lines[1:]]


class Row(dict[str, Any]):
    """A point of a file, and the line that it is in."""

    def __init__(self, values: Iterable[tuple[str, Any]], path: Path, line: int) -> None:
        super().__init__(values)
        self.place = f"{str(path)!r}, line {line}"


def numbered_lines(path: Path) -> list[tuple[int, list[str]]]:
    """The lines of a CSV file that are not empty, with their numbers."""
    reader = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True)
    return [(reader.line_num, line) for line in reader if line]


def line_of(fault: UnicodeDecodeError) -> int:
    """The number of the line in which a text could not be decoded."""
    return fault.object.count(b"\n", 0, fault.start) + 1


def check_overlaps(problems: Problems, keys: list[tuple[tuple[str, ...], str]]) -> None:
    """No strategy's field is varied by itself and with that of every strategy."""
    every = {key.partition(".")[2] for _, key in keys if key.startswith(f"{EVERY}.")}
    for path, key in keys:
        if key.startswith("strategies.") and ".".join(key.split(".")[2:]) in every:
            problems.add(path, f"is varied twice: {EVERY}.{'.'.join(key.split('.')[2:])} varies it too")
