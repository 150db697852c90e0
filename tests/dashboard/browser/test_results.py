"""The page of results in a real browser, over folders that commands have just left."""

import re

import pytest

from tests.dashboard.browser.conftest import Server
from tests.dashboard.results import saved_results
from tests.lab.experiment.worlds import small, sweep_a_few

LIST = "[data-testid=results][data-state=ready]"
ONE = "[data-testid=result][data-state=ready]"
SIDE_BY_SIDE = "[data-testid=side-by-side][data-state=ready]"
FAULT = "[data-testid=fault]"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A folder for results, empty at first."""
    found = tmp_path_factory.mktemp("results") / "here"
    found.mkdir()
    return found


@pytest.fixture(scope="module")
def here(root):
    """The same folder with small results."""
    saved_results.compare(root, "first")
    saved_results.compare(root, "more-newcomers", newcomers=12)
    saved_results.compare(root, "old")
    saved_results.edited(root / "old", model_version="0123456789ab")
    saved_results.run(root, "future")
    sweep_a_few(small(samples=64), root / "stopped", least=5)
    (root / "broken").mkdir()
    (root / "broken" / "manifest.json").write_text("{")
    return root


@pytest.fixture(scope="module")
def server(chromium, root):
    """A server of this folder."""
    running = Server("--results", str(root))
    yield running
    code, _ = running.stop()
    assert code == 0, "".join(running.lines)


def test_an_empty_folder_says_how_to_make_results_and_refresh_sees_them(visit, root, request):
    one = visit()
    # Before any other test of this module has made results.
    page = one.open("/results", "[data-testid=empty]")
    assert "gennet compare scenarios/weaving.toml" in one.text("empty") and f"--out {root}/NAME" in one.text("empty")
    request.getfixturevalue("here")
    page.click("[data-testid=refresh]")
    page.wait_for_selector(LIST + "[data-count='6']")


def names(page):
    """Names in the list, in order."""
    return page.eval_on_selector_all("[data-testid=shelf] tbody tr", "rows => rows.map(row => row.dataset.name)")


def test_the_list_is_found_in_sorted_and_compared_and_the_link_reproduces_it(visit, here):
    one = visit()
    page = one.open("/results", LIST)
    assert page.title() == "Results \u00b7 Generative networks"
    assert set(names(page)) == {"first", "more-newcomers", "old", "future", "stopped"}
    assert "broken/manifest.json cannot be read" in one.text("not-shown")
    assert re.search(r"\d+ done, [\d,]+ left", page.text_content("[data-name=stopped]"))
    assert "another version of the model: numbers may differ" in page.text_content("[data-name=old]")
    page.fill("[data-testid=find]", "more-newcomers")
    page.wait_for_function("() => document.querySelector('[data-testid=found]').innerText === '1 of 5'")
    page.check("[data-name=more-newcomers] input")
    assert page.is_disabled("[data-testid=compare]")
    page.fill("[data-testid=find]", "")
    page.select_option("[data-testid=kind]", "compare")
    page.wait_for_function("() => document.querySelector('[data-testid=found]').innerText === '3 of 5'")
    page.check("[data-name=first] input")
    page.click("[data-testid=compare]")
    page.wait_for_selector(SIDE_BY_SIDE)
    assert "A and B are paired" in one.text("notes") and "newcomers" in one.text("settings")
    page.select_option("[data-testid=strategy]", "none")
    page.wait_for_selector(SIDE_BY_SIDE + "[data-strategy=none]")
    page.wait_for_url(re.compile("strategy=none"))
    other = visit()
    other.open(page.url.removeprefix(one.address), SIDE_BY_SIDE + "[data-strategy=none]")
    assert other.text("numbers") == one.text("numbers") and other.text("differences") == one.text("differences")
    page.go_back()
    page.wait_for_selector(SIDE_BY_SIDE + "[data-strategy=mass]")
    page.click("[data-testid=back]")
    page.wait_for_selector(LIST)


def test_a_comparison_opens_with_verdict_charts_figures_and_what_can_be_taken(visit, here, tmp_path):
    one = visit()
    page = one.open("/results?members=40&open=first", ONE)
    page.wait_for_selector("[data-testid=verdict][data-final=true]")
    assert one.text("verdict").startswith("Joint results ") and "of 12 simulated futures" in one.text("soon")
    one.until_count("[data-testid=numbers] tbody tr", 2)
    page.click("[data-testid=stage-connected]")
    page.wait_for_url(re.compile("open=first&stage=connected"))
    page.wait_for_function("() => document.querySelector('[data-testid=soon]').innerText.includes('connection')")
    page.click("[data-testid=figures] summary")
    page.wait_for_function(
        "() => { const found = document.querySelector('.gn-pictures img'); return found && found.naturalWidth > 0; }"
    )
    for button, ending in (("csv", "csv"), ("brief", "html")):
        with page.expect_download() as waiting:
            page.click(f"[data-testid=download-{button}]")
        assert waiting.value.suggested_filename == f"first.{ending}"
        waiting.value.save_as(str(tmp_path / f"it.{ending}"))
    assert (tmp_path / "it.csv").read_text("utf-8") == (here / "first" / "runs.csv").read_text("utf-8")
    assert "A small world" in (tmp_path / "it.html").read_text("utf-8")
    page.click("nav >> text=Compare")
    page.wait_for_selector("[data-testid=members]")
    assert page.input_value("[data-testid=members]") == "40"


def test_a_run_a_sweep_and_an_old_version_are_told_as_what_they_are(visit, here):
    one = visit()
    page = one.open("/results?open=future", ONE)
    assert "One simulated future" in one.text("lead")
    one.until_count(".gn-panel svg path.gn-line", 8)
    one.open("/results?open=stopped", ONE + " [data-testid=report]")
    assert re.match(r"Stopped early: \d+ of 384 simulated futures done", one.text("progress"))
    assert "is not finished" in one.text("report") and page.locator(".gn-report svg").count() > 8
    one.open("/results?open=old", ONE)
    assert "another version of the model" in one.text("other-version")


def test_what_cannot_be_opened_is_said_in_a_sentence(visit, here):
    one = visit()
    for link, words in (
        ("../outside", "is not the name of a folder"),
        ("broken", "cannot be read"),
        ("first,gone", "no such folder"),
    ):
        one.open(f"/results?open={link}", FAULT)
        assert words in one.text("fault"), link


def test_the_keyboard_alone_gets_from_the_list_to_a_comparison_of_two(visit, here):
    page = visit().open("/results", LIST)
    page.focus("[data-testid=sort]")
    page.keyboard.press("Tab")
    wanted = {"Select first to compare it", "Select old to compare it"}
    for _ in range(60):
        label = page.evaluate("document.activeElement.getAttribute('aria-label') || ''")
        if label in wanted:
            page.keyboard.press("Space")
            wanted.remove(label)
        if not wanted:
            break
        page.keyboard.press("Tab")
    page.wait_for_function("() => document.querySelector('[data-testid=chosen]').innerText.startsWith('2 selected')")
    page.focus("[data-testid=compare]")
    page.keyboard.press("Enter")
    page.wait_for_selector(SIDE_BY_SIDE)


@pytest.mark.parametrize(("scheme", "width", "opened"), [("light", 1440, "first"), ("dark", 390, "stopped")])
def test_axe_finds_no_fault_and_nothing_scrolls_sideways(visit, here, scheme, width, opened):
    one = visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    for path, until in (
        ("/results", LIST),
        (f"/results?open={opened}", ONE),
        ("/results?open=first,old", SIDE_BY_SIDE),
    ):
        page = one.open(path, until)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert one.faults_in_access() == [], path
