"""Trials: run the arms of parts on paired futures and compute effects.

A trial is a part in one variant (as declared, with its mechanism off, without an added mechanism) in one world (the
default one, or a point of the Latin hypercube).  Arms that are the same scenario are run once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.evidence.claims.claim import Arm, ClaimPart, Measure
from sim.inputs.scenario import Scenario, Table
from sim.lab.experiment.designs import world_seed
from sim.lab.experiment.runner import in_parallel
from sim.lab.future import run_future

IT = "it"
WORLD: Table = {
    "weeks": 156,
    "network": {"kind": "communities", "members": 40, "degree": 2.0},
}
"""The claims' common world: 40 members in four sectors, two ties each at the start, three years."""


@dataclass(frozen=True)
class Trial:
    """A part in one variant.

    `point`: settings of a world.  `off`: settings that switch a mechanism off.  `world`: number of the world, whose futures
    have luck of their own (with shared luck it would not average out over worlds); None for the default settings.
    """

    part: ClaimPart
    point: Mapping[str, float] = field(default_factory=dict)
    off: Table = field(default_factory=dict)
    world: int | None = None

    def seed(self, seed: int) -> int:
        """Return the seed of the trial's futures."""
        return seed if self.world is None else world_seed(seed, self.world)

    def scenario(self, arm: Arm) -> Scenario:
        """Return the scenario of one arm: the world, then what the experiment sets, then what is switched off."""
        merged = {**self.point, **self.part.world, **arm.settings, **self.off}
        # Strategies are checked against the horizon, so that comes first.
        head = {**WORLD, "weeks": merged.get("weeks", WORLD["weeks"])}
        base = Scenario.from_document({**head, "strategies": {IT: dict(arm.strategy)}}, label=self.part.key)
        return base.with_(merged) if merged else base


@dataclass(eq=False)
class _Plan:
    """One scenario to run with a seed, and what to measure in its futures; `values`: float (measures, replicates)."""

    scenario: Scenario
    seed: int
    measures: list[Measure]
    values: np.ndarray


def effects(
    trials: Sequence[Trial],
    seed: int,
    replicates: int,
    jobs: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[np.ndarray]:
    """Return the effect of every trial in every future: float (replicates,), NaN where a future has none.

    Raises KeyboardInterrupt once `stopped`.
    """
    plans: dict[tuple[str, int], _Plan] = {}
    ledger = any(trial.part.ledger for trial in trials)
    places = [[_planned(plans, trial, arm, trial.seed(seed)) for arm in trial.part.arms] for trial in trials]
    tasks = [(plan, replicate) for plan in plans.values() for replicate in range(replicates)]

    def work(task: tuple[_Plan, int]) -> list[float]:
        plan, replicate = task
        future = run_future(plan.scenario, IT, plan.seed, replicate, renewal=False, ledger=ledger, maps=True)
        return [measure(future, plan.scenario) for measure in plan.measures]

    measured = dict(in_parallel(work, tasks, jobs, stopped))
    if len(measured) < len(tasks):
        raise KeyboardInterrupt
    for number, plan in enumerate(plans.values()):
        plan.values = np.array([measured[number * replicates + replicate] for replicate in range(replicates)]).T
    return [
        np.asarray(trial.part.contrast.combine(*(plan.values[row] for plan, row in arms)), float)
        for trial, arms in zip(trials, places, strict=True)
    ]


def _planned(plans: dict[tuple[str, int], _Plan], trial: Trial, arm: Arm, seed: int) -> tuple[_Plan, int]:
    """Return the plan that serves an arm, and the row of its measure there."""
    scenario = trial.scenario(arm)
    plan = plans.setdefault((scenario.fingerprint(IT), seed), _Plan(scenario, seed, [], np.empty(0)))
    plan.measures.append(arm.measure or trial.part.contrast.measure)
    return plan, len(plan.measures) - 1
