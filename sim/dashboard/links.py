"""A question as the query of a link, and back: a link reproduces the page exactly, and can ask for nothing out of bounds."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sim.dashboard.questions import LETTERS, PRESETS, Question, StrategySettings, held
from sim.dashboard.settings import NETWORK, STRATEGY, Choice, Dial, Values
from sim.model.version import MODEL_VERSION

LONGEST = 4000
VERSION, NAME, OWN = "model", "name", "own"
FUTURE = "future"


@dataclass(frozen=True)
class LinkedQuestion:
    """The question of a link, within bounds, and a sentence for all that differs from the link."""

    question: Question
    notes: tuple[str, ...] = ()


def text_of(value: float | str) -> str:
    """Return a setting as text, without needless digits."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else f"{value:g}"


def to_query(question: Question) -> str:
    """Return the query of a link to a question: every setting, the seed, and the version of the model."""
    pairs = [(name, text_of(getattr(question, name))) for name in NETWORK]
    if question.own:
        pairs.append((OWN, question.own))
    for key, one in zip(LETTERS, question.strategies, strict=False):
        settings = [] if one.idle else [text_of(one.values[name]) for name in STRATEGY]
        pairs.append((key, ",".join([one.preset, *settings])))
        if one.name:
            pairs.append((f"{key}.{NAME}", one.name))
    return urlencode([*pairs, (VERSION, MODEL_VERSION)], safe=",")


def from_query(query: str | None) -> LinkedQuestion:
    """Return the question of a link; what is missing has its default, what is out of bounds is noted."""
    if not query:
        return LinkedQuestion(Question())
    link = dict(parse_qsl(query[:LONGEST], keep_blank_values=True, max_num_fields=None))
    values: Values = {name: link[name] for name in NETWORK if name in link}
    strategies = [strategy_of(link[key], link.get(f"{key}.{NAME}", "")) for key in LETTERS if key in link]
    question = held(Question(**values, own=link.get(OWN, ""), strategies=tuple(strategies) or Question.strategies))
    notes = [
        f"{dial.label}: the link says {values[name][:20]!r}, shown is {text_of(getattr(question, name))}."
        for name, dial in NETWORK.items()
        if name in values and not same(dial, values[name], getattr(question, name))
    ]
    for key, one, kept in zip(LETTERS, strategies, question.strategies, strict=False):
        wrong = [
            dial.label.lower() for name, dial in STRATEGY.items() if not same(dial, one.values[name], kept.values[name])
        ]
        if one.preset not in PRESETS:
            notes.append(f"Strategy {key.upper()}: unknown kind {one.preset[:20]!r}; shown is {kept.label}.")
        elif wrong and not kept.idle:
            notes.append(f"Strategy {key.upper()}: out of bounds ({', '.join(wrong)}); the nearest values are shown.")
    version = link.get(VERSION, MODEL_VERSION)
    if version != MODEL_VERSION:
        notes.append(
            f"The link was made with model {version[:16]!r}; this is model {MODEL_VERSION}, so numbers may differ from those "
            "seen then."
        )
    return LinkedQuestion(question, tuple(notes))


def future_of(query: str | None, question: Question) -> int | None:
    """Return which of a question's futures a link names, within bounds; None if it names none."""
    text = dict(parse_qsl((query or "")[:LONGEST])).get(FUTURE, "")
    return min(int(text), int(question.futures) - 1) if text.isdecimal() and len(text) < 10 else None


def same(dial: Dial | Choice, linked: float | str, kept: float | str) -> bool:
    """Return whether a setting was taken as it stands in the link."""
    if isinstance(dial, Choice):
        return linked == kept
    try:
        return abs(float(linked) - float(kept)) < 1e-9
    except ValueError:
        return False


def strategy_of(text: str, name: str) -> StrategySettings:
    """Return the strategy of a part of a link: preset, then its settings in order; the rest is as in the preset."""
    preset, *settings = text.split(",")
    values = PRESETS.get(preset, PRESETS["personal"]).values
    return StrategySettings.of(preset, name, values | dict(zip(STRATEGY, settings, strict=False)))
