"""`gennet plan`: look for the best plan for a budget."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tomli_w
import typer
from rich.console import Console
from rich.markup import escape

from sim.cli import terminal
from sim.cli.cluster import Dask, executing
from sim.cli.opening import check_network, load_scenario
from sim.cli.options import AsJson, Facts, Jobs, ScenarioFile, Seed, Sets, whole
from sim.lab.results import written_aside
from sim.lab.sizes import DEFAULT_TRIALS
from sim.output.words import number, percent, places_for

if TYPE_CHECKING:
    from sim.inputs.scenario import Scenario
    from sim.lab.planning import Flatness, Plan

MOST_TRIALS = 10_000


def plan(
    scenario: ScenarioFile,
    budget: Annotated[float, typer.Option("--budget", metavar="DOLLARS", help="What it may cost a year.")],
    output_worth: Annotated[
        float, typer.Option("--output-worth", metavar="DOLLARS", min=0.0, help="What one joint result is worth to you.")
    ] = 5000.0,
    cautious: Annotated[
        bool, typer.Option("--cautious", help="Write the plan that is best in the worst quarter of futures instead.")
    ] = False,
    trials: Annotated[int, whole("--trials", 8, MOST_TRIALS, "Candidates to try.")] = DEFAULT_TRIALS,
    facts: Facts = None,
    seed: Seed = None,
    jobs: Jobs = None,
    dask: Dask = None,
    sets: Sets = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Scenario file to write; by default results/<file>-plan.toml."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Look for the best plan for a budget.

    Tries mixes of levers, hub share, meetings and rules for moving on in many plausible worlds, and writes the plan of the
    largest expected net benefit as a strategy into a scenario file.  What it gains over the best strategy of the scenario is
    measured on fresh worlds.

    Example: gennet plan scenarios/weaving.toml --budget 40000
    """
    from sim.lab.planning import CAUTIOUS, Effort, PlanError
    from sim.lab.planning import plan as search

    loaded = load_scenario(scenario, sets, facts)
    number_of = loaded.seed if seed is None else seed
    check_network(loaded, number_of, 0)
    path = out or Path("results") / f"{scenario.stem}-plan.toml"
    if path.is_dir():
        raise terminal.InputError(f"--out: {path} is a folder; name a file, such as {path / 'plan.toml'}")
    compiling = terminal.announce_compiling()
    with (
        executing(dask),
        terminal.stopped_by_ctrl_c() as stopped,
        terminal.progress("Trying plans", "runs", compiling) as tick,
    ):
        try:
            found = search(loaded, budget, output_worth, number_of, Effort(trials=trials), jobs, tick, stopped)
        except PlanError as fault:
            raise terminal.InputError(f"--budget: {fault}" if "budget" in str(fault) else str(fault)) from None
        except KeyboardInterrupt:
            terminal.say("Stopped: a plan needs all its runs, so there is none.")
            return terminal.INTERRUPTED
    written = found.recommended if not cautious else CAUTIOUS
    write(path, scenario, loaded, found, written)
    terminal.show(lambda console: print_plan(console, found, written), summary_of(found, written, path), as_json)
    terminal.show_where(f"Scenario with the plan: {path} (gennet compare {path})", as_json)
    return 0


def write(path: Path, scenario: Path, loaded: Scenario, found: Plan, written: str) -> None:
    """Write a scenario file that adds the plan to the strategies.  Raises WriteError."""
    from sim.lab.planning import PLAN

    base = os.path.relpath(scenario.resolve(), path.parent.resolve())
    table = {name: value for name, value in found.strategies[written].items() if value != ""}
    document = {"extends": base, "title": f"{loaded.title}: a plan for ${found.budget:,.0f} a year"[:200]}
    name = PLAN if PLAN not in loaded.strategies else f"{PLAN}-{found.budget:.0f}"
    text = tomli_w.dumps(
        {**document, "strategies": {name: {**table, "label": f"Plan for ${found.budget:,.0f} a year"}}}
    )
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")


def rows_of(found: Plan) -> list[dict[str, object]]:
    """Return one row per strategy: yearly outputs and net benefit on fresh worlds, regret, difference to nobody."""
    import numpy as np

    from sim.lab.planning import NOBODY

    regrets = found.regrets
    rows: list[dict[str, object]] = []
    for place, name in enumerate(found.names):
        row: dict[str, object] = {
            "strategy": name,
            "outputs_a_year": float(found.outputs[:, :, place].mean()),
            "net_benefit": float(found.benefit[:, :, place].mean()),
            "worst_quarter": float(
                np.sort(found.benefit[:, :, place].ravel())[: found.benefit[:, :, place].size // 4].mean()
            ),
            "mean_regret": regrets.of(name).mean.mean,
        }
        if name != NOBODY:
            apart = found.difference(name, NOBODY)
            row |= {"over_nobody": apart.mean.mean, "ci95": [apart.mean.low, apart.mean.high]}
        rows.append(row)
    return rows


def flat_row(one: Flatness) -> dict[str, object]:
    """Return how flat the optimum is in one variable, as JSON."""
    return {
        "variable": one.name,
        "label": one.label,
        "best": one.best,
        "values": list(one.values),
        "loss": list(one.loss),
        "as_good": list(one.good),
    }


def summary_of(found: Plan, written: str, path: Path) -> dict[str, object]:
    """Return what `gennet plan --json` prints."""
    from sim.output.plan_words import answer

    gain = found.gain
    return {
        "budget": found.budget,
        "output_worth": found.output_worth,
        "answer": answer(found),
        "better_than_best_preset": found.better,
        "best_preset": found.best_preset,
        "gain": None if gain is None else {"mean": gain.mean.mean, "ci95": [gain.mean.low, gain.mean.high]},
        "worlds": len(found.benefit),
        "effective_worlds": found.effective,
        "strategies": rows_of(found),
        "flatness": [flat_row(one) for one in found.flatness],
        "written": written,
        "plan": dict(found.strategies[written]),
        "file": str(path),
        "runs": found.runs,
    }


def print_plan(console: Console, found: Plan, written: str) -> None:
    """Print the answer, how strategies do on fresh worlds, what the plan is, and how flat the optimum is."""
    from sim.lab.planning import LEVELS
    from sim.output.plan_words import answer, flat_words

    console.print(escape(answer(found)), soft_wrap=True)
    console.print()
    console.print(
        f"[bold]On {len(found.benefit)} fresh worlds, two futures each[/]  [dim]dollars a year at ${found.output_worth:,.0f} an "
        "output; in brackets: 95% interval[/]"
    )
    table = terminal.plain_table(
        "strategy",
        terminal.right("outputs a year"),
        terminal.right("net benefit"),
        terminal.right("worst quarter"),
        terminal.right("mean regret"),
        terminal.right("over nobody"),
    )
    for row in rows_of(found):
        over = ""
        if "ci95" in row:
            low, high = row["ci95"]  # type: ignore[misc]
            over = f"{number(row['over_nobody'], 0)} ({number(low, 0)} to {number(high, 0)})"  # type: ignore[arg-type, has-type]
        cells = [number(float(str(row[name])), 0) for name in ("net_benefit", "worst_quarter", "mean_regret")]
        outputs = float(str(row["outputs_a_year"]))
        table.add_row(escape(str(row["strategy"])), number(outputs, places_for(outputs / 10)), *cells, over)
    console.print(table)
    console.print()
    console.print(f"[bold]{escape(written)}[/]")
    for name, value in found.strategies[written].items():
        if isinstance(value, dict):
            shares = ", ".join(f"{lever.replace('_', ' ')} {percent(share)}" for lever, share in value.items())
            console.print(escape(f"  {name}: {shares}"), soft_wrap=True)
        elif name != "label":
            console.print(escape(f"  {name.replace('_', ' ')}: {value}"))
    console.print()
    console.print(f"[bold]How flat the optimum is[/]  [dim]one change at a time, {LEVELS} values each[/]")
    for one in found.flatness:
        console.print(escape(f"  {flat_words(one)}"), soft_wrap=True)
