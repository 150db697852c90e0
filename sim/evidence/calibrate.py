"""Calibrate parameters to evidence: `python -m sim.evidence.calibrate --problem eies --trials 200 --seed 20000`.

Two problems, each with free parameters in their plausible ranges, figures to fit and figures kept out:

- `eies`: the settings under which Freeman's EIES is simulated (`sim.evidence.targets.eies.FITTED`), fitted to inequality of
  messages, the organiser's share and densities; centralisation, transitivity and who befriends whom are kept out.
- `defaults`: the model's own defaults, fitted to attrition, spreading and the premise that networks alone lie in the
  tipping region (30 to 50% alive after three years); coalitions, directors, the session and ties are kept out.

The search is optuna's tree-structured Parzen estimator (Bergstra et al. 2011), seeded; the first trial is what the code
has now.  All trials look at the same futures, of tuning seeds; what is found is then judged on fresh validation seeds.
Nothing is written into the model: what comes out is a proposal, with the loss before and after on both sets of seeds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.evidence.seeds import TUNING_SEED, VALIDATION_SEED, purpose_of
from sim.evidence.targets import eies, volunteering
from sim.evidence.targets.counting import Counted, Measured, Overrides
from sim.evidence.targets.target import Target
from sim.evidence.targets.target_catalogue import BY_NAME
from sim.evidence.targets.validate import finding, run_experiments, starts
from sim.lab.experiment.runner import in_parallel
from sim.lab.extras import extra_needed
from sim.model.declarations import BY_KEY

TIPPING = (0.3, 0.5)
"""Share of networks alone that are alive after three years: a premise of the design, no evidence."""
MISSING = 25.0
"""Loss of a figure that the model does not give at all."""


@dataclass(frozen=True)
class Free:
    """A free parameter: its key, and the range that is searched (its plausible range unless given)."""

    key: str
    low: float
    high: float


@dataclass(frozen=True)
class Problem:
    """What to search, and what for.

    `fit`, `kept_out`: names of targets.  `premise`: whether networks alone are to lie in the tipping region.  `pull`: how
    strongly a parameter is held to what the code has: without it, few figures would move many parameters for nothing.
    """

    name: str
    free: tuple[Free, ...]
    fit: tuple[str, ...]
    kept_out: tuple[str, ...]
    premise: bool = False
    pull: float = 0.0


def free(key: str, low: float | None = None, high: float | None = None) -> Free:
    """A free parameter, searched in its declared plausible range unless told otherwise."""
    declared = BY_KEY[key].range if key in BY_KEY else (0.0, 1.0)
    return Free(key, declared[0] if low is None else low, declared[1] if high is None else high)


EIES = Problem(
    "eies",
    (
        free("members.activity", 1.0, 8.0),
        free("members.activity_sigma", 0.6, 1.6),
        free("members.generosity_spread"),
        free("trust.gain"),
        free("trust.decay", 0.004, 0.05),
        free("trust.comfortable", 5.0, 31.0),
        free("choice.beyond"),
        free("choice.anyone"),
        free("choice.connections"),
        free("spreading.attention", 3.0, 30.0),
        free("hub_share", 0.05, 0.6),
    ),
    ("eies_top_3", "eies_bottom_half", "eies_organiser", "eies_met_density", "eies_friend_density"),
    tuple(name for name, target in BY_NAME.items() if target.experiment == "eies" and not target.in_fit),
)
DEFAULTS = Problem(
    "defaults",
    (
        free("giving.value"),
        free("reciprocity.overhead"),
        free("engagement.enough"),
        free("leaving.hazard"),
        free("leaving.steepness"),
        free("spreading.chance"),
        free("spreading.floor"),
        free("spreading.fan"),
    ),
    ("attrition", "contributions"),
    (
        "coalitions",
        "directors",
        "session",
        "closure",
        "closure_more",
        "bridges",
        "mutual",
        "silence",
        "silence_foretells",
    ),
    premise=True,
    pull=1.0,
)
PROBLEMS = {problem.name: problem for problem in (EIES, DEFAULTS)}


def misfit(target: Target, median: float) -> float:
    """Squared distance of a simulated median from a target, in tenths of the observed figure (a hundredth at least).

    Of a range, distance from the middle counts in half-widths, so that the middle is best and both ends cost 1.
    """
    if not np.isfinite(median):
        return MISSING
    if target.kind == "range" and np.isfinite(target.low) and np.isfinite(target.high):
        return float(((median - 0.5 * (target.low + target.high)) / (0.5 * (target.high - target.low))) ** 2)
    return float(((median - target.observed) / max(0.1 * abs(target.observed), 0.01)) ** 2)


def alive_alone(overrides: Overrides, replicates: int, seed: int) -> float:
    """Share of networks without a coordinator that are alive after three years."""
    run = volunteering.alone(overrides)
    found: list[Measured] = [measured for _, measured in in_parallel(lambda n: run(seed, n), range(replicates))]
    counts = [one["alive"] for one in found]
    return float(np.mean([one.hits for one in counts if isinstance(one, Counted)]))


def judge(
    names: Sequence[str], settings: Overrides, data: eies.Eies, replicates: int, seed: int
) -> dict[str, tuple[float, bool]]:
    """Simulated median and whether it is inside, for targets by name, under settings."""
    targets = [BY_NAME[name] for name in names]
    experiments = tuple(dict.fromkeys(target.experiment for target in targets))
    overrides = dict.fromkeys(experiments, settings)
    futures = run_experiments(experiments, data, replicates, seed, overrides)
    found = [finding(target, futures[target.experiment], seed, data.generated) for target in targets]
    return {one.target.name: (one.median, one.inside) for one in found}


def loss(problem: Problem, settings: Overrides, data: eies.Eies, replicates: int, seed: int) -> float:
    """Mean misfit of the figures to fit, and of the premise if the problem has one."""
    found = judge(problem.fit, settings, data, replicates, seed)
    parts = [misfit(BY_NAME[name], median) for name, (median, _) in found.items()]
    if problem.premise:
        low, high = TIPPING
        alive = alive_alone(settings, 2 * replicates, seed)
        parts.append(((alive - 0.5 * (low + high)) / (0.5 * (high - low))) ** 2)
    return float(np.mean(parts))


def present(problem: Problem) -> dict[str, float]:
    """What the code has now for each free parameter, held in the range that is searched."""
    fitted: dict[str, Any] = {**eies.COORDINATOR, **eies.FITTED} if problem.name == "eies" else {}
    values = {
        one.key: fitted.get(one.key, BY_KEY[one.key].default if one.key in BY_KEY else one.low) for one in problem.free
    }
    return {one.key: float(min(one.high, max(one.low, values[one.key]))) for one in problem.free}


def departure(problem: Problem, settings: Overrides) -> float:
    """Mean squared distance of settings from what the code has, in widths of the ranges searched."""
    now = present(problem)
    return float(np.mean([((settings[one.key] - now[one.key]) / (one.high - one.low)) ** 2 for one in problem.free]))


def search(
    problem: Problem, trials: int, seed: int, replicates: int, data: eies.Eies, told: Callable[[int, float], None]
) -> dict[str, float]:
    """The best settings found in so many trials.  `told`: called with each trial's number and the best loss so far."""
    try:
        import optuna
    except ImportError:
        raise SystemExit(extra_needed("calibration", "calibrate")) from None

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=max(10, trials // 5))
    study = optuna.create_study(sampler=sampler)
    study.enqueue_trial(present(problem))
    for number in range(trials):
        trial = study.ask()
        settings = {one.key: rounded(trial.suggest_float(one.key, one.low, one.high)) for one in problem.free}
        study.tell(trial, loss(problem, settings, data, replicates, seed) + problem.pull * departure(problem, settings))
        told(number + 1, float(study.best_value))
    return {key: rounded(value) for key, value in study.best_params.items()}


def rounded(value: float) -> float:
    """Three significant digits: what is proposed is what was tried."""
    return float(f"{value:.3g}")


def report(
    problem: Problem, settings: Mapping[str, float], data: eies.Eies, replicates: int, seed: int
) -> dict[str, Any]:
    """Loss and figures under settings, fitted and kept out."""
    return {
        "seed": seed,
        "loss": loss(problem, settings, data, replicates, seed),
        "alive_alone": alive_alone(settings, 2 * replicates, seed) if problem.premise else None,
        "fit": judge(problem.fit, settings, data, replicates, seed),
        "kept_out": judge(problem.kept_out, settings, data, replicates, seed),
    }


def calibrate(
    problem: Problem, trials: int, seed: int, replicates: int, data: eies.Eies, told: Callable[[int, float], None]
) -> dict[str, Any]:
    """Search on tuning seeds, then judge what the code has now and what was found on both sets of seeds."""
    best = search(problem, trials, seed, replicates, data, told)
    before = present(problem)
    judged = 4 * replicates
    return {
        "problem": problem.name,
        "trials": trials,
        "replicates": replicates,
        "start": "generated" if data.generated else "data",
        "now": before,
        "proposed": best,
        "tuning": {
            "now": report(problem, before, data, replicates, seed),
            "proposed": report(problem, best, data, replicates, seed),
        },
        "validation": {
            "now": report(problem, before, data, judged, VALIDATION_SEED),
            "proposed": report(problem, best, data, judged, VALIDATION_SEED),
        },
    }


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sim.evidence.calibrate", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--problem", choices=tuple(PROBLEMS), default="eies", help="what to calibrate")
    parser.add_argument("--trials", type=int, default=200, help="settings to try")
    parser.add_argument("--replicates", type=int, default=24, help="simulated futures a trial")
    parser.add_argument(
        "--seed", type=int, default=TUNING_SEED, help="seed of the search and of its futures: a tuning seed"
    )
    parser.add_argument("--data", type=Path, default=None, help="folder of the EIES data")
    asked = parser.parse_args(arguments)
    if purpose_of(asked.seed) != "tuning":
        parser.error(
            f"--seed is {asked.seed}, which is no tuning seed; allowed are {TUNING_SEED} and the seeds after it"
        )
    if asked.trials < 1 or asked.replicates < 2:
        parser.error("--trials and --replicates are at least 1 and 2")
    return asked


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate, and print what came out as JSON."""
    from sim.lab.results import json_text

    asked = options(arguments)

    def told(number: int, best: float) -> None:
        """A line now and then."""
        if number % 20 == 0 or number == asked.trials:
            print(f"{number} of {asked.trials} tried, least loss {best:.4f}", file=sys.stderr, flush=True)

    data = starts(eies.find_data(asked.data))
    found = calibrate(PROBLEMS[asked.problem], asked.trials, asked.seed, asked.replicates, data, told)
    sys.stdout.write(json_text(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
