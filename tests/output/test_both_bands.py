"""The sentence that carries luck and worlds, and when a strategy is ahead overall."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.inputs.scenario.parts import Change
from sim.lab.comparison import Comparison
from sim.output.both_bands import about, both_bands, overall

NAMES = ("none", "personal", "mass")
STAGES = ("connected", "aligned", "producing", "generative")


def made_up(gain_as_set, gain_in_worlds, worlds=60, changes=()):
    """Return a comparison in which `personal` brings so many more outputs than `mass`, as set and in worlds (mean, sd)."""
    rng = np.random.default_rng(1)
    level = {"none": 9.0, "mass": 27.0, "personal": 27.0 + gain_as_set}
    weeks = {f"{stage}_week": 50.0 for stage in STAGES}
    cost = {"none": 0.0, "mass": 120_000.0, "personal": 120_000.0}
    runs = pd.DataFrame(
        {
            "strategy": name,
            "seed": 1,
            "replicate": k,
            "outputs": rng.normal(level[name], 3),
            "cost": cost[name],
            **weeks,
        }
        for k in range(100)
        for name in NAMES
    )
    others = dict.fromkeys(("members_left", "members_active", "output_value", "value_per_member"), 1.0)
    others |= dict.fromkeys(("mean_trust", "mean_degree", "coordinator_dependence"), 1.0)
    gains = rng.normal(*gain_in_worlds, worlds)
    table = pd.DataFrame(
        {"world": w, "strategy": name, "replicate": k, "outputs": rng.normal(27 + gains[w] * (name == "personal"), 2)}
        | weeks
        | others
        for w in range(worlds)
        for k in range(2)
        for name in NAMES
    )
    outline = SimpleNamespace(weeks=156, facts={}, changes_of=lambda name: changes)
    return Comparison(outline, 1, NAMES, runs, {}, worlds=table)


LABELS = {"none": "nobody", "personal": "personal introductions", "mass": "newsletters"}


def test_the_sentence_has_costs_both_bands_and_the_answer():
    text = both_bands(made_up(11, (6, 12)), LABELS)
    results = r"Joint results for the same \$40,000 a year: personal introductions 38, newsletters 2[67]; "
    results += r"for nothing: nobody 9[.0-9]*\."
    ahead = r"Personal introductions: ahead of newsletters, the next, in (9\d|100) of 100 futures as set, and in about "
    assert re.match(rf"{results}  {ahead}", text), text
    assert "plausible worlds (behind in about" in text


def test_if_the_coordinator_leaves_early_the_cost_is_that_of_all_years():
    text = both_bands(made_up(11, (6, 12), changes=(Change(week=104, coordinator_leaves=True),)), LABELS)
    assert text.startswith("Joint results for the same $120,000 in 3 years: personal introductions 38, ")
    text = both_bands(made_up(11, (6, 12), changes=(Change(week=104, newcomers=9),)), LABELS)
    assert text.startswith("Joint results for the same $40,000 a year: ")


@pytest.mark.parametrize(
    ("as_set", "in_worlds", "ending"),
    [
        (11, (12, 4), "Ahead overall: personal introductions."),
        (
            11,
            (0, 12),
            "The lead over newsletters depends on numbers that are not known well: neither is ahead overall.",
        ),
        (0.1, (12, 4), "With the numbers as set there is no clear difference: neither is ahead overall."),
    ],
)
def test_ahead_overall_needs_both(as_set, in_worlds, ending):
    assert both_bands(made_up(as_set, in_worlds), LABELS).endswith(ending)


def test_without_worlds_it_says_that_numbers_are_as_set():
    comparison = made_up(11, (6, 12), worlds=1)
    assert both_bands(comparison, LABELS).endswith("a clear lead, with every number of the model as set.")


def test_shares_are_in_words():
    assert [about(share) for share in (0, 0.1, 0.31, 0.52, 0.66, 0.88, 1)] == [
        *("hardly any", "about one in ten", "about one in three", "about half of all", "about two of three"),
        *("about nine of ten", "nearly all"),
    ]
    assert overall("a", "b", False, False) == "There is no clear difference: neither is ahead overall."
