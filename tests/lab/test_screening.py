"""The screening of parameters: what moves an outcome is found, what cannot move it is not."""

import numpy as np
import pandas as pd
import pytest

from sim.inputs.scenario import Scenario
from sim.lab.screening import Screening, screen
from sim.model.declarations import BY_KEY

WORLD = {
    "title": "Screening",
    "weeks": 26,
    "network": {"kind": "random", "members": 30, "degree": 3.0},
    "strategies": {"none": {"coordinators": []}},
}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """A small network that nobody coordinates."""
    return Scenario.from_document(WORLD)


def test_giving_moves_with_activity_and_not_with_the_hours_of_an_absent_coordinator(scenario):
    parameters = [BY_KEY["members.activity"], BY_KEY["customized.introduction_hours"], BY_KEY["organisation.fixed"]]
    found = screen(scenario, parameters, ["gifts"], replicates=6)
    rows = {row.parameter: row for row in found.rows}
    assert rows["members.activity"].moves and rows["members.activity"].high < -0.2
    assert rows["customized.introduction_hours"].effect == 0 and not rows["customized.introduction_hours"].moves
    assert "organisation.fixed" not in rows, "a switch has no range"


def test_same_numbers_whatever_the_number_of_threads(scenario):
    parameters = [BY_KEY["giving.base"]]
    one, two = (screen(scenario, parameters, ["gifts"], replicates=3, jobs=jobs).effects for jobs in (1, 2))
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.no_cover
def test_no_effect_is_clear_among_many_that_are_only_luck():
    luck = np.random.default_rng(1)
    pages = 0
    for _ in range(200):
        rows = [(f"a.{k}", "low", 0.0, "none", "gifts", luck.normal(), 1.0) for k in range(15)]
        columns = ["parameter", "end", "value", "strategy", "outcome", "effect", "se"]
        pages += any(row.moves for row in Screening(None, pd.DataFrame(rows, columns=columns), 20).rows)
    assert pages <= 0.1 * 200
