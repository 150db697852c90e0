"""Whether and when runs of a strategy reach a stage: share, curve over weeks, restricted mean weeks.

Futures of one world are independent.  Those of a sweep are not: futures of a world are alike, and worlds may share their
seeds, so intervals are over worlds and seeds (see `pairs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.lab.analysis.effects import proportion
from sim.lab.analysis.events import Curve, Estimate, Histories, bounded_mean, kaplan_meier, restricted_mean
from sim.lab.analysis.pairs import crossed_curve, level
from sim.lab.analysis.runs import AnalysisError, Block, block

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Reached:
    """Share of a strategy's futures that reach a stage, curve over weeks, and restricted mean weeks."""

    strategy: str
    stage: str
    share: Estimate
    curve: Curve
    weeks: Estimate


def several_worlds(runs: pd.DataFrame) -> bool:
    """Return whether a table of runs has more than one world."""
    return "point" in runs.columns and runs["point"].nunique() > 1


def in_common(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of worlds and seeds that all strategies have run; all runs if there is one world, or nothing in common."""
    if not several_worlds(runs):
        return runs
    try:
        table = block(runs.assign(one=0.0), "one", list(dict.fromkeys(runs["strategy"])), 1.0)
    except AnalysisError:
        return runs
    return runs.loc[table.used]


def reached(runs: pd.DataFrame, strategy: str, stage: str, horizon: float) -> Reached:
    """Return whether and when runs of a strategy reach a stage.

    `runs`: strategy and `STAGE_week` (NaN where not reached); of a sweep also point and replicate.
    """
    own = runs[runs["strategy"] == strategy]
    crossed = crossed_weeks(own, strategy, stage, horizon) if several_worlds(own) else None
    if crossed is None:
        weeks = own[f"{stage}_week"].to_numpy(float, na_value=np.nan)
        history = Histories(weeks, ~np.isnan(weeks), float(horizon))
        share = proportion(int((~np.isnan(weeks)).sum()), len(weeks))
        return Reached(strategy, stage, share, kaplan_meier(*history), restricted_mean(*history))
    table, there = crossed
    curve = crossed_curve(np.where(there, table.values[..., 0], np.nan), float(horizon), table.shared)
    last = Estimate(float(curve.share[-1]), float(curve.low[-1]), float(curve.high[-1]))
    return Reached(strategy, stage, last, curve, level_within(table, strategy, float(horizon)))


def crossed_weeks(runs: pd.DataFrame, strategy: str, stage: str, horizon: float) -> tuple[Block, np.ndarray] | None:
    """Return restricted weeks of worlds by seeds, and where the stage was reached; None if runs are independent."""
    try:
        table = block(runs, f"{stage}_week", [strategy], horizon)
    except AnalysisError:
        return None
    if table.values.size < 2 or (not table.shared and table.values.shape[1] == 1):
        return None
    # A block counts weeks not reached as the horizon, and a stage may be reached in the very last week.
    there = block(runs.assign(there=runs[f"{stage}_week"].notna()), "there", [strategy], horizon)
    return table, there.values[..., 0] > 0


def level_within(table: Block, strategy: str, horizon: float) -> Estimate:
    """Return a strategy's mean restricted weeks over worlds and seeds; if nothing varies, with the interval over worlds."""
    one = level(table, strategy)
    if one.low == one.high:
        return bounded_mean(table.of(strategy).mean(axis=1), horizon)
    return Estimate(one.mean, max(0.0, one.low), min(horizon, one.high))
