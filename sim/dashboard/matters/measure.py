"""What a page looks at: an outcome of one strategy, or how far one strategy is ahead of another, future by future."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.dashboard.matters.runs import MEASURED, Cell
from sim.lab.analysis.effects import MONTHS, mean_interval
from sim.lab.analysis.events import Estimate, restricted_mean, restricted_weeks
from sim.model.outcomes import STAGES_REACHED
from sim.output.words import number

OUTCOMES = {
    **{
        stage: f"Months to {word}"
        for stage, word in zip(
            STAGES_REACHED, ("connection", "alignment", "production", "the generative stage"), strict=True
        )
    },
    "outputs": "Joint outputs",
    "members": "Members at the end",
}
COLUMNS = {**{stage: f"{stage}_week" for stage in STAGES_REACHED}, "outputs": "outputs", "members": "members_active"}


@dataclass(frozen=True)
class Measure:
    """An outcome and whose it is: one strategy's, or by how much the first of two is ahead of the second."""

    outcome: str
    whose: tuple[str, ...]

    @property
    def stage(self) -> bool:
        """Whether it is a time to a stage: the less the better, and no longer than the horizon."""
        return self.outcome in STAGES_REACHED

    @property
    def pair(self) -> bool:
        """Whether it is a lead of one strategy over another."""
        return len(self.whose) == 2

    @property
    def unit(self) -> str:
        """What it is counted in."""
        return "months" if self.stage else "outputs" if self.outcome == "outputs" else "members"

    def of_strategy(self, cell: Cell, futures: range) -> np.ndarray:
        """The outcome of each future of a cell: months no further than the horizon, or numbers."""
        values = cell.values(futures)[:, MEASURED.index(COLUMNS[self.outcome])]
        if not self.stage:
            return values
        return restricted_weeks(values, ~np.isnan(values), cell.scenario.weeks) / MONTHS.weeks

    def of(self, cells: Mapping[str, Cell], futures: range) -> np.ndarray:
        """The measure in each future of a world: cells by strategy."""
        first = self.of_strategy(cells[self.whose[0]], futures)
        if not self.pair:
            return first
        second = self.of_strategy(cells[self.whose[1]], futures)
        return second - first if self.stage else first - second

    def estimate(self, cell: Cell, futures: range) -> Estimate:
        """The outcome's mean in a cell with its 95% interval; of a time to a stage the restricted mean."""
        if not self.stage:
            return mean_interval(self.of_strategy(cell, futures))
        weeks = cell.values(futures)[:, MEASURED.index(COLUMNS[self.outcome])]
        found = restricted_mean(weeks, ~np.isnan(weeks), cell.scenario.weeks)
        return Estimate(*(value / MONTHS.weeks for value in (found.mean, found.low, found.high)))

    def words(self, value: float) -> str:
        """A value with its unit: "14.2 months", "3.1 months sooner", "2.0 outputs fewer"."""
        if not self.pair:
            return self.amount(value)
        ways = ("sooner", "later") if self.stage else ("more", "fewer")
        return f"{self.amount(abs(value))} {ways[value < 0]}"

    def amount(self, value: float) -> str:
        """A number with its unit."""
        text = number(value, 1)
        unit = self.unit.removesuffix("s") if text == "1.0" else self.unit
        return f"{text} {unit}"
