"""`gennet dashboard`: serve the dashboard until it is stopped."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import whole
from sim.cli.terminal import InputError, say
from sim.dashboard.serving import PortError, serve

RESULTS = Path("results")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def dashboard(
    host: Annotated[
        str, typer.Option(help="Address to serve at; the default is reachable from this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, whole("--port", 0, 65535, "Port; 0 picks a free one.")] = 8765,
    open_browser: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
    results: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder whose results the page Results shows; read only.")
    ] = RESULTS,
) -> None:
    """Explore what-ifs in a browser.

    Move a slider and see how a network's chances change, and how certain that is.

    Example: gennet dashboard --open
    """
    if results.exists() and not results.is_dir():
        raise InputError(f"--results: {results} is a file; name a folder of results folders, such as results")
    if not results.exists() and results != RESULTS:
        say(f"Note: there is no folder {results} yet, so the page Results is empty.", "dim")
    if host not in LOOPBACK:
        say(
            "Note: whoever has the address with its token can open the dashboard. The connection is not encrypted.",
            "dim",
        )

    def ready(address: str) -> None:
        sys.stdout.write(f"Dashboard: {address}  (stop with Ctrl-C)\n")
        sys.stdout.flush()

    try:
        serve(host, port, open_browser, ready, results)
    except PortError as fault:
        raise InputError(f"{fault.option}: {fault}") from None
