"""The model's version: a hash of every source that can change a number."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from sim.model.jit import SOURCES, compiled_sources, sources_hash

DIGITS = 12
ELSEWHERE = ("inputs/networks/*.py", "inputs/scenario/records.py", "lab/future.py")
"""What can change a number and lies outside the model: start networks, and what turns a scenario into a world."""


def model_sources() -> list[Path]:
    """Everything in the model's folder and what `ELSEWHERE` names, in a fixed order."""
    return compiled_sources() + [path for pattern in ELSEWHERE for path in sorted(SOURCES.glob(pattern))]


def package_version() -> str:
    """Version of the package as installed; of a checkout that is not installed, "0+checkout"."""
    try:
        return metadata.version("generative-networks")
    except metadata.PackageNotFoundError:
        return "0+checkout"


MODEL_VERSION = sources_hash(model_sources())[:DIGITS]
"""Twelve hex digits: two runs of one scenario, strategy, seed and replicate agree if these do."""
