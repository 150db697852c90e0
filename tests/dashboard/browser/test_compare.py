"""The home page in a real browser."""

import csv
import io
import os
import re
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from tests.dashboard.browser.conftest import COMPLETE, FINAL

SMALL = "/?members=30&years=2&futures=40&a=personal&b=mass"


def test_the_home_page_answers_with_counts_and_says_how_sure_and_at_what_cost(visit):
    page = visit().open()
    assert page.title() == "Compare \u00b7 Generative networks"
    assert "Joint results for the same $40,000 a year: " in page.text_content("[data-testid=verdict]")
    assert re.search(r"in \d+ of 200 futures as set", page.text_content("[data-testid=ahead]"))
    assert re.search(
        r"median \d+ months \(middle 80%: \d+(\u2013\d+| to after month 36)\)", page.text_content("[data-testid=soon]")
    )
    assert "95% interval" in page.text_content("[data-testid=sure]")
    assert "$40,000 a year, $120,000 in 3 years" in page.text_content("[data-testid=cost]")
    assert page.locator("[data-testid=numbers] tbody tr").count() == 3
    page.click("[data-testid=workshop]")
    for key in "aab":
        page.click(f"[data-testid=guess-{key}]")
    assert page.is_hidden("[data-testid=numbers]") and page.locator("[data-testid=ahead]").count() == 0
    page.click("[data-testid=reveal]")
    assert re.match(r"\d of 3 guessed ", page.text_content("[data-testid=guessed]"))
    assert page.is_visible("[data-testid=ahead]")


def test_a_slider_moves_the_verdict_and_nothing_stale_is_shown_as_current(visit):
    one = visit()
    page = one.open(SMALL)
    before, words = one.shown(), one.text("verdict")
    states = """() => { window.seen = []; new MutationObserver(() => {
        const found = document.querySelector('[data-testid=verdict]'), slider = document.querySelector('[data-testid=budget]');
        window.seen.push([slider.value, found.dataset.of, found.dataset.fresh]); })
        .observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true}); }"""
    page.evaluate(states)
    one.move("budget", 5000)
    assert one.until_other(before) != words
    seen = page.evaluate("window.seen")
    # From the moment that the server has the new setting, the old answer is marked as old until the new one is there.
    marked = [place for place, (_, of, fresh) in enumerate(seen) if of == before and fresh == "false"]
    later = [fresh for place, (_, of, fresh) in enumerate(seen) if of == before and marked and place > marked[0]]
    assert marked and "true" not in later
    assert "$5,000 for" in one.text("spent-a")


def test_a_shared_link_gives_the_same_numbers_in_a_fresh_session(visit):
    one = visit()
    page = one.open(SMALL)
    before = one.shown()
    one.move("degree", 4)
    one.until_other(before)
    page.wait_for_url(re.compile("degree=4"))
    other = visit()
    other.open(page.url.removeprefix(other.address))
    assert other.text("verdict") == one.text("verdict")
    assert other.text("numbers") == one.text("numbers")
    assert other.page.locator("[data-testid=link-notes]").count() == 0
    page.click("[data-testid=tell]")
    page.keyboard.type("4")
    page.keyboard.press("Tab")
    page.wait_for_url(re.compile("fact.outputs=4,2"))
    page.wait_for_selector("[data-testid=facts]")
    assert "worlds were drawn" in one.text("facts") and page.input_value("[data-testid='within-outputs']") == "2"
    other.open(page.url.removeprefix(other.address)).wait_for_selector("[data-testid=facts]")
    assert other.text("facts") == one.text("facts")
    page.fill("[data-testid='fact-outputs']", "500")
    page.keyboard.press("Tab")
    page.wait_for_selector("[data-testid=no-world-fits]")
    assert "Joint results last year: 500, give or take 2" in one.text("no-world-fits")
    page.fill("[data-testid='fact-outputs']", "")
    page.keyboard.press("Tab")
    page.wait_for_url(lambda address: "fact." not in address)


def test_a_what_if_is_one_choice_and_its_link_compares_with_the_same_answer(visit):
    one = visit(viewport={"width": 390, "height": 844})
    page = one.open(SMALL)
    page.focus("[data-testid=whatif]")
    page.select_option("[data-testid=whatif]", "twice")
    page.wait_for_url(re.compile("before.budget=40000"))
    page.wait_for_selector("[data-testid=compared]")
    assert re.search(r"Personal introductions: .*, \$80,000 more", one.text("compared"))
    assert "$80,000 a year" in one.text("verdict")
    other = visit()
    other.open(page.url.removeprefix(other.address)).wait_for_selector("[data-testid=compared]")
    assert other.text("compared") == one.text("compared")
    with page.expect_download() as waiting:
        page.click("[data-testid=download-picture]")
    assert Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")
    page.click("[data-testid=forget-before]")
    page.wait_for_url(lambda address: "before" not in address)
    assert page.locator("[data-testid=compared]").count() == 0


def test_back_returns_to_the_what_if_before_and_forward_to_the_one_after(visit):
    one = visit()
    page = one.open(SMALL)
    answers = {30: (one.shown(), one.text("verdict"))}
    for members in (40, 50):
        before = one.shown()
        one.move("members", members)
        words = one.until_other(before)
        page.wait_for_url(re.compile(f"members={members}"))
        answers[members] = (one.shown(), words)
    assert len({words for _, words in answers.values()}) == 3
    for go, members in ((page.go_back, 40), (page.go_back, 30), (page.go_forward, 40), (page.go_forward, 50)):
        of, words = answers[members]
        go()
        page.wait_for_url(re.compile(f"members={members}"))
        page.wait_for_selector(f"{FINAL}[data-of='{of}']")
        page.wait_for_function(
            "value => document.querySelector('[data-testid=members]').value === value", arg=str(members)
        )
        assert one.text("verdict") == words


def test_two_sessions_do_not_see_each_other(visit):
    one, other = visit(), visit()
    one.open(SMALL)
    other.open(SMALL)
    before, words = one.shown(), other.text("verdict")
    one.move("members", 60)
    one.until_other(before)
    assert other.text("verdict") == words and other.shown() == before
    assert other.page.input_value("[data-testid=members]") == "30"


def processor_time(server):
    """Seconds of processor time that the server has used."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def used_in(seconds, server):
    """Seconds of processor time that the server uses in so many seconds of the clock."""
    start = processor_time(server)
    time.sleep(seconds)
    return processor_time(server) - start


def until_idle(server):
    """Wait until nothing is left to do for visitors who are gone."""
    until = time.monotonic() + 240
    while used_in(0.5, server) > 0.1:
        assert time.monotonic() < until, "it works for nobody"


def test_stop_frees_the_machine_and_continue_goes_on(visit, server):
    """All futures of this question would take minutes, on any machine: the button is there until it is pressed."""
    until_idle(server)
    one = visit()
    page = one.open("/?members=100&years=5&futures=1000&a=personal&b=mass", "[data-testid=verdict]")
    page.click("[data-testid=stop]")
    page.wait_for_selector("[data-testid=again]")
    # Only the runs under way are finished; futures that went on would take more, on a busy machine, too.
    used = used_in(2, server)
    assert used <= 0.5, f"{used} s of processor time after the work was stopped"
    assert re.match(r"Stopped\. From \d+ of 1000 simulated futures", one.text("status"))
    page.click("[data-testid=again]")
    page.wait_for_selector("[data-testid=again]", state="detached")
    assert "Stopped. From" not in one.text("status")
    page.click("[data-testid=stop]")
    page.wait_for_selector("[data-testid=again]")


def test_the_runs_can_be_downloaded_and_hold_what_the_page_says(visit):
    one = visit()
    page = one.open(SMALL)
    with page.expect_download() as waiting:
        page.click("[data-testid=download-csv]")
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text("utf-8"))))
    assert len(rows) == 80
    weeks = {(row["strategy"], row["replicate"]): float(row["aligned_week"] or "inf") for row in rows}
    first = [sum(weeks[a, str(r)] < weeks[b, str(r)] for r in range(40)) for a, b in (("a", "b"), ("b", "a"))]
    said = re.search(r"in (\d+) of 40 simulated futures, .*? in (\d+)", one.text("soon"))
    assert said and sorted(map(int, said.groups())) == sorted(first)


def test_cards_can_be_added_changed_and_taken_away(visit):
    one = visit()
    page = one.open(SMALL)
    before = one.shown()
    page.select_option("[data-testid=add]", "convenings")
    page.wait_for_selector("[data-testid=card-c]")
    assert "for meetings of" in one.text("spent-c") and "left" not in one.text("spent-c")
    one.until_other(before)
    before = one.shown()
    page.select_option("[data-testid=preset-a]", "nothing")
    one.until_other(before)
    assert "Do nothing" in one.text("card-a") and "Costs nothing" in one.text("spent-a")
    page.click("[data-testid=remove-a]")
    page.wait_for_selector("[data-testid=card-c]", state="detached")
    assert page.locator("[data-testid^=remove-]").count() == 0


def test_a_link_out_of_bounds_is_held_in_them_and_says_so(visit):
    one = visit()
    one.open("/?members=10000000&years=2&futures=20&a=personal,900&b=<script>alert(1)</script>&model=0123")
    notes = one.text("link-notes")
    assert "Members: the link says '10000000', shown is 500." in notes
    assert "Strategy A" in notes and "Strategy B" in notes and "numbers may differ" in notes
    assert one.page.input_value("[data-testid=members]") == "500"


def test_the_keyboard_alone_gets_through(visit):
    one = visit()
    page = one.open(SMALL)
    before = one.shown()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "gn-skip"
    seen = []
    for _ in range(80):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.dataset.testid || ''")
        seen.append(name)
        if name == "members":
            break
    assert seen[-1] == "members"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('[data-testid=members]').value === '45'")
    page.wait_for_url(re.compile("members=45"))  # each step asks for an answer of its own: the last one's is awaited
    assert one.until_other(before)
    for _ in range(160):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.testid || ''") == "download-csv":
            break
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename == "simulated-futures.csv"


def test_a_download_asked_for_too_early_comes_when_all_is_computed(visit):
    one = visit()
    page = one.open(SMALL)
    press = """() => { const see = new MutationObserver(() => {
        const shown = document.querySelector('[data-testid=verdict]').dataset.fresh;
        if (shown !== 'false') return;
        see.disconnect(); window.said = shown; document.querySelector('[data-testid=download-csv]').click(); });
        see.observe(document.body, {subtree: true, attributes: true}); }"""
    page.evaluate(press)
    with page.expect_download() as waiting:
        one.move("degree", 5)
    assert page.evaluate("window.said") == "false"
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text("utf-8"))))
    assert len(rows) == 80
    page.wait_for_url(re.compile("degree=5"))
    with page.expect_download() as again:
        page.click("[data-testid=download-csv]")
    later = list(csv.DictReader(io.StringIO(Path(again.value.path()).read_text("utf-8"))))
    assert rows == later


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_no_fault_in_access_and_nothing_scrolls_sideways(visit, scheme, width):
    one = visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = one.open(SMALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(box => { box.open = true; })")
    assert one.faults_in_access() == []


def test_on_a_phone_a_short_answer_stays_in_view(visit):
    page = visit(viewport={"width": 390, "height": 844}).open(SMALL)
    page.locator("[data-testid=card-b]").scroll_into_view_if_needed()
    page.wait_for_selector(".gn-mini", state="visible")


def test_many_requests_at_once_leave_the_server_standing(server):
    failures = []

    def fetch():
        try:
            with urllib.request.urlopen(server.address + "/", timeout=240) as answer:
                answer.read()
        except OSError as fault:
            failures.append(fault)

    threads = [threading.Thread(target=fetch) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_charts_tell_their_values_by_pointer_by_arrow_keys_and_by_touch(visit):
    one = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    page = one.open(SMALL, until=COMPLETE)
    chart = page.locator(".gn-plot:visible").first
    end = chart.get_attribute("aria-valuetext")
    assert re.fullmatch(r"month 2[34]: Personal introductions \d+% \(\d+ to \d+%\); Newsletter and directory .*", end)
    chart.focus()
    page.keyboard.press("Home")
    start = chart.get_attribute("aria-valuetext")
    assert start.startswith("month 0: ") and start != end
    page.keyboard.press("ArrowRight")
    assert chart.get_attribute("aria-valuenow") == "1" and "month 1" in one.text("tip")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    height = page.evaluate("document.documentElement.scrollHeight")
    for part in (0.12, 0.5, 0.99):
        page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
        page.wait_for_function("() => !document.querySelector('[data-testid=tip]').hidden")
        tip = page.locator("[data-testid=tip]").bounding_box()
        assert tip["x"] >= 0 and tip["x"] + tip["width"] <= 390 and tip["y"] >= 0
        month = int(chart.get_attribute("aria-valuenow"))
        assert one.text("tip").startswith(f"month {month}") and page.locator(".gn-guide circle").count() == 2
    assert month == int(chart.get_attribute("aria-valuemax"))
    assert page.evaluate("document.documentElement.scrollHeight") == height
    page.mouse.move(2, 2)
    page.wait_for_function("() => document.querySelector('[data-testid=tip]').hidden")
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_function("() => !document.querySelector('[data-testid=tip]').hidden")
