"""What an experiment file says of a factor, checked against what the factor's key refers to.

A key refers to a parameter, a setting of the start network, or a field of coordinators: its `FactorTarget`.  A `Spec` is the
factor's table in the file.  Together they make a `Factor`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field
from pydantic.fields import FieldInfo

from sim.inputs.scenario import Scenario
from sim.inputs.scenario.errors import (
    TableFaults,
    bare,
    is_number,
    limits_of,
    listed,
    number_text,
    shown,
    span,
    unknown,
)
from sim.inputs.scenario.knowledge import DistributionSettings
from sim.inputs.scenario.parts import CoordinatorSettings, unknown_parameter
from sim.inputs.scenario.scenario_checks import KINDS
from sim.lab.experiment.designs import Distribution, Factor, Role, Type, Value
from sim.model.declarations import BY_KEY
from sim.model.levers import LEVERS
from sim.model.state import FOCUSES

EVERY = "strategy"
PLAUSIBLE = "plausible"
Shape = Literal["uniform", "loguniform", "triangular", "normal", "choice", "integer"]
NEEDS: dict[str, tuple[str, ...]] = {"triangular": ("mode",), "normal": ("mean", "sd")}
"""Parameters that only these distributions have."""
MOST_VALUES = 1000
NO_FACTORS = {
    "weeks": "set it under [experiment]",
    "seed": "set it under [experiment]",
    "replicates": "set it under [experiment]",
    "title": "it changes no number",
    "question": "it changes no number",
    "extends": "it is followed in scenario files only",
}
FIELDS_BY_UNIT = {
    "members": ("members", "newcomers", "hubs", "size", "span"),
    "ties per member": ("degree", "ready_ties"),
    "share": (
        *("organisations", "keep_strongest", "keep_random", "within", "core"),
        *("hub_share", "in_person", "convening_share"),
    ),
    "chance": ("rewire",),
    "hours a week": ("hours",),
    "dollars an hour": ("hour_cost",),
    "dollars a year": ("money",),
    "a year": ("convenings",),
    "week": ("convening_first", "align_week", "produce_week"),
}
UNITS = {name: unit for unit, names in FIELDS_BY_UNIT.items() for name in names}


@dataclass(frozen=True)
class FactorTarget:
    """What a key refers to.  `type` None: the type of its values.  `plausible`: the declared range to vary it in."""

    label: str
    unit: str
    type: Type | None
    low: float | None = None
    high: float | None = None
    plausible: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()


def role_of(key: str) -> Role:
    """Return a factor's default role: what coordinators do is a lever, all else is uncertain."""
    return "lever" if key.split(".")[0] in (EVERY, "strategies") else "uncertain"


def target_of(key: str, scenario: Scenario, strategies: tuple[str, ...], kinds: tuple[str, ...]) -> FactorTarget:
    """Return what a key refers to in a scenario.  `kinds`: kinds of start network that it may have.  Raises TableFaults."""
    parts = key.split(".")
    if key in NO_FACTORS:
        raise TableFaults(((), f"is not a factor: {NO_FACTORS[key]}"))
    if key in BY_KEY:
        declared = BY_KEY[key]
        kind: Type = "int" if declared.whole else "float"
        return FactorTarget(declared.label, declared.unit, kind, declared.low, declared.high, declared.range)
    if parts[0] == "network" and len(parts) == 2:
        return network_target(parts[1], kinds)
    if parts[0] == EVERY and len(parts) > 1:
        if not any(scenario.strategies[name].coordinators for name in strategies):
            raise TableFaults(((), "has no effect: no strategy of this experiment has coordinators"))
        return coordinator_target(parts[1:])
    if parts[0] == "strategies" and len(parts) > 2:
        if parts[1] not in strategies:
            raise TableFaults(((), f"names a strategy that is not compared here; compared are {listed(strategies)}"))
        if parts[2] in ("coordinators", "changes"):
            return FactorTarget(key, "", None)
        return coordinator_target(parts[2:], f" ({parts[1]})")
    if parts[0] == "changes" and len(parts) > 2:
        return FactorTarget(key, "", None)
    fields = {f"network.{name}" for kind in KINDS.values() for name in kind.model_fields}
    fields |= {f"{EVERY}.{name}" for name in CoordinatorSettings.model_fields}
    message = unknown(key, [*BY_KEY, *sorted(fields)])
    raise TableFaults(((), message if "did you mean" in message else unknown_parameter(key)))


def network_target(name: str, kinds: tuple[str, ...]) -> FactorTarget:
    """Return a setting of the start network as a target."""
    if name == "kind":
        return FactorTarget("kind of start network", "", "choice", choices=tuple(KINDS))
    fields = [KINDS[kind].model_fields[name] for kind in kinds if kind in KINDS and name in KINDS[kind].model_fields]
    if not fields:
        known = dict.fromkeys(field for kind in kinds if kind in KINDS for field in KINDS[kind].model_fields)
        raise TableFaults(
            ((), f"{unknown(name, known)} (start network of kind {listed(shown(kind) for kind in kinds)})")
        )
    return target_of_field(name, fields[0])


def coordinator_target(parts: list[str], of: str = "") -> FactorTarget:
    """A field of coordinators, or the share of hours that a lever gets in a focus."""
    name = parts[0]
    if len(parts) == 2 and name in FOCUSES:
        if parts[1] not in LEVERS:
            raise TableFaults(((), unknown(parts[1], LEVERS)))
        return FactorTarget(
            f"share of hours for {parts[1].replace('_', ' ')} at {name}{of}", "share", "float", 0.0, 1.0
        )
    if len(parts) > 1 or name not in CoordinatorSettings.model_fields:
        raise TableFaults(((), unknown(".".join(parts), CoordinatorSettings.model_fields)))
    if name in FOCUSES:
        raise TableFaults(((), f"is a table; name one of its levers, as {name}.{next(iter(LEVERS))}"))
    return target_of_field(name, CoordinatorSettings.model_fields[name], of)


def target_of_field(name: str, field: FieldInfo, of: str = "") -> FactorTarget:
    """Return a declared field as a target."""
    label = (field.description or name).split(":")[0].split(";")[0].rstrip(".")
    label = label[:1].lower() + label[1:] + of
    kind = bare(field.annotation)
    if kind is bool:
        return FactorTarget(label, "yes or no", "bool")
    if kind not in (int, float):
        return FactorTarget(label, UNITS.get(name, ""), "choice", choices=tuple(map(str, get_args(kind))))
    limits = limits_of(field)
    low, high = limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt"))
    return FactorTarget(label, UNITS.get(name, ""), "int" if kind is int else "float", low, high)


def values_of(value: object) -> tuple[Value, ...]:
    """Return a list of different values as a tuple.  Raises TableFaults."""
    if not isinstance(value, list | tuple):
        raise TableFaults(((), f"is {shown(value)}; a list of values is needed"))
    if not 1 <= len(value) <= MOST_VALUES:
        raise TableFaults(((), f"has {len(value)} values; allowed are 1 to {MOST_VALUES:,}"))
    strange = [item for item in value if not isinstance(item, str | bool | int | float)]
    if strange:
        raise TableFaults(((), f"holds {shown(strange[0])}; allowed are numbers, texts, true and false"))
    twice = [item for place, item in enumerate(value) if item in value[:place]]
    if twice:
        raise TableFaults(((), f"holds {shown(twice[0])} twice; allowed is once"))
    return tuple(value)


class Spec(DistributionSettings):
    """A factor as a table of an experiment file."""

    distribution: Shape | None = Field(default=None)
    """Distribution of values; "uniform" if left out, or equally likely `values`."""
    values: Annotated[tuple[Value, ...] | None, BeforeValidator(values_of)] = Field(default=None)
    """The values, all equally likely."""
    label: str | None = Field(default=None, min_length=1, max_length=200)
    """Label in tables and figures; that of its declaration if left out."""
    unit: str | None = Field(default=None, max_length=60)
    """Unit; that of its declaration if left out."""


def as_table(value: object) -> Mapping[str, object]:
    """Return a specification as a table: "plausible" is an empty one, a list its values.  Raises TableFaults."""
    if isinstance(value, Mapping):
        return value
    if value == PLAUSIBLE:
        return {}
    if isinstance(value, list):
        return {"values": value}
    allowed = f"allowed are {PLAUSIBLE!r}, a list of values, or a table such as {{ low = 1, high = 2 }}"
    raise TableFaults(((), f"is {shown(value)}; {allowed}"))


def factor_of(key: str, role: Role, spec: Spec, target: FactorTarget) -> Factor:
    """Return the factor that a specification describes.  Raises TableFaults."""
    label, unit = spec.label or target.label, target.unit if spec.unit is None else spec.unit
    if spec.values is not None or spec.distribution == "choice" or target.type in ("bool", "choice"):
        kind, values = choices(spec, target)
        return Factor(key, role, label, unit, kind, values=values)
    kind = "int" if spec.distribution == "integer" else target.type or "float"
    distribution: Distribution = (
        "uniform" if spec.distribution is None or spec.distribution == "integer" else spec.distribution
    )
    for name in ("mode", "mean", "sd"):
        needed = name in NEEDS.get(distribution, ())
        if needed and getattr(spec, name) is None:
            raise TableFaults(((name,), f"is missing; the distribution {distribution!r} needs it"))
        if not needed and getattr(spec, name) is not None:
            raise TableFaults(((name,), f"is not used by the distribution {distribution!r}; leave it out"))
    low, high = ends(spec, target, distribution)
    if kind == "int":
        for name, end in (("low", low), ("high", high)):
            if end != int(end):
                raise TableFaults(((name,), f"is {number_text(end)}; a whole number is needed"))
        low, high = int(low), int(high)
    return Factor(key, role, label, unit, kind, distribution, low, high, spec.mode, spec.mean, spec.sd)


def choices(spec: Spec, target: FactorTarget) -> tuple[Type, tuple[Value, ...]]:
    """Return type and values of a factor that has no distribution.  Raises TableFaults."""
    for name in ("low", "high", "mode", "mean", "sd"):
        if getattr(spec, name) is not None:
            raise TableFaults(((name,), "is not used with values; leave it out"))
    if spec.distribution not in (None, "choice"):
        raise TableFaults(
            (("distribution",), f"is {shown(spec.distribution)}; values are all equally likely: leave it out")
        )
    values = (False, True) if spec.values is None and target.type == "bool" else spec.values
    if values is None:
        raise TableFaults((("values",), "are missing; a list of values is needed"))
    kind = target.type or type_of(values)
    for value in values:
        if text := value_fault(value, kind, target):
            raise TableFaults((("values",), text))
    return kind, tuple(map(float, values)) if kind == "float" else values


def type_of(values: tuple[Value, ...]) -> Type:
    """Return the type of values that declare none.  Raises TableFaults if they are mixed."""
    if all(isinstance(value, bool) for value in values):
        return "bool"
    if all(map(is_number, values)):
        return "int" if all(isinstance(value, int) for value in values) else "float"
    if all(isinstance(value, str) for value in values):
        return "choice"
    raise TableFaults(
        (("values",), "are of different types; allowed are all numbers, all texts, or all true and false")
    )


def value_fault(value: Value, kind: Type, target: FactorTarget) -> str | None:
    """Return what is wrong with a value: of another type than declared, or out of bounds; None if nothing."""
    if kind == "bool":
        return None if isinstance(value, bool) else f"holds {shown(value)}; allowed are true and false"
    if kind == "choice":
        known = not target.choices or value in target.choices
        return None if known else f"holds {shown(value)}, which {unknown(str(value), target.choices)}"
    if not is_number(value) or (kind == "int" and value != int(value)):
        return f"holds {shown(value)}; {'whole numbers' if kind == 'int' else 'numbers'} are needed"
    wrong = out_of_bounds(value, target)
    return wrong and f"holds {wrong}"


def ends(spec: Spec, target: FactorTarget, distribution: str) -> tuple[float, float]:
    """Return the least and greatest value of a distribution.  Raises TableFaults."""
    usual = (target.low, target.high) if distribution == "normal" else target.plausible
    low = spec.low if spec.low is not None else usual and usual[0]
    high = spec.high if spec.high is not None else usual and usual[1]
    missing = listed(name for name, end in (("low", low), ("high", high)) if end is None)
    if missing:
        raise TableFaults(
            ((missing.partition(",")[0],), "is missing: no plausible range is declared; give low and high")
        )
    assert low is not None and high is not None
    for name, end in (("low", low), ("high", high)):
        if text := out_of_bounds(end, target):
            raise TableFaults(((name,), f"is {text}"))
    if not low < high:
        raise TableFaults((("low",), f"is {number_text(low)}; it has to be below high, which is {number_text(high)}"))
    if distribution == "loguniform" and low <= 0:
        raise TableFaults((("low",), f"is {number_text(low)}; the distribution 'loguniform' needs numbers above 0"))
    if spec.mode is not None and not low <= spec.mode <= high:
        raise TableFaults((("mode",), f"is {number_text(spec.mode)}; allowed are {span(low, high)}"))
    return low, high


def out_of_bounds(value: float, target: FactorTarget) -> str | None:
    """Return a number and the bounds that it exceeds; None if a scenario allows it."""
    low = float("-inf") if target.low is None else target.low
    high = float("inf") if target.high is None else target.high
    within = low <= value <= high
    return None if within else f"{number_text(value)}; allowed are {span(low, high, target.type == 'int')}"


def settings_for(
    values: Mapping[str, Value], scenario: Scenario, strategies: tuple[str, ...]
) -> Iterator[tuple[str, Value]]:
    """Yield factor values as settings of a scenario: `strategy.FIELD` for each strategy that has coordinators."""
    for key, value in values.items():
        head, _, rest = key.partition(".")
        if head == EVERY:
            for name in strategies:
                if scenario.strategies[name].coordinators:
                    yield f"strategies.{name}.{rest}", value
        else:
            yield key, value
