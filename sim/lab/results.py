"""Results folders: their manifest, what may be written into them, and the formats of their files.

`results/README.md` describes the format.  A folder belongs to one content: a command, the strategies' fingerprints, the
seed and the model's version.  The same content may be written again, file by file; anything else is refused.  Writing is
atomic: a file is written under a temporary name, then renamed.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.inputs.safe_csv import csv_table
from sim.lab.checksums import (
    JOURNAL,
    Checksums,
    bytes_hash,
    checksums_of,
    content_of,
    file_hash,
    flush,
    lines_besides,
    record,
)

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


class ResultsError(ValueError):
    """Results cannot be written or read.  The message names the file or folder, what is wrong and what to do."""


class WriteError(ResultsError):
    """The system refused to write: a full disk, no permission."""


def reason(fault: OSError) -> str:
    """Return the system's own words for why it refused."""
    return (fault.strerror or str(fault)).lower()


@contextmanager
def written_aside(path: Path, note: Callable[[Path], None] | None = None) -> Iterator[Path]:
    """Yield a temporary name to write to; on leaving, that file is flushed to disk and atomically replaces `path`.

    `note`: called with the complete temporary file.  Raises WriteError where the system refuses (a full disk, no
    permission); `path` is then unchanged.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        flush(aside)
        if note is not None:
            note(aside)
        aside.replace(path)
        flush(path.parent)
    except OSError as fault:
        raise WriteError(f"{path} cannot be written ({reason(fault)}); files written before it are complete") from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


MANIFEST, LOCK = "manifest.json", ".lock"
UNFINISHED = "being written"
FORMAT = "generative-networks results 2"
FORMATS = (FORMAT, "generative-networks results 1")
"""Formats that are read.  The first has checksums: "hashes" of the files, and the manifest's own, "sha256", at its end."""
HASHES, OWN_HASH = "hashes", "sha256"
TEXT_END = "\n}\n"
SEAL = f',\n  "{OWN_HASH}": "{{}}"{TEXT_END}'.replace("}\n", "}}\n")
ROOT = Path("results")
MOST_NUMBERED = 10_000
PATIENCE = 0.5
"""Seconds to wait for the lock: `gennet status` holds it for a moment to see whether it is free."""

WITH_OUT = " with --out"
REPAIR = "gennet verify {} --repair makes damaged files again"

Columns = Mapping[str, tuple[str, str]]
"""Column name -> label and unit."""
JsonObject = dict[str, Any]
"""A JSON object as `json.loads` returns it: a manifest, or a part of one."""
JsonMapping = Mapping[str, Any]


def run_id(fingerprint: str, strategy: str, seed: int, replicate: int, model_version: str) -> str:
    """Return a run's id, 16 hex digits: a hash of scenario fingerprint, strategy, seed, replicate and model version."""
    text = json.dumps([fingerprint, strategy, int(seed), int(replicate), model_version])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def json_ready(value: Any) -> Any:
    """Return a value as JSON can hold it: records as objects, numpy's numbers as Python's, NaN and infinities as null."""
    if is_dataclass(value) and not isinstance(value, type):
        value = vars(value)
    if isinstance(value, Mapping):
        return {str(key): json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    if hasattr(value, "tolist"):
        return json_ready(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value


def json_text(value: Any) -> str:
    """Return a value as the text of a JSON file; the same value always gives the same text."""
    return json.dumps(json_ready(value), indent=2, allow_nan=False) + "\n"


class FolderLock:
    """A lock on a results folder: one process at a time may write.  The system releases it when the process ends.

    The lock's file is there only while it is held.
    """

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock

        self.path = folder / LOCK
        self._lock = FileLock(self.path)

    def acquire(self, patience: float = PATIENCE) -> bool:
        """Take the lock; return False if another process still holds it after so many seconds.  Raises OSError."""
        from filelock import Timeout

        until = time.monotonic() + patience
        while True:
            try:
                self._lock.acquire(timeout=max(0.0, until - time.monotonic()), poll_interval=0.02)
            except Timeout:
                return False
            if self._is_of_file():
                return True
            self._lock.release()  # the holder removed the file that was waited for

    def _is_of_file(self) -> bool:
        """Return whether what is locked is the file of that name, and not one that was removed, perhaps replaced since."""
        number = getattr(getattr(self._lock, "_context", None), "lock_file_fd", None)
        try:
            here = self.path.stat()
            return number is None or os.path.samestat(os.fstat(number), here)
        except OSError:
            return False

    def release(self) -> None:
        """Remove the lock's file, and release the lock if it is held."""
        if self._lock.is_locked:
            with suppress(OSError):  # Windows removes no file that is open
                self.path.unlink(missing_ok=True)
            self._lock.release()


@dataclass
class ResultsFolder:
    """A results folder that this process may write into.

    `content`: what the folder holds the results of.  `hashes`: the SHA-256 of each file written so far, by its name relative
    to the folder.  `how`: how the user names another folder, for messages.  `lock`: held from the start where the folder was not
    named.  `repairing`: whether the same results are written again.  Call `begin` before the first file and `finish` after
    the last: in between, the manifest says that the folder is being written.
    """

    path: Path
    content: JsonObject
    hashes: dict[str, str] = field(default_factory=dict)
    made: bool = False
    how: str = WITH_OUT
    lock: FolderLock | None = None
    repairing: bool = False

    def begin(self, manifest: JsonMapping | None = None) -> None:
        """Write a manifest that says the folder is being written.  `manifest`: entries that are known already."""
        known = {**(manifest or {}), "stop_reason": UNFINISHED}
        self._write_manifest(known, {**self._hashes_before(), **self.hashes})

    def text(self, name: str, text: str) -> None:
        """Write a text file."""
        with self._file(name) as aside:
            aside.write_text(text, encoding="utf-8", newline="\n")

    def csv(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table as CSV; a missing number is an empty cell."""
        self.text(name, csv_table(frame))

    def parquet(self, name: str, frame: pd.DataFrame, columns: Columns) -> None:
        """Write a table as Parquet; labels and units of columns go into the fields' metadata, NaN becomes null."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.Table.from_pandas(frame, preserve_index=False)
        fields = [
            part.with_metadata(dict(zip(("label", "unit"), columns[part.name], strict=True)))
            if part.name in columns
            else part
            for part in table.schema
        ]
        with self._file(name) as aside:
            pq.write_table(table.cast(pa.schema(fields, table.schema.metadata)), aside, write_page_checksum=True)

    def add(self, paths: Iterable[Path]) -> None:
        """Register files that were written into this folder by other means."""
        for path in paths:
            self.hashes[path.relative_to(self.path).as_posix()] = file_hash(path)

    def graph(self, name: str, graph: nx.Graph) -> None:
        """Write a network as GraphML."""
        import networkx as nx

        with self._file(name) as aside:
            nx.write_graphml(graph, aside)

    def finish(self, manifest: JsonMapping) -> None:
        """Write the final manifest, and remove files of an earlier writing that were not written again."""
        gone = set(self._hashes_before()) - set(self.hashes)
        self._write_manifest(manifest, self.hashes)
        self._shorten_journal()
        top = self.path.resolve()
        for name in gone:
            stale = self.path / name
            if stale.resolve().is_relative_to(top):
                stale.unlink(missing_ok=True)

    def give_up(self) -> None:
        """Remove the folder if it was made for these results and holds nothing else."""
        own = (MANIFEST, LOCK, JOURNAL)
        with suppress(OSError):
            if self.made and {path.name for path in self.path.iterdir()} <= set(own):
                for name in own:
                    (self.path / name).unlink(missing_ok=True)
                self.path.rmdir()

    @contextmanager
    def _file(self, name: str, repeats: bool = True) -> Iterator[Path]:
        """Yield the path to write a file to.

        `repeats`: whether the same content always gives the same bytes; if not, a repair keeps the file if it is sound.
        """
        path = self.path / name
        if (
            self.repairing
            and not repeats
            and path.is_file()
            and not checksums_in(self.path).fault(name, file_hash(path))
        ):
            with tempfile.TemporaryDirectory() as unused:
                yield Path(unused, "again")
            self.add([path])
            return

        def note(aside: Path) -> None:
            self.hashes[name] = file_hash(aside)

        with written_aside(path, note) as aside:
            yield aside

    def _hashes_before(self) -> dict[str, str]:
        manifest = read_manifest(self.path) or {}
        return {name: "" for name in manifest.get("files", []) if isinstance(name, str)} | listed_hashes(manifest)

    def _write_manifest(self, manifest: JsonMapping, hashes: Mapping[str, str]) -> None:
        files = sorted(hashes)
        listed = {name: hashes[name] for name in files}
        whole = {"format": FORMAT, **self.content, **manifest, "files": files, HASHES: listed}
        with written_aside(self.path / MANIFEST) as aside:
            aside.write_text(sealed(whole), encoding="utf-8", newline="\n")

    def _shorten_journal(self) -> None:
        """Leave in the journal only what the manifest does not list, such as reports."""
        rest = lines_besides(self.path, self.hashes)
        if rest:
            with written_aside(self.path / JOURNAL) as aside:
                aside.write_text(rest, encoding="utf-8", newline="\n")
        else:
            (self.path / JOURNAL).unlink(missing_ok=True)


def sealed(manifest: JsonMapping) -> str:
    """Return the text of a manifest with its own hash at its end."""
    rest = json_text({key: value for key, value in manifest.items() if key != OWN_HASH})
    return rest.removesuffix(TEXT_END) + SEAL.format(bytes_hash(rest.encode()))


def is_sealed(text: str) -> bool:
    """Return whether a manifest's text is as it was written."""
    rest = text[: -len(SEAL.format("0" * 64))] + TEXT_END
    return text == rest.removesuffix(TEXT_END) + SEAL.format(bytes_hash(rest.encode()))


def kept_entries(folder: ResultsFolder, manifest: JsonMapping) -> JsonObject:
    """Return the entries of a manifest that stay when its folder's files are made again."""
    written = {"format", "files", HASHES, OWN_HASH, *folder.content}
    return {key: value for key, value in manifest.items() if key not in written}


def listed_hashes(manifest: JsonMapping) -> dict[str, str]:
    """Return the hashes of files that a manifest lists."""
    listed = manifest.get(HASHES)
    pairs = listed.items() if isinstance(listed, Mapping) else ()
    return {str(name): value for name, value in pairs if isinstance(value, str)}


def checksums_in(folder: Path) -> Checksums:
    """Return the checksums of a results folder's files."""
    manifest = read_manifest(folder) or {}
    return checksums_of(folder, listed_hashes(manifest) if manifest.get("format") == FORMAT else None)


def sound_bytes(folder: Path, name: str) -> bytes:
    """Return the content of a file of a results folder.  Raises ResultsError where it is damaged, OSError where it is gone."""
    content = content_of(folder / name)
    if fault := checksums_in(folder).fault(name, bytes_hash(content)):
        raise ResultsError(f"{folder / name} is damaged ({fault}); {REPAIR.format(folder)}")
    return content


def record_extra(folder: Path, *paths: Path) -> None:
    """Enter files that another command added to a results folder, such as reports, in its journal; others are left out."""
    for path in paths:
        if path.resolve().is_relative_to(folder.resolve()) and read_manifest(folder) is not None:
            with suppress(OSError):
                record(folder, path.resolve().relative_to(folder.resolve()).as_posix(), file_hash(path))


def open_folder(
    out: str | Path | None,
    name: str,
    content: JsonMapping,
    replicates: int | None = None,
    how: str = WITH_OUT,
) -> ResultsFolder:
    """Return the folder to write results into, checked before anything is run.

    `out`: the folder that the user named.  It must be new, empty, or hold results of the same content with no more than
    `replicates` futures.  If left out: `results/<name>`, or the first of `results/<name>-2`, `-3`, ... that is free or
    holds the same content.  `how`: how the user names another folder, for messages; '' in Python.  Raises ResultsError.
    """
    if out is not None:
        folder = Path(out)
        fault = fault_of(folder, content, replicates)
        if fault:
            raise ResultsError(f"{folder} {fault}; name another folder{how}")
        return _taken(folder, content, how)
    for number in range(1, MOST_NUMBERED):
        folder = ROOT / (name if number == 1 else f"{name}-{number}")
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            new = not folder.exists()
            folder.mkdir(exist_ok=True)
        except FileExistsError:
            continue  # a file
        except OSError as fault:
            raise ResultsError(f"{folder} cannot be made ({reason(fault)}); name a folder{how}") from None
        if fault_of(folder, content, replicates):
            continue
        lock = FolderLock(folder)
        try:
            # Of two equal commands at once, only one gets it; the other takes the next folder.
            if not lock.acquire() or fault_of(folder, content, replicates):
                lock.release()
                continue
        except OSError as fault:
            raise ResultsError(f"{folder} cannot be written to ({reason(fault)}); name a folder{how}") from None
        taken = _taken(folder, content, how, made=new)
        taken.lock = lock
        return taken
    raise ResultsError(f"{ROOT / name} and {MOST_NUMBERED} numbered ones are taken; name a folder{how}")


def _taken(folder: Path, content: JsonMapping, how: str, made: bool = False) -> ResultsFolder:
    """Make the folder if needed, and check that it is writable."""
    try:
        new = made or not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        taken = ResultsFolder(folder, dict(content), made=new, how=how)
        if new:
            try:
                taken.begin()
            except BaseException:  # such as Ctrl-C while the manifest is flushed to disk
                taken.give_up()
                raise
    except OSError as fault:
        raise ResultsError(f"{folder} cannot be written to ({reason(fault)}); name another folder{how}") from None
    return taken


def read_manifest(folder: Path) -> JsonObject | None:
    """Return the manifest of a results folder; None if there is none, or it cannot be read or is damaged."""
    try:
        text = content_of(folder / MANIFEST).decode()
        manifest = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict) or manifest.get("format") not in FORMATS:
        return None
    return None if manifest["format"] == FORMAT and not is_sealed(text) else manifest


def damage_of(folder: Path) -> str:
    """Return what is wrong with a manifest that `read_manifest` does not return: '' if it is none of this model."""
    try:
        text = content_of(folder / MANIFEST).decode("utf-8", "replace")
    except OSError:
        return ""
    return "it was changed after it was written" if "generative-networks" in text or not text.strip("\0") else ""


def fault_of(folder: Path, content: JsonMapping, replicates: int | None = None) -> str | None:
    """Return why results of this content may not be written into a folder; None if they may.

    `replicates`: how many futures are to be written; a folder that holds more is refused.
    """
    try:
        if not folder.exists():
            return None
        if not folder.is_dir():
            return "is a file, not a folder"
        # A process killed at its very start may have left a manifest under its temporary name.
        if all(path.name == LOCK or path.name.startswith(f".{MANIFEST}.") for path in folder.iterdir()):
            return None
    except OSError as fault:
        return f"cannot be read ({reason(fault)})"
    manifest = read_manifest(folder)
    if manifest is None:
        damage = damage_of(folder)
        return f"has a damaged {MANIFEST} ({damage})" if damage else "holds something other than results of this model"
    for key, value in json_ready(content).items():
        before = manifest.get(key)
        if before != value:
            plain = isinstance(before, str | int) and isinstance(value, str | int)
            words = DIFFERENCES.get(key, f"another {key.replace('_', ' ')}")
            return f"holds results of {words}" + (f" ({before}, not {value})" if plain else "")
    held = manifest.get("replicates")
    if replicates is not None and isinstance(held, int) and held > replicates:
        return f"holds more simulated futures of the same ({held:,}, not {replicates:,})"
    return None


DIFFERENCES = {
    "model_version": "another version of the model",
    "claims_version": "other experiments on the claims",
    "fingerprints": "another scenario, or of other strategies",
    "strategies": "other strategies, or another baseline",
    "worlds": "another number of plausible worlds",
    "renewal": "runs with another setting of --no-renewal",
    "design_hash": "another design: other points, strategies or settings of the scenario",
    "weekly": "a sweep that keeps other weekly measures",
}
