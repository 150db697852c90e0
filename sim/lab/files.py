"""How a file gets onto the disk whole: written aside, then renamed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class ResultsError(ValueError):
    """Results cannot be written or read: one message that names the file or folder, what was found and what to do."""


class WriteError(ResultsError):
    """The system refused to write: a full disk, no permission."""


def reason(fault: OSError) -> str:
    """Why the system refused, in its own words."""
    return (fault.strerror or str(fault)).lower()


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A name to write to; on leaving, what was written there takes the place of `path` at one stroke.

    Errors: WriteError where the system refuses (a full disk, no permission); what was at `path` stays.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        aside.replace(path)
    except OSError as fault:
        raise WriteError(f"{path} cannot be written ({reason(fault)}); files written before it are whole") from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
