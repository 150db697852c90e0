"""Follow a network over several waves: what changed, the model fitted to it, whether weaving shows, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.inputs.bounds import MOST_JOBS, whole
from sim.inputs.profile.network_profile import NetworkProfile, profile_of
from sim.inputs.profile.progress import Progress, progress_of
from sim.inputs.reading.plain import DEFAULT_OPTIONS, ReadOptions
from sim.inputs.reading.reader import read_file
from sim.inputs.reading.wave_files import DatedNetwork, read_waves
from sim.lab.analysis.events import Estimate
from sim.lab.analysis.structure_fit import StructureFit
from sim.lab.sizes import DEFAULT_WAVE_DRAWS, FEWEST_WAVE_DRAWS, MOST_WAVE_DRAWS
from sim.lab.waves.tie_fit import TieFit, observed_statistics, tie_fit, tie_worlds
from sim.lab.waves.wave_checks import (
    Expected,
    ForecastScore,
    Runs,
    WeavingSign,
    expected,
    futures_of,
    next_wave,
    scores,
    structure_checks,
    weaving_sign,
)
from sim.lab.waves.wave_model import FREE, WaveModel, free_range, wave_scenario
from sim.lab.waves.wave_steps import TieCounts, WaveStep, counts_of, steps_of, with_places

ACCEPTED = 0.05
MOST_MEMBERS = 1000
MOST_HOURS = 1000.0
LIKELY = 5


@dataclass(frozen=True, eq=False)
class WaveForecast:
    """The next wave, among today's members as long as they stay.

    `measures`: bands by name.  `likely_new`, `likely_lost`: pairs of names, and the chance to be tied then.
    """

    weeks: int
    hours: float
    measures: dict[str, Estimate]
    likely_new: list[tuple[str, str, float]]
    likely_lost: list[tuple[str, str, float]]


class StepResult(NamedTuple):
    """One step: what changed, ties among those who can be judged, and what the fitted model gives."""

    step: WaveStep
    progress: Progress
    counts: TieCounts
    fitted: Expected


@dataclass(frozen=True, eq=False)
class Following:
    """Several waves of a network, and the model fitted to them.

    `checks`: of the last step.  `scores`: of the last wave, forecast without having seen it; `scored_fit`: from the worlds
    that earlier steps chose, or as drawn if there are none.
    """

    waves: tuple[DatedNetwork, ...]
    steps: tuple[StepResult, ...]
    seed: int
    draws: int
    fit: TieFit
    weaving: tuple[WeavingSign, ...]
    checks: list[StructureFit]
    forecast: WaveForecast
    scores: list[ForecastScore]
    scored_fit: bool

    def payload(self) -> dict[str, object]:
        """Return the analysis for `--json`."""
        return {
            "waves": [
                {
                    "date": one.when.label,
                    "week": one.when.week,
                    "members": one.network.start.members,
                    "ties": len(one.network.start.ties),
                }
                for one in self.waves
            ],
            "steps": [step_payload(one) for one in self.steps],
            "seed": self.seed,
            "worlds": self.draws,
            "accepted": len(self.fit.worlds),
            "parameters": {key: vars(self.fit.estimate(key)) | {"before": list(free_range(key))} for key in FREE},
            "weaving": [
                {
                    "step": sign.place,
                    "kept_without": None if sign.kept is None else vars(sign.kept),
                    "new_without": vars(sign.new),
                    "gain_in_model": vars(sign.gain),
                    "sign": sign.sign,
                    "fitted": sign.fitted,
                }
                for sign in self.weaving
            ],
            "checks": [{"statistic": one.statistic, "p": one.p} for one in self.checks],
            "forecast": {
                "weeks": self.forecast.weeks,
                "hours": self.forecast.hours,
                "measures": {name: vars(one) for name, one in self.forecast.measures.items()},
                "likely_new": self.forecast.likely_new,
                "likely_lost": self.forecast.likely_lost,
            },
            "scores": [one._asdict() for one in self.scores],
            "scored_after_fit": self.scored_fit,
        }


def step_payload(one: StepResult) -> dict[str, object]:
    """Return a step for `--json`."""
    counts = {"before": one.counts.before, "after": one.counts.after, "kept": one.counts.kept, "new": one.counts.new}
    return {
        "from": one.step.labels[0],
        "to": one.step.labels[1],
        "weeks": one.step.weeks,
        "hours": one.step.hours,
        "followed": len(one.step.judged),
        "ties_followed": counts,
        "kept_expected": vars(one.fitted.kept),
        "new_expected": vars(one.fitted.new),
        **one.progress.payload(),
    }


def follow_waves(
    files: Sequence[str | Path],
    *,
    members: Sequence[str | Path] = (),
    dates: Sequence[str] = (),
    every: int | None = None,
    hours: Sequence[float] = (),
    ahead: int | None = None,
    draws: int = DEFAULT_WAVE_DRAWS,
    seed: int = 1,
    jobs: int | None = None,
    options: ReadOptions = DEFAULT_OPTIONS,
) -> Following:
    """Return what changed between the waves of a network, the model fitted to them, and the next wave.

    `files`: one for each wave, or tables of ties with a column for the date.  `members`: lists of members, for all waves.
    `dates`: of files that do not say, in order.  `every`: weeks between numbered waves.  `hours`: of coordination a week, one
    for all steps or one each.  `ahead`: weeks to the next wave, by default as many as before the last.  `draws`: worlds that
    are tried.

    Raises NetworkError, and ValueError for numbers out of bounds or waves with few members in common.
    """
    given = [read_file(Path(path)) for path in files]
    lists = [read_file(Path(path)) for path in members]
    return follow(read_waves(given, options, dates, lists, every), hours, ahead, draws, seed, jobs)


def follow(
    waves: Sequence[DatedNetwork],
    hours: Sequence[float] = (),
    ahead: int | None = None,
    draws: int = DEFAULT_WAVE_DRAWS,
    seed: int = 1,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Following:
    """Do the same for waves that are already read.  Raises ValueError also if stopped."""
    whole(draws, "draws", FEWEST_WAVE_DRAWS, MOST_WAVE_DRAWS)
    if jobs is not None:
        whole(jobs, "jobs", 1, MOST_JOBS)
    if ahead is not None:
        whole(ahead, "ahead", 1, 520)
    most = max(wave.network.start.members for wave in waves)
    if most > MOST_MEMBERS:
        raise ValueError(f"a wave has {most:,} members; waves are followed for up to {MOST_MEMBERS:,}")
    profiles = [profile_of(wave.network) for wave in waves]
    steps = steps_of(waves, profiles, hours_of(hours, len(waves) - 1))
    model, accept, last = WaveModel(wave_scenario(), seed), max(20, round(ACCEPTED * draws)), len(steps) - 1
    woven = [place for place, step in enumerate(steps) if step.hours > 0]
    alone = 0 if len(woven) < len(steps) else draws * len(woven)
    total, done = draws + alone + accept * (len(steps) + 2 * len(woven) + 2), 0

    def tick(_: int) -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, total)

    runs = Runs(jobs, tick, stopped)
    worlds = tie_worlds(model, steps, draws, *runs)
    seen = observed_statistics(steps)
    fit = tie_fit(worlds, seen, range(len(steps)), accept)
    futures = [futures_of(model, fit, place, step, step.hours, runs) for place, step in enumerate(steps)]
    idle = tie_fit(worlds, seen, [place for place in range(len(steps)) if place not in woven], accept)
    blind = tie_fit(worlds, seen, range(last), accept)
    unseen = futures_of(model, blind, last, steps[last], steps[last].hours, runs)
    changes = [progress_of(a, b) for a, b in pairwise(profiles)]
    return Following(
        tuple(waves),
        tuple(map(step_result, steps, changes, futures)),
        seed,
        draws,
        fit,
        tuple(weaving_sign(model, idle, place, steps[place], accept, draws, runs) for place in woven),
        structure_checks(steps[last], futures[last]),
        forecast_of(model, fit, waves[-1], profiles[-1], steps, ahead, runs),
        scores(steps, last, unseen),
        blind.fitted,
    )


def hours_of(hours: Sequence[float], steps: int) -> list[float]:
    """Return the hours of each step.  Raises ValueError."""
    wrong = [value for value in hours if not 0 <= value <= MOST_HOURS]
    if wrong:
        raise ValueError(f"hours is {wrong[0]:g}; allowed are hours a week from 0 to {MOST_HOURS:g}")
    if len(hours) not in (0, 1, steps):
        raise ValueError(f"hours are given for {len(hours)} steps; allowed is one number, or one for each of {steps}")
    return list(hours) if len(hours) == steps else [hours[0] if hours else 0.0] * steps


def step_result(step: WaveStep, change: Progress, futures: Sequence[np.ndarray]) -> StepResult:
    """Return what changed in a step, and what the fitted model gives."""
    counts = counts_of(step.among_judged(step.before), step.among_judged(step.after))
    return StepResult(step, change, counts, expected(step, futures))


def forecast_of(
    model: WaveModel,
    fit: TieFit,
    wave: DatedNetwork,
    profile: NetworkProfile,
    steps: Sequence[WaveStep],
    ahead: int | None,
    runs: Runs,
) -> WaveForecast:
    """Return the next wave, from the last one, with as many hours as before it."""
    n, last = wave.network.start.members, steps[-1]
    now = np.zeros((n, n), bool)
    now[wave.network.arcs[:, 0], wave.network.arcs[:, 1]] = True
    step = replace(
        last,
        labels=(wave.when.label, "the next wave"),
        weeks=last.weeks if ahead is None else ahead,
        start=with_places(wave.network.start, profile),
        judged=np.arange(n),
        leavers=(),
        silent=np.zeros(0, np.int64),
        before=now,
        after=now,
    )
    futures = futures_of(model, fit, len(steps), step, step.hours, runs)
    tied = (now | now.T)[np.triu_indices(n, 1)]
    chance = np.mean([graph | graph.T for graph in futures], axis=0)[np.triu_indices(n, 1)]
    first, second = np.triu_indices(n, 1)

    def likely(among: np.ndarray, sign: int) -> list[tuple[str, str, float]]:
        order = np.argsort(np.where(among, sign * chance, np.inf), kind="stable")[: min(LIKELY, int(among.sum()))]
        names = profile.names
        return [(names[first[k]], names[second[k]], float(chance[k])) for k in order]

    return WaveForecast(
        step.weeks, step.hours, next_wave(step.among_judged(now), futures), likely(~tied, -1), likely(tied, 1)
    )
