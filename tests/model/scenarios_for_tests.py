"""Scenarios for several tests, and runs of them in threads."""

from __future__ import annotations

from sim.inputs.scenario import Scenario
from sim.lab.experiment.runner import in_parallel
from sim.lab.future import run_future

NOBODY = {"coordinators": []}
EASY = {
    "stages__generative_several": 1.0,
    "groups__founding": 0.2,
    "groups__agreement": 0.4,
    "production__rate": 1.0,
    "production__failure": 0.0,
    "leaving__hazard": 0.002,
}
"""Low thresholds, so that networks become generative and renewal can be tested."""


def scenario(weeks=52, members=30, strategy=None, changes=(), network=None, **parameters):
    """Return a small scenario with one strategy, `it`.  Parameters are given by key, with `__` for the dot."""
    groups: dict = {}
    for key, value in parameters.items():
        group, _, name = key.partition("__")
        groups.setdefault(group, {})[name] = value
    tables = {
        "weeks": weeks,
        "network": {"kind": "communities", "members": members} if network is None else network,
        "strategies": {"none": NOBODY, "it": NOBODY if strategy is None else strategy},
        "changes": list(changes),
        **groups,
    }
    return Scenario.from_document(tables)


def futures(one, strategy="it", replicates=4, seed=1, jobs=None):
    """Return the runs of a scenario's strategy, by replicate."""
    results = dict(in_parallel(lambda r: run_future(one, strategy, seed, r, renewal=False), range(replicates), jobs))
    return [results[r] for r in range(replicates)]
