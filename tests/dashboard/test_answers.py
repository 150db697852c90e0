"""Answers: the same numbers as `compare`, said in words that count; previews are their beginning."""

import csv
import io
import re
import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from sim.dashboard import answering, answers, charts, verdict
from sim.dashboard.answering import Memory, Shelf, follow
from sim.dashboard.questions import PRESETS, Question, changed_strategy, held, when_ready
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.workshop import Workshop
from sim.inputs.scenario.errors import ScenarioError
from sim.lab.comparison import assembled, compare, run_task, tasks_of


@pytest.fixture(scope="module")
def question():
    """A small one."""
    return held(replace(Question(), members=30, years=2, futures=40))


@pytest.fixture(scope="module")
def comparison(question):
    """Its comparison, by the command's own way."""
    return compare(scenario_of(question), worlds=int(question.futures))


def by_calendar(question):
    """The question with coordinators who move on by the calendar."""
    return replace(question, strategies=tuple(replace(one, policy="weeks") for one in question.strategies))


@pytest.fixture
def workshop():
    """Threads of its own."""
    made = Workshop()
    yield made
    made.close()


class PreviewFirst(Workshop):
    """Threads that begin no run after those of the first preview until it has been seen, however late that is."""

    def __init__(self):
        super().__init__()
        self.seen = threading.Event()

    def begin(self, work, tasks, urgent=0):
        def later(task):
            if urgent and task[0] >= tasks[0][0] + urgent:
                self.seen.wait(60)
            return work(task)

        return super().begin(later, tasks, urgent)


@pytest.fixture
def preview_first():
    """Threads that wait for the preview to be seen."""
    made = PreviewFirst()
    yield made
    made.seen.set()
    made.close()


def test_a_comparison_is_assembled_from_single_runs_however_they_come(question, comparison):
    scenario = scenario_of(question)
    tasks = tasks_of(question.keys, 3)
    results = {place: run_task(scenario, 1, task) for place, task in reversed(list(enumerate(tasks)))}
    found = assembled(scenario, 1, question.keys, results)
    assert found.replicates == 3
    expected = comparison.runs[comparison.runs["replicate"] < 3]
    assert found.runs.equals(expected.sort_values(["strategy", "replicate"], ignore_index=True))
    del results[4]
    assert assembled(scenario, 1, question.keys, results).runs["replicate"].unique().tolist() == [0, 2]
    with pytest.raises(ValueError, match="nothing to compare"):
        assembled(scenario, 1, question.keys, {})


def test_following_a_question_ends_with_the_numbers_of_compare(question, comparison, preview_first):
    memory, steps, complete = Memory(), [], []
    for step in follow(question, preview_first, memory):
        steps.append(step)
        complete.append(memory.complete(question) is not None)
        if step.result:
            preview_first.seen.set()
    first = [step.final for step in steps].index(True)
    assert all(step.final for step in steps[first:]) and steps[first].result.outcomes["outputs"].worlds is None
    assert steps[first].result.stages == steps[-1].result.stages, "worlds and renewal come after the answer"
    assert "lasting" in steps[-1].result.outcomes
    assert complete == [False] * (len(steps) - 1) + [True], "files are made when worlds and renewal are in the answer"
    assert steps[-1].result == answers.answer(question, comparison)
    previews = [step for step in steps if step.result and not step.final]
    assert previews and 8 <= previews[0].result.futures < 40
    assert [step.done for step in steps[:first]] == sorted(step.done for step in steps[:first])
    again = list(follow(question, preview_first, memory))
    assert len(again) == 1 and again[0].final and again[0].result is steps[-1].result
    other = replace(question, stage="producing")
    assert memory.get(other) is memory.get(question)
    assert memory.get(replace(question, seed=2)) is None


def test_what_would_be_worth_finding_out_is_asked_of_more_worlds(workshop, monkeypatch):
    monkeypatch.setattr(answering, "DEFAULT_WORLDS", 20)
    monkeypatch.setattr(answering, "WORTH_WORLDS", 60)
    small, memory = held(replace(Question(), members=10, years=1, futures=20)), Memory()
    *steps, last = follow(small, workshop, memory)
    assert "From 60 plausible worlds" in last.result.worth.note
    with_worlds = [step.result for step in steps if step.result is not None and step.final][-1]
    assert with_worlds.bands == last.result.bands, "who is ahead is judged in the same worlds as by compare"
    assert memory.get(small).complete and not any(step.result and step.result.worth for step in steps)
    without = replace(small, worth=0)
    assert [*follow(without, workshop, memory)][-1].result.worth is None


def test_a_preview_is_the_beginning_of_the_whole(question, comparison, preview_first):
    step = next(step for step in follow(question, preview_first, Memory()) if step.result and not step.final)
    n = step.result.futures
    part = assembled(
        comparison.scenario,
        1,
        question.keys,
        {place: run_task(comparison.scenario, 1, task) for place, task in enumerate(tasks_of(question.keys, n))},
    )
    said = step.result.stages["aligned"].first
    assert said.n == n == part.replicates
    expected = answers.answer(question, part).stages["aligned"].first
    assert said == expected


def test_dropping_gives_up_the_runs(question, workshop):
    question = replace(question, futures=1000)
    for number, step in enumerate(follow(question, workshop, Memory(), lambda: False)):
        if step.result:
            break
        assert number < 1000
    assert workshop.busy <= 1
    steps = follow(question, workshop, Memory(), iter([False, False, True, True, True, True]).__next__)
    assert len(list(steps)) <= 2
    assert workshop.busy == 0


def test_two_sessions_with_the_same_question_share_one_batch(question, workshop):
    memory = Memory()
    question = replace(question, seed=77)
    begun = []
    begin = workshop.begin

    def counting(*arguments):
        begun.append(arguments)
        return begin(*arguments)

    workshop.begin = counting
    one, other = follow(question, workshop, memory), follow(question, workshop, memory)
    next(one), next(other)
    assert len(begun) == 1
    one.close()
    assert any(step.final for step in other)


def test_unchanged_strategies_are_not_run_again(question, workshop):
    memory = Memory()
    question = held(replace(question, members=20, years=1, futures=20))
    list(follow(question, workshop, memory))
    begun, begin = [], workshop.begin

    def counting(work, tasks, urgent=0):
        begun.append([task for _, task in tasks])
        return begin(work, tasks, urgent)

    workshop.begin = counting
    other = changed_strategy(question, 0, "leaves", 6)
    steps = list(follow(other, workshop, memory))
    assert {name for name, _ in begun[0]} == {"a"} and {name for _, _, name in begun[1]} == {"a"}
    assert steps[-1].result == answers.answer(other, compare(scenario_of(other), worlds=20))


def test_a_shelf_drops_what_was_used_longest_ago():
    shelf = Shelf(4)
    shelf.put({("a", 0): 1, ("a", 1): 2, ("b", 0): 3})
    assert shelf.get("a", 1) == 2
    shelf.put({("c", 0): 4, ("c", 1): 5})
    assert shelf.get("b", 0) is None and shelf.get("a", 0) == 1 and shelf.get("c", 1) == 5


def test_memory_forgets_the_least_recently_used(question, comparison):
    memory = Memory(2)
    questions = [replace(question, seed=n) for n in range(6)]
    found = [{"seed": n} for n in range(6)]
    for n in (0, 1):
        memory.put(questions[n], found[n], comparison)
    assert memory.get(questions[0]).answer is found[0] and memory.get(questions[0]).runs is comparison.runs
    memory.put(questions[2], found[2], comparison)
    assert memory.get(questions[1]) is None
    assert memory.get(questions[0]).answer is found[0] and memory.get(questions[2]).answer is found[2]
    for n in (3, 4, 5):
        memory.put(questions[n], found[n], comparison)
    assert memory.recent(questions[2]) is None and memory.recent(questions[3]) is comparison


def test_renaming_a_strategy_runs_nothing_again(question, workshop):
    memory = Memory()
    whole = list(follow(question, workshop, memory))[-1].result
    named = replace(question, strategies=(replace(question.strategies[0], name="Ours"), *question.strategies[1:]))
    begin, workshop.begin = (
        workshop.begin,
        lambda work, tasks, urgent=0: begin(work, tasks, urgent) if not tasks else None,
    )
    *_, step = follow(named, workshop, memory)
    assert step.final and "Ours" in step.result.stages["aligned"].sentence
    assert step.result.charts == whole.charts and step.result.stages["aligned"].first == whole.stages["aligned"].first


def test_a_shared_calendar_is_noted(question, comparison):
    dated = by_calendar(question)
    shown = verdict.timing(dated)
    assert "move to aligning after 9 months, by the calendar" in shown
    assert verdict.timing(when_ready(question)) == ""
    one, other, *rest = dated.strategies
    assert verdict.timing(replace(question, strategies=(one, replace(other, align=12), *rest))) == ""
    assert answers.answer(question, comparison).stages["connected"].timing == ""


def test_stages_that_are_lost_again_are_counted(question, comparison):
    shown = verdict.lost_again(comparison, "aligned", question.labels)
    for key, label in question.labels.items():
        runs = comparison.of(key)
        there, lost = runs["aligned_week"].notna().sum(), runs["aligned_lost_week"].notna().sum()
        assert (f"{label} in {lost} of the {there} futures that reach it" in shown) == (lost >= 0.1 * there > 0)
    assert answers.answer(question, comparison).stages["aligned"].lost == shown


def test_waiting_for_a_network_that_is_never_ready_gives_a_warning():
    poor = replace(Question(), years=1, futures=20, budget=3000, shape="empty")
    ready = when_ready(held(poor))
    found = compare(scenario_of(ready))
    said = [one for one in verdict.cautions(ready, found, ready.labels) if "never gets connected" in one]
    for key, one in zip(ready.keys, ready.strategies, strict=True):
        never = int(np.isnan(found.weeks(key, "connected")).sum())
        words = f"{ready.labels[key]}: the coordinator waits until the network is ready, and in {never} of 20"
        assert any(shown.startswith(words) for shown in said) == (never > 5 and not one.idle)
    assert said


def test_a_small_gap_is_in_days():
    def sentence(days):
        weeks = {"a": np.full(40, 50.0) + np.arange(40) % 3, "b": np.full(40, 50.0 + days / 7) + np.arange(40) % 3}
        fake = SimpleNamespace(
            weeks=lambda name, stage: weeks[name], scenario=SimpleNamespace(weeks=156), sign=lambda *_: -1
        )
        return verdict.pair_verdict(fake, "aligned", "a", "b", {"a": "One", "b": "Two"}).sentence

    assert sentence(7).startswith("7 days apart on average: One reaches alignment first in 40 of 40 simulated futures")
    assert sentence(70).startswith("One reaches alignment first in 40 of 40 simulated futures")


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({}, "Personal introductions"),
        ({"policy": "weeks"}, "Personal introductions (by the calendar)"),
        ({"policy": "weeks", "align": 12}, "Personal introductions (by the calendar)"),
        ({"differs": (("budget", 80_000.0),)}, "Personal introductions ($80,000 a year)"),
        (
            {"differs": (("leaves", 24.0),), "policy": "never"},
            "Personal introductions (always connecting, leaves after 24 months)",
        ),
        ({"policy": "never"}, "Personal introductions (always connecting)"),
        ({"in_person": 30}, "Personal introductions (meets in person)"),
        ({"hub": 50}, "Personal introductions (50% through the coordinator)"),
        ({"policy": "weeks", "convenings": 1}, "Personal introductions (by the calendar, 1 convening a year)"),
        ({"invited": 50}, "Personal introductions (changed)"),
        ({"personal": 0, "single": (0, 0, 0, 40, 0, 0, 0, 0, 0)}, "Directory, 40% of hours"),
        ({"personal": 60, "hub": 50}, "Personal introductions, 60% of hours (50% through the coordinator)"),
        (
            {"mass": 20, "single": (5, 0, 0, 0, 0, 0, 0, 0, 0)},
            "40% personal introductions, 20% newsletter and directory and more",
        ),
        ({"personal": 0}, "Facilitation only"),
        ({"policy": "weeks", "name": "Ours"}, "Ours"),
    ],
)
def test_the_label_of_a_strategy_says_what_was_changed(changes, label):
    assert replace(PRESETS["personal"], **changes).label == label


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "$120,000 in 3 years. "),
        ({"leaves": 12}, "$40,000 in 3 years: $40,000 a year, nothing after month 12, when the coordinator leaves."),
        ({"cut_after": 12}, "$80,000 in 3 years: $40,000 a year, 50% of it after month 12."),
        ({"leaves": 60}, "$120,000 in 3 years. "),
    ],
)
def test_costs_say_when_the_budget_ends(changes, words):
    question = replace(Question(), futures=2, members=10, **changes)
    assert words in verdict.costs(question, compare(scenario_of(question), 2), question.labels)


@pytest.mark.parametrize(("low", "high", "places"), [(-0.2, 0.5, 1), (0.02, 1.2, 2), (0.0, 0.04, 2), (0.004, 0.04, 3)])
def test_interval_ends_that_are_not_zero_do_not_look_like_zero(low, high, places):
    assert verdict.places_of(low, high) == places


def test_an_impossible_question_raises_a_scenario_error(question, workshop, monkeypatch):
    def refuse(question, folder):
        raise ScenarioError("network.members is odd")

    monkeypatch.setattr(answering, "scenario_of", refuse)
    with pytest.raises(ScenarioError, match=r"network\.members is odd"):
        list(follow(question, workshop, Memory()))


def test_a_fault_of_the_program_is_raised(question, workshop, monkeypatch):
    def break_down(*arguments, **options):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(answering, "run_task", break_down)
    with pytest.raises(ZeroDivisionError):
        list(follow(question, workshop, Memory()))


def test_the_verdict_counts_futures_and_takes_the_best_two(question, comparison):
    found = answers.answer(question, comparison)
    for stage, shown in found.stages.items():
        weeks = {key: np.nan_to_num(comparison.weeks(key, stage), nan=1e9) for key in question.keys}
        means = {key: np.minimum(values, question.weeks).mean() for key, values in weeks.items()}
        a, b = shown.pair
        assert means[a] == min(means.values())
        assert means[b] == sorted(means.values())[1]
        assert shown.first.a_first == (weeks[a] < weeks[b]).sum() and shown.first.b_first == (weeks[b] < weeks[a]).sum()
        assert shown.first.n == 40
        assert "simulated futures" in shown.sentence and "weeks" not in shown.sentence
        assert len(shown.others) == 1


def test_few_futures_are_noted(question, comparison):
    part = replace(comparison, runs=comparison.runs[comparison.runs["replicate"] < 30])
    assert "wait for the rest" in verdict.pair_verdict(part, "connected", "a", "b", question.labels, True).sure
    sure = answers.answer(question, comparison).stages["connected"].sure
    assert "more would make this surer" in sure


def test_no_clear_difference_is_stated():
    same = replace(PRESETS["mass"], name="The same")
    question = held(replace(Question(), members=20, years=1, futures=20, strategies=(PRESETS["mass"], same)))
    found = answers.answer(question, compare(scenario_of(question)))
    for shown in found.stages.values():
        assert shown.sentence.startswith("No clear difference") and not shown.clear
        assert "no clear difference" in shown.level
    assert all(row.mean == 0 and row.good == "" for row in found.stages["aligned"].differences)


def test_costs_name_the_budget_and_the_price_of_one_more_output(question, comparison):
    said = verdict.costs(question, comparison, question.labels)
    assert said.startswith("Each strategy costs $40,000 a year, $80,000 in 2 years.")
    runs = {key: comparison.of(key) for key in question.keys}
    more = runs["a"]["outputs"].mean() - runs["c"]["outputs"].mean()
    price = 80_000 / more
    shown = re.search(r"costs \$([\d,]+) with Personal introductions", said)
    assert shown and float(shown[1].replace(",", "")) == pytest.approx(price, rel=0.005)
    nobody = replace(question, strategies=(PRESETS["nothing"], replace(PRESETS["nothing"], name="same")))
    assert "nothing is spent" in verdict.costs(nobody, compare(scenario_of(nobody), 2), nobody.labels)


def test_warnings_name_what_may_go_wrong(question, comparison):
    hasty = held(
        replace(
            question, strategies=(replace(PRESETS["mass"], policy="weeks", align=1), PRESETS["nothing"]), futures=20
        )
    )
    said = verdict.cautions(hasty, compare(scenario_of(hasty)), hasty.labels)
    assert any("moves on to aligning after 1 month" in one and "not connected by then" in one for one in said)
    grand = replace(PRESETS["convenings"], convenings=4, invited=100)
    hub = replace(PRESETS["personal"], hub=100, personal=100)
    question = held(replace(question, strategies=(grand, hub), futures=20))
    said = verdict.cautions(question, compare(scenario_of(question)), question.labels)
    assert any("meetings would cost" in one for one in said)
    assert any("depend on the coordinator" in one for one in said)


def test_charts_hold_the_shares_of_futures(question, comparison):
    drawn = charts.charts(comparison)
    for stage, curves in drawn.stages.items():
        for key, curve in curves.items():
            weeks = comparison.weeks(key, stage)
            for month, share in zip(curve.x, curve.y, strict=True):
                assert share == pytest.approx(np.mean(weeks <= month * 52 / 12 + 1e-3), abs=1e-3)
            assert all(
                low - 1e-9 <= y <= high + 1e-9 for low, y, high in zip(curve.low, curve.y, curve.high, strict=True)
            )
    members = drawn.weekly["members"]["a"]
    assert len(members.x) == len(members.y) and members.x[-1] == pytest.approx(24)
    ends = comparison.bands["a"][:, -1, 0]
    assert members.y[-1] == pytest.approx(np.median(ends))


def test_the_csv_holds_every_run_with_its_label(question, comparison):
    rows = list(csv.DictReader(io.StringIO(answers.runs_csv(question, comparison.runs))))
    assert len(rows) == 120
    assert {row["label"] for row in rows} == set(question.labels.values())
    assert {row["replicate"] for row in rows} == {str(r) for r in range(40)}


@pytest.mark.parametrize(("value", "text"), [(0, "$0"), (999, "$999"), (4881, "$4,880"), (123456, "$123,000")])
def test_dollars(value, text):
    assert verdict.dollars(value) == text


def test_a_strategy_keeps_its_colour_when_another_is_removed():
    question = Question()
    before = answers.colours(question)
    after = answers.colours(replace(question, strategies=question.strategies[:2]))
    assert after == {key: before[key] for key in "ab"}
    assert before["c"].line == "#7f7f7f"
