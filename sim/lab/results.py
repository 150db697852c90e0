"""Results folders: their manifest, what may be written into them, and the formats of their files.

`results/README.md` describes the format.  A folder belongs to one content: a command, the strategies' fingerprints, the
seed and the model's version.  The same content may be written again, file by file; anything else is refused.  Writing is
atomic: a file is written under a temporary name, then renamed.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.inputs.safe_csv import csv_table
from sim.model.version import package_version

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
import threading


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


MANIFEST, LOCK = "manifest.json", ".lock"
UNFINISHED = "being written"
FORMAT = "generative-networks results 1"
ROOT = Path("results")
PACKAGES = (
    *("numba", "numpy", "networkx", "mesa", "pandas", "pyarrow"),
    *("pydantic", "scipy", "SALib", "distributed", "matplotlib"),
)
MOST_NUMBERED = 10_000

WITH_OUT = " with --out"

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


def origin() -> JsonObject:
    """Return how results were made, for any manifest: command line, package version, software and machine."""
    return {
        "command_line": ["gennet", *sys.argv[1:]],
        "package_version": package_version(),
        "working_folder": working_folder(),
        "surroundings": surroundings(),
    }


def working_folder() -> str | None:
    """Return the working folder of this process; None if it no longer exists."""
    try:
        return str(Path.cwd())
    except OSError:
        return None


def surroundings() -> JsonObject:
    """Return Python, machine, package versions, and the git commit if the sources are a checkout."""
    versions = {}
    for package in PACKAGES:
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    return {
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "packages": versions,
        "git_commit": git("rev-parse", "HEAD"),
        "git_changed": bool(git("--no-optional-locks", "status", "--porcelain", "--", "sim")),
    }


def git(*arguments: str) -> str | None:
    """Run git in the checkout of the running sources and return its output; None if they are in no checkout."""
    top = Path(__file__).resolve().parents[2]
    if not (top / ".git").exists():
        return None
    try:
        output = subprocess.check_output(
            ["git", *arguments], cwd=top, text=True, timeout=5, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return output.strip() or None


@dataclass
class ResultsFolder:
    """A results folder that this process may write into.

    `content`: what the folder holds the results of.  `files`: what was written so far, relative to the folder.  `how`: how
    the user names another folder, for messages.  Call `begin` before the first file and `finish` after the last: in
    between, the manifest says that the folder is being written.
    """

    path: Path
    content: JsonObject
    files: list[str] = field(default_factory=list)
    made: bool = False
    how: str = WITH_OUT

    def begin(self, manifest: JsonMapping | None = None) -> None:
        """Write a manifest that says the folder is being written.  `manifest`: entries that are known already."""
        known = {**(manifest or {}), "stop_reason": UNFINISHED}
        self._write_manifest(known, sorted({*self.files, *self._files_before()}))

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
            pq.write_table(table.cast(pa.schema(fields, table.schema.metadata)), aside)

    def add(self, paths: Iterable[Path]) -> None:
        """Register files that were written into this folder by other means."""
        self.files += [path.relative_to(self.path).as_posix() for path in paths]

    def graph(self, name: str, graph: nx.Graph) -> None:
        """Write a network as GraphML."""
        import networkx as nx

        with self._file(name) as aside:
            nx.write_graphml(graph, aside)

    def finish(self, manifest: JsonMapping) -> None:
        """Write the final manifest, and remove files of an earlier writing that were not written again."""
        gone = set(self._files_before()) - set(self.files)
        self._write_manifest(manifest, sorted(set(self.files)))
        top = self.path.resolve()
        for name in gone:
            stale = self.path / name
            if stale.resolve().is_relative_to(top):
                stale.unlink(missing_ok=True)

    def give_up(self) -> None:
        """Remove the folder if it was made for these results and holds nothing else."""
        own = (MANIFEST, LOCK)
        with suppress(OSError):
            if self.made and all(path.name in own for path in self.path.iterdir()):
                for name in own:
                    (self.path / name).unlink(missing_ok=True)
                self.path.rmdir()

    @contextmanager
    def _file(self, name: str) -> Iterator[Path]:
        with written_aside(self.path / name) as aside:
            yield aside
        self.files.append(name)

    def _files_before(self) -> list[str]:
        manifest = read_manifest(self.path) or {}
        return [name for name in manifest.get("files", []) if isinstance(name, str)]

    def _write_manifest(self, manifest: JsonMapping, files: list[str]) -> None:
        whole = {"format": FORMAT, **self.content, **manifest, "files": files}
        with written_aside(self.path / MANIFEST) as aside:
            aside.write_text(json_text(whole), encoding="utf-8", newline="\n")


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
            # Making the folder is also claiming it: of two commands at once, only one can.
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir()
        except FileExistsError:
            if not fault_of(folder, content, replicates):
                return _taken(folder, content, how)
        except OSError as fault:
            raise ResultsError(f"{folder} cannot be made ({reason(fault)}); name a folder{how}") from None
        else:
            return _taken(folder, content, how, made=True)
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
            taken.begin()
    except OSError as fault:
        raise ResultsError(f"{folder} cannot be written to ({reason(fault)}); name another folder{how}") from None
    return taken


def read_manifest(folder: Path) -> JsonObject | None:
    """Return the manifest of a results folder; None if there is none, or it cannot be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and manifest.get("format") == FORMAT else None


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
        return "holds something other than results of this model"
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
