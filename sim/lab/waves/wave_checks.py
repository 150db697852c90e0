"""What accepted worlds imply for a step: expected counts, structure, the next wave, and scores against simple forecasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.lab.analysis.events import CONFIDENCE, Estimate
from sim.lab.analysis.matrix_measures import common_contacts, off_diagonal, transitivity
from sim.lab.analysis.structure_fit import STATISTICS, StructureFit, auc, fit_of, logistic
from sim.lab.experiment.runner import results_of
from sim.lab.waves.tie_fit import TieFit, band, observed_statistics, tie_fit, tie_worlds
from sim.lab.waves.wave_model import WaveModel
from sim.lab.waves.wave_steps import TieCounts, WaveStep, counts_of

FEWEST_CHECKED = 100
"""Futures that a comparison of distributions needs: with fewer, any distribution that was not simulated looks unlikely."""
KEPT = (0,)
"""The statistic that says how many ties are kept."""
MEASURES = ("ties", "ties kept", "new ties", "contacts who know each other", "members without a tie", "one-sided ties")
"""What is forecast of the next wave."""


class Runs(NamedTuple):
    """How futures are run: threads, what to call after each, and whether to stop."""

    jobs: int | None = None
    progress: Callable[[int], None] = lambda done: None
    stopped: Callable[[], bool] = lambda: False


def futures_of(model: WaveModel, fit: TieFit, place: int, step: WaveStep, hours: float, runs: Runs) -> list[np.ndarray]:
    """Return who names whom at the end of a step in each accepted world, among those who can be judged.

    Raises ValueError if stopped.
    """

    def one(world: int) -> np.ndarray:
        return step.among_judged(model.graph(world, place, step, hours))

    graphs = results_of(one, fit.worlds.tolist(), runs.jobs, runs.stopped, progress=runs.progress).values()
    if len(graphs) < len(fit.worlds):
        raise ValueError("stopped before all futures were simulated")
    return list(graphs)


class Expected(NamedTuple):
    """How many ties are kept and new in futures of a step."""

    kept: Estimate
    new: Estimate


def expected(step: WaveStep, futures: Sequence[np.ndarray], confidence: float = CONFIDENCE) -> Expected:
    """Return how many ties are kept and new in the futures of a step."""
    counts = [counts_of(step.among_judged(step.before), graph) for graph in futures]
    return Expected(band([one.kept for one in counts], confidence), band([one.new for one in counts], confidence))


class WeavingSign(NamedTuple):
    """Whether more ties were made, or kept, in a step than without weaving.

    `kept`, `new`: expected without weaving.  With steps without hours (`fitted`) worlds are fitted to these, and both intervals
    hold at once in 95% of futures.  Otherwise only the step itself is informative: `kept` is None, and `new` is expected
    in worlds that keep about as many ties as were kept.  `gain`: how many more ties the model expects with the
    hours than without, paired: in the same worlds, with the same luck.
    """

    place: int
    counts: TieCounts
    kept: Estimate | None
    new: Estimate
    gain: Estimate

    @property
    def fitted(self) -> bool:
        """Whether steps without hours said which worlds to expect."""
        return self.kept is not None

    @property
    def sign(self) -> int:
        """1 if more ties were kept or made than expected, -1 if fewer, 0 if neither, or both."""
        pairs = [(self.counts.new, self.new)] + ([(self.counts.kept, self.kept)] if self.kept is not None else [])
        above, below = any(seen > one.high for seen, one in pairs), any(seen < one.low for seen, one in pairs)
        return int(above) - int(below)


def weaving_sign(
    model: WaveModel, idle: TieFit, place: int, step: WaveStep, accept: int, draws: int, runs: Runs
) -> WeavingSign:
    """Compare a step with what is expected without weaving.  `idle`: the fit to the steps without hours, if there are any."""
    before, fit = step.among_judged(step.before), idle
    counts = counts_of(before, step.among_judged(step.after))
    if not idle.fitted:
        alike = replace(step, hours=0.0)
        worlds = tie_worlds(model, (alike,), draws, *runs, place)
        fit = tie_fit(worlds, observed_statistics([alike]), [0], accept, KEPT)
    alone, woven = (futures_of(model, fit, place, step, hours, runs) for hours in (0.0, step.hours))
    gains = [counts_of(before, b).after - counts_of(before, a).after for a, b in zip(alone, woven, strict=True)]
    found = expected(step, alone, (1 + CONFIDENCE) / 2 if idle.fitted else CONFIDENCE)  # Bonferroni for two counts
    return WeavingSign(place, counts, found.kept if idle.fitted else None, found.new, band(gains))


def structure_checks(step: WaveStep, futures: Sequence[np.ndarray]) -> list[StructureFit]:
    """Return how unlike its futures a step's last wave is: distributions of degree, distances and triads.

    Nothing with fewer than `FEWEST_CHECKED` futures.
    """
    if len(futures) < FEWEST_CHECKED:
        return []
    after = step.among_judged(step.after)
    names = [name for name in STATISTICS if step.directed or name != "others named"]
    name = f"{step.labels[0]} to {step.labels[1]}"
    return [fit_of(name, each, after, futures) for each in names]


def next_wave(before: np.ndarray, futures: Sequence[np.ndarray]) -> dict[str, Estimate]:
    """Return the bands of `MEASURES` in futures that start from `before`."""
    rows = []
    for graph in futures:
        counts, now = counts_of(before, graph), graph | graph.T
        one_sided = int((graph ^ graph.T).sum()) // 2
        alone = int((~now.any(axis=1)).sum())
        rows.append((counts.after, counts.kept, counts.new, transitivity(now), alone, one_sided))
    return {name: band([float(row[k]) for row in rows]) for k, name in enumerate(MEASURES)}


class ForecastScore(NamedTuple):
    """How well a forecast predicted who would be tied.

    `auc`: chance that a tie was held likelier than a pair without one; `auc_new` and `auc_ended`: that a new tie was held
    likelier than a pair that stayed without, and an ended one less likely than one kept.  `log_loss`: mean over pairs, lower is
    better.  `right`: of as many pairs as there are ties, the likeliest ones, the share that are tied.
    """

    forecast: str
    auc: float
    auc_new: float
    auc_ended: float
    log_loss: float
    right: float


def score(forecast: str, chance: np.ndarray, before: np.ndarray, after: np.ndarray) -> ForecastScore:
    """Score the chances of ordered pairs to be tied, (n, n), against what came."""
    pairs = off_diagonal(len(before))
    p, hits, tied = np.clip(chance[pairs], 1e-6, 1 - 1e-6), after[pairs], before[pairs]
    loss = -np.where(hits, np.log(p), np.log1p(-p)).mean()
    return ForecastScore(
        forecast,
        auc(p, hits),
        auc(p[~tied], hits[~tied]),
        auc(p[tied], hits[tied]),
        float(loss),
        share_right(p, hits),
    )


def share_right(chance: np.ndarray, hits: np.ndarray) -> float:
    """Return the share of ties among as many likeliest pairs as there are ties; equally likely pairs count in part."""
    number = int(hits.sum())
    if not number:
        return np.nan
    last = np.sort(chance)[::-1][number - 1]
    sure, even = chance > last, chance == last
    return float((hits[sure].sum() + (number - sure.sum()) * hits[even].mean()) / number)


def simple_chances(panels: Sequence[tuple[np.ndarray, np.ndarray]], before: np.ndarray) -> dict[str, np.ndarray]:
    """Return two simple forecasts of who will be tied, learnt from earlier panels (before, after): (n, n) each.

    "nothing changes": ties stay and come as often as they did, all alike.  "common contacts": two logistic regressions, of
    ties that stay and of ties that come, on common contacts (log of one more) and on whether the other end names this one.
    """
    same, contacts = np.zeros(before.shape), np.zeros(before.shape)
    for tied in (False, True):
        features, hits = [], []
        for then, now in panels:
            among = off_diagonal(len(then)) & (then == tied)
            features.append(features_of(then)[among])
            hits.append(now[among])
        known, came = np.concatenate(features), np.concatenate(hits)
        weights = logistic(known, came.astype(float))
        here = before == tied
        same[here] = (came.sum() + 0.5) / (len(came) + 1)
        contacts[here] = 1 / (1 + np.exp(-(weights[0] + features_of(before)[here] @ weights[1:])))
    return {"nothing changes": same, "common contacts": contacts}


def features_of(graph: np.ndarray) -> np.ndarray:
    """Return what the common-contacts forecast knows of each ordered pair: float64 (n, n, 2)."""
    return np.stack((np.log1p(common_contacts(graph | graph.T)), graph.T.astype(float)), axis=-1)


def scores(steps: Sequence[WaveStep], place: int, futures: Sequence[np.ndarray]) -> list[ForecastScore]:
    """Score the model's futures of a step against simple forecasts, which learn from earlier steps.

    Without earlier ones they learn from the step itself, in hindsight, which the model does not.
    """
    before, after = (steps[place].among_judged(graph) for graph in (steps[place].before, steps[place].after))
    panels = [(each.among_judged(each.before), each.among_judged(each.after)) for each in steps[:place]]
    model = (np.sum(futures, axis=0) + 0.5) / (len(futures) + 1)
    chances = {"the model": model, **simple_chances(panels or [(before, after)], before)}
    return [score(name, chance, before, after) for name, chance in chances.items()]
