"""The only place that imports numba: how the model's rules are compiled, and where the result is kept.

A rule is an ordinary Python function.  `@rule` compiles it for use inside other compiled functions, `@entry` compiles a
function that Python calls, and keeps the machine code on disk, and `@primitive` compiles what is always compiled (the
random numbers: 64-bit wrap-around arithmetic has no cheap plain-Python form).  With `GENNET_COMPILED=0` in the
environment, rules and entries stay plain Python: slow, but steppable in a debugger and bit-identical (tested).

numba's own cache notices a change in the calling file only, not in a helper of another file.  So the cache lies in a
folder named after a hash of every source that can be compiled: an edited rule can never meet stale machine code.
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
from typing import Any, TypeVar, cast

from platformdirs import user_cache_path

COMPILED = os.environ.get("GENNET_COMPILED", "1") != "0"
COUNTED = os.environ.get("GENNET_COUNTED", "0") == "1"
SOURCES = Path(__file__).parents[1]
KEPT_CACHES = 4

F = TypeVar("F", bound=Callable[..., Any])
OWN_FOLDER = re.compile(r"[0-9a-f]{16}-3\.\d+(-counted)?")
"""Names of the folders of machine code that are ours."""
TOKEN = re.compile(r"(\"{3}|'{3})(?:\\.|[^\\])*?\1|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|#[^\n]*")
"""A string or a comment."""


def compiled_sources() -> list[Path]:
    """Every file of the model, in a fixed order: only their text can end up in machine code."""
    return sorted((SOURCES / "model").rglob("*.py"), key=Path.as_posix)


def without_remarks(text: str) -> str:
    """Source code without its comments, docstrings and empty lines: what is left decides what it does."""

    def kept(found: re.Match[str]) -> str:
        """A string as it is, unless it is a statement of its own; nothing of a comment."""
        token, before = found[0], text[: found.start()].rstrip(" ")
        if token.startswith("#"):
            return ""
        alone = before.endswith("\n") and text[found.end() : found.end() + 1] in ("\n", "")
        is_docstring = token.startswith('"""') and (not before or alone) and before.rstrip()[-1:] not in tuple("([{,=+")
        return "" if is_docstring else token

    lines = TOKEN.sub(kept, text).splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip())


def sources_hash(paths: list[Path]) -> str:
    """A hash (16 hex digits) of the given files' names and code, the same on every platform; remarks do not count."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(SOURCES).as_posix().encode())
        digest.update(without_remarks(path.read_text("utf-8")).encode())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Where machine code of exactly these sources and this Python is kept, under NUMBA_CACHE_DIR if that is set."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = f"{sources_hash(compiled_sources())}-{python}{'-counted' if COUNTED else ''}"
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        # Somebody's own choice of a place, or the folder itself as a parent process found it.
        place = Path(given)
        return (place.parent if OWN_FOLDER.fullmatch(place.name) else place) / name
    root = user_cache_path("gennet")
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            pass
    except OSError:
        root = Path(tempfile.gettempdir()) / f"gennet-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"
        root.mkdir(parents=True, exist_ok=True)
    return root / name


def forget_old_caches(current: Path) -> None:
    """Remove the machine code of all but the latest few versions of the sources."""
    try:
        others = sorted(
            (p for p in current.parent.iterdir() if OWN_FOLDER.fullmatch(p.name) and p.is_dir() and p != current),
            key=lambda p: p.stat().st_mtime,
        )
        for old in others[: max(0, len(others) - KEPT_CACHES)]:
            if time.time() - old.stat().st_mtime > 24 * 3600:
                shutil.rmtree(old, ignore_errors=True)
    except OSError:
        pass


CACHE = cache_folder()
os.environ["NUMBA_CACHE_DIR"] = str(CACHE)
forget_old_caches(CACHE)
# Intel's vector maths library returns other bits than libm: the same run must give the same numbers with and without it.
os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")

import numba  # noqa: E402
import numpy as np  # noqa: E402

# No fastmath: it reorders sums, and then results depend on the machine.  error_model="numpy" leaves out the check for a
# division by zero in every division; rules must not divide by what can be nought.
OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True}

# No door for C programs.  (A door for Python stays: without it a call from Python would end the process.)
ALLOCATING: dict[str, Any] = {**OPTIONS, "no_cfunc_wrapper": True, "_nrt": True}
# Rules work in the tables they are handed and allocate nothing, so nothing needs counting who holds which table: passing
# a world along otherwise costs two atomic operations a table and call, more than most rules do.  A private option of
# numba's: without it (GENNET_COUNTED=1) the same numbers come out, only slower (tested).
INNER: dict[str, Any] = ALLOCATING if COUNTED else {**ALLOCATING, "_nrt": False}


def primitive(function: F) -> F:
    """Compile, always: for the random numbers."""
    return cast(F, numba.njit(forceinline=True, **OPTIONS)(function))


def as_key(compiled: F) -> F:
    """A primitive that returns a 64-bit key, for rules: the primitive itself, or what stands in for it uncompiled.

    numba hands a key to Python as an int and takes an int back as a signed number: half of all keys are too big for that.
    So Python gets an unsigned one.
    """
    return compiled if COMPILED else cast(F, lambda *arguments: np.uint64(compiled(*arguments)))


def rule(function: F) -> F:
    """Compile a rule or a helper that other compiled functions call."""
    return numba.njit(cache=True, **INNER)(function) if COMPILED else function


def allocating(function: F) -> F:
    """Compile a helper that makes arrays of its own: for what is not done every week."""
    return numba.njit(cache=True, **ALLOCATING)(function) if COMPILED else function


def hot(function: F) -> F:
    """Compile a small helper into its callers, where a call would cost more than the work."""
    return numba.njit(forceinline=True, **INNER)(function) if COMPILED else function


def written_out(function: F) -> F:
    """Write a helper out where it is called, before types are inferred: for what compiled functions cannot return."""
    return numba.njit(inline="always", **OPTIONS)(function) if COMPILED else function


def entry(function: F) -> F:
    """Compile what Python calls, and keep the machine code on disk."""
    return numba.njit(cache=True, **{**OPTIONS, "_nrt": True})(function) if COMPILED else function


def linked(function: F) -> F:
    """Compile a function that another function made; its machine code is kept as part of its callers'."""
    return numba.njit(**INNER)(function) if COMPILED else function


def by_number(functions: Mapping[int, Callable[..., Any]]) -> Callable[..., Any]:
    """Return a function `call(number, *arguments)` that calls the function of that number.

    Compiled code cannot choose among different functions by a number at run time, so this is a chain of comparisons.  All
    functions must return the same type.  `call` raises ValueError for an unknown number.
    """
    (number, function), *others = functions.items()
    if others:
        following = by_number(dict(others))

        def call(wanted, *arguments):
            if wanted == number:
                return function(*arguments)
            return following(wanted, *arguments)
    else:

        def call(wanted, *arguments):
            if wanted != number:
                raise ValueError("there is no function of this number")
            return function(*arguments)

    return linked(call)


unrolled = numba.literal_unroll
"""Marks a loop over names of fields: compiled, it is written out, one pass for each name."""


def is_compiled_already(loop: Any) -> bool:
    """Whether machine code of an entry lies on disk, so that a command need not announce a wait.

    numba keeps a folder for every copy of the sources: another copy's machine code does not help this one.
    """
    return not COMPILED or any(Path(loop.stats.cache_path).glob(f"*{loop.py_func.__name__}*.nbc"))


def announce_compiling(loop: Any, say: Callable[[str], object]) -> bool:
    """Say, once in a process, that an entry has to be compiled first, if it has to; returns whether it was said."""
    if loop in ASKED_FOR:
        return False
    ASKED_FOR.add(loop)
    if is_compiled_already(loop):
        return False
    say("Compiling the rules first: about a minute, once for each version of the model.")
    return True


ASKED_FOR: set[Any] = set()
