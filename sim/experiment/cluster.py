"""An existing Dask cluster as a `concurrent.futures` executor."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

ANSWER_WITHIN = 10
WORKERS_WITHIN = 60


class ClusterError(Exception):
    """A cluster cannot be used: one message that names its address and says what to do."""


@contextmanager
def dask_executor(address: str) -> Iterator[tuple[Executor, int]]:
    """The executor of the cluster whose scheduler listens at an address, and the number of its threads.

    Scheduler and workers are started as Dask documents it: `dask scheduler`, `dask worker ADDRESS`.  Tasks of a worker
    that is lost are done again by another one.  Errors: ClusterError.
    """
    from distributed import Client

    try:
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
        with client.get_executor(pure=False) as executor:
            yield executor, threads
