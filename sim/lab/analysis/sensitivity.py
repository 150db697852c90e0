"""Which uncertain factors drive an outcome: Sobol indices, Morris' elementary effects and PAWN distances.

A point's value is its mean over replicates.  Sobol first-order index: the share of the variance between worlds that would
vanish if the factor were known; total index: the share that would remain if all others were known (Saltelli et al. 2010;
SALib).  Morris' mu*: mean absolute change when the factor crosses its range; sigma: how much that change depends on the
other factors (Morris 1991; Campolongo et al. 2007; SALib).  `Luck`: how much varies between replicates of one world.
PAWN: how far the distribution of the outcome moves where the factor lies in one slice of its range, as the mean over slices of
the Kolmogorov-Smirnov distance to all worlds (Pianosi & Wagener 2018; SALib).  It needs only a random sample of worlds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import pi, sqrt
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.lab.analysis.events import CONFIDENCE, Estimate
from sim.lab.analysis.regret import interval
from sim.lab.analysis.runs import AnalysisError, check_strategies, outcome_values
from sim.lab.experiment.designs import Factor
from sim.lab.experiment.reading import DesignJson, ExperimentJson

RESAMPLES = 1000
FEWEST = 4
SUITABLE = ("sobol", "morris")
RANDOM = ("lhs", *SUITABLE)
"""Designs that hold a random sample of worlds."""
FEWEST_WORLDS, MANY_WORLDS = 60, 500
"""PAWN takes 5 slices from the first number of worlds on, 10 from the second."""
DUMMIES = 1000


@dataclass(frozen=True)
class Luck:
    """How much of an outcome is luck.

    `share`: of the variance of single runs over all worlds and seeds, the part between seeds of one world, with a 95% interval
    (resampled by blocks of the design); None with one replicate, which cannot separate luck from the world.  `left`: of the
    variance of the points' means, the part that is still luck; it looks like interactions.  `floor`: the total index, or mu*,
    expected of a factor without any effect, since luck is left in the points' means; None as for `share`.
    """

    share: Estimate | None
    left: float | None
    floor: float | None = None


@dataclass(frozen=True)
class Sobol:
    """Indices of one factor with 95% bootstrap intervals."""

    factor: str
    first: Estimate
    total: Estimate


@dataclass(frozen=True)
class Morris:
    """Elementary effects of one factor, in the outcome's unit per crossing of its range: mu* with 95% interval, sigma, mu."""

    factor: str
    mu_star: Estimate
    sigma: float
    mu: float


@dataclass(frozen=True)
class Sensitivity:
    """What drives an outcome under a strategy, or its difference `strategy` minus `against`.

    `rows`: one for each factor, the strongest first.  `blocks`: base samples or trajectories used; `dropped`: those left out
    because a run is missing.  `restricted`: whether weeks past the horizon counted as the horizon.  `mean`, `deviation`: of
    the points' values.  `pairs`: second-order indices, by names of two factors, where the design has them.
    """

    kind: str
    outcome: str
    strategy: str
    against: str | None
    rows: tuple[Sobol, ...] | tuple[Morris, ...]
    luck: Luck
    blocks: int
    dropped: int
    replicates: int
    restricted: bool
    mean: float
    deviation: float
    pairs: Mapping[tuple[str, str], Estimate]

    @property
    def beyond_luck(self) -> list[Sobol | Morris]:
        """Factors with a clear effect: the interval of the index lies above that of luck, or above 0."""
        floor = self.luck.floor or 0.0
        return [row for row in self.rows if (row.total if isinstance(row, Sobol) else row.mu_star).low > floor]

    @property
    def table(self) -> pd.DataFrame:
        """One row per factor: index or effect with `_low` and `_high`."""
        rows = []
        for row in self.rows:
            cells: dict[str, object] = {}
            for name, value in vars(row).items():
                cells[name] = value.mean if isinstance(value, Estimate) else value
                if isinstance(value, Estimate):
                    cells |= {f"{name}_low": value.low, f"{name}_high": value.high}
            rows.append(cells)
        return pd.DataFrame(rows)


def sensitivity(
    runs: pd.DataFrame,
    experiment: ExperimentJson,
    outcome: str,
    strategy: str,
    against: str | None = None,
    seed: int | None = None,
    resamples: int = RESAMPLES,
) -> Sensitivity:
    """Return Sobol or Morris indices of a sweep, as its design allows.

    `runs`: point, replicate, strategy, factors, the outcome.  `experiment`: that of the manifest.  `against`: analyse the
    paired difference to this strategy.  `seed`: of the bootstrap; that of the design if left out.  Raises AnalysisError for
    another design, an unknown name, an outcome that does not vary, or too few complete blocks.
    """
    design, factors = experiment["design"], tuple(Factor.from_json(factor) for factor in experiment["factors"])
    if design["kind"] not in SUITABLE:
        raise AnalysisError(
            f'the design is "{design["kind"]}"; indices need design = "sobol" (shares of variance, and interactions) or '
            '"morris" (a screening of many factors with few runs) in the experiment file'
        )
    size = block_size(design, len(factors))
    table, restricted = point_values(runs, experiment, outcome, strategy, against)
    used, dropped = whole_blocks(table, size)
    means = np.concatenate([np.nanmean(one, axis=1) for one in used])
    # SALib draws without a seed where the seed is 0.
    number = 1 + int(design["seed"] if seed is None else seed)
    check_varies(outcome, means)
    problem = SalibProblem([factor.key for factor in factors], [list(factor.salib_bounds) for factor in factors])
    rows: tuple[Sobol, ...] | tuple[Morris, ...]
    pairs: dict[tuple[str, str], Estimate] = {}
    if design["kind"] == "sobol":
        rows, pairs = sobol(problem, means, bool(design["second_order"]), number, resamples)
    else:
        assert design["levels"] is not None
        kept = np.concatenate([place * size + np.arange(size) for place in complete_blocks(table, size)])
        rows = morris(
            problem, unit_steps(coded_points(runs, factors)[kept], size), means, design["levels"], number, resamples
        )
    luck = luck_of(used, number, resamples)
    if luck.left is not None:
        luck = replace(
            luck, floor=luck.left if design["kind"] == "sobol" else floor_of_morris(used, design["levels"] or 0)
        )
    replicates = int(np.median([(~np.isnan(one[0])).sum() for one in used]))
    mean, deviation = float(means.mean()), float(means.std(ddof=1))
    head = (design["kind"], outcome, strategy, against)
    return Sensitivity(*head, rows, luck, len(used), dropped, replicates, restricted, mean, deviation, pairs)


@dataclass(frozen=True)
class Pawn:
    """PAWN distance of one factor, from 0 to 1.  `clear`: above the noise level."""

    factor: str
    distance: float
    clear: bool


@dataclass(frozen=True)
class PawnAnalysis:
    """Which factors move the distribution of an outcome, or of its difference `strategy` minus `against`.

    `rows`: one for each factor, the largest distance first.  `noise`: 95% of sets of as many dummy factors, which have no
    effect, have no larger distance.  `worlds`, `slices`: behind each distance.
    """

    outcome: str
    strategy: str
    against: str | None
    rows: tuple[Pawn, ...]
    noise: float
    worlds: int
    slices: int

    @property
    def clear(self) -> list[str]:
        """Factors above the noise level, the largest distance first."""
        return [row.factor for row in self.rows if row.clear]

    @property
    def table(self) -> pd.DataFrame:
        """One row per factor: distance, noise level, whether above it."""
        rows = [(row.factor, row.distance, self.noise, row.clear) for row in self.rows]
        return pd.DataFrame(rows, columns=["factor", "pawn", "noise", "above_noise"])


def pawn(
    runs: pd.DataFrame,
    experiment: ExperimentJson,
    outcome: str,
    strategy: str,
    against: str | None = None,
    seed: int | None = None,
) -> PawnAnalysis:
    """Return PAWN distances of the means of worlds, from a random sample of worlds.

    Arguments as in `sensitivity`.  Of a Sobol design the two random samples that it is made of are used, of a Morris design
    the starts of trajectories.  Raises AnalysisError for another design, an unknown name, an outcome that does not vary, or
    fewer than 60 worlds.
    """
    from SALib.analyze import pawn as salib

    design, factors = experiment["design"], tuple(Factor.from_json(factor) for factor in experiment["factors"])
    if design["kind"] not in RANDOM:
        raise AnalysisError(
            f'PAWN needs a random sample of worlds, as of design = "lhs"; this one is "{design["kind"]}"'
        )
    table, _ = point_values(runs, experiment, outcome, strategy, against)
    drawn = random_points(design, len(factors))
    drawn = drawn[~np.isnan(table[drawn]).all(axis=1)]
    if len(drawn) < FEWEST_WORLDS:
        raise AnalysisError(f"PAWN needs {FEWEST_WORLDS} worlds drawn at random or more; {len(drawn)} are done")
    means = np.nanmean(table[drawn], axis=1)
    check_varies(outcome, means)
    rng = np.random.default_rng(design["seed"] if seed is None else seed)
    # Ranks, ties in random order: equal slices also of whole numbers and choices.
    coded = coded_points(runs, factors)[drawn]
    ranks = np.argsort(np.lexsort((rng.random(coded.shape), coded), axis=0), axis=0).astype(float)
    slices = 10 if len(drawn) >= MANY_WORLDS else 5
    problem = SalibProblem([factor.key for factor in factors], [[0.0, float(len(drawn))]] * len(factors))
    found = salib.analyze(problem.salib, ranks, means, S=slices)["mean"].tolist()
    noise = dummy_distance(means, slices, len(factors), rng)
    rows = [Pawn(name, value, value > noise) for name, value in zip(problem.names, found, strict=True)]
    rows.sort(key=lambda row: -row.distance)
    return PawnAnalysis(outcome, strategy, against, tuple(rows), noise, len(drawn), slices)


def random_points(design: DesignJson, factors: int) -> np.ndarray:
    """Return the points of a design that are drawn independently of one another."""
    if design["kind"] == "lhs":
        return np.arange(design["points"])
    size = block_size(design, factors)
    starts = np.arange(0, design["points"], size)
    return starts if design["kind"] == "morris" else np.concatenate([starts, starts + size - 1])


def dummy_distance(values: np.ndarray, slices: int, factors: int, rng: np.random.Generator) -> float:
    """Return the PAWN distance that the largest of so many factors without effect exceeds in 5% of samples.

    A dummy factor puts worlds into slices at random.  SALib's own function would take minutes for a thousand dummies.
    """
    ordered, number = np.sort(values), len(values)
    steps = np.append(ordered[1:] != ordered[:-1], True)
    whole = np.arange(1, number + 1)[steps] / number
    slice_of, names = np.arange(number) * slices // number, np.arange(slices)[:, None]
    sizes = np.bincount(slice_of)[:, None]
    found = np.empty(DUMMIES)
    for dummy in range(DUMMIES):
        parts = (rng.permutation(slice_of) == names).cumsum(axis=1)[:, steps] / sizes
        found[dummy] = np.abs(parts - whole).max(axis=1).mean()
    return float(np.quantile(found, CONFIDENCE ** (1 / factors)))


def block_size(design: DesignJson, factors: int) -> int:
    """Return the number of points of one base sample (Sobol) or trajectory (Morris)."""
    if design["kind"] == "morris":
        return factors + 1
    return 2 * factors + 2 if design["second_order"] else factors + 2


def check_varies(outcome: str, means: np.ndarray) -> None:
    """Raise AnalysisError if all worlds have the same mean."""
    if np.ptp(means) <= 1e-12 * max(1.0, float(np.abs(means).max())):
        raise AnalysisError(f"{outcome} does not vary between the worlds of this sweep, so no factor drives it")


def point_values(
    runs: pd.DataFrame, experiment: ExperimentJson, outcome: str, strategy: str, against: str | None
) -> tuple[np.ndarray, bool]:
    """Return the outcome, or its difference to that of `against`, and whether weeks were restricted.

    Shape (points, replicates), NaN where there is no run.
    """
    strategies = [strategy] if against is None else [strategy, against]
    check_strategies(runs, strategies)
    done = runs[runs["status"] == "done"] if "status" in runs.columns else runs
    done = done[done["strategy"].isin(strategies)]
    numbers = outcome_values(done, outcome, experiment["weeks"])
    replicates, columns = np.unique(done["replicate"].to_numpy(), return_inverse=True)
    places = done["strategy"].map({name: place for place, name in enumerate(strategies)}).to_numpy(int)
    values = np.full((experiment["design"]["points"], len(replicates), len(strategies)), np.nan)
    values[done["point"].to_numpy(int), columns, places] = numbers
    table = values[..., 0] if against is None else values[..., 0] - values[..., 1]
    return table, outcome.endswith("_week") and bool(done[outcome].isna().any())


def complete_blocks(table: np.ndarray, size: int) -> list[int]:
    """Return the blocks of which at least one replicate has run at all points."""
    blocks = table.reshape(-1, size, table.shape[1])
    return [place for place, one in enumerate(blocks) if (~np.isnan(one)).all(axis=0).any()]


def whole_blocks(table: np.ndarray, size: int) -> tuple[list[np.ndarray], int]:
    """Return the complete blocks, (size, replicates) each, and the number of incomplete ones.

    Replicates that did not run at all points of a block become NaN, so that luck is the same at all of them.
    """
    blocks = table.reshape(-1, size, table.shape[1])
    places = complete_blocks(table, size)
    if len(places) < FEWEST:
        raise AnalysisError(
            f"only {len(places)} of {len(blocks)} blocks of the design are complete, and at least {FEWEST} are needed: run the "
            "same gennet sweep again to resume it, or take more samples"
        )
    used = []
    for place in places:
        one = blocks[place].copy()
        one[:, np.isnan(one).any(axis=0)] = np.nan
        used.append(one)
    return used, len(blocks) - len(used)


class SalibProblem(NamedTuple):
    """Names and bounds of factors, for SALib."""

    names: list[str]
    bounds: list[list[float]]

    @property
    def salib(self) -> dict[str, object]:
        """As SALib takes it."""
        return {"num_vars": len(self.names), **self._asdict()}


def sobol(
    problem: SalibProblem, values: np.ndarray, second_order: bool, seed: int, resamples: int
) -> tuple[tuple[Sobol, ...], dict[tuple[str, str], Estimate]]:
    """Return indices by SALib, with the middle 95% of its bootstrap as intervals."""
    from SALib.analyze import sobol as salib

    found = salib.analyze(
        problem.salib, values, calc_second_order=second_order, num_resamples=resamples, keep_resamples=True, seed=seed
    )
    rows = []
    for place, name in enumerate(problem.names):
        first = interval(found["S1"][place], found["S1_conf_all"][:, place])
        rows.append(Sobol(name, first, interval(found["ST"][place], found["ST_conf_all"][:, place])))
    pairs = {}
    if second_order:
        for i, j in combinations(range(len(problem.names)), 2):
            value, wide = float(found["S2"][i, j]), float(found["S2_conf"][i, j])
            pairs[problem.names[i], problem.names[j]] = Estimate(value, value - wide, value + wide)
    return tuple(sorted(rows, key=lambda row: -row.total.mean)), pairs


def morris(
    problem: SalibProblem, steps: np.ndarray, values: np.ndarray, levels: int, seed: int, resamples: int
) -> tuple[Morris, ...]:
    """Return elementary effects by SALib, with its bootstrap interval of mu*."""
    from SALib.analyze import morris as salib

    unit = problem._replace(bounds=[[0.0, 1.0]] * len(problem.names)).salib
    found = salib.analyze(
        unit, steps, values, num_resamples=resamples, conf_level=CONFIDENCE, num_levels=levels, seed=seed
    )
    rows = []
    for place, name in enumerate(problem.names):
        mean, wide = float(found["mu_star"][place]), float(found["mu_star_conf"][place])
        spread = Estimate(mean, max(0.0, mean - wide), mean + wide)
        rows.append(Morris(name, spread, float(found["sigma"][place]), float(found["mu"][place])))
    return tuple(sorted(rows, key=lambda row: -row.mu_star.mean))


def coded_points(runs: pd.DataFrame, factors: Sequence[Factor]) -> np.ndarray:
    """Return the factors' values as numbers, (points, factors), NaN for points without a run."""
    first = runs.drop_duplicates("point")
    coded = np.full((int(runs["point"].max()) + 1, len(factors)), np.nan)
    for column, factor in enumerate(factors):
        coded[first["point"].to_numpy(int), column] = factor.coded(first[factor.key])
    return coded


def unit_steps(coded: np.ndarray, size: int) -> np.ndarray:
    """Return Morris' trajectories with steps of equal length, from which SALib reads directions.

    Whole numbers and choices may be rounded to the same value before and after a step.  Then the outcome did not change
    either, and the step is attributed to any factor that did not move in this trajectory.
    """
    steps = np.zeros_like(coded)
    for start in range(0, len(coded), size):
        moves = np.sign(np.diff(coded[start : start + size], axis=0))
        still = [column for column in range(coded.shape[1]) if not moves[:, column].any()]
        for move in moves:
            if not move.any():
                move[still.pop()] = 1.0
        steps[start + 1 : start + size] = np.cumsum(moves, axis=0)
    return steps


def luck_of(blocks: Sequence[np.ndarray], seed: int, resamples: int) -> Luck:
    """Return variance within worlds against variance between them, from all blocks; the interval resamples blocks."""
    parts = np.array([parts_of(one) for one in blocks])
    if np.isnan(parts).any():
        return Luck(None, None)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(blocks), size=(resamples, len(blocks)))
    share, left = shares(parts.mean(axis=0))
    again = np.array([shares(parts[one].mean(axis=0))[0] for one in drawn])
    return Luck(interval(share, again), left)


def floor_of_morris(blocks: Sequence[np.ndarray], levels: int) -> float:
    """Return mu* of a factor without effect: mean absolute difference of two points' luck, over a step (half normal)."""
    noise = float(np.mean([parts_of(one)[1] for one in blocks]))
    step = levels / (2 * (levels - 1))
    return 2 * sqrt(max(0.0, noise) / pi) / step


def parts_of(one: np.ndarray) -> tuple[float, float, float, float]:
    """Return, for one block's points: mean variance over replicates, interaction over replicates, mean, and mean square."""
    values = one[:, ~np.isnan(one).any(axis=0)]
    number = values.shape[1]
    means = values.mean(axis=1)
    if number < 2:
        return (np.nan, np.nan, float(means.mean()), float((means**2).mean()))
    within = float(values.var(axis=1, ddof=1).mean())
    rest = values - means[:, None] - values.mean(axis=0) + values.mean()
    noise = float((rest**2).sum() / ((len(values) - 1) * (number - 1))) / number
    return (within, noise, float(means.mean()), float((means**2).mean()))


def shares(parts: np.ndarray) -> tuple[float, float]:
    """Return the share of luck in single runs, and the share left in the points' means."""
    within, noise, mean, square = parts
    between = max(0.0, square - mean**2)
    worlds = max(0.0, between - noise)
    whole = worlds + within
    return (float(within / whole) if whole > 0 else 0.0, float(min(1.0, noise / between)) if between > 0 else 0.0)
