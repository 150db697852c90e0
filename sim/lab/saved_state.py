"""The state of a run on disk: saved after some week, to continue from there under the same or another strategy.

A state holds the world's tables, so a run that continues from it under the same strategy is the same, to the bit, as one that
was never stopped; under another strategy it has the same luck.  The network and all parameters have to be those of the run
that was saved; coordinators may differ.  What coordinators have under way (focus, hours set aside, members' trust in them)
stays with the office, the first coordinator of one strategy being succeeded by the first of the other.
"""

from __future__ import annotations

import json
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.inputs import networks
from sim.inputs.bounds import whole
from sim.inputs.scenario import Scenario, ScenarioError
from sim.inputs.scenario.errors import plain_table
from sim.inputs.scenario.parts import CoordinatorSettings
from sim.lab.future import run_on
from sim.lab.open_world import open_world
from sim.lab.record import Record
from sim.lab.results import written_aside
from sim.model.declarations import DTYPE
from sim.model.outcomes import outcomes_of
from sim.model.state import CHANGE, COORDINATOR, World
from sim.model.version import MODEL_VERSION
from sim.model.world import copy_world, lengthened, packed, run_to, unpacked, with_weeks

TABLES = tuple(name for name in World._fields if name != "parameters")
SETTINGS = tuple(name for name in COORDINATOR.dtype.names or () if name in CoordinatorSettings.model_fields)


class StateError(ScenarioError):
    """A state cannot be used.  The message names the file and says why."""


@dataclass(frozen=True, eq=False)
class SavedState:
    """A run stopped after some week.  `before`: its world before the first week."""

    scenario: Scenario
    strategy: str
    seed: int
    replicate: int
    before: World
    world: World

    @property
    def week(self) -> int:
        """Weeks simulated so far."""
        return int(self.world.network[0].week)

    def save(self, path: str | Path) -> None:
        """Write the state into a file.  Raises WriteError."""
        head = {
            "model_version": MODEL_VERSION,
            "scenario": self.scenario.to_toml(),
            "strategy": self.strategy,
            "seed": self.seed,
            "replicate": self.replicate,
        }
        world, before = packed(self.world), packed(self.before)
        tables = {f"world.{name}": np.asarray(getattr(world, name)) for name in TABLES}
        tables |= {f"before.{name}": np.asarray(getattr(before, name)) for name in TABLES}
        with written_aside(Path(path)) as aside, aside.open("wb") as file:
            np.savez_compressed(file, head=np.array(json.dumps(head)), **tables)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: str | Path) -> SavedState:
        """Read a state.  Raises StateError."""
        path = Path(path)
        try:
            with np.load(path, allow_pickle=False) as file:
                head = json.loads(str(file["head"]))
                # Another version may have other tables.
                of_this_version(path, head["model_version"])
                worlds = [{name: file[f"{of}.{name}"] for name in TABLES} for of in ("before", "world")]
        except FileNotFoundError:
            raise StateError(f"{path}: there is no such file; gennet run --until WEEK saves a state") from None
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as fault:
            raise StateError(
                f"{path} is not a saved state, or is damaged ({' '.join(str(fault).split())[:100]})"
            ) from None
        scenario = Scenario.from_document(tomllib.loads(head["scenario"]), path.parent, "state")
        before, world = (world_of(tables) for tables in worlds)
        return cls(scenario, head["strategy"], head["seed"], head["replicate"], before, world)


def of_this_version(path: Path, version: str) -> None:
    """Raise StateError if another version of the model saved a state."""
    if version != MODEL_VERSION:
        raise StateError(
            f"{path} was saved by version {version} of the model; this is {MODEL_VERSION}, and would continue differently"
        )


def world_of(tables: dict[str, np.ndarray]) -> World:
    """Return a world of its tables."""
    records = {name: table.view(np.recarray) if table.dtype.names else table for name, table in tables.items()}
    records["parameters"] = tables["settings"].view(DTYPE).view(np.recarray)
    return unpacked(World._make(records[name] for name in World._fields))


def run_until(
    scenario: Scenario | str | Path, week: int, strategy: str | None = None, seed: int | None = None, replicate: int = 0
) -> SavedState:
    """Run a future to the end of a week, and return its state.  Arguments as for `simulate`; raises the same."""
    scenario = Scenario.of(scenario)
    name = scenario.strategy(strategy)
    number = scenario.seed if seed is None else whole(seed, "seed")
    which = whole(replicate, "replicate")
    until = whole(week, "until", 1, scenario.weeks - 1)
    _, world = open_world(scenario, name, number, which)
    before = copy_world(world)
    return SavedState(scenario, name, number, which, before, run_to(world, until))


def simulate_from(
    state: SavedState | str | Path,
    scenario: Scenario | str | Path | None = None,
    strategy: str | None = None,
    renewal: bool = True,
) -> Record:
    """Continue from a saved state to the horizon, and return the record of the whole run.

    `scenario`: the one whose strategies and horizon are used; that of the state if left out.  `strategy`: that of the state
    if left out.  Raises StateError for a state of another network or other parameters, or one that is past the horizon.
    """
    saved = state if isinstance(state, SavedState) else SavedState.load(state)
    chosen = saved.scenario if scenario is None else Scenario.of(scenario)
    check_same(saved, chosen)
    name = chosen.strategy(strategy if strategy is not None else saved.strategy)
    start = networks.build(chosen.network, saved.seed, saved.replicate, chosen.folder)
    coordinators = chosen.coordinator_records(name)
    world = with_weeks(copy_world(saved.world), chosen.weeks)
    changes = chosen.change_records(name, start)
    world = world._replace(changes=changes.copy().view(np.recarray) if len(changes) else CHANGE.empty(0))
    if (name, chosen.strategies[name]) != (saved.strategy, saved.scenario.strategies.get(saved.strategy)):
        world = succeeded(world, coordinators)
    world, renewed = run_on(world, chosen.weeks, renewal)
    network = world.network[0]
    outcomes = outcomes_of(world, network.reached, network.fallen, chosen.weeks, renewed)
    return Record(chosen, name, saved.seed, saved.replicate, start, saved.before, world, outcomes)


def check_same(saved: SavedState, scenario: Scenario) -> None:
    """Raise StateError unless a scenario has the network and parameters of a state, and a later horizon."""
    for what in ("network", "parameters"):
        ours, theirs = (plain_table(getattr(one, what)) for one in (scenario, saved.scenario))
        differs = next((key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key)), None)
        if differs is not None:
            raise StateError(
                f"the state is of a run with other {what}: {differs} is {theirs.get(differs)}, not {ours.get(differs)}; only "
                "strategies and weeks may differ"
            )
    if scenario.weeks <= saved.week:
        raise StateError(f"the state is after week {saved.week}, and the scenario ends with week {scenario.weeks}")


def succeeded(world: World, coordinators: np.recarray) -> World:
    """Return the world with other coordinators in office, who take over what is under way."""
    number = max(1, len(coordinators))
    offices = COORDINATOR.empty(number)
    common = min(number, len(world.coordinators))
    offices[:common] = world.coordinators[:common]
    bonds = lengthened(world.bonds, max(number, len(world.bonds)))[:number]
    for place in range(number):
        if place >= len(coordinators):
            offices[place].working = 0.0
            continue
        if place >= common:
            offices[place] = coordinators[place]
        for field in ("working", *SETTINGS):
            offices[place][field] = coordinators[place][field]
    return world._replace(coordinators=offices, bonds=np.ascontiguousarray(bonds).view(np.recarray))
