"""Scenario: a network and its world, with strategies to compare; checked and immutable."""

from __future__ import annotations

import copy
import difflib
import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Self, SupportsFloat

import numpy as np
from pydantic import ConfigDict, Field, PrivateAttr, model_validator

from sim.inputs.networks.kinds import Csv
from sim.inputs.scenario import extending, records, writing
from sim.inputs.scenario.errors import (
    ScenarioError,
    Table,
    TableFaults,
    listed,
    number_text,
    plain,
    plain_table,
    shown,
    unknown,
)
from sim.inputs.scenario.extending import NOBODY_WEAVES, Document, Source, given_or_read
from sim.inputs.scenario.knowledge import Facts, WorldSettings, parse_facts
from sim.inputs.scenario.parts import (
    Change,
    CoordinatorSettings,
    Frozen,
    Parts,
    Settings,
    check_budgets,
    check_coordinators,
)
from sim.inputs.scenario.scenario_checks import Network, ScenarioHead, Strategies, check_tables, fields_of, idle_fields
from sim.model.declarations import NUMBER, PARAMETERS, defaults
from sim.model.start import StartNetwork

CONTENT = (
    *("title", "question", "weeks", "seed", "replicates", "network", "parameters", "changes", "strategies"),
    *("facts", "worlds"),
)


class Scenario(ScenarioHead):
    """A network and its world, with strategies to compare.

    Made by `load`, `from_document` or `with_`, which raise ScenarioError.  Two scenarios are equal if their content is,
    wherever it was read from.
    """

    model_config = ConfigDict(revalidate_instances="never")

    network: Network
    """The start network."""
    parameters: Settings = Field(default=Frozen())
    """Parameters that are set, by `group.name`; all others have their defaults."""
    changes: Parts[Change] = Field(default=())
    """What happens under every strategy."""
    strategies: Strategies
    """What coordinators do, by name of the strategy."""
    facts: Facts = Field(default_factory=Frozen)
    """What is known of the network's last year, or of parameters, by name; plausible worlds that contradict it count less."""
    worlds: WorldSettings = Field(default_factory=WorldSettings)
    """How plausible worlds are drawn."""
    path: Path | None = Field(default=None, exclude=True, repr=False)
    """File that it was loaded from."""
    folder: Path = Field(default=Path(), exclude=True, repr=False)
    """Folder that paths in settings start from."""
    notes: tuple[str, ...] = Field(default=(), exclude=True, repr=False)
    """Sentences on what was assumed when it was read."""
    _document: Document = PrivateAttr()
    _coordinators: dict[str, np.recarray] = PrivateAttr(default_factory=dict)
    # Not iterable, as pydantic models are: Mesa's batch_run would vary its fields one by one.
    __iter__ = None  # type: ignore[assignment]

    @model_validator(mode="after")
    def coordinators_exist(self) -> Self:
        """Check that changes under every strategy concern coordinators that exist."""
        most = max((len(strategy.coordinators) for strategy in self.strategies.values()), default=0)
        check_coordinators(("changes",), self.changes, most, "no strategy has a coordinator")
        for name, strategy in self.strategies.items():
            changes = sorted((*self.changes, *strategy.changes), key=lambda change: change.week)
            check_budgets(("changes",), changes, strategy.coordinators, name)
        past = self.worlds.last_year
        if past is not None and past not in self.strategies:
            raise TableFaults((("worlds", "last_year"), unknown(past, self.strategies)))
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in CONTENT)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in CONTENT))

    @classmethod
    def load(cls, path: str | Path, sets: Sequence[str] = ()) -> Self:
        """Read a scenario file; `sets` are `key=value` texts that override it.  Raises ScenarioError."""
        path = Path(path)
        return cls._settled(extending.read_chain(path), extending.parse_settings(sets), "--set", path, path.parent)

    @classmethod
    def of(cls, scenario: object) -> Scenario:
        """Return a scenario given as itself or as the path of its file.

        Raises ScenarioError, and TypeError for anything else.
        """
        return given_or_read(scenario, Scenario, cls.load, "scenario", "sim.inputs.scenario.Scenario")

    @classmethod
    def from_document(cls, tables: Table, folder: str | Path = ".", label: str = "scenario") -> Self:
        """Return a scenario from the tables of a file as dictionaries, without `extends`.  Raises ScenarioError.

        `folder`: where relative paths start; `label`: its name in messages, and its default title.
        """
        source = Source(label, label, Path(folder))
        made = Document(source)
        made.lay_over(plain_table(tables), source)
        return cls._settled(made, (), "with_", None, Path(folder))

    def with_(self, settings: Mapping[str, object]) -> Self:
        """Return a copy with other settings, such as `{"network.kind": "star", "giving.base": -0.5}`.

        Setting `network.kind` replaces the network's other settings by that kind's defaults, except those in the same
        call; a note says so.  Raises ScenarioError.
        """
        return self._settled(self._written(), settings.items(), "with_", self.path, self.folder)

    def with_facts(self, facts: Mapping[str, object] | Sequence[str]) -> Self:
        """Return a copy with further facts, such as `{"outputs": "4 +- 1"}` or `["outputs = 4 +- 1"]`.  Raises ScenarioError."""
        table = dict(facts) if isinstance(facts, Mapping) else parse_facts(facts)
        document = self._written()
        source = Source("--fact" if not isinstance(facts, Mapping) else "facts", "the facts", self.folder)
        document.merge(document.data, {"facts": plain_table(table)}, (), source)
        return self._settled(document, (), source.label, self.path, self.folder)

    @classmethod
    def _settled(
        cls, base: Document, pairs: Iterable[tuple[str, object]], label: str, path: Path | None, folder: Path
    ) -> Self:
        """Return the scenario of a document with settings over it."""
        if base.data.get("strategies", {}) == {}:
            base.data["strategies"] = copy.deepcopy(NOBODY_WEAVES)
            base.notes.append("there are no strategies, so the only one is 'none', in which nobody coordinates")
        source = Source(label, "the scenario", folder)
        file = base.source
        base.assign(extending.single_settings(pairs, base.strategies, source), source)
        base.source = file
        problems = check_tables(base)
        notes = tuple(dict.fromkeys((*base.notes, *idle_fields(base.strategies))))
        own = {"title": path.stem if path else file.label, "path": path, "folder": folder, "notes": notes}
        made = problems.part(cls, (), own | fields_of(base))
        problems.settle()
        assert made is not None
        made._document = base
        return made

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """Return the scenario itself, since it is immutable; with `update`, the same as `with_`."""
        return self.with_(update) if update else self

    def _written(self) -> Document:
        """Return a copy of the scenario's document; if it was made without one, from its TOML."""
        if self.__pydantic_private__ and "_document" in self.__pydantic_private__:
            return copy.deepcopy(self._document)
        source = Source("scenario", "the scenario", self.folder)
        made = Document(source)
        made.lay_over(tomllib.loads(self.to_toml()), source)
        return made

    def strategy(self, name: str | None = None) -> str:
        """Return the strategy's name, checked; it may be None if there is exactly one.  Raises ScenarioError."""
        if name is None and len(self.strategies) == 1:
            return next(iter(self.strategies))
        if name is None or name not in self.strategies:
            near = difflib.get_close_matches(str(name), self.strategies, n=1)
            wrong = "a strategy is needed" if name is None else f"strategy {shown(name)} is unknown"
            hint = f"; did you mean {near[0]}?" if near and name else ""
            known = listed(shown(known) for known in self.strategies)
            raise ScenarioError(f"{self.path or self.title}: {wrong}{hint}; its strategies are {known}")
        return name

    def settings(self) -> np.ndarray:
        """Return the value of every parameter, float64, in order of declaration.

        For a start network that is an organisation, `organisation.fixed` is 1 unless it is set.
        """
        values = defaults()
        if self.network.kind == "organisation":
            values[NUMBER["organisation.fixed"]] = 1.0
        for key, value in self.parameters.items():
            values[NUMBER[key]] = value
        return values

    def coordinator_records(self, strategy: str | None) -> np.recarray:
        """Return a strategy's coordinators as COORDINATOR records, read-only; no rows if nobody coordinates."""
        name = self.strategy(strategy)
        if name not in self._coordinators:  # kept, for each run needs them
            self._coordinators[name] = records.coordinator_records(self.strategies[name].coordinators)
        return self._coordinators[name]

    def changes_of(self, strategy: str | None) -> tuple[Change, ...]:
        """Return the changes under a strategy: the scenario's, then the strategy's."""
        return self.changes + self.strategies[self.strategy(strategy)].changes

    def change_records(self, strategy: str | None, start: StartNetwork | None = None) -> np.recarray:
        """Return the changes under a strategy as CHANGE records by week.

        `start`: the network in which members are found by name.  Raises ScenarioError for a name that it does not have.
        """
        return records.change_records(self.changes_of(strategy), start)

    def yearly_cost(self, strategy: str | None) -> float:
        """Return what a strategy's coordinators cost at the start, dollars a year: hours of 52 weeks, money for meetings."""
        return self.strategies[self.strategy(strategy)].yearly_cost

    def budget_warnings(self, strategies: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return a sentence if strategies with coordinators do not cost the same a year at the start.

        `strategies`: names of those that are compared, by default all.
        """
        compared = {name: self.strategies[name] for name in (self.strategies if strategies is None else strategies)}
        costs = {name: strategy.yearly_cost for name, strategy in compared.items() if strategy.coordinators}
        if not costs or max(costs.values()) - min(costs.values()) <= 1e-9 * max(costs.values()):
            return ()
        each = listed(f"{name} {number_text(round(cost, 2))}" for name, cost in costs.items())
        return (f"Strategies do not have equal budgets, in dollars a year at the start: {each}.",)

    def fingerprint(self, strategy: str | None) -> str:
        """Return 16 hex digits of all that can change a run's numbers, except seed and replicate.

        Titles, labels and paths of network files do not count, but the contents of these files do.
        Raises ScenarioError if they cannot be read.
        """
        network = plain_table(self.network)
        if isinstance(self.network, Csv):
            network |= {key: self._file_hash(key) for key in ("members", "ties")}
        everybody = self.coordinator_records(strategy)
        content = {
            "network": numeric(network),
            "parameters": {key: numeric(value) for key, value in zip(NUMBER, self.settings().tolist(), strict=True)},
            "weeks": self.weeks,
            "coordinators": [
                {name: numeric(one[name]) for name in CoordinatorSettings.model_fields} for one in everybody
            ],
            "changes": numeric(self.change_records(strategy).tolist()),
        }
        leavers = [change.lose_member for change in self.changes_of(strategy) if change.lose_member is not None]
        content |= {"leavers": leavers} if leavers else {}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def _file_hash(self, key: str) -> str:
        """Return the hash of the content of a user's network file."""
        file = self.folder / getattr(self.network, key)
        try:
            return hashlib.sha256(file.read_bytes()).hexdigest()
        except (OSError, ValueError) as fault:
            reason = getattr(fault, "strerror", None) or fault
            message = f"network.{key} is {str(file)!r}, which cannot be read ({reason})"
            raise ScenarioError(f"{self.path or self.title}: {message}") from None

    def resolved(self) -> dict[str, object]:
        """Return the complete scenario, with the value of every parameter, fit for JSON."""
        values = self.settings().tolist()
        return {
            **{name: getattr(self, name) for name in ScenarioHead.model_fields},
            "network": plain(self.network),
            "parameters": {parameter.key: value for parameter, value in zip(PARAMETERS, values, strict=True)},
            "changes": [plain(change) for change in self.changes],
            "strategies": {name: plain(strategy) for name, strategy in self.strategies.items()},
            **self.knowledge(),
        }

    def knowledge(self) -> dict[str, object]:
        """Return facts and settings of worlds as tables, if there are any."""
        tables = {"facts": plain(self.facts), "worlds": plain(self.worlds)}
        return {name: table for name, table in tables.items() if table and any(table.values())}  # type: ignore[attr-defined]

    def to_toml(self) -> str:
        """Return the text of a scenario file that loads back to an equal scenario, from any folder."""
        head = {name: getattr(self, name) for name in ScenarioHead.model_fields}
        network = plain_table(self.network)
        network = {"kind": network.pop("kind"), **network}
        return writing.to_toml(head, network, self.parameters, self.changes, dict(self.strategies), self.knowledge())


def numeric(value: object) -> object:
    """Return numbers as text, so that 1 and 1.0, 0.0 and -0.0 are the same; tables and lists item by item."""
    if isinstance(value, Mapping):
        return {key: numeric(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [numeric(item) for item in value]
    return repr(float(value) + 0.0) if isinstance(value, SupportsFloat) and not isinstance(value, bool) else value
