"""Compare a scenario's strategies on paired futures: the same seeds, the same newcomers, the same luck.

With common random numbers (Law & Kelton; Salmon et al. 2011) strategies are compared future by future, so shared luck
cancels.  `variance_ratio` says how many times more futures an unpaired comparison would need for the same precision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from html import escape
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.inputs.bounds import FEWEST_REPLICATES, MOST_JOBS, MOST_REPLICATES, whole
from sim.inputs.scenario import Scenario
from sim.lab.analysis.effects import cost_per_output, paired_difference, proportion, who_is_ahead
from sim.lab.analysis.events import kaplan_meier, restricted_mean, restricted_weeks
from sim.lab.analysis.sequential import PairedOutcome, clear_signs
from sim.lab.analysis.world_shares import MARGIN, over_worlds
from sim.lab.comparison_records import (
    ComparisonSummary,
    Interval,
    OutcomeDifference,
    StageSummary,
    StrategySummary,
    WorldDifference,
)
from sim.lab.experiment.runner import results_of
from sim.lab.facts import FactsReport, known_worlds
from sim.lab.future import run_future
from sim.lab.own_rules import NOTHING_OWN, OwnRules
from sim.lab.sizes import MOST_WORLDS
from sim.lab.worlds import FUTURES, run_worlds, values_of
from sim.model.declarations import BY_KEY
from sim.model.outcomes import BY_NAME, OUTCOMES, STAGES_REACHED
from sim.model.state import OUTPUTS

if TYPE_CHECKING:
    import pandas as pd

    from sim.lab.future import Measures
    from sim.model.agents import Coordinator, Member, WorkingGroup

BANDS = (
    *("members", "mean_degree", "mean_trust", "value_per_member", "mean_identity", "past_aligning"),
    *("outputs", "coordinator_dependence"),
)
DIFFERENCES = (
    *("members_left", "members_active", "outputs", "output_value", "value_per_member", "mean_trust", "mean_degree"),
    "coordinator_dependence",
)
STAGE_WORDS = {
    "connected": "connection",
    "aligned": "alignment",
    "producing": "production",
    "generative": "the generative stage",
}

Task = tuple[str, int]
Result = tuple[dict[str, float], np.ndarray]


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Strategies on paired futures.

    `runs`: one row per run: strategy, seed, replicate, and the outcomes.  `bands`: strategy -> float32 (replicates, weeks,
    measures of `BANDS`).  `baseline`: the strategy that the others are compared with.  `planned`: futures of each strategy
    when all have run; None if these are all.  `worlds`: runs of plausible worlds as `run_worlds` returns them, with the
    `weight` of each world; None if there are none.  `facts`: what facts about the network did to them; None without facts.
    `asked_worlds`: worlds of lower numbers were requested, and would be run without facts.  `own`: rules and
    measures of one's own.
    """

    scenario: Scenario
    seed: int
    strategies: tuple[str, ...]
    runs: pd.DataFrame
    bands: Mapping[str, np.ndarray]
    planned: int | None = None
    worlds: pd.DataFrame | None = None
    facts: FactsReport | None = None
    asked_worlds: int = 0
    own: OwnRules = NOTHING_OWN

    def __repr__(self) -> str:
        worlds = 0 if self.worlds is None else self.worlds["world"].nunique()
        further = f", {worlds:,} worlds" if worlds else ""
        names = ", ".join(self.strategies)
        return f"<Comparison of {names}: {self.replicates:,} futures, seed {self.seed}{further}>"

    def _repr_html_(self) -> str:
        """Return means by strategy as a table, for notebooks."""
        columns = ["strategy", "members_active", "members_left", "outputs", "coordinator_dependence", "cost"]
        table = self.runs[columns].groupby("strategy", sort=False).mean()
        head = f"<p>{escape(repr(self))}; means over futures as set:</p>"
        return f"{head}{table.to_html(float_format='{:,.2f}'.format, border=0)}"

    @property
    def baseline(self) -> str:
        """The first strategy."""
        return self.strategies[0]

    @property
    def replicates(self) -> int:
        """Futures of each strategy."""
        return len(self.runs) // len(self.strategies)

    def of(self, strategy: str) -> pd.DataFrame:
        """Return the runs of one strategy, in order of replicates."""
        return self._parts[strategy]

    @cached_property
    def _parts(self) -> dict[str, pd.DataFrame]:
        return {name: self.runs[self.runs["strategy"] == name] for name in self.strategies}

    def weeks(self, strategy: str, stage: str) -> np.ndarray:
        """Return the week in which each future reached a stage, NaN where it did not: float (replicates,)."""
        return self.of(strategy)[f"{stage}_week"].to_numpy(float)

    def restricted(self, strategy: str, stage: str) -> np.ndarray:
        """Return the weeks to a stage, the horizon where it was not reached: float (replicates,)."""
        weeks = self.weeks(strategy, stage)
        return restricted_weeks(weeks, ~np.isnan(weeks), self.scenario.weeks)

    @cached_property
    def _signs(self) -> dict[tuple[str, str, str], int]:
        columns = {
            f"{stage}_week": {name: self.restricted(name, stage) for name in self.strategies}
            for stage in STAGES_REACHED
        }
        columns["outputs"] = {name: self.of(name)["outputs"].to_numpy(float) for name in self.strategies}
        return page_signs(columns, self.scenario.weeks, self.planned)

    def sign(self, outcome: str, a: str, b: str) -> int:
        """Return 1 if `a` has clearly more of an outcome than `b`, -1 if clearly less, 0 if there is no clear difference.

        `outcome`: "outputs", or restricted weeks as "aligned_week".  It is judged among all pairs of strategies in all of
        these, and for looking before all futures have run, so that 95% of comparisons name no wrong winner.
        """
        return self._signs[outcome, a, b]

    @cached_property
    def summary(self) -> ComparisonSummary:
        """Everything that `gennet compare --json` prints."""
        return ComparisonSummary(
            scenario=self.scenario.title,
            question=self.scenario.question,
            seed=self.seed,
            replicates=self.replicates,
            weeks=self.scenario.weeks,
            strategies=tuple(self.strategy_summary(name) for name in self.strategies),
            differences=tuple(d for name in self.strategies[1:] for d in self.differences(name)),
            verdicts=self.verdicts,
            worlds=self.world_differences,
            facts=self.facts,
            without_facts=self.without_facts,
            warnings=tuple(self.scenario.budget_warnings(self.strategies)),
        )

    @cached_property
    def verdicts(self) -> tuple[str, ...]:
        """One sentence for each stage and strategy: which of it and the baseline is ahead, or "no clear difference"."""
        return tuple(
            who_is_ahead(
                STAGE_WORDS[stage],
                name,
                self.baseline,
                self.weeks(name, stage),
                self.weeks(self.baseline, stage),
                self.scenario.weeks,
                self.sign(f"{stage}_week", name, self.baseline),
            )
            for stage in STAGES_REACHED
            for name in self.strategies[1:]
        )

    @cached_property
    def world_differences(self) -> tuple[WorldDifference, ...]:
        """Every pair of strategies over plausible worlds, by outcome; empty without at least two worlds."""
        if self.worlds is None or self.worlds["world"].nunique() < 2:
            return ()
        return tuple(
            self.over_worlds(name, base, outcome)
            for outcome in (*(f"{stage}_week" for stage in STAGES_REACHED), *DIFFERENCES, *self.own.measures)
            for base, name in combinations(self.strategies, 2)
        )

    def over_worlds(self, name: str, base: str, outcome: str) -> WorldDifference:
        """Compare two strategies over plausible worlds in one outcome, weeks to a stage restricted to the horizon.

        `outcome`: a column of `worlds`; of one that is not in the table of outcomes, more is better.
        """
        assert self.worlds is not None
        return self.difference_in(self.worlds, name, base, outcome)

    @cached_property
    def without_facts(self) -> tuple[WorldDifference, ...]:
        """Every pair of strategies in outputs over the worlds as they would be without facts; empty if there are none.

        Empty also if facts are about parameters: no world was drawn from their whole ranges.
        """
        narrowed = any(key in BY_KEY for key in self.scenario.facts)
        if self.facts is None or narrowed or self.worlds is None or not len(self.world_differences):
            return ()
        plain = self.worlds[self.worlds["world"] < self.asked_worlds].assign(weight=1.0)
        return tuple(
            self.difference_in(plain, name, base, "outputs") for base, name in combinations(self.strategies, 2)
        )

    def difference_in(self, worlds: pd.DataFrame, name: str, base: str, outcome: str) -> WorldDifference:
        """Compare two strategies in one outcome over some worlds."""
        both = [values_of(worlds, one, outcome, self.scenario.weeks) for one in (name, base)]
        weights = None
        if "weight" in worlds:
            weights = worlds.groupby("world")["weight"].first().to_numpy(float)
        margin = MARGIN * float(np.abs(np.average(np.mean(both, axis=(0, 2)), weights=weights)))
        found = over_worlds(both[0] - both[1], margin, weights)
        above, below, between = found.shares
        less = outcome in BY_NAME and BY_NAME[outcome].better == "less"
        better, worse = (below, above) if less else (above, below)
        return WorldDifference(
            strategy=name,
            baseline=base,
            outcome=outcome.replace("_week", "_weeks"),
            better=better.mean,
            worse=worse.mean,
            unclear=between,
            better_ci95=Interval(better.low, better.high),
            worse_ci95=Interval(worse.low, worse.high),
            mean=found.mean.mean,
            ci95=Interval(found.mean.low, found.mean.high),
            luck_share=found.luck,
            worlds=len(both[0]),
        )

    def strategy_summary(self, name: str) -> StrategySummary:
        """Summarise one strategy: stages, members, outputs, dependence on coordinators, costs."""
        runs = self.of(name)
        tested = runs["renewed"].dropna()
        base = self.of(self.baseline)
        return StrategySummary(
            name=name,
            label=self.scenario.strategies[name].label,
            stages={stage: self.stage_summary(name, stage) for stage in STAGES_REACHED},
            alive=mean(runs["alive"]),
            renewed=mean(tested) if len(tested) else None,
            renewal_tested=len(tested),
            aligned_unconnected=mean(runs["aligned_unconnected"]),
            members_active=mean(runs["members_active"]),
            members_left=mean(runs["members_left"]),
            outputs=mean(runs["outputs"]),
            outputs_by_kind={kind: mean(runs[f"outputs_{kind}"]) for kind in OUTPUTS},
            output_value=mean(runs["output_value"]),
            coordinator_dependence=mean(runs["coordinator_dependence"]),
            measures={measure: mean(runs[measure]) for measure in self.own.measures},
            cost=mean(runs["cost"]),
            cost_per_output=cost_per_output(
                mean(runs["cost"]), mean(runs["outputs"]), mean(base["cost"]), mean(base["outputs"])
            ),
        )

    def stage_summary(self, name: str, stage: str) -> StageSummary:
        """Summarise how many futures of a strategy reached a stage, and when."""
        weeks = self.weeks(name, stage)
        reached = ~np.isnan(weeks)
        curve = kaplan_meier(weeks, reached, self.scenario.weeks)
        share = proportion(int(reached.sum()), len(weeks))
        area = restricted_mean(weeks, reached, self.scenario.weeks)
        return StageSummary(
            reached=float(reached.mean()),
            reached_ci95=Interval(share.low, share.high),
            median_weeks=curve.median,
            median_ci95=curve.quantile_interval(0.5),
            rmst_weeks=area.mean,
            rmst_ci95=Interval(area.low, area.high),
        )

    def differences(self, name: str) -> list[OutcomeDifference]:
        """Paired differences to the baseline: restricted weeks to each stage, then the outcomes of `DIFFERENCES`."""

        def values(strategy: str) -> dict[str, np.ndarray]:
            runs = self.of(strategy)
            weeks = {f"{stage}_weeks": self.restricted(strategy, stage) for stage in STAGES_REACHED}
            return weeks | {outcome: runs[outcome].to_numpy(float) for outcome in (*DIFFERENCES, *self.own.measures)}

        base, rows = values(self.baseline), []
        for outcome, of_strategy in values(name).items():
            pair = paired_difference(of_strategy, base[outcome])
            interval = Interval(pair.low, pair.high)
            rows.append(OutcomeDifference(name, self.baseline, outcome, pair.mean, interval, pair.variance_ratio))
        return rows

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The summary as tables by name: `strategies`, `stages`, `differences`, and `worlds` if there are any.

        A column that ends in `_low` or `_high` is an end of a 95% interval.
        """
        import pandas as pd

        strategies, stages = [], []
        for one in self.summary.strategies:
            plain = vars(one) | {f"outputs_{kind}": mean for kind, mean in one.outputs_by_kind.items()}
            plain |= one.measures
            strategies.append({"strategy": plain.pop("name"), **plain})
            stages += [{"strategy": one.name, "stage": name, **flat(stage)} for name, stage in one.stages.items()]
        columns = ["strategy", "baseline", "outcome", "mean", "ci95_low", "ci95_high", "variance_ratio"]
        return {
            "strategies": pd.DataFrame(strategies).drop(columns=["stages", "outputs_by_kind", "measures"]),
            "stages": pd.DataFrame(stages),
            "differences": pd.DataFrame([flat(row) for row in self.summary.differences], columns=columns),
            **(
                {"worlds": pd.DataFrame([flat(row) for row in self.world_differences])}
                if self.world_differences
                else {}
            ),
        }

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """Weekly measures of all runs, long: strategy, replicate, week, and the measures of `BANDS`."""
        import pandas as pd

        weeks = np.arange(1, self.scenario.weeks + 1)
        parts = []
        for name in self.strategies:
            block = self.bands[name]
            part = pd.DataFrame(block.reshape(-1, len(BANDS)), columns=list(BANDS))
            part.insert(0, "week", np.tile(weeks, len(block)))
            part.insert(0, "replicate", np.repeat(self.of(name)["replicate"].to_numpy(), len(weeks)))
            part.insert(0, "strategy", name)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)


def page_signs(
    columns: Mapping[str, Mapping[str, np.ndarray]], horizon: float, planned: int | None = None
) -> dict[tuple[str, str, str], int]:
    """Return which differences between strategies are clear, by outcome and pair.

    `columns`: outcome -> strategy -> its values by future, weeks restricted.
    """
    keys = [(outcome, a, b) for outcome, values in columns.items() for a, b in combinations(values, 2)]
    contrasts = [
        PairedOutcome(columns[outcome][a], columns[outcome][b], horizon if outcome.endswith("_week") else None)
        for outcome, a, b in keys
    ]
    signs = dict(zip(keys, clear_signs(contrasts, planned), strict=True))
    return signs | {(outcome, b, a): -sign for (outcome, a, b), sign in signs.items()}


def mean(values: pd.Series) -> float:
    """Return the mean of the values that are not missing."""
    return float(np.nanmean(values.to_numpy(float)))


def flat(row: StageSummary | OutcomeDifference | WorldDifference) -> dict[str, object]:
    """Return a record as a row of a table, each interval as two columns, `_low` and `_high`."""
    cells: dict[str, object] = {}
    for key, value in vars(row).items():
        if isinstance(value, tuple):
            cells[f"{key}_low"], cells[f"{key}_high"] = value
        else:
            cells[key] = value
    return cells


def strategies_of(scenario: Scenario, strategies: Sequence[str] | None) -> tuple[str, ...]:
    """Return names of strategies to compare, all if None.  Raises ScenarioError; ValueError for a text or a repeated name."""
    if strategies is None:
        return tuple(scenario.strategies)
    if isinstance(strategies, str):
        raise ValueError(f"strategies is {strategies!r}; allowed is a list of names, as [{strategies!r}]")
    names = tuple(scenario.strategy(name) for name in strategies)
    if not names or len(set(names)) < len(names):
        raise ValueError(f"strategies is {list(names)}; allowed are one or more names, each once")
    return names


def compare(
    scenario: Scenario | str | Path,
    replicates: int | None = None,
    seed: int | None = None,
    strategies: Sequence[str] | None = None,
    jobs: int | None = None,
    renewal: bool = True,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
    worlds: int = 0,
    facts: Mapping[str, object] | Sequence[str] | None = None,
    executor: Executor | None = None,
    member_class: type[Member] | None = None,
    coordinator_class: type[Coordinator] | None = None,
    group_class: type[WorkingGroup] | None = None,
    measures: Measures | None = None,
) -> Comparison:
    """Run a scenario's strategies on paired futures.

    `scenario`: a Scenario, or the path of its file.  `replicates`, `seed`: its own if left out.  `strategies`: names,
    the first being the baseline; all if left out.  `jobs`: threads; the numbers don't depend on it.  `progress(done,
    all)` is called after every run.  `stopped` is called regularly: once it returns true, the futures that all
    strategies have completed are compared.  `worlds`: number of plausible worlds to compare them in too (0, or at
    least two), two futures of each.  `facts`: what is known of the network, in addition to the scenario's facts, as
    `{"outputs": "4 +- 1"}` or `["outputs = 4 +- 1"]`; worlds that contradict it count less.  `executor`: any
    `concurrent.futures` executor that can pickle closures, such as Dask's, instead of threads.  `member_class`,
    `coordinator_class`, `group_class`, `measures`: rules and outcomes of one's own, as for `simulate`.

    Raises ScenarioError for unknown strategies, and for facts that no world fits; TypeError or ValueError for a seed,
    replicates or jobs out of bounds, for a strategy named twice, or if stopped before two futures were complete.
    """
    scenario = Scenario.of(scenario)
    if facts:
        scenario = scenario.with_facts(facts)
    names = strategies_of(scenario, strategies)
    number = scenario.seed if seed is None else whole(seed, "seed")
    wanted = scenario.replicates if replicates is None else replicates
    count = whole(wanted, "replicates", FEWEST_REPLICATES, MOST_REPLICATES)
    if jobs is not None:
        whole(jobs, "jobs", 1, MOST_JOBS)
    further = whole(worlds, "worlds", 0, MOST_WORLDS)
    own = OwnRules.of(member_class, coordinator_class, group_class, measures)
    # First, so that facts that no world fits, and impossible settings of worlds, are reported before any long work.
    known = known_worlds(scenario, names[0], further, number, jobs, stopped, executor) if further else None
    tasks = tasks_of(names, count)
    total = len(tasks) + further * FUTURES * len(names)
    tick = progress or (lambda done, total: None)
    work = partial(run_task, scenario, number, renewal=renewal, own=own)
    results = results_of(work, tasks, jobs, stopped, executor, lambda done: tick(done, total))
    comparison = assembled(scenario, number, names, results, count, own)
    if known is None or stopped():
        return comparison

    def further_tick(done: int, runs: int) -> None:
        tick(len(tasks) + done, len(tasks) + runs)

    runs = run_worlds(scenario, names, known.worlds, number, jobs, further_tick, stopped, executor, own)
    return replace(comparison, worlds=known.weighted(runs), facts=known.report, asked_worlds=further)


def tasks_of(names: Sequence[str], count: int) -> list[Task]:
    """Return the runs of a comparison in order: future after future, each under all strategies."""
    return [(name, replicate) for replicate in range(count) for name in names]


def run_task(scenario: Scenario, seed: int, task: Task, renewal: bool = True, own: OwnRules = NOTHING_OWN) -> Result:
    """Do one run of a comparison: its outcomes, and the weekly measures of `BANDS`, float32 (weeks, measures)."""
    future = run_future(scenario, task[0], seed, task[1], renewal, own=own)
    weekly = future.world.weekly[: scenario.weeks]
    return future.outcomes, np.stack([weekly[name] for name in BANDS], axis=-1).astype(np.float32)


def assembled(
    scenario: Scenario,
    number: int,
    names: tuple[str, ...],
    results: Mapping[int, Result],
    planned: int | None = None,
    own: OwnRules = NOTHING_OWN,
) -> Comparison:
    """Return the comparison of the futures that all strategies have run.

    `results`: by place in `tasks_of`.  `planned`: futures of each strategy when all have run.  Raises ValueError if there
    are fewer than two.
    """
    import pandas as pd

    count = 1 + max(results, default=-1) // len(names)
    complete = [r for r in range(count) if all(r * len(names) + k in results for k in range(len(names)))]
    if len(complete) < 2:
        raise ValueError("stopped before two futures were complete: nothing to compare")
    rows, bands = [], {}
    for k, name in enumerate(names):
        places = [r * len(names) + k for r in complete]
        bands[name] = np.stack([results[place][1] for place in places])
        for r, place in zip(complete, places, strict=True):
            rows.append({"strategy": name, "seed": number, "replicate": r, **results[place][0]})
    runs = pd.DataFrame(rows, columns=["strategy", "seed", "replicate", *(one.name for one in OUTCOMES), *own.measures])
    return Comparison(scenario, number, names, runs, bands, planned, own=own)
