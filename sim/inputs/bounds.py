"""What a run may be asked for, from Python and from the command line: the same seeds, replicates and threads."""

from __future__ import annotations

from numbers import Integral
from typing import Any

LARGEST_SEED = 2**63 - 1
FEWEST_REPLICATES, MOST_REPLICATES = 2, 100_000
MOST_JOBS = 1024


def whole_of_text(text: Any, what: str, low: int = 0, high: int = LARGEST_SEED) -> int:
    """A whole number as somebody typed it, not yet held against its bounds.  Errors: ValueError, with all in the message."""
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{what} is {text!r}; allowed are whole numbers from {low:,} to {high:,}") from None


def whole(number: Any, what: str, low: int = 0, high: int = LARGEST_SEED) -> int:
    """A whole number from `low` to `high`, as Python's own.  Errors: TypeError, ValueError, with `what` in the message."""
    if isinstance(number, bool) or not isinstance(number, Integral):
        raise TypeError(f"{what} is a {type(number).__name__} ({number!r}); a whole number is needed")
    if not low <= int(number) <= high:
        raise ValueError(f"{what} is {number}; allowed are whole numbers from {low:,} to {high:,}")
    return int(number)
