"""The week's schedule: the compiled loop follows it, every phase is tested, and modules keep to their layers."""

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from sim.model import engine
from sim.model.schedule import SCHEDULE
from sim.model.steps import STEPS

TESTS = Path(__file__).parent
PARTS = ("exchange", "take_part", "work", "come_and_go")
LOOPS = {
    "coordinator": "range(len(world.coordinators))",
    "member in keyed order": "range(keyed_order(world, luck))",
    "member": "range(here)",
    "group": "range(world.network.group_rows)",
}
ROWS = {
    "coordinator": "c",
    "member in keyed order": "int(world.scratch[place].order)",
    "member": "int(world.listed[n])",
    "group": "g",
}

# Most members look for no group in most weeks: the loop puts only those in order who do.
ALONE = {"gather": "range(seekers(world, p, luck))"}

# Which tests hold a phase's rule: module and functions.  A phase without a test fails the suite.
TESTED = {
    "happen": ("rules.test_changes", ["test_changes_happen_in_their_week_only", "test_budgets_are_scaled"]),
    "turn_of_events": ("rules.test_production", ["test_demand_recovers_and_outputs_become_news"]),
    "plan": ("rules.test_production", ["test_an_organisation_plans_once_a_year"]),
    "open_week": ("weaving.test_policy", ["test_what_coordinators_offer_together", "test_by_week"]),
    "weave": ("weaving.test_policy", ["test_every_lever_costs_its_hours_and_does_something"]),
    "give": ("rules.test_giving", ["test_giving_rises_with_generosity_expectation_identity_and_engagement"]),
    "read_news": ("rules.test_identity", ["test_a_newsletter_makes_contacts_work_known_to_active_readers"]),
    "learn": ("rules.test_reciprocity", ["test_expectation_falls_without_reward_and_rises_with_it"]),
    "belong": ("rules.test_identity", ["test_value_from_strangers_counts_more"]),
    "talk": ("rules.test_alignment", ["test_views_come_closer_within_tolerance_and_not_beyond"]),
    "think": ("rules.test_alignment", ["test_viewpoints_drift_within_bounds"]),
    "gather": ("rules.test_groups", ["test_members_join_a_group_in_which_they_trust_somebody"]),
    "meet": ("rules.test_groups", ["test_a_group_moves_on_when_it_coheres_and_then_when_it_agrees"]),
    "produce": ("rules.test_production", ["test_progress_rises_with_everything_it_draws_on"]),
    "consider_leaving": ("rules.test_membership", ["test_a_group_that_breaks_away_takes_its_members"]),
    "stay_or_leave": ("rules.test_membership", ["test_engagement_follows_benefit_minus_cost"]),
    "refer": ("rules.test_membership", ["test_members_with_identity_refer_others_and_are_their_first_tie"]),
    "newcomers": ("rules.test_membership", ["test_newcomers_arrive_unconnected_in_proportion_to_the_start"]),
    "keep_in_touch": ("weaving.test_customized", ["test_bonds_rise_with_contact_and_fade_without"]),
    "reckon_upkeep": ("rules.test_trust", ["test_common_contacts_slow_fading_and_load_speeds_it_up"]),
    "fade": ("rules.test_trust", ["test_ties_below_the_floor_vanish_from_both_rows"]),
    "measure": ("measures.test_weekly", ["test_structure_is_what_networkx_finds"]),
    "survey": ("measures.test_weekly", ["test_maps_and_surveys_come_at_their_intervals"]),
    "map_structure": ("measures.test_weekly", ["test_a_map_agrees_with_networkx"]),
    "close_week": ("measures.test_weekly", ["test_every_count_of_the_tally_is_cleared_with_the_week"]),
}


def calls_of_the_loop():
    """What the compiled loop does: (phase's rule, number of its luck, what it loops over, row), in order."""
    functions = {
        node.name: node for node in ast.parse(inspect.getsource(engine)).body if isinstance(node, ast.FunctionDef)
    }
    found, number = [], None

    def luck_number(node):
        """The number in `luck_of(number, world)`, if that is what it is."""
        is_luck = isinstance(node, ast.Call) and ast.unparse(node.func) == "luck_of"
        return node.args[0].value if is_luck else None

    for part in PARTS:
        for node in functions[part].body:
            if isinstance(node, ast.Assign):
                if ast.unparse(node.targets[0]) == "here":
                    assert ast.unparse(node.value) == "list_active(world)"
                    continue
                assert ast.unparse(node.targets[0]) == "luck"
                number = luck_number(node.value)
            elif isinstance(node, ast.For):
                assert len(node.body) == 1
                call = node.body[0].value
                assert [ast.unparse(a) for a in call.args[1:]] == ["world", "p", "luck"]
                found.append((ast.unparse(call.func), number, ast.unparse(node.iter), ast.unparse(call.args[0])))
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                call = node.value
                assert [ast.unparse(a) for a in call.args[:2]] == ["world", "p"]
                found.append((ast.unparse(call.func), luck_number(call.args[2]), "", ""))
    weeks = [ast.unparse(node.func) for node in ast.walk(functions["run_weeks"]) if isinstance(node, ast.Call)]
    assert tuple(name for name in weeks if name in PARTS) == PARTS
    return found


def test_the_compiled_loop_calls_the_phases_of_the_schedule_in_order():
    expected = [
        (phase.name, phase.number, ALONE.get(phase.name, LOOPS.get(phase.who, "")), ROWS.get(phase.who, ""))
        for phase in SCHEDULE
    ]
    assert calls_of_the_loop() == expected


def test_phases_are_numbered_and_named_once_and_their_rules_are_called_so():
    assert len({phase.number for phase in SCHEDULE}) == len({phase.name for phase in SCHEDULE}) == len(SCHEDULE)
    for phase in SCHEDULE:
        assert phase.rule.__name__ == phase.name == getattr(engine, phase.name).__name__
        assert getattr(engine, phase.name) is phase.rule
        assert phase.what.endswith(".") or len(phase.what) > 20


def test_every_phase_has_a_step():
    assert list(STEPS) == [phase.name for phase in SCHEDULE]


@pytest.mark.parametrize("phase", SCHEDULE, ids=lambda phase: phase.name)
def test_every_phase_has_a_test(phase):
    assert phase.name in TESTED, f"no test is registered for the phase {phase.name}"
    module, names = TESTED[phase.name]
    assert names
    source = ast.parse((TESTS / f"{module.replace('.', '/')}.py").read_text())
    there = {node.name for node in source.body if isinstance(node, ast.FunctionDef)}
    assert set(names) <= there, f"{module}: {set(names) - there}"
    assert all(callable(getattr(import_module(f"tests.model.{module}"), name)) for name in names)


def test_no_phase_is_registered_that_is_gone():
    assert set(TESTED) == {phase.name for phase in SCHEDULE}
