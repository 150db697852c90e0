"""From an experiment file to checked parts: every fault found is reported, one a line, as for scenario files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field

from sim.inputs.scenario import Scenario, ScenarioError
from sim.inputs.scenario.checking import Problems
from sim.inputs.scenario.document import Document
from sim.inputs.scenario.errors import Faults, listed, shown, unknown
from sim.inputs.scenario.parts import MOST_WEEKS, Part, Whole
from sim.lab.experiment import designs
from sim.lab.experiment.factors import Factor, Role, Value
from sim.lab.experiment.points import check_overlaps, check_points
from sim.lab.experiment.specs import Spec, as_table, factor_of, specs_in
from sim.lab.experiment.targets import UnknownKey, target_of
from sim.model.outcomes import BY_NAME
from sim.model.state import WEEKLY

WEEKLY_MEASURES = tuple(name for name in WEEKLY.dtype.names or () if WEEKLY.dtype[name].shape == ())
ROLES: tuple[Role, ...] = ("uncertain", "lever")
TABLES = {"uncertain": "uncertain", "levers": "lever"}
OUTCOMES = ("producing_week", "outputs", "members_left", "cost")
MOST_REPLICATES = 100_000
MOST_RUNS = 100_000_000


def names_among(known: Any, what: str) -> Any:
    """A validator: a list of different names, each of them known."""

    def check(value: Any) -> Any:
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise Faults(((), f"is {shown(value)}; a list of {what} is needed"))
        faults = [
            ((), f"holds {shown(item)}, which {unknown(item, known)}") for item in value if known and item not in known
        ]
        if not value:
            faults.append(((), f"is empty; name {what}, or leave it out"))
        if len(set(value)) < len(value):
            faults.append(((), "holds a name twice; allowed is once"))
        if faults:
            raise Faults(*faults)
        return tuple(value)

    return BeforeValidator(check)


def weekly_measures(value: Any) -> tuple[str, ...]:
    """Which weekly measures to keep: none, those that comparisons keep, or those named."""
    from sim.lab.comparison import BANDS

    if isinstance(value, bool):
        return BANDS if value else ()
    return names_among(WEEKLY_MEASURES, "weekly measures").func(value)


class Head(Part):
    """The table `[experiment]`."""

    scenario: str = Field(min_length=1, max_length=4096)
    """Scenario file that the experiment varies, relative to this file."""
    title: str = Field(default="", max_length=200)
    """What to call it; the scenario's title if left out."""
    question: str = Field(default="", max_length=2000)
    """What it asks, in one plain sentence."""
    strategies: Annotated[tuple[str, ...], names_among((), "strategies")] = Field(default=())
    """Strategies to compare, the first being the one that others are held against; all if left out."""
    design: str = Field(default="")
    """How points are chosen."""
    samples: Whole | None = Field(default=None, ge=1, le=designs.MOST_POINTS)
    """Points (lhs), base samples (sobol) or trajectories (morris)."""
    levels: Whole | None = Field(default=None, ge=2, le=1000)
    """Values of each factor that has none of its own (grid, morris)."""
    second_order: bool | None = Field(default=None)
    """Whether interactions of two are estimated too (sobol)."""
    replicates: Whole = Field(default=4, ge=1, le=MOST_REPLICATES)
    """Simulated futures of each strategy at each point, on the same luck everywhere."""
    seed: Whole | None = Field(default=None, ge=0, le=2**63 - 1)
    """Seed of all luck and of the design; the scenario's own if left out."""
    weeks: Whole | None = Field(default=None, ge=1, le=MOST_WEEKS)
    """Weeks to simulate; the scenario's own if left out."""
    outcomes: Annotated[tuple[str, ...], names_among(BY_NAME, "outcomes")] = Field(default=OUTCOMES)
    """Outcomes that reports are about; all are kept."""
    weekly: Annotated[tuple[str, ...], BeforeValidator(weekly_measures)] = Field(default=())
    """Weekly measures to keep of every run: false, true (those that comparisons keep), or a list of names."""
    renewal: bool = Field(default=True)
    """Whether networks are tested for living on without coordinators; takes up to two thirds more time."""


class Checked(NamedTuple):
    """What an experiment file says, checked.  `points`: those of an explicit design, else None."""

    head: Head
    base: Scenario
    strategies: tuple[str, ...]
    factors: tuple[Factor, ...]
    points: tuple[tuple[Value, ...], ...] | None


def check(document: Document, sets: list[str]) -> Checked:
    """The parts of an experiment.  `sets`: `key=value` texts over the scenario.  Errors: ScenarioError."""
    problems, data = Problems(document), document.data
    if "experiment" not in data:
        problems.add(
            ("experiment",),
            "is missing: this is no experiment file, which has a table [experiment] (see scenarios/sweeps/)",
        )
        problems.settle()
    for key in data:
        if key not in ("experiment", "factors"):
            problems.add((key,), unknown(key, ("experiment", "factors")))
    table = problems.table(("experiment",), data["experiment"]) or {}
    head = problems.part(Head, ("experiment",), {key: value for key, value in table.items() if key != "points"})
    problems.settle()
    assert head is not None
    check_design(problems, head, table)
    base = base_scenario(document, head, sets)
    strategies = check_strategies(problems, head, base)
    problems.settle()
    if head.design == "points":
        factors, points = check_points(problems, table["points"], base, strategies)
        if "factors" in data:
            problems.add(("factors",), "has no meaning beside the design 'points', whose points say what is varied")
    else:
        factors, points = check_factors(problems, data.get("factors", {}), base, strategies), None
    problems.settle()
    return Checked(head, base, strategies, factors, points)


def check_design(problems: Problems, head: Head, table: Mapping[str, Any]) -> None:
    """The design's own settings: those that it needs are there, and no others."""
    if head.design not in designs.KINDS:
        found = "is missing" if "design" not in table else f"is {shown(head.design)}"
        problems.add(("experiment", "design"), f"{found}; allowed are {listed(shown(kind) for kind in designs.KINDS)}")
        return
    uses = designs.USES[head.design]
    for key in ("samples", "levels", "second_order", "points"):
        if key in table and key not in uses:
            told = f"has no meaning beside the design {head.design!r}, which reads {listed(uses)}; leave it out"
            problems.add(("experiment", key), told)
    for key in ("samples", "points"):
        if key in uses and key not in table:
            problems.add(("experiment", key), f"is missing; the design {head.design!r} needs it")
    if head.design == "sobol" and head.samples and head.samples & (head.samples - 1):
        problems.add(
            ("experiment", "samples"), f"is {head.samples}; allowed are powers of 2 (a Sobol sequence is even there)"
        )
    if head.design == "morris" and head.levels and head.levels % 2:
        problems.add(
            ("experiment", "levels"), f"is {head.levels}; allowed are even numbers (Morris' step is half the way)"
        )


def base_scenario(document: Document, head: Head, sets: list[str]) -> Scenario:
    """The scenario that is varied, with settings over it.  Errors: ScenarioError."""
    path = Path(os.path.normpath(document.origin(("experiment", "scenario")).folder / head.scenario))
    try:
        scenario = Scenario.load(path, sets)
        return scenario if head.weeks is None else scenario.with_({"weeks": head.weeks})
    except ScenarioError as fault:
        if not path.is_file():
            label = document.origin(("experiment", "scenario")).label
            raise ScenarioError(f"{label}: experiment.scenario: {fault}") from None
        raise


def check_strategies(problems: Problems, head: Head, base: Scenario) -> tuple[str, ...]:
    """The strategies to compare: those named, all if none is."""
    for name in head.strategies:
        if name not in base.strategies:
            problems.add(("experiment", "strategies"), f"holds {shown(name)}, which {unknown(name, base.strategies)}")
    return head.strategies or tuple(base.strategies)


def check_factors(problems: Problems, value: Any, base: Scenario, strategies: tuple[str, ...]) -> tuple[Factor, ...]:
    """The factors of `[factors.uncertain]` and `[factors.levers]`, in the order of the file."""
    tables = problems.table(("factors",), value) or {}
    found: list[tuple[Role, tuple[str, ...], Any]] = []
    for name, table in tables.items():
        if name not in TABLES:
            problems.add(("factors", name), unknown(name, TABLES))
        elif problems.table(("factors", name), table) is not None:
            found += [(TABLES[name], path, item) for path, item in specs_in(table, ("factors", name))]  # type: ignore[misc]
    kinds = kinds_of_network({".".join(path[2:]): item for _, path, item in found}, base)
    factors: dict[str, Factor] = {}
    for role, path, item in found:
        key = ".".join(path[2:])
        if key in factors:
            problems.add(path, "is given twice; allowed is once")
            continue
        factor = check_factor(problems, role, path, key, item, base, strategies, kinds)
        if factor is not None:
            factors[key] = factor
    if not found:
        problems.add(
            ("factors",), "is missing or empty; name what to vary under [factors.uncertain] or [factors.levers]"
        )
    check_overlaps(problems, [(path, ".".join(path[2:])) for _, path, _ in found])
    return tuple(factors.values())


def check_factor(
    problems: Problems,
    role: Role,
    path: tuple[str, ...],
    key: str,
    item: Any,
    base: Scenario,
    strategies: tuple[str, ...],
    kinds: tuple[str, ...],
) -> Factor | None:
    """One factor, or None and its faults noted."""
    try:
        target = target_of(key, base, strategies, kinds)
    except UnknownKey as fault:
        problems.add(path, str(fault))
        return None
    table = as_table(item)
    if isinstance(table, str):
        problems.add(path, table)
        return None
    spec = problems.part(Spec, path, table)
    if spec is None:
        return None
    try:
        return factor_of(key, role, spec, target)
    except Faults as fault:
        for below, text in fault.faults:
            problems.add((*path, *below), text)
        return None


def kinds_of_network(specs: Mapping[str, Any], base: Scenario) -> tuple[str, ...]:
    """The kinds of start network that worlds may have: the scenario's, or those that a factor names."""
    table = as_table(specs["network.kind"]) if "network.kind" in specs else {}
    values = table.get("values") if isinstance(table, Mapping) else None
    return tuple(v for v in values if isinstance(v, str)) if isinstance(values, list) else (base.network.kind,)
