"""Messages on bad scenarios, one line per fault: file, key, what was found, what is allowed, nearest known key."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import NoneType
from typing import Annotated, Literal, TypeGuard, get_args, get_origin

import numpy as np
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

LONGEST = 60

Table = Mapping[str, object]
"""A table as TOML has it, not yet checked."""
Path = tuple[str, ...]
Fault = tuple[Path, str]


class ScenarioError(Exception):
    """A scenario cannot be used: one line per fault, each naming file, key, what was found and what is allowed."""


class TableFaults(ValueError):
    """Faults in one table: for each, the key below the table and what is wrong with it."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{key_of(path)} {text}".strip() for path, text in faults))
        self.faults = faults


def key_of(path: Path) -> str:
    """Return a key as users write it: parts joined by dots; places in lists count from 0."""
    return ".".join(path)


def shown(value: object) -> str:
    """Return a value as a message shows it, cut short where long."""
    if isinstance(value, str):
        return repr(value if len(value) <= LONGEST else value[: LONGEST - 3] + "...")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    return "nothing" if value is None else str(value)[:LONGEST]


def listed(words: Iterable[str]) -> str:
    """Return words with commas between them."""
    return ", ".join(words)


def unknown(word: str, known: Iterable[str]) -> str:
    """Return that a key is unknown, with the nearest known one, or all known ones if none is near."""
    known = list(known)
    near = difflib.get_close_matches(word, known, n=1)
    return f"is unknown; did you mean {near[0]}?" if near else f"is unknown; known are {listed(known)}"


def number_text(number: float) -> str:
    """Return a number without needless digits."""
    if isinstance(number, int) or (abs(number) < 1e15 and number == int(number)):
        return f"{int(number):,}"
    return repr(float(number))


def span(low: float, high: float, whole: bool = False) -> str:
    """Return the numbers from `low` to `high` in words."""
    return f"{'whole numbers' if whole else 'numbers'} from {number_text(low)} to {number_text(high)}"


def is_number(value: object) -> TypeGuard[int | float]:
    """Return whether a value is a number; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def off_limits(value: object, low: float, high: float, whole: bool = False, unit: str = "") -> str | None:
    """Return what is wrong with a value that must be a number (a whole one) within bounds; None if nothing."""
    right = is_number(value) and low <= value <= high and (not whole or value == int(value))
    return None if right else f"is {shown(value)}; allowed are {span(low, high, whole)}{f' ({unit})' if unit else ''}"


def plain(value: object) -> object:
    """Return a value as TOML has it: NumPy numbers, tuples, mappings and models as built-in types."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Mapping | BaseModel):
        return plain_table(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return str(value) if hasattr(value, "__fspath__") else value


def plain_table(table: Table | BaseModel) -> dict[str, object]:
    """Return a table as TOML has it (`plain`)."""
    pairs = table.model_dump(exclude_none=True) if isinstance(table, BaseModel) else table
    return {str(key): plain(item) for key, item in pairs.items()}


def bare(annotation: object) -> object:
    """Return a field's type without `None` and annotations."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    options = [option for option in get_args(annotation) if option is not NoneType]
    if get_origin(annotation) is not Literal and len(options) == 1 and len(options) < len(get_args(annotation)):
        return bare(options[0])
    return annotation


def limits_of(field: FieldInfo) -> dict[str, float]:
    """Return a field's limits by their names in pydantic, such as `ge`."""
    return {name: getattr(note, name) for note in field.metadata for name in LIMITS if hasattr(note, name)}


def bounds_of(field: FieldInfo) -> str:
    """Return the numbers that a field allows, in words."""
    limits = limits_of(field)
    words = "whole numbers" if bare(field.annotation) is int else "numbers"
    if "multiple_of" in limits:
        words = f"multiples of {number_text(limits['multiple_of'])}"
    if "ge" in limits and "le" in limits:
        return f"{words} from {number_text(limits['ge'])} to {number_text(limits['le'])}"
    parts = [f"{word} {number_text(limits[name])}" for name, word in LIMITS.items() if name in limits and word]
    return " ".join([words, " and ".join(parts)]).strip()


LIST_HEADER = "[[]]"
"""Stands for a list's key in brackets until the key is known in full."""
LIMITS = {"gt": "above", "ge": "from", "lt": "below", "le": "up to", "multiple_of": ""}


def allowed(field: FieldInfo) -> str:
    """Return what a field allows, in words."""
    kind = bare(field.annotation)
    if get_origin(kind) is Literal:
        return "allowed are " + listed(repr(value) for value in get_args(kind))
    if kind is bool:
        return "allowed are true and false"
    if kind is str:
        most = next((note.max_length for note in field.metadata if hasattr(note, "max_length")), None)
        least = next((note.min_length for note in field.metadata if hasattr(note, "min_length")), 0)
        length = f"{number_text(least)} to {number_text(most)} characters" if most else "any length"
        return f"allowed is text of {length}, in quotes"
    if kind in (int, float):
        return "allowed are " + bounds_of(field)
    return f"a list of tables is needed ({LIST_HEADER})" if get_origin(kind) is tuple else "a table is needed"


def faults_of(error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """Return pydantic's errors on a table, worded by the fields' declarations; nested parts have worded theirs."""
    faults: list[Fault] = []
    for fault in error.errors(include_url=False):
        path = tuple(str(part) for part in fault["loc"])
        cause = fault.get("ctx", {}).get("error")
        if isinstance(cause, TableFaults):
            faults += [(path + below, text) for below, text in cause.faults]
        elif not path:
            faults.append(
                (path, f"is impossible: {cause}" if cause else f"is {shown(fault['input'])}; a table is needed")
            )
        elif fault["type"] == "extra_forbidden":
            faults.append((path, unknown(path[0], model.model_fields)))
        elif fault["type"] == "missing":
            faults.append((path, f"is missing; {allowed(model.model_fields[path[0]])}"))
        else:
            faults.append((path[:1], f"is {shown(fault['input'])}; {allowed(model.model_fields[path[0]])}"))
    return faults
