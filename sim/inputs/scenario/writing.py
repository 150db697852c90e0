"""A scenario as TOML that loads back to an equal one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tomli_w

from sim.inputs.scenario.errors import Table
from sim.inputs.scenario.parts import Change, CoordinatorSettings, Strategy
from sim.model.declarations import GROUPS
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
    """Return a strategy with its coordinators, as far as they differ from it, and its changes."""
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
    head: Table, network: Table, parameters: Table, changes: Sequence[Change], strategies: dict[str, Strategy]
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
    }
    return tomli_w.dumps(document)
