"""Which seeds serve which purpose.  Tuning, verdicts and validation never share a seed.

Parameters are chosen while looking at futures of the tuning seeds only; they are frozen before a future of a verdict or
validation seed is drawn.  A purpose owns `SPAN` seeds from its first one on; luck is keyed by seed and replicate, so
futures of two seeds have nothing in common.
"""

from __future__ import annotations

SPAN = 10_000
TUNING_SEED = 20_000
VALIDATION_SEED = 40_000
VERDICTS_FROM = 70_000
FIRST = {"tuning": TUNING_SEED, "validation": VALIDATION_SEED, "verdicts": VERDICTS_FROM}
VERDICT_SEED = VERDICTS_FROM + 4000
"""The seed of the published verdicts: those before it had been looked at when a rule, parts of two claims and the number of
futures of two others were mended."""


def purpose_of(seed: int) -> str | None:
    """What a seed is set aside for: tuning, validation, verdicts, or nothing (None)."""
    for purpose, first in FIRST.items():
        if first <= seed < first + SPAN:
            return purpose
    return None
