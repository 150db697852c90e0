"""The results folders below one root: which there are, what each holds, how far it is, and safe reading of one.

Only folders below the root are read: neither a name nor a link inside a folder leads out of it. Nothing is written. The
list needs no table where the manifest says enough. Every fault of a folder is a plain sentence.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sim.lab.analysis.runs import AnalysisError
from sim.lab.experiment.reading import SweepResults, part_files, read_results
from sim.lab.experiment.status import totals_of
from sim.lab.results import MANIFEST, UNFINISHED, JsonObject, ResultsError, read_manifest, reason
from sim.model.version import MODEL_VERSION

Manifest = JsonObject

MOST_FOLDERS, DEEPEST = 1000, 3
MOST_MANIFEST = 8_000_000
MOST_FILES, MOST_PARTS = 20_000, 200
KINDS = {
    "run": "One future",
    "compare": "Comparison",
    "sweep": "Sweep",
    "claims": "Claims",
    "questions": "Open questions",
    "validate": "Validation",
}
HALF = "Incomplete: a command is still writing it, or was interrupted. Tables may be missing."
BY_USER = " by the user after "
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OSError)
"""What reading a malformed file may raise."""


class CatalogueError(ValueError):
    """A folder cannot be shown; the message is one plain sentence."""


@dataclass(frozen=True)
class CatalogueEntry:
    """A folder in the list. `problem`: why it cannot be opened (then `kind` is empty), or a warning.

    `runs`, `done`, `failed`, `left`: simulated futures of all strategies, None where they are not counted; `futures`: for
    results without strategies, in words. `settings`: what was set in addition to the scenario file. `same`: whether the
    model is of this version.
    """

    name: str
    kind: str = ""
    title: str = ""
    question: str = ""
    settings: str = ""
    date: str = ""
    strategies: tuple[str, ...] = ()
    seed: int | None = None
    runs: int | None = None
    done: int | None = None
    failed: int | None = None
    left: int | None = None
    futures: str = ""
    state: str = ""
    model: str = ""
    same: bool = True
    problem: str = ""

    def for_page(self) -> dict[str, object]:
        """Return the entry as JSON for a template."""
        kind = KINDS.get(self.kind, f"gennet {self.kind}" if self.kind else "")
        return {**asdict(self), "opens": bool(self.kind), "what": kind, "day": day_of(self.date)}


def day_of(date: str) -> str:
    """Return a date in words, "22 Nov 2026, 06:31", '' if it is malformed."""
    try:
        return f"{datetime.fromisoformat(date):%d %b %Y, %H:%M}".lstrip("0")
    except ValueError:
        return ""


@dataclass(frozen=True)
class Catalogue:
    """The results folders below `root`."""

    root: Path

    def folder(self, name: str) -> Path:
        """Return a results folder by its name, parts separated by /. Raises CatalogueError if it is not below the root."""
        parts = name.split("/")
        if len(name) > 300 or len(parts) > DEEPEST or not all(map(is_usable, parts)):
            raise CatalogueError(f"{name[:80]!r} is not the name of a folder in {self.root}")
        path = self.root.joinpath(*parts)
        if not self.contains(path):
            raise CatalogueError(f"{name} is a link to a place outside {self.root}: it is not read")
        if not path.is_dir():
            raise CatalogueError(f"{name}: there is no such folder in {self.root}")
        return path

    def contains(self, path: Path) -> bool:
        """Return whether a path, links followed, lies below the root."""
        try:
            real, top = path.resolve(), self.root.resolve()
        except (OSError, RuntimeError, ValueError):
            return False
        return real != top and real.is_relative_to(top)

    def checked(self, name: str) -> Path:
        """Return a results folder that is safe to read: only plain files, no link that leads out. Raises CatalogueError."""
        folder = self.folder(name)
        paths = (Path(where, file) for where, folders, files in os.walk(folder) for file in (*folders, *files))
        for count, path in enumerate(paths):
            inside = f"{name}/{path.relative_to(folder).as_posix()}"
            if count >= MOST_FILES:
                raise CatalogueError(f"{name} holds more than {MOST_FILES:,} files: too many to show here")
            if path.is_symlink() and not self.contains(path):
                raise CatalogueError(f"{inside} is a link to a place outside {self.root}: {name} is not read")
            if not is_plain(path):
                raise CatalogueError(f"{inside} is neither a file nor a folder: {name} is not read")
        return folder

    def manifest(self, name: str) -> Manifest:
        """Return the manifest of a results folder. Raises CatalogueError if there is none that can be read."""
        path = self.folder(name) / MANIFEST
        if not self.contains(path):
            raise CatalogueError(f"{name}/{MANIFEST} is a link to a place outside {self.root}: it is not read")
        try:
            status = path.stat()
        except OSError:
            raise CatalogueError(f"{name} has no {MANIFEST}: no gennet command has written it yet") from None
        if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_MANIFEST:
            raise CatalogueError(f"{name}/{MANIFEST} is not a manifest: it is not a file, or too large")
        manifest = read_manifest(path.parent)
        if manifest is None or not isinstance(manifest.get("command"), str):
            raise CatalogueError(f"{name}/{MANIFEST} cannot be read: it is damaged, or of another program")
        return manifest

    def entries(self) -> list[CatalogueEntry]:
        """Return all folders, the latest first; those that cannot be read say why."""
        entries = [self.entry(name) for name in islice(self._names("", 1), MOST_FOLDERS)]
        return sorted(entries, key=lambda entry: (bool(entry.kind), entry.date, entry.name), reverse=True)

    @property
    def fault(self) -> str:
        """Why there is no list, '' if there is one (which may be empty)."""
        if (self.root / MANIFEST).is_file():
            return f"{self.root} is itself a results folder; give --results the folder that contains it"
        try:
            with os.scandir(self.root):
                return ""
        except FileNotFoundError:
            return ""
        except OSError as fault:
            return f"{self.root} cannot be read ({reason(fault)})"

    def _names(self, parent: str, depth: int) -> Iterator[str]:
        """Yield results folders, and top folders without any below."""
        try:
            here = sorted((self.root / parent).iterdir())
        except OSError:
            return
        for path in here:
            if not is_usable(path.name) or not (path.is_symlink() or path.is_dir()):
                continue
            name = f"{parent}{path.name}"
            if path.is_symlink() or (path / MANIFEST).exists():
                yield name
                continue
            below = list(self._names(f"{name}/", depth + 1)) if depth < DEEPEST else []
            yield from below or ([name] if depth == 1 else [])

    def entry(self, name: str) -> CatalogueEntry:
        """Return one folder of the list; what is wrong with it becomes its `problem`."""
        try:
            manifest, folder = self.manifest(name), self.folder(name)
            countable = manifest["command"] == "sweep" and self._is_countable(folder)
            return read_entry(name, folder, manifest, countable)
        except CatalogueError as fault:
            return CatalogueEntry(name, problem=problem_of(self.root / name, fault))
        except (*MALFORMED, ResultsError) as fault:
            what = f"its manifest is damaged or in another format ({type(fault).__name__})"
            return CatalogueEntry(name, problem=f"{name} cannot be read: {what}.")

    def _is_countable(self, folder: Path) -> bool:
        """Return whether a sweep's tables may be counted for the list: few, and no link that leads out."""
        parts = list((folder / "runs").glob("part-*.parquet"))
        return len(parts) <= MOST_PARTS and all(is_plain(part) and self.contains(part) for part in [*parts, folder])


def is_usable(part: str) -> bool:
    """Return whether a name may be part of a folder's name: not hidden, not leading elsewhere."""
    return bool(part) and not part.startswith(".") and not any(c in part for c in '/\\\0"\n\r')


def is_plain(path: Path) -> bool:
    """Return whether a path is a file or a folder, not a pipe or a device."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def problem_of(path: Path, fault: Exception) -> str:
    """Return in a sentence why a folder holds no results."""
    try:
        empty = path.is_dir() and not any(path.iterdir())
    except OSError:
        empty = False
    return f"{path.name} is empty: nothing has been written into it yet." if empty else f"{fault}."


def version_of(folder: Path) -> tuple[int, ...]:
    """Return numbers that change when a results folder does."""
    files = [path.stat() for path in (folder / MANIFEST, folder / "runs") if path.name == MANIFEST or path.is_dir()]
    return tuple(number for file in files for number in (file.st_mtime_ns, file.st_size))


def read_entry(name: str, folder: Path, manifest: Manifest, countable: bool) -> CatalogueEntry:
    """Return the entry of a folder. Raises one of `MALFORMED` or ResultsError if the manifest is not as it should be."""
    kind = manifest["command"]
    about = manifest.get("experiment") or manifest.get("scenario") or {}
    stop_reason = str(manifest.get("stop_reason", ""))
    writing = stop_reason == UNFINISHED
    counted = countable or not writing if kind == "sweep" else kind in ("run", "compare") and not writing
    totals = totals_of(folder, manifest) if counted else None
    written = datetime.fromtimestamp((folder / MANIFEST).stat().st_mtime, UTC).isoformat(timespec="seconds")
    stopped = f"{stop_reason.capitalize()}." if BY_USER in stop_reason else ""
    return CatalogueEntry(
        name=name,
        kind=kind,
        title=str(about.get("title") or title_of(manifest)),
        question=str(about.get("question") or ""),
        settings=", ".join(map(str, manifest.get("overrides") or manifest.get("scenario_settings") or ())),
        date=str(manifest.get("ended") or manifest.get("started") or written),
        strategies=tuple(map(str, (about if kind == "sweep" else manifest).get("strategies", ()))),
        seed=manifest.get("seed"),
        runs=totals and totals["runs"],
        done=totals and totals["done"],
        failed=totals and totals["failed"],
        left=totals and totals["left"],
        futures=futures_of(manifest),
        state=totals["state"] if totals else "unfinished" if writing else "finished",
        model=str(manifest.get("model_version", "")),
        same=manifest.get("model_version") == MODEL_VERSION,
        problem=HALF if writing and kind != "sweep" else stopped,
    )


def futures_of(manifest: Manifest) -> str:
    """Return in words how many simulated futures results without strategies are based on."""
    if "replicates_an_arm" in manifest:
        return f"{manifest['replicates_an_arm']:,} in each arm"
    return f"{manifest['futures']:,} in each experiment" if "futures" in manifest else ""


def title_of(manifest: Manifest) -> str:
    """Return the title of results that have no scenario file."""
    kind = manifest["command"]
    if kind == "claims":
        numbers = [str(number) for number in manifest.get("claims", [])]
        return f"Claims of the sources, tested{': ' + ', '.join(numbers) if len(numbers) < 8 else ''}"
    if kind == "questions":
        return f"Open questions of the sources: {', '.join(map(str, manifest.get('questions', [])))}"
    return {"validate": "The model against published figures"}.get(kind, f"Results of gennet {kind}")


COMMANDS = ("sweep", "compare", "run")
"""Commands whose results have a table of runs."""
MOST_RUNS = 100_000


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Raise CatalogueError, with a sentence, for whatever goes wrong while the folder `name` is read."""
    import pyarrow as pa

    try:
        yield
    except CatalogueError:
        raise
    except (ResultsError, AnalysisError) as fault:
        raise CatalogueError(str(fault)) from None
    except FileNotFoundError as fault:
        missing = Path(str(fault.filename)).name
        raise CatalogueError(f"{name} has no file {missing}: it is incomplete or damaged") from None
    except (*MALFORMED, pa.ArrowException) as fault:
        why = " ".join(str(fault).split())[:160]
        raise CatalogueError(
            f"{name} cannot be shown: a file in it is damaged, missing, or in another format than this version writes "
            f"({type(fault).__name__}: {why})"
        ) from None


def complete(catalogue: Catalogue, name: str) -> tuple[Path, Manifest]:
    """Return a folder that is safe to read, and its manifest. Raises CatalogueError, also if it is still being written."""
    folder, manifest = catalogue.checked(name), catalogue.manifest(name)
    if manifest.get("stop_reason") == UNFINISHED and manifest["command"] != "sweep":
        raise CatalogueError(
            f"{name} is incomplete: a command is still writing it, or was interrupted. The same command completes it."
        )
    return folder, manifest


def rows_in(dataset: Path) -> int:
    """Return how many rows the Parquet files of a dataset have, without reading them."""
    import pyarrow.parquet as pq

    return sum(int(pq.read_metadata(part).num_rows) for part in part_files(dataset))


def results_of(folder: Path) -> SweepResults:
    """Return the table of runs of a folder. Raises ResultsError, and CatalogueError if it is too large."""
    rows = rows_in(folder / "runs")
    if rows > MOST_RUNS:
        raise CatalogueError(
            f"{folder.name} holds {rows:,} runs, more than the {MOST_RUNS:,} that this page reads; "
            f"gennet report {folder} makes a report of it"
        )
    return read_results(folder, COMMANDS)
