"""The self-test: does this installation give the known bits, keep every invariant, and lose nothing that is written?

`python -m sim.lab.selftest` writes the known digests again.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple, TypedDict

import numpy as np

from sim.inputs.scenario import Scenario
from sim.lab.experiment.experiment import Experiment
from sim.lab.experiment.lock import held, is_locked
from sim.lab.experiment.reading import part_files
from sim.lab.experiment.runner import in_parallel
from sim.lab.experiment.sweeping import sweep
from sim.lab.experiment.verifying import rerun, verify_files
from sim.lab.invariants import violations
from sim.lab.open_world import open_world
from sim.lab.results import MANIFEST, open_folder, written_aside
from sim.model.code_cache import is_private, is_safe_place
from sim.model.jit import CACHE
from sim.model.levers import LEVERS
from sim.model.state import FOCUSES, World
from sim.model.version import MODEL_VERSION
from sim.model.world import STATE, fields_hash, fields_in_use, run_to

Verdict = Literal["passed", "failed", "skipped"]
DIGESTS = "digests.json"
SEED, WEEKS, EVERY = 7, 104, 13
SAME_PLATFORM = platform.machine() == "x86_64" and platform.libc_ver()[0] == "glibc"
"""Whether bits are promised: elsewhere the mathematics library may round differently."""
EVEN = dict.fromkeys(LEVERS, 1 / (len(LEVERS) + 1))
WEAVER: Mapping[str, object] = {"hours": 12.0, "money": 8000.0, "convenings": 2.0, "align_week": 20, "produce_week": 50}
ALL_LEVERS: Mapping[str, object] = {**WEAVER, "hub_share": 0.3, "in_person": 0.5, **dict.fromkeys(FOCUSES, EVEN)}
SCENARIOS: Mapping[str, Mapping[str, object]] = {
    "karate": {"network": {"kind": "karate", "newcomers": 8}, "strategies": {"it": WEAVER}},
    "communities": {"network": {"kind": "communities", "members": 60}, "strategies": {"it": ALL_LEVERS}},
    "star": {"network": {"kind": "star", "members": 40}, "strategies": {"it": {**WEAVER, "hub_share": 1.0}}},
    "organisation": {"network": {"kind": "organisation", "members": 40}, "strategies": {"it": {"coordinators": []}}},
    "two coordinators": {
        "network": {"kind": "small_world", "members": 50},
        "strategies": {"it": {**ALL_LEVERS, "coordinators": [{"policy": "readiness"}, {"policy": "never"}]}},
    },
    "changes": {
        "network": {"kind": "random", "members": 50},
        "changes": [
            {"week": 10, "newcomers": 20},
            {"week": 20, "problem_shift": 0.3},
            {"week": 30, "lose_members": 0.3},
            {"week": 40, "set": {"trust.decay": 0.04}},
            {"week": 60, "coordinator_leaves": True},
        ],
        "strategies": {"it": ALL_LEVERS},
    },
    "growth": {
        "network": {"kind": "fragments", "members": 40},
        "arrival": {"base": 6.0, "referral": 0.02},
        "strategies": {"it": WEAVER},
    },
    "large": {"network": {"kind": "communities", "members": 400}, "weeks": 52, "strategies": {"it": WEAVER}},
}
"""Networks and strategies that together use every lever, most kinds of network, every change, and tables that grow."""
ELSEWHERE: Mapping[str, str] = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "1",
    "OMP_NUM_THREADS": "1",
}
"""Another time zone, language, order of sets, number of threads: nothing may depend on them."""


class Check(NamedTuple):
    """The result of one check: its name, whether it passed, what was counted or found, and seconds."""

    name: str
    verdict: Verdict
    text: str
    seconds: float


@cache
def scenario_of(name: str) -> Scenario:
    """Return one of the scenarios."""
    return Scenario.from_document({"weeks": WEEKS, **SCENARIOS[name]}, label=name)


def finished_world(name: str, replicate: int = 0, watch: Callable[[World], None] = lambda world: None) -> World:
    """Run one of the scenarios and return its world; `watch` is called every quarter of a year."""
    scenario = scenario_of(name)
    _, world = open_world(scenario, "it", SEED, replicate, ledger=True)
    for week in (*range(EVERY, scenario.weeks, EVERY), scenario.weeks):
        world = run_to(world, week)
        watch(world)
    return world


class Known(TypedDict):
    """The known digests by scenario, the model's version, and the fields that they cover, in order."""

    model_version: str
    digests: dict[str, str]
    fields: list[str]


def fields_covered(world: World) -> list[str]:
    """Return the fields that digests cover: all state and weekly measures, without settings and maps."""
    tables = {*STATE, "weekly"} - {"settings"}
    return [name for name in fields_in_use(world) if name.split(".")[0] in tables]


def digest_of(world: World, names: Sequence[str] = ()) -> str:
    """Return a hash of some fields, by default those that the known digests cover: a new field moves none of them."""
    fields = fields_in_use(world)
    return fields_hash({name: fields[name] for name in names or known()["fields"] if name in fields})


def digests(names: Sequence[str] = ()) -> dict[str, str]:
    """Return the digest of every scenario as this process computes it."""
    scenarios = list(SCENARIOS)
    found = in_parallel(lambda name: digest_of(finished_world(name), names), scenarios, None)
    return {scenarios[place]: digest for place, digest in found}


def known() -> Known:
    """Return the known digests."""
    content: Known = json.loads(files("sim.lab").joinpath(DIGESTS).read_text("utf-8"))
    return content


def write_digests() -> None:
    """Write the digests of this model as the known ones."""
    path = Path(__file__).with_name(DIGESTS)
    names = fields_covered(finished_world("karate"))
    content: Known = {"model_version": MODEL_VERSION, "digests": dict(sorted(digests(names).items())), "fields": names}
    with written_aside(path) as aside:
        aside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def compared(found: Mapping[str, str], where: str = "") -> tuple[Verdict, str]:
    """Compare digests with the known ones."""
    kept = known()
    differing = [name for name, digest in found.items() if digest != kept["digests"].get(name)]
    if not differing:
        return "passed", f"{len(found)} scenarios give the known bits{where}"
    text = f"{', '.join(differing)} give other bits than the known ones{where}"
    if kept["model_version"] != MODEL_VERSION:
        return "skipped", f"{text}, which are those of model {kept['model_version']}; this is {MODEL_VERSION}"
    return ("failed", text) if SAME_PLATFORM else ("skipped", f"{text}, which hold on x86-64 Linux with glibc")


def known_bits(long: bool) -> tuple[Verdict, str]:
    """Known digests in this process."""
    return compared(digests())


def child(code: str, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-c", code, *arguments]
    places = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": places, **environment},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def bits_elsewhere(long: bool) -> tuple[Verdict, str]:
    """Known digests in another locale, time zone and order of hashes; with `long` also on a generic processor."""
    code = "import json; from sim.lab.selftest import digests; print(json.dumps(digests()))"
    places = [ELSEWHERE, *([{"NUMBA_CPU_NAME": "generic"}, {"GENNET_LINKED": "0"}] if long else [])]
    worst: tuple[Verdict, str] = ("passed", "")
    for place in places:
        done = child(code, place)
        where = " under " + ", ".join(f"{key}={value}" for key, value in place.items())
        if done.returncode:
            return "failed", f"a process{where} ended with {done.returncode}: {done.stderr.strip()[-300:]}"
        verdict, text = compared(json.loads(done.stdout), where)
        if verdict != "passed":
            return verdict, text
        worst = ("passed", f"{worst[1]}; {text}" if worst[1] else text)
    return worst


def invariants(long: bool) -> tuple[Verdict, str]:
    """Ties are mirrored, nobody is tied to who left, gifts balance, nothing is overspent, nothing is NaN."""
    checked = [0]
    wrong: list[str] = []

    def run(task: tuple[str, int]) -> None:
        name, replicate = task
        people = scenario_of(name).strategies["it"].coordinators
        hours, money = sum(one.hours for one in people), sum(one.money for one in people)

        def watch(world: World) -> None:
            checked[0] += 1
            wrong.extend(
                f"{name}, replicate {replicate}, week {world.network[0].week}: {text}"
                for text in violations(world, hours, money)
            )

        finished_world(name, replicate, watch)

    tasks = [(name, replicate) for replicate in range(1, 101 if long else 6) for name in SCENARIOS]
    for _ in in_parallel(run, tasks, None):
        pass
    if wrong:
        return "failed", "; ".join(wrong[:3]) + (f"; and {len(wrong) - 3} more" if len(wrong) > 3 else "")
    return "passed", f"{len(tasks)} runs, looked at {checked[0]} times"


def small_experiment() -> Experiment:
    """Return the experiment of the tests with sweeps."""
    tables = {
        "experiment": {"scenario": "it.toml", "design": "lhs", "samples": 40, "replicates": 5, "weekly": ["members"]},
        "factors": {"uncertain": {"trust": {"decay": "plausible"}}, "levers": {"strategy": {"hours": [5, 20]}}},
    }
    with tempfile.TemporaryDirectory() as top:
        text = scenario_of("karate").with_({"weeks": 40}).to_toml()
        Path(top, "it.toml").write_text(text, encoding="utf-8")
        return Experiment.from_document(tables, folder=top, name="selftest")


SWEEP = """
import sys
from sim.lab.experiment import store
from sim.lab.experiment.sweeping import sweep
from sim.lab.selftest import small_experiment
store.EVERY = 0.0
sweep(small_experiment(), sys.argv[1], 1)
"""


def data_hash(folder: Path) -> str:
    """Return a hash of the tables of a sweep."""
    digest = hashlib.sha256()
    for table in ("runs", "weekly"):
        for file in part_files(folder / table):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def kill_and_resume(long: bool) -> tuple[Verdict, str]:
    """A sweep that is killed at random moments and resumed gives the same files, byte for byte."""
    kills = 10 if long else 2
    rng = random.Random()
    with tempfile.TemporaryDirectory() as top:
        whole = sweep(small_experiment(), Path(top, "whole")).folder
        folder, killed = Path(top, "killed"), 0
        for _ in range(kills):
            command = [sys.executable, "-W", "ignore", "-c", SWEEP, str(folder)]
            places = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
            process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": places}, stdin=subprocess.DEVNULL)
            before, until = len(part_files(folder / "runs")), time.monotonic() + 120
            while process.poll() is None and time.monotonic() < until:
                if len(part_files(folder / "runs")) > before:
                    time.sleep(rng.random() * 0.2)
                    break
                time.sleep(0.01)
            killed += process.poll() is None
            process.kill()
            process.wait()
            if bad := [one.file for one in verify_files(folder) if one.bad and one.file != MANIFEST]:
                return "failed", f"after a kill {', '.join(bad)} is damaged"
        sweep(small_experiment(), folder)
        if data_hash(folder) != data_hash(whole):
            return "failed", f"after {killed} kills the tables differ"
    return "passed", f"{killed} kills in {kills} sessions, and the same tables byte for byte"


def damage_is_named(long: bool) -> tuple[Verdict, str]:
    """Every damaged file is named, and rows give the same bits again."""
    rounds, rng, missed = 400 if long else 60, random.Random(), 0
    with tempfile.TemporaryDirectory() as top:
        folder = sweep(small_experiment(), Path(top, "it")).folder
        again = list(rerun(folder, 20))
        if any(one.differing for one in again):
            return "failed", "a row of a sweep gives other bits when it is run again"
        names = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        for number in range(rounds):
            path = names[number % len(names)]
            content = path.read_bytes()
            first, length = rng.randrange(len(content)), rng.choice((1, 1, 512))
            stretch = bytes(byte ^ 1 << rng.randrange(8) for byte in content[first : first + length])
            path.write_bytes(content[:first] + stretch + content[first + length :])
            name = path.relative_to(folder).as_posix()
            missed += name not in {one.file for one in verify_files(folder) if one.bad}
            path.write_bytes(content)
    text = f"{rounds - missed} of {rounds} damaged files named; {len(again)} rows the same to the bit"
    return ("failed" if missed else "passed"), text


def disk_and_locks(long: bool) -> tuple[Verdict, str]:
    """Files are replaced atomically, a folder has one writer, and nobody else can write where compiled code is."""
    if not (is_private(CACHE) and is_safe_place(CACHE.parent)):
        return "failed", f"others can write into {CACHE}, whose code is run"
    with tempfile.TemporaryDirectory() as top:
        folder = open_folder(Path(top, "it"), "it", {"command": "selftest"}).path
        for number in range(20):
            with written_aside(folder / "a") as aside:
                aside.write_text(str(number), encoding="utf-8")
            if (folder / "a").read_text("utf-8") != str(number):
                return "failed", f"a file in {top} was not replaced"
        with held(folder, ""):
            if not is_locked(folder):
                return "failed", f"locks do not work in {top}"
        if is_locked(folder):
            return "failed", f"a lock stays in {top}"
    return "passed", f"files and locks in {tempfile.gettempdir()}; {CACHE} is closed to others"


CHECKS: Mapping[str, Callable[[bool], tuple[Verdict, str]]] = {
    "known bits": known_bits,
    "known bits elsewhere": bits_elsewhere,
    "invariants": invariants,
    "kill and resume": kill_and_resume,
    "damaged files": damage_is_named,
    "disk, locks and caches": disk_and_locks,
}


def run_checks(long: bool = False) -> Iterator[Check]:
    """Run all checks, and yield the result of each.  `long`: as many as fit into a night."""
    for name, check in CHECKS.items():
        began = time.monotonic()
        with np.errstate(all="raise", under="ignore"):
            try:
                verdict, text = check(long)
            except Exception as fault:
                verdict, text = "failed", f"{type(fault).__name__}: {' '.join(str(fault).split())}"
        yield Check(name, verdict, text, round(time.monotonic() - began, 1))


if __name__ == "__main__":
    write_digests()
