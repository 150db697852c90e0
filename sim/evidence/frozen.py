"""Parameters were frozen before verdicts were drawn: a fingerprint of all defaults, and when it was taken.

Whoever changes a default changes `fingerprint()`.  Verdicts on the seeds that are set aside for them are then no longer
drawn with parameters chosen beforehand, and `gennet claims` says so until the defaults are frozen anew.

The freeze speaks for the defaults only.  Verdicts come from the rules and from the experiments too: `CLAIMS_VERSION` is a
hash of the modules that decide them.  It goes into every folder of claims and, with the model's version, into the published
score, which is stale as soon as either has changed (`sim.evidence.published.stale`).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from sim.evidence.seeds import purpose_of
from sim.model.declarations import PARAMETERS
from sim.model.jit import sources_hash
from sim.model.version import DIGITS

FROZEN_ON = "2026-11-22"
FROZEN = "737f36e8a5c37dc6"
DECIDING = (
    "arms",
    "coordinators",
    "forms",
    "giving",
    "measuring",
    "parts",
    "robustness",
    "run",
    "stages",
    "trial",
    "verdicts",
    "weaving",
)
"""Modules of `sim.evidence.claims` that verdicts come from; the others draw, print or ask open questions."""
CLAIMS_VERSION = sources_hash([Path(__file__).with_name("claims") / f"{name}.py" for name in DECIDING])[:DIGITS]
"""Twelve hex digits: two scores of one model, seed and number of futures agree if these do."""
SPENT = {
    "tuning": "seed {seed} was set aside for tuning: take {what} as exploration",
    "validation": "seed {seed} was set aside for validation, and proposed parameters were judged on it: take {what} as "
    "exploration",
}
"""Purposes of seeds whose futures somebody may have looked at before, and what is to be said of them."""


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
    purpose = purpose_of(seed)
    if purpose in SPENT:
        told.append(SPENT[purpose].format(seed=seed, what=what))
    return told
