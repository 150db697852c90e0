"""The command line, `gennet`.  Each command is one function in `sim.cli.commands`, loaded when it is called."""

from __future__ import annotations

import os
import signal
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

DEBUG = "GENNET_DEBUG"
INTERRUPTED = 130
HELP_WORDS = ("-h", "--help")
HELP = {"help_option_names": list(HELP_WORDS)}
COMMANDS = {
    "run": "Simulate one future of a scenario.",
    "compare": "Compare strategies on paired simulated futures.",
    "sweep": "Run an experiment: many uncertain worlds, each under every strategy.",
    "status": "Show how far a sweep has got, and what to do next.",
    "verify": "Check that results are undamaged, and that their runs give the same bits again.",
    "report": "Write an HTML report on a comparison or a sweep.",
    "worth": "Show what it would be worth to find out before choosing a strategy.",
    "plan": "Look for the best plan for a budget.",
    "sensitivity": "Show which uncertain factors drive an outcome (Sobol, Morris, PAWN).",
    "dashboard": "Explore what-ifs in a browser.",
    "advise": "Find out whom to introduce to whom.",
    "network": "Check, profile and convert a network of your own.",
    "waves": "Follow a network over several waves.",
    "claims": "Test the claims that the model's sources make.",
    "questions": "Map the questions that the model's sources leave open.",
    "validate": "Compare the model with published figures of real networks.",
    "parameters": "List the model's parameters, or measure what each of them moves.",
    "schedule": "List the phases of a simulated week.",
    "schema": "Print the JSON schema of a scenario file, for editors.",
    "selftest": "Test this installation, in about two minutes.",
    "bench": "Measure speed and memory.",
}
"""The commands in the order of `gennet --help`.  Command `run` is the function `run` of `commands/run_command.py`."""
AS_JSON = "gennet.json"
"""Name under which Click's context has whether the command was called with `--json`."""
DRAWING = frozenset({"compare"})
"""Commands whose figures are drawn by a process that loads matplotlib meanwhile."""
Click = Any
"""A command or context of Click.  Typer has its own copy of Click, whose types are private."""


def load(name: str) -> Click:
    """Return a command with its options, from its module."""
    function = getattr(import_module(f"sim.cli.commands.{name}_command"), name)
    single = typer.Typer(add_completion=False, context_settings=HELP, rich_markup_mode="rich")
    single.command(name)(function)
    return typer.main.get_command(single)


def is_input_error(fault: Exception) -> bool:
    """Return whether an error is about the user's input, so that its message is enough."""
    from sim.cli.terminal import InputError
    from sim.inputs.scenario.errors import ScenarioError
    from sim.lab.results import ResultsError
    from sim.model.start import NetworkError
    from sim.model.world import WorldError

    return isinstance(fault, InputError | NetworkError | ResultsError | ScenarioError | WorldError)


def described(fault: Exception) -> tuple[str, int]:
    """Return an error's message and the exit code that it leads to."""
    if hasattr(fault, "format_message"):  # a wrong option or argument, found by Click
        return fault.format_message(), getattr(fault, "exit_code", 2)
    if is_input_error(fault):
        return str(fault), 2
    return f"unexpected {type(fault).__name__}: {' '.join(str(fault).split()) or 'no message'}", 1


class Commands(TyperGroup):
    """Commands that are loaded when called, and whose errors end in a message and an exit code."""

    def list_commands(self, ctx: Click) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Click, name: str) -> Click:
        """Return a command's line in the help; `resolve_command` loads the command itself."""
        return TyperCommand(name, help=COMMANDS[name]) if name in COMMANDS else None

    def resolve_command(self, ctx: Click, args: list[str]) -> tuple[str | None, Click, list[str]]:
        """Load the command that is called."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in DRAWING and not set(HELP_WORDS) & set(rest):
            from sim.cli.figure_processes import get_ready

            get_ready()
        return name, load(name) if name in COMMANDS else command, rest

    def parse_args(self, ctx: Click, args: list[str]) -> list[str]:
        """Accept `--debug` anywhere."""
        if "--debug" in args:
            os.environ[DEBUG] = "1"
        ctx.meta[AS_JSON] = "--json" in args
        return super().parse_args(ctx, [arg for arg in args if arg != "--debug"])

    def invoke(self, ctx: Click) -> None:
        """Run a command; exit with the code that it returns, or with 2 for wrong input and 1 for any other error."""
        from sim.cli.terminal import json_printed, show_error

        json_printed.clear()
        try:
            code = super().invoke(ctx)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except Exception as fault:
            text, code = described(fault)
            if ctx.meta[AS_JSON]:
                show_error(text, code)
            if hasattr(fault, "exit_code") or os.environ.get(DEBUG, "0") not in ("", "0"):
                raise
            typer.echo(f"gennet: {text}", err=True)
            if code == 1:
                typer.echo("This is a bug in gennet.  To see the traceback, add --debug to the command.", err=True)
            raise typer.Exit(code) from None
        raise typer.Exit(code or 0)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings=HELP,
)


def show_version(shown: bool) -> None:
    """Print the versions of package and model, and exit."""
    if shown:
        from sim.model.version import MODEL_VERSION, package_version

        typer.echo(f"generative-networks {package_version()}, model {MODEL_VERSION}")
        raise typer.Exit


@app.callback()
def gennet(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the versions and exit.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an unexpected error (or set GENNET_DEBUG=1).")
    ] = False,
) -> None:
    """Simulate social-impact networks: what is weaving them worth?

    Exit codes: 0 done; 2 wrong input; 1 any other error; 130 stopped by Ctrl-C or SIGTERM (complete results are kept).
    With --json, an error is printed as JSON, too: {"error": MESSAGE, "exit_code": CODE}.
    """


def main() -> None:
    """Run `gennet`.  SIGTERM ends it as Ctrl-C does, so that no folder is left as being written."""

    def end(number: int, frame: object) -> None:
        """End the process, after what has to be put in order."""
        raise SystemExit(INTERRUPTED)

    signal.signal(signal.SIGTERM, end)
    import_module("sim.cli.seldom_garbage")
    app(prog_name="gennet")
