"""The interactive page in a browser: it predicts what the emulator does, and asks nobody."""

from dataclasses import replace

import pytest

from sim.dashboard.answers import answer
from sim.dashboard.board_page import board_page
from sim.dashboard.questions import PRESETS, Question, held
from sim.dashboard.scenarios import scenario_of
from sim.lab.comparison import compare
from tests.dashboard.test_emulator import made_up


def test_the_page_predicts_what_the_emulator_does(chromium, tmp_path):
    stand_in, sliders = made_up(4)
    two = (PRESETS["personal"], PRESETS["nothing"])
    question = held(replace(Question(), members=10, years=1, futures=20, strategies=two))
    file = tmp_path / "board.html"
    file.write_text(board_page(question, answer(question, compare(scenario_of(question), 20)), stand_in, "x"), "utf-8")
    context = chromium.new_context()
    page, requests = context.new_page(), []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    values = [one.low + 0.3 * (one.high - one.low) for one in sliders]
    for place, value in enumerate(values):
        page.evaluate("([place, value]) => { values[place] = value; }", [place, value])
    for letters, fits in (("a", "levels"), ("ab", "differences")):
        assert page.evaluate(f"predict(E.{fits}.{letters})") == pytest.approx(stand_in.at(values, letters))
    page.evaluate("draw()")
    assert page.text_content("#said").startswith("Personal introductions brings about 5.")
    assert requests == [file.as_uri()]
    context.close()
