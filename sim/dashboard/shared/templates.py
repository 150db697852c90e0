"""What pages and their Vue templates tell each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sim.lab.results import json_ready

Event = Callable[[Any], None]


def packed(value: Any) -> str:
    """Something large as JSON, '' for None: Solara goes through every number of what it is handed, at every rendering."""
    return "" if value is None else json.dumps(json_ready(value), separators=(",", ":"))


def handed(file: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """A file for the browser, which takes it once its number is another than that of the one `before`."""
    return file | {"number": before.get("number", 0) + 1}


def nothing(data: Any) -> None:
    """An event that nobody listens to."""
