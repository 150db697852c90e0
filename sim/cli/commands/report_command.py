"""`gennet report`: write an HTML page from a results folder."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.opening import say_version
from sim.cli.options import Results
from sim.cli.terminal import InputError, show, waiting
from sim.lab.experiment.lock import held
from sim.lab.results import record_extra, written_aside

PAGE = "report.html"


def report(
    results: Results,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="HTML file to write; by default RESULTS/report.html.")
    ] = None,
) -> None:
    """Write an HTML report on a comparison or a sweep.

    The page is one self-contained file: answer, figures, tables, assumptions.

    Example: gennet report results/weaving-compare --out weaving.html
    """
    from sim.lab.experiment.reading import manifest_of

    with ExitStack() as stack:
        # A comparison is replaced as a whole, so it is locked while it is read; a sweep only grows.
        if manifest_of(results)["command"] != "sweep":
            with suppress(OSError):  # no lock on a read-only disk, but then nobody else can write either
                stack.enter_context(held(results, "write the report once it is done"))
        target = write_report(results, out)
    text = f"Report: {target} ({target.stat().st_size / 1e6:.1f} MB, one file)"
    show(lambda console: console.print(text, soft_wrap=True, markup=False))


def write_report(folder: Path, out: Path | None) -> Path:
    """Write the page, and return its path.  Raises ResultsError or InputError."""
    from sim.lab.analysis.runs import AnalysisError
    from sim.lab.experiment.reading import read_results
    from sim.output.report.report_page import report as report_page

    results = read_results(folder)
    say_version(results.manifest)
    target = out or folder / PAGE
    if target.is_dir():
        target = target / PAGE
    if target.suffix not in (".html", ".htm"):
        raise InputError(f"--out: {target} does not end in .html; a report is an HTML page")
    with waiting("Writing the report"):
        try:
            page = report_page(results)
        except AnalysisError as fault:
            raise InputError(str(fault)) from None
    with written_aside(target) as aside:
        aside.write_text(page, encoding="utf-8", newline="\n")
    record_extra(folder, target)
    return target
