"""Synthetic tables of runs in the format of sweeps: any function of world, seed and strategy."""

import numpy as np
import pandas as pd

from sim.lab.experiment.designs import Factor


def table_of(points, replicates, strategies, outcomes):
    """Return a table with one row per run.  `outcomes` maps names to arrays (points, replicates, strategies)."""
    rows = [
        {
            "run": f"{p:08x}{r:04x}{s:04x}",
            "point": p,
            "strategy": name,
            "seed": 1,
            "replicate": r,
            "status": "done",
            **{outcome: values[p, r, s] for outcome, values in outcomes.items()},
        }
        for p in range(points)
        for r in range(replicates)
        for s, name in enumerate(strategies)
    ]
    return pd.DataFrame(rows)


def uniform(key, low=0.0, high=1.0, **settings):
    """Return a factor with a uniform distribution."""
    return Factor(key, "uncertain", settings.pop("label", key), "", "float", "uniform", low, high, **settings)


def experiment_of(kind, factors, points, **design):
    """Return the experiment part of a manifest."""
    settings = {"samples": None, "levels": None, "second_order": False, "seed": 3, **design}
    return {
        "weeks": 156,
        "factors": [f.to_json() for f in factors],
        "design": {"kind": kind, "points": points, **settings},
    }


def with_factors(runs, factors, sample):
    """Return the table with one more column per factor; `sample` has shape (points, factors)."""
    return runs.assign(**{f.key: np.asarray(sample)[runs["point"], k] for k, f in enumerate(factors)})
