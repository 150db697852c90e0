"""Single runs that many what-ifs of a page share: each is run once, by whoever needs it first, and kept while there is room.

A `Cell` is one strategy in one world with all that has been run of it so far.  Two what-ifs that come to the same
scenario are one cell: doing nothing is the same at every budget.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sim.dashboard.asking import Memory
from sim.inputs.scenario import Scenario
from sim.lab.future import run_future
from sim.model.outcomes import STAGES_REACHED

MEASURED = (*(f"{stage}_week" for stage in STAGES_REACHED), "outputs", "members_active")
RUNS_KEPT, ANSWERS_KEPT = 100_000, 24

Outcomes = tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Cell:
    """One strategy in one world: what its runs came to, by replicate, as numbers in the order of `MEASURED`."""

    scenario: Scenario
    strategy: str
    seed: int
    runs: dict[int, Outcomes] = field(default_factory=dict)

    def values(self, futures: Iterable[int]) -> np.ndarray:
        """Outcomes of these futures, float (futures, measures).  KeyError where one has not been run."""
        return np.array([self.runs[future] for future in futures], float).reshape(-1, len(MEASURED))

    def know(self, table: pd.DataFrame) -> None:
        """Take over runs of this very cell that have been run elsewhere: a table of runs, as `compare` makes it."""
        rows = table[list(MEASURED)].to_numpy(float).tolist()
        self.runs.update(zip(map(int, table["replicate"]), map(tuple, rows), strict=True))


class Shelf:
    """Cells by what decides their numbers, the latest used, of `most` runs in all; for everybody who may see them."""

    def __init__(self, most: int = RUNS_KEPT) -> None:
        self._most = most
        self._changed = threading.Condition()
        self._cells: OrderedDict[str, dict[int, Outcomes]] = OrderedDict()
        self._under_way: set[tuple[int, int]] = set()
        self._answers: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def cell(self, scenario: Scenario, strategy: str, seed: int) -> Cell:
        """The cell of a strategy in a scenario.  Errors: ScenarioError where a network's files cannot be read."""
        key = f"{scenario.fingerprint(strategy)}:{seed}"
        with self._changed:
            runs = self._cells.setdefault(key, {})
            self._cells.move_to_end(key)
        return Cell(scenario, strategy, seed, runs)

    def answer(self, key: str) -> dict[str, Any] | None:
        """What was found in the end for a link, if it was."""
        with self._changed:
            return self._answers.get(key)

    def put(self, key: str, answer: dict[str, Any]) -> None:
        """Keep what was found in the end; what was found the longest ago goes."""
        with self._changed:
            self._answers[key] = answer
            while len(self._answers) > ANSWERS_KEPT:
                self._answers.popitem(last=False)

    def trim(self) -> None:
        """Forget the cells not used for the longest, as far as there are too many runs; who holds a cell keeps its runs."""
        with self._changed:
            held = sum(len(runs) for runs in self._cells.values())
            while held > self._most and self._cells:
                held -= len(self._cells.popitem(last=False)[1])

    def run(self, task: tuple[Cell, int]) -> None:
        """Run one future of a cell, unless it is there; where somebody else is at it just now, wait for that."""
        cell, future = task
        place = (id(cell.runs), future)
        with self._changed:
            self._changed.wait_for(lambda: place not in self._under_way)
            if future in cell.runs:
                return
            self._under_way.add(place)
        try:
            # What becomes of a network once its coordinators have gone takes a second run: nothing here asks for it.
            found = run_future(cell.scenario, cell.strategy, cell.seed, future, renewal=False).outcomes
            cell.runs[future] = tuple(float(found[name]) for name in MEASURED)
        finally:
            with self._changed:
                self._under_way.discard(place)
                self._changed.notify_all()


def missing(cells: Iterable[Cell], futures: Sequence[int]) -> list[tuple[Cell, int]]:
    """The runs of cells that are lacking, future after future, each run once."""
    different = {id(cell.runs): cell for cell in cells}.values()
    return [(cell, future) for future in futures for cell in different if future not in cell.runs]


_shelves: weakref.WeakKeyDictionary[Memory, Shelf] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def shelf_beside(memory: Memory) -> Shelf:
    """The shelf that goes with a memory of answers: who may see the one may see the other, and they go together."""
    with _lock:
        return _shelves.setdefault(memory, Shelf())
