"""Verdicts: from effects to "holds", "conditional", "does not hold" or "undecided".

The rule is fixed beforehand and the same for all claims.  A part holds if the whole interval of its effect lies above the
part's `margin`, does not hold if the whole interval lies below it, and is undecided otherwise.  Intervals are corrected
for the number of parts that count over all claims, `looks`: each has a confidence of 1 - .05 / looks (Bonferroni), so the
chance of even one wrong "holds" stays below 5%.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy import stats

from sim.lab.analysis.effects import mean_interval, proportion
from sim.lab.analysis.events import CONFIDENCE
from sim.output.words import capital

HOLDS, CONDITIONAL, FAILS, UNDECIDED = "holds", "conditional", "does not hold", "undecided"
GIVEN = "by definition"
"""Instead of a verdict, for a part that follows from how a comparator is defined."""
FEWEST = 10
MOST_REPLICATES = 1_000_000


@dataclass(frozen=True)
class Effect:
    """An effect's mean with its 95% interval, and the interval corrected for the number of looks.

    `n`: futures with an effect; `deviation`: standard deviation between them.
    """

    mean: float
    low: float
    high: float
    low_adjusted: float
    high_adjusted: float
    n: int
    deviation: float


def effect_of(values: np.ndarray, looks: int, share: bool = False) -> Effect | None:
    """Return the mean of an effect over futures, with its intervals; None if fewer than ten futures have one.

    `values`: float (replicates,), NaN left out.  `share`: whether they are yes or no.
    """
    there = values[np.isfinite(values)]
    if len(there) < FEWEST:
        return None
    plain, wide = (
        # Wilson's for a share of yes, which is sound at 0 and 1 too; Student's t for numbers.
        proportion(int(there.sum()), len(there), confidence) if share else mean_interval(there, confidence)
        for confidence in (CONFIDENCE, 1 - (1 - CONFIDENCE) / looks)
    )
    ends = (plain.low, plain.high, wide.low, wide.high)
    return Effect(float(there.mean()), *ends, len(there), float(there.std(ddof=1)))


def verdict_of(effect: Effect | None, margin: float) -> str:
    """Return the verdict on one part."""
    if effect is None:
        return UNDECIDED
    if effect.low_adjusted > margin:
        return HOLDS
    return FAILS if effect.high_adjusted < margin else UNDECIDED


def replicates_needed(effect: Effect, margin: float, looks: int, tried: int) -> int | None:
    """Return the replicates that would decide a part if its effect is as estimated; None if it equals the margin.

    `tried`: replicates run; futures without an effect are assumed to stay as frequent.
    """
    gap = abs(effect.mean - margin)
    quantile = float(stats.norm.ppf(1 - (1 - CONFIDENCE) / looks / 2))
    if gap == 0:
        return None
    needed = ceil((quantile * effect.deviation / gap) ** 2 * tried / effect.n) + 2
    return needed if needed <= MOST_REPLICATES else None


def overall(verdicts: Sequence[tuple[str, str]]) -> tuple[str, str | None]:
    """Return the verdict on a claim from those on its parts, with the condition if it is conditional.

    `verdicts`: what each part says, and its verdict.  A claim holds if all parts do, and does not if none does; if some
    do and some do not, it is conditional on which.
    """
    kinds = {verdict for _, verdict in verdicts}
    if kinds == {HOLDS}:
        return HOLDS, None
    if HOLDS not in kinds:
        return (FAILS, None) if kinds == {FAILS} else (UNDECIDED, None)
    if FAILS not in kinds:
        return UNDECIDED, None
    said = {kind: [says for says, verdict in verdicts if verdict == kind] for kind in (HOLDS, FAILS, UNDECIDED)}
    return CONDITIONAL, " ".join(f"{capital(kind)}: {'; '.join(parts)}." for kind, parts in said.items() if parts)
