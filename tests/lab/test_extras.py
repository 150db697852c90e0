"""Without the optional extras, everything else works, and features that need one name it."""

import subprocess
import sys

import pytest

from sim.evidence import calibrate
from sim.lab.experiment.runner import ClusterError, dask_executor

SMALL = """
weeks = 3
replicates = 2
[network]
kind = "karate"
[strategies.none]
coordinators = []
[strategies.mass]
hours = 10
"""
COMPARE = """
import sys
sys.modules |= dict.fromkeys(("dask", "distributed", "optuna"))
import sim
from sim.cli.app import main
sys.argv = ["gennet", "compare", "small.toml", "--json", "--no-renewal"]
main()
"""


def test_a_cluster_without_dask_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    words = r"needs the extra 'dask': pip install 'generative-networks\[dask\]'"
    with pytest.raises(ClusterError, match=words), dask_executor("tcp://127.0.0.1:9"):
        pass


def test_calibration_without_optuna_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    words = r"needs the extra 'calibrate': pip install 'generative-networks\[calibrate\]'"
    with pytest.raises(SystemExit, match=words):
        calibrate.search(next(iter(calibrate.PROBLEMS.values())), 1, 1, 2, None, lambda *_: None)


def test_a_comparison_works_without_any_extra(tmp_path):
    (tmp_path / "small.toml").write_text(SMALL)
    command = [sys.executable, "-c", COMPARE]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and '"strategies"' in done.stdout, done.stderr
