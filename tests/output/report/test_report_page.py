"""The report of a results folder: stands alone, says what the runs say, and copes with whatever they lack."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.cli.app import app
from sim.lab.analysis.pairs import difference
from sim.lab.analysis.reached import level_within
from sim.lab.analysis.runs import AnalysisError, block
from sim.lab.experiment.reading import read_results
from sim.output.report import report_page
from sim.output.report.report_page import report
from tests.examples import PARAMETER
from tests.lab.analysis.tables import table_of
from tests.output.report.pages import SVG, check_page, undrawn, words_of
from tests.output.report.sweeps import HORIZON, NAMES, write_sweep

ROOT = Path(__file__).parents[3]


@pytest.fixture
def words_only(monkeypatch):
    """Leave figures undrawn."""
    monkeypatch.setattr("sim.output.report.html_page.inline_svg", undrawn)


def page_of(folder, **more):
    """The report of a made sweep, checked, with its words."""
    page = report(read_results(write_sweep(folder, **more)))
    tree = check_page(page)
    return page, tree, words_of(tree)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A sweep with clear effects: its folder and its page."""
    folder = tmp_path_factory.mktemp("large") / "r"
    return folder, page_of(folder, samples=40)


@pytest.fixture(scope="module")
def designed(tmp_path_factory):
    """A sweep of a Sobol design: its folder and its page."""
    folder = tmp_path_factory.mktemp("designed") / "r"
    return folder, page_of(folder, kind="sobol", samples=16)


def test_a_sweep_has_everything(large):
    page, tree, words = large[1]
    headings = [" ".join(h.itertext()) for h in tree.iter("h2")]
    assert headings == [
        "Answer",
        "When stages are reached",
        "How strategies differ",
        "What outputs cost",
        "Choosing under uncertainty",
        "What drives the result",
        "Where strategies fail",
        "Assumptions",
        "The model",
        "How to reproduce it",
    ]
    assert "A small <sweep>" in words and "Which is better & why?" in words and "weave <b>" in words
    assert "gennet sweep 'a file.toml'" in words and PARAMETER in words
    assert words.count("at most one page in 20 names a wrong winner") == 1
    assert len(list(tree.iter(f"{SVG}svg"))) >= 14
    assert len(page) < 3_000_000


def test_the_answer_is_what_the_analysis_says(large):
    folder, (_, _, words) = large
    runs = read_results(folder).runs
    pair = difference(block(runs, "outputs", NAMES, HORIZON), "weave <b>", "mass")
    assert pair.clear
    numbers = re.search(r"Weave <b> does best: ([\d.]+) \(([\d.]+) to ([\d.]+)\) more outputs", words)
    assert numbers, words[:600]
    values = [float(number) for number in numbers.groups()]
    assert values == pytest.approx([pair.mean, pair.low, pair.high], abs=0.051)
    reached = runs[runs["strategy"] == "none"]["producing_week"].notna().mean()
    assert f"none in {100 * reached:.0f}%" in words


def test_where_no_world_gets_there_the_mean_of_weeks_still_has_an_interval():
    """None of ten worlds: at most 31% of worlds would (exact binomial bound)."""
    runs = table_of(10, 3, ("a", "b"), {"aligned_week": np.full((10, 3, 2), np.nan)})
    table = block(runs, "aligned_week", ("a", "b"), 52)
    found = level_within(table, "a", 52.0)
    assert (found.mean, found.low, found.high) == pytest.approx((52, 52 * 0.025**0.1, 52))


def test_the_report_says_what_the_runs_do_not_show(tmp_path, words_only):
    _, _, words = page_of(tmp_path / "r", names=("alpha", "beta"), replicates=4)
    assert "There is no clear difference between" in words
    assert "simulated futures per world; these runs have" in words or "more worlds might" in words


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_a_design_with_indices_has_a_tornado(tmp_path, request, kind):
    page = request.getfixturevalue("designed")[1] if kind == "sobol" else page_of(tmp_path / "r", kind=kind, samples=16)
    _, tree, words = page
    assert sum((svg.find(f"{SVG}title").text or "").startswith("What drives") for svg in tree.iter(f"{SVG}svg")) == 2
    assert "trust lost without contact" in words
    assert ("Sobol indices" in words) == (kind == "sobol")


@pytest.mark.parametrize(
    ("more", "lacking", "said"),
    [
        (
            {"names": ("weave",)},
            ("How strategies differ", "What outputs cost"),
            "there is no other strategy to compare it with",
        ),
        (
            {"factors": (), "samples": 1, "replicates": 8},
            ("What drives the result", "Where strategies fail"),
            "simulated futures",
        ),
        ({"never": True}, (), ">104"),
        ({"failed": (0, 3)}, (), "6 of 216 runs failed"),
        ({"samples": 3, "replicates": 1}, ("Where strategies fail",), "3 worlds are too few"),
        ({"factors": (), "samples": 1, "replicates": 1}, ("How strategies differ",), "which says nothing about luck"),
    ],
)
def test_whatever_is_lacking_the_page_stands(tmp_path, more, lacking, said):
    _, tree, words = page_of(tmp_path / "r", **more)
    headings = [" ".join(h.itertext()) for h in tree.iter("h2")]
    assert not set(lacking) & set(headings)
    assert said in words
    assert not re.search(r"\b(nan|None|inf)\b", words.split("The model")[0])


def test_one_seed_for_all_worlds_tells_no_difference(tmp_path, words_only, large):
    _, _, one = page_of(tmp_path / "one", replicates=1)
    assert "There is no clear difference between" in one and "does best:" not in one
    assert "with a single seed. Luck cannot be separated from the effect of a strategy" in one
    _, _, several = large[1]
    assert "does best:" in several


def test_where_every_run_failed_that_is_said(tmp_path):
    folder = write_sweep(tmp_path / "r", names=("weave",), samples=3, failed=(0, 1, 2))
    with pytest.raises(AnalysisError, match=r"all 9 failed"):
        report(read_results(folder))
    result = CliRunner().invoke(app, ["report", str(folder)])
    assert result.exit_code == 2 and "no run is done" in result.output


def test_the_same_folder_gives_the_same_page(designed):
    folder, (page, _, _) = designed
    assert report(read_results(folder)) == page


def test_a_comparison_has_a_report(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.cli.commands.compare_command.draw", lambda *_: lambda: None)
    done = tmp_path / "done"
    command = [
        "compare",
        str(ROOT / "scenarios/weaving.toml"),
        "--replicates",
        "6",
        "--set",
        "weeks=60",
        "--no-renewal",
    ]
    made = CliRunner().invoke(app, [*command, "--out", str(done)])
    assert made.exit_code == 0, made.output
    result = CliRunner().invoke(app, ["report", str(done)])
    assert result.exit_code == 0, result.output
    page = (done / "report.html").read_text("utf-8")
    words = words_of(check_page(page))
    assert "Weaving a real network" in words and "Futures per strategy 6" in words
    summary = json.loads((done / "summary.json").read_text("utf-8"))
    most = max(summary["strategies"], key=lambda one: one["outputs"])
    assert f"{most['name']}: outputs per simulated future" in words


def test_the_command_refuses_in_words(tmp_path, words_only):
    folder = write_sweep(tmp_path / "r", samples=3)
    cases = [
        (["report", str(tmp_path / "nothing")], "no such folder"),
        (["report", str(folder), "--out", str(tmp_path / "x.pdf")], "does not end in .html"),
        (["report", str(folder), "--out", str(folder / "manifest.json" / "x.html")], "cannot be written"),
    ]
    for arguments, said in cases:
        result = CliRunner().invoke(app, arguments)
        assert (result.exit_code, said in result.output) == (2, True), result.output


def test_the_model_in_short_is_what_model_md_says():
    whole = " ".join(report_page.model_text().split())
    sections = report_page.summary()
    assert [heading for heading, _ in sections][:2] == ["Purpose and patterns", "Entities, state variables and scales"]
    assert len(sections) == 7
    for _, html in sections:
        assert "href" not in html and "<!--" not in html and "&lt;!--" not in html
        first = re.sub(r"<[^>]+>", "", html.split("</p>")[0].split("<p>")[-1])
        plain = re.sub(r"[*`]|\]\([^)]*\)|\[", "", whole)
        assert " ".join(first.split())[:80].replace("&amp;", "&") in plain
    heading, limits = report_page.limits()
    assert heading == "Limits" and "Rankings of strategies rest on prices" in limits
