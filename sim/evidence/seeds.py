"""Seeds by purpose: tuning, verdicts and validation never share a seed.

Parameters are chosen on futures of tuning seeds only, and frozen before a future of a verdict or validation seed is drawn.
Each purpose has `SPAN` seeds from its first one on; random draws are keyed by seed and replicate, so futures of two seeds
are independent.
"""

from __future__ import annotations

SPAN = 10_000
TUNING_SEED = 20_000
VALIDATION_SEED = 40_000
VERDICTS_FROM = 70_000
FIRST = {"tuning": TUNING_SEED, "validation": VALIDATION_SEED, "verdicts": VERDICTS_FROM}
VERDICT_SEED = VERDICTS_FROM + 8000
"""The seed of the published verdicts; earlier ones had been used before rules or defaults changed, and claims
with them."""


def purpose_of(seed: int) -> str | None:
    """Return what a seed is reserved for: tuning, validation, verdicts, or nothing (None)."""
    for purpose, first in FIRST.items():
        if first <= seed < first + SPAN:
            return purpose
    return None
