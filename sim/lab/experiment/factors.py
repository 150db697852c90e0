"""A factor of a sweep: its distribution, and its quantile function.

Designs (Latin hypercube, Sobol, Morris) are samples of the unit cube; each factor's quantile function maps its column to
values.  Everything is plain `math` on single numbers: numpy's vector functions may differ in the last bit between
processors, and a sweep must be the same wherever it is resumed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import Literal, TypedDict

import numpy as np

Role = Literal["uncertain", "lever"]
Type = Literal["float", "int", "choice", "bool"]
Distribution = Literal["uniform", "loguniform", "triangular", "normal"]
Value = float | int | str | bool


class FactorJson(TypedDict):
    """A `Factor` as the manifest holds it."""

    key: str
    role: Role
    label: str
    unit: str
    type: Type
    distribution: Distribution | None
    low: float | None
    high: float | None
    mode: float | None
    mean: float | None
    sd: float | None
    values: list[Value] | None
    log: bool


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
        assert self.low is not None and self.high is not None
        return float(self.low), float(self.high)

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

    def to_json(self) -> FactorJson:
        """Return the factor as the manifest holds it."""
        return {**vars(self), "values": None if self.values is None else list(self.values), "log": self.log}  # type: ignore[typeddict-item]

    @classmethod
    def from_json(cls, table: FactorJson) -> Factor:
        """Return the factor that `to_json` returned as a table."""
        known = {field.name for field in fields(cls)}
        values = table.get("values")
        plain = {name: value for name, value in table.items() if name in known}
        return cls(**{**plain, "values": None if values is None else tuple(values)})  # type: ignore[arg-type]


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
