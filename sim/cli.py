"""The command line, `gennet`: options and help.  What commands do is in `sim.commands`, imported when one is called."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

DEBUG = "GENNET_DEBUG"
LARGEST_SEED = 2**63 - 1


def says_what_is_wrong(fault: Exception) -> bool:
    """Whether a fault lies in the user's input: its message is enough.  Only what is loaded can have been raised."""
    kinds = {
        "sim.scenario.errors": "ScenarioError",
        "sim.networks.start": "NetworkError",
        "sim.world": "WorldError",
        "sim.results": "ResultsError",
        "sim.commands.talking": "InputError",
    }
    known = tuple(getattr(sys.modules[module], name) for module, name in kinds.items() if module in sys.modules)
    return isinstance(fault, known)


class Commands(TyperGroup):
    """The commands, and how faults in them end: 2 for the user's input, 1 for anything else, never a bare traceback."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """`--debug` may stand anywhere."""
        if "--debug" in args:
            os.environ[DEBUG] = "1"
        return super().parse_args(ctx, [arg for arg in args if arg != "--debug"])

    def invoke(self, ctx: Any) -> Any:
        """Run a command, faults turned into a message and an exit code."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except Exception as fault:
            if hasattr(fault, "exit_code") or os.environ.get(DEBUG, "0") not in ("", "0"):
                raise
            if says_what_is_wrong(fault):
                typer.echo(f"gennet: {fault}", err=True)
                raise typer.Exit(2) from None
            words = " ".join(str(fault).split()) or "no message"
            typer.echo(f"gennet: unexpected {type(fault).__name__}: {words}", err=True)
            typer.echo("This is a fault in the program.  To see where: the same command with --debug.", err=True)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (TOML), as in scenarios/.")]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a key over the scenario file, as weeks=52; repeatable."),
]
Seed = Annotated[int | None, typer.Option(min=0, max=LARGEST_SEED, help="Seed; the scenario's own if left out.")]
Out = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Folder for results; by default results/<scenario>-<command>.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, and nothing else there.")]


def show_version(asked: bool) -> None:
    """Print package and model version, and end."""
    if asked:
        from sim.version import MODEL_VERSION, package_version

        typer.echo(f"generative-networks {package_version()}, model {MODEL_VERSION}")
        raise typer.Exit


@app.callback()
def everything(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the versions and end.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an unexpected fault (also: GENNET_DEBUG=1).")
    ] = False,
) -> None:
    """Simulate social-impact networks: what weaving them is worth.

    Exit codes: 0 done; 2 the input is wrong; 1 anything else; 130 stopped by Ctrl-C (what is complete is kept).
    """


@app.command(epilog="Example: gennet run scenarios/weaving.toml --strategy customized --seed 3")
def run(
    scenario: ScenarioFile,
    strategy: Annotated[
        str | None, typer.Option(metavar="NAME", help="Strategy; needed if the scenario has several.")
    ] = None,
    seed: Seed = None,
    replicate: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="Which simulated future of that seed.")] = 0,
    sets: Sets = None,
    out: Out = None,
    as_json: AsJson = False,
    ledger: Annotated[bool, typer.Option("--ledger", help="Keep every gift: ledger.parquet.")] = False,
    panels: Annotated[bool, typer.Option("--panels", help="Keep all members and ties at the end.")] = False,
) -> None:
    """Simulate one future: weekly table, events, networks, figures."""
    from sim.commands import running

    asked = running.Asked(scenario, strategy, seed, replicate, sets or (), out, as_json, ledger, panels)
    raise typer.Exit(running.run_command(asked))


@app.command(epilog="Example: gennet compare scenarios/weaving.toml --replicates 200 --set weeks=104 --out results/new")
def compare(
    scenario: ScenarioFile,
    strategy: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Strategy, repeatable, the first to hold others against; all if left out."),
    ] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Simulated futures of each strategy; the scenario's own number if left out.")
    ] = None,
    seed: Seed = None,
    jobs: Annotated[int | None, typer.Option(min=1, max=1024, help="Threads; one a core if left out.")] = None,
    sets: Sets = None,
    out: Out = None,
    as_json: AsJson = False,
    no_renewal: Annotated[
        bool, typer.Option("--no-renewal", help="Leave out the test whether networks live on without coordinators.")
    ] = False,
) -> None:
    """Compare strategies on paired simulated futures: who gets where, how soon, at what cost.

    Ctrl-C stops: futures complete by then are compared and written.  The numbers do not depend on --jobs.
    """
    from sim.commands import comparing

    asked = comparing.Asked(
        scenario, strategy or (), replicates, seed, jobs, sets or (), out, as_json, renewal=not no_renewal
    )
    raise typer.Exit(comparing.compare_command(asked))


@app.command(epilog="Example: gennet parameters --group giving")
def parameters(
    group: Annotated[str | None, typer.Option(metavar="GROUP", help="Only the parameters of one group.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the model's parameters: default, unit, bounds, plausible range, source."""
    from sim.commands import listing

    raise typer.Exit(listing.parameters_command(group, as_json))


@app.command(epilog="Example: gennet schedule")
def schedule(as_json: AsJson = False) -> None:
    """List the phases of a week in order: who acts, by which rule."""
    from sim.commands import listing

    raise typer.Exit(listing.schedule_command(as_json))


@app.command(epilog="Example: gennet schema > scenario.schema.json")
def schema() -> None:
    """Print the JSON schema of a scenario file, for editors."""
    from sim.commands import listing

    raise typer.Exit(listing.schema_command())


@app.command(epilog="Example: gennet bench --members 1000 --weeks 104")
def bench(
    members: Annotated[int, typer.Option(min=10, max=1_000_000, help="Members at the start.")] = 200,
    weeks: Annotated[int, typer.Option(min=13, max=5200, help="Weeks of a run.")] = 260,
    repeats: Annotated[int, typer.Option(min=1, max=1000, help="Repeats; median and range are told.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Measure speed and memory, with the agent-by-agent path beside the compiled one."""
    from sim.commands import benching

    raise typer.Exit(benching.bench_command(members, weeks, repeats, as_json))


@app.command(epilog="Example: gennet network members.csv ties.csv --to ours.graphml")
def network(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="CSV (members and ties, or ties), Excel, GraphML, GEXF, or Kumu's JSON."
        ),
    ],
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it as .csv (two files), .graphml or .gexf.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check and describe a network of your own, and convert it: what was understood, and how it stands."""
    from sim.commands import networks

    raise typer.Exit(networks.network_command(files, to, as_json))


@app.command(epilog="Example: gennet dashboard --open")
def dashboard(
    host: Annotated[
        str, typer.Option(help="Address to serve at; the default can be reached from this machine only.")
    ] = ("127.0.0.1"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0: any free one.")] = 8765,
    opens: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
) -> None:
    """Ask what-ifs in a browser: move a slider, see what it does to a network's odds, and how sure that is."""
    from sim.commands import serving

    raise typer.Exit(serving.dashboard_command(host, port, opens))


def main() -> None:
    """The entry point."""
    app(prog_name="gennet")
