"""Search for the plan of the largest expected net benefit over plausible worlds, within a budget.

Candidates come from optuna's tree-structured Parzen estimator (Bergstra et al. 2011), the scenario's own strategies (with
the same budget) among them, and are compared on the same worlds with the same luck.  Successive halving (Jamieson &
Talwalkar 2016) gives the best more worlds.  What the winner gains over the best of the scenario's own strategies is then
measured on fresh seeds and worlds: the luck that made it win is not reported as gain.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.inputs.scenario import Scenario
from sim.lab.analysis.regret import Regrets, regret
from sim.lab.analysis.runs import Block
from sim.lab.analysis.world_shares import MARGIN, OverWorlds, over_worlds
from sim.lab.experiment.designs import world_seed
from sim.lab.experiment.runner import extra_needed, results_of
from sim.lab.facts import known_worlds
from sim.lab.future import run_future
from sim.lab.plan_space import VARIABLES, Choice, Point, presets_of, strategy_of
from sim.lab.sizes import DEFAULT_TRIALS
from sim.lab.world_draws import world_scenario

if TYPE_CHECKING:
    import optuna

NOBODY = "nobody"
PLAN, CAUTIOUS = "plan", "cautious-plan"
BATCH = 8
WORST = 0.25
"""Share of futures, the worst ones over luck and worlds, whose mean the cautious plan makes as large as possible."""
LEVELS = 5
"""Values at which each profiled variable is tried."""


class PlanError(ValueError):
    """A plan cannot be made.  The message says why."""


@dataclass(frozen=True)
class Effort:
    """How much is run: candidates tried; worlds of each round of halving and how many candidates it keeps; the rest."""

    trials: int = DEFAULT_TRIALS
    worlds: int = 16
    rounds: tuple[tuple[int, int], ...] = ((48, 24), (160, 6), (300, 1))
    fresh: int = 300
    profile: int = 60


QUICK = Effort(trials=16, worlds=4, rounds=((6, 6), (10, 3), (16, 1)), fresh=16, profile=6)


@dataclass(frozen=True)
class Flatness:
    """One variable around the best plan: the values tried, and which do about as well (not clearly worse)."""

    name: str
    label: str
    best: float
    values: tuple[float, ...]
    loss: tuple[float, ...]
    good: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Plan:
    """What the search found.

    `strategies`: tables by name: the plan, its cautious variant, the scenario's own with the same budget, and nobody.
    `best_preset`: the own strategy that was best in the search, None if there is none.  `fresh`: outputs and net benefit of
    each on fresh worlds, (worlds, futures, strategies).  `gain`: net benefit of the plan over the best preset there.
    `better`: whether it is clearly larger.
    """

    budget: float
    output_worth: float
    strategies: Mapping[str, Mapping[str, object]]
    point: Point
    best_preset: str | None
    benefit: np.ndarray
    outputs: np.ndarray
    flatness: tuple[Flatness, ...]
    runs: int
    effective: float | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Strategies, in the order of the arrays."""
        return tuple(self.strategies)

    def difference(self, a: str, b: str) -> OverWorlds:
        """Return how much more net benefit one strategy has than another, over fresh worlds."""
        one, other = (self.benefit[:, :, self.names.index(name)] for name in (a, b))
        margin = MARGIN * self.output_worth * float(self.outputs[:, :, self.names.index(b)].mean())
        return over_worlds(one - other, margin)

    @property
    def gain(self) -> OverWorlds | None:
        """What the plan gains over the best preset on fresh worlds; None without presets."""
        return self.difference(PLAN, self.best_preset) if self.best_preset else None

    @property
    def better(self) -> bool:
        """Whether the plan clearly gains over the best preset."""
        return self.gain is None or self.gain.mean.low > 0

    @property
    def recommended(self) -> str:
        """The plan, or the best preset if the plan is on average worse on fresh worlds."""
        return self.best_preset if self.best_preset and self.gain and self.gain.mean.mean < 0 else PLAN

    @property
    def regrets(self) -> Regrets:
        """Regret of each strategy in net benefit, over fresh worlds."""
        worlds = np.arange(len(self.benefit))
        return regret(Block("net benefit", self.names, worlds, None, self.benefit, 0, False, shared=False), more=True)  # type: ignore[arg-type]


@dataclass(eq=False)
class Search:
    """Runs candidates on the same worlds; arguments as for `plan`."""

    scenario: Scenario
    budget: float
    output_worth: float
    hour_cost: float
    seed: int
    jobs: int | None
    stopped: Callable[[], bool]
    executor: Executor | None
    tick: Callable[[int], None]
    runs: int = 0

    def table(self, point: Point, label: str = "") -> dict[str, object]:
        """Return a point as a strategy's table."""
        return strategy_of(point, self.budget, self.hour_cost, self.scenario.weeks, label)

    def run(self, tables: Sequence[Mapping[str, object]], worlds: Sequence[tuple[int, int]], seed: int) -> np.ndarray:
        """Return net benefit and outputs of strategies: (worlds, tables, 2).  Raises KeyboardInterrupt once stopped."""
        names = [f"c{place}" for place in range(len(tables))]
        strategies = {f"strategies.{name}": table for name, table in zip(names, tables, strict=True)}
        together = self.scenario.with_(strategies)
        tasks = [(world, name) for world in worlds for name in names]
        work, before = partial(run_one, together, self.output_worth, seed), self.runs
        rows = results_of(work, tasks, self.jobs, self.stopped, self.executor, lambda done: self.tick(before + done))
        self.runs += len(rows)
        if len(rows) < len(tasks):
            raise KeyboardInterrupt
        return np.array(list(rows.values())).reshape(len(worlds), len(tables), 2)

    def worlds(self, count: int, seed: int) -> tuple[list[tuple[int, int]], float | None]:
        """Return worlds to run with a number of their future; those that fit the facts better come up more often."""
        if not count:
            return [], None
        base = next(iter(self.scenario.strategies))
        known = known_worlds(self.scenario, base, count, seed, self.jobs, self.stopped, self.executor)
        if known.report is None or not self.scenario.facts:
            return [(world, 0) for world in known.worlds[:count]], None
        # Systematic resampling: a world of twice the weight comes up twice as often, each time with luck of its own.
        at = (np.arange(count) + 0.5) / count
        picked = np.searchsorted(np.cumsum(known.weights), at).clip(max=len(known.worlds) - 1)
        seen: dict[int, int] = {}
        pairs = []
        for place in picked.tolist():
            world = known.worlds[place]
            pairs.append((world, seen.get(world, 0)))
            seen[world] = seen.get(world, 0) + 1
        order = np.random.default_rng(seed % 2**32).permutation(count)
        return [pairs[place] for place in order.tolist()], known.report.effective


def run_one(
    scenario: Scenario, output_worth: float, seed: int, task: tuple[tuple[int, int], str]
) -> tuple[float, float]:
    """Run a future of a world under a strategy, and return net benefit and outputs, both a year."""
    (world, future), name = task
    one, years = world_scenario(scenario, seed, world), scenario.weeks / 52
    outcomes = run_future(one, name, world_seed(seed, world), future, renewal=False).outcomes
    return output_worth * outcomes["outputs"] / years - outcomes["cost"] / years, outcomes["outputs"] / years


def plan(
    scenario: Scenario | str,
    budget: float,
    output_worth: float = 5000.0,
    seed: int | None = None,
    effort: Effort | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
    executor: Executor | None = None,
) -> Plan:
    """Look for the plan of the largest expected net benefit over plausible worlds, and measure its gain on fresh ones.

    `budget`: dollars a year.  `output_worth`: what an output is worth, dollars.  `seed`: the scenario's if left out.
    `effort`: how much is run, `Effort()` if left out.  The rest as for `compare`; the numbers don't depend on `jobs`.  Raises
    PlanError for an impossible budget or a missing extra, and KeyboardInterrupt once `stopped`.
    """
    scenario = Scenario.of(scenario)
    size, number = effort or Effort(), scenario.seed if seed is None else seed
    if not 0 < budget <= 1e9:
        raise PlanError(f"the budget is {budget:g}; allowed are dollars a year above 0 and up to 1,000,000,000")
    presets = presets_of(scenario, budget)
    costs = [
        one.hour_cost for strategy in scenario.strategies.values() for one in strategy.coordinators if one.hour_cost > 0
    ]
    total = expected_runs(size, len(presets))
    tick = (lambda done: progress(min(done, total), total)) if progress else (lambda done: None)
    search = Search(scenario, budget, output_worth, costs[0] if costs else 50.0, number, jobs, stopped, executor, tick)
    rounds = [size.worlds, *(worlds for worlds, _ in size.rounds)]
    worlds, effective = search.worlds(max(rounds), number)
    points, finals = find(search, list(presets.values()), size, worlds, number)
    means = finals.mean(axis=0)[:, 0]
    best, cautious = int(np.argmax(means[: len(points)])), most_cautious(finals[:, : len(points), 0])
    own = list(presets)
    best_preset = own[int(np.argmax(means[len(points) :]))] if own else None
    strategies: dict[str, Mapping[str, object]] = {
        PLAN: search.table(points[best], "Plan"),
        CAUTIOUS: search.table(points[cautious], "Cautious plan"),
        **presets,
        NOBODY: {"label": "Nobody coordinates", "coordinators": []},
    }
    fresh_seed = world_seed(number, -1)
    fresh_worlds, _ = search.worlds(size.fresh, fresh_seed)
    pairs = [(world, 2 * future + k) for world, future in fresh_worlds for k in range(2)]
    fresh = search.run(list(strategies.values()), pairs, fresh_seed).reshape(size.fresh, 2, len(strategies), 2)
    flat = flatness(search, points[best], size, world_seed(number, -2))
    arrays = (fresh[..., 0], fresh[..., 1])
    return Plan(budget, output_worth, strategies, points[best], best_preset, *arrays, flat, search.runs, effective)


def expected_runs(size: Effort, presets: int) -> int:
    """Return about how many runs a search does."""
    runs, left, done = (size.trials + presets) * size.worlds, size.trials, size.worlds
    keep = min(left, FIRST_KEPT)
    for worlds, kept in size.rounds:
        runs += (keep + presets) * (worlds - done)
        keep, done = max(kept, 3), worlds
    profiled = sum(one.profiled for one in VARIABLES)
    return runs + size.fresh * 2 * (presets + 3) + size.profile * (1 + profiled * LEVELS)


FIRST_KEPT = 40


def find(
    search: Search, presets: list[Mapping[str, object]], size: Effort, worlds: list[tuple[int, int]], seed: int
) -> tuple[list[Point], np.ndarray]:
    """Return the points of the last round, and its results with those of the presets: (worlds, points and presets, 2)."""
    study = study_of(seed)
    first = worlds[: size.worlds]
    points: list[Point] = []
    blocks: list[np.ndarray] = []
    while len(points) < size.trials:
        trials = [study.ask() for _ in range(min(BATCH, size.trials - len(points)))]
        batch = [suggested(trial) for trial in trials]
        found = search.run([search.table(point) for point in batch], first, seed)
        for trial, score in zip(trials, found.mean(axis=0)[:, 0].tolist(), strict=True):
            study.tell(trial, score)
        points += batch
        blocks.append(found)
    everything = np.concatenate(blocks, axis=1)
    keep = np.argsort(-everything.mean(axis=0)[:, 0], kind="stable")[:FIRST_KEPT]
    points, results, done = [points[k] for k in keep], everything[:, keep], size.worlds
    if presets:
        results = np.concatenate([results, search.run(presets, first, seed)], axis=1)
    for number, kept in size.rounds:
        tables: list[Mapping[str, object]] = [*(search.table(point) for point in points), *presets]
        results = np.concatenate([results, search.run(tables, worlds[done:number], seed)], axis=0)
        done = number
        order = np.argsort(-results[:, : len(points)].mean(axis=0)[:, 0], kind="stable")[: max(kept, 3)]
        results = results[:, [*order, *range(len(points), results.shape[1])]]
        points = [points[k] for k in order]
    return points, results


def study_of(seed: int) -> optuna.Study:
    """Return a seeded search.  Raises PlanError without optuna."""
    try:
        import optuna
    except ImportError:
        raise PlanError(extra_needed("a plan", "calibrate")) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        # optuna calls both options experimental; their numbers depend on its version, which the extra sets a floor for.
        warnings.simplefilter("ignore")
        sampler = optuna.samplers.TPESampler(
            seed=seed % 2**32, n_startup_trials=32, multivariate=True, constant_liar=True
        )
        return optuna.create_study(sampler=sampler, direction="maximize")


def suggested(trial: optuna.Trial) -> Point:
    """Return the point of a trial."""
    point: dict[str, Choice] = {}
    for one in VARIABLES:
        if one.values:
            point[one.name] = str(trial.suggest_categorical(one.name, one.values))
        else:
            point[one.name] = trial.suggest_float(one.name, one.low, one.high)
    return point


def most_cautious(benefit: np.ndarray) -> int:
    """Return the candidate whose mean over its worst futures is largest (expected shortfall); (worlds, candidates)."""
    worst = max(1, round(WORST * len(benefit)))
    return int(np.argmax(np.sort(benefit, axis=0)[:worst].mean(axis=0)))


def flatness(search: Search, best: Point, size: Effort, seed: int) -> tuple[Flatness, ...]:
    """Return how net benefit changes as single variables of the best plan do, on worlds of their own."""
    variables = [one for one in VARIABLES if one.profiled and (one.name != "align" or best["policy"] == "weeks")]
    grid = {one.name: np.linspace(one.low, one.high, LEVELS).tolist() for one in variables}
    points = [{**best, name: value} for name, values in grid.items() for value in values]
    worlds, _ = search.worlds(size.profile, seed)
    found = search.run([search.table(point) for point in (best, *points)], worlds, seed)[..., 0]
    rows = []
    for place, one in enumerate(variables):
        apart = found[:, 1 + place * LEVELS : 1 + (place + 1) * LEVELS] - found[:, :1]
        wide = 1.96 * apart.std(axis=0, ddof=1) / np.sqrt(len(apart))
        as_good = apart.mean(axis=0) + wide >= 0
        best_value = float(best[one.name])
        good = [value for value, yes in zip(grid[one.name], as_good, strict=True) if yes] + [best_value]
        loss = tuple((-apart.mean(axis=0)).tolist())
        rows.append(Flatness(one.name, one.label, best_value, tuple(grid[one.name]), loss, (min(good), max(good))))
    return tuple(rows)
