"""Atomic writing: a file is written under a temporary name, then renamed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class ResultsError(ValueError):
    """Results cannot be written or read.  The message names the file or folder, what is wrong and what to do."""


class WriteError(ResultsError):
    """The system refused to write: a full disk, no permission."""


def reason(fault: OSError) -> str:
    """Return the system's own words for why it refused."""
    return (fault.strerror or str(fault)).lower()


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield a temporary name to write to; on leaving, that file atomically replaces `path`.

    Raises WriteError where the system refuses (a full disk, no permission); `path` is then unchanged.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        aside.replace(path)
    except OSError as fault:
        raise WriteError(f"{path} cannot be written ({reason(fault)}); files written before it are complete") from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
