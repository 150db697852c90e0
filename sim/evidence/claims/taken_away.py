"""What each mechanism contributes: main outcomes with it taken away, against the same futures with it.

Reciprocity, identity, meetings, spreading and each kind of output are switched off in turn, in the claims' common world
under the usual coordinator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from sim.evidence.claims.claim import Arm, ClaimPart, Contrast
from sim.evidence.claims.future_measures import outcome
from sim.evidence.claims.giving_claims import NO_IDENTITY, NO_RECIPROCITY
from sim.evidence.claims.strategies import WEAVER
from sim.evidence.claims.trial import Trial, effects
from sim.evidence.seeds import VERDICT_SEED
from sim.inputs.scenario import Table
from sim.lab.analysis.effects import mean_interval
from sim.model.outcomes import BY_NAME
from sim.model.state import OUTPUTS

TAKEN_AWAY: Mapping[str, Table] = {
    "reciprocity": NO_RECIPROCITY,
    "identity": NO_IDENTITY,
    "meetings": {"meeting.rate": 0.0},
    "spreading": {"spreading.fan": 0.0},
    **{f"outputs: {kind}": {"production.without": number} for number, kind in enumerate(OUTPUTS)},
}
"""Settings that switch a mechanism off, by its name."""
AFFECTED = ("outputs", "output_value", "alive", "members_active", "newcomers", "practice_worth", "value_per_member")
"""Outcomes that are compared."""


@dataclass(frozen=True)
class TakenAwayRow:
    """An outcome with a mechanism and without it, and the mean paired difference with its 95% interval.

    `clear`: whether the interval excludes zero.
    """

    taken: str
    outcome: str
    label: str
    unit: str
    present: float
    absent: float
    difference: float
    low: float
    high: float
    clear: bool

    def to_json(self) -> dict[str, object]:
        """Return the row as a dictionary."""
        return asdict(self)


def taken_away_row(taken: str, name: str, present: np.ndarray, absent: np.ndarray) -> TakenAwayRow:
    """Compare an outcome on paired futures.  `present`, `absent`: float (futures,)."""
    known = np.isfinite(present) & np.isfinite(absent)
    gap = mean_interval(absent[known] - present[known])
    return TakenAwayRow(
        taken,
        name,
        BY_NAME[name].label,
        BY_NAME[name].unit,
        float(present[known].mean()),
        float(absent[known].mean()),
        gap.mean,
        gap.low,
        gap.high,
        gap.low > 0.0 or gap.high < 0.0,
    )


def try_taken_away(
    seed: int = VERDICT_SEED,
    replicates: int = 300,
    jobs: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[TakenAwayRow]:
    """Return a row for each mechanism and outcome.  Raises KeyboardInterrupt once `stopped`."""
    worlds: Sequence[Table] = ({}, *TAKEN_AWAY.values())
    trials = [
        Trial(ClaimPart(name, name, Contrast("", 0.0, outcome(name)), (Arm(WEAVER, settings),)))
        for settings in worlds
        for name in AFFECTED
    ]
    found = np.reshape(effects(trials, seed, replicates, jobs, stopped), (len(worlds), len(AFFECTED), replicates))
    return [
        taken_away_row(taken, name, found[0, column], found[row, column])
        for row, taken in enumerate(TAKEN_AWAY, start=1)
        for column, name in enumerate(AFFECTED)
    ]
