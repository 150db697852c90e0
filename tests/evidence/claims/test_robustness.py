"""The Latin hypercube of worlds."""

import numpy as np

from sim import Scenario
from sim.evidence.claims.robustness import worlds
from sim.lab.world_draws import DEFINITIONS, uncertain
from sim.model.declarations import BY_KEY


def test_every_parameter_is_drawn_once_from_every_stratum():
    count = 16
    found = worlds(count, 3)
    assert len(found) == count
    for parameter in uncertain():
        low, high = parameter.range
        values = np.array([world[parameter.key] for world in found])
        assert ((values >= low) & (values <= high)).all()
        if parameter.whole:
            assert (values == values.round()).all()
        else:
            strata = np.floor((values - low) / (high - low) * count - 1e-9).astype(int)
            assert sorted(strata) == list(range(count)), parameter.key


def test_worlds_are_reproducible_and_valid():
    assert worlds(8, 5) == worlds(8, 5) != worlds(8, 6)
    for world in worlds(8, 5):
        Scenario.from_document({}).with_(world)


def test_measures_and_the_comparator_are_fixed_and_most_parameters_vary():
    keys = set(worlds(2, 1)[0])
    assert not {key.split(".")[0] for key in keys} & set(DEFINITIONS)
    assert len(keys) > 0.8 * len(BY_KEY)
