"""Newcomb's fraternity: seventeen strangers who move into one house, asked every week whom they like best.

Newcomb (1961) had 17 men, who had not known each other, rank all others by friendliness.  The data are not part of the
package (`../shared/data/newcomb` where they are found); the simulated house needs nothing of them.  A simulated member
ranks the others by trust, with an error of naming.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from sim.evidence.targets.counting import Counted, Measure, Measured, Overrides, Run
from sim.evidence.targets.panel_measures import (
    added,
    closed,
    returned,
    same_choices,
    to_most_chosen,
    top_choices,
    turnover,
)
from sim.evidence.targets.real_data import matrices_of
from sim.evidence.targets.shared_settings import meeting
from sim.evidence.targets.strangers import strangers_scenario
from sim.lab.analysis.matrix_measures import trust_matrix
from sim.lab.open_world import CLOSED, open_world
from sim.model.world import run_to

FILES = ("ranks.csv",)
PEOPLE, MEASUREMENTS = 17, 15
HOUSE: dict[str, float] = {**CLOSED, "groups.founding": 0.0, "members.activity": 4.0, **meeting(40.0)}
"""People of one house meet some six times a day and give four times a week; they found no working groups.

Assumed for a house; of 20, 30 and 40 encounters a week, 40 agreed best with how soon choices settle.
"""
NAMING_ERROR = 0.05
"""Standard deviation of what is added to trust when somebody ranks the others.  Fixed beforehand, not fitted."""
NAMED = (3, 5)
FEW, FIRST_WEEKS = 3, 4
"""Measurements that make up "first" and "last"; weeks 2 to 4 are the second to fourth change of choices."""


def measures(liking: Sequence[np.ndarray]) -> dict[str, Measure]:
    """Return the figures of Newcomb's data: names end in the number of choices that count."""
    figures: dict[str, Measure] = {}
    for number in NAMED:
        weeks = [top_choices(each, number) for each in liking]
        kept = [{"all": same_choices(a, b)} for a, b in pairwise(weeks)]
        changes = added([turnover(a, b) for a, b in pairwise(weeks)])
        found = {
            "same_first": kept[0]["all"],
            "same_next": added(kept[1:FIRST_WEEKS])["all"],
            "same_later": added(kept[FIRST_WEEKS:])["all"],
            "reciprocity": summed([returned(week) for week in weeks]),
            "transitivity_first": summed([closed(week) for week in weeks[:FEW]]),
            "transitivity_last": summed([closed(week) for week in weeks[-FEW:]]),
            "lost_mutual": changes["lost_mutual"],
            "lost_one_sided": changes["lost_one_sided"],
            "formed_chosen": changes["formed_chosen"],
            "formed_unchosen": changes["formed_unchosen"],
            "most_chosen": summed([to_most_chosen(week, FEW) for week in weeks]),
        }
        figures |= {f"{name}_top{number}": value for name, value in found.items()}
    return figures


def summed(counts: Sequence[Counted]) -> Counted:
    """Return the sum of counts."""
    return Counted(sum(each.hits for each in counts), sum(each.total for each in counts))


def read(folder: Path) -> list[np.ndarray]:
    """Return how much each likes each other at every measurement: 17 minus rank, 0 on the diagonal."""
    people, ranks = matrices_of(folder / "ranks.csv", ("measurement",), "rank")
    return [
        np.where(ranks[key] > 0, len(people) - ranks[key], 0.0) for key in sorted(ranks, key=lambda key: int(key[0]))
    ]


def liking_each_week(overrides: Overrides) -> Callable[[int, int], list[np.ndarray]]:
    """Return a function of seed and replicate: how much each likes each other, with an error of naming, in every week."""
    scenario = strangers_scenario(PEOPLE, 1, MEASUREMENTS, {**HOUSE, **overrides})

    def weeks(seed: int, replicate: int) -> list[np.ndarray]:
        _, world = open_world(scenario, "none", seed, replicate)
        errors = np.random.default_rng((seed, replicate, PEOPLE))
        liking = []
        for week in range(1, MEASUREMENTS + 1):
            world = run_to(world, week)
            liking.append(trust_matrix(world) + NAMING_ERROR * errors.standard_normal((PEOPLE, PEOPLE)))
        return liking

    return weeks


def house(overrides: Overrides) -> Run:
    """Seventeen strangers in one house for fifteen weeks: whom they like best, week by week."""
    liking = liking_each_week(overrides)

    def run(seed: int, replicate: int) -> Measured:
        return measures(liking(seed, replicate))

    return run
