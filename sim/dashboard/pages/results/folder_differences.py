"""Outcomes of strategies in several results folders with their intervals, and differences between folders.

Where two folders used the same seeds in the same worlds, futures are paired and differences are taken future by future
(`sim.lab.analysis.pairs`). Otherwise the interval of a difference is combined from the two intervals (Zou & Donner 2008,
"Construction of confidence limits about effect measures", Statistics in Medicine 27; for shares Newcombe 1998).

An outcome's key is a column of the table of runs, or `<stage>:share` (percent) or `<stage>:weeks` (months).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import sqrt
from typing import TypeVar

import numpy as np
import pandas as pd

from sim.dashboard.pages.results.folder_details import declared
from sim.lab.analysis.effects import MONTHS
from sim.lab.analysis.events import NORMAL_QUANTILE, Estimate
from sim.lab.analysis.pairs import difference, level
from sim.lab.analysis.runs import AnalysisError, block
from sim.lab.analysis.sequential import signs_of
from sim.lab.experiment.reading import SweepResults
from sim.model.outcomes import STAGES_REACHED
from sim.output.report.report_findings import Findings, levels_of

Key = TypeVar("Key")


@dataclass(frozen=True)
class FolderDifference:
    """A difference, later minus earlier folder, with its 95% interval.

    `sign`: 1 or -1 if it is clear among all differences of a page, 0 if not; None if it was judged by itself.
    """

    mean: float
    low: float
    high: float
    paired: bool
    sign: int | None = None

    @property
    def clear(self) -> bool:
        """Whether the difference is clear; judged by itself, whether the interval excludes 0."""
        return self.sign != 0 if self.sign is not None else self.low > 0 or self.high < 0

    @property
    def score(self) -> float:
        """The evidence as a normal quantile: by how many half-widths of its interval the mean is away from 0."""
        half = self.mean - self.low if self.mean > 0 else self.high - self.mean
        return NORMAL_QUANTILE * self.mean / half if half > 0 else 0.0


def judged(differences: Mapping[Key, FolderDifference | None]) -> dict[Key, FolderDifference | None]:
    """Return differences with what is clear among all of them: at most one page in 20 calls one clear by chance."""
    known = {key: one for key, one in differences.items() if one is not None}
    scores = [one.score for one in known.values()]
    signs = signs_of(np.array([scores])) if scores else ()
    return {
        **differences,
        **{key: replace(one, sign=sign) for (key, one), sign in zip(known.items(), signs, strict=True)},
    }


@dataclass(frozen=True, eq=False)
class ComparedFolder:
    """One of several folders, cut to the horizon that all of them have."""

    letter: str
    name: str
    results: SweepResults

    @cached_property
    def findings(self) -> Findings:
        """The outcomes of strategies by themselves."""
        return levels_of(self.results)

    @property
    def single(self) -> bool:
        """Whether there is one future of each strategy, and so no interval."""
        return len(self.findings.runs) <= len(self.findings.strategies)

    def estimate(self, strategy: str, key: str) -> Estimate | None:
        """Return an outcome of a strategy, None if the folder does not have it."""
        findings, (stage, _, what) = self.findings, key.partition(":")
        if strategy not in findings.strategies:
            return None
        if what:
            reached = findings.at(strategy, stage)
            return scaled(reached.share, 100) if what == "share" else scaled(reached.weeks, 1 / MONTHS.weeks)
        if key not in findings.blocks:
            return None
        return scaled(level(findings.blocks[key], strategy), 100 if key == "coordinator_dependence" else 1)

    def runs_of(self, strategy: str) -> pd.DataFrame:
        """Return the finished runs of a strategy."""
        runs = self.findings.runs
        return runs[runs["strategy"] == strategy]

    def weeks(self, strategy: str, stage: str) -> np.ndarray:
        """Return the weeks to a stage in each future, NaN where it was not reached."""
        weeks: np.ndarray = self.runs_of(strategy)[f"{stage}_week"].to_numpy(float, na_value=np.nan)
        return weeks

    def label(self, strategy: str) -> str:
        """Return the strategy's label in the scenario."""
        return str((declared(self.results).get(strategy) or {}).get("label") or "")


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """Return an estimate in another unit."""
    return Estimate(estimate.mean * factor, estimate.low * factor, estimate.high * factor)


def cut(results: SweepResults, horizon: int) -> SweepResults:
    """Return the results with stages as if runs had been followed for `horizon` weeks."""
    runs = results.runs.copy()
    for stage in STAGES_REACHED:
        late = ~(runs[f"{stage}_week"].to_numpy(float, na_value=np.nan) <= horizon)
        runs[f"{stage}_week"] = runs[f"{stage}_week"].astype(float).mask(late)
        runs.loc[late & (runs["status"] == "done").to_numpy(), f"{stage}_censored"] = True
    return replace(results, runs=runs, experiment={**results.experiment, "weeks": horizon})


def unpaired(a: ComparedFolder, b: ComparedFolder) -> str:
    """Return why futures of two folders cannot be paired, '' if they can."""
    if a.results.experiment["seed"] != b.results.experiment["seed"]:
        return "their seeds differ"
    keys_a, keys_b = ([factor.key for factor in folder.results.factors] for folder in (a, b))
    worlds_a, worlds_b = (folder.findings.runs.drop_duplicates("point").set_index("point") for folder in (a, b))
    common = worlds_a.index.intersection(worlds_b.index)
    if keys_a != keys_b or not worlds_a.loc[common, keys_a].equals(worlds_b.loc[common, keys_a]):
        return "their worlds differ"
    pairs_a, pairs_b = (
        set(folder.findings.runs[["point", "seed", "replicate"]].itertuples(index=False)) for folder in (a, b)
    )
    return "" if len(pairs_a & pairs_b) > 1 else "they have fewer than two futures in common"


def difference_of(a: ComparedFolder, b: ComparedFolder, strategy: str, key: str, pair: bool) -> FolderDifference | None:
    """Return by how much an outcome is larger in `b` than in `a`, None if there is no interval."""
    first, second = a.estimate(strategy, key), b.estimate(strategy, key)
    if first is None or second is None or a.single or b.single:
        return None
    return paired_by_future(a, b, strategy, key) if pair else from_intervals(first, second)


def from_intervals(a: Estimate, b: Estimate) -> FolderDifference:
    """Return the difference b minus a of two independent estimates (Zou & Donner 2008)."""
    mean = b.mean - a.mean
    low = mean - sqrt((b.mean - b.low) ** 2 + (a.high - a.mean) ** 2)
    high = mean + sqrt((b.high - b.mean) ** 2 + (a.mean - a.low) ** 2)
    return FolderDifference(mean, low, high, False)


def paired_by_future(a: ComparedFolder, b: ComparedFolder, strategy: str, key: str) -> FolderDifference | None:
    """Return the difference b minus a, future by future."""
    stage, _, what = key.partition(":")
    column = {"share": f"{stage}_censored", "weeks": f"{stage}_week"}.get(what, key)
    factor = {"share": -100, "weeks": 1 / MONTHS.weeks}.get(what, 100 if key == "coordinator_dependence" else 1)
    columns = ["point", "seed", "replicate", "status", column]
    runs = pd.concat(
        [folder.runs_of(strategy)[columns].assign(strategy=folder.letter) for folder in (a, b)], ignore_index=True
    )
    try:
        found = difference(block(runs, column, (b.letter, a.letter), float(a.findings.horizon)), b.letter, a.letter)
    except (AnalysisError, ValueError):
        return None
    low, high = sorted((found.low * factor, found.high * factor))
    return FolderDifference(found.mean * factor, low, high, True)
