"""The gate in front of the dashboard: who may talk to it, and what browsers may do with its pages.

A page of another site can reach a server on the user's own machine. So requests must name a host that the server goes by
(else a site could rebind its name to 127.0.0.1), and requests that browsers mark with an origin, websockets among them,
must come from the dashboard's own pages; so must what browsers mark as embedded, such as images. Beyond the loopback,
visitors also need the token in the printed address.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit

import h11
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

LOOPBACK = ("127.0.0.1", "::1", "localhost")
HIDDEN = ("/resourcez", "/readyz")
"""Solara's own status pages: they name sessions and memory of the server."""
COOKIE = "gennet-token"
REQUEST_SECONDS = 20.0
"""How long a connection may take to send a whole request."""
POLICY = "; ".join(
    (
        "default-src 'self'",
        # Solara compiles templates in the browser.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
NO_TOKEN = "Open the whole address that `gennet dashboard` printed: it ends in a token."


def new_token(host: str) -> str:
    """Return a token for a server that listens on `host`; an empty text on the loopback, where none is needed."""
    return "" if host in LOOPBACK else secrets.token_urlsafe(16)


def host_name(value: str) -> str:
    """Return the host in a Host header or an origin's address, in lower case, without port and brackets."""
    try:
        parts = urlsplit(f"//{value}")
        return "" if "@" in value or parts.netloc != value else (parts.hostname or "").lower()
    except ValueError:
        return ""


def is_from_elsewhere(request: HTTPConnection) -> bool:
    """Return whether a page of another site made a request; following a link to a page is no such request."""
    host = request.headers.get("host", "").lower()
    own = (f"http://{host}", f"https://{host}")
    if any(origin.lower() not in own for origin in request.headers.getlist("origin")):
        return True
    # Images and the like carry no origin.
    site, mode = request.headers.get("sec-fetch-site", ""), request.headers.get("sec-fetch-mode", "")
    return site in ("cross-site", "same-site") and mode != "navigate"


class Gate:
    """ASGI middleware that lets only the dashboard's own visitors through, and sets security headers.

    `hosts`: names that requests may address the server by; none allows every name, for servers that need a `token`.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = LOOPBACK, token: str = "") -> None:
        self.app, self.hosts, self.token = app, frozenset(hosts), token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self.refusal(scope)
        if refusal is None:
            await self.app(scope, receive, with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "refused"})
        else:
            await refusal(scope, receive, with_headers(send))

    def refusal(self, scope: Scope) -> Response | None:
        """Return the response to a request that must not go through; None if it may."""
        request = HTTPConnection(scope)
        if self.hosts and host_name(request.headers.get("host", "")) not in self.hosts:
            return PlainTextResponse("This server does not go by that name.", 421)
        if is_from_elsewhere(request):
            return PlainTextResponse("Pages of other sites have no access.", 403)
        if scope["path"] in HIDDEN:
            return PlainTextResponse("There is no such page.", 404)
        return self.without_token(request) if self.token else None

    def without_token(self, request: HTTPConnection) -> Response | None:
        """Return a refusal, or what turns the token of an address into a cookie; None for a visitor who has the cookie."""
        if self.matches(request.cookies.get(COOKIE, "")):
            return None
        query = dict(request.query_params)
        if request.scope["type"] == "websocket" or not self.matches(query.pop("token", "")):
            return PlainTextResponse(NO_TOKEN, 401)
        path = "/" + request.scope["path"].lstrip("/")  # "//elsewhere" would lead to another site
        response = RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303)
        response.set_cookie(COOKIE, self.token, httponly=True, samesite="strict")
        return response

    def matches(self, given: str) -> bool:
        """Return whether a text is the token, in constant time."""
        return hmac.compare_digest(given.encode(), self.token.encode())


def with_headers(send: Send) -> Send:
    """Return `send` with the security headers added to every response."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return sending


class PunctualProtocol(H11Protocol):
    """HTTP that closes connections which do not send a whole request in time; uvicorn itself waits forever."""

    deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock with the connection."""
        super().connection_made(transport)
        self.deadline = self.loop.call_later(REQUEST_SECONDS, transport.close)

    def data_received(self, data: bytes) -> None:
        """Stop the clock once a request is complete; start it where the next one has begun."""
        super().data_received(data)
        owed = self.conn.their_state in (h11.IDLE, h11.SEND_BODY) and self.transport.get_protocol() is self
        if owed and self.deadline is None:
            self.deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.close)
        elif not owed and self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        if self.deadline is not None:
            self.deadline.cancel()
        super().connection_lost(exc)
