"""Several results folders looked at alike: each strategy's outcomes with intervals, and differences between folders.

Where two folders used the same seeds in the same worlds, their futures meet with the same luck and differences are taken
future by future (`sim.lab.analysis.pairs`).  Else the interval of a difference is put together from the two intervals (Zou &
Donner 2008, "Construction of confidence limits about effect measures", Statistics in Medicine 27; for shares Newcombe 1998).

Outcomes go by the page's keys: a column of the table of runs, or `<stage>:share` (percent) and `<stage>:weeks` (months).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import sqrt

import numpy as np
import pandas as pd

from sim.lab.analysis.effects import MONTHS
from sim.lab.analysis.events import Estimate
from sim.lab.analysis.pairs import difference, level
from sim.lab.analysis.runs import AnalysisError, block
from sim.lab.experiment.reading import SweepResults
from sim.model.outcomes import STAGES_REACHED
from sim.output.report.findings import Findings, levels_of


@dataclass(frozen=True)
class Apart:
    """A difference, later minus earlier folder, with its 95% interval."""

    mean: float
    low: float
    high: float
    paired: bool

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, eq=False)
class Side:
    """One folder of several, looked at over as many weeks as all of them have."""

    name: str
    results: SweepResults

    @cached_property
    def found(self) -> Findings:
        """How strategies fare by themselves."""
        return levels_of(self.results)

    def estimate(self, strategy: str, key: str) -> Estimate | None:
        """An outcome of a strategy in the page's units; None where it is not there."""
        stage, _, what = key.partition(":")
        if strategy not in self.found.strategies:
            return None
        if what:
            at = self.found.at(strategy, stage)
            return scaled(at.share, 100) if what == "share" else scaled(at.weeks, 1 / MONTHS.weeks)
        if key not in self.found.blocks:
            return None
        one = level(self.found.blocks[key], strategy)
        return scaled(one, 100) if key == "coordinator_dependence" else one

    def weeks(self, strategy: str, stage: str) -> np.ndarray:
        """Weeks that a stage took in each future, NaN where it was not reached."""
        runs = self.found.runs
        return runs.loc[runs["strategy"] == strategy, f"{stage}_week"].to_numpy(float, na_value=np.nan)

    def label(self, strategy: str) -> str:
        """What the scenario says that a strategy is."""
        told = (self.results.experiment.get("resolved") or {}).get("strategies") or {}
        return str((told.get(strategy) or {}).get("label") or "")

    @property
    def single(self) -> bool:
        """Whether it holds one future of each strategy, so that no interval can be told."""
        return len(self.found.runs) <= len(self.found.strategies)


def scaled(one: Estimate, factor: float) -> Estimate:
    """An estimate in another unit."""
    return Estimate(one.mean * factor, one.low * factor, one.high * factor)


def cut(results: SweepResults, horizon: int) -> SweepResults:
    """The same results as if runs had been followed for `horizon` weeks, as far as stages go."""
    runs = results.runs.copy()
    for stage in STAGES_REACHED:
        late = ~(runs[f"{stage}_week"].to_numpy(float, na_value=np.nan) <= horizon)
        runs[f"{stage}_week"] = runs[f"{stage}_week"].astype(float).mask(late)
        runs.loc[late & (runs["status"] == "done").to_numpy(), f"{stage}_censored"] = True
    return replace(results, runs=runs, experiment={**results.experiment, "weeks": horizon})


def unpaired(a: Side, b: Side) -> str:
    """Why two folders' futures cannot be paired, '' if they can: the same worlds met with the same luck."""
    if a.results.experiment["seed"] != b.results.experiment["seed"]:
        return "their seeds differ"
    keys = [[factor.key for factor in side.results.factors] for side in (a, b)]
    if keys[0] != keys[1]:
        return "their worlds differ"
    runs = [side.found.runs for side in (a, b)]
    worlds = [table.drop_duplicates("point").set_index("point")[keys[0]] for table in runs]
    common = worlds[0].index.intersection(worlds[1].index)
    if not worlds[0].loc[common].equals(worlds[1].loc[common]):
        return "their worlds differ"
    pairs = [set(zip(table["point"], table["replicate"], strict=True)) for table in runs]
    return "" if len(pairs[0] & pairs[1]) > 1 else "they have fewer than two futures in common"


def apart(a: Side, b: Side, strategy: str, key: str, pairs: bool) -> Apart | None:
    """By how much b's outcome is above a's under a strategy; None where that cannot be told."""
    ends = a.estimate(strategy, key), b.estimate(strategy, key)
    if ends[0] is None or ends[1] is None or a.single or b.single:
        return None
    return paired(a, b, strategy, key) if pairs else from_intervals(*ends)  # type: ignore[arg-type]


def from_intervals(a: Estimate, b: Estimate) -> Apart:
    """The difference b minus a of two independent estimates from their own intervals (Zou & Donner 2008)."""
    mean = b.mean - a.mean
    low = mean - sqrt((b.mean - b.low) ** 2 + (a.high - a.mean) ** 2)
    high = mean + sqrt((b.high - b.mean) ** 2 + (a.mean - a.low) ** 2)
    return Apart(mean, low, high, False)


def paired(a: Side, b: Side, strategy: str, key: str) -> Apart | None:
    """The difference b minus a future by future, in the page's units."""
    stage, _, what = key.partition(":")
    column = {"share": f"{stage}_censored", "weeks": f"{stage}_week"}.get(what, key)
    factor = {"share": -100, "weeks": 1 / MONTHS.weeks}.get(what, 100 if key == "coordinator_dependence" else 1)
    parts = [
        side.found.runs.loc[side.found.runs["strategy"] == strategy, ["point", "replicate", "status", column]].assign(
            strategy=label
        )
        for side, label in ((a, "a"), (b, "b"))
    ]
    try:
        found = difference(
            block(pd.concat(parts, ignore_index=True), column, ("b", "a"), float(a.found.horizon)), "b", "a"
        )
    except (AnalysisError, ValueError):
        return None
    low, high = sorted((found.low * factor, found.high * factor))
    return Apart(found.mean * factor, low, high, True)
