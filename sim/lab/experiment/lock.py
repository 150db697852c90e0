"""One process at a time may write into a results folder; the system lets go of the lock when a process ends, however it does."""

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

    Errors: ResultsError if another process is at it; OSError where there can be no lock.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=PATIENCE, poll_interval=0.02)
    except Timeout:
        told = f"gennet status {folder} tells how far it is; {advice}"
        raise ResultsError(f"{folder} is being written to by another gennet; {told}") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def locked(folder: ResultsFolder, replicates: int | None = None) -> Iterator[None]:
    """Have a results folder to oneself, for its content and so many simulated futures, if they are counted.

    What it holds is looked at once more: another process may have written into it since it was opened, and between the
    opening by two at once only the lock decides.  Errors: ResultsError if another process is at it, or it holds other results.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(held(folder.path, f"or name another folder{folder.how}"))
        except OSError as refused:
            told = f"cannot be written to ({reason(refused)}: {LOCK}); name another folder{folder.how}"
            raise ResultsError(f"{folder.path} {told}") from None
        fault = fault_of(folder.path, folder.content, replicates)
        if fault:
            raise ResultsError(f"{folder.path} {fault}; name another folder{folder.how}")
        yield


@contextmanager
def claimed(folder: ResultsFolder, replicates: int | None = None) -> Iterator[ResultsFolder]:
    """As `locked`, for a command that is all or nothing: where it fails before its first file, no trace is left."""
    with locked(folder, replicates):
        try:
            yield folder
        except BaseException:
            folder.give_up()
            raise


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
