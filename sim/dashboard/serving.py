"""Starting and stopping the server: Solara under uvicorn, in this process, on the loopback by default."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import HTMLResponse

LOST = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>No such page</title><style>:root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 15vh auto; padding: 0 1rem; }</style>
<main><h1>There is no such page.</h1><p>Perhaps the address was cut short. <a href="/">To the start</a></p></main></html>"""
APP = "sim.dashboard.pages.registry"
"""Solara looks for `assets` and `templates` next to the folder of this module."""
NAVIGATOR = Path(__file__).parent / "shared" / "navigator.vue"
GRACE = 2
# Everything that Solara would send to or fetch from elsewhere is off; sessions that lost their browser end soon; how pages
# use hooks is checked by tests, and not at every start.
SETTINGS = {
    "SOLARA_APP": APP,
    "SOLARA_CHECK_HOOKS": "off",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_ASSETS_PROXY": "True",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
    "SOLARA_KERNEL_CULL_TIMEOUT": "2m",
    "SOLARA_MODE": "production",
    "SOLARA_THEME_VARIANT": "light",
    "SOLARA_THEME_LOADER": "gennet",
    "SOLARA_THEME_SHOW_BANNER": "False",
    "SOLARA_THEME_TITLE": "Generative networks",
    "SOLARA_SESSION_HTTP_ONLY": "True",
}


class PortError(Exception):
    """The dashboard cannot be served at an address.  `option`: the part that is wrong, --host or --port."""

    def __init__(self, text: str, option: str = "--port") -> None:
        super().__init__(text)
        self.option = option


def listening(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address.  Raises PortError with a plain sentence if that is not possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except OSError as fault:
        bound.close()
        if fault.errno == errno.EADDRINUSE:
            raise PortError(
                f"port {port} of {host} is in use, perhaps by another dashboard; another port: --port {port + 1}"
            ) from None
        # If the system does not blame the port, it does not know the host, or the host is another machine.
        option = "--port" if fault.errno == errno.EACCES else "--host"
        raise PortError(f"cannot serve at {host!r}, port {port} ({fault.strerror or fault})", option) from None
    except OverflowError:
        bound.close()
        raise PortError(f"is {port}; allowed are 0 to 65535") from None
    return bound


def serve(
    host: str,
    port: int,
    opens: bool = False,
    ready: Callable[[str], None] = lambda address: None,
    results: Path = Path("results"),
) -> None:
    """Serve until SIGINT or SIGTERM, then close what runs in the background.

    `ready(address)` is called once pages can be opened; `opens`: open a browser then.  `port` 0: any free one.
    `results`: the folder of the page Results.  Raises PortError.
    """
    with listening(host, port) as bound:
        for name, value in SETTINGS.items():  # before Solara is imported
            os.environ.setdefault(name, value)
        import uvicorn
        from solara.server import cdn_helper, settings
        from solara.server.starlette import app
        from solara.widgets import Navigator

        class Server(uvicorn.Server):
            """A server that says when it is ready, and that a signal ends without being raised again, as uvicorn would."""

            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                """Begin to serve."""
                await super().startup(sockets)
                if self.started:
                    threading.Thread(target=announce, args=(address, opens, ready), daemon=True).start()

            @contextmanager
            def capture_signals(self) -> Iterator[None]:
                """End the server on SIGINT and SIGTERM; restore their handlers afterwards."""
                before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
                try:
                    yield
                finally:
                    for number, handler in before.items():
                        signal.signal(number, handler)

        from sim.dashboard.gate import LOOPBACK, Gate, PunctualProtocol, new_token
        from sim.dashboard.services import close_services, services

        app.add_exception_handler(404, lost)
        Navigator.template_file = str(NAVIGATOR)
        cdn_helper.fetch_from_cdn = offline
        settings.telemetry.mixpanel_enable = False
        logging.getLogger("solara").setLevel(logging.ERROR)
        token = new_token(host)
        gate = Gate(app, () if token else LOOPBACK, token)
        config = uvicorn.Config(
            gate, http=PunctualProtocol, log_level="error", access_log=False, timeout_graceful_shutdown=GRACE
        )
        shown = "localhost" if host in ("127.0.0.1", "::1") else host
        name = f"[{shown}]" if ":" in shown else shown
        address = f"http://{name}:{bound.getsockname()[1]}" + (f"/?token={token}" if token else "")
        services(results)
        try:
            Server(config).run(sockets=[bound])
        finally:
            close_services()


def lost(request: Request, fault: Exception) -> HTMLResponse:
    """Answer that there is no such page, with the way home."""
    from starlette.responses import HTMLResponse

    return HTMLResponse(LOST, status_code=404)


def offline(url: str) -> bytes:
    """Refuse to fetch a package from elsewhere for a visitor, as Solara would; those that pages need are installed."""
    raise OSError(f"{url} is not installed")


def announce(address: str, opens: bool, ready: Callable[[str], None]) -> None:
    """Report the address, and open a browser there."""
    ready(address)
    if opens:
        webbrowser.open(address)
