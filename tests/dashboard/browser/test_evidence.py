"""The evidence page in a real browser."""

from pathlib import Path

import pytest

from sim.dashboard.pages.evidence.state import claims_page
from sim.evidence.published import published
from sim.model.declarations import PARAMETERS


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_parameter_can_be_found_and_axe_finds_no_fault(visit, scheme):
    one = visit(color_scheme=scheme)
    page = one.open("/evidence", "[data-testid=evidence]")
    one.until_count("header.gn-head", 1)
    assert one.text("found") == f"{len(PARAMETERS)} of {len(PARAMETERS)}"
    page.select_option("[data-testid=basis]", "published")
    published = [parameter for parameter in PARAMETERS if parameter.basis == "published"]
    page.wait_for_function(
        "text => document.querySelector('[data-testid=found]').innerText.startsWith(text)", arg=f"{len(published)} of"
    )
    assert page.locator("details.gn-more tbody tr:visible").count() == len(published)
    page.fill("[data-testid=find]", published[0].key)
    page.wait_for_function("() => document.querySelector('[data-testid=found]').innerText.startsWith('1 of')")
    assert one.faults_in_access() == []


def test_claims_have_their_verdicts_and_can_be_downloaded(visit):
    rows = published()["claims"]["rows"]
    one = visit(viewport={"width": 390, "height": 844})
    page = one.open("/evidence", "[data-testid=verdicts]")
    assert f"Of the {len(rows)} claims" in one.text("score")
    verdict = rows[0]["verdict"]
    kept = [row for row in rows if row["verdict"] == verdict]
    for absent in {"holds", "mixed", "conditional", "undecided"} - {row["verdict"] for row in rows}:
        assert page.locator(f"[data-testid='kind-{absent}']").is_disabled()
    page.click(f"[data-testid='kind-{verdict}']")
    page.wait_for_function("n => document.querySelectorAll('[data-testid=claims] > li').length === n", arg=len(kept))
    first = page.locator("[data-testid=claims] > li").first
    first.locator("summary").press("Enter")
    assert (kept[0]["condition"] or "") in first.inner_text() and kept[0]["parts"][-1]["says"] in first.inner_text()
    one.until_count("[data-testid=target]", len(published()["validate"]["rows"]))
    with page.expect_download() as waiting:
        page.click("[data-testid='save-claims.csv']")
    assert Path(waiting.value.path()).read_text("utf-8") == claims_page().files["claims.csv"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
