"""What lies in the folder of results: which folders batch runs left there, what each is of, and how far it is.

Only folders below the one that the server was given are read: a name never leads out of it, nor does a link inside it.
Nothing is written.  For the list no table is read where the manifest says enough.
"""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.lab.experiment.status import totals_of
from sim.lab.files import ResultsError, reason
from sim.lab.results import MANIFEST, UNFINISHED, read_manifest
from sim.model.version import MODEL_VERSION

MOST_FOLDERS, DEEPEST = 1000, 3
MOST_MANIFEST = 8_000_000
MOST_FILES, MOST_PARTS = 20_000, 200
KEPT = 8
KINDS = {
    "run": "One future",
    "compare": "Comparison",
    "sweep": "Sweep",
    "claims": "Claims",
    "questions": "Open questions",
    "validate": "Validation",
}
HALF = "Half written: a process is at it, or ended in the middle. Tables may be lacking."
BY_USER = " by the user after "
ODD = (KeyError, TypeError, ValueError, AttributeError, IndexError, OSError)
"""What reading a file that is not as it should be may raise."""


class ShelfError(ValueError):
    """A folder cannot be shown: one plain sentence."""


@dataclass(frozen=True)
class Entry:
    """A folder in the list.  `problem`: why it cannot be opened, or what is not as it should be.

    `runs`, `done`, `failed`, `left`: simulated futures of all strategies, None where they are not counted.  `futures`: what
    results without strategies rest on, in words.  `settings`: what was set over the scenario file.
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

    @property
    def opens(self) -> bool:
        """Whether there is anything to open."""
        return bool(self.kind)

    def told(self) -> dict[str, Any]:
        """For the page, fit for JSON."""
        what = KINDS.get(self.kind, f"gennet {self.kind}" if self.kind else "")
        return {**asdict(self), "opens": self.opens, "what": what, "day": day_of(self.date)}


def day_of(date: str) -> str:
    """A date in words: "22 Nov 2026, 06:31"; '' for none."""
    try:
        return f"{datetime.fromisoformat(date):%d %b %Y, %H:%M}".lstrip("0")
    except ValueError:
        return ""


@dataclass
class Shelf:
    """The folder of results."""

    root: Path
    _known: dict[str, tuple[tuple[int, ...], Entry]] = field(default_factory=dict)
    _kept: OrderedDict[tuple[Any, ...], Any] = field(default_factory=OrderedDict)

    def folder(self, name: str) -> Path:
        """A results folder by its name, parts with / between them.  Errors: ShelfError for what is not below the root."""
        parts = name.split("/")
        if len(name) > 300 or not 0 < len(parts) <= DEEPEST or any(not usable(part) for part in parts):
            raise ShelfError(f"{name[:80]!r} is no name of a folder below {self.root}")
        path = self.root.joinpath(*parts)
        if not self.holds(path):
            raise ShelfError(f"{name} is a link that leads out of {self.root}: it is not read")
        if not path.is_dir():
            raise ShelfError(f"{name}: there is no such folder in {self.root}")
        return path

    def holds(self, path: Path) -> bool:
        """Whether a path, links followed, lies below the root."""
        try:
            real, top = path.resolve(), self.root.resolve()
        except (OSError, RuntimeError, ValueError):
            return False
        return real != top and real.is_relative_to(top)

    def checked(self, name: str) -> Path:
        """A results folder that is safe to read: no link in it leads out, all its files are plain files.

        Errors: ShelfError.
        """
        folder = self.folder(name)
        for count, (top, path) in enumerate(walked(folder)):
            if count >= MOST_FILES:
                raise ShelfError(f"{name} holds more than {MOST_FILES:,} files: too many to be looked through here")
            inside = f"{name}/{path.relative_to(top).as_posix()}"
            if path.is_symlink() and not self.holds(path):
                raise ShelfError(f"{inside} is a link that leads out of {self.root}: {name} is not read")
            if not is_plain(path):
                raise ShelfError(f"{inside} is neither a file nor a folder: {name} is not read")
        return folder

    def manifest(self, name: str) -> dict[str, Any]:
        """The manifest of a results folder.  Errors: ShelfError where there is none that can be read."""
        path = self.folder(name) / MANIFEST
        if not self.holds(path):
            raise ShelfError(f"{name}/{MANIFEST} is a link that leads out of {self.root}: it is not read")
        try:
            told = path.stat()
        except OSError:
            raise ShelfError(f"{name} holds no {MANIFEST}: it was not made by a gennet command, or not yet") from None
        if not stat.S_ISREG(told.st_mode) or told.st_size > MOST_MANIFEST:
            raise ShelfError(f"{name}/{MANIFEST} is no manifest: not a file, or too large for one")
        found = read_manifest(path.parent)
        if found is None or not isinstance(found.get("command"), str):
            raise ShelfError(f"{name}/{MANIFEST} cannot be read: it is damaged, or of another program")
        return found

    def entries(self) -> list[Entry]:
        """Everything that lies here, the latest first; what cannot be read says why."""
        found = [self.entry(name) for name in self.names()]
        return sorted(found, key=lambda one: (one.opens, one.date, one.name), reverse=True)

    @property
    def fault(self) -> str:
        """Why there is no list, '' if there is one (empty perhaps)."""
        if (self.root / MANIFEST).is_file():
            return f"{self.root} is itself a results folder; give --results the folder that it lies in"
        try:
            with os.scandir(self.root):
                pass
        except FileNotFoundError:
            return ""
        except OSError as fault:
            return f"{self.root} cannot be read ({reason(fault)})"
        return ""

    def names(self) -> list[str]:
        """Names of the folders to list, at most `MOST_FOLDERS` of them."""
        found: list[str] = []
        for name in self._below("", 1):
            found.append(name)
            if len(found) >= MOST_FOLDERS:
                break
        return found

    def _below(self, parent: str, depth: int) -> Iterator[str]:
        """Results folders; folders that hold none, where none is below them either."""
        try:
            with os.scandir(self.root / parent) as found:
                here = sorted(found, key=lambda one: one.name)
            folders = [one for one in here if usable(one.name) and (one.is_symlink() or one.is_dir())]
        except OSError:
            return
        for one in folders:
            name = f"{parent}{one.name}"
            if one.is_symlink() or (Path(one.path) / MANIFEST).exists():
                yield name
                continue
            below = list(self._below(f"{name}/", depth + 1)) if depth < DEEPEST else []
            results = [each for each in below if (self.root / each / MANIFEST).exists()]
            yield from results or ([name] if depth == 1 else [])

    def entry(self, name: str) -> Entry:
        """One folder in the list; never raises for what lies in it."""
        try:
            manifest = self.manifest(name)
            folder = self.folder(name)
            stamp = stamp_of(folder)
        except (ShelfError, OSError) as fault:
            return Entry(name, problem=problem_of(self.root / name, fault))
        known, entry = self._known.get(name, ((), Entry(name)))
        if known != stamp or entry.state != "finished":
            try:
                entry = read_entry(name, folder, manifest, self._safe_parts(folder))
            except (*ODD, ResultsError) as fault:
                what = f"its manifest is damaged or of another form ({type(fault).__name__})"
                return Entry(name, problem=f"{name} cannot be read: {what}.")
            self._known[name] = (stamp, entry)
        return entry

    def kept(self, name: str, work: Callable[[], Any]) -> Any:
        """What some work on a folder came to, as long as the folder has not changed; the latest `KEPT` of them.

        Errors: those of the work.
        """
        folder = self.folder(name)
        try:
            key = (name, *stamp_of(folder))
        except OSError:
            return work()
        if key not in self._kept or self.entry(name).state == "running":
            self._kept[key] = work()
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]

    def _safe_parts(self, folder: Path) -> bool:
        """Whether a sweep's tables may be counted for the list: few enough, and none a link that leads out."""
        parts = list((folder / "runs").glob("part-*.parquet"))
        return len(parts) <= MOST_PARTS and all(is_plain(part) and self.holds(part) for part in [*parts, folder])


def usable(part: str) -> bool:
    """Whether a name can be one of a results folder: nothing hidden, nothing that leads elsewhere."""
    return bool(part) and not part.startswith(".") and not any(c in part for c in '/\\\0"\n\r')


def is_plain(path: Path) -> bool:
    """Whether a path is a file or a folder: no pipe, no device."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode)


def walked(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Everything in a folder, links not followed, with the folder itself."""
    for where, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            yield folder, Path(where) / name


def problem_of(path: Path, fault: Exception) -> str:
    """Why a folder is no results, in a sentence."""
    try:
        empty = path.is_dir() and not any(True for _ in path.iterdir())
    except OSError:
        empty = False
    return f"{path.name} is empty: nothing has been written into it yet." if empty else f"{fault}."


def stamp_of(folder: Path) -> tuple[int, ...]:
    """What changes when a results folder does."""
    times = [(folder / MANIFEST).stat()]
    if (folder / "runs").is_dir():
        times.append((folder / "runs").stat())
    return tuple(part for told in times for part in (told.st_mtime_ns, told.st_size))


def read_entry(name: str, folder: Path, manifest: dict[str, Any], countable: bool) -> Entry:
    """An entry from a manifest.  Errors: those of a manifest that is not as it should be."""
    kind = manifest["command"]
    told = manifest.get("experiment") or manifest.get("scenario") or {}
    writing = manifest.get("stop_reason") == UNFINISHED
    counted = countable or not writing if kind == "sweep" else kind in ("run", "compare") and not writing
    totals: dict[str, Any] = {**totals_of(folder, manifest)} if counted else {}
    written = datetime.fromtimestamp((folder / MANIFEST).stat().st_mtime, UTC).isoformat(timespec="seconds")
    stopped = str(manifest.get("stop_reason", ""))
    return Entry(
        name,
        kind,
        str(told.get("title") or title_of(manifest)),
        str(told.get("question") or ""),
        ", ".join(map(str, manifest.get("overrides") or manifest.get("scenario_settings") or ())),
        str(manifest.get("ended") or manifest.get("started") or written),
        tuple(map(str, told.get("strategies", ()) if kind == "sweep" else manifest.get("strategies", ()))),
        manifest.get("seed"),
        **{key: totals.get(key) for key in ("runs", "done", "failed", "left")},
        futures=futures_of(manifest),
        state=totals.get("state", "unfinished" if writing else "finished"),
        model=str(manifest.get("model_version", "")),
        same=manifest.get("model_version") == MODEL_VERSION,
        problem=HALF if writing and kind != "sweep" else f"{stopped.capitalize()}." if BY_USER in stopped else "",
    )


def futures_of(manifest: dict[str, Any]) -> str:
    """How many simulated futures results of other kinds rest on, in words."""
    if "replicates_an_arm" in manifest:
        return f"{manifest['replicates_an_arm']:,} an arm"
    return f"{manifest['futures']:,} of each experiment" if "futures" in manifest else ""


def title_of(manifest: dict[str, Any]) -> str:
    """What results that rest on no scenario file are of."""
    kind = manifest["command"]
    if kind == "claims":
        numbers = [str(number) for number in manifest.get("claims", [])]
        return f"The sources' claims, tried: {', '.join(numbers)}" if len(numbers) < 8 else "The sources' claims, tried"
    if kind == "questions":
        return f"The sources' open questions, mapped: {', '.join(map(str, manifest.get('questions', [])))}"
    return {"validate": "The model against published figures"}.get(kind, f"Results of gennet {kind}")
