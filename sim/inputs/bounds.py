"""Bounds of seeds, replicates and threads, the same in Python and on the command line."""

from __future__ import annotations

from numbers import Integral
from typing import Annotated

from pydantic import BeforeValidator

LARGEST_SEED = 2**63 - 1
FEWEST_REPLICATES, MOST_REPLICATES = 2, 100_000
MOST_JOBS = 1024


def whole(number: object, what: str, low: int = 0, high: int = LARGEST_SEED) -> int:
    """Return a whole number from `low` to `high` as an int.  Raises TypeError or ValueError that names `what`."""
    if isinstance(number, bool) or not isinstance(number, Integral):
        raise TypeError(f"{what} is a {type(number).__name__} ({number!r}); a whole number is needed")
    if not low <= int(number) <= high:
        raise ValueError(f"{what} is {number}; allowed are whole numbers from {low:,} to {high:,}")
    return int(number)


Whole = Annotated[int, BeforeValidator(lambda x: int(x) if isinstance(x, float) and x.is_integer() else x)]
"""A whole number in a file: 12.0 is 12."""
