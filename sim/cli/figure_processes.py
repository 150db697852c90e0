"""Draw figures in processes of their own, which load matplotlib while futures run."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import forkserver, get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sim.lab.results import ResultsFolder

LOADED = [
    "sim.cli.seldom_garbage",
    *(f"sim.output.figures.{module}" for module in ("stage_figures", "weekly_figures", "networks")),
    *("scipy.special", "matplotlib.backends.backend_agg", "PIL.PngImagePlugin"),
]
PROCESSES = 2


class FigureTask(NamedTuple):
    """A figure to draw: its file's name without an ending, a function of `sim.output.figures`, and its arguments."""

    name: str
    function: str
    arguments: tuple[object, ...]


def get_ready() -> None:
    """Start a process that loads what figures need, and is forked once they are to be drawn (on Linux)."""
    if sys.platform == "linux" and (os.cpu_count() or 1) > 1:
        with suppress(OSError):
            forkserver.set_forkserver_preload(LOADED)
            forkserver.ensure_running()


def draw_one(folder: Path, picture: FigureTask, svg: bool) -> list[Path]:
    """Draw a figure, write it below a folder, and return the paths.  Raises ResultsError."""
    from sim.output import figures

    drawn = getattr(figures, picture.function)(*picture.arguments)
    return figures.save(drawn, folder / picture.name, svg)


def start_drawing(folder: ResultsFolder, pictures: Sequence[FigureTask], svg: bool) -> Callable[[], None]:
    """Start to draw figures; return a function that waits for them and registers their files, which raises ResultsError."""
    pool = None
    with suppress(OSError, RuntimeError, ImportError):  # a system without shared memory
        if sys.platform == "linux":
            pool = ProcessPoolExecutor(PROCESSES, get_context("forkserver"), follow_the_command)
    drawn = [pool.submit(draw_one, folder.path, picture, svg) for picture in pictures] if pool else []

    def finish() -> None:
        """Wait for the figures.  Those that a process could not draw, because it was ended, are drawn here."""
        try:
            for place, picture in enumerate(pictures):
                try:
                    paths = drawn[place].result() if drawn else draw_one(folder.path, picture, svg)
                except BrokenProcessPool:
                    paths = draw_one(folder.path, picture, svg)
                folder.add(paths)
        finally:
            if pool:
                pool.shutdown(cancel_futures=True)

    return finish


def follow_the_command() -> None:
    """Leave Ctrl-C to the command, which completes its files, and end with it.  Figures leave little garbage."""
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    command = parent_process()

    def end() -> None:
        if command is not None:
            command.join()
            os._exit(1)

    threading.Thread(target=end, daemon=True).start()
