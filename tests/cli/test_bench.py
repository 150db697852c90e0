"""`gennet bench`: what it reports hangs together."""

import pytest

from sim.cli import bench


@pytest.fixture(scope="module")
def results():
    return bench.measure(members=30, weeks=13, repeats=2)


def test_every_part_reports_median_and_range(results):
    spans = [
        results.compiled.seconds_a_run,
        results.compiled.microseconds_a_member_week,
        results.compiled.processor_microseconds_a_member_week,
        results.compiled.nanoseconds_a_gift_event,
        results.threads.two_thread_speedup,
        results.agent_by_agent.processor_microseconds_a_member_week,
    ]
    for span in spans:
        assert 0 < span.min <= span.median <= span.max


def test_a_member_week_is_an_active_member_in_a_week(results):
    fast = results.compiled
    seconds = fast.microseconds_a_member_week.median * fast.member_weeks / 1e6
    assert seconds == pytest.approx(fast.seconds_a_run.median)
    assert 13 * 20 < fast.member_weeks < 13 * 45


def test_the_agent_by_agent_path_gives_the_same_state_and_is_slower(results):
    assert results.agent_by_agent.state_is_identical is True
    assert results.agent_by_agent.times_slower > 2


def test_parts_of_a_week_add_up(results):
    assert sum(results.share_of_time.values()) == pytest.approx(1.0)


def test_running_a_week_in_parts_is_running_a_week():
    scenario = bench.bench_scenario(30, 13)
    whole, parts = bench.opened(scenario), bench.opened(scenario)
    whole = bench.run_to(whole, 13)
    for _ in range(13):
        for part in bench.PARTS.values():
            part(parts)
    assert bench.state_hash(whole) == bench.state_hash(parts)


def test_memory_is_that_of_the_tables(results):
    world = bench.opened(bench.bench_scenario(30, 13))
    assert results.compiled.bytes_a_member * 30 == pytest.approx(bench.bytes_of(world))
    assert bench.bytes_of(world) > world.ties.nbytes
