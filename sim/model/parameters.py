"""How a parameter is declared: default, bounds, unit, label, source.

A parameter is declared once, above the rule that reads it.  Validation of scenario files, the tables of `MODEL.md`,
`gennet parameters`, the JSON schema and the dashboard's sliders follow from the declaration.  Rules read it as the field
`group_name` of the record `p`; scenario files set it as `group.name`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass, replace
from typing import Literal

import numpy as np

Basis = Literal["published", "fitted", "assumed"]


@dataclass(frozen=True)
class Parameter:
    """One number of the model.

    Scenarios may set it from `low` to `high`; `plausible` is the range to vary it in (sensitivity, robustness).  `whole`:
    whole numbers only.  `basis`: what the default rests on: a published figure or range, a fit to data, or an assumption.
    """

    name: str
    _: KW_ONLY
    default: float
    low: float
    high: float
    plausible: tuple[float, float] | None = None
    whole: bool = False
    unit: str = ""
    label: str
    basis: Basis = "assumed"
    source: str = ""
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
        """The plausible range, or the bounds if there is none."""
        return self.plausible or (self.low, self.high)


def declare(group: str, parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """Declare the parameters of a group.

    Raises ValueError if a name occurs twice, or a default or plausible range is outside the bounds or not whole.
    """
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
            raise ValueError(f"{parameter.key}: default {parameter.default} is not a whole number")
    return declared


def record_dtype(parameters: Iterable[Parameter]) -> np.dtype:
    """The record that rules read: one float64 a parameter, in order of declaration."""
    return np.dtype((np.record, [(parameter.field, np.float64) for parameter in parameters]))
