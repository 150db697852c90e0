"""generative-networks: a simulator of generative social-impact networks.

from sim import Scenario, simulate, compare, Experiment, sweep, GenerativeNetwork
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.comparison import Comparison, compare
    from sim.experiment.experiment import Experiment
    from sim.experiment.sweeping import sweep
    from sim.future import simulate
    from sim.model import Coordinator, GenerativeNetwork, Member, WorkingGroup
    from sim.record import Record
    from sim.scenario import Scenario, ScenarioError

WHERE = {
    "Comparison": "sim.comparison",
    "compare": "sim.comparison",
    "Coordinator": "sim.model",
    "Experiment": "sim.experiment.experiment",
    "GenerativeNetwork": "sim.model",
    "Member": "sim.model",
    "WorkingGroup": "sim.model",
    "Record": "sim.record",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "simulate": "sim.future",
    "sweep": "sim.experiment.sweeping",
}
__all__ = [
    "Comparison",
    "Coordinator",
    "Experiment",
    "GenerativeNetwork",
    "Member",
    "Record",
    "Scenario",
    "ScenarioError",
    "WorkingGroup",
    "compare",
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
