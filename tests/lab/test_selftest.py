"""The self-test: known bits, invariants that notice what is wrong, and exit codes."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.cli.app import app
from sim.lab import selftest
from sim.lab.invariants import violations
from sim.lab.selftest import (
    ELSEWHERE,
    SAME_PLATFORM,
    SCENARIOS,
    Check,
    child,
    digest_of,
    digests,
    disk_and_locks,
    finished_world,
    known,
    scenario_of,
)
from sim.model.tie_rows import half
from sim.model.world import copy_world, fields_in_use


@pytest.fixture(scope="module")
def world():
    return finished_world("communities")


@pytest.mark.skipif(not SAME_PLATFORM, reason="bits are promised on x86-64 with glibc: libm differs elsewhere")
def test_the_digests_are_those_of_this_model():
    assert digests() == known()["digests"], (
        "after a change of the model: python -m tests.model.baseline; after a new lever: python -m sim.lab.selftest"
    )


@pytest.mark.skipif(not SAME_PLATFORM, reason="bits are promised on x86-64 with glibc: libm differs elsewhere")
def test_a_field_that_is_new_moves_no_known_digest(world, monkeypatch):
    kept = digest_of(world)
    names = known()["fields"]
    monkeypatch.setattr(selftest, "known", lambda: {"fields": names[:-1]})
    assert digest_of(world) != kept == digest_of(world, names)
    monkeypatch.setattr(selftest, "fields_in_use", lambda world: {**fields_in_use(world), "weekly.new": np.ones(3)})
    assert digest_of(world, names) == kept


@pytest.mark.skipif(not SAME_PLATFORM, reason="bits are promised on x86-64 with glibc: libm differs elsewhere")
def test_digests_do_not_depend_on_locale_and_time_zone():
    code = "from sim.lab.selftest import *; print(digest_of(finished_world('karate')))"
    assert child(code, ELSEWHERE).stdout.strip() == known()["digests"]["karate"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_invariants_hold(name):
    people = scenario_of(name).strategies["it"].coordinators
    world = finished_world(name, 2)
    assert violations(world, sum(one.hours for one in people), sum(one.money for one in people)) == []
    assert world.network[0].gifts_logged > 100


def test_tables_grow_in_one_of_the_scenarios():
    assert len(finished_world("growth").members) > 40 * 1.5 + 256


def broken_tie(world):
    half(world, 0, 0).trust = np.nan


def one_sided(world):
    half(world, 0, 0).mirror += 1


def to_a_leaver(world):
    other = half(world, 0, 0).other
    world.members.active[other] = 0
    world.members.degree[other] = 0


def twice(world):
    half(world, 0, 1).other = half(world, 0, 0).other


def one_gift_more(world):
    world.weekly.gifts[3] += 1


def one_gift_less(world):
    world.network[0].gifts_logged -= 1


def value_lost(world):
    world.weekly.value_received[5] *= 1.001


def somebody_lost(world):
    world.weekly.dropped_out[9] += 1


def overspent(world):
    world.weekly.money[0] = 1e6


def overworked(world):
    world.weekly.hours[7] = 13.0


def overdrawn(world):
    world.coordinators.purse[0] = -1.0


def outside(world):
    world.members.identity[2] = 1.5


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (broken_tie, "ties.trust is not finite"),
        (one_sided, "tie"),
        (to_a_leaver, "somebody who left"),
        (twice, "tie"),
        (one_gift_more, "gifts by kind"),
        (one_gift_less, "gifts taken are not"),
        (value_lost, "value received"),
        (somebody_lost, "members do not balance"),
        (overspent, "more money"),
        (overworked, "more hours"),
        (overdrawn, "overdrawn"),
        (outside, "outside 0 to 1"),
    ],
)
def test_what_is_wrong_is_noticed(world, harm, words):
    harmed = copy_world(world)
    harm(harmed)
    assert any(words in text for text in violations(harmed, 12.0, 8000.0)), violations(harmed, 12.0, 8000.0)
    assert violations(world, 12.0, 8000.0) == []


def test_files_and_locks_work_here():
    assert disk_and_locks(False)[0] == "passed"


@pytest.mark.parametrize(("verdict", "code"), [("passed", 0), ("skipped", 0), ("failed", 1)])
def test_the_command_ends_with_1_if_a_check_failed(monkeypatch, verdict, code):
    checks = [Check("one", "passed", "all", 0.1), Check("other", verdict, "some", 0.1)]
    monkeypatch.setattr(selftest, "CHECKS", {"one": None, "other": None})
    monkeypatch.setattr(selftest, "run_checks", lambda long: iter(checks))
    result = CliRunner().invoke(app, ["selftest", "--json"])
    assert result.exit_code == code
    assert json.loads(result.stdout)["checks"][1] == {
        "name": "other",
        "verdict": verdict,
        "text": "some",
        "seconds": 0.1,
    }
    assert CliRunner().invoke(app, ["selftest"]).stdout.count("some") == 1


def test_a_check_that_raises_an_error_has_failed(monkeypatch):
    def fault(long):
        raise OSError("the disk is gone")

    monkeypatch.setattr(selftest, "CHECKS", {"disk": fault})
    (check,) = selftest.run_checks()
    assert check.verdict == "failed" and check.text == "OSError: the disk is gone"


def test_another_model_has_no_known_bits(monkeypatch):
    monkeypatch.setattr(selftest, "known", lambda: {"model_version": "0" * 12, "digests": {"karate": "1"}})
    assert selftest.compared({"karate": "2"})[0] == "skipped"
    monkeypatch.setattr(
        selftest, "known", lambda: {"model_version": selftest.MODEL_VERSION, "digests": {"karate": "1"}}
    )
    monkeypatch.setattr(selftest, "SAME_PLATFORM", True)
    assert selftest.compared({"karate": "2"}) == ("failed", "karate give other bits than the known ones")
