"""Verdicts: from effects to "holds", "conditional", "mixed", "does not hold" or "undecided".

The rule is fixed beforehand and the same for all claims.  Two things are judged of each part: its effect at the default
settings, against the part's `margin`, and the share of plausible worlds in which the effect reaches the margin (luck of a
few futures in each allowed for), against two thirds.  Either holds if its whole interval lies above, does not hold if it
lies below, and is undecided otherwise.  A part holds if both do; one that holds at the default settings and in clearly
fewer worlds is not robust.

Intervals are corrected for all comparisons over all claims, `looks`: each has a confidence of 1 - .05 / looks
(Bonferroni), so the chance of even one wrong "holds" stays below 5%.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy import stats

from sim.lab.analysis.effects import mean_interval, proportion
from sim.lab.analysis.events import CONFIDENCE, Estimate
from sim.lab.analysis.world_shares import share_reaching
from sim.output.words import capital

HOLDS, CONDITIONAL, MIXED, FAILS, UNDECIDED = "holds", "conditional", "mixed", "does not hold", "undecided"
NOT_ROBUST = "not robust"
"""Of a part that holds at the default settings, and in fewer than two thirds of plausible worlds."""
PART_VERDICTS = (HOLDS, FAILS, NOT_ROBUST, UNDECIDED)
ENOUGH_WORLDS = 2.0 / 3.0
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
    """Return the verdict on one part at the default settings."""
    if effect is None:
        return UNDECIDED
    if effect.low_adjusted > margin:
        return HOLDS
    return FAILS if effect.high_adjusted < margin else UNDECIDED


def share_of_worlds(values: np.ndarray, margin: float, looks: int, share: bool = False) -> tuple[Estimate, Estimate]:
    """Return the share of worlds whose effect is at least the margin, with its 95% and its corrected interval.

    `values`: effects, float (worlds, replicates), NaN where a future has none.  Luck within a world is allowed for, so
    that few futures a world don't draw the share towards one half.  `share`: whether effects are yes or no.
    """
    reached = share_reaching(values, margin, share)
    return reached.interval(), reached.interval(1 - (1 - CONFIDENCE) / looks)


def with_worlds(here: str, share: Estimate | None) -> str:
    """Return the verdict on one part from that at the default settings and the share of worlds in which it counts.

    `share`: with the corrected interval; None if no worlds were tried, so that nothing can hold.
    """
    if here != HOLDS:
        return here
    if share is None:
        return UNDECIDED
    if share.low > ENOUGH_WORLDS:
        return HOLDS
    return NOT_ROBUST if share.high < ENOUGH_WORLDS else UNDECIDED


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


def boundary_of(said: str, values: Sequence[float], verdicts: Sequence[str]) -> str | None:
    """Return from or up to which value a claim holds, in words; None if no boundary lies between the values tried.

    `said`: a value in words, with {} for it.  `verdicts`: at each of the ascending `values`.  There is a boundary if all
    values at which the claim holds lie on one side of all at which it does not.
    """
    yes = [place for place, verdict in enumerate(verdicts) if verdict == HOLDS]
    no = [place for place, verdict in enumerate(verdicts) if verdict == FAILS]
    if not yes or not no:
        return None
    if no[-1] < yes[0]:
        first, last, words = yes[0], no[-1], ("from {} on", "up to {}")
    elif yes[-1] < no[0]:
        first, last, words = yes[-1], no[0], ("up to {}", "from {} on")
    else:
        return None
    where, elsewhere = (
        form.format(said.format(f"{values[place]:,g}")) for form, place in zip(words, (first, last), strict=True)
    )
    open_between = UNDECIDED in verdicts[min(first, last) : max(first, last)]
    between = ", and is undecided in between" if open_between else ""
    return f"Holds {where}, and does not {elsewhere}{between} (at the default settings otherwise)."


def overall(verdicts: Sequence[tuple[str, str]], boundary: str | None = None) -> tuple[str, str | None]:
    """Return the verdict on a claim from those on its parts, with the condition if it is conditional or mixed.

    `verdicts`: what each part says, and its verdict.  `boundary`: from where on it holds, in words, if that was found.  A
    claim holds if all parts do.  Otherwise it is conditional if its boundary is known, and mixed if some parts hold and
    others do not.  It does not hold if no part does.
    """
    kinds = {verdict for _, verdict in verdicts}
    if kinds == {HOLDS}:
        return HOLDS, None
    if boundary:
        return CONDITIONAL, boundary
    if HOLDS in kinds and kinds & {FAILS, NOT_ROBUST}:
        said = {kind: [says for says, verdict in verdicts if verdict == kind] for kind in PART_VERDICTS}
        return MIXED, " ".join(f"{capital(kind)}: {'; '.join(parts)}." for kind, parts in said.items() if parts)
    return (FAILS, None) if kinds <= {FAILS, NOT_ROBUST} else (UNDECIDED, None)
