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
import warnings
from collections.abc import Iterator
from pathlib import Path

from platformdirs import user_cache_path

KEPT_CACHES = 4
SECONDS_A_DAY = 24 * 3600
CACHE_NAME = re.compile(r"[0-9a-f]{16}-3\.\d+(-counted)?(-unlinked)?(-checked)?")
"""Names of folders of machine code."""


def trusted_owners() -> set[int]:
    """Return the user ids whose folders may hold code: this user, root, and in a container the id of unmapped users.

    A container's `/` may belong to a user whom it does not know, shown as the overflow id.  Elsewhere, that is `nobody`.
    """
    owners = {0, os.getuid()}
    try:
        if Path("/proc/self/uid_map").read_text("ascii").split() != ["0", "0", "4294967295"]:
            owners.add(int(Path("/proc/sys/kernel/overflowuid").read_text("ascii")))
    except (OSError, ValueError):
        pass  # no Linux
    return owners


def is_own_group(group: int) -> bool:
    """Return whether a group holds this user alone: by convention, one named after the user."""
    import grp
    import pwd

    try:
        user, record = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(group)
    except KeyError:
        return False
    return record.gr_name == user and set(record.gr_mem) <= {user}


def is_closed(status: os.stat_result) -> bool:
    """Return whether only the owner can write to a file or folder."""
    return not status.st_mode & 0o002 and (not status.st_mode & 0o020 or is_own_group(status.st_gid))


def is_private(folder: Path) -> bool:
    """Return whether a folder is this user's own, no link, and closed to writing by others, with all that is in it."""
    if not hasattr(os, "getuid"):
        return folder.is_dir()  # on Windows, a user's folders are closed to others
    status, owners = folder.lstat(), {0, os.getuid()}
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o022:
        return False
    unreachable = not status.st_mode & 0o077
    for path in folder.rglob("*"):
        try:
            status = path.lstat()
        except FileNotFoundError:  # removed by another process
            continue
        plain = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
        if not plain or status.st_uid not in owners or not (unreachable or is_closed(status)):
            return False
    return True


def on_the_way(place: Path) -> Iterator[Path]:
    """Yield an absolute path and the folders above it, and those of every link among them."""
    for folder in (place, *place.parents):
        yield folder
        if folder.is_symlink():
            yield from on_the_way(folder.parent / folder.readlink())


def is_safe_place(place: Path) -> bool:
    """Return whether nobody else can replace this user's folders in a place, or any folder on the way to it.

    Each must belong to this user or root, and be closed to writing by others or sticky, as `/tmp` is.
    """
    if not hasattr(os, "getuid"):
        return True
    owners = trusted_owners()
    for folder in on_the_way(place.absolute()):
        status = folder.stat()
        if not {status.st_uid, folder.lstat().st_uid} <= owners:
            return False
        if not is_closed(status) and not status.st_mode & stat.S_ISVTX:
            return False
    return True


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
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        text = "cannot be written, or other users can write to it or to a folder above it"
        warnings.warn(f"NUMBA_CACHE_DIR ({chosen}) is not used for compiled code: it {text}", stacklevel=2)
    temporary = Path(tempfile.gettempdir())
    # If not even `/tmp` is safe, anybody could replace Python itself.
    safe = (base for base in (temporary, Path("/tmp"), Path("/var/tmp")) if base.is_dir() and is_safe_place(base))
    place = Path(tempfile.mkdtemp(prefix="gennet-", dir=next(safe, temporary)))
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
