"""Compilation: caches that cannot be stale, and the same numbers with and without numba's counting of references."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from sim import Scenario
from sim.lab.future import run_future
from sim.model import jit
from tests.model.worlds import world_hash

ROOT = Path(__file__).parents[2]
RUN = """
from sim import Scenario
from sim.lab.future import run_future
from tests.model.worlds import world_hash
scenario = Scenario.load("scenarios/weaving.toml").with_({"weeks": 60})
print(world_hash(run_future(scenario, "blended", 3, 1, renewal=False).world))
"""


def printed(**environment):
    """Return the output of RUN in another process."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    environ.pop("NUMBA_CACHE_DIR", None)
    run = subprocess.run(
        [sys.executable, "-c", RUN], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=550
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def folder_of(chosen):
    """Return the cache folder of a process with this `NUMBA_CACHE_DIR`."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(chosen)}
    code = "from sim.model import jit; import numba; print(jit.CACHE, numba.config.CACHE_DIR, sep='\\n')"
    run = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, timeout=60, check=True
    )
    ours, numbas = run.stdout.split()
    assert ours == numbas
    return Path(ours)


def test_a_chosen_cache_gets_a_folder_for_these_sources(tmp_path):
    """An edited rule never runs stale machine code, and child processes share the folder."""
    kept = tmp_path / "precious"
    kept.mkdir()
    os.utime(kept, (0, 0))
    mine = folder_of(tmp_path)
    assert mine.parent == tmp_path and mine.name == jit.cache_folder().name
    assert folder_of(mine) == mine
    assert folder_of(tmp_path / ("0" * 16 + "-3.11")) == mine
    assert kept.exists()


def test_rules_with_reference_counting_give_bit_identical_results():
    """The private option that skips counting affects only speed: rules allocate nothing."""
    scenario = Scenario.load(ROOT / "scenarios" / "weaving.toml").with_({"weeks": 60})
    expected = world_hash(run_future(scenario, "blended", 3, 1, renewal=False).world)
    assert printed(GENNET_COUNTED="1") == expected


def test_compiled_code_outside_the_model_calls_no_rule():
    """An edited rule must never run stale machine code: numba detects changes only in the compiled file."""
    marks = ("@rule", "@hot", "@entry", "@allocating", "@primitive", "@inlined")
    compiled = {p for p in (ROOT / "sim").rglob("*.py") if any(f"\n{mark}\n" in p.read_text("utf-8") for mark in marks)}
    for path in compiled - set(jit.compiled_sources()) - {ROOT / "sim" / "cli" / "bench.py"}:
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


def test_compiling_is_announced_once_and_only_if_needed(tmp_path, monkeypatch):
    """Machine code of another copy in the same folder does not count."""

    class Loop:
        class stats:
            cache_path = str(tmp_path / "this_copy")

        @staticmethod
        def py_func():
            """The plain function that numba keeps."""

    (tmp_path / "this_copy").mkdir()
    (tmp_path / "other_copy").mkdir()
    line = Loop.py_func.__code__.co_firstlineno
    (tmp_path / "other_copy" / f"engine.py_func-{line}.py311.1.nbc").touch()
    (tmp_path / "this_copy" / f"engine.py_func-{line + 1}.py311.1.nbc").touch()
    monkeypatch.setattr(jit, "COMPILED", True)
    said = []
    monkeypatch.setattr(jit, "ANNOUNCED", set())
    assert jit.announce_compiling(Loop, said.append) and not jit.announce_compiling(Loop, said.append)
    assert len(said) == 1 and "about a minute" in said[0]
    (tmp_path / "this_copy" / f"engine.py_func-{line}.py311.1.nbc").touch()
    monkeypatch.setattr(jit, "ANNOUNCED", set())
    assert not jit.announce_compiling(Loop, said.append) and len(said) == 1


def test_all_but_the_latest_caches_are_removed(tmp_path):
    folders = [tmp_path / f"{k:016x}-3.11" for k in range(8)]
    for k, folder in enumerate([*folders, tmp_path / "other"]):
        folder.mkdir()
        os.utime(folder, (k, k))
    jit.remove_old_caches(folders[7])
    assert set(tmp_path.iterdir()) == {*folders[3:], tmp_path / "other"}
