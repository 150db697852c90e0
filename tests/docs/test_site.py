"""The documentation site builds without a warning, and an open page asks no other host for anything."""

import functools
import http.server
import os
import re
import subprocess
import sys
import threading
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_cover
ROOT = Path(__file__).parents[2]
LOADING = {
    "img": ("src", "srcset"),
    "script": ("src",),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "form": ("action",),
}
"""Attributes whose address a browser loads by itself."""
LOADING_LINKS = {"stylesheet", "icon", "preload", "preconnect", "dns-prefetch", "prefetch", "manifest"}
OTHER_HOST = re.compile(r"^\s*(https?:)?//")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site; `--strict` turns every warning into an error: broken links, missing anchors, pages outside the menu."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


class Loads(HTMLParser):
    """Collects the addresses that a page loads by itself, and the ids that links can point to."""

    def __init__(self):
        super().__init__()
        self.addresses, self.ids, self.styles = [], set(), []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.ids.add(values.get("id"))
        self.styles.append(values.get("style") or "")
        self.addresses += [values[name] for name in LOADING.get(tag, ()) if values.get(name)]
        if tag == "link" and LOADING_LINKS & set((values.get("rel") or "").split()):
            self.addresses.append(values["href"])


def read(page):
    """A page, parsed."""
    found = Loads()
    found.feed(page.read_text("utf-8"))
    return found


def test_pages_and_styles_load_nothing_from_another_host(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 15
    outside = [(page.name, address) for page in pages for address in read(page).addresses if OTHER_HOST.match(address)]
    styles = [(path.name, path.read_text("utf-8")) for path in site.rglob("*.css")]
    styles += [(page.name, " ".join(read(page).styles)) for page in pages]
    loads = re.compile(r"(?:url\(|@import\s*)[\"'\s]*((?:https?:)?//[^\"')\s]+)")
    outside += [(name, address) for name, text in styles for address in loads.findall(text)]
    assert outside == []


def test_the_files_of_a_comparison_are_listed_from_their_declarations(site):
    from sim.cli.commands.compare_command import FILES

    page = (site / "reference" / "results.html").read_text("utf-8")
    assert FILES and all(f"<td><code>{file.name}</code></td>" in page for file in FILES)


def test_the_model_is_included_with_its_anchors(site):
    page = read(site / "model.html")
    text = (ROOT / "sim" / "model" / "MODEL.md").read_text("utf-8")
    anchors = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert anchors and anchors <= page.ids
    assert "References" in (site / "model.html").read_text("utf-8")


def test_every_public_name_is_in_the_reference(site):
    import sim

    ids = read(site / "reference" / "python.html").ids
    assert [name for name in sim.__all__ if not any(name == str(i).rpartition(".")[2] for i in ids)] == []


def test_every_command_is_in_the_reference(site):
    from sim.cli.app import COMMANDS

    assert set(COMMANDS) <= read(site / "reference" / "commands.html").ids


@pytest.fixture
def address(site):
    """The site, served on this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            """Print nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_in_a_browser_pages_fit_and_ask_only_their_own_host(site, address, chromium):
    """Scripts run on a page of each kind only: starting them takes most of the time, and they are the same everywhere."""
    outside, complaints, too_wide = [], [], []

    def opened(**options):
        page = chromium.new_context(**options).new_page()
        page.on(
            "request", lambda r: outside.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else None
        )
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        return page

    def look(page, names):
        for name in names:
            for width, theme in ((1440, "light"), (390, "dark")):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=theme)
                if theme == "light":
                    page.goto(address + name, wait_until="load")
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    too_wide.append((name, width))

    names = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    plain, page = opened(java_script_enabled=False), opened()
    look(plain, names)
    look(page, ["model.html", "reference/commands.html", "notebooks/own-rule.html"])
    page.goto(f"{address}index.html?q=newsletter")
    page.wait_for_selector(".md-search-result__item", state="attached", timeout=240_000)
    for one in (plain, page):
        one.context.close()
    assert outside == []
    assert complaints == []
    assert too_wide == []
