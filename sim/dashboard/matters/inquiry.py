"""A question that is being looked into: the runs it lacks, part after part, in the shared workshop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.dashboard.asking import TICK
from sim.dashboard.matters.looks import Look
from sim.dashboard.matters.runs import Cell, Shelf, missing
from sim.dashboard.matters.tornado import Cells, Worlds
from sim.dashboard.matters.variations import Variation
from sim.dashboard.questions import Question
from sim.dashboard.workshop import Workshop
from sim.inputs.scenario import Scenario


@dataclass(frozen=True)
class Part:
    """What there is to show: runs done of about so many, what has been found, whether it is all.

    `fault`: a plain sentence if there will be nothing.
    """

    done: int
    total: int
    told: dict[str, Any] | None = None
    final: bool = False
    fault: str = ""


class Stopped(Exception):
    """Nobody waits for it any more."""


@dataclass
class Inquiry:
    """One question looked at in one way: what it needs, what it has found so far."""

    question: Question
    look: Look
    workshop: Workshop
    shelf: Shelf
    dropped: Callable[[], bool]
    folder: Path | None = None
    done: int = 0
    ahead: dict[str, int] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)

    def cell(self, scenario: Scenario, key: str) -> Cell:
        """The cell of a strategy in a scenario."""
        return self.shelf.cell(scenario, key, int(self.question.seed))

    def cells(self, scenario: Scenario, keys: Iterable[str]) -> dict[str, Cell]:
        """Cells of strategies in a scenario."""
        return {key: self.cell(scenario, key) for key in keys}

    def worlds(self, variation: Variation, base: Cells, keys: Iterable[str]) -> Worlds:
        """The cells of a variation's ends; ends that are no other world for any of these strategies are left out."""
        ends = {}
        for name, end in variation.ends.items():
            cells = self.cells(end.scenario(), keys)
            if any(cells[key].runs is not base[key].runs for key in cells):
                ends[name] = cells
        return Worlds(variation, ends)

    def run(self, name: str, cells: Iterable[Cell], futures: range, urgent: int = 0) -> Iterator[Part]:
        """Run what is lacking of a part, telling how far it is.  Errors: Stopped, and whatever a run raises."""
        tasks = missing(cells, futures)
        before = self.done
        self.ahead[name] = len(tasks)
        job = self.workshop.begin(self.shelf.run, tasks, min(urgent, len(tasks)))
        try:
            while not job.finished:
                if self.dropped():
                    raise Stopped
                job.wait(len(tasks), TICK)
                self.done = before + job.done
                self.ahead[name] = len(tasks) - job.done
                yield self.part()
            if job.fault is not None:
                raise job.fault
        finally:
            job.drop()
        if self.dropped():
            raise Stopped

    def part(self, final: bool = False, news: bool = False) -> Part:
        """How far it is, and with `news` what has been found."""
        return Part(self.done, self.done + sum(self.ahead.values()), dict(self.told) if news else None, final)
