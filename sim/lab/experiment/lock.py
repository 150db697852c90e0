"""A lock on a results folder: one process at a time may write.  The system releases it when a process ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sim.lab.results import LOCK, ResultsError, ResultsFolder, fault_of, reason

PATIENCE = 0.5
"""Seconds to wait for the lock: `gennet status` holds it for a moment to see whether it is free."""


@contextmanager
def held(folder: Path, advice: str) -> Iterator[None]:
    """Keep other processes from writing into a folder.  `advice`: what else the user can do, for the message.

    Raises ResultsError if another process is writing, OSError where locking is impossible.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=PATIENCE, poll_interval=0.02)
    except Timeout:
        raise ResultsError(
            f"{folder} is being written to by another gennet; gennet status {folder} shows its progress; {advice}"
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def locked(folder: ResultsFolder, replicates: int | None = None) -> Iterator[None]:
    """Lock a results folder, and check its content (and number of futures) again.

    Another process may have written into it since it was opened.  Raises ResultsError if one is writing now, or if the
    folder holds other results.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(held(folder.path, f"or name another folder{folder.how}"))
        except OSError as refused:
            why = f"cannot be written to ({reason(refused)}: {LOCK})"
            raise ResultsError(f"{folder.path} {why}; name another folder{folder.how}") from None
        fault = fault_of(folder.path, folder.content, replicates)
        if fault:
            raise ResultsError(f"{folder.path} {fault}; name another folder{folder.how}")
        yield


@contextmanager
def claimed(folder: ResultsFolder, replicates: int | None = None) -> Iterator[ResultsFolder]:
    """Lock a results folder for a command that is all or nothing: if it fails before its first file, nothing is left."""
    with locked(folder, replicates):
        try:
            yield folder
        except BaseException:
            folder.give_up()
            raise


def is_locked(folder: Path) -> bool:
    """Return whether a process is writing into a results folder now."""
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
