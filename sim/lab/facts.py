"""Facts about a network condition its worlds: those whose last year contradicts them count less.

In every world a year of the network is simulated a few times under the strategy that was followed so far (`worlds.last_year`,
by default the baseline), with luck that no other run has; a year to settle comes before, since the model's start network has
no groups and no history.  A world's weight is the chance of the facts given its years: normal, with the mean of its years,
and the variance of one year's luck (shrunk towards a common one) plus the tolerance squared (synthetic likelihood, Wood
2010; steadier with few years than a kernel of approximate Bayesian computation).  More worlds are drawn while the effective
number of worlds, 1 / sum of squared weights (Kish 1965), is small.  A fact about a parameter narrows its range instead.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from sim.inputs import networks
from sim.inputs.scenario import Scenario, ScenarioError
from sim.inputs.scenario.errors import number_text
from sim.inputs.scenario.knowledge import MEASURED
from sim.lab.analysis.world_shares import shrunk_variances
from sim.lab.experiment.designs import Value, world_seed
from sim.lab.experiment.runner import in_parallel
from sim.lab.open_world import YEAR
from sim.lab.world_draws import drawn, uncertain, world_scenario
from sim.model.declarations import BY_KEY
from sim.model.state import CHANGE, World
from sim.model.world import build_world, run_to, without_maps

if TYPE_CHECKING:
    import pandas as pd

SETTLING = YEAR
YEARS = 4
"""Times that the year is simulated in each world."""
ENOUGH = 100
"""Effective number of worlds below which more are drawn."""
MOST_TIMES = 5
"""At most this many times the requested number of worlds is drawn."""
FAR, IMPOSSIBLE = 3.0, 6.0
"""Standard deviations beyond which a world contradicts a fact, and beyond which no more worlds are drawn for it."""
LEAST_SHARE = 0.99
"""Worlds drawn in addition are run only as far as they carry this share of the weight."""
MOVED = 3.0
MOST_MOVED = 5


class NoWorldFits(ScenarioError):
    """No world fits the facts.

    `name`: the fact that is in the way; `alone`: whether no world fits it even by itself; `least`, `most`: its means in the
    worlds that were drawn, `drawn` of them.
    """

    def __init__(self, scenario: Scenario, name: str, alone: bool, means: np.ndarray) -> None:
        fact = scenario.facts[name]
        self.name, self.alone, self.drawn = name, alone, len(means)
        self.least, self.most = float(means.min()), float(means.max())
        others = "" if alone else " together with the other facts, each of which some world fits"
        super().__init__(
            f"no plausible world fits the facts: {name} = {number_text(fact.value)} +- {number_text(fact.within)} is in the "
            f"way{others}; in {self.drawn:,} worlds its mean is {self.least:.3g} to {self.most:.3g} "
            "(widen the tolerance, or set in the scenario what makes this network different)"
        )


@dataclass(frozen=True)
class FactCheck:
    """One fact: what is known, and the mean over worlds of what the model says.

    `before`: without facts.  `after`: of last year, with them.  `usual`: of a usual year in the worlds that fit; last year
    was partly luck.
    """

    name: str
    label: str
    value: float
    within: float
    before: float
    after: float
    usual: float


@dataclass(frozen=True)
class MovedParameter:
    """A parameter whose mean over worlds the facts moved."""

    key: str
    label: str
    before: float
    after: float


@dataclass(frozen=True)
class FactsReport:
    """What facts did: worlds drawn, the effective number of worlds that they leave, facts, and parameters they moved."""

    drawn: int
    effective: float
    facts: tuple[FactCheck, ...]
    moved: tuple[MovedParameter, ...]

    @property
    def few(self) -> bool:
        """Whether so few worlds fit that answers over worlds are rough."""
        return self.effective < ENOUGH


@dataclass(frozen=True, eq=False)
class KnownWorlds:
    """Worlds to run and their weights, which sum to 1; without facts all are equal.  `report`: None without facts."""

    worlds: tuple[int, ...]
    weights: np.ndarray
    report: FactsReport | None

    def weighted(self, runs: pd.DataFrame) -> pd.DataFrame:
        """Return a table of runs of these worlds with the `weight` of each world; without facts unchanged."""
        if self.report and len(runs):
            runs.insert(1, "weight", runs["world"].map(dict(zip(self.worlds, self.weights.tolist(), strict=True))))
        return runs


def measured(world: World) -> dict[str, float]:
    """Return what may be known of a network's last year, from a world that was run for a year after settling."""
    weekly = world.weekly[SETTLING : SETTLING + YEAR]
    ties = sum(float(weekly[name].sum()) for name in weekly.dtype.names or () if name.startswith("new_ties_"))
    left = float(weekly["dropped_out"].sum() + weekly["broken_away"].sum())
    last = weekly[-1]
    return {
        "outputs": float(weekly["outputs"].sum()),
        "left_share": left / max(1.0, float(world.weekly["members"][SETTLING - 1])),
        "newcomers": float(weekly["newcomers"].sum()),
        "new_ties": ties,
        "mean_degree": float(last["mean_degree"]),
        "unconnected": float(last["unconnected"]),
        "in_groups": float(last["in_groups"]),
        "members": float(last["members"]),
    }


def known_worlds(
    scenario: Scenario,
    baseline: str,
    count: int,
    seed: int,
    jobs: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
    executor: Executor | None = None,
) -> KnownWorlds:
    """Return the worlds to run and their weights under a scenario's facts.

    `baseline`: strategy of the last year, unless the scenario names another.  `count`: worlds asked for; with facts more are
    drawn where few fit.  Raises NoWorldFits.
    """
    names = measured_names(scenario)
    work, followed = conditioning(scenario, count, seed), last_years_strategy(scenario, baseline)
    try:
        worlds = next(work)
        while True:
            worlds = work.send(simulated_years(scenario, followed, worlds, seed, names, jobs, stopped, executor))
    except StopIteration as end:
        known: KnownWorlds = end.value
        return known


def last_years_strategy(scenario: Scenario, baseline: str) -> str:
    """Return the strategy under which the last year is simulated."""
    return scenario.worlds.last_year or baseline


def measured_names(scenario: Scenario) -> list[str]:
    """Return the facts that are about the last year, not about a parameter."""
    return [name for name in scenario.facts if name in MEASURED]


def conditioning(scenario: Scenario, count: int, seed: int) -> Generator[range, np.ndarray, KnownWorlds]:
    """Yield the worlds whose years are needed next; the value is the worlds to run and their weights.

    It is sent these years as `years_of` returns them; fewer worlds than it asked for mean that the work was stopped.
    Raises NoWorldFits, and ScenarioError if a range cannot be narrowed.
    """
    drawn(scenario, seed, 0)
    names = measured_names(scenario)
    if not names:
        return KnownWorlds(tuple(range(count)), np.full(count, 1 / max(1, count)), narrowing(scenario, count))
    years = np.empty((0, YEARS, len(names)))
    total = count
    while True:
        years = np.concatenate([years, (yield range(len(years), total))])
        if len(years) < total:  # stopped
            total = len(years)
            break
        apart = standardised(scenario, names, years)
        effective = effective_number(weights_of(apart))
        nearest = np.abs(apart[..., 0]).min(axis=0)
        enough = min(ENOUGH, count)
        if effective >= enough or total >= MOST_TIMES * count or (nearest > IMPOSSIBLE).any():
            break
        total = min(MOST_TIMES * count, max(total + 1, ceil(total * enough / effective)))
    if not total:
        return KnownWorlds((), np.empty(0), None)
    return chosen(scenario, names, years, count, seed)


def chosen(scenario: Scenario, names: list[str], years: np.ndarray, count: int, seed: int) -> KnownWorlds:
    """Return the worlds to run: those asked for, and the further ones that carry weight.  Raises NoWorldFits."""
    apart = standardised(scenario, names, years)
    contradiction(scenario, names, years, apart)
    weights = weights_of(apart)
    order = np.argsort(-weights, kind="stable")
    carried = order[: int(np.searchsorted(np.cumsum(weights[order]), LEAST_SHARE)) + 1]
    worlds = tuple(sorted({*range(min(count, len(years))), *carried.tolist()}))
    kept = weights[list(worlds)] / weights[list(worlds)].sum()
    checks = [fact_check(scenario, name, years[..., place], weights) for place, name in enumerate(names)]
    points = [drawn(scenario, seed, world) for world in range(len(years))]
    report = FactsReport(
        len(years),
        effective_number(weights),
        (*checks, *parameter_checks(scenario)),
        moved_parameters(points, weights),
    )
    return KnownWorlds(worlds, kept, report)


def fact_check(scenario: Scenario, name: str, years: np.ndarray, weights: np.ndarray) -> FactCheck:
    """Return what the model says of a fact, from simulated years, (worlds, YEARS), and the weights of worlds."""
    fact, means, luck = scenario.facts[name], years.mean(axis=1), shrunk_variances(years.var(axis=1, ddof=1), YEARS - 1)
    share = luck / (luck + fact.within**2)
    last = means + share * (fact.value - means)
    usual = float(means @ weights)
    return FactCheck(name, MEASURED[name], fact.value, fact.within, float(means.mean()), float(last @ weights), usual)


def narrowing(scenario: Scenario, count: int) -> FactsReport | None:
    """Return what facts about parameters alone did; None if there are none."""
    checks = parameter_checks(scenario)
    return FactsReport(count, float(count), checks, ()) if checks else None


def parameter_checks(scenario: Scenario) -> tuple[FactCheck, ...]:
    """Return facts about parameters: before, the middle of the plausible range; after, of what is left of it."""
    rows = []
    for key, fact in scenario.facts.items():
        if key in BY_KEY:
            low, high = BY_KEY[key].range
            left = (max(low, fact.value - fact.within) + min(high, fact.value + fact.within)) / 2
            rows.append(FactCheck(key, BY_KEY[key].label, fact.value, fact.within, (low + high) / 2, left, left))
    return tuple(rows)


def simulated_years(
    scenario: Scenario,
    strategy: str,
    worlds: range,
    seed: int,
    names: list[str],
    jobs: int | None,
    stopped: Callable[[], bool],
    executor: Executor | None,
) -> np.ndarray:
    """Return what the model says of a year in each world: (worlds, YEARS, names); fewer worlds if stopped."""
    work = partial(measured_year, scenario, strategy, seed)
    return years_of(dict(in_parallel(work, year_tasks(worlds), jobs, stopped, executor)), names)


def year_tasks(worlds: range) -> list[tuple[int, int]]:
    """Return the years to simulate in some worlds, in order: world, year."""
    return [(world, year) for world in worlds for year in range(YEARS)]


def years_of(rows: Mapping[int, Mapping[str, float]], names: list[str]) -> np.ndarray:
    """Return years by world, (worlds, YEARS, names), up to the first world of which one is missing.

    `rows`: what `measured_year` returns, by place in `year_tasks`.
    """
    whole = 0
    while all(whole * YEARS + year in rows for year in range(YEARS)):
        whole += 1
    table = [[rows[place][name] for name in names] for place in range(whole * YEARS)]
    return np.array(table).reshape(whole, YEARS, len(names))


def measured_year(scenario: Scenario, strategy: str, seed: int, task: tuple[int, int]) -> dict[str, float]:
    """Return what the model says of one year of one world, by name."""
    world, year = task
    return measured(year_of(world_scenario(scenario, seed, world), strategy, world_seed(seed, -1 - world), year))


def year_of(scenario: Scenario, strategy: str, seed: int, replicate: int) -> World:
    """Return the world after two years under a strategy, without what is scheduled to happen later."""
    start = networks.build(scenario.network, seed, replicate, scenario.folder)
    coordinators = scenario.coordinator_records(strategy)
    world = build_world(start, scenario.settings(), coordinators, CHANGE.empty(0), SETTLING + YEAR, seed, replicate)
    return run_to(without_maps(world), SETTLING + YEAR)


def standardised(scenario: Scenario, names: list[str], years: np.ndarray) -> np.ndarray:
    """Return each world's distance from each fact in standard deviations, and these: (worlds, names, 2)."""
    values = np.array([scenario.facts[name].value for name in names])
    within = np.array([scenario.facts[name].within for name in names])
    luck = np.stack([shrunk_variances(column, YEARS - 1) for column in years.var(axis=1, ddof=1).T], axis=-1)
    means = years.mean(axis=1)
    middle = means.mean(axis=0)
    # A world's mean of a few years is partly luck: its best estimate is nearer to the mean of all worlds.
    between = np.maximum(means.var(axis=0, ddof=1) - luck.mean(axis=0) / YEARS, 0.0)
    kept = between / np.maximum(between + luck / YEARS, 1e-300)
    deviation = np.sqrt(luck * (1 + kept / YEARS) + within**2)
    return np.stack([(middle + kept * (means - middle) - values) / deviation, deviation], axis=-1)


def weights_of(apart: np.ndarray) -> np.ndarray:
    """Return worlds' weights, which sum to 1, from `standardised`."""
    logs = (-0.5 * apart[..., 0] ** 2 - np.log(apart[..., 1])).sum(axis=1)
    weights = np.exp(logs - logs.max())
    normed: np.ndarray = weights / weights.sum()
    return normed


def effective_number(weights: np.ndarray) -> float:
    """Return the number of equally weighted worlds that would be as good."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def contradiction(scenario: Scenario, names: list[str], years: np.ndarray, apart: np.ndarray) -> None:
    """Raise NoWorldFits if no world fits all facts, naming the one that is in the way."""
    distance = np.abs(apart[..., 0])
    if (distance.max(axis=1) <= FAR).any():
        return
    alone = distance.min(axis=0)
    without = [np.delete(distance, place, axis=1).max(axis=1, initial=0.0).min() for place in range(len(names))]
    place = int(np.argmax(alone)) if alone.max() > FAR else int(np.argmin(without))
    raise NoWorldFits(scenario, names[place], bool(alone.max() > FAR), years[..., place].mean(axis=1))


def moved_parameters(points: Sequence[Mapping[str, Value]], weights: np.ndarray) -> tuple[MovedParameter, ...]:
    """Return the parameters whose mean over worlds the weights moved most, beyond what chance does."""
    rows = []
    for parameter in uncertain():
        if parameter.key in points[0]:
            values = np.array([point[parameter.key] for point in points], float)
            spread = float(values.std())
            shift = float(values @ weights - values.mean()) / spread if spread else 0.0
            row = MovedParameter(parameter.key, parameter.label, float(values.mean()), float(values @ weights))
            rows.append((abs(shift), row))
    chance = MOVED / np.sqrt(effective_number(weights))
    rows.sort(key=lambda row: -row[0])
    return tuple(row for shift, row in rows[:MOST_MOVED] if shift > chance)
