"""`gennet worth`: show what it would be worth to find out before choosing a strategy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from sim.cli.opening import say_version
from sim.cli.options import AsJson, Results
from sim.cli.terminal import InputError, plain_table, right, show, show_where, waiting
from sim.lab.results import record_extra
from sim.lab.sizes import OUTPUT_WORTH
from sim.output import figures
from sim.output.words import number

if TYPE_CHECKING:
    from sim.lab.analysis.events import Estimate
    from sim.lab.analysis.worth_of_sweep import WorthOfKnowing

FOLDER = "worth"


def worth(
    results: Results,
    output_worth: Annotated[
        float, typer.Option("--output-worth", metavar="DOLLARS", min=0.0, help="What one joint result is worth to you.")
    ] = OUTPUT_WORTH,
    as_json: AsJson = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Folder for the figure; by default RESULTS/worth.")
    ] = None,
) -> None:
    """Show what it would be worth to find out before choosing a strategy.

    In dollars, for this one decision: of knowing everything uncertain, of knowing each factor, and of answering questions
    that join several factors, as how many hours an introduction takes and how often it succeeds.  What is not above noise
    is marked.  Needs a sweep of design "lhs" with two futures of each world or more.

    Example: gennet worth results/weaving-kinds-sweep --output-worth 4500
    """
    from sim.lab.analysis.runs import AnalysisError
    from sim.lab.analysis.worth_of_sweep import worth_of
    from sim.lab.experiment.reading import read_results
    from sim.output.report.report_findings import short_label

    read = read_results(results, ("sweep",))
    say_version(read.manifest)
    with waiting("Estimating values"):
        try:
            found = worth_of(read, output_worth)
        except AnalysisError as fault:
            raise InputError(f"{results}: {fault}") from None
    labels = {factor.key: short_label(factor.label, factor.key) for factor in read.factors}
    payload = summary_of(results, output_worth, found, labels)
    show(lambda console: print_worth(console, found, labels), payload, as_json)
    folder = out or results / FOLDER
    with waiting("Writing the figure"):
        written = figures.save(figures.worth_of_knowing(found, labels), folder / "worth-of-knowing")
        record_extra(results, *written)
    show_where(f"Figure: {folder}/", as_json)


def summary_of(
    results: Path, output_worth: float, found: WorthOfKnowing, labels: Mapping[str, str]
) -> dict[str, object]:
    """Return what `--json` prints."""
    return {
        "results": str(results),
        "output_worth": output_worth,
        "worlds": found.worlds,
        "futures": found.futures,
        "evpi": as_row(found.everything),
        "noise": found.noise,
        "evppi": [
            {
                "factor": key,
                "label": labels[key],
                **as_row(found.factors[key]),
                "clear": found.is_clear(found.factors[key]),
            }
            for key in found.order
        ],
        "questions": [
            {
                "question": question,
                "factors": list(one.factors),
                **as_row(one.worth),
                "clear": found.is_clear(one.worth),
            }
            for question, one in found.questions.items()
        ],
    }


def as_row(value: Estimate) -> dict[str, float]:
    """Return an estimate as JSON: dollars with the ends of the 95% interval, and the standard error."""
    from sim.lab.analysis.events import NORMAL_QUANTILE

    error = (value.high - value.mean) / NORMAL_QUANTILE
    return {"mean": value.mean, "low": value.low, "high": value.high, "standard_error": error}


def print_worth(console: Console, found: WorthOfKnowing, labels: Mapping[str, str]) -> None:
    """Print values in dollars: of factors, then of questions, the largest first."""
    whole = [("everything that is uncertain", found.everything)]
    factors = [(labels[key], found.factors[key]) for key in found.order]
    questions = [
        (f"{question} ({', '.join(labels[key] for key in one.factors)})", one.worth)
        for question, one in found.questions.items()
    ]
    for head, rows in (("to know", whole + factors), ("to find out", questions)):
        table = plain_table(head, right("worth for this decision"), right("95% interval"))
        for label, value in rows:
            shown = value is found.everything or found.is_clear(value)
            worth = f"${number(value.mean, 0)}" if shown else "not above noise"
            table.add_row(escape(label), worth, f"${number(value.low, 0)} to ${number(value.high, 0)}")
        if rows:
            console.print(table)
            console.print()
    console.print(
        f"Noise: with the worlds in random order, where nothing matters, 95% of trials show nothing worth more than "
        f"${number(found.noise, 0)}. What is not above that, or has an interval that begins at $0, may be worth nothing."
    )
