"""Screening: what each parameter moves over its plausible range, one at a time, in units of luck.

Every parameter is set to the lower and to the upper end of its plausible range, the others as the scenario has them, and
the same futures are run as without the change (common random numbers).  The effect on an outcome is the mean paired
difference, divided by the standard deviation of the outcome over futures: 1 means as much as one standard deviation of
luck.  Such a screening finds what matters on its own; interactions need a sweep (Morris, Sobol).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.inputs.bounds import MOST_JOBS, MOST_REPLICATES, whole
from sim.inputs.scenario import Scenario
from sim.lab.comparison import strategies_of
from sim.lab.experiment.runner import results_of
from sim.lab.future import run_future
from sim.model.declarations import PARAMETERS
from sim.model.parameters import Parameter

SCREENED_OUTCOMES = ("outputs", "members_active", "gifts", "mean_degree", "mean_identity", "in_groups", "alive")
"""Outcomes of a screening, by default."""
ENDS = ("low", "high")
CLEAR = 3.0
"""Standard errors from which an effect counts: some five hundred comparisons a strategy and outcome are made."""


class GreatestEffect(NamedTuple):
    """A parameter's greatest effect on an outcome, in standard deviations of the outcome over futures.

    `value`: what the parameter was set to.  `low`, `high`: the 95% interval.  `moves`: whether any of the parameter's
    effects is more than `CLEAR` standard errors from 0.
    """

    parameter: str
    value: float
    strategy: str
    outcome: str
    effect: float
    low: float
    high: float
    moves: bool


@dataclass(frozen=True, eq=False)
class Screening:
    """Effects of parameters on outcomes.

    `effects`: a row for each parameter, end of its range, strategy and outcome: `value` that was set, `effect` and its
    standard error `se`, both in standard deviations of the outcome over futures.  `replicates`: futures of each run.
    """

    scenario: Scenario
    effects: pd.DataFrame
    replicates: int

    @cached_property
    def rows(self) -> tuple[GreatestEffect, ...]:
        """The greatest effect of each parameter, clear effects first, sorted by size."""
        found = []
        for name, each in self.effects.groupby("parameter", sort=False):
            effects, errors = each["effect"].to_numpy(float), each["se"].to_numpy(float)
            clear = np.abs(effects) > CLEAR * errors
            at = int(np.argmax(np.where(clear, np.abs(effects), -1.0 if clear.any() else np.abs(effects))))
            where = (each["value"].to_numpy(float)[at], each["strategy"].to_list()[at], each["outcome"].to_list()[at])
            effect, half = float(effects[at]), 1.96 * float(errors[at])
            found.append(GreatestEffect(str(name), *where, effect, effect - half, effect + half, bool(clear.any())))
        return tuple(sorted(found, key=lambda row: (not row.moves, -abs(row.effect))))

    @property
    def table(self) -> pd.DataFrame:
        """The greatest effect of each parameter, a row each, with the fields of `GreatestEffect` as columns."""
        return pd.DataFrame(self.rows, columns=GreatestEffect._fields)


def screen(
    scenario: Scenario | str | Path,
    parameters: Sequence[Parameter] = PARAMETERS,
    outcomes: Sequence[str] = SCREENED_OUTCOMES,
    replicates: int = 20,
    seed: int | None = None,
    strategies: Sequence[str] | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Screening:
    """Measure what each parameter moves over its plausible range, under each strategy of a scenario.

    `replicates`: futures of each run, at least 2.  `seed`: the scenario's if left out.  A parameter whose plausible range
    is a single value, such as a switch, is left out.  Raises ScenarioError for unknown strategies, TypeError or
    ValueError for a seed, replicates or jobs out of bounds.
    """
    scenario = Scenario.of(scenario)
    names = strategies_of(scenario, strategies)
    number = scenario.seed if seed is None else whole(seed, "seed")
    count = whole(replicates, "replicates", 2, MOST_REPLICATES)
    if jobs is not None:
        whole(jobs, "jobs", 1, MOST_JOBS)
    ends = [
        (parameter.key, end, value)
        for parameter in parameters
        for end, value in zip(ENDS, parameter.range, strict=True)
        if parameter.range[0] != parameter.range[1]
    ]
    variants = [scenario, *(scenario.with_({key: value}) for key, _, value in ends)]

    def run(variant: Scenario) -> np.ndarray:
        """Return the outcomes of a variant: (strategies, futures, outcomes)."""
        futures = [
            [run_future(variant, name, number, replicate, renewal=False).outcomes for replicate in range(count)]
            for name in names
        ]
        return np.array([[[float(one[outcome]) for outcome in outcomes] for one in row] for row in futures])

    tick = progress or (lambda done, total: None)
    values = results_of(run, variants, jobs, progress=lambda done: tick(done, len(variants)))
    base = values[0]
    spread = base.std(axis=1, ddof=1)
    rows = []
    for place, (key, end, value) in enumerate(ends, start=1):
        difference = values[place] - base
        mean, error = difference.mean(axis=1), difference.std(axis=1, ddof=1) / np.sqrt(count)
        for s, name in enumerate(names):
            for o, outcome in enumerate(outcomes):
                unit = spread[s, o] or np.nan
                rows.append((key, end, value, name, outcome, mean[s, o] / unit, error[s, o] / unit))
    columns = ["parameter", "end", "value", "strategy", "outcome", "effect", "se"]
    return Screening(scenario, pd.DataFrame(rows, columns=columns).dropna(), count)
