"""From a merged document to a scenario's fields: each fault in a part is one line, and is reported with all others.

Whether the coordinators of changes exist is checked once all parts are valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError

from sim.inputs.bounds import Whole
from sim.inputs.networks.kinds import AnyKind, Shared
from sim.inputs.scenario.errors import (
    LIST_HEADER,
    Fault,
    Path,
    ScenarioError,
    Table,
    TableFaults,
    faults_of,
    is_number,
    key_of,
    listed,
    shown,
    unknown,
)
from sim.inputs.scenario.extending import Document
from sim.inputs.scenario.parts import MOST_WEEKS, CoordinatorSettings, Frozen, Strategy, StrictModel
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


TABLES = ("network", "changes", "strategies", "facts", "worlds")
KNOWN = ("title", "question", "extends", "weeks", "seed", "replicates", *TABLES, *GROUPS)


class Problems:
    """Faults in a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines: list[str] = []

    def add(self, path: Path, text: str) -> None:
        """Add what is wrong with a key."""
        if len(path) > 1 and path[0] == "parameters":
            path = path[1:]  # each group of parameters is a table of its own in a file
        text = text.replace(LIST_HEADER, f"[[{key_of(path)}]]")
        self.lines.append(f"{self.document.origin(path).label}: {key_of(path)} {text}")

    def add_all(self, path: Path, faults: Iterable[Fault]) -> None:
        """Add what is wrong with keys below a table."""
        for below, text in faults:
            self.add(path + below, text)

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
        """Return the table as a part, or None and add its faults."""
        try:
            return model.model_validate(table)
        except ValidationError as error:
            self.add_all(path, faults_of(error, model))
            return None

    def settle(self) -> None:
        """Raise ScenarioError if there are faults."""
        if self.lines:
            raise ScenarioError("\n".join(dict.fromkeys(self.lines)))


def check_tables(document: Document) -> Problems:
    """Return faults that concern the document as a whole: names of tables and strategies, changes too late to happen."""
    problems = Problems(document)
    for key in document.data:
        if key == "extends":
            problems.add((key,), "is allowed in scenario files only")
        elif key == "experiment":
            problems.add((key,), "belongs in an experiment file, and a scenario is needed; run it with gennet sweep")
        elif key not in KNOWN and not (key == "factors" and "experiment" in document.data):
            problems.add((key,), unknown(key, KNOWN))
    for name in document.strategies:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
            allowed = "allowed are letters, digits, - and _, 1 to 64 of them"
            problems.add(("strategies",), f"holds the name {shown(name)}; {allowed}")
    weeks = document.data.get("weeks", ScenarioHead.model_fields["weeks"].default)
    tables: dict[Path, object] = {(): document.data}
    tables |= {("strategies", name): strategy for name, strategy in document.strategies.items()}
    for path, table in tables.items():
        changes = table.get("changes") if isinstance(table, Mapping) else None
        for n, change in enumerate(changes if isinstance(changes, list) else ()):
            week = change.get("week") if isinstance(change, Mapping) else None
            if is_number(week) and is_number(weeks) and 0 < weeks <= week < MOST_WEEKS:
                allowed = f"it never happens; allowed are weeks from 0 to {weeks - 1}"
                problems.add((*path, "changes", str(n), "week"), f"is {week}: {allowed}")
    return problems


def fields_of(document: Document) -> dict[str, object]:
    """Return a document's tables as the fields of a scenario.

    Paths of a user's network files are made absolute: they start from the folder of the file that names them.
    """
    fields = {key: value for key, value in document.data.items() if key in ScenarioHead.model_fields or key in TABLES}
    fields["parameters"] = {group: document.data[group] for group in GROUPS if group in document.data}
    network = fields.setdefault("network", {})
    if isinstance(network, Mapping) and network.get("kind") == "csv":
        files = {
            key: str((document.origin(("network", key)).folder / network[key]).absolute())
            for key in ("members", "ties")
            if isinstance(network.get(key), str) and network[key]
        }
        fields["network"] = {**network, **files}
    return fields


def idle_fields(strategies: Mapping[str, object]) -> tuple[str, ...]:
    """Return a sentence for each strategy with settings that none of its coordinators uses."""
    notes = []
    for name, table in strategies.items():
        if not isinstance(table, Mapping) or not isinstance(each := table.get("coordinators"), list):
            continue
        given = [key for key in CoordinatorSettings.model_fields if key in table]
        idle = [key for key in given if all(isinstance(own, Mapping) and key in own for own in each)]
        why = "each of its coordinators has its own" if each else "it has no coordinators"
        if idle:
            notes.append(f"strategies.{name}: {listed(idle)} has no effect, since {why}")
    return tuple(notes)


def network_of(value: object) -> Shared:
    """Return the settings of the start network; the default kind is communities.  Raises TableFaults."""
    if isinstance(value, Shared):
        return value
    if not isinstance(value, Mapping):
        raise TableFaults(((), f"is {shown(value)}; a table is needed"))
    kind = value.get("kind", "communities")
    if not isinstance(kind, str) or kind not in KINDS:
        raise TableFaults((("kind",), f"is {shown(kind)}, which {unknown(str(kind), KINDS)}"))
    model = KINDS[kind]
    faults: list[Fault] = [((key,), unknown_in_kind(key, model)) for key in value if key not in model.model_fields]
    try:
        network = model.model_validate({key: item for key, item in value.items() if key in model.model_fields})
    except ValidationError as error:
        faults += faults_of(error, model)
    if faults:
        raise TableFaults(*faults)
    return network


def unknown_in_kind(key: str, model: type[BaseModel]) -> str:
    """Return that a network of this kind has no such key."""
    others = [other for other, settings in KINDS.items() if key in settings.model_fields]
    if others:
        kind = shown(model.model_fields["kind"].default)
        return f"is unknown for kind {kind} (known for {listed(others)}); known are {listed(model.model_fields)}"
    return unknown(key, model.model_fields)


def with_labels(strategies: Frozen[Strategy]) -> Frozen[Strategy]:
    """Return strategies with their names as labels where they have none."""
    return Frozen(
        {name: one if one.label else one.model_copy(update={"label": name}) for name, one in strategies.items()}
    )


Network = Annotated[AnyKind, BeforeValidator(network_of)]
Strategies = Annotated[Frozen[Strategy], AfterValidator(with_labels)]
