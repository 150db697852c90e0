"""Worlds: built from the start network, copied, lengthened, hashed."""

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lab.open_world import open_world
from sim.model import memory, tie_rows
from sim.model.declarations import NUMBER, defaults
from sim.model.rules.spreading import log_gift
from sim.model.rules.ties import LEAST_ROOM
from sim.model.start import new_network, numbered, sorted_ties
from sim.model.state import CONNECTIONS, COORDINATOR, KNOWLEDGE, MEMBER_MADE, RESOURCES, SET, SKILLS, START
from sim.model.steps import make_tie
from sim.model.tie_rows import RESERVE, most_places, rooms
from sim.model.world import (
    MOST_SLOTS,
    TIE_SLOTS,
    WorldError,
    build_world,
    bytes_of,
    copy_world,
    fields_hash,
    grown,
    lengthened,
    packed,
    run_to,
    slots_for,
    state_hash,
    unpacked,
    with_places,
    with_weeks,
    without_maps,
)
from tests.model.scenarios_for_tests import scenario
from tests.model.worlds import (
    TRIANGLE,
    change,
    check_world,
    complete,
    coordinator,
    eager,
    make_group,
    make_world,
    tie,
    tied,
    view,
    weekly,
    world_hash,
)


def start_of(n, ties, **more):
    """Return a start network of individuals."""
    pairs = sorted_ties(np.array(ties, np.int32).reshape(-1, 2))
    kind, sector = np.zeros(n, np.int8), np.zeros(n, np.int32)
    return new_network(pairs, names=numbered("member", 0, n), source="a test", kind=kind, sector=sector, **more)


def test_a_world_contains_the_start_network():
    world = make_world(5, [*TRIANGLE, (3, 4)], kinds=[0, 1, 0, 0, 1], sectors=[0, 1, 2, 3, 4], even=False)
    assert world.network[0].members == world.network[0].active == world.network[0].starters == 5
    assert tied(world, 0, 1) and tied(world, 3, 4) and not tied(world, 2, 3)
    assert world.members.kind[:5].tolist() == [0, 1, 0, 0, 1] and world.members.sector[:5].tolist() == [0, 1, 2, 3, 4]
    assert tie(world, 0, 1).origin == START and tie(world, 0, 1).trust == pytest.approx(0.3)
    assert not world.tally[0].new_ties.any() and (world.members.starter[:5] == 1).all()
    assert world.network[0].reached.tolist() == world.network[0].fallen.tolist() == [-1] * 4
    check_world(world)


def test_trust_at_the_start_follows_strength():
    start = start_of(4, [*TRIANGLE, (2, 3)], strength=np.array([0.2, 1.0, 0.6, 0.2]))
    world = build_world(start, defaults(), COORDINATOR.empty(0), np.zeros(0), 5, 1, 0)
    mean = 0.5
    assert tie(world, 0, 2).trust == pytest.approx(0.3 * 1.0 / mean)
    assert tie(world, 0, 1).trust == pytest.approx(0.3 * 0.2 / mean)


def test_each_end_of_a_tie_starts_with_the_trust_that_the_data_have():
    ends = np.array([[0.2, 1.0], [0.6, 0.0]])
    start = start_of(3, [(0, 1), (1, 2)], strength=np.array([1.0, 0.6]), ends=ends)
    world = build_world(start, defaults(), COORDINATOR.empty(0), np.zeros(0), 5, 1, 0)
    assert tie(world, 0, 1).trust == pytest.approx(0.3 * 0.2 / 0.8) and tie(world, 1, 0).trust == pytest.approx(
        0.3 / 0.8
    )
    assert tie(world, 1, 2).trust == pytest.approx(0.3 * 0.6 / 0.8) and tie(world, 2, 1).trust == 0.0
    assert start.with_ties(np.array([1])).ends.tolist() == [[0.6, 0.0]]
    check_world(world)


def test_viewpoints_in_the_data_are_kept_and_others_drawn():
    viewpoint = np.array([[0.1, 0.9], [np.nan, np.nan]])
    world = build_world(start_of(2, [], viewpoint=viewpoint), defaults(), COORDINATOR.empty(0), np.zeros(0), 5, 1, 0)
    assert world.members.viewpoint[0].tolist() == [0.1, 0.9] and np.isfinite(world.members.viewpoint[1]).all()


def test_skills_and_connections_go_one_way_in_a_connectivity_network():
    learner = np.array([False, True, True])
    start = start_of(3, TRIANGLE, learner=learner)
    world = build_world(start, defaults(), COORDINATOR.empty(0), np.zeros(0), 5, 1, 0)
    endowment, need = world.members.endowment[:3], world.members.need[:3]
    assert (endowment[learner][:, [SKILLS, CONNECTIONS]] == 0).all() and (
        need[~learner][:, [SKILLS, CONNECTIONS]] == 0
    ).all()
    assert (endowment[~learner] > 0).all() and (need[learner] > 0).all()
    assert (endowment[:, [KNOWLEDGE, RESOURCES]] > 0).all() and (need[:, [KNOWLEDGE, RESOURCES]] > 0).all()


def test_settings_and_coordinators_are_copied():
    values, chief = defaults(), coordinator()
    world = build_world(start_of(3, TRIANGLE), values, chief, np.zeros(0), 5, 1, 0)
    world.settings[:] = 0
    world.coordinators.hours = 99
    assert (values == defaults()).all() and chief[0].hours == 10
    assert world.parameters[0].meeting_gain == 0.0, "settings and parameters are one memory"


def test_teams_of_an_organisation_are_managers_with_their_reports():
    world = make_world(
        7,
        [(0, 1), (0, 2), (1, 3), (1, 4), (2, 5), (2, 6)],
        tree=[-1, 0, 0, 1, 1, 2, 2],
        given={"organisation.fixed": 1},
    )
    teams = [sorted(g.members[: g["seated"]].tolist()) for g in world.groups[: world.network[0].group_rows]]
    assert teams == [[0, 1, 2], [1, 3, 4], [2, 5, 6]] and (world.groups.phase[:3] == 1).all()
    assert world.tally[0].groups_founded == 0
    check_world(world)


def test_newcomers_at_the_start_are_not_starters():
    world = open_world(scenario(5, network={"kind": "karate", "newcomers": 6}), "it", 1, 0)[1]
    assert world.network[0].members == 40 and world.network[0].starters == 34
    assert (world.members.starter[34:40] == 0).all() and not world.members.degree[34:40].any()


def test_copies_share_nothing():
    world = run_to(make_world(12, complete(*range(6)), coordinators=[coordinator()], even=False), 5)
    before, copy = world_hash(world), copy_world(world)
    assert world_hash(copy) == before
    for name in world._fields:
        assert not np.shares_memory(getattr(world, name), getattr(copy, name)), name
    copy.settings[NUMBER["meeting.gain"]] = 0.77
    assert copy.parameters[0].meeting_gain == 0.77
    run_to(copy, 20)
    assert world_hash(world) == before


@pytest.mark.parametrize("name", ["members.identity", "ties.trust", "groups.help", "coordinators.spare", "bonds.trust"])
def test_the_state_hash_depends_on_every_table_of_records(name):
    world = make_world(4, TRIANGLE, coordinators=[coordinator()])
    make_group(world, 0, 1, 2)
    other = copy_world(world)
    table, field = name.split(".")
    getattr(other, table)[field].flat[0] += 1
    assert state_hash(other) != state_hash(world)


def test_the_state_hash_depends_on_counts_and_settings():
    world = make_world(4)
    others = [copy_world(world) for _ in range(3)]
    others[0].network[0].directory += 1
    others[1].tally[0].gifts += 1
    others[2].settings[3] += 1.0
    assert len({state_hash(world), *map(state_hash, others)}) == 4


def test_observations_are_not_part_of_the_state():
    world = run_to(make_world(4, TRIANGLE), 3)
    other = copy_world(world)
    other.weekly.gifts[1] += 1.0
    other.maps.modularity[0] += 1.0
    assert state_hash(other) == state_hash(world) and world_hash(other) != world_hash(world)


def test_a_hash_of_fields_depends_on_names_but_not_on_order():
    one, other = np.arange(3.0), np.arange(3.0) + 1
    assert fields_hash({"a": one, "b": other}) == fields_hash({"b": other, "a": one})
    assert fields_hash({"a": one, "b": other}) != fields_hash({"a": other, "b": one})


def test_growing_tables_do_not_change_results():
    """Tables that are longer from the start, or lengthened during a run, give the same run."""
    usual, longer = (make_world(12, complete(*range(6)), coordinators=[coordinator()], even=False) for _ in range(2))
    longer = grown(grown(longer))
    assert len(longer.members) > len(usual.members) and longer.bonds.shape[1] == len(longer.members)
    assert world_hash(run_to(usual, 40)) == world_hash(run_to(longer, 40))


def test_a_run_outgrows_its_tables():
    world = make_world(10, given={"arrival.base": 20.0, "leaving.hazard": 0.0}, weeks=60)
    rows = len(world.members)
    world = run_to(world, 60)
    assert len(world.members) > rows
    assert weekly(world, "newcomers").sum() == world.network[0].members - 10
    check_world(world)


def test_the_ledger_grows_with_the_gifts():
    world = make_world(60, complete(*range(30)), even=False, ledger=True, weeks=150, given={"members.activity": 8.0})
    rows = len(world.ledger)
    world = run_to(world, 150)
    logged = int(world.network[0].gifts_logged)
    assert logged == weekly(world, "gifts").sum() + weekly(world, "passed_on").sum()
    assert len(world.ledger) >= logged > rows


def test_tables_have_room_for_what_is_set_in_the_same_week():
    """A change can allow more newcomers or gifts than the previous week's parameters."""
    crowd = change(9, SET, NUMBER["arrival.base"], value=90.0)
    world = run_to(make_world(300, given={"leaving.hazard": 0.0}, changes=[crowd], weeks=10), 10)
    assert weekly(world, "newcomers")[9] == pytest.approx(900, abs=150) and world.network[0].turned_away == 0

    open_minds = change(20, SET, NUMBER["members.attention"], value=1000.0)
    busy = {"members.activity": 20.0, "spreading.fan": 50.0, "spreading.hops": 6, "spreading.floor": 1.0}
    world = make_world(60, complete(*range(60)), changes=[open_minds], ledger=True, weeks=21, given=busy)
    eager(world)
    world = run_to(world, 21)
    logged = int(world.network[0].gifts_logged)
    assert logged == weekly(world, "gifts").sum() + weekly(world, "passed_on").sum() <= len(world.ledger)


def test_a_gift_beyond_a_full_ledger_is_counted_and_raises_an_error():
    world = make_world(6, TRIANGLE, ledger=True, weeks=8)
    world.network[0].gifts_logged = len(world.ledger) - 1
    seen = world.ledger[:-1].tobytes()
    for _ in range(3):
        log_gift(0, 1, 0, 0, 0, 0, 0.5, view(world))
    assert world.network[0].gifts_logged == len(world.ledger) + 2 and world.ledger[:-1].tobytes() == seen
    with pytest.raises(WorldError, match="the ledger is full"):
        run_to(world, 0)


def test_running_past_the_horizon_lengthens_the_tables_of_measures():
    world = run_to(make_world(6, TRIANGLE, weeks=10), 30)
    assert len(world.weekly) == 30 and len(world.maps) == 3 and world.weekly.week.tolist() == list(range(30))
    assert with_weeks(world, 20) is world


def test_a_world_without_maps_runs_identically_and_makes_none():
    mapped = run_to(make_world(6, TRIANGLE, weeks=10), 30)
    plain = run_to(without_maps(make_world(6, TRIANGLE, weeks=10)), 30)
    assert len(plain.maps) == 0 < len(mapped.maps)
    assert world_hash(plain) == world_hash(mapped)


@given(rows=st.integers(0, 9), more=st.integers(0, 9))
def test_lengthening_keeps_existing_rows(rows, more):
    array = np.arange(rows * 2.0).reshape(rows, 2)
    longer = lengthened(array, rows + more)
    assert longer.shape == (rows + more, 2) and np.array_equal(longer[:rows], array) and not longer[rows:].any()


def test_tables_have_room_for_the_ties_of_the_start_network():
    star = start_of(300, [(0, k) for k in range(1, 300)])
    assert slots_for(star.degree, 400) == 309 and slots_for(start_of(3, TRIANGLE).degree, 400) == TIE_SLOTS


@given(most=st.integers(1, MOST_SLOTS))
def test_all_rooms_of_a_row_never_take_more_places_than_there_can_be(most):
    sizes = rooms(most)
    assert sizes[-1] == most and (np.diff(sizes) > 0).all() and sizes[0] <= LEAST_ROOM
    assert sizes.sum() <= most_places(1, most)


def test_rows_of_ties_grow_with_the_ties_and_results_do_not_depend_on_where_they_lie():
    usual, moved = (make_world(60, complete(*range(12)), even=False, seed=3) for _ in range(2))
    assert (
        usual.room[:12].tolist() == [19] * 12 and usual.room[12:60].tolist() == [5] * 48 and not usual.room[60:].any()
    )
    taken = int(usual.network[0].tie_places)
    # Full rows from the start: every new tie moves one.
    moved.room[:60] = moved.members.degree[:60]
    assert world_hash(run_to(usual, 30)) == world_hash(run_to(moved, 30))
    assert usual.network[0].tie_places > taken and not np.array_equal(usual.first, moved.first)
    assert np.array_equal(usual.members.degree, moved.members.degree)
    check_world(usual)
    check_world(moved)


def test_places_for_ties_grow_when_rows_have_taken_a_quarter(monkeypatch):
    lively = {"meeting.rate": 6.0, "leaving.hazard": 0.0}
    usual = run_to(make_world(60, even=False, given=lively), 60)
    monkeypatch.setattr(tie_rows, "FEWEST_PLACES", 1)
    world = make_world(60, even=False, given=lively)
    places = len(world.ties)
    assert places == RESERVE * int(1.5 * 300)
    world = run_to(world, 60)
    assert len(world.ties) == len(world.contacts) > places and world_hash(world) == world_hash(usual)


def test_a_tie_for_which_there_is_no_place_is_not_made_and_raises_an_error():
    world = make_world(60)
    world = with_places(world, int(world.network[0].tie_places))
    made = [make_tie(0, j, 0.4, MEMBER_MADE, world) for j in range(1, 8)]
    assert made == [True] * 5 + [False] * 2 and world.members[0].degree == 5
    check_world(world)
    with pytest.raises(WorldError, match=r"more ties were made in week \d+ than was foreseen"):
        run_to(world, 3)


def test_a_packed_world_holds_no_more_than_its_ties_and_goes_on_the_same():
    world = run_to(make_world(12, complete(*range(6)), even=False), 10)
    small, again = packed(world), packed(copy_world(world))
    assert len(small.ties) == world.network[0].tie_places and small.ties.tobytes() == again.ties.tobytes()
    assert small.contacts.tobytes() == again.contacts.tobytes()
    assert world_hash(run_to(unpacked(small), 30)) == world_hash(run_to(world, 30))


def test_networks_that_would_take_too_much_memory_name_the_setting(monkeypatch):
    gc.collect()
    before = memory.held()
    monkeypatch.setenv("GENNET_MEMORY_GB", str(before / 1e9 + 0.02))
    with pytest.raises(WorldError, match=r"30,000 members with 2 ties would take 0.\d+ GB.*set GENNET_MEMORY_GB"):
        make_world(30_000, [(0, 1), (1, 2)])
    growing = make_world(40, given={"arrival.referral": 1.0, "leaving.hazard": 0.0}, weeks=60)
    assert memory.held() - before == pytest.approx(bytes_of(growing), rel=0.1)
    with pytest.raises(WorldError, match=r"longer tables for [\d,]+ members in week \d+ would .* set GENNET_MEMORY_GB"):
        run_to(growing, 60)
    del growing
    gc.collect()
    assert memory.held() == before


@pytest.mark.parametrize("text", ["much", "inf", "Infinity", "nan", "-1", "0", "1e300"])
def test_a_memory_limit_that_is_no_number_above_0_is_refused(monkeypatch, text):
    monkeypatch.setenv("GENNET_MEMORY_GB", text)
    with pytest.raises(WorldError, match=f"GENNET_MEMORY_GB is '{text}'; allowed are numbers above 0, in GB"):
        make_world(6, TRIANGLE)


def test_all_of_many_newcomers_arrive_for_any_length_of_tables():
    usual, longer = (make_world(40, given={"arrival.base": 100.0, "leaving.hazard": 0.0}, weeks=12) for _ in range(2))
    for _ in range(6):
        longer = grown(longer)
    assert run_to(usual, 12).network[0].members == run_to(longer, 12).network[0].members
