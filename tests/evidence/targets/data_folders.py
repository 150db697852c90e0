"""Folders of data that are not part of the project; tests that need them are skipped without."""

from pathlib import Path

import pytest

from sim.evidence.targets.real_data import find_folder

SHARED = Path(__file__).parents[3] / ".." / "shared" / "data"


def data_folder(name, files):
    """Return the folder of a data set, or skip the test."""
    found = find_folder(name, files, SHARED / name)
    if found is None:
        pytest.skip(f"the data are not here: {SHARED / name}")
    return found
