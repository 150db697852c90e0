"""`gennet worth`: show what it would be worth to find out before choosing a strategy."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.markup import escape

from sim.cli.opening import say_version
from sim.cli.options import AsJson, Results
from sim.cli.terminal import InputError, plain_table, right, show, waiting
from sim.lab.analysis.events import Estimate
from sim.lab.analysis.runs import AnalysisError, block
from sim.lab.analysis.worth import partial_information, perfect_information
from sim.lab.experiment.reading import SweepResults, read_results
from sim.output.report.findings import short_label
from sim.output.words import number

FEWEST_WORLDS = 50


def worth(
    results: Results,
    output_worth: Annotated[
        float, typer.Option("--output-worth", metavar="DOLLARS", min=0.0, help="What one joint output is worth to you.")
    ] = 5000.0,
    as_json: AsJson = False,
) -> None:
    """Show what it would be worth to find out before choosing a strategy.

    In dollars, for this one decision: of knowing everything uncertain, and of knowing each factor.  Needs a sweep of design
    "lhs" with two futures of each world or more.

    Example: gennet worth results/weaving-kinds-sweep --output-worth 4500
    """
    read = read_results(results, ("sweep",))
    say_version(read.manifest)
    with waiting("Estimating values"):
        benefits, factors = benefits_of(read, output_worth)
        everything = perfect_information(benefits)
        parts = {key: partial_information(benefits, values[:, None]) for key, values in factors.items()}
    labels = {factor.key: short_label(factor.label, factor.key) for factor in read.factors}
    order = sorted(parts, key=lambda key: -parts[key].mean)
    payload = {
        "results": str(results),
        "output_worth": output_worth,
        "worlds": len(benefits),
        "futures": benefits.shape[1],
        "evpi": as_row(everything),
        "evppi": [{"factor": key, "label": labels[key], **as_row(parts[key])} for key in order],
    }
    show(lambda console: print_worth(console, everything, {labels[key]: parts[key] for key in order}), payload, as_json)


def benefits_of(read: SweepResults, output_worth: float) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return net benefits, (worlds, futures, strategies), and the uncertain factors' values by world.  Raises InputError."""
    names, horizon = read.strategies, float(read.experiment["weeks"])
    uncertain = [factor for factor in read.factors if factor.role == "uncertain"]
    try:
        outputs, costs = (block(read.done, name, names, horizon) for name in ("outputs", "cost"))
    except AnalysisError as fault:
        raise InputError(f"{read.folder}: {fault}") from None
    worlds, futures = outputs.values.shape[:2]
    if len(names) < 2 or not uncertain or outputs.shared or futures < 2 or worlds < FEWEST_WORLDS:
        raise InputError(
            f'{read.folder}: the value of information needs a sweep of design "lhs" with two strategies or more, uncertain '
            f"factors, at least {FEWEST_WORLDS} worlds, seeds of their own in each, and two futures of each; this one has "
            f"{len(names)} strategies, {len(uncertain)} uncertain factors, {worlds} worlds and {futures} futures of each"
        )
    first = read.done.drop_duplicates("point").set_index("point").loc[outputs.points]
    values = {factor.key: factor.coded(first[factor.key]) for factor in uncertain}
    return output_worth * outputs.values - costs.values, values


def as_row(value: Estimate) -> dict[str, float]:
    """Return an estimate as JSON: dollars with the ends of the 95% interval."""
    return {"mean": value.mean, "low": value.low, "high": value.high}


def print_worth(console: Console, everything: Estimate, parts: dict[str, Estimate]) -> None:
    """Print values in dollars, the largest first."""
    table = plain_table("to know", right("worth for this decision"), right("95% interval"))
    for label, value in {"everything that is uncertain": everything, **parts}.items():
        table.add_row(
            escape(label), f"${number(value.mean, 0)}", f"${number(value.low, 0)} to ${number(value.high, 0)}"
        )
    console.print(table)
    console.print("A factor whose interval begins at $0 is worth nothing that these runs could show.")
