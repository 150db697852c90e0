"""Everything runs on an executor that pickles, as a cluster's does, with the same numbers as in threads."""

import threading
from concurrent.futures import Executor, Future

import cloudpickle
import numpy as np
import pytest

from sim.evidence.claims.run import CLAIMS
from sim.evidence.claims.trial import Trial, effects
from sim.lab.advising import TrialSize
from sim.lab.advising import advise as find_advice
from sim.lab.comparison import compare
from sim.lab.experiment.runner import in_parallel, running_on
from sim.lab.planning import Effort, plan
from tests.model.scenarios_for_tests import scenario

WEAVER = {"hours": 12.0, "connect": {"close_triads": 0.5, "engage_unconnected": 0.5}}


class Pickling(Executor):
    """Runs each task at once, from its pickle."""

    def __init__(self):
        self.tasks = 0

    def submit(self, function, /, *arguments):
        self.tasks += 1
        work, given = cloudpickle.loads(cloudpickle.dumps((function, arguments)))
        future = Future()
        try:
            future.set_result(cloudpickle.loads(cloudpickle.dumps(work(*given))))
        except Exception as fault:
            future.set_exception(fault)
        return future


def compared(one):
    result = compare(one, 2, 3, renewal=False, worlds=3, facts={"newcomers": "4 +- 3"})
    return result.runs.to_csv() + result.worlds.to_csv()


def planned(one):
    size = Effort(trials=8, worlds=2, rounds=((3, 2),), fresh=3, profile=2)
    return plan(one, 20_000, seed=1, effort=size).benefit.tolist()


def advised(one):
    return find_advice(one, "it", TrialSize(3, 1, 1, 32), 1).table.to_csv()


def tried(one):
    return effects([Trial(CLAIMS[5].parts[0])], 1, 2)[0].tolist()


@pytest.mark.parametrize("work", [compared, planned, advised, tried])
def test_all_kinds_of_runs_go_through_the_executor_with_the_same_numbers(work):
    one, pool = scenario(8, 12, WEAVER), Pickling()
    here = work(one)
    with running_on(pool, 2):
        there = work(one)
    assert there == here and pool.tasks > 0


def test_an_executor_is_used_for_a_while_and_in_this_thread_only():
    pool, elsewhere = Pickling(), []
    with running_on(pool, 2):
        thread = threading.Thread(target=lambda: elsewhere.extend(in_parallel(abs, [-1, -2], 1)))
        thread.start()
        thread.join()
        assert pool.tasks == 0 and sorted(elsewhere) == [(0, 1), (1, 2)]
        assert np.sum([value for _, value in in_parallel(abs, range(-3, 0))]) == 6
    assert pool.tasks == 3
    list(in_parallel(abs, [1]))
    assert pool.tasks == 3
