"""What pages and their Vue templates tell each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sim.results import json_ready

Event = Callable[[Any], None]


def packed(value: Any) -> str:
    """Something large as JSON, '' for None: Solara goes through every number of what it is handed, at every rendering."""
    return "" if value is None else json.dumps(json_ready(value), separators=(",", ":"))


def nothing(data: Any) -> None:
    """An event that nobody listens to."""
