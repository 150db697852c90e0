"""Mesa's own page, within ours, in a real browser."""

import re

import pytest

RUN = "/inspect?members=20&years=1&futures=20&a=personal&b=mass&future=3&strategy=b"
NOW = "[data-testid=network-now]"


def until_week(page, week):
    """Wait until the network and the charts show a week."""
    for what in (NOW, "[data-testid=weekly]"):
        page.wait_for_selector(f"{what}[data-week='{week}']")


def sides(page):
    """What lies over the page's head or past its sides, if anything."""
    return page.evaluate(
        """() => Array.from(document.querySelectorAll('.v-navigation-drawer, .v-app-bar, .v-toolbar')).length
            + (document.documentElement.scrollWidth > window.innerWidth ? 100 : 0)"""
    )


def test_a_link_is_stepped_played_to_its_end_and_gives_the_same_again(visit):
    one = visit(viewport={"width": 390, "height": 844})
    page = one.open(RUN, NOW)
    assert sides(page) == 0
    assert page.input_value("[data-testid=run-future]") == "3"
    assert page.input_value("[data-testid=run-strategy]") == "b"
    for week in (1, 2):
        page.press("button:has-text('Step'):enabled", "Enter")
        until_week(page, week)
    assert one.text("week").startswith("Week 2 of 52 (month 0): ") and "2 weeks so far" in one.text("same")
    words = one.text("week")
    page.locator("[aria-label='Render Interval (steps)']").focus()
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelectorAll('.gn-mesa .v-slider input')[1].value > 90")
    page.click("button:has-text('▶')")
    until_week(page, 52)
    assert "Same numbers" in one.text("same")
    page.wait_for_selector("button:has-text('Step'):disabled")
    assert page.locator("[data-testid=weekly] svg").count() == 4
    other = visit()
    fresh = other.open(page.url.removeprefix(one.address), NOW)
    assert sides(fresh) == 0
    for week in (1, 2):
        fresh.click("button:has-text('Step'):enabled")
        until_week(fresh, week)
    assert other.text("week") == words
    fresh.click("[data-testid=run-next]")
    fresh.wait_for_url(re.compile("strategy=b&future=4"))
    until_week(fresh, 0)
    fresh.click("[data-testid=back]")
    fresh.wait_for_selector("[data-testid=verdict]")
    assert "members=20" in fresh.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_access(visit, scheme):
    one = visit(color_scheme=scheme)
    page = one.open(RUN, NOW)
    page.click("button:has-text('Step')")
    until_week(page, 1)
    assert one.faults_in_access() == []
