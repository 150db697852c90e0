"""What pages and their Vue templates tell each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Event = Callable[[Any], None]


def nothing(data: Any) -> None:
    """An event that nobody listens to."""
