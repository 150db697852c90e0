"""Changes to numba: the same results as plain Python, where structures are put together, taken apart and looped over."""

from typing import NamedTuple

import numba
import numpy as np
import pytest
from numba.core import errors
from numba.core.errors import WarningsFixer
from numba.core.registry import CPUDispatcher
from numba.core.typing.templates import _OverloadFunctionTemplate

from sim.model import jit, numba_patches

RECORD = np.dtype([("value", "f8"), ("parts", "f8", (3,))], align=True)
LINKED = pytest.mark.skipif(
    not (jit.LINKED and jit.COMPILED), reason="rules are compiled the ordinary way, or not at all"
)


class Tables(NamedTuple):
    """Two tables."""

    records: np.recarray
    numbers: np.ndarray


def swapped(tables, n):
    """Return the numbers of a table that was put together again in a loop, with an argument that changes."""
    total = 0.0
    while n > 0:
        n -= 1
        record = tables.records[n]
        record.parts[1] += record.value
        if n % 2:
            tables = Tables(tables.records, tables.numbers[1:])
        total += tables.numbers[0] + record.parts[1] + len(tables.numbers)
    return total


def summed(tables):
    """Return the sum of a row's parts, of a column of all rows, and of the numbers."""
    total = tables.records.value[0]
    for part in tables.records[1].parts:
        total += part
    for number in tables.numbers:
        total += number
    return total + tables.records.parts[2, 0]


def tables():
    """Return tables with different values everywhere."""
    records = np.arange(16.0).view(RECORD).view(np.recarray)
    return Tables(records, np.array([0.5, 0.25, 0.125, 0.0625]))


@pytest.mark.parametrize(("function", "arguments"), [(swapped, (4,)), (summed, ())])
def test_rules_give_what_plain_python_gives(function, arguments):
    rule, mine, plain = jit.rule(function), tables(), tables()

    def call(tables, arguments):
        return rule(tables, *arguments)

    entry = jit.compiled(call, "entry", _nrt=True, **jit.OPTIONS) if jit.COMPILED else call
    assert entry(mine, arguments) == function(plain, *arguments)
    assert mine.records.tobytes() == plain.records.tobytes()


@LINKED
def test_names_of_functions_are_short_and_differ_by_types():
    context = CPUDispatcher.targetdescr.target_context
    kinds = [
        [numba_patches.types.int64],
        [numba_patches.types.float64],
        [numba_patches.types.UniTuple(numba_patches.types.int64, 999)],
    ]
    with numba_patches.changed_numba():
        names = {context.mangler("sim.model.rule", kind, uid=1) for kind in kinds}
    assert len(names) == 3 and max(map(len, names)) < 60


@LINKED
def test_numba_is_as_it_was_after_the_model_is_compiled():
    parts = [(owner, name) for owner, members in numba_patches.CHANGES for name in members]
    parts.append((_OverloadFunctionTemplate, "_get_jit_decorator"))
    before = [vars(owner).get(name) for owner, name in parts]
    one = jit.compiled(lambda number: number + 1, "entry", cache=False, _nrt=True, **jit.OPTIONS)
    assert one(1) == 2 and [vars(owner).get(name) for owner, name in parts] == before


@LINKED
def test_functions_that_numba_compiles_by_itself_call_rules():
    @jit.rule
    def third(table):
        return max(table[2], 0.0)

    @numba.njit
    def by_numba(table):
        return third(table) + table[-1] + np.max(table)

    assert by_numba(np.array([1.0, 2.0, 4.0, 8.0])) == 20.0


def test_members_of_a_class_are_replaced_for_a_while():
    before = vars(WarningsFixer)["flush"]
    with pytest.raises(errors.NumbaError), numba_patches.replaced(WarningsFixer, flush=None, extra=1):
        assert WarningsFixer.flush is None and WarningsFixer.extra == 1
        raise errors.NumbaError("on trial")
    assert vars(WarningsFixer)["flush"] is before and not hasattr(WarningsFixer, "extra")
