"""Compare the model with the targets: run their experiments on many simulated futures, and say which are inside.

Results do not depend on the order of futures, the number of threads, or which other targets are requested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sim.evidence.seeds import VALIDATION_SEED
from sim.evidence.study_sizes import TARGET_REPLICATES
from sim.evidence.targets import eies
from sim.evidence.targets.counting import Counted, Measured, Overrides, majority, over_futures, pooled, single
from sim.evidence.targets.scores import NO_SCORE, Score
from sim.evidence.targets.scores import score as score_of
from sim.evidence.targets.target import Target
from sim.evidence.targets.target_catalogue import EXPERIMENTS, TARGETS
from sim.lab.experiment.runner import in_parallel

REAL_STARTS = ("club", "alone")
"""Experiments that start from a network that comes with the package."""


@dataclass(frozen=True)
class TargetResult:
    """One target in simulated futures: median and 90% interval (of what is pooled: estimate and its interval).

    `values`: one per future.  `people`: for a majority, the share of futures that had each person right.  `further`: values of
    further measures, by name.
    """

    target: Target
    median: float
    low: float
    high: float
    values: tuple[float, ...]
    start: str
    score: Score = NO_SCORE
    people: tuple[float, ...] = ()
    further: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def inside(self) -> bool:
        """Whether model and target agree, as `Target` says."""
        return self.target.inside(self.median, self.low, self.high)

    def summary(self) -> dict[str, object]:
        """Return the row that `gennet validate --json` prints."""
        target = self.target
        has_range = target.kind != "figure"
        return {
            "target": target.name,
            "label": target.label,
            "source": target.source.full,
            "observed": target.side if np.isnan(target.observed) else target.observed,
            "observed_range": [target.low, target.high] if has_range else None,
            "kind": target.kind,
            "median": self.median,
            "interval90": [self.low, self.high],
            "inside": self.inside,
            "interval_score": self.score.interval,
            "crps": self.score.crps,
            "skill": self.score.skill,
            "in_fit": target.in_fit,
            "unit": target.unit,
            "start": self.start,
            "experiment": target.experiment,
            "futures": len(self.values),
            "note": target.note,
            "why": "" if self.inside else target.why,
        }


def run_experiments(
    names: Iterable[str],
    data: eies.Eies,
    replicates: int,
    seed: int,
    overrides: Mapping[str, Overrides] | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, list[Measured]]:
    """Return the measures of every experiment by future; if stopped, those of replicates that are complete.

    `overrides`: parameters by experiment, for calibration and tests.
    """
    runs = {name: EXPERIMENTS[name]((overrides or {}).get(name, {}), data) for name in names}
    tasks = [(name, replicate) for replicate in range(replicates) for name in runs]
    results: dict[int, Measured] = {}

    def work(task: tuple[str, int]) -> Measured:
        name, replicate = task
        return runs[name](seed, replicate)

    for done, (place, measured) in enumerate(in_parallel(work, tasks, jobs, stopped), start=1):
        results[place] = measured
        progress(done, len(tasks))
    firsts = range(0, len(tasks), len(runs) or 1)
    complete = [first for first in firsts if all(first + place in results for place in range(len(runs)))]
    return {name: [results[first + place] for first in complete] for place, name in enumerate(runs)}


def judge(target: Target, futures: Sequence[Measured], seed: int, generated: bool) -> TargetResult:
    """Compare one target with simulated futures of its experiment."""
    columns = [[future[measure] for future in futures] for measure in target.measures]
    counts = [[value for value in column if isinstance(value, Counted)] for column in columns]
    values = tuple(single(value) for value in columns[0])
    people: tuple[float, ...] = ()
    if target.pooling == "counts":
        found = pooled(counts, seed)
    elif target.pooling == "majority":
        votes = np.array(columns[0])
        found = majority(votes, seed)
        people = tuple(votes.mean(axis=0).tolist())
    else:
        found = over_futures(values)
    scored = NO_SCORE
    if target.kind != "direction":
        span = (target.low, target.high) if target.kind == "range" else (target.observed, target.observed)
        scored = score_of(found.sample, found.low, found.high, target.observed, span, target.unit)
    start = "generated" if target.experiment != "eies" or generated else "data"
    start = "data" if target.experiment in REAL_STARTS else start
    further = {name: tuple(single(future[name]) for future in futures) for name in target.further}
    return TargetResult(target, found.median, found.low, found.high, values, start, scored, people, further)


def chosen(only: Sequence[str]) -> tuple[Target, ...]:
    """Return the targets of these names or experiments, all if there are none.  Raises ValueError for an unknown name."""
    if not only:
        return TARGETS
    known = {target.name for target in TARGETS} | {target.experiment for target in TARGETS}
    for name in only:
        if name not in known:
            raise ValueError(name)
    return tuple(target for target in TARGETS if target.name in only or target.experiment in only)


def validate(
    replicates: int = TARGET_REPLICATES,
    seed: int = VALIDATION_SEED,
    only: Sequence[str] = (),
    data: Path | None = None,
    jobs: int | None = None,
    overrides: Mapping[str, Overrides] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[TargetResult]:
    """Compare targets with `replicates` simulated futures of each experiment.

    `only`: names of targets or experiments, all if empty.  `data`: folder of the EIES data (see `eies.find_data`); without
    it that network starts from a stand-in.  The result is empty if stopped before the first future of each is complete.

    Raises NetworkError for data that cannot be used, and ValueError for an unknown name.
    """
    targets = chosen(only)
    names = tuple(dict.fromkeys(target.experiment for target in targets))
    source = eies.read(data) if data else eies.stand_in()
    found = run_experiments(names, source, replicates, seed, overrides, jobs, progress, stopped)
    if not all(found[name] for name in names):
        return []
    return [judge(target, found[target.experiment], seed, source.generated) for target in targets]


def score(results: Sequence[TargetResult]) -> dict[str, float]:
    """Return how many targets there are and how many are inside, of those kept out of the fit and of those in it.

    `median_skill`: of targets with a score; `skilled`: how many of these do better than knowing nothing; `scored`: of how many.
    """
    kept_out = [result for result in results if not result.target.in_fit]
    fitted = [result for result in results if result.target.in_fit]
    skills = [result.score.skill for result in results if not np.isnan(result.score.skill)]
    return {
        "targets": len(results),
        "inside": sum(result.inside for result in results),
        "kept_out": len(kept_out),
        "kept_out_inside": sum(result.inside for result in kept_out),
        "in_fit": len(fitted),
        "in_fit_inside": sum(result.inside for result in fitted),
        "scored": len(skills),
        "skilled": sum(skill > 0 for skill in skills),
        "median_skill": float(np.median(skills)) if skills else np.nan,
    }
