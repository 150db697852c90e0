"""The Mesa model: bit-identical to the compiled loop, with rules that plain Python can override."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import mesa
import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject
from hypothesis import settings as checks
from hypothesis import strategies as st

from sim.inputs.scenario import Scenario, ScenarioError
from sim.inputs.scenario.scenario_checks import KINDS
from sim.lab.future import simulate
from sim.lab.generative_network import GenerativeNetwork
from sim.lab.open_world import open_world
from sim.model import steps
from sim.model.agent_model import COLLECTED
from sim.model.agents import Coordinator, Member, WorkingGroup
from sim.model.declarations import BY_KEY
from sim.model.graphs import to_networkx
from sim.model.jit import COMPILED
from sim.model.levers import LEVERS
from sim.model.schedule import SCHEDULE
from sim.model.start import NetworkError
from sim.model.state import COORDINATOR, FOCUSES, GROUP, LAYOUTS, MEMBER, World
from sim.model.tie_rows import half
from sim.model.world import WorldError, fields_hash, fields_in_use, run_to
from tests.model.worlds import even_shares

MESA = tuple(int(part) for part in mesa.__version__.split(".")[:2])
SLOW = pytest.mark.skipif(not COMPILED, reason="the run takes too long uncompiled")
EXAMPLES = Path(__file__).parents[2] / "scenarios" / "networks"

LOOSE = {
    "groups": {"trust": 0.05, "founding": 0.08, "join": 0.1, "agreement": 0.6, "smallest": 3},
    "production": {"rate": 4.0},
    "breakaway": {"surplus": -0.1, "hazard": 0.03},
}
"""Parameters under which groups form, produce and break away early."""

MASS = {"directory": 0.3, "newsletter": 0.2, "icebreakers": 0.5}
PRESETS: dict[str, dict[str, Any]] = {
    "none": {"coordinators": []},
    "customized": {},
    "mass": dict.fromkeys(FOCUSES, MASS),
    "blended": {"policy": "readiness", "connect": {"close_triads": 0.5, "directory": 0.2, "icebreakers": 0.3}},
    "hub": {"hub_share": 0.8},
    "convening": {"hours": 5.0, "money": 26000.0, "convenings": 2.0, "convening_first": 13, "in_person": 0.5},
}
TINY = {
    "network": {"members": 8},
    "weeks": 30,
    "groups": LOOSE["groups"] | {"trust": 0.02, "founding": 1.0, "join": 0.5, "agreement": 0.7},
    "alignment": {"tolerance": 1.0},
    "production": {"rate": 4.0},
    "changes": [
        {"week": 4, "newcomers": 2},
        {"week": 5, "problem_shift": 0.3},
        {"week": 20, "set": {"meeting.gain": 0.3}},
        {"week": 25, "lose_members": 0.2},
        {"week": 26, "coordinator_leaves": True, "coordinator": 1},
    ],
    "strategies": {
        "all": {
            "hours": 60.0,
            "money": 50000.0,
            "in_person": 0.5,
            "convenings": 4.0,
            "convening_first": 2,
            **dict.fromkeys(FOCUSES, even_shares()),
            "coordinators": [{"hub_share": 0.5}, {"policy": "readiness", "hub_share": 0.2}],
        }
    },
}
"""A world of eight members in which every lever has an effect."""


def differences(one: World, other: World) -> list[str]:
    """Return the fields in which two worlds differ, including weekly tables, maps and ledgers."""
    theirs = fields_in_use(other)
    return [name for name, values in fields_in_use(one).items() if values.tobytes() != theirs[name].tobytes()]


def compiled_run(scenario: Scenario, strategy: str | None = None, rng: int = 1, replicate: int = 0) -> World:
    """Run the compiled loop to the horizon with a ledger, and return the world."""
    _, world = open_world(scenario, scenario.strategy(strategy), rng, replicate, ledger=True)
    return run_to(world, scenario.weeks)


def agents_run(scenario: Scenario, strategy: str | None = None, rng: int = 1, **more: Any) -> GenerativeNetwork:
    """Run the Mesa model to the horizon with a ledger, agent by agent, and return it."""
    model = GenerativeNetwork(scenario, strategy, rng, ledger=True, **more)
    model.run_model()
    return model


def assert_agents_match_world(model: GenerativeNetwork) -> None:
    """Check that there is exactly one agent for every active member, live group and working coordinator."""
    world, network = model.world, model.world.network[0]
    active = np.flatnonzero(world.members.active[: network.members])
    alive = np.flatnonzero(world.groups.alive[: network.group_rows])
    assert [member.row for member in model.members] == active.tolist()
    assert [group.row for group in model.groups] == alive.tolist()
    assert [group.serial for group in model.groups] == world.groups.serial[alive].tolist()
    assert len(model.coordinators) == int((world.coordinators.working > 0).sum())
    assert len(model.agents) == len(model.members) + len(model.groups) + len(model.coordinators)


# Bit identity


@st.composite
def networks(draw: Any) -> dict[str, Any]:
    """Draw settings of a start network of any kind."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    settings: dict[str, Any] = {"kind": kind, "newcomers": draw(st.integers(0, 4))}
    if kind == "csv":
        settings |= {"members": str(EXAMPLES / "example-members.csv"), "ties": str(EXAMPLES / "example-ties.csv")}
    elif "members" in KINDS[kind].model_fields:
        settings["members"] = draw(st.integers(6, 40))
    return settings


@st.composite
def parameters(draw: Any) -> dict[str, dict[str, float]]:
    """Draw some parameters from their plausible ranges, often with settings that make groups busy."""
    drawn: dict[str, dict[str, float]] = {group: dict(values) for group, values in LOOSE.items() if draw(st.booleans())}
    for key in draw(st.lists(st.sampled_from(sorted(BY_KEY)), max_size=12, unique=True)):
        low, high = BY_KEY[key].range
        value = low + draw(st.integers(0, 8)) / 8 * (high - low)
        group, name = key.split(".")
        drawn.setdefault(group, {})[name] = float(round(value)) if BY_KEY[key].whole else value
    return drawn


@st.composite
def shares(draw: Any) -> dict[str, float]:
    """Draw shares of hours by lever."""
    weights = draw(st.lists(st.integers(0, 3), min_size=len(LEVERS), max_size=len(LEVERS)))
    total = max(1, sum(weights))
    return {lever: weight / total for lever, weight in zip(LEVERS, weights, strict=True) if weight}


def coordinators(weeks: int) -> st.SearchStrategy[dict[str, Any]]:
    """Return a search strategy for coordinators with any policy and levers."""
    return st.fixed_dictionaries(
        {"policy": st.sampled_from(["weeks", "readiness", "never"]), "hours": st.sampled_from([2.0, 10.0, 45.0])},
        optional={
            "money": st.sampled_from([3000.0, 60000.0]),
            "hub_share": st.sampled_from([0.0, 0.4, 1.0]),
            "in_person": st.sampled_from([0.5, 1.0]),
            "convenings": st.sampled_from([1.0, 6.0]),
            "convening_first": st.integers(0, weeks),
            "convening_share": st.sampled_from([0.3, 1.0]),
            "convening_core": st.booleans(),
            "sets_agenda": st.booleans(),
            "align_week": st.integers(0, 15),
            "produce_week": st.integers(15, 40),
            "ready_ties": st.just(1.0),
            "ready_connected": st.just(0.3),
            "ready_aligned": st.just(0.1),
            **{focus: shares() for focus in FOCUSES},
        },
    )


def changes(weeks: int, number: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return a search strategy for scheduled changes of every valid kind."""
    actions: list[st.SearchStrategy[dict[str, Any]]] = [
        st.fixed_dictionaries({"newcomers": st.integers(1, 30)}),
        st.just({"problem_shift": 0.4}),
        st.just({"lose_members": 0.3}),
        st.just({"set": {"trust.decay": 0.04, "giving.base": 0.0}}),
    ]
    if number:
        actions += [
            st.fixed_dictionaries({"coordinator_leaves": st.just(True)}, optional={"coordinator": st.just(number - 1)}),
            st.just({"budget_factor": 0.5}),
            st.just({"hours_factor": 2.0}),
            st.just({"money_factor": 3.0}),
            st.just({"hub_factor": 1.7}),
        ]
    dated = st.tuples(st.integers(0, weeks - 1), st.one_of(actions)).map(lambda pair: {"week": pair[0], **pair[1]})
    return st.lists(dated, max_size=5)


@st.composite
def scenarios(draw: Any) -> Scenario:
    """Draw a scenario with one strategy."""
    weeks = draw(st.integers(8, 60))
    people = draw(st.lists(coordinators(weeks), max_size=2))
    strategy = {"coordinators": people, "changes": draw(changes(weeks, len(people)))}
    try:
        return Scenario.from_document(
            {"network": draw(networks()), "weeks": weeks, **draw(parameters()), "strategies": {"it": strategy}}
        )
    except ScenarioError:
        reject()


@SLOW
@checks(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(scenarios(), st.integers(0, 2**63 - 1), st.integers(0, 1000))
def test_any_scenario_runs_identically_agent_by_agent(scenario: Scenario, seed: int, replicate: int):
    try:
        world = compiled_run(scenario, None, seed, replicate)
    except (NetworkError, WorldError):
        reject()
    model = agents_run(scenario, None, seed, replicate=replicate)
    assert differences(world, model.world) == []
    assert_agents_match_world(model)


@SLOW
@pytest.mark.parametrize("strategy", PRESETS)
def test_three_years_of_groups_run_identically_agent_by_agent(strategy: str):
    scenario = Scenario.from_document(
        {"network": {"members": 40, "degree": 5}, "weeks": 156, **LOOSE, "strategies": PRESETS}
    )
    world = compiled_run(scenario, strategy)
    model = agents_run(scenario, strategy)
    assert differences(world, model.world) == []
    weekly = model.weekly
    for event in ("groups_founded", "outputs", "break_aways", "newcomers", "dropped_out"):
        assert weekly[event].sum() > 0, f"{event} never occurs"
    assert (weekly["convened"].sum() > 0) == (strategy == "convening")
    record = simulate(scenario, strategy, seed=1, renewal=False)
    assert weekly.equals(record.weekly)
    assert model.maps.equals(record.maps)
    assert model.reached == record.reached
    assert nx.utils.graphs_equal(model.network, record.network)


@SLOW
def test_tables_grow_and_runs_continue_past_the_horizon():
    crowd = {"network": {"members": 8}, "arrival": {"base": 20.0}, "leaving": {"hazard": 0.0}, "weeks": 50}
    scenario = Scenario.from_document(crowd)
    _, world = open_world(scenario, "none", 1, 0, ledger=True)
    rows, lines = len(world.members), len(world.ledger)
    world = run_to(world, 60)
    model = agents_run(scenario)
    assert model.week == model.steps == 50 and not model.running
    for _ in range(10):
        model.step()
    assert differences(world, model.world) == []
    assert len(model.world.members) > rows and len(model.world.ledger) >= lines
    assert len(model.weekly) == 60
    assert_agents_match_world(model)


def tiny_digests() -> list[str]:
    """Return hashes of the tiny world's final state, from the compiled loop and agent by agent."""
    scenario = Scenario.from_document(TINY)
    world, model = compiled_run(scenario), agents_run(scenario)
    assert differences(world, model.world) == []
    return [fields_hash(fields_in_use(world)), fields_hash(fields_in_use(model.world))]


def test_every_lever_has_an_effect_in_the_tiny_world():
    scenario = Scenario.from_document(TINY)
    model = GenerativeNetwork(scenario)
    bridging, issues, helped, channel, directory = 0.0, 0, 0.0, 0.0, 0.0
    while model.running:
        model.step()
        network = model.world.network[0]
        bridging = max(bridging, model.world.members.bridging.max())
        helped = max(helped, model.world.groups.help.max())
        issues, channel, directory = issues + network.issue, network.channel, network.directory
    assert min(bridging, issues, helped, channel, directory) > 0
    weekly = model.weekly
    by_levers = (
        "new_ties_coordinator",
        "new_ties_icebreaker",
        "gifts_relayed",
        "convened",
        "sessions_in_person",
        "removed",
    )
    for column in (*by_levers, "groups_founded", "pilots_done", "meetings"):
        assert weekly[column].sum() > 0, column
    assert (weekly["sessions"] > weekly["sessions_in_person"]).any()


def test_uncompiled_runs_are_bit_identical():
    if not COMPILED:
        pytest.skip("compilation is off, so there is nothing to compare")
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "import json; from tests.model import test_model; print(json.dumps(test_model.tiny_digests()))",
        ],
        capture_output=True,
        text=True,
        env=os.environ
        | {"GENNET_COMPILED": "0", "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])},
        cwd=Path(__file__).parents[2],
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == tiny_digests()


def test_steps_match_the_schedule():
    assert list(steps.STEPS) == [phase.name for phase in SCHEDULE]
    kinds = {"network": GenerativeNetwork, "coordinator": Coordinator, "member": Member, "group": WorkingGroup}
    for phase in SCHEDULE:
        method = getattr(kinds[phase.who.split()[0]], phase.name)
        assert phase.what in method.__doc__
        first = list(inspect.signature(getattr(steps.STEPS[phase.name], "py_func", steps.STEPS[phase.name])).parameters)
        assert first[-2:] == ["world", "luck"] and (len(first) == 2) == (phase.who == "network")


# Overriding rules


def first_gifts(world: World) -> set[tuple[int, int, int]]:
    """Return giver, receiver and kind of every first gift."""
    gifts = world.ledger[: world.network[0].gifts_logged]
    return {(int(g.giver), int(g.receiver), int(g.kind)) for g in gifts if g.hops == 0}


def record_first_week(scenario: Scenario, banned: int | None) -> dict[str, Any]:
    """Return members' rows and gifts after the first week's giving, and each member's draws in that phase."""
    record: dict[str, Any] = {"draws": {}}

    class RecordingMember(Member):
        def give(self) -> None:
            record["draws"][self.row] = [self.draw(n) for n in range(3)]
            if self.row != banned:
                super().give()

        def read_news(self) -> None:
            world = self.model.world
            record["members"] = [row.tobytes() for row in world.members[: world.network[0].members]]
            record["gifts"] = first_gifts(world)

    GenerativeNetwork(scenario, rng=5, member_class=RecordingMember, ledger=True).step()
    return record


def test_banning_one_member_leaves_other_members_draws_unchanged():
    scenario = Scenario.from_document(
        {"network": {"members": 60}, "spreading": {"hops": 0}, "members": {"activity": 2.0}}
    )
    unrestricted = record_first_week(scenario, None)
    givers = [giver for giver, _, _ in unrestricted["gifts"]]
    banned = max(sorted(givers), key=givers.count)
    restricted = record_first_week(scenario, banned)
    assert banned not in {giver for giver, _, _ in restricted["gifts"]}
    assert (
        unrestricted["draws"] == restricted["draws"]
        and len({tuple(draws) for draws in unrestricted["draws"].values()}) == 60
    )
    untouched = {
        i for i, (a, b) in enumerate(zip(unrestricted["members"], restricted["members"], strict=True)) if a == b
    }
    assert banned not in untouched and len(untouched) > 45
    gifts = [{gift for gift in run["gifts"] if gift[0] in untouched} for run in (unrestricted, restricted)]
    assert gifts[0] == gifts[1] and len(gifts[0]) > 10


class NonGiver(Member):
    """A member who never gives."""

    def give(self) -> None:
        """Give nothing."""

    def answer(self) -> None:
        """Answer nothing."""


class GivesToPoorest(NonGiver):
    """A member who gives knowledge once a week to the contact who has received least so far."""

    chosen: list[tuple[int, int]]

    def give(self) -> None:
        if self.row % 2 or not self.contacts:
            return
        poorest = min(self.contacts, key=lambda other: (other.received, other.row))
        if self.give_to(poorest, "knowledge"):
            self.model.chosen.append((self.row, poorest.row))


def test_a_network_of_non_givers_has_no_gifts():
    scenario = Scenario.from_document({"network": {"members": 12}, "weeks": 8})
    model = agents_run(scenario, member_class=NonGiver)
    assert model.weekly["gifts"].sum() == 0 and model.weekly["members"].iloc[-1] > 0
    assert agents_run(scenario).weekly["gifts"].sum() > 0


class Answers(NonGiver):
    """A member who gives nothing unasked and answers every gift of last week with one of knowledge."""

    def answer(self) -> None:
        for other in self.contacts:
            tie = self.tie_to(other)
            if tie is not None and tie.owed > 0.0:
                self.give_to(other, "knowledge")


class FirstGiver(Answers):
    """A member who answers, and gives to one contact in the first week if its row is even."""

    def give(self) -> None:
        if self.model.week == 0 and self.row % 2 == 0 and self.contacts:
            self.give_to(self.contacts[0], "skills")


def test_answering_can_be_overridden_apart_from_giving():
    scenario = Scenario.from_document({"network": {"members": 20}, "spreading": {"hops": 0}, "weeks": 5})
    assert agents_run(scenario, member_class=Answers).weekly["gifts"].sum() == 0, "there is nothing to answer"
    weekly = agents_run(scenario, member_class=FirstGiver).weekly
    assert weekly["gifts"].iloc[0] == weekly["gifts_skills"].sum() > 0
    assert weekly["gifts_knowledge"].iloc[1:].min() > 0, "answers call for answers"


class StaysHome(Member):
    """A member who seeks no encounters."""

    def go_out(self) -> None:
        """Stay at home."""


class MeetsNeighbours(StaysHome):
    """A member who gets to know the next one, row by row, in place of the rule for meeting."""

    def go_out(self) -> None:
        if self.row + 1 < len(self.model.members):
            self.get_to_know(self.model.member(self.row + 1), 0.5)


def test_meeting_can_be_overridden():
    scenario = Scenario.from_document(
        {
            "network": {"kind": "empty", "members": 12},
            "weeks": 3,
            "giving": {"base": -10.0},
            "arrival": {"base": 0.0, "referral": 0.0},
            "leaving": {"hazard": 0.0},
            "meeting": {"rate": 5.0},
        }
    )
    ties = [
        agents_run(scenario, member_class=kind).weekly["ties"].iloc[-1] for kind in (StaysHome, MeetsNeighbours, Member)
    ]
    assert ties[0] == 0 and ties[1] == 11 and ties[2] > 0


def test_members_can_choose_whom_they_give_to():
    class Network(GenerativeNetwork):
        chosen: list[tuple[int, int]]

    model = Network(Scenario.from_document({"network": {"members": 20}}), member_class=GivesToPoorest, ledger=True)
    model.chosen = []
    for _ in range(5):
        model.step()
    gifts = model.world.ledger[: model.world.network[0].gifts_logged]
    first = [(int(g.giver), int(g.receiver)) for g in gifts if g.hops == 0]
    assert first == model.chosen and len(first) > 20
    assert all(giver % 2 == 0 for giver, _ in first)
    assert model.weekly["gifts"].sum() == model.weekly["gifts_knowledge"].sum() == len(first)


def test_a_gift_creates_a_tie_and_invalid_gifts_raise_errors():
    model = GenerativeNetwork(
        Scenario.from_document({"network": {"kind": "empty", "members": 6}, "meeting": {"rate": 0.0}})
    )
    gifts: list[Any] = []

    class Generous(Member):
        def give(self) -> None:
            other = self.model.member((self.row + 1) % 6)
            before = self.tie_to(other)
            accepted = self.give_to(other, "skills")
            gifts.append((before, accepted, self.tie_to(other), other in self.contacts))

    model = GenerativeNetwork(model.world_scenario, member_class=Generous)
    model.step()
    assert len(gifts) == 6
    for before, accepted, after, is_contact in gifts:
        assert before is None and accepted and is_contact
        assert after.origin == "member" and after.trust >= model.parameter("trust.first") and after.last == 0
    giver, receiver = model.members[:2]
    with pytest.raises(RuntimeError, match="phase"):
        giver.draw()
    with pytest.raises(RuntimeError, match="phase"):
        giver.give_to(receiver, "skills")
    with pytest.raises(ValueError, match="introduce"):
        giver.give_to(receiver, "connections")
    with pytest.raises(ValueError, match="not active"):
        giver.give_to(GenerativeNetwork(model.world_scenario).members[1], "skills")


def test_agents_introduce_found_join_quit_and_leave():
    scenario = Scenario.from_document(
        {
            "network": {"kind": "star", "members": 8},
            "strategies": {"one": {}},
            "choice": {"success": 1.0},
            "meeting": {"rate": 0.0},
            **LOOSE,
        }
    )
    outcomes: dict[str, Any] = {}

    class Weaver(Coordinator):
        def weave(self) -> None:
            outcomes["hours"] = self.act("icebreakers")
            outcomes["draw"] = self.draw()
            with pytest.raises(ValueError, match="allowed are"):
                self.act("directory")

    class Hub(Member):
        def give(self) -> None:
            if self.row == 0:
                outcomes["introduced"] = self.introduce()

    model = GenerativeNetwork(scenario, coordinator_class=Weaver, member_class=Hub)
    model.step()
    assert outcomes["introduced"] and outcomes["hours"] == 16.0 and 0 <= outcomes["draw"] < 1
    hub, other, third = model.members[:3]
    for member in model.members:
        member.viewpoint = (0.5, 0.5)
        for contact in member.contacts:
            half(model.world, member.row, member._others().tolist().index(contact.row)).trust = 0.9
    group = hub.found_group()
    assert group is not None and hub in group.members and group in hub.groups and len(group.members) >= 3
    member = next(m for m in group.members if m is not hub)
    member.quit(group)
    assert member not in group.members and member.groups == []
    assert member.join(group) and not member.join(group) and member in group.members
    assert model.coordinators[0].introduce(other, third) and other.tie_to(third) is not None
    other.leave()
    assert other not in model.members and other not in model.agents and not other.active and other.left == 1
    third.remove()
    group.remove()
    model.coordinators[0].remove()
    assert model.groups == [] and hub.groups == [] and model.coordinators == []
    assert_agents_match_world(model)
    model.step()
    assert_agents_match_world(model)


def test_fields_of_an_agent_can_be_read_and_written():
    model = GenerativeNetwork(network__members=6)
    member = model.members[2]
    member.identity = 0.75
    member.need[1] = 0.25
    assert model.world.members[2].identity == member.identity == 0.75 and type(member.identity) is float
    assert model.world.members[2].need[1] == 0.25
    overridden = {Member: {"groups"}, Coordinator: set(), WorkingGroup: {"members"}}
    for kind, layout in ((Member, MEMBER), (Coordinator, COORDINATOR), (WorkingGroup, GROUP)):
        for name, meaning in layout.meaning.items():
            attribute = inspect.getattr_static(kind, name)
            assert isinstance(attribute, property)
            assert name in overridden[kind] or (attribute.__doc__ == meaning and attribute.fset is not None)
    model.agents_by_type[Member].do("learn")


def test_no_field_name_clashes_with_an_attribute_of_numpy_records():
    """Uncompiled, a field named `size` would read numpy's own attribute (always 1)."""
    clashes = {
        f"{name}.{field}" for name, layout in LAYOUTS.items() for field in layout.meaning if hasattr(np.record, field)
    }
    assert clashes == set()


# Constructor


def test_settings_override_the_scenario(tmp_path: Path):
    file = tmp_path / "small.toml"
    file.write_text("weeks = 3\nseed = 9\n[network]\nmembers = 7\n[strategies.a]\n[strategies.b]\nhours = 3\n")
    model = GenerativeNetwork(str(file), "b", giving__base=-0.5, network__members=11, strategies__b__hours=4.0)
    assert len(model.members) == 11 and model.parameter("giving.base") == -0.5 and model.coordinators[0].hours == 4.0
    assert model.seed == model.world_scenario.seed == 9 and model.strategy == "b"
    assert GenerativeNetwork(file, "a", rng=np.int64(4)).world.network[0].seed == 4
    with pytest.raises(ScenarioError, match=r"giving\.bass"):
        GenerativeNetwork(file, "a", giving__bass=1.0)
    with pytest.raises(ScenarioError, match="strategy"):
        GenerativeNetwork(file)


@pytest.mark.parametrize("rng", [np.random.default_rng(1), 1.0, True, "1", [1], np.random.SeedSequence(1)])
def test_a_seed_must_be_an_integer(rng: Any):
    with pytest.raises(TypeError, match="rng, the seed, is a"):
        GenerativeNetwork(rng=rng)


def test_invalid_arguments_raise_errors():
    with pytest.raises(ValueError, match="rng, the seed, is -1"):
        GenerativeNetwork(rng=-1)
    with pytest.raises(ValueError, match="replicate is -1"):
        GenerativeNetwork(replicate=-1)
    with pytest.raises(TypeError, match="path of a file is needed"):
        GenerativeNetwork({"members": 3})  # type: ignore[arg-type]


def test_replicates_differ_and_seeds_repeat():
    runs = [GenerativeNetwork(rng=3, replicate=r, network__members=10, weeks=3) for r in (0, 1, 0)]
    for model in runs:
        model.run_model()
    assert not differences(runs[0].world, runs[2].world) and differences(runs[0].world, runs[1].world)


def test_the_network_converts_to_a_graph():
    model = GenerativeNetwork(network__members=12, weeks=20, arrival__base=1.0)
    model.run_model()
    graph = model.network
    assert list(graph) == [member.row for member in model.members]
    assert graph.number_of_edges() == model.weekly["ties"].iloc[-1] > 0
    assert any(new for _, new in graph.nodes(data="new")) and not all(new for _, new in graph.nodes(data="new"))
    for member in model.members:
        node = graph.nodes[member.row]
        assert node["name"] == member.name and node["identity"] == member.identity
        assert {other.row for other in member.contacts} == set(graph[member.row])
        for other in member.contacts:
            tie, back = member.tie_to(other), other.tie_to(member)
            assert tie is not None and back is not None
            assert graph.edges[member.row, other.row]["trust"] == 0.5 * (tie.trust + back.trust)
            assert graph.edges[member.row, other.row]["origin"] == tie.origin
    text = "\n".join(nx.generate_graphml(graph))
    assert nx.parse_graphml(text, node_type=int).nodes[0]["kind"] in ("individual", "organisation")
    assert nx.utils.graphs_equal(graph, to_networkx(model.world, model.names))


# Mesa's tools


@cache
def small() -> Scenario:
    """Return a small scenario with two strategies."""
    return Scenario.from_document(
        {"network": {"members": 10}, "weeks": 6, "seed": 4, "strategies": {"none": {"coordinators": []}, "some": {}}}
    )


def test_data_collector():
    model = GenerativeNetwork(small(), "some", member_reporters=("identity", "row"))
    model.run_model()
    table = model.datacollector.get_model_vars_dataframe()
    assert list(table.columns) == list(COLLECTED) and len(table) == 6
    for name in COLLECTED:
        assert table[name].to_list() == pytest.approx(model.weekly[name].to_list(), abs=0, nan_ok=True)
    members = model.datacollector.get_agenttype_vars_dataframe(Member)
    last = members.xs(6, level="Step").set_index("row")["identity"]
    assert last.to_dict() == {member.row: member.identity for member in model.members}


def test_batch_run():
    parameters: dict[str, Any] = {"scenario": [small()], "strategy": ["none", "some"], "giving__base": [-1.0, 0.5]}
    seeds: dict[str, Any] = {}
    if "rng" in inspect.signature(mesa.batch_run).parameters:
        seeds = {"rng": [1, 2]}
    elif MESA >= (3, 4):
        pytest.skip("Mesa 3.4's batch_run drops swept seeds")
    else:
        parameters["rng"] = [1, 2]
    rows = mesa.batch_run(GenerativeNetwork, parameters, display_progress=False, **seeds)
    assert len(rows) == 8
    for row in rows:
        model = GenerativeNetwork(small(), row["strategy"], row["rng"], giving__base=row["giving__base"])
        model.run_model()
        assert {name: row[name] for name in COLLECTED} == {name: model.weekly[name].iloc[-1] for name in COLLECTED}
    assert len({row["value_per_member"] for row in rows}) > 4


def test_batch_run_treats_a_scenario_as_one_value_and_replicates_as_runs():
    parameters: dict[str, Any] = {"scenario": small(), "strategy": "some", "replicate": range(3)}
    rows = mesa.batch_run(GenerativeNetwork, parameters, display_progress=False)
    assert [row["replicate"] for row in rows] == [0, 1, 2]
    assert len({row["value_per_member"] for row in rows}) == 3
    with pytest.raises(TypeError):
        iter(small())


def test_solara_page():
    with warnings.catch_warnings():  # Mesa's page imports deprecated names
        warnings.simplefilter("ignore")
        import ipyvuetify
        import solara
        from mesa.visualization import SolaraViz, make_plot_component

        models: list[Any] = []
        sliders = {
            "scenario": small(),
            "strategy": {"type": "Select", "value": "some", "values": ["none", "some"], "label": "Strategy"},
            "giving__base": {
                "type": "SliderFloat",
                "value": -0.6,
                "min": -2.0,
                "max": 1.0,
                "step": 0.1,
                "label": "Base",
            },
        }

        @solara.component
        def Page() -> None:
            start = solara.use_memo(lambda: GenerativeNetwork(small(), "some"), [])
            model = solara.use_reactive(start)
            models.append(model)
            with solara.AppLayout():
                SolaraViz(model, components=[make_plot_component("gifts")], model_params=sliders, name="Network")

        _, rc = solara.render(Page(), handle_error=False)
        try:
            first = models[0].value
            for _ in range(2):
                button(rc, ipyvuetify, "Step").click()
            assert first.week == 2
            button(rc, ipyvuetify, "Reset").click()
            again = models[-1].value
            assert again is not first and again.week == 0 and again.strategy == "some" and len(again.members) == 10
            assert again.world_scenario == small().with_({"giving.base": -0.6})
        finally:
            rc.close()


def button(rc: Any, vuetify: Any, label: str) -> Any:
    """Return the button with a label on a rendered page."""
    return next(w for w in rc.find(vuetify.Btn).widgets if label in (w.children or []))
