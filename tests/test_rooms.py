"""The house: each room imports only from rooms below it, and no two modules import each other."""

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_cover

SIM = Path(__file__).parents[1] / "sim"
ROOMS = ("cli", "dashboard", "evidence", "output", "lab", "inputs", "model")
"""From the top down."""


def name_of(path):
    """A file's name as a module."""
    return ".".join(("sim", *path.relative_to(SIM).with_suffix("").parts)).removesuffix(".__init__")


MODULES = {name_of(path): path for path in sorted(SIM.rglob("*.py"))}


def imports(name):
    """The project's modules that a module imports anywhere: at the top, in a function, or for types only."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name} has a relative import"
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= whole & MODULES.keys() or {node.module}
    return found & MODULES.keys()


def room(name):
    """A module's room."""
    return name.split(".")[1]


@cache
def all_imports():
    """What each module imports; not read when tests are collected, which every worker does."""
    return {name: imports(name) for name in MODULES if name not in ("sim", "sim.__main__")}


@pytest.fixture
def graph():
    return all_imports()


def test_every_module_is_in_a_room(graph):
    assert {room(name) for name in graph} == set(ROOMS)


def test_each_room_imports_only_from_rooms_below(graph):
    assert [
        f"{name} -> {other}"
        for name, others in graph.items()
        for other in others
        if other == "sim" or ROOMS.index(room(other)) < ROOMS.index(room(name))
    ] == []


def test_no_modules_import_each_other(graph):
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError, which names the modules
    assert set(order) >= set(graph)


def test_rules_and_levers_are_plain_arithmetic(graph):
    """They read state and luck, and nothing above them; rules do not know the levers."""
    base = {f"sim.model.{name}" for name in ("jit", "luck", "parameters", "state")}
    for name in graph:
        if name.startswith(("sim.model.rules.", "sim.model.weaving.")):
            of_rules = ".rules." in name
            part = "sim.model.rules." if of_rules else ("sim.model.rules.", "sim.model.weaving.", "sim.model.levers")
            assert {other for other in graph[name] - base if not other.startswith(part)} == set(), name


def test_only_three_modules_import_numba(graph):
    importing = re.compile(r"^\s*(import|from) numba\b", re.MULTILINE)
    users = {name for name, path in MODULES.items() if importing.search(path.read_text("utf-8"))}
    assert users == {"sim.model.jit", "sim.model.linking", "sim.model.numba_patches"}
    assert {name for name in graph if "sim.model.linking" in graph[name]} == {"sim.model.jit"}
