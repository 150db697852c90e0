"""Small results folders in the form that `gennet sweep` writes, with numbers made by hand."""

import json

import numpy as np
import pandas as pd

from sim.lab.experiment.designs import Factor
from sim.lab.results import FORMATS
from sim.model.outcomes import OUTCOMES, STAGES_REACHED
from tests.examples import PARAMETER

HORIZON = 104
FACTORS = (
    Factor(
        PARAMETER, "uncertain", "Trust lost without contact, before embeddedness", "", "float", "uniform", 0.01, 0.1
    ),
    Factor("network.members", "uncertain", "members & <others>", "members", "int", "uniform", 20, 90),
    Factor("network.kind", "uncertain", "kind", "", "choice", values=("ring", "star")),
)
NAMES = ("none", "weave <b>", "mass")
GAIN = {"none": 0.0, "weave <b>": 8.0, "mass": 5.0}


def sample_of(kind, factors, samples):
    """Points of a design, as a sweep makes them."""
    problem = {"num_vars": len(factors), "names": [f.key for f in factors], "bounds": [[0.0, 1.0]] * len(factors)}
    luck = np.random.default_rng(1)
    if kind == "sobol":
        from SALib.sample import sobol

        cube = sobol.sample(problem, samples, calc_second_order=False, seed=luck)
    elif kind == "morris":
        from SALib.sample import morris

        cube = morris.sample(problem, samples, num_levels=4, seed=luck)
    else:
        cube = luck.random((samples, max(1, len(factors))))
    return [tuple(f.quantile(u) for f, u in zip(factors, row, strict=False)) for row in cube.tolist()]


def outcomes_of(name, decay, luck, never):
    """One run: the faster trust fades, the fewer outputs."""
    outputs = max(0.0, round(10 + GAIN.get(name, 3.0) - 120 * decay + luck))
    weeks = dict.fromkeys((f"{stage}_week" for stage in STAGES_REACHED), np.nan)
    if not never:
        found = [20 + 10 * k + 200 * decay - GAIN.get(name, 3.0) + luck for k in range(4)]
        weeks = {f"{s}_week": max(1.0, w) if w < 70 else np.nan for s, w in zip(STAGES_REACHED, found, strict=True)}
    row = {outcome.name: 1.0 for outcome in OUTCOMES}
    row |= {
        "outputs": 0.0 if never else outputs,
        "cost": 0.0 if name == "none" else 52_000.0,
        "renewed": np.nan,
        **weeks,
    }
    row |= {f"{stage}_censored": bool(np.isnan(weeks[f"{stage}_week"])) for stage in STAGES_REACHED}
    return row | {
        "members_active": 40 + luck,
        "members_left": 9 - luck,
        "coordinator_dependence": 0.2 * (name != "none"),
    }


def write_sweep(folder, kind="lhs", samples=24, replicates=3, names=NAMES, factors=FACTORS, never=False, failed=()):
    """A results folder; `failed`: points whose runs under the last strategy failed.  Returns the folder."""
    points = sample_of(kind, factors, samples)
    seeds = np.random.default_rng(2).normal(0, 2, replicates)
    mixed = np.random.default_rng(3).normal(0, 1, (len(points), replicates, len(names)))
    rows = []
    for p, point in enumerate(points):
        for r in range(replicates):
            for s, name in enumerate(names):
                bad = p in failed and name == names[-1]
                decay = point[0] if factors else 0.05
                outcomes = outcomes_of(name, decay, seeds[r] + mixed[p, r, s], never)
                if bad:
                    outcomes = dict.fromkeys(outcomes, None)
                head = {
                    "run": f"{len(rows):016x}",
                    "point": p,
                    **{f.key: v for f, v in zip(factors, point, strict=False)},
                }
                tail = {"strategy": name, "seed": 7, "replicate": r, "status": "failed" if bad else "done"}
                rows.append({**head, **tail, "error": "ValueError: x" if bad else None, **outcomes})
    (folder / "runs").mkdir(parents=True)
    pd.DataFrame(rows).to_parquet(folder / "runs" / "part-00000.parquet", index=False)
    strategies = {name: {"label": f"Label of {name}", "coordinators": []} for name in names}
    design = {"kind": kind, "samples": samples, "levels": 4, "second_order": False, "seed": 1, "points": len(points)}
    experiment = {
        "title": "A small <sweep>",
        "question": "Which is better & why?",
        "scenario": "scenarios/weaving.toml",
        "strategies": list(names),
        "replicates": replicates,
        "seed": 7,
        "weeks": HORIZON,
        "outcomes": ["outputs"],
        "design": design,
        "factors": [f.to_json() for f in factors],
        "resolved": {"strategies": strategies, "parameters": {PARAMETER: 0.123}},
    }
    manifest = {
        "format": FORMATS[1],
        "command": "sweep",
        "model_version": "abc",
        "experiment": experiment,
        "command_line": ["gennet", "sweep", "a file.toml"],
        "stop_reason": "finished",
        "surroundings": {"python": "3.13.0", "packages": {"numpy": "2.4"}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder
