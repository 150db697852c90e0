"""Work ends seconds after its visitor is gone, and not because of a reload."""

import threading
from types import SimpleNamespace

import pytest
from solara.server.kernel_context import PageStatus

from sim.dashboard.shared import background, visitor
from sim.dashboard.shared.visitor import GONE_AFTER, NobodyWaits
from sim.dashboard.workshop import Update


@pytest.fixture
def browser(monkeypatch):
    """A visitor's browser, and a clock."""
    there = SimpleNamespace(page_status={}, closed_event=threading.Event(), session_id="me", now=100.0)
    monkeypatch.setattr(visitor, "has_current_context", lambda: True)
    monkeypatch.setattr(visitor, "get_current_context", lambda: there)
    monkeypatch.setattr(visitor, "time", SimpleNamespace(monotonic=lambda: there.now))
    return there


def test_a_visitor_who_reloads_is_waited_for(browser):
    dropped = NobodyWaits()
    assert not dropped.is_set() and visitor.visitor_name() == "me"
    browser.page_status["page"] = PageStatus.CONNECTED
    assert not dropped.is_set()
    browser.page_status["page"] = PageStatus.DISCONNECTED
    browser.now += GONE_AFTER / 2
    assert not dropped.is_set()
    browser.page_status["page"] = PageStatus.CONNECTED
    browser.now += 100
    assert not dropped.is_set() and not dropped.gone


@pytest.mark.parametrize("how", [PageStatus.DISCONNECTED, PageStatus.CLOSED])
def test_work_ends_seconds_after_its_visitor_is_gone(browser, how):
    dropped = NobodyWaits()
    browser.page_status["page"] = PageStatus.CONNECTED
    assert not dropped.is_set()
    browser.page_status["page"] = how
    browser.now += GONE_AFTER + 0.1
    assert dropped.is_set() and dropped.gone


def test_who_comes_back_finds_the_work_stopped(browser, monkeypatch):
    warming = SimpleNamespace(wait=lambda *_: "")
    monkeypatch.setattr(background, "services", lambda: SimpleNamespace(warming=warming))
    dropped, shown, left = NobodyWaits(), [], []
    browser.page_status["page"] = PageStatus.CONNECTED

    def work(event):
        yield Update(1, 9)
        browser.page_status["page"] = PageStatus.DISCONNECTED
        browser.now += 60
        if not event.is_set():
            yield Update(2, 9)

    background.run(work, "key", dropped, shown.append, lambda: left.append(True))
    assert len(shown) == 1 and left == [True]
