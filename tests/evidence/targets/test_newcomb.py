"""Newcomb's house: figures of the data, worked examples, reproducible futures."""

import numpy as np
import pytest

from sim.evidence.targets import newcomb
from sim.evidence.targets.counting import single
from sim.evidence.targets.relation_targets import HOUSE_TARGETS
from sim.model.start import NetworkError
from tests.evidence.targets.data_folders import data_folder


@pytest.fixture(scope="module")
def liking():
    return newcomb.read(data_folder("newcomb", newcomb.FILES))


def test_published_figures_match_the_data(liking):
    figures = newcomb.measures(liking)
    for target in HOUSE_TARGETS:
        assert single(figures[target.measures[0]]) == pytest.approx(target.observed, abs=0.003), target.name


def test_every_rank_is_read(liking):
    assert len(liking) == newcomb.MEASUREMENTS and liking[0].shape == (17, 17)
    for each in liking:
        assert np.array_equal(np.sort(each, axis=1), np.tile(np.arange(17.0), (17, 1)))


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("same_first", (0.42, 0.48)),
        ("same_next", (0.59, 0.68)),
        ("same_later", (0.63, 0.71)),
        ("lost_mutual", (0.18, 0.11)),
        ("lost_one_sided", (0.31, 0.26)),
        ("formed_chosen", (0.091, 0.112)),
        ("formed_unchosen", (0.053, 0.076)),
        ("transitivity_first", (0.26, 0.38)),
        ("transitivity_last", (0.23, 0.45)),
    ],
)
def test_figures_of_the_data_s_documentation(liking, name, figures):
    found = newcomb.measures(liking)
    for number, figure in zip(newcomb.NAMED, figures, strict=True):
        assert single(found[f"{name}_top{number}"]) == pytest.approx(figure, abs=0.011)


def test_settled_likings_are_the_same_choices_every_week():
    still = np.random.default_rng(1).random((17, 17))
    figures = newcomb.measures([still] * 15)
    assert single(figures["same_first_top5"]) == single(figures["same_later_top3"]) == 1.0
    assert single(figures["lost_mutual_top5"]) == 0.0


def test_random_likings_are_kept_by_chance():
    luck = np.random.default_rng(2)
    figures = newcomb.measures([luck.random((17, 17)) for _ in range(15)])
    kept = 5 / 16
    assert single(figures["same_later_top5"]) == pytest.approx(kept / (2 - kept), abs=0.03)
    assert single(figures["lost_one_sided_top5"]) == pytest.approx(1 - kept, abs=0.05)


def test_a_missing_column_is_named(tmp_path):
    (tmp_path / "ranks.csv").write_text("measurement,from,to\n0,a,b\n")
    with pytest.raises(NetworkError, match="no column rank"):
        newcomb.read(tmp_path)


def test_futures_are_reproducible_and_differ():
    run = newcomb.house({})
    assert run(1, 0) == run(1, 0) != run(1, 1)
