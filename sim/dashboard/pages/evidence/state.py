"""What the numbers rest on: every parameter with its source, and the model's limits, from where they are declared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from sim.model.declarations import PARAMETERS
from sim.output.report.odd import limits
from sim.output.words import exact, span

BASES = {
    "published": "A published figure or range supports the order of magnitude, often from another setting.",
    "fitted": "It was fitted to data.",
    "assumed": "An assumption.",
}


@dataclass(frozen=True)
class NamedCount:
    """How many parameters have a basis, or claims a verdict, and what it means."""

    name: str
    count: int
    words: str


@dataclass(frozen=True)
class ParameterRow:
    """One parameter's row."""

    key: str
    label: str
    value: str
    unit: str
    range: str
    basis: str
    source: str


@dataclass(frozen=True)
class ParameterGroup:
    """The parameters of one group."""

    name: str
    rows: list[ParameterRow]


@dataclass(frozen=True)
class EvidencePage:
    """All that the page shows of parameters, and the model's limits as HTML."""

    total: int
    bases: list[NamedCount]
    groups: list[ParameterGroup]
    limits: str


@lru_cache(maxsize=1)
def evidence() -> EvidencePage:
    """Return all that the page shows."""
    counts = Counter(str(parameter.basis) for parameter in PARAMETERS)
    return EvidencePage(
        total=len(PARAMETERS),
        bases=[NamedCount(name, counts[name], words) for name, words in BASES.items() if counts[name]],
        groups=[
            ParameterGroup(
                group,
                [
                    ParameterRow(
                        one.key, one.label, exact(one.default), one.unit, span(*one.range), one.basis, one.source
                    )
                    for one in some
                ],
            )
            for group, some in groupby(PARAMETERS, lambda parameter: parameter.group)
        ],
        limits=limits()[1],
    )
