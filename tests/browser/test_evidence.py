"""The evidence page in a real browser."""

import pytest

from sim.declarations import PARAMETERS


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_parameter_can_be_found_and_axe_finds_no_fault(visit, scheme):
    from axe_playwright_python.sync_playwright import Axe

    one = visit(color_scheme=scheme)
    page = one.open("/evidence", "[data-testid=evidence]")
    assert one.text("found") == f"{len(PARAMETERS)} of {len(PARAMETERS)}"
    page.select_option("[data-testid=basis]", "published")
    published = [parameter for parameter in PARAMETERS if parameter.basis == "published"]
    page.wait_for_function(
        "text => document.querySelector('[data-testid=found]').innerText.startsWith(text)", arg=f"{len(published)} of"
    )
    assert page.locator("tbody tr:visible").count() == len(published)
    page.fill("[data-testid=find]", published[0].key)
    page.wait_for_function("() => document.querySelector('[data-testid=found]').innerText.startsWith('1 of')")
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
