"""Making the compiled rules ready when the server starts, so that the first visitor does not wait without a word.

Where they have to be compiled, a process of its own does it: compiling in this one would hold Python's lock for a minute
and no page would open.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from sim.dashboard.asking import Memory, follow
from sim.dashboard.questions import Question
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.workshop import Workshop
from sim.lab.comparison import run_task
from sim.model.engine import run_weeks
from sim.model.jit import is_compiled_already

USUAL_SECONDS = 75
PREPARING = "Preparing the model: compiling its rules, once for this version \u2026"
FIRST = "import sim.dashboard.warming as w; w.try_out()"


def try_out() -> None:
    """One short run: compiles the rules, or loads them."""
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
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._warm, name="gennet-warming", daemon=True)

    def begin(self) -> None:
        """Start."""
        self._thread.start()

    def stop(self) -> None:
        """End it, wherever it is."""
        self.stopped.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
        if self._thread.is_alive():
            self._thread.join(5.0)

    def wait(self, dropped: threading.Event, tell: Callable[[str, int], None]) -> str | None:
        """Wait until the rules are ready; returns what is wrong in a sentence, '' if nothing is, None once `dropped`.

        `tell` hears "compiling" or "starting", and the seconds since it began, a few times a second.
        """
        while not self.ready.wait(0.25):
            if dropped.is_set():
                return None
            tell("compiling" if self.compiling else "starting", int(self.seconds()))
        return self.fault

    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began

    def _warm(self) -> None:
        try:
            if not is_compiled_already(run_weeks):
                self.compiling = True
                self._process = subprocess.Popen([sys.executable, "-c", FIRST], stdin=subprocess.DEVNULL)
                self._process.wait()
            if self.stopped.is_set():
                return
            try_out()
            self.compiling = False
            self.ready.set()
            for _ in follow(Question(), self.workshop, self.memory, self.stopped.is_set):
                pass
        except Exception as fault:
            self.fault = f"The model could not be made ready: {type(fault).__name__}: {fault}"
            self.ready.set()
