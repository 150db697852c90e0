"""`gennet sensitivity`: which uncertain factors move an outcome, printed with intervals, and written as table and figure."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.cli.commands.opening import say_version
from sim.cli.commands.talking import InputError, on_stdout, say, show, waiting
from sim.lab.analysis.runs import AnalysisError, label_of, unit_of
from sim.lab.analysis.sensitivity import SUITABLE, Sensitivity, sensitivity
from sim.lab.experiment.reading import SweepResults, read_results
from sim.lab.results import json_text, reason, written_aside
from sim.output.words import number, percent

FOLDER = "sensitivity"


@dataclass(frozen=True)
class Asked:
    """The options of `gennet sensitivity`."""

    results: Path
    outcomes: Sequence[str] = ()
    strategy: str | None = None
    against: str | None = None
    as_json: bool = False
    out: Path | None = None


def sensitivity_command(asked: Asked) -> int:
    """Analyse, print and write; returns the exit code.  Errors: ResultsError, InputError."""
    results = read_results(asked.results)
    say_version(results.manifest)
    kind = results.experiment["design"]["kind"]
    if kind not in SUITABLE or not results.factors:
        raise InputError(
            f'{asked.results}: the design of this sweep is "{kind}", from which no indices can be worked '
            'out; set design = "sobol" '
            '(shares of variance, with interactions) or design = "morris" (a screening of many factors in few runs) in the '
            "experiment file and sweep again; gennet report shows what any design can tell"
        )
    names = results.strategies
    for option, name in (("--strategy", asked.strategy), ("--against", asked.against)):
        if name is not None and name not in names:
            raise InputError(f"{option}: {name!r} is unknown; this sweep has {', '.join(names)}")
    strategies = [asked.strategy] if asked.strategy else list(names)
    if asked.against in strategies:
        strategies.remove(asked.against)
    if not strategies:
        raise InputError(f"--against: {asked.against!r} is the strategy itself; name another, or leave it out")
    known = [name for name in results.experiment["outcomes"] if name in results.runs.columns]
    outcomes = list(asked.outcomes) or known[:1] or ["outputs"]
    with waiting("Working out indices"):
        found = [analysed(results, outcome, name, asked.against) for outcome in outcomes for name in strategies]
    told = {
        "results": str(asked.results),
        "design": results.experiment["design"],
        "analyses": [as_told(one) for one in found],
    }
    show(lambda: sys.stdout.write(json_text(told)) if asked.as_json else print_all(on_stdout(), found, results))
    folder = asked.out or asked.results / FOLDER
    with waiting("Writing tables and figures"):
        write(folder, found, results)
    where = f"Tables and figures: {folder}/"
    show(lambda: say(where) if asked.as_json else on_stdout().print(f"\n{where}", soft_wrap=True, markup=False))
    return 0


def analysed(results: SweepResults, outcome: str, strategy: str, against: str | None) -> Sensitivity:
    """The indices.  Errors: InputError."""
    try:
        return sensitivity(results.runs, results.experiment, outcome, strategy, against)
    except AnalysisError as fault:
        raise InputError(f"{results.folder}: {fault}") from None


def name_of(one: Sensitivity) -> str:
    """A name for an analysis's files."""
    return f"{one.outcome}-{one.strategy}" + (f"-minus-{one.against}" if one.against else "")


def title_of(one: Sensitivity) -> str:
    """What was analysed, in words."""
    return f"{label_of(one.outcome)}, {one.strategy}" + (f" minus {one.against}" if one.against else "")


def as_told(one: Sensitivity) -> dict[str, Any]:
    """An analysis as JSON has it."""
    told = asdict(one)
    pairs = [{"factors": list(names), **asdict(index)} for names, index in one.pairs.items()]
    return {**told, "pairs": pairs}


def notes_of(one: Sensitivity, results: SweepResults) -> list[str]:
    """What has to be known to read the table."""
    notes = []
    blocks = "base samples" if one.kind == "sobol" else "trajectories"
    spread = f"mean {number(one.mean)}, standard deviation between worlds {number(one.deviation)}"
    notes.append(f"{one.blocks:,} {blocks}, {one.replicates:,} replicates; {spread}")
    if one.dropped:
        notes.append(f"{one.dropped:,} {blocks} were left out, since runs are lacking")
    if one.restricted:
        notes.append(f"runs that did not get there count {results.experiment['weeks']} weeks, the horizon")
    if one.luck.share is None:
        notes.append("with one replicate, luck cannot be told from the world")
    else:
        low, high = percent(one.luck.share.low), percent(one.luck.share.high)
        left = f"{percent(one.luck.left)} of that of worlds' means is luck still, and looks like interaction"
        notes.append(f"luck: {percent(one.luck.share.mean)} ({low} to {high}) of the variance of single runs; {left}")
    return notes


def print_all(console: Console, found: Sequence[Sensitivity], results: SweepResults) -> None:
    """The tables for people."""
    console.print(f"[bold]{escape(results.experiment['title'])}[/]")
    for one in found:
        console.print(f"\n[bold]{escape(title_of(one))}[/]")
        for note in notes_of(one, results):
            console.print(f"[dim]{escape(note)}[/]")
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        table.add_column("factor", overflow="fold")
        sobol = one.kind == "sobol"
        unit = unit_of(one.outcome)
        heads = (
            ["alone (first order)", "with others (total)"] if sobol else [f"μ* ({unit})" if unit else "μ*", "σ", "μ"]
        )
        for head in heads:
            table.add_column(head, justify="right", no_wrap=True)
        for told in one.table.to_dict("records"):
            cells = [cell(told, kind) for kind in ("first", "total", "mu_star") if kind in told]
            cells += [number(told[kind]) for kind in ("sigma", "mu") if kind in told]
            table.add_row(escape(str(told["factor"])), *cells)
        console.print(table)
    if found[0].kind == "sobol":
        text = "Alone: share of variance that goes if the factor is known; with others: that stays if all others are."
    else:
        text = "μ*: mean size of the change when the factor crosses its range; σ: how much that depends on the others."
    console.print(f"\n[dim]In brackets: 95% intervals.  {text}[/]")


def cell(told: dict[Any, Any], kind: str) -> str:
    """An index with its interval, its digits as its size deserves."""
    low, high = told[f"{kind}_low"], told[f"{kind}_high"]
    places = 2 if kind != "mu_star" or abs(told[kind]) < 1 else 1
    return f"{number(told[kind], places)} ({number(low, places)} to {number(high, places)})"


def write(folder: Path, found: Sequence[Sensitivity], results: SweepResults) -> None:
    """Tables and figures of each analysis.  Errors: InputError where the folder can't be written to."""
    from sim.output.figures import save, tornado
    from sim.output.report.findings import short_label

    labels = {factor.key: short_label(factor.label, factor.key) for factor in results.factors}
    try:
        for one in found:
            with written_aside(folder / f"{name_of(one)}.csv") as aside:
                one.table.to_csv(aside, index=False, lineterminator="\n")
            save(tornado(one, labels, unit_of(one.outcome)), folder / name_of(one))
    except OSError as fault:
        raise InputError(f"{folder} cannot be written to ({reason(fault)}); name another folder with --out") from None
