"""What all sessions of one server share: threads that run futures, finished answers, compiled rules, results folders."""

from __future__ import annotations

import threading
from pathlib import Path

from sim.dashboard.answering import Memory
from sim.dashboard.results_catalogue import Catalogue
from sim.dashboard.warming import Warming
from sim.dashboard.workshop import Workshop
from sim.lab.results import ROOT


class Services:
    """The shared services; `close` ends them.  `results`: the folder of the page Results."""

    def __init__(self, results: Path = ROOT) -> None:
        self.workshop = Workshop()
        self.memory = Memory()
        self.catalogue = Catalogue(results)
        self.warming = Warming(self.workshop, self.memory)
        self.warming.begin()

    def close(self) -> None:
        """End everything that runs in the background."""
        self.warming.stop()
        self.workshop.close()


_lock = threading.Lock()
_services: list[Services] = []


def services(results: Path = ROOT) -> Services:
    """Return the services of this process; the first call starts them, with its `results`."""
    with _lock:
        if not _services:
            _services.append(Services(results))
        return _services[0]


def close_services() -> None:
    """End the services; the next call of `services` starts new ones."""
    with _lock:
        while _services:
            _services.pop().close()
