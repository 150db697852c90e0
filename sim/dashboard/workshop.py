"""Threads that run futures for all sessions: fair between them, quick to give a first answer, quick to stop.

There are as many threads as cores; compiled rules release Python's lock, so threads do.  A thread takes one run at a time:
first from batches that have no first answer yet, then from all in turn, so nobody waits for somebody else's two hundred
futures.  A batch that is dropped gives its threads back after the run under way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sim.lab.experiment.runner import default_jobs

Item = TypeVar("Item")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Update(Generic[Made]):
    """News of work in the background: runs done of all, and the result if there is a new one.

    `final`: nothing more comes; `text`: what is being done.
    """

    done: int = 0
    total: int = 0
    result: Made | None = None
    text: str = ""
    final: bool = False


class Batch(Generic[Item, Made]):
    """Tasks that belong together, with `results` by place, filled from the front.  Made by `Workshop.begin`.

    `urgent`: so many of them go before what others have already begun.
    """

    def __init__(
        self, work: Callable[[Item], Made], tasks: Sequence[Item], urgent: int, changed: threading.Condition
    ) -> None:
        self.work, self.tasks, self.urgent = work, tasks, urgent
        self.results: dict[int, Made] = {}
        self.fault: BaseException | None = None
        self.dropped = False
        self.started = 0
        self._front = 0
        self.began = time.monotonic()
        self._changed = changed

    @property
    def done(self) -> int:
        """Runs done."""
        return len(self.results)

    def front(self) -> dict[int, Made]:
        """Return results from the first on without a gap: leaving slow runs out would favour what runs fast."""
        while self._front in self.results:
            self._front += 1
        return {place: self.results[place] for place in range(self._front)}

    @property
    def finished(self) -> bool:
        """Whether nothing more will come: all done, dropped, or failed."""
        return self.dropped or self.fault is not None or self.done == len(self.tasks)

    @property
    def open(self) -> bool:
        """Whether a run is left to start."""
        return not self.finished and self.started < len(self.tasks)

    def drop(self) -> None:
        """Start no further run."""
        with self._changed:
            self.dropped = True
            self._changed.notify_all()

    def wait(self, done: int, seconds: float) -> bool:
        """Wait until so many runs are done or nothing more will come; returns False after so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self.finished or self.done >= done, seconds)

    def seconds(self) -> float:
        """Return the seconds since it began."""
        return time.monotonic() - self.began

    def run(self, place: int) -> None:
        """Run one task and keep its result, or the first fault."""
        try:
            result = self.work(self.tasks[place])
        except BaseException as fault:
            with self._changed:
                self.fault = self.fault or fault
                self._changed.notify_all()
        else:
            with self._changed:
                self.results[place] = result
                self._changed.notify_all()


class Workshop:
    """The threads.  `begin` hands in a batch; `close` ends them after the runs under way."""

    def __init__(self, threads: int | None = None) -> None:
        self._changed = threading.Condition()
        self._batches: list[Batch[Any, Any]] = []
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"gennet-{number}", daemon=True)
            for number in range(threads or default_jobs())
        ]
        for thread in self._threads:
            thread.start()

    def begin(self, work: Callable[[Item], Made], tasks: Sequence[Item], urgent: int = 0) -> Batch[Item, Made]:
        """Run `work` on every task, in order.  Raises RuntimeError once closed."""
        batch = Batch(work, tasks, urgent, self._changed)
        with self._changed:
            if self._closed:
                raise RuntimeError("the workshop is closed")
            self._batches.append(batch)
            self._changed.notify_all()
        return batch

    @property
    def busy(self) -> int:
        """Batches with runs left to start."""
        with self._changed:
            return sum(batch.open for batch in self._batches)

    def close(self, seconds: float = 5.0) -> None:
        """Drop all batches and end the threads, waiting at most so long for runs under way."""
        with self._changed:
            self._closed = True
            for batch in self._batches:
                batch.dropped = True
            self._changed.notify_all()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _next(self) -> tuple[Batch[Any, Any], int] | None:
        """Wait for the next run; None once closed."""
        with self._changed:
            while not self._closed:
                self._batches = [batch for batch in self._batches if batch.open]
                if self._batches:
                    batch = next((one for one in self._batches if one.started < one.urgent), self._batches[0])
                    # To the back of the queue: the next thread serves another batch.
                    self._batches.remove(batch)
                    self._batches.append(batch)
                    batch.started += 1
                    return batch, batch.started - 1
                self._changed.wait()
        return None

    def _work(self) -> None:
        while (run := self._next()) is not None:
            batch, place = run
            batch.run(place)
