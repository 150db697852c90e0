"""`gennet parameters`: list the model's parameters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column

from sim.cli import terminal
from sim.cli.options import AsJson, Jobs, OutIfNamed, Seed, check_replicates, futures
from sim.cli.terminal import WIDE, InputError, announce_compiling, plain_table, right, show, show_where
from sim.inputs.safe_csv import csv_table
from sim.lab.results import written_aside
from sim.output.words import exact, span

if TYPE_CHECKING:
    from sim.lab.screening import Screening
    from sim.model.parameters import Parameter

FIELDS = (
    *("key", "group", "default", "unit", "low", "high", "plausible"),
    *("whole", "label", "basis", "source"),
)


def parameters(
    group: Annotated[str | None, typer.Option(metavar="GROUP", help="Only the parameters of this group.")] = None,
    screen: Annotated[
        bool, typer.Option("--screen", help="Measure what each parameter moves over its plausible range (minutes).")
    ] = False,
    scenario: Annotated[Path, typer.Option(metavar="SCENARIO", help="Scenario file that --screen runs.")] = Path(
        "scenarios/weaving.toml"
    ),
    strategy: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Strategy that --screen runs, repeatable; by default all.")
    ] = None,
    replicates: Annotated[int, futures("Simulated futures of each run of --screen.")] = 20,
    seed: Seed = None,
    jobs: Jobs = None,
    out: OutIfNamed = None,
    as_json: AsJson = False,
) -> None:
    """List the model's parameters, or measure what each of them moves.

    With default, unit, bounds, plausible range and source.  --screen runs a scenario with each parameter at either end
    of its plausible range, and gives the greatest effect in standard deviations of luck.

    Example: gennet parameters --group giving
    """
    from sim.inputs.scenario.errors import unknown
    from sim.model.declarations import GROUPS, PARAMETERS

    if group is not None and group not in GROUPS:
        raise InputError(f"--group: {group!r} {unknown(group, GROUPS)}")
    chosen = [parameter for parameter in PARAMETERS if group in (None, parameter.group)]
    if screen:
        from sim.lab import screening

        count = check_replicates(replicates, 2)
        with terminal.progress("Screening", "settings", announce_compiling()) as tick:
            found = screening.screen(
                scenario, chosen, replicates=count, seed=seed, strategies=strategy, jobs=jobs, progress=tick
            )
        payload = {"scenario": str(scenario), "replicates": count, "parameters": [row._asdict() for row in found.rows]}
        show(lambda console: print_screening(console, found), payload, as_json)
        if out is not None:
            for name, frame in (("screening", found.table), ("effects", found.effects)):
                with written_aside(out / f"{name}.csv") as aside:
                    aside.write_text(csv_table(frame), encoding="utf-8")
            show_where(f"Tables: {out}/", as_json)
        return
    rows = [{name: list(one.range) if name == "plausible" else getattr(one, name) for name in FIELDS} for one in chosen]
    show(lambda console: print_parameters(console, chosen), {"parameters": rows}, as_json)


def print_parameters(console: Console, chosen: Sequence[Parameter]) -> None:
    """Print a table for each group."""
    console.print(
        f"{len(chosen)} parameters.  Set them in a scenario file under \\[group], or with --set group.name=value."
    )
    for name, some in groupby(chosen, lambda parameter: parameter.group):
        print_group(console, name, list(some))


def print_group(console: Console, name: str, chosen: Sequence[Parameter]) -> None:
    """Print the table of one group; on a narrow console unit and source stand below the label."""
    wide = console.width >= WIDE
    console.print()
    widths = {"unit": 14, "allowed": 16, "plausible": 14} if wide else {"allowed; plausible": 18}
    table = plain_table(
        Column(f"[bold]{escape(name)}[/]", no_wrap=True),
        right("default", no_wrap=True),
        *(Column(head, max_width=width) for head, width in widths.items()),
        *(["meaning", Column("basis: source", style="dim")] if wide else ["meaning [dim](basis: source)[/]"]),
    )
    for one in chosen:
        label = escape(one.label)
        origin = escape(f"{one.basis}: {one.source}" if one.source else one.basis)
        allowed, plausible = span(one.low, one.high), span(*one.range)
        if wide:
            table.add_row(one.name, exact(one.default), escape(one.unit), allowed, plausible, label, origin)
        else:
            unit = f", {escape(one.unit)}" if one.unit else ""
            table.add_row(one.name, exact(one.default), f"{allowed}; {plausible}", f"{label}{unit} [dim]({origin})[/]")
    console.print(table)


def print_screening(console: Console, found: Screening) -> None:
    """Print what each parameter moves, those that move most first."""
    moving = [row for row in found.rows if row.moves]
    console.print(
        f"{len(moving)} of {len(found.rows)} parameters move an outcome clearly over their plausible range, in "
        f"{found.replicates} paired futures of each run.  Effects are in standard deviations of luck."
    )
    table = plain_table("parameter", right("effect"), right("\\[95% interval]"), "outcome", "strategy", right("set to"))
    for row in found.rows:
        table.add_row(
            escape(row.parameter),
            f"{row.effect:+.2f}",
            f"{row.low:+.2f} to {row.high:+.2f}",
            row.outcome,
            escape(row.strategy),
            exact(row.value),
            style="" if row.moves else "dim",
        )
    console.print(table)
