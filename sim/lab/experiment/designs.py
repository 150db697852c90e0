"""Designs: the points of a sweep, each a combination of the factors' values.

Grid and explicit points are enumerated.  The others sample the unit cube, and each factor's quantile function maps its
column to values: Latin hypercube (McKay, Beckman & Conover 1979, scipy), Saltelli's extension of the Sobol sequence
(Saltelli 2002, SALib) and Morris' trajectories (Morris 1991, SALib).  Points keep the sampler's order, which the analyses
of Sobol and Morris designs rely on.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy.stats import qmc

from sim.lab.experiment.factors import Factor, Value

Kind = Literal["grid", "points", "lhs", "sobol", "morris"]
USES: dict[str, tuple[str, ...]] = {
    "grid": ("levels",),
    "points": ("points",),
    "lhs": ("samples",),
    "sobol": ("samples", "second_order"),
    "morris": ("samples", "levels"),
}
"""Settings of `[experiment]` that a design reads."""
GRID_LEVELS, MORRIS_LEVELS = 5, 4
MOST_POINTS = 1_000_000


def number_of_points(kind: str, factors: Sequence[Factor], samples: int, levels: int, second_order: bool) -> int:
    """Return the number of points of a design, without making it."""
    dimensions = len(factors)
    if kind == "grid":
        return math.prod(len(factor.grid(levels)) for factor in factors)
    if kind == "sobol":
        return samples * (2 * dimensions + 2 if second_order else dimensions + 2)
    return samples * (dimensions + 1) if kind == "morris" else samples


def points_of(
    kind: str, factors: Sequence[Factor], samples: int, levels: int, second_order: bool, seed: int
) -> list[tuple[Value, ...]]:
    """Return the points of a design, in its order: a value for each factor."""
    if kind == "grid":
        return list(itertools.product(*(factor.grid(levels) for factor in factors)))
    cube = sample(kind, len(factors), samples, levels, second_order, seed)
    return [tuple(factor.quantile(u) for factor, u in zip(factors, row, strict=True)) for row in cube.tolist()]


def sample(kind: str, dimensions: int, samples: int, levels: int, second_order: bool, seed: int) -> np.ndarray:
    """Sample the unit cube: float64 (points, dimensions)."""
    rng = np.random.default_rng(seed)
    problem = {
        "num_vars": dimensions,
        "names": [f"x{k}" for k in range(dimensions)],
        "bounds": [[0.0, 1.0]] * dimensions,
    }
    cube: np.ndarray
    if kind == "lhs":
        cube = qmc.LatinHypercube(dimensions, rng=rng).random(samples)
    elif kind == "sobol":
        from SALib.sample import sobol

        cube = sobol.sample(problem, samples, calc_second_order=second_order, seed=rng)
    else:
        from SALib.sample import morris

        cube = morris.sample(problem, samples, num_levels=levels, seed=rng)
    return cube
