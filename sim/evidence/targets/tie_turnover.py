"""Experiments on ties: which form, which are lost, and what predicts it.  Nobody coordinates; leavers are left out."""

from __future__ import annotations

import numpy as np

from sim.evidence.targets.counting import Counted, Measure, Measured, counted, experiment
from sim.evidence.targets.gift_rhythm import direct_gifts, gift_counts
from sim.evidence.targets.volunteering import NOBODY_WEAVES
from sim.inputs.scenario import Scenario, Table
from sim.lab.analysis.matrix_measures import common_contacts, either, gifts_logged, trust_matrix
from sim.lab.open_world import YEAR, open_world
from sim.model.state import World
from sim.model.world import run_to

LOOK, SEASON = YEAR, 13
TIES: Table = {
    "title": "Ties that form and fade",
    "weeks": LOOK + YEAR,
    "network": {"kind": "communities", "members": 100, "degree": 4.0},
    "strategies": {"none": NOBODY_WEAVES},
}
SILENT_TIMES = 8
"""Times the usual interval between contacts from which a tie is silent: Navarro et al. (2017)."""
CONTACTS = 4
"""Contacts that a usual interval takes."""
LATER = 26


def active(world: World) -> np.ndarray:
    """Return who belongs to the network, of all who ever did: bool (n,)."""
    return np.asarray(world.members["active"][: world.network[0].members] == 1)


def contacts(gifts: np.ndarray) -> np.ndarray:
    """Return pairs and weeks of direct gifts, in that order: int64 (m, 3) of lower row, higher row, week."""
    direct = direct_gifts(gifts)
    pairs = np.sort(np.column_stack((direct["giver"], direct["receiver"])).astype(np.int64), axis=1)
    return np.unique(np.column_stack((pairs, direct["week"].astype(np.int64))), axis=0)


def silences(seen: np.ndarray, here: np.ndarray, week: int) -> dict[str, Counted]:
    """Count pairs without further contact, among silent pairs and among the others.

    `seen`: as from `contacts`; `here`: who was there throughout, bool (n,); `week`: of observation.  Only pairs with a usual
    interval of contact count.  A pair is silent if its last contact is longer ago than `SILENT_TIMES` its mean interval; it
    is followed for `LATER` weeks.
    """
    tallies = {True: [0, 0], False: [0, 0]}
    breaks = np.flatnonzero(np.any(np.diff(seen[:, :2], axis=0) != 0, axis=1)) + 1
    for rows in np.split(seen, breaks):
        if not len(rows) or not (here[rows[0, 0]] and here[rows[0, 1]]):
            continue
        before = rows[rows[:, 2] < week, 2]
        if len(before) < CONTACTS:
            continue
        interval = (before[-1] - before[0]) / (len(before) - 1)
        silent = bool(week - before[-1] > SILENT_TIMES * interval)
        again = bool(np.any((rows[:, 2] >= week) & (rows[:, 2] < week + LATER)))
        tallies[silent][0] += not again
        tallies[silent][1] += 1
    return {
        "silent_ended": Counted(*map(float, tallies[True])),
        "others_ended": Counted(*map(float, tallies[False])),
    }


@experiment(TIES)
def ties(scenario: Scenario, seed: int, replicate: int) -> Measured:
    """A hundred members for two years: what becomes of ties and of pairs without one after the first year.

    Two are tied if either trusts the other; a tie is mutual if both gave in the last quarter of the first year.
    """
    _, world = open_world(scenario, scenario.strategy(), seed, replicate, ledger=True)
    world = run_to(world, LOOK)
    there, before, gifts = active(world), either(trust_matrix(world)), gifts_logged(world)
    n = len(there)
    gave = gift_counts(gifts[gifts["week"] >= LOOK - SEASON], n) > 0
    world = run_to(world, LOOK + SEASON)
    season, stayed_season = either(trust_matrix(world))[:n, :n], active(world)[:n] & there
    world = run_to(world, LOOK + YEAR)
    after, stayed = either(trust_matrix(world))[:n, :n], active(world)[:n] & there
    common = common_contacts(before)
    both = np.outer(stayed, stayed) & ~np.eye(n, dtype=bool)
    soon = np.outer(stayed_season, stayed_season) & ~np.eye(n, dtype=bool)
    mutual = gave & gave.T
    measures: dict[str, Measure] = {
        "formed_0": counted(season, soon & ~before & (common == 0)),
        "formed_1": counted(season, soon & ~before & (common == 1)),
        "formed_2": counted(season, soon & ~before & (common >= 2)),
        "lost_bridges": counted(~after, both & before & (common == 0)),
        "lost_embedded": counted(~after, both & before & (common >= 2)),
        "kept_mutual": counted(after, both & before & mutual),
        "kept_one_way": counted(after, both & before & (gave | gave.T) & ~mutual),
    }
    return measures | silences(contacts(gifts_logged(world)), active(world), LOOK)
