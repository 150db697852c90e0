"""Results side by side: paired where seeds are the same, combined intervals otherwise, and differences in words."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sim.dashboard.pages.results.folder_differences import ComparedFolder, cut, from_intervals, unpaired
from sim.dashboard.pages.results.side_by_side import SettingRow, as_csv, flattened, side_by_side
from sim.dashboard.results_catalogue import COMMANDS
from sim.dashboard.shared.templates import packed
from sim.lab.analysis.effects import paired_difference, proportion
from sim.lab.analysis.events import Estimate
from sim.lab.experiment.reading import read_results


@pytest.fixture(scope="module")
def saved(results):
    """Folders by name."""
    names = ("first", "more-newcomers", "nested/other-seed", "shorter", "swept", "stopped", "future", "old")
    return {name: read_results(results / name, COMMANDS) for name in names}


def page_of(saved, *names):
    """The page of some of them."""
    return side_by_side({name: saved[name] for name in names})


def row(page, strategy, label):
    """A row of a strategy's table."""
    view = next(one for one in page.strategies if one.name == strategy)
    return next(one for one in view.rows if one.label == label)


def test_the_same_seeds_are_paired_future_by_future(saved):
    page = page_of(saved, "first", "more-newcomers")
    assert page.notes[0].startswith("A and B are paired")
    a, b = (
        saved[name].done.query("strategy == 'mass'")["members_left"].to_numpy(float)
        for name in ("first", "more-newcomers")
    )
    expected = paired_difference(b, a)
    found = row(page, "mass", "Members who left").differences[0]
    assert found.paired and float(found.mean.replace("−", "-")) == pytest.approx(expected.mean, abs=0.5)
    assert expected.clear or not found.good, "what is clear among all is clear by itself"
    shares = row(page, "mass", "Reached connection")
    reached = int(saved["first"].done.query("strategy == 'mass'")["connected_week"].notna().sum())
    low, high = (round(100 * end) for end in (proportion(reached, 12).low, proportion(reached, 12).high))
    assert shares.cells[0].mean == f"{100 * reached / 12:.0f}%"
    assert shares.cells[0].interval == f"{low}% to {high}%"
    assert packed(page)


def test_only_settings_that_differ_are_listed(saved):
    page = page_of(saved, "first", "more-newcomers")
    assert page.settings == [SettingRow("network.newcomers", "network · newcomers", ["3", "12"])]
    assert page_of(saved, "first", "old").settings == []


@pytest.mark.parametrize(
    ("other", "why"), [("nested/other-seed", "their seeds differ"), ("swept", "their worlds differ"), ("old", "")]
)
def test_folders_that_cannot_be_paired_say_why(saved, other, why):
    a, b = (ComparedFolder(name, name, cut(saved[name], 20)) for name in ("first", other))
    assert unpaired(a, b) == why
    notes = page_of(saved, "first", other).notes
    assert (f"not paired, because {why}" in notes[0]) if why else "are paired" in notes[0]
    assert any("different versions of the model" in note for note in notes) == (other == "old")


def test_the_same_results_do_not_differ(saved):
    page = page_of(saved, "first", "old")
    for view in page.strategies:
        assert view.words == ["There is no clear difference."]
        for one in view.rows:
            assert one.differences[0].mean.lstrip("$").startswith("0")
            assert one.differences[0].interval == "no pair differs"


def test_sweeps_of_one_design_are_paired_world_by_world(saved):
    assert unpaired(ComparedFolder("A", "a", saved["swept"]), ComparedFolder("B", "b", saved["swept"])) == ""
    page = page_of(saved, "swept", "stopped")
    assert "not paired" in page.notes[0]
    assert any("means over its worlds" in note for note in page.notes)


def test_different_horizons_are_compared_over_the_shorter(saved):
    page = page_of(saved, "first", "shorter")
    assert any("over the first 26 weeks" in note for note in page.notes) and page.months == 6.0
    # The same luck, and the shorter one is the beginning of the longer; a stage counts once it has held for four weeks.
    longer, shorter = (cut(saved[name], 22).done for name in ("first", "shorter"))
    assert longer["connected_week"].equals(shorter["connected_week"])
    assert longer["connected_week"].isna().equals(longer["connected_censored"].astype(bool))
    view = next(one for one in page.strategies if one.name == "mass")
    assert max(view.curves["connected"]["A"].x) == pytest.approx(6.0)


def test_the_csv_file_has_all_tables(saved):
    page = page_of(saved, "first", "nested/other-seed")
    table = pd.read_csv(io.StringIO(as_csv(page)))
    assert len(table) == sum(len(one.rows) for one in page.strategies)
    mine = table.query("strategy == 'mass' and outcome == 'Joint results'").iloc[0]
    cells = row(page, "mass", "Joint results")
    assert str(mine["first, interval"]) == cells.cells[0].interval
    assert str(mine["nested/other-seed minus first, interval"]) == cells.differences[0].interval


def test_a_single_future_has_no_interval(saved):
    page = page_of(saved, "first", "future")
    assert "gives no interval" in page.notes[0]
    found = row(page, "mass", "Joint results")
    assert found.cells[1].interval == "one future" and found.differences == [None]
    assert row(page, "none", "Joint results").cells[1] is None


def test_four_at_once_and_strategies_that_matter_first(saved):
    page = page_of(saved, "first", "more-newcomers", "nested/other-seed", "swept")
    assert [one.letter for one in page.folders] == list("ABCD")
    assert page.strategies[0].name == "mass"
    assert len(row(page, "mass", "Spent").differences) == 3


@given(some.floats(-100, 100), some.floats(-100, 100), some.lists(some.floats(0.01, 20), min_size=4, max_size=4))
def test_combined_intervals_are_symmetric_and_no_narrower_than_either(a, b, wide):
    first, second = Estimate(a, a - wide[0], a + wide[1]), Estimate(b, b - wide[2], b + wide[3])
    gap, back = from_intervals(first, second), from_intervals(second, first)
    assert gap.mean == pytest.approx(b - a) and gap.low <= gap.mean <= gap.high
    assert (back.low, back.high) == pytest.approx((-gap.high, -gap.low))
    assert gap.high - gap.mean >= max(wide[3], wide[0]) - 1e-9 and not gap.paired


def test_combined_intervals_cover_the_true_difference():
    luck = np.random.default_rng(4)
    hits = 0
    for _ in range(600):
        a, b = luck.binomial(40, 0.6), luck.binomial(60, 0.4)
        gap = from_intervals(proportion(int(a), 40), proportion(int(b), 60))
        hits += gap.low <= -0.2 <= gap.high
    assert 0.92 < hits / 600 < 0.98


def test_tables_within_tables_become_paths():
    flat = flattened({"a": {"b": 1}, "c": [{"d": 2}, {"d": 3}], "e": [1, 2]})
    assert flat == {"a.b": 1, "c.1.d": 2, "c.2.d": 3, "e": [1, 2]}
