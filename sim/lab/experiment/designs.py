"""Designs: which values the factors take together, a point at a time.

Grid and explicit points are enumerated.  The others sample the unit cube, and each factor's quantile function does the
rest: Latin hypercube (McKay, Beckman & Conover 1979, scipy), Saltelli's extension of the Sobol sequence (Saltelli 2002,
SALib) and Morris' trajectories (Morris 1991, SALib).  The order of points is that of the sampler, since the analyses of
Sobol and Morris designs go by it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from sim.lab.experiment.factors import Factor, Value

Kind = Literal["grid", "points", "lhs", "sobol", "morris"]
KINDS: tuple[Kind, ...] = ("grid", "points", "lhs", "sobol", "morris")
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
    """How many points a design has, without making it."""
    dimensions = len(factors)
    if kind == "grid":
        return math.prod(len(factor.grid(levels)) for factor in factors)
    if kind == "sobol":
        return samples * (2 * dimensions + 2 if second_order else dimensions + 2)
    return samples * (dimensions + 1) if kind == "morris" else samples


def points_of(
    kind: str, factors: Sequence[Factor], samples: int, levels: int, second_order: bool, seed: int
) -> list[tuple[Value, ...]]:
    """The points of a design, in its order: a value for each factor."""
    if kind == "grid":
        return list(itertools.product(*(factor.grid(levels) for factor in factors)))
    cube = sample(kind, len(factors), samples, levels, second_order, seed)
    return [tuple(factor.quantile(u) for factor, u in zip(factors, row, strict=True)) for row in cube.tolist()]


def sample(kind: str, dimensions: int, samples: int, levels: int, second_order: bool, seed: int) -> np.ndarray:
    """A sample of the unit cube: float64 (points, dimensions)."""
    luck = np.random.default_rng(seed)
    if kind == "lhs":
        from scipy.stats import qmc

        return qmc.LatinHypercube(dimensions, rng=luck).random(samples)
    problem: dict[str, Any] = {
        "num_vars": dimensions,
        "names": [f"x{k}" for k in range(dimensions)],
        "bounds": [[0.0, 1.0]] * dimensions,
    }
    if kind == "sobol":
        from SALib.sample import sobol

        return sobol.sample(problem, samples, calc_second_order=second_order, seed=luck)
    from SALib.sample import morris

    return morris.sample(problem, samples, num_levels=levels, seed=luck)
