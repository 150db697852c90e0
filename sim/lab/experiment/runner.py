"""Run many futures in parallel.  Compiled rules release the GIL, so replicates run in threads of one process."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, as_completed, wait
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 4
ASK_EVERY = 0.5


def default_jobs() -> int:
    """Return the default number of threads: one for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_parallel(
    work: Callable[[T], R],
    tasks: Iterable[T],
    jobs: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
    executor: Executor | None = None,
) -> Generator[tuple[int, R], None, None]:
    """Yield (place of the task, result) as tasks finish, in any order.

    `tasks` are consumed lazily, so memory stays flat.  `jobs`: threads (one a core if None).  `stopped` is called between
    results: once it returns true, no further task starts, and the iterator ends with those under way.  `executor`: any
    `concurrent.futures` executor to use instead of threads, which runs `jobs` tasks at once.  An exception in a task is
    raised here.
    """
    number = jobs or default_jobs()
    pool = executor or ThreadPoolExecutor(number, thread_name_prefix="gennet")
    waiting: dict[Future[R], int] = {}
    try:
        nexts = iter(enumerate(tasks))
        exhausted = False
        while not stopped():
            while not exhausted and len(waiting) < number * AHEAD:
                item = next(nexts, None)
                if item is None:
                    exhausted = True
                else:
                    waiting[pool.submit(work, item[1])] = item[0]
            if not waiting:
                return
            for done in wait(waiting, timeout=ASK_EVERY, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(done), done.result()
        waiting = {future: place for future, place in waiting.items() if not future.cancel()}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
    finally:
        for future in waiting:
            future.cancel()
        if executor is None:
            pool.shutdown(wait=True, cancel_futures=True)
