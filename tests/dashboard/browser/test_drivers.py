"""What drives a result, in a real browser."""

import csv
import io
import re
from pathlib import Path

import pytest

SMALL = "/drivers?members=10&years=1&futures=20&outcome=speed&stage=connected&a=personal&b=mass&whose=a&each=24"
LARGE = SMALL.replace("members=10&years=1", "members=60&years=3").replace("each=24", "each=192")
FINAL = "[data-testid=drivers][data-final=true]"
BARS = "[data-testid=bars] li"


def test_bars_curves_and_leads_are_drawn_and_a_link_reproduces_them(visit):
    one = visit()
    page = one.open(SMALL, FINAL)
    assert page.title() == "What drives the result? \u00b7 Generative networks"
    assert re.search(
        r"\u201c.+\u201d drives months to connection with .+ most \(.+: \d+\.\d months; ", one.text("headline")
    )
    assert "uncertain parameter" in one.text("headline")
    assert "from 24 futures" in page.text_content("section[aria-labelledby=gn-tornado-title]")
    kinds = page.eval_on_selector_all(BARS, "rows => rows.map(row => row.dataset.kind)")
    assert {"setting", "uncertain"} <= set(kinds)
    page.click("[data-testid=show-uncertain]")
    assert set(page.eval_on_selector_all(BARS, "rows => rows.map(row => row.dataset.kind)")) == {"uncertain"}
    page.click("[data-testid=show-every]")
    assert page.locator("[data-testid=budgets] .gn-line").count() == 2
    assert "the next $10,000 a year" in one.text("budget-words")
    assert page.locator("[data-testid=flips] figure").count() == 7
    words = [one.text(name) for name in ("headline", "flip-headline", "bars", "flips", "budget-words")]
    other = visit()
    other.open(page.url.removeprefix(other.address), FINAL)
    assert [other.text(name) for name in ("headline", "flip-headline", "bars", "flips", "budget-words")] == words


def test_the_table_can_be_downloaded_and_another_result_has_its_own_address(visit):
    one = visit()
    page = one.open(SMALL, FINAL)
    with page.expect_download() as waiting:
        page.click("[data-testid=download-csv]")
    assert waiting.value.suggested_filename == "what-drives-the-result.csv"
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text("utf-8"))))
    longest = max((row for row in rows if row["at"]), key=lambda row: abs(float(row["change"])))
    assert f"{float(longest['mean']):.1f} months" in one.text("bars")
    before = one.text("headline")
    page.evaluate(
        """() => { const first = document.querySelector('[data-testid=headline]').innerText; window.seen = [];
        new MutationObserver(() => { const said = document.querySelector('[data-testid=headline]');
            window.seen.push([document.querySelector('[data-testid=drivers]').dataset.fresh, said && said.innerText === first,
                Boolean(document.querySelector('[data-testid=stale]'))]); })
        .observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true}); }"""
    )
    page.select_option("[data-testid=result]", "members")
    page.wait_for_url(re.compile("result=members"))
    page.wait_for_function("window.seen.some(one => one[0] === 'true' && !one[1])")
    seen = page.evaluate("window.seen")
    marked = [place for place, (fresh, old, stale) in enumerate(seen) if fresh == "false" and old and stale]
    assert marked and not [one for one in seen[marked[0] :] if one[0] == "true" and one[1]]
    assert "members at the end" in one.text("headline")
    page.go_back()
    page.wait_for_function(
        """words => { const said = document.querySelector('[data-testid=headline]');
            return said && said.textContent.trim().split(/\\s+/).join(' ') === words; }""",
        arg=before,
    )
    page.wait_for_selector(FINAL + "[data-fresh=true]")


def test_stop_keeps_the_findings_and_resume_continues(visit):
    """All of it would take minutes, on any machine: the button is there until it is pressed."""
    one = visit()
    page = one.open(LARGE, BARS)
    page.click("[data-testid=stop]")
    page.wait_for_selector("[data-testid=again]")
    assert one.text("status").startswith("Stopped. The findings so far are below.") and page.locator(BARS).count() > 3
    page.click("[data-testid=again]")
    page.wait_for_selector("[data-testid=again]", state="detached")
    assert "Stopped" not in one.text("status")
    page.click("[data-testid=stop]")
    page.wait_for_selector("[data-testid=again]")
    assert page.locator(BARS).count() > 3


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_no_fault_in_access_and_nothing_scrolls_sideways(visit, scheme, width):
    one = visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    page = one.open(SMALL, FINAL)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert one.faults_in_access() == []


def test_the_old_address_still_opens_the_page(visit):
    page = visit().open(SMALL.replace("/drivers", "/matters"), "[data-testid=drivers]")
    page.wait_for_function("document.title.startsWith('What drives the result?')")
    assert page.input_value("[data-testid=result]") == "connected", "the question of the link is kept"
