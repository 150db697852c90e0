"""The compiled rules under bounds checks: an index out of range is an IndexError, where otherwise it would corrupt memory.

    python -m tests.model.bounds [--scenarios 1000] [--seed 1] [--suite]

Runs random scenarios with settings at the ends of their ranges, looks at the invariants after every quarter of a year, and
prints counts.  With `--suite`, the tests of the model follow, also under bounds checks.  The first run compiles the rules
once more, into a cache of its own.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import subprocess
import sys
import time
from pathlib import Path

ENVIRONMENT = {"NUMBA_BOUNDSCHECK": "1", "GENNET_MEMORY_GB": "1"}
ROOT = Path(__file__).parents[2]
NETWORKS = (
    *("communities", "random", "small_world", "core_periphery", "connectivity", "star"),
    *("fragments", "empty", "organisation", "karate", "southern_women", "florentine"),
)


def extreme(rng: random.Random) -> dict:
    """Return the tables of a scenario with many settings at the ends of what is allowed."""
    from sim.inputs.scenario.scenario_checks import KINDS
    from sim.model.declarations import BY_KEY
    from sim.model.levers import LEVERS

    kind = rng.choice(NETWORKS)
    network: dict = {"kind": kind, "newcomers": rng.choice((0, 0, 3, 20))}
    if "members" in KINDS[kind].model_fields:
        network["members"] = rng.choice((4, 6, 10, 40, 120))
    tables: dict = {"network": network, "weeks": rng.choice((1, 13, 30, 60, 110))}
    for key in rng.sample(sorted(BY_KEY), rng.choice((0, 3, 10, 40))):
        low, high = BY_KEY[key].low, BY_KEY[key].high
        value = rng.choice((low, high, rng.uniform(low, high)))
        group, name = key.split(".")
        tables.setdefault(group, {})[name] = float(round(value)) if BY_KEY[key].whole else value

    def shares() -> dict:
        chosen = rng.sample(list(LEVERS), rng.choice((1, 3, len(LEVERS))))
        return dict.fromkeys(chosen, 1 / len(chosen))

    def coordinator() -> dict:
        return {
            "policy": rng.choice(("weeks", "readiness", "never")),
            "hours": rng.choice((0.0, 10.0, 400.0, 10_000.0)),
            "money": rng.choice((0.0, 5000.0, 1e6)),
            "hub_share": rng.choice((0.0, 0.5, 1.0)),
            "in_person": rng.choice((0.0, 1.0)),
            "convenings": rng.choice((0.0, 1.0, 12.0)),
            "convening_first": rng.choice((0, 5, 40)),
            "convening_share": rng.choice((0.0, 0.5, 1.0)),
            "sets_agenda": rng.choice((True, False)),
            "align_week": rng.choice((0, 10)),
            "produce_week": rng.choice((10, 30)),
            **{focus: shares() for focus in ("connect", "align", "produce")},
        }

    people = [coordinator() for _ in range(rng.choice((0, 1, 1, 2, 4)))]
    actions = [{"newcomers": rng.choice((1, 300))}, {"problem_shift": 1.0}, {"lose_members": rng.choice((0.5, 1.0))}]
    if people:
        actions += [{"budget_factor": 1000.0}, {"hours_factor": 0.0}, {"money_factor": 1000.0}, {"hub_factor": 1000.0}]
        actions += [{"coordinator_leaves": True}]
    changes = [{"week": rng.randrange(60), **rng.choice(actions)} for _ in range(rng.choice((0, 1, 4, 9)))]
    return {**tables, "strategies": {"it": {"coordinators": people, "changes": changes}}}


def run_random(number: int, seed: int) -> int:
    """Run random scenarios, print counts and what is wrong, and return how many had a fault."""
    from sim.inputs.scenario import Scenario, ScenarioError
    from sim.lab.invariants import violations
    from sim.lab.open_world import open_world
    from sim.model import jit
    from sim.model.start import NetworkError
    from sim.model.world import WorldError, run_to

    assert jit.CHECKED, "bounds are not checked: set NUMBA_BOUNDSCHECK=1"
    counts: collections.Counter[str] = collections.Counter()
    faults: dict[str, list[int]] = {}
    began = time.monotonic()
    for n in range(number):
        rng = random.Random(f"{seed}/{n}")
        try:
            scenario = Scenario.from_document(extreme(rng))
            _, world = open_world(scenario, "it", rng.getrandbits(63), rng.getrandbits(40), ledger=rng.random() < 0.3)
            for week in (*range(13, scenario.weeks, 13), scenario.weeks):
                world = run_to(world, week)
                counts["looks at the invariants"] += 1
                for text in violations(world):
                    faults.setdefault(text, []).append(n)
            counts["runs"] += 1
            counts["weeks"] += scenario.weeks
            counts["members"] += int(world.network[0].members)
        except (ScenarioError, NetworkError, WorldError) as fault:
            counts[f"refused ({type(fault).__name__})"] += 1
        except Exception as fault:
            faults.setdefault(f"{type(fault).__name__}: {fault}", []).append(n)
    print(f"{number} scenarios of seed {seed} in {time.monotonic() - began:.0f} s, bounds checked:")
    for name, count in counts.most_common():
        print(f"  {name}: {count:,}")
    for text, numbers in faults.items():
        print(f"  FAULT in {len(numbers)} (first: {numbers[0]}): {text}")
    print(f"  faults: {len(faults)}")
    return len(faults)


def main() -> None:
    """Run the scenarios, and the tests if asked for, under bounds checks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenarios", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--suite", action="store_true", help="also run the tests of the model")
    options = parser.parse_args()
    if os.environ.get("NUMBA_BOUNDSCHECK") != "1":  # numba reads it once, when it is imported
        os.environ.update({name: os.environ.get(name, value) for name, value in ENVIRONMENT.items()})
        os.environ["NUMBA_BOUNDSCHECK"] = "1"
        os.execv(sys.executable, [sys.executable, "-m", "tests.model.bounds", *sys.argv[1:]])
    faults = run_random(options.scenarios, options.seed)
    if options.suite:
        command = [sys.executable, "-m", "pytest", "-q", "tests/model", "-p", "no:cacheprovider"]
        faults += subprocess.run(command, cwd=ROOT, check=False).returncode
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
