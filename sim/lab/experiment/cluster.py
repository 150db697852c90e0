"""An existing Dask cluster as a `concurrent.futures` executor."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from sim.lab.extras import extra_needed

ANSWER_WITHIN = 10
WORKERS_WITHIN = 60
LOOK_EVERY = 5.0


class ClusterError(Exception):
    """A cluster cannot be used: one message that names its address and says what to do."""


def nobody(message: str) -> None:
    """What is said where nobody listens."""


@contextmanager
def dask_executor(address: str, tell: Callable[[str], None] = nobody) -> Iterator[tuple[Executor, int]]:
    """The executor of the cluster whose scheduler listens at an address, and the number of its threads.

    Scheduler and workers are started as Dask documents it: `dask scheduler`, `dask worker ADDRESS`.  Tasks of a worker
    that is lost are done again by another one; `tell` hears when the last is gone, and when there is one again.
    Errors: ClusterError.
    """
    try:
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
    except ImportError:
        raise ClusterError(extra_needed("a Dask cluster", "dask")) from None
    try:
        # A client that was made for what is no address at all cannot be closed: its traceback would come at the very end.
        get_address_host_port(address)
        client = Client(address, timeout=ANSWER_WITHIN, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as fault:
        told = " ".join(str(fault).split()) or type(fault).__name__
        raise ClusterError(
            f"no Dask scheduler answers at {address!r} ({told[:200]}); start one with: dask scheduler"
        ) from None
    with client:
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


def watch_workers(client: Any, address: str, tell: Callable[[str], None], done: threading.Event) -> None:
    """Say when a cluster has lost its last worker, since tasks then wait without end, and when it has one again."""
    there = True
    while not done.wait(LOOK_EVERY):
        try:
            now = bool(client.nthreads())
        except Exception:  # the scheduler is gone: whoever waits for a task hears of that
            return
        if there and not now:
            tell(f"The cluster at {address} has no worker left; waiting for one: dask worker {address}")
        if now and not there:
            tell(f"The cluster at {address} has a worker again: going on.")
        there = now
