"""Chemistry: a ceiling of trust for each ordered pair, by sector, outlook, popularity and luck, that changes with time."""

import numpy as np
import pytest

from sim.inputs.scenario import Scenario
from sim.lab.analysis.matrix_measures import either, trust_matrix
from sim.lab.open_world import CLOSED, open_world
from sim.model.rules.chemistry import ceiling, likeness
from sim.model.rules.numbers import logistic
from sim.model.start import new_network, numbered
from sim.model.world import build_world, run_to, without_maps
from tests.model.worlds import coordinator, make_world, parameters, turn_page, view

PEOPLE = 40
NO_LUCK = {"chemistry.shared": 0.0, "chemistry.own": 0.0, "chemistry.popularity": 0.0}


def ceilings(world):
    """Return the ceiling of every ordered pair, with NaN on the diagonal."""
    n = int(world.network[0].members)
    seen, p = view(world), parameters(world)
    return np.array([[ceiling(i, j, seen, p) if i != j else np.nan for j in range(n)] for i in range(n)])


def logits(**given):
    """Return the ceilings of alike members, as logits."""
    world = make_world(PEOPLE, given={key.replace("__", "."): value for key, value in given.items()})
    world.members.outlook[:PEOPLE], world.members.popularity[:PEOPLE] = 0.0, 0.0
    values = ceilings(world)
    return np.log(values / (1 - values))


def both_ends(values):
    """Return the correlation between the two directions of a pair."""
    pairs = np.triu_indices(PEOPLE, 1)
    return np.corrcoef(values[pairs], values.T[pairs])[0, 1]


def test_a_part_is_shared_by_both_ends_and_a_part_is_an_end_s_own():
    shared, own = logits(chemistry__own=0.0), logits(chemistry__shared=0.0)
    assert shared == pytest.approx(shared.T, nan_ok=True) and np.nanstd(shared) == pytest.approx(1.05, rel=0.1)
    assert abs(both_ends(own)) < 0.1 and np.nanstd(own) == pytest.approx(0.8, rel=0.1)
    assert both_ends(logits()) == pytest.approx(1.05**2 / (1.05**2 + 0.8**2), abs=0.1)
    assert not np.allclose(shared, shared[0, 1], equal_nan=True)


def test_the_ceiling_is_a_logistic_of_base_sector_and_likeness():
    world = make_world(3, sectors=[0, 0, 1], given=NO_LUCK)
    p = parameters(world)
    world.members.outlook[:3] = (0.0, 0.0), (1.0, 0.0), (1.0, 0.0)
    assert ceiling(0, 2, view(world), p) == pytest.approx(logistic(-3.0 + 1.2 * 0.75))
    assert ceiling(0, 1, view(world), p) == pytest.approx(logistic(-3.0 + 1.2 * 0.75 + 0.9))


def test_trust_can_rise_higher_within_a_sector_and_between_similar_outlooks():
    world = make_world(4, sectors=[0, 0, 1, 0], given=NO_LUCK)
    world.members.outlook[:4] = (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (2.0, 1.0)
    values = ceilings(world)
    assert values[0, 1] > values[0, 2] and values[0, 1] > values[0, 3]
    assert values == pytest.approx(values.T, nan_ok=True)


def test_popular_members_are_trusted_more_and_do_not_trust_more():
    world = make_world(3, given=NO_LUCK | {"chemistry.popularity": 0.5})
    world.members.outlook[:3], world.members.popularity[:3] = 0.0, (0.0, 2.0, 0.0)
    values = ceilings(world)
    assert values[0, 1] == values[2, 1] > values[0, 2] == values[1, 0] == values[2, 0]


def test_likeness_has_mean_zero_and_deviation_one_over_pairs():
    rng = np.random.default_rng(1)
    values = [likeness(*rng.normal(size=(2, 2))) for _ in range(4000)]
    assert np.mean(values) == pytest.approx(0.0, abs=0.06) and np.std(values) == pytest.approx(1.0, abs=0.08)
    assert max(values) <= 1.0 == likeness(np.zeros(2), np.zeros(2))


def test_chance_parts_change_pair_by_pair_and_stay_the_same_in_between():
    world = make_world(PEOPLE, given={"chemistry.change": 0.02})
    before = ceilings(world)
    assert ceilings(world) == pytest.approx(before, abs=0, nan_ok=True), "nothing is drawn at random while asking"
    shares = []
    for _ in range(3):
        turn_page(world, 10)
        now = ceilings(world)
        pairs = np.triu_indices(PEOPLE, 1)
        changed = now != before
        assert (changed[pairs] == changed.T[pairs]).all(), "both ends change together"
        shares.append(changed[pairs].mean())
    assert shares == pytest.approx([0.2, 0.4, 0.6], abs=0.06)
    still = make_world(PEOPLE, given={"chemistry.change": 0.0})
    first = ceilings(still)
    turn_page(still, 50)
    assert np.array_equal(first, ceilings(still), equal_nan=True)


def test_chemistry_is_the_same_under_every_strategy_and_differs_between_futures():
    plain, woven = make_world(6), make_world(6, coordinators=[coordinator(close_triads=1.0)])
    assert np.array_equal(ceilings(plain), ceilings(woven), equal_nan=True)
    larger = make_world(9)
    larger.members[:6] = plain.members[:6]
    assert np.array_equal(ceilings(plain), ceilings(larger)[:6, :6], equal_nan=True), "others do not matter"
    assert not np.allclose(ceilings(plain), ceilings(make_world(6, replicate=1)), equal_nan=True)
    assert not np.allclose(ceilings(plain), ceilings(make_world(6, seed=2)), equal_nan=True)


def test_outlooks_at_the_start_resemble_those_of_contacts_and_stay_standard_normal():
    people, degree = 3000, 6
    ring = [(i, (i + step) % people) for i in range(people) for step in (1, 7, 50)]
    world = make_world(people + 500, ring, even=False)
    outlook = world.members.outlook[: people + 500]
    assert outlook.mean() == pytest.approx(0.0, abs=0.05) and outlook.std() == pytest.approx(1.0, abs=0.03)
    one, other = np.array(ring).T
    tied = np.corrcoef(outlook[one].ravel(), outlook[other].ravel())[0, 1]
    apart = np.corrcoef(outlook[:people].ravel(), np.roll(outlook[:people], 1500, axis=0).ravel())[0, 1]
    assert tied == pytest.approx(1 / degree**0.5, abs=0.04) and abs(apart) < 0.05
    assert np.array_equal(outlook[people:], make_world(people + 500, even=False).members.outlook[people : people + 500])


MEMBERS, GROWING, LATER, FUTURES = 60, 156, 52, 60


def grown_and_read(replicate):
    """Return of a network that grew: trust (n, n), trust a year later, and trust a year after it was read as a start network."""
    network = {"kind": "communities", "members": MEMBERS, "sectors": 4}
    tables = {"weeks": GROWING + LATER, "network": network, "strategies": {"none": {"coordinators": []}}}
    scenario = Scenario.from_document(tables).with_(CLOSED)
    world = run_to(without_maps(open_world(scenario, "none", 5, replicate)[1]), GROWING)
    trust = trust_matrix(world)[:MEMBERS, :MEMBERS].copy()
    ties = np.argwhere(np.triu(either(trust), 1)).astype(np.int32)
    one, other = ties.T
    ends = np.stack((trust[one, other], trust[other, one]), axis=1)
    strength = ends.max(axis=1) / ends.max()
    start = new_network(
        ties,
        names=numbered("member", 1, MEMBERS),
        source="a network that grew",
        strength=strength,
        ends=ends / ends.max(),
        sector=world.members.sector[:MEMBERS].astype(np.int32),
        kind=world.members.kind[:MEMBERS].astype(np.int8),
    )
    settings = scenario.with_({"trust.start": float(ends.max(axis=1).mean())}).settings()
    coordinators, changes = scenario.coordinator_records("none"), scenario.change_records("none", start)
    read = build_world(start, settings, coordinators, changes, LATER, 77, replicate)
    later = trust_matrix(run_to(world, GROWING + LATER))[:MEMBERS, :MEMBERS]
    return trust, later, trust_matrix(run_to(without_maps(read), LATER))[:MEMBERS, :MEMBERS]


def test_a_network_that_grew_goes_on_much_the_same_after_it_was_read_as_a_start_network():
    """Ties kept over a year would be fewer by .10, and ties in all by 6%, if outlooks did not resemble those of contacts."""
    kept, degree = [], []
    for replicate in range(FUTURES):
        before, *afters = (either(trust) for trust in grown_and_read(replicate))
        kept.append([(after & before).sum() / before.sum() for after in afters])
        degree.append([after.sum() / MEMBERS for after in afters])
    (goes_on, read), (ties, ties_read) = np.mean(kept, axis=0), np.mean(degree, axis=0)
    assert goes_on - 0.075 < read < goes_on + 0.03
    assert ties_read == pytest.approx(ties, rel=0.05)
