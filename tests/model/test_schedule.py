"""The week's schedule: phases have unique numbers and names, and the loop carries them out in the schedule's order."""

from collections import Counter

import pytest

from sim.model import engine
from sim.model.schedule import PHASES, SCHEDULE, Phase
from tests.model.worlds import complete, coordinator, make_group, make_world, parameters, view


def test_phases_have_numbers_and_names_of_their_own():
    assert len({phase.number for phase in SCHEDULE}) == len(PHASES) == len(SCHEDULE)


@pytest.mark.parametrize("phase", SCHEDULE, ids=lambda phase: phase.name)
def test_a_phase_says_in_plain_words_what_its_rule_does(phase):
    assert phase.what.endswith(".") or len(phase.what) > 20


def noting(calls, phase):
    """A phase like another one, whose rule notes who was called instead."""

    def rule(*arguments):
        calls.append((phase.number, arguments[0] if phase.who != "network" else None, int(arguments[-1])))

    def candidates(world, p, luck):
        world.scratch[0].order = 1
        return 1

    return Phase(phase.number, phase.who, rule, candidates if phase.candidates else None)


def test_everybody_who_acts_in_a_phase_is_called_in_the_schedules_order(monkeypatch):
    monkeypatch.setattr(engine, "inlined", lambda function: function)
    world = make_world(5, complete(*range(5)), coordinators=[coordinator(), coordinator()])
    make_group(world, 0, 1)
    world.members.active[3] = 0
    calls = []
    engine.in_order([noting(calls, phase) for phase in SCHEDULE])(view(world), parameters(world))
    assert list(dict.fromkeys(number for number, _, _ in calls)) == [phase.number for phase in SCHEDULE]
    lucks = Counter(number for number, _ in {(number, luck) for number, _, luck in calls})
    assert set(lucks.values()) == {1} and len({luck for _, _, luck in calls}) == len(SCHEDULE)
    who = {phase.number: [row for number, row, _ in calls if number == phase.number] for phase in SCHEDULE}
    expected = {"network": [None], "coordinator": [0, 1], "member": [0, 1, 2, 4], "group": [0]}
    for phase in SCHEDULE:
        rows = who[phase.number]
        if phase.candidates:
            assert rows == [1]
        elif phase.who == "member in keyed order":
            assert sorted(rows) == [0, 1, 2, 4]
        else:
            assert rows == expected[phase.who]
