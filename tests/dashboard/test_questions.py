"""Questions, links and scenarios: what a link may ask, and what it becomes."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.dashboard.questions import (
    LETTERS,
    LONGEST,
    MOST_WORK,
    PRESETS,
    LinkedPair,
    Question,
    StatedFact,
    StrategySettings,
    before_of,
    changed,
    changed_strategy,
    from_query,
    held,
    to_query,
    with_strategy,
    without_strategy,
)
from sim.dashboard.scenarios import MONTH, scenario_of, shares, spending
from sim.dashboard.settings import FACTS, NETWORK, OVERRIDES, STRATEGY, Choice, Dial
from sim.model.declarations import BY_KEY

ANY = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True), st.integers(-(10**9), 10**9), st.text(max_size=5), st.none()
)


def of_settings(table):
    """Any value for each of some settings."""
    return st.fixed_dictionaries(dict.fromkeys(table, ANY))


STRATEGIES = st.builds(
    StrategySettings.of,
    st.sampled_from([*PRESETS, "what?"]),
    st.text(max_size=60),
    of_settings(STRATEGY),
    st.dictionaries(st.sampled_from([*OVERRIDES, "seed"]), ANY, max_size=3),
)
STATED = st.builds(StatedFact, st.sampled_from([*FACTS, "luck"]), ANY, ANY)
QUESTIONS = st.builds(
    lambda values, facts, strategies: held(Question(**values, facts=tuple(facts), strategies=tuple(strategies))),
    of_settings(NETWORK),
    st.lists(STATED, max_size=4),
    st.lists(STRATEGIES, max_size=6),
)


def inside(dial, value):
    """Whether a setting lies where its dial allows."""
    if isinstance(dial, Choice):
        return value in dial.options
    return dial.low <= value <= dial.high


@given(QUESTIONS)
def test_every_question_is_held_in_bounds(question):
    for name, dial in NETWORK.items():
        assert inside(dial, getattr(question, name)), name
    for name, value, within in question.facts:
        assert inside(FACTS[name].value, value) and inside(FACTS[name].within, within) and within > 0
    assert 2 <= len(question.strategies) <= 4
    for one in question.strategies:
        assert all(inside(dial, one.values[name]) for name, dial in STRATEGY.items())
        assert one.personal + one.mass + sum(one.single) <= 100 and one.align <= one.produce and len(one.name) <= 40
    assert len(set(question.labels.values())) == len(question.strategies)
    work = question.members * question.weeks * len(question.strategies) * question.futures
    assert work <= MOST_WORK or question.futures == NETWORK["futures"].low
    assert held(question) == question


@given(QUESTIONS)
def test_a_link_gives_back_exactly_its_question_without_notes(question):
    linked = from_query(to_query(question))
    assert linked.question == question
    assert linked.notes == ()


@given(QUESTIONS)
def test_the_question_that_an_answer_is_compared_with_travels_in_the_link(question):
    before = held(replace(question, budget=5000, strategies=question.strategies[:2], facts=()))
    for pair in (
        LinkedPair(question),
        LinkedPair(question, before),
        LinkedPair(before, question),
        LinkedPair(before, before),
    ):
        query = pair.query
        if len(query) < LONGEST:
            assert LinkedPair(from_query(query).question, before_of(query)) == pair


def test_who_is_convened_again_and_how_many_join_reach_the_scenario():
    question = changed_strategy(changed_strategy(Question(joining=50), 0, "convenings", 2), 0, "convened", "core")
    scenario = scenario_of(question)
    assert scenario.strategies["a"].convening_core and not scenario.strategies["b"].convening_core
    assert scenario.parameters["arrival.base"] == BY_KEY["arrival.base"].default / 2
    assert not scenario_of(Question()).parameters


@given(st.text(max_size=300))
def test_any_text_as_a_link_is_some_question(text):
    assert held(from_query(text).question) == from_query(text).question


@given(QUESTIONS)
def test_every_question_is_a_scenario_with_equal_budgets(question):
    scenario = scenario_of(question)
    assert scenario.weeks == question.weeks and list(scenario.strategies) == list(question.keys)
    for key, one in zip(question.keys, question.strategies, strict=True):
        spent = spending(question, one)
        cost = scenario.yearly_cost(key)
        budget = question.seen_by(one).budget
        assert spent.hours + spent.meetings + spent.left == pytest.approx(budget)
        assert cost == pytest.approx(0 if one.idle else budget, abs=5)
        assert spent.left == pytest.approx(budget if one.idle else 0, abs=1e-6)
    for coordinator in (c for one in scenario.strategies.values() for c in one.coordinators):
        for stage in (coordinator.connect, coordinator.align, coordinator.produce):
            assert sum(stage.values()) == pytest.approx(1, abs=1e-5)


def test_budgets_are_equal_to_the_cent_so_no_warning_is_given():
    question = held(replace(Question(), strategies=tuple(PRESETS.values())[:4], budget=41_000))
    assert scenario_of(question).budget_warnings() == ()


def test_hours_go_to_weaving_while_connecting_and_to_facilitation_afterwards():
    found = shares(PRESETS["blended"])
    assert "facilitation" not in found["connect"]
    assert found["align"]["facilitation"] == pytest.approx(0.6)
    weaving = {"close_triads", "engage_unconnected", "support_bridgers", "directory", "newsletter", "icebreakers"}
    assert sum(found["align"][lever] for lever in weaving) == pytest.approx(0.4)
    assert shares(StrategySettings(personal=0, mass=0))["connect"] == {"facilitation": 1.0}


def test_shares_of_hours_never_add_up_to_more_than_all_of_them():
    for personal in range(0, 101, 5):
        for mass in range(0, 101 - personal, 5):
            question = replace(
                Question(), strategies=(StrategySettings("mass", "", personal, mass), StrategySettings("nothing"))
            )
            for stage, levers in shares(question.strategies[0]).items():
                assert sum(levers.values()) == pytest.approx(1, abs=5e-6), stage
            scenario_of(question)


def test_what_happens_later_happens_in_its_week_and_never_after_the_horizon():
    question = replace(Question(), leaves=24, cut_after=12, join_after=50, join=7)
    found = [(change.week, change.action) for change in scenario_of(question).strategies["a"].changes]
    assert found == [(104, "coordinator_leaves"), (52, "budget_factor")]
    longer = scenario_of(replace(question, years=5)).strategies
    assert [(change.week, change.action) for change in longer["a"].changes][2] == (round(50 * MONTH), "newcomers")
    assert [change.action for change in longer["c"].changes] == ["newcomers"], "nobody coordinates there"


def test_money_and_events_can_differ_between_strategies():
    question = changed_strategy(changed_strategy(Question(), 0, "budget", 80_000), 1, "leaves", 24)
    assert question.labels["a"].endswith("($80,000 a year)") and question.labels["b"].endswith(
        "(leaves after 24 months)"
    )
    scenario = scenario_of(question)
    assert [scenario.yearly_cost(key) for key in "abc"] == [pytest.approx(80_000), pytest.approx(40_000), 0]
    assert [len(one.changes) for one in scenario.strategies.values()] == [0, 1, 0]
    assert from_query(to_query(question)).question == question
    assert changed_strategy(changed_strategy(question, 0, "budget", None), 1, "leaves", None) == Question()
    assert changed_strategy(question, 2, "budget", 10) == question, "nobody coordinates there"


def test_changing_one_setting_keeps_the_others_in_order():
    question = Question()
    assert changed(question, "members", 1e9).members == NETWORK["members"].high
    assert changed(question, "strategies", ()) == question
    more = changed_strategy(question, 0, "mass", 80).strategies[0]
    assert (
        (more.personal, more.mass) == (20, 80)
        and more.changed
        and more.label == "80% newsletter and directory, 20% personal introductions"
    )
    less = changed_strategy(question, 0, "personal", 90).strategies[0]
    assert (less.personal, less.mass) == (90, 0)
    early = changed_strategy(question, 0, "produce", 3).strategies[0]
    assert (early.align, early.produce) == (3, 3)
    late = changed_strategy(question, 0, "align", 30).strategies[0]
    assert (late.align, late.produce) == (30, 30)
    assert changed_strategy(question, 7, "align", 3) == question
    assert changed_strategy(question, 2, "hub", 50) == question  # nobody coordinates there
    named = changed_strategy(question, 0, "name", " Our\n plan " + "x" * 90).strategies[0]
    assert named.label.startswith("Our") and len(named.label) == 40


def test_two_to_four_strategies():
    question = Question()
    four = with_strategy(question, "blended")
    assert four.keys == LETTERS and with_strategy(four, "mass") == four and with_strategy(question, "what?") == question
    two = without_strategy(question, 1)
    assert [one.preset for one in two.strategies] == ["personal", "nothing"]
    assert without_strategy(two, 0) == two


def test_equal_names_get_a_letter():
    question = replace(Question(), strategies=(PRESETS["mass"], PRESETS["mass"]))
    assert list(question.labels.values()) == ["Newsletter and directory (A)", "Newsletter and directory (B)"]


def test_defaults_of_settings_agree():
    for name, dial in NETWORK.items():
        assert getattr(Question(), name) == dial.default, name
    for name, dial in STRATEGY.items():
        assert StrategySettings().values[name] == dial.default, name
    assert all(dial.tip and dial.label for dial in (*NETWORK.values(), *STRATEGY.values()))
    assert all(dial.held(dial.default) == dial.default for dial in (*NETWORK.values(), *STRATEGY.values()))


def test_a_dial_steps():
    dial = Dial(0, 1, 0.1, 0.5, "x")
    assert dial.held(0.3000001) == 0.3 and dial.held("0.74") == 0.7 and dial.held(float("inf")) == 1
    assert dial.held("many") == 0.5 and dial.held(float("nan")) == 0.5


NEW_LEVER = """
import sim.model.levers as levers
new = levers.Lever("mentoring", label="mentoring pairs", action="customized.close_triad", what="pair newcomers",
                   price=("customized.introduction_hours",))
levers.LEVERS = levers.numbered(*levers.LEVERS.values(), new)
from sim.dashboard.questions import from_query, to_query
from sim.dashboard.questions import Question, changed_strategy
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.settings import STRATEGY
question = changed_strategy(changed_strategy(Question(), 0, "personal", 60), 0, "mentoring", 60)
one = question.strategies[0]
assert STRATEGY["mentoring"].label == "Mentoring pairs"
assert (one.personal, one.single[-1], sum(one.single), one.facilitation) == (40, 60.0, 60.0, 0)
assert from_query(to_query(question)).question == question
assert scenario_of(question).strategies["a"].coordinators[0].connect["mentoring"] == 0.6
"""


def test_a_new_lever_is_a_setting_of_every_strategy():
    environment = {**os.environ, "GENNET_COMPILED": "0"}
    command, root = [sys.executable, "-c", NEW_LEVER], Path(__file__).parents[2]
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
