"""Threads that run futures for all sessions: fair between them, quick to give a first answer, quick to stop.

As many runs as there are cores are under way; compiled rules release Python's lock, so threads do.  The next run is of the
visitor who has had the least processor time of late, and of that visitor's batches first one without a first answer, then
all in turn.  A visitor of whom no run is under way never waits for a run of another: there are threads to spare for that,
and the runs of those who have had much get less of the processor meanwhile.
A batch that is dropped gives its threads back after the run under way, and so does one beyond a visitor's limit.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sim.lab.experiment.runner import default_jobs

VISITOR: ContextVar[str] = ContextVar("VISITOR", default="")
"""For whom this thread hands in batches."""
SPARE_THREADS = 8
"""Threads beyond one a core: so many visitors can start at once while others keep all cores busy."""
HALF_LIFE = 10.0
"""Seconds after which half of a visitor's processor time is forgotten."""
LIGHT = 1.0
"""Seconds of processor time up to which a visitor may have as many runs under way as there are cores, while others run too."""
MUCH_MORE, NICENESS = 3.0, 10
"""A visitor who has had so many times as much as another gives way, with runs that are so `nice`."""
CAN_SLOW_DOWN = sys.platform == "linux"
"""Only there has a thread a priority of its own."""
MOST_BATCHES = 6
"""Batches that a visitor can have under way, in all pages together."""

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


class TooMuchWork(Exception):
    """A visitor handed in more batches than one may; the message is a sentence."""


class Batch(Generic[Item, Made]):
    """Tasks that belong together, with `results` by place, filled from the front.  Made by `Workshop.begin`.

    `urgent`: so many of them go before what others have already begun.
    """

    def __init__(
        self, work: Callable[[Item], Made], tasks: Sequence[Item], urgent: int, changed: threading.Condition
    ) -> None:
        self.work, self.tasks, self.urgent = work, tasks, urgent
        self.visitor = VISITOR.get()
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


@dataclass
class Turns:
    """What a visitor has had: runs under way, and seconds of processor time, of which half is forgotten every `HALF_LIFE`."""

    running: int = 0
    used: float = 0.0
    at: float = 0.0

    def used_by(self, now: float) -> float:
        """Return the seconds that count now, in steps: visitors who have had about the same take turns by batch."""
        return round(float(self.used * 0.5 ** ((now - self.at) / HALF_LIFE)), 1)

    def add(self, seconds: float, now: float) -> None:
        """Add processor time."""
        self.used = self.used * 0.5 ** ((now - self.at) / HALF_LIFE) + seconds
        self.at = now


class Workshop:
    """The threads.  `begin` hands in a batch; `close` ends them after the runs under way."""

    def __init__(self, threads: int | None = None) -> None:
        lock = threading.RLock()
        # Those who wait for results, and threads that wait for runs: a thread that ends a run looks for the next one itself.
        self._changed, self._ready = threading.Condition(lock), threading.Condition(lock)
        self._batches: list[Batch[Any, Any]] = []
        self._closed = False
        self._cores = threads or default_jobs()
        self._visitors: dict[str, Turns] = {}
        self._under_way: dict[threading.Thread, Batch[Any, Any]] = {}
        self._threads: set[threading.Thread] = set()
        for _ in range(self._cores + SPARE_THREADS):
            self._start_thread()

    def begin(self, work: Callable[[Item], Made], tasks: Sequence[Item], urgent: int = 0) -> Batch[Item, Made]:
        """Run `work` on every task, in order.  Raises RuntimeError once closed."""
        batch = Batch(work, tasks, urgent, self._changed)
        with self._changed:
            if self._closed:
                raise RuntimeError("the workshop is closed")
            self._batches.append(batch)
            own = [one for one in self._batches if one.visitor == batch.visitor and not one.finished]
            for one in own[: max(0, len(own) - MOST_BATCHES) if batch.visitor else 0]:
                one.fault = TooMuchWork(f"More than {MOST_BATCHES} questions at once: this one was given up")
            self._forget_visitors()
            self._ready.notify(self._cores + 1)
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
            self._ready.notify_all()
            self._changed.notify_all()
            threads = list(self._threads)
        until = time.monotonic() + seconds
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _next(self) -> tuple[Batch[Any, Any], int] | None:
        """Wait for the next run; None once closed."""
        with self._changed:
            while not self._closed:
                self._batches = [batch for batch in self._batches if not batch.finished]
                batch = self._chosen()
                if batch is not None:
                    # To the back of the queue: the next thread serves another batch.
                    self._batches.remove(batch)
                    self._batches.append(batch)
                    batch.started += 1
                    self._turns(batch).running += 1
                    self._under_way[threading.current_thread()] = batch
                    self._let_pass()
                    return batch, batch.started - 1
                self._ready.wait()
        return None

    def _chosen(self) -> Batch[Any, Any] | None:
        """Return the batch whose turn it is; None if there is none, or no run may start now."""
        now = time.monotonic()
        full = sum(one.running for one in self._visitors.values()) >= self._cores
        waiting = [
            batch
            for batch in self._batches
            if batch.open and not (full and self._turns(batch).running >= self._lanes(batch, now))
        ]
        return min(waiting, key=lambda one: (self._turns(one).used_by(now), one.started >= one.urgent), default=None)

    def _lanes(self, batch: Batch[Any, Any], now: float) -> int:
        """Return how many runs of a visitor may be under way where all cores are busy."""
        return self._cores if self._turns(batch).used_by(now) < LIGHT else 1

    def _let_pass(self) -> None:
        """Slow down runs of visitors who have had much more than another who has a run under way.

        A thread that has been slowed down stays slow: another takes its place, and it ends after its run.
        """
        now = time.monotonic()
        used = {thread: self._turns(batch).used_by(now) for thread, batch in self._under_way.items()}
        much = max(LIGHT, MUCH_MORE * min(used.values()))
        slow = [thread for thread, seconds in used.items() if seconds > much and thread in self._threads]
        if CAN_SLOW_DOWN:
            for _ in slow:
                self._start_thread()  # first: a thread is as slow as the one that starts it
            self._threads.difference_update(slow)
            for thread in slow:
                slow_down(thread)

    def _start_thread(self) -> None:
        """Start one more thread, as quick as the one that calls."""
        thread = threading.Thread(target=self._work, name="gennet-runs", daemon=True)
        self._threads.add(thread)
        thread.start()

    def _forget_visitors(self) -> None:
        """Forget those whose processor time no longer counts."""
        now = time.monotonic()
        self._visitors = {name: one for name, one in self._visitors.items() if one.running or one.used_by(now)}

    def _turns(self, batch: Batch[Any, Any]) -> Turns:
        return self._visitors.setdefault(batch.visitor, Turns())

    def _work(self) -> None:
        thread = threading.current_thread()
        while thread in self._threads and (run := self._next()) is not None:
            batch, place = run
            before = time.thread_time()
            batch.run(place)
            with self._changed:
                turns = self._turns(batch)
                turns.add(time.thread_time() - before, time.monotonic())
                turns.running -= 1
                del self._under_way[thread]
                if thread not in self._threads:
                    self._ready.notify()  # it ends: another thread has to look for the next run


def slow_down(thread: threading.Thread) -> None:
    """Give a thread less of the processor than others."""
    with suppress(OSError):
        if thread.native_id:
            os.setpriority(os.PRIO_PROCESS, thread.native_id, NICENESS)
