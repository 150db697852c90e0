"""`gennet schedule`: list the phases of a simulated week."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Column

from sim.cli.options import AsJson
from sim.cli.terminal import WIDE, plain_table, right, show


def schedule(as_json: AsJson = False) -> None:
    """List the phases of a simulated week.

    In order: who acts, and by which rule.

    Example: gennet schedule
    """
    from sim.model.schedule import SCHEDULE

    phases = [{"number": p.number, "name": p.name, "who": p.who, "what": p.what, "module": p.where} for p in SCHEDULE]
    show(print_schedule, {"schedule": phases}, as_json)


def print_schedule(console: Console) -> None:
    """Print the phases as a table; on a narrow console the module stands below the rule."""
    from sim.model.schedule import SCHEDULE

    wide = console.width >= WIDE
    console.print("The phases of a week.  Each phase draws its random numbers under its own number.\n")
    names = [right("", no_wrap=True), Column("phase", no_wrap=True), Column("who acts", max_width=13), Column("rule")]
    table = plain_table(*names, *([Column("module", no_wrap=True, style="dim")] if wide else []))
    for phase in SCHEDULE:
        rule = escape(phase.what) if wide else f"{escape(phase.what)} [dim]({phase.where})[/]"
        table.add_row(str(phase.number), phase.name, phase.who, rule, *([phase.where] if wide else []))
    console.print(table)
