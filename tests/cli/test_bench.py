"""`gennet bench`: what it reports hangs together.  One run of uncompiled rules, at tiny sizes, serves all tests."""

import json
import os
import subprocess
import sys

import pytest

from sim.cli.bench.week import PHASE_ENTRIES, bench_scenario, opened
from sim.model.schedule import SCHEDULE
from sim.model.world import bytes_of
from tests.conftest import COVERED

SIZES = (10, 12)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """What `gennet bench --json` printed, and the folder of its page."""
    folder = tmp_path_factory.mktemp("bench")
    options = [*(word for size in SIZES for word in ("--members", str(size))), "--weeks", "13", "--repeats", "1"]
    command = [sys.executable, "-m", "sim", "bench", *options, "--page", str(folder / "speed.md"), "--json"]
    output = subprocess.check_output(command, env={**os.environ, **COVERED, "GENNET_COMPILED": "0"}, text=True)
    return json.loads(output), folder


def test_each_size_reports_time_by_week_gift_and_phase(bench):
    for size, members in zip(bench[0]["sizes"], SIZES, strict=True):
        week = size["compiled"]
        assert size["members"] == week["members"] == members
        span = week["us_a_member_week"]
        assert 0 < span["min"] <= span["median"] <= span["max"]
        assert 13 * members * 0.5 < week["member_weeks"] < 13 * members * 2
        assert week["total_seconds"] > span["min"] * week["member_weeks"] / 1e6
        assert list(week["phases_ns_a_member_week"]) == [phase.name for phase in SCHEDULE]
        assert week["ns_a_gift"] > week["giving_ns_a_gift"] > 0
        assert week["opening_us_a_member"] > week["copying_us_a_member"] > 0
        assert size["peers"]["mesa_us_a_member_week"] > 0


def test_the_agent_by_agent_path_gives_the_same_state(bench):
    assert bench[0]["agent_by_agent"]["state_is_identical"] is True


def test_whole_runs_are_reported_by_thread(bench):
    runs = bench[0]["runs"]
    assert 0 <= runs["around_the_week"] < 1 and 0 <= runs["renewal_tested"] <= 1
    assert runs["runs_a_second"]["1"] > 0


def test_running_a_week_phase_by_phase_is_running_a_week(bench):
    assert all(size["compiled"]["phases_give_the_same_state"] for size in bench[0]["sizes"])
    assert set(PHASE_ENTRIES) == {phase.name for phase in SCHEDULE}


def test_the_page_has_all_tables_and_a_figure(bench):
    text = (bench[1] / "speed.md").read_text()
    assert all(f"`{phase.name}`" in text for phase in SCHEDULE) and "10 members" in text
    assert (bench[1] / "speed.png").stat().st_size > 10_000


def test_memory_is_that_of_the_tables(bench):
    world = opened(bench_scenario(SIZES[0], 13))
    assert bench[0]["sizes"][0]["compiled"]["bytes_a_member"] * SIZES[0] == pytest.approx(bytes_of(world))
    assert bytes_of(world) > world.members.nbytes
