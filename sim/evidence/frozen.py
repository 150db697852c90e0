"""Parameters were frozen before verdicts were drawn: a fingerprint of all defaults, and when it was taken.

Whoever changes a default changes `fingerprint()`.  Verdicts on the seeds that are set aside for them are then no longer
drawn with parameters chosen beforehand, and `gennet claims` says so until the defaults are frozen anew.
"""

from __future__ import annotations

import hashlib
import json

from sim.declarations import PARAMETERS

FROZEN_ON = "2026-11-22"
FROZEN = "737f36e8a5c37dc6"


def fingerprint() -> str:
    """16 hex digits of every parameter's key, default and plausible range."""
    told = [(p.key, repr(p.default), repr(p.range[0]), repr(p.range[1])) for p in PARAMETERS]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def is_frozen() -> bool:
    """Whether the defaults are those that were frozen."""
    return fingerprint() == FROZEN
