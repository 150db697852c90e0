"""One process at a time may write into a sweep's folder; the system lets go of the lock when a process ends, however it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.results import ResultsError, ResultsFolder

LOCK = ".lock"
PATIENCE = 0.5
"""Seconds to wait for the lock: `gennet status` holds it for a moment to see whether it is free."""


@contextmanager
def locked(folder: ResultsFolder) -> Iterator[None]:
    """Keep other processes from writing into a results folder.  Errors: ResultsError if another one is at it."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder.path / LOCK)
    try:
        lock.acquire(timeout=PATIENCE, poll_interval=0.02)
    except Timeout:
        told = f"gennet status {folder.path} tells how far it is; or name another folder with --out"
        raise ResultsError(f"{folder.path} is being written to by another gennet sweep; {told}") from None
    try:
        yield
    finally:
        lock.release()


def is_locked(folder: Path) -> bool:
    """Whether a process is writing into a results folder now."""
    from filelock import FileLock, Timeout

    if not (folder / LOCK).exists():
        return False
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False
