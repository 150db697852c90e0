"""Robustness: worlds drawn from the plausible ranges of all parameters, by a Latin hypercube.

A claim that is true at one point only is a property of the tuning.  So each is also tried in other plausible worlds: every
parameter with a plausible range is drawn from it, all at once (McKay, Beckman & Conover 1979).  The settings of an
experiment itself stay.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

from sim.lab.world_draws import uncertain


def worlds(count: int, seed: int) -> list[dict[str, float]]:
    """Return `count` worlds as values by parameter key.  The same seed gives the same worlds."""
    parameters = uncertain()
    low, high = zip(*(p.range for p in parameters), strict=True)
    sample = qmc.LatinHypercube(len(parameters), rng=np.random.default_rng(seed)).random(count)
    points = qmc.scale(sample, low, high)
    return [
        {p.key: float(round(x) if p.whole else x) for p, x in zip(parameters, point, strict=True)} for point in points
    ]
