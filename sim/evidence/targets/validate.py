"""Hold the model against the targets: run their experiments on many simulated futures, and say what is inside.

Each experiment gives numbers for each future; what the futures do not depend on is their order, the number of threads
and which other targets were asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sim.evidence.seeds import VALIDATION_SEED
from sim.evidence.targets import club_split, eies, meetings, tie_turnover, volunteering
from sim.evidence.targets.counting import Counted, Measured, Overrides, Run, majority, over_futures, pooled, single
from sim.evidence.targets.target import Target
from sim.evidence.targets.target_catalogue import TARGETS
from sim.lab.experiment.runner import in_parallel

EXPERIMENTS: Mapping[str, Callable[[Overrides], Run]] = {
    "volunteers": volunteering.volunteers,
    "coalition": volunteering.coalition,
    "directors": volunteering.directors,
    "session": meetings.session,
    "convening": meetings.convening,
    "ties": tie_turnover.ties,
    "club": club_split.split,
}
"""Experiments by name; `eies` comes with its data on top."""
REPLICATES = 200


@dataclass(frozen=True)
class Finding:
    """One target, and what simulated futures say: median and 90% interval (of what is pooled: estimate and its interval).

    `values`: one a future.  `people`: where a majority is told, the share of futures that had each person right.
    """

    target: Target
    median: float
    low: float
    high: float
    values: tuple[float, ...]
    start: str
    people: tuple[float, ...] = ()

    @property
    def inside(self) -> bool:
        """Whether model and target agree, as `Target` says."""
        return self.target.inside(self.median, self.low, self.high)

    def summary(self) -> dict[str, Any]:
        """The finding as `gennet validate --json` prints it."""
        target = self.target
        has_range = target.kind != "figure"
        return {
            "target": target.name,
            "label": target.label,
            "source": target.source.citation,
            "observed": target.side if np.isnan(target.observed) else target.observed,
            "observed_range": [target.low, target.high] if has_range else None,
            "kind": target.kind,
            "median": self.median,
            "interval90": [self.low, self.high],
            "inside": self.inside,
            "in_fit": target.in_fit,
            "unit": target.unit,
            "start": self.start,
            "experiment": target.experiment,
            "futures": len(self.values),
            "note": target.note,
            "why": "" if self.inside else target.why,
        }


def starts(data: Path | None) -> eies.Eies:
    """The EIES data of a folder, or their stand-in.  Errors: NetworkError."""
    return eies.read(data) if data else eies.stand_in()


def experiment(name: str, data: eies.Eies, overrides: Overrides) -> Run:
    """One future of an experiment, as a function of seed and replicate."""
    if name == "eies":
        return partial(eies.simulated, data, eies.scenario(dict(overrides)))
    return EXPERIMENTS[name](overrides)


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
    """The measures of every experiment, a future each, in order of replicates; only whole sets if stopped.

    `overrides`: parameters by experiment, for calibration and tests.
    """
    runs = {name: experiment(name, data, (overrides or {}).get(name, {})) for name in names}
    tasks = [(name, replicate) for replicate in range(replicates) for name in runs]
    results: list[Measured | None] = [None] * len(tasks)

    def work(task: tuple[str, int]) -> Measured:
        """One future of one experiment."""
        name, replicate = task
        return runs[name](seed, replicate)

    for done, (place, measured) in enumerate(in_parallel(work, tasks, jobs, stopped), start=1):
        results[place] = measured
        progress(done, len(tasks))
    sets = [results[at : at + len(runs)] for at in range(0, len(tasks), len(runs))] if runs else []
    whole = [one for one in sets if all(measured is not None for measured in one)]
    return {name: [one[place] for one in whole] for place, name in enumerate(runs)}  # type: ignore[misc]


def finding(target: Target, futures: Sequence[Measured], seed: int, generated: bool) -> Finding:
    """What simulated futures say of one target."""
    columns = [[future[measure] for future in futures] for measure in target.measures]
    counts = [[value for value in column if isinstance(value, Counted)] for column in columns]
    values = tuple(single(value) for value in columns[0])
    people: tuple[float, ...] = ()
    if target.pooling == "counts":
        median, low, high = pooled(counts, seed)
    elif target.pooling == "majority":
        votes = np.array(columns[0])
        median, low, high = majority(votes, seed)
        people = tuple(votes.mean(axis=0).tolist())
    else:
        median, low, high = over_futures(values)
    start = {"eies": "generated" if generated else "data", "club": "data"}.get(target.experiment, "generated")
    return Finding(target, median, low, high, values, start, people)


def chosen(only: Sequence[str]) -> tuple[Target, ...]:
    """The targets of these names, or experiments, in order; all if none is named.  ValueError for an unknown name."""
    if not only:
        return TARGETS
    known = {target.name for target in TARGETS} | {target.experiment for target in TARGETS}
    for name in only:
        if name not in known:
            raise ValueError(name)
    return tuple(target for target in TARGETS if target.name in only or target.experiment in only)


def validate(
    replicates: int = REPLICATES,
    seed: int = VALIDATION_SEED,
    only: Sequence[str] = (),
    data: Path | None = None,
    jobs: int | None = None,
    overrides: Mapping[str, Overrides] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[Finding]:
    """Every target, or those named, against `replicates` simulated futures of each experiment.

    `only`: names of targets or experiments.  `data`: folder of the EIES data (see `eies.find_data`); without it that
    network starts from a stand-in.  Empty if it was stopped before one future of every experiment was complete.
    Errors: NetworkError for data that cannot be used, ValueError for an unknown name.
    """
    targets = chosen(only)
    names = tuple(dict.fromkeys(target.experiment for target in targets))
    source = starts(data)
    found = run_experiments(names, source, replicates, seed, overrides, jobs, progress, stopped)
    if not all(found[name] for name in names):
        return []
    return [finding(target, found[target.experiment], seed, source.generated) for target in targets]


def score(findings: Sequence[Finding]) -> dict[str, int]:
    """How many targets there are, and how many are inside, of those kept out and of those in a fit."""
    kept = [one for one in findings if not one.target.in_fit]
    fitted = [one for one in findings if one.target.in_fit]
    return {
        "targets": len(findings),
        "inside": sum(one.inside for one in findings),
        "kept_out": len(kept),
        "kept_out_inside": sum(one.inside for one in kept),
        "in_fit": len(fitted),
        "in_fit_inside": sum(one.inside for one in fitted),
    }
