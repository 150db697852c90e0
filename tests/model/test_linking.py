"""Rules that are linked into entries: what calls what, and the same bits where numba compiles the ordinary way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from sim.model import jit

ROOT = Path(__file__).parents[2]
LINKED = pytest.mark.skipif(
    not (jit.LINKED and jit.COMPILED), reason="rules are compiled the ordinary way, or not at all"
)
PART_OF_A_WEEK = """
import json
import sys
from sim.model import jit
from tests.model.worlds import complete, do, make_world, world_hash
world = make_world(8, complete(*range(8)), even=False)
do(world, "belong")
private = [name for name in ("linking", "numba_patches") if f"sim.model.{name}" in sys.modules]
print(json.dumps([jit.LINKED, len(private), world_hash(world)]))
"""

OF_AN_ENTRY = """
import json
import numpy as np
from tests.model.test_linking import quartered, summed
summed(np.array([4.0]))
kinds = lambda rule: sorted({type(result.library).__name__ for result in rule.overloads.values()})
signatures = sorted(map(str, quartered.signatures))
print(json.dumps({"signatures": signatures, "rules": kinds(quartered), "entries": kinds(summed)}))
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


@LINKED
def test_rules_are_linked_into_entries_and_compiled_once_for_all_literals(tmp_path):
    # In a process with an empty cache: an entry that is loaded from the disk knows nothing of the rules in it.
    assert in_a_process(OF_AN_ENTRY, tmp_path) == {
        "signatures": ["(float64,)", "(int64,)"],
        "rules": ["RuleLibrary"],
        "entries": ["EntryLibrary"],
    }


def in_a_process(script, cache, **environ):
    """Return what a script prints as JSON in a process with its own cache of machine code."""
    # Coverage would slow the compiler down.
    uncovered = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**uncovered, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(cache), **environ},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_other_versions_of_numba_compile_the_ordinary_way_with_the_same_bits():
    # Compiled once for each version of the model: both have their own folder in the usual cache.
    results = [in_a_process(PART_OF_A_WEEK, jit.CACHE.parent, GENNET_LINKED=linked) for linked in "01"]
    assert results[0] == [False, 0, results[1][2]]  # without numba's private parts, which may have gone
