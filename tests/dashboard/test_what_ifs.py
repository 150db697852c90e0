"""Ready what-ifs: one for each claim, within bounds, about at least two strategies."""

from sim.dashboard.questions import from_query, held
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.what_ifs import QUESTIONS, what_if
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
