"""From a merged document to checked parts: every fault found is reported, one a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, Field, ValidationError

from sim.inputs.networks.settings import AnyKind, Csv
from sim.inputs.scenario.document import Document
from sim.inputs.scenario.errors import Path, ScenarioError, as_whole, bare, faults_of, key_of, listed, shown, unknown
from sim.inputs.scenario.parts import (
    COORDINATOR_ACTIONS,
    MOST_WEEKS,
    Change,
    Coordinator,
    Frozen,
    Part,
    Strategy,
    Whole,
)
from sim.inputs.scenario.parts import parameter_fault as fault_of_parameter
from sim.model.declarations import GROUPS

KINDS: dict[str, type[BaseModel]] = {kind.model_fields["kind"].default: kind for kind in get_args(AnyKind)}
M = TypeVar("M", bound=BaseModel)


class Head(Part):
    """What a scenario says about itself."""

    title: str = Field(default="scenario", min_length=1, max_length=200)
    """What to call it; the file's name if left out."""
    question: str = Field(default="", max_length=2000)
    """What it asks, in one plain sentence."""
    weeks: Whole = Field(default=156, ge=1, le=MOST_WEEKS)
    """Weeks to simulate."""
    seed: Whole = Field(default=1, ge=0, le=2**63 - 1)
    """Seed of all luck."""
    replicates: Whole = Field(default=100, ge=1, le=1_000_000)
    """Runs a strategy when strategies are compared."""


TABLES = ("network", "changes", "strategies")
KNOWN = ("title", "question", "extends", "weeks", "seed", "replicates", *TABLES, *GROUPS)


class Checked(NamedTuple):
    """What a document says, checked."""

    head: Head
    network: Any
    parameters: Frozen[float]
    changes: tuple[Change, ...]
    strategies: Frozen[Strategy]
    notes: tuple[str, ...]


class Problems:
    """Faults found in a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines: list[str] = []

    def add(self, path: Path, text: str) -> None:
        """Note what is wrong with a key."""
        self.lines.append(f"{self.document.origin(path).label}: {key_of(path)} {text}")

    def table(self, path: Path, value: Any) -> dict[str, Any] | None:
        """The value if it is a table."""
        if isinstance(value, dict):
            return value
        self.add(path, f"is {shown(value)}; a table is needed")
        return None

    def tables(self, path: Path, value: Any) -> list[tuple[Path, dict[str, Any]]]:
        """The tables of a list, each with its key."""
        if not isinstance(value, list):
            self.add(path, f"is {shown(value)}; a list of tables is needed ([[{key_of(path)}]])")
            return []
        checked = [((*path, str(n)), self.table((*path, str(n)), item)) for n, item in enumerate(value)]
        return [(key, table) for key, table in checked if table is not None]

    def part(self, model: type[M], path: Path, table: Mapping[str, Any]) -> M | None:
        """The table as a part, or None and its faults noted; with unknown keys, not those of the table as a whole."""
        known = {key: value for key, value in table.items() if key in model.model_fields}
        for key in table:
            if key not in known:
                self.add((*path, key), unknown(key, model.model_fields))
        try:
            part = model.model_validate(known)
        except ValidationError as error:
            for below, text in faults_of(error, model):
                if below or len(known) == len(table):
                    self.add(path + below, text)
            return None
        return part if len(known) == len(table) else None

    def settle(self) -> None:
        """Raise what was found.  Errors: `ScenarioError`."""
        if self.lines:
            raise ScenarioError("\n".join(dict.fromkeys(self.lines)))


def check(document: Document, name: str) -> Checked:
    """The parts that a document describes; `name` is its title if it has none.  Errors: `ScenarioError`."""
    problems, data = Problems(document), document.data
    for key in data:
        if key == "extends":
            problems.add((key,), "cannot be followed here; allowed is in a scenario file only")
        elif key == "experiment":
            told = "is what an experiment file has, and this is to be a scenario file: gennet sweep runs experiments"
            problems.add((key,), told)
        elif key == "factors" and "experiment" in data:
            continue
        elif key not in KNOWN:
            problems.add((key,), unknown(key, KNOWN))
    said = {key: value for key, value in data.items() if key in Head.model_fields}
    head = problems.part(Head, (), {"title": name} | said)
    network = check_network(problems, data.get("network", {}))
    parameters = check_parameters(problems, data)
    weeks = head.weeks if head else MOST_WEEKS
    changes = check_changes(problems, ("changes",), data.get("changes", []), weeks)
    strategies = check_strategies(problems, data.get("strategies", {}), weeks)
    if strategies is not None:
        most = max((len(strategy.coordinators) for strategy in strategies.values()), default=0)
        check_targets(problems, ("changes",), changes, most, "no strategy has a coordinator")
    problems.settle()
    assert head is not None and strategies is not None
    return Checked(head, network, parameters, tuple(changes.values()), Frozen(strategies), idle_fields(data))


def idle_fields(data: Mapping[str, Any]) -> tuple[str, ...]:
    """A sentence for each strategy that says something about coordinators that none of its coordinators follows."""
    notes = []
    for name, table in data["strategies"].items():
        if "coordinators" not in table:
            continue
        everybody = table["coordinators"]
        idle = [key for key in Coordinator.model_fields if key in table and all(key in one for one in everybody)]
        why = "each of its coordinators has its own" if everybody else "it has no coordinators"
        if idle:
            notes.append(f"strategies.{name}: what it says of {listed(idle)} has no effect, since {why}")
    return tuple(notes)


def check_network(problems: Problems, value: Any) -> Any:
    """The settings of the start network, of the kind that they name; communities if none.

    Paths of a user's files are made absolute: they start from the folder of the file that names them.
    """
    table = problems.table(("network",), value)
    if table is None:
        return None
    kind = table.get("kind", "communities")
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        found = unknown(kind, KINDS) if isinstance(kind, str) else f"is unknown; known are {listed(KINDS)}"
        problems.add(("network", "kind"), found.replace("is unknown", f"is {shown(kind)}, which is unknown", 1))
        return None
    values = {key: converted(model, key, item) for key, item in table.items() if key in model.model_fields}
    for key in table:
        if key not in values:
            problems.add(("network", key), unknown_in_kind(key, kind, model))
    if model is Csv:
        for key in ("members", "ties"):
            if isinstance(values.get(key), str) and values[key]:
                values[key] = str((problems.document.origin(("network", key)).folder / values[key]).absolute())
    try:
        return model.model_validate(values, strict=True)
    except ValidationError as error:
        for below, text in faults_of(error, model):
            problems.add(("network", *below), text)
        return None


def converted(model: type[BaseModel], key: str, value: Any) -> Any:
    """12.0 as 12 where a whole number is asked for; anything else as it is."""
    return as_whole(value) if bare(model.model_fields[key].annotation) is int else value


def unknown_in_kind(key: str, kind: str, model: type[BaseModel]) -> str:
    """That a network of this kind has no such key."""
    others = [other for other, settings in KINDS.items() if key in settings.model_fields]
    if others:
        return f"is unknown for kind {shown(kind)} (known for {listed(others)}); known are {listed(model.model_fields)}"
    return unknown(key, model.model_fields)


def check_parameters(problems: Problems, data: Mapping[str, Any]) -> Frozen[float]:
    """The parameters set, by `group.name`."""
    found: dict[str, float] = {}
    for group in GROUPS:
        table = problems.table((group,), data.get(group, {}))
        for name, value in (table or {}).items():
            fault = fault_of_parameter(f"{group}.{name}", value)
            if fault:
                problems.add((group, name), fault)
            else:
                found[f"{group}.{name}"] = float(value)
    return Frozen(found)


def check_changes(problems: Problems, path: Path, value: Any, weeks: int) -> dict[int, Change]:
    """The changes of a list that are sound, by place; they have to happen before the scenario ends."""
    found = {}
    for key, table in problems.tables(path, value):
        change = problems.part(Change, key, table)
        if change is not None and change.week >= weeks:
            allowed = f"allowed are weeks from 0 to {weeks - 1}"
            problems.add((*key, "week"), f"is {change.week}: it never happens; {allowed}")
        elif change is not None:
            found[int(key[-1])] = change
    return found


def check_targets(problems: Problems, path: Path, changes: Mapping[int, Change], count: int, nobody: str) -> None:
    """The coordinators that changes concern have to exist: `count` of them; `nobody` says that there are none."""
    for n, change in changes.items():
        if change.action not in COORDINATOR_ACTIONS:
            continue
        if not count:
            text = f"concerns coordinators, but {nobody}; leave the change out"
            problems.add((*path, str(n), change.action), text)
        elif change.coordinator is not None and change.coordinator >= count:
            text = f"is {change.coordinator}; allowed are {listed(str(c) for c in range(count))} (the first is 0)"
            problems.add((*path, str(n), "coordinator"), text)


def check_strategies(problems: Problems, value: Any, weeks: int) -> dict[str, Strategy] | None:
    """The strategies by name, or None and their faults noted."""
    before = len(problems.lines)
    found = {}
    for name, item in (problems.table(("strategies",), value) or {}).items():
        path = ("strategies", name)
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
            allowed = "allowed are letters, digits, - and _, 1 to 64 of them"
            problems.add(("strategies",), f"holds the name {shown(name)}; {allowed}")
        table = problems.table(path, item)
        strategy = check_strategy(problems, path, table, weeks) if table is not None else None
        if strategy is not None:
            found[name] = strategy
    return found if len(problems.lines) == before else None


def check_strategy(problems: Problems, path: Path, table: dict[str, Any], weeks: int) -> Strategy | None:
    """One strategy, its coordinators spelled out, or None and its faults noted."""
    plain = {key: value for key, value in table.items() if key not in ("coordinators", "changes")}
    own = {key: value for key, value in plain.items() if key in Coordinator.model_fields}
    strategy = problems.part(Strategy, path, plain | {"coordinators": ()})
    coordinators = check_coordinators(problems, path, table, own if strategy else None)
    changes = check_changes(problems, (*path, "changes"), table.get("changes", []), weeks)
    if strategy is None or coordinators is None:
        return None
    check_targets(problems, (*path, "changes"), changes, len(coordinators), "the strategy has no coordinators")
    rest = {"label": strategy.label or path[1], "coordinators": coordinators, "changes": tuple(changes.values())}
    return Strategy.model_validate(plain | rest)


def check_coordinators(
    problems: Problems, path: Path, table: dict[str, Any], own: dict[str, Any] | None
) -> tuple[Coordinator, ...] | None:
    """A strategy's coordinators, or None and their faults noted; `own`: the strategy's own fields, None if at fault.

    If so, coordinators are checked by themselves, and not for the order of stages, which may be the strategy's.
    """
    if "coordinators" not in table:
        return None if own is None else (Coordinator.model_validate(own),)
    before = len(problems.lines)
    base = {"policy": "never"} if own is None else own
    found = [
        problems.part(Coordinator, key, {**base, **item})
        for key, item in problems.tables((*path, "coordinators"), table["coordinators"])
    ]
    return None if len(problems.lines) > before else tuple(part for part in found if part is not None)
