"""The records of a comparison's summary; their fields, in order, are the keys of `gennet compare --json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sim.lab.facts import FactsReport


class Interval(NamedTuple):
    """A 95% interval."""

    low: float
    high: float


@dataclass(frozen=True)
class StageSummary:
    """How many futures of a strategy reached a stage, and when.

    `median_weeks`: Kaplan-Meier median, None if fewer than half of the futures reached the stage; an end of its interval
    is None where it lies past the horizon.  `rmst_weeks`: restricted mean, in which no week past the horizon counts.
    """

    reached: float
    reached_ci95: Interval
    median_weeks: float | None
    median_ci95: tuple[float | None, float | None]
    rmst_weeks: float
    rmst_ci95: Interval


@dataclass(frozen=True)
class StrategySummary:
    """One strategy: stages, then means and shares over its futures.

    `renewed`: share of the futures tested for renewal that passed, None if none was tested.  `cost_per_output`: dollars
    for one more output than the baseline produced, None if there are none.  `measures`: means of one's own outcomes.
    """

    name: str
    label: str
    stages: Mapping[str, StageSummary]
    alive: float
    renewed: float | None
    renewal_tested: int
    aligned_unconnected: float
    members_active: float
    members_left: float
    outputs: float
    outputs_by_kind: Mapping[str, float]
    output_value: float
    coordinator_dependence: float
    measures: Mapping[str, float]
    cost: float
    cost_per_output: float | None


@dataclass(frozen=True)
class OutcomeDifference:
    """Mean paired difference of an outcome, a strategy minus the baseline.

    `variance_ratio`: how many times more futures an unpaired comparison would need; None if differences do not vary.
    """

    strategy: str
    baseline: str
    outcome: str
    mean: float
    ci95: Interval
    variance_ratio: float | None


@dataclass(frozen=True)
class WorldDifference:
    """A strategy and a baseline in one outcome over plausible worlds.

    `better`, `worse`, `unclear`: shares of worlds in which the strategy does better by more than a twentieth of the
    outcome's mean, worse by more than that, or neither, corrected for the luck of a few futures in each world.  `mean`: mean
    difference.  `luck_share`: of the variance of a single future's difference, the part that is luck and not the world.
    """

    strategy: str
    baseline: str
    outcome: str
    better: float
    worse: float
    unclear: float
    better_ci95: Interval
    worse_ci95: Interval
    mean: float
    ci95: Interval
    luck_share: float
    worlds: int

    @property
    def ahead(self) -> int:
        """Return 1 if the strategy does better over worlds, -1 if worse, 0 if that is not clear.

        It takes both: more worlds in which it is better, beyond what their intervals allow, and a mean difference whose
        interval excludes 0.
        """
        if self.ci95.low <= 0 <= self.ci95.high:
            return 0
        return (self.better_ci95.low > self.worse_ci95.high) - (self.worse_ci95.low > self.better_ci95.high)


@dataclass(frozen=True)
class ComparisonSummary:
    """Everything that `gennet compare --json` prints.

    `facts`: what facts about the network did, None without any.  `without_facts`: differences in outputs over worlds as they
    would be without facts.
    """

    scenario: str
    question: str
    seed: int
    replicates: int
    weeks: int
    strategies: tuple[StrategySummary, ...]
    differences: tuple[OutcomeDifference, ...]
    verdicts: tuple[str, ...]
    worlds: tuple[WorldDifference, ...]
    facts: FactsReport | None
    without_facts: tuple[WorldDifference, ...]
    warnings: tuple[str, ...]
