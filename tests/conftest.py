"""How hypothesis runs: without a deadline, since a first call compiles; the same examples every time under CI.

And what is compiled before pytest-xdist starts its workers: else every one of them would compile the same.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("gennet", deadline=None, derandomize=os.environ.get("CI", "").lower() == "true")
settings.load_profile("gennet")

ROOT = Path(__file__).parents[1]
FAST = ("model/rules", "model/weaving", "model/measures", "inputs", "lab/analysis", "output", "evidence/claims")
"""Folders whose tests are marked `fast`, unless they are marked `slow`."""

SHORT = 'Scenario.load("scenarios/weaving.toml").with_({"weeks": 5})'
COMPILING = (
    f"from sim import Scenario, simulate; simulate({SHORT}, 'blended', seed=1)",
    f"from sim import GenerativeNetwork, Scenario; GenerativeNetwork({SHORT}, 'blended', rng=1).run_model()",
)
"""Programs that have the compiled loop and the agents' steps compiled: at the same time, since neither needs the other."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config, specs):
    """Have the rules compiled once for all workers; a second or two where they are already."""
    if len(specs) > 1 and not config.option.collectonly:
        told = {**os.environ, "PYTHONPATH": str(ROOT)}
        started = [
            subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=told, stdout=subprocess.DEVNULL)
            for code in COMPILING
        ]
        for process in started:
            process.wait()


def pytest_collection_modifyitems(items):
    """Mark what is quick to run: the behaviour of rules, measures, statistics and inputs."""
    folders = tuple(ROOT / "tests" / folder for folder in FAST)
    for item in items:
        if not item.get_closest_marker("slow") and any(item.path.is_relative_to(folder) for folder in folders):
            item.add_marker("fast")
