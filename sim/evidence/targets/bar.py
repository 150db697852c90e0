"""The bar for relations: `python -m sim.evidence.targets.bar` prints each figure with its range, in under a minute.

    python -m sim.evidence.targets.bar --set meeting.rate=3 --only relations --more

Futures are few and of tuning seeds, so that rules can be tuned with it; `gennet validate` judges.  `--set` overrides a
parameter in all experiments; `--more` also prints every measure of each experiment.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from sim.evidence.seeds import TUNING_SEED
from sim.evidence.targets import eies, introduced, newcomb, strangers, without_ties
from sim.evidence.targets.counting import Counted, Measured, Overrides, Run, single
from sim.evidence.targets.relation_targets import BAR
from sim.evidence.targets.target import Target
from sim.evidence.targets.validate import judge

EXPERIMENTS: Mapping[str, tuple[Callable[[Overrides], Run], int]] = {
    "growth": (strangers.growth, 6),
    "apart": (strangers.apart, 4),
    "relations": (strangers.relations, 12),
    "house": (newcomb.house, 20),
    "eies": (lambda overrides: eies.experiment(overrides, eies.found_or_stand_in()), 8),
    "introduced": (introduced.introduced, 16),
    "alone": (without_ties.alone, 20),
}
"""Experiments, and how many futures of each are enough to tune with."""


def pooled_value(futures: Sequence[Measured], name: str) -> float:
    """Return a measure over futures: counts added up, else the mean."""
    values = [future[name] for future in futures]
    counts = [value for value in values if isinstance(value, Counted)]
    if counts:
        return Counted(sum(count.hits for count in counts), sum(count.total for count in counts)).share
    numbers = [single(value) for value in values]
    return float(np.nanmean(numbers)) if np.isfinite(numbers).any() else np.nan


def line(target: Target, futures: Sequence[Measured]) -> str:
    """Return one line of the bar: figure, simulated value with 90% interval, range, and whether it is inside."""
    found = judge(target, futures, TUNING_SEED, False)
    verdict = "      " if found.inside else "OUTSIDE"
    span = f"{target.low:g} to {target.high:g}"
    return f"{target.label:<60} {found.median:8.3f} ({found.low:.3f} to {found.high:.3f})  bar {span:<12} {verdict}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the bar; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sim.evidence.targets.bar", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", action="append", choices=tuple(EXPERIMENTS), help="only this experiment; repeatable")
    parser.add_argument("--set", action="append", default=[], metavar="GROUP.NAME=NUMBER", help="override a parameter")
    parser.add_argument("--seed", type=int, default=TUNING_SEED, help="seed")
    parser.add_argument("--times", type=float, default=1.0, help="so many times the usual number of futures")
    parser.add_argument("--more", action="store_true", help="also print every measure")
    chosen = parser.parse_args(arguments)
    overrides = {key: float(value) for key, value in (text.split("=", 1) for text in chosen.set)}
    for name in chosen.only or EXPERIMENTS:
        experiment, replicates = EXPERIMENTS[name]
        began, run = time.process_time(), experiment(overrides)
        futures = [run(chosen.seed, replicate) for replicate in range(max(2, round(chosen.times * replicates)))]
        print(f"{name}: {len(futures)} futures, {time.process_time() - began:.1f} s", flush=True)
        for target in BAR:
            if target.experiment == name:
                print("  " + line(target, futures))
        if chosen.more:
            for measure in futures[0]:
                print(f"      {measure:<28} {pooled_value(futures, measure):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
