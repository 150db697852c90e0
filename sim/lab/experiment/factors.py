"""What a sweep varies: one factor, its distribution, and how a number of the unit interval becomes a value of it.

Designs (Latin hypercube, Sobol, Morris) are samples of the unit cube; each factor's quantile function turns its column
into values.  Everything is plain `math` on single numbers: numpy's vector functions may differ in the last bit between
processors, and a sweep has to be the same wherever it is resumed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

Role = Literal["uncertain", "lever"]
Type = Literal["float", "int", "choice", "bool"]
Distribution = Literal["uniform", "loguniform", "triangular", "normal"]
Value = float | int | str | bool


@dataclass(frozen=True)
class Factor:
    """One thing that a sweep varies.

    `key`: as in `--set`; `strategy.FIELD` means that field of every strategy that has coordinators.  `role`: an uncertain
    property of the world, or a lever that somebody decides on.  `type`: "choice" and "bool" have `values`, all equally
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
        """Whether it is spread evenly over magnitudes, and is best drawn on such an axis."""
        return self.distribution == "loguniform"

    @property
    def salib_bounds(self) -> tuple[float, float]:
        """Least and greatest number that `coded` gives, as SALib wants them."""
        if self.values is not None:
            numbers = self.coded(self.values)
            return float(numbers.min()), float(numbers.max())
        assert self.low is not None and self.high is not None
        return float(self.low), float(self.high)

    def coded(self, values: Iterable[Any]) -> np.ndarray:
        """Values as numbers, float64: choices by their place in `values`, false and true as 0 and 1."""
        if self.type == "choice":
            places = {value: place for place, value in enumerate(self.values or ())}
            return np.array([float(places[value]) for value in values])
        return np.array([float(value) for value in values])

    def quantile(self, u: float) -> Value:
        """The value below which a share `u` (0 to 1) of the distribution lies."""
        if self.values is not None:
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        low, high = self.bounds
        if self.type == "int" and self.distribution == "uniform":
            return min(int(low) + int(u * (int(high) - int(low) + 1)), int(high))
        found = self._continuous(u, low, high)
        return round(found) if self.type == "int" else found

    def grid(self, levels: int) -> tuple[Value, ...]:
        """Values for a grid: the `values` where given, else `levels` of them, from `low` to `high`, evenly spread.

        Even means in magnitudes for a log-uniform factor, and in probability for a normal or triangular one.
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
        """The quantile before rounding, never outside the bounds."""
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

    def to_json(self) -> dict[str, Any]:
        """The factor as the manifest holds it."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**told, "values": None if self.values is None else list(self.values), "log": self.log}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Factor:
        """The factor that `to_json` told."""
        known = {field.name for field in fields(cls)}
        found = {name: value for name, value in told.items() if name in known}
        values = found.get("values")
        return cls(**{**found, "values": None if values is None else tuple(values)})


def triangular(u: float, low: float, mode: float, high: float) -> float:
    """The quantile of a triangular distribution."""
    if high <= low:
        return low
    turn = (mode - low) / (high - low)
    if u < turn:
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


def truncated_normal(u: float, mean: float, sd: float, low: float, high: float) -> float:
    """The quantile of a normal distribution of which only `low` to `high` is kept.

    The far upper tail is taken as the lower one mirrored, where probabilities close to 1 would lose their digits.
    """
    if low > mean:
        return -truncated_normal(1.0 - u, -mean, sd, -high, -low)
    usual = NormalDist()
    below, above = usual.cdf((low - mean) / sd), usual.cdf((high - mean) / sd)
    chance = below + u * (above - below)
    if chance <= 0.0:
        return low if u < 0.5 else high
    return high if chance >= 1.0 else mean + sd * usual.inv_cdf(chance)
