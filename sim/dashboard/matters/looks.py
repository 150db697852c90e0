"""How a question is looked at on the page of what matters: which outcome, whose, from how many futures; as part of a link."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from sim.dashboard.links import LONGEST, to_query
from sim.dashboard.matters.measure import OUTCOMES, Measure
from sim.dashboard.questions import Question

RESULT, WHOSE, EACH = "result", "whose", "each"
LEAD, PAIR = "lead", "pair"
EACHES = (24, 48, 96, 192)
USUAL, LEAST = 48, 12
MOST_WORK = 600e6
ABOUT_CELLS, ABOUT_SCREENING, ABOUT_BRIEF = 190, 2600, 1300


@dataclass(frozen=True)
class Look:
    """Outcome; whose: "lead" for the leading strategy, "pair" for its lead on the second, or a strategy's key; futures."""

    outcome: str = "aligned"
    whose: str = LEAD
    each: int = USUAL
    brief: bool = False

    def held(self, question: Question) -> Look:
        """The look within what the machine should do for a link: fewer futures, and a shorter screening, if need be."""
        outcome = self.outcome if self.outcome in OUTCOMES else question.stage
        whose = self.whose if self.whose in (LEAD, PAIR, *question.keys) else LEAD
        runs = MOST_WORK / (question.members * 1.5 * question.weeks)
        brief = runs < ABOUT_CELLS * USUAL + 2 * ABOUT_SCREENING
        left = runs - (ABOUT_BRIEF if brief else ABOUT_SCREENING) * (2 if whose == PAIR else 1)
        most = max(LEAST, int(left / ABOUT_CELLS / LEAST) * LEAST)
        return Look(outcome, whose, min(max(self.each, LEAST), EACHES[-1], most), brief)

    def keys(self, order: list[str]) -> tuple[str, ...]:
        """The strategies that the measure is of, given all by rank."""
        if self.whose == PAIR:
            return (order[0], order[1])
        return (order[0],) if self.whose == LEAD else (self.whose,)

    @property
    def query(self) -> str:
        """Its part of a link."""
        return urlencode({RESULT: self.outcome, WHOSE: self.whose, EACH: self.each})

    def address(self, question: Question) -> str:
        """The query of a link to a question looked at in this way: what its numbers go by, model version included."""
        return f"{to_query(question)}&{self.query}"


def look_of(search: str | None, question: Question) -> Look:
    """The look that a link asks for, held in bounds."""
    given = {name: values[0] for name, values in parse_qs((search or "")[:LONGEST]).items()}
    each = given.get(EACH, "")
    number = int(each) if each.isdecimal() and len(each) < 5 else USUAL
    number = min(EACHES, key=lambda one: abs(one - number))
    return Look(given.get(RESULT, question.stage), given.get(WHOSE, LEAD), number).held(question)


def whose_words(measure: Measure, labels: dict[str, str]) -> str:
    """What is looked at, as the subject of a sentence."""
    first = labels[measure.whose[0]]
    if measure.pair:
        what = {"outputs": "in joint outputs", "members": "in members at the end"}.get(
            measure.outcome, OUTCOMES[measure.outcome].removeprefix("Months ").replace("to ", "on the way to ", 1)
        )
        return f"The lead of {first} on {labels[measure.whose[1]]} {what}"
    return f"{OUTCOMES[measure.outcome]} with {first}"
