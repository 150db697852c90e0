"""Parameters were frozen before verdicts were drawn: a fingerprint of all defaults, and when it was taken.

Whoever changes a default changes `fingerprint()`.  Verdicts on the seeds that are set aside for them are then no longer
drawn with parameters chosen beforehand, and `gennet claims` says so until the defaults are frozen anew.
"""

from __future__ import annotations

import hashlib
import json

from sim.declarations import PARAMETERS
from sim.evidence.seeds import purpose_of

FROZEN_ON = "2026-11-22"
FROZEN = "737f36e8a5c37dc6"


def fingerprint() -> str:
    """16 hex digits of every parameter's key, default and plausible range."""
    told = [(p.key, repr(p.default), repr(p.range[0]), repr(p.range[1])) for p in PARAMETERS]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def is_frozen() -> bool:
    """Whether the defaults are those that were frozen."""
    return fingerprint() == FROZEN


def exploration(seed: int, what: str) -> list[str]:
    """Why `what` was found, verdicts or answers, counts as exploration only: a sentence for each reason, if there is any."""
    told = []
    if not is_frozen():
        told.append(f"defaults were changed since they were frozen on {FROZEN_ON}: take {what} as exploration")
    if purpose_of(seed) == "tuning":
        told.append(f"seed {seed} was set aside for tuning: take {what} as exploration")
    return told
