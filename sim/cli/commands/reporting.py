"""`gennet report`: one self-contained HTML page from a results folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sim.cli.commands.opening import say_version
from sim.cli.commands.talking import InputError, on_stdout, show, waiting
from sim.lab.analysis.runs import AnalysisError
from sim.lab.experiment.lock import held
from sim.lab.experiment.reading import manifest_of, read_results
from sim.lab.results import reason, written_aside

PAGE = "report.html"


@dataclass(frozen=True)
class Asked:
    """The options of `gennet report`."""

    results: Path
    out: Path | None = None


def report_command(asked: Asked) -> int:
    """Write the page; returns the exit code.  Errors: ResultsError, InputError."""
    with kept_still(asked.results):
        return reported(asked)


@contextmanager
def kept_still(folder: Path) -> Iterator[None]:
    """Nobody writes a comparison anew while it is read and reported; a sweep only grows, and may be read at any time.

    Where there can be no lock (a disk that cannot be written to) nobody else writes either.  Errors: ResultsError.
    """
    with ExitStack() as stack:
        if manifest_of(folder)["command"] != "sweep":
            with suppress(OSError):
                stack.enter_context(held(folder, "its report can be written once it is done"))
        yield


def reported(asked: Asked) -> int:
    """Read, work out and write; returns the exit code.  Errors: ResultsError, InputError."""
    results = read_results(asked.results)
    say_version(results.manifest)
    target = asked.out or asked.results / PAGE
    if target.is_dir():
        target = target / PAGE
    if target.suffix not in (".html", ".htm"):
        raise InputError(f"--out: {target} does not end in .html; a report is an HTML page")
    from sim.output.report.results import report

    with waiting("Working out the report"):
        try:
            page = report(results)
        except AnalysisError as fault:
            raise InputError(str(fault)) from None
    try:
        with written_aside(target) as aside:
            aside.write_text(page, encoding="utf-8", newline="\n")
    except OSError as fault:
        raise InputError(f"--out: {target} cannot be written ({reason(fault)}); name another file with --out") from None
    size = f"{target.stat().st_size / 1e6:.1f} MB"
    show(lambda: on_stdout().print(f"Report: {target} ({size}, one file)", soft_wrap=True, markup=False))
    return 0
