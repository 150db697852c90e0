"""Tables of runs made by hand: any function of world, seed and strategy, in the form that sweeps have."""

import numpy as np
import pandas as pd

from sim.lab.experiment.factors import Factor


def table_of(points, replicates, strategies, outcomes):
    """A row a run; `outcomes`: name -> array (points, replicates, strategies)."""
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


def uniform(key, low=0.0, high=1.0, **more):
    """A factor with a uniform distribution."""
    return Factor(key, "uncertain", more.pop("label", key), "", "float", "uniform", low, high, **more)


def experiment_of(kind, factors, points, **design):
    """The experiment part of a manifest."""
    told = {"samples": None, "levels": None, "second_order": False, "seed": 3, **design}
    return {"weeks": 156, "factors": [f.to_json() for f in factors], "design": {"kind": kind, "points": points, **told}}


def with_factors(runs, factors, sample):
    """The table with a column a factor: `sample` (points, factors)."""
    return runs.assign(**{f.key: np.asarray(sample)[runs["point"], k] for k, f in enumerate(factors)})
