"""The factors of a sweep, and its design: the points, each a combination of the factors' values.

Grid and explicit points are enumerated.  The others sample the unit cube, and each factor's quantile function maps its
column to values: Latin hypercube (McKay, Beckman & Conover 1979, scipy), Saltelli's extension of the Sobol sequence
(Saltelli 2002, SALib) and Morris' trajectories (Morris 1991, SALib).  Points keep the sampler's order, which the analyses
of Sobol and Morris designs rely on.  Quantiles are plain `math` on single numbers: numpy's vector functions may differ in
the last bit between processors, and a sweep must be the same wherever it is resumed.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import Literal

import numpy as np
import scipy

from sim.lab.results import JsonMapping, JsonObject, json_ready

Role = Literal["uncertain", "lever"]
Type = Literal["float", "int", "choice", "bool"]
Distribution = Literal["uniform", "loguniform", "triangular", "normal"]
Value = float | int | str | bool


@dataclass(frozen=True)
class Factor:
    """One thing that a sweep varies.

    `key`: as in `--set`; `strategy.FIELD` means that field of every strategy that has coordinators.  `role`: an uncertain
    property of the world, or a lever that people decide on.  `type`: "choice" and "bool" have `values`, all equally
    likely; numbers have `values` too, or a `distribution` from `low` to `high`, with `mode` (triangular) or `mean` and `sd`
    (normal, cut off at `low` and `high`).  Type "int": whole numbers, both ends included.
    """

    key: str
    role: Role
    label: str
    unit: str
    type: Type
    distribution: Distribution | None = None
    low: float | None = None
    high: float | None = None
    mode: float | None = None
    mean: float | None = None
    sd: float | None = None
    values: tuple[Value, ...] | None = None

    @property
    def log(self) -> bool:
        """Whether a logarithmic axis suits it: its distribution is log-uniform."""
        return self.distribution == "loguniform"

    @property
    def salib_bounds(self) -> tuple[float, float]:
        """Least and greatest number that `coded` returns, for SALib."""
        if self.values is not None:
            numbers = self.coded(self.values)
            return float(numbers.min()), float(numbers.max())
        low, high = self.bounds
        return float(low), float(high)

    def coded(self, values: Iterable[Value]) -> np.ndarray:
        """Return values as numbers, float64: choices by their place in `values`, false and true as 0 and 1."""
        if self.type == "choice":
            places = {value: place for place, value in enumerate(self.values or ())}
            return np.array([float(places[value]) for value in values])
        return np.array([float(value) for value in values])

    def quantile(self, u: float) -> Value:
        """Return the value below which a share `u` (0 to 1) of the distribution lies."""
        if self.values is not None:
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        low, high = self.bounds
        if self.type == "int" and self.distribution == "uniform":
            return min(int(low) + int(u * (int(high) - int(low) + 1)), int(high))
        value = self._continuous(u, low, high)
        return round(value) if self.type == "int" else value

    def grid(self, levels: int) -> tuple[Value, ...]:
        """Return values for a grid: `values` if there are any, else `levels` evenly spread from `low` to `high`.

        Evenly in magnitude for a log-uniform factor, and in probability for a normal or triangular one.
        """
        if self.values is not None:
            return self.values
        low, high = self.bounds
        if self.distribution in ("normal", "triangular"):
            found = [self.quantile((k + 0.5) / levels) for k in range(levels)]
        else:
            steps = [k / (levels - 1) for k in range(levels)] if levels > 1 else [0.5]
            found = [self._continuous(step, low, high) for step in steps]
        if self.type == "int":
            found = [round(float(value)) for value in found]
        return tuple(dict.fromkeys(found))

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest value of a factor with a distribution."""
        assert self.low is not None and self.high is not None, f"{self.key} has values, not bounds"
        return self.low, self.high

    def _continuous(self, u: float, low: float, high: float) -> float:
        """Return the quantile before rounding, never outside the bounds."""
        if self.distribution == "loguniform":
            found = low * math.pow(high / low, u)
        elif self.distribution == "triangular":
            found = triangular(u, low, self.mode if self.mode is not None else (low + high) / 2, high)
        elif self.distribution == "normal":
            assert self.mean is not None and self.sd is not None
            found = truncated_normal(u, self.mean, self.sd, low, high)
        else:
            found = low + u * (high - low)
        return min(max(float(found), float(low)), float(high))

    def to_json(self) -> JsonObject:
        """Return the factor as the manifest holds it."""
        return json_ready(self) | {"log": self.log}  # type: ignore[no-any-return]

    @classmethod
    def from_json(cls, table: JsonMapping) -> Factor:
        """Return the factor that `to_json` returned as a table."""
        known = {field.name: table[field.name] for field in fields(cls) if field.name in table}
        values = table.get("values")
        return cls(**known | {"values": None if values is None else tuple(values)})


def triangular(u: float, low: float, mode: float, high: float) -> float:
    """Return a quantile of a triangular distribution."""
    if high <= low:
        return low
    turn = (mode - low) / (high - low)
    if u < turn:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


def truncated_normal(u: float, mean: float, sd: float, low: float, high: float) -> float:
    """Return a quantile of a normal distribution truncated to `low` to `high`.

    The far upper tail is the lower one mirrored, since probabilities close to 1 would lose digits.
    """
    if low > mean:
        return -truncated_normal(1.0 - u, -mean, sd, -high, -low)
    usual = NormalDist()
    below, above = usual.cdf((low - mean) / sd), usual.cdf((high - mean) / sd)
    chance = below + u * (above - below)
    if chance <= 0.0:
        return low if u < 0.5 else high
    return high if chance >= 1.0 else mean + sd * usual.inv_cdf(chance)


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


def world_seed(seed: int, world: int) -> int:
    """Return the seed of a world whose luck is its own."""
    digest = hashlib.blake2b(f"world/{seed}/{world}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


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
        cube = scipy.stats.qmc.LatinHypercube(dimensions, rng=rng).random(samples)
    elif kind == "sobol":
        from SALib.sample import sobol

        cube = sobol.sample(problem, samples, calc_second_order=second_order, seed=rng)
    else:
        from SALib.sample import morris

        cube = morris.sample(problem, samples, num_levels=levels, seed=rng)
    return cube
