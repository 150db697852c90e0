"""The model's version: a hash of every module that can change a number, not of figures or the command line."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from sim.jit import SOURCES, compiled_sources, sources_hash

DIGITS = 12
OTHERS = ("future", "outcomes", "world")


def model_sources() -> list[Path]:
    """The compiled sources, the start networks, and what builds, runs and sums up a world; in a fixed order."""
    rest = [SOURCES / f"{name}.py" for name in OTHERS] + sorted((SOURCES / "networks").glob("*.py"))
    return compiled_sources() + [path for path in rest if path.exists()]


def package_version() -> str:
    """Version of the package as installed; of a checkout that is not installed, "0+checkout"."""
    try:
        return metadata.version("generative-networks")
    except metadata.PackageNotFoundError:
        return "0+checkout"


MODEL_VERSION = sources_hash(model_sources())[:DIGITS]
"""Twelve hex digits: two runs of one scenario, strategy, seed and replicate agree if these do."""
