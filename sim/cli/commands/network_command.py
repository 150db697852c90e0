"""`gennet network`: check, describe and convert a network of your own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import networkx as nx
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column

from sim.cli.console import InputError, plain_table, right, say, show
from sim.cli.options import AsJson
from sim.inputs.networks import StartNetwork, to_networkx
from sim.inputs.networks.formats import read_file, read_network, to_csv
from sim.inputs.networks.health import Finding, health
from sim.output.words import capital

COLOURS = {"good": "green", "fair": "yellow", "poor": "red"}
ENDINGS = (".csv", ".graphml", ".gexf")


def network(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="CSV (members and ties, or ties), Excel, GraphML, GEXF, or Kumu's JSON."
        ),
    ],
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Convert it to .csv (two files), .graphml or .gexf.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check, describe and convert a network of your own.

    Shows how the files were read, and how healthy the network is.

    Example: gennet network members.csv ties.csv --to ours.graphml
    """
    if to is not None and to.suffix.lower() not in ENDINGS:
        raise InputError(f"--to: {to} ends in {to.suffix or 'nothing'!r}; allowed are {', '.join(ENDINGS)}")
    start = read_network([read_file(path) for path in files])
    findings = health(start)
    payload = {
        "source": start.source,
        "members": start.members,
        "ties": len(start.ties),
        "notes": list(start.notes),
        "health": [asdict(finding) for finding in findings],
    }
    show(lambda console: print_network(console, start, findings), payload, as_json)
    if to is not None:
        for path in convert(start, to):
            say(f"Written: {path}")


def print_network(console: Console, start: StartNetwork, findings: Sequence[Finding]) -> None:
    """Print how the files were read, and how healthy the network is."""
    console.print(f"[bold]{escape(capital(start.source))}[/]")
    for note in start.notes:
        console.print(f"• {escape(note)}")
    console.print()
    table = plain_table(Column("measure", no_wrap=True), right("value", no_wrap=True), "meaning")
    for one in findings:
        value = f"[{COLOURS[one.grade]}]{escape(one.value)}[/]" if one.grade else escape(one.value)
        grade = f" [dim]({one.grade})[/]" if one.grade else ""
        table.add_row(escape(one.label), value, f"{escape(one.words)}{grade}")
    console.print(table)


def convert(start: StartNetwork, to: Path) -> list[Path]:
    """Write the network in the format of the file's ending (as two files for CSV) and return the paths.

    Raises InputError.
    """
    try:
        if to.suffix.lower() == ".csv":
            paths = [to.with_name(f"{to.stem}-{part}.csv") for part in ("members", "ties")]
            for path, text in zip(paths, to_csv(start), strict=True):
                path.write_text(text, encoding="utf-8")
            return paths
        graph = to_networkx(start)
        if start.ids is not None:
            for row in graph:
                del graph.nodes[row]["id"]  # ids become the names of nodes
            graph = nx.relabel_nodes(graph, dict(enumerate(start.ids)))
        (nx.write_graphml if to.suffix.lower() == ".graphml" else nx.write_gexf)(graph, to)
        return [to]
    except OSError as fault:
        raise InputError(f"--to: {to} cannot be written ({fault.strerror or fault})") from None
