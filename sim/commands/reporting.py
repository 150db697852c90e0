"""`gennet report`: one self-contained HTML page from a results folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.analysis.runs import AnalysisError
from sim.commands.talking import InputError, on_stdout, show, waiting
from sim.experiment.reading import read_results
from sim.results import reason, written_aside

PAGE = "report.html"


@dataclass(frozen=True)
class Asked:
    """The options of `gennet report`."""

    results: Path
    out: Path | None = None


def report_command(asked: Asked) -> int:
    """Write the page; returns the exit code.  Errors: ResultsError, InputError."""
    results = read_results(asked.results)
    target = asked.out or asked.results / PAGE
    if target.is_dir():
        target = target / PAGE
    if target.suffix not in (".html", ".htm"):
        raise InputError(f"--out: {target} does not end in .html; a report is an HTML page")
    from sim.report.results import report

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
