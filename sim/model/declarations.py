"""All parameters of the model, collected from the modules that declare them."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType

import numpy as np

from sim.model.levers import LEVERS
from sim.model.measures import stages, weekly
from sim.model.parameters import Parameter, record_dtype
from sim.model.rules import (
    alignment,
    chemistry,
    giving,
    groups,
    identity,
    meeting,
    members,
    membership,
    practices,
    production,
    reciprocity,
    spreading,
    trust,
)
from sim.model.weaving import convening, customized, mass, support

RULES = (
    members,
    chemistry,
    meeting,
    giving,
    spreading,
    reciprocity,
    identity,
    trust,
    alignment,
    groups,
    practices,
    production,
    membership,
)
WEAVING = (customized, mass, convening, support)
ACTIONS = (import_module(f"sim.model.weaving.{lever.action.split('.')[0]}") for lever in LEVERS.values())
MODULES = dict.fromkeys((*RULES, *WEAVING, *ACTIONS, stages, weekly))
PARAMETERS: tuple[Parameter, ...] = tuple(parameter for module in MODULES for parameter in module.PARAMETERS)
"""In the order of their modules, each once; a lever's module need not be listed."""
BY_KEY = MappingProxyType({parameter.key: parameter for parameter in PARAMETERS})
GROUPS = tuple(dict.fromkeys(parameter.group for parameter in PARAMETERS))
NUMBER = MappingProxyType({parameter.key: number for number, parameter in enumerate(PARAMETERS)})
DTYPE = record_dtype(PARAMETERS)
DEFAULTS = tuple(parameter.default for parameter in PARAMETERS)


def defaults() -> np.ndarray:
    """The default of every parameter, float64, in order of declaration."""
    return np.array(DEFAULTS)
