"""What several tests of the dashboard read."""

import pytest

from sim.dashboard.folders.shelf import Shelf
from tests.dashboard.folders.shelves import shelf_of


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """A folder of small results."""
    return shelf_of(tmp_path_factory.mktemp("results") / "here")


@pytest.fixture
def shelf(results):
    """A shelf over it that has read nothing yet."""
    return Shelf(results)
