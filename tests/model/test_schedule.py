"""The weekly schedule: phases have unique numbers and names, and the loop runs them in order."""

from collections import Counter

import pytest

from sim.model import engine
from sim.model.schedule import PHASES, SCHEDULE, Phase
from tests.model.worlds import complete, coordinator, make_group, make_world, parameters, view


def test_phases_have_unique_numbers_and_names():
    assert len({phase.number for phase in SCHEDULE}) == len(PHASES) == len(SCHEDULE)


@pytest.mark.parametrize("phase", SCHEDULE, ids=lambda phase: phase.name)
def test_every_phase_has_a_description(phase):
    assert phase.what.endswith(".") or len(phase.what) > 20


def recording(calls, phase):
    """Return a copy of a phase whose rule records its calls."""

    def rule(*arguments):
        calls.append((phase.number, arguments[0] if phase.who != "network" else None, int(arguments[-1])))

    def candidates(world, p, luck):
        world.scratch[0].order = 1
        return 1

    return Phase(phase.number, phase.who, rule, candidates if phase.candidates else None)


def test_all_actors_of_every_phase_are_called_in_order(monkeypatch):
    monkeypatch.setattr(engine, "inlined", lambda function: function)
    world = make_world(5, complete(*range(5)), coordinators=[coordinator(), coordinator()])
    make_group(world, 0, 1)
    world.members.active[3] = 0
    calls = []
    engine.in_order([recording(calls, phase) for phase in SCHEDULE])(view(world), parameters(world))
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
