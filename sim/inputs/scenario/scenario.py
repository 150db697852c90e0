"""Scenario: a network and its world, with strategies to compare; checked, frozen, changed only by derived copies."""

from __future__ import annotations

import copy
import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, PrivateAttr

from sim.inputs.networks.settings import Csv, NetworkSettings
from sim.inputs.scenario import document as documents
from sim.inputs.scenario import records, writing
from sim.inputs.scenario.checking import Head, check
from sim.inputs.scenario.document import NOBODY_WEAVES, Document, Source, given_or_read
from sim.inputs.scenario.errors import ScenarioError, listed, number_text, plain, shown, unknown
from sim.inputs.scenario.parts import Change, Coordinator, Frozen, Settings, Strategy
from sim.model.declarations import NUMBER, PARAMETERS, defaults

CONTENT = ("title", "question", "weeks", "seed", "replicates", "network", "parameters", "changes", "strategies")


class Scenario(Head):
    """A network and its world, with strategies to compare.

    Made by `load`, `from_document` or `with_`, which report what is wrong as `ScenarioError`.  Two scenarios are equal
    if what they say is, wherever it was read from.
    """

    model_config = ConfigDict(revalidate_instances="never")

    network: NetworkSettings
    """The start network."""
    parameters: Settings = Field(default=Frozen())
    """Parameters that are set, by `group.name`; all others have their defaults."""
    changes: tuple[Change, ...] = Field(default=())
    """What happens under every strategy."""
    strategies: Annotated[Frozen[Strategy], BeforeValidator(Frozen), PlainSerializer(dict)]
    """What coordinators may do, by name."""
    path: Path | None = Field(default=None, exclude=True, repr=False)
    """File that it was loaded from."""
    folder: Path = Field(default=Path(), exclude=True, repr=False)
    """Folder that paths in settings start from."""
    notes: tuple[str, ...] = Field(default=(), exclude=True, repr=False)
    """Plain sentences on what reading it took for granted."""
    _document: Document = PrivateAttr()
    # One thing, not a list of its fields, as pydantic has it: Mesa's batch_run would vary those one by one.
    __iter__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in CONTENT)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in CONTENT))

    @classmethod
    def load(cls, path: str | Path, sets: Sequence[str] = ()) -> Self:
        """Read a scenario file; `sets` are `key=value` texts that go over it.  Errors: `ScenarioError`."""
        path = Path(path)
        read = documents.read_chain(path)
        return cls._settled(read, documents.parse_settings(sets), "--set", path, path.parent)

    @classmethod
    def of(cls, given: Any) -> Scenario:
        """A scenario from itself or the path of its file.  Errors: ScenarioError; TypeError for anything else."""
        return given_or_read(given, Scenario, cls.load, "scenario", "sim.inputs.scenario.Scenario")

    @classmethod
    def from_document(cls, tables: Mapping[str, Any], folder: str | Path = ".", label: str = "scenario") -> Self:
        """A scenario from the tables of a file as Python has them, without `extends`.  Errors: `ScenarioError`.

        `folder`: what paths in it start from; `label`: what messages call it, and its title if it has none.
        """
        source = Source(label, label, Path(folder))
        made = Document(source)
        made.lay_over(plain(tables), source)
        return cls._settled(made, (), "with_", None, Path(folder))

    def with_(self, settings: Mapping[str, Any]) -> Self:
        """A derived copy with settings such as `{"network.kind": "star", "giving.base": -0.5}` over what is there.

        Setting `network.kind` replaces the network's other settings by that kind's defaults, but for those in the same
        call; a note says so.  Errors: `ScenarioError`.
        """
        return self._settled(self._written(), settings.items(), "with_", self.path, self.folder)

    @classmethod
    def _settled(cls, base: Document, pairs: Any, label: str, path: Path | None, folder: Path) -> Self:
        """A scenario from a document with settings put over it."""
        if base.data.get("strategies", {}) == {}:
            base.data["strategies"] = copy.deepcopy(NOBODY_WEAVES)
            base.notes.append("no strategies were given: the only one is 'none', in which nobody coordinates")
        source = Source(label, "the scenario", folder)
        strategies = base.data["strategies"] if isinstance(base.data["strategies"], dict) else {}
        found = documents.single_settings(pairs, strategies, source)
        file = base.source
        base.assign(found, source)
        base.source = file
        checked = check(base, path.stem if path else file.label)
        made = cls(
            **{name: getattr(checked.head, name) for name in Head.model_fields},
            network=checked.network,
            parameters=checked.parameters,
            changes=checked.changes,
            strategies=checked.strategies,
            path=path,
            folder=folder,
            notes=tuple(dict.fromkeys((*base.notes, *checked.notes))),
        )
        made._document = base
        return made

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """The scenario itself, which nobody can change; with `update`, what `with_` gives."""
        return self.with_(update) if update else self

    def _written(self) -> Document:
        """A copy of the document that this scenario was made from; for one put together by hand, its own TOML."""
        if self.__pydantic_private__ and "_document" in self.__pydantic_private__:
            return copy.deepcopy(self._document)
        source = Source("scenario", "the scenario", self.folder)
        made = Document(source)
        made.lay_over(tomllib.loads(self.to_toml()), source)
        return made

    def strategy(self, name: str | None = None) -> str:
        """The strategy's name, checked; None will do if there is exactly one.  Errors: `ScenarioError`."""
        where = self.path or self.title
        if name is None and len(self.strategies) == 1:
            return next(iter(self.strategies))
        if name is None:
            raise ScenarioError(f"{where}: a strategy is needed; known are {listed(self.strategies)}")
        if name not in self.strategies:
            near = unknown(str(name), self.strategies).removeprefix("is unknown; ")
            known = f"; known are {listed(self.strategies)}" if "did you mean" in near else ""
            raise ScenarioError(f"{where}: strategy {shown(name)} is unknown; {near}{known}")
        return name

    def settings(self) -> np.ndarray:
        """The value of every parameter, float64, in order of declaration.

        A start network that is an organisation is run as one (`organisation.fixed` is 1) unless that is set otherwise.
        """
        values = defaults()
        if self.network.kind == "organisation":
            values[NUMBER["organisation.fixed"]] = 1.0
        for key, value in self.parameters.items():
            values[NUMBER[key]] = value
        return values

    def coordinator_records(self, strategy: str | None) -> np.recarray:
        """A strategy's coordinators as COORDINATOR records; no rows if nobody coordinates."""
        return records.coordinator_records(self.strategies[self.strategy(strategy)].coordinators)

    def change_records(self, strategy: str | None) -> np.recarray:
        """What happens under a strategy as CHANGE records by week: the scenario's, then the strategy's."""
        return records.change_records(self.changes + self.strategies[self.strategy(strategy)].changes)

    def yearly_cost(self, strategy: str | None) -> float:
        """What a strategy's coordinators cost at the start, dollars a year: hours of 52 weeks, money for meetings."""
        return self.strategies[self.strategy(strategy)].yearly_cost

    def budget_warnings(self, strategies: Sequence[str] | None = None) -> tuple[str, ...]:
        """A sentence if strategies that have coordinators do not cost the same a year at the start.

        `strategies`: the names of those that are compared; all if left out.
        """
        compared = {name: self.strategies[name] for name in (self.strategies if strategies is None else strategies)}
        costs = {name: strategy.yearly_cost for name, strategy in compared.items() if strategy.coordinators}
        if not costs or max(costs.values()) - min(costs.values()) <= 1e-9 * max(costs.values()):
            return ()
        each = listed(f"{name} {number_text(round(cost, 2))}" for name, cost in costs.items())
        return (f"Strategies do not have equal budgets, in dollars a year at the start: {each}.",)

    def fingerprint(self, strategy: str | None) -> str:
        """16 hex digits that name all that can change a run's numbers, but for seed and replicate.

        Titles, labels and the network files' paths do not count; these files' contents do.
        Errors: `ScenarioError` if they cannot be read.
        """
        network = plain(self.network)
        if isinstance(self.network, Csv):
            network |= {key: self._file_hash(key) for key in ("members", "ties")}
        everybody = self.coordinator_records(strategy)
        content = {
            "network": numeric(network),
            "parameters": dict(zip(NUMBER, numeric(self.settings().tolist()), strict=True)),
            "weeks": self.weeks,
            "coordinators": [{name: numeric(one[name]) for name in Coordinator.model_fields} for one in everybody],
            "changes": numeric(self.change_records(strategy).tolist()),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def _file_hash(self, key: str) -> str:
        """Hash of the content of a user's network file."""
        file = self.folder / getattr(self.network, key)
        try:
            return hashlib.sha256(file.read_bytes()).hexdigest()
        except (OSError, ValueError) as fault:
            reason = getattr(fault, "strerror", None) or fault
            message = f"network.{key} is {str(file)!r}, which cannot be read ({reason})"
            raise ScenarioError(f"{self.path or self.title}: {message}") from None

    def resolved(self) -> dict[str, Any]:
        """Everything that the scenario says, spelled out, every parameter's value included; fit for JSON."""
        values = self.settings().tolist()
        return {
            **{name: getattr(self, name) for name in Head.model_fields},
            "network": plain(self.network),
            "parameters": {parameter.key: value for parameter, value in zip(PARAMETERS, values, strict=True)},
            "changes": [plain(change) for change in self.changes],
            "strategies": {name: plain(strategy) for name, strategy in self.strategies.items()},
        }

    def to_toml(self) -> str:
        """The text of a scenario file that loads back to an equal scenario, from any folder."""
        head = {name: getattr(self, name) for name in Head.model_fields}
        network = plain(self.network)
        network = {"kind": network.pop("kind"), **network}
        return writing.to_toml(head, network, self.parameters, self.changes, self.strategies)


def numeric(value: Any) -> Any:
    """Numbers as one text each, so that 1 and 1.0, 0.0 and -0.0 are the same; tables and lists part by part."""
    if isinstance(value, Mapping):
        return {key: numeric(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [numeric(item) for item in value]
    return value if isinstance(value, str | bool) else repr(float(value) + 0.0)
