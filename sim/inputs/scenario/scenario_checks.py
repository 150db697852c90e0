"""From a merged document to checked parts; every fault is reported, one a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, TypeVar, get_args

from pydantic import BaseModel, Field, ValidationError

from sim.inputs.networks.kinds import AnyKind, Csv
from sim.inputs.scenario.errors import (
    Path,
    ScenarioError,
    Table,
    as_whole,
    bare,
    faults_of,
    is_number,
    key_of,
    listed,
    shown,
    unknown,
)
from sim.inputs.scenario.merging import Document
from sim.inputs.scenario.parts import (
    COORDINATOR_ACTIONS,
    MOST_WEEKS,
    Change,
    CoordinatorSettings,
    Frozen,
    Strategy,
    StrictModel,
    Whole,
)
from sim.inputs.scenario.parts import parameter_fault as fault_of_parameter
from sim.model.declarations import GROUPS

KINDS: dict[str, type[AnyKind]] = {kind.model_fields["kind"].default: kind for kind in get_args(AnyKind)}
M = TypeVar("M", bound=BaseModel)


class ScenarioHead(StrictModel):
    """Title, question, length and seeds of a scenario."""

    title: str = Field(default="scenario", min_length=1, max_length=200)
    """Name of the scenario; by default that of the file."""
    question: str = Field(default="", max_length=2000)
    """The question that it answers, in one plain sentence."""
    weeks: Whole = Field(default=156, ge=1, le=MOST_WEEKS)
    """Weeks to simulate."""
    seed: Whole = Field(default=1, ge=0, le=2**63 - 1)
    """Seed of all random draws."""
    replicates: Whole = Field(default=100, ge=1, le=1_000_000)
    """Futures per strategy when strategies are compared."""


TABLES = ("network", "changes", "strategies")
KNOWN = ("title", "question", "extends", "weeks", "seed", "replicates", *TABLES, *GROUPS)


class CheckedScenario(NamedTuple):
    """The checked parts of a document."""

    head: ScenarioHead
    network: AnyKind
    parameters: Frozen[float]
    changes: tuple[Change, ...]
    strategies: Frozen[Strategy]
    notes: tuple[str, ...]


class Problems:
    """Faults in a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines: list[str] = []

    def add(self, path: Path, text: str) -> None:
        """Add what is wrong with a key."""
        self.lines.append(f"{self.document.origin(path).label}: {key_of(path)} {text}")

    def table(self, path: Path, value: object) -> dict[str, object] | None:
        """Return the value if it is a table."""
        if isinstance(value, dict):
            return value
        self.add(path, f"is {shown(value)}; a table is needed")
        return None

    def tables(self, path: Path, value: object) -> list[tuple[Path, dict[str, object]]]:
        """Return the tables of a list, each with its key."""
        if not isinstance(value, list):
            self.add(path, f"is {shown(value)}; a list of tables is needed ([[{key_of(path)}]])")
            return []
        checked = [((*path, str(n)), self.table((*path, str(n)), item)) for n, item in enumerate(value)]
        return [(key, table) for key, table in checked if table is not None]

    def part(self, model: type[M], path: Path, table: Table) -> M | None:
        """Return the table as a part, or None and add its faults; with unknown keys, not those of the whole table."""
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
        """Raise ScenarioError if there are faults."""
        if self.lines:
            raise ScenarioError("\n".join(dict.fromkeys(self.lines)))


def check(document: Document, name: str) -> CheckedScenario:
    """Return the parts of a document; `name` is its default title.  Raises ScenarioError."""
    problems, data = Problems(document), document.data
    for key in data:
        if key == "extends":
            problems.add((key,), "is allowed in scenario files only")
        elif key == "experiment":
            problems.add((key,), "belongs in an experiment file, and a scenario is needed; run it with gennet sweep")
        elif key == "factors" and "experiment" in data:
            continue
        elif key not in KNOWN:
            problems.add((key,), unknown(key, KNOWN))
    fields = {key: value for key, value in data.items() if key in ScenarioHead.model_fields}
    head = problems.part(ScenarioHead, (), {"title": name} | fields)
    network = check_network(problems, data.get("network", {}))
    parameters = check_parameters(problems, data)
    weeks = head.weeks if head else MOST_WEEKS
    changes = check_changes(problems, ("changes",), data.get("changes", []), weeks)
    strategies = check_strategies(problems, data.get("strategies", {}), weeks)
    if strategies is not None:
        most = max((len(strategy.coordinators) for strategy in strategies.values()), default=0)
        check_targets(problems, ("changes",), changes, most, "no strategy has a coordinator")
    problems.settle()
    assert head is not None and network is not None and strategies is not None
    return CheckedScenario(
        head, network, parameters, tuple(changes.values()), Frozen(strategies), idle_fields(document.strategies)
    )


def idle_fields(strategies: Mapping[str, Table]) -> tuple[str, ...]:
    """Return a sentence for each strategy with settings that none of its coordinators uses."""
    notes = []
    for name, table in strategies.items():
        each = table.get("coordinators")
        if not isinstance(each, list):
            continue
        idle = [key for key in CoordinatorSettings.model_fields if key in table and all(key in own for own in each)]
        why = "each of its coordinators has its own" if each else "it has no coordinators"
        if idle:
            notes.append(f"strategies.{name}: {listed(idle)} has no effect, since {why}")
    return tuple(notes)


def check_network(problems: Problems, value: object) -> AnyKind | None:
    """Return the settings of the start network, or None and add their faults; the default kind is communities.

    Paths of a user's files are made absolute: they start from the folder of the file that names them.
    """
    table = problems.table(("network",), value)
    if table is None:
        return None
    kind = table.get("kind", "communities")
    if not isinstance(kind, str) or kind not in KINDS:
        fault = unknown(kind, KINDS) if isinstance(kind, str) else f"is unknown; known are {listed(KINDS)}"
        problems.add(("network", "kind"), fault.replace("is unknown", f"is {shown(kind)}, which is unknown", 1))
        return None
    model = KINDS[kind]
    values = {key: converted(model, key, item) for key, item in table.items() if key in model.model_fields}
    for key in table:
        if key not in values:
            problems.add(("network", key), unknown_in_kind(key, kind, model))
    if model is Csv:
        for key in ("members", "ties"):
            path = values.get(key)
            if isinstance(path, str) and path:
                values[key] = str((problems.document.origin(("network", key)).folder / path).absolute())
    try:
        return model.model_validate(values, strict=True)
    except ValidationError as error:
        for below, text in faults_of(error, model):
            problems.add(("network", *below), text)
        return None


def converted(model: type[BaseModel], key: str, value: object) -> object:
    """Return 12.0 as 12 for a whole number; anything else as it is."""
    return as_whole(value) if bare(model.model_fields[key].annotation) is int else value


def unknown_in_kind(key: str, kind: str, model: type[BaseModel]) -> str:
    """Return that a network of this kind has no such key."""
    others = [other for other, settings in KINDS.items() if key in settings.model_fields]
    if others:
        return f"is unknown for kind {shown(kind)} (known for {listed(others)}); known are {listed(model.model_fields)}"
    return unknown(key, model.model_fields)


def check_parameters(problems: Problems, data: Table) -> Frozen[float]:
    """Return the parameters that are set, by `group.name`."""
    found: dict[str, float] = {}
    for group in GROUPS:
        table = problems.table((group,), data.get(group, {}))
        for name, value in (table or {}).items():
            fault = fault_of_parameter(f"{group}.{name}", value)
            if fault:
                problems.add((group, name), fault)
            elif is_number(value):
                found[f"{group}.{name}"] = float(value)
    return Frozen(found)


def check_changes(problems: Problems, path: Path, value: object, weeks: int) -> dict[int, Change]:
    """Return the valid changes of a list, by place; they must happen before the scenario ends."""
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
    """Check that the coordinators that changes concern exist: `count` of them; `nobody` says that there are none."""
    for n, change in changes.items():
        if change.action not in COORDINATOR_ACTIONS:
            continue
        if not count:
            text = f"concerns coordinators, but {nobody}; leave the change out"
            problems.add((*path, str(n), change.action), text)
        elif change.coordinator is not None and change.coordinator >= count:
            text = f"is {change.coordinator}; allowed are {listed(str(c) for c in range(count))} (the first is 0)"
            problems.add((*path, str(n), "coordinator"), text)


def check_strategies(problems: Problems, value: object, weeks: int) -> dict[str, Strategy] | None:
    """Return the strategies by name, or None and add their faults."""
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


def check_strategy(problems: Problems, path: Path, table: dict[str, object], weeks: int) -> Strategy | None:
    """Return one strategy with each coordinator's settings, or None and add its faults."""
    plain = {key: value for key, value in table.items() if key not in ("coordinators", "changes")}
    own = {key: value for key, value in plain.items() if key in CoordinatorSettings.model_fields}
    strategy = problems.part(Strategy, path, plain | {"coordinators": ()})
    coordinators = check_coordinators(problems, path, table, own if strategy else None)
    changes = check_changes(problems, (*path, "changes"), table.get("changes", []), weeks)
    if strategy is None or coordinators is None:
        return None
    check_targets(problems, (*path, "changes"), changes, len(coordinators), "the strategy has no coordinators")
    rest = {"label": strategy.label or path[1], "coordinators": coordinators, "changes": tuple(changes.values())}
    return Strategy.model_validate(plain | rest)


def check_coordinators(
    problems: Problems, path: Path, table: dict[str, object], own: dict[str, object] | None
) -> tuple[CoordinatorSettings, ...] | None:
    """Return a strategy's coordinators, or None and add their faults; `own`: the strategy's fields, None if at fault.

    If so, coordinators are checked alone, and not for the order of weeks, which may be the strategy's.
    """
    if "coordinators" not in table:
        return None if own is None else (CoordinatorSettings.model_validate(own),)
    before = len(problems.lines)
    base = {"policy": "never"} if own is None else own
    found = [
        problems.part(CoordinatorSettings, key, {**base, **item})
        for key, item in problems.tables((*path, "coordinators"), table["coordinators"])
    ]
    return None if len(problems.lines) > before else tuple(part for part in found if part is not None)
