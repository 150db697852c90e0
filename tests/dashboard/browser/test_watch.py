"""The film in a real browser."""

import re

from tests.dashboard.browser.conftest import FINAL

SMALL = "/watch?members=30&years=2&futures=20&a=personal&b=mass&c=nothing"
READY = "[data-testid=film][data-ready=true]"
INK = """canvas => { const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let sum = 0; for (let k = 3; k < data.length; k += 4) sum += data[k] > 0; return sum; }"""


def test_the_film_plays_pauses_and_is_drawn(visit):
    one = visit()
    page = one.open(SMALL, READY)
    assert "not a forecast" in one.text("film-note")
    for canvas in ("canvas-0", "canvas-1"):
        assert page.eval_on_selector(f"[data-testid={canvas}]", INK) > 1000
    page.click("[data-testid=play]")
    page.wait_for_function("document.querySelector('[data-testid=scrubber]').value > 5")
    page.click("[data-testid=play]")
    week = page.input_value("[data-testid=scrubber]")
    page.wait_for_timeout(400)
    assert page.input_value("[data-testid=scrubber]") == week
    before = one.text("now-0")
    page.focus("[data-testid=scrubber]")
    page.keyboard.press("End")
    page.wait_for_function("text => document.querySelector('[data-testid=now-0]').innerText !== text", arg=before)
    assert one.text("month") == "month 24 of 24"
    groups, outputs = (rf"(1 {word}|(?!1 )\d+ {word}s)" for word in ("working group", "joint result"))
    assert re.match(rf"\d+ members, \d+ ties, {groups}, {outputs} so far", one.text("now-0"))


def test_a_member_has_a_story_on_either_side(visit):
    one = visit()
    page = one.open(SMALL, READY)
    page.evaluate("window.gennetPlayer.seek(40)")
    page.select_option("[data-testid=member]", "0")
    story = one.text("story")
    assert story.count("there from the start") == 2 and "gifts and received" in story
    box = page.locator("[data-testid=canvas-0]").bounding_box()
    for step in range(4, 60):
        page.mouse.click(box["x"] + box["width"] * (step % 8 + 1) / 9, box["y"] + box["height"] * (step // 8 + 1) / 9)
        if page.input_value("[data-testid=member]") not in ("", "0"):
            break
    else:
        raise AssertionError("no click met a member")
    assert one.text("story") != story


def test_sides_and_futures_are_chosen_and_the_address_reproduces_them(visit):
    one = visit()
    page = one.open(SMALL, READY)
    page.select_option("[data-testid=side-1]", "c")
    page.wait_for_url(re.compile("sides=ac"))
    page.wait_for_selector(READY + "[data-sides=ac]")
    before, future = one.text("film-note"), int(page.get_attribute("[data-testid=film]", "data-future"))
    shown = READY + f"[data-sides=ac][data-future='{(future + 1) % 20}']"
    page.click("[data-testid=another]")
    page.wait_for_selector(shown)
    page.wait_for_url(re.compile(f"future={(future + 1) % 20}"))
    assert one.text("film-note") != before
    other = visit()
    other.open(page.url.removeprefix(other.address), shown)
    assert other.text("film-note") == one.text("film-note")
    for side in ("now-0", "now-1"):
        assert other.text(side) == one.text(side)
    page.go_back()
    page.wait_for_selector(READY + f"[data-sides=ac][data-future='{future}']")
    assert one.text("film-note") == before


def test_from_compare_to_watch_and_back_the_question_stays(visit):
    one = visit()
    page = one.open("/?members=35&years=2&futures=20&a=personal&b=nothing")
    page.click("nav >> text=Watch")
    page.wait_for_selector(READY)
    assert "members=35" in page.url and page.locator("[data-testid=side-0] option").count() == 2
    page.wait_for_function("document.title === 'Watch \u00b7 Generative networks'")
    page.click("nav >> text=Compare")
    page.wait_for_selector(FINAL)
    assert page.input_value("[data-testid=members]") == "35"


def test_axe_finds_no_fault_in_access(visit):
    for scheme in ("light", "dark"):
        one = visit(color_scheme=scheme)
        one.open(SMALL, READY).select_option("[data-testid=member]", "0")
        assert one.faults_in_access() == []
