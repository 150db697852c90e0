"""`gennet sensitivity`: show which uncertain factors drive an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column

from sim.cli.opening import say_version
from sim.cli.options import AsJson, Results
from sim.cli.terminal import InputError, plain_table, right, show, show_where, waiting
from sim.inputs.safe_csv import csv_table
from sim.lab.results import record_extra, written_aside
from sim.output import figures
from sim.output.words import number, percent

if TYPE_CHECKING:
    from sim.lab.analysis.sensitivity import PawnAnalysis, Sensitivity
    from sim.lab.experiment.reading import SweepResults
    from sim.output.report.html_page import Table

FOLDER = "sensitivity"


def sensitivity(
    results: Results,
    outcome: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Outcome, repeatable; by default the experiment's first."),
    ] = None,
    strategy: Annotated[str | None, typer.Option(metavar="NAME", help="Strategy; by default each.")] = None,
    against: Annotated[
        str | None, typer.Option(metavar="NAME", help="Analyse the paired difference to this strategy.")
    ] = None,
    as_json: AsJson = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="Folder for tables and figures; by default RESULTS/sensitivity."),
    ] = None,
) -> None:
    """Show which uncertain factors drive an outcome (Sobol, Morris, PAWN).

    PAWN distances need 60 worlds drawn at random: design = "lhs" or "sobol".  Sobol and Morris indices need design = "sobol"
    or "morris".

    Example: gennet sensitivity results/sobol-sweep --outcome outputs --strategy customized --against none
    """
    from sim.lab.analysis.sensitivity import RANDOM, SUITABLE
    from sim.lab.experiment.reading import read_results

    read = read_results(results)
    say_version(read.manifest)
    kind = read.experiment["design"]["kind"]
    if kind not in RANDOM or not read.factors:
        raise InputError(
            f'{results}: no indices can be estimated from the design "{kind}" of this sweep; set design = "sobol" (shares '
            'of variance, with interactions), "morris" (a screening of many factors in few runs) or "lhs" (PAWN distances, '
            "from any random sample) in the experiment file and sweep again; gennet report works with any design"
        )
    strategies = chosen_strategies(read.strategies, strategy, against)
    known = [name for name in read.experiment["outcomes"] if name in read.runs.columns]
    tasks = [(name, each) for name in outcome or known[:1] or ["outputs"] for each in strategies]
    with waiting("Estimating indices"):
        analyses = [analyse(read, *task, against) for task in tasks] if kind in SUITABLE else []
        distances, why_not = pawn_distances(read, tasks, against)
    payload = {
        "results": str(results),
        "design": read.experiment["design"],
        "analyses": [to_json(one) for one in analyses],
        "pawn": [asdict(one) for one in distances],
    }
    show(lambda console: print_analyses(console, analyses, distances, why_not, read), payload, as_json)
    folder = out or results / FOLDER
    with waiting("Writing tables and figures"):
        write(folder, analyses, distances, read)
    show_where(f"Tables and figures: {folder}/", as_json)


def chosen_strategies(names: Sequence[str], strategy: str | None, against: str | None) -> list[str]:
    """Return the strategies to analyse.  Raises InputError for an unknown name."""
    for option, name in (("--strategy", strategy), ("--against", against)):
        if name is not None and name not in names:
            raise InputError(f"{option}: {name!r} is unknown; this sweep has {', '.join(names)}")
    chosen = [name for name in ([strategy] if strategy else names) if name != against]
    if not chosen:
        raise InputError(f"--against: {against!r} is the strategy itself; name another, or leave it out")
    return chosen


def analyse(results: SweepResults, outcome: str, strategy: str, against: str | None) -> Sensitivity:
    """Return the indices.  Raises InputError."""
    from sim.lab.analysis.runs import AnalysisError
    from sim.lab.analysis.sensitivity import sensitivity as indices_of

    try:
        return indices_of(results.runs, results.experiment, outcome, strategy, against)
    except AnalysisError as fault:
        raise InputError(f"{results.folder}: {fault}") from None


def pawn_distances(
    results: SweepResults, tasks: Sequence[tuple[str, str]], against: str | None
) -> tuple[list[PawnAnalysis], str]:
    """Return PAWN distances; none, and why, if only indices are possible.  Raises InputError if neither is."""
    from sim.lab.analysis.runs import AnalysisError
    from sim.lab.analysis.sensitivity import SUITABLE, pawn

    try:
        return [pawn(results.runs, results.experiment, *task, against) for task in tasks], ""
    except AnalysisError as fault:
        if results.experiment["design"]["kind"] in SUITABLE:
            return [], str(fault)
        raise InputError(f"{results.folder}: {fault}") from None


def to_json(one: Sensitivity) -> dict[str, Any]:
    """Return an analysis as `--json` prints it."""
    pairs = [{"factors": list(names), **asdict(index)} for names, index in one.pairs.items()]
    return {**asdict(one), "pairs": pairs}


def notes_of(one: Sensitivity, horizon: int) -> list[str]:
    """Return what a reader has to know about a table."""
    blocks = "base samples" if one.kind == "sobol" else "trajectories"
    spread = f"mean {number(one.mean)}, standard deviation between worlds {number(one.deviation)}"
    notes = [f"{one.blocks:,} {blocks}, {one.replicates:,} replicates; {spread}"]
    if one.dropped:
        notes.append(f"{one.dropped:,} {blocks} were left out because runs are missing")
    if one.restricted:
        notes.append(f"runs that did not reach the stage count as {horizon} weeks, the horizon")
    if one.luck.share is None:
        notes.append("with one replicate, luck cannot be separated from differences between worlds")
    else:
        low, high = percent(one.luck.share.low), percent(one.luck.share.high)
        notes.append(
            f"luck: {percent(one.luck.share.mean)} ({low} to {high}) of the variance of single runs; in the means of "
            f"worlds {percent(one.luck.left)} is still luck, which looks like interaction"
        )
    return notes


def print_analyses(
    console: Console,
    analyses: Sequence[Sensitivity],
    distances: Sequence[PawnAnalysis],
    why_not: str,
    results: SweepResults,
) -> None:
    """Print a table for each analysis."""
    from sim.output.report.sections import MORRIS_NOTE, PAWN_NOTE, SOBOL_NOTE, indices_table, pawn_table

    console.print(f"[bold]{escape(results.experiment['title'])}[/]")
    for one in analyses:
        print_table(console, indices_table(one), notes_of(one, results.experiment["weeks"]))
    if analyses:
        console.print(f"\n[dim]{SOBOL_NOTE if analyses[0].kind == 'sobol' else MORRIS_NOTE}[/]")
    for each in distances:
        print_table(console, pawn_table(each), [f"{each.worlds:,} worlds, {each.slices} slices of each factor's range"])
    console.print(f"\n[dim]{PAWN_NOTE if distances else escape(f'No PAWN distances: {why_not}.')}[/]")


def print_table(console: Console, shown: Table, notes: Sequence[str]) -> None:
    """Print a table of a report under its caption and notes."""
    console.print(f"\n[bold]{escape(shown.caption)}[/]")
    for note in notes:
        console.print(f"[dim]{escape(note)}[/]")
    heads = (right(head, no_wrap=True) for head in shown.head[1:])
    table = plain_table(Column(shown.head[0], overflow="fold"), *heads)
    for row in shown.rows:
        table.add_row(*map(escape, row))
    console.print(table)


def write(
    folder: Path, analyses: Sequence[Sensitivity], distances: Sequence[PawnAnalysis], results: SweepResults
) -> None:
    """Write the table and the figure of each analysis.  Raises WriteError."""
    from sim.lab.analysis.runs import unit_of
    from sim.lab.analysis.sensitivity import PawnAnalysis
    from sim.output.report.report_findings import short_label

    labels = {factor.key: short_label(factor.label, factor.key) for factor in results.factors}
    every: list[Sensitivity | PawnAnalysis] = [*analyses, *distances]
    for one in every:
        name = f"{one.outcome}-{one.strategy}" + (f"-minus-{one.against}" if one.against else "")
        if isinstance(one, PawnAnalysis):
            name, figure = f"pawn-{name}", figures.pawn_distances(one, labels)
        else:
            figure = figures.tornado(one, labels, unit_of(one.outcome))
        with written_aside(folder / f"{name}.csv") as aside:
            aside.write_text(csv_table(one.table), encoding="utf-8")
        written = [folder / f"{name}.csv", *figures.save(figure, folder / name)]
        record_extra(results.folder, *written)
