"""Compiled and uncompiled measures are bit-identical."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.model.jit import COMPILED
from tests.conftest import COVERED

from .figures import figures


def test_uncompiled_measures_are_bit_identical():
    if not COMPILED:
        pytest.skip("everything runs uncompiled here: there is nothing to compare with")
    root = Path(__file__).parents[3]
    environment = (
        os.environ
        | COVERED
        | {
            "GENNET_COMPILED": "0",
            "PYTHONPATH": os.pathsep.join([str(root), *sys.path]),
        }
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.model.measures.figures"],
        capture_output=True, text=True, env=environment, cwd=root,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == figures()
