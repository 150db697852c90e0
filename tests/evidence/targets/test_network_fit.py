"""Structure and prediction on the real networks, their figure and table, and the bar."""

import csv

import numpy as np
import pytest
from rich.console import Console

from sim.cli.commands import validate_command
from sim.evidence.charts.structure_chart import structure_figure
from sim.evidence.targets import amends, bar, eies, network_fit, newcomb
from sim.lab.analysis.matrix_measures import trust_matrix
from sim.lab.analysis.structure_fit import STATISTICS, predictions
from tests.evidence.targets.data_folders import data_folder


@pytest.fixture(scope="module")
def fit():
    folders = network_fit.DataFolders(
        data_folder("eies", eies.FILES), data_folder("newcomb", newcomb.FILES), data_folder("amends", amends.FILES)
    )
    return network_fit.fit_networks(folders, 4, 5)


def test_every_data_set_is_compared(fit):
    assert {each.data.split(",")[0] for each in fit.structure} == {"EIES", "Newcomb", "AMENDS"}
    assert {each.statistic for each in fit.structure} == set(STATISTICS)
    assert all(each.simulated.shape == (4, len(each.parts)) and 0.0 <= each.p <= 1.0 for each in fit.structure)
    assert {(each.data.split(",")[0], each.what) for each in fit.prediction} == {
        (data, what) for data in ("EIES", "AMENDS") for what in ("form", "end")
    }
    assert all(0.0 <= each.model <= 1.0 for each in fit.prediction)


def test_baselines_do_not_depend_on_the_model(fit):
    data = eies.read(data_folder("eies", eies.FILES))
    before, after = data.start >= eies.FRIEND, data.end >= eies.FRIEND
    again = predictions("EIES, friends", before, after, ~np.eye(32, dtype=bool), np.zeros((32, 32)), 4)
    first = [each for each in fit.prediction if each.data.startswith("EIES")]
    assert [each[:4] + each[5:] for each in first] == [each[:4] + each[5:] for each in again]


def test_the_figure_and_the_tables_hold_every_distribution(fit, tmp_path):
    figure = structure_figure(fit, "title")
    assert sum(axes.get_visible() for axes in figure.axes) >= len(fit.structure) + 2
    structure, prediction = validate_command.structure_tables(fit)
    assert len(prediction) == len(fit.prediction)
    assert set(zip(structure["data"], structure["distribution"], strict=True)) == {
        (each.data, each.statistic) for each in fit.structure
    }
    console = Console(width=120, record=True)
    validate_command.print_structure(console, fit)
    text = console.export_text()
    assert "Mahalanobis" in text and "AUC" in text and "closure" in text


def test_without_data_there_is_nothing_to_compare(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(eies.ENVIRONMENT, raising=False)
    folders = network_fit.find_folders()
    assert folders == (None, None, None)
    found = network_fit.fit_networks(folders, 3, 1)
    assert found == network_fit.NetworkFit([], [])
    with pytest.raises(ValueError, match="no structure"):
        structure_figure(found, "title")


def test_other_data_are_found_beside_the_named_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, files in (("eies", eies.FILES), ("newcomb", newcomb.FILES)):
        (tmp_path / "data" / name).mkdir(parents=True)
        for file in files:
            (tmp_path / "data" / name / file).touch()
    folders = network_fit.find_folders(tmp_path / "data" / "eies")
    assert folders.newcomb == tmp_path / "data" / "newcomb" and folders.amends is None


def test_a_world_starts_from_the_friendships_of_a_wave():
    named = np.zeros((12, 12), bool)
    for i, j in ((0, 1), (1, 0), (1, 2), (3, 4)):
        named[i, j] = True
    wave = amends.Wave({"friendship": named}, np.ones(12, bool))
    trust = trust_matrix(network_fit.community_world(wave, {}, 1, 0))
    assert np.array_equal(trust > 0, named) and set(trust[named]) == {network_fit.NAMED_TRUST}


def test_sectors_are_communities_and_the_rest_is_one_sector():
    graph = np.zeros((14, 14), bool)
    graph[:6, :6] = graph[6:12, 6:12] = True
    graph[12, 13] = graph[13, 12] = True
    np.fill_diagonal(graph, False)
    sector = network_fit.sectors_of(graph)
    assert len(set(sector[:6])) == len(set(sector[6:12])) == len(set(sector[12:])) == 1
    assert len(set(sector.tolist())) == 3


def test_the_bar_prints_a_line_for_each_of_its_targets(capsys):
    assert bar.main(["--only", "apart", "--only", "house", "--times", "0.05", "--more"]) == 0
    text = capsys.readouterr().out
    assert "without meeting" in text and text.count("house: ") >= 5 and "same_next_top3" in text
    assert len(list(csv.reader(text.splitlines()))) > 20
    bar.main(["--only", "house", "--times", "0.05", "--set", "giving.base=-10"])
    assert capsys.readouterr().out != text
