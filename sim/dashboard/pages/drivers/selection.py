"""What a link to the page selects: the outcome, of which strategy, from how many futures."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from sim.dashboard.links import LONGEST, to_query
from sim.dashboard.pages.drivers.metric import OUTCOMES
from sim.dashboard.questions import Question

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

    outcome: str = "aligned"
    whose: str = LEAD
    each: int = DEFAULT_FUTURES
    brief: bool = False

    def within_bounds(self, question: Question) -> Selection:
        """Return the nearest valid selection: fewer futures and a shorter screening for a large network."""
        outcome = self.outcome if self.outcome in OUTCOMES else question.stage
        whose = self.whose if self.whose in (LEAD, PAIR, *question.keys) else LEAD
        runs = MOST_WORK / (question.members * 1.5 * question.weeks)
        brief = runs < ABOUT_CELLS * DEFAULT_FUTURES + 2 * ABOUT_SCREENING
        left = runs - (ABOUT_BRIEF if brief else ABOUT_SCREENING) * (2 if whose == PAIR else 1)
        most = max(FEWEST_FUTURES, int(left / ABOUT_CELLS / FEWEST_FUTURES) * FEWEST_FUTURES)
        return Selection(outcome, whose, min(max(self.each, FEWEST_FUTURES), FUTURES[-1], most), brief)

    @property
    def screening_runs(self) -> int:
        """About how many runs the screening takes for each strategy."""
        return ABOUT_BRIEF if self.brief else ABOUT_SCREENING

    def strategies(self, ranked: list[str]) -> tuple[str, ...]:
        """Return the strategies that the metric is of, from all strategies by rank."""
        return {LEAD: (ranked[0],), PAIR: (ranked[0], ranked[1])}.get(self.whose, (self.whose,))

    @property
    def query(self) -> str:
        """The part of a link that is about the selection."""
        return urlencode({"result": self.outcome, "whose": self.whose, "each": self.each})

    def address(self, question: Question) -> str:
        """Return the query of a link; it includes the model version, so it identifies the numbers."""
        return f"{to_query(question)}&{self.query}"


def selection_of(search: str | None, question: Question) -> Selection:
    """Return the selection that the query of a link asks for, within bounds."""
    values = {name: texts[0] for name, texts in parse_qs((search or "")[:LONGEST]).items()}
    text = values.get("each", "")
    each = int(text) if text.isdecimal() and len(text) < 5 else DEFAULT_FUTURES
    nearest = min(FUTURES, key=lambda futures: abs(futures - each))
    selection = Selection(values.get("result", question.stage), values.get("whose", LEAD), nearest)
    return selection.within_bounds(question)
