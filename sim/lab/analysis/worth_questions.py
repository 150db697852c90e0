"""Questions that could be answered by asking or observing, with the uncertain parameters that each answer would settle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

QUESTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "How long does an introduction take, and does it work?": ("customized.introduction_hours", "choice.success"),
        "How fast do volunteers leave?": ("leaving.hazard", "leaving.steepness", "leaving.organisations"),
        "How many people are in the network?": ("network.members", "network.newcomers"),
        "How many people join in a year?": ("arrival.base", "arrival.referral"),
        "How active are members, and how much time do they have?": (
            "members.activity",
            "members.activity_sigma",
            "members.attention",
        ),
        "How long does engaging somebody take, and does it help?": (
            "customized.unconnected_hours",
            "customized.help_share",
        ),
        "How long does a newsletter take, and who reads it?": (
            "mass.newsletter_hours",
            "identity.readers",
            "identity.news",
        ),
        "How long does an ice-breaker event take, and who comes?": ("mass.icebreaker_hours", "mass.icebreaker_places"),
        "How much work is a directory, and how often is it used?": (
            "mass.directory_entry",
            "mass.directory_decay",
            "choice.directory",
        ),
        "What does a convening cost for each participant?": ("convening.head_cost", "convening.head_hours"),
        "What does a facilitated session cost, and does it help?": (
            "support.session_hours",
            "support.session_head_cost",
            "alignment.session",
        ),
        "How often do people meet, and do they come to trust?": ("meeting.rate", "meeting.liking", "meeting.gain"),
        "How soon do ties fade without contact?": ("trust.decay", "trust.silence", "trust.patience", "trust.embedded"),
        "What is a gift worth, and what does it cost?": ("giving.value", "giving.cost"),
        "How often are gifts answered or passed on?": ("reciprocity.answer", "spreading.fan"),
        "What keeps members engaged?": ("engagement.exchange", "engagement.threshold", "engagement.belonging"),
        "How far apart may views be for people to agree?": ("alignment.tolerance", "alignment.tolerance_identity"),
        "How much do groups produce, and how often do they fail?": ("production.rate", "production.failure"),
    }
)
"""Question -> keys of parameters or of the start network.  A key belongs to one question."""


def questions_on(factors: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the questions that some of these factors belong to, each with those factors."""
    known = set(factors)
    shared = {question: tuple(key for key in keys if key in known) for question, keys in QUESTIONS.items()}
    return {question: keys for question, keys in shared.items() if keys}
