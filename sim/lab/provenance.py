"""How results were made: command line, versions of software, and machine, for manifests."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

PACKAGES = (
    *("numba", "numpy", "networkx", "mesa", "pandas", "pyarrow"),
    *("pydantic", "scipy", "SALib", "distributed", "matplotlib"),
)


def origin() -> dict[str, Any]:
    """Return how results were made, for any manifest: command line, package version, software and machine."""
    from sim.model.version import package_version

    return {
        "command_line": ["gennet", *sys.argv[1:]],
        "package_version": package_version(),
        "working_folder": working_folder(),
        "surroundings": surroundings(),
    }


def working_folder() -> str | None:
    """Return the working folder of this process; None if it no longer exists."""
    try:
        return str(Path.cwd())
    except OSError:
        return None


def surroundings() -> dict[str, Any]:
    """Return Python, machine, package versions, and the git commit if the sources are a checkout."""
    versions = {}
    for package in PACKAGES:
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    return {
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "packages": versions,
        "git_commit": git("rev-parse", "HEAD"),
        "git_changed": bool(git("--no-optional-locks", "status", "--porcelain", "--", "sim")),
    }


def git(*arguments: str) -> str | None:
    """Run git in the checkout of the running sources and return its output; None if they are in no checkout."""
    top = Path(__file__).resolve().parents[2]
    if not (top / ".git").exists():
        return None
    try:
        output = subprocess.check_output(
            ["git", *arguments], cwd=top, text=True, timeout=5, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return output.strip() or None
