"""Small experiments for several tests."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

from sim.lab.experiment.experiment import Experiment
from sim.lab.experiment.reading import SweepResults
from sim.lab.experiment.runner import AHEAD
from sim.lab.experiment.sweeping import sweep

ROOT = Path(__file__).parents[3]
WEAVING = str(ROOT / "scenarios" / "weaving.toml")


def small(sets=(), factors=None, **settings) -> Experiment:
    """Return a quick experiment: a few worlds of the karate club, two strategies, twenty weeks."""
    head = {
        "title": "Small",
        "scenario": WEAVING,
        "design": "lhs",
        "samples": 4,
        "replicates": 3,
        "strategies": ["none", "mass"],
        "weeks": 20,
        "outcomes": ["outputs", "gifts"],
    }
    varied = {
        "uncertain": {"trust": {"decay": "plausible"}, "network": {"newcomers": {"low": 0, "high": 6}}},
        "levers": {"strategy": {"hours": [5, 20]}},
    }
    head |= settings
    tables = {"experiment": {key: value for key, value in head.items() if value is not None}}
    return Experiment.from_document(tables | {"factors": factors or varied}, sets=sets, name="small")


FILE = f"""
[experiment]
title = "Small"
scenario = "{WEAVING}"
strategies = ["none", "mass"]
design = "lhs"
samples = 12
replicates = 3
weeks = 20
outcomes = ["outputs", "gifts"]

[factors.uncertain]
trust.decay = "plausible"
network.newcomers = {{ low = 0, high = 6 }}

[factors.levers]
strategy.hours = [5, 20]
"""


def sweep_a_few(experiment: Experiment, folder: Path, least: int = 1, **rules) -> SweepResults:
    """Run at least so many runs of a sweep in one thread, and at most AHEAD more, however quick they are.

    Each is a task here; otherwise tasks are as large as the first runs were quick.
    """
    assert experiment.size >= least + AHEAD
    reached = [0]

    def note(done, _):
        reached[0] = done

    with mock.patch("sim.lab.experiment.sweeping.MOST_IN_A_TASK", 1):
        return sweep(experiment, folder, 1, progress=note, stopped=lambda: reached[0] >= least, **rules)
