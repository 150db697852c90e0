"""The results folder: what lies in it, who may write into it, and how a file gets there whole.

`results/README.md` describes the format.  A folder belongs to one content: a command, the strategies' fingerprints, the
seed and the model's version.  The same content may be written again, file by file; anything else is refused.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
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

from sim.lab.files import ResultsError, reason, written_aside
from sim.model.version import package_version

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

MANIFEST, LOCK = "manifest.json", ".lock"
UNFINISHED = "being written"
FORMAT = "generative-networks results 1"
ROOT = Path("results")
PACKAGES = (
    "numba",
    "numpy",
    "networkx",
    "mesa",
    "pandas",
    "pyarrow",
    "pydantic",
    "scipy",
    "SALib",
    "distributed",
    "matplotlib",
)
MOST_NUMBERED = 10_000

WITH_OUT = " with --out"

Columns = Mapping[str, tuple[str, str]]
"""Column name -> label and unit."""


def run_id(fingerprint: str, strategy: str, seed: int, replicate: int, model_version: str) -> str:
    """A run's name, 16 hex digits: a hash of scenario fingerprint, strategy, seed, replicate and model version."""
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
    """A value as the text of a JSON file: the same value, the same text."""
    return json.dumps(json_ready(value), indent=2, allow_nan=False) + "\n"


def origin() -> dict[str, Any]:
    """How results came about, for the manifest of any command: command line, package version, surroundings."""
    return {
        "command_line": ["gennet", *sys.argv[1:]],
        "package_version": package_version(),
        "working_folder": working_folder(),
        "surroundings": surroundings(),
    }


def working_folder() -> str | None:
    """The folder that paths of this process start from; None if it is there no more."""
    try:
        return str(Path.cwd())
    except OSError:
        return None


def surroundings() -> dict[str, Any]:
    """Where results were made: Python, machine, package versions, git commit if the sources are a checkout."""
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
    """What git says about the checkout that the running sources lie in; None if they lie in none."""
    top = Path(__file__).resolve().parents[2]
    if not (top / ".git").exists():
        return None
    try:
        told = subprocess.run(
            ["git", *arguments],
            cwd=top,
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return told.stdout.strip() or None


@dataclass
class ResultsFolder:
    """A results folder that this process may write into.

    `content`: what the folder is the results of.  `files`: what was written so far, relative to the folder.  `how`: how the
    user names another folder, for messages.  Call `begin` before the first file and `finish` after the last: in between,
    the manifest says that it is being written.
    """

    path: Path
    content: dict[str, Any]
    files: list[str] = field(default_factory=list)
    made: bool = False
    how: str = WITH_OUT

    def begin(self, said: Mapping[str, Any] | None = None) -> None:
        """Say that this folder is being written, by whom of the same content it may be written again.

        `said`: what else the manifest is to say already now.
        """
        self._write_manifest({**(said or {}), "stop_reason": UNFINISHED}, sorted({*self.files, *self._files_before()}))

    def text(self, name: str, text: str) -> None:
        """Write a text file."""
        with self._file(name) as aside:
            aside.write_text(text, encoding="utf-8", newline="\n")

    def csv(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table as CSV: a number that there is not is an empty cell."""
        text = io.StringIO()
        frame.to_csv(text, index=False, lineterminator="\n")
        self.text(name, text.getvalue())

    def parquet(self, name: str, frame: pd.DataFrame, columns: Columns) -> None:
        """Write a table as Parquet; label and unit of a column go into its field's metadata, NaN becomes null."""
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
        """Note files that somebody else wrote into this folder."""
        self.files += [path.relative_to(self.path).as_posix() for path in paths]

    def graph(self, name: str, graph: nx.Graph) -> None:
        """Write a network as GraphML."""
        import networkx as nx

        with self._file(name) as aside:
            nx.write_graphml(graph, aside)

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest, and remove files of an earlier writing that this one does not have."""
        gone = set(self._files_before()) - set(self.files)
        self._write_manifest(manifest, sorted(set(self.files)))
        top = self.path.resolve()
        for name in gone:
            stale = self.path / name
            if stale.resolve().is_relative_to(top):
                stale.unlink(missing_ok=True)

    def give_up(self) -> None:
        """Nothing came of it: leave no trace if the folder was made for this, and it holds nothing else."""
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

    def _write_manifest(self, manifest: Mapping[str, Any], files: list[str]) -> None:
        whole = {"format": FORMAT, **self.content, **manifest, "files": files}
        with written_aside(self.path / MANIFEST) as aside:
            aside.write_text(json_text(whole), encoding="utf-8", newline="\n")


def open_folder(
    out: str | Path | None,
    name: str,
    content: Mapping[str, Any],
    replicates: int | None = None,
    how: str = WITH_OUT,
) -> ResultsFolder:
    """The folder to write results into, checked before anything is run.

    `out`: the folder that the user named; it must be empty, new, or hold results of the same content, and of no more
    than `replicates` futures: more are never replaced by fewer.  Without it: `results/<name>`, or if that holds anything
    else, `results/<name>-2` and so on.  `how`: how the user names another folder, for messages; '' in Python.
    Errors: ResultsError.
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


def _taken(folder: Path, content: Mapping[str, Any], how: str, made: bool = False) -> ResultsFolder:
    """The folder, made if need be and seen to be writable."""
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


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a results folder; None if there is none that can be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and manifest.get("format") == FORMAT else None


def fault_of(folder: Path, content: Mapping[str, Any], replicates: int | None = None) -> str | None:
    """Why results of this content may not go into a folder, None if they may: it is new, empty, or holds the same.

    `replicates`: how many futures are to go into it, if they are counted; a folder of more is not for fewer.
    """
    try:
        if not folder.exists():
            return None
        if not folder.is_dir():
            return "is a file, not a folder"
        # A process that was killed in its first moment may have left a manifest that was not yet in its place.
        if all(path.name == LOCK or path.name.startswith(f".{MANIFEST}.") for path in folder.iterdir()):
            return None
    except OSError as fault:
        return f"cannot be read ({reason(fault)})"
    manifest = read_manifest(folder)
    if manifest is None:
        return "holds something other than results of this model"
    for key, value in json_ready(content).items():
        found = manifest.get(key)
        if found != value:
            plain = isinstance(found, str | int) and isinstance(value, str | int)
            words = DIFFERENCES.get(key, f"another {key.replace('_', ' ')}")
            return f"holds results of {words}" + (f" ({found}, not {value})" if plain else "")
    before = manifest.get("replicates")
    if replicates is not None and isinstance(before, int) and before > replicates:
        return f"holds more simulated futures of the same ({before:,}, not {replicates:,})"
    return None


DIFFERENCES = {
    "model_version": "another version of the model",
    "claims_version": "other experiments on the claims",
    "fingerprints": "another scenario, or of other strategies",
    "strategies": "other strategies, or another one that the rest are held against",
    "renewal": "runs with another setting of --no-renewal",
    "design_hash": "another design: other points, strategies or settings of the scenario",
    "weekly": "a sweep that keeps other weekly measures",
}
