"""`gennet dashboard` as a command: where it listens, how it ends, what it says when it cannot."""

import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.dashboard.browser.conftest import ROOT, Server


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly_and_soon(number):
    running = Server()
    with urllib.request.urlopen(running.address, timeout=20) as answer:
        page = answer.read().decode()
    assert answer.status == 200 and '<html lang="en">' in page and "user-scalable" not in page
    assert not re.search(r"(src|href)=\"https?://(?!localhost)", page)
    code, seconds = running.stop(number)
    assert code == 0, "".join(running.lines)
    assert seconds < 8
    assert len(running.lines) == 1, "".join(running.lines)


def test_it_listens_on_the_loopback_only():
    running = Server()
    port = int(running.address.rsplit(":", 1)[1])
    try:
        elsewhere = {
            address[4][0]
            for address in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)
            if not address[4][0].startswith("127.")
        }
        for host in elsewhere:
            with pytest.raises(OSError), socket.create_connection((host, port), timeout=2):
                pass
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    finally:
        running.stop()


def test_an_address_without_a_page_leads_home(server):
    with pytest.raises(urllib.error.HTTPError) as lost:
        urllib.request.urlopen(server.address + "/nowhere", timeout=10)
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
            timeout=60,
            check=False,
        )
    assert done.returncode == 2 and done.stdout == ""
    assert re.fullmatch(rf"gennet: --port: port {port} of 127\.0\.0\.1 is in use.*\n", done.stderr)
