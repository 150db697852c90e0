"""The course of a command that is all or nothing: `gennet claims` and `gennet questions`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from sim.cli.commands.opening import Clock, circumstances, claimed_if
from sim.cli.commands.talking import (
    INTERRUPTED,
    WRITING,
    InputError,
    announce_compiling,
    progress,
    say,
    show,
    stopped_by_ctrl_c,
    waiting,
)
from sim.evidence.claims.verdict_rule import FEWEST
from sim.evidence.frozen import exploration
from sim.inputs.bounds import MOST_REPLICATES
from sim.lab.results import ResultsFolder, json_text, open_folder
from sim.model.version import MODEL_VERSION


class Result(Protocol):
    """What a study finds of one thing."""

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""


R = TypeVar("R", bound=Result)


@dataclass(frozen=True)
class Study(Generic[R]):
    """How a command's study differs from another's.

    `command`, and what its folder holds as `content`; `verdicts`: what it comes to, in one word.  `work(tick, stopped)`:
    the study itself, KeyboardInterrupt if it was stopped; `verb` and `unit` name its progress.  `tell` prints what
    `--json` would for people; `write` puts it into a folder, whose path goes into `where`.
    """

    command: str
    content: dict[str, Any]
    verdicts: str
    verb: str
    unit: str
    work: Callable[[Callable[[int, int], None], Callable[[], bool]], Sequence[R]]
    tell: Callable[[Sequence[dict[str, Any]]], None]
    write: Callable[[ResultsFolder, Sequence[R]], None]
    where: str


def futures_an_arm(replicates: int | None, usual: int) -> int:
    """How many futures each arm has, the usual number if that was left out.  Errors: InputError out of bounds."""
    count = usual if replicates is None else replicates
    if not FEWEST <= count <= MOST_REPLICATES:
        raise InputError(f"--replicates is {count:,}; allowed are {FEWEST} to {MOST_REPLICATES:,} futures an arm")
    return count


def follow(study: Study[R], seed: int, out: Path | None, as_json: bool) -> int:
    """Claim the folder, study, print and write; returns the exit code: 0, or 130 after Ctrl-C.  Errors: ResultsError."""
    clock = Clock()
    begun = {"command": study.command, "model_version": MODEL_VERSION, "seed": seed, **study.content}
    with claimed_if(None if out is None else open_folder(out, study.command, begun)) as folder:
        for note in exploration(seed, study.verdicts):
            say(f"Note: {note}")
        return told_and_written(study, tried(study), folder, as_json, clock)


def told_and_written(
    study: Study[R], results: Sequence[R] | None, folder: ResultsFolder | None, as_json: bool, clock: Clock
) -> int:
    """Print what a study found and write it into its folder, if there is one; returns the exit code."""
    if results is None:
        if folder:
            folder.give_up()
        say(f"Stopped: {study.verdicts} need all their futures, so there are none.")
        return INTERRUPTED
    found = [result.to_json() for result in results]
    show(lambda: sys.stdout.write(json_text(found)) if as_json else study.tell(found))
    if folder is None:
        return 0
    with stopped_by_ctrl_c(WRITING) as pressed, waiting("Writing tables and figures"):
        study.write(folder, results)
        folder.finish({"stop_reason": "finished", **circumstances(clock)})
    say(study.where.format(folder.path))
    return INTERRUPTED if pressed() else 0


def tried(study: Study[R]) -> Sequence[R] | None:
    """The study's results, with progress; None after Ctrl-C."""
    compiling = announce_compiling()
    with stopped_by_ctrl_c() as stopped, progress(study.verb, study.unit, compiling) as tick:
        try:
            return study.work(tick, stopped)
        except KeyboardInterrupt:
            return None
