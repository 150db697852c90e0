"""A command that needs all its futures or none: `gennet claims` and `gennet questions`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from rich.console import Console

from sim.cli.console import (
    INTERRUPTED,
    WRITING,
    announce_compiling,
    progress,
    say,
    show,
    stopped_by_ctrl_c,
    waiting,
)
from sim.cli.opening import Clock, Entries, claimed_if
from sim.evidence.frozen import exploration
from sim.lab.results import ResultsFolder, open_folder
from sim.model.version import MODEL_VERSION


class Result(Protocol):
    """The result of one claim or question."""

    def to_json(self) -> dict[str, object]:
        """Return what `--json` prints."""


R = TypeVar("R", bound=Result)


@dataclass(frozen=True)
class Study(Generic[R]):
    """What differs between the two commands.

    `content` is what the results folder is the result of, `answers` the word for its results.  `work(tick, stopped)` runs
    the study and raises KeyboardInterrupt if it was stopped.  `show` prints the results, `write` puts them into a folder.
    """

    command: str
    content: Entries
    answers: str
    progress: str
    unit: str
    work: Callable[[Callable[[int, int], None], Callable[[], bool]], Sequence[R]]
    show: Callable[[Console, Sequence[R]], None]
    write: Callable[[ResultsFolder, Sequence[R]], None]
    first: str = ""


def follow(study: Study[R], seed: int, out: Path | None, as_json: bool) -> int:
    """Run, print and write a study; return the exit code: 0, or 130 after Ctrl-C.  Raises ResultsError."""
    clock = Clock()
    content = {"command": study.command, "model_version": MODEL_VERSION, "seed": seed, **study.content}
    with claimed_if(None if out is None else open_folder(out, study.command, content)) as folder:
        for note in exploration(seed, study.answers):
            say(f"Note: {note}")
        results = results_of(study)
        if results is None:
            if folder:
                folder.give_up()
            say(f"Stopped: {study.answers} need all their futures, so there are none.")
            return INTERRUPTED
        payload = [result.to_json() for result in results]
        show(lambda console: study.show(console, results), payload, as_json)
        if folder is None:
            return 0
        with stopped_by_ctrl_c(WRITING) as pressed, waiting("Writing tables and figures"):
            study.write(folder, results)
            folder.finish({"stop_reason": "finished", **clock.circumstances()})
        say(f"Tables and figures: {folder.path}/{study.first and f' (start with {study.first})'}")
        return INTERRUPTED if pressed() else 0


def results_of(study: Study[R]) -> Sequence[R] | None:
    """Return the study's results, or None after Ctrl-C, and show progress."""
    compiling = announce_compiling()
    with stopped_by_ctrl_c() as stopped, progress(study.progress, study.unit, compiling) as tick:
        try:
            return study.work(tick, stopped)
        except KeyboardInterrupt:
            return None
