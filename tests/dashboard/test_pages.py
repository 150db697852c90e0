"""Pages without a browser: what Solara renders, and what events do."""

import ast
import inspect
import json
import pkgutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import ipyvue
import pytest
import solara
from solara.validate_hooks import HookValidationError

from sim.dashboard import pages
from sim.dashboard.pages import registry
from sim.dashboard.pages.compare.page import Compare
from sim.dashboard.pages.compare.state import use_address
from sim.dashboard.pages.registry import FRAME, PAGES, routes
from sim.dashboard.questions import LinkedPair, Question, before_of, from_query, held, to_query
from sim.dashboard.services import close_services
from sim.dashboard.shared.background import time_left


@pytest.fixture(autouse=True, scope="module")
def services_end():
    """What runs in the background ends with this module."""
    yield
    close_services()


def opened(query):
    """The home page at a link: its widgets by class name, and the path as it changes."""
    path = f"/?{query}"

    @solara.component
    def Root():
        where, set_where = solara.use_state(path)
        opened.path, opened.go = where, set_where
        return solara.RoutingProvider(children=[Compare()], routes=routes, pathname=where)

    _, rc = solara.render(Root(), handle_error=False)
    return rc


def widget(rc, trait):
    """The widget that has a trait."""
    return next(one for one in rc.find(ipyvue.VueTemplate).widgets if one.has_trait(trait))


def until(condition, seconds=240):
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.02)


def said(verdict):
    """What the headline says."""
    return json.loads(verdict.content)


SMALL = held(replace(Question(), members=20, years=1, futures=20))


@pytest.mark.filterwarnings("ignore")
def test_the_page_answers_and_follows_its_settings():
    rc = opened(to_query(SMALL))
    try:
        verdict, controls = widget(rc, "stages"), widget(rc, "cards")
        until(lambda: verdict.status["state"] == "final")
        assert verdict.status["fresh"]
        first = said(verdict)
        assert first["outcomes"]["outputs"]["brings"].startswith("Joint results for the same $40,000 a year: ")
        assert "of 20 simulated futures" in first["stages"]["aligned"]["sentence"]
        controls._event_callbacks["card"]({"place": 0, "setting": "personal", "value": 100})
        # Where another thread is just rendering, it takes in the change: it shows a moment later.
        until(
            lambda: controls.cards[0]["settings"]["personal"] == 100 and "100% of hours" in controls.cards[0]["label"]
        )
        until(lambda: verdict.status["state"] == "final" and verdict.status["fresh"])
        assert said(verdict)["outcomes"]["outputs"]["bars"] != first["outcomes"]["outputs"]["bars"]
        verdict._event_callbacks["keep"]({})
        controls._event_callbacks["card"]({"place": 0, "setting": "budget", "value": 10_000})
        until(lambda: "($10,000 a year" in controls.cards[0]["label"])
        until(lambda: verdict.status["state"] == "final" and verdict.status["fresh"] and verdict.compared)
        assert verdict.compared[0].endswith(", $30,000 less.")
        assert verdict.compared[1] == "Newsletter and directory: the same joint results, the same cost."
        verdict._event_callbacks["forget"]({})
        until(lambda: not verdict.compared)
        controls._event_callbacks["add"]("blended")
        until(lambda: [one["key"] for one in controls.cards] == ["a", "b", "c", "d"])
        controls._event_callbacks["remove"](3)
        until(lambda: len(controls.cards) == 3)
        controls._event_callbacks["reset"]({})
        until(lambda: controls.question["members"] == 60)
    finally:
        rc.close()


DEFINE_ALL = """
import importlib, sys
import solara
solara.settings.main.check_hooks = "error"
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_solara_finds_no_fault_with_the_hooks_of_any_page(monkeypatch):
    """Solara warns of a hook that is called in a condition or a loop when a component is defined."""
    monkeypatch.setattr(solara.settings.main, "check_hooks", "error")
    with pytest.raises(HookValidationError):

        @solara.component
        def Faulty():
            if solara.use_state(0)[0]:
                solara.use_state(1)

    names = [module.name for module in pkgutil.walk_packages(pages.__path__, f"{pages.__name__}.")]
    assert len(names) > 20
    command = [sys.executable, "-c", DEFINE_ALL, *names]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.filterwarnings("ignore")
def test_another_stage_needs_no_new_runs():
    rc = opened(to_query(SMALL))
    try:
        verdict = widget(rc, "stages")
        until(lambda: verdict.status["state"] == "final")
        verdict._event_callbacks["stage"]("connected")
        until(lambda: verdict.stage == "connected")
        verdict._event_callbacks["outcome"]("members")
        until(lambda: verdict.outcome == "members")
        assert verdict.status["fresh"]
    finally:
        rc.close()


def along(steps):
    """A page with its address: what is linked, what was pushed, and ways to set the question and the address.

    `steps`: what happens while an address is being rendered, before the page's effects run; {query: what to do}.
    """
    seen = SimpleNamespace(pushed=[])

    @solara.component
    def Page(search, go):
        def push(path):
            seen.pushed.append(path)
            go(path.partition("?")[2])

        linked = LinkedPair(from_query(search).question, before_of(search))
        asked, ask = solara.use_state(linked)
        use_address(SimpleNamespace(search=search, path="/", push=push), linked, asked, ask, 0)
        seen.ask = lambda question, before=None: ask(LinkedPair(question, before))
        seen.question, seen.before, seen.search = asked.question, asked.before, search
        return solara.Text(search)

    @solara.component
    def Root():
        search, seen.go = solara.use_state(to_query(SMALL))
        page = Page(search, seen.go)
        steps.pop(search, lambda: None)()
        return page

    _, seen.context = solara.render(Root(), handle_error=False)
    return seen


OTHER, THIRD = (held(replace(SMALL, members=members)) for members in (30, 40))


def test_an_answered_question_is_recorded_once_and_back_returns_to_the_one_before():
    page = along({})
    page.ask(OTHER)
    assert page.pushed == [f"/?{to_query(OTHER)}"]
    assert page.search == to_query(OTHER) and page.question == OTHER
    page.go(to_query(SMALL))
    assert page.question == SMALL
    page.go(to_query(OTHER))
    assert page.question == OTHER
    page.ask(THIRD)
    assert page.pushed == [f"/?{to_query(one)}" for one in (OTHER, THIRD)]


def test_the_question_that_is_compared_with_travels_in_the_address():
    page = along({})
    page.ask(OTHER, SMALL)
    assert page.pushed == [f"/?{LinkedPair(OTHER, SMALL).query}"]
    assert (page.question, page.before) == (OTHER, SMALL)
    page.go(to_query(THIRD))
    assert (page.question, page.before) == (THIRD, None)
    page.go(LinkedPair(OTHER, SMALL).query)
    assert (page.question, page.before) == (OTHER, SMALL)


def test_back_works_while_an_address_of_the_page_is_being_rendered():
    steps = {}
    page = along(steps)
    page.ask(OTHER)
    steps[to_query(THIRD)] = lambda: page.go(to_query(OTHER))
    page.ask(THIRD)
    assert page.search == to_query(OTHER)
    assert page.question == OTHER


def test_a_setting_changed_during_navigation_stays():
    steps = {}
    page = along(steps)
    steps[to_query(OTHER)] = lambda: page.ask(THIRD)
    page.ask(OTHER)
    assert page.question == THIRD
    assert page.search == to_query(THIRD)


def test_routes_have_titles_and_a_frame():
    assert routes[0].path == "/"
    paths = [route.path.strip("/") for route in routes]
    assert len(set(paths)) == len(paths) and {page.route.strip("/") for page in PAGES} <= set(paths)
    assert all(route.label.endswith("Generative networks") for route in routes)
    # Solara puts the layout of the first route around all pages: a second one would draw the frame twice.
    assert [route.layout for route in routes] == [FRAME, *[None] * (len(routes) - 1)]
    assert all(page.title and page.audience for page in PAGES)


def test_every_page_is_in_the_registry():
    """A page is a folder or a module: `future_page` makes a component whose own module is another."""
    found = {module.name for module in pkgutil.iter_modules(pages.__path__)} - {"registry"}
    source = ast.parse(inspect.getsource(registry))
    prefix = f"{pages.__name__}."
    imported = {node.module for node in ast.walk(source) if isinstance(node, ast.ImportFrom) and node.module}
    assert found == {name.removeprefix(prefix).split(".")[0] for name in imported if name.startswith(prefix)}
    assert len(found) == len(PAGES)


def test_the_time_left_is_said_once_it_can_be_known():
    assert time_left(1.0, 5, 100) == time_left(60.0, 0, 100) == ""
    assert time_left(10.0, 50, 100) == "about 10 seconds left"
    assert time_left(60.0, 20, 100) == "about 4 minutes left"
