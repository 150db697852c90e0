"""What the key of a factor refers to: a parameter, a setting of the start network, a field of coordinators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from sim.inputs.scenario import Scenario
from sim.inputs.scenario.checking import KINDS
from sim.inputs.scenario.errors import bare, listed, shown, unknown
from sim.inputs.scenario.parts import Coordinator, unknown_parameter
from sim.lab.experiment.factors import Role, Type
from sim.model.declarations import BY_KEY
from sim.model.levers import LEVERS
from sim.model.state import FOCUSES

EVERY = "strategy"
NO_FACTORS = {
    "weeks": "set it under [experiment]",
    "seed": "set it under [experiment]",
    "replicates": "set it under [experiment]",
    "title": "it changes no number",
    "question": "it changes no number",
    "extends": "it is followed in scenario files only",
}
UNITS = {
    "members": "members",
    "newcomers": "members",
    "hubs": "members",
    "size": "members",
    "span": "members",
    "degree": "ties a member",
    "organisations": "share",
    "keep_strongest": "share",
    "keep_random": "share",
    "within": "share",
    "core": "share",
    "rewire": "chance",
    "hours": "hours a week",
    "hour_cost": "dollars an hour",
    "money": "dollars a year",
    "hub_share": "share",
    "in_person": "share",
    "convenings": "a year",
    "convening_first": "week",
    "convening_share": "share",
    "align_week": "week",
    "produce_week": "week",
    "ready_degree": "ties a member",
}


@dataclass(frozen=True)
class Target:
    """What a key refers to; `type` None: whatever its values are.  `plausible`: the declared range to vary it in."""

    label: str
    unit: str
    type: Type | None
    low: float | None = None
    high: float | None = None
    plausible: tuple[float, float] | None = None
    choices: tuple[str, ...] = ()


class UnknownKey(ValueError):
    """A key that no factor can have: what is wrong with it."""


def role_of(key: str) -> Role:
    """The role of a factor that was not put under one: what coordinators do is a lever, all else is uncertain."""
    return "lever" if key.split(".")[0] in (EVERY, "strategies") else "uncertain"


def target_of(key: str, scenario: Scenario, strategies: tuple[str, ...], kinds: tuple[str, ...]) -> Target:
    """What a key refers to in a scenario.  `kinds`: kinds of start network that it may have.  Errors: UnknownKey."""
    parts = key.split(".")
    if key in NO_FACTORS:
        raise UnknownKey(f"is no factor: {NO_FACTORS[key]}")
    if key in BY_KEY:
        declared = BY_KEY[key]
        kind: Type = "int" if declared.whole else "float"
        return Target(declared.label, declared.unit, kind, declared.low, declared.high, declared.range)
    if parts[0] == "network" and len(parts) == 2:
        return network_target(parts[1], kinds)
    if parts[0] == EVERY and len(parts) > 1:
        if not any(scenario.strategies[name].coordinators for name in strategies):
            raise UnknownKey("has no effect: no strategy of this experiment has coordinators")
        return coordinator_target(parts[1:])
    if parts[0] == "strategies" and len(parts) > 2:
        if parts[1] not in strategies:
            raise UnknownKey(f"names a strategy that is not compared here; compared are {listed(strategies)}")
        if parts[2] in ("coordinators", "changes"):
            return Target(key, "", None)
        return coordinator_target(parts[2:], f" ({parts[1]})")
    if parts[0] == "changes" and len(parts) > 2:
        return Target(key, "", None)
    raise UnknownKey(unknown_key(key))


def unknown_key(key: str) -> str:
    """That a key is unknown, with the nearest known one."""
    fields = {f"network.{name}" for kind in KINDS.values() for name in kind.model_fields}
    own = {f"{EVERY}.{name}" for name in Coordinator.model_fields}
    told = unknown(key, [*BY_KEY, *sorted(fields | own)])
    return told if "did you mean" in told else unknown_parameter(key)


def network_target(name: str, kinds: tuple[str, ...]) -> Target:
    """A setting of the start network."""
    if name == "kind":
        return Target("kind of start network", "", "choice", choices=tuple(KINDS))
    fields = [KINDS[kind].model_fields[name] for kind in kinds if kind in KINDS and name in KINDS[kind].model_fields]
    if not fields:
        known = dict.fromkeys(field for kind in kinds if kind in KINDS for field in KINDS[kind].model_fields)
        raise UnknownKey(f"{unknown(name, known)} (start network of kind {listed(shown(kind) for kind in kinds)})")
    return target_of_field(name, fields[0])


def coordinator_target(parts: list[str], of: str = "") -> Target:
    """A field of coordinators, or the share of hours that a lever gets in a focus."""
    name = parts[0]
    if len(parts) == 2 and name in FOCUSES:
        if parts[1] not in LEVERS:
            raise UnknownKey(unknown(parts[1], LEVERS))
        return Target(f"share of hours for {parts[1].replace('_', ' ')} at {name}{of}", "share", "float", 0.0, 1.0)
    if len(parts) > 1 or name not in Coordinator.model_fields:
        raise UnknownKey(unknown(".".join(parts), Coordinator.model_fields))
    if name in FOCUSES:
        raise UnknownKey(f"is a table; name one of its levers, as {name}.{next(iter(LEVERS))}")
    return target_of_field(name, Coordinator.model_fields[name], of)


def target_of_field(name: str, field: FieldInfo, of: str = "") -> Target:
    """What a declared field says of itself."""
    label = (field.description or name).split(":")[0].split(";")[0].rstrip(".")
    label = label[:1].lower() + label[1:] + of
    kind = bare(field.annotation)
    if get_origin(kind) is Literal:
        return Target(label, UNITS.get(name, ""), "choice", choices=tuple(str(value) for value in get_args(kind)))
    if kind is bool:
        return Target(label, "yes or no", "bool")
    if kind not in (int, float):
        return Target(label, UNITS.get(name, ""), "choice")
    limits = {
        word: getattr(note, word) for note in field.metadata for word in ("ge", "gt", "le", "lt") if hasattr(note, word)
    }
    low, high = limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt"))
    return Target(label, UNITS.get(name, ""), "int" if kind is int else "float", low, high)


def settings_for(
    values: Mapping[str, Any], scenario: Scenario, strategies: tuple[str, ...]
) -> Iterator[tuple[str, Any]]:
    """Factor values as settings of a scenario: `strategy.FIELD` for each strategy that has coordinators."""
    for key, value in values.items():
        head, _, rest = key.partition(".")
        if head == EVERY:
            for name in strategies:
                if scenario.strategies[name].coordinators:
                    yield f"strategies.{name}.{rest}", value
        else:
            yield key, value
