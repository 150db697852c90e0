"""Trials: run the arms of parts on paired futures and work out effects.

A trial is a part in one variant (as it is, with its mechanism off, without a form) in one world (the default one, or a
point of the Latin hypercube).  Arms that are the same scenario are run once, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.evidence.claims.claim import Arm, Part
from sim.inputs.scenario import Scenario
from sim.lab.experiment.runner import in_parallel
from sim.lab.future import run_future

IT = "it"
WORLD: Mapping[str, Any] = {
    "weeks": 156,
    "network": {"kind": "communities", "members": 40, "degree": 2.0},
}
"""The claims' common world: 40 members in four home communities, two ties each at the start, three years."""


@dataclass(frozen=True)
class Trial:
    """A part in one variant.  `over`: settings of the variant and the world, which a part's own settings do not touch."""

    part: Part
    over: Mapping[str, Any]

    def scenario(self, arm: Arm) -> Scenario:
        """The scenario of one arm.  The world comes first, then what the experiment sets, then what is switched off."""
        merged = {**self.point, **self.part.world, **arm.settings, **self.switched}
        # Strategies are checked against the horizon, so that comes first.
        head = {**WORLD, "weeks": merged.get("weeks", WORLD["weeks"])}
        base = Scenario.from_document({**head, "strategies": {IT: dict(arm.strategy)}}, label=self.part.key)
        return base.with_(merged) if merged else base

    @property
    def point(self) -> Mapping[str, Any]:
        """Settings of a world."""
        return self.over.get("point", {})

    @property
    def switched(self) -> Mapping[str, Any]:
        """Settings of a mechanism or form that is off."""
        return self.over.get("off", {})


def effects(
    trials: Sequence[Trial],
    seed: int,
    replicates: int,
    jobs: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[np.ndarray]:
    """The effect of every trial in every future: a list of float (replicates,), NaN where a future cannot tell.

    Errors: KeyboardInterrupt once `stopped`.
    """
    plans: dict[str, _Plan] = {}
    ledger = any(trial.part.ledger for trial in trials)
    wanted = [[_planned(plans, trial, arm) for arm in trial.part.arms] for trial in trials]
    tasks = [(plan, replicate) for plan in plans.values() for replicate in range(replicates)]

    def work(task: tuple[_Plan, int]) -> list[float]:
        plan, replicate = task
        future = run_future(plan.scenario, IT, seed, replicate, renewal=False, ledger=ledger, maps=True)
        return [measure(future, plan.scenario) for measure in plan.measures]

    for plan in plans.values():
        plan.values = np.full((len(plan.measures), replicates), np.nan)
    done = 0
    for place, values in in_parallel(work, tasks, jobs, stopped):
        plan, replicate = tasks[place]
        plan.values[:, replicate] = values
        done += 1
    if done < len(tasks):
        raise KeyboardInterrupt
    found = []
    for trial, arms in zip(trials, wanted, strict=True):
        found.append(np.asarray(trial.part.combine(*(plan.values[row] for plan, row in arms)), float))
    return found


@dataclass(eq=False)
class _Plan:
    """One scenario to run, and what to measure in its futures; `values`: float (measures, replicates)."""

    scenario: Scenario
    measures: list[Callable[..., float]]
    values: np.ndarray


def _planned(plans: dict[str, _Plan], trial: Trial, arm: Arm) -> tuple[_Plan, int]:
    """The plan that serves an arm, and the row of its measure there."""
    scenario = trial.scenario(arm)
    plan = plans.setdefault(scenario.fingerprint(IT), _Plan(scenario, [], np.empty(0)))
    plan.measures.append(arm.measure or trial.part.measure)
    return plan, len(plan.measures) - 1
