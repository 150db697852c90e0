"""What drives a result: bars, budgets and leads agree with plain comparisons, and nothing is run twice."""

import csv
import io
import threading
from dataclasses import replace

import numpy as np
import pytest

from sim.dashboard.answering import Memory
from sim.dashboard.pages.drivers import flips, tornado
from sim.dashboard.pages.drivers.driver_analysis import analyse, cells_in
from sim.dashboard.pages.drivers.driver_findings import Bar, LeadPoint, Region, findings_csv
from sim.dashboard.pages.drivers.metric import FEWEST_FUTURES, OUTCOMES, PAIR, Metric, Selection, selection_of
from sim.dashboard.pages.drivers.run_cache import Cell, RunCache, cache_of, missing
from sim.dashboard.pages.drivers.tornado import parameters, settings
from sim.dashboard.questions import PRESETS, Question, changed, changed_strategy, held
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.uploaded_network import forget, upload
from sim.dashboard.workshop import Workshop
from sim.inputs.networks import build
from sim.inputs.networks.kinds import Karate
from sim.inputs.networks.network_writing import to_csv
from sim.inputs.reading.plain import File
from sim.inputs.scenario.errors import ScenarioError
from sim.lab.analysis.sequential import PairedOutcome
from sim.lab.comparison import compare
from tests.examples import FOURTH, OTHER, PARAMETER, THIRD

QUESTION = held(replace(Question(), members=10, years=1, futures=20, stage="connected"))
SELECTION = Selection("connected", "a", 12, True)
MONTH = 52 / 12


@pytest.fixture(scope="module")
def workshop():
    """Threads of its own."""
    made = Workshop()
    yield made
    made.close()


@pytest.fixture(scope="module")
def cache():
    """Runs that the tests of this module share."""
    return RunCache()


@pytest.fixture(scope="module")
def parts(workshop, cache):
    """All updates for a small question."""
    return list(analyse(QUESTION, SELECTION, workshop, cache))


@pytest.fixture(scope="module")
def findings(parts):
    """The complete findings."""
    assert parts[-1].final
    return parts[-1].result


def bar(findings, key):
    """A bar of the tornado."""
    return next(one for one in findings.tornado.rows if one.key == key)


def months(comparison, key, stage="connected", count=12):
    """Restricted months of the first futures, by plain arithmetic."""
    weeks = comparison.weeks(key, stage)[:count]
    return np.where(np.isnan(weeks), comparison.scenario.weeks, weeks) / MONTH


def test_bars_agree_with_a_comparison_of_the_same_settings(findings):
    now = months(compare(scenario_of(QUESTION)), "a")
    assert findings.tornado.present.mean == pytest.approx(now.mean())
    cheap = bar(findings, "budget").ends["low"]
    assert cheap.words == "$20,000 a year" and cheap.value == 20_000
    there = months(compare(scenario_of(changed(QUESTION, "budget", 20_000))), "a")
    assert cheap.mean == pytest.approx(there.mean())
    assert cheap.change[0] == pytest.approx((there - now).mean())
    half = 2.200985 * (there - now).std(ddof=1) / np.sqrt(12)  # t quantile of 11 degrees of freedom
    assert cheap.change[1:] == pytest.approx(((there - now).mean() - half, (there - now).mean() + half), rel=1e-5)


def test_a_parameter_is_set_as_a_scenario_would_set_it(findings):
    one = next(one for one in findings.tornado.rows if one.kind == "uncertain" and "high" in one.ends)
    scenario = scenario_of(QUESTION).with_({one.key: one.ends["high"].value})
    found = compare(scenario, 12, strategies=["a", "b"], renewal=False)
    assert one.ends["high"].mean == pytest.approx(months(found, "a").mean())


def test_a_parameter_without_effect_has_an_interval_at_zero_and_no_bar(cache):
    """Nobody convenes: what a convening is like cannot matter."""
    base = {"a": cache.cell(scenario_of(QUESTION), "a", 1)}
    some = [one for one in parameters(scenario_of(QUESTION)) if one.key == "convening.head_hours"]
    assert len(some) == 1
    ends = {name: {"a": cache.cell(end.scenario(), "a", 1)} for name, end in some[0].ends.items()}
    worlds = tornado.VariedWorlds(some[0], ends)
    for task in missing(cells_in([base, *worlds.ends.values()]), range(12)):
        cache.run(task)
    bar = tornado.bar(Metric("connected", ("a",)), base, worlds, range(12))
    assert bar.unchanged and not bar.clear and bar.swing == 0
    assert all(end.change == (0, 0, 0) for end in bar.ends.values())
    assert tornado.by_swing(Metric("connected", ("a",)), base, [worlds], range(12)) == []


def test_bars_are_ordered_by_swing_and_say_what_is_clear(findings):
    rows = findings.tornado.rows
    assert [one.swing for one in rows] == sorted((one.swing for one in rows), reverse=True)
    assert {one.kind for one in rows} >= {"setting", "uncertain"}
    for one in rows:
        for end in one.ends.values():
            _, low, high = end.change
            assert low > 0 or high < 0 or not end.clear, "what is clear among all bars is clear by itself"
            assert one.clear or not end.clear
        means = [findings.tornado.present.mean, *(end.mean for end in one.ends.values())]
        assert one.swing == pytest.approx(max(means) - min(means))
    first = next(one for one in rows if one.kind == "setting" and one.clear)
    assert first.label in findings.tornado.headline[0]


def test_screening_keeps_what_moves_most_and_drops_what_does_nothing():
    scenario = scenario_of(QUESTION)
    few = {one.key: one for one in parameters(scenario)}

    def cell(shift):
        """A cell whose futures connect so many weeks later."""
        return {"a": Cell(scenario, "a", 1, {r: (10.0 + r + shift, 1, 1, 1, 0, 0) for r in range(20)})}

    keys = (PARAMETER, OTHER, THIRD, FOURTH)
    moves = dict(zip(keys, (1.0, -6.0, 0.0, 3.0), strict=True))
    some = [tornado.VariedWorlds(few[key], {"low": cell(0.0), "high": cell(move)}) for key, move in moves.items()]
    metric = Metric("connected", ("a",))
    ranked = tornado.by_swing(metric, cell(0.0), some, range(20))
    assert [one.variation.key for one in ranked] == [OTHER, FOURTH, PARAMETER]
    rows = tornado.judged([tornado.bar(metric, cell(0.0), one, range(20)) for one in some])
    assert [round(one.swing * MONTH, 6) for one in rows] == [1, 6, 0, 3]
    assert [one.clear for one in rows] == [True, True, False, True]


def test_curves_over_budgets_are_those_of_comparisons(findings):
    found = findings.budgets
    assert found.present in found.budgets and found.budgets[0] == 0 and found.budgets[-1] == 80_000
    for budget in (0.0, 60_000.0):
        comparison = compare(scenario_of(changed(QUESTION, "budget", budget)), renewal=False)
        for key, curve in found.curves.items():
            estimate = curve[found.budgets.index(budget)]
            assert estimate.mean == pytest.approx(months(comparison, key).mean())
            assert estimate.low <= estimate.mean <= estimate.high
    assert len({estimate.mean for estimate in found.curves["c"]}) == 1
    assert "the next $10,000 a year" in found.words[0]
    assert found.words[2] == "Do nothing spends nothing at any budget."


def test_more_money_stops_buying_where_no_larger_budget_is_clearly_better():
    scenario, rng = scenario_of(QUESTION), np.random.default_rng(1)
    luck = rng.normal(0, 0.5, 30)

    def point(mean):
        """A budget at which this many outputs are brought."""
        return {
            "a": Cell(scenario, "a", 1, {r: (1, 1, 1, 1, mean + luck[r] + rng.normal(0, 0.1), 0) for r in range(30)})
        }

    points = {0.0: point(2), 10.0: point(6), 20.0: point(9), 30.0: point(9), 40.0: point(9)}
    gains = flips.BudgetGains(Metric("outputs", ("a",)), points, range(30), flips.confidence_of(10))
    found = gains.gain(10.0, 0.0)
    assert found.clear and found.mean == pytest.approx(4, abs=0.2)
    assert gains.enough() == 20.0
    assert replace(gains, cells={0.0: point(2), 10.0: point(4)}).enough() is None


def test_one_page_in_twenty_at_most_names_a_leader_or_a_gain_where_there_is_none():
    scenario, rng, pages, futures = scenario_of(QUESTION), np.random.default_rng(2), 300, range(40)
    axes = flips.lead_axes(QUESTION)[:4]
    wrong = 0

    def cells(keys):
        return {key: Cell(scenario, key, 1, {r: (1, 1, 1, 1, rng.normal(), 0) for r in futures}) for key in keys}

    for _ in range(pages):
        along = {axis: {value: cells("ab") for value in axis.values} for axis in axes}
        leads = flips.flips(Metric("outputs", ("a", "b")), QUESTION, cells("ab"), along, futures)
        gains = flips.BudgetGains(
            Metric("outputs", ("a",)), {b: cells("a") for b in range(8)}, futures, flips.confidence_of(28)
        )
        wrong += any(axis.verdict != "unclear" for axis in leads.axes) + (gains.enough() != 0)
    # Two families a page, each wrong in at most 2.5% at one of two looks: 15 of 600, with four standard errors 30.
    assert wrong <= 30


def test_regions_change_where_an_end_of_the_interval_crosses_zero():
    points = [LeadPoint(0, -4, -6, -2), LeadPoint(10, 0, -2, 2), LeadPoint(20, 4, 2, 6)]
    found = flips.regions(points)
    assert found == [Region(0, 5, "second"), Region(5, 15, "unclear"), Region(15, 20, "first")]
    assert flips.verdict(found) == "flips"
    assert flips.between("$24,000 a year", "and", "$48,000 a year") == "$24,000 and $48,000 a year"
    assert flips.between("1 year", "to", "5 years") == "1 year to 5 years"
    axis = replace(flips.lead_axes(QUESTION)[0], values=(0, 10, 20), step=1, words=lambda value: f"${value:.0f}")
    labels = {"first": "A", "second": "B"}
    assert flips.sentence(axis, found, labels) == (
        "Below about $5 B leads; between $5 and $15 there is no clear difference; above about $15 A leads."
    )
    assert flips.crossing([points[0], points[2]], axis) == 10
    assert flips.crossing(points[1:], axis) is None
    always = flips.regions([*points[2:], replace(points[2], x=30)])
    assert flips.verdict(always) == "holds"
    assert flips.sentence(axis, always, labels).startswith("Everywhere from $0 to $20, A leads")


def test_a_narrow_unclear_region_is_left_out_of_sentences():
    narrow = [Region(0, 50, "first"), Region(50, 52, "unclear"), Region(52, 99, "first")]
    assert flips.without_narrow(narrow) == [Region(0, 99, "first")]
    axis = flips.lead_axes(QUESTION)[0]
    assert flips.sentence(axis, narrow, {"first": "A", "second": "B"}).startswith("Nearly everywhere")


def test_the_lead_along_a_setting_agrees_with_direct_comparisons(findings):
    first, second = findings.flips.pair
    assert {axis.key for axis in findings.flips.axes} >= {"budget", "members", "degree", "hub", "leaves", "years"}
    budget = next(axis for axis in findings.flips.axes if axis.key == "budget")
    for point in (budget.points[1], budget.points[-1]):
        question = changed(QUESTION, "budget", point.x)
        found = compare(scenario_of(question), 12, strategies=[first, second], renewal=False)
        lead = months(found, second) - months(found, first)
        assert point.mean == pytest.approx(lead.mean())
        leader = next(one.leader for one in budget.regions if one.low <= point.x <= one.high)
        if lead.std() > 0 and abs(point.low) > 0.01 and abs(point.high) > 0.01:
            assert leader == ("first" if point.low > 0 else "second" if point.high < 0 else "unclear")


def test_findings_come_part_by_part_and_runs_are_counted(parts):
    news = [part.result for part in parts if part.result]
    there = [[name for name in ("tornado", "budgets", "flips") if getattr(found, name)] for found in news[:3]]
    assert there == [["tornado"], ["tornado", "budgets"], ["tornado", "budgets", "flips"]]
    assert [part.done for part in parts] == sorted(part.done for part in parts)
    assert parts[-1].done == parts[-1].total > 500
    assert not news[0].tornado.screening and "plausible range" in news[-1].tornado.screening


def test_asked_again_nothing_is_run_and_the_findings_are_the_same(parts, workshop, cache):
    kept = list(analyse(QUESTION, SELECTION, workshop, cache))
    assert len(kept) == 1 and kept[0].final and kept[0].result == parts[-1].result
    cache._findings.clear()
    again = list(analyse(QUESTION, SELECTION, workshop, cache))[-1]
    assert again.final and again.done == 0
    assert again.result == parts[-1].result


def test_runs_of_the_compare_page_are_used(cache):
    runs = compare(scenario_of(QUESTION)).runs
    cell = RunCache().cell(scenario_of(QUESTION), "b", 1)
    cell.add(runs[runs["strategy"] == "b"])
    own = cache.cell(scenario_of(QUESTION), "b", 1)
    for task in missing([own], range(20)):
        cache.run(task)
    assert np.array_equal(cell.values(range(20)), own.values(range(20)), equal_nan=True)


def test_leaving_stops_the_analysis_and_keeps_finished_runs(workshop):
    cache = RunCache()

    def left():
        """Leave as soon as there is a run."""
        return any(len(runs) for runs in list(cache._cells.values()))

    steps = list(analyse(replace(QUESTION, seed=5), SELECTION, workshop, cache, left))
    assert not any(step.final for step in steps)
    assert workshop.busy == 0
    assert any(len(runs) for runs in cache._cells.values())


def test_threads_do_not_run_the_same_future_twice():
    cache, cell = RunCache(), None
    cell = cache.cell(scenario_of(QUESTION), "a", 9)
    threads = [threading.Thread(target=cache.run, args=((cell, 0),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(cell.runs) == [0] and not cache._running
    assert cache.cell(scenario_of(replace(QUESTION, stage="aligned")), "a", 9).runs is cell.runs
    assert cache.cell(scenario_of(changed(QUESTION, "budget", 10_000)), "a", 9).runs is not cell.runs
    idle = [cache.cell(scenario_of(changed(QUESTION, "budget", sum_)), "c", 9).runs for sum_ in (0, 50_000)]
    assert idle[0] is idle[1]


def test_the_cache_drops_the_least_recently_used_cells():
    cache = RunCache(most=3)
    old, new = (cache.cell(scenario_of(replace(QUESTION, seed=1)), key, 1) for key in "ab")
    for cell in (old, new):
        cell.runs.update({0: (0.0,) * 6, 1: (0.0,) * 6})
    cache.trim()
    assert cache.cell(scenario_of(QUESTION), "b", 1).runs is new.runs
    assert cache.cell(scenario_of(QUESTION), "a", 1).runs is not old.runs
    memory = Memory()
    assert cache_of(memory) is cache_of(memory) is not cache_of(Memory())


def test_an_impossible_question_raises(workshop):
    with pytest.raises(ScenarioError, match="uploaded network"):
        list(analyse(replace(QUESTION, own="0123456789ab"), SELECTION, workshop, RunCache()))


def test_size_and_ties_of_an_uploaded_network_are_not_varied(workshop):
    loose = build(Karate(keep_strongest=0.4), 1, 0)
    own = upload([File(name, text.encode()) for name, text in zip(("m.csv", "t.csv"), to_csv(loose), strict=True)])
    question = own.question(held(replace(QUESTION, own=own.fingerprint)))
    parts = analyse(question, SELECTION, workshop, RunCache(), folder=own.folder)
    findings = next(part.result for part in parts if part.result and part.result.flips)
    parts.close()
    assert workshop.busy == 0
    keys = {one.key for one in findings.tornado.rows}
    assert {"budget", "a.hub"} <= keys and not {"members", "degree"} & keys
    assert {axis.key for axis in findings.flips.axes} == {"budget", "strangers", "hub", "leaves", "years"}
    now = compare(scenario_of(question, own.folder), 12, strategies=["a", "b"], renewal=False)
    forget(own)
    assert findings.tornado.present.mean == pytest.approx(months(now, "a").mean())


def test_settings_stay_within_their_bounds():
    edge = held(
        replace(
            QUESTION,
            degree=0,
            budget=0,
            strategies=(replace(PRESETS["personal"], hub=0, personal=100), PRESETS["nothing"]),
        )
    )
    found = {one.key: one for one in settings(edge, ("a", "b"), scenario_of)}
    ends = {key: one.ends for key, one in found.items()}
    assert list(ends["degree"]) == ["high"] and ends["degree"]["high"].words == "1 tie each"
    assert list(ends["budget"]) == ["high"] and ends["budget"]["high"].value == 10_000
    assert list(ends["a.hub"]) == ["high"] and list(ends["a.personal"]) == ["low"]
    assert not any(key.startswith("b.") for key in found)
    assert ends["a.personal"]["low"].scenario() == scenario_of(changed_strategy(edge, 0, "personal", 80))
    assert found["leaves"].present == "stays" and ends["leaves"]["high"].words == "after 6 months"
    later = {one.key: one for one in settings(held(replace(QUESTION, leaves=6)), ("a",), scenario_of)}
    assert list(later["leaves"].ends) == ["low"] and later["leaves"].ends["low"].words == "stays"


def test_a_link_selects_within_bounds():
    assert selection_of("", Question()) == Selection("outputs", "lead", 48)
    assert selection_of("", Question(outcome="speed")).outcome == "aligned"
    assert selection_of("", Question(outcome="members")).outcome == "members"
    found = selection_of(f"result=outputs&whose={PAIR}&each=96", Question())
    assert (found.outcome, found.whose, found.each) == ("outputs", "pair", 96)
    assert selection_of(found.address(Question()), Question()) == found
    wild = selection_of("result=gold&whose=z&each=99999999", Question())
    assert (wild.outcome, wild.whose, wild.each) == ("outputs", "lead", 48)
    large = selection_of("each=192", held(replace(Question(), members=500, years=5)))
    assert large.each == FEWEST_FUTURES and large.brief


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_lead_is_above_zero_where_the_first_is_better(outcome):
    scenario = scenario_of(QUESTION)
    good = Cell(scenario, "a", 1, {0: (1, 1, 1, 1, 9, 9), 1: (2, 2, 2, 2, 9, 9)})
    poor = Cell(scenario, "b", 1, {0: (np.nan, np.nan, 9, 9, 1, 1), 1: (9, 9, 9, 9, 1, 1)})
    lead = Metric(outcome, ("a", "b"))
    assert (lead.of({"a": good, "b": poor}, range(2)) > 0).all()
    assert lead.words(2.0).endswith(("sooner", "more")) and lead.words(-2.0).endswith(("later", "fewer"))


def test_the_csv_file_has_all_that_is_drawn(findings):
    rows = list(csv.DictReader(io.StringIO(findings_csv(findings))))
    bars = [row for row in rows if row["part"] == "bars"]
    assert len(bars) == 1 + sum(len(one.ends) for one in findings.tornado.rows)
    cheap = next(row for row in bars if row["what"] == "Budget" and row["at"] == "low")
    assert float(cheap["mean"]) == bar(findings, "budget").ends["low"].mean and cheap["unit"] == "months"
    assert len([row for row in rows if row["part"] == "budgets"]) == 3 * len(findings.budgets.budgets)
    assert len([row for row in rows if row["part"] == "lead"]) == sum(len(axis.points) for axis in findings.flips.axes)


def test_of_bars_without_any_effect_hardly_ever_one_is_clear():
    """Pages of thirty bars, each a change of pure luck at both ends: at most one page in twenty has a clear one."""
    rng = np.random.default_rng(1)
    empty = Bar("a", "setting", "a", "", "", {}, 1.0, False, False, 40)
    pages = 0
    for _ in range(150):
        luck = rng.normal(size=(30, 2, 40))
        scores = [tuple(PairedOutcome(end, 0 * end).score(40) for end in bar) for bar in luck]
        pages += any(one.clear for one in tornado.judged([replace(empty, scores=own) for own in scores]))
    assert pages <= 0.05 * 150 + 6
    strong = replace(empty, scores=(9.0,))
    assert [one.clear for one in tornado.judged([empty, strong])] == [False, True]
