"""Reading folders of results for the page, in threads of their own, with faults as sentences."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sim.dashboard.folders.beside import beside
from sim.dashboard.folders.opened import opened
from sim.dashboard.folders.readable import runs_of, said
from sim.dashboard.folders.shelf import Shelf, ShelfError
from sim.lab.analysis.runs import AnalysisError

_reading = threading.Lock()
"""Large tables are read and analysed one after another: sliders of others stay quick."""


@dataclass(frozen=True)
class Loaded:
    """What was read, and of which folders; `state`: reading, ready or fault."""

    of: tuple[str, ...] | None = None
    state: str = "reading"
    told: dict[str, Any] | None = None
    text: str = ""


def load(names: tuple[str, ...], shelf: Shelf) -> Loaded:
    """Read what is asked for: the list, one folder, or several."""
    try:
        if not names:
            entries = [entry.told() for entry in shelf.entries()]
            told = {"root": str(shelf.root), "fault": shelf.fault, "entries": entries}
            return Loaded(names, "ready", told)
        with _reading:
            if len(names) == 1:
                return Loaded(names, "ready", shelf.kept(names[0], lambda: opened(shelf, names[0])))
            found = {name: said(name, lambda name=name: runs_of(shelf, name)) for name in names}  # type: ignore[misc]
            return Loaded(names, "ready", said(" and ".join(names), lambda: beside(found)))
    except (ShelfError, AnalysisError) as fault:
        return Loaded(names, "fault", text=str(fault))
    except Exception as fault:
        return Loaded(names, "fault", text=f"It could not be read ({type(fault).__name__}: {fault}).")


def tried(work: Callable[[], Any]) -> Any:
    """What some work comes to, or the fault that says why it does not."""
    try:
        return work()
    except ShelfError as fault:
        return fault
    except Exception as fault:
        return ShelfError(f"It could not be made ({type(fault).__name__}: {fault}).")


def in_thread(work: Callable[[], Any], then: Callable[[Any], None]) -> Callable[[], None]:
    """Do something in a thread and hand on what comes of it, unless what is returned was called before."""
    dropped = threading.Event()

    def do() -> None:
        """The work."""
        found = work()
        if not dropped.is_set():
            then(found)

    threading.Thread(target=do, daemon=True).start()
    return dropped.set
