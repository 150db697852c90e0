"""A real Dask cluster: a scheduler and two workers, one of which is killed during a sweep."""

import subprocess
import sys
import threading

import pytest

from sim import sweep
from sim.lab.experiment.reading import part_files, read_results
from sim.lab.experiment.runner import ClusterError, dask_executor, watch_workers
from sim.lab.experiment.sweeping import SweepError
from tests.lab.experiment.worlds import small
from tests.lab.soak import dask_cluster


@pytest.fixture
def patient(monkeypatch):
    """Wait longer for a cluster that starts on a busy machine."""
    monkeypatch.setattr("sim.lab.experiment.runner.ANSWER_WITHIN", 240)
    monkeypatch.setattr("sim.lab.experiment.runner.WORKERS_WITHIN", 240)


@pytest.mark.usefixtures("patient")
def test_a_worker_killed_during_a_sweep_loses_nothing(tmp_path):
    experiment = small(samples=20, replicates=8, weeks=40)
    sweep(experiment, tmp_path / "here", 2)
    with dask_cluster(2) as (address, workers), dask_executor(address) as (executor, _):
        executor._client.wait_for_workers(2, timeout=240)
        killed = []

        def kill_one(done, total):
            if done > total / 8 and not killed:
                workers[0].kill()
                killed.append(done)

        sweep(experiment, tmp_path / "there", 2, executor=executor, progress=kill_one)
        assert 0 < killed[0] < experiment.size and workers[0].wait(60) != 0
    for here, there in zip(part_files(tmp_path / "here/runs"), part_files(tmp_path / "there/runs"), strict=True):
        assert here.name == there.name and here.read_bytes() == there.read_bytes()


@pytest.mark.usefixtures("patient")
def test_a_scheduler_killed_during_a_sweep_ends_it_with_a_message_and_loses_nothing(tmp_path, monkeypatch):
    experiment = small(samples=16, replicates=8, weeks=40)
    whole = sweep(experiment, tmp_path / "here", 2)
    monkeypatch.setattr("sim.lab.experiment.store.EVERY", 0.0)
    # Few runs are under way when the scheduler dies: the others cannot come back before that.
    monkeypatch.setattr("sim.lab.experiment.sweeping.MOST_IN_A_TASK", 1)
    with dask_cluster(1) as (address, processes), dask_executor(address) as (executor, _):

        def kill_scheduler(done, total):
            if done > total / 8:
                processes[-1].kill()

        with pytest.raises(SweepError, match="run the same command again to resume"):
            sweep(experiment, tmp_path / "there", 1, executor=executor, progress=kill_scheduler)
    assert 0 < len(read_results(tmp_path / "there").runs) < experiment.size
    monkeypatch.setattr("sim.lab.experiment.store.EVERY", 1.0)
    resumed = sweep(experiment, tmp_path / "there", 2)
    for here, there in zip(part_files(whole.folder / "runs"), part_files(resumed.folder / "runs"), strict=True):
        assert here.name == there.name and here.read_bytes() == there.read_bytes()


def test_a_cluster_without_workers_reports_that_it_waits(monkeypatch):
    class Client:
        def __init__(self):
            self.threads = [{"a": 1}, {"a": 1}, {}, {}, {"b": 1}]

        def nthreads(self):
            if not self.threads:
                raise OSError("the scheduler is gone")
            return self.threads.pop(0)

    monkeypatch.setattr("sim.lab.experiment.runner.LOOK_EVERY", 0.001)
    said = []
    watch_workers(Client(), "tcp://127.0.0.1:1", said.append, threading.Event())
    assert [words.split(" at ")[1] for words in said] == [
        "tcp://127.0.0.1:1 has no worker left; waiting for one: dask worker tcp://127.0.0.1:1",
        "tcp://127.0.0.1:1 has a worker again.",
    ]


def test_a_missing_scheduler_is_reported(monkeypatch):
    monkeypatch.setattr("sim.lab.experiment.runner.ANSWER_WITHIN", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        message = r"no Dask scheduler answers at .* start one with: dask scheduler"
        with pytest.raises(ClusterError, match=message), dask_executor(address):
            pass


def test_an_invalid_address_raises_one_error():
    script = (
        "from sim.lab.experiment.runner import ClusterError, dask_executor\n"
        "for address in ('nonsense', '', 'nonsense://x', 'tcp://'):\n"
        "    try:\n"
        "        with dask_executor(address):\n"
        "            pass\n"
        "    except ClusterError as fault:\n"
        "        print(fault)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert done.stdout.count("start one with: dask scheduler") == 4, done.stdout
    assert done.stderr == ""
