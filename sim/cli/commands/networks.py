"""`gennet network`: what is understood of a user's own network, how it stands, and it in other formats."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.cli.commands.talking import InputError, on_stdout, say
from sim.inputs.networks import StartNetwork, to_networkx
from sim.inputs.networks.formats import read_file, read_network, to_csv
from sim.inputs.networks.health import Finding, health
from sim.lab.results import json_text
from sim.output.words import capital

COLOURS = {"good": "green", "fair": "yellow", "poor": "red", "": ""}
ENDINGS = (".csv", ".graphml", ".gexf")


def network_command(paths: Sequence[Path], to: Path | None, as_json: bool) -> int:
    """Read, describe and, if asked to, convert; returns the exit code.  Errors: NetworkError, InputError."""
    if to is not None and to.suffix.lower() not in ENDINGS:
        raise InputError(f"--to: {to} ends in {to.suffix or 'nothing'!r}; allowed are {', '.join(ENDINGS)}")
    start = read_network([read_file(path) for path in paths])
    findings = health(start)
    if as_json:
        told: dict[str, Any] = {
            "source": start.source,
            "members": start.members,
            "ties": len(start.ties),
            "notes": list(start.notes),
            "health": [asdict(finding) for finding in findings],
        }
        sys.stdout.write(json_text(told))
    else:
        print_network(on_stdout(), start, findings)
    if to is not None:
        for path in converted(start, to):
            say(f"Written: {path}")
    return 0


def print_network(console: Console, start: StartNetwork, findings: Sequence[Finding]) -> None:
    """What was understood, and how the network stands."""
    console.print(f"[bold]{escape(capital(start.source))}[/]")
    for note in start.notes:
        console.print(f"• {escape(note)}")
    console.print()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("[bold]How it stands[/]", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("what that means")
    for one in findings:
        value = f"[{COLOURS[one.grade]}]{escape(one.value)}[/]" if one.grade else escape(one.value)
        grade = f" [dim]({one.grade})[/]" if one.grade else ""
        table.add_row(escape(one.label), value, f"{escape(one.words)}{grade}")
    console.print(table)


def converted(start: StartNetwork, to: Path) -> list[Path]:
    """The network as files of the kind that the name ends in; a CSV becomes two.  Errors: InputError."""
    import networkx as nx

    try:
        if to.suffix.lower() == ".csv":
            found = [to.with_name(f"{to.stem}-{what}.csv") for what in ("members", "ties")]
            for path, text in zip(found, to_csv(start), strict=True):
                path.write_text(text, encoding="utf-8")
            return found
        graph = to_networkx(start)
        if start.ids is not None:
            for row in graph:
                del graph.nodes[row]["id"]  # it is the node's own from here on
            graph = nx.relabel_nodes(graph, dict(enumerate(start.ids)))
        (nx.write_graphml if to.suffix.lower() == ".graphml" else nx.write_gexf)(graph, to)
        return [to]
    except OSError as fault:
        raise InputError(f"--to: {to} cannot be written ({fault.strerror or fault})") from None
