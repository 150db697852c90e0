"""What a target is: a published figure, and when simulated futures agree with it.

A target is of one of three kinds:

- `figure`: a single number.  Inside if it lies in the interval of 90% of simulated futures (or, for pooled shares, of
  bootstrap samples of futures).
- `range`: a number with an uncertainty or a rounding of its own, or a bound.  Inside if the simulated median lies in it.
- `direction`: a ratio or difference of known sign or side of 1.  Inside if the whole 90% interval is on that side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

Kind = Literal["figure", "range", "direction"]
Pooling = Literal["futures", "counts", "majority"]


class Citation(NamedTuple):
    """The source of a figure: a short name, and the full reference with what it states."""

    short: str
    full: str


@dataclass(frozen=True)
class Target:
    """One published figure.

    `name`: unique.  `experiment`, `measures`: what measures it in the model; one measure, or pairs of two for a ratio (of
    several ratios the highest counts).  `observed`: the figure (NaN where the source gives a direction or a bound only).
    `low`, `high`: its range, where there is one (for a direction: the side that it has to be on).  `pooling`: whether each
    future gives a number, counts are added up over futures, or people are judged by the majority of futures.  `note`: how
    the model is made comparable.  `why`: a possible reason where the model misses.  `bar`: whether it is one of the lines
    that rules are tuned with.  `further`: measures of the experiment that figures show, but that are not judged.
    """

    name: str
    label: str
    experiment: str
    measures: tuple[str, ...]
    source: Citation
    observed: float
    kind: Kind = "figure"
    low: float = -np.inf
    high: float = np.inf
    unit: str = "share"
    in_fit: bool = False
    pooling: Pooling = "futures"
    note: str = ""
    why: str = ""
    bar: bool = False
    further: tuple[str, ...] = ()

    @property
    def side(self) -> str:
        """The side that a direction or bound has to be on, in words."""
        return f"above {self.low:g}" if np.isfinite(self.low) else f"below {self.high:g}"

    @property
    def scale(self) -> float:
        """What the figure may be divided by, to show it as a multiple: itself, or the end of a bound; 1 if that is 0."""
        size = (
            abs(self.observed) if np.isfinite(self.observed) else abs(self.low if np.isfinite(self.low) else self.high)
        )
        return size if np.isfinite(size) and size > 0 else 1.0

    def inside(self, median: float, low: float, high: float) -> bool:
        """Return whether simulated futures with this median and 90% interval agree with the figure."""
        if np.isnan(median):
            return False
        if self.kind == "figure":
            return bool(low <= self.observed <= high)
        if self.kind == "range":
            return bool(self.low <= median <= self.high)
        return bool(low > self.low and high < self.high)
