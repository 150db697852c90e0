"""All parameters of the model, collected from the modules that declare them."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from sim.model.measures import stages, weekly
from sim.model.parameters import Parameter, record_dtype
from sim.model.rules import (
    alignment,
    giving,
    groups,
    identity,
    members,
    membership,
    production,
    reciprocity,
    spreading,
    trust,
)
from sim.model.weaving import convening, customized, mass, support

PARAMETERS: tuple[Parameter, ...] = (
    members.PARAMETERS
    + giving.PARAMETERS
    + spreading.PARAMETERS
    + reciprocity.PARAMETERS
    + identity.PARAMETERS
    + trust.PARAMETERS
    + alignment.PARAMETERS
    + groups.PARAMETERS
    + production.PARAMETERS
    + production.ORGANISATION_PARAMETERS
    + membership.PARAMETERS
    + customized.PARAMETERS
    + mass.PARAMETERS
    + convening.PARAMETERS
    + support.PARAMETERS
    + stages.PARAMETERS
    + weekly.PARAMETERS
)
BY_KEY = MappingProxyType({parameter.key: parameter for parameter in PARAMETERS})
GROUPS = tuple(dict.fromkeys(parameter.group for parameter in PARAMETERS))
NUMBER = MappingProxyType({parameter.key: number for number, parameter in enumerate(PARAMETERS)})
DTYPE = record_dtype(PARAMETERS)


def defaults() -> np.ndarray:
    """The default of every parameter, float64, in order of declaration."""
    return np.array([parameter.default for parameter in PARAMETERS])
