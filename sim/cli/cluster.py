"""The option `--dask`: run on an existing Dask cluster instead of in threads."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Annotated

import typer

from sim.cli import terminal
from sim.lab.experiment.runner import ClusterError, dask_executor

Dask = Annotated[
    str | None,
    typer.Option(
        "--dask", metavar="ADDRESS", help="Run on a Dask cluster, by its scheduler's address, not in threads."
    ),
]


@contextmanager
def executing(dask: str | None) -> Iterator[tuple[Executor | None, int | None]]:
    """Yield an executor and how many tasks it runs at once: those of a cluster, or None and None for threads.

    Raises InputError for a cluster that cannot be used.
    """
    if dask is None:
        yield None, None
        return
    try:
        with dask_executor(dask, terminal.say) as (executor, threads):
            yield executor, threads
    except ClusterError as fault:
        raise terminal.InputError(f"--dask: {fault}") from None
