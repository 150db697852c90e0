"""The bar for relations: `python -m sim.evidence.targets.bar` prints each figure with its range, in under a minute.

    python -m sim.evidence.targets.bar --set trust.gain=0.1 --only relations --more

Each line has the simulated value with its 90% interval, the published figure and its range, the skill (see `scores`), and
whether it is outside.  Futures are few and of tuning seeds, so that rules can be tuned with it; `gennet validate` judges.
`--set` overrides a parameter in all experiments, also where an experiment sets it; `--all` prints the other targets of these
experiments too, and `--more` every measure.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

import numpy as np

from sim.evidence.seeds import TUNING_SEED
from sim.evidence.targets import eies
from sim.evidence.targets.counting import Counted, Measured, single
from sim.evidence.targets.target import Target
from sim.evidence.targets.target_catalogue import EXPERIMENTS, TARGETS
from sim.evidence.targets.validate import judge

FUTURES = {
    "growth": 12,
    "apart": 4,
    "relations": 30,
    "house": 60,
    "eies": 24,
    "introduced": 60,
    "alone": 200,
    "community": 6,
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
    """Return one line: simulated value with 90% interval, figure, range, and whether it is inside."""
    found = judge(target, futures, TUNING_SEED, False)
    verdict = "" if found.inside else "OUTSIDE"
    span = "" if target.kind == "figure" else f"[{target.low:g} to {target.high:g}]"
    skill = "" if np.isnan(found.score.skill) else f"{found.score.skill:6.2f}"
    return (
        f"{target.label:<60} {found.median:8.3f} ({found.low:.3f} to {found.high:.3f})".ljust(95)
        + f"{target.observed:7.3f} {span:<14} {skill:>6} {verdict}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the bar; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sim.evidence.targets.bar", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", action="append", choices=tuple(FUTURES), help="only this experiment; repeatable")
    parser.add_argument("--set", action="append", default=[], metavar="GROUP.NAME=NUMBER", help="override a parameter")
    parser.add_argument("--seed", type=int, default=TUNING_SEED, help="seed")
    parser.add_argument("--times", type=float, default=1.0, help="so many times the usual number of futures")
    parser.add_argument("--all", action="store_true", help="also the targets that are not lines of the bar")
    parser.add_argument("--more", action="store_true", help="also print every measure")
    chosen = parser.parse_args(arguments)
    overrides = {key: float(value) for key, value in (text.split("=", 1) for text in chosen.set)}
    data = eies.found_or_stand_in()
    for name in chosen.only or FUTURES:
        began, run = time.process_time(), EXPERIMENTS[name](overrides, data)
        number = max(2, round(chosen.times * FUTURES[name]))
        futures = [run(chosen.seed, replicate) for replicate in range(number)]
        print(f"{name}: {number} futures, {time.process_time() - began:.1f} s", flush=True)
        for target in TARGETS:
            if target.experiment == name and (target.bar or chosen.all):
                print("  " + line(target, futures))
        if chosen.more:
            for measure in futures[0]:
                print(f"      {measure:<28} {pooled_value(futures, measure):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
