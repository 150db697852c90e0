"""Running many futures in parallel: every task once, errors raised, stopping, a bounded queue."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from sim.lab.experiment.runner import AHEAD, default_jobs, in_parallel


def test_every_task_is_done_once_and_identified_by_its_place():
    tasks = [f"task {k}" for k in range(57)]
    for jobs in (1, 3, None):
        results = list(in_parallel(str.upper, tasks, jobs))
        assert sorted(results) == [(k, task.upper()) for k, task in enumerate(tasks)]


def test_no_tasks():
    assert list(in_parallel(str.upper, [])) == []


def test_an_error_in_a_task_is_raised():
    def work(k):
        if k == 5:
            raise KeyError("five")
        return k

    with pytest.raises(KeyError, match="five"):
        list(in_parallel(work, range(20), 2))


def test_no_task_starts_after_stopping():
    started, results = [], []

    def work(k):
        started.append(k)
        time.sleep(0.001)
        return k

    for place, _ in in_parallel(work, range(1000), 2, stopped=lambda: len(results) >= 5):
        results.append(place)
    assert len(results) >= 5 and len(started) < 60


def test_only_a_few_tasks_are_pending_at_a_time():
    gate, seen = threading.Lock(), []

    class Counting(ThreadPoolExecutor):
        """An executor that counts submitted tasks that are not done."""

        open = 0

        def submit(self, *arguments):
            with gate:
                self.open += 1
                seen.append(self.open)
            future = super().submit(*arguments)
            future.add_done_callback(self.done)
            return future

        def done(self, _):
            with gate:
                self.open -= 1

    with Counting(2) as pool:
        assert len(list(in_parallel(lambda k: k, range(200), 2, executor=pool))) == 200
        assert max(seen) <= 2 * AHEAD
        assert pool.submit(lambda: 7).result() == 7, "the caller's executor is not shut down"


def test_there_is_one_thread_per_core_and_at_least_one():
    assert default_jobs() >= 1
