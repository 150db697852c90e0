"""What a result hangs on: bars, budgets and flips agree with plain comparisons, and nothing is run twice."""

import csv
import io
import threading
from dataclasses import replace

import numpy as np
import pytest

from sim.dashboard.asking import Memory
from sim.dashboard.matters import budgets, flips, tornado
from sim.dashboard.matters.inquire import inquire
from sim.dashboard.matters.looks import LEAST, PAIR, Look, look_of
from sim.dashboard.matters.measure import OUTCOMES, Measure
from sim.dashboard.matters.runs import Cell, Shelf, missing, shelf_beside
from sim.dashboard.matters.table import csv_of
from sim.dashboard.matters.variations import settings, unknowns
from sim.dashboard.questions import PRESETS, Question, changed, changed_strategy, held
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.uploaded_network import forget, taken
from sim.dashboard.workshop import Workshop
from sim.inputs.networks.formats import File, to_csv
from sim.inputs.networks.real import karate
from sim.lab.comparison import compare
from sim.lab.results import json_text

QUESTION = held(replace(Question(), members=10, years=1, futures=20, stage="connected"))
LOOK = Look("connected", "a", 12, True)
MONTH = 52 / 12


@pytest.fixture(scope="module")
def workshop():
    """Threads of its own."""
    made = Workshop()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shelf():
    """Runs that the tests of this module share."""
    return Shelf()


@pytest.fixture(scope="module")
def parts(workshop, shelf):
    """All that comes of a small question."""
    return list(inquire(QUESTION, LOOK, workshop, shelf))


@pytest.fixture(scope="module")
def told(parts):
    """What is found in the end."""
    assert parts[-1].final
    return parts[-1].told


def bar(told, key):
    """A bar of the tornado."""
    return next(one for one in told["tornado"]["rows"] if one["key"] == key)


def months(comparison, key, stage="connected", count=12):
    """Restricted months of the first futures, by plain arithmetic."""
    weeks = comparison.weeks(key, stage)[:count]
    return np.where(np.isnan(weeks), comparison.scenario.weeks, weeks) / MONTH


def test_bars_end_where_the_comparison_of_the_same_settings_does(told):
    now = months(compare(scenario_of(QUESTION)), "a")
    assert told["tornado"]["present"]["mean"] == pytest.approx(now.mean())
    cheap = bar(told, "budget")["ends"]["low"]
    assert cheap["words"] == "$20,000 a year" and cheap["value"] == 20_000
    there = months(compare(scenario_of(changed(QUESTION, "budget", 20_000))), "a")
    assert cheap["mean"] == pytest.approx(there.mean())
    assert cheap["change"][0] == pytest.approx((there - now).mean())
    half = 2.200985 * (there - now).std(ddof=1) / np.sqrt(12)  # t quantile of 11 degrees of freedom
    assert cheap["change"][1:] == pytest.approx([(there - now).mean() - half, (there - now).mean() + half], rel=1e-5)


def test_an_unknown_is_set_as_a_scenario_would_have_it(told):
    one = next(one for one in told["tornado"]["rows"] if one["kind"] == "unknown" and "high" in one["ends"])
    scenario = scenario_of(QUESTION).with_({one["key"]: one["ends"]["high"]["value"]})
    found = compare(scenario, 12, strategies=["a", "b"], renewal=False)
    assert one["ends"]["high"]["mean"] == pytest.approx(months(found, "a").mean())


def test_what_does_nothing_has_an_interval_at_zero_and_is_no_bar(workshop, shelf):
    """Nobody convenes: what a convening is like cannot matter."""
    base = {"a": shelf.cell(scenario_of(QUESTION), "a", 1)}
    some = [one for one in unknowns(scenario_of(QUESTION)) if one.key == "convening.deep_trust"]
    assert len(some) == 1
    ends = {name: {"a": shelf.cell(end.scenario(), "a", 1)} for name, end in some[0].ends.items()}
    worlds = tornado.Worlds(some[0], ends)
    for task in missing([*base.values(), *worlds.cells()], range(12)):
        shelf.run(task)
    row = tornado.row(Measure("connected", ("a",)), base, worlds, range(12))
    assert row["still"] and not row["clear"] and row["swing"] == 0
    assert all(end["change"] == [0, 0, 0] for end in row["ends"].values())
    assert tornado.strongest(Measure("connected", ("a",)), base, [worlds], range(12), 5) == []


def test_bars_are_ordered_by_swing_and_say_what_is_clear(told):
    rows = told["tornado"]["rows"]
    assert [one["swing"] for one in rows] == sorted((one["swing"] for one in rows), reverse=True)
    assert {one["kind"] for one in rows} >= {"setting", "unknown"}
    for one in rows:
        intervals = [end["change"] for end in one["ends"].values()]
        clear = any(low > 0 or high < 0 for _, low, high in intervals)
        assert one["clear"] or not clear
        means = [told["tornado"]["present"]["mean"], *(end["mean"] for end in one["ends"].values())]
        assert one["swing"] == pytest.approx(max(means) - min(means))
    first = next(one for one in rows if one["kind"] == "setting" and one["clear"])
    assert first["label"] in told["tornado"]["headline"][0]


def test_screening_keeps_what_moves_most_and_drops_what_does_nothing():
    scenario = scenario_of(QUESTION)
    few = {one.key: one for one in unknowns(scenario)}

    def cell(shift):
        """A cell whose futures connect so many weeks later."""
        return {"a": Cell(scenario, "a", 1, {r: (10.0 + r + shift, 1, 1, 1, 0, 0) for r in range(4)})}

    keys = ("trust.decay", "giving.base", "giving.value", "trust.gain")
    moves = dict(zip(keys, (1.0, -6.0, 0.0, 3.0), strict=True))
    some = [tornado.Worlds(few[key], {"low": cell(0.0), "high": cell(move)}) for key, move in moves.items()]
    ranked = tornado.strongest(Measure("connected", ("a",)), cell(0.0), some, range(4), 9)
    assert [one.variation.key for one in ranked] == ["giving.base", "trust.gain", "trust.decay"]
    rows = tornado.rows(Measure("connected", ("a",)), cell(0.0), some, range(4))
    assert [round(one["swing"] * MONTH, 6) for one in rows] == [6, 3, 1, 0]
    assert [one["clear"] for one in rows] == [True, True, True, False]


def test_curves_over_budgets_are_those_of_comparisons(told):
    swept = told["sweep"]
    assert swept["present"] in swept["budgets"] and swept["budgets"][0] == 0 and swept["budgets"][-1] == 80_000
    for budget in (0.0, 60_000.0):
        found = compare(scenario_of(changed(QUESTION, "budget", budget)), renewal=False)
        for key, curve in swept["curves"].items():
            place = swept["budgets"].index(budget)
            assert curve["mean"][place] == pytest.approx(months(found, key).mean())
            assert curve["low"][place] <= curve["mean"][place] <= curve["high"][place]
    idle = swept["curves"]["c"]["mean"]
    assert max(idle) == min(idle)
    assert (
        "the next $10,000 a year" in swept["words"][0]
        and swept["words"][2] == "Do nothing spends nothing at any budget."
    )


def test_more_money_stops_buying_where_no_larger_budget_is_clearly_better():
    scenario, rng = scenario_of(QUESTION), np.random.default_rng(1)
    luck = rng.normal(0, 0.5, 30)

    def point(mean):
        """A budget at which this many outputs are brought."""
        return {
            "a": Cell(scenario, "a", 1, {r: (1, 1, 1, 1, mean + luck[r] + rng.normal(0, 0.1), 0) for r in range(30)})
        }

    points = {0.0: point(2), 10.0: point(6), 20.0: point(9), 30.0: point(9), 40.0: point(9)}
    measure = Measure("outputs", ("a",))
    found = budgets.gain(measure, "a", points, 10.0, 0.0, range(30))
    assert found.clear and found.mean == pytest.approx(4, abs=0.2)
    assert budgets.enough(measure, "a", points, range(30)) == 20.0
    assert budgets.enough(measure, "a", {0.0: point(2), 10.0: point(4)}, range(30)) is None


def test_regions_change_where_an_end_of_the_interval_crosses_zero():
    points = [
        {"x": 0, "mean": -4, "low": -6, "high": -2},
        {"x": 10, "mean": 0, "low": -2, "high": 2},
        {"x": 20, "mean": 4, "low": 2, "high": 6},
    ]
    found = flips.regions(points)
    assert [(one.low, one.high, one.who) for one in found] == [
        (0, 5, flips.SECOND),
        (5, 15, flips.OPEN),
        (15, 20, flips.FIRST),
    ]
    assert flips.verdict(found) == "flips"
    assert flips.ends("$24,000 a year", "and", "$48,000 a year") == "$24,000 and $48,000 a year"
    assert flips.ends("1 year", "to", "5 years") == "1 year to 5 years"
    axis = replace(flips.axes(QUESTION)[0], values=(0, 10, 20), step=1, words=lambda value: f"${value:.0f}")
    labels = {flips.FIRST: "A", flips.SECOND: "B"}
    assert flips.sentence(axis, found, labels) == (
        "Below about $5 B leads; between $5 and $15 it can\u2019t be told; above about $15 A leads."
    )
    assert flips.crossing([points[0], points[2]], axis) == 10
    assert flips.crossing(points[1:], axis) is None
    always = flips.regions([*points[2:], {**points[2], "x": 30}])
    assert flips.verdict(always) == "holds" and flips.sentence(axis, always, labels).startswith(
        "Everywhere from $0 to $20, A leads"
    )
    thin = [flips.Region(0, 50, flips.FIRST), flips.Region(50, 52, flips.OPEN), flips.Region(52, 99, flips.FIRST)]
    assert flips.without_gaps(thin) == [flips.Region(0, 99, flips.FIRST)]
    assert flips.sentence(axis, thin, labels).startswith("Nearly everywhere")


def test_the_lead_along_a_setting_is_that_of_direct_comparisons_on_either_side(told):
    first, second = told["flips"]["pair"]
    assert {axis["key"] for axis in told["flips"]["axes"]} >= {"budget", "members", "degree", "hub", "leaves", "years"}
    budget = next(axis for axis in told["flips"]["axes"] if axis["key"] == "budget")
    for point in (budget["points"][1], budget["points"][-1]):
        found = compare(
            scenario_of(changed(QUESTION, "budget", point["x"])), 12, strategies=[first, second], renewal=False
        )
        lead = months(found, second) - months(found, first)
        assert point["mean"] == pytest.approx(lead.mean())
        who = next(one["who"] for one in budget["regions"] if one["low"] <= point["x"] <= one["high"])
        if lead.std() > 0 and abs(point["low"]) > 0.01 and abs(point["high"]) > 0.01:
            assert who == (flips.FIRST if point["low"] > 0 else flips.SECOND if point["high"] < 0 else flips.OPEN)


def test_what_is_found_comes_piece_by_piece_and_counts_its_runs(parts):
    news = [part for part in parts if part.told]
    assert [sorted({"tornado", "sweep", "flips"} & part.told.keys()) for part in news[:3]] == [
        ["tornado"],
        ["sweep", "tornado"],
        ["flips", "sweep", "tornado"],
    ]
    assert [part.done for part in parts] == sorted(part.done for part in parts)
    assert parts[-1].done == parts[-1].total > 500
    assert not news[0].told["tornado"]["screening"] and "plausible range" in news[-1].told["tornado"]["screening"]


def test_asked_again_nothing_is_run_and_the_same_is_found(parts, workshop, shelf):
    kept = list(inquire(QUESTION, LOOK, workshop, shelf))
    assert len(kept) == 1 and kept[0].final and kept[0].told == parts[-1].told
    shelf._answers.clear()
    again = list(inquire(QUESTION, LOOK, workshop, shelf))[-1]
    assert again.final and again.done == 0
    assert json_text(again.told) == json_text(parts[-1].told)


def test_runs_of_the_home_page_are_taken_over(shelf):
    runs = compare(scenario_of(QUESTION)).runs
    cell = Shelf().cell(scenario_of(QUESTION), "b", 1)
    cell.know(runs[runs["strategy"] == "b"])
    own = shelf.cell(scenario_of(QUESTION), "b", 1)
    for task in missing([own], range(20)):
        shelf.run(task)
    assert np.array_equal(cell.values(range(20)), own.values(range(20)), equal_nan=True)


def test_leaving_gives_the_workshop_back_and_keeps_what_was_run(workshop):
    shelf, asked = Shelf(), iter(range(10**6))
    steps = list(inquire(replace(QUESTION, seed=5), LOOK, workshop, shelf, lambda: next(asked) > 3))
    assert not any(step.final for step in steps)
    assert workshop.busy == 0
    assert any(len(runs) for runs in shelf._cells.values())


def test_the_same_run_is_not_made_twice_at_a_time():
    shelf, cell = Shelf(), None
    cell = shelf.cell(scenario_of(QUESTION), "a", 9)
    threads = [threading.Thread(target=shelf.run, args=((cell, 0),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(cell.runs) == [0] and not shelf._under_way
    assert shelf.cell(scenario_of(replace(QUESTION, stage="aligned")), "a", 9).runs is cell.runs
    assert shelf.cell(scenario_of(changed(QUESTION, "budget", 10_000)), "a", 9).runs is not cell.runs
    idle = [shelf.cell(scenario_of(changed(QUESTION, "budget", sum_)), "c", 9).runs for sum_ in (0, 50_000)]
    assert idle[0] is idle[1]


def test_the_shelf_forgets_what_was_not_used_for_the_longest():
    shelf = Shelf(most=3)
    old, new = (shelf.cell(scenario_of(replace(QUESTION, seed=1)), key, 1) for key in "ab")
    for cell in (old, new):
        cell.runs.update({0: (0.0,) * 6, 1: (0.0,) * 6})
    shelf.trim()
    assert shelf.cell(scenario_of(QUESTION), "b", 1).runs is new.runs
    assert shelf.cell(scenario_of(QUESTION), "a", 1).runs is not old.runs
    memory = Memory()
    assert shelf_beside(memory) is shelf_beside(memory) is not shelf_beside(Memory())


def test_a_question_that_cannot_be_is_a_sentence(workshop):
    found = list(inquire(replace(QUESTION, own="0123456789ab"), LOOK, workshop, Shelf()))
    assert [part.final for part in found] == [False] and "uploaded network" in found[0].fault


def test_an_uploaded_network_is_varied_in_what_can_be_varied_of_it(workshop):
    own = taken([File(name, text.encode()) for name, text in zip(("m.csv", "t.csv"), to_csv(karate()), strict=True)])
    question = own.asked(held(replace(QUESTION, own=own.fingerprint)))
    parts = inquire(question, LOOK, workshop, Shelf(), folder=own.folder)
    told = next(part.told for part in parts if part.told and "flips" in part.told)
    parts.close()
    assert workshop.busy == 0
    keys = {one["key"] for one in told["tornado"]["rows"]}
    assert {"budget", "a.hub"} <= keys and not {"members", "degree"} & keys
    assert {axis["key"] for axis in told["flips"]["axes"]} == {"budget", "strangers", "hub", "align", "leaves", "years"}
    now = compare(scenario_of(question, own.folder), 12, strategies=["a", "b"], renewal=False)
    forget(own)
    assert told["tornado"]["present"]["mean"] == pytest.approx(months(now, "a").mean())


def test_settings_stay_within_their_dials_and_say_what_they_are():
    edge = held(
        replace(
            QUESTION,
            degree=0,
            budget=0,
            strategies=(replace(PRESETS["personal"], hub=0, personal=100), PRESETS["nothing"]),
        )
    )
    found = {one.key: one for one in settings(edge, ("a", "b"), None)}
    assert found["degree"].low is None and found["degree"].high.words == "1 tie each"
    assert found["budget"].low is None and found["budget"].high.value == 10_000
    assert found["a.hub"].low is None and found["a.personal"].high is None
    assert not any(key.startswith("b.") for key in found)
    expected = changed_strategy(edge, 0, "personal", 80)
    assert found["a.personal"].low.scenario() == scenario_of(expected)
    assert found["leaves"].present == "stays" and found["leaves"].high.words == "after 6 months"
    later = {one.key: one for one in settings(held(replace(QUESTION, leaves=6)), ("a",), None)}
    assert later["leaves"].low.words == "stays" and later["leaves"].high is None


def test_a_link_says_what_to_look_at_and_can_ask_for_no_more_than_the_machine_should_do():
    assert look_of("", Question()) == Look("aligned", "lead", 48)
    found = look_of(f"result=outputs&whose={PAIR}&each=96", Question())
    assert (found.outcome, found.whose, found.each) == ("outputs", "pair", 96)
    assert look_of(found.query, Question()) == found
    wild = look_of("result=gold&whose=z&each=99999999", Question())
    assert (wild.outcome, wild.whose, wild.each) == ("aligned", "lead", 48)
    large = look_of("each=192", held(replace(Question(), members=500, years=5)))
    assert large.each == LEAST and large.brief


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_lead_is_above_zero_where_the_first_is_better(outcome):
    scenario = scenario_of(QUESTION)
    good = Cell(scenario, "a", 1, {0: (1, 1, 1, 1, 9, 9), 1: (2, 2, 2, 2, 9, 9)})
    poor = Cell(scenario, "b", 1, {0: (np.nan, np.nan, 9, 9, 1, 1), 1: (9, 9, 9, 9, 1, 1)})
    lead = Measure(outcome, ("a", "b"))
    assert (lead.of({"a": good, "b": poor}, range(2)) > 0).all()
    assert lead.words(2.0).endswith(("sooner", "more")) and lead.words(-2.0).endswith(("later", "fewer"))


def test_the_table_holds_what_is_drawn(told):
    rows = list(csv.DictReader(io.StringIO(csv_of(told))))
    bars = [row for row in rows if row["part"] == "bars"]
    assert len(bars) == 1 + sum(len(one["ends"]) for one in told["tornado"]["rows"])
    cheap = next(row for row in bars if row["what"] == "Budget" and row["at"] == "low")
    assert float(cheap["mean"]) == bar(told, "budget")["ends"]["low"]["mean"] and cheap["unit"] == "months"
    assert len([row for row in rows if row["part"] == "budgets"]) == 3 * len(told["sweep"]["budgets"])
    assert len([row for row in rows if row["part"] == "lead"]) == sum(len(a["points"]) for a in told["flips"]["axes"])
