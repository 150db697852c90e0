"""The freeze of all defaults before verdicts were drawn, and the version of the experiments that verdicts come from.

A verdict is only as good as the rule that parameters are chosen before its futures are seen.  `FROZEN` is the fingerprint
of all defaults on the day of the freeze; after any change `gennet claims` calls its verdicts exploration until the
defaults are frozen again: set both constants, and draw verdicts from a seed that nobody has used.

`CLAIMS_VERSION` covers experiments and the rule for verdicts.  Every folder of claims and the published score name it
next to the model's version, so a score is stale as soon as either changes (`sim.evidence.published.stale`).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from sim.evidence.seeds import purpose_of
from sim.model.declarations import PARAMETERS
from sim.model.jit import sources_hash
from sim.model.version import DIGITS

FROZEN_ON = "2026-11-26"
FROZEN = "6f4a0de52dd4b209"
CLAIMS_FOLDER = Path(__file__).with_name("claims")
"""Everything in it can change a verdict; pages, figures and open questions live elsewhere."""
CLAIMS_VERSION = sources_hash(sorted(CLAIMS_FOLDER.rglob("*.py")))[:DIGITS]
"""Twelve hex digits: two scores of one model, seed and number of futures agree if these do."""
SPENT = {"tuning": "", "validation": ", and parameters were judged on it"}
"""Purposes of seeds whose futures may have been seen before, and what else to say of them."""


def fingerprint() -> str:
    """Return 16 hex digits of every parameter's key, default and plausible range."""
    rows = [(p.key, repr(p.default), repr(p.range[0]), repr(p.range[1])) for p in PARAMETERS]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def is_frozen() -> bool:
    """Return whether the defaults are those of the freeze."""
    return fingerprint() == FROZEN


def exploration(seed: int, what: str) -> list[str]:
    """Return a sentence for each reason why `what` (verdicts, answers) is exploratory; empty if there is none."""
    notes = []
    if not is_frozen():
        notes.append(
            f"parameters or their ranges have changed since the freeze of {FROZEN_ON}: treat {what} as exploratory"
        )
    purpose = purpose_of(seed)
    if purpose in SPENT:
        notes.append(f"seed {seed} is reserved for {purpose}{SPENT[purpose]}: treat {what} as exploratory")
    return notes
