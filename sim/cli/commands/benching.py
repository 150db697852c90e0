"""`gennet bench`: speed and memory on this machine."""

from __future__ import annotations

import sys
from typing import Any

from rich import box
from rich.table import Table

from sim.cli import bench
from sim.cli.commands.talking import announce_compiling, in_background, on_stdout, say
from sim.lab.results import json_text


def bench_command(members: int, weeks: int, repeats: int, as_json: bool) -> int:
    """Measure and print."""
    announce_compiling()
    say("Measuring; the first time in this version the agent-by-agent path takes some seconds to compile too.")
    told: dict[str, Any] = in_background(lambda: bench.measure(members, weeks, repeats), "Measuring")
    if as_json:
        sys.stdout.write(json_text(told))
    else:
        print_bench(told)
    return 0


def spread(told: dict[str, float] | None) -> str:
    """Median, and in brackets the least and the most."""
    if told is None:
        return "–"
    low, high = text(told["min"]), text(told["max"])
    return f"{text(told['median'])} ({low}–{high})"


def text(value: float) -> str:
    """A number with about three digits that matter."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3g}"


def print_bench(told: dict[str, Any]) -> None:
    """The figures for people."""
    fast, mesa = told["compiled"], told["agent_by_agent"]
    console = on_stdout()
    console.print(
        f"{told['members']:,} members, {told['weeks']:,} weeks: {told['scenario']}.  model {told['model_version']}."
    )
    busy = told["load_before"] is not None and told["load_before"] > 0.5
    console.print(
        f"{told['cores']} cores here, load {told['load_before']:.1f} before the start: other programs were at work, "
        "so times may be too long."
        if busy
        else f"{told['cores']} cores here."
    )
    console.print(f"Median of {told['repeats']} repeats, in brackets the least and the most.\n")
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("measured")
    table.add_column("", no_wrap=True, justify="right")
    table.add_column("unit")
    parts = [
        (f"  {name.replace('_', ' ')}", f"{share:.0%}", "of the time") for name, share in told["share_of_time"].items()
    ]
    speedup = told["threads"]
    rows = [
        ("one run, one core", spread(fast["seconds_a_run"]), "seconds"),
        ("the whole week, one core", spread(fast["microseconds_a_member_week"]), "µs a member-week"),
        ("  in processor time", spread(fast["processor_microseconds_a_member_week"]), "µs a member-week"),
        *parts,
        ("the whole week, by gifts", spread(fast["nanoseconds_a_gift_event"]), "ns a gift event"),
        (f"{speedup['runs']} runs in two threads", spread(speedup["two_thread_speedup"]), "times faster"),
        ("memory at the start", f"{fast['bytes_a_member'] / 1000:.1f}", "kB a member"),
        ("agent by agent (Mesa)", spread(mesa["processor_microseconds_a_member_week"]), "µs a member-week"),
        ("  compiled, the same run", spread(mesa["compiled_processor_microseconds_a_member_week"]), "µs a member-week"),
        ("  so Mesa takes", f"{mesa['times_slower']:,.0f}", "times as long"),
        ("  the same state, bit for bit", "yes" if mesa["state_is_identical"] else "NO", ""),
    ]
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print(
        "\nA member-week: an active member in a simulated week, everything measured "
        f"({fast['member_weeks']:,.0f} in this run).  A gift event: a gift first given or passed on "
        f"({fast['gift_events']:,.0f}).  Compiling and building the start network are not counted.  The agent-by-agent "
        f"run: {mesa['members']} members, {mesa['weeks']} weeks, in processor time on both sides."
    )
