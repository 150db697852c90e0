"""`gennet advise`: whom to introduce to whom in a network, judged on simulated futures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from sim.cli import terminal
from sim.cli.cluster import Dask, executing
from sim.cli.opening import check_network, load_scenario
from sim.cli.options import AsJson, Jobs, ScenarioFile, Seed, Sets, whole
from sim.inputs.safe_csv import csv_table
from sim.lab.sizes import (
    DEFAULT_CANDIDATES,
    DEFAULT_CHOSEN,
    DEFAULT_FUTURES,
    DEFAULT_LOSSES,
    FEWEST_DRAWS,
    MOST_CANDIDATES,
    MOST_CHOSEN,
    MOST_FUTURES,
)
from sim.output.words import capital

if TYPE_CHECKING:
    from sim.inputs.scenario import Scenario
    from sim.lab.advising import Advice, TrialSize

StrategyName = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="What coordinators do meanwhile; by default nothing, if the scenario has that."),
]
Tried = Annotated[int, whole("--candidates", 2, MOST_CANDIDATES, "Introductions to try.")]
Picked = Annotated[int, whole("--choose", 1, MOST_CHOSEN, "Introductions to choose, and to try together.")]
Missed = Annotated[int, whole("--losses", 0, MOST_CANDIDATES, "Key people whose leaving is tried.")]
Futures = Annotated[int, whole("--futures", FEWEST_DRAWS, MOST_FUTURES, "Simulated futures of each introduction.")]
OwnSet = Annotated[
    list[str] | None,
    typer.Option(
        metavar="'NAME + NAME'",
        help="An introduction of your own, by names or ids; repeat it for a set to judge instead of the best ones.",
    ),
]
ListFile = Annotated[
    Path | None,
    typer.Option("--list", metavar="FILE", help="Write a CSV list: names, reasons, sentences to send, gains."),
]


def advise(
    scenario: ScenarioFile,
    strategy: StrategyName = None,
    candidates: Tried = DEFAULT_CANDIDATES,
    choose: Picked = DEFAULT_CHOSEN,
    losses: Missed = DEFAULT_LOSSES,
    together: OwnSet = None,
    futures: Futures = DEFAULT_FUTURES,
    as_set: Annotated[
        bool,
        typer.Option("--as-set", help="Keep all parameters as the scenario sets them, instead of plausible worlds."),
    ] = False,
    seed: Seed = None,
    jobs: Jobs = None,
    dask: Dask = None,
    sets: Sets = None,
    list_file: ListFile = None,
    as_json: AsJson = False,
) -> int:
    """Find out whom to introduce to whom.

    Candidates come from the network's structure: open triads, pairs across groups, people without ties, possible bridgers.
    Each is tried on simulated futures with and without, with intervals corrected for how many are tried; the best
    together are compared with as many random open triads, on fresh futures.  Also shows who would be missed most.

    Example: gennet advise scenarios/weaving.toml --choose 5 --list introductions.csv
    """
    from sim.lab.advising import TrialSize, default_strategy

    loaded = load_scenario(scenario, sets)
    name = default_strategy(loaded) if strategy is None else loaded.strategy(strategy)
    number = loaded.seed if seed is None else seed
    check_network(loaded, number, 0)
    if list_file is not None and (list_file.is_dir() or not list_file.resolve().parent.is_dir()):
        raise terminal.InputError(f"--list: {list_file} cannot be written; name a file in a folder that exists")
    with executing(dask):
        size = TrialSize(candidates, choose, losses, futures)
        found = run_trials(loaded, name, size, number, jobs, not as_set, [two_names(one) for one in together or ()])
    if found is None:
        terminal.say(f"Stopped before {FEWEST_DRAWS} futures were judged twice: there is no advice.")
        return terminal.INTERRUPTED
    terminal.show(lambda console: print_advice(console, found), found.payload() if as_json else None, as_json)
    if list_file is not None:
        list_file.write_text(csv_table(found.table), encoding="utf-8")
        terminal.say(f"Written: {list_file}")
    return 0


def run_trials(
    scenario: Scenario,
    strategy: str,
    size: TrialSize,
    seed: int,
    jobs: int | None,
    worlds: bool,
    together: list[tuple[str, str]],
) -> Advice | None:
    """Run the futures; None if Ctrl-C left too few.  Raises InputError if nobody can be introduced."""
    from sim.inputs.scenario import ScenarioError
    from sim.lab.advising import advise as find_advice

    compiling = terminal.announce_compiling()
    with terminal.stopped_by_ctrl_c() as stopped, terminal.progress("Simulating", "futures", compiling) as tick:
        try:
            return find_advice(scenario, strategy, size, seed, jobs, worlds, tick, stopped, together=together)
        except ValueError as fault:
            if stopped():
                return None
            if str(fault).startswith(("there is nobody", "the network has")):
                raise terminal.InputError(f"{scenario.path}: {fault}") from None
            if together and not isinstance(fault, ScenarioError):
                raise terminal.InputError(f"--together: {fault}") from None
            raise


def two_names(text: str) -> tuple[str, str]:
    """Return the two names of `--together`.  Raises InputError."""
    sign = " + " if " + " in text else "+"
    first, found, second = (part.strip() for part in text.partition(sign))
    if not first or not found or not second:
        raise terminal.InputError(f"--together: {text!r} is not two names with a plus between, such as 'Anna + Ben'")
    return first, second


def print_advice(console: Console, advice: Advice) -> None:
    """Print the answer, the chosen introductions, all that were tried, and who would be missed."""
    from sim.lab.advising import OUTCOME_WORDS, OUTCOMES
    from sim.lab.introductions import message, reason
    from sim.output.advice_words import headline, how_sure, winners, with_range

    for sentence in headline(advice):
        console.print(f"[bold]{escape(sentence)}[/]")
    console.print(f"\n[bold]{'Your' if advice.named else 'The chosen'} introductions[/] {escape(winners(advice))}")
    names = advice.profile.names
    for place, one in enumerate(advice.chosen, start=1):
        who = one.introduction
        console.print(f"\n{place}. [bold]{escape(names[who.a])} and {escape(names[who.b])}[/] ({who.kind})")
        console.print(f"   {escape(reason(advice.profile, who))}")
        console.print(f"   {escape(message(advice.profile, who))}")
        if one.fresh is not None:
            gains = ", ".join(f"{with_range(one.fresh[outcome])} {OUTCOME_WORDS[outcome]}" for outcome in OUTCOMES)
            console.print(f"   Brings, on fresh futures: {escape(gains)}.")
    console.print()
    console.print(tried_table(advice))
    if advice.losses:
        print_losses(console, advice)
    console.print()
    for sentence in how_sure(advice):
        console.print(escape(sentence))


def tried_table(advice: Advice) -> Table:
    """Return all introductions that were tried as a table, the best first."""
    from sim.output.advice_words import through, verdict, with_range

    names = advice.profile.names
    outputs = terminal.right("joint results", no_wrap=True)
    table = terminal.plain_table(terminal.right("rank"), "introduce", "through", "kind", outputs, Column("so"))
    for one in advice.advised:
        who, gain = one.introduction, one.gains["outputs"]
        pair = f"{escape(names[who.a])} and {escape(names[who.b])}"
        table.add_row(
            str(gain.rank), pair, escape(through(advice, one)), who.kind, escape(with_range(gain.gain)), verdict(gain)
        )
    return table


def print_losses(console: Console, advice: Advice) -> None:
    """Print what the others lose if one of the key people leaves."""
    from sim.lab.advising import OUTCOME_WORDS, OUTCOMES
    from sim.output.advice_words import with_range

    console.print("\n[bold]If this member leaves[/] (what the others have more or less at the end)")
    heads = [terminal.right(capital(OUTCOME_WORDS[outcome]), no_wrap=True) for outcome in OUTCOMES]
    table = terminal.plain_table("member", *heads)
    for one in advice.losses:
        table.add_row(
            escape(advice.profile.names[one.row]), *(escape(with_range(one.losses[outcome])) for outcome in OUTCOMES)
        )
    console.print(table)
