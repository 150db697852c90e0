"""A bench as tables: on the screen, and as a page of the documentation with a figure."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console

from sim.cli.bench.records import Bench, Range, SizeResult
from sim.cli.terminal import plain_table, right
from sim.output.words import NONE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOTE = (
    "Processor time of one core, the least of the repeats, except where a range is given.  Member-week: one active member in "
    "one simulated week, with all measures.  Gift: first given or passed on; whole week or phases of giving, divided by gifts.  "
    "Memory alone: the same counts of random reads and writes of ties and members, without rules.  Plain Mesa: giving and "
    "fading in ordinary Python; compiled: the same part of the week.  Starsim: an SIS model on a random network with as many "
    "contacts.  Phases: without the cost of calling them one by one.  Compiling is not counted."
)


class BenchRow(NamedTuple):
    """A row of the table by size: what was measured, its value at each size, and the unit."""

    what: str
    values: list[str]
    unit: str


def digits(value: float | None) -> str:
    """Return a number with about three significant digits; a dash where there is none."""
    if value is None:
        return NONE
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(values: Range) -> str:
    """Return the median, with the range in brackets."""
    return f"{digits(values.median)} ({digits(values.min)}–{digits(values.max)})"


def size_rows(sizes: tuple[SizeResult, ...]) -> list[BenchRow]:
    """Return the rows of the table by size: the week, what is around it, and peers."""
    weeks, peers = [one.compiled for one in sizes], [one.peers for one in sizes]
    return [
        BenchRow("a week", [spread(one.us_a_member_week) for one in weeks], "µs per member-week"),
        BenchRow("  memory alone", [digits(one.roofline_us_a_member_week) for one in weeks], "µs per member-week"),
        BenchRow("a week, per gift", [digits(one.ns_a_gift) for one in weeks], "ns per gift"),
        BenchRow("  giving alone", [digits(one.giving_ns_a_gift) for one in weeks], "ns per gift"),
        BenchRow("opening a world", [digits(one.opening_us_a_member) for one in weeks], "µs per member"),
        BenchRow("copying a world", [digits(one.copying_us_a_member) for one in weeks], "µs per member"),
        BenchRow("memory at the start", [digits(one.bytes_a_member / 1000) for one in weeks], "kB per member"),
        BenchRow(
            "giving and fading", [digits(one.giving_and_fading_us_a_member_week) for one in weeks], "µs per member-week"
        ),
        BenchRow("  plain Mesa", [digits(one.mesa_us_a_member_week) for one in peers], "µs per member-week"),
        BenchRow("  plain Mesa", [digits(one.mesa_ns_a_gift) for one in peers], "ns per gift"),
        BenchRow("Starsim, SIS", [digits(one.starsim_us_an_agent_step) for one in peers], "µs per agent-step"),
        BenchRow("  per contact", [digits(one.starsim_ns_a_contact) for one in peers], "ns per contact"),
    ]


def phase_rows(sizes: tuple[SizeResult, ...]) -> list[BenchRow]:
    """Return a row for each phase of the week."""
    by_size = [one.compiled.phases_ns_a_member_week for one in sizes]
    return [
        BenchRow(f"`{name}`", [f"{one[name]:,.0f}" for one in by_size], "ns per member-week") for name in by_size[0]
    ]


def whole_rows(bench: Bench) -> list[BenchRow]:
    """Return the rows of what was measured once, whatever the size."""
    runs, agents = bench.runs, bench.agent_by_agent
    small = f"{runs.members} members, {runs.weeks} weeks"
    rates = [
        BenchRow(f"runs in {threads} thread{'s' * (threads > 1)}", [digits(rate)], "runs per second")
        for threads, rate in runs.runs_a_second.items()
    ]
    speedups = [
        BenchRow(f"  {threads} threads against one", [digits(rate / runs.runs_a_second[1])], "times")
        for threads, rate in runs.runs_a_second.items()
        if threads > 1
    ]
    return [
        BenchRow("growth of weeks, exponent", [digits(bench.growth_exponent)], "log time per log members"),
        BenchRow("  with opening", [digits(bench.total_exponent)], "log time per log members"),
        BenchRow(
            f"a run ({small})", [spread(Range.of([1000 * one for one in vars(runs.seconds_a_run).values()]))], "ms"
        ),
        BenchRow("  spent around its weeks", [f"{runs.around_the_week:.0%}"], "of the time"),
        BenchRow(
            f"  longer for testing renewal (in {runs.renewal_tested:.0%} of runs)",
            [f"{runs.renewal:.0%}"],
            "of the time",
        ),
        *rates,
        *speedups,
        BenchRow(f"agent by agent, {agents.members} members", [spread(agents.us_a_member_week)], "µs per member-week"),
        BenchRow("  compared with compiled", [f"{agents.times_slower:,.0f}"], "times as long"),
        BenchRow("  same state, bit for bit", ["yes" if agents.state_is_identical else "NO"], ""),
        BenchRow("compiling, without a cache", [digits(bench.compile_seconds)], "s of processor time"),
        BenchRow("most memory of this bench", [digits(bench.most_megabytes)], "MB"),
    ]


def circumstances(bench: Bench) -> str:
    """Return on what and how a bench was made."""
    busy = bench.load_before is not None and bench.load_before > 0.5
    load = f", load {bench.load_before:.1f} before the start: other programs may have slowed this down" if busy else ""
    return (
        f"{bench.date}, version {bench.version}, model {bench.model_version}; {bench.cores} cores, {bench.machine}{load}.  "
        f"{bench.weeks} weeks, {bench.repeats} repeats; {bench.scenario}."
    )


def print_bench(console: Console, bench: Bench) -> None:
    """Print the measurements."""
    console.print(circumstances(bench))
    names = [f"{one.members:,} members" for one in bench.sizes]
    for rows, columns in (
        (size_rows(bench.sizes), names),
        (phase_rows(bench.sizes), names),
        (whole_rows(bench), ["value"]),
    ):
        table = plain_table("measured", *(right(name) for name in columns), "unit")
        for row in rows:
            table.add_row(row.what.replace("`", ""), *row.values, row.unit)
        console.print()
        console.print(table)
    console.print(f"\n{NOTE}")


def markdown_table(rows: list[BenchRow], columns: list[str]) -> str:
    """Return rows as a Markdown table."""
    lines = [["measured", *columns, "unit"], ["---", *["--:"] * len(columns), "---"]]
    lines += [[row.what.replace("  ", "&emsp;", 1), *row.values, row.unit] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_page(path: Path, bench: Bench, command: str) -> list[Path]:
    """Write a page of the documentation with all tables, and the figure next to it; return the paths."""
    from sim.output import figures

    names = [f"{one.members:,} members" for one in bench.sizes]
    picture = path.with_suffix(".png")
    text = f"""# Speed

`{command}` wrote this page on {circumstances(bench)}

![Time of a member-week by number of members, beside peers]({picture.name})

## By number of members

{markdown_table(size_rows(bench.sizes), names)}

{NOTE}

## Phases of the week

{markdown_table(phase_rows(bench.sizes), names)}

## Whole runs, agents, compiling

{markdown_table(whole_rows(bench), ["value"])}
"""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(".  ", ". "), encoding="utf-8", newline="\n")
    return [path, *figures.save(bench_figure(bench), picture)]


def bench_figure(bench: Bench) -> Figure:
    """Draw the time of a member-week by the number of members, on logarithmic axes, with the peers."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    from sim.output.figures import drawing
    from sim.output.figures.palette import BASELINE, OKABE_ITO

    lines: dict[str, list[float] | list[float | None]] = {
        "whole week": [one.compiled.us_a_member_week.min for one in bench.sizes],
        "giving and fading": [one.compiled.giving_and_fading_us_a_member_week for one in bench.sizes],
        "memory alone": [one.compiled.roofline_us_a_member_week for one in bench.sizes],
        "giving and fading in plain Mesa": [one.peers.mesa_us_a_member_week for one in bench.sizes],
        "Starsim, SIS": [one.peers.starsim_us_an_agent_step for one in bench.sizes],
    }
    colours = dict(zip(lines, (OKABE_ITO[0], OKABE_ITO[5], BASELINE, OKABE_ITO[1], OKABE_ITO[3]), strict=True))
    figure, (axes,) = drawing.panels(1, 1, (5.6, 3.6), right=drawing.label_room(lines))
    ends = {}
    for name, values in lines.items():
        known = [(math.log10(one.members), math.log10(y)) for one, y in zip(bench.sizes, values, strict=True) if y]
        if known:
            axes.plot(*zip(*known, strict=True), "o-", color=colours[name], linewidth=2, markersize=5)
            ends[name] = known[-1][1]
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MultipleLocator(1))
        axis.set_major_formatter(FuncFormatter(lambda power, _: f"{10**power:,.10g}"))
    drawing.name_panel(axes, "", "members", "processor time (µs per member and week)")
    drawing.label_ends(axes, ends, colours)
    drawing.headline(
        figure,
        "What a simulated week costs",
        f"One core, {bench.weeks} weeks; {bench.machine}; {bench.date}. "
        "Memory alone: the same random reads and writes without rules.",
    )
    return figure
