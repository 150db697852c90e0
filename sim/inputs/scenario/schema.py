"""The JSON schema of a scenario file, from the declarations of its parts and parameters."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from sim.inputs.networks.kinds import NetworkSettings
from sim.inputs.scenario.parts import Strategy, parameter_schema
from sim.inputs.scenario.scenario_checks import ScenarioHead
from sim.model.declarations import GROUPS, PARAMETERS

REF = "#/$defs/{model}"
Schema = dict[str, Any]


def group_schema(group: str) -> Schema:
    """Return the schema of one group of parameters."""
    members = {parameter.name: parameter_schema(parameter) for parameter in PARAMETERS if parameter.group == group}
    return {"type": "object", "additionalProperties": False, "properties": members}


def json_schema() -> Schema:
    """Return the JSON schema of a scenario file: each key with bounds, unit, label or description, default."""
    definitions: Schema = {}

    def part(kind: Any) -> Schema:
        """Return the schema of a type; its definitions join the others."""
        schema = TypeAdapter(kind).json_schema(ref_template=REF)
        definitions.update(schema.pop("$defs", {}))
        return schema

    head = part(ScenarioHead)["properties"]
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
            **{group: group_schema(group) for group in GROUPS},
            "changes": changes,
            "strategies": {
                "type": "object",
                "description": "What coordinators do, by name of the strategy.",
                "propertyNames": {"pattern": "^[A-Za-z0-9_-]{1,64}$"},
                "additionalProperties": strategy,
            },
        },
        "$defs": definitions,
    }
