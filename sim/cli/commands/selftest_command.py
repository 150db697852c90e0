"""`gennet selftest`: test this installation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from sim.cli import terminal
from sim.cli.options import AsJson

if TYPE_CHECKING:
    from sim.lab.selftest import Check


def selftest(
    long: Annotated[bool, typer.Option("--long", help="Test more, for about an hour.")] = False,
    as_json: AsJson = False,
) -> int:
    """Test this installation, in about two minutes.

    Does the model give the known bits, here and in another locale and time zone? Do ties, gifts, members and budgets
    balance? Is anything lost when a sweep is killed, or a file damaged? The exit code is 1 if a check failed.

    Example: gennet selftest --long
    """
    from sim.lab.selftest import CHECKS, run_checks
    from sim.model.version import MODEL_VERSION

    terminal.announce_compiling()
    results: list[Check] = []
    for name, result in zip(CHECKS, run_checks(long), strict=True):
        results.append(result)
        terminal.say(f"{name}: {result.verdict} ({result.seconds:.0f} s)")
    failed = [one.name for one in results if one.verdict == "failed"]
    payload = {"passed": not failed, "model_version": MODEL_VERSION, "checks": [one._asdict() for one in results]}
    terminal.show(lambda console: print_checks(console, results, failed), payload, as_json)
    return 1 if failed else 0


def print_checks(console: Console, results: list[Check], failed: list[str]) -> None:
    """Print every check with its result."""
    from sim.model.version import MODEL_VERSION

    table = terminal.plain_table("check", "result", "counted")
    for one in results:
        table.add_row(one.name, one.verdict, escape(one.text))
    console.print(table)
    console.print(f"\n{'Failed: ' + ', '.join(failed) if failed else 'All checks passed'}.  Model {MODEL_VERSION}.")
