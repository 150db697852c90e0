"""The headline: outcomes, what two strategies that differ in one setting say, what has changed, what is worth finding out."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from sim.dashboard import worth_card
from sim.dashboard.findings import compared, finding, only_difference
from sim.dashboard.outcome_answers import EARLY, outcome_answers
from sim.dashboard.questions import PRESETS, Question, changed_strategy, with_strategy
from tests.output.test_both_bands import LABELS, made_up


@pytest.fixture(scope="module")
def comparison():
    """Three made-up strategies: one clearly ahead as set and over worlds."""
    made = made_up(11, (12, 4))
    runs = made.runs.assign(members_active=40.0, renewed=np.nan, coordinator_dependence=0.1)
    runs.loc[runs["strategy"] == "personal", "members_active"] = 50.0
    return replace(made, runs=runs, worlds=made.worlds.assign(cost=120_000.0))


def test_every_outcome_has_bars_a_pair_and_both_bands(comparison):
    runs = comparison.runs.assign(generative_week=np.nan)
    found = outcome_answers(replace(comparison, runs=runs), LABELS)
    assert list(found) == ["outputs", "members", "lasting", "price", "connected", "aligned", "producing", "generative"]
    outputs = found["outputs"]
    assert [bar.key for bar in outputs.bars] == ["personal", "mass", "none"] and outputs.pair == ("personal", "mass")
    assert (
        outputs.clear and outputs.leader == "personal" and outputs.overall == "Ahead overall: personal introductions."
    )
    assert outputs.luck.better + outputs.luck.even + outputs.luck.worse == 100
    assert outputs.worlds.better + outputs.worlds.even + outputs.worlds.worse == 100
    assert [bar.key for bar in found["price"].bars] == ["personal", "mass"], "what costs nothing has no price"
    assert all(bar.low <= bar.mean <= bar.high for one in found.values() for bar in one.bars)
    assert found["members"].bars[0].mean == 50


def test_staying_power_is_left_out_until_it_is_tested(comparison):
    assert "lasting" not in outcome_answers(comparison, LABELS)


def test_a_preview_names_nobody_before_that_is_clear(comparison):
    level = replace(made_up(0, (0, 4)), planned=1000)
    runs = level.runs.assign(members_active=40.0, renewed=np.nan, coordinator_dependence=0.1)
    assert outcome_answers(replace(level, runs=runs, worlds=None), LABELS, preview=True)["outputs"].ahead == EARLY
    early = replace(comparison, planned=1000)
    assert "ahead of newsletters" in outcome_answers(early, LABELS, preview=True)["outputs"].ahead


def test_two_strategies_that_differ_in_one_setting_say_what_it_does():
    question = replace(Question(), strategies=(PRESETS["personal"], PRESETS["personal"]))
    shorter = changed_strategy(question, 0, "leaves", 24)
    assert only_difference(shorter, *shorter.strategies) == "leaves"
    assert only_difference(question, *question.strategies) == ""
    assert only_difference(shorter, shorter.strategies[0], PRESETS["mass"]) == ""
    assert only_difference(with_strategy(shorter, "nothing"), shorter.strategies[0], PRESETS["nothing"]) == ""
    rng = np.random.default_rng(1)
    few, many = rng.normal(20, 2, 50), rng.normal(25, 2, 50)
    assert finding("leaves", (24, 0), question, few, few + 0.01, 0).startswith(
        "The third year of coordination adds nothing clear"
    )
    assert finding("leaves", (24, 0), question, few, many, -1).startswith("The third year of coordination adds 4.")
    assert finding("budget", (80_000, 40_000), question, few, many, -1).startswith(
        "More money ($80,000 instead of $40,000 a year) makes this one worse: "
    )
    assert finding("leaves", (36, 0), question, few, many, -1) == "", "leaving at the end is staying"


def test_what_has_changed_since_before_is_said_of_each_strategy():
    rng = np.random.default_rng(1)
    one, other = rng.normal(20, 2, 50), rng.normal(9, 2, 50)
    before = {"a": (one, 120_000.0), "b": (other, 0.0)}
    now = {"a": (one - 4 + rng.normal(0, 1, 50), 80_000.0), "b": (other, 0.0), "c": (one, 1.0)}
    first, second = compared({"a": "Introductions", "b": "Nobody", "c": "New"}, before, now)
    assert first.startswith("Introductions: ") and "joint results fewer" in first and first.endswith(", $40,000 less.")
    assert second == "Nobody: the same joint results, the same cost."
    assert compared({"a": "x"}, before, {"a": (one[:20], 0.0)}) != ()
    (dearer,) = compared({"a": "x"}, before, {"a": (one + 4 + rng.normal(0, 0.01, 50), 200_000.0)})
    assert "joint results more" in dearer and dearer.endswith(", $80,000 more: $20,000 for each additional result.")
    assert compared({"a": "x"}, {}, now) == ()


def test_only_questions_worth_more_than_chance_are_named():
    rng = np.random.default_rng(2)
    questions = {f"Question {k}?": rng.uniform(size=(100, 2)) for k in range(12)}
    named = [worth_card.worth_asking(1e4 * rng.normal(size=(100, 2, 2)), questions) for _ in range(10)]
    assert sum(bool(one) for one in named) <= 2
    matters = 1e4 * rng.normal(size=(100, 2, 2))
    matters[..., 0] += 6e4 * (questions["Question 7?"][:, :1] - 0.5)
    ((question, value),) = worth_card.worth_asking(matters, questions).items()
    assert question == "Question 7?" and value.low > 0
    assert worth_card.worth_asking(matters, {}) == {}


def test_the_card_says_what_it_is_worth_to_know_everything(comparison, monkeypatch):
    monkeypatch.setattr(worth_card, "drawn", lambda scenario, seed, world: {"leaving.hazard": world / 60})
    monkeypatch.setattr(worth_card, "uncertain", lambda: [SimpleNamespace(key="leaving.hazard")])
    card = worth_card.worth_card(comparison, LABELS, 5000)
    assert card.everything.startswith("At $5,000 for a joint result, personal introductions brings most for its cost")
    assert worth_card.worth_card(comparison, LABELS, 0) is None
    assert worth_card.worth_card(replace(comparison, worlds=None), LABELS, 5000) is None
