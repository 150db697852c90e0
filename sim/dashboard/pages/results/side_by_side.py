"""Results of several commands side by side: the same outcomes, strategies by name, and differences in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pandas as pd

from sim.dashboard.answers import STAGE_TONES, Tone, toned
from sim.dashboard.charts import PlotLine, stage_curve
from sim.dashboard.pages.results.folder_differences import (
    ComparedFolder,
    FolderDifference,
    cut,
    difference_of,
    judged,
    unpaired,
)
from sim.inputs.safe_csv import csv_table
from sim.lab.analysis.effects import MONTHS
from sim.lab.analysis.events import Estimate
from sim.lab.comparison import STAGE_WORDS
from sim.lab.experiment.reading import SweepResults
from sim.model.declarations import BY_KEY
from sim.model.outcomes import STAGES_REACHED
from sim.output.figures.palette import BASELINE_NAMES, OKABE_ITO
from sim.output.words import lower, number, percent

MOST_FOLDERS, MOST_SETTINGS = 4, 60
LETTERS = "ABCD"
NOT_COMPARED = ("title", "question", "replicates", "seed")


class OutcomeRow(NamedTuple):
    """A row of the table: the outcome's key (see `folder_differences`), label, unit and which way is better."""

    key: str
    label: str
    unit: str
    better: Literal["more", "less"]


ROWS = (
    *(
        OutcomeRow(f"{stage}:share", f"Reached {STAGE_WORDS[stage]}", "% of futures", "more")
        for stage in STAGES_REACHED
    ),
    *(OutcomeRow(f"{stage}:weeks", f"Months to {STAGE_WORDS[stage]}", "months", "less") for stage in STAGES_REACHED),
    OutcomeRow("outputs", "Joint results", "outputs", "more"),
    OutcomeRow("members_active", "Members at the end", "members", "more"),
    OutcomeRow("members_left", "Members who left", "members", "less"),
    OutcomeRow("coordinator_dependence", "Through the coordinator", "% of new ties and gifts", "less"),
    OutcomeRow("cost", "Spent", "dollars", "less"),
)


@dataclass(frozen=True)
class FolderTitle:
    """What a folder is, in the head of the page."""

    letter: str
    name: str
    title: str
    futures: str


@dataclass(frozen=True)
class OutcomeCell:
    """An outcome in one folder, in words."""

    mean: str
    interval: str


@dataclass(frozen=True)
class DifferenceCell:
    """A difference from the first folder, in words. `good`: yes or no if it is clear; `same`: no pair of futures differs."""

    mean: str
    interval: str
    good: Literal["", "yes", "no"]
    same: bool
    paired: bool


@dataclass(frozen=True)
class ComparedOutcome:
    """A row of the table: a cell for each folder, a difference for each but the first; None where there is none."""

    label: str
    unit: str
    cells: Sequence[OutcomeCell | None]
    differences: Sequence[DifferenceCell | None]


@dataclass(frozen=True)
class ComparedStrategy:
    """One strategy in all folders. `curves`: by stage, then by the letter of a folder; `words`: clear differences."""

    name: str
    label: str
    rows: Sequence[ComparedOutcome]
    curves: Mapping[str, Mapping[str, PlotLine]]
    words: Sequence[str]


@dataclass(frozen=True)
class SettingRow:
    """A setting that differs, with its value in each folder."""

    key: str
    label: str
    values: Sequence[str]


@dataclass(frozen=True)
class SideBySide:
    """What the page shows of two to four folders. `more_settings`: how many different settings are left out."""

    folders: Sequence[FolderTitle]
    colours: Mapping[str, Tone]
    stage_colours: Mapping[str, Tone]
    months: float
    notes: Sequence[str]
    strategies: Sequence[ComparedStrategy]
    settings: Sequence[SettingRow]
    more_settings: int


def side_by_side(results: Mapping[str, SweepResults]) -> SideBySide:
    """Compare folders, the first being the reference. Raises AnalysisError where no run is done."""
    horizons = [int(one.experiment["weeks"]) for one in results.values()]
    folders = [
        ComparedFolder(letter, name, cut(one, min(horizons)))
        for letter, (name, one) in zip(LETTERS, results.items(), strict=False)
    ]
    names = dict.fromkeys(name for folder in folders for name in folder.findings.strategies)
    shared = {name for name in names if sum(name in folder.findings.strategies for folder in folders) > 1}
    reasons = [unpaired(folders[0], folder) for folder in folders[1:]]
    settings, differences = different_settings(folders), differences_of(names, folders, reasons)
    return SideBySide(
        folders=[
            FolderTitle(folder.letter, folder.name, folder.results.experiment["title"], futures_words(folder))
            for folder in folders
        ],
        colours={folder.letter: toned(colour) for folder, colour in zip(folders, OKABE_ITO, strict=False)},
        stage_colours=STAGE_TONES,
        months=round(min(horizons) / MONTHS.weeks, 2),
        notes=[*pairing_notes(folders, reasons), *other_notes(folders, horizons, bool(shared))],
        strategies=[
            compared_strategy(name, folders, differences)
            for name in sorted(names, key=lambda name: (name not in shared, name.lower() in BASELINE_NAMES))
        ],
        settings=settings[:MOST_SETTINGS],
        more_settings=max(0, len(settings) - MOST_SETTINGS),
    )


def futures_words(folder: ComparedFolder) -> str:
    """Say how many futures a folder holds."""
    seed, worlds = f"seed {folder.results.experiment['seed']}", folder.findings.worlds
    if folder.single:
        return f"1 future, {seed}"
    count = folder.findings.runs["replicate"].nunique()
    each = f"{count:,} {'future' if count == 1 else 'futures'} of each strategy"
    return f"{each}{f' in each of {worlds:,} worlds' if worlds > 1 else ''}, {seed}"


Differences = Mapping[tuple[str, str, str], FolderDifference | None]
"""Differences from the first folder, by strategy, outcome and letter of the folder."""


def differences_of(strategies: Iterable[str], folders: Sequence[ComparedFolder], reasons: Sequence[str]) -> Differences:
    """Return all differences of a page, judged together; `reasons`: why a folder cannot be paired, '' if it can."""
    first, others = folders[0], folders[1:]
    return judged(
        {
            (strategy, row.key, folder.letter): difference_of(first, folder, strategy, row.key, not reason)
            for strategy in strategies
            for row in ROWS
            for folder, reason in zip(others, reasons, strict=True)
        }
    )


def compared_strategy(strategy: str, folders: Sequence[ComparedFolder], of: Differences) -> ComparedStrategy:
    """Compare one strategy; `of`: all differences of the page."""
    rows: list[ComparedOutcome] = []
    sentences, comparable = [], False
    others = folders[1:]
    for row in ROWS:
        cells = [outcome_cell(folder, strategy, row.key) for folder in folders]
        if not any(cells):
            continue
        differences = [of[strategy, row.key, folder.letter] for folder in others]
        rows.append(ComparedOutcome(row.label, row.unit, cells, [difference_cell(one, row) for one in differences]))
        for folder, one in zip(others, differences, strict=True):
            comparable = comparable or one is not None
            if one is not None and one.clear:
                sentences.append(sentence(row, one, folder.letter))
    curves = {
        stage: {
            folder.letter: stage_curve(folder.weeks(strategy, stage), folder.findings.horizon)
            for folder in folders
            if strategy in folder.findings.strategies
        }
        for stage in STAGES_REACHED
    }
    labels = {folder.label(strategy) for folder in folders} - {"", strategy}
    nothing = "There is no clear difference." if comparable else "There is nothing to compare it with."
    return ComparedStrategy(strategy, "; ".join(sorted(labels)), rows, curves, sentences or [nothing])


def as_csv(page: SideBySide) -> str:
    """Return the tables of all strategies as CSV, a row for each outcome."""
    first, *others = page.folders
    rows = []
    for strategy in page.strategies:
        for row in strategy.rows:
            cells = {folder.name: cell for folder, cell in zip(page.folders, row.cells, strict=True)}
            differences = zip(others, row.differences, strict=True)
            columns = {**cells, **{f"{folder.name} minus {first.name}": one for folder, one in differences}}
            texts = {"strategy": strategy.name, "outcome": row.label, "unit": row.unit}
            for column, cell in columns.items():
                texts |= {column: cell.mean if cell else "", f"{column}, interval": cell.interval if cell else ""}
            rows.append(texts)
    return csv_table(pd.DataFrame(rows))


def is_share(key: str) -> bool:
    """Return whether an outcome is in percent."""
    return key.endswith(":share") or key == "coordinator_dependence"


def value_text(key: str, value: float) -> str:
    """Return a value of an outcome with its unit."""
    if key == "cost":
        return f"{'−' if value < 0 else ''}${abs(value):,.0f}"
    return percent(value / 100) if is_share(key) else number(value)


def difference_text(key: str, value: float) -> str:
    """Return a difference in an outcome; of percents in percentage points, without a unit."""
    return number(value) if is_share(key) else value_text(key, value)


def outcome_cell(folder: ComparedFolder, strategy: str, key: str) -> OutcomeCell | None:
    """Return an outcome of a folder with its interval."""
    estimate: Estimate | None = folder.estimate(strategy, key)
    if estimate is None:
        return None
    mean = value_text(key, estimate.mean)
    if folder.single:
        return OutcomeCell(mean, "one future")
    low, high = max(0.0, estimate.low), min(100.0, estimate.high) if key.endswith(":share") else estimate.high
    return OutcomeCell(mean, f"{value_text(key, low)} to {value_text(key, high)}")


def difference_cell(difference: FolderDifference | None, row: OutcomeRow) -> DifferenceCell | None:
    """Return a difference with its interval."""
    if difference is None:
        return None
    mean, low, high = (difference_text(row.key, value) for value in (difference.mean, difference.low, difference.high))
    same = difference.paired and difference.mean == difference.low == difference.high == 0
    good: Literal["", "yes", "no"] = ""
    if difference.clear:
        good = "yes" if (difference.mean > 0) == (row.better == "more") else "no"
    return DifferenceCell(
        mean=f"{'+' if difference.mean > 0 else ''}{mean}{' points' if is_share(row.key) else ''}",
        # Where nothing varies there is no interval: no pair differs, which does not mean that none ever would.
        interval="no pair differs" if same else f"{low} to {high}",
        good=good,
        same=same,
        paired=difference.paired,
    )


def sentence(row: OutcomeRow, difference: FolderDifference, letter: str) -> str:
    """Say a clear difference."""
    low, high = sorted((abs(difference.low), abs(difference.high)))
    mean, low_text, high_text = (difference_text(row.key, value) for value in (abs(difference.mean), low, high))
    size = f"{mean} ({low_text} to {high_text})"
    up, (stage, _, what) = difference.mean > 0, row.key.partition(":")
    if what == "share":
        more = "more" if up else "fewer"
        return f"In {letter}, {size} {more} in 100 simulated futures reach {STAGE_WORDS[stage]} than in A."
    if what:
        return f"In {letter}, {STAGE_WORDS[stage]} comes {size} months {'later' if up else 'sooner'} than in A."
    more = "more" if up else "less" if row.key == "cost" else "fewer"
    ending = {
        "cost": "is spent than in A",
        "members_left": "members leave than in A",
        "coordinator_dependence": "in 100 new ties and gifts go through the coordinator than in A",
    }.get(row.key, f"{lower(row.label)} than in A")
    return f"In {letter}, {size} {more} {ending}."


def pairing_notes(folders: Sequence[ComparedFolder], reasons: Sequence[str]) -> list[str]:
    """Say whether folders are paired with the first."""
    first, notes = folders[0], []
    for folder, reason in zip(folders[1:], reasons, strict=True):
        both = f"A and {folder.letter}"
        if first.single or folder.single:
            notes.append(f"{both}: one future of a strategy gives no interval, so no difference is shown.")
        elif not set(first.findings.strategies) & set(folder.findings.strategies):
            notes.append(f"{both} have no strategy in common, so they are not compared.")
        elif reason:
            notes.append(f"{both} are not paired, because {reason}; the intervals of differences are wider.")
        else:
            notes.append(f"{both} are paired: they use the same seeds, so differences are taken future by future.")
    return notes


def other_notes(folders: Sequence[ComparedFolder], horizons: Sequence[int], shared: bool) -> list[str]:
    """Say what else is needed to read the table."""
    notes = []
    if len({str(folder.results.manifest.get("model_version")) for folder in folders}) > 1:
        notes.append(
            "They were made with different versions of the model, so differences may come from the model, not the settings."
        )
    if len(set(horizons)) > 1:
        each = ", ".join(f"{letter} {weeks} weeks" for letter, weeks in zip(LETTERS, horizons, strict=False))
        notes.append(
            f"Their simulations have different lengths ({each}): stages are compared over the first {min(horizons)} weeks, "
            "all other outcomes at the end of each."
        )
    if not shared:
        notes.append("They have no strategy of the same name, so there is nothing to compare.")
    if any(folder.findings.worlds > 1 for folder in folders):
        notes.append("Numbers of a sweep are means over its worlds; those of a comparison are for one world.")
    return notes


def different_settings(folders: Sequence[ComparedFolder]) -> list[SettingRow]:
    """Return the settings in which the scenarios differ."""
    rows = []
    factors = [", ".join(factor.label for factor in folder.results.factors) or "nothing" for folder in folders]
    if len(set(factors)) > 1:
        rows.append(SettingRow("experiment.factors", "Varied over worlds", factors))
    tables = [flattened(folder.results.experiment.get("resolved") or {}) for folder in folders]
    for key in dict.fromkeys(key for table in tables for key in table):
        values = [setting_text(table.get(key)) for table in tables]
        if len(set(values)) > 1 and key.split(".")[0] not in NOT_COMPARED:
            rows.append(SettingRow(key, setting_label(key), values))
    return rows


def flattened(value: object, path: str = "") -> dict[str, object]:
    """Return nested tables and lists as one table, with paths separated by dots as keys."""
    if isinstance(value, Mapping):
        items = [(str(key), item) for key, item in value.items()]
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        items = [(str(place + 1), item) for place, item in enumerate(value)]
    else:
        return {path: value}
    found: dict[str, object] = {}
    for key, item in items:
        found |= flattened(item, f"{path}.{key}" if path else key)
    return found


def setting_text(value: object) -> str:
    """Return the value of a setting as text."""
    if value is None or value == []:
        return "–"
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def setting_label(key: str) -> str:
    """Return a setting in words: a parameter's label, otherwise its path."""
    name = key.removeprefix("parameters.")
    if name != key and name in BY_KEY:
        return str(BY_KEY[name].label)
    return key.replace("_", " ").replace(".", " · ")
