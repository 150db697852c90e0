"""AMENDS: figures of the data, worked examples, reproducible futures."""

import numpy as np
import pytest

from sim.evidence.targets import amends
from sim.evidence.targets.counting import Counted, single
from sim.evidence.targets.relation_targets import COMMUNITY_TARGETS
from sim.model.start import NetworkError
from tests.evidence.targets.data_folders import data_folder


@pytest.fixture(scope="module")
def waves():
    return amends.read(data_folder("amends", amends.FILES))


def test_published_figures_match_the_data(waves):
    figures = amends.measures(waves)
    for target in COMMUNITY_TARGETS:
        values = [single(figures[name]) for name in target.measures]
        found = values[0] if len(values) == 1 else values[0] / values[1]
        assert found == pytest.approx(target.observed, rel=0.02), target.name


def test_as_many_are_named_as_in_the_data(waves):
    for relation, density in amends.NAMED.items():
        found = np.mean([wave.named[relation][wave.judged].mean() for wave in waves])
        assert found == pytest.approx(density, abs=0.0001)


@pytest.mark.parametrize(
    ("relation", "wave", "figures"),
    [
        ("sharing", 1, (0.013, 0.066, 0.182, 0.30, 0.50, 0.60, 0.64, 0.48)),
        ("sharing", 2, (0.0034, 0.011, 0.033, 0.062, 0.71, 0.85, 0.81, 0.88)),
        ("friendship", 1, (0.018, 0.074, 0.141, 0.27, 0.43, 0.70, 0.64, 0.58)),
        ("friendship", 3, (0.012, 0.048, 0.077, 0.222, 0.43, 0.66, 0.63, 0.58)),
    ],
)
def test_figures_of_the_data_s_documentation(waves, relation, wave, figures):
    found = amends.changes(waves[wave - 1], waves[wave], relation)
    names = ("formed_0", "formed_1", "formed_2", "formed_chosen", "lost_mutual", "lost_one_sided", "lost_0", "lost_1")
    for name, figure in zip(names, figures, strict=True):
        assert found[name].share == pytest.approx(figure, rel=0.05), name


def named(n, *pairs):
    """Return who names whom."""
    matrix = np.zeros((n, n), bool)
    for i, j in pairs:
        matrix[i, j] = True
    return matrix


def test_only_people_interviewed_in_both_waves_are_judged():
    friends = named(4, (0, 1), (1, 2), (3, 0))
    first = amends.Wave({"friendship": friends}, np.array([True, True, True, False]))
    second = amends.Wave({"friendship": named(4)}, np.array([True, True, False, True]))
    found = amends.changes(first, second, "friendship")
    assert found["lost"] == Counted(1, 1)


def test_inequality_of_amounts():
    assert amends.gini(np.full(7, 3.0)) == pytest.approx(0.0)
    assert amends.gini(np.array([0.0, 0.0, 0.0, 8.0])) == pytest.approx(0.75)
    assert np.isnan(amends.gini(np.zeros(3)))


def test_simulated_people_name_those_whom_they_trust_and_give_to_most():
    luck = np.random.default_rng(3)
    trust, given = luck.random((40, 40)), np.zeros((40, 40))
    given[0, 1:9] = 5.0
    trust[trust < 0.5] = 0.0
    wave = amends.asked(trust, given, luck)
    friends, sharing = wave.named["friendship"], wave.named["sharing"]
    assert friends.sum() == pytest.approx(amends.NAMED["friendship"] * 40 * 39, abs=8)
    assert trust[friends].min() > 0.8
    assert 4 <= sharing.sum() == sharing[0, 1:9].sum() <= 8, (
        "those who were given nothing are not named, some are forgotten"
    )


def test_unknown_people_are_an_error(tmp_path):
    columns = ",".join(f"interviewed_{number}" for number in range(1, 5))
    (tmp_path / "members.csv").write_text(f"id,{columns}\na,1,1,1,1\nb,1,1,1,1\n")
    (tmp_path / "ties.csv").write_text("relation,wave,from,to\nfriendship,1,a,z\n")
    with pytest.raises(NetworkError, match="line 2"):
        amends.read(tmp_path)


def test_a_future_is_reproducible():
    run = amends.community({})
    assert run(1, 0) == run(1, 0)
