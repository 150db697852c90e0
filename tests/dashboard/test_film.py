"""Films: the same future as a plain run, shown as spans of weeks."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sim.dashboard.network_drawing import called
from sim.dashboard.pages.watch import state
from sim.dashboard.pages.watch.state import Spans, film, film_side
from sim.dashboard.questions import Question, held
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.shared.templates import packed
from sim.lab.future import simulate

QUESTION = held(replace(Question(), members=30, years=2, futures=20))


@pytest.fixture(scope="module")
def made():
    """A film of two strategies, and the two runs that it is of."""
    scenario = scenario_of(QUESTION)
    records = [simulate(scenario, key, 1, 3, ledger=True, renewal=False) for key in ("a", "c")]
    return film(QUESTION, ("a", "c"), 3), records


def at(spans, week, since, to):
    """Spans that hold in a week."""
    return [span for span in spans if span[since] <= week < span[to]]


def test_every_week_has_the_members_and_ties_of_the_run(made):
    shown, records = made
    for one, record in zip(shown.sides, records, strict=True):
        weekly = record.weekly
        for week in (1, 7, 52, 104):
            assert len(at(one.members, week, 2, 3)) == weekly.members[week - 1]
            assert len(at(one.ties, week, 4, 5)) == weekly.ties[week - 1]
            groups = sum(weekly[f"groups_{phase}"][week - 1] for phase in ("forming", "aligning", "pilot", "project"))
            assert len(at(one.phases, week, 2, 3)) == groups
        assert one.outputs[-1] == weekly.outputs.sum()
        assert {stage: reached for stage, (reached, _) in one.stages.items()} == record.reached
        for stage, (_, lost) in one.stages.items():
            week = record.outcomes[f"{stage}_lost_week"]
            assert lost == week or (lost is None and np.isnan(week))


def test_the_last_week_has_exactly_the_ties_of_the_network_at_the_end(made):
    shown, records = made
    for one, record in zip(shown.sides, records, strict=True):
        assert {(a, b) for a, b, *_ in at(one.ties, 104, 4, 5)} == {
            tuple(sorted(edge)) for edge in record.network.edges
        }
        groups = {row: number for row, number, *_ in at(one.members, 104, 2, 3)}
        assert groups == dict(record.network.nodes(data="group"))
        assert [one.names[row] for row in record.network] == [called(row, record.start.names) for row in record.network]
        assert one.names[0] == "Member 1"


def test_leavers_have_their_week_and_how_they_left(made):
    shown, records = made
    for one, record in zip(shown.sides, records, strict=True):
        weekly = record.weekly
        out = [week for week, how in one.left.values() if how == "out"]
        away = [week for week, how in one.left.values() if how == "away"]
        assert sorted(out) == sorted(np.repeat(weekly.week, (weekly.dropped_out + weekly.removed).astype(int)))
        assert sorted(away) == sorted(np.repeat(weekly.week, weekly.broken_away.astype(int)))


def test_break_aways_are_distinguished_from_members_who_leave_alone():
    question = held(replace(QUESTION, years=3))
    scenario = scenario_of(question)
    records = (simulate(scenario, "c", 1, n, renewal=False) for n in range(60))
    found = [record for record in records if record.outcomes["broken_away"] > 0][:3]
    assert found
    for record in found:
        made, _ = film_side(question, "c", record.replicate)
        weekly = record.weekly
        away = sorted(week for week, how in made.left.values() if how == "away")
        assert away == sorted(np.repeat(weekly.week, weekly.broken_away.astype(int)))


def test_gifts_are_counted_from_the_ledger(made):
    shown, records = made
    for one, record in zip(shown.sides, records, strict=True):
        ledger = record.ledger
        assert np.sum(one.received) == len(ledger)
        first = ledger[ledger.hops == 0]
        assert np.sum(one.given) == (first.source >= 0).sum()
        most = ledger.groupby("week").size().reindex(range(1, 105), fill_value=0)
        assert [len(some) for some in one.gifts] == most.clip(upper=40).tolist()
    assert shown.sides[0].coordinated and not shown.sides[1].coordinated


def test_everybody_has_a_different_place_inside_the_circle(made):
    shown, _ = made
    places = np.array(shown.places)
    assert len(places) == max(len(one.names) for one in shown.sides)
    assert np.hypot(*places.T).max() <= 1.001
    assert len(np.unique(places, axis=0)) == len(places)


def test_a_film_is_the_same_every_time_and_fit_for_json(made):
    assert film(QUESTION, ("a", "c"), 3) == made[0]
    assert json.loads(packed(made[0]))["replicate"] == 3


def test_a_dropped_film_stops():
    linked = iter([False, False, True])
    with pytest.raises(state.Dropped):
        film(QUESTION, ("a", "b"), 0, lambda: next(linked))


def test_spans_end_when_the_value_changes():
    spans = Spans()
    for week, now in enumerate([{"x": 1}, {"x": 1, "y": 5}, {"x": 2}, {}, {"x": 2}]):
        spans.see(week, now)
    assert spans.end(5) == [("x", 1, 0, 2), ("y", 5, 1, 2), ("x", 2, 2, 3), ("x", 2, 4, 5)]
