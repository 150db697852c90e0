"""A scenario as TOML that loads back to an equal one, and the JSON schema of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tomli_w
from pydantic import TypeAdapter

from sim.inputs.networks.kinds import NetworkSettings
from sim.inputs.scenario.errors import Table
from sim.inputs.scenario.knowledge import FACT, MEASURED, Fact, WorldSettings
from sim.inputs.scenario.parts import Change, CoordinatorSettings, Strategy, parameter_schema
from sim.inputs.scenario.scenario_checks import ScenarioHead
from sim.model.declarations import GROUPS, PARAMETERS
from sim.model.state import FOCUSES


def literal(value: object) -> str:
    """Return a value other than a table as TOML."""
    return tomli_w.dumps({"value": value}).removeprefix("value = ").rstrip("\n")


def fields_of(coordinator: CoordinatorSettings) -> dict[str, Any]:
    """Return a coordinator's fields as TOML can hold them."""
    fields = {name: getattr(coordinator, name) for name in CoordinatorSettings.model_fields}
    return {name: dict(value) if name in FOCUSES else value for name, value in fields.items()}


def change_table(change: Change) -> Table:
    """Return the fields of a change that are set."""
    return change.model_dump(exclude_none=True)


def strategy_table(strategy: Strategy) -> Table:
    """Return a strategy with its coordinators, where they differ from it, and its changes."""
    own, each = fields_of(strategy), [fields_of(coordinator) for coordinator in strategy.coordinators]
    default = {} if each else fields_of(CoordinatorSettings())
    table: dict[str, object] = {"label": strategy.label}
    table |= {name: value for name, value in own.items() if value != default.get(name)}
    if each != [own]:
        table["coordinators"] = [{name: value for name, value in one.items() if value != own[name]} for one in each]
    if strategy.changes:
        table["changes"] = [change_table(change) for change in strategy.changes]
    return table


def to_toml(
    head: Table,
    network: Table,
    parameters: Table,
    changes: Sequence[Change],
    strategies: dict[str, Strategy],
    knowledge: Table,
) -> str:
    """Return the parts of a scenario as the text of a file."""
    groups: dict[str, dict[str, object]] = {group: {} for group in GROUPS}
    for key, value in parameters.items():
        group, _, name = key.partition(".")
        groups[group][name] = value
    document = {
        **head,
        "network": network,
        **{group: table for group, table in groups.items() if table},
        **({"changes": [change_table(change) for change in changes]} if changes else {}),
        "strategies": {name: strategy_table(strategy) for name, strategy in strategies.items()},
        **knowledge,
    }
    return tomli_w.dumps(document)


REF = "#/$defs/{model}"
Schema = dict[str, Any]


def json_schema() -> Schema:
    """Return the JSON schema of a scenario file: each key with bounds, unit, label or description, default."""
    definitions: Schema = {}

    def part(kind: Any) -> Schema:
        """Return the schema of a type; its definitions join the others."""
        schema = TypeAdapter(kind).json_schema(ref_template=REF)
        definitions.update(schema.pop("$defs", {}))
        return schema

    groups: Schema = {group: {"type": "object", "additionalProperties": False, "properties": {}} for group in GROUPS}
    for parameter in PARAMETERS:
        groups[parameter.group]["properties"][parameter.name] = parameter_schema(parameter)
    head = part(ScenarioHead)["properties"]
    definitions["Fact"] = {"anyOf": [part(Fact), {"type": "string", "description": FACT}]}
    strategy = part(Strategy)
    for name in ("coordinators", "label"):
        strategy["properties"][name].pop("default", None)
    head["title"].pop("default", None)
    extends = {"type": "string", "description": "Scenario file that this one changes, relative to this file."}
    change = {"$ref": REF.format(model="Change")}
    changes = {"type": "array", "items": change, "description": "What happens under every strategy."}
    network = part(NetworkSettings) | {"description": "The start network, of the kind that it names."}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario",
        "description": "A network and its world, with strategies to compare.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **head,
            "extends": extends,
            "network": network,
            **groups,
            "changes": changes,
            "strategies": {
                "type": "object",
                "description": "What coordinators do, by name of the strategy.",
                "propertyNames": {"pattern": "^[A-Za-z0-9_-]{1,64}$"},
                "additionalProperties": strategy,
            },
            "facts": {
                "type": "object",
                "description": "What is known of the last year, or of parameters; worlds that contradict it count less.",
                "additionalProperties": True,
                "properties": {
                    name: {"$ref": REF.format(model="Fact"), "title": text} for name, text in MEASURED.items()
                },
            },
            "worlds": part(WorldSettings) | {"description": "How plausible worlds are drawn."},
        },
        "$defs": definitions,
    }
