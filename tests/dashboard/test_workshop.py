"""The shared threads: fair, first answers first, quick to stop."""

import os
import threading
import time
from contextvars import copy_context

import pytest

from sim.dashboard.workshop import CAN_SLOW_DOWN, MOST_BATCHES, NICENESS, VISITOR, TooMuchWork, Workshop


@pytest.fixture
def workshop():
    """One thread, so that the order is certain."""
    made = Workshop(1)
    yield made
    made.close()


def gate_and_log(workshop):
    """Keep the thread busy until the gate opens; then work is noted in order."""
    gate, log = threading.Event(), []
    first = workshop.begin(lambda _: gate.wait(600), [0])
    while first.started == 0:
        time.sleep(0.001)
    return gate, log


def test_results_come_by_place(workshop):
    job = workshop.begin(lambda n: n * n, range(20))
    assert job.wait(20, 60) and job.finished and not job.open
    assert job.results == {n: n * n for n in range(20)}


def test_batches_take_turns_and_first_answers_go_first(workshop):
    gate, log = gate_and_log(workshop)
    slow = workshop.begin(log.append, [("slow", n) for n in range(6)])
    quick = workshop.begin(log.append, [("quick", n) for n in range(4)], urgent=2)
    gate.set()
    assert slow.wait(6, 60) and quick.wait(4, 60)
    assert log[:2] == [("quick", 0), ("quick", 1)]
    assert log[2:6] == [("slow", 0), ("quick", 2), ("slow", 1), ("quick", 3)]
    assert [n for name, n in log if name == "slow"] == list(range(6))


def test_a_dropped_batch_starts_nothing_more(workshop):
    gate, log = gate_and_log(workshop)
    job = workshop.begin(log.append, range(100))
    job.drop()
    other = workshop.begin(log.append, ["other"])
    gate.set()
    assert other.wait(1, 60)
    assert log == ["other"] and job.finished and workshop.busy == 0


def test_a_fault_ends_its_batch_and_no_other(workshop):
    def work(n):
        if n == 2:
            raise ValueError("two")
        return n

    job = workshop.begin(work, range(10))
    assert job.wait(10, 60) and isinstance(job.fault, ValueError) and job.done == 2
    assert workshop.begin(work, [1]).wait(1, 60)


def as_visitor(name, act):
    """Do something for a visitor."""
    context = copy_context()
    context.run(VISITOR.set, name)
    return context.run(act)


def busy(seconds):
    """Use processor time."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_a_visitor_never_waits_for_the_runs_of_another():
    workshop, gate = Workshop(2), threading.Event()
    heavy = as_visitor("heavy", lambda: workshop.begin(lambda _: gate.wait(600), range(50), urgent=50))
    while heavy.started < 2:
        time.sleep(0.001)
    light = as_visitor("light", lambda: workshop.begin(lambda n: n, range(20)))
    assert light.wait(20, 60), "the light one waits for the heavy one, which never ends by itself"
    assert heavy.done == 0 and heavy.started == 2, "the heavy one got more threads than there are cores"
    gate.set()
    workshop.close()


@pytest.mark.skipif(not CAN_SLOW_DOWN, reason="threads have priorities of their own on Linux only")
def test_who_has_had_much_gives_way_to_who_has_had_little_and_is_as_quick_again_after_it(monkeypatch):
    monkeypatch.setattr("sim.dashboard.workshop.HALF_LIFE", 3600.0)
    workshop, light_is_done = Workshop(1), threading.Event()

    def niceness(seconds):
        busy(seconds)
        if not light_is_done.is_set():
            time.sleep(0.02)  # so that the heavy one still has runs to do
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    try:
        normal = os.getpriority(os.PRIO_PROCESS, 0)
        heavy = as_visitor("heavy", lambda: workshop.begin(niceness, [1.2, *[0.001] * 400]))
        assert heavy.wait(2, 60)
        light = as_visitor("light", lambda: workshop.begin(niceness, [0.1, 0.1]))
        assert light.wait(2, 60)
        light_is_done.set()
        assert heavy.wait(401, 120)
    finally:
        workshop.close()
    assert heavy.done == 401 and set(light.results.values()) == {normal}
    assert heavy.results[0] == normal and NICENESS in heavy.results.values()
    assert heavy.results[400] == normal


def test_turns_go_by_processor_time(workshop):
    gate, log = gate_and_log(workshop)

    def work(run):
        busy(run[1])
        log.append(run[0])

    heavy = as_visitor("heavy", lambda: workshop.begin(work, [("heavy", 0.5)] * 2))
    light = as_visitor("light", lambda: workshop.begin(work, [("light", 0.02)] * 8))
    gate.set()
    assert heavy.wait(2, 60) and light.wait(8, 60)
    assert log.index("light") <= 1 and log[:9].count("light") == 8, log


def test_a_visitor_has_a_limit_of_questions_at_once(workshop):
    gate, _ = gate_and_log(workshop)
    jobs = [as_visitor("greedy", lambda: workshop.begin(print, range(9))) for _ in range(MOST_BATCHES + 2)]
    assert [isinstance(job.fault, TooMuchWork) for job in jobs] == [True, True] + [False] * MOST_BATCHES
    for job in jobs:
        job.drop()
    gate.set()


def test_closing_ends_the_threads_and_refuses_what_comes_later():
    workshop = Workshop(2)
    job = workshop.begin(lambda _: time.sleep(0.02), range(1000))
    assert job.wait(3, 60)
    workshop.close(60)
    assert job.dropped and job.done < 1000 and not any(thread.is_alive() for thread in workshop._threads)
    with pytest.raises(RuntimeError, match="closed"):
        workshop.begin(print, [1])


def test_waiting_ends_when_asked_to(workshop):
    gate, _ = gate_and_log(workshop)
    job = workshop.begin(print, [1])
    began = time.monotonic()
    assert not job.wait(1, 0.05)
    assert 0.04 < time.monotonic() - began < 60
    gate.set()


def test_the_front_has_no_gap():
    workshop = Workshop(2)
    gate = threading.Event()
    job = workshop.begin(lambda n: gate.wait(600) if n == 1 else n, range(6))
    assert job.wait(5, 60)
    assert list(job.front()) == [0]
    gate.set()
    assert job.wait(6, 60)
    assert list(job.front()) == list(range(6))
    workshop.close()
