"""`gennet bench`: measure speed and memory on this machine."""

from __future__ import annotations

from typing import Annotated

from rich.console import Console

from sim.cli.bench import Bench, Range, measure
from sim.cli.options import AsJson, whole
from sim.cli.terminal import announce_compiling, in_background, plain_table, right, say, show
from sim.output.words import NONE


def bench(
    members: Annotated[int, whole("--members", 10, 1_000_000, "Members at the start, from 10.")] = 200,
    weeks: Annotated[int, whole("--weeks", 13, 5200, "Weeks of a run, from 13.")] = 260,
    repeats: Annotated[int, whole("--repeats", 1, 1000, "Repeats, shown as median and range.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Measure speed and memory.

    Of the compiled model, and of the agent-by-agent model (Mesa) for comparison.

    Example: gennet bench --members 1000 --weeks 104
    """
    announce_compiling()
    say("Measuring; the first time, compiling the agent-by-agent model takes some seconds too.")
    results = in_background(lambda: measure(members, weeks, repeats), "Measuring")
    show(lambda console: print_bench(console, results), results, as_json)


def spread(values: Range | None) -> str:
    """Return the median, with the range in brackets."""
    if values is None:
        return NONE
    return f"{digits(values.median)} ({digits(values.min)}–{digits(values.max)})"


def digits(value: float) -> str:
    """Return a number with about three significant digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3g}"


def print_bench(console: Console, results: Bench) -> None:
    """Print the measurements."""
    fast, mesa, threads = results.compiled, results.agent_by_agent, results.threads
    console.print(
        f"{results.members:,} members, {results.weeks:,} weeks: {results.scenario}.  Model {results.model_version}."
    )
    busy = results.load_before is not None and results.load_before > 0.5
    load = (
        f", load {results.load_before:.1f} before the start: other programs may have slowed this down" if busy else ""
    )
    console.print(f"{results.cores} cores{load}.")
    console.print(f"Median of {results.repeats} repeats, with the range in brackets.\n")
    table = plain_table("measured", right("value", no_wrap=True), "unit")
    parts = [
        (f"  {name.replace('_', ' ')}", f"{share:.0%}", "of the time") for name, share in results.share_of_time.items()
    ]
    rows = [
        ("one run, one core", spread(fast.seconds_a_run), "seconds"),
        ("a week, one core", spread(fast.microseconds_a_member_week), "µs per member-week"),
        ("  in processor time", spread(fast.processor_microseconds_a_member_week), "µs per member-week"),
        *parts,
        ("a week, per gift", spread(fast.nanoseconds_a_gift_event), "ns per gift event"),
        (f"{threads.runs} runs in two threads", spread(threads.two_thread_speedup), "times faster"),
        ("memory at the start", f"{fast.bytes_a_member / 1000:.1f}", "kB per member"),
        ("agent by agent (Mesa)", spread(mesa.processor_microseconds_a_member_week), "µs per member-week"),
        ("  compiled, same run", spread(mesa.compiled_processor_microseconds_a_member_week), "µs per member-week"),
        ("  ratio", f"{mesa.times_slower:,.0f}", "times slower"),
        ("  same state, bit for bit", "yes" if mesa.state_is_identical else "NO", ""),
    ]
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print(
        "\nMember-week: one active member in one simulated week, with all measures "
        f"({fast.member_weeks:,.0f} in this run).  Gift event: a gift first given or passed on "
        f"({fast.gift_events:,.0f}).  Compiling and building the start network are not counted.  Agent-by-agent run: "
        f"{mesa.members} members, {mesa.weeks} weeks, both in processor time."
    )
