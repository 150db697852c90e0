"""Threads that run futures for everybody who asks: fair between sessions, quick to give a first answer, quick to stop.

All sessions share one set of threads, as many as there are cores; compiled rules release Python's lock, so threads do.  A
thread takes one run at a time: from jobs that have no first answer yet before all others, and among equals in turn, so
nobody waits for another's two hundred futures.  A job that is dropped gives its threads back after the run under way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from sim.lab.experiment.runner import default_jobs


class Job:
    """Tasks of one asker: `results` by place, filled from the front.  Made by `Workshop.begin`."""

    def __init__(
        self, work: Callable[[Any], Any], tasks: Sequence[Any], urgent: int, changed: threading.Condition
    ) -> None:
        self.work, self.tasks, self.urgent = work, tasks, urgent
        self.results: dict[int, Any] = {}
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

    def front(self) -> dict[int, Any]:
        """Results from the first on without a gap: leaving slow runs out would favour what runs fast."""
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
        """Wait until so many runs are done or nothing more will come, at most so long; returns whether it came to that."""
        with self._changed:
            return self._changed.wait_for(lambda: self.finished or self.done >= done, seconds)

    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began


class Workshop:
    """The threads.  `begin` hands in a job; `close` ends them after the runs under way."""

    def __init__(self, threads: int | None = None) -> None:
        self._changed = threading.Condition()
        self._jobs: list[Job] = []
        self._closed = False
        self._threads = [
            threading.Thread(target=self._labour, name=f"gennet-{number}", daemon=True)
            for number in range(threads or default_jobs())
        ]
        for thread in self._threads:
            thread.start()

    def begin(self, work: Callable[[Any], Any], tasks: Sequence[Any], urgent: int = 0) -> Job:
        """Run `work` on every task, in order.  `urgent`: so many of them go before what others have already begun.

        Raises RuntimeError once closed.
        """
        job = Job(work, tasks, urgent, self._changed)
        with self._changed:
            if self._closed:
                raise RuntimeError("the workshop is closed")
            self._jobs.append(job)
            self._changed.notify_all()
        return job

    @property
    def busy(self) -> int:
        """Jobs with runs left to start."""
        with self._changed:
            return sum(job.open for job in self._jobs)

    def close(self, seconds: float = 5.0) -> None:
        """Drop all jobs and end the threads, waiting at most so long for runs under way."""
        with self._changed:
            self._closed = True
            for job in self._jobs:
                job.dropped = True
            self._changed.notify_all()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _next(self) -> tuple[Job, int] | None:
        """The next run to do, waiting for one; None once closed."""
        with self._changed:
            while True:
                if self._closed:
                    return None
                self._jobs = [job for job in self._jobs if job.open]
                if self._jobs:
                    job = next((job for job in self._jobs if job.started < job.urgent), self._jobs[0])
                    # To the back of the queue: the next thread serves somebody else.
                    self._jobs.remove(job)
                    self._jobs.append(job)
                    job.started += 1
                    return job, job.started - 1
                self._changed.wait()

    def _labour(self) -> None:
        """What a thread does: run after run."""
        while (found := self._next()) is not None:
            job, place = found
            try:
                result = job.work(job.tasks[place])
            except BaseException as fault:
                with self._changed:
                    job.fault = job.fault or fault
                    self._changed.notify_all()
            else:
                with self._changed:
                    job.results[place] = result
                    self._changed.notify_all()
