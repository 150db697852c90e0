"""Calibrate parameters to evidence: `python -m sim.evidence.calibrate --problem eies --trials 200 --seed 20000`.

There are two problems, each with free parameters in their plausible ranges, figures to fit and figures kept out:

- `eies`: the settings under which Freeman's EIES is simulated (`sim.evidence.targets.eies.FITTED`), fitted to inequality of
  messages, the organiser's share and densities; centralisation, transitivity and who befriends whom are kept out.
- `defaults`: the model's own defaults, fitted to attrition, spreading and the premise that networks alone lie in the
  tipping region (30 to 50% alive after three years); coalitions, directors, the session and ties are kept out.

The search is optuna's tree-structured Parzen estimator (Bergstra et al. 2011), seeded; the first trial is the current
settings.  All trials use the same futures, of tuning seeds; the best is then judged on fresh validation seeds.  Nothing is
written into the model: the result is a proposal, with the loss before and after on both sets of seeds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.evidence.seeds import TUNING_SEED, VALIDATION_SEED, purpose_of
from sim.evidence.targets import eies, volunteering
from sim.evidence.targets.counting import Overrides, single
from sim.evidence.targets.target import Target
from sim.evidence.targets.target_catalogue import BY_NAME
from sim.evidence.targets.validate import judge, run_experiments
from sim.lab.experiment.runner import extra_needed, in_parallel
from sim.lab.results import JsonObject, json_text
from sim.model.declarations import BY_KEY

TIPPING = (0.3, 0.5)
"""Share of networks alone that are alive after three years: a premise of the design, not evidence."""
Progress = Callable[[int, float], None]
"""Called with the number of trials done and the least loss so far."""
MISSING = 25.0
"""Loss of a figure that the model does not produce at all."""


class Free(NamedTuple):
    """A free parameter: its key, and the range that is searched."""

    key: str
    low: float
    high: float


@dataclass(frozen=True)
class Problem:
    """A calibration problem: free parameters and the figures to fit.

    `fit`, `kept_out`: names of targets.  `premise`: whether networks alone should lie in the tipping region.  `pull`:
    penalty for leaving the current settings; without it a few figures would move many parameters for little.
    """

    name: str
    free: tuple[Free, ...]
    fit: tuple[str, ...]
    kept_out: tuple[str, ...]
    premise: bool = False
    pull: float = 0.0


def free(key: str, low: float | None = None, high: float | None = None) -> Free:
    """Return a free parameter, searched in its declared plausible range by default."""
    declared = BY_KEY[key].range if key in BY_KEY else (0.0, 1.0)
    return Free(key, declared[0] if low is None else low, declared[1] if high is None else high)


EIES = Problem(
    "eies",
    (
        free("members.activity", 0.5, 8.0),
        free("members.activity_sigma", 0.6, 2.0),
        free("members.attention", 6.0, 60.0),
        free("organiser_activity", 1.0, 60.0),
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
        free("spreading.floor"),
        free("spreading.fan"),
    ),
    ("attrition", "contributions"),
    (
        *("coalitions", "directors", "session", "closure", "closure_more"),
        *("bridges", "mutual", "silence", "silence_foretells"),
    ),
    premise=True,
    pull=1.0,
)
PROBLEMS = {problem.name: problem for problem in (EIES, DEFAULTS)}


def misfit(target: Target, median: float) -> float:
    """Return the squared distance of a simulated median from a target, in tenths of the observed figure (at least .01).

    For a range, distance from the middle is in half-widths: the middle costs 0, both ends cost 1.
    """
    if not np.isfinite(median):
        return MISSING
    if target.kind == "range" and np.isfinite(target.low) and np.isfinite(target.high):
        return float(((median - 0.5 * (target.low + target.high)) / (0.5 * (target.high - target.low))) ** 2)
    return float(((median - target.observed) / max(0.1 * abs(target.observed), 0.01)) ** 2)


def alive_alone(overrides: Overrides, replicates: int, seed: int) -> float:
    """Return the share of networks without a coordinator that are alive after three years."""
    run = volunteering.alone(overrides)
    futures = [measured for _, measured in in_parallel(lambda n: run(seed, n), range(replicates))]
    return float(np.mean([single(future["alive"]) for future in futures]))


def medians(
    names: Sequence[str], settings: Overrides, data: eies.Eies, replicates: int, seed: int
) -> dict[str, tuple[float, bool]]:
    """Return the simulated median of each target, and whether it is inside, under settings."""
    targets = [BY_NAME[name] for name in names]
    experiments = tuple(dict.fromkeys(target.experiment for target in targets))
    overrides = dict.fromkeys(experiments, settings)
    futures = run_experiments(experiments, data, replicates, seed, overrides)
    results = [judge(target, futures[target.experiment], seed, data.generated) for target in targets]
    return {result.target.name: (result.median, result.inside) for result in results}


def loss(problem: Problem, settings: Overrides, data: eies.Eies, replicates: int, seed: int) -> float:
    """Return the mean misfit of the figures to fit, and of the premise if the problem has one."""
    fitted = medians(problem.fit, settings, data, replicates, seed)
    parts = [misfit(BY_NAME[name], median) for name, (median, _) in fitted.items()]
    if problem.premise:
        low, high = TIPPING
        alive = alive_alone(settings, 2 * replicates, seed)
        parts.append(((alive - 0.5 * (low + high)) / (0.5 * (high - low))) ** 2)
    return float(np.mean(parts))


def present(problem: Problem) -> dict[str, float]:
    """Return the current value of each free parameter, clipped to the range that is searched."""
    fitted = eies.FITTED if problem.name == "eies" else {}
    values = {key: fitted.get(key, BY_KEY[key].default if key in BY_KEY else low) for key, low, _ in problem.free}
    return {key: float(min(high, max(low, values[key]))) for key, low, high in problem.free}


def departure(problem: Problem, settings: Overrides) -> float:
    """Return the mean squared distance of settings from the current ones, in widths of the ranges searched."""
    now = present(problem)
    return float(np.mean([((settings[key] - now[key]) / (high - low)) ** 2 for key, low, high in problem.free]))


def search(
    problem: Problem, trials: int, seed: int, replicates: int, data: eies.Eies, progress: Progress
) -> dict[str, float]:
    """Return the best settings in this number of trials."""
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
        settings = {key: rounded(trial.suggest_float(key, low, high)) for key, low, high in problem.free}
        study.tell(trial, loss(problem, settings, data, replicates, seed) + problem.pull * departure(problem, settings))
        progress(number + 1, float(study.best_value))
    return {key: rounded(value) for key, value in study.best_params.items()}


def rounded(value: float) -> float:
    """Return a value rounded to three significant digits."""
    return float(f"{value:.3g}")


def report(problem: Problem, settings: Overrides, data: eies.Eies, replicates: int, seed: int) -> JsonObject:
    """Return loss and figures under settings; `fit`, `kept_out`: median of each target, and whether it is inside."""
    return {
        "seed": seed,
        "loss": loss(problem, settings, data, replicates, seed),
        "alive_alone": alive_alone(settings, 2 * replicates, seed) if problem.premise else None,
        "fit": medians(problem.fit, settings, data, replicates, seed),
        "kept_out": medians(problem.kept_out, settings, data, replicates, seed),
    }


def calibrate(
    problem: Problem, trials: int, seed: int, replicates: int, data: eies.Eies, progress: Progress
) -> JsonObject:
    """Search on tuning seeds, then judge current and best settings on both sets of seeds; return what is printed."""
    settings = {"now": present(problem), "proposed": search(problem, trials, seed, replicates, data, progress)}
    start = "generated" if data.generated else "data"
    head = {"problem": problem.name, "trials": trials, "replicates": replicates, "start": start}
    judged = {
        name: {which: report(problem, values, data, futures, on) for which, values in settings.items()}
        for name, futures, on in (("tuning", replicates, seed), ("validation", 4 * replicates, VALIDATION_SEED))
    }
    return {**head, **settings, **judged}


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the checked options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m sim.evidence.calibrate", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--problem", choices=tuple(PROBLEMS), default="eies", help="what to calibrate")
    parser.add_argument("--trials", type=int, default=200, help="settings to try")
    parser.add_argument("--replicates", type=int, default=24, help="simulated futures per trial")
    parser.add_argument(
        "--seed", type=int, default=TUNING_SEED, help="seed of the search and of its futures: a tuning seed"
    )
    parser.add_argument("--data", type=Path, default=None, help="folder of the EIES data")
    chosen = parser.parse_args(arguments)
    if purpose_of(chosen.seed) != "tuning":
        parser.error(f"--seed is {chosen.seed}, not a tuning seed; allowed are {TUNING_SEED} and the seeds after it")
    if chosen.trials < 1 or chosen.replicates < 2:
        parser.error("--trials must be at least 1, --replicates at least 2")
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate, and print the proposal as JSON."""
    chosen = options(arguments)

    def progress(number: int, best: float) -> None:
        if number % 20 == 0 or number == chosen.trials:
            print(f"{number} of {chosen.trials} tried, least loss {best:.4f}", file=sys.stderr, flush=True)

    folder = eies.find_data(chosen.data)
    data = eies.read(folder) if folder else eies.stand_in()
    proposal = calibrate(PROBLEMS[chosen.problem], chosen.trials, chosen.seed, chosen.replicates, data, progress)
    sys.stdout.write(json_text(proposal))
    return 0


if __name__ == "__main__":
    sys.exit(main())
