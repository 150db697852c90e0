"""Scenarios: reading files, precedence of settings, and one clear line for every error."""

from __future__ import annotations

import copy
import json
import pickle
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as checks
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.inputs.networks import build
from sim.inputs.networks.kinds import Karate
from sim.inputs.scenario import Change, CoordinatorSettings, Scenario, ScenarioError, Strategy, json_schema
from sim.inputs.scenario.parts import ACTIONS, ALIGN_SHARES, CONNECT_SHARES, PRODUCE_SHARES, Frozen
from sim.inputs.scenario.scenario_checks import KINDS
from sim.model.declarations import BY_KEY, GROUPS, NUMBER, PARAMETERS, defaults
from sim.model.levers import LEVERS
from sim.model.state import COORDINATOR, LEAVE, LOSE, NEWCOMERS, SCALE, SET, SHIFT

WEAVING = """
question = "Which is better?"
weeks = 156
[network]
kind = "karate"
keep_strongest = 0.5
newcomers = 12
[giving]
base = -0.5
[[changes]]
week = 30
newcomers = 40
[[changes]]
week = 120
problem_shift = 0.35
[[changes]]
week = 52
lose_members = 0.1
[[changes]]
week = 60
set = { "trust.decay" = 0.04 }
[strategies.none]
label = "Do nothing"
coordinators = []
[strategies.customized]
label = "Personal introductions first"
hours = 10
connect = { close_triads = 0.5, newsletter = 0.25 }
[[strategies.customized.changes]]
week = 104
coordinator_leaves = true
[[strategies.customized.changes]]
week = 52
budget_factor = 0.5
[strategies.two]
hour_cost = 40
[[strategies.two.coordinators]]
hours = 5
[[strategies.two.coordinators]]
hours = 8
policy = "readiness"
"""
few = checks(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def weaving(tmp_path: Path) -> Path:
    """Return a scenario file."""
    return written(tmp_path, WEAVING)


def written(folder: Path, text: str, name: str = "weaving.toml") -> Path:
    """Write a file with the given text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def fault(call, *arguments, **named) -> str:
    """Return the message of the `ScenarioError` that a call raises."""
    with pytest.raises(ScenarioError) as caught:
        call(*arguments, **named)
    return str(caught.value)


# What a file says


def test_a_file_is_read_completely(weaving):
    """Every part of a file is read, and missing values have defaults."""
    scenario = Scenario.load(weaving)
    assert (scenario.title, scenario.question, scenario.weeks) == ("weaving", "Which is better?", 156)
    assert (scenario.seed, scenario.replicates, scenario.path) == (1, 100, weaving)
    assert (scenario.folder, scenario.notes) == (weaving.parent, ())
    assert scenario.network == Karate(keep_strongest=0.5, newcomers=12)
    assert scenario.parameters == {"giving.base": -0.5}
    assert [change.action for change in scenario.changes] == ["newcomers", "problem_shift", "lose_members", "set"]
    assert list(scenario.strategies) == ["none", "customized", "two"]
    customized = scenario.strategies["customized"]
    assert customized.label == "Personal introductions first"
    assert customized.connect == {"close_triads": 0.5, "newsletter": 0.25}
    assert (customized.align, customized.produce) == (ALIGN_SHARES, PRODUCE_SHARES)
    assert (customized.hub_share, customized.align_week, customized.produce_week) == (0.1, 40, 90)
    assert scenario.strategies["two"].label == "two"


def test_default_shares_are_known_levers_that_fill_the_hours():
    """The default shares of a strategy assign all hours."""
    for shares in (CONNECT_SHARES, ALIGN_SHARES, PRODUCE_SHARES):
        assert set(shares) <= set(LEVERS)
        assert sum(shares.values()) == pytest.approx(1.0)


def test_settings_have_defaults_unless_set(weaving):
    """The vector of parameters, in order of declaration."""
    values = Scenario.load(weaving).settings()
    expected = defaults()
    expected[NUMBER["giving.base"]] = -0.5
    assert values.dtype == np.float64
    assert values.tolist() == expected.tolist()


def test_an_organisation_is_fixed_by_default(weaving):
    """`organisation.fixed` follows the kind of network unless it is set."""
    scenario = Scenario.load(weaving).with_({"network.kind": "organisation"})
    number = NUMBER["organisation.fixed"]
    assert Scenario.load(weaving).settings()[number] == 0.0
    assert scenario.settings()[number] == 1.0
    assert scenario.with_({"organisation.fixed": 0}).settings()[number] == 0.0


def test_coordinator_records(weaving):
    """Without a list, there is one coordinator with the strategy's fields; listed ones override them; the list may be empty."""
    scenario = Scenario.load(weaving)
    assert len(scenario.coordinator_records("none")) == 0
    assert scenario.coordinator_records("none").dtype == COORDINATOR.empty(0).dtype
    one = scenario.coordinator_records("customized")
    assert (len(one), one.working[0], one.hours[0], one.policy[0], one.convening_core[0]) == (1, 1.0, 10.0, 0.0, 0.0)
    connect = dict(zip(LEVERS, one.connect[0].tolist(), strict=True))
    assert {lever: share for lever, share in connect.items() if share} == {"close_triads": 0.5, "newsletter": 0.25}
    two = scenario.coordinator_records("two")
    assert two.hours.tolist() == [5.0, 8.0]
    assert two.hour_cost.tolist() == [40.0, 40.0]
    assert two.policy.tolist() == [0.0, 1.0]


OTHERWISE = {
    "policy": "never",
    "convening_core": True,
    "sets_agenda": True,
    "connect": {"channels": 0.5},
    "align": {},
    "produce": {"directory": 1.0},
    **dict.fromkeys(("align_week", "produce_week", "convening_first"), 41),
}


@pytest.mark.parametrize("name", CoordinatorSettings.model_fields)
def test_every_field_of_a_coordinator_reaches_its_record(weaving, name):
    """Changing a field changes only that field of the record."""
    scenario = Scenario.load(weaving)
    before = scenario.coordinator_records("customized")[0]
    after = scenario.with_({f"strategies.customized.{name}": OTHERWISE.get(name, 0.75)})
    record = after.coordinator_records("customized")[0]
    names = COORDINATOR.dtype.names
    assert [field for field in names if not np.array_equal(record[field], before[field])] == [name]


def test_change_records_by_week(weaving):
    """The scenario's changes and the strategy's, sorted by week; changes of the same week keep their order."""
    found = Scenario.load(weaving).change_records("customized").tolist()
    assert found == [
        (30, NEWCOMERS, 0, 0, 40.0),
        (52, LOSE, 0, 0, 0.1),
        (52, SCALE, -1, 0, 0.5),
        (60, SET, NUMBER["trust.decay"], 0, 0.04),
        (104, LEAVE, -1, 0, 0.0),
        (120, SHIFT, 0, 0, 0.35),
    ]
    assert len(Scenario.load(weaving).change_records("none")) == 4


def test_each_action_has_its_record(weaving):
    """Factors have their field codes, and a coordinator may be named."""
    factors = ("budget_factor", "hours_factor", "money_factor", "hub_factor")
    changes = [{"week": 1, factor: 0.5, "coordinator": 1} for factor in factors]
    changes.append({"week": 2, "coordinator_leaves": True, "coordinator": 0})
    changes.append({"week": 3, "set": {"trust": {"decay": 0.1, "floor": 0.02}, "groups.smallest": 5}})
    found = Scenario.load(weaving).with_({"strategies.two.changes": changes, "changes": []}).change_records("two")
    assert found.tolist()[:5] == [*((1, SCALE, 1, field, 0.5) for field in range(4)), (2, LEAVE, 0, 0, 0.0)]
    settings = {PARAMETERS[row.target].key: row.value for row in found[5:]}
    assert settings == {"trust.decay": 0.1, "trust.floor": 0.02, "groups.smallest": 5.0}


def test_costs_and_budgets(weaving):
    """Dollars a year at the start; strategies with coordinators should cost the same."""
    scenario = Scenario.load(weaving)
    assert scenario.yearly_cost("none") == 0.0
    assert scenario.yearly_cost("customized") == 10 * 50 * 52
    assert scenario.yearly_cost("two") == 13 * 40 * 52
    assert scenario.budget_warnings() == (
        "Strategies do not have equal budgets, in dollars a year at the start: customized 26,000, two 27,040.",
    )
    assert scenario.with_({"strategies.customized.money": 1040}).budget_warnings() == ()


def test_without_strategies_there_is_no_coordinator(tmp_path):
    """A title is enough for a scenario, and a note explains what that means."""
    scenario = Scenario.load(written(tmp_path, "title = 'alone'", "alone.toml"))
    assert (scenario.title, scenario.strategy(None), scenario.network.kind) == ("alone", "none", "communities")
    assert len(scenario.coordinator_records("none")) == 0
    assert scenario.notes == ("there are no strategies, so the only one is 'none', in which nobody coordinates",)
    assert len(scenario.with_({"strategies.none.label": "Alone"}).coordinator_records("none")) == 0


def test_an_empty_file_raises_an_error_although_python_accepts_no_settings(tmp_path):
    """An empty file is probably a wrong name or an incomplete copy, and a note is easily missed."""
    for text in ("", "# only words", "\n\n"):
        file = written(tmp_path, text, "empty.toml")
        with pytest.raises(
            ScenarioError, match=r"empty\.toml: is empty; at least one key is needed, such as weeks = 156"
        ):
            Scenario.load(file, ["network.kind=star"])
    assert Scenario.from_document({}).network.kind == "communities"


def test_fields_that_have_no_effect_are_noted(weaving):
    """Strategy fields that no coordinator uses are reported."""
    scenario = Scenario.load(weaving, ["strategies.two.hours=20", "strategies.none.money=5"])
    assert scenario.notes == (
        "strategies.none: money has no effect, since it has no coordinators",
        "strategies.two: hours has no effect, since each of its coordinators has its own",
    )


def test_strategy_names(weaving):
    """Names are checked; with a single strategy none is needed."""
    scenario = Scenario.load(weaving)
    assert scenario.strategy("two") == "two"
    assert fault(scenario.strategy, "customised") == (
        f"{weaving}: strategy 'customised' is unknown; did you mean customized?; its strategies are 'none', 'customized', 'two'"
    )
    assert (
        fault(scenario.strategy) == f"{weaving}: a strategy is needed; its strategies are 'none', 'customized', 'two'"
    )
    assert "strategy 'x' is unknown" in fault(scenario.fingerprint, "x")


# Extending, setting, deriving


def test_precedence(tmp_path, weaving):
    """Settings override the file, which overrides the file that it extends, which overrides defaults."""
    written(tmp_path, 'extends = "weaving.toml"\nweeks = 130\n[giving]\nbase = -1.0\ncost = 0.2\n', "middle.toml")
    last = written(tmp_path, 'extends = "middle.toml"\nweeks = 140\n[strategies.customized]\nhours = 7\n', "last.toml")
    scenario = Scenario.load(last)
    assert (scenario.title, scenario.weeks, scenario.question) == ("last", 140, "Which is better?")
    assert scenario.parameters == {"giving.base": -1.0, "giving.cost": 0.2}
    assert scenario.strategies["customized"].hours == 7.0
    assert scenario.strategies["customized"].connect == {"close_triads": 0.5, "newsletter": 0.25}
    over = Scenario.load(last, ["weeks=150", "giving.base=-2", "strategies.customized.label=Hello there"])
    assert (over.weeks, over.parameters["giving.base"], over.parameters["giving.cost"]) == (150, -2.0, 0.2)
    assert over.strategies["customized"].label == "Hello there"


def test_shares_are_replaced_as_a_whole_in_files_and_one_by_one_in_settings(tmp_path, weaving):
    """A table in a file replaces all shares of a focus; a single setting changes one lever."""
    text = 'extends = "weaving.toml"\n[strategies.customized]\nconnect = { icebreakers = 0.3 }\n'
    assert Scenario.load(written(tmp_path, text, "b.toml")).strategies["customized"].connect == {"icebreakers": 0.3}
    scenario = Scenario.load(weaving)
    one = scenario.with_({"strategies.customized.connect.newsletter": 0.5}).strategies["customized"]
    assert one.connect == {"close_triads": 0.5, "newsletter": 0.5}
    usual = scenario.with_({"strategies.customized.align.newsletter": 0.05}).strategies["customized"]
    assert usual.align == {**ALIGN_SHARES, "newsletter": 0.05}
    whole = scenario.with_({"strategies.customized.connect": {"channels": 1}}).strategies["customized"]
    assert whole.connect == {"channels": 1.0}


def test_another_kind_of_network_starts_from_its_defaults(tmp_path, weaving):
    """Settings of the previous kind are dropped, with a note; those set together with the new kind apply."""
    note = (
        "network.kind = 'star' replaced the network table of weaving.toml by that kind's defaults"
        " (no longer set: keep_strongest, newcomers)"
    )
    text = 'extends = "weaving.toml"\n[network]\nkind = "star"\nhubs = 2\n'
    extended = Scenario.load(written(tmp_path, text, "star.toml"))
    sets = Scenario.load(weaving, ["network.hubs=2", "network.kind=star"])
    derived = Scenario.load(weaving).with_({"network": {"kind": "star", "hubs": 2}})
    for scenario in (extended, sets, derived):
        assert scenario.network == KINDS["star"](hubs=2)
        assert scenario.notes == (note,)
    assert derived.with_({"network.newcomers": 3}).network == KINDS["star"](hubs=2, newcomers=3)


def test_settings_and_derived_copies_follow_the_same_rules(weaving):
    """`--set` and `with_` give the same result."""
    loaded = Scenario.load(
        weaving,
        [
            "giving.base=-1",
            "strategies.two.coordinators.1.hours=9",
            "changes.3.set.trust.decay=0.05",
            "changes.0.week=3",
        ],
    )
    derived = Scenario.load(weaving).with_(
        {
            "giving": {"base": np.float64(-1)},
            "strategies.two.coordinators.1.hours": np.int64(9),
            "changes.3.set": {"trust.decay": 0.05},
            "changes.0.week": 3.0,
        }
    )
    assert loaded == derived
    assert hash(loaded) == hash(derived)
    assert [one.hours for one in derived.strategies["two"].coordinators] == [5.0, 9.0]


def test_a_derived_copy_leaves_the_scenario_as_it_was(weaving):
    """Nothing can be changed in place, at any depth."""
    scenario = Scenario.load(weaving)
    before = scenario.to_toml()
    new = scenario.with_({"strategies.new": {"hours": 3}, "network.newcomers": 0, "changes.0.newcomers": 1})
    assert list(new.strategies) == ["none", "customized", "two", "new"]
    assert (scenario.to_toml(), new.with_({})) == (before, new)
    with pytest.raises(ValidationError):
        scenario.weeks = 3
    with pytest.raises(ValidationError):
        scenario.strategies["two"].hours = 3
    with pytest.raises(ValidationError):
        scenario.network.newcomers = 3
    for mapping in (scenario.parameters, scenario.strategies, scenario.strategies["two"].connect):
        with pytest.raises(TypeError):
            mapping["x"] = 1


def test_scenarios_can_be_pickled_and_copied(weaving):
    """A pickled, copied or reassembled scenario is equal and can be changed further."""
    scenario = Scenario.load(weaving)
    hand = Scenario(**{name: getattr(scenario, name) for name in scenario.resolved()} | {
        "parameters": {"giving.base": -0.5}, "path": scenario.path})  # fmt: skip
    for other in (pickle.loads(pickle.dumps(scenario)), copy.deepcopy(scenario), hand, scenario.model_copy()):
        assert other == scenario
        assert (
            other.with_({"weeks": 130}) == scenario.with_({"weeks": 130}) == scenario.model_copy(update={"weeks": 130})
        )
    assert scenario != scenario.with_({"weeks": 130})
    assert scenario != "weaving"


def test_models_can_be_used_as_settings(weaving):
    """A strategy or network object from Python can be set directly."""
    scenario = Scenario.load(weaving).with_(
        {"strategies.mine": Strategy(hours=3, coordinators=()), "network": Karate()}
    )
    assert scenario.network == Karate()
    assert scenario.strategies["mine"].coordinators == ()
    assert Strategy(hours=3).coordinators == (CoordinatorSettings(hours=3),)
    with pytest.raises(ValidationError):
        CoordinatorSettings(connect={"close_triads": 2})
    with pytest.raises(ValidationError):
        Change(week=3)


@pytest.mark.parametrize("key", ["strategies", "strategies.customized", "giving", "network", "parameters"])
def test_a_setting_without_effect_raises_an_error(weaving, key):
    """Otherwise it would seem to have been applied."""
    scenario = Scenario.load(weaving)
    assert fault(scenario.with_, {key: {}}) == (f"with_: {key} is an empty table, which sets nothing; leave it out")
    assert tuple(scenario.with_({"strategies.new": {}}).strategies)[-1] == "new"


def test_from_document(tmp_path):
    """Python dictionaries give the same scenario as the file."""
    made = Scenario.from_document(tomllib.loads(WEAVING), label="weaving")
    assert made == Scenario.load(written(tmp_path, WEAVING))
    assert fault(Scenario.from_document, {"extends": "a.toml"}) == (
        "scenario: extends is allowed in scenario files only"
    )


def test_paths_are_relative_to_the_file_that_names_them(tmp_path, weaving):
    """This includes extended files."""
    (tmp_path / "base").mkdir()
    written(tmp_path / "base", "id\na\nb\n", "members.csv")
    written(tmp_path / "base", "from,to\na,b\n", "ties.csv")
    text = '[network]\nkind = "csv"\nmembers = "members.csv"\nties = "ties.csv"\n'
    written(tmp_path / "base", text, "base.toml")
    scenario = Scenario.load(written(tmp_path, 'extends = "base/base.toml"\n', "top.toml"))
    assert build(scenario.network, 1, 0, scenario.folder).names == ("a", "b")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    again = Scenario.load(written(elsewhere, scenario.to_toml(), "again.toml"))
    assert again == scenario
    print_before = scenario.fingerprint("none")
    moved = written(elsewhere, "id\na\nb\n", "moved.csv")
    assert scenario.with_({"network.members": str(moved)}).fingerprint("none") == print_before
    written(tmp_path / "base", "id\na\nb\nc\n", "members.csv")
    assert scenario.fingerprint("none") != print_before
    gone = scenario.with_({"network.ties": "gone.csv"})
    path = str(tmp_path / "gone.csv")
    message = f"network.ties is {path!r}, which cannot be read (No such file or directory)"
    assert fault(gone.fingerprint, "none") == f"{tmp_path / 'top.toml'}: {message}"


# Fingerprints


def test_the_fingerprint_depends_on_everything_that_changes_results(weaving):
    """It does not depend on titles, labels, seeds or other strategies."""
    scenario = Scenario.load(weaving)
    before = scenario.fingerprint("customized")
    assert re.fullmatch("[0-9a-f]{16}", before)
    same = [
        {"title": "Other"}, {"question": "Other?"}, {"seed": 9}, {"replicates": 3}, {"strategies.two.hours": 3},
        {"strategies.customized.label": "x"}, {"giving.base": -0.5},
        {"spreading.hops": BY_KEY["spreading.hops"].default},
        {"strategies.customized.connect.channels": 0}, {"network.sectors": 1},
        {"strategies.customized.coordinators": [{}]}, {"strategies.customized.money": -0.0},
    ]  # fmt: skip
    other = [
        {"weeks": 155}, {"giving.base": -0.6}, {"network.newcomers": 11}, {"network.kind": "star"}, {"changes": []},
        {"strategies.customized.hours": 11}, {"strategies.customized.policy": "never"}, {"changes.0.week": 31},
        {"strategies.customized.changes.0.week": 103}, {"strategies.customized.connect.channels": 0.01},
    ]  # fmt: skip
    assert {scenario.with_(settings).fingerprint("customized") for settings in same} == {before}
    assert len({before, *(scenario.with_(settings).fingerprint("customized") for settings in other)}) == len(other) + 1
    assert len({scenario.fingerprint(name) for name in scenario.strategies}) == 3


def test_resolved_includes_all_values(weaving):
    """The result is JSON-compatible and includes all parameters."""
    resolved = json.loads(json.dumps(Scenario.load(weaving).resolved(), allow_nan=False))
    assert set(resolved["parameters"]) == set(BY_KEY)
    assert resolved["parameters"]["giving.base"] == -0.5
    assert resolved["network"]["keep_random"] == 1.0
    assert resolved["changes"][0] == {"week": 30, "newcomers": 40}
    assert [one["hours"] for one in resolved["strategies"]["two"]["coordinators"]] == [5.0, 8.0]
    assert resolved["strategies"]["none"]["coordinators"] == []


# Round trips


def numbers(low, high, whole=False):
    """Return a search strategy for numbers within bounds."""
    return st.integers(int(low), int(high)) if whole else st.floats(low, high, allow_nan=False)


share_tables = st.dictionaries(st.sampled_from(list(LEVERS)), st.floats(0, 1 / len(LEVERS)))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
parameter_values = st.sampled_from(PARAMETERS).flatmap(
    lambda p: st.tuples(st.just(p.key), numbers(p.low, p.high, p.whole))
)
coordinator_fields = {
    "hours": numbers(0, 80),
    "hour_cost": numbers(0, 200),
    "money": numbers(0, 1e6),
    "hub_share": numbers(0, 1),
    "in_person": numbers(0, 1),
    "convenings": numbers(0, 4),
    "convening_first": numbers(0, 200, True),
    "convening_core": st.booleans(),
    "sets_agenda": st.booleans(),
    "policy": st.sampled_from(["weeks", "readiness", "never"]),
    "align_week": numbers(0, 60, True),
    "produce_week": numbers(60, 200, True),
    "ready_ties": numbers(0, 20),
    **dict.fromkeys(("connect", "align", "produce"), share_tables),
}
weeks = st.integers(0, 51)
changeable = [parameter for parameter in PARAMETERS if parameter.group != "measures"]
set_changes = st.dictionaries(st.sampled_from(changeable), st.floats(0, 1), min_size=1, max_size=3).map(
    lambda drawn: {p.key: p.low if p.whole else p.low + u * (p.high - p.low) for p, u in drawn.items()}
)
world_changes = st.one_of(
    st.fixed_dictionaries({"week": weeks, "newcomers": st.integers(1, 100)}),
    st.fixed_dictionaries({"week": weeks, "problem_shift": st.floats(0, 1)}),
    st.fixed_dictionaries({"week": weeks, "lose_members": st.floats(0, 1)}),
    st.fixed_dictionaries({"week": weeks, "lose_member": st.text("abc' ", min_size=1, max_size=9)}),
    st.fixed_dictionaries({"week": weeks, "set": set_changes}),
)
desk_changes = st.one_of(
    world_changes,
    st.fixed_dictionaries({"week": weeks, "coordinator_leaves": st.just(True)}),
    *(
        st.fixed_dictionaries({"week": weeks, factor: st.floats(0, 5)}, optional={"coordinator": st.just(0)})
        for factor in ACTIONS[6:]
    ),
)
coordinator_tables = st.fixed_dictionaries({}, optional=coordinator_fields)
strategy_tables = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            **coordinator_fields,
            "label": texts,
            "coordinators": st.lists(coordinator_tables, min_size=1, max_size=3),
            "changes": st.lists(desk_changes, max_size=3),
        },
    ),
    st.fixed_dictionaries({"coordinators": st.just([]), "changes": st.lists(world_changes, max_size=2)}),
)


@st.composite
def documents(draw):
    """Draw the tables of a valid scenario."""
    tables = {
        "title": draw(texts.filter(bool)),
        "question": draw(texts),
        "weeks": draw(st.integers(52, 5200)),
        "seed": draw(st.integers(0, 2**63 - 1)),
        "replicates": draw(st.integers(1, 1000)),
        "network": {"kind": draw(st.sampled_from(sorted(set(KINDS) - {"csv"}))), "newcomers": draw(st.integers(0, 9))},
        "changes": draw(st.lists(world_changes, max_size=4)),
        "strategies": draw(
            st.dictionaries(st.from_regex("[A-Za-z0-9_-]{1,9}", fullmatch=True), strategy_tables, max_size=3)
        ),
    }
    for key, value in dict(draw(st.lists(parameter_values, max_size=5))).items():
        group, name = key.split(".")
        tables.setdefault(group, {})[name] = value
    return tables


@pytest.mark.slow
@few
@given(documents())
def test_round_trip(tmp_path, tables):
    """A scenario that is saved and read again is equal, with the same fingerprint."""
    scenario = Scenario.from_document(tables)
    again = Scenario.load(written(tmp_path, scenario.to_toml()))
    assert again == scenario
    assert again.to_toml() == scenario.to_toml()
    assert again.resolved() == scenario.resolved()
    for name in scenario.strategies:
        assert again.fingerprint(name) == scenario.fingerprint(name)
        assert again.coordinator_records(name).tobytes() == scenario.coordinator_records(name).tobytes()
        assert again.change_records(name).tolist() == scenario.change_records(name).tolist()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from([
    "title", "weeks", "seed", "network", "network.kind", "network.degree", "network.members", "giving", "giving.base",
    "groups.smallest", "changes", "changes.0", "changes.0.week", "changes.0.set", "changes.3.set",
    "strategies", "strategies.two", "strategies.two.hours", "strategies.two.connect", "strategies.two.label",
    "strategies.two.coordinators", "strategies.two.coordinators.0", "strategies.two.coordinators.0.align",
    "strategies.two.changes", "strategies.customized.changes.0.coordinator", "strategies.two.align.newsletter",
])  # fmt: skip


@pytest.mark.slow
@checks(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(keys, anything, min_size=1, max_size=2))
def test_any_setting_works_or_raises_a_scenario_error(tmp_path, settings):
    """There is no traceback, and no wording of pydantic."""
    scenario = Scenario.load(written(tmp_path, WEAVING))
    try:
        changed = scenario.with_(settings)
    except ScenarioError as error:
        assert str(error)
        assert not re.search("Input should|pydantic|validation error|Traceback", str(error))
    else:
        assert Scenario.load(written(tmp_path, changed.to_toml(), "changed.toml")) == changed


def test_frozen_mappings_compare_and_hash():
    """They compare and hash by content."""
    assert Frozen({"a": 1.0, "b": 2.0}) == {"b": 2.0, "a": 1.0}
    assert hash(Frozen({"a": 1.0, "b": 2.0})) == hash(Frozen({"b": 2.0, "a": 1.0}))
    assert repr(Frozen({"a": 1})) == "{'a': 1}"


# Mistakes: the whole message, after the name of the file


LEVERS_KNOWN = ", ".join(LEVERS)
ONE_ACTION = f"allowed is exactly one of {', '.join(ACTIONS)}"
MISTAKES = {
    "weks = 3": "weks is unknown; did you mean weeks?",
    "[givin]\nbase = 1": "givin is unknown; did you mean giving?",
    "[giving]\nbse = 1": "giving.bse is unknown; did you mean giving.base?",
    "[trust]\nsmallest = 1": "trust.smallest is unknown; did you mean groups.smallest?",
    "[giving]\nbase = 11": "giving.base is 11; allowed are numbers from -10 to 10 (logit)",
    "[giving]\nbase = nan": "giving.base is nan; allowed are numbers from -10 to 10 (logit)",
    "[giving]\nbase = -inf": "giving.base is -inf; allowed are numbers from -10 to 10 (logit)",
    "[giving]\nbase = true": "giving.base is true; allowed are numbers from -10 to 10 (logit)",
    "[giving]\nbase = '1'": "giving.base is '1'; allowed are numbers from -10 to 10 (logit)",
    "[groups]\nsmallest = 4.5": "groups.smallest is 4.5; allowed are whole numbers from 2 to 16 (members)",
    "giving = 3": "giving is 3; a table is needed",
    "title = 3": "title is 3; allowed is text of 1 to 200 characters, in quotes",
    "title = ''": "title is ''; allowed is text of 1 to 200 characters, in quotes",
    "weeks = 0": "weeks is 0; allowed are whole numbers from 1 to 5,200",
    "weeks = 5201": "weeks is 5201; allowed are whole numbers from 1 to 5,200",
    "weeks = 10.5": "weeks is 10.5; allowed are whole numbers from 1 to 5,200",
    "weeks = true": "weeks is true; allowed are whole numbers from 1 to 5,200",
    "weeks = 1979-05-27": "weeks is 1979-05-27; allowed are whole numbers from 1 to 5,200",
    "seed = -1": "seed is -1; allowed are whole numbers from 0 to 9,223,372,036,854,775,807",
    "network = 'karate'": "network is 'karate'; a table is needed",
    "network.kind = 'karrate'": "network.kind is 'karrate', which is unknown; did you mean karate?",
    "network.kind = 3": f"network.kind is 3, which is unknown; known are {', '.join(KINDS)}",
    "[network]\nkind = 'karate'\ndegree = 3": (
        "network.degree is unknown for kind 'karate'"
        " (known for communities, random, small_world, core_periphery, connectivity, star);"
        f" known are {', '.join(KINDS['karate'].model_fields)}"
    ),
    "network.membrs = 3": "network.membrs is unknown; did you mean members?",
    "network.members = 1": "network.members is 1; allowed are whole numbers from 2 to 1,000,000",
    "network.members = '9'": "network.members is '9'; allowed are whole numbers from 2 to 1,000,000",
    "network.organisations = true": "network.organisations is true; allowed are numbers from 0 to 1",
    "network.organisations = nan": "network.organisations is nan; allowed are numbers from 0 to 1",
    "[network]\nmembers = 5\ndegree = 9": ("network is impossible: degree 9 is more than the 4 other members"),
    "[network]\nkind = 'small_world'\ndegree = 3": "network.degree is 3; allowed are multiples of 2 from 2 to 150",
    "[network]\nkind = 'core_periphery'\ncore = 1": "network.core is 1; allowed are numbers above 0 and below 1",
    "[network]\nkind = 'csv'\nties = 'a.csv'": (
        "network.members is missing; allowed is text of 1 to 4,096 characters, in quotes"
    ),
    "changes = 3": "changes is 3; a list of tables is needed ([[changes]])",
    "changes = [3]": "changes.0 is 3; a table is needed",
    "[[changes]]\nnewcomers = 3": "changes.0.week is missing; allowed are whole numbers from 0 to 5,199",
    "[[changes]]\nweek = 3": f"changes.0 has no action; {ONE_ACTION}",
    "[[changes]]\nweek = 3\nnewcomers = 3\nlose_members = 0.1": (
        f"changes.0 has newcomers and lose_members; {ONE_ACTION}"
    ),
    "[[changes]]\nweek = 3\nnewcomer = 3": "changes.0.newcomer is unknown; did you mean newcomers?",
    "[[changes]]\nweek = 3\nnewcomers = 0": "changes.0.newcomers is 0; allowed are whole numbers from 1 to 100,000",
    "[[changes]]\nweek = 3\nlose_members = 1.5": "changes.0.lose_members is 1.5; allowed are numbers from 0 to 1",
    "[[changes]]\nweek = 156\nnewcomers = 1": (
        "changes.0.week is 156: it never happens; allowed are weeks from 0 to 155"
    ),
    "[[changes]]\nweek = 3\nset = {}": "changes.0.set is empty; allowed are parameters by group.name",
    "[[changes]]\nweek = 3\nset = { measures.every = 5 }": (
        "changes.0.set.measures.every cannot change during a run; set how things are measured for the whole run"
    ),
    "[[changes]]\nweek = 3\nset = 3": "changes.0.set is 3; a table is needed",
    "[[changes]]\nweek = 3\nset = { trust.decai = 1 }": (
        "changes.0.set.trust.decai is unknown; did you mean trust.decay?"
    ),
    "[[changes]]\nweek = 3\nset = { trust.decay = 2 }": (
        f"changes.0.set.trust.decay is 2; allowed are numbers from 0 to 1 ({BY_KEY['trust.decay'].unit})"
    ),
    "[[changes]]\nweek = 3\nset = { trust.decay = 0, 'trust.decay' = 0 }": (
        "changes.0.set.trust.decay is set twice; allowed is once"
    ),
    "[[changes]]\nweek = 3\nnewcomers = 3\ncoordinator = 0": (
        "changes.0.coordinator has no meaning with newcomers; leave it out"
    ),
    "[[changes]]\nweek = 3\nhours_factor = 0.5": (
        "changes.0.hours_factor concerns coordinators, but no strategy has a coordinator; leave the change out"
    ),
    "strategies = 3": "strategies is 3; a table is needed",
    "[strategies]\na = 3": "strategies.a is 3; a table is needed",
    "[strategies.'a b']": "strategies holds the name 'a b'; allowed are letters, digits, - and _, 1 to 64 of them",
    "[strategies.a]\nhuors = 3": "strategies.a.huors is unknown; did you mean hours?",
    "[strategies.a]\nhours = -3": "strategies.a.hours is -3; allowed are numbers from 0 to 10,000",
    "[strategies.a]\nhours = '3'": "strategies.a.hours is '3'; allowed are numbers from 0 to 10,000",
    "[strategies.a]\nconvening_core = 1": "strategies.a.convening_core is 1; allowed are true and false",
    "[strategies.a]\npolicy = 'week'": "strategies.a.policy is 'week'; allowed are 'weeks', 'readiness', 'never'",
    "[strategies.a]\nalign_week = 91": (
        "strategies.a.align_week is 91; allowed are weeks up to produce_week, which is 90"
    ),
    "[strategies.a]\nconnect = 3": "strategies.a.connect is 3; a table is needed",
    "[strategies.a]\nconnect = { newsleter = 1 }": (
        "strategies.a.connect.newsleter is unknown; did you mean newsletter?"
    ),
    "[strategies.a]\nconnect = { policy = 1 }": f"strategies.a.connect.policy is unknown; known are {LEVERS_KNOWN}",
    "[strategies.a]\nalign = { channels = -0.1 }": (
        "strategies.a.align.channels is -0.1; allowed are numbers from 0 to 1"
    ),
    "[strategies.a]\nproduce = { channels = 0.6, newsletter = 0.5 }": (
        "strategies.a.produce adds up to 1.1; allowed are shares that add up to at most 1 (the rest is idle)"
    ),
    "[strategies.a]\ncoordinators = 2": (
        "strategies.a.coordinators is 2; a list of tables is needed ([[strategies.a.coordinators]])"
    ),
    "[[strategies.a.coordinators]]\nhors = 2": "strategies.a.coordinators.0.hors is unknown; did you mean hours?",
    "[strategies.a]\nproduce_week = 50\n[[strategies.a.coordinators]]\nalign_week = 60": (
        "strategies.a.coordinators.0.align_week is 60; allowed are weeks up to produce_week, which is 50"
    ),
    "[[strategies.a.changes]]\nweek = 200\ncoordinator_leaves = true": (
        "strategies.a.changes.0.week is 200: it never happens; allowed are weeks from 0 to 155"
    ),
    "[[strategies.a.changes]]\nweek = 2\ncoordinator_leaves = false": (
        "strategies.a.changes.0.coordinator_leaves is false; allowed is true (leave the change out otherwise)"
    ),
    "[[strategies.a.changes]]\nweek = 2\nhub_factor = 0\ncoordinator = 1": (
        "strategies.a.changes.0.coordinator is 1; allowed are 0 (the first is 0)"
    ),
    "[strategies.a]\ncoordinators = []\n[[strategies.a.changes]]\nweek = 2\nmoney_factor = 0": (
        "strategies.a.changes.0.money_factor concerns coordinators, but the strategy has no coordinators;"
        " leave the change out"
    ),
}


@pytest.mark.parametrize("text", MISTAKES, ids=lambda text: text.replace("\n", "; ")[:60])
def test_errors_in_a_file(tmp_path, text):
    """Each error is one line that names the file, the key, the value and the allowed values."""
    path = written(tmp_path, text)
    assert fault(Scenario.load, path) == "\n".join(f"{path}: {line}" for line in MISTAKES[text].splitlines())


def test_all_errors_are_reported_with_their_file(tmp_path):
    """There is one line per error; errors in an extended file name that file."""
    base = written(tmp_path, "weeks = 0\n[giving]\nbase = 11\ncost = 99\n", "base.toml")
    text = 'extends = "base.toml"\n[giving]\ncost = -1\n[network]\nnewcomers = "many"\n[strategies.a]\nhours = true\n'
    top = written(tmp_path, text, "top.toml")
    assert fault(Scenario.load, top, ["giving.identity=-2"]).splitlines() == [
        f"{base}: weeks is 0; allowed are whole numbers from 1 to 5,200",
        f"{top}: network.newcomers is 'many'; allowed are whole numbers from 0 to 100,000",
        f"{base}: giving.base is 11; allowed are numbers from -10 to 10 (logit)",
        f"{top}: giving.cost is -1; allowed are numbers from 0 to 5 ({BY_KEY['giving.cost'].unit})",
        f"--set: giving.identity is -2; allowed are numbers from 0 to 20 ({BY_KEY['giving.identity'].unit})",
        f"{top}: strategies.a.hours is true; allowed are numbers from 0 to 10,000",
    ]


def test_files_that_cannot_be_read(tmp_path, weaving):
    """Cases: missing, a folder, not TOML, not UTF-8, extending itself or nothing."""
    missing = tmp_path / "weavin.toml"
    assert fault(Scenario.load, missing) == f"{missing}: there is no such file; did you mean weaving.toml?"
    assert fault(Scenario.load, tmp_path) == f"{tmp_path}: is a folder; a scenario file (TOML) is needed"
    broken = written(tmp_path, "weeks = 3\nseed 4\n", "broken.toml")
    expected = "is not TOML: expected '=' after a key in a key/value pair (column 6)"
    assert fault(Scenario.load, broken) == f"{broken}, line 2: {expected}"
    open_end = written(tmp_path, "weeks = 3\nseed = [", "open.toml")
    assert fault(Scenario.load, open_end).startswith(f"{open_end}, line 2: is not TOML: ")
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"weeks = 3\ntitle = 'caf\xe9'\n")
    assert fault(Scenario.load, latin) == f"{latin}, line 2: byte 0xe9 is not UTF-8"
    lost = written(tmp_path, 'extends = "nowhere/a.toml"', "lost.toml")
    assert fault(Scenario.load, lost) == f"{lost}: extends: {tmp_path / 'nowhere' / 'a.toml'}: there is no such file"
    odd = written(tmp_path, "extends = 3", "odd.toml")
    assert fault(Scenario.load, odd) == f"{odd}: extends is 3; allowed is a path to a scenario file, in quotes"


def test_cycles_raise_errors(tmp_path):
    """Cycles of any length are detected."""
    one = written(tmp_path, 'extends = "two.toml"', "one.toml")
    two = written(tmp_path, 'extends = "one.toml"', "two.toml")
    assert fault(Scenario.load, one) == (
        f"{two}: extends is 'one.toml', which is circular: one.toml -> two.toml -> one.toml"
    )


SET_MISTAKES = {
    ("weeks",): "is 'weeks'; allowed is key=value, such as giving.base=-0.5",
    ("=3",): "is '=3'; allowed is key=value, such as giving.base=-0.5",
    ("giving..base=3",): "'giving..base' is not a key; allowed are names joined by single dots",
    ("giving.base=1", "giving.base=2"): "giving.base is set twice in one call; allowed is once",
    ("giving={base=1}", "giving.base=2"): "giving.base is set twice in one call; allowed is once",
    ("strategies.two.connect={}", "strategies.two.connect.channels=1"): (
        "strategies.two.connect is set twice in one call,"
        " by strategies.two.connect and strategies.two.connect.channels; allowed is once"
    ),
    ("extends=a.toml",): "extends cannot be set here; allowed is in a scenario file only",
    ("strategies.tow.hours=3",): "strategies.tow is unknown; did you mean two?",
    ("changes.7.week=3",): (
        "changes.7.week is unknown; changes is a list without a place '7'; known are places 0 to 3"
    ),
    ("weeks.x=3",): "weeks.x is unknown: weeks is not a table",
    ("weeks=many",): "weeks is 'many'; allowed are whole numbers from 1 to 5,200",
    ("strategies.none.label=5",): "strategies.none.label is 5; allowed is text of 0 to 200 characters, in quotes",
}


@pytest.mark.parametrize("sets", SET_MISTAKES, ids=" ".join)
def test_errors_in_settings(weaving, sets):
    """They name the command line, not the file."""
    assert fault(Scenario.load, weaving, sets) == f"--set: {SET_MISTAKES[sets]}"


def test_errors_in_derived_copies(weaving):
    """They name `with_`; a change beyond a shortened horizon names the file."""
    scenario = Scenario.load(weaving)
    assert fault(scenario.with_, {"giving.base": 11}) == (
        "with_: giving.base is 11; allowed are numbers from -10 to 10 (logit)"
    )
    assert fault(scenario.with_, {"title": "\ud800"}).startswith("with_: title is '\\ud800'; allowed is text of")
    assert fault(scenario.with_, {"weeks": 110}) == (
        f"{weaving}: changes.1.week is 120: it never happens; allowed are weeks from 0 to 109"
    )


def test_faults_of_the_whole_come_with_those_of_its_parts(tmp_path):
    text = "weeks = 50\n[network]\nmembers = -1\n[strategies.'a b']\nhours = -1\n"
    text += "[[strategies.'a b'.changes]]\nweek = 60\nnewcomers = 3\n"
    lines = fault(Scenario.load, written(tmp_path, text, "bad.toml")).splitlines()
    assert len(lines) == 4 and any("it never happens" in line for line in lines), lines


# The schema


def test_schema_names_every_key_with_its_bounds():
    """Parameters have bounds, unit and label; all fields of all parts have a description."""
    schema = json.loads(json.dumps(json_schema()))
    assert set(GROUPS) < set(schema["properties"])
    for parameter in PARAMETERS:
        found = schema["properties"][parameter.group]["properties"][parameter.name]
        assert (found["minimum"], found["maximum"], found["default"]) == (
            parameter.low,
            parameter.high,
            parameter.default,
        )
        assert (found["unit"], found["title"]) == (parameter.unit, parameter.label)
    strategy = schema["properties"]["strategies"]["additionalProperties"]
    assert set(strategy["properties"]) == set(Strategy.model_fields)
    assert strategy["properties"]["connect"]["default"] == CONNECT_SHARES
    assert len(schema["properties"]["network"]["oneOf"]) == len(KINDS)
    for properties in (strategy["properties"], schema["$defs"]["Change"]["properties"]):
        assert all(field.get("description") for field in properties.values())
    refs = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema)))
    assert refs <= set(schema["$defs"])


def test_a_strategy_set_to_false_is_dropped(tmp_path):
    (tmp_path / "base.toml").write_text("weeks = 20\n[strategies.a]\nhours = 5\n[strategies.b]\nhours = 6\n")
    (tmp_path / "less.toml").write_text('extends = "base.toml"\n[strategies]\na = false\n')
    assert list(Scenario.load(tmp_path / "less.toml").strategies) == ["b"]
    base = Scenario.load(tmp_path / "base.toml", ["strategies.b=false"])
    assert list(base.strategies) == ["a"]
    with pytest.raises(ScenarioError):
        Scenario.load(tmp_path / "base.toml", ["strategies.c=false"])


def test_a_member_who_leaves_is_found_by_name_or_id_in_the_start_network(tmp_path):
    (tmp_path / "m.csv").write_text("id,name\na,Mia\nb,Noor\nc,Oki\nd,Oki\n")
    (tmp_path / "t.csv").write_text("from,to\na,b\nb,c\n")
    table = {"network": {"kind": "csv", "members": "m.csv", "ties": "t.csv"}}

    def records(name):
        made = Scenario.from_document({**table, "changes": [{"week": 3, "lose_member": name}]}, tmp_path)
        return made.change_records("none", build(made.network, 1, 0, tmp_path)).tolist(), made.fingerprint("none")

    mia, noor = records("Mia"), records("b")
    assert [row[0][2] for row, _ in (mia, noor)] == [0, 1] and mia[1] != noor[1]
    with pytest.raises(ScenarioError, match=r"lose_member is 'Nor', but no member .*; did you mean 'Noor'"):
        records("Nor")
    with pytest.raises(ScenarioError, match="lose_member is 'Oki', the name of 2 members; use the id of one"):
        records("Oki")


@pytest.mark.parametrize(("action", "field"), [("budget_factor", "hours"), ("money_factor", "money")])
def test_factors_cannot_multiply_a_budget_without_bounds(action, field):
    def tables(number, where):
        changes = [{"week": week, action: 1000.0} for week in range(number)]
        strategy = {"hours": 10.0, "money": 1000.0, "changes": changes if where == "strategy" else []}
        return {
            "changes": changes if where == "scenario" else [],
            "strategies": {"it": strategy},
            "network": {"kind": "karate"},
        }

    for where in ("scenario", "strategy"):
        Scenario.from_document(tables(2, where))
        with pytest.raises(ScenarioError, match=rf"changes multiply the {field} of coordinator 0 under 'it' to"):
            Scenario.from_document(tables(120, where))
