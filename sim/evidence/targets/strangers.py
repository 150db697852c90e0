"""From nothing: forty strangers in four sectors whom nobody coordinates, and what becomes of their ties.

Membership is closed, so that the figures are about ties alone.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sim.evidence.targets import gift_rhythm
from sim.evidence.targets.counting import Counted, Measure, Measured, Overrides, Run
from sim.evidence.targets.panel_measures import added, turnover
from sim.evidence.targets.shared_settings import meeting
from sim.evidence.targets.volunteering import NOBODY_WEAVES
from sim.inputs.scenario import Scenario, Table
from sim.lab.analysis.matrix_measures import answered_weight, either, gifts_logged, trust_matrix
from sim.lab.open_world import CLOSED, YEAR, open_world
from sim.model.state import World
from sim.model.world import run_to

PEOPLE = 40
ENCOUNTERS = 2.0
YEARS, DECADE = (1, 2, 3), 10
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5)
"""Trust above which a relation counts as a tie."""


def strangers_scenario(people: int, sectors: int, weeks: int, settings: Overrides) -> Scenario:
    """Return a scenario of members without ties, whom nobody coordinates."""
    tables: Table = {
        "title": "Strangers",
        "weeks": weeks,
        "network": {"kind": "empty", "members": people, "sectors": sectors},
        "strategies": {"none": NOBODY_WEAVES},
    }
    return Scenario.from_document(tables).with_(settings)


def ties_each(trust: np.ndarray) -> float:
    """Return the mean number of ties per member, tied if either trusts the other."""
    return float(either(trust).sum() / len(trust))


def yearly_turnover(before: np.ndarray, after: np.ndarray) -> dict[str, Counted]:
    """Return `turnover` from trust to trust, and at each of `THRESHOLDS` with `@` and the threshold after each name."""
    counts = turnover(before > 0, after > 0)
    for threshold in THRESHOLDS:
        for name, value in turnover(before > threshold, after > threshold).items():
            counts[f"{name}@{threshold:g}"] = value
    return counts


def growth(overrides: Overrides) -> Run:
    """Strangers for ten years: ties per member at years 1, 2, 3 and 10, and the share of others that one is tied to."""
    scenario = strangers_scenario(PEOPLE, 4, DECADE * YEAR, {**CLOSED, **meeting(ENCOUNTERS), **overrides})

    def run(seed: int, replicate: int) -> Measured:
        _, world = open_world(scenario, "none", seed, replicate)
        measures: dict[str, Measure] = {}
        for year in (*YEARS, DECADE):
            world = run_to(world, year * YEAR)
            measures[f"ties_{year}"] = ties_each(trust_matrix(world))
        measures["tied_share"] = ties_each(trust_matrix(world)) / (PEOPLE - 1)
        return measures

    return run


def apart(overrides: Overrides) -> Run:
    """The same strangers without encounters, for a year: ties per member."""
    scenario = strangers_scenario(PEOPLE, 4, YEAR, {**CLOSED, **meeting(0.0), **overrides})

    def run(seed: int, replicate: int) -> Measured:
        _, world = open_world(scenario, "none", seed, replicate)
        return {"ties": ties_each(trust_matrix(run_to(world, YEAR)))}

    return run


def acquainted(scenario: Scenario, seed: int, replicate: int) -> tuple[World, list[np.ndarray]]:
    """Return the world after three years with its ledger, and trust at the end of each."""
    _, world = open_world(scenario, "none", seed, replicate, ledger=True)
    seen = []
    for year in YEARS:
        world = run_to(world, year * YEAR)
        seen.append(trust_matrix(world))
    return world, seen


def relations(overrides: Overrides) -> Run:
    """Strangers for three years: yearly turnover of their ties from the first year on, bursts and answers of gifts."""
    scenario = strangers_scenario(PEOPLE, 4, YEARS[-1] * YEAR, {**CLOSED, **meeting(ENCOUNTERS), **overrides})

    def run(seed: int, replicate: int) -> Measured:
        world, seen = acquainted(scenario, seed, replicate)
        panels = [yearly_turnover(before, after) for before, after in pairwise(seen)]
        measures: dict[str, Measure] = dict(added(panels))
        gifts = gifts_logged(world)
        measures["burstiness"] = gift_rhythm.mean_burstiness(gifts)
        measures["answered_weight"] = answered_weight(gift_rhythm.gift_counts(gifts, len(seen[-1])))
        measures["answered_soon"] = gift_rhythm.answered_soon(gifts, YEARS[-1] * YEAR)
        measures["one_sided"] = one_sided(seen[-1])
        return measures

    return run


def one_sided(trust: np.ndarray) -> float:
    """Return the share of tied pairs of whom only one trusts the other; NaN without ties."""
    number = float(either(trust).sum())
    return float(((trust > 0) ^ (trust.T > 0)).sum()) / number if number else np.nan
