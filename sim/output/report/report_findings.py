"""Every analysis that a report needs.

An analysis that the runs do not allow (one world, one strategy, no future that reached a stage) is None or empty, and
`notes` says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import ParamSpec, TypeVar

import numpy as np
import pandas as pd

from sim.lab.analysis.discovery import Discovery, discover
from sim.lab.analysis.economics import (
    Acceptability,
    Buying,
    CostOfMore,
    Standing,
    acceptability,
    buying,
    cost_of_more,
    joined,
    standings,
)
from sim.lab.analysis.events import CONFIDENCE
from sim.lab.analysis.factor_groups import ByFactor, by_factor
from sim.lab.analysis.pairs import Difference, difference, score_of
from sim.lab.analysis.reached import Reached, in_common, reached
from sim.lab.analysis.regret import Regrets, regret
from sim.lab.analysis.runs import WEEK, AnalysisError, Block, block, known_outcomes
from sim.lab.analysis.sensitivity import RANDOM, SUITABLE, PawnAnalysis, Sensitivity, pawn, sensitivity
from sim.lab.analysis.sequential import PairedOutcome, signs_of
from sim.lab.analysis.worth_of_sweep import WorthOfKnowing, worth_of
from sim.lab.comparison import page_signs
from sim.lab.experiment.designs import Factor
from sim.lab.experiment.reading import SweepResults
from sim.model.outcomes import BY_NAME, STAGES_REACHED
from sim.output.figures.palette import strategy_colours

MAIN = "outputs"
ALWAYS = ("outputs", "members_active", "members_left", "value_per_member", "coordinator_dependence", "cost")
FEWEST_WORLDS = 20
SHORT = 40
T = TypeVar("T")
Arguments = ParamSpec("Arguments")


@dataclass(frozen=True)
class Failing:
    """In which worlds a strategy fails, for one definition of failing."""

    strategy: str
    meaning: str
    rules: Discovery


@dataclass
class Findings:
    """All analyses of a results folder."""

    results: SweepResults
    runs: pd.DataFrame
    strategies: tuple[str, ...]
    colours: dict[str, str]
    main: str
    reached: list[Reached] = field(default_factory=list)
    blocks: dict[str, Block] = field(default_factory=dict)
    pairs: dict[tuple[str, str, str], Difference] = field(default_factory=dict)
    regrets: Regrets | None = None
    prices: list[CostOfMore] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    acceptability: Acceptability | None = None
    buying: Buying | None = None
    cloud: np.ndarray | None = None
    indices: list[Sensitivity] = field(default_factory=list)
    pawn: list[PawnAnalysis] = field(default_factory=list)
    worth: WorthOfKnowing | None = None
    failing: list[Failing] = field(default_factory=list)
    by_factor: list[ByFactor] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def baseline(self) -> str:
        """The strategy that others are compared with."""
        return self.strategies[0]

    @property
    def horizon(self) -> int:
        """Weeks of a run."""
        return int(self.results.experiment["weeks"])

    @property
    def worlds(self) -> int:
        """The number of points with any run."""
        return int(self.runs["point"].nunique())

    @cached_property
    def common(self) -> pd.DataFrame:
        """The runs of those worlds and seeds that all strategies have run."""
        return in_common(self.runs)

    @property
    def one_seed(self) -> bool:
        """Whether several worlds were run with a single seed, so that luck cannot be separated from strategies."""
        return self.worlds > 1 and not self.runs[["seed", "replicate"]].drop_duplicates().shape[0] > 1

    @property
    def own_luck(self) -> bool:
        """Whether there are several worlds, and each has seeds of its own."""
        return any(not table.shared for table in self.blocks.values())

    @property
    def failed(self) -> int:
        """The number of runs that failed."""
        return int((self.results.runs["status"] != "done").sum())

    @property
    def labels(self) -> dict[str, str]:
        """Short names of the factors by key."""
        return {factor.key: short_label(factor.label, factor.key) for factor in self.results.factors}

    @property
    def named_factors(self) -> list[Factor]:
        """The factors under their short names."""
        return [replace(factor, label=self.labels[factor.key]) for factor in self.results.factors]

    @property
    def cheapest(self) -> str:
        """The strategy that costs least, with which the cost of outputs is compared; the first if several do."""
        if "cost" not in self.blocks:
            return self.baseline
        return min(self.strategies, key=lambda name: (self.mean(name, "cost"), self.strategies.index(name)))

    def mean(self, strategy: str, outcome: str) -> float:
        """Return the mean over the crossed worlds and seeds."""
        return float(self.blocks[outcome].of(strategy).mean())

    def pair(self, a: str, b: str, outcome: str) -> Difference | None:
        """Return the paired difference a minus b, or None if it has no interval because there is one seed only."""
        if outcome not in self.blocks or not has_interval(self.blocks[outcome]):
            return None
        if (a, b, outcome) not in self.pairs:
            self.pairs[a, b, outcome] = difference(self.blocks[outcome], a, b)
        return self.pairs[a, b, outcome]

    def sign(self, a: str, b: str, outcome: str) -> int:
        """Return 1 if `a` has clearly more of an outcome than `b`, -1 if clearly less, 0 if there is no clear difference.

        It is judged among all pairs of strategies in weeks to each stage, outputs and the main outcome, so that 95% of
        reports name no wrong winner; of a comparison of one world as `Comparison.sign` says.
        """
        return self._signs.get((outcome, a, b), 0)

    @cached_property
    def _signs(self) -> dict[tuple[str, str, str], int]:
        judged = dict.fromkeys([*(f"{stage}_week" for stage in STAGES_REACHED), "outputs", self.main])
        blocks = {name: self.blocks[name] for name in judged if name in self.blocks and has_interval(self.blocks[name])}
        if self.worlds == 1:
            columns = {
                name: dict(zip(table.strategies, table.values[0].T, strict=True)) for name, table in blocks.items()
            }
            return page_signs(columns, self.horizon)
        keys = [(name, a, b) for name in blocks for a, b in combinations(self.strategies, 2)]
        scores = [self._score(blocks[name], a, b) for name, a, b in keys]
        signs = dict(zip(keys, signs_of(np.array([scores])), strict=True)) if keys else {}
        return signs | {(name, b, a): -sign for (name, a, b), sign in signs.items()}

    def _score(self, table: Block, a: str, b: str) -> float:
        """Return the evidence for a difference over worlds."""
        if table.shared:
            return score_of(difference(table, a, b))
        first, second = (table.of(name).mean(axis=1) for name in (a, b))
        end = float(self.horizon) if table.outcome.endswith(WEEK) else None
        return PairedOutcome(first, second, end).score(len(first))

    def at(self, strategy: str, stage: str) -> Reached:
        """Return how often and when a strategy reached a stage."""
        return next(one for one in self.reached if (one.strategy, one.stage) == (strategy, stage))

    def tried(self, work: Callable[Arguments, T], *args: Arguments.args, **kwargs: Arguments.kwargs) -> T | None:
        """Return the result of an analysis; None, and a note, if the runs do not allow it."""
        try:
            return work(*args, **kwargs)
        except AnalysisError as fault:
            self.notes.append(f"{fault}.")
            return None


def has_interval(table: Block) -> bool:
    """Return whether differences have intervals: not with one future, nor with one seed for all worlds."""
    return table.values.shape[1] > 1 or not table.shared


def short_label(label: str, key: str) -> str:
    """Return a label of at most 40 letters for use in a sentence, or the key."""
    head = re.split(r"[:;,(]", label)[0].strip()
    for text in (head, label):
        if 0 < len(text) <= SHORT:
            return text if text[1:2].isupper() else text[0].lower() + text[1:]
    return key


def find(results: SweepResults) -> Findings:
    """Run every analysis.  Raises AnalysisError if no run is done."""
    found = levels_of(results)
    choices_of(found)
    worlds_of(found)
    return found


def levels_of(results: SweepResults) -> Findings:
    """Analyse each strategy by itself: stages, and a block for each outcome.  Raises AnalysisError if no run is done."""
    runs = results.done
    if runs.empty:
        raise AnalysisError(
            f"{results.folder}: no run is done, all {len(results.runs):,} failed; failures.csv says why"
        )
    names = tuple(name for name in results.strategies if name in set(runs["strategy"]))
    declared = results.experiment.get("resolved", {}).get("strategies") or results.strategies
    colours = strategy_colours([*declared, *names])
    outcomes = [name for name in results.experiment["outcomes"] if name in BY_NAME and BY_NAME[name].better]
    main = next((name for name in [MAIN, *outcomes] if name in runs.columns), known_outcomes(runs)[0])
    found = Findings(results, runs, names, colours, main)
    common = found.common
    found.reached = [reached(common, name, stage, found.horizon) for stage in STAGES_REACHED for name in names]
    for name in dict.fromkeys([*(f"{stage}_week" for stage in STAGES_REACHED), *outcomes, *ALWAYS]):
        if name in runs.columns and (table := found.tried(block, runs, name, names, found.horizon)) is not None:
            found.blocks[name] = table
    return found


def choices_of(found: Findings) -> None:
    """Add regret and cost-effectiveness, if there are two strategies or more."""
    if len(found.strategies) < 2 or found.main not in found.blocks:
        return
    table = found.blocks[found.main]
    if table.values[..., 0].size < 2:
        found.notes.append("There is one simulated future of each strategy, which says nothing about luck.")
        return
    found.regrets = found.tried(regret, table)
    costs, outputs = found.blocks.get("cost"), found.blocks.get("outputs")
    if costs is None or outputs is None or costs.values.shape != outputs.values.shape:
        return
    base = found.cheapest
    if not found.one_seed:
        found.prices = [cost_of_more(costs, outputs, name, base) for name in found.strategies if name != base]
        number = len(found.strategies)
        # The best buy is one more outcome of the page's pairs of strategies.
        share = (1 - CONFIDENCE) / (number * (number - 1) / 2 * (len(STAGES_REACHED) + 2))
        found.buying = buying(costs, outputs, 1 - share)
    found.standings = standings(costs, outputs)
    found.acceptability = acceptability(costs, outputs)
    both = joined(costs, outputs)
    found.cloud = both.mean(axis=1) if len(both) > 1 else both[0]


def worlds_of(found: Findings) -> None:
    """Add what depends on the world: indices, stages by factor, scenario discovery."""
    results = found.results
    if not results.factors:
        return
    lead = leading(found)
    if results.experiment["design"]["kind"] == "lhs" and found.own_luck and len(found.strategies) > 1:
        with suppress(AnalysisError):  # too few worlds or futures for it
            found.worth = worth_of(results)
    pairs: list[tuple[str, str | None]] = [(lead, None)]
    others = [name for name in (found.cheapest, *found.strategies) if name != lead]
    pairs += [(lead, others[0])] if others else []
    for name, against in pairs if results.experiment["design"]["kind"] in RANDOM else ():
        with suppress(AnalysisError):  # too few worlds for it
            found.pawn.append(pawn(results.runs, results.experiment, found.main, name, against))
    if results.experiment["design"]["kind"] in SUITABLE:
        for name, against in pairs:
            one = found.tried(sensitivity, results.runs, results.experiment, found.main, name, against)
            found.indices += [one] if one else []
    # Points of a Sobol or Morris design belong together and cannot be permuted; there the indices answer.
    for factor in results.factors if results.experiment["design"]["kind"] not in SUITABLE else ():
        one_factor = found.tried(by_factor, found.runs, factor.key, "producing", found.horizon, lead)
        found.by_factor += [one_factor] if one_factor else []
    if found.worlds >= FEWEST_WORLDS:
        found.failing = [one for name in found.strategies for one in failings(found, name)]
    else:
        found.notes.append(
            f"{found.worlds} worlds are too few to look for rules on where strategies fail; at least {FEWEST_WORLDS} are needed."
        )


def leading(found: Findings) -> str:
    """Return the strategy with the best mean main outcome."""
    if found.regrets is None:
        return found.strategies[-1]
    return min(found.regrets.strategies, key=lambda one: one.mean.mean).strategy


def failings(found: Findings, name: str) -> list[Failing]:
    """Return where a strategy fails: produces in fewer than half of the futures, or has no more outputs than the cheapest."""
    mine = found.runs[found.runs["strategy"] == name]
    worlds = mine.drop_duplicates("point").sort_values("point")
    there = (~mine["producing_week"].isna()).groupby(mine["point"]).mean().sort_index()
    failing = [
        Failing(
            name,
            "reaches production in fewer than half of its simulated futures",
            discover(worlds, (there < 0.5).to_numpy(), found.named_factors),
        )
    ]
    base = found.cheapest
    if name != base and MAIN in found.blocks:
        table = found.blocks[MAIN]
        gain = (table.of(name) - table.of(base)).mean(axis=1)
        common = worlds[worlds["point"].isin(table.points)]
        failing.append(
            Failing(name, f"has no more outputs than {base}", discover(common, gain <= 0, found.named_factors))
        )
    return failing
