"""The interactive page: a stand-in for the model whose error is measured, and a file that needs nothing else."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from sim.dashboard.answers import answer
from sim.dashboard.board_page import board_page
from sim.dashboard.emulator import emulator, fitted_emulator, question_at, sliders_of, spread_points
from sim.dashboard.questions import PRESETS, Question, held
from sim.dashboard.scenarios import scenario_of
from sim.dashboard.workshop import Workshop
from sim.lab.comparison import compare


def made_up(wave, luck=10.0):
    """An emulator of a known surface with luck, which no cubic fits if it has waves."""
    sliders = sliders_of(Question())
    points = np.concatenate([spread_points(sliders, number, place) for place, number in enumerate((400, 300))])
    scaled = (points - points.min(axis=0)) / np.ptp(points, axis=0)
    level = 20 + 10 * scaled[:, 0] + 8 * scaled[:, 1] * scaled[:, 2] + wave * np.sin(12 * scaled[:, 0])
    rng = np.random.default_rng(1)
    common = rng.normal(0, luck, (700, 4))
    results = np.stack([level[:, None] + common, level[:, None] - 5 + common + rng.normal(0, 1, (700, 4))], axis=1)
    return fitted_emulator(sliders, points, results[:400, :, :2], results[400:], "ab"), sliders


def test_the_error_on_fresh_points_is_that_of_the_fit_without_luck():
    smooth, sliders = made_up(0)
    assert smooth.levels["a"].error < 3.5 and smooth.differences["ab"].error < 0.5
    middle = [(one.low + one.high) / 2 for one in sliders]
    assert smooth.at(middle, "ab") == pytest.approx(5, abs=0.3)
    wavy, _ = made_up(8)
    assert 4 < wavy.levels["a"].error < 8, "the standard deviation of the wave is 5.7"
    assert wavy.differences["ab"].error < 0.5, "differences have no wave"


def test_sliders_stay_in_bounds_and_what_is_set_is_their_start():
    question = held(replace(Question(), leaves=12))
    sliders = {one.name: one for one in sliders_of(question)}
    assert list(sliders) == ["members", "degree", "budget", "leaves"]
    assert all(one.low <= one.value <= one.high for one in sliders.values()) and sliders["leaves"].value == 12
    there = question_at(question, list(sliders.values()), [60, 2, 20_000, 36])
    assert (there.budget, there.leaves) == (20_000, 0), "leaving at the end is staying"
    points = spread_points(list(sliders.values()), 50, 0)
    for one, column in zip(sliders.values(), points.T, strict=True):
        assert column.min() >= one.low and column.max() <= one.high
    assert sliders_of(replace(question, budget=0, own="0" * 12)) == ()


def test_the_interactive_page_holds_the_answer_and_asks_nobody():
    two = (PRESETS["personal"], replace(PRESETS["nothing"], name="</script><b>"))
    question = held(replace(Question(), members=10, years=1, futures=20, strategies=two))
    workshop = Workshop(2)
    small = emulator(question, workshop, numbers=((12, 2), (6, 2)))
    assert emulator(question, workshop, dropped=lambda: True, numbers=((12, 2), (6, 2))) is None
    workshop.close()
    found = answer(question, compare(scenario_of(question)))
    text = board_page(question, found, small, "http://localhost:1/?x")
    data = json.loads(re.search(r'type="application/json">(.*?)</script>', text, re.S)[1])
    assert data["brings"] == found.outcomes["outputs"].brings and data["labels"]["b"] == "</script><b>"
    assert data["emulator"]["points"] == 12 and set(data["emulator"]["levels"]) == {"a", "b"}
    assert not re.search(r"""(src|href)=["']?https?:|fetch\(|XMLHttpRequest""", text) and "default-src 'none'" in text
