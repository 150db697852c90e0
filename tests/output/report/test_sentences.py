"""What a report says in words: no more than the intervals allow, and each number about the right thing."""

import json
import re
import subprocess
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.lab.analysis.economics import cost_of_more
from sim.lab.experiment.designs import Factor
from sim.lab.experiment.reading import read_results
from sim.model.version import MODEL_VERSION
from sim.output.report import sentences
from sim.output.report.report_findings import find
from sim.output.report.report_page import report, without_figures
from sim.output.report.sections import telling_factors
from tests.conftest import CHROMIUM
from tests.output.report.pages import check_page, undrawn, words_of
from tests.output.report.sweeps import FACTORS, write_sweep

OPENED = """<script>
document.querySelectorAll("details").forEach(one => one.open = true);
const wide = [...document.querySelectorAll(".wide")];
const cut = wide.filter(one => one.scrollWidth > one.clientWidth).map(one => one.getAttribute("aria-label"));
document.documentElement.setAttribute("data-cut", JSON.stringify([wide.length, cut]));
</script>"""


@pytest.fixture(autouse=True)
def words_only(monkeypatch):
    """Leave figures undrawn."""
    monkeypatch.setattr("sim.output.report.html_page.inline_svg", undrawn)


def findings_of(folder, **more):
    return find(read_results(write_sweep(folder, **more)))


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """What is found in a sweep with clear effects."""
    return findings_of(tmp_path_factory.mktemp("large") / "r", samples=40)


def changed(folder, change):
    """The results in a folder, its runs changed by a function of the table."""
    part = folder / "runs" / "part-00000.parquet"
    change(pd.read_parquet(part)).to_parquet(part, index=False)
    return read_results(folder)


def test_without_a_clear_difference_neither_is_called_the_best_buy(tmp_path):
    found = findings_of(tmp_path / "r", names=("none", "alpha", "beta"), replicates=6)
    assert not found.pair("alpha", "beta", "outputs").clear
    words = sentences.worth_sentence(found)
    assert re.search(r"above \$[\d,]+, unclear \((alpha or beta|beta or alpha)\)", words), words
    assert not re.search(r"above \$[\d,]+, (alpha|beta)[.;]", words)
    assert "overtakes" not in words


def test_the_price_at_which_the_best_buy_changes_is_that_of_one_more_output(large):
    found = large
    price = cost_of_more(found.blocks["cost"], found.blocks["outputs"], "weave <b>", "none")
    words = sentences.worth_sentence(found)
    assert f"overtakes none at ${price.price:,.0f}" in words
    low, high = found.buying.stretches[1].low, found.buying.stretches[1].high
    assert low < price.low and high > price.high, "corrected for all pairs of strategies and outcomes of the page"
    assert f"up to ${low:,.0f}, none; from ${low:,.0f} to ${high:,.0f}" in words
    assert f"above ${high:,.0f}, weave <b>." in words


def test_where_strategies_come_to_the_same_that_is_said(tmp_path):
    write_sweep(tmp_path / "r", never=True)
    found = find(changed(tmp_path / "r", lambda runs: runs.assign(cost=0.0)))
    assert (
        sentences.lead(found)
        == "There is no difference: none, weave <b> and mass all have 0 outputs per simulated future."
    )
    assert "No strategy is ahead of another in any of 24" in sentences.best_sentence(found)
    assert sentences.worth_sentence(found) == ""


def test_several_that_are_never_behind_are(tmp_path):
    write_sweep(tmp_path / "r", names=("none", "alpha", "beta"))

    def alike(runs):
        """Beta brings what alpha does, none nothing."""
        alpha = runs.loc[runs["strategy"] == "alpha", "outputs"].to_numpy()
        runs.loc[runs["strategy"] == "beta", "outputs"] = alpha
        runs.loc[runs["strategy"] == "none", "outputs"] = 0.0
        return runs

    words = sentences.best_sentence(find(changed(tmp_path / "r", alike)))
    assert "are never behind in these runs" in words and "is never behind" not in words


def test_the_smallest_maximum_regret_is_named_only_where_resamples_agree(tmp_path):
    close = find(read_results(write_sweep(tmp_path / "close", names=("none", "alpha", "beta"), replicates=6)))
    assert max(one.minimax_share for one in close.regrets.strategies) < 0.95
    assert "Which has the smallest maximum regret is unclear" in sentences.best_sentence(close)


def test_a_single_seed_tells_no_price(tmp_path):
    found = findings_of(tmp_path / "r", replicates=1)
    assert found.prices == [] and "the best buy are unclear" in sentences.worth_sentence(found)


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_what_is_luck_is_not_said_to_move_anything(tmp_path, kind):
    """Outputs by the throw of dice: whichever index is largest, it means nothing."""
    write_sweep(tmp_path / "r", kind=kind, samples=16)

    def dice(runs):
        return runs.assign(outputs=np.random.default_rng(5).poisson(4, len(runs)).astype(float))

    found = find(changed(tmp_path / "r", dice))
    for one in found.indices:
        words = sentences.sensitivity_sentence(found, one)
        assert words.startswith("No varied factor clearly drives") and "Luck is" in words


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_what_moves_an_outcome_is_named(tmp_path, kind):
    found = findings_of(tmp_path / "r", kind=kind, samples=32)
    words = sentences.sensitivity_sentence(found, found.indices[0])
    assert "most" in words and "trust lost without contact" in words and "members" not in words.replace("trust", "")


def test_factors_without_effect_are_not_shown_as_telling(large):
    found = large
    assert [one.factor for one in telling_factors(found.by_factor)] == ["trust.decay"]
    words = sentences.factors_sentence(found, telling_factors(found.by_factor))
    assert (
        "largest effect first: trust lost without contact (" in words
        and "No clear effect: members & <others> and kind." in words
    )
    first, last = found.by_factor[0].groups[0], found.by_factor[0].groups[-1]
    assert f"{first.restricted.mean:.0f} at {first.label}" in words and last.label in words


def test_many_factors_are_held_to_more_than_one_in_twenty(large):
    """Of sixteen that do nothing one has a small p-value by luck; it is not reported."""
    one = large.by_factor[1]
    chances = [0.04, *np.linspace(0.1, 1.0, 15)]
    assert telling_factors([replace(one, p_worlds=chance) for chance in chances]) == []
    assert len(telling_factors([replace(one, p_worlds=chance) for chance in [0.005, 0.01, 0.9]])) == 2


def test_another_version_of_the_model_is_mentioned(tmp_path):
    folder = write_sweep(tmp_path / "r", samples=4)
    assert "from another version of the model (abc" in words_of(check_page(report(read_results(folder))))
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "model_version": MODEL_VERSION}), "utf-8")
    assert "another version of the model" not in words_of(check_page(report(read_results(folder))))


def with_hours(folder):
    """A sweep in which hours were varied, and the chance to leave."""
    hours = Factor("strategy.hours", "lever", "budget", "hours a week", "float", "uniform", 5, 40)
    leaving = Factor(
        "leaving.hazard", "uncertain", "Chance to leave (37% a year)", "per week", "float", "uniform", 0.006, 0.012
    )
    write_sweep(folder, factors=(FACTORS[0], hours, leaving), samples=24)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    strategies = manifest["experiment"]["resolved"]["strategies"]
    for name, strategy in strategies.items():
        strategy["coordinators"] = [] if name == "none" else [{"hours": 10, "hour_cost": 50}]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def test_what_was_varied_is_not_told_as_the_scenario_has_it(tmp_path):
    tree = check_page(report(read_results(with_hours(tmp_path / "r"))))
    rows = [["".join(cell.itertext()).strip() for cell in row] for row in tree.iter("tr")]
    told = {row[0]: row for row in rows if row[2:3] != [] and row[1].startswith("Label of")}
    assert told["mass"][2] == "5 to 40 (varied)" and told["none"][2] == "no coordinator"
    assert "37% a year" not in words_of(tree)


def test_a_figure_of_the_default_goes_and_others_stay():
    assert without_figures("Chance to leave at engagement .5 (37% a year)") == "Chance to leave at engagement .5"
    for label in ("Least need in a kind (the most is 1)", "Outputs, in a network that started with 40"):
        assert without_figures(label) == label


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
@pytest.mark.parametrize("kind", ["lhs", "morris"])
def test_every_table_fits_a_window_of_1100_pixels(tmp_path, kind):
    folder = tmp_path / "r"
    write_sweep(folder, kind=kind, names=("none", "customized", "mass"), samples=24)
    dear = lambda runs: runs.assign(cost=np.where(runs["strategy"] == "none", 0.0, 175_524.0))  # noqa: E731
    page = report(changed(folder, dear)).replace("</body>", f"{OPENED}</body>")
    assert OPENED in page
    (tmp_path / "page.html").write_text(page, "utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1100,900", "--dump-dom"]
    home = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [*command, f"file://{tmp_path}/page.html"], capture_output=True, text=True, timeout=300, env=home, check=True
    )
    tables, cut = json.loads(re.search(r'data-cut="([^"]*)"', done.stdout).group(1).replace("&quot;", '"'))
    assert tables >= 8 and cut == []
