"""Results of several commands side by side: the same outcomes, strategies by name, and what differs in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.dashboard.answers import toned
from sim.dashboard.charts import stage_curve
from sim.dashboard.folders.sides import Apart, Side, apart, cut, unpaired
from sim.lab.analysis.effects import MONTHS
from sim.lab.analysis.events import Estimate
from sim.lab.comparison import STAGE_WORDS
from sim.lab.experiment.reading import SweepResults
from sim.model.declarations import BY_KEY
from sim.model.outcomes import STAGES_REACHED
from sim.output.figures.palette import BASELINE_NAMES, OKABE_ITO, STAGE_COLOURS
from sim.output.words import number, percent

MOST = 4
NO_PAIR = "no pair differs"
MOST_SETTINGS = 60
LETTERS = "ABCD"
LEFT_OUT = ("title", "question", "replicates", "seed")
ROWS: tuple[tuple[str, str, str, str], ...] = (
    *((f"{stage}:share", f"Reached {STAGE_WORDS[stage]}", "% of futures", "more") for stage in STAGES_REACHED),
    *((f"{stage}:weeks", f"Months to {STAGE_WORDS[stage]}", "months", "less") for stage in STAGES_REACHED),
    ("outputs", "Joint outputs", "outputs", "more"),
    ("members_active", "Members at the end", "members", "more"),
    ("members_left", "Members who left", "members", "less"),
    ("coordinator_dependence", "Through the coordinator", "% of new ties and gifts", "less"),
    ("cost", "Spent", "dollars", "less"),
)
"""Outcome, label, unit, which way is better.  A stage's share and time stand for two ways to read one column."""


def beside(folders: Mapping[str, SweepResults]) -> dict[str, Any]:
    """Everything that the page shows of two to four folders, fit for JSON.  Errors: AnalysisError where none is done."""
    horizons = {name: int(one.experiment["weeks"]) for name, one in folders.items()}
    horizon = min(horizons.values())
    sides = [Side(name, cut(one, horizon)) for name, one in folders.items()]
    strategies = list(dict.fromkeys(name for side in sides for name in side.found.strategies))
    strategies.sort(key=lambda name: name.lower() in BASELINE_NAMES)
    shared = [name for name in strategies if sum(name in side.found.strategies for side in sides) > 1]
    why = [unpaired(sides[0], side) for side in sides[1:]]
    return {
        "folders": [
            {
                "letter": letter,
                "name": side.name,
                "title": side.results.experiment["title"],
                "futures": futures_of(side),
            }
            for letter, side in zip(LETTERS, sides, strict=False)
        ],
        "colours": {letter: toned(colour) for letter, colour in zip(LETTERS[: len(sides)], OKABE_ITO, strict=False)},
        "stage_colours": {stage: toned(colour) for stage, colour in STAGE_COLOURS.items()},
        "months": round(horizon / MONTHS.weeks, 2),
        "notes": [*pairing_words(sides, why), *notes_of(sides, horizons, shared)],
        "strategies": [view(name, sides, why) for name in [*shared, *(n for n in strategies if n not in shared)]],
        "settings": settings_apart(sides),
    }


def futures_of(side: Side) -> str:
    """How many futures a folder rests on, in words."""
    found = side.found
    number_of = found.runs["replicate"].nunique()
    each = f"{number_of:,} {'future' if number_of == 1 else 'futures'} of each strategy"
    worlds = f"{each} in each of {found.worlds:,} worlds" if found.worlds > 1 else each
    return f"{'1 future' if side.single else worlds}, seed {side.results.experiment['seed']}"


def view(strategy: str, sides: list[Side], why: list[str]) -> dict[str, Any]:
    """One strategy: a row an outcome, and the curves of stages, a line a folder."""
    rows, told = [], []
    for key, label, unit, better in ROWS:
        cells = [side.estimate(strategy, key) for side in sides]
        if not any(cells):
            continue
        gaps = [apart(sides[0], side, strategy, key, not reason) for side, reason in zip(sides[1:], why, strict=True)]
        rows.append(
            {
                "label": label,
                "unit": unit,
                "cells": [worded(cell, side, key) for cell, side in zip(cells, sides, strict=True)],
                "apart": [gap and worded_gap(gap, key, better) for gap in gaps],
            }
        )
        told += [sentence(key, label, unit, gap, letter) for gap, letter in zip(gaps, LETTERS[1:], strict=False) if gap]
    curves = {
        stage: {
            letter: stage_curve(side.weeks(strategy, stage), side.found.horizon)
            for letter, side in zip(LETTERS, sides, strict=False)
            if strategy in side.found.strategies
        }
        for stage in STAGES_REACHED
    }
    clear = [text for text in told if text]
    nothing = "No difference between them is clear." if told else "There is nothing to hold it against."
    labels = {side.label(strategy) for side in sides} - {"", strategy}
    return {
        "name": strategy,
        "label": "; ".join(sorted(labels)),
        "rows": rows,
        "curves": curves,
        "said": clear or [nothing],
    }


def shown(key: str, value: float) -> str:
    """A value in the words of its row."""
    if key == "cost":
        return f"{'−' if value < 0 else ''}${abs(value):,.0f}"
    if is_share(key):
        return percent(value / 100)
    return number(value)


def as_csv(page: Mapping[str, Any]) -> str:
    """The tables of all strategies as CSV: a row an outcome, means and intervals of folders and of differences."""
    rows = []
    for one in page["strategies"]:
        for row in one["rows"]:
            told = {"strategy": one["name"], "outcome": row["label"], "unit": row["unit"]}
            for side, cell in zip(page["folders"], row["cells"], strict=True):
                told |= {
                    f"{side['name']}": cell and cell["mean"],
                    f"{side['name']}, interval": cell and cell["interval"],
                }
            for side, gap in zip(page["folders"][1:], row["apart"], strict=True):
                name = f"{side['name']} minus {page['folders'][0]['name']}"
                told |= {name: gap and gap["mean"], f"{name}, interval": gap and gap["interval"]}
            rows.append(told)
    return pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")


def is_share(key: str) -> bool:
    """Whether a row is of percents."""
    return key.endswith(":share") or key == "coordinator_dependence"


def size(key: str, value: float) -> str:
    """The size of a difference: of percents in points."""
    return number(value) if is_share(key) else shown(key, value)


def worded(cell: Estimate | None, side: Side, key: str) -> dict[str, str] | None:
    """An estimate with its interval."""
    if cell is None:
        return None
    if side.single:
        return {"mean": shown(key, cell.mean), "interval": "one future"}
    low, high = max(0.0, cell.low), min(100.0, cell.high) if key.endswith(":share") else cell.high
    return {"mean": shown(key, cell.mean), "interval": f"{shown(key, low)} to {shown(key, high)}"}


def worded_gap(gap: Apart, key: str, better: str) -> dict[str, Any]:
    """A difference with its interval; `good`: whether it is clear, and for the better."""
    sign = "+" if gap.mean > 0 else ""
    # Where nothing varies there is no interval to tell: 0 of 60 pairs differ, which is not that none ever would.
    same = gap.paired and gap.mean == gap.low == gap.high == 0
    good = "" if not gap.clear else "yes" if (gap.mean > 0) == (better == "more") else "no"
    return {
        "mean": f"{sign}{size(key, gap.mean)}{' points' if is_share(key) else ''}",
        "interval": NO_PAIR if same else f"{size(key, gap.low)} to {size(key, gap.high)}",
        "good": good,
        "same": same,
        "paired": gap.paired,
    }


def sentence(key: str, label: str, unit: str, gap: Apart, letter: str) -> str:
    """A clear difference in words, '' for one that is not."""
    if not gap.clear:
        return ""
    low, high = sorted((abs(gap.low), abs(gap.high)))
    told = f"{size(key, abs(gap.mean))} ({size(key, low)} to {size(key, high)})"
    stage, _, what = key.partition(":")
    if what == "share":
        way = "more" if gap.mean > 0 else "fewer"
        return f"In {letter}, {told} {way} in 100 simulated futures reach {STAGE_WORDS[stage]} than in A."
    if what:
        way = "later" if gap.mean > 0 else "sooner"
        return f"In {letter}, {STAGE_WORDS[stage]} comes {told} months {way} than in A."
    way = "more" if gap.mean > 0 else "less" if key == "cost" else "fewer"
    if key == "coordinator_dependence":
        return f"In {letter}, {told} {way} in 100 new ties and gifts go through the coordinator than in A."
    what = {"cost": "is spent", "members_left": "members leave"}.get(key, label[:1].lower() + label[1:])
    return f"In {letter}, {told} {way} {what} than in A."


def pairing_words(sides: list[Side], why: list[str]) -> list[str]:
    """Whether differences are future by future, in words."""
    told = []
    for side, letter, reason in zip(sides[1:], LETTERS[1:], why, strict=False):
        if sides[0].single or side.single:
            told.append(f"A and {letter}: with one future of a strategy no interval can be told, and no difference.")
        elif not set(sides[0].found.strategies) & set(side.found.strategies):
            told.append(f"A and {letter} have no strategy in common: nothing of theirs is held against each other.")
        elif reason:
            told.append(f"A and {letter} are not paired, since {reason}: intervals of differences are wider for it.")
        else:
            told.append(
                f"A and {letter} are paired: the same seeds, so differences are taken future by future, on the same luck."
            )
    return told


def notes_of(sides: list[Side], horizons: Mapping[str, int], shared: list[str]) -> list[str]:
    """What has to be known to read the table."""
    notes = []
    versions = {str(side.results.manifest.get("model_version")) for side in sides}
    if len(versions) > 1:
        notes.append(
            "They come from different versions of the model: what differs may come from the model, not from the settings."
        )
    if len(set(horizons.values())) > 1:
        each = ", ".join(f"{letter} {weeks} weeks" for letter, weeks in zip(LETTERS, horizons.values(), strict=False))
        notes.append(
            f"They look ahead differently far ({each}): stages are held against each other over the first "
            f"{min(horizons.values())} weeks; everything else is as it stood at each one's own end."
        )
    if not shared:
        notes.append("They have no strategy of one name in common, so there is nothing to hold against each other.")
    if any(side.found.worlds > 1 for side in sides):
        notes.append("A sweep's numbers are means over its sampled worlds; a comparison's are of one world.")
    return notes


def settings_apart(sides: list[Side]) -> dict[str, Any]:
    """What differs in the scenarios that they rest on: a row a setting."""
    flat = [flattened(side.results.experiment.get("resolved") or {}) for side in sides]
    keys = list(dict.fromkeys(key for one in flat for key in one))
    rows = []
    for key in keys:
        values = [value_words(one.get(key)) for one in flat]
        if len(set(values)) > 1 and key.split(".")[0] not in LEFT_OUT:
            rows.append({"key": key, "label": label_of(key), "values": values})
    varied = [", ".join(factor.label for factor in side.results.factors) or "nothing" for side in sides]
    if len(set(varied)) > 1:
        rows.insert(0, {"key": "experiment.factors", "label": "Varied over worlds", "values": varied})
    return {"rows": rows[:MOST_SETTINGS], "more": max(0, len(rows) - MOST_SETTINGS)}


def flattened(value: Any, path: str = "") -> dict[str, Any]:
    """Nested tables and lists as one table: path with dots -> value."""
    if isinstance(value, Mapping):
        items = [(str(key), item) for key, item in value.items()]
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        items = [(str(place + 1), item) for place, item in enumerate(value)]
    else:
        return {path: value}
    found: dict[str, Any] = {}
    for key, item in items:
        found |= flattened(item, f"{path}.{key}" if path else key)
    return found


def value_words(value: Any) -> str:
    """A setting's value in words."""
    if value is None or value == []:
        return "–"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def label_of(key: str) -> str:
    """A setting in words: a parameter's own label, else its path."""
    name = key.removeprefix("parameters.")
    if name != key and name in BY_KEY:
        return str(BY_KEY[name].label)
    return key.replace("_", " ").replace(".", " · ")
