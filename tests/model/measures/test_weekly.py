"""The weekly record: every measure compared with a direct count; intervals of maps; reset of weekly counters."""

import networkx as nx
import numpy as np
import pytest

from sim.model.graphs import to_networkx
from sim.model.measures.core import MULTI_HUB
from sim.model.state import KINDS, MAP, ORIGINS, OUTPUTS, TALLY, WEEKLY
from sim.model.tie_rows import half
from sim.model.world import run_to
from tests.model.worlds import (
    check_world,
    complete,
    coordinator,
    counted,
    do,
    make_group,
    make_world,
    set_trust,
    tie,
    turn_page,
    weekly,
)


@pytest.fixture(scope="module")
def run():
    """Return a year of a network with a coordinator, and its graph at the end."""
    chief = coordinator(
        hours=20.0,
        close_triads=0.2,
        engage_unconnected=0.2,
        icebreakers=0.2,
        facilitation=0.3,
        newsletter=0.1,
        hub_share=0.2,
    )
    world = run_to(make_world(30, complete(*range(12)), coordinators=[chief], even=False, ledger=True), 52)
    return world, to_networkx(world, [str(i) for i in range(30)])


def test_structure_agrees_with_networkx(run):
    world, graph = run
    line = world.weekly[51]
    parts = [len(part) for part in nx.connected_components(graph)]
    assert line.members == len(graph) and line.ties == graph.number_of_edges()
    assert line.density == pytest.approx(nx.density(graph)) and line.transitivity == pytest.approx(
        nx.transitivity(graph)
    )
    assert line.mean_degree == pytest.approx(2 * graph.number_of_edges() / len(graph))
    assert line.components == len(parts) and line.largest_component == pytest.approx(max(parts) / len(graph))
    assert line.unconnected == pytest.approx(sum(d == 0 for _, d in graph.degree) / len(graph))
    trust = [t for _, _, t in graph.edges(data="trust")]
    assert line.mean_trust == pytest.approx(np.mean(trust)) and line.strength == pytest.approx(
        2 * sum(trust) / len(graph)
    )


def test_means_are_over_active_members(run):
    world, _ = run
    line, members = world.weekly[51], world.members[: world.network[0].members]
    here = members[members.active == 1]
    for name in ("identity", "engagement", "expectation", "initiative"):
        assert line[f"mean_{name}"] == pytest.approx(here[name].mean())
    assert line.starters == pytest.approx(here.starter.sum() / 30)
    seated = (here.groups >= 0).any(axis=1)
    assert line.in_groups == pytest.approx(seated.mean())
    phases = np.where(here.groups >= 0, world.groups.phase[here.groups], -1).max(axis=1)
    assert line.past_aligning == pytest.approx((phases >= 2).mean())
    assert line.practice_worth == pytest.approx(here.practice_worth.mean())
    assert line.practices == pytest.approx((here.tries > 0).sum(axis=1).mean())
    best = np.where(here.groups >= 0, world.groups.agreement[here.groups], 0.0).max(axis=1)
    assert line.agreement == pytest.approx(best[seated].mean())


def test_stocks_and_flows_agree_over_the_run(run):
    world, _ = run
    members = weekly(world, "members")
    gone = weekly(world, "dropped_out") + weekly(world, "removed") + weekly(world, "broken_away")
    assert np.array_equal(np.diff(members), (weekly(world, "newcomers") - gone)[1:])
    made = sum(weekly(world, f"new_ties_{origin}") for origin in ORIGINS)
    assert np.array_equal(np.diff(weekly(world, "ties")), (made - weekly(world, "lost_ties"))[1:])
    groups = sum(weekly(world, f"groups_{phase}") for phase in ("forming", "aligning", "pilot", "project"))
    change = weekly(world, "groups_founded") - weekly(world, "groups_dissolved") - weekly(world, "break_aways")
    assert np.array_equal(np.diff(groups), change[1:]) and groups.max() > 0


def test_gifts_agree_with_the_ledger(run):
    world, _ = run
    ledger = world.ledger[: world.network[0].gifts_logged]
    first = ledger[ledger.hops == 0]
    for week in range(52):
        line = world.weekly[week]
        today = first[first.week == week]
        assert line.gifts == len(today) and line.passed_on == ((ledger.week == week) & (ledger.hops > 0)).sum()
        assert line.value_first == pytest.approx(today.value.sum())
        assert line.value_received == pytest.approx(ledger.value[ledger.week == week].sum())
        assert line.gifts_relayed == today.relayed.sum()
        for k, kind in enumerate(KINDS):
            assert line[f"gifts_{kind}"] == (today.kind == k).sum()
    assert np.allclose(weekly(world, "value_per_member"), weekly(world, "value_received") / weekly(world, "members"))
    assert weekly(world, "gifts").sum() > 100 and weekly(world, "gifts_relayed").sum() > 0


def test_dependence_is_over_the_last_13_weeks(run):
    world, _ = run
    w = slice(39, 52)
    theirs = sum(
        weekly(world, f"new_ties_{o}")[w].sum() for o in ("coordinator", "directory", "icebreaker", "convening")
    )
    own = sum(weekly(world, f"new_ties_{o}")[w].sum() for o in ("member", "referral"))
    theirs += weekly(world, "gifts_relayed")[w].sum()
    everything = theirs - weekly(world, "gifts_relayed")[w].sum() + own + weekly(world, "gifts")[w].sum()
    assert weekly(world, "coordinator_dependence")[51] == pytest.approx(theirs / everything) and theirs > 0


def test_readiness_is_recorded_for_coordinators(run):
    world, _ = run
    network, line = world.network[0], world.weekly[51]
    readiness = (
        network.readiness_ties,
        network.readiness_connected,
        network.readiness_aligned,
    )
    assert readiness == (line.strong_ties, line.largest_component, line.past_aligning)


def test_every_count_of_the_tally_is_reset_weekly():
    world = make_world(3)
    for name in TALLY.meaning:
        world.tally[0][name] = 7
    for name in ("taken", "given_now", "direct_now", "network_now", "group_now", "news_now", "cost_now"):
        world.members[name] = 3
    do(world, "close_week")
    assert all(not np.any(world.tally[0][name]) for name in TALLY.meaning)
    for name in ("taken", "given_now", "direct_now", "network_now", "group_now", "news_now", "cost_now"):
        assert not world.members[name][:3].any(), name
    assert world.network[0].week == 1


@pytest.mark.parametrize(
    "name", [name for name in WEEKLY.meaning if name in TALLY.meaning and name not in ("outputs", "week")]
)
def test_every_count_is_written_to_its_column(name):
    world = make_world(3)
    world.tally[0][name] = 7
    do(world, "measure")
    assert world.weekly[0][name] == 7


@pytest.mark.parametrize(("name", "labels"), [("outputs", OUTPUTS), ("new_ties", ORIGINS), ("gifts_of", KINDS)])
def test_counts_by_kind_are_written_in_order(name, labels):
    world = make_world(3)
    world.tally[0][name] = range(1, len(labels) + 1)
    do(world, "measure")
    column = {"gifts_of": "gifts"}.get(name, name)
    assert [world.weekly[0][f"{column}_{label}"] for label in labels] == list(range(1, len(labels) + 1))
    if name == "outputs":
        assert world.weekly[0].outputs == 21


def test_returned_trust_is_networkx_s_reciprocity():
    world = make_world(6, [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)])
    for i, j in ((0, 1), (3, 2), (4, 3)):
        tie(world, i, j).trust = 0.0
    rows = [(i, half(world, i, s)) for i in range(6) for s in range(world.members[i].degree)]
    graph = nx.DiGraph([(i, int(one.other)) for i, one in rows if one.trust > 0])
    do(world, "measure")
    assert world.weekly[0].trust_returned == pytest.approx(nx.overall_reciprocity(graph))
    assert world.weekly[0].one_sided_ties == pytest.approx(2 * 3 / 6)
    do(lonely := make_world(3), "measure")
    assert np.isnan(lonely.weekly[0].trust_returned) and lonely.weekly[0].one_sided_ties == 0.0


def test_strong_ties_are_counted_by_the_mean_of_both_directions():
    world = make_world(4, [(0, 1), (1, 2), (2, 3)], given={"stages.connected_trust": 0.1})
    set_trust(world, 0.1, (0, 1))
    tie(world, 1, 2).trust, tie(world, 2, 1).trust = 0.21, 0.0
    set_trust(world, 0.09, (2, 3))
    do(world, "measure")
    assert world.weekly[0].strong_ties == 2 * 2 / 4


def test_deciders_are_an_effective_number():
    for influence, imposed, expected in (
        ((4, 0, 0), 0, 1.0),
        ((4, 4, 4), 0, 3.0),
        ((0, 0, 0), 5, 1.0),
        ((2, 0, 0), 2, 2.0),
        ((3, 1, 0), 0, 1.6),
    ):
        world = make_world(4)
        world.members.influence[:3], world.network[0].imposed = influence, imposed
        world.members.influence[3], world.members.active[3], world.network[0].active = 9, 0, 3
        do(world, "measure")
        assert world.weekly[0].deciders == pytest.approx(expected)
    world = make_world(3)
    do(world, "measure")
    assert np.isnan(world.weekly[0].deciders)


def test_what_is_in_place_is_recorded():
    world = make_world(3)
    world.network[0].standing = (0.0, 0.1, 0.2, 0.3, 0.4, 0.0)
    do(world, "measure")
    line = world.weekly[0]
    standing = (line.standing_practice, line.standing_advocacy, line.standing_services, line.standing_purchasing)
    assert standing == (0.1, 0.2, 0.3, 0.4)


def test_a_network_without_members_can_be_measured():
    world = make_world(2, [(0, 1)])
    world.members.active[:2], world.members.degree[:2], world.network[0].active = 0, 0, 0
    do(world, "measure")
    do(world, "map_structure")
    line = world.weekly[0]
    assert line.members == line.ties == line.mean_degree == line.in_groups == 0 and np.isnan(line.mean_identity)


def test_groups_are_counted_by_phase():
    world = make_world(8)
    for phase in (0, 1, 1, 2, 3):
        make_group(world, phase + 1, phase=phase) if phase != 1 else make_group(world, 7, phase=phase)
    do(world, "measure")
    line = world.weekly[0]
    assert (line.groups_forming, line.groups_aligning, line.groups_pilot, line.groups_project) == (1, 2, 1, 1)


def test_maps_and_surveys_are_made_at_their_intervals():
    world = run_to(make_world(12, complete(*range(6)), given={"measures.every": 5}, weeks=20), 20)
    assert world.maps.week.tolist() == [0, 5, 10, 15] and len(world.maps) == 4
    assert set(MAP.meaning) == set(world.maps.dtype.names)
    mapped = make_world(6, [*complete(0, 1, 2), (2, 3), (3, 4)], given={"measures.every": 4})
    set_trust(mapped, 0.4)
    turn_page(mapped)
    do(mapped, "survey")
    assert (mapped.members.constraint[:6] == 9.0).all()
    turn_page(mapped, 3)
    do(mapped, "survey")
    constraint = nx.constraint(nx.Graph([*complete(0, 1, 2), (2, 3), (3, 4)]))
    assert mapped.members.constraint[:5].tolist() == pytest.approx([constraint[i] for i in range(5)])


def test_a_map_agrees_with_networkx():
    ties = [*complete(0, 1, 2, 3), *complete(4, 5, 6, 7), (3, 4)]
    world = make_world(8, ties)
    for phase in ("measure", "survey", "map_structure"):
        do(world, phase)
    graph, line = nx.Graph(ties), world.maps[0]
    assert line.path_length == pytest.approx(nx.average_shortest_path_length(graph))
    assert line.communities == 2 and line.modularity == pytest.approx(
        nx.community.modularity(graph, [range(4), range(4, 8)])
    )
    free = {node for node, value in nx.constraint(graph).items() if value < 0.5}
    across = {a for a, b in (*graph.edges, *((b, a) for a, b in graph.edges)) if (a < 4) != (b < 4)}
    assert line.highest_core == 3 and line.bridgers * len(graph) == len(free & across)


def test_hubs_and_structure_are_mapped():
    world = make_world(14, [*((0, k) for k in range(1, 7)), *((7, k) for k in range(8, 14)), (0, 7)])
    for phase in ("measure", "map_structure"):
        do(world, phase)
    line = world.maps[0]
    assert (line.hubs, line.hubs_linked, line.structure) == (2, 2, MULTI_HUB)


def test_counters_are_reset_when_the_week_closes():
    world = make_world(4, complete(*range(4)))
    do(world, "happen")
    assert counted(world, "gifts") == 0
    do(world, "measure")
    do(world, "close_week")
    check_world(world)
