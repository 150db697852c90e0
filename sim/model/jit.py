"""How the model's rules are compiled.

A rule is an ordinary Python function.  `@rule` compiles it for use inside other compiled functions, `@entry` compiles a
function that Python calls, and `@primitive` compiles a function even in uncompiled runs (the random numbers: 64-bit
wrap-around arithmetic is slow in plain Python).  With `GENNET_COMPILED=0` in the environment, rules and entries stay plain
Python: slow, but open to a debugger, and with bit-identical results.

Entries are cached on disk, with all rules that they call, in a folder named after a hash of all sources under `sim/model`:
an edited rule never runs stale machine code, and copies of the same sources share one cache.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FunctionType
from typing import Any, cast

from sim.model.code_cache import cache_folder, remove_old_caches

COMPILED = os.environ.get("GENNET_COMPILED", "1") != "0"
COUNTED = os.environ.get("GENNET_COUNTED", "0") == "1"
LINKED = os.environ.get("GENNET_LINKED", "1") != "0"
CHECKED = os.environ.get("NUMBA_BOUNDSCHECK", "0") not in ("", "0")
SOURCES = Path(__file__).parents[1]

Compiled = Callable[..., Any]
"""A rule, primitive or entry: compiled, or the plain function with `GENNET_COMPILED=0`.  Numba does not preserve its type."""
Options = dict[str, Any]
"""Numba's options."""

TOKEN = re.compile(r"(\"{3}|'{3})(?:\\.|[^\\])*?\1|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|#[^\n]*")
"""A string or a comment."""


def compiled_sources() -> list[Path]:
    """Return every file of the model, in a fixed order: only these can affect machine code."""
    return sorted((SOURCES / "model").rglob("*.py"), key=Path.as_posix)


def without_remarks(text: str) -> str:
    """Return source code without its comments, docstrings and empty lines."""

    def kept(match: re.Match[str]) -> str:
        token, before = match[0], text[: match.start()].rstrip(" ")
        if token.startswith("#"):
            return ""
        alone = before.endswith("\n") and text[match.end() : match.end() + 1] in ("\n", "")
        is_docstring = token.startswith('"""') and (not before or alone) and before.rstrip()[-1:] not in tuple("([{,=+")
        return "" if is_docstring else token

    lines = TOKEN.sub(kept, text).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip())


def sources_hash(paths: list[Path]) -> str:
    """Return a hash (16 hex digits) of the files' names and code without comments, the same on every platform."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(SOURCES).as_posix().encode())
        digest.update(without_remarks(path.read_text("utf-8")).encode())
    return digest.hexdigest()[:16]


def cache_name() -> str:
    """Return the name of the cache folder for these sources, this version of Python and these settings."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    settings = f"{'-counted' if COUNTED else ''}{'' if LINKED else '-unlinked'}{'-checked' if CHECKED else ''}"
    return f"{sources_hash(compiled_sources())}-{python}{settings}"


CACHE = cache_folder(cache_name())
remove_old_caches(CACHE)
# For child processes, and for numba unless it is imported already.
os.environ["NUMBA_CACHE_DIR"] = str(CACHE)
# Intel's vector maths library rounds differently from libm; results must not depend on whether it is installed.
os.environ["NUMBA_DISABLE_INTEL_SVML"] = "1"
# Numba makes and drops errors while it tries out types; colouring them takes a thirtieth of the time to compile.
os.environ.setdefault("NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING", "1")

import numba  # noqa: E402
import numpy as np  # noqa: E402
from llvmlite import ir  # noqa: E402
from numba import types  # noqa: E402
from numba.core import cgutils  # noqa: E402
from numba.core.cpu import CPUContext  # noqa: E402
from numba.core.typing import Signature  # noqa: E402
from numba.extending import intrinsic  # noqa: E402
from numba.np.arrayobj import make_array  # noqa: E402

numba.config.CACHE_DIR, numba.config.DISABLE_INTEL_SVML = str(CACHE), 1
if numba.config.USING_SVML:  # by an import of numba before this module's, and there is no way back
    warnings.warn(
        "numba uses Intel's SVML: results may differ in the last digits unless sim is imported first", stacklevel=2
    )

# Rules are linked into entries by private ways of numba, tested with these versions to change no bits.
SUPPORTED = ("0.68",)
LINKED = LINKED and ".".join(numba.__version__.split(".")[:2]) in SUPPORTED and not numba.config.DISABLE_JIT
if LINKED:
    from sim.model import linking

# No fastmath: it reorders sums, so results would depend on the machine.  error_model="numpy" skips the check for division
# by zero; rules must not divide by a value that can be zero.
OPTIONS: Options = {"error_model": "numpy", "nogil": True}

# No wrapper for C.  (The Python wrapper is required: without it, a call from Python would crash the process.)
ALLOCATING: Options = {**OPTIONS, "no_cfunc_wrapper": True, "_nrt": True}
# Rules allocate nothing, so references to tables need no counting: it would cost two atomic operations per table and
# call, more than the work of most rules.  This is a private option of numba; without it (GENNET_COUNTED=1) runs are slower
# but bit-identical.  A rule that would need counting is refused, by numba or by `linking.check_uncounted`.
INNER: Options = ALLOCATING if COUNTED else {**ALLOCATING, "_nrt": False}


def stamp(function: Compiled) -> str | None:
    """Return what dates a function's machine code besides the cache folder's name; None if it cannot be cached.

    That is the file of a function outside the model.  A closure's code depends on more than its source, and a function
    without a module cannot be found again.
    """
    try:
        path = Path(function.__code__.co_filename)
        if function.__closure__ or function.__module__ not in sys.modules:
            return None
        inside = path.is_relative_to(SOURCES / "model")
        return "" if inside else hashlib.sha256(without_remarks(path.read_text("utf-8")).encode()).hexdigest()
    except OSError:
        return None


def compiled(function: Compiled, kind: str, cache: bool = True, **options: Any) -> Compiled:
    """Compile a function with numba: an "entry" that Python calls, or a "rule" that is linked into entries."""
    dispatcher: Compiled
    if LINKED:
        dispatcher = linking.DISPATCHERS[kind](cast(FunctionType, function), stamp(function), **options)
    else:
        dispatcher = numba.njit(cache=cache, **options)(function)
    return dispatcher


def primitive(function: Compiled) -> Compiled:
    """Compile a function even if compilation is off, as for random numbers."""
    return compiled(function, "rule", cache=False, forceinline=True, **OPTIONS)


def as_key(primitive: Compiled) -> Compiled:
    """Return a primitive that yields a 64-bit key, wrapped for plain Python if compilation is off.

    Numba returns a key to Python as an int but accepts ints only as signed numbers, which half of all keys exceed.  Plain
    Python therefore gets a `np.uint64`.
    """
    return primitive if COMPILED else lambda *arguments: np.uint64(primitive(*arguments))


def rule(function: Compiled) -> Compiled:
    """Compile a rule or a helper that other compiled functions call."""
    return compiled(function, "rule", **INNER) if COMPILED else function


def linked(function: Compiled) -> Compiled:
    """Compile a closure over compiled functions into its callers."""
    return compiled(function, "rule", cache=False, **INNER) if COMPILED else function


def allocating(function: Compiled) -> Compiled:
    """Compile a helper that allocates arrays, for work that is not done every week."""
    return compiled(function, "rule", **ALLOCATING) if COMPILED else function


def hot(function: Compiled) -> Compiled:
    """Compile a small helper into its callers, where a call would cost more than the work."""
    return compiled(function, "rule", cache=False, forceinline=True, **INNER) if COMPILED else function


def inlined(function: Compiled) -> Compiled:
    """Inline a helper before type inference, for values that compiled functions cannot return."""
    return numba.njit(inline="always", **OPTIONS)(function) if COMPILED else function


def entry(function: Compiled) -> Compiled:
    """Compile a function that Python calls, and cache the machine code on disk."""
    return compiled(function, "entry", _nrt=True, **OPTIONS) if COMPILED else function


def entry_from(template: Callable[..., None], name: str, **names: object) -> Compiled:
    """Return an entry that is a copy of `template` with some of its global `names` replaced.

    It is a copy because the machine code of a closure cannot be cached.
    """
    original = cast(FunctionType, template)
    copy = FunctionType(original.__code__, {**original.__globals__, **names}, name)
    copy.__qualname__, copy.__module__ = name, original.__module__
    return entry(copy)


def by_number(functions: Mapping[int, Compiled]) -> Compiled:
    """Return a function `call(number, *arguments)` that calls the function with that number.

    Compiled code cannot look up a function by number at run time, so this is a chain of comparisons.  All
    functions must return the same type.  `call` raises ValueError for an unknown number.
    """
    (number, function), *others = functions.items()
    if others:
        following = by_number(dict(others))

        def call(wanted: int, *arguments: object) -> object:
            if wanted == number:
                return function(*arguments)
            return following(wanted, *arguments)
    else:

        def call(wanted: int, *arguments: object) -> object:
            if wanted != number:
                raise ValueError("unknown function number")
            return function(*arguments)

    return linked(call)


def fetch_line(typing: object, table: types.Type, row: types.Type, line: types.Type) -> tuple[Signature, Compiled]:
    """Have the processor fetch a cache line of a table's row, by its number in the row, before it is needed."""

    def code(context: CPUContext, builder: ir.IRBuilder, signature: Signature, arguments: list[ir.Value]) -> ir.Value:
        array = make_array(signature.args[0])(context, builder, arguments[0])
        width = cgutils.unpack_tuple(builder, array.strides)[0]
        byte = builder.add(builder.mul(arguments[1], width), builder.mul(arguments[2], width.type(CACHE_LINE)))
        pointer = builder.gep(builder.bitcast(array.data, cgutils.voidptr_t), [byte])
        flag = cgutils.int32_t
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, flag, flag, flag])
        to_read, keep, data = flag(0), flag(3), flag(1)
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(prefetch, [pointer, to_read, keep, data])
        return context.get_dummy_value()

    return types.void(table, types.int64, types.int64), code


def without_effect(*arguments: object) -> None:
    """Do nothing, where rules are plain Python."""


fetch = intrinsic(fetch_line) if COMPILED else without_effect
"""`fetch(table, row, line)`: have the processor fetch a cache line of a table's row before it is needed."""
CACHE_LINE = 64

unrolled = numba.literal_unroll
"""Mark a loop over field names, which compiled code unrolls into one pass per name."""


def is_cached(function: Compiled) -> bool:
    """Return whether an entry's machine code is cached on disk, so that a command need not announce a wait."""
    if not COMPILED:
        return True
    if LINKED and isinstance(function, linking.EntryDispatcher):
        return function.is_cached()
    folder, plain = getattr(function, "stats").cache_path, getattr(function, "py_func")  # noqa: B009
    return any(Path(folder).glob(f"*.{plain.__name__}-{plain.__code__.co_firstlineno}.*.nbc"))


def announce_compiling(function: Compiled, say: Callable[[str], object]) -> bool:
    """Announce, once per process, that an entry has to be compiled first; return whether the announcement was made."""
    if function in ANNOUNCED:
        return False
    ANNOUNCED.add(function)
    if is_cached(function):
        return False
    say("Compiling the rules first: up to a minute, once for each version of the model.")
    return True


ANNOUNCED: set[Compiled] = set()
