"""Checks too long for the test suite, on a sweep of 10,000 runs of 100 members and 156 weeks.

    python -m tests.lab.soak speed      overhead of a sweep over the bare engine, on two threads and on two Dask workers
    python -m tests.lab.soak memory     peak memory of 1,000 and of 10,000 runs
    python -m tests.lab.soak kill       kill -9 at ten random moments, resumed each time, compared with an uninterrupted sweep

None of this is a test: timings depend on the machine's load.  The three ways of running alternate, a tenth of the runs
each, so that other load affects all three alike.
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
    """Return a Latin hypercube experiment of `runs` runs: four strategies, ten replicates."""
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


def sweep_until(target: int, plan: Experiment, folder: Path, jobs: int, executor: Executor | None = None) -> float:
    """Resume a sweep until it has `target` runs; return the seconds taken, writing included."""
    reached = [0]

    def note(done: int, _: int) -> None:
        reached[0] = done

    began = time.perf_counter()
    sweep(plan, folder, jobs, executor, progress=note, stopped=lambda: reached[0] >= target)
    return time.perf_counter() - began


def engine_alone(plan: Experiment, places: range) -> tuple[float, float]:
    """Return wall and CPU seconds of the compiled weeks alone on two threads, with prebuilt worlds and no outcomes."""
    wall, cpu = 0.0, 0.0
    for first in range(places.start, places.stop, 100):
        runs = [plan.run_at(place) for place in range(first, min(first + 100, places.stop))]
        scenarios = [plan.scenario_at(run.point) for run in runs]
        worlds = [
            future.open_world(scenario, run.strategy, plan.seed, run.replicate)
            for scenario, run in zip(scenarios, runs, strict=True)
        ]
        world_of = {id(scenario): world for scenario, world in zip(scenarios, worlds, strict=True)}

        def prebuilt(scenario, *_, worlds=world_of):
            return worlds[id(scenario)]

        def work(place, runs=runs, scenarios=scenarios):
            run = runs[place]
            future.run_future(scenarios[place], run.strategy, plan.seed, run.replicate, plan.head.renewal)

        with mock.patch.object(future, "open_world", prebuilt), mock.patch.object(future, "outcomes_of", lambda *_: {}):
            began, before = time.perf_counter(), time.process_time()
            for _ in in_parallel(work, range(len(runs)), 2):
                pass
            wall += time.perf_counter() - began
            cpu += time.process_time() - before
    return wall, cpu


@contextmanager
def dask_cluster(workers: int) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """Start a Dask scheduler and single-threaded workers on the loopback device; yield the address and the processes.

    The workers come first, the scheduler last.
    """
    dask = [sys.executable, "-m", "dask"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        options = {"env": environment, "cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        scheduler_file = Path(folder, "scheduler.json")
        common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(scheduler_file)]
        processes = [subprocess.Popen([*dask, "scheduler", "--port", "0", *common], **options)]
        while not scheduler_file.exists() or not scheduler_file.read_text().rstrip().endswith("}"):
            if processes[0].poll() is not None:
                raise RuntimeError("the Dask scheduler exited during startup")
            time.sleep(0.05)
        worker = ["worker", "--nthreads", "1", "--no-nanny", *common]
        processes += [subprocess.Popen([*dask, *worker], **options) for _ in range(workers)]
        try:
            yield json.loads(scheduler_file.read_text())["address"], [*processes[1:], processes[0]]
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
    """Return a hash of a sweep's data files."""
    digest = hashlib.sha256()
    for file in part_files(folder / "runs"):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def cpu_seconds(processes: list[subprocess.Popen]) -> float:
    """Return the CPU seconds used so far by this process and others; other programs hardly affect it."""
    import psutil

    others = [psutil.Process(process.pid).cpu_times() for process in processes]
    return time.process_time() + sum(times.user + times.system for times in others)


def speed(runs: int, renewal: bool) -> None:
    """Compare the bare engine, the sweep and two Dask workers, alternating by a tenth of the runs."""
    from sim.lab.experiment.runner import dask_executor

    plan = experiment(runs, renewal)
    taken = {name: [0.0, 0.0] for name in ("engine alone", "sweep", "sweep on Dask")}
    with tempfile.TemporaryDirectory() as top, dask_cluster(2) as (address, processes):
        workers = processes[:-1]
        with dask_executor(address) as (executor, _):
            here, there = Path(top, "here"), Path(top, "there")
            engine_alone(plan, range(4))
            list(executor.map(warm_up, range(4)))
            for tenth in range(10):
                places = range(runs * tenth // 10, runs * (tenth + 1) // 10)
                ways = {
                    "engine alone": lambda places=places: engine_alone(plan, places),
                    "sweep": lambda places=places: timed([], lambda: sweep_until(places.stop, plan, here, 2)),
                    "sweep on Dask": lambda places=places: timed(
                        workers, lambda: sweep_until(places.stop, plan, there, 2, executor)
                    ),
                }
                for name, measure in ways.items():
                    wall, cpu = measure()
                    taken[name][0] += wall
                    taken[name][1] += cpu
                print({name: [round(part, 1) for part in both] for name, both in taken.items()}, flush=True)
        assert data_hash(here) == data_hash(there), "Dask's table differs"
    alone = taken["engine alone"]
    print(f"{runs:,} runs, {renewal=}; wall and CPU seconds, with ratios to the engine alone:")
    for name, (wall, cpu) in taken.items():
        print(f"{name:<15} {wall:8.1f} s {wall / alone[0]:7.3f}   {cpu:8.1f} s {cpu / alone[1]:7.3f}")


def timed(processes: list[subprocess.Popen], act: Callable[[], float]) -> tuple[float, float]:
    """Return wall and CPU seconds of an action."""
    before = cpu_seconds(processes)
    return act(), cpu_seconds(processes) - before


def warm_up(_: int) -> tuple[float, float]:
    """Load the compiled rules in a worker."""
    plan = experiment(40)
    return engine_alone(plan, range(1))


def memory(few: int = 1000, many: int = 10_000) -> None:
    """Compare the peak memory of sweeps of two sizes, each in a separate process."""
    code = (
        "import resource, sys; from pathlib import Path; from tests.lab import soak;"
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
        print(f"{runs:>7,} runs: peak {peaks[-1]:.0f} MB", flush=True)
    print(f"ratio {peaks[1] / peaks[0]:.3f}")


def kill(times: int = 10, seed: int = 0) -> None:
    """Kill `gennet sweep` with kill -9 at random moments, resume it, and compare it with an uninterrupted sweep."""
    rng = random.Random(seed)
    file = ROOT / "scenarios" / "sweeps" / "quick.toml"
    with tempfile.TemporaryDirectory() as top:
        command = [sys.executable, "-m", "sim", "sweep", str(file), "--out"]
        subprocess.run([*command, str(Path(top, "uninterrupted"))], check=True, cwd=ROOT, capture_output=True)
        size = Experiment.load(file).size
        folder, moments, resumed = Path(top, "killed"), [0], []
        for number in range(times):
            target = moments[-1] + rng.randint(1, (size - moments[-1]) // (times - number + 1))
            process = subprocess.Popen([*command, str(folder)], cwd=ROOT, stderr=subprocess.PIPE, text=True)
            while rows_in(folder) < target and process.poll() is None:
                time.sleep(0.05 * rng.random())
            process.send_signal(signal.SIGKILL)
            resumed.append(runs_done_before(process.communicate()[1]))
            moments.append(rows_in(folder))
        last = subprocess.run([*command, str(folder)], check=True, cwd=ROOT, capture_output=True, text=True)
        resumed.append(runs_done_before(last.stderr))
        last_runs = read_manifest(folder)["sessions"][-1]["runs"]
        same = data_hash(folder) == data_hash(Path(top, "uninterrupted"))
        print(f"runs of {size:,} complete at each kill: {moments[1:]}")
        print(
            f"every kill came after the first run and before the last: {all(0 < moment < size for moment in moments[1:])}"
        )
        print(f"each session resumed from the saved runs and repeated none: {resumed == moments}")
        print(f"the last session did the remaining {size - moments[-1]:,} runs: {last_runs == size - moments[-1]}")
        print(f"the data equal those of the uninterrupted sweep, byte for byte: {same}")


def runs_done_before(output: str) -> int:
    """Return the number of completed runs that a resumed sweep reported."""
    match = re.search(r"([\d,]+) of [\d,]+ runs were already done", output)
    return int(match[1].replace(",", "")) if match else 0


def rows_in(folder: Path) -> int:
    """Return the number of runs saved in a folder, each counted once."""
    from sim.lab.experiment.reading import read_dataset

    rows = read_dataset(folder / "runs", ["point", "replicate", "strategy"])
    return 0 if rows is None else len(rows)


def main() -> None:
    """Run the check named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("speed", "memory", "kill"))
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--no-renewal", action="store_true", help="skip the renewal check (speed only)")
    options = parser.parse_args()
    if options.what == "speed":
        speed(options.runs, not options.no_renewal)
    elif options.what == "memory":
        memory(options.runs // 10, options.runs)
    else:
        kill()


if __name__ == "__main__":
    main()
