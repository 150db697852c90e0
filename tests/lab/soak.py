"""What is too long for the test suite, on a sweep of 10,000 runs of 100 members and 156 weeks.

    python -m tests.lab.soak speed      the sweep against the engine alone on two threads, and on two Dask workers
    python -m tests.lab.soak memory     peak memory of 1,000 and of 10,000 runs
    python -m tests.lab.soak kill       kill -9 at ten random moments, resumed each time, against an undisturbed sweep

Nothing here is a test: other programs on the machine move the seconds.  The three ways of running take turns, a tenth of
the runs each, so that what disturbs one disturbs the others too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from sim.lab import future
from sim.lab.experiment.experiment import Experiment
from sim.lab.experiment.reading import part_files
from sim.lab.experiment.runner import in_parallel
from sim.lab.experiment.sweeping import sweep
from sim.lab.results import read_manifest

ROOT = Path(__file__).parents[2]


def experiment(runs: int, renewal: bool = True, members: int = 100) -> Experiment:
    """A Latin hypercube of `runs` runs: four strategies, ten replicates."""
    tables = {
        "experiment": {
            "scenario": str(ROOT / "scenarios" / "weaving.toml"),
            "design": "lhs",
            "samples": runs // 40,
            "replicates": 10,
            "weeks": 156,
            "renewal": renewal,
        },
        "factors": {
            "uncertain": {"network.degree": {"low": 2.0, "high": 5.0}, "trust.decay": "plausible"},
            "levers": {"strategy.hours": {"low": 5.0, "high": 20.0}},
        },
    }
    return Experiment.from_document(
        tables, sets=["network.kind=communities", f"network.members={members}"], name="soak"
    )


def until(target: int, one: Experiment, folder: Path, jobs: int, executor: Executor | None = None) -> float:
    """Go on with a sweep until it has so many runs; the seconds that took, all writing included."""
    reached = [0]

    def note(done: int, _: int) -> None:
        reached[0] = done

    began = time.perf_counter()
    sweep(one, folder, jobs, executor, progress=note, stopped=lambda: reached[0] >= target)
    return time.perf_counter() - began


def engine_alone(one: Experiment, places: range) -> tuple[float, float]:
    """Seconds (clock, processor) of the compiled weeks of runs on two threads: worlds are there, nothing is summed up."""
    seconds, processor = 0.0, 0.0
    for first in range(places.start, places.stop, 100):
        some = [one.run_at(place) for place in range(first, min(first + 100, places.stop))]
        scenarios = [one.scenario_at(run.point) for run in some]
        worlds = [
            future.open_world(scenario, run.strategy, one.seed, run.replicate)
            for scenario, run in zip(scenarios, some, strict=True)
        ]
        handed_out = {id(scenario): world for scenario, world in zip(scenarios, worlds, strict=True)}

        def opened(scenario, *_, worlds=handed_out):
            return worlds[id(scenario)]

        def work(place, some=some, scenarios=scenarios):
            run = some[place]
            future.run_future(scenarios[place], run.strategy, one.seed, run.replicate, one.head.renewal)

        with mock.patch.object(future, "open_world", opened), mock.patch.object(future, "outcomes_of", lambda *_: {}):
            began, before = time.perf_counter(), time.process_time()
            for _ in in_parallel(work, range(len(some)), 2):
                pass
            seconds += time.perf_counter() - began
            processor += time.process_time() - before
    return seconds, processor


@contextmanager
def dask_cluster(workers: int) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A scheduler and workers of one thread each, on the loopback device, as Dask documents how to start them."""
    dask = [sys.executable, "-m", "dask"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        plain = {"env": environment, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        where = Path(folder, "scheduler.json")
        here = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(where)]
        processes = [subprocess.Popen([*dask, "scheduler", "--port", "0", *here], **plain)]
        while not where.exists() or not where.read_text().rstrip().endswith("}"):
            if processes[0].poll() is not None:
                raise RuntimeError("the Dask scheduler ended at once")
            time.sleep(0.05)
        begin = ["worker", "--nthreads", "1", "--no-nanny", *here]
        processes += [subprocess.Popen([*dask, *begin], **plain) for _ in range(workers)]
        try:
            yield json.loads(where.read_text())["address"], processes[1:]
        finally:
            for process in reversed(processes):
                process.terminate()
            for process in processes:
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def data_hash(folder: Path) -> str:
    """A hash of the bytes of a sweep's data."""
    digest = hashlib.sha256()
    for file in part_files(folder / "runs"):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def processor_seconds(processes: list[subprocess.Popen]) -> float:
    """Processor time so far of this process and some others: what other programs do hardly moves it."""
    import psutil

    others = [psutil.Process(process.pid).cpu_times() for process in processes]
    return time.process_time() + sum(times.user + times.system for times in others)


def speed(runs: int, renewal: bool) -> None:
    """The sweep, the engine alone and two Dask workers, a tenth of the runs each in turn."""
    from sim.lab.experiment.cluster import dask_executor

    one = experiment(runs, renewal)
    taken = {name: [0.0, 0.0] for name in ("engine alone", "sweep", "sweep on Dask")}
    with tempfile.TemporaryDirectory() as top, dask_cluster(2) as (address, workers):
        with dask_executor(address) as (executor, _):
            here, there = Path(top, "here"), Path(top, "there")
            engine_alone(one, range(4))
            list(executor.map(compile_there, range(4)))
            for tenth in range(10):
                places = range(runs * tenth // 10, runs * (tenth + 1) // 10)
                ways = {
                    "engine alone": lambda places=places: engine_alone(one, places),
                    "sweep": lambda places=places: measured([], lambda: until(places.stop, one, here, 2)),
                    "sweep on Dask": lambda places=places: measured(
                        workers, lambda: until(places.stop, one, there, 2, executor)
                    ),
                }
                for name, way in ways.items():
                    wall, processor = way()
                    taken[name][0] += wall
                    taken[name][1] += processor
                print({name: [round(part, 1) for part in both] for name, both in taken.items()}, flush=True)
        assert data_hash(here) == data_hash(there), "Dask's table is another one"
    alone = taken["engine alone"]
    print(f"{runs:,} runs, {renewal=}; seconds by the clock and of the processor, as multiples of the engine alone:")
    for name, (wall, processor) in taken.items():
        print(f"{name:<15} {wall:8.1f} s {wall / alone[0]:7.3f}   {processor:8.1f} s {processor / alone[1]:7.3f}")


def measured(processes: list[subprocess.Popen], act: Callable[[], float]) -> tuple[float, float]:
    """Seconds that something takes by the clock, and of the processor."""
    before = processor_seconds(processes)
    return act(), processor_seconds(processes) - before


def compile_there(_: int) -> tuple[float, float]:
    """Have a worker load the compiled rules."""
    one = experiment(40)
    return engine_alone(one, range(1))


def memory(few: int = 1000, many: int = 10_000) -> None:
    """Peak memory of sweeps of two sizes, each in a process of its own."""
    code = (
        "import resource, sys; from pathlib import Path; from tests import soak;"
        "soak.sweep(soak.experiment(int(sys.argv[1]), members=100), Path(sys.argv[2]), 2);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    for runs in (few, many):
        with tempfile.TemporaryDirectory() as top:
            command = [sys.executable, "-c", code, str(runs), str(Path(top, "r"))]
            peaks.append(
                int(subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout) / 1024
            )
        print(f"{runs:>7,} runs: {peaks[-1]:.0f} MB at most", flush=True)
    print(f"ratio {peaks[1] / peaks[0]:.3f}")


def kill(times: int = 10, seed: int = 0) -> None:
    """A real `gennet sweep` ended by kill -9 at random moments and resumed, against an undisturbed one."""
    luck = random.Random(seed)
    file = ROOT / "scenarios" / "sweeps" / "quick.toml"
    with tempfile.TemporaryDirectory() as top:
        command = [sys.executable, "-m", "sim", "sweep", str(file), "--out"]
        subprocess.run([*command, str(Path(top, "whole"))], check=True, cwd=ROOT, capture_output=True)
        size = Experiment.load(file).size
        folder, moments, resumed = Path(top, "killed"), [0], []
        for number in range(times):
            target = moments[-1] + luck.randint(1, (size - moments[-1]) // (times - number + 1))
            process = subprocess.Popen([*command, str(folder)], cwd=ROOT, stderr=subprocess.PIPE, text=True)
            while rows_in(folder) < target and process.poll() is None:
                time.sleep(0.05 * luck.random())
            process.send_signal(signal.SIGKILL)
            resumed.append(there_already(process.communicate()[1]))
            moments.append(rows_in(folder))
        last = subprocess.run([*command, str(folder)], check=True, cwd=ROOT, capture_output=True, text=True)
        resumed.append(there_already(last.stderr))
        own = read_manifest(folder)["sessions"][-1]["runs"]
        same = data_hash(folder) == data_hash(Path(top, "whole"))
        print(f"killed with so many of {size:,} runs there: {moments[1:]}")
        print(f"every moment lay after some runs and before all: {all(0 < moment < size for moment in moments[1:])}")
        print(f"each sitting began with what was there, and repeated none of it: {resumed == moments}")
        print(f"the last one did the {size - moments[-1]:,} runs that were left: {own == size - moments[-1]}")
        print(f"the table is that of an undisturbed sweep, byte by byte: {same}")


def there_already(told: str) -> int:
    """How many runs a sweep said it found."""
    found = re.search(r"([\d,]+) of [\d,]+ runs are there already", told)
    return int(found[1].replace(",", "")) if found else 0


def rows_in(folder: Path) -> int:
    """Rows that a folder holds, each run once."""
    from sim.lab.experiment.reading import read_dataset

    rows = read_dataset(folder / "runs", ["point", "replicate", "strategy"])
    return 0 if rows is None else len(rows)


def main() -> None:
    """Read what is wanted, and do it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("speed", "memory", "kill"))
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--no-renewal", action="store_true", help="without the test of renewal (speed)")
    asked = parser.parse_args()
    if asked.what == "speed":
        speed(asked.runs, not asked.no_renewal)
    elif asked.what == "memory":
        memory(asked.runs // 10, asked.runs)
    else:
        kill()


if __name__ == "__main__":
    main()
