"""Facts that a user states on the home page: links, bounds, the worlds that fit, and what is said of them."""

from dataclasses import replace

import pytest

from sim.dashboard import answering, answers
from sim.dashboard.answering import Memory, follow
from sim.dashboard.brief import brief
from sim.dashboard.facts_card import fact_words, facts_card
from sim.dashboard.pages.compare.state import facts_shown
from sim.dashboard.questions import Question, StatedFact, changed_fact, from_query, held, to_query
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.settings import FACTS
from sim.dashboard.shared.answer_parts import headline_content
from sim.dashboard.workshop import Workshop
from sim.inputs.scenario.knowledge import MEASURED
from sim.lab import facts
from sim.lab.comparison import compare
from sim.model.declarations import BY_KEY

HOURS = "customized.introduction_hours"


def stated(question, **values):
    """The question with facts by name, as (value, tolerance)."""
    for name, (value, within) in values.items():
        question = changed_fact(question, name, {"value": value, "within": within})
    return question


@pytest.fixture(scope="module")
def small():
    """A small question without facts."""
    return held(replace(Question(), members=20, years=1, futures=20, strategies=Question.strategies[1:]))


@pytest.fixture(autouse=True)
def no_more_worlds(monkeypatch):
    """Draw no more worlds than are asked for: quicker."""
    monkeypatch.setattr(facts, "MOST_TIMES", 1)


@pytest.fixture
def workshop():
    """Threads of its own."""
    made = Workshop()
    yield made
    made.close()


def test_every_fact_of_the_form_is_one_that_a_scenario_may_state():
    assert set(FACTS) <= {*MEASURED, *BY_KEY}
    low, high = BY_KEY[HOURS].range
    assert (FACTS[HOURS].value.low, FACTS[HOURS].value.high) == (low, high), "no value contradicts every world"


def test_facts_are_stated_changed_and_removed_within_bounds():
    one = stated(Question(), left_share=("30", None), outputs=(4, 1))
    assert one.facts == (StatedFact("outputs", 4, 1), StatedFact("left_share", 30, 10)), "in the order of the form"
    assert stated(one, outputs=(1e9, -3)).facts[0] == StatedFact("outputs", 500, 1)
    assert stated(one, outputs=(None, 1)).facts == one.facts[1:]
    assert stated(one, outputs=("", ""), left_share=("x", 1), luck=(1, 1)).facts == ()
    shown = {row["name"]: row["stated"] for row in facts_shown(one)}
    assert list(shown) == list(FACTS) and shown["outputs"] == one.facts[0] and shown["new_ties"] is None


def test_a_link_carries_facts_and_says_what_it_leaves_out():
    one = stated(Question(), outputs=(4, 1), **{HOURS: (2.5, 0.5)})
    query = to_query(one)
    assert f"fact.outputs=4,1&fact.{HOURS}=2.5,0.5" in query and "fact." not in to_query(Question())
    assert from_query(query).question == one and from_query(query).notes == ()
    linked = from_query("fact.outputs=many&fact.luck=1,1&fact.left_share=130&fact.newcomers=")
    assert linked.question.facts == (StatedFact("left_share", 100, 10),)
    assert "Joint results last year: the link says 'many', which is left out." in linked.notes
    assert "Members who left last year: the link says '130', shown is 100, give or take 10." in linked.notes
    assert len(linked.notes) == 4


def test_a_scenario_has_facts_in_the_models_units_and_none_without():
    one = stated(Question(), left_share=(30, 10), **{HOURS: (3, 1)})
    table = scenario_of(one).facts
    assert {name: (fact.value, fact.within) for name, fact in table.items()} == {
        "left_share": (0.3, 0.1),
        HOURS: (3, 1),
    }
    assert not scenario_of(Question()).facts and "facts" not in scenario_of(Question()).to_toml()
    assert fact_words(one.facts[0]) == "30%, give or take 10%"


def test_following_a_question_with_facts_gives_the_numbers_of_compare(small, workshop):
    question = stated(small, newcomers=(3, 2), **{HOURS: (3, 1)})
    memory = Memory()
    steps = list(follow(question, workshop, memory))
    found = steps[-1].result
    known = compare(scenario_of(question), worlds=int(question.futures))
    assert known.facts is not None and found == answers.answer(question, known)
    assert [row.label for row in found.facts.rows] == [FACTS[one.name].value.label for one in question.facts]
    assert "worlds were drawn; with weights for how well they fit, they are worth" in found.facts.sentences[0]
    assert "that fit what is known" in found.outcomes["outputs"].ahead
    assert found.worth is None and found.facts.weighted
    assert any(step.text == answering.YEARS_TEXT for step in steps)
    assert "What is known: Members who joined last year: 3, give or take 2;" in brief(question, found, known.runs, "x")


def test_another_tolerance_simulates_no_year_again_and_narrowed_worlds_are_not_mixed_up(small, workshop, monkeypatch):
    memory = Memory()
    years = []

    def counting(*arguments):
        years.append(arguments[-1])
        return measured_year(*arguments)

    measured_year = answering.measured_year
    monkeypatch.setattr(answering, "measured_year", counting)
    first = list(follow(stated(small, newcomers=(3, 3)), workshop, memory))[-1].result
    assert len(years) >= 4 * int(small.futures)
    years.clear()
    second = list(follow(stated(small, newcomers=(3, 4)), workshop, memory))[-1].result
    assert len(years) == 0 and first.facts != second.facts
    worlds = [list(follow(one, workshop, memory))[-1].result for one in (small, stated(small, **{HOURS: (1.5, 0.5)}))]
    assert worlds[0].facts is None and worlds[1].facts is not None and not worlds[1].facts.weighted
    narrow = stated(small, **{HOURS: (1.5, 0.5)})
    narrowed = compare(scenario_of(narrow), worlds=int(small.futures))
    assert worlds[1].outcomes == answers.answer(narrow, narrowed).outcomes
    assert worlds[1].outcomes != worlds[0].outcomes
    assert narrowed.without_facts == (), "no world was drawn from the whole range"


def test_where_no_world_fits_the_fact_in_the_way_is_named_and_the_rest_is_answered(small, workshop):
    question = stated(small, outputs=(500, 1), newcomers=(3, 3))
    found = list(follow(question, workshop, Memory()))[-1].result
    assert found.facts.problem.startswith(
        "No plausible world fits what you know. In the way: \u201cJoint results last year: 500, give or take 1\u201d. In the "
    )
    assert found.facts.rows == () and found.outcomes["outputs"].worlds is None and "lasting" in found.outcomes
    assert "In the way" in headline_content(found)


def test_without_facts_nothing_is_said_of_them(small, workshop):
    known = compare(scenario_of(small), worlds=4)
    assert facts_card(small, known) is None and answers.answer(small, known).facts is None
