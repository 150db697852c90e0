"""TOML <-> Scenario: a network and its world, with strategies to compare.

scenario.py   Scenario, and what may be asked of it   parts.py            coordinators, strategies, changes
extending.py  files, `extends`, settings, merged      scenario_checks.py  a merged document -> a scenario's fields
errors.py     what is wrong, in our words             records.py          parts -> records that the model reads
writing.py    Scenario -> TOML; the JSON schema
"""

from sim.inputs.scenario.errors import ScenarioError, Table
from sim.inputs.scenario.parts import Change, CoordinatorSettings, Strategy
from sim.inputs.scenario.scenario import Scenario
from sim.inputs.scenario.writing import json_schema

__all__ = ["Change", "CoordinatorSettings", "Scenario", "ScenarioError", "Strategy", "Table", "json_schema"]
