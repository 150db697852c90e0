"""Results side by side: pairs where luck was the same, intervals put together where not, and what differs in words."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sim.dashboard.folders.beside import as_csv, beside, flattened
from sim.dashboard.folders.readable import RUNS_OF
from sim.dashboard.folders.sides import Side, cut, from_intervals, unpaired
from sim.lab.analysis.effects import paired_difference, proportion
from sim.lab.analysis.events import Estimate
from sim.lab.experiment.reading import read_results
from sim.lab.results import json_text


@pytest.fixture(scope="module")
def sides(results):
    """Folders by name."""
    names = ("first", "more-newcomers", "nested/other-seed", "shorter", "swept", "stopped", "future", "old")
    return {name: read_results(results / name, RUNS_OF) for name in names}


def page_of(sides, *names):
    """The page of some of them."""
    return beside({name: sides[name] for name in names})


def row(page, strategy, label):
    """A row of a strategy's table."""
    view = next(one for one in page["strategies"] if one["name"] == strategy)
    return next(one for one in view["rows"] if one["label"] == label)


def test_the_same_seeds_are_paired_future_by_future(sides):
    page = page_of(sides, "first", "more-newcomers")
    assert page["notes"][0].startswith("A and B are paired")
    a, b = (
        sides[name].done.query("strategy == 'mass'")["members_left"].to_numpy(float)
        for name in ("first", "more-newcomers")
    )
    expected = paired_difference(b, a)
    found = row(page, "mass", "Members who left")["apart"][0]
    assert found["paired"] and float(found["mean"].replace("−", "-")) == pytest.approx(expected.mean, abs=0.5)
    assert bool(found["good"]) == expected.clear
    shares = row(page, "mass", "Reached connection")
    reached = int(sides["first"].done.query("strategy == 'mass'")["connected_week"].notna().sum())
    low, high = (round(100 * end) for end in (proportion(reached, 12).low, proportion(reached, 12).high))
    assert shares["cells"][0]["mean"] == f"{100 * reached / 12:.0f}%"
    assert shares["cells"][0]["interval"] == f"{low}% to {high}%"
    assert json_text(page)


def test_settings_that_differ_are_told_and_only_they(sides):
    page = page_of(sides, "first", "more-newcomers")
    assert page["settings"]["rows"] == [
        {"key": "network.newcomers", "label": "network · newcomers", "values": ["3", "12"]}
    ]
    assert page_of(sides, "first", "old")["settings"]["rows"] == []


@pytest.mark.parametrize(
    ("other", "why"), [("nested/other-seed", "their seeds differ"), ("swept", "their worlds differ"), ("old", "")]
)
def test_what_cannot_be_paired_says_why(sides, other, why):
    a, b = (Side(name, cut(sides[name], 20)) for name in ("first", other))
    assert unpaired(a, b) == why
    notes = page_of(sides, "first", other)["notes"]
    assert (f"not paired, since {why}" in notes[0]) if why else "are paired" in notes[0]
    assert any("different versions of the model" in note for note in notes) == (other == "old")


def test_the_same_results_differ_in_nothing(sides):
    page = page_of(sides, "first", "old")
    for view in page["strategies"]:
        assert view["said"] == ["No difference between them is clear."]
        for one in view["rows"]:
            assert one["apart"][0]["mean"].lstrip("$").startswith("0")
            assert one["apart"][0]["interval"] == "no pair differs"


def test_sweeps_of_one_design_are_paired_world_by_world(sides):
    assert unpaired(Side("a", sides["swept"]), Side("b", sides["swept"])) == ""
    page = page_of(sides, "swept", "stopped")
    assert "not paired" in page["notes"][0]
    assert any("means over its sampled worlds" in note for note in page["notes"])


def test_different_horizons_are_held_against_each_other_over_the_shorter(sides):
    page = page_of(sides, "first", "shorter")
    assert any("over the first 26 weeks" in note for note in page["notes"]) and page["months"] == 6.0
    # The same luck, and the shorter one is the beginning of the longer; a stage counts once it has held for four weeks.
    longer, shorter = (cut(sides[name], 22).done for name in ("first", "shorter"))
    assert longer["connected_week"].equals(shorter["connected_week"])
    assert longer["connected_week"].isna().equals(longer["connected_censored"].astype(bool))
    view = next(one for one in page["strategies"] if one["name"] == "mass")
    assert max(view["curves"]["connected"]["A"].x) == pytest.approx(6.0)


def test_the_tables_can_be_taken_along(sides):
    page = page_of(sides, "first", "nested/other-seed")
    table = pd.read_csv(io.StringIO(as_csv(page)))
    assert len(table) == sum(len(one["rows"]) for one in page["strategies"])
    mine = table.query("strategy == 'mass' and outcome == 'Joint outputs'").iloc[0]
    cells = row(page, "mass", "Joint outputs")
    assert str(mine["first, interval"]) == cells["cells"][0]["interval"]
    assert str(mine["nested/other-seed minus first, interval"]) == cells["apart"][0]["interval"]


def test_a_single_future_has_no_interval(sides):
    page = page_of(sides, "first", "future")
    assert "no interval can be told" in page["notes"][0]
    found = row(page, "mass", "Joint outputs")
    assert found["cells"][1]["interval"] == "one future" and found["apart"] == [None]
    assert row(page, "none", "Joint outputs")["cells"][1] is None


def test_four_at_once_and_strategies_that_matter_first(sides):
    page = page_of(sides, "first", "more-newcomers", "nested/other-seed", "swept")
    assert [one["letter"] for one in page["folders"]] == list("ABCD")
    assert page["strategies"][0]["name"] == "mass"
    assert len(row(page, "mass", "Spent")["apart"]) == 3


@given(some.floats(-100, 100), some.floats(-100, 100), some.lists(some.floats(0.01, 20), min_size=4, max_size=4))
def test_put_together_intervals_are_symmetric_and_no_narrower_than_either(a, b, wide):
    first, second = Estimate(a, a - wide[0], a + wide[1]), Estimate(b, b - wide[2], b + wide[3])
    gap, back = from_intervals(first, second), from_intervals(second, first)
    assert gap.mean == pytest.approx(b - a) and gap.low <= gap.mean <= gap.high
    assert (back.low, back.high) == pytest.approx((-gap.high, -gap.low))
    assert gap.high - gap.mean >= max(wide[3], wide[0]) - 1e-9 and not gap.paired


def test_put_together_intervals_cover_as_they_say():
    luck = np.random.default_rng(4)
    hits = 0
    for _ in range(600):
        a, b = luck.binomial(40, 0.6), luck.binomial(60, 0.4)
        gap = from_intervals(proportion(int(a), 40), proportion(int(b), 60))
        hits += gap.low <= -0.2 <= gap.high
    assert 0.92 < hits / 600 < 0.98


def test_tables_within_tables_become_paths():
    told = flattened({"a": {"b": 1}, "c": [{"d": 2}, {"d": 3}], "e": [1, 2]})
    assert told == {"a.b": 1, "c.1.d": 2, "c.2.d": 3, "e": [1, 2]}
