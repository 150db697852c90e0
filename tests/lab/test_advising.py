"""Advice: candidates from structure, and a made-up model with known gains that the ranking has to find."""

import networkx as nx
import numpy as np
import pytest

from sim.inputs.networks import build
from sim.inputs.networks.network_writing import user_network
from sim.inputs.profile.network_profile import profile_of
from sim.inputs.scenario import Scenario
from sim.lab.advising import (
    OUTCOMES,
    FutureEnd,
    TrialArm,
    TrialNetwork,
    TrialSize,
    advise,
    default_strategy,
    estimates,
    judge,
    rank,
    set_gain,
    sets_drawn,
    with_arm,
)
from sim.lab.introductions import candidates, message, open_triads, reason
from sim.model.declarations import NUMBER
from sim.model.start import new_network, sorted_ties
from sim.model.state import INTRODUCE, LOSE_MEMBER
from sim.output.advice_words import headline, verdict, winners

MEMBERS = 40


def profiled(edges, names, sector=None, sector_names=()):
    """The profile of a network made by hand."""
    rows = {name: row for row, name in enumerate(names)}
    ties = sorted_ties(np.array([[rows[a], rows[b]] for a, b in edges], np.int64))
    made = new_network(
        ties,
        names=tuple(names),
        source="made by hand",
        sector=None if sector is None else np.array(sector, np.int32),
        sector_names=sector_names,
    )
    return profile_of(user_network(made))


@pytest.fixture(scope="module")
def club():
    """The profile of the thinned karate club with newcomers."""
    scenario = Scenario.load("scenarios/weaving.toml")
    return profile_of(user_network(build(scenario.network, 1, 0)))


def test_candidates_are_pairs_who_do_not_know_each_other_and_of_every_kind(club):
    found = candidates(club, 30)
    known = {tuple(pair) for pair in club.lists.ties.tolist()}
    assert len(found) == 30 == len({one.pair for one in found}) and not known & {one.pair for one in found}
    assert {one.kind for one in found} == {"open triad", "across groups", "without a tie", "possible bridger"}
    for one in found:
        contacts = [set(club.lists.contacts(row).tolist()) for row in (one.a, one.b)]
        assert (one.go_between in contacts[0] & contacts[1]) == (one.go_between is not None)
        if one.kind == "without a tie":
            assert club.lists.degree[one.a] == 0 < club.lists.degree[one.b]
        if one.kind == "across groups":
            assert club.circles.group[one.a] != club.circles.group[one.b]
        assert all(names in message(club, one) for names in (club.names[one.a], club.names[one.b]))
        assert reason(club, one).endswith(".")


def test_open_triads_are_all_pairs_at_two_steps(club):
    graph = nx.Graph(club.lists.ties.tolist())
    expected = {
        tuple(sorted((a, b)))
        for a in graph
        for b, d in nx.single_source_shortest_path_length(graph, a, 2).items()
        if d == 2
    }
    found = list(open_triads(club))
    assert {one.pair for one in found} == expected
    for one in found:
        common = set(nx.common_neighbors(graph, *one.pair))
        assert {one.go_between, *one.others} == common
        assert one.score == pytest.approx(sum(1 / np.log(graph.degree[row]) for row in common))


def test_reasons_and_messages_name_people():
    names = ["Mia", "Noor", "Oki", "Pia", "Rex"]
    edges = [("Mia", "Noor"), ("Noor", "Oki"), ("Mia", "Pia"), ("Pia", "Oki")]
    found = profiled(edges, names, [0, 1, 0, 1, 1], ("Food", "Water"))
    by_pair = {one.pair: one for one in candidates(found, 10)}
    triad, lonely = by_pair[0, 2], next(one for one in by_pair.values() if one.kind == "without a tie")
    assert reason(found, triad) == "Both know Noor, Pia, and do not know each other; both are of the sector Food."
    assert message(found, triad).startswith("Dear Noor, you know both Mia and Oki, who may not")
    assert reason(found, lonely).startswith("Rex has no tie. ") and "of the sector Water" in reason(found, lonely)
    assert message(found, lonely).startswith(f"Dear {names[lonely.b]}, I would like you to meet Rex")


class MadeUp:
    """A model in which each pair has a known gain in outputs, and luck that all arms of a future share, and some of their own."""

    def __init__(self, gains, success=0.5):
        self.gains, self.success = gains, success

    def run(self, future, arms):
        luck = np.random.default_rng((7, future))
        base, ends = 20 + 4 * luck.standard_normal(), []
        for arm in arms:
            own = np.random.default_rng((8, future, *sum(arm.pairs, ())))
            noise = 1.5 * own.standard_normal() if arm.pairs else 0.0
            gain = sum(self.gains[pair] for pair in arm.pairs)
            kept = np.ones(MEMBERS, bool)
            kept[list(arm.leavers)] = False
            ends.append(FutureEnd(base + gain + noise, base - 3.0 * len(arm.leavers), kept))
        return self.success, ends


def test_a_made_up_models_gains_are_found_and_covered(club):
    tried = candidates(club, 20)
    best = {one.pair for one in tried[3:8]}
    made = MadeUp(
        {one.pair: 1.6 if one.pair in best else 0.0 for one in open_triads(club)}
        | {one.pair: 1.6 if one.pair in best else 0.0 for one in tried}
    )
    arms = [TrialArm((one.pair,)) for one in tried] + [TrialArm(leavers=(3,))]
    judged = judge(made.run, arms, range(150))
    advised, places = rank(tried, judged.gains[:, :-1], 5)
    assert {advised[place].introduction.pair for place in places} <= best and len(places) >= 4
    for one in advised:
        gain, true = one.gains["outputs"], 0.5 * made.gains[one.introduction.pair]
        assert gain.gain.low <= true <= gain.gain.high
        assert gain.better == (1 if one.introduction.pair in best else gain.better) and gain.sign >= 0
    lost = estimates(judged.gains[:, -1:])[0]
    assert lost["ties"].mean == pytest.approx(-3.0) and lost["outputs"].mean == 0 and lost["members"].mean == 0
    picked = [advised[place].introduction for place in places]
    single, sets = sets_drawn(made.run, picked, list(open_triads(club)), range(900, 1050), 1, None, int, bool)
    together = set_gain(sets, True)
    true = 0.8 * len(picked)
    assert (
        single.shape == (150, len(picked), len(OUTCOMES))
        and together.gains["outputs"].low < true < together.gains["outputs"].high
    )
    assert together.ahead["outputs"].low > 0


def test_an_arm_comes_before_the_scenarios_changes_and_reaches_the_model():
    scenario = Scenario.load("scenarios/weaving.toml").with_({"weeks": 8})
    start = build(scenario.network, 1, 0)
    arm = TrialArm(((0, 41),), (5,))
    records = with_arm(scenario.change_records("none"), arm)
    assert records.what.tolist() == [INTRODUCE, LOSE_MEMBER] and records.target.tolist() == [0, 5]
    chance, (base, done) = TrialNetwork(scenario, "none", 1, start, False).run(3, [TrialArm(), arm])
    assert 0.25 <= chance <= 0.8 and base.kept[5] and not done.kept[5]
    assert TrialNetwork(scenario, "none", 1, start, True).run(3, [])[0] == scenario.settings()[NUMBER["choice.success"]]


SMALL = TrialSize(candidates=6, choose=2, losses=1, futures=8)


def test_advice_is_the_same_on_any_number_of_threads_and_says_what_came_out():
    scenario = Scenario.load("scenarios/weaving.toml").with_({"weeks": 13})
    found, again = (advise(scenario, size=SMALL, seed=5, jobs=jobs) for jobs in (1, 2))
    assert found.table.equals(again.table) and found.payload() == again.payload()
    assert found.strategy == default_strategy(scenario) == "none"
    assert len(found.table) == 6 and len(found.chosen) == 2 and len(found.losses) == 1
    words = " ".join(headline(found))
    assert "random open triads instead" in words and ("no better than random" in words or "better than random" in words)
    assert "of 6" in winners(found) and "the others" in verdict(found.advised[0].gains["outputs"])


def test_nobody_to_introduce():
    made = {"network": {"kind": "random", "members": 4, "degree": 3.0}, "weeks": 5}
    with pytest.raises(ValueError, match="there is nobody to introduce"):
        advise(Scenario.from_document(made))
    with pytest.raises(ValueError, match="stopped before 8 futures"):
        advise("scenarios/weaving.toml", stopped=lambda: True)
    with pytest.raises(ValueError, match="futures is 3"):
        advise("scenarios/weaving.toml", size=TrialSize(futures=3))
