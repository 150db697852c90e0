"""How far the metric moves when one thing at a time is set low and high, on the same futures.

Each bar is a paired difference from the present settings (common random numbers) with its 95% interval. The model has too
many parameters to draw: they are screened in rounds on separate futures, so that no bar is long only because it was picked
for its luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.dashboard.pages.drivers.driver_findings import Bar, BarEnd, Kind
from sim.dashboard.pages.drivers.metric import Cells, Metric
from sim.dashboard.pages.drivers.variations import Variation
from sim.lab.analysis.effects import paired_difference
from sim.output.words import lower

SCREENING_FROM = 1_000_000
"""The first replicate number used for screening."""
MOST_UNCERTAIN, MOST_DEFINITIONS = 12, 3


@dataclass(frozen=True, eq=False)
class VariedWorlds:
    """A variation with the cells of its ends; ends that change nothing are left out."""

    variation: Variation
    ends: Mapping[str, Cells]


def swing(metric: Metric, base: Cells, worlds: VariedWorlds, futures: range) -> float:
    """Return the distance between the lowest and the highest mean among present, low and high."""
    means = [metric.of(cells, futures).mean() for cells in (base, *worlds.ends.values())]
    return float(max(means) - min(means))


def by_swing(metric: Metric, base: Cells, varied: Sequence[VariedWorlds], futures: range) -> list[VariedWorlds]:
    """Return the variations that change the mean, the strongest first."""
    swings = {one: swing(metric, base, one, futures) for one in varied}
    return sorted((one for one in varied if swings[one] > 0), key=lambda one: -swings[one])


def drawn(ranked: Sequence[VariedWorlds]) -> list[VariedWorlds]:
    """Return the strongest parameters, and of definitions fewer."""
    most: dict[Kind, int] = {"uncertain": MOST_UNCERTAIN, "definition": MOST_DEFINITIONS}
    return [
        one for kind, count in most.items() for one in [one for one in ranked if one.variation.kind == kind][:count]
    ]


def bar(metric: Metric, base: Cells, worlds: VariedWorlds, futures: range) -> Bar:
    """Compute one bar: the metric at each end, with the 95% interval of its paired change."""
    variation, present = worlds.variation, metric.of(base, futures)
    values = {name: metric.of(cells, futures) for name, cells in worlds.ends.items()}
    middle = float(present.mean())
    ends: dict[str, BarEnd] = {}
    for name, array in values.items():
        change, mean, end = paired_difference(array, present), float(array.mean()), variation.ends[name]
        interval = middle + change.low, middle + change.high
        changes = change.mean, change.low, change.high
        ends[name] = BarEnd(end.words, end.value, mean, *interval, changes, change.clear, metric.words(mean))
    clear = any(end.clear for end in ends.values())
    if len(values) == 2:
        clear = clear or paired_difference(values["high"], values["low"]).clear
    return Bar(
        key=variation.key,
        kind=variation.kind,
        label=variation.label,
        present=variation.present,
        about=variation.about,
        ends=ends,
        swing=swing(metric, base, worlds, futures),
        clear=clear,
        unchanged=all(np.array_equal(array, present) for array in values.values()),
        futures=len(futures),
    )


def headline(metric: Metric, bars: Sequence[Bar], subject: str, screened: bool) -> tuple[str, ...]:
    """Return in words what moves the metric most, among settings and among uncertain parameters; `bars`: by swing."""
    settings, uncertain = ([one for one in bars if one.kind == kind and one.clear] for kind in ("setting", "uncertain"))
    subject = lower(subject)
    if settings:
        sentences = [f"{strongest(settings)[0]} drives {subject} most: {strongest(settings)[1]}", *runners_up(settings)]
    else:
        sentences = [f"No setting clearly changes {subject} within the steps tried."]
    if uncertain:
        name, effect = strongest(uncertain)
        sentences += [
            f"Of the model\u2019s uncertain parameters, {name} matters most: {effect}",
            *runners_up(uncertain),
        ]
    elif screened:
        sentences.append("No uncertain parameter of the model clearly changes it by itself.")
    return tuple(sentences)


def strongest(bars: Sequence[Bar]) -> tuple[str, str]:
    """Return the name of the first bar, and the metric at its ends in words."""
    first = bars[0]
    ends = "; ".join(f"{end.words} \u2192 {end.result}" for end in first.ends.values())
    return f"\u201c{first.label}\u201d", f"{ends} (now {first.present})."


def runners_up(bars: Sequence[Bar]) -> list[str]:
    """Return a sentence on the second and third bar, if there are any."""
    names = [f"\u201c{one.label}\u201d" for one in bars[1:3]]
    return [f"Next: {' and '.join(names)}."] if names else []
