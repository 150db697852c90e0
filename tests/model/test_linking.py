"""Rules that are linked into entries: what calls what, and the same bits where numba compiles the ordinary way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from sim.model import jit, linking

ROOT = Path(__file__).parents[2]
LINKED = pytest.mark.skipif(
    not (jit.LINKED and jit.COMPILED), reason="rules are compiled the ordinary way, or not at all"
)
PART_OF_A_WEEK = """
import json
from sim.model import jit
from tests.model.worlds import complete, do, make_world, world_hash
world = make_world(8, complete(*range(8)), even=False)
for name in ("read_news", "belong"):
    do(world, name)
print(json.dumps([jit.LINKED, world_hash(world)]))
"""


@jit.rule
def halved(n):
    """Return half of a number."""
    if n < 0:
        raise ValueError("negative")
    return n / 2


@jit.rule
def quartered(n):
    """Return a quarter of a number."""
    return halved(halved(n))


@jit.allocating
def checked(n):
    """Return a number, unless it is above ten."""
    if n > 10:
        raise ValueError(f"{n} is above ten")
    return n


@jit.entry
def summed(numbers):
    """Return the sum of halves and quarters, and of what two literals give."""
    total = quartered(2) + quartered(3) + halved(5)
    for n in numbers:
        total += halved(n) + quartered(n) + checked(n)
    return total


def test_entries_call_rules():
    assert summed(np.array([4.0, 8.0])) == 1.25 + 2.5 + 6.0 + 3.0 + 12.0


def test_an_error_in_a_rule_reaches_python():
    with pytest.raises(ValueError, match="negative"):
        summed(np.array([-1.0]))
    with pytest.raises(ValueError, match="is above ten"):
        summed(np.array([11.0]))


def test_python_and_numbas_own_functions_call_rules():
    @numba.njit
    def threefold(n):
        return quartered(n) + halved(n)

    assert quartered(8.0) == 2.0 and quartered(8) == 2.0
    assert (threefold if jit.COMPILED else threefold.py_func)(8.0) == 6.0
    with pytest.raises(ValueError, match="negative"):
        halved(-2.0)


def compiled_now():
    """Return `summed` as an entry that is compiled, not loaded from the disk, which knows nothing of the rules in it."""
    fresh = jit.compiled(summed.py_func, "entry", _nrt=True, **jit.OPTIONS)
    fresh(np.array([4.0]))
    return fresh


@LINKED
def test_a_rule_is_compiled_once_for_all_literals():
    compiled_now()
    assert sorted(map(str, quartered.signatures)) == ["(float64,)", "(int64,)"]


@LINKED
def test_rules_are_linked_into_entries_and_have_no_machine_code():
    fresh = compiled_now()
    assert all(isinstance(result.library, linking.RuleLibrary) for result in quartered.overloads.values())
    assert all(isinstance(result.library, linking.EntryLibrary) for result in fresh.overloads.values())


def test_other_versions_of_numba_compile_the_ordinary_way_with_the_same_bits(tmp_path):
    results = []
    for linked in "01":
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "GENNET_LINKED": linked, "NUMBA_CACHE_DIR": str(tmp_path)}
        run = subprocess.run(
            [sys.executable, "-c", PART_OF_A_WEEK], env=environ, capture_output=True, text=True, timeout=300
        )
        assert run.returncode == 0, run.stderr
        results.append(json.loads(run.stdout))
    assert results[0] == [False, results[1][1]]
