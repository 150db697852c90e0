"""Run many tasks in parallel: in threads of one process, since compiled rules release the GIL, or on a Dask cluster."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from contextvars import ContextVar
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from distributed import Client


T = TypeVar("T")
R = TypeVar("R")

AHEAD = 4
ASK_EVERY = 0.5


def default_jobs() -> int:
    """Return the default number of threads: one for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


EXECUTOR: ContextVar[tuple[Executor, int] | None] = ContextVar("executor", default=None)


@contextmanager
def running_on(executor: Executor, jobs: int) -> Iterator[None]:
    """Run everything inside the block on an executor: futures, worlds, plans, advice, claims, questions, sweeps.

    `jobs`: tasks that it runs at once.  It has to pickle closures, as Dask's does.  Progress, cancelling and the numbers are
    as with threads.
    """
    token = EXECUTOR.set((executor, jobs))
    try:
        yield
    finally:
        EXECUTOR.reset(token)


def in_parallel(
    work: Callable[[T], R],
    tasks: Iterable[T],
    jobs: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
    executor: Executor | None = None,
) -> Generator[tuple[int, R], None, None]:
    """Yield (place of the task, result) as tasks finish, in any order.

    `tasks` are consumed lazily, so memory stays flat.  `jobs`: threads (one per core if None).  `stopped` is called between
    results: once it returns true, no further task starts, and the iterator ends with those under way.  `executor`: any
    `concurrent.futures` executor to use instead of threads, which runs `jobs` tasks at once; that of `running_on` if left
    out.  An exception in a task is raised here.
    """
    number = jobs or default_jobs()
    if executor is None and (given := EXECUTOR.get()) is not None:
        executor, number = given
    pool = executor or ThreadPoolExecutor(number, thread_name_prefix="gennet")
    waiting: dict[Future[R], int] = {}
    finished: SimpleQueue[Future[R]] = SimpleQueue()  # `wait` would look at every future each time
    try:
        nexts = iter(enumerate(tasks))
        exhausted = False
        while not stopped():
            while not exhausted and len(waiting) < number * AHEAD:
                item = next(nexts, None)
                if item is None:
                    exhausted = True
                else:
                    future = pool.submit(work, item[1])
                    waiting[future] = item[0]
                    future.add_done_callback(finished.put)
            if not waiting:
                return
            try:
                done = finished.get(timeout=ASK_EVERY)
            except Empty:
                continue
            yield waiting.pop(done), done.result()
        waiting = {future: place for future, place in waiting.items() if not future.cancel()}
        for done in as_completed(waiting):
            yield waiting[done], done.result()
    finally:
        for future in waiting:
            future.cancel()
        if executor is None:
            pool.shutdown(wait=True, cancel_futures=True)


def results_of(
    work: Callable[[T], R],
    tasks: Iterable[T],
    jobs: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[int, R]:
    """Run tasks as `in_parallel` does, and return their results by place, in order; once stopped, some are missing.

    `progress` is called with the number of results so far.
    """
    results: dict[int, R] = {}
    for place, result in in_parallel(work, tasks, jobs, stopped, executor):
        results[place] = result
        progress(len(results))
    return dict(sorted(results.items()))


ANSWER_WITHIN = 10
WORKERS_WITHIN = 60
CLOSE_WITHIN = 3
LOOK_EVERY = 5.0


class ClusterError(Exception):
    """A cluster cannot be used.  The message names its address and says what to do."""


@contextmanager
def dask_executor(address: str, tell: Callable[[str], None] = lambda message: None) -> Iterator[tuple[Executor, int]]:
    """Yield the executor of the cluster whose scheduler listens at an address, and the number of its threads.

    Start scheduler and workers with `dask scheduler` and `dask worker ADDRESS`.  Tasks of a lost worker are repeated by
    another one.  `tell` is called with a message when the last worker is lost, and when there is one again.  Raises
    ClusterError.
    """
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
    except ImportError:
        raise ClusterError(extra_needed("a Dask cluster", "dask")) from None
    try:
        # A client made for an invalid address cannot be closed: its traceback would appear at exit.
        get_address_host_port(address)
        client = Client(address, timeout=ANSWER_WITHIN, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as fault:
        why = " ".join(str(fault).split()) or type(fault).__name__
        raise ClusterError(
            f"no Dask scheduler answers at {address!r} ({why[:200]}); start one with: dask scheduler"
        ) from None
    try:
        try:
            client.wait_for_workers(1, timeout=WORKERS_WITHIN)
        except TimeoutError:
            raise ClusterError(
                f"the scheduler at {address} has no workers; start some with: dask worker {address}"
            ) from None
        threads = sum(client.nthreads().values())
        done = threading.Event()
        watch = threading.Thread(target=watch_workers, args=(client, address, tell, done), daemon=True)
        watch.start()
        try:
            with client.get_executor(pure=False) as executor:
                yield executor, threads
        finally:
            done.set()
            watch.join(LOOK_EVERY)
    finally:
        try:
            client.close(timeout=CLOSE_WITHIN)
        except TimeoutError:
            client.status = "closed"  # the scheduler is gone; closing would be tried again at exit


def watch_workers(client: Client, address: str, tell: Callable[[str], None], done: threading.Event) -> None:
    """Report when a cluster loses its last worker, since tasks then wait forever, and when it has one again."""
    there = True
    while not done.wait(LOOK_EVERY):
        try:
            now = bool(client.nthreads())
        except Exception:  # the scheduler is gone: waiting tasks raise that
            return
        if there and not now:
            tell(f"The cluster at {address} has no worker left; waiting for one: dask worker {address}")
        if now and not there:
            tell(f"The cluster at {address} has a worker again.")
        there = now


def extra_needed(what: str, extra: str) -> str:
    """Return the message that `what` needs an extra of this package."""
    return f"{what} needs the extra {extra!r}: pip install 'generative-networks[{extra}]'"
