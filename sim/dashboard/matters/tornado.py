"""What moves a result: how far it goes when one thing at a time is set low and high, on the same futures.

Every bar is a paired difference to the present settings (common random numbers), with its 95% interval.  Numbers of the
model are too many to draw: they are screened on futures of their own, in rounds that keep those that moved the result
most, so that a bar on the page is not long because it was picked for its luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.dashboard.matters.measure import Measure
from sim.dashboard.matters.runs import Cell
from sim.dashboard.matters.variations import Variation
from sim.lab.analysis.effects import paired_difference

SCREENING_FROM = 1_000_000
MOST_UNKNOWNS, MOST_DEFINITIONS = 12, 3

Cells = Mapping[str, Cell]


@dataclass(frozen=True)
class Worlds:
    """A variation with the cells of its ends, by strategy; those that are as at present are left out."""

    variation: Variation
    ends: Mapping[str, Cells]

    def cells(self) -> list[Cell]:
        """All of them."""
        return [cell for cells in self.ends.values() for cell in cells.values()]


@dataclass(frozen=True)
class Screened:
    """What screening left: variations kept, the most that was tried and dropped, and how it went in words."""

    kept: tuple[Worlds, ...]
    words: str


def spread(measure: Measure, base: Cells, worlds: Worlds, futures: range) -> float:
    """How far a measure goes between the lowest and the highest of present, low and high, by their means."""
    means = [measure.of(cells, futures).mean() for cells in (base, *worlds.ends.values())]
    return float(max(means) - min(means))


def strongest(measure: Measure, base: Cells, some: Sequence[Worlds], futures: range, most: int) -> list[Worlds]:
    """The variations that move a measure most, the strongest first; those that move nothing at all are dropped."""
    swings = {id(one): spread(measure, base, one, futures) for one in some}
    moving = [one for one in some if swings[id(one)] > 0]
    return sorted(moving, key=lambda one: -swings[id(one)])[:most]


def chosen(ranked: Sequence[Worlds]) -> tuple[Worlds, ...]:
    """Of ranked variations those that are drawn: so many unknowns, and fewer definitions."""
    of_kind = {kind: [one for one in ranked if one.variation.kind == kind] for kind in ("unknown", "definition")}
    return (*of_kind["unknown"][:MOST_UNKNOWNS], *of_kind["definition"][:MOST_DEFINITIONS])


def row(measure: Measure, base: Cells, worlds: Worlds, futures: range) -> dict[str, Any]:
    """One bar: where the measure goes at each end, with the 95% interval of the paired change, and what is clear."""
    present = measure.of(base, futures)
    values = {name: measure.of(cells, futures) for name, cells in worlds.ends.items()}
    ends: dict[str, dict[str, Any]] = {}
    clear = []
    for name, found in values.items():
        change = paired_difference(found, present)
        clear.append(change.clear)
        mean = float(found.mean())
        ends[name] = {
            "words": worlds.variation.ends[name].words,
            "value": worlds.variation.ends[name].value,
            "mean": mean,
            "low": float(present.mean()) + change.low,
            "high": float(present.mean()) + change.high,
            "change": [change.mean, change.low, change.high],
            "clear": change.clear,
            "told": measure.words(mean),
        }
    if len(values) == 2:
        clear.append(paired_difference(values["high"], values["low"]).clear)
    means = [float(present.mean()), *(one["mean"] for one in ends.values())]
    told = worlds.variation
    return {
        "key": told.key,
        "kind": told.kind,
        "label": told.label,
        "present": told.present,
        "about": told.about,
        "ends": ends,
        "swing": max(means) - min(means),
        "clear": any(clear),
        "still": all(bool(np.array_equal(found, present)) for found in values.values()),
        "futures": len(futures),
    }


def rows(measure: Measure, base: Cells, some: Sequence[Worlds], futures: range) -> list[dict[str, Any]]:
    """Bars, the longest first."""
    return sorted((row(measure, base, one, futures) for one in some), key=lambda one: -one["swing"])


def headline(measure: Measure, found: Sequence[Mapping[str, Any]], whose: str, screened: bool) -> list[str]:
    """What moves a measure most, in words: of what can be chosen, and of what nobody knows."""
    said = []
    moving = {kind: [one for one in found if one["kind"] == kind and one["clear"]] for kind in ("setting", "unknown")}
    if moving["setting"]:
        first, *rest = moving["setting"]
        hang = "hangs" if measure.pair else "hang"
        said += [f"{whose} {hang} most on {quoted(first)}: {ends_words(first)}.", *also(rest)]
    else:
        said.append(f"No setting moves {whose[0].lower() + whose[1:]} clearly within the steps tried.")
    if moving["unknown"]:
        first, *rest = moving["unknown"]
        said += [f"Of what nobody knows, most on {quoted(first)}: {ends_words(first)}.", *also(rest)]
    elif screened:
        said.append("None of the model's uncertain numbers moves it clearly by itself.")
    return said


def quoted(one: Mapping[str, Any]) -> str:
    """A variation's name in a sentence."""
    return f"\u201c{one['label']}\u201d"


def ends_words(one: Mapping[str, Any]) -> str:
    """Where a measure goes at a bar's ends, in words, the lower setting first, and what it is set to now."""
    return (
        "; ".join(f"{end['words']} \u2192 {end['told']}" for end in one["ends"].values()) + f" (now {one['present']})"
    )


def also(rest: Sequence[Mapping[str, Any]]) -> list[str]:
    """The two that follow, as a further sentence, if there are any."""
    names = [quoted(one) for one in rest[:2]]
    return [f"Next: {' and '.join(names)}."] if names else []
