"""Start networks: properties of each kind, reproducibility, and reading users' files."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as checks
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sim.inputs.networks import (
    NetworkError,
    NetworkSettings,
    StartNetwork,
    build,
    generate,
    kinds,
    to_networkx,
)
from sim.inputs.reading import plain
from sim.model import luck
from tests.conftest import COVERED

EXAMPLES = Path(__file__).parents[2] / "scenarios" / "networks"
ADAPTER: TypeAdapter = TypeAdapter(NetworkSettings)
GENERATED = [
    kinds.Communities,
    kinds.Random,
    kinds.SmallWorld,
    kinds.CorePeriphery,
    kinds.Connectivity,
    kinds.Star,
    kinds.Fragments,
    kinds.Empty,
    kinds.Organisation,
]
REAL = [kinds.Karate, kinds.SouthernWomen, kinds.Florentine]
EXAMPLE = kinds.Csv(members="example-members.csv", ties="example-ties.csv")
ALL = [*(kind() for kind in GENERATED + REAL), EXAMPLE]
few = checks(max_examples=40, deadline=None)
seeds = st.integers(0, 2**40)


def named(settings):
    """Return the kind, for use as a test id."""
    return settings.kind


def pairs(start: StartNetwork) -> set[tuple[int, int]]:
    """Return the ties as a set."""
    return {(i, j) for i, j in start.ties.tolist()}


def check_valid(start: StartNetwork) -> None:
    """Check the properties of every start network, independently of the checks in `StartNetwork`."""
    n = len(start.names)
    listed = [tuple(row) for row in start.ties.tolist()]
    assert all(0 <= i < j < n for i, j in listed)
    assert len(set(listed)) == len(listed) and listed == sorted(listed)
    assert start.ties.dtype == np.int32 and start.strength.dtype == np.float64
    assert len(start.strength) == len(listed) and all(0 < s <= 1 for s in start.strength)
    assert start.sector.shape == start.kind.shape == (n,) and start.viewpoint.shape == (n, 2)
    assert start.sector.min() >= 0 and set(start.kind.tolist()) <= {0, 1}
    assert start.degree.tolist() == [sum(i in row for row in listed) for i in range(n)] if n <= 60 else True


def same(a: StartNetwork, b: StartNetwork) -> bool:
    """Return whether two networks are bit-identical."""
    for field in fields(StartNetwork):
        x, y = getattr(a, field.name), getattr(b, field.name)
        if isinstance(x, np.ndarray):
            if not isinstance(y, np.ndarray) or x.dtype != y.dtype or x.tobytes() != y.tobytes():
                return False
        elif x != y:
            return False
    return True


# What a scenario may say


def test_a_table_without_a_kind_is_one_of_communities():
    assert ADAPTER.validate_python({"members": 12}) == kinds.Communities(members=12)
    assert ADAPTER.validate_python({"kind": "star", "hubs": 2}) == kinds.Star(hubs=2)
    assert ADAPTER.validate_python(kinds.Karate()) == kinds.Karate()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "communites"}, "communities"),
        ({"memebers": 4}, "memebers"),
        ({"members": 1}, "greater than or equal to 2"),
        ({"members": 1_000_001}, "less than or equal to 1000000"),
        ({"within": 1.2}, "less than or equal to 1"),
        ({"keep_random": float("nan")}, "finite"),
        ({"members": 10, "degree": 12}, "degree 12 is more than the 9 other members"),
        ({"kind": "small_world", "degree": 3}, "multiple of 2"),
        ({"kind": "small_world", "members": 4, "degree": 4}, "degree 4 needs more than 4 members"),
        ({"kind": "star", "members": 5, "hubs": 5, "degree": 2}, "hubs 5 must be fewer than the 5 members"),
        ({"kind": "core_periphery", "core": 0}, "greater than 0"),
        ({"kind": "csv", "members": "a.csv"}, "ties"),
        ({"kind": "karate", "members": 34}, "members"),
    ],
)
def test_settings_out_of_bounds_raise_errors(values, said):
    with pytest.raises(ValidationError, match=said):
        ADAPTER.validate_python(values)


def test_every_setting_has_a_description_common_to_all_kinds():
    for kind in get_args(kinds.AnyKind):
        assert kind.model_config["frozen"] and kind.model_config["extra"] == "forbid"
        assert all(field.description for field in kind.model_fields.values()), kind
        assert set(kinds.Shared.model_fields) < set(kind.model_fields)
    assert "discriminator" in ADAPTER.json_schema()


# Every kind


@pytest.mark.parametrize("settings", ALL, ids=named)
def test_networks_are_reproducible_and_valid(settings):
    first = build(settings, 7, 3, EXAMPLES)
    check_valid(first)
    assert same(first, build(settings, 7, 3, EXAMPLES))
    assert first.source and len(set(first.names)) == first.members


@pytest.mark.parametrize("kind", [kinds.Communities, kinds.Random, kinds.SmallWorld, kinds.CorePeriphery, kinds.Star])
def test_another_replicate_or_seed_gives_another_network(kind):
    networks = [pairs(build(kind(), seed, replicate)) for seed, replicate in ((0, 0), (0, 1), (1, 0), (1, 1))]
    assert all(networks[a] != networks[b] for a in range(4) for b in range(a))


def test_generated_members_do_not_depend_on_the_kind():
    """Otherwise, a comparison of structures would also compare members."""
    first, *others = (build(kind(members=50, sectors=3), 5, 2) for kind in GENERATED)
    for other in others:
        assert first.names == other.names
        assert first.sector.tolist() == other.sector.tolist() and first.kind.tolist() == other.kind.tolist()


@pytest.mark.slow
def test_compiled_and_plain_python_are_bit_identical():
    program = (
        "import hashlib; from sim.inputs.networks import build, generate, kinds as s\n"
        "for all_pairs in (1e9, 0):\n"
        "    generate.RANK_ALL = all_pairs\n"
        "    for kind in (s.Communities, s.Random, s.SmallWorld, s.CorePeriphery, s.Star, s.Organisation):\n"
        "        start = build(kind(members=30, keep_random=.9, newcomers=3), 4, 9)\n"
        "        data = (start.ties, start.kind, start.sector)\n"
        "        print(hashlib.sha256(b''.join(part.tobytes() for part in data)).hexdigest())\n"
    )
    outputs = []
    for compiled in ("1", "0"):
        environment = {**os.environ, **COVERED, "GENNET_COMPILED": compiled, "PYTHONPATH": str(EXAMPLES.parents[1])}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, check=True, text=True
        )
        outputs.append(done.stdout.split())
    assert outputs[0] == outputs[1] and len(outputs[0]) == 12


@pytest.mark.parametrize("kind", [kinds.Communities, kinds.Random, kinds.CorePeriphery, kinds.Star])
@few
@given(data=st.data(), members=st.integers(2, 60), sectors=st.integers(1, 8), seed=seeds, everything=st.booleans())
def test_the_number_of_ties_is_exact(kind, data, members, sectors, seed, everything):
    """It is members * degree / 2, rounded half up, or a star's spokes if greater, for both methods of finding pairs."""
    degree = data.draw(st.floats(0, members - 1))
    before = generate.RANK_ALL
    generate.RANK_ALL = before if everything else 0
    try:
        start = build(kind(members=members, degree=degree, sectors=sectors), seed, 0)
    finally:
        generate.RANK_ALL = before
    check_valid(start)
    wanted = int(members * degree / 2 + 0.5)
    assert start.members == members
    assert len(start.ties) == (max(wanted, members - 1) if kind is kinds.Star else wanted)
    assert set(np.bincount(start.sector).tolist()) <= {members // sectors, members // sectors + 1}


def test_a_network_of_higher_degree_contains_that_of_lower_degree():
    smaller, larger = (pairs(build(kinds.Random(degree=degree), 3, 0)) for degree in (2, 5))
    assert smaller < larger
    smaller, larger = (pairs(build(kinds.Communities(degree=degree), 3, 0)) for degree in (2, 5))
    assert smaller < larger


def test_the_draw_of_a_pair_does_not_depend_on_other_members():
    """Compare a random network with brute force: it ties the pairs with the lowest draws."""
    key = np.uint64(luck.phase_key(8, 4, 0, generate.RANK))
    numbers = {(i, j): luck.uniform(np.uint64(luck.pair(key, i, j)), 0) for j in range(12) for i in range(j)}
    expected = sorted(numbers, key=numbers.__getitem__)[:24]
    assert pairs(build(kinds.Random(members=12, degree=4), 8, 4)) == set(expected)


@pytest.mark.parametrize("everything", [True, False])
def test_all_pairs_are_equally_likely(everything, monkeypatch):
    """9 members, 12 of 36 pairs tied: each pair in a third of 1,500 replicates, within five standard errors."""
    if not everything:
        monkeypatch.setattr(generate, "RANK_ALL", 0)
    runs, counts = 1500, np.zeros((9, 9))
    for replicate in range(runs):
        start = build(kinds.Random(members=9, degree=12 * 2 / 9), 11, replicate)
        counts[start.ties[:, 0], start.ties[:, 1]] += 1
    share = counts[np.triu_indices(9, 1)] / runs
    assert np.all(np.abs(share - 1 / 3) < 5 * np.sqrt(1 / 3 * 2 / 3 / runs))
    expected = (share - 1 / 3) ** 2 / (1 / 3 * 2 / 3 / runs)
    assert expected.mean() < 1.8  # 36 squared standard scores, mean 1 less a little for the fixed total


@pytest.mark.parametrize("kind", [kinds.Communities, kinds.Random])
def test_large_networks_have_poisson_degrees(kind):
    """Degrees of 60,000 members vary like Poisson numbers, so blocks of pairs and rows are independent."""
    start = build(kind(members=60_000, degree=6), 2, 0)
    assert len(start.ties) == 180_000
    assert start.degree.var() == pytest.approx(6.0, rel=0.03)
    assert (start.degree == 0).mean() == pytest.approx(np.exp(-6), abs=0.0012)
    assert np.corrcoef(np.arange(60_000), start.degree)[0, 1] == pytest.approx(0, abs=0.02)
    inside, between = ties_by_side(
        start, np.flatnonzero(start.sector[start.ties[:, 0]] == start.sector[start.ties[:, 1]])
    )
    assert np.corrcoef(inside, between)[0, 1] == pytest.approx(0, abs=0.02)


def ties_by_side(start: StartNetwork, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the degrees over the chosen ties and over the others."""
    others = np.delete(np.arange(len(start.ties)), chosen)
    inside, between = (np.bincount(start.ties[part].ravel(), minlength=start.members) for part in (chosen, others))
    return inside, between


# Generated kinds, one by one


@pytest.mark.parametrize("members", [40, 200, 5000])
@pytest.mark.parametrize("within", [0.0, 0.8, 1.0])
def test_communities_have_the_share_of_ties_inside(members, within):
    start = build(kinds.Communities(members=members, within=within, degree=4), 1, 2)
    inside = start.sector[start.ties[:, 0]] == start.sector[start.ties[:, 1]]
    assert inside.sum() == int(within * len(start.ties) + 0.5)


def test_full_communities_spill_over():
    start = build(kinds.Communities(members=8, sectors=4, degree=5, within=1.0), 1, 0)
    inside = start.sector[start.ties[:, 0]] == start.sector[start.ties[:, 1]]
    assert (inside.sum(), len(start.ties)) == (4, 20)
    assert len(build(kinds.Communities(members=8, sectors=1, degree=5, within=0.0), 1, 0).ties) == 20


def test_a_ring_without_rewiring_matches_networkx():
    start = build(kinds.SmallWorld(members=24, degree=6, rewire=0, sectors=3), 1, 0)
    assert nx.is_isomorphic(to_networkx(start), nx.watts_strogatz_graph(24, 6, 0))
    inside = start.sector[start.ties[:, 0]] == start.sector[start.ties[:, 1]]
    assert inside.mean() > 0.7  # neighbours on the ring are mostly of one community


@few
@given(members=st.integers(3, 40), half=st.integers(1, 10), rewire=st.floats(0, 1), seed=seeds)
def test_a_small_world_keeps_the_number_of_ties_and_one_end_of_each(members, half, rewire, seed):
    half = min(half, (members - 1) // 2)
    start = build(kinds.SmallWorld(members=members, degree=2 * half, rewire=rewire), seed, 0)
    check_valid(start)
    assert len(start.ties) == members * half
    assert start.degree.min() >= half


def test_a_small_world_rewires_the_stated_share():
    ring = pairs(build(kinds.SmallWorld(members=5000, degree=4, rewire=0), 1, 0))
    rewired = pairs(build(kinds.SmallWorld(members=5000, degree=4, rewire=0.2), 1, 0))
    assert len(rewired - ring) / len(ring) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(("members", "degree"), [(40, 3), (40, 6), (1000, 3), (5000, 8)])
def test_the_periphery_is_tied_only_to_the_core(members, degree):
    start = build(kinds.CorePeriphery(members=members, degree=degree, core=0.2), 3, 1)
    core = members // 5
    within, across = (start.ties < core).all(axis=1).sum(), (start.ties[:, 0] < core).sum()
    assert across == len(start.ties), "a tie within the edge"
    densities = within / (core * (core - 1) / 2), (across - within) / (core * (members - core))
    assert densities[0] > 2 * densities[1]
    if degree > 3 or members == 40:
        assert start.degree[core:].min() >= 1
    assert start.degree[:core].mean() > 3 * start.degree[core:].mean()
    assert len(set(start.sector[:core].tolist())) == 4


def test_learners_of_a_connectivity_network_know_only_the_experienced_and_newcomers_are_learners():
    start = build(kinds.Connectivity(members=40, degree=2, experienced=0.3, newcomers=5), 3, 1)
    assert start.learner is not None and start.learner.tolist() == [False] * 12 + [True] * 33
    assert len(start.ties) == 40 and (start.ties[:, 0] < 12).all()
    graph = to_networkx(start)
    assert [graph.nodes[i]["learner"] for i in graph] == start.learner.tolist()


def test_with_few_ties_any_peripheral_member_may_have_none():
    edge = build(kinds.CorePeriphery(members=1000, degree=1, core=0.1), 3, 1).degree[100:]
    assert edge.max() == 1 and edge[:450].sum() == pytest.approx(edge[450:].sum(), rel=0.4)


def test_a_full_core_spills_over_to_the_periphery():
    start = build(kinds.CorePeriphery(members=10, degree=9, core=0.3), 0, 0)
    assert len(start.ties) == 45


@pytest.mark.parametrize("hubs", [1, 2])
def test_a_star_has_hubs_tied_to_all_and_as_many_ties_as_the_others(hubs):
    start = build(kinds.Star(members=40, hubs=hubs, degree=5), 1, 0)
    assert np.all(start.degree[:hubs] == 39) and len(start.ties) == 100
    assert start.degree[hubs:].max() < 15
    bare = build(kinds.Star(members=40, hubs=hubs, degree=0), 1, 0)
    assert len(bare.ties) == 39 * hubs - hubs * (hubs - 1) // 2


@pytest.mark.parametrize(("members", "size"), [(40, 4), (41, 4), (12, 1), (12, 5), (12, 30)])
def test_fragments_are_complete_and_separate(members, size):
    graph = to_networkx(build(kinds.Fragments(members=members, size=size), 1, 0))
    parts = sorted(len(part) for part in nx.connected_components(graph))
    rest = members % size
    assert parts == sorted([size] * (members // size) + [rest] * (rest > 0))
    assert graph.number_of_edges() == sum(part * (part - 1) // 2 for part in parts)


@pytest.mark.parametrize(("members", "span"), [(40, 6), (2, 1), (9, 1), (100, 3), (50, 100)])
def test_an_organisation_is_a_full_tree(members, span):
    start = build(kinds.Organisation(members=members, span=span), 1, 0)
    parent = start.tree_parent
    assert parent is not None and parent[0] == -1 and np.all(parent[1:] >= 0)
    assert pairs(start) == {(min(i, p), max(i, p)) for i, p in enumerate(parent.tolist()) if p >= 0}
    assert nx.is_tree(to_networkx(start))
    assert np.bincount(parent[1:]).max() <= span
    assert nx.isomorphism.rooted_tree_isomorphism(to_networkx(start), 0, nx.full_rary_tree(span, members), 0)


def test_departments_are_mostly_of_one_sector():
    start = build(kinds.Organisation(members=400, span=6), 1, 0)
    assert (start.sector[start.ties[:, 0]] == start.sector[start.ties[:, 1]]).mean() > 0.9


def test_an_empty_network_has_no_ties():
    start = build(kinds.Empty(members=5), 1, 0)
    assert start.members == 5 and start.ties.shape == (0, 2)


# Real networks


def test_the_karate_club_matches_networkx():
    start, graph = build(kinds.Karate(), 0, 0), nx.karate_club_graph()
    assert pairs(start) == {(min(edge), max(edge)) for edge in graph.edges} and len(start.ties) == 78
    for (i, j), strength in zip(start.ties.tolist(), start.strength.tolist(), strict=True):
        assert strength == graph.edges[i, j]["weight"] / 7
    assert start.leaders == (0, 33) and start.names[0] == "Mr. Hi" and start.names[33] == "Officer"
    assert start.faction is not None and np.bincount(start.faction).tolist() == [17, 17]
    assert [int(graph.nodes[i]["club"] == "Officer") for i in graph] == start.faction.tolist()


@pytest.mark.parametrize("kind", REAL)
def test_real_networks_contain_no_later_information(kind):
    start = build(kind(), 5, 5)
    assert set(start.sector.tolist()) == {0} and len(set(start.kind.tolist())) == 1
    assert np.isnan(start.viewpoint).all()
    assert (build(kind(sectors=3), 5, 5).sector != 0).any()


def test_the_southern_women_are_tied_by_shared_events():
    start = build(kinds.SouthernWomen(), 0, 0)
    graph = nx.davis_southern_women_graph()
    oracle = nx.bipartite.weighted_projected_graph(graph, graph.graph["top"])
    assert start.members == 18 and len(start.ties) == oracle.number_of_edges() == 139
    for (i, j), strength in zip(start.ties.tolist(), start.strength.tolist(), strict=True):
        assert strength == oracle.edges[start.names[i], start.names[j]]["weight"] / 7
    assert "Evelyn Jefferson 8" in start.notes[0]


def test_the_florentine_families_match_networkx():
    start = build(kinds.Florentine(), 0, 0)
    found = {frozenset((start.names[i], start.names[j])) for i, j in start.ties.tolist()}
    assert found == {frozenset(edge) for edge in nx.florentine_families_graph().edges}
    assert np.all(start.strength == 1) and np.all(start.kind == 1)


@pytest.mark.parametrize("settings", [*(kind() for kind in REAL), EXAMPLE], ids=named)
def test_real_networks_do_not_depend_on_the_replicate(settings):
    first, second = (build(settings, 1, replicate, EXAMPLES) for replicate in (0, 1))
    assert pairs(first) == pairs(second) and first.strength.tobytes() == second.strength.tobytes()
    thinned = [pairs(build(settings.model_copy(update={"keep_random": 0.5}), 1, r, EXAMPLES)) for r in (0, 1)]
    assert thinned[0] != thinned[1] and thinned[0] < pairs(first)


# Thinning, newcomers, kinds


@pytest.mark.parametrize("kind", [kinds.Karate, kinds.SouthernWomen, kinds.Florentine])
@few
@given(share=st.floats(0, 1), lower=st.floats(0, 1), replicate=st.integers(0, 9))
def test_keep_strongest_keeps_exactly_the_strongest(kind, share, lower, replicate):
    whole = build(kind(), 1, replicate)
    kept = build(kind(keep_strongest=share), 1, replicate)
    check_valid(kept)
    count = int(share * len(whole.ties) + 0.5)
    assert sorted(kept.strength.tolist(), reverse=True) == sorted(whole.strength.tolist(), reverse=True)[:count]
    assert pairs(kept) == pairs(build(kind(keep_strongest=share), 99, 0)), (
        "which of equals go must not depend on the seed"
    )
    assert pairs(build(kind(keep_strongest=share * lower), 1, 0)) <= pairs(kept)


def test_equally_strong_ties_are_kept_regardless_of_row():
    kept = build(kinds.Fragments(members=400, keep_strongest=0.5), 1, 0)
    assert len(kept.ties) == 300
    assert kept.ties.mean() == pytest.approx(199.5, abs=20)


@few
@given(share=st.floats(0, 1), lower=st.floats(0, 1), seed=seeds)
def test_keep_random_keeps_the_share_and_shares_are_nested(share, lower, seed):
    whole = build(kinds.Communities(), seed, 0)
    kept = build(kinds.Communities(keep_random=share), seed, 0)
    assert len(kept.ties) == int(share * 60 + 0.5) and pairs(kept) <= pairs(whole)
    assert pairs(build(kinds.Communities(keep_random=share * lower), seed, 0)) <= pairs(kept)


def test_both_kinds_of_thinning_can_be_combined():
    start = build(kinds.Karate(keep_strongest=0.5, keep_random=0.5), 1, 0)
    assert len(start.ties) == 20 and pairs(start) < pairs(build(kinds.Karate(keep_strongest=0.5), 1, 0))


@pytest.mark.parametrize("settings", ALL, ids=named)
def test_newcomers_have_no_ties_and_do_not_change_others(settings):
    without = build(settings, 1, 0, EXAMPLES)
    start = build(settings.model_copy(update={"newcomers": 7}), 1, 0, EXAMPLES)
    n = without.members
    check_valid(start)
    assert start.members == n + 7 and pairs(start) == pairs(without) and without.joined_late is None
    assert start.joined_late is not None and np.flatnonzero(start.joined_late).tolist() == list(range(n, n + 7))
    assert start.degree[n:].tolist() == [0] * 7 and start.names[n] == "newcomer-01"
    assert start.kind[:n].tolist() == without.kind.tolist() and start.sector[:n].tolist() == without.sector.tolist()
    assert set(start.sector[n:].tolist()) <= set(without.sector.tolist())
    for attribute in ("faction", "tree_parent"):
        if getattr(start, attribute) is not None:
            assert getattr(start, attribute)[n:].tolist() == [-1] * 7


def test_each_member_is_an_organisation_with_the_stated_probability():
    some, more = (build(kinds.Empty(members=4000, organisations=share), 1, 0).kind for share in (0.15, 0.3))
    assert some.mean() == pytest.approx(0.15, abs=0.03) and np.all(more >= some)
    assert build(kinds.Empty(organisations=0), 1, 0).kind.sum() == 0
    assert build(kinds.Karate(organisations=1), 1, 0).kind.sum() == 34


def test_invalid_start_networks_raise_errors():
    start = build(kinds.Karate(), 0, 0)
    for wrong in (
        {"ties": start.ties[::-1]},
        {"ties": start.ties[:, ::-1].copy()},
        {"ties": np.repeat(start.ties[:39], 2, axis=0)},
        {"ties": start.ties.astype(np.int64)},
        {"ties": start.ties + np.int32(1)},
        {"strength": start.strength * 2},
        {"strength": start.strength[:-1]},
        {"kind": start.kind[:-1]},
        {"ends": start.halves * 0.5},
        {"ends": start.halves[:-1]},
        {"ends": start.halves * (1, -1)},
    ):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            replace(start, **wrong)


# To networkx


@pytest.mark.parametrize("settings", ALL, ids=named)
def test_a_graph_has_the_members_and_ties_of_the_network_and_fits_graphml(settings, tmp_path):
    start = build(settings.model_copy(update={"newcomers": 2, "keep_random": 0.7}), 1, 0, EXAMPLES)
    graph = to_networkx(start)
    assert list(graph) == list(range(start.members)) and {tuple(sorted(edge)) for edge in graph.edges} == pairs(start)
    assert tuple(nx.get_node_attributes(graph, "name").values()) == start.names
    assert [graph.edges[i, j]["strength"] for i, j in start.ties.tolist()] == start.strength_given.tolist()
    nx.write_graphml(graph, tmp_path / "network.graphml")
    again = nx.read_graphml(tmp_path / "network.graphml", node_type=int)
    assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))


def test_unknown_values_are_omitted_from_a_graph():
    start = build(kinds.Karate(), 1, 0)
    half = np.arange(start.members) % 2 == 0
    start = replace(
        start, kind=np.where(half, -1, 1).astype(np.int8), sector=np.where(half, 2, -1).astype(start.sector.dtype)
    )
    graph = to_networkx(start)
    assert "kind" not in graph.nodes[0] and "sector" not in graph.nodes[1] and graph.nodes[1]["kind"] == "organisation"


# A user's files


def read(folder: Path, members: str | bytes, ties: str | bytes) -> StartNetwork:
    """Write two files and build their network."""
    for name, text in (("m.csv", members), ("t.csv", ties)):
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return build(kinds.Csv(members="m.csv", ties="t.csv"), 0, 0, folder)


MEMBERS = "id,name,kind,sector\na,Clinic,organisation,health\nb,,individual,food\nc,Choir,,\n"
TIES = "from,to,strength\na,b,2\nb,c,4\n"


def test_the_example_network_is_read():
    start = build(EXAMPLE, 0, 0, EXAMPLES)
    assert start.members == 24 and len(start.ties) == 33 and start.strength.max() == 1
    assert start.notes[:2] == ("24 members, 33 ties", "sectors: 0 food, 1 health, 2 housing, 3 youth")
    assert (start.degree == 0).sum() == 1 and start.kind.sum() >= 5
    assert (~np.isnan(start.viewpoint).any(axis=1)).sum() == 5


def test_columns_are_read_by_name(tmp_path):
    start = read(tmp_path, MEMBERS, TIES)
    assert start.names == ("Clinic", "b", "Choir") and pairs(start) == {(0, 1), (1, 2)}
    assert start.strength.tolist() == [0.5, 1.0]
    assert start.sector[:2].tolist() == [0, 1] and start.kind[:2].tolist() == [1, 0]
    assert start.notes == (
        "3 members, 2 ties",
        "sectors: 0 health, 1 food",
        "kind of 1 member not given, so drawn at random",
        "sector of 1 member not given, so drawn at random",
    )


@pytest.mark.parametrize(
    ("members", "ties"),
    [
        ("\ufeff" + MEMBERS, "\ufeff" + TIES),
        (MEMBERS.replace(",", ";"), TIES.replace(",", "\t")),
        (MEMBERS.replace("\n", "\r\n"), TIES.replace("\n", "\r")),
        ("sep=;\n" + MEMBERS.replace(",", ";"), TIES.rstrip("\n")),
        ("\n\n" + MEMBERS.replace("\n", "\n\n"), ",,\n" + TIES.replace("\n", "\n,,\n")),
        (MEMBERS.replace(",", " , ").replace("\n", " \n "), TIES.replace(",", "  ,\t")),
        (MEMBERS.replace("Clinic", ' "Clinic" '), '"from" , "to","strength"\n"a","b","2"\n"b","c",4.0\n'),
        (
            MEMBERS.replace("id,name", "ID,Name").replace("organisation", "Organization"),
            "Source,TARGET,Strength\na,b,2\nc,b,4",
        ),
        (MEMBERS, "strength,to,from\n2,b,a\n4,c,b\n"),
        (MEMBERS, "from;to;strength\na;b;0,5\nb;c;1,0\n"),
        (MEMBERS, "from,to,strength\na,b,1e300\nb,c,2e300\n"),
        (MEMBERS.replace("c,Choir,,", "c,Choir"), TIES),
    ],
    ids=[
        "bom",
        "semicolon-tab",
        "line-ends",
        "sep",
        "blank",
        "spaces",
        "quotes",
        "case",
        "order",
        "comma",
        "huge",
        "short",
    ],
)
def test_all_spreadsheet_formats_are_read_alike(members, ties, tmp_path):
    expected, start = read(tmp_path, MEMBERS, TIES), read(tmp_path, members, ties)
    # What strengths were divided by is each file's own.
    assert same(replace(start, notes=(), scale=1.0), replace(expected, notes=(), scale=1.0))


@pytest.mark.parametrize(
    ("ties", "note"),
    [
        (TIES + "b,a,1\nb,a,2\na,b,5\n", "3 ties repeated or in both directions, merged (2 with another strength"),
        (TIES + "b,a,2\n", "1 tie repeated or in both directions, merged"),
        (TIES + "c,c,2\n", "1 tie of a member with itself left out"),
        ("from,to\n", "no ties at the start"),
        ("from,to,strength,weight\na,b,1,1\n", "t.csv: kept with ties, but not used: weight"),
    ],
)
def test_assumptions_are_reported(ties, note, tmp_path):
    notes = read(tmp_path, MEMBERS, ties).notes
    assert any(found.startswith(note) for found in notes), notes


def test_the_larger_strength_counts(tmp_path):
    start = read(tmp_path, MEMBERS, "from,to,strength\na,b,2\nb,a,5\na,b,1\nb,c,10\n")
    assert start.strength.tolist() == [0.5, 1.0]


def test_equivalent_unicode_names_are_equal(tmp_path):
    """A letter with an accent may be one character or two."""
    start = read(tmp_path, "id\ncaf\u00e9\nb\n", "from,to\ncafe\u0301,b\n")
    assert len(start.ties) == 1


HEADERS = "found are one, two, allowed are from and to (or source and target, or ego and alter)"
FAULTS = {
    "empty members": ("", TIES, "m.csv: is empty; its first line must name the columns: id"),
    "blank members": ("\n \n", TIES, "m.csv: is empty; its first line must name the columns: id"),
    "empty ties": (MEMBERS, "", "t.csv: is empty; its first line must name the columns: from and to"),
    "only delimiters": (MEMBERS, ",,\n,,\n", "t.csv: is empty"),
    "no members": ("id,name\n", TIES, "m.csv: has no members; at least two rows"),
    "one member": ("id,name\na,x\n", "from,to\n", "m.csv: has one member; at least two rows"),
    "no id column": (
        "alias,kind\nx,\n",
        TIES,
        "m.csv: no column 'id'; the columns found are alias, kind, allowed are id, name",
    ),
    "no end columns": (
        MEMBERS,
        "one,two\na,b\n",
        "t.csv: no two columns for who is tied to whom; the columns " + HEADERS,
    ),
    "two pairs of ends": (
        MEMBERS,
        "from,to,ego,alter\na,b,a,b\n",
        "t.csv, line 1: 2 pairs of columns for who is tied to whom",
    ),
    "one end": (MEMBERS, "from,target\na,b\n", "no two columns"),
    "column twice": ("id,kind,KIND\na,,\n", TIES, "m.csv, line 1: column 'kind' occurs twice; allowed is once"),
    "blank id": ("id,name\na,x\n,y\nb,\nc,\n", TIES, "m.csv, line 3: id is blank; every member needs one"),
    "id twice": ("id\na\nb\n\na\nc\n", TIES, "m.csv, line 5: id 'a' is also in line 2; allowed is once"),
    "kind": (
        "id,kind\na,club\nb,\nc,\n",
        TIES,
        "m.csv, line 2: kind is 'club'; allowed are individual, organisation, or blank",
    ),
    "one axis": (
        "id,viewpoint_x\na,1\nb,\nc,\n",
        TIES,
        "m.csv, line 2: viewpoint_y is blank; allowed are numbers from 0 to 1, or both blank",
    ),
    "half a point": (
        "id,viewpoint_x,viewpoint_y\na,1,\nb,,\nc,,\n",
        TIES,
        "line 2: viewpoint_y is blank; allowed are numbers from 0 to 1",
    ),
    "far point": (
        "id,viewpoint_x,viewpoint_y\na,1,3\nb,,\nc,,\n",
        TIES,
        "line 2: viewpoint_y is 3; allowed are numbers from 0 to 1",
    ),
    "no point": (
        "id,viewpoint_x,viewpoint_y\na,nan,0\nb,,\nc,,\n",
        TIES,
        "line 2: viewpoint_x is nan; allowed are numbers from 0 to 1",
    ),
    "unknown id": (
        MEMBERS,
        TIES + "a,zz,1\n",
        "t.csv, line 4: to is 'zz', which is neither an id nor a name in the list of members",
    ),
    "near id": (
        "id\nclinic\na\n",
        "from,to\na,clnic\n",
        "line 2: to is 'clnic', which is neither an id nor a name in the list of members; did you",
    ),
    "blank end": (MEMBERS, TIES + ",b,1\n", "t.csv, line 4: from is blank; allowed are ids or names of members"),
    "negative": (MEMBERS, TIES + "a,c,-2\n", "t.csv, line 4: strength is -2; allowed are numbers, 0 for no tie"),
    "endless": (MEMBERS, TIES + "a,c,inf\n", "line 4: strength is inf; allowed are numbers, 0 for no tie"),
    "not a number": (MEMBERS, TIES + "a,c,nan\n", "line 4: strength is nan; allowed are numbers, 0 for no tie"),
    "word": (MEMBERS, TIES + "a,c,lots\n", "line 4: strength is 'lots'; allowed are numbers"),
    "underscore": (MEMBERS, TIES + "a,c,1_0\n", "line 4: strength is '1_0'; allowed are numbers, 0 for no tie"),
    "decimal comma": (
        MEMBERS,
        TIES + "a,c,0,5\n",
        "t.csv, line 4: 4 cells, but the header names 3 columns; quote a cell",
    ),
    "open quote": (MEMBERS, TIES + 'a,"c,1\nb,c,3\n', "t.csv, line 4: cannot be read as CSV"),
    "broken UTF-8": (
        "id\nCafé\nPâté\nRosé\n".encode() + b"\xff\n",
        TIES,
        "m.csv, line 5: byte 0xff is not UTF-8; save the file as UTF-8",
    ),
    "half of UTF-16": (b"\xff\xfei\0d\0\n", TIES, "m.csv, line 1: byte 0x0a is not UTF-16; save the file as UTF-8"),
    "binary": (MEMBERS, TIES.encode() + b"a\0,b,1\n", "t.csv, line 4: holds a zero byte"),
    "long cell": (MEMBERS, TIES + "a," + "b" * 200_000 + ",1\n", "t.csv, line 4: cannot be read as CSV"),
}


@pytest.mark.parametrize(("members", "ties", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_errors_in_files_name_file_and_line(members, ties, said, tmp_path):
    with pytest.raises(NetworkError) as caught:
        read(tmp_path, members, ties)
    message = str(caught.value)
    assert said in message and message.startswith(str(tmp_path)) and "\n" not in message


def test_excessive_sizes_raise_errors(tmp_path, monkeypatch):
    monkeypatch.setattr(plain, "MOST_ROWS", 100)
    read(tmp_path, "id\n" + "\n".join(f"m{i}" for i in range(100)), "from,to\nm1,m2\n")
    with pytest.raises(
        NetworkError, match=r"m.csv, line 102: more rows than can be read; allowed are at most 100 rows"
    ):
        read(tmp_path, "id\n" + "\n".join(f"m{i}" for i in range(101)), "from,to\nm1,m2\n")
    monkeypatch.setattr(plain, "MOST_BYTES", 1000)
    with (tmp_path / "m.csv").open("wb") as large:
        large.truncate(1001)
    with pytest.raises(NetworkError, match=r"m.csv: has 1,001 bytes; allowed are at most 1,000"):
        build(kinds.Csv(members="m.csv", ties="t.csv"), 0, 0, tmp_path)


def test_missing_files_and_folders_raise_errors(tmp_path):
    with pytest.raises(NetworkError, match=r"none\.csv: there is no such file"):
        build(kinds.Csv(members="none.csv", ties="none.csv"), 0, 0, tmp_path)
    with pytest.raises(NetworkError, match="is a folder"):
        build(kinds.Csv(members=".", ties="none.csv"), 0, 0, tmp_path)
    with pytest.raises(NetworkError, match="cannot be read"):
        build(kinds.Csv(members="a\0b", ties="none.csv"), 0, 0, tmp_path)


pieces = st.sampled_from(
    ["id", "from", "to", "strength", "kind", "a", "b", ",", ";", "\t", '"', "\n", "\r", " ", "1", "-", "é"]
)


@pytest.mark.slow
@checks(max_examples=300, deadline=None)
@given(members=st.lists(pieces, max_size=30), ties=st.lists(pieces, max_size=30), sound=st.booleans())
def test_any_text_is_read_or_raises_a_network_error(members, ties, sound, tmp_path_factory):
    try:
        check_valid(read(tmp_path_factory.getbasetemp(), MEMBERS if sound else "".join(members), "".join(ties)))
    except NetworkError as refused:
        assert ".csv" in str(refused)


@pytest.mark.slow
@checks(max_examples=200, deadline=None)
@given(members=st.binary(max_size=60))
def test_any_bytes_are_read_or_raise_a_network_error(members, tmp_path_factory):
    try:
        check_valid(read(tmp_path_factory.getbasetemp(), b"id\n" + members, "from,to\n"))
    except NetworkError as refused:
        assert ".csv" in str(refused)


def test_a_large_network_is_built_in_time_linear_in_its_ties():
    digest = set()
    for kind in (kinds.Communities, kinds.CorePeriphery, kinds.Star):
        start = build(kind(members=100_000, degree=6), 1, 0)
        assert len(start.ties) == 300_000
        digest.add(hashlib.sha256(start.ties.tobytes()).hexdigest())
    assert len(digest) == 3
