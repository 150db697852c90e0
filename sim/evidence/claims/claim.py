"""What a claim is made of: parts, each an experiment with arms on paired futures, a measure, and an effect that counts.

A claim is a sentence of the sources; a part is what would be seen if it were true.  Two or more arms (a world, and what
coordinators do in it) run with the same seeds, one number is measured in each future of each arm, and the effect is
computed future by future, signed so that above 0 is what the claim says.  `margin` is the smallest effect that matters;
it is set beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.inputs.scenario import Scenario, Table
from sim.lab.future import Future

Measure = Callable[[Future, Scenario], float]
Values = NDArray[np.float64]
"""One number a future, NaN where a future has none."""
Combine = Callable[..., Values]

NOBODY: Table = {"coordinators": []}


@dataclass(frozen=True)
class Arm:
    """One side of an experiment.

    `strategy`: what coordinators do, as in a scenario file.  `settings`: what this side sets over the experiment's
    world, by key.  `measure`: where it differs from the part's.
    """

    strategy: Table = field(default_factory=lambda: NOBODY)
    settings: Table = field(default_factory=dict)
    measure: Measure | None = None


@dataclass(frozen=True)
class Ablation:
    """A mechanism switched off: settings under which an effect that comes about through it should vanish."""

    name: str
    settings: Table


def more(a: Values, b: Values | float = 0.0) -> Values:
    """Return how much more the first arm has than the second, or what the only arm has."""
    return a - b


@dataclass(frozen=True)
class Contrast:
    """How arms are compared.

    `unit`: of the effect.  `margin`: the smallest effect that matters.  `measure`: what is measured in each future.
    `combine`: arrays (futures,), one an arm in order, to the effect (futures,), NaN where a future has none.
    """

    unit: str
    margin: float
    measure: Measure
    combine: Combine = more


@dataclass(frozen=True)
class ClaimPart:
    """One thing that a claim says.

    `says`: what is expected, in plain words, with the effect's direction: "production is reached later under a hub".
    `world`: settings of all arms over the claims' common world.  `added`: names of the added mechanisms
    (`sim.evidence.claims.added_mechanisms`) without which the part is tried too.  `options`: names of the options with which
    it is tried too.  `ledger`: whether measures read the ledger
    of gifts.  `effort`: how many times the usual number of futures the effect needs.  `given`: why the effect follows from
    how a comparator is defined; such a part is shown, but does not count.
    """

    key: str
    says: str
    contrast: Contrast
    arms: Sequence[Arm]
    world: Table = field(default_factory=dict)
    ablation: Ablation | None = None
    added: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    ledger: bool = False
    effort: int = 1
    given: str = ""

    @property
    def share(self) -> bool:
        """Whether the effect is a share of futures, of yes and no, and not a difference."""
        return len(self.arms) == 1


@dataclass(frozen=True)
class Boundary:
    """What a claim may depend on: a part that is tried at several values of one thing.

    `said`: a value in words, with {} for it.  `values`: in ascending order.  `part`: the part at a value.
    """

    said: str
    values: tuple[float, ...]
    part: Callable[[float], ClaimPart]


@dataclass(frozen=True)
class Claim:
    """A claim of the sources, with its parts; the effect of the first stands for the claim.

    `source`: GN or CAP (see `sim/model/MODEL.md`).  `mechanism`: the rules through which it would come about in the model.
    `boundary`: where it may begin or end to hold, if that is mapped.
    """

    number: int
    text: str
    source: str
    mechanism: str
    parts: tuple[ClaimPart, ...]
    boundary: Boundary | None = None


def less(a: Values, b: Values) -> Values:
    """Return how much less the first arm has than the second."""
    return b - a


def relative(a: Values, b: Values) -> Values:
    """Return how much more the first arm has than the second, as a share of the second's mean."""
    return ratio_of_means(a, b) - 1.0


def lost_share(hit: Values, spared: Values) -> Values:
    """Return what a shock costs, as a share of the mean without it."""
    return 1.0 - ratio_of_means(hit, spared)


def loses_more(hit: Values, spared: Values, other_hit: Values, other_spared: Values) -> Values:
    """Return how much greater a share a shock costs in the first pair of arms than in the second."""
    return lost_share(hit, spared) - lost_share(other_hit, other_spared)


def ratio_of_means(a: Values, b: Values) -> Values:
    """Return values, one a future, whose mean is R = mean(a) / mean(b) and whose scatter gives R's standard error.

    R + (a - R b) / mean(b): the ratio linearised at the means (delta method; Cochran 1977, section 6.3), so that an interval
    of the mean of these values covers the uncertainty of the denominator too.  NaN where one arm has no value, and all NaN
    where the mean of b is 0.
    """
    both = np.isfinite(a) & np.isfinite(b)
    top, bottom = mean_or_nan(np.where(both, a, np.nan)), mean_or_nan(np.where(both, b, np.nan))
    if not bottom > 0:
        return np.full(len(a), np.nan)
    ratio = top / bottom
    return ratio + (a - ratio * b) / bottom


def mean_or_nan(values: Values) -> float:
    """Return the mean of the values that are not NaN; NaN if there are none."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan
