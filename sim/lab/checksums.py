"""Checksums: a hash of every file of a results folder, in its manifest or, until that is written again, in a journal.

A part of a sweep is entered in the journal before it appears under its name, and again before it is removed.  So a file in
neither list does not belong to the results, and a process that is killed in between leaves nothing that looks lost.  A line
of the journal ends in a checksum of its own; damaged lines are ignored.
"""

from __future__ import annotations

import errno
import hashlib
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

JOURNAL = "checksums.txt"
REMOVED = "removed"
PARTS = ("runs", "weekly")
"""Folders of a sweep's parts."""
UNSUPPORTED = (errno.EINVAL, errno.ENOTSUP)


def bytes_hash(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def is_irregular(path: Path) -> bool:
    """Return whether a path exists but is not a regular file: a link, which may lead anywhere, a device or a pipe."""
    return path.is_symlink() or (path.exists() and not path.is_file())


def content_of(path: Path) -> bytes:
    """Return the content of a file of a results folder.  Raises OSError, also if it is not a regular file."""
    if is_irregular(path):
        raise OSError(errno.EINVAL, "it is not a regular file")
    return path.read_bytes()


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, in hex.  Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Flush a file or folder to disk, so that it survives a loss of power, where the file system can.  Raises OSError."""
    if path.is_dir() and not hasattr(os, "O_DIRECTORY"):
        return  # a system on which folders cannot be opened
    number = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(number)
    except OSError as fault:
        if fault.errno not in UNSUPPORTED:
            raise
    finally:
        os.close(number)


def line_of(digest: str, name: str) -> str:
    """Return a line of the journal."""
    text = f"{digest}  {name}"
    return f"{text}  {zlib.crc32(text.encode()):08x}\n"


def record(folder: Path, name: str, digest: str) -> None:
    """Enter in the journal of a folder a file's hash, or that it is about to be `REMOVED`.  Raises OSError."""
    with (folder / JOURNAL).open("ab+") as journal:
        # A line that a killed process left unfinished stays as it is, and is ignored.
        begun = journal.seek(0, os.SEEK_END)
        if begun:
            journal.seek(-1, os.SEEK_END)
        torn = bool(begun) and journal.read(1) != b"\n"
        journal.write((b"\n" if torn else b"") + line_of(digest, name).encode())
        journal.flush()
        os.fsync(journal.fileno())


def lines_in(folder: Path) -> tuple[list[tuple[str, str]], bool]:
    """Return hash and name of every sound line of a folder's journal, and whether all whole lines are sound."""
    try:
        lines = content_of(folder / JOURNAL).split(b"\n")
    except OSError:
        return [], True
    entries: list[tuple[str, str]] = []
    for line in lines:
        text = line.decode("utf-8", "replace")
        digest, _, rest = text.partition("  ")
        name = rest.rpartition("  ")[0]
        if name and text + "\n" == line_of(digest, name):
            entries.append((digest, name))
    return entries, len(entries) == sum(map(bool, lines))


@dataclass(frozen=True)
class Checksums:
    """The hashes that a folder's files may have, by name.

    `complete`: whether a file without a hash is a fault; results of older versions have none.  A file that is being
    replaced may have the old hash or the new one.  `removed`, `begun`: files that need not be there, because they were removed,
    or because one was being written when a process ended.
    """

    hashes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    complete: bool = False
    removed: frozenset[str] = frozenset()
    begun: str = ""

    def missing(self, there: Iterable[str]) -> set[str]:
        """Return the names of files that should be there; `there` are those that are."""
        return set(self.hashes) - self.removed - {self.begun, *there}

    def fault(self, name: str, digest: str) -> str:
        """Return what is wrong with a file that has this hash, '' if nothing is."""
        known = self.hashes.get(name)
        if known is None:
            return "it has no checksum" if self.complete else ""
        return "" if digest in known else "its checksum is wrong"


def checksums_of(folder: Path, listed: Mapping[str, str] | None) -> Checksums:
    """Return the hashes of a folder's files: those that its manifest lists, and the journal's.

    `listed`: None where the manifest has none.
    """
    hashes = {name: frozenset([digest]) for name, digest in (listed or {}).items()}
    removed: set[str] = set()
    begun = ""
    for digest, name in lines_in(folder)[0]:
        begun = name if name.partition("/")[0] in PARTS else ""
        if digest == REMOVED:
            removed.add(name)
        else:
            hashes[name] = hashes.get(name, frozenset()) | {digest}
            removed.discard(name)
    return Checksums(hashes, listed is not None, frozenset(removed), begun)


def lines_besides(folder: Path, listed: Iterable[str]) -> str:
    """Return the text of a journal that holds only what the manifest does not list."""
    inside = set(listed)
    left = {name: digest for digest, name in lines_in(folder)[0] if name not in inside}
    return "".join(
        line_of(digest, name) for name, digest in left.items() if digest != REMOVED and (folder / name).exists()
    )
