"""A real server and a real browser: `gennet dashboard` in a process of its own, Debian's Chromium before it.

Where there is no Chromium these tests are skipped with that reason; `.ci/run` installs it where it may.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.conftest import COVERED

ROOT = Path(__file__).parents[3]
PATIENCE, FIRST_PATIENCE = 240_000, 900_000
"""Milliseconds: where nothing is compiled yet, the first answer takes a minute or two, on a busy machine many."""
FINAL = "[data-testid=verdict][data-final=true][data-fresh=true]"
COMPLETE = "[data-testid=verdict][data-complete=true][data-fresh=true]"
CHARTS_AGREE = """() => {
    const [verdict, charts] = ['verdict', 'charts'].map(name => document.querySelector(`[data-testid=${name}]`));
    return !verdict || !charts || verdict.dataset.state === charts.dataset.state; }"""
"""Parts of a page are sent one after the other: charts and tables may still be those of the answer before."""


UNPREPARED = """
from sim.dashboard import services
services.follow = lambda *_: ()
from sim.cli.app import main
main()
"""
"""The program without the first answer in advance, which takes all cores for half a minute."""


def pytest_collection_modifyitems(items):
    """Leave the process that drives the browser out of coverage: the server is another one.

    That is measured where it costs little; with older Pythons these tests would take a quarter longer.
    """
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("no_cover")


class Server:
    """`gennet dashboard` on a free port, with all that it writes."""

    def __init__(self, *options, prepares=False, **environment):
        """Start it; `prepares`: it works out the home page's first answer in advance, as it does outside of tests."""
        program = ["-m", "sim"] if prepares else ["-c", UNPREPARED]
        command = [sys.executable, "-W", "ignore", *program, "dashboard", "--port", "0", *options]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **(COVERED if sys.version_info >= (3, 12) else {}), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = []
        self.opened = threading.Event()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        assert self.opened.wait(PATIENCE / 1000), f"the server did not start: {''.join(self.lines)}"
        found = re.search(r"http://[^\s]+", "".join(self.lines))
        assert found, "".join(self.lines)
        self.address = found.group()

    def read(self):
        """Keep what the server writes."""
        for line in self.process.stdout:
            self.lines.append(line)
            if "Dashboard: http" in line:
                self.opened.set()
        self.opened.set()

    def stop(self, number=signal.SIGTERM, seconds=60):
        """Ask it to end; returns its exit code and how long it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(seconds)
        took = time.monotonic() - began
        self.reader.join(60)
        self.process.stdout.close()
        return code, took

    def unexpected(self):
        """Return what it has said besides where it is, and that it compiles first."""
        expected = ("Dashboard: http", "Compiling the rules first")
        return [line for line in self.lines if not any(words in line for words in expected)]


@pytest.fixture(scope="session")
def server(chromium, tmp_path_factory):
    """One server for all tests, with its rules compiled; stopped at the end, it has said nothing but where it is."""
    temporary = tmp_path_factory.mktemp("temporary")
    running = Server(GENNET_KEPT=str(tmp_path_factory.mktemp("kept")), TMPDIR=str(temporary))
    running.temporary = temporary
    first = Visit(chromium, running.address)
    first.context.set_default_timeout(FIRST_PATIENCE)
    first.open("/?members=10&years=1&futures=20")
    first.context.close()
    yield running
    code, _ = running.stop()
    assert code == 0, "".join(running.lines)
    assert running.unexpected() == []


class Visit:
    """A browser of its own: what it logged, what it fetched, and how to use a page."""

    def __init__(self, browser, address, **options):
        self.address = address
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE)
        self.complaints, self.requests = [], []
        self.page = self.context.new_page()
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def open(self, path="/", until=FINAL):
        """Go to a page and wait until it is ready."""
        self.page.goto(self.address + path)
        self.page.wait_for_selector(until)
        self.page.wait_for_function(CHARTS_AGREE)
        return self.page

    def until_count(self, selector, number):
        """Wait until so many elements are there, as parts of a page arrive one after the other."""
        self.page.wait_for_function(
            "([selector, number]) => document.querySelectorAll(selector).length === number", arg=[selector, number]
        )

    def faults_in_access(self):
        """Return what axe finds of serious faults.  Solara's own progress bar, shown while the server is at work, is left out."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page, context={"exclude": [["[role=progressbar]"]]}).response["violations"]
        return [
            (one["impact"], one["id"], [node["html"][:120] for node in one["nodes"]][:3])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]

    def text(self, name):
        """The text of what a test touches."""
        return " ".join(self.page.text_content(f"[data-testid={name}]").split())

    def move(self, name, value):
        """Move a slider as a hand does: the value, then letting go."""
        self.page.eval_on_selector(
            f"[data-testid={name}]",
            """(slider, value) => { slider.value = value;
                slider.dispatchEvent(new Event('input', {bubbles: true}));
                slider.dispatchEvent(new Event('change', {bubbles: true})); }""",
            str(value),
        )

    def shown(self):
        """Which question the verdict on the page answers."""
        return self.page.get_attribute("[data-testid=verdict]", "data-of")

    def until_other(self, before):
        """Wait for the whole answer to another question than `before`; returns the verdict."""
        self.page.wait_for_function(
            """before => { const found = document.querySelector('[data-testid=verdict]');
                return found && found.dataset.of !== before && found.dataset.fresh === 'true'
                    && found.dataset.final === 'true'; }""",
            arg=before,
        )
        self.page.wait_for_function(CHARTS_AGREE)
        return self.text("verdict")


@pytest.fixture
def visit(chromium, server):
    """Makes visits, and ends them; none may have complained, or linked anybody but this server for anything."""
    made = []

    def make(**options):
        made.append(Visit(chromium, server.address, **options))
        return made[-1]

    yield make
    complaints = [text for one in made for text in one.complaints]
    outside = [url for one in made for url in one.requests if not url.startswith((server.address, "data:", "blob:"))]
    for one in made:
        one.context.close()
    assert complaints == []
    assert outside == []
