"""Where machine code is cached: a folder for each version of the sources, in which only this user can write.

Code in a cache is run, so a folder that somebody else could have filled is not used.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import stat
import tempfile
import time
from pathlib import Path

from platformdirs import user_cache_path

KEPT_CACHES = 4
SECONDS_A_DAY = 24 * 3600
CACHE_NAME = re.compile(r"[0-9a-f]{16}-3\.\d+(-counted)?(-unlinked)?(-checked)?")
"""Names of folders of machine code."""


def is_private(folder: Path) -> bool:
    """Return whether a folder is this user's own, no link, and closed to writing by others."""
    if not hasattr(os, "getuid"):
        return folder.is_dir()  # on Windows, a user's folders are closed to others
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and not status.st_mode & 0o022


def is_safe_place(folder: Path) -> bool:
    """Return whether nobody else can replace this user's folders in a folder."""
    if not hasattr(os, "getuid"):
        return True
    status = folder.stat()
    own_group = status.st_mode & 0o020 == 0 or status.st_gid == os.getgid()
    closed = own_group and not status.st_mode & 0o002
    return status.st_uid in (0, os.getuid()) and (closed or bool(status.st_mode & stat.S_ISVTX))


def opened_private(place: Path, name: str) -> Path | None:
    """Return the private folder `name` in a place, made if need be; None if it cannot be written or is not private."""
    folder = place / name
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True, mode=0o700)
        if not (is_safe_place(place) and is_private(folder)):
            return None
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


def places() -> list[Path]:
    """Return where a cache folder may be, in order of preference."""
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        # Set by the user, or by a parent process to its own cache folder.
        place = Path(chosen)
        return [place.parent if CACHE_NAME.fullmatch(place.name) else place]
    user = os.getuid() if hasattr(os, "getuid") else "cache"
    return [user_cache_path("gennet"), Path(tempfile.gettempdir()) / f"gennet-{user}"]


def cache_folder(name: str) -> Path:
    """Return the cache folder of this name: under NUMBA_CACHE_DIR, if set, or the user's cache folder, or for temporary files.

    If none of them is private, return a new folder that is removed when the process ends.
    """
    for place in places():
        if folder := opened_private(place, name):
            return folder
    place = Path(tempfile.mkdtemp(prefix="gennet-"))
    owner = os.getpid()
    atexit.register(lambda: os.getpid() == owner and shutil.rmtree(place, ignore_errors=True))
    folder = place / name
    folder.mkdir(mode=0o700)
    return folder


def remove_old_caches(current: Path) -> None:
    """Remove the caches of all but the latest few versions of the sources, if older than a day."""
    try:
        others = sorted(
            (p for p in current.parent.iterdir() if CACHE_NAME.fullmatch(p.name) and p.is_dir() and p != current),
            key=lambda p: p.stat().st_mtime,
        )
        for old in others[: max(0, len(others) - KEPT_CACHES)]:
            if time.time() - old.stat().st_mtime > SECONDS_A_DAY:
                shutil.rmtree(old, ignore_errors=True)
    except OSError:
        pass
