"""The page Whom to introduce in a real browser."""

import pytest

TAIL = "members=20&years=1&futures=20&a=nothing&b=personal"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_asks_before_it_computes_and_axe_finds_no_fault(visit, scheme):
    one = visit(color_scheme=scheme)
    page = one.open(f"/advise?{TAIL}", "[data-testid=begin]")
    assert "made-up people" in one.text("made-up") and page.locator("[data-testid=advice]").count() == 0
    assert one.faults_in_access() == []
