"""`gennet parameters`, `schedule` and `schema`: what the model takes and does, from its own declarations."""

from __future__ import annotations

import sys
from itertools import groupby

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.cli.commands.talking import InputError, on_stdout
from sim.lab.results import json_text
from sim.output.words import exact, span

WIDE = 110
PLACES = 4


def parameters_command(group: str | None, as_json: bool) -> int:
    """Print the parameters, all or those of a group.  Errors: InputError for a group that there is not."""
    from sim.inputs.scenario.errors import unknown
    from sim.model.declarations import GROUPS, PARAMETERS

    if group is not None and group not in GROUPS:
        raise InputError(f"--group: {group!r} {unknown(group, GROUPS)}")
    chosen = [parameter for parameter in PARAMETERS if group in (None, parameter.group)]
    if as_json:
        found = [
            {
                "key": parameter.key,
                "group": parameter.group,
                "default": parameter.default,
                "unit": parameter.unit,
                "low": parameter.low,
                "high": parameter.high,
                "plausible": list(parameter.range),
                "whole": parameter.whole,
                "label": parameter.label,
                "basis": parameter.basis,
                "source": parameter.source,
            }
            for parameter in chosen
        ]
        sys.stdout.write(json_text({"parameters": found}))
        return 0
    console = on_stdout()
    console.print(f"{len(chosen)} parameters; in a scenario file under \\[group], or --set group.name=value")
    for name, some in groupby(chosen, lambda parameter: parameter.group):
        print_group(console, name, list(some))
    return 0


def print_group(console: Console, name: str, parameters: list) -> None:
    """One group's table: on a narrow console the source stands under the label."""
    wide = console.width >= WIDE
    console.print()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, title=None)
    table.add_column(f"[bold]{escape(name)}[/]", no_wrap=True)
    table.add_column("default", justify="right", no_wrap=True)
    if wide:
        table.add_column("unit", max_width=14)
        table.add_column("allowed", max_width=16)
        table.add_column("plausible", max_width=14)
    else:
        table.add_column("allowed; plausible", max_width=18)
    table.add_column("what it is" if wide else "what it is [dim](basis: source)[/]")
    if wide:
        table.add_column("basis: source", style="dim")
    for one in parameters:
        label = escape(one.label)
        origin = escape(f"{one.basis}: {one.source}" if one.source else one.basis)
        allowed, plausible = span(one.low, one.high), span(*one.range)
        if wide:
            table.add_row(one.name, exact(one.default), escape(one.unit), allowed, plausible, label, origin)
        else:
            unit = f", {escape(one.unit)}" if one.unit else ""
            table.add_row(one.name, exact(one.default), f"{allowed}; {plausible}", f"{label}{unit} [dim]({origin})[/]")
    console.print(table)


def schedule_command(as_json: bool) -> int:
    """Print the phases of a week, in order."""
    from sim.model.schedule import SCHEDULE

    if as_json:
        phases = [
            {"number": p.number, "name": p.name, "who": p.who, "what": p.what, "module": p.where} for p in SCHEDULE
        ]
        sys.stdout.write(json_text({"schedule": phases}))
        return 0
    console = on_stdout()
    console.print("A week, phase by phase.  A phase's number keys its luck.\n")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("phase", no_wrap=True)
    table.add_column("who acts", max_width=13)
    table.add_column("rule")
    if console.width >= WIDE:
        table.add_column("module", no_wrap=True, style="dim")
    for phase in SCHEDULE:
        row = [str(phase.number), phase.name, phase.who, escape(phase.what)]
        if console.width >= WIDE:
            row.append(phase.where)
        else:
            row[-1] += f" [dim]({phase.where})[/]"
        table.add_row(*row)
    console.print(table)
    return 0


def schema_command() -> int:
    """Print the JSON schema of a scenario file."""
    from sim.inputs.scenario import json_schema

    sys.stdout.write(json_text(json_schema()))
    return 0
