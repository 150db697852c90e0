"""The shape of a manifest: what the entries that are read back must look like.

Results folders are shared, so a manifest may hold anything; entries that are unknown here are ignored.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from sim.inputs.bounds import LARGEST_SEED
from sim.inputs.scenario.errors import shown
from sim.lab.results import MANIFEST, JsonObject, ResultsError

LARGEST = 10**12
Count = Annotated[int, Field(ge=0, le=LARGEST)]
Weeks = Annotated[int, Field(ge=1, le=LARGEST)]
SeedNumber = Annotated[int, Field(ge=0, le=LARGEST_SEED)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=1000)]
FactorValue = str | bool | Number


def iso_date(value: object) -> object:
    """Return the value unchanged.  Raises ValueError for a text that is not a date."""
    if isinstance(value, str):
        datetime.fromisoformat(value)
    return value


Date = Annotated[str, BeforeValidator(iso_date)]


class Shape(BaseModel):
    """Entries by name; others may be there too."""

    model_config = ConfigDict(strict=True, extra="allow")


class FactorShape(Shape):
    """A factor."""

    key: Name
    role: Literal["uncertain", "lever"]
    label: str
    unit: str
    type: Literal["float", "int", "bool", "choice", "text"]
    distribution: Literal["uniform", "loguniform", "normal", "triangular"] | None = None
    low: Number | None = None
    high: Number | None = None
    mode: Number | None = None
    mean: Number | None = None
    sd: Number | None = None
    values: list[FactorValue] | None = None


class DesignShape(Shape):
    """The design of a sweep."""

    kind: Literal["lhs", "sobol", "morris", "grid", "points"]
    points: Count
    samples: Count | None = None
    levels: Count | None = None
    second_order: bool = False
    seed: SeedNumber = 0


class CoordinatorShape(Shape):
    """A coordinator of a strategy."""

    hours: Number = 0.0
    hour_cost: Number = 0.0
    start_week: Number | None = None


class StrategyShape(Shape):
    """A strategy."""

    label: str | None = None
    coordinators: list[CoordinatorShape] = []


class ScenarioShape(Shape):
    """A scenario with every parameter."""

    title: str = ""
    question: str = ""
    weeks: Weeks = 1
    strategies: dict[str, StrategyShape] = {}
    parameters: dict[str, Number] = {}
    network: dict[str, object] = {}
    changes: list[dict[str, object]] = []


class ExperimentShape(Shape):
    """An experiment."""

    title: str
    question: str = ""
    scenario: str | None = None
    strategies: Annotated[list[Name], Field(min_length=1)]
    replicates: Count
    seed: SeedNumber = 0
    luck: Literal["own", "shared"] = "shared"
    weeks: Weeks = 1
    renewal: bool = True
    outcomes: list[Name] = []
    weekly: list[Name] = []
    design: DesignShape
    factors: list[FactorShape]
    resolved: ScenarioShape = ScenarioShape()


class SessionShape(Shape):
    """A session of a sweep."""

    started: Date
    ended: Date
    seconds: Number
    runs: Count
    stop_reason: str


class SurroundingsShape(Shape):
    """Software and machine."""

    python: str = ""
    platform: str = ""
    machine: str = ""
    cores: int | None = None
    packages: dict[str, str] = {}
    git_commit: str | None = None
    git_changed: bool = False


class ManifestShape(Shape):
    """A manifest."""

    command: str
    model_version: str
    package_version: str = ""
    seed: SeedNumber | None = None
    replicate: SeedNumber = 0
    replicates: Count = 1
    worlds: Count = 0
    renewal: bool = True
    strategies: list[Name] = []
    fingerprints: dict[str, str] = {}
    design_hash: str = ""
    stop_reason: str = ""
    done: Count = 0
    failed: Count = 0
    started: Date | None = None
    ended: Date | None = None
    seconds: Number | None = None
    sessions: list[SessionShape] = []
    experiment: ExperimentShape | None = None
    scenario: ScenarioShape | None = None
    scenario_file: str | None = None
    scenario_settings: list[str] = []
    overrides: list[str] = []
    command_line: list[str] | None = None
    working_folder: str | None = None
    surroundings: SurroundingsShape = SurroundingsShape()
    files: list[str] = []
    hashes: dict[str, str] = {}
    run: str = ""


def check_shape(folder: Path, manifest: JsonObject) -> None:
    """Raise ResultsError if an entry of a manifest is not what it has to be."""
    try:
        shape = ManifestShape.model_validate(manifest)
    except ValidationError as faults:
        fault = faults.errors()[0]
        where, text = ".".join(map(str, fault["loc"])), fault["msg"]
        raise broken(folder, f"{where} is {shown(fault['input'])[:200]} ({text[:1].lower()}{text[1:]})") from None
    experiment = shape.experiment
    names = experiment.strategies if experiment else shape.strategies
    if len(set(names)) < len(names):
        raise broken(folder, "it names a strategy twice")
    scenario = experiment.resolved if experiment else shape.scenario
    if scenario and not set(names) <= set(scenario.strategies):
        raise broken(folder, "it names a strategy that its scenario does not have")
    for factor in experiment.factors if experiment else ():
        if not factor.values and (factor.distribution is None or factor.low is None or factor.high is None):
            raise broken(folder, f"the factor {shown(factor.key)} has neither values nor bounds")


def broken(folder: Path, why: str) -> ResultsError:
    """Return the error for a manifest that was changed."""
    return ResultsError(f"{folder / MANIFEST} is damaged: {why}; run the command again into another folder")
