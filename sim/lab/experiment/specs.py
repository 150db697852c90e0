"""What an experiment file says about one factor, checked against what the factor's key refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.inputs.scenario.errors import Faults, is_number, listed, number_text, shown, span, unknown
from sim.inputs.scenario.parts import Part
from sim.lab.experiment.factors import Distribution, Factor, Role, Type, Value
from sim.lab.experiment.targets import Target

PLAUSIBLE = "plausible"
Shape = Literal["uniform", "loguniform", "triangular", "normal", "choice", "integer"]
NEEDS: dict[str, tuple[str, ...]] = {"triangular": ("mode",), "normal": ("mean", "sd")}
"""What a distribution needs beside its ends, which others have no use for."""
MOST_VALUES = 1000


def values_of(value: Any) -> tuple[Value, ...]:
    """A list of different values."""
    if not isinstance(value, list | tuple):
        raise Faults(((), f"is {shown(value)}; a list of values is needed"))
    if not 1 <= len(value) <= MOST_VALUES:
        raise Faults(((), f"has {len(value)} values; allowed are 1 to {MOST_VALUES:,}"))
    strange = [item for item in value if not isinstance(item, str | bool | int | float)]
    if strange:
        raise Faults(((), f"holds {shown(strange[0])}; allowed are numbers, texts, true and false"))
    twice = [item for place, item in enumerate(value) if item in value[:place]]
    if twice:
        raise Faults(((), f"holds {shown(twice[0])} twice; allowed is once"))
    return tuple(value)


class Spec(Part):
    """A factor as a table of an experiment file."""

    distribution: Shape | None = Field(default=None)
    """How values are spread; evenly ("uniform") if left out, or over `values` where these are given."""
    low: float | None = Field(default=None)
    """Least value; that of the declared plausible range if left out."""
    high: float | None = Field(default=None)
    """Greatest value; that of the declared plausible range if left out."""
    mode: float | None = Field(default=None)
    """Most likely value (distribution "triangular")."""
    mean: float | None = Field(default=None)
    """Mean before the ends are cut off (distribution "normal")."""
    sd: float | None = Field(default=None, gt=0, le=1e15)
    """Standard deviation before the ends are cut off (distribution "normal")."""
    values: Annotated[tuple[Value, ...] | None, BeforeValidator(values_of)] = Field(default=None)
    """The values, all equally likely."""
    label: str | None = Field(default=None, min_length=1, max_length=200)
    """What to call it in tables and figures; by its declaration if left out."""
    unit: str | None = Field(default=None, max_length=60)
    """Its unit; by its declaration if left out."""


def specs_in(tables: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The specifications in nested tables, with their paths: texts, lists, and tables that hold a field of `Spec`."""
    for name, value in tables.items():
        path = (*above, name)
        if isinstance(value, Mapping) and value and not any(key in Spec.model_fields for key in value):
            yield from specs_in(value, path)
        else:
            yield path, value


def as_table(value: Any) -> Mapping[str, Any] | str:
    """A specification as a table, or what is wrong with it: "plausible" is an empty one, a list its values."""
    if isinstance(value, Mapping):
        return value
    if value == PLAUSIBLE:
        return {}
    if isinstance(value, list):
        return {"values": value}
    allowed = f"allowed are {PLAUSIBLE!r}, a list of values, or a table such as {{ low = 1, high = 2 }}"
    return f"is {shown(value)}; {allowed}"


def factor_of(key: str, role: Role, spec: Spec, target: Target) -> Factor:
    """The factor that a specification describes.  Errors: Faults."""
    label, unit = spec.label or target.label, target.unit if spec.unit is None else spec.unit
    if spec.values is not None or spec.distribution == "choice" or target.type in ("bool", "choice"):
        values = choices(spec, target)
        kind = kind_of(values, target)
        check_values(values, kind, target)
        return Factor(
            key, role, label, unit, kind, values=tuple(float(v) for v in values) if kind == "float" else values
        )
    whole = spec.distribution == "integer"
    kind = "int" if whole else target.type or "float"
    distribution: Distribution = (
        "uniform" if spec.distribution is None or spec.distribution == "integer" else spec.distribution
    )
    for name in ("mode", "mean", "sd"):
        needed = name in NEEDS.get(distribution, ())
        if needed and getattr(spec, name) is None:
            raise Faults(((name,), f"is missing; the distribution {distribution!r} needs it"))
        if not needed and getattr(spec, name) is not None:
            raise Faults(((name,), f"has no meaning beside the distribution {distribution!r}; leave it out"))
    low, high = ends(spec, target, distribution)
    if kind == "int":
        for name, end in (("low", low), ("high", high)):
            if end != int(end):
                raise Faults(((name,), f"is {number_text(end)}; a whole number is needed"))
        low, high = int(low), int(high)
    return Factor(key, role, label, unit, kind, distribution, low, high, spec.mode, spec.mean, spec.sd)


def choices(spec: Spec, target: Target) -> tuple[Value, ...]:
    """The values of a factor that has no distribution.  Errors: Faults."""
    for name in ("low", "high", "mode", "mean", "sd"):
        if getattr(spec, name) is not None:
            raise Faults(((name,), "has no meaning beside values; leave it out"))
    if spec.distribution not in (None, "choice"):
        raise Faults((("distribution",), f"is {shown(spec.distribution)}; values are all equally likely: leave it out"))
    if spec.values is not None:
        return spec.values
    if target.type == "bool":
        return (False, True)
    raise Faults((("values",), "are missing; a list of values is needed"))


def kind_of(values: tuple[Value, ...], target: Target) -> Type:
    """The type of a factor with values: as declared, or as the values are.  Errors: Faults if they are mixed."""
    if target.type is not None:
        return target.type
    if all(isinstance(value, bool) for value in values):
        return "bool"
    if all(is_number(value) for value in values):
        return "int" if all(isinstance(value, int) for value in values) else "float"
    if all(isinstance(value, str) for value in values):
        return "choice"
    raise Faults((("values",), "are of different types; allowed are all numbers, all texts, or all true and false"))


def check_values(values: tuple[Value, ...], kind: Type, target: Target) -> None:
    """Refuse values of another type than declared, or out of bounds.  Errors: Faults."""
    for value in values:
        if kind == "bool" and not isinstance(value, bool):
            raise Faults((("values",), f"holds {shown(value)}; allowed are true and false"))
        if kind == "choice" and target.choices and value not in target.choices:
            raise Faults((("values",), f"holds {shown(value)}, which {unknown(str(value), target.choices)}"))
        if kind in ("int", "float"):
            if not is_number(value) or (kind == "int" and value != int(value)):
                needed = "whole numbers" if kind == "int" else "numbers"
                raise Faults((("values",), f"holds {shown(value)}; {needed} are needed"))
            check_bounds("values", float(value), target)


def ends(spec: Spec, target: Target, distribution: str) -> tuple[float, float]:
    """Least and greatest value of a distribution.  Errors: Faults."""
    usual = (target.low, target.high) if distribution == "normal" else target.plausible
    low = spec.low if spec.low is not None else usual and usual[0]
    high = spec.high if spec.high is not None else usual and usual[1]
    missing = listed(name for name, end in (("low", low), ("high", high)) if end is None)
    if missing:
        raise Faults(((missing.partition(",")[0],), "is missing: no plausible range is declared; give low and high"))
    assert low is not None and high is not None
    for name, end in (("low", low), ("high", high)):
        check_bounds(name, end, target)
    if not low < high:
        raise Faults((("low",), f"is {number_text(low)}; it has to be below high, which is {number_text(high)}"))
    if distribution == "loguniform" and low <= 0:
        raise Faults((("low",), f"is {number_text(low)}; the distribution 'loguniform' needs numbers above 0"))
    if spec.mode is not None and not low <= spec.mode <= high:
        raise Faults((("mode",), f"is {number_text(spec.mode)}; allowed are {span(low, high)}"))
    return low, high


def check_bounds(name: str, value: float, target: Target) -> None:
    """Refuse a number that no scenario allows.  Errors: Faults."""
    low = float("-inf") if target.low is None else target.low
    high = float("inf") if target.high is None else target.high
    if not low <= value <= high:
        found = f"holds {number_text(value)}" if name == "values" else f"is {number_text(value)}"
        raise Faults(((name,), f"{found}; allowed are {span(low, high, target.type == 'int')}"))
