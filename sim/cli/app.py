"""The command line, `gennet`: options and help.  What commands do is in `sim.cli.commands`, imported when one is called."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sim.inputs import bounds
from sim.inputs.bounds import FEWEST_REPLICATES, LARGEST_SEED, MOST_JOBS, MOST_REPLICATES

DEBUG = "GENNET_DEBUG"
FEWEST_AN_ARM = 10


def says_what_is_wrong(fault: Exception) -> bool:
    """Whether a fault lies in the user's input: its message is enough.  Only what is loaded can have been raised."""
    kinds = {
        "sim.inputs.scenario.errors": "ScenarioError",
        "sim.model.start": "NetworkError",
        "sim.model.world": "WorldError",
        "sim.lab.files": "ResultsError",
        "sim.cli.commands.talking": "InputError",
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


def whole(option: str, low: int, high: int, text: str, bound: bool = True) -> Any:
    """An option that is a whole number.  `bound`: hold it against its bounds here; else the command does, and says why.

    Errors: InputError with what was found and both bounds.
    """

    def read(given: Any) -> int:
        """The number typed, or the default."""
        try:
            number = bounds.whole_of_text(given, option, low, high)
            return bounds.whole(number, option, low, high) if bound else number
        except ValueError as fault:
            from sim.cli.commands.talking import InputError

            raise InputError(str(fault)) from None

    return typer.Option(option, parser=read, metavar="INTEGER", help=text)


def futures(low: int, text: str) -> Any:
    """How many simulated futures, from `low` on."""
    return whole("--replicates", low, MOST_REPLICATES, text, bound=False)


ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="Scenario file (TOML), as in scenarios/.")]
Results = Annotated[
    Path, typer.Argument(metavar="RESULTS", help="Results folder of gennet sweep or compare, as results/quick-sweep.")
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a key over the scenario file, as weeks=52; repeatable."),
]
Seed = Annotated[int | None, whole("--seed", 0, LARGEST_SEED, "Seed; the scenario's own if left out.")]
VerdictSeed = Annotated[int | None, whole("--seed", 0, LARGEST_SEED, "Seed; one set aside for verdicts if left out.")]
Jobs = Annotated[int | None, whole("--jobs", 1, MOST_JOBS, "Threads; one a core if left out.")]
Out = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Folder for results; by default results/<scenario>-<command>.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, and nothing else there.")]


def show_version(asked: bool) -> None:
    """Print package and model version, and end."""
    if asked:
        from sim.model.version import MODEL_VERSION, package_version

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
    replicate: Annotated[int, whole("--replicate", 0, LARGEST_SEED, "Which simulated future of that seed.")] = 0,
    sets: Sets = None,
    out: Out = None,
    as_json: AsJson = False,
    ledger: Annotated[bool, typer.Option("--ledger", help="Keep every gift: ledger.parquet.")] = False,
    panels: Annotated[bool, typer.Option("--panels", help="Keep all members and ties at the end.")] = False,
) -> None:
    """Simulate one future: weekly table, events, networks, figures."""
    from sim.cli.commands import running

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
        int | None,
        futures(FEWEST_REPLICATES, "Simulated futures of each strategy; the scenario's own number if left out."),
    ] = None,
    seed: Seed = None,
    jobs: Jobs = None,
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
    from sim.cli.commands import comparing

    asked = comparing.Asked(
        scenario, strategy or (), replicates, seed, jobs, sets or (), out, as_json, renewal=not no_renewal
    )
    raise typer.Exit(comparing.compare_command(asked))


@app.command(epilog="Example: gennet claims --only 4,10 --out results/claims")
def claims(
    only: Annotated[
        str | None, typer.Option(metavar="NUMBERS", help="Claims to try, as 4,10; all if left out.")
    ] = None,
    replicates: Annotated[
        int | None,
        futures(FEWEST_AN_ARM, "Simulated futures of each arm of an experiment; enough to decide if left out."),
    ] = None,
    worlds: Annotated[
        int | None,
        whole(
            "--worlds", 0, 1000, "Other plausible worlds to try each claim in, 0: none; 32 if left out.", bound=False
        ),
    ] = None,
    seed: VerdictSeed = None,
    jobs: Jobs = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write tables, figures and a page (claims.html) into this folder."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list on stdout, and nothing else.")] = False,
) -> None:
    """Try the claims that the model's sources make: effects, ablations, robustness, verdicts.

    Takes some minutes.  With --out: tables, a figure a claim, and a page to read (claims.html).
    """
    from sim.cli.commands import claiming

    asked = claiming.asked_for(only, replicates, worlds, seed, jobs, out, as_json)
    raise typer.Exit(claiming.claims_command(asked))


@app.command(epilog="Example: gennet sweep scenarios/sweeps/quick.toml --set experiment.samples=32 --out results/mine")
def sweep(
    experiment: Annotated[
        Path, typer.Argument(metavar="EXPERIMENT", help="Experiment file (TOML), as in scenarios/sweeps/.")
    ],
    jobs: Jobs = None,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster to run on, as tcp://127.0.0.1:8786."),
    ] = None,
    sets: Sets = None,
    out: Out = None,
    seed: Seed = None,
    replicates: Annotated[
        int | None, futures(1, "Replicates of each point and strategy; the file's own number if left out.")
    ] = None,
    weekly: Annotated[bool, typer.Option("--weekly", help="Keep weekly measures of every run too.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many runs, how long, how much disk; write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run a designed experiment: worlds of a design, each under every strategy, into one folder.

    Ctrl-C stops; the same command goes on, also after a crash.  More --replicates are added to what is there.
    """
    from sim.cli.commands import sweeping

    asked = sweeping.Asked(experiment, jobs, dask, sets or (), out, seed, replicates, weekly, dry_run, as_json)
    raise typer.Exit(sweeping.sweep_command(asked))


@app.command(epilog="Example: gennet status results/quick-sweep")
def status(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="Results folder, as results/quick-sweep.")],
    run: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Print the gennet run that gives this row of a sweep again, in full."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell how far a sweep is: runs done, failed and left, and what to do next."""
    from sim.cli.commands import status as told

    raise typer.Exit(told.status_command(results, run, as_json))


@app.command(
    epilog="Example: gennet sensitivity results/sobol-sweep --outcome outputs --strategy customized --against none"
)
def sensitivity(
    results: Results,
    outcome: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Outcome, repeatable; the experiment's first if left out."),
    ] = None,
    strategy: Annotated[str | None, typer.Option(metavar="NAME", help="Strategy; each if left out.")] = None,
    against: Annotated[
        str | None, typer.Option(metavar="NAME", help="Analyse the paired difference to this strategy.")
    ] = None,
    as_json: AsJson = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Folder for tables and figures; RESULTS/sensitivity if left out."),
    ] = None,
) -> None:
    """Tell which uncertain factors move an outcome: Sobol or Morris indices of a sweep with such a design."""
    from sim.cli.commands import sensing

    raise typer.Exit(
        sensing.sensitivity_command(sensing.Asked(results, outcome or (), strategy, against, as_json, out))
    )


@app.command(epilog="Example: gennet report results/weaving-compare --out weaving.html")
def report(
    results: Results,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="HTML file to write; RESULTS/report.html if left out.")
    ] = None,
) -> None:
    """Write one self-contained HTML page on a comparison or sweep: answer, figures, tables, assumptions."""
    from sim.cli.commands import reporting

    raise typer.Exit(reporting.report_command(reporting.Asked(results, out)))


@app.command(epilog="Example: gennet questions --only online,mass --out results/questions")
def questions(
    only: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Of online,mass,in-person,leaving,star; all if left out."),
    ] = None,
    replicates: Annotated[
        int | None, futures(FEWEST_AN_ARM, "Simulated futures of each arm in each cell of a map; 120 if left out.")
    ] = None,
    seed: VerdictSeed = None,
    jobs: Jobs = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write tables, figures and JSON into this folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list on stdout, and nothing else.")] = False,
) -> None:
    """Map the sources' open questions over what they depend on: online only? mass or customized? when to leave connecting?

    Takes some minutes.  With --out: a table of all cells, and a map a question as a figure.
    """
    from sim.cli.commands import questioning

    asked = questioning.asked_for(only, replicates, seed, jobs, out, as_json)
    raise typer.Exit(questioning.questions_command(asked))


@app.command(epilog="Example: gennet parameters --group giving")
def parameters(
    group: Annotated[str | None, typer.Option(metavar="GROUP", help="Only the parameters of one group.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the model's parameters: default, unit, bounds, plausible range, source."""
    from sim.cli.commands import listing

    raise typer.Exit(listing.parameters_command(group, as_json))


@app.command(epilog="Example: gennet schedule")
def schedule(as_json: AsJson = False) -> None:
    """List the phases of a week in order: who acts, by which rule."""
    from sim.cli.commands import listing

    raise typer.Exit(listing.schedule_command(as_json))


@app.command(epilog="Example: gennet schema > scenario.schema.json")
def schema() -> None:
    """Print the JSON schema of a scenario file, for editors."""
    from sim.cli.commands import listing

    raise typer.Exit(listing.schema_command())


@app.command(epilog="Example: gennet validate --replicates 400 --out results/validate")
def validate(
    replicates: Annotated[int, futures(FEWEST_REPLICATES, "Simulated futures of each experiment.")] = 200,
    seed: Annotated[
        int, whole("--seed", 0, LARGEST_SEED, "Seed; the default lies outside those used for tuning.")
    ] = 40_000,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this target, or the targets of this experiment; repeatable, or a,b."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Freeman's EIES data; a generated stand-in without.")
    ] = None,
    jobs: Jobs = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write table and figure into this folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON list on stdout, and nothing else.")] = False,
) -> None:
    """Hold the model against published figures of real networks: which are inside, which outside, and why that may be.

    Figures that informed a parameter are told apart from those kept out.
    """
    from sim.cli.commands import validating

    raise typer.Exit(
        validating.validate_command(validating.Asked(replicates, seed, only or (), data, jobs, out, as_json))
    )


@app.command(epilog="Example: gennet bench --members 1000 --weeks 104")
def bench(
    members: Annotated[int, whole("--members", 10, 1_000_000, "Members at the start, from 10 on.")] = 200,
    weeks: Annotated[int, whole("--weeks", 13, 5200, "Weeks of a run, from 13 on.")] = 260,
    repeats: Annotated[int, whole("--repeats", 1, 1000, "Repeats; median and range are told.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Measure speed and memory, with the agent-by-agent path beside the compiled one."""
    from sim.cli.commands import benching

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
    from sim.cli.commands import networks

    raise typer.Exit(networks.network_command(files, to, as_json))


@app.command(epilog="Example: gennet dashboard --open")
def dashboard(
    host: Annotated[
        str, typer.Option(help="Address to serve at; the default can be reached from this machine only.")
    ] = ("127.0.0.1"),
    port: Annotated[int, whole("--port", 0, 65535, "Port; 0: any free one.")] = 8765,
    opens: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
    results: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the results lie that its page Results shows; read only.")
    ] = Path("results"),
) -> None:
    """Ask what-ifs in a browser: move a slider, see what it does to a network's odds, and how sure that is."""
    from sim.cli.commands import serving

    raise typer.Exit(serving.dashboard_command(host, port, opens, results))


def main() -> None:
    """The entry point."""
    app(prog_name="gennet")
