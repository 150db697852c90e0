"""The gate: other sites, other names, visitors without a token and half-sent requests get nothing."""

import socket
import threading
import time
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sim.dashboard import gate
from sim.dashboard.gate import COOKIE, HEADERS, LOOPBACK, Gate, PunctualProtocol, host_name, new_token


async def page(request):
    """A page that must not be read by everybody."""
    return PlainTextResponse("private")


async def talk(socket_):
    """A websocket that must not be opened by everybody."""
    await socket_.accept()
    await socket_.send_text("private")
    await socket_.close()


@contextmanager
def served(token=""):
    """A server behind the gate on the loopback; gives its port."""
    app = Starlette(routes=[Route("/{rest:path}", page), WebSocketRoute("/{rest:path}", talk)])
    behind = Gate(app, () if token else LOOPBACK, token)
    server = uvicorn.Server(uvicorn.Config(behind, http=PunctualProtocol, log_level="error"))
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield bound.getsockname()[1]
        server.should_exit = True
        thread.join(60)
        assert not thread.is_alive()


def get(port, path="/", **headers):
    """The status, headers and text of a response."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, response.headers, text


def opened(port, path="/", **headers):
    """What a websocket receives, or the status that refuses it."""
    try:
        with connect(f"ws://127.0.0.1:{port}{path}", additional_headers=headers, proxy=None) as connection:
            return connection.recv()
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.fixture(scope="module")
def port():
    with served() as number:
        yield number


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://evil.example:{port}", "http://[::", ""]
)
def test_pages_of_other_sites_have_no_access(port, origin):
    origin = origin.format(port=port)
    status, headers, text = get(port, Origin=origin)
    assert status == 403 and "private" not in text and "access-control-allow-origin" not in headers
    assert opened(port, Origin=origin) == 403


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "[::", ""),
        *("evil.example@127.0.0.1", "@127.0.0.1:{port}", "127.0.0.1:{port}/evil.example", "127.0.0.1?evil.example"),
    ],
)
def test_a_site_that_rebinds_its_name_has_no_access(port, host):
    assert get(port, Host=host.format(port=port))[0] == 421


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_images_and_scripts_of_other_sites_have_no_access_but_links_do(port, site):
    said = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    assert get(port, "/_solara/cdn/of-their-choice@1.0.0/x.js", **said)[0] == 403
    assert get(port, **{**said, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"})[2] == "private"
    assert get(port, **{**said, "Sec-Fetch-Site": "same-origin"})[2] == "private"


def test_one_wrong_origin_among_several_is_refused(port):
    for order in (("http://evil.example", "{own}"), ("{own}", "http://evil.example")):
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.putrequest("GET", "/")
        for origin in order:
            connection.putheader("Origin", origin.format(own=f"http://127.0.0.1:{port}"))
        connection.endheaders()
        assert connection.getresponse().status == 403
        connection.close()


def test_its_own_pages_and_programs_have_access(port):
    for host in ("127.0.0.1", "localhost", "LOCALHOST"):
        name = f"{host}:{port}"
        assert get(port, Host=name, Origin=f"http://{name.lower()}")[2] == "private"
    assert opened(port, Origin=f"http://127.0.0.1:{port}") == "private"
    assert get(port)[2] == "private" and opened(port) == "private"
    assert host_name("[::1]:8765") == "::1"


@pytest.mark.parametrize("path", ["/", "/missing"])
def test_every_response_carries_the_security_headers(port, path):
    for headers in (get(port, path)[1], get(port, path, Origin="http://evil.example")[1]):
        assert {name: headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("path", gate.HIDDEN)
def test_status_pages_of_the_framework_are_hidden(port, path):
    assert get(port, path)[0] == 404


def test_beyond_the_loopback_visitors_need_the_token():
    assert new_token("127.0.0.1") == "" and len(new_token("0.0.0.0")) > 20 and new_token("::") != new_token("::")
    with served("secret") as port:
        assert get(port)[0] == get(port, "/?token=wrong")[0] == get(port, Cookie=f"{COOKIE}=wrong")[0] == 401
        assert opened(port) == opened(port, "/?token=secret") == 403
        assert get(port, Cookie='"\x01; a=;;=')[0] == 401
        status, headers, _ = get(port, "/watch?token=secret&members=60")
        assert (status, headers["location"]) == (303, "/watch?members=60")
        assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in headers["set-cookie"].split(";")}
        assert get(port, "//evil.example/?token=secret")[1]["location"] == "/evil.example/"
        cookie = f"{COOKIE}=secret"
        assert get(port, Cookie=cookie, Host="network.example")[2] == "private"
        assert opened(port, Cookie=cookie) == "private"
        assert opened(port, Cookie=cookie, Origin="http://evil.example") == 403


HALVES = (
    "",
    "GET / HTTP/1.1\r\nHost: localhost\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf",
)


@pytest.mark.parametrize("half", HALVES, ids=["nothing", "half a head", "half a body"])
def test_half_sent_requests_are_closed(monkeypatch, half):
    # Whole requests come first to one of them: on a busy machine these, too, take their time.
    monkeypatch.setattr(gate, "REQUEST_SECONDS", 1.5 if "GET" in half else 0.3)
    began = time.monotonic()
    with served() as port, socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        whole = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for request in (whole, whole) if "GET" in half else ():
            connection.sendall(request)
            received = b""
            while b"private" not in received:
                part = connection.recv(65536)
                assert part, received
                received += part
        connection.sendall(half.encode())
        while connection.recv(65536):
            pass
        assert 0.3 <= time.monotonic() - began < 60
