"""What all sessions of one server share: the threads that run futures, finished answers, and the warming-up."""

from __future__ import annotations

import threading

from sim.dashboard.asking import Memory
from sim.dashboard.warming import Warming
from sim.dashboard.workshop import Workshop


class Services:
    """One of each; `close` ends them."""

    def __init__(self) -> None:
        self.workshop = Workshop()
        self.memory = Memory()
        self.warming = Warming(self.workshop, self.memory)
        self.warming.begin()

    def close(self) -> None:
        """End everything that runs in the background."""
        self.warming.stop()
        self.workshop.close()


_lock = threading.Lock()
_services: list[Services] = []


def services() -> Services:
    """The services of this process, begun when first asked for."""
    with _lock:
        if not _services:
            _services.append(Services())
        return _services[0]


def close_services() -> None:
    """End the services, if any were begun; the next call of `services` begins new ones."""
    with _lock:
        while _services:
            _services.pop().close()
