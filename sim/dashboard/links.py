"""A question as the query of a link, and back: a link reproduces the page exactly, and can ask for nothing out of bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sim.dashboard.questions import LETTERS, PRESETS, Question, Strategy, held
from sim.dashboard.settings import NETWORK, STRATEGY, Dial
from sim.model.version import MODEL_VERSION

LONGEST = 4000
VERSION, NAME, OWN = "model", "name", "own"
FUTURE = "future"


@dataclass(frozen=True)
class Asked:
    """What a link asks, as far as it can be asked, and plain sentences on what was not taken as it stood."""

    question: Question
    notes: tuple[str, ...] = ()


def number_text(value: Any) -> str:
    """A number without needless digits."""
    return f"{value:g}" if not float(value).is_integer() else str(int(value))


def to_query(question: Question) -> str:
    """The query of a link to a question: every setting, the seed, and the version of the model."""
    pairs = [(name, text_of(getattr(question, name))) for name in NETWORK]
    if question.own:
        pairs.append((OWN, question.own))
    for key, one in zip(LETTERS, question.strategies, strict=False):
        settings = [] if one.idle else [text_of(getattr(one, name)) for name in STRATEGY]
        pairs.append((key, ",".join([one.preset, *settings])))
        if one.name:
            pairs.append((f"{key}.{NAME}", one.name))
    return urlencode([*pairs, (VERSION, MODEL_VERSION)], safe=",")


def text_of(value: Any) -> str:
    """A setting as text."""
    return value if isinstance(value, str) else number_text(value)


def from_query(query: str | None) -> Asked:
    """The question of a link; what is missing has its default, what is out of bounds is held in them and said."""
    if not query:
        return Asked(Question())
    given = dict(parse_qsl(query[:LONGEST], keep_blank_values=True, max_num_fields=None))
    values: dict[str, Any] = {name: given[name] for name in NETWORK if name in given}
    found = [strategy_of(given[key], given.get(f"{key}.{NAME}", "")) for key in LETTERS if key in given]
    own = given.get(OWN, "")
    question = held(Question(**values, own=own, strategies=tuple(found) or Question.strategies))
    notes = [
        f"{dial.label}: the link says {values[name][:20]!r}, shown is {text_of(getattr(question, name))}."
        for name, dial in NETWORK.items()
        if name in values and not same(dial, values[name], getattr(question, name))
    ]
    for key, one, kept in zip(LETTERS, found, question.strategies, strict=False):
        wrong = [name for name, dial in STRATEGY.items() if not same(dial, getattr(one, name), getattr(kept, name))]
        if one.preset not in PRESETS:
            notes.append(
                f"Strategy {key.upper()}: the link asks for {one.preset[:20]!r}, a kind that there is not; shown is "
                f"{kept.label}."
            )
        elif wrong and not kept.idle:
            words = ", ".join(STRATEGY[name].label.lower() for name in wrong)
            notes.append(
                f"Strategy {key.upper()}: the link asks for what cannot be set ({words}); the nearest is shown."
            )
    version = given.get(VERSION, MODEL_VERSION)
    if version != MODEL_VERSION:
        notes.append(
            f"The link was made with model {version[:16]!r}; this is model {MODEL_VERSION}, so numbers may differ from those "
            "that were seen then."
        )
    return Asked(question, tuple(notes))


def future_of(query: str | None, question: Question) -> int | None:
    """Which of a question's futures a link is about, held to those that there are; None where it does not say."""
    text = dict(parse_qsl((query or "")[:LONGEST])).get(FUTURE, "")
    return min(int(text), int(question.futures) - 1) if text.isdecimal() and len(text) < 10 else None


def same(dial: Any, given: Any, kept: Any) -> bool:
    """Whether a setting was taken as it was given."""
    if not isinstance(dial, Dial):
        return bool(given == kept)
    try:
        return abs(float(given) - kept) < 1e-9
    except (TypeError, ValueError):
        return False


def strategy_of(text: str, name: str) -> Strategy:
    """A strategy from its part of a link: preset, then its settings in order; what is missing is as in the preset."""
    preset, *settings = text.split(",")
    base = PRESETS.get(preset)
    values: dict[str, Any] = {key: getattr(base or PRESETS["personal"], key) for key in STRATEGY}
    values |= dict(zip(STRATEGY, settings, strict=False))
    return Strategy(preset, name, **values)
