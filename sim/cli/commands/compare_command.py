"""`gennet compare`: compare a scenario's strategies on paired futures."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import terminal
from sim.cli.cluster import Dask, executing
from sim.cli.figure_processes import FigureTask, start_drawing
from sim.cli.opening import Clock, check_network, load_scenario, scenario_folder, scenario_manifest
from sim.cli.options import AsJson, Facts, Jobs, Out, ScenarioFile, Seed, Sets, check_replicates, futures
from sim.cli.result_files import RUN_FILES, ResultFile, as_csv, options_of, write_files
from sim.inputs.bounds import FEWEST_REPLICATES
from sim.lab.experiment.lock import claimed
from sim.lab.results import JsonObject, ResultsFolder, kept_entries, read_manifest
from sim.lab.sizes import DEFAULT_WORLDS, MOST_WORLDS
from sim.output.figures.palette import strategy_colours

if TYPE_CHECKING:
    from sim.inputs.scenario import Scenario
    from sim.lab.comparison import Comparison

MOST_BYTES = 8e9


def write_summary_tables(folder: ResultsFolder, name: str, comparison: Comparison) -> None:
    """Write the summary as tables, a file each."""
    for table, frame in comparison.tables.items():
        folder.csv(name.replace("*", table), frame)


FILES: tuple[ResultFile[Comparison], ...] = (
    *RUN_FILES,
    ResultFile(
        "worlds.csv",
        "one row per run of plausible worlds, if there are any: world, strategy, replicate, outcomes",
        as_csv(lambda results: results.worlds),
    ),
    ResultFile(
        "tables/*.csv",
        "the summary as tables: `strategies`, `stages`, `differences`, and `worlds` if there are any; 95% intervals as "
        "`_ci95_low`, `_ci95_high`",
        write_summary_tables,
    ),
)
"""The files of a comparison, without figures."""


Worlds = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        max=MOST_WORLDS,
        help="Plausible worlds to compare in too, two futures of each; by default as many as futures, "
        f"up to {DEFAULT_WORLDS}.",
    ),
]
Svg = Annotated[bool, typer.Option("--svg", help="Write figures as SVG, too, which takes half as long again.")]
NoRenewal = Annotated[
    bool, typer.Option("--no-renewal", help="Skip the test of whether networks survive without coordinators.")
]


def compare(
    scenario: ScenarioFile,
    strategy: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Strategy, repeatable, the baseline first; by default all."),
    ] = None,
    replicates: Annotated[
        int | None,
        futures("Simulated futures of each strategy; by default as the scenario says."),
    ] = None,
    worlds: Worlds = None,
    facts: Facts = None,
    seed: Seed = None,
    jobs: Jobs = None,
    dask: Dask = None,
    sets: Sets = None,
    out: Out = None,
    as_json: AsJson = False,
    no_renewal: NoRenewal = False,
    svg: Svg = False,
) -> int:
    """Compare strategies on paired simulated futures.

    Shows which strategy reaches the stages more often and sooner, and at what cost; and whether that holds in other plausible
    worlds, with all uncertain numbers drawn from their ranges.  Worlds that fit what you know of your network count more.
    After Ctrl-C, the futures that are complete are compared and written.

    Example: gennet compare scenarios/weaving.toml --replicates 200 --set weeks=104 --out results/new
    """
    from sim.inputs.scenario import ScenarioError

    clock = Clock()
    loaded = load_scenario(scenario, sets, facts)
    names = strategies_to_compare(loaded, strategy or ())
    count = number_of_futures(loaded, replicates, len(names))
    seed = loaded.seed if seed is None else seed
    check_network(loaded, seed, 0)
    further = min(DEFAULT_WORLDS, count) if worlds is None else worlds
    if loaded.facts and not further:
        raise terminal.InputError(
            "facts say which plausible worlds fit, and --worlds is 0: ask for some, or leave facts out"
        )
    chosen = {} if worlds is None else {"worlds": worlds}
    results = scenario_folder(out, "compare", loaded, names, seed, count, renewal=not no_renewal, **chosen)
    with claimed(results, count) as folder:
        try:
            with executing(dask):
                comparison = run_futures(loaded, names, count, seed, jobs, not no_renewal, further)
        except ScenarioError:  # such as facts that no world fits
            folder.give_up()
            raise
        if comparison is None:
            folder.give_up()
            terminal.say("Stopped before two futures of every strategy were complete: there is nothing to compare.")
            return terminal.INTERRUPTED
        return report_and_save(comparison, count, folder, clock, sets, as_json, svg)


def strategies_to_compare(scenario: Scenario, named: Sequence[str]) -> tuple[str, ...]:
    """Return the strategies named, or all if there are none.  Raises InputError if one is named twice, and ScenarioError."""
    from sim.lab.comparison import strategies_of

    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise terminal.InputError(f"--strategy: {twice!r} is named twice; name each strategy once")
    return strategies_of(scenario, named or None)


def make_again(folder: ResultsFolder, scenario: Scenario, manifest: JsonObject) -> int:
    """Run a comparison again as its manifest has it, write all its files again, and return the exit code."""
    names, count, seed = manifest["strategies"], manifest["replicates"], manifest["seed"]
    further = manifest.get("worlds", min(DEFAULT_WORLDS, count))
    renewal = manifest.get("renewal", True)
    comparison = run_futures(scenario, names, count, seed, None, renewal, further)
    if comparison is None or comparison.replicates < count:
        terminal.say("Stopped before all futures were complete: the folder is left unchanged.")
        return terminal.INTERRUPTED
    folder.begin()
    finish_figures = draw(folder, comparison, any(name.endswith(".svg") for name in manifest["files"]))
    write_files(folder, FILES, comparison, options_of(FILES, manifest["files"]))
    finish_figures()
    folder.finish(kept_entries(folder, manifest))
    return 0


def number_of_futures(scenario: Scenario, replicates: int | None, strategies: int) -> int:
    """Return how many futures of each strategy to run.  Raises InputError if they are too few or too many."""
    from sim.lab.comparison import BANDS

    count = scenario.replicates if replicates is None else replicates
    where = f"{scenario.path}: replicates" if replicates is None else "--replicates"
    check_replicates(count, FEWEST_REPLICATES, " (an interval takes two)", where)
    size = count * strategies * scenario.weeks * len(BANDS) * 4
    if size > MOST_BYTES:
        raise terminal.InputError(
            f"{where} is {count:,}: the weekly measures of {strategies} strategies over {scenario.weeks:,} weeks "
            f"would take {size / 1e9:.0f} GB; ask for {int(count * MOST_BYTES / size):,} or fewer"
        )
    return count


def run_futures(
    scenario: Scenario, names: Sequence[str], count: int, seed: int, jobs: int | None, renewal: bool, worlds: int
) -> Comparison | None:
    """Run the futures; after Ctrl-C return a comparison of those that are complete, or None if fewer than two are."""
    from sim.lab.comparison import compare as compare_strategies

    compiling = terminal.announce_compiling()
    threading.Thread(target=load_statistics, daemon=True).start()
    with terminal.stopped_by_ctrl_c() as stopped, terminal.progress("Simulating", "runs", compiling) as tick:
        try:
            return compare_strategies(scenario, count, seed, names, jobs, renewal, tick, stopped, worlds)
        except ValueError:
            if stopped():
                return None
            raise


def load_statistics() -> None:
    """Load what the answer and its figures need, while futures run."""
    with suppress(RuntimeError):  # the command ends before
        import scipy.special  # noqa: F401

        import sim.cli.comparison_tables
        import sim.cli.run_tables
        import sim.lab.record  # noqa: F401


def report_and_save(
    comparison: Comparison,
    count: int,
    folder: ResultsFolder,
    clock: Clock,
    sets: Sequence[str] | None,
    as_json: bool,
    svg: bool,
) -> int:
    """Print a comparison, write it into its folder, and return the exit code."""
    from sim.cli.comparison_tables import print_comparison

    stopped = comparison.replicates < count
    if stopped:
        terminal.say(f"Stopped: {comparison.replicates:,} of {count:,} futures are complete and are compared.")

    def answer() -> None:
        terminal.show(lambda console: print_comparison(console, comparison), comparison.summary, as_json)

    if stopped and (read_manifest(folder.path) or {}).get("replicates", 0) > comparison.replicates:
        answer()
        terminal.say(f"{folder.path}/ holds more futures of this comparison and is left unchanged.")
        return terminal.INTERRUPTED
    with terminal.stopped_by_ctrl_c(terminal.WRITING) as pressed:
        folder.begin()
        finish_figures = draw(folder, comparison, svg)
        answer()
        with terminal.waiting("Writing tables and figures"):
            write_files(folder, FILES, comparison)
            finish_figures()
            reason = f"stopped by the user after {comparison.replicates} of {count} futures" if stopped else "finished"
            folder.finish(scenario_manifest(comparison.scenario, clock, sets, reason, replicates=comparison.replicates))
    terminal.show_where(f"Tables and figures: {folder.path}/ (see {folder.path / 'manifest.json'})", as_json)
    return terminal.INTERRUPTED if stopped or pressed() else 0


def draw(folder: ResultsFolder, comparison: Comparison, svg: bool) -> Callable[[], None]:
    """Start to draw the figures, and return a function that waits for them."""
    return start_drawing(folder, pictures_of(comparison), svg)


def pictures_of(comparison: Comparison) -> list[FigureTask]:
    """Return the figures of a comparison, those that take longest first."""
    from sim.lab.comparison import BANDS
    from sim.lab.future import simulate

    scenario, runs = comparison.scenario, comparison.runs
    colours = strategy_colours(scenario.strategies)
    # Weekly outputs are 0 or 1, so a line of them shows nothing.
    so_far = comparison.weekly.groupby(["strategy", "replicate"])["outputs"].cumsum()
    weekly = comparison.weekly.assign(outputs_so_far=so_far)
    shown = ["outputs_so_far" if name == "outputs" else name for name in BANDS]
    drawn: dict[str, tuple[object, ...]] = {
        "weekly_bands": (weekly, shown, colours),
        "outputs_by_kind": (runs, colours),
        "stages_over_time": (runs, scenario.weeks, colours),
        "time_to_event": (runs, scenario.weeks, colours),
        "outputs_against_cost": (runs, colours),
    }
    pictures = [FigureTask(f"figures/{name}", name, arguments) for name, arguments in drawn.items()]
    for name in comparison.strategies:
        replicate = typical(comparison, name)
        record = simulate(scenario, name, comparison.seed, replicate, renewal=False)
        title = f"{name}: one typical future (number {replicate}), not a forecast"
        arguments = (record.before, record.network, title)
        pictures.append(FigureTask(f"figures/network_before_after-{name}", "network_before_after", arguments))
    return pictures


def typical(comparison: Comparison, strategy: str) -> int:
    """Return the first replicate whose outputs are closest to the median of a strategy's futures."""
    import numpy as np

    runs = comparison.of(strategy)
    outputs = runs["outputs"].to_numpy(float)
    return int(runs["replicate"].to_numpy()[np.argmin(np.abs(outputs - np.median(outputs)))])
