"""Simulated futures shared by all what-ifs of this page: each is run once and kept while there is room."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from cachetools import LRUCache

from sim.dashboard.answering import Memory
from sim.dashboard.pages.drivers.driver_findings import DriverFindings
from sim.inputs.scenario import Scenario
from sim.lab.future import run_future
from sim.model.outcomes import STAGES_REACHED

COLUMNS = (*(f"{stage}_week" for stage in STAGES_REACHED), "outputs", "members_active")
MOST_RUNS, MOST_FINDINGS = 100_000, 24

Outcomes = tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Cell:
    """One strategy in one world. `runs`: outcomes by replicate, in the order of `COLUMNS`."""

    scenario: Scenario
    strategy: str
    seed: int
    runs: dict[int, Outcomes] = field(default_factory=dict)

    def values(self, futures: Iterable[int]) -> np.ndarray:
        """Return the outcomes of these futures, float (futures, columns). Raises KeyError if one has not been run."""
        return np.array([self.runs[future] for future in futures], float).reshape(-1, len(COLUMNS))

    def add(self, table: pd.DataFrame) -> None:
        """Add runs of the same strategy, world and seed from a table of runs as `compare` makes it."""
        rows = table[list(COLUMNS)].to_numpy(float).tolist()
        self.runs.update(zip(map(int, table["replicate"]), map(tuple, rows), strict=True))


class RunCache:
    """The most recently used cells, `most` runs in all, and the latest complete findings. Safe for threads.

    Cells are identified by what decides their numbers: what-ifs that lead to the same scenario share a cell.
    """

    def __init__(self, most: int = MOST_RUNS) -> None:
        self._most = most
        self._changed = threading.Condition()
        self._cells: OrderedDict[str, dict[int, Outcomes]] = OrderedDict()
        self._running: set[tuple[int, int]] = set()
        self._findings: MutableMapping[str, DriverFindings] = LRUCache(MOST_FINDINGS)

    def cell(self, scenario: Scenario, strategy: str, seed: int) -> Cell:
        """Return the cell of a strategy in a scenario. Raises ScenarioError if the files of a network cannot be read."""
        key = f"{scenario.fingerprint(strategy)}:{seed}"
        with self._changed:
            runs = self._cells.setdefault(key, {})
            self._cells.move_to_end(key)
        return Cell(scenario, strategy, seed, runs)

    def findings(self, address: str) -> DriverFindings | None:
        """Return the complete findings of a link, None if they are not in the cache."""
        with self._changed:
            return self._findings.get(address)

    def keep(self, address: str, findings: DriverFindings) -> None:
        """Keep complete findings; the least recently used are dropped."""
        with self._changed:
            self._findings[address] = findings

    def trim(self) -> None:
        """Drop the least recently used cells until at most `most` runs are left; open cells keep their runs."""
        with self._changed:
            count = sum(len(runs) for runs in self._cells.values())
            while count > self._most and self._cells:
                count -= len(self._cells.popitem(last=False)[1])

    def run(self, task: tuple[Cell, int]) -> None:
        """Run one future of a cell unless it is there; wait if another thread is running it."""
        cell, future = task
        place = (id(cell.runs), future)
        with self._changed:
            self._changed.wait_for(lambda: place not in self._running)
            if future in cell.runs:
                return
            self._running.add(place)
        try:
            # Renewal takes a second run, and no outcome on this page needs it.
            outcomes = run_future(cell.scenario, cell.strategy, cell.seed, future, renewal=False).outcomes
            cell.runs[future] = tuple(float(outcomes[name]) for name in COLUMNS)
        finally:
            with self._changed:
                self._running.discard(place)
                self._changed.notify_all()


def missing(cells: Iterable[Cell], futures: Sequence[int]) -> list[tuple[Cell, int]]:
    """Return the runs that cells lack, future by future, each once."""
    distinct = {id(cell.runs): cell for cell in cells}.values()
    return [(cell, future) for future in futures for cell in distinct if future not in cell.runs]


_caches: weakref.WeakKeyDictionary[Memory, RunCache] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def cache_of(memory: Memory) -> RunCache:
    """Return the cache that belongs to a memory of answers: the same sessions may see both, and they end together."""
    with _lock:
        return _caches.setdefault(memory, RunCache())
