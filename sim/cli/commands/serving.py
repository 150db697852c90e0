"""`gennet dashboard`: start the server, say where it is, stop it cleanly."""

from __future__ import annotations

import sys
from pathlib import Path

from sim.cli.commands.talking import InputError, say
from sim.dashboard.serving import PortError, serve

RESULTS = Path("results")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def dashboard_command(host: str, port: int, opens: bool, results: Path) -> int:
    """Serve until Ctrl-C or SIGTERM; returns the exit code.

    Errors: InputError where the address cannot be used, or `results` is no folder.
    """
    if results.exists() and not results.is_dir():
        raise InputError(
            f"--results: {results} is a file; the folder that results folders lie in is needed, as results"
        )
    if not results.exists() and results != RESULTS:
        say(f"Note: there is no folder {results} yet: the page Results has nothing to show until there is.", "dim")
    if host not in LOOPBACK:
        say("Note: anybody who can reach this machine can open the dashboard; it asks for no password.", "dim")

    def ready(address: str) -> None:
        """Where it is."""
        sys.stdout.write(f"Dashboard: {address}  (Ctrl-C stops)\n")
        sys.stdout.flush()

    try:
        serve(host, port, opens, ready, results)
    except PortError as fault:
        raise InputError(f"{fault.option}: {fault}") from None
    return 0
