"""`gennet waves`: follow a network over several waves, and say what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from sim.cli import terminal
from sim.cli.cluster import Dask, executing
from sim.cli.commands.network_command import (
    CodeKey,
    ColumnMeanings,
    SheetNames,
    WordScale,
    check_target,
    chosen_column,
    chosen_word,
    print_part,
    write_key,
)
from sim.cli.options import AsJson, Jobs, Seed, whole
from sim.lab.results import written_aside
from sim.lab.sizes import DEFAULT_WAVE_DRAWS, FEWEST_WAVE_DRAWS, MOST_WAVE_DRAWS

if TYPE_CHECKING:
    from sim.inputs.reading.plain import ReadOptions
    from sim.inputs.reading.wave_files import DatedNetwork
    from sim.lab.waves.following import Following

WaveFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        help="A file for each wave, or one table of ties with a column for the date; formats as for gennet network.",
    ),
]
Dates = Annotated[
    list[str] | None,
    typer.Option(
        "--date",
        metavar="DATE",
        help="The date of each file, in their order; by default those in a column, or in the name.",
    ),
]
MemberFiles = Annotated[list[Path] | None, typer.Option(metavar="FILE", help="A list of members, for all waves.")]
Hours = Annotated[
    list[float] | None,
    typer.Option(metavar="HOURS", help="Hours of coordination a week: one number, or one for each step in order."),
]
Every = Annotated[int | None, whole("--every", 1, 520, "Weeks between waves that have numbers instead of dates.")]
Ahead = Annotated[int | None, whole("--ahead", 1, 520, "Weeks to the next wave; by default as before the last one.")]
Worlds = Annotated[int, whole("--worlds", FEWEST_WAVE_DRAWS, MOST_WAVE_DRAWS, "Plausible worlds to try.")]
ReportFile = Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write it as an HTML page.")]


def waves(
    files: WaveFiles,
    members: MemberFiles = None,
    date: Dates = None,
    every: Every = None,
    hours: Hours = None,
    ahead: Ahead = None,
    column: ColumnMeanings = None,
    scale: WordScale = None,
    sheet: SheetNames = None,
    directed: Annotated[
        bool | None,
        typer.Option("--directed/--undirected", help="Whether ties whose direction is not given go one way."),
    ] = None,
    worlds: Worlds = DEFAULT_WAVE_DRAWS,
    seed: Seed = 1,
    jobs: Jobs = None,
    dask: Dask = None,
    report: ReportFile = None,
    codes: CodeKey = None,
    as_json: AsJson = False,
) -> int:
    """Follow a network over several waves.

    A wave is a date, and has the ties of that date.  Shows which ties held, ended and came, who joined and left, and how the
    profile changed; fits the model to it, says whether the network moved more than it expects without weaving (--hours),
    and forecasts the next wave.

    Example: gennet waves ties-2024-03.csv ties-2025-03.csv --hours 8
    """
    from sim.inputs.reading.plain import ReadOptions

    if report is not None and report.suffix.lower() not in (".html", ".htm"):
        raise terminal.InputError(f"--report: {report} does not end in .html; a report is an HTML page")
    options = ReadOptions(
        tuple(map(chosen_column, column or ())),
        tuple(map(chosen_word, scale or ())),
        sheets=tuple(sheet or ()),
        directed=directed,
    )
    given = waves_in(files, options, date or (), members or (), every, codes)
    with executing(dask):
        found = followed(given, hours or (), ahead, worlds, 1 if seed is None else seed, jobs)
    if found is None:
        terminal.say("Stopped before all worlds were tried: there is nothing to show.")
        return terminal.INTERRUPTED
    terminal.show(lambda console: print_waves(console, found), found.payload() if as_json else None, as_json)
    if report is not None:
        from sim.output.report.network_section import waves_page

        page = waves_page(found)
        with written_aside(report) as aside:
            aside.write_text(page, encoding="utf-8", newline="\n")
        terminal.say(f"Written: {report}")
    return 0


def waves_in(
    files: Sequence[Path],
    options: ReadOptions,
    dates: Sequence[str],
    members: Sequence[Path],
    every: int | None,
    key: Path | None,
) -> tuple[DatedNetwork, ...]:
    """Return the waves in some files; with a file for the key, with codes for names.  Raises NetworkError or InputError."""
    from sim.inputs.profile.codes import coded, faults_without_names
    from sim.inputs.reading.plain import NetworkFaults
    from sim.inputs.reading.reader import read_file
    from sim.inputs.reading.wave_files import read_waves

    if key is not None:
        check_target("--codes", key, [*files, *members])
    try:
        lists = [read_file(path) for path in members]
        found = read_waves([read_file(path) for path in files], options, dates, lists, every)
    except NetworkFaults as fault:
        if key is None:
            raise
        raise faults_without_names(fault) from None
    if key is None:
        return found
    made = coded([wave.network for wave in found])
    write_key(key, made.key)
    return tuple(replace(wave, network=network) for wave, network in zip(found, made.networks, strict=True))


def followed(
    given: tuple[DatedNetwork, ...],
    hours: list[float] | tuple[()],
    ahead: int | None,
    worlds: int,
    seed: int,
    jobs: int | None,
) -> Following | None:
    """Run the futures; None if Ctrl-C stopped it.  Raises InputError for waves that cannot be followed."""
    from sim.lab.waves.following import follow

    compiling = terminal.announce_compiling()
    with terminal.stopped_by_ctrl_c() as stopped, terminal.progress("Simulating", "futures", compiling) as tick:
        try:
            return follow(given, hours, ahead, worlds, seed, jobs, tick, stopped)
        except ValueError as fault:
            if stopped():
                return None
            raise terminal.InputError(str(fault)) from None


def print_waves(console: Console, found: Following) -> None:
    """Print everything, the answer first."""
    from sim.output.waves_words import waves_parts

    for number, part in enumerate(waves_parts(found)):
        if number:
            print_part(console, part)
            continue
        for sentence in part.sentences:
            console.print(f"[bold]{escape(sentence)}[/]")
