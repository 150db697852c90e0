"""A comparison read from its folder, as the answer that the Compare page shows.

No scenario is loaded: the manifest has what is needed of it, so results of older models can be opened too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from string import ascii_lowercase
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from sim.dashboard.answers import STAGE_TONES, Answer, strategy_row, toned, typical
from sim.dashboard.cautions import dangers, many_leave, not_renewed, trust
from sim.dashboard.charts import DRAWN, charts
from sim.dashboard.money import dollars, prices
from sim.dashboard.questions import NAME_LENGTH
from sim.dashboard.verdict import StageVerdict, stage_verdict
from sim.lab.comparison import BANDS, STAGE_WORDS, Comparison
from sim.lab.experiment.reading import SweepResults
from sim.lab.results import JsonObject
from sim.model.outcomes import STAGES_REACHED
from sim.output.figures.palette import strategy_colours


def declared(results: SweepResults) -> dict[str, JsonObject]:
    """Return the strategies as the scenario declares them."""
    return (results.experiment.get("resolved") or {}).get("strategies") or {}


def keys_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return a letter for each strategy by its place, as on the Compare page."""
    return tuple(ascii_lowercase[k] if k < len(ascii_lowercase) else f"s{k + 1}" for k in range(len(names)))


def labels_of(results: SweepResults, names: tuple[str, ...]) -> dict[str, str]:
    """Return what strategies are called, by key: by their labels if all are short and distinct, else all by their names."""
    labels = [str((declared(results).get(name) or {}).get("label") or name) for name in names]
    usable = len(set(labels)) == len(labels) and all(len(label) <= NAME_LENGTH for label in labels)
    return dict(zip(keys_of(names), labels if usable else names, strict=True))


def comparison_of(results: SweepResults, weekly: pd.DataFrame | None) -> Comparison:
    """Return the comparison as it was in memory, with letters for strategies; `weekly` measures NaN where it is None.

    Futures that some strategies lack are left out.
    """
    names = results.strategies
    letters = dict(zip(names, keys_of(names), strict=True))
    runs = results.done.assign(strategy=results.done["strategy"].map(letters))
    strategies = runs.groupby("replicate")["strategy"].nunique()
    replicates = np.sort(strategies[strategies == len(names)].index.to_numpy())
    runs = runs[runs["replicate"].isin(replicates)].sort_values(["replicate", "strategy"], ignore_index=True)
    runs = runs.fillna({"coordinator_dependence": 0.0})
    weeks = int(results.experiment["weeks"])
    bands = {letter: np.full((len(replicates), weeks, len(BANDS)), np.nan, np.float32) for letter in letters.values()}
    if weekly is not None:
        rows = weekly["replicate"].map({replicate: row for row, replicate in enumerate(replicates)})
        for name, letter in letters.items():
            here = ((weekly["strategy"] == name) & rows.notna() & (weekly["week"] <= weeks)).to_numpy()
            at = rows.to_numpy()[here].astype(int), weekly["week"].to_numpy()[here] - 1
            for measure in DRAWN:
                bands[letter][(*at, BANDS.index(measure))] = weekly[measure].to_numpy()[here]
    # As much of a scenario as answers read: the scenario of an older model may not load.
    outline: Any = SimpleNamespace(weeks=weeks)
    return Comparison(outline, int(results.experiment["seed"]), tuple(letters.values()), runs, bands)


def comparison_answer(results: SweepResults, weekly: pd.DataFrame | None) -> Answer:
    """Return a comparison as the answer that the Compare page shows."""
    names, scenario = results.strategies, declared(results)
    comparison = comparison_of(results, weekly)
    labels = labels_of(results, names)
    letters = dict(zip(names, comparison.strategies, strict=True))
    idle = next((letters[name] for name in names if name in scenario and not scenario[name].get("coordinators")), None)
    tones = strategy_colours([*scenario, *names])
    several = len(names) > 1 and comparison.replicates > 1
    stage_answer = stage_verdict if several else shares
    drawn = charts(comparison)
    own_cautions = [
        caution
        for key in comparison.strategies
        for caution in (*dangers(comparison.of(key), labels[key]), *not_renewed(comparison.of(key), labels[key]))
    ]
    return Answer(
        futures=comparison.replicates,
        of=comparison.replicates,
        stages={stage: stage_answer(comparison, stage, labels) for stage in STAGES_REACHED},
        several=several,
        typical=typical(comparison),
        cost=spending_words(comparison, labels, idle),
        trust=trust(),
        cautions=[*many_leave(comparison, labels), *own_cautions],
        strategies=[strategy_row(comparison, key, labels[key], idle) for key in comparison.strategies],
        charts=replace(drawn, weekly={}) if weekly is None else drawn,
        colours={letters[name]: toned(tones[name]) for name in names},
        stage_colours=STAGE_TONES,
    )


def shares(comparison: Comparison, stage: str, labels: Mapping[str, str]) -> StageVerdict:
    """Return what to say of a stage where there is one strategy or one future, so nothing to compare."""
    sentences = []
    for key in comparison.strategies:
        reached = int((~np.isnan(comparison.weeks(key, stage))).sum())
        sentences.append(
            f"{labels[key]} reaches {STAGE_WORDS[stage]} in {reached} of {comparison.replicates} simulated futures"
        )
    return StageVerdict(f"{'; '.join(sentences)}.", (comparison.strategies[0], comparison.strategies[0]))


def spending_words(comparison: Comparison, labels: dict[str, str], idle: str | None) -> str:
    """Say what each strategy cost over the whole time, and what one more output costs."""
    cost = {key: float(comparison.of(key)["cost"].mean()) for key in comparison.strategies}
    each = ", ".join(f"{labels[key]} {dollars(cost[key])}" for key in comparison.strategies)
    paid = [key for key in comparison.strategies if cost[key] > 0]
    output_prices = prices(comparison, paid, idle, labels)
    return f"Spent in {comparison.scenario.weeks / 52:.3g} years: {each}. {output_prices}".strip()
