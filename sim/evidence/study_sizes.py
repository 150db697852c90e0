"""Defaults and questions for options of the studies.  Imports nothing, so that help is quick."""

from __future__ import annotations

CLAIM_REPLICATES, CLAIM_WORLDS = 300, 96
"""As in `sim.evidence.claims.run`: simulated futures of each arm of a claim, and other plausible worlds."""
QUESTION_REPLICATES = 120
"""Simulated futures of each arm in each cell of a map."""
TARGET_REPLICATES = 200
"""Simulated futures of each experiment with published figures."""
QUESTION_KEYS = ("online", "mass", "in-person", "leaving", "star")
"""As in `sim.evidence.questions.open_questions`."""
