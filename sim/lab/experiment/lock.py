"""Locking a results folder, so that one process at a time writes into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.lab.results import LOCK, FolderLock, ResultsError, ResultsFolder, fault_of, reason


@contextmanager
def held(folder: Path, advice: str, lock: FolderLock | None = None) -> Iterator[None]:
    """Keep other processes from writing into a folder.  `advice`: what else the user can do, for the message.

    `lock`: held already.  Raises ResultsError if another process is writing, OSError where locking is impossible.
    """
    if lock is None:
        lock = FolderLock(folder)
        if not lock.acquire():
            raise ResultsError(
                f"{folder} is being written to by another gennet; gennet status {folder} shows its progress; {advice}"
            )
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
    holding = held(folder.path, f"or name another folder{folder.how}", folder.lock)
    try:
        holding.__enter__()
    except OSError as refused:
        why = f"cannot be written to ({reason(refused)}: {LOCK})"
        raise ResultsError(f"{folder.path} {why}; name another folder{folder.how}") from None
    try:
        fault = fault_of(folder.path, folder.content, replicates)
        if fault:
            raise ResultsError(f"{folder.path} {fault}; name another folder{folder.how}")
        yield
    finally:
        holding.__exit__(None, None, None)
        folder.lock = None


@contextmanager
def claimed(folder: ResultsFolder, replicates: int | None = None) -> Iterator[ResultsFolder]:
    """Lock a results folder for a command that is all or nothing: if it fails before its first file, nothing is left."""
    entered = False
    try:
        with locked(folder, replicates):
            entered = True
            try:
                yield folder
            except BaseException:
                folder.give_up()
                raise
    except (KeyboardInterrupt, SystemExit):  # Ctrl-C, SIGTERM
        if not entered:
            folder.give_up()
        raise


def is_locked(folder: Path) -> bool:
    """Return whether a process is writing into a results folder now."""
    if not (folder / LOCK).exists():
        return False
    lock = FolderLock(folder)
    try:
        if not lock.acquire(0.0):
            return True
    except OSError:
        return False
    lock.release()
    return False
