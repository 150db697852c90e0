"""What all sessions of one server share: threads that run futures, finished answers, compiled rules, results folders.

The rules are made ready when the server starts, so that the first visitor does not wait without a word.  If they have to be
compiled, another process does it: compiling in this one would hold Python's lock for a minute, and no page would open.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sim.dashboard.answering import Memory, follow
from sim.dashboard.questions import Question
from sim.dashboard.results_catalogue import Catalogue
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.workshop import Workshop
from sim.lab.comparison import run_task
from sim.lab.results import ROOT
from sim.model.engine import run_weeks
from sim.model.jit import is_cached

USUAL_SECONDS = 75
PREPARING = "Preparing the model: compiling its rules, once for this version \u2026"


def try_out() -> None:
    """Run a few weeks, which compiles the rules or loads them."""
    question = replace(Question(), members=10, years=1)
    run_task(scenario_of(question), 1, (question.keys[0], 0))


class Warming:
    """A thread that makes the rules ready, then answers the home page's first question for everybody."""

    def __init__(self, workshop: Workshop, memory: Memory) -> None:
        self.workshop, self.memory = workshop, memory
        self.ready = threading.Event()
        self.stopped = threading.Event()
        self.compiling = False
        self.fault = ""
        self.began = time.monotonic()
        self._processes: list[subprocess.Popen[bytes]] = []
        self._thread = threading.Thread(target=self._warm, name="gennet-warming", daemon=True)

    def begin(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and processes that compile."""
        self.stopped.set()
        for process in self._processes:
            process.terminate()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def compile(self, module: str) -> None:
        """Run `try_out` of a module in another process, which compiles what it calls, and wait for it."""
        code = f"import {module} as module; module.try_out()"
        process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", code], stdin=subprocess.DEVNULL)
        self._processes.append(process)
        process.wait()

    def wait(self, dropped: threading.Event, report: Callable[[str, int], None]) -> str | None:
        """Wait until the rules are ready; return what is wrong in a sentence, '' if nothing is, None once `dropped` is set.

        `report` is called a few times a second with "compiling" or "starting", and the seconds since the start.
        """
        while not self.ready.wait(0.25):
            if dropped.is_set():
                return None
            report("compiling" if self.compiling else "starting", int(time.monotonic() - self.began))
        return self.fault

    def _warm(self) -> None:
        try:
            if not is_cached(run_weeks):
                self.compiling = True
                self.compile(__name__)
            if self.stopped.is_set():
                return
            try_out()
            self.compiling = False
            self.ready.set()
            for _ in follow(Question(), self.workshop, self.memory, self.stopped.is_set):
                pass
        except Exception as error:
            self.fault = f"The model could not be made ready: {type(error).__name__}: {error}"
            self.ready.set()


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
