"""What a command says on the way: notes, waits, progress with time left, and what Ctrl-C does.

Everything here goes to stderr: stdout is for what was asked for, and may be read by a program.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from sim.output.words import how_long

INTERRUPTED = 130
SHOW_AFTER = 1.0
FIRST_LINE, LINE_EVERY = 3.0, 10.0
STOPPING = "Stopping: runs under way are finished first.  Ctrl-C again stops at once."
WRITING = "Stopping once everything is written.  Ctrl-C again stops at once, in the middle."


class InputError(Exception):
    """What the user asked for cannot be: one plain message."""


def on_stdout() -> Console:
    """Where results for people go.  Without a terminal: plain text, as wide as COLUMNS says, or 80."""
    return Console(file=sys.stdout, highlight=False)


def on_stderr() -> Console:
    """Where notes and progress go."""
    return Console(file=sys.stderr, highlight=False)


def show(work: Callable[[], object]) -> None:
    """Print on stdout; where its reader has gone (a pipe into `head`), results are to be written all the same."""
    try:
        work()
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # rich makes the one into the other
        sys.stdout = io.StringIO()


def say(text: str, style: str = "") -> None:
    """One line for people, on stderr; never cut or broken where nobody sees a terminal."""
    console = on_stderr()
    console.print(escape(text), style=style or None, soft_wrap=not console.is_terminal)


def say_notes(notes: Iterable[str]) -> None:
    """Notes on what was taken for granted, each once."""
    for note in dict.fromkeys(notes):
        say(f"Note: {note}", "dim")


def announce_compiling() -> bool:
    """Say so if rules have to be compiled first; returns whether they have to be."""
    from sim.model import jit
    from sim.model.engine import run_weeks

    return jit.announce_compiling(run_weeks, say)


class Progressed:
    """How far a command is: `tick(done, all)` after every step.

    On a terminal a bar with the time left, once a second has gone by.  Elsewhere a plain line now and then.
    """

    def __init__(self, what: str, unit: str, at_once: bool = False) -> None:
        self.what, self.unit = what, unit
        self.began = time.monotonic()
        self.first: tuple[float, int] | None = None
        self.next_line = self.began + FIRST_LINE
        self.bar: Progress | None = None
        console = on_stderr()
        if console.is_terminal:
            self.bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn(unit),
                TimeElapsedColumn(),
                TextColumn("left:"),
                TimeRemainingColumn(),
                console=console,
                transient=True,
            )
            self.task = self.bar.add_task(what, total=None)
            if at_once:
                self.bar.start()

    def tick(self, done: int, total: int) -> None:
        """So many steps of all are done.  The clock starts at the first: compiling comes before it and is done once."""
        now = time.monotonic()
        if self.first is None:
            self.first = now, done
            if self.bar:
                self.bar.reset(self.task, total=total, completed=done)
        if self.bar:
            self.bar.update(self.task, completed=done, total=total)
            if now - self.began > SHOW_AFTER:
                self.bar.start()
        elif now >= self.next_line and done < total:
            since, before = self.first
            left = f", {how_long((now - since) / (done - before) * (total - done))} left" if done > before else ""
            say(f"{self.what}: {done:,} of {total:,} {self.unit}{left}")
            self.next_line = now + LINE_EVERY

    def stop(self) -> None:
        """Clear the bar away."""
        if self.bar:
            self.bar.stop()


@contextmanager
def progress(what: str, unit: str, at_once: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show progress while a block runs, which calls what it is given: `tick(done, all)`."""
    shown = Progressed(what, unit, at_once)
    try:
        yield shown.tick
    finally:
        shown.stop()


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something is under way whose end is not known: seconds so far on a terminal, else nothing."""
    console = on_stderr()
    if not console.is_terminal:
        yield
        return
    with Progress(
        SpinnerColumn(), TextColumn(escape(what)), TimeElapsedColumn(), console=console, transient=True
    ) as bar:
        bar.add_task(what, total=None)
        yield


@contextmanager
def stopped_by_ctrl_c(told: str = STOPPING) -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C in a block into a question that can be asked: was it pressed?  The second ends the process.

    `told`: what the first one is answered with.  Files in a results folder appear whole, so even the second leaves none
    half written, and the manifest says that the folder was being written.
    """
    answer = f"\n{told}\n".encode()
    pressed = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        """What Ctrl-C does; only calls that are safe inside a signal."""
        if pressed.is_set():
            os._exit(INTERRUPTED)
        pressed.set()
        os.write(2, answer)

    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def in_background(work: Callable[[], Any], what: str) -> Any:
    """Do something long in a thread while a terminal shows the seconds; Ctrl-C ends it at once."""
    from concurrent.futures import Future

    result: Future[Any] = Future()

    def do() -> None:
        """The work, with its result or fault handed over."""
        try:
            result.set_result(work())
        except BaseException as fault:
            result.set_exception(fault)

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    thread.join(SHOW_AFTER)
    if thread.is_alive():
        with waiting(what):
            thread.join()
    return result.result()
