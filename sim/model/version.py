"""The model's version: a hash of every source that can change a number."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from sim.model.jit import SOURCES, compiled_sources, sources_hash

DIGITS = 12
ELSEWHERE = ("inputs/networks/*.py", "inputs/reading/*.py", "inputs/scenario/records.py", "lab/future.py")
"""Sources outside the model that can change a number: start networks, and what turns a scenario into a world."""


def model_sources() -> list[Path]:
    """Return every file of the model and of `ELSEWHERE`, in a fixed order."""
    return compiled_sources() + [path for pattern in ELSEWHERE for path in sorted(SOURCES.glob(pattern))]


def package_version() -> str:
    """Return the version of the installed package; "0+checkout" for a checkout that is not installed."""
    try:
        return metadata.version("generative-networks")
    except metadata.PackageNotFoundError:
        return "0+checkout"


MODEL_VERSION = sources_hash(model_sources())[:DIGITS]
"""Twelve hex digits: two runs of one scenario, strategy, seed and replicate agree if these do."""
