"""`gennet parameters`: list the model's parameters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column

from sim.cli.options import AsJson
from sim.cli.terminal import WIDE, InputError, plain_table, right, show
from sim.inputs.scenario.errors import unknown
from sim.model.declarations import GROUPS, PARAMETERS
from sim.model.parameters import Parameter
from sim.output.words import exact, span

FIELDS = (
    *("key", "group", "default", "unit", "low", "high", "plausible"),
    *("whole", "label", "basis", "source"),
)


def parameters(
    group: Annotated[str | None, typer.Option(metavar="GROUP", help="Only the parameters of this group.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the model's parameters.

    With default, unit, bounds, plausible range and source.

    Example: gennet parameters --group giving
    """
    if group is not None and group not in GROUPS:
        raise InputError(f"--group: {group!r} {unknown(group, GROUPS)}")
    chosen = [parameter for parameter in PARAMETERS if group in (None, parameter.group)]
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
