"""What all sessions of one server share: threads that run futures, finished answers, the warming-up, the shelf of results."""

from __future__ import annotations

import threading
from pathlib import Path

from sim.dashboard.asking import Memory
from sim.dashboard.folders.shelf import Shelf
from sim.dashboard.warming import Warming
from sim.dashboard.workshop import Workshop
from sim.lab.results import ROOT


class Services:
    """One of each; `close` ends them.  `results`: the folder whose results can be looked at."""

    def __init__(self, results: Path = ROOT) -> None:
        self.workshop = Workshop()
        self.memory = Memory()
        self.shelf = Shelf(results)
        self.warming = Warming(self.workshop, self.memory)
        self.warming.begin()

    def close(self) -> None:
        """End everything that runs in the background."""
        self.warming.stop()
        self.workshop.close()


_lock = threading.Lock()
_services: list[Services] = []


def services(results: Path = ROOT) -> Services:
    """The services of this process, begun when first asked for; only then it counts which `results` they show."""
    with _lock:
        if not _services:
            _services.append(Services(results))
        return _services[0]


def close_services() -> None:
    """End the services, if any were begun; the next call of `services` begins new ones."""
    with _lock:
        while _services:
            _services.pop().close()
