"""How the model's rules are compiled, and where the machine code is cached.  The only module that imports numba.

A rule is an ordinary Python function.  `@rule` compiles it for use inside other compiled functions, `@entry` compiles a
function that Python calls, and `@primitive` compiles a function even in uncompiled runs (the random numbers: 64-bit
wrap-around arithmetic is slow in plain Python).  With `GENNET_COMPILED=0` in the environment, rules and entries stay plain
Python: slow, but open to a debugger, and with bit-identical results.

Numba's cache detects changes only in the calling file, not in a helper from another file.  The cache folder is therefore
named after a hash of all sources that can be compiled, so an edited rule never runs stale machine code.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FunctionType
from typing import Any, cast

from platformdirs import user_cache_path

COMPILED = os.environ.get("GENNET_COMPILED", "1") != "0"
COUNTED = os.environ.get("GENNET_COUNTED", "0") == "1"
LINKED = os.environ.get("GENNET_LINKED", "1") != "0"
SOURCES = Path(__file__).parents[1]
KEPT_CACHES = 4

SECONDS_A_DAY = 24 * 3600

Compiled = Callable[..., Any]
"""A rule, primitive or entry: compiled, or the plain function with `GENNET_COMPILED=0`.  Numba does not preserve its type."""
Options = dict[str, Any]
"""Numba's options."""

CACHE_NAME = re.compile(r"[0-9a-f]{16}-3\.\d+(-counted)?(-unlinked)?")
"""Names of this module's cache folders."""
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


def cache_folder() -> Path:
    """Return the cache folder for these sources and this Python version, under NUMBA_CACHE_DIR if set."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = f"{sources_hash(compiled_sources())}-{python}{'-counted' if COUNTED else ''}{'' if LINKED else '-unlinked'}"
    if chosen := os.environ.get("NUMBA_CACHE_DIR"):
        # Set by the user, or by a parent process to its own cache folder.
        place = Path(chosen)
        return (place.parent if CACHE_NAME.fullmatch(place.name) else place) / name
    root = user_cache_path("gennet")
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            pass
    except OSError:
        root = Path(tempfile.gettempdir()) / f"gennet-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"
        root.mkdir(parents=True, exist_ok=True)
    return root / name


def remove_old_caches(current: Path) -> None:
    """Remove the caches of all but the latest few versions of the sources, if older than a day."""
    try:
        others = sorted(
            (p for p in current.parent.iterdir() if CACHE_NAME.fullmatch(p.name) and p.is_dir() and p != current),
            key=lambda p: p.stat().st_mtime,
        )
        for old in others[: max(0, len(others) - KEPT_CACHES)]:
            if time.time() - old.stat().st_mtime > SECONDS_A_DAY:
                shutil.rmtree(old, ignore_errors=True)
    except OSError:
        pass


CACHE = cache_folder()
os.environ["NUMBA_CACHE_DIR"] = str(CACHE)
remove_old_caches(CACHE)
# Intel's vector maths library rounds differently from libm; results must not depend on whether it is installed.
os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")

import numba  # noqa: E402
import numpy as np  # noqa: E402

from sim.model import linking  # noqa: E402

# Rules are linked into entries if this version of numba is known to be able to; a private way, tested to change no bits.
LINKED = LINKED and linking.is_supported and not numba.config.DISABLE_JIT

# No fastmath: it reorders sums, so results would depend on the machine.  error_model="numpy" skips the check for division
# by zero; rules must not divide by a value that can be zero.
OPTIONS: Options = {"error_model": "numpy", "nogil": True}

# No wrapper for C.  (The Python wrapper is required: without it, a call from Python would crash the process.)
ALLOCATING: Options = {**OPTIONS, "no_cfunc_wrapper": True, "_nrt": True}
# Rules allocate nothing, so references to tables need no counting: it would cost two atomic operations per table and
# call, more than the work of most rules.  This is a private option of numba; without it (GENNET_COUNTED=1) runs are slower
# but bit-identical (tested).
INNER: Options = ALLOCATING if COUNTED else {**ALLOCATING, "_nrt": False}


def compiled(function: Compiled, kind: str, **options: Any) -> Compiled:
    """Compile a function with numba: an "entry" that Python calls, or a "rule" that is linked into entries."""
    if LINKED:
        return linking.DISPATCHERS[kind](function, **options)
    dispatcher: Compiled = numba.njit(**options)(function)
    return dispatcher


def primitive(function: Compiled) -> Compiled:
    """Compile a function even if compilation is off, as for random numbers."""
    return compiled(function, "rule", forceinline=True, **OPTIONS)


def as_key(primitive: Compiled) -> Compiled:
    """Return a primitive that yields a 64-bit key, wrapped for plain Python if compilation is off.

    Numba returns a key to Python as an int but accepts ints only as signed numbers, which half of all keys exceed.  Plain
    Python therefore gets a `np.uint64`.
    """
    return primitive if COMPILED else lambda *arguments: np.uint64(primitive(*arguments))


def rule(function: Compiled) -> Compiled:
    """Compile a rule or a helper that other compiled functions call."""
    return compiled(function, "rule", cache=True, **INNER) if COMPILED else function


def linked(function: Compiled) -> Compiled:
    """Compile a closure over compiled functions into its callers, since numba's disk cache never hits for closures."""
    return compiled(function, "rule", **INNER) if COMPILED else function


def allocating(function: Compiled) -> Compiled:
    """Compile a helper that allocates arrays, for work that is not done every week."""
    return compiled(function, "rule", cache=True, **ALLOCATING) if COMPILED else function


def hot(function: Compiled) -> Compiled:
    """Compile a small helper into its callers, where a call would cost more than the work."""
    return compiled(function, "rule", forceinline=True, **INNER) if COMPILED else function


def inlined(function: Compiled) -> Compiled:
    """Inline a helper before type inference, for values that compiled functions cannot return."""
    return numba.njit(inline="always", **OPTIONS)(function) if COMPILED else function


def entry(function: Compiled) -> Compiled:
    """Compile a function that Python calls, and cache the machine code on disk."""
    return compiled(function, "entry", cache=True, _nrt=True, **OPTIONS) if COMPILED else function


def entry_from(template: Callable[..., None], name: str, **names: object) -> Compiled:
    """Return an entry that is a copy of `template` with some of its global `names` replaced.

    It is a copy because numba's disk cache never hits for a closure over compiled functions.
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


unrolled = numba.literal_unroll
"""Mark a loop over field names, which compiled code unrolls into one pass per name."""


def is_cached(function: Compiled) -> bool:
    """Return whether an entry's machine code is cached on disk, so that a command need not announce a wait.

    Numba keeps a folder for every copy of the sources, and cannot use another copy's machine code.
    """
    if not COMPILED:
        return True
    folder, plain = getattr(function, "stats").cache_path, getattr(function, "py_func")  # noqa: B009
    # A remark above the function moves its first line, and with it the name that numba looks for.
    return any(Path(folder).glob(f"*.{plain.__name__}-{plain.__code__.co_firstlineno}.*.nbc"))


def announce_compiling(function: Compiled, say: Callable[[str], object]) -> bool:
    """Announce, once per process, that an entry has to be compiled first; return whether the announcement was made."""
    if function in ANNOUNCED:
        return False
    ANNOUNCED.add(function)
    if is_cached(function):
        return False
    say("Compiling the rules first: about a minute, once for each version of the model.")
    return True


ANNOUNCED: set[Compiled] = set()
