"""Compilation: caches that cannot be stale, and the same numbers with and without numba's counting of references."""

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numba import config
from numba.core.errors import NumbaError
from numba.core.registry import CPUDispatcher

from sim.model import jit

ROOT = Path(__file__).parents[2]
STEP = """
from sim.model.steps import members_in_order
from tests.model.worlds import complete, do, luck_of, make_world, world_hash
world = make_world(12, complete(*range(12)))
print(members_in_order(world, luck_of(world, "give")))
for member in range(12):
    do(world, "fade", member)
print(world_hash(world))
"""
"""A rule that reads and writes tables."""


def uncovered():
    """Return the environment without coverage, which slows the compiler down."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


def python(code, **environment):
    """Return what a new process prints."""
    environ = {**uncovered(), "PYTHONPATH": str(ROOT), **environment}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=550
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def folder_of(chosen):
    """Return the cache folder of a process with this `NUMBA_CACHE_DIR`."""
    code = "from sim.model import jit; import numba; print(jit.CACHE, numba.config.CACHE_DIR, sep='\\n')"
    ours, numbas = python(code, NUMBA_CACHE_DIR=str(chosen)).split()
    assert ours == numbas
    return Path(ours)


def test_a_chosen_cache_gets_a_folder_for_these_sources(tmp_path):
    """An edited rule never runs stale machine code, and child processes share the folder."""
    kept = tmp_path / "precious"
    kept.mkdir()
    os.utime(kept, (0, 0))
    mine = folder_of(tmp_path)
    assert mine.parent == tmp_path and mine.name == jit.cache_name()
    assert folder_of(mine) == mine
    assert folder_of(tmp_path / ("0" * 16 + "-3.11")) == mine
    assert kept.exists()


def test_numba_is_set_up_though_it_was_imported_first(tmp_path):
    code = "import numba; from sim.model import jit; print(numba.config.CACHE_DIR, numba.config.DISABLE_INTEL_SVML, jit.CACHE)"
    folder, without_svml, ours = python(code, NUMBA_CACHE_DIR=str(tmp_path), NUMBA_DISABLE_INTEL_SVML="0").split()
    assert folder == ours and Path(folder).parent == tmp_path and without_svml == "1"


class Pair(NamedTuple):
    """Two tables."""

    one: np.ndarray
    other: np.ndarray


@jit.rule
def passes_on(table):
    return Pair(table, table).one


@jit.rule
def wraps(table):
    return Pair(table, table)


@jit.rule
def allocates(table):
    return np.zeros(3)[0] + table[0]


@jit.allocating
def new_table(table):
    return table + 1.0


@jit.rule
def is_given_a_table(table):
    return new_table(table)[0]


@jit.rule
def looks_at_a_part(table):
    return table[1:][0]


@jit.allocating
def makes_a_table(table):
    return new_table(table)[0]


def value_of(rule):
    """Return what a compiled function gets from a rule."""

    def call(table):
        return rule(table)

    return jit.compiled(call, "entry", _nrt=True, **jit.OPTIONS)(np.ones(3))


@pytest.mark.skipif(not (jit.LINKED and jit.COMPILED), reason="rules are not linked")
def test_a_rule_that_needs_reference_counting_is_refused():
    """References are not counted in rules, for speed: what a rule returned would be dropped twice, or never."""
    ours = "a rule without reference counting cannot pass on"
    numbas = "Only accept returning of array passed into the function"
    for rule, message in ((wraps, ours), (is_given_a_table, ours), (passes_on, numbas), (allocates, numbas)):
        with pytest.raises(NumbaError, match=message):
            value_of(rule)
    assert value_of(looks_at_a_part) == 1.0 and value_of(makes_a_table) == 2.0


def test_rules_with_reference_counting_give_bit_identical_results():
    """Skipping it affects only speed."""
    assert python(STEP, GENNET_COUNTED="1") == python(STEP)


def test_compiled_code_outside_the_model_calls_no_rule():
    """An edited rule must never run stale machine code: numba detects changes only in the compiled file."""
    marks = ("@rule", "@hot", "@entry", "@allocating", "@primitive", "@inlined")
    compiled = {p for p in (ROOT / "sim").rglob("*.py") if any(f"\n{mark}\n" in p.read_text("utf-8") for mark in marks)}
    for path in compiled - set(jit.compiled_sources()):
        assert "sim.model.rules" not in path.read_text("utf-8"), path


def test_the_hash_of_sources_depends_on_every_name_and_all_code(tmp_path, monkeypatch):
    monkeypatch.setattr(jit, "SOURCES", tmp_path)
    one, other = tmp_path / "a.py", tmp_path / "b.py"
    one.write_text("x = 1\n")
    other.write_text("x = 1\n")
    assert jit.sources_hash([one]) != jit.sources_hash([other])
    before = jit.sources_hash([one])
    one.write_text("x = 2\n")
    assert jit.sources_hash([one]) != before
    one.write_bytes(b"x = 1\r\n")
    assert jit.sources_hash([one]) == before


CODE = '''"""What it is for."""

import math

MARK = "# no remark"  # a remark


def f(x):
    """Say what."""
    # Why.
    return {"""key""": x}

    """A remark at the end."""
'''
BARE = '''import math
MARK = "# no remark"
def f(x):
    return {"""key""": x}'''


def test_comments_are_ignored_and_used_strings_are_not():
    assert jit.without_remarks(CODE) == BARE == jit.without_remarks(BARE)


def test_every_source_is_the_same_program_without_comments():
    """Compared with Python's own parser."""

    def is_remark(node):
        """Return whether a statement is only a string."""
        return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)

    def program(text):
        """Return the syntax tree without docstrings."""
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(getattr(node, "body", None), list):
                node.body = [part for part in node.body if not is_remark(part)] or [ast.Pass()]
        return ast.dump(tree)

    for path in jit.compiled_sources():
        text = path.read_text("utf-8")
        bare = jit.without_remarks(text)
        if not re.search(r"(def|class) .*:\n(?!\s)", bare + "\n"):  # a class of a docstring alone has no body left
            assert program(bare) == program(text), path


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """Return an empty folder in which the machine code of new entries is cached."""
    if not (jit.LINKED and jit.COMPILED):
        pytest.skip("numba compiles the ordinary way, or not at all")
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))  # numba reads it again
    monkeypatch.setattr(jit, "ANNOUNCED", set())
    return tmp_path


def doubled(n):
    """Return twice a number."""
    return 2 * n


def test_compiling_is_announced_once_and_only_if_needed(own_cache, monkeypatch):
    said = []
    loop = jit.entry(doubled)
    assert jit.announce_compiling(loop, said.append) and not jit.announce_compiling(loop, said.append)
    assert len(said) == 1 and "up to a minute" in said[0]
    assert loop(4) == 8
    again = jit.entry(doubled)
    assert not jit.announce_compiling(again, said.append) and len(said) == 1
    monkeypatch.setattr(CPUDispatcher.targetdescr.target_context.codegen(), "magic_tuple", lambda: "another processor")
    assert not jit.is_cached(jit.entry(doubled))


def test_machine_code_is_loaded_unless_it_is_damaged(own_cache):
    assert jit.entry(doubled)(4) == 8
    (file,) = own_cache.glob("*.nbc")
    loaded = jit.entry(doubled)
    assert loaded(4) == 8 and loaded.stats.cache_hits.total() == 1
    content = file.read_bytes()
    for damaged in (b"", content[:-1], content[:100] + b"x" + content[101:]):
        file.write_bytes(damaged)
        mended = jit.entry(doubled)
        assert mended(4) == 8 and mended.stats.cache_hits.total() == 0
        again = jit.entry(doubled)
        assert again(4) == 8 and again.stats.cache_hits.total() == 1


def test_machine_code_depends_on_the_file_of_a_function_outside_the_model(own_cache, monkeypatch):
    file = own_cache / "elsewhere.py"
    results = []
    for code in ("2 * n", "2 * n  # a remark", "FACTOR * n", "(FACTOR + 0) * n"):
        file.write_text(f"FACTOR = 3\ndef f(n):\n    return {code}\n")
        spec = importlib.util.spec_from_file_location("elsewhere", file)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "elsewhere", module)
        exec(compile(file.read_text(), str(file), "exec"), module.__dict__)
        function = jit.entry(module.f)
        results.append((function(4), function.stats.cache_hits.total()))
    assert results == [(8, 0), (8, 1), (12, 0), (12, 0)]


COPY = """
import sys
from sim.model import jit
from sim.model.steps import members_in_order
from tests.model.worlds import complete, luck_of, make_world
assert jit.__file__.startswith(sys.argv[1])
world = make_world(4, complete(0, 1, 2, 3))
members_in_order(world, luck_of(world, "give"))
print(sum(members_in_order.stats.cache_hits.values()), sum(members_in_order.stats.cache_misses.values()))
"""


def test_copies_of_the_same_sources_share_machine_code_and_one_process_compiles_for_all(tmp_path):
    if not (jit.LINKED and jit.COMPILED):
        pytest.skip("numba compiles the ordinary way, or not at all")
    copies = [tmp_path / name for name in ("one", "other")]
    for copy in copies:
        for part in ("sim", "tests/model"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__", "assets"))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", COPY, str(copy)], cwd=copy, text=True, stdout=subprocess.PIPE,
            env={**uncovered(), "PYTHONPATH": str(copy), "NUMBA_CACHE_DIR": str(tmp_path / "cache")},
        )
        for copy in (*copies, copies[0])
    ]  # fmt: skip
    printed = sorted(process.communicate(timeout=300)[0].split() for process in processes)
    assert printed == [["0", "1"], ["1", "0"], ["1", "0"]]
