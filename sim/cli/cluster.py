"""The option `--dask`: run on an existing Dask cluster instead of in threads."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Annotated

import typer

from sim.cli import terminal
from sim.lab.experiment.runner import ClusterError, dask_executor, running_on

Dask = Annotated[
    str | None,
    typer.Option(
        "--dask", metavar="ADDRESS", help="Run on a Dask cluster, by its scheduler's address, not in threads."
    ),
]


@contextmanager
def connected(dask: str) -> Iterator[tuple[Executor, int]]:
    """Yield a cluster's executor and its number of threads, with Dask's log off: if the scheduler goes, it is tracebacks only.

    Raises ClusterError.
    """
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with dask_executor(dask, terminal.say) as cluster:
            yield cluster
    finally:
        logging.disable(before)


@contextmanager
def executing(dask: str | None) -> Iterator[None]:
    """Run everything on a cluster meanwhile, if one is named.  Raises InputError for one that cannot be used."""
    if dask is None:
        yield
        return
    try:
        with connected(dask) as (executor, threads), running_on(executor, threads):
            yield
    except ClusterError as fault:
        raise terminal.InputError(f"--dask: {fault}") from None
