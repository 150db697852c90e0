"""generative-networks: a simulator of generative social-impact networks.

from sim import Scenario, simulate, compare, Experiment, sweep, GenerativeNetwork
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.inputs.scenario import Scenario, ScenarioError
    from sim.lab.advising import Advice, advise
    from sim.lab.comparison import Comparison, compare
    from sim.lab.experiment.experiment import Experiment
    from sim.lab.experiment.sweeping import sweep
    from sim.lab.future import simulate
    from sim.lab.generative_network import GenerativeNetwork
    from sim.lab.own_rules import Measure
    from sim.lab.record import Record
    from sim.lab.waves.following import Following, follow_waves
    from sim.model.agents import Coordinator, Member, WorkingGroup

WHERE = {
    "Advice": "sim.lab.advising",
    "advise": "sim.lab.advising",
    "Comparison": "sim.lab.comparison",
    "compare": "sim.lab.comparison",
    "Coordinator": "sim.model.agents",
    "Following": "sim.lab.waves.following",
    "follow_waves": "sim.lab.waves.following",
    "Experiment": "sim.lab.experiment.experiment",
    "GenerativeNetwork": "sim.lab.generative_network",
    "Measure": "sim.lab.own_rules",
    "Member": "sim.model.agents",
    "WorkingGroup": "sim.model.agents",
    "Record": "sim.lab.record",
    "Scenario": "sim.inputs.scenario",
    "ScenarioError": "sim.inputs.scenario",
    "simulate": "sim.lab.future",
    "sweep": "sim.lab.experiment.sweeping",
}
__all__ = [
    "Advice",
    "Comparison",
    "Coordinator",
    "Experiment",
    "Following",
    "GenerativeNetwork",
    "Measure",
    "Member",
    "Record",
    "Scenario",
    "ScenarioError",
    "WorkingGroup",
    "advise",
    "compare",
    "follow_waves",
    "simulate",
    "sweep",
]


def __getattr__(name: str) -> Any:
    """Load what is asked for, and only that: numba, mesa and pandas take a second each."""
    if name not in WHERE:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(WHERE[name]), name)


def __dir__() -> list[str]:
    """Names that can be imported from here."""
    return sorted(__all__)
