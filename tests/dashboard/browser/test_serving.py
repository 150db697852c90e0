"""`gennet dashboard` as a command: where it listens, how it ends, what it says when it cannot."""

import http.server
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import pytest

from tests.dashboard.browser.conftest import ROOT, Server


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_soon(number):
    running = Server(prepares=True)
    with urllib.request.urlopen(running.address, timeout=240) as answer:
        page = answer.read().decode()
    assert answer.status == 200 and '<html lang="en">' in page and "user-scalable" not in page
    assert not re.search(r"(src|href)=\"https?://(?!localhost)", page)
    code, seconds = running.stop(number)
    assert code == 0, "".join(running.lines)
    assert seconds < 30, "the answer for the first visitor, minutes on a busy machine, is not waited for"
    assert running.unexpected() == []


def test_it_listens_on_the_loopback_only(server):
    port = int(server.address.rsplit(":", 1)[1])
    elsewhere = {
        address[4][0]
        for address in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)
        if not address[4][0].startswith("127.")
    }
    for host in elsewhere:
        with pytest.raises(OSError), socket.create_connection((host, port), timeout=2):
            pass
    socket.create_connection(("127.0.0.1", port), timeout=5).close()


HOSTILE = """<!doctype html><script>
const at = new URLSearchParams(location.search).get("at"), found = {};
const tried = [
  fetch(`http://${at}/`).then(answer => answer.text()).then(text => { found.fetch = text; }),
  fetch(`http://${at}/`, {mode: "no-cors", method: "POST"}).then(() => { found.post = "sent"; }),
  new Promise((done, refused) => {
    const socket = new WebSocket(`ws://${at}/jupyter/api/kernels/x/channels?session_id=y`);
    socket.onopen = () => { found.socket = "open"; done(); };
    socket.onerror = refused;
  }),
];
const frame = document.createElement("iframe");
tried.push(new Promise(done => { frame.onload = done; }));
frame.src = `http://${at}/`;
document.documentElement.append(frame);
Promise.allSettled(tried).then(all => { window.result = {found, states: all.map(one => one.status)}; });
</script>"""


class Hostile(http.server.BaseHTTPRequestHandler):
    """A page of another origin that reaches for the dashboard."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(HOSTILE.encode())

    def log_message(self, *_):
        """Say nothing."""


def test_a_page_of_another_origin_gets_nothing(server, chromium):
    elsewhere = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
    context = chromium.new_context()
    try:
        page = context.new_page()
        for name in ("127.0.0.1", "localhost"):
            at = f"{name}:{server.address.rsplit(':', 1)[1]}"
            page.goto(f"http://127.0.0.1:{elsewhere.server_port}/?at={at}")
            page.wait_for_function("window.result", timeout=240_000)
            result = page.evaluate("window.result")
            assert result["found"] in ({}, {"post": "sent"}), "a page of another origin read or opened something"
            assert result["states"][0] == result["states"][2] == "rejected"
            frame = page.frames[1]
            assert "solara" not in frame.content(), "the dashboard was framed"
    finally:
        context.close()
        elsewhere.shutdown()
        elsewhere.server_close()


def test_an_address_without_a_page_leads_home(server):
    with pytest.raises(urllib.error.HTTPError) as lost:
        urllib.request.urlopen(server.address + "/nowhere", timeout=240)
    assert lost.value.code == 404 and '<a href="/">' in lost.value.read().decode()


def test_a_port_in_use_is_said_in_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "sim", "dashboard", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert done.returncode == 2 and done.stdout == ""
    assert re.fullmatch(rf"gennet: --port: port {port} of 127\.0\.0\.1 is in use.*\n", done.stderr)
