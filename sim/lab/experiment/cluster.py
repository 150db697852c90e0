"""A running Dask cluster as a `concurrent.futures` executor."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sim.lab.extras import extra_needed

if TYPE_CHECKING:
    from distributed import Client

ANSWER_WITHIN = 10
WORKERS_WITHIN = 60
LOOK_EVERY = 5.0


class ClusterError(Exception):
    """A cluster cannot be used.  The message names its address and says what to do."""


def ignore(message: str) -> None:
    """Discard a message."""


@contextmanager
def dask_executor(address: str, tell: Callable[[str], None] = ignore) -> Iterator[tuple[Executor, int]]:
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
