"""The number that the page explains, an outcome of one strategy or the lead of one over another; and what a link selects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np

from sim.dashboard.pages.drivers.run_cache import COLUMNS, Cell
from sim.dashboard.questions import Question, to_query, values_of
from sim.lab.analysis.effects import MONTHS, mean_interval
from sim.lab.analysis.events import Estimate, restricted_mean, restricted_weeks
from sim.lab.comparison import STAGE_WORDS
from sim.model.outcomes import STAGES_REACHED
from sim.output.words import number

OUTCOMES = {
    **{stage: f"Months to {noun}" for stage, noun in STAGE_WORDS.items()},
    "outputs": "Joint results",
    "members": "Members at the end",
}

Cells = Mapping[str, Cell]
"""The cells of one world, by strategy."""


@dataclass(frozen=True)
class Metric:
    """An outcome of one strategy, or with two `strategies` how far the first is ahead of the second, future by future."""

    outcome: str
    strategies: tuple[str, ...]

    @property
    def is_time(self) -> bool:
        """Whether it is the time to a stage: less is better, and it is at most the horizon."""
        return self.outcome in STAGES_REACHED

    @property
    def is_lead(self) -> bool:
        """Whether it is a lead of one strategy over another."""
        return len(self.strategies) == 2

    @property
    def unit(self) -> str:
        """The unit: months, results or members."""
        return "months" if self.is_time else {"outputs": "results"}.get(self.outcome, self.outcome)

    def of_strategy(self, cell: Cell, futures: range) -> np.ndarray:
        """Return the outcome of each future of a cell, shape (futures,): a count, or months up to the horizon."""
        values = self._column(cell, futures)
        if not self.is_time:
            return values
        months: np.ndarray = restricted_weeks(values, ~np.isnan(values), cell.scenario.weeks) / MONTHS.weeks
        return months

    def of(self, cells: Cells, futures: range) -> np.ndarray:
        """Return the metric of each future of a world, shape (futures,)."""
        first = self.of_strategy(cells[self.strategies[0]], futures)
        if not self.is_lead:
            return first
        second = self.of_strategy(cells[self.strategies[1]], futures)
        lead: np.ndarray = second - first if self.is_time else first - second
        return lead

    def estimate(self, cell: Cell, futures: range) -> Estimate:
        """Return the mean outcome of a cell with its 95% interval; the restricted mean for the time to a stage."""
        if not self.is_time:
            return mean_interval(self.of_strategy(cell, futures))
        weeks = self._column(cell, futures)
        mean = restricted_mean(weeks, ~np.isnan(weeks), cell.scenario.weeks)
        return Estimate(*(value / MONTHS.weeks for value in (mean.mean, mean.low, mean.high)))

    def words(self, value: float) -> str:
        """Return a value in words: "14.2 months", or for a lead "3.1 months sooner", "2.0 results fewer"."""
        if not self.is_lead:
            return self.amount(value)
        ways = ("sooner", "later") if self.is_time else ("more", "fewer")
        return f"{self.amount(abs(value))} {ways[value < 0]}"

    def amount(self, value: float) -> str:
        """Return a number with its unit."""
        text = number(value, 1)
        return f"{text} {self.unit.removesuffix('s') if text == '1.0' else self.unit}"

    def subject(self, labels: Mapping[str, str]) -> str:
        """Return what the metric is, as the subject of a sentence; `labels`: of strategies."""
        first = labels[self.strategies[0]]
        if not self.is_lead:
            return f"{OUTCOMES[self.outcome]} with {first}"
        what = {"outputs": "in joint results", "members": "in members at the end"}.get(self.outcome)
        what = what or f"on the way to {STAGE_WORDS[self.outcome]}"
        return f"The lead of {first} over {labels[self.strategies[1]]} {what}"

    def _column(self, cell: Cell, futures: range) -> np.ndarray:
        column = {"outputs": "outputs", "members": "members_active"}.get(self.outcome, f"{self.outcome}_week")
        values: np.ndarray = cell.values(futures)[:, COLUMNS.index(column)]
        return values


LEAD, PAIR = "lead", "pair"
FUTURES = (24, 48, 96, 192)
DEFAULT_FUTURES, FEWEST_FUTURES = 48, 12
MOST_WORK = 600e6
"""Member-weeks that one link may ask for."""
ABOUT_CELLS, ABOUT_SCREENING, ABOUT_BRIEF = 190, 2600, 1300


@dataclass(frozen=True)
class Selection:
    """`whose`: "lead" for the leading strategy, "pair" for its lead over the second, or the key of a strategy.

    `each`: futures for each point. `brief`: whether the screening of parameters is shortened.
    """

    outcome: str = "outputs"
    whose: str = LEAD
    each: int = DEFAULT_FUTURES
    brief: bool = False

    def within_bounds(self, question: Question) -> Selection:
        """Return the nearest valid selection: fewer futures and a shorter screening for a large network."""
        outcome = self.outcome if self.outcome in OUTCOMES else usual_outcome(question)
        whose = self.whose if self.whose in (LEAD, PAIR, *question.keys) else LEAD
        runs = MOST_WORK / (question.members * 1.5 * question.weeks)
        brief = runs < ABOUT_CELLS * DEFAULT_FUTURES + 2 * ABOUT_SCREENING
        left = runs - (ABOUT_BRIEF if brief else ABOUT_SCREENING) * (2 if whose == PAIR else 1)
        most = max(FEWEST_FUTURES, int(left / ABOUT_CELLS / FEWEST_FUTURES) * FEWEST_FUTURES)
        return Selection(outcome, whose, min(max(self.each, FEWEST_FUTURES), FUTURES[-1], most), brief)

    def strategies(self, ranked: list[str]) -> tuple[str, ...]:
        """Return the strategies that the metric is of, from all strategies by rank."""
        return {LEAD: (ranked[0],), PAIR: (ranked[0], ranked[1])}.get(self.whose, (self.whose,))

    def address(self, question: Question) -> str:
        """Return the query of a link; it includes the model version, so it identifies the numbers."""
        own = urlencode({"result": self.outcome, "whose": self.whose, "each": self.each})
        return f"{to_query(question)}&{own}"


def usual_outcome(question: Question) -> str:
    """Return the outcome that comes nearest to the one that a question ranks strategies by."""
    return question.ranked_by if question.ranked_by in OUTCOMES else "outputs"


def selection_of(search: str | None, question: Question) -> Selection:
    """Return the selection that the query of a link asks for, within bounds."""
    values = values_of(search)
    text = values.get("each", "")
    each = int(text) if text.isdecimal() and len(text) < 5 else DEFAULT_FUTURES
    nearest = min(FUTURES, key=lambda futures: abs(futures - each))
    selection = Selection(values.get("result", usual_outcome(question)), values.get("whose", LEAD), nearest)
    return selection.within_bounds(question)
