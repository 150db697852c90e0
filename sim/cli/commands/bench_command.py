"""`gennet bench`: measure speed and memory on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import AsJson, whole
from sim.cli.terminal import InputError, announce_compiling, in_background, say, show

SIZES = [100, 1_000, 10_000, 100_000]


def bench(
    members: Annotated[
        list[int] | None,
        whole("--members", 10, 1_000_000, "Members at the start, repeatable; by default 100 to 100,000 in four sizes."),
    ] = None,
    weeks: Annotated[int, whole("--weeks", 13, 5200, "Weeks of a run, from 13.")] = 52,
    repeats: Annotated[int, whole("--repeats", 1, 1000, "Repeats.")] = 3,
    page: Annotated[
        Path | None,
        typer.Option("--page", metavar="FILE", help="Also write a Markdown page, and its figure next to it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure speed and memory.

    Of the compiled week and each of its phases at several sizes, of what is around it, and of peers: the agent-by-agent
    model (Mesa), a plain Mesa model, Starsim if it is installed, and memory alone.  Takes a few minutes.

    Example: gennet bench --members 1000 --weeks 104
    """
    from sim.cli.bench.measuring import measure
    from sim.cli.bench.tables import print_bench, write_page

    if page is not None and page.suffix != ".md":
        raise InputError(f"--page is {page}; a file name that ends in .md is needed")
    announce_compiling()
    say("The first time, phases and agents are compiled one by one, which takes a minute more.")
    results = in_background(
        lambda: measure(members or SIZES, weeks, repeats, lambda what: say(f"Measuring: {what}")), "Measuring"
    )
    show(lambda console: print_bench(console, results), results, as_json)
    if page is not None:
        write_page(page, results, " ".join(["gennet", *(word for word in sys.argv[1:] if word != "--json")]))
