"""`gennet schema`: print the JSON schema of a scenario file."""

from __future__ import annotations

import sys

from sim.lab.results import json_text


def schema() -> None:
    """Print the JSON schema of a scenario file, for editors.

    Example: gennet schema > scenario.schema.json
    """
    from sim.inputs.scenario import json_schema

    sys.stdout.write(json_text(json_schema()))
