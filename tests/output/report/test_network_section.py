"""The report's section on the user's own network."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.output.report.html_page import Section, render_page
from sim.output.report.network_section import network_section
from tests.output.report.pages import check_page, words_of

NETWORKS = Path(__file__).parents[3] / "scenarios" / "networks"


def results(network, scenario=NETWORKS / "ours.toml", working="."):
    """What the section reads of a results folder."""
    experiment = {"scenario": str(scenario), "resolved": {"network": network}}
    return SimpleNamespace(experiment=experiment, manifest={"working_folder": working})


FILES = {"kind": "csv", "members": "example-members.csv", "ties": "example-ties.csv"}


@pytest.mark.parametrize(("scenario", "working"), [(NETWORKS / "ours.toml", "."), ("ours.toml", str(NETWORKS))])
def test_the_profile_of_the_users_own_network(scenario, working):
    section = network_section(results(FILES, scenario, working))
    page = render_page("A report", [section, Section("Other", [])])
    words = words_of(check_page(page))
    for expected in ("24 members and 33 ties", "Core and periphery", "member-24", "Shelter", "Ties between"):
        assert expected in words
    assert "newcomers join" not in words
    thinned = network_section(results({**FILES, "newcomers": 3}, scenario, working))
    assert "before ties are thinned and newcomers join" in words_of(check_page(render_page("A", [thinned])))


def test_other_networks_have_no_section_and_missing_files_are_said():
    assert network_section(results({"kind": "karate"})) is None
    assert "no longer where" in str(network_section(results({**FILES, "ties": "gone.csv"})))
