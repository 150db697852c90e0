"""The JSON schema of a scenario file, from the declarations of its parts and of every parameter."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from sim.inputs.networks.settings import NetworkSettings
from sim.inputs.scenario.checking import Head
from sim.inputs.scenario.parts import Strategy, parameter_schema
from sim.model.declarations import GROUPS, PARAMETERS

REF = "#/$defs/{model}"


def group_schema(group: str) -> dict[str, Any]:
    """Schema of one group of parameters."""
    members = {parameter.name: parameter_schema(parameter) for parameter in PARAMETERS if parameter.group == group}
    return {"type": "object", "additionalProperties": False, "properties": members}


def json_schema() -> dict[str, Any]:
    """The JSON schema of a scenario file: each key with bounds, unit, label or description, default."""
    definitions: dict[str, Any] = {}

    def part(adapter: TypeAdapter) -> dict[str, Any]:
        """A part's schema, its definitions put with the others."""
        schema = adapter.json_schema(ref_template=REF)
        definitions.update(schema.pop("$defs", {}))
        return schema

    head = part(TypeAdapter(Head))["properties"]
    strategy = part(TypeAdapter(Strategy))
    for name in ("coordinators", "label"):
        strategy["properties"][name].pop("default", None)
    head["title"].pop("default", None)
    extends = {"type": "string", "description": "Scenario file that this one changes, relative to this file."}
    change = {"$ref": REF.format(model="Change")}
    changes = {"type": "array", "items": change, "description": "What happens under every strategy."}
    network = part(TypeAdapter(NetworkSettings)) | {"description": "The start network, of the kind that it names."}
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
                "description": "What coordinators may do, by name.",
                "propertyNames": {"pattern": "^[A-Za-z0-9_-]{1,64}$"},
                "additionalProperties": strategy,
            },
        },
        "$defs": definitions,
    }
