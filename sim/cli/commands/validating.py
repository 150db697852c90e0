"""`gennet validate`: the model against published figures of real networks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.cli.commands.opening import Clock, circumstances, claimed_if
from sim.cli.commands.talking import (
    INTERRUPTED,
    InputError,
    announce_compiling,
    on_stdout,
    progress,
    say,
    show,
    stopped_by_ctrl_c,
    waiting,
)
from sim.evidence.targets import eies
from sim.evidence.targets.target_catalogue import TARGETS
from sim.evidence.targets.validate import Finding, chosen, score, validate
from sim.inputs.scenario.errors import unknown
from sim.lab.results import ResultsFolder, json_text, open_folder
from sim.model.version import MODEL_VERSION
from sim.output.words import MINUS, number, three_digits

MOST_REPLICATES = 100_000
WIDE = 110


@dataclass(frozen=True)
class Asked:
    """The options of `gennet validate`."""

    replicates: int
    seed: int
    only: Sequence[str] = ()
    data: Path | None = None
    jobs: int | None = None
    out: Path | None = None
    as_json: bool = False


def names_asked(only: Sequence[str]) -> tuple[str, ...]:
    """Names of targets or experiments from the command line, several to an option if parted by commas.

    Errors: InputError for an unknown one.
    """
    names = tuple(name.strip() for text in only for name in text.split(",") if name.strip())
    known = [target.name for target in TARGETS] + list(dict.fromkeys(target.experiment for target in TARGETS))
    if only and not names:
        raise InputError("--only names nothing; allowed are names of targets or experiments")
    for name in names:
        if name not in known:
            raise InputError(f"--only: {name!r} {unknown(name, known)}")
    return names


def validate_command(asked: Asked) -> int:
    """Validate, print and, if a folder was named, write; returns the exit code: 0, or 130 after Ctrl-C."""
    clock = Clock()
    if not 2 <= asked.replicates <= MOST_REPLICATES:
        raise InputError(
            f"--replicates is {asked.replicates:,}; allowed are 2 to {MOST_REPLICATES:,} simulated futures"
        )
    names = names_asked(asked.only)
    data = eies.find_data(asked.data)
    if any(target.experiment == "eies" for target in chosen(names)) and data is None:
        say(
            f"Note: no EIES data (--data FOLDER, {eies.ENVIRONMENT}, or {eies.BESIDE}): "
            "that network starts from a generated stand-in",
            "dim",
        )
    with claimed_if(opened_folder(asked, names, data)) as folder:
        compiling = announce_compiling()
        with stopped_by_ctrl_c() as stopped, progress("Validating", "futures", compiling) as tick:
            found = validate(asked.replicates, asked.seed, names, data, asked.jobs, None, tick, stopped)
        return told_and_written(asked, found, folder, clock)


def told_and_written(asked: Asked, found: Sequence[Finding], folder: ResultsFolder | None, clock: Clock) -> int:
    """Print what was found and write it into its folder, if there is one; returns the exit code."""
    if not found:
        if folder:
            folder.give_up()
        say("Stopped before one future of every experiment was complete: there is nothing to tell.")
        return INTERRUPTED
    done = len(found[0].values)
    if done < asked.replicates:
        say(
            f"Stopped: {done:,} of {asked.replicates:,} futures of each experiment are complete, and these are told of."
        )
    rows = [finding.summary() for finding in found]
    show(lambda: sys.stdout.write(json_text(rows)) if asked.as_json else print_findings(on_stdout(), found))
    if folder:
        with waiting("Writing table and figure"):
            write(folder, found, rows, clock, asked.replicates)
        where = f"Table and figure: {folder.path}/ (see {folder.path / 'manifest.json'})"
        show(lambda: say(where) if asked.as_json else on_stdout().print(f"\n{where}", soft_wrap=True, markup=False))
    return 0 if done == asked.replicates else INTERRUPTED


def opened_folder(asked: Asked, names: tuple[str, ...], data: Path | None) -> ResultsFolder | None:
    """The folder for the results, if one was named.  Errors: ResultsError."""
    if asked.out is None:
        return None
    content = {
        "command": "validate",
        "model_version": MODEL_VERSION,
        "seed": asked.seed,
        "replicates": asked.replicates,
        "only": list(names),
        "start": "data" if data else "generated",
    }
    return open_folder(asked.out, "validate", content)


def short(value: float) -> str:
    """A number in three digits or so, with a true minus; a dash where there is none."""
    if np.isinf(value):
        return "never" if value > 0 else f"{MINUS}never"
    return number(value, 0 if abs(value) >= 20 else 2)


def observed_text(finding: Finding) -> str:
    """The published figure, with its range if it has one; of a direction, the side."""
    target = finding.target
    if target.kind == "direction":
        return target.side
    span = f" ({short(target.low)} to {short(target.high)})" if target.kind == "range" else ""
    return f"{three_digits(target.observed)}{span}"


def simulated_text(finding: Finding) -> str:
    """The simulated median with its 90% interval."""
    return f"{short(finding.median)} ({short(finding.low)} to {short(finding.high)})"


def print_findings(console: Console, found: Sequence[Finding]) -> None:
    """The table, the count, and for each target outside a sentence why it may be."""
    wide = console.width >= WIDE
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("target" if wide else "target [dim](source)[/]")
    if wide:
        table.add_column("source", style="dim")
    table.add_column("published", justify="right", no_wrap=True)
    table.add_column("median (90%)", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("", no_wrap=True, style="dim")
    for one in found:
        target = one.target
        label, source = escape(target.label), escape(target.source.short)
        cells = [label, source] if wide else [f"{label} [dim]({source})[/]"]
        verdict = "inside" if one.inside else "[bold]outside[/]"
        table.add_row(*cells, observed_text(one), simulated_text(one), verdict, "fit" if target.in_fit else "")
    console.print(table)
    counts = score(found)
    console.print(
        f"\nInside: {counts['inside']} of {counts['targets']} targets; {counts['kept_out_inside']} of {counts['kept_out']} "
        f"kept out, {counts['in_fit_inside']} of {counts['in_fit']} that informed a parameter."
    )
    if any(one.start == "generated" and one.target.experiment == "eies" for one in found):
        console.print("EIES started from a generated stand-in, not from its data.")
    outside = [one for one in found if not one.inside and one.target.why]
    if outside:
        console.print("\nOutside, and why that may be:")
    for one in outside:
        console.print(f"- {one.target.label}: {one.target.why}.", markup=False, soft_wrap=not console.is_terminal)


def table_of(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The findings as a table: a row a target, intervals and ranges as two columns."""
    flat = []
    for row in rows:
        low, high = row["interval90"]
        span = row["observed_range"] or (np.nan, np.nan)
        rest = {key: value for key, value in row.items() if key not in ("interval90", "observed_range")}
        flat.append({**rest, "low": low, "high": high, "observed_low": span[0], "observed_high": span[1]})
    return pd.DataFrame(flat).replace([np.inf, -np.inf], np.nan)


def draw_club(folder: ResultsFolder, found: Sequence[Finding]) -> None:
    """The figure of the club that split, if all ways of telling sides were asked for."""
    from sim.evidence.targets import club_split
    from sim.inputs.networks.exchange import to_networkx
    from sim.output.figures import save_in
    from sim.output.figures.club import club as figure_of

    by_name = {one.target.name: one for one in found}
    ways = {"club_pull": "by the\nleaders' pull", "club_ties": "by ties", "club_views": "by views"}
    if not {"club_majority", *ways} <= set(by_name):
        return
    start, cuts = club_split.club(), club_split.graph_cuts()
    save_in(
        folder,
        "figures/club",
        figure_of(
            to_networkx(start),
            np.asarray(start.faction).tolist(),
            by_name["club_majority"].people,
            start.leaders,
            {words: by_name[name].values for name, words in ways.items()},
            {"chance": club_split.chance()["random"], "cuts": min(cuts.values())},
            "The club that split: does the model break it where it broke?",
        ),
    )


def write(
    folder: ResultsFolder, found: Sequence[Finding], rows: Sequence[dict[str, Any]], clock: Clock, replicates: int
) -> None:
    """Table, figure, summary and manifest."""
    from sim.output.figures import save_in
    from sim.output.figures.evidence import evidence

    folder.begin()
    folder.csv("targets.csv", table_of(rows))
    folder.text("summary.json", json_text(rows))
    save_in(folder, "figures/evidence", evidence(rows, f"The model against {len(rows)} published figures"))
    draw_club(folder, found)
    done = len(found[0].values)
    told = {
        "futures": done,
        "stop_reason": "finished"
        if done == replicates
        else f"stopped by the user after {done} of {replicates} futures",
        **circumstances(clock),
        "score": score(found),
    }
    folder.finish(told)
