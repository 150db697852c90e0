"""How much memory the tables of networks may take, together, in one process."""

from __future__ import annotations

import math
import os
import threading
import weakref
from functools import cache
from pathlib import Path

import numpy as np

SETTING = "GENNET_MEMORY_GB"
"""Environment variable: the most memory that tables may take, in GB."""
DEFAULT_SHARE = 0.8
DEFAULT_MOST = 16e9
"""Where the system does not say how much memory there is."""
CONTROL_GROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))

_lock = threading.RLock()  # a table may be collected while the lock is held
_held = 0


class MemoryLimitError(ValueError):
    """Tables would take more memory than they may; the message names the setting."""


@cache
def memory_of_the_machine() -> float:
    """Return how many bytes this process can use: those of the machine, or of its container."""
    try:
        most = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return DEFAULT_MOST / DEFAULT_SHARE
    for file in CONTROL_GROUPS:
        try:
            most = min(most, float(file.read_text("ascii")))
        except (OSError, ValueError):
            continue
    return most


def limit() -> float:
    """Return how many bytes tables may take.  Raises MemoryLimitError if the setting is no finite number above 0."""
    text = os.environ.get(SETTING, "").strip()
    if not text:
        return memory_of_the_machine() * DEFAULT_SHARE
    try:
        most = float(text) * 1e9
    except ValueError:
        most = math.nan
    if not 0.0 < most < math.inf:
        raise MemoryLimitError(f"{SETTING} is {text!r}; allowed are numbers above 0, in GB")
    return most


def gigabytes(size: float) -> str:
    """Return a number of bytes in words."""
    return f"{size / 1e9:,.0f} GB" if size >= 1e10 else f"{size / 1e9:.2g} GB"


def held() -> int:
    """Return how many bytes tables take now."""
    return _held


def release(size: int) -> None:
    """Count so many bytes less."""
    global _held
    with _lock:
        _held -= size


def reserve(size: int, what: str) -> None:
    """Count so many bytes for tables that are about to be made.  `what`: whose, for the message.

    Raises MemoryLimitError if they would take more than they may.
    """
    global _held
    most = limit()
    with _lock:
        if _held + size > most:
            others = f", and other tables take {gigabytes(_held)}" if _held > most / 100 else ""
            raise MemoryLimitError(
                f"{what} would take {gigabytes(size)}{others}; {gigabytes(most)} may be taken: set {SETTING} to allow "
                "more, or let the network grow less"
            )
        _held += size


def hold(table: np.ndarray, size: int) -> None:
    """Release so many bytes, which were reserved, once a table is gone."""
    weakref.finalize(table, release, size).atexit = False
