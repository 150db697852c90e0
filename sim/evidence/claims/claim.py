"""What a claim is made of: parts, each an experiment with arms on paired futures, a measure, and an effect that counts.

A claim is a sentence of the sources.  A part is what would have to be seen if the sentence were true: two or more *arms*
(a world and what coordinators do in it) run with the same seeds, one number measured in each future of each arm, and an
effect worked out from them future by future, signed so that above 0 is what the claim says.  `margin` is the smallest
effect that would matter to anybody; it is set beforehand, and a smaller one does not bear the claim out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.inputs.scenario import Scenario
from sim.lab.future import Future

Measure = Callable[[Future, Scenario], float]
Combine = Callable[..., np.ndarray]

NOBODY: Mapping[str, Any] = {"coordinators": []}


@dataclass(frozen=True)
class Arm:
    """One side of an experiment.

    `strategy`: what coordinators do, as in a scenario file.  `settings`: what this side sets over the experiment's
    world, by key.  `measure`: where it differs from the part's.
    """

    strategy: Mapping[str, Any] = field(default_factory=lambda: NOBODY)
    settings: Mapping[str, Any] = field(default_factory=dict)
    measure: Measure | None = None


@dataclass(frozen=True)
class Off:
    """A mechanism switched off: settings under which an effect that comes about through it has to go."""

    name: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One thing that a claim says.

    `says`: what is expected, in plain words, after which the effect can be read: "production is reached later under a
    hub".  `unit`: of the effect.  `world`: settings of both arms over the claims' common world.  `combine`: arrays
    (futures,), one an arm in order, to the effect (futures,), NaN where a future cannot tell.  `off`: the ablation.
    `forms`: names of the forms (`sim.evidence.claims.added_mechanisms`) whose absence is tried too.  `ledger`: whether
    measures read the
    ledger of gifts.  `effort`: how many times the usual number of futures it takes to see the effect.  `given`: why it
    follows from how a comparator is defined, whatever the futures; such a part is shown, and counts neither for the
    verdict nor as a look.
    """

    key: str
    says: str
    unit: str
    margin: float
    arms: Sequence[Arm]
    measure: Measure
    combine: Combine
    world: Mapping[str, Any] = field(default_factory=dict)
    off: Off | None = None
    forms: tuple[str, ...] = ()
    ledger: bool = False
    effort: int = 1
    given: str = ""

    @property
    def share(self) -> bool:
        """Whether the effect is a share of futures, of yes and no, and not a difference."""
        return len(self.arms) == 1


@dataclass(frozen=True)
class Claim:
    """A claim of the sources, with its parts; the first is the one whose effect stands for the claim.

    `source`: GN or CAP (see `sim/model/MODEL.md`).  `mechanism`: through which rules it comes about in the model, if it does.
    """

    number: int
    text: str
    source: str
    mechanism: str
    parts: tuple[Part, ...]


def more(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Effect: how much more the first arm has than the second."""
    return a - b


def less(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Effect: how much less the first arm has than the second."""
    return b - a


def itself(a: np.ndarray) -> np.ndarray:
    """Effect: what the only arm has."""
    return a


def relative(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Effect: how much more the first arm has than the second, as a share of what the second has on average."""
    return ratio_of_means(a, b) - 1.0


def lost_share(hit: np.ndarray, spared: np.ndarray) -> np.ndarray:
    """What a shock costs, as a share of what there is without it on average."""
    return 1.0 - ratio_of_means(hit, spared)


def ratio_of_means(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Values, one a future, whose mean is R = mean(a) / mean(b) and whose scatter is what R's own error comes from.

    R + (a - R b) / mean(b): the ratio linearised at the means (delta method; Cochran 1977, section 6.3), so that an interval of
    the mean of these values also holds for what is not known of the denominator.  NaN where one arm cannot tell, and all NaN
    where b has nothing.
    """
    both = np.isfinite(a) & np.isfinite(b)
    top, bottom = mean_or_nan(np.where(both, a, np.nan)), mean_or_nan(np.where(both, b, np.nan))
    if not bottom > 0:
        return np.full(len(a), np.nan)
    found = top / bottom
    return found + (a - found * b) / bottom


def mean_or_nan(values: np.ndarray) -> float:
    """The mean of the values that there are; NaN if there are none."""
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else np.nan
