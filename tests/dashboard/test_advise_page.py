"""The page Whom to introduce: what is asked for is held in bounds, and advice is shown in words."""

import threading
from dataclasses import replace

import pytest

from sim.dashboard.pages.advise import state
from sim.dashboard.pages.advise.state import advice_for
from sim.dashboard.questions import Question, held
from sim.inputs.scenario.errors import ScenarioError

SMALL = held(replace(Question(), members=20, years=1, futures=20))


def test_requests_are_held_in_bounds():
    assert state.request_of({"futures": 100, "choose": 3}) == state.AdviceRequest(100, 3)
    for odd in (None, {"futures": 10**9, "choose": "all"}, {"futures": [1]}, "x"):
        assert state.request_of(odd) == state.AdviceRequest(400, 5)


def test_nothing_runs_before_it_is_asked_for():
    (only,) = advice_for(SMALL, None, None, None, threading.Event())
    assert only.result is None and not only.final


def test_advice_is_shown_in_words(monkeypatch):
    monkeypatch.setattr("sim.dashboard.pages.advise.state.TRIALS", 6)
    *_, last = advice_for(SMALL, state.AdviceRequest(10, 3), None, None, threading.Event())
    advice = last.result
    assert last.final and len(advice.chosen) == 3 and len(advice.tried) == 7
    assert "random open triads" in " ".join(advice.headline) and advice.csv.count("\n") == 7
    assert all(one.message.startswith("Dear ") for one in advice.chosen)


def test_a_link_to_a_network_that_is_not_there_is_one_message():
    with pytest.raises(ScenarioError, match="links do not carry"):
        list(advice_for(replace(SMALL, own="0" * 12), state.AdviceRequest(10, 3), None, None, threading.Event()))
