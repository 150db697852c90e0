"""Tables of a results folder as the pages of the dashboard show them: a comparison as an answer, a sweep as its report.

No scenario is loaded: what is needed of it stands in the manifest, so that results of an older model can be looked at too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Any

import numpy as np
import pandas as pd

from sim.dashboard.answers import STAGE_TONES, Answer, strategy_row, toned, typical
from sim.dashboard.cautions import dangers, many_leave, not_renewed, trust
from sim.dashboard.charts import DRAWN, EVERY, charts, rounded
from sim.dashboard.money import dollars, prices
from sim.dashboard.questions import NAME_LENGTH
from sim.dashboard.verdict import StageVerdict, stage_verdict
from sim.lab.analysis.effects import MONTHS
from sim.lab.comparison import BANDS, STAGE_WORDS, Comparison
from sim.lab.experiment.reading import SweepResults
from sim.model.outcomes import STAGES_REACHED
from sim.output.figures.palette import strategy_colours
from sim.output.figures.weekly import MEASURES

COURSE = (
    *("members", "mean_degree", "mean_trust", "mean_identity", "in_groups", "outputs_so_far"),
    *("value_per_member", "coordinator_dependence"),
)
MOST_HTML = 12_000_000
TOO_LARGE = "<p>This part is too large to be shown here; the report that can be downloaded below has it.</p>"
SHARES = ("in_groups", "coordinator_dependence", "unconnected")


@dataclass(frozen=True)
class Outline:
    """As much of a scenario as answers read, from the manifest of any version of the model."""

    weeks: int


def keys_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """A letter for each strategy by its place, as on the Compare page."""
    return tuple(ascii_lowercase[k] if k < len(ascii_lowercase) else f"s{k + 1}" for k in range(len(names)))


def idle_of(results: SweepResults, names: tuple[str, ...]) -> str | None:
    """The strategy in which nobody coordinates, by its name, if there is one."""
    strategies = (results.experiment.get("resolved") or {}).get("strategies") or {}
    return next((name for name in names if name in strategies and not strategies[name].get("coordinators")), None)


def labels_of(results: SweepResults, names: tuple[str, ...]) -> dict[str, str]:
    """What strategies are called: as the scenario does where all labels are short and no two alike, else by their names.

    Never some so and some so: whoever reads one sentence has to know whom it is about.
    """
    told = (results.experiment.get("resolved") or {}).get("strategies") or {}
    said = [str((told.get(name) or {}).get("label") or name) for name in names]
    usable = len(set(said)) == len(said) and all(len(label) <= NAME_LENGTH for label in said)
    return dict(zip(keys_of(names), said if usable else names, strict=True))


def comparison_of(results: SweepResults, weekly: pd.DataFrame | None) -> Comparison:
    """A comparison as it was in memory, strategies under letters; weekly measures NaN where the folder lacks them."""
    names = results.strategies
    letters = dict(zip(names, keys_of(names), strict=True))
    runs = results.done.assign(strategy=results.done["strategy"].map(letters))
    complete = runs.groupby("replicate")["strategy"].nunique()
    kept = np.sort(complete[complete == len(names)].index.to_numpy())
    runs = runs[runs["replicate"].isin(kept)].sort_values(["replicate", "strategy"], ignore_index=True)
    runs = runs.fillna({"coordinator_dependence": 0.0})
    weeks = int(results.experiment["weeks"])
    bands = {letter: np.full((len(kept), weeks, len(BANDS)), np.nan, np.float32) for letter in letters.values()}
    if weekly is not None:
        places = weekly["replicate"].map({replicate: row for row, replicate in enumerate(kept)})
        for name, letter in letters.items():
            mine = ((weekly["strategy"] == name) & places.notna() & (weekly["week"] <= weeks)).to_numpy()
            at = places.to_numpy()[mine].astype(int), weekly["week"].to_numpy()[mine] - 1
            for measure in DRAWN:
                bands[letter][(*at, BANDS.index(measure))] = weekly[measure].to_numpy()[mine]
    outline: Any = Outline(weeks)
    return Comparison(outline, int(results.experiment["seed"]), tuple(letters.values()), runs, bands)


def comparison_answer(results: SweepResults, weekly: pd.DataFrame | None) -> Answer:
    """A comparison as the answer that the Compare page shows."""
    names = results.strategies
    comparison = comparison_of(results, weekly)
    labels = labels_of(results, names)
    letters = dict(zip(names, comparison.strategies, strict=True))
    idle = idle_of(results, names)
    base = letters[idle] if idle is not None else None
    tones = strategy_colours([*((results.experiment.get("resolved") or {}).get("strategies") or {}), *names])
    several = len(names) > 1 and comparison.replicates > 1
    drawn = charts(comparison)
    return Answer(
        futures=comparison.replicates,
        of=comparison.replicates,
        stages={
            stage: stage_verdict(comparison, stage, labels) if several else alone(comparison, stage, labels)
            for stage in STAGES_REACHED
        },
        several=several,
        typical=typical(comparison),
        cost=spent(comparison, labels, base),
        trust=trust(),
        cautions=[
            *many_leave(comparison, labels),
            *(
                words
                for key in comparison.strategies
                for words in (*dangers(comparison.of(key), labels[key]), *not_renewed(comparison.of(key), labels[key]))
            ),
        ],
        strategies=[strategy_row(comparison, key, labels[key], base) for key in comparison.strategies],
        charts=replace(drawn, weekly={}) if weekly is None else drawn,
        colours={letters[name]: toned(tones[name]) for name in names},
        stage_colours=STAGE_TONES,
    )


def alone(comparison: Comparison, stage: str, labels: dict[str, str]) -> StageVerdict:
    """What is said of a stage where there is one strategy, or one future, and so nothing to hold it against."""
    told = []
    for key in comparison.strategies:
        there = int((~np.isnan(comparison.weeks(key, stage))).sum())
        told.append(
            f"{labels[key]} reaches {STAGE_WORDS[stage]} in {there} of {comparison.replicates} simulated futures"
        )
    return StageVerdict(f"{'; '.join(told)}.", (comparison.strategies[0], comparison.strategies[0]))


def spent(comparison: Comparison, labels: dict[str, str], base: str | None) -> str:
    """What each strategy cost over the whole time, and what one more output costs."""
    cost = {key: float(comparison.of(key)["cost"].mean()) for key in comparison.strategies}
    each = ", ".join(f"{labels[key]} {dollars(cost[key])}" for key in comparison.strategies)
    paid = [key for key in comparison.strategies if cost[key] > 0]
    return (
        f"Spent in {comparison.scenario.weeks / 52:.3g} years: {each}. {prices(comparison, paid, base, labels)}".strip()
    )


def sweep_page(results: SweepResults) -> dict[str, Any]:
    """A sweep's findings as its report says them: sections of HTML, and their colours on a dark page."""
    from sim.output.report import choices, odd, sections, worlds
    from sim.output.report.findings import find
    from sim.output.report.page import Fold, Html, Section, render_section
    from sim.output.report.svg import dark_colours

    found = find(results)
    made = [
        sections.answer(found),
        sections.stages(found),
        sections.differences(found),
        choices.regrets(found),
        choices.money_section(found),
        worlds.sensitivities(found),
        worlds.discoveries(found),
    ]
    heading, limits = odd.limits()
    made.append(Section("What the model cannot tell", [Fold(heading, [Html(limits)])]))
    told, size = [], 0
    for one in made:
        if one is None:
            continue
        html = render_section(one)
        size += len(html)
        told.append({"title": one.title, "html": html if size <= MOST_HTML else TOO_LARGE})
    return {
        "sections": told,
        "dark": dark_colours([one["html"] for one in told]),
        "notes": list(dict.fromkeys(found.notes)),
    }


def weekly_course(weekly: pd.DataFrame, strategy: str) -> dict[str, Any]:
    """One run week by week, by month: a panel a measure."""
    weekly = weekly.sort_values("week")
    weekly = weekly.assign(outputs_so_far=weekly["outputs"].cumsum())
    weeks = weekly["week"].to_numpy(float)
    kept = np.unique(np.append(np.arange(0, len(weeks), EVERY), len(weeks) - 1))
    panels = []
    for measure in COURSE:
        if measure not in weekly:
            continue
        title, unit = MEASURES[measure]
        unit = "" if unit.lower() in title.lower() else unit
        y = rounded(weekly[measure].to_numpy(float)[kept])
        series = {"a": {"x": rounded(weeks[kept] / MONTHS.weeks), "y": y, "low": y, "high": y}}
        panels.append({"title": title, "unit": unit, "percent": measure in SHARES, "series": series})
    tone = toned(strategy_colours([strategy])[strategy])
    return {
        "months": round(float(weeks.max()) / MONTHS.weeks, 2),
        "panels": panels,
        "labels": {"a": strategy},
        "colours": {"a": tone},
    }
