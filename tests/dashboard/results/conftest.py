"""What several tests of the dashboard read."""

import pytest

from sim.dashboard.results_catalogue import Catalogue
from tests.dashboard.results.saved_results import saved_results


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """A folder of small results."""
    return saved_results(tmp_path_factory.mktemp("results") / "here")


@pytest.fixture
def catalogue(results):
    """Its catalogue."""
    return Catalogue(results)
