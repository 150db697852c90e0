"""What a command prints: results on stdout; notes, progress and the answer to Ctrl-C on stderr."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import TypeVar

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
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
from rich.segment import Segment
from rich.table import Column, Table

from sim.inputs.safe_csv import HARMFUL
from sim.lab.results import json_text
from sim.output.words import how_long

T = TypeVar("T")
right = partial(Column, justify="right")
"""A column of numbers."""
INTERRUPTED = 130
WIDE = 110
"""Columns from which on tables show everything in columns of its own."""
SHOW_AFTER = 1.0
FIRST_LINE, LINE_EVERY = 3.0, 10.0
STOPPING = "Stopping after the runs in progress.  Press Ctrl-C again to stop at once."
WRITING = "Stopping after all files are written.  Press Ctrl-C again to stop at once, with some files missing."


class InputError(Exception):
    """Wrong input from the user; its message is one plain sentence."""


json_printed = threading.Event()
"""Whether this command has printed JSON."""


def on_stderr() -> Console:
    """Return the console for notes and progress."""
    return CleanConsole(file=sys.stderr, highlight=False)


class CleanConsole(Console):
    """A console on which no control character of a text reaches the terminal; colours are rich's own."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Yield what is printed, without control characters."""
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(text.translate(HARMFUL), style)


def plain_table(*columns: Column | str) -> Table:
    """Return a table without rows in the style of all commands."""
    return Table(*columns, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)


def show(print_text: Callable[[Console], None], payload: object = None, as_json: bool = False) -> None:
    """Print results on stdout: the payload as JSON, or with `print_text`.

    If the reader is gone (a pipe into `head`), later output is dropped, so that results are still written.
    """
    try:
        if as_json:
            json_printed.set()
            sys.stdout.write(json_text(payload))
        else:
            # Without a terminal this is plain text, COLUMNS or 80 wide.
            print_text(CleanConsole(file=sys.stdout, highlight=False))
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as fault:  # rich turns the one into the other
        if isinstance(fault, SystemExit) and fault.code == INTERRUPTED:
            raise
        sys.stdout = io.StringIO()


def show_error(text: str, code: int) -> None:
    """Print an error as JSON on stdout, unless the command has printed JSON already: stdout holds one object."""
    if not json_printed.is_set():
        show(lambda console: None, {"error": text, "exit_code": code}, as_json=True)


def show_where(text: str, as_json: bool) -> None:
    """Print where results were written: below them, or on stderr if stdout holds JSON."""
    if as_json:
        say(text)
    else:
        show(lambda console: console.print(f"\n{text}", soft_wrap=True, markup=False))


def say(text: str, style: str = "") -> None:
    """Print one line on stderr, without line breaks unless on a terminal."""
    console = on_stderr()
    console.print(escape(text), style=style or None, soft_wrap=not console.is_terminal)


def say_notes(notes: Iterable[str]) -> None:
    """Print notes about defaults and assumptions, each once."""
    for note in dict.fromkeys(notes):
        say(f"Note: {note}", "dim")


def announce_compiling() -> bool:
    """Say so if the model has to be compiled first, and return whether it has."""
    from sim.model import jit
    from sim.model.engine import run_weeks

    return jit.announce_compiling(run_weeks, say)


@contextmanager
def progress(text: str, unit: str, at_once: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Show progress while a block runs: on a terminal a bar with the time left, elsewhere a line every few seconds.

    The block calls `tick(done, total)`.  Time left counts from the first tick, after any compiling.  `at_once`: show the
    bar before it.
    """
    console, began = on_stderr(), time.monotonic()
    since, before, next_line = 0.0, -1, began + FIRST_LINE
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit))
    times = (TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn())
    bar = Progress(*columns, *times, console=console, transient=True)
    task = bar.add_task(text, total=None)
    if at_once and console.is_terminal:
        bar.start()

    def tick(done: int, total: int) -> None:
        nonlocal since, before, next_line
        now = time.monotonic()
        if before < 0:
            since, before = now, done
            bar.reset(task, total=total, completed=done)
        if console.is_terminal:
            bar.update(task, completed=done, total=total)
            if now - began > SHOW_AFTER:
                bar.start()
        elif now >= next_line and done < total:
            left = f", {how_long((now - since) / (done - before) * (total - done))} left" if done > before else ""
            say(f"{text}: {done:,} of {total:,} {unit}{left}")
            next_line = now + LINE_EVERY

    try:
        yield tick
    finally:
        if console.is_terminal:
            bar.stop()


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Show the seconds so far while a block runs, on a terminal only."""
    console = on_stderr()
    if not console.is_terminal:
        yield
        return
    with Progress(
        SpinnerColumn(), TextColumn(escape(text)), TimeElapsedColumn(), console=console, transient=True
    ) as bar:
        bar.add_task(text, total=None)
        yield


@contextmanager
def stopped_by_ctrl_c(message: str = STOPPING) -> Iterator[Callable[[], bool]]:
    """Yield a function that returns whether Ctrl-C was pressed (or SIGTERM came) in the block; a second one ends the process.

    Files in a results folder are replaced atomically, so even the second one leaves no file half written, and the
    manifest says that the folder was being written.
    """
    answer = f"\n{message}\n".encode()
    pressed = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        """Handle Ctrl-C with calls that are safe in a signal handler."""
        if pressed.is_set():
            os._exit(INTERRUPTED)
        pressed.set()
        os.write(2, answer)

    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return
    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield pressed.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def in_background(work: Callable[[], T], text: str) -> T:
    """Return the result of long work in a thread, while a terminal shows the seconds; Ctrl-C ends it at once."""
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as fault:
            result.set_exception(fault)

    thread = threading.Thread(target=run, daemon=True)  # a pool's threads would hold up the exit after Ctrl-C
    thread.start()
    thread.join(SHOW_AFTER)
    if thread.is_alive():
        with waiting(text):
            thread.join()
    return result.result()
