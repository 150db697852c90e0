"""Fit of structure: distributions against networkx, distances and p values, AUC and the closure logistic."""

import networkx as nx
import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from sim.lab.analysis import structure_fit
from sim.lab.analysis.matrix_measures import off_diagonal


def random_graph(luck, n, density):
    """Return a random directed graph."""
    return (luck.random((n, n)) < density) & off_diagonal(n)


def test_degrees_are_cumulative_shares():
    star = np.zeros((5, 5), bool)
    star[1:, 0] = True
    assert structure_fit.indegrees(star)[:5].tolist() == [0.8, 0.8, 0.8, 0.8, 1.0]
    assert structure_fit.outdegrees(star)[:3].tolist() == [0.2, 1.0, 1.0]


def test_distances_match_networkx():
    graph = random_graph(np.random.default_rng(1), 15, 0.1)
    lengths = dict(nx.all_pairs_shortest_path_length(nx.from_numpy_array(graph, create_using=nx.DiGraph)))
    steps = [length for i, each in lengths.items() for j, length in each.items() if i != j]
    wanted = [sum(step <= number for step in steps) / (15 * 14) for number in structure_fit.DISTANCES]
    assert structure_fit.distances(graph) == pytest.approx(wanted)


def test_the_triad_census_adds_up_and_knows_a_cycle():
    cycle = np.zeros((3, 3), bool)
    cycle[[0, 1, 2], [1, 2, 0]] = True
    census = dict(zip(structure_fit.TRIADS, structure_fit.triad_census(cycle), strict=True))
    assert census["030C"] == 1.0 and sum(census.values()) == 1.0


def test_the_mahalanobis_distance_is_that_of_the_covariance():
    luck = np.random.default_rng(2)
    sample = luck.normal(size=(300, 3)) @ np.array([[1.0, 0.5, 0.0], [0.0, 2.0, 0.3], [0.0, 0.0, 0.1]])
    point = np.array([[1.0, -1.0, 0.2]])
    gap = point[0] - sample.mean(axis=0)
    wanted = gap @ np.linalg.inv(np.cov(sample, rowvar=False, bias=True)) @ gap
    assert structure_fit.mahalanobis(point, sample)[0] == pytest.approx(wanted, rel=0.01)


def test_parts_that_never_vary_count_only_if_the_observed_one_differs():
    sample = np.column_stack((np.linspace(0, 1, 50), np.full(50, 0.4)))
    inside, outside = structure_fit.mahalanobis(np.array([[0.5, 0.4], [0.5, 0.5]]), sample)
    assert inside == pytest.approx(0.0) and np.isinf(outside)


@pytest.mark.parametrize("statistic", structure_fit.STATISTICS)
def test_a_graph_like_the_others_fits_and_one_unlike_them_does_not(statistic):
    luck = np.random.default_rng(3)
    simulated = [random_graph(luck, 20, 0.15) for _ in range(60)]
    alike = structure_fit.fit_of("x", statistic, random_graph(luck, 20, 0.15), simulated)
    hubs = np.zeros((20, 20), bool)
    hubs[:, :2] = hubs[:2, :] = True
    unlike = structure_fit.fit_of("x", statistic, hubs & off_diagonal(20), simulated)
    assert alike.p > 0.02 and unlike.p == 0.0 and unlike.distance > alike.distance
    assert alike.simulated.shape == (60, len(alike.parts)) and len(alike.observed) == len(alike.parts)


def test_p_values_are_uniform_where_the_model_is_right():
    luck = np.random.default_rng(4)
    simulated = [random_graph(luck, 20, 0.15) for _ in range(80)]
    p = [structure_fit.fit_of("x", "times named", random_graph(luck, 20, 0.15), simulated).p for _ in range(100)]
    assert 0.3 < np.mean(p) < 0.65


def test_the_auc_is_mann_whitneys():
    luck = np.random.default_rng(5)
    scores, hits = luck.integers(0, 6, 80).astype(float), luck.random(80) < 0.3
    wanted = mannwhitneyu(scores[hits], scores[~hits]).statistic / (hits.sum() * (~hits).sum())
    assert structure_fit.auc(scores, hits) == pytest.approx(wanted)
    assert np.isnan(structure_fit.auc(scores, np.zeros(80, bool)))


def test_the_logistic_finds_its_coefficients():
    luck = np.random.default_rng(6)
    features = luck.normal(size=(20_000, 2))
    chance = 1.0 / (1.0 + np.exp(-(-1.0 + 0.8 * features[:, 0] - 0.5 * features[:, 1])))
    found = structure_fit.logistic(features, (luck.random(20_000) < chance).astype(float))
    assert found == pytest.approx([-1.0, 0.8, -0.5], abs=0.06)


def closing(luck, n=60):
    """Return a graph, and one in which pairs with common contacts have become tied."""
    before = random_graph(luck, n, 0.03)
    union = (before | before.T).astype(int)
    return before, before | ((union @ union > 0) & off_diagonal(n) & (luck.random((n, n)) < 0.6))


def test_closure_is_foretold_by_common_contacts_and_not_by_chance():
    before, after = closing(np.random.default_rng(7))
    everybody = off_diagonal(len(before))
    form = structure_fit.predictions("x", before, after, everybody, np.zeros(before.shape), 40)[0]
    assert form.what == "form" and form.pairs == (everybody & ~before).sum() and form.hits == (after & ~before).sum()
    assert form.common > 0.8 and form.closure > 0.8
    assert form.model == 0.5 and form.random == pytest.approx(0.5, abs=0.05)


def test_trust_that_knows_what_will_end_foretells_it():
    luck = np.random.default_rng(8)
    before = random_graph(luck, 30, 0.2)
    after = before & (luck.random((30, 30)) < 0.5)
    found = structure_fit.predictions("x", before, after, off_diagonal(30), after.astype(float), 40)
    assert found[1].what == "end" and found[1].model == 1.0
    assert found[1].hits == (before & ~after).sum() and found[1].pairs == before.sum()
