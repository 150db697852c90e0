"""What the page Watch shows: two strategies in one future, which a link names, and the film of it as it is made."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs

from sim.dashboard.answering import Memory, follow
from sim.dashboard.links import FUTURE, LONGEST, from_query, future_of, to_query
from sim.dashboard.pages.watch.film import Film, film
from sim.dashboard.questions import Question
from sim.dashboard.services import services
from sim.dashboard.workshop import Update

SIDES = "sides"


@dataclass(frozen=True)
class Screening:
    """What to watch: two strategies of a question in one of its futures; None: a typical one."""

    question: Question
    sides: tuple[str, str]
    future: int | None = None

    @property
    def query(self) -> str:
        """The query of a link to it."""
        future = "" if self.future is None else f"&{FUTURE}={self.future}"
        return f"{to_query(self.question)}&{SIDES}={''.join(self.sides)}{future}"

    def with_side(self, side: int, key: str) -> Screening:
        """Return another strategy on one side; if it is on the other side already, the two swap."""
        sides = list(self.sides)
        if key in self.question.keys and key != sides[side]:
            if key == sides[1 - side]:
                sides[1 - side] = sides[side]
            sides[side] = key
        return replace(self, sides=(sides[0], sides[1]))


def screening_of(search: str | None) -> Screening:
    """Return what a link asks to watch, held in bounds."""
    question = from_query(search).question
    chosen = parse_qs((search or "")[:LONGEST]).get(SIDES, [""])[0]
    sides = [key for key in chosen if key in question.keys][:2]
    first, second = (*sides, *[key for key in question.keys if key not in sides])[:2]
    return Screening(question, (first, second), future_of(search, question))


def make_film(
    screening: Screening, memory: Memory, folder: Path | None, dropped: threading.Event
) -> Iterator[Update[Film]]:
    """Find a typical future if none is given, then film it.  `folder`: where the files of an uploaded network are."""
    question, future = screening.question, screening.future
    yield Update(text="Looking for a typical future \u2026")
    if future is None:
        for step in follow(question, services().workshop, memory, dropped.is_set, folder):
            yield Update(step.done, step.total, text="Simulating futures, to find a typical one \u2026")
            if step.final and step.result:
                future = step.result.typical
    if future is not None:
        yield Update(text="Recording it \u2026")
        yield Update(result=film(question, screening.sides, future, dropped.is_set, folder), final=True)
