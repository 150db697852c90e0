"""Compiled or not, the measures give the same numbers, to the last bit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.jit import COMPILED

from .figures import figures


def test_uncompiled_measures_are_the_same_to_the_last_bit():
    if not COMPILED:
        pytest.skip("everything runs uncompiled here: there is nothing to compare with")
    tests, package = Path(__file__).parents[1], Path(__file__).parent.name
    environment = os.environ | {
        "GENNET_COMPILED": "0",
        "PYTHONPATH": os.pathsep.join([str(tests), *sys.path]),
    }
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", f"{package}.figures"],
        capture_output=True, text=True, env=environment, cwd=tests.parent,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == figures()
