"""What a target is: a published figure, and when simulated futures agree with it.

A target is of one of three kinds:

- `figure`: a number seen once.  Inside if it lies in the interval that 90% of simulated futures (or, for pooled shares,
  of bootstrap samples of futures) lie in.
- `range`: a number with an uncertainty or a rounding of its own.  Inside if the simulated median lies in the range.
- `direction`: a ratio or difference of which the sign or side of 1 is known.  Inside if the whole 90% interval is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.evidence.sources import Source

Kind = Literal["figure", "range", "direction"]
Pooling = Literal["futures", "counts", "majority"]


@dataclass(frozen=True)
class Target:
    """One published figure.

    `name`: of the target, unique.  `experiment`, `measures`: what measures it in the model; one measure, or two whose
    ratio is meant.  `observed`: the figure (NaN where the source gives a direction only); `low`, `high`: its range, where
    there is one (for a direction: the side that it has to be on).  `pooling`: whether each future gives a number, or
    counts are added up over futures, or people are judged by most futures.  `note`: how the model is made comparable.
    `why`: where the model misses, why that may be.
    """

    name: str
    label: str
    experiment: str
    measures: tuple[str, ...]
    source: Source
    observed: float
    kind: Kind = "figure"
    low: float = -np.inf
    high: float = np.inf
    unit: str = "share"
    in_fit: bool = False
    pooling: Pooling = "futures"
    note: str = ""
    why: str = ""

    @property
    def side(self) -> str:
        """Of a direction, where the ratio or difference has to be, in words."""
        return f"above {self.low:g}" if np.isfinite(self.low) else f"below {self.high:g}"

    def inside(self, median: float, low: float, high: float) -> bool:
        """Whether simulated futures with this median and 90% interval agree with the figure."""
        if np.isnan(median):
            return False
        if self.kind == "figure":
            return bool(low <= self.observed <= high)
        if self.kind == "range":
            return bool(self.low <= median <= self.high)
        return bool(low > self.low and high < self.high)
