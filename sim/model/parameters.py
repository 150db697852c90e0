"""How one parameter is declared: value, unit, bounds, label, source.

A parameter is declared once, above the rule that reads it.  Checking of scenario files, the tables in `MODEL.md`,
`gennet parameters`, the JSON schema and the sliders derive from the declaration.  Inside rules a parameter is the field
`group_name` of the record `p`; in scenario files it is `group.name`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

Basis = Literal["published", "fitted", "assumed"]


@dataclass(frozen=True)
class Parameter:
    """One number of the model.

    `low` and `high` bound what a scenario may say; `plausible` is the range to vary it in (sensitivity, robustness).
    `basis` says how far to trust the default: a published figure or range, a fit to data, or an assumption.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    label: str
    basis: Basis = "assumed"
    source: str = ""
    plausible: tuple[float, float] | None = None
    whole: bool = False
    group: str = ""

    @property
    def key(self) -> str:
        """The key in scenario files: `group.name`."""
        return f"{self.group}.{self.name}"

    @property
    def field(self) -> str:
        """The field of the parameter record that rules read: `group_name`."""
        return f"{self.group}_{self.name}"

    @property
    def range(self) -> tuple[float, float]:
        """The plausible range, or the bounds where none was stated."""
        return self.plausible or (self.low, self.high)


def declare(group: str, parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """Put parameters under a group's name, checked: unique names, default and plausible range within the bounds."""
    declared = tuple(replace(parameter, group=group) for parameter in parameters)
    names = [parameter.name for parameter in declared]
    if len(set(names)) != len(names):
        raise ValueError(f"group {group}: a parameter is declared twice in {names}")
    for parameter in declared:
        numbers = (parameter.default, *parameter.range)
        if not all(parameter.low <= number <= parameter.high for number in numbers):
            bounds = f"[{parameter.low}, {parameter.high}]"
            raise ValueError(f"{parameter.key}: default {numbers[0]} or range {numbers[1:]} outside {bounds}")
        if parameter.whole and parameter.default != int(parameter.default):
            raise ValueError(f"{parameter.key}: default {parameter.default} is no whole number")
    return declared


def record_dtype(parameters: Iterable[Parameter]) -> np.dtype:
    """The record that rules read: one float64 a parameter, in order of declaration."""
    return np.dtype((np.record, [(parameter.field, np.float64) for parameter in parameters]))
