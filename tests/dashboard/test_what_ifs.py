"""Ready what-ifs: one for each claim, within bounds, about at least two strategies."""

from dataclasses import replace

import pytest

from sim.dashboard.questions import LinkedPair, Question, changed_strategy, from_query, held
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.what_ifs import OFFERED, QUESTIONS, asked_if, changes_words, offered, what_if
from sim.evidence.published import published


def test_every_claim_has_a_what_if_that_opens_as_it_is():
    assert set(QUESTIONS) == {row["claim"] for row in published()["claims"]["rows"]}
    for number, question in QUESTIONS.items():
        linked = from_query(what_if(number))
        assert linked.question == question == held(question) and linked.notes == (), number
        assert len(set(question.strategies)) >= 2, number
        assert list(scenario_of(question).strategies) == list(question.keys)
    assert what_if(999) == ""


def test_a_fixed_organisation_and_a_shifting_problem_are_changes_of_the_scenario():
    scenario = scenario_of(QUESTIONS[20])
    actions = [[(change.week, change.action) for change in one.changes] for one in scenario.strategies.values()]
    assert actions == [[(78, "problem_shift")], [(78, "problem_shift"), (0, "set")]]


@pytest.mark.parametrize("name", OFFERED)
def test_a_what_if_keeps_the_first_question_to_compare_with(name):
    first = LinkedPair(changed_strategy(Question(years=4, leaves=18), 0, "in_person", 20))
    one = asked_if(first, name)
    assert one.before == first.question and one.question == held(one.question) != first.question
    assert asked_if(one, "twice").before == first.question
    assert scenario_of(one.question)
    assert asked_if(first, "unknown") == first


def test_what_ifs_that_change_nothing_say_so_and_own_settings_change_too():
    changes = {name: change for name, _, change in offered(Question())}
    assert not changes["online"] and not changes["stays"] and changes["twice"] and changes["leaves-2"]
    own = changed_strategy(Question(), 1, "budget", 60_000)
    twice = asked_if(LinkedPair(own), "twice").question
    assert twice.budget == 80_000 and dict(twice.strategies[1].differs) == {"budget": 120_000}
    stays = changed_strategy(replace(Question(), leaves=12), 0, "leaves", 24)
    now = asked_if(LinkedPair(stays), "stays").question
    assert [now.seen_by(one).leaves for one in now.strategies] == [0, 0, 0]


def test_what_has_been_changed_is_said_once_for_all_strategies():
    def said(name):
        pair = asked_if(LinkedPair(Question(years=4)), name)
        return changes_words(pair.question, pair.before)

    assert said("twice") == "Changed: budget $80,000 a year instead of $40,000 a year."
    assert said("leaves-2") == "Changed: coordinator leaves after 24 months instead of never."
    assert said("in-person") == "Changed: money for meeting in person 30% of budget instead of 0% of budget."
    own = changed_strategy(changed_strategy(Question(), 0, "budget", 60_000), 1, "policy", "never")
    assert changes_words(own, Question()) == (
        "Changed: budget $60,000 a year instead of $40,000 a year; when the focus changes "
        "\u201cnever: keep connecting\u201d instead of \u201cwhen the network is ready\u201d."
    )
    assert changes_words(own, own) == ""
