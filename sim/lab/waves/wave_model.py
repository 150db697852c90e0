"""One step between waves, simulated from its first wave in a plausible world.

Membership is that of the waves: those who are in the second wave stay, the others leave halfway, and nobody else joins.  Who
would name whom at the second wave follows from trust: a contact is named from a share of the trust that the weakest named tie
started with.  That share, the naming threshold, is not known, and is drawn like the parameters.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.inputs.scenario import Scenario, Table
from sim.lab.analysis.matrix_measures import trust_matrix
from sim.lab.experiment.designs import world_seed
from sim.lab.open_world import CLOSED
from sim.lab.waves.wave_steps import WaveStep, answered_for, statistics
from sim.lab.world_draws import plan_of, uniform
from sim.model.declarations import BY_KEY, NUMBER
from sim.model.state import CHANGE, LOSE_MEMBER
from sim.model.world import build_world, resized, run_to, without_maps

NAMING = "naming threshold"
NAMING_RANGE = (0.0, 1.0)
NAMING_ERROR = 0.05
"""Standard deviation of what is added to trust when people name their contacts.  Fixed beforehand, not fitted."""
FREE = ("meeting.rate", "chemistry.base", "trust.decay", NAMING)
"""What is fitted: how often people meet (how ties form), how far trust can rise (how they grow), how fast it fades, and from
which trust on a contact is named.  The first three are declared as uncertain, and move ties most."""
ALONE, WOVEN = "none", "woven"


def free_range(key: str) -> tuple[float, float]:
    """Return the range of a free parameter before the fit: its plausible one."""
    return NAMING_RANGE if key == NAMING else BY_KEY[key].range


def wave_scenario() -> Scenario:
    """Return the scenario of all steps: closed membership, with or without one coordinator."""
    tables: Table = {
        "title": "Waves",
        "weeks": 1,
        "network": {"kind": "empty", "members": 2},
        "strategies": {ALONE: {"coordinators": []}, WOVEN: {"hours": 10.0}},
    }
    return Scenario.from_document(tables).with_(CLOSED)


class WaveModel(NamedTuple):
    """The model of some waves' steps: a scenario whose uncertain parameters are drawn, and a seed."""

    scenario: Scenario
    seed: int

    def values(self, world: int) -> dict[str, float]:
        """Return the parameters of a world by key, with the naming threshold."""
        drawn = plan_of(self.scenario).draw(self.seed, world)
        low, high = NAMING_RANGE
        naming = low + (high - low) * uniform(self.seed, world, NAMING)
        return {key: float(value) for key, value in drawn.items()} | {NAMING: naming}

    def graph(
        self, world: int, place: int, step: WaveStep, hours: float, values: dict[str, float] | None = None
    ) -> np.ndarray:
        """Return who names whom at the end of a step: bool (n, n).  `place`: the number of the step, which keys its luck."""
        values = self.values(world) if values is None else values
        settings = self.scenario.settings()
        for key, value in values.items():
            if key != NAMING:
                settings[NUMBER[key]] = value
        coordinators = self.scenario.coordinator_records(WOVEN if hours > 0 else ALONE)
        if hours > 0:
            coordinators = resized(coordinators, coordinators.shape)
            coordinators["hours"] = hours
        changes = CHANGE.empty(len(step.leavers))
        for change, row in zip(changes, step.leavers, strict=True):
            change["week"], change["what"], change["target"] = step.weeks // 2, LOSE_MEMBER, row
        seed = world_seed(self.seed, world)
        opened = build_world(step.start, settings, coordinators, changes, step.weeks, seed, place)
        start = trust_matrix(opened)
        weakest = float(start[start > 0].min()) if (start > 0).any() else float(settings[NUMBER["trust.start"]])
        trust = trust_matrix(run_to(without_maps(opened), step.weeks))
        errors = NAMING_ERROR * np.random.default_rng((seed, place)).standard_normal(trust.shape)
        least = max(values[NAMING] * weakest, float(settings[NUMBER["trust.floor"]]))
        return answered_for((trust > 0) & (trust + errors >= least), step.silent)

    def row(self, world: int, steps: tuple[WaveStep, ...], first: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Return the free parameters of a world (k,), and the statistics of every step in it (steps, statistics).

        `first`: the number of the first step.
        """
        values = self.values(world)
        found = [
            statistics(
                step.among_judged(step.before), step.among_judged(self.graph(world, place, step, step.hours, values))
            )
            for place, step in enumerate(steps, first)
        ]
        return np.array([values[key] for key in FREE]), np.array(found)
