"""What a link to the page opens (the list, one folder, or several side by side), and the thread that reads it."""

from __future__ import annotations

import threading
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from cachetools import LRUCache

from sim.dashboard.pages.results.folder_details import FolderDetails, details_of
from sim.dashboard.pages.results.side_by_side import MOST_FOLDERS, SideBySide, side_by_side
from sim.dashboard.questions import LONGEST
from sim.dashboard.results_catalogue import Catalogue, CatalogueError, complete, readable, results_of, version_of
from sim.model.outcomes import STAGES_REACHED

OPEN, STAGE, STRATEGY = "open", "stage", "strategy"
MOST_CACHED = 8
T = TypeVar("T")


@dataclass(frozen=True)
class ResultsLink:
    """`names`: the folders to open; `rest`: parts of the link that belong to other pages, which it keeps."""

    names: tuple[str, ...] = ()
    stage: str = "aligned"
    strategy: str = ""
    rest: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> str:
        """The query of the link."""
        has_comma = any("," in name for name in self.names)
        opened = self.names if has_comma or not self.names else [",".join(self.names)]
        pairs = [*self.rest, *((OPEN, name) for name in opened)]
        pairs += [(STAGE, self.stage)] if pairs else []
        pairs += [(STRATEGY, self.strategy)] if self.strategy and self.names else []
        return urlencode(pairs, safe=",/")


def link_of(search: str | None, catalogue: Catalogue) -> ResultsLink:
    """Return what the query of a link opens, within bounds: at most `MOST_FOLDERS` folders, a known stage."""
    pairs = parse_qsl((search or "")[:LONGEST], keep_blank_values=True)
    names: list[str] = []
    for value in (value for key, value in pairs if key == OPEN):
        names += [value] if is_folder(catalogue, value) else value.split(",")
    values = dict(pairs)
    stage = values.get(STAGE, "")
    return ResultsLink(
        tuple(dict.fromkeys(filter(None, names)))[:MOST_FOLDERS],
        stage if stage in STAGES_REACHED else "aligned",
        values.get(STRATEGY, "")[:100],
        tuple(pair for pair in pairs if pair[0] not in (OPEN, STRATEGY, STAGE)),
    )


def is_folder(catalogue: Catalogue, name: str) -> bool:
    """Return whether a text as a whole, commas included, is the name of a folder."""
    try:
        return bool(catalogue.folder(name))
    except CatalogueError:
        return False


@dataclass(frozen=True)
class FolderList:
    """What the list shows. `fault`: why there is none."""

    root: str
    fault: str
    entries: list[dict[str, object]] = field(default_factory=list)


@dataclass(frozen=True)
class Loaded:
    """What was read, and of which folders; `state`: reading, ready or fault; `text`: the fault in a sentence."""

    names: tuple[str, ...] | None = None
    state: str = "reading"
    text: str = ""
    list: FolderList | None = None
    folder: FolderDetails | None = None
    several: SideBySide | None = None


_lock = threading.Lock()
"""Large tables are read one at a time, so that the other pages stay quick."""
_details: MutableMapping[tuple[Path, tuple[int, ...]], FolderDetails] = LRUCache(MOST_CACHED)


def load(names: tuple[str, ...], catalogue: Catalogue) -> Loaded:
    """Read the list, one folder, or several. Raises CatalogueError."""
    if not names:
        entries = [entry.for_page() for entry in catalogue.entries()]
        return Loaded(names, "ready", list=FolderList(str(catalogue.root), catalogue.fault, entries))
    with _lock:
        if len(names) == 1:
            return Loaded(names, "ready", folder=cached_details(catalogue, names[0]))
        results = {}
        for name in names:
            with readable(name):
                results[name] = results_of(complete(catalogue, name)[0])
        with readable(" and ".join(names)):
            return Loaded(names, "ready", several=side_by_side(results))


def cached_details(catalogue: Catalogue, name: str) -> FolderDetails:
    """Return the details of a folder, read again only if it has changed or is being written. Raises CatalogueError."""
    folder = catalogue.folder(name)
    try:
        key = folder.resolve(), version_of(folder)
    except OSError:
        return details_of(catalogue, name)
    if key not in _details or catalogue.entry(name).state == "running":
        _details[key] = details_of(catalogue, name)
    return _details[key]


def in_thread(work: Callable[[], T], then: Callable[[T | CatalogueError], object]) -> Callable[[], None]:
    """Do some work in a thread and pass on its result or its fault, unless the returned function was called before."""
    dropped = threading.Event()

    def run() -> None:
        result: T | CatalogueError
        try:
            result = work()
        except CatalogueError as fault:
            result = fault
        except Exception as fault:
            result = CatalogueError(f"It could not be read or made ({type(fault).__name__}: {fault}).")
        if not dropped.is_set():
            then(result)

    threading.Thread(target=run, daemon=True).start()
    return dropped.set
