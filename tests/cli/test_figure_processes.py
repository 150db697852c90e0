"""Figures are drawn by other processes, or here where there are none."""

import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool

import networkx as nx
import pytest

from sim.cli import figure_processes
from sim.cli.figure_processes import FigureTask, draw_one, start_drawing
from sim.lab.results import ResultsFolder

GRAPH = nx.path_graph(3)
TASKS = [FigureTask("figures/small", "network_before_after", (GRAPH, GRAPH, "three members"))]


class Ended:
    """An executor whose processes were ended."""

    def __init__(self, *anything):
        pass

    def submit(self, *anything):
        return self

    def result(self):
        raise BrokenProcessPool

    def shutdown(self, **anything):
        pass


@pytest.mark.parametrize("executor", [None, Ended])
def test_a_figure_is_the_same_wherever_it_is_drawn(executor, tmp_path, monkeypatch):
    if executor:
        monkeypatch.setattr(figure_processes, "ProcessPoolExecutor", executor)
    folder = ResultsFolder(tmp_path / "one", {})
    start_drawing(folder, TASKS, svg=False)()
    (here,) = draw_one(tmp_path / "two", TASKS[0], svg=False)
    assert list(folder.hashes) == ["figures/small.png"]
    assert (tmp_path / "one/figures/small.png").read_bytes() == here.read_bytes()


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("sim.cli.commands.compare_command", "{'mesa', 'pandas', 'matplotlib', 'scipy.stats'}"),
        ("sim.output.figures.stage_figures", "{'mesa', 'numba'}"),
    ],
)
def test_what_starts_a_comparison_loads_no_more_than_it_needs(module, heavy):
    check = f"import sys, {module}; print({heavy} & {{*sys.modules}})"
    assert subprocess.check_output([sys.executable, "-c", check], text=True) == "set()\n"
