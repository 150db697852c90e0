"""A scenario as TOML that loads back to an equal one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.inputs.scenario.parts import Change, CoordinatorSettings, Strategy
from sim.model.declarations import GROUPS

BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def text(value: str) -> str:
    """A text in quotes."""
    return '"' + "".join(ESCAPES.get(c, c if c.isprintable() else f"\\U{ord(c):08X}") for c in value) + '"'


def key(name: str) -> str:
    """A key, in quotes where TOML needs them."""
    return name if name and set(name) <= BARE else text(name)


def literal(value: Any) -> str:
    """A value: text, number, truth, or a table on one line."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{key(name)} = {literal(item)}" for name, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    return "[]" if isinstance(value, Sequence) else repr(value)


def lines(head: str, table: Mapping[str, Any]) -> list[str]:
    """A table under its head line, with a blank line before it."""
    return ["", head, *(f"{key(name)} = {literal(value)}" for name, value in table.items())]


def own_fields(coordinator: CoordinatorSettings) -> dict[str, Any]:
    """A coordinator's fields by name."""
    return {name: getattr(coordinator, name) for name in CoordinatorSettings.model_fields}


def change_fields(change: Change) -> dict[str, Any]:
    """What a change says: the fields that are set."""
    pairs = ((name, getattr(change, name)) for name in Change.model_fields)
    return {name: value for name, value in pairs if value is not None}


def strategy_lines(name: str, strategy: Strategy) -> list[str]:
    """A strategy with its coordinators, as far as they differ from it, and its changes."""
    head, own = f"strategies.{key(name)}", own_fields(strategy)
    everybody = [own_fields(coordinator) for coordinator in strategy.coordinators]
    usual = {} if everybody else own_fields(CoordinatorSettings())
    table = {field: value for field, value in own.items() if value != usual.get(field)}
    nobody = {} if everybody else {"coordinators": ()}
    written = lines(f"[{head}]", {"label": strategy.label, **table, **nobody})
    if everybody != [own]:
        for fields in everybody:
            differing = {field: value for field, value in fields.items() if value != own[field]}
            written += lines(f"[[{head}.coordinators]]", differing)
    for change in strategy.changes:
        written += lines(f"[[{head}.changes]]", change_fields(change))
    return written


def to_toml(
    head: Mapping[str, Any],
    network: Mapping[str, Any],
    parameters: Mapping[str, float],
    changes: Sequence[Change],
    strategies: Mapping[str, Strategy],
) -> str:
    """The parts of a scenario as the text of a file."""
    written = lines("", head)[2:] + lines("[network]", network)
    for group in GROUPS:
        members = {name.partition(".")[2]: value for name, value in parameters.items() if name.startswith(f"{group}.")}
        if members:
            written += lines(f"[{group}]", members)
    for change in changes:
        written += lines("[[changes]]", change_fields(change))
    for name, strategy in strategies.items():
        written += strategy_lines(name, strategy)
    return "\n".join(written) + "\n"
