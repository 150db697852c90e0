"""Numbers behind the charts of the home page, by month, fit for JSON.  What they mean is worked out in `sim.lab.analysis`."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from sim.lab.analysis.effects import MONTHS, mean_interval, paired_difference, wilson
from sim.lab.analysis.events import kaplan_meier, restricted_weeks
from sim.lab.comparison import BANDS, Comparison
from sim.model.outcomes import STAGES_REACHED
from sim.output.figures.outcomes import KINDS

EVERY = 2
PLACES = 4
LOW, HIGH = 10, 90
DRAWN = {"members": "members", "coordinator_dependence": "dependence"}
DIFFERENCES = (
    ("connected", "months to connection", "sooner"),
    ("aligned", "months to alignment", "sooner"),
    ("producing", "months to production", "sooner"),
    ("outputs", "joint outputs", "more"),
    ("members_active", "members at the end", "more"),
    ("coordinator_dependence", "dependence on the coordinator, %", "less"),
)


def plain(values: Any) -> list[float | None]:
    """Numbers for JSON: few digits, None where there is none."""
    return [None if value != value else round(float(value), PLACES) for value in np.asarray(values, float)]


def stage_curves(comparison: Comparison, stage: str) -> dict[str, Any]:
    """Share of futures that had reached a stage, by month, with its 95% band: a curve a strategy."""
    horizon = comparison.scenario.weeks
    return {name: stage_curve(comparison.weeks(name, stage), horizon) for name in comparison.strategies}


def stage_curve(weeks: np.ndarray, horizon: float) -> dict[str, Any]:
    """One such curve.  `weeks`: that the stage took in each future, NaN where it was not reached.

    All futures are followed to the horizon, so the share is a plain one at every week, and has the interval of the tables.
    """
    curve = kaplan_meier(weeks, ~np.isnan(weeks), horizon)
    steps = np.append(curve.weeks, curve.followed)
    low, high = wilson(np.round(curve.share * curve.runs), curve.runs)
    rows = {"y": curve.share, "low": low, "high": high}
    return {"x": plain(steps / MONTHS.weeks)} | {key: plain(np.append(row, row[-1])) for key, row in rows.items()}


def weekly_bands(comparison: Comparison, measure: str) -> dict[str, Any]:
    """Median and middle 80% of futures of a weekly measure, by month: a curve a strategy."""
    place = BANDS.index(measure)
    weeks = np.arange(comparison.scenario.weeks)
    kept = np.unique(np.append(weeks[::EVERY], weeks[-1]))
    found = {}
    for name in comparison.strategies:
        low, middle, high = percentiles(comparison.bands[name][:, kept, place])
        found[name] = {
            "x": plain((kept + 1) / MONTHS.weeks),
            "y": plain(middle),
            "low": plain(low),
            "high": plain(high),
        }
    return found


def percentiles(block: np.ndarray) -> np.ndarray:
    """Middle and ends of the middle 80%, column by column, of the numbers that there are; NaN where there are none."""
    if not np.isnan(block).any():  # some ten times as quick
        return np.percentile(block, (LOW, 50, HIGH), axis=0)
    with warnings.catch_warnings():
        # Weeks in which no future has a number (nobody is left) have none here either.
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanpercentile(block, (LOW, 50, HIGH), axis=0))


def outputs_by_kind(comparison: Comparison) -> list[dict[str, Any]]:
    """Mean outputs of each kind with 95% intervals: a row a kind."""
    rows = []
    for kind, title in KINDS.items():
        bars = {}
        for name in comparison.strategies:
            mean = mean_interval(comparison.of(name)[f"outputs_{kind}"].to_numpy(float))
            bars[name] = plain([mean.mean, mean.low, mean.high])
        rows.append({"label": title, "bars": bars})
    return rows


def differences(comparison: Comparison, name: str, against: str) -> list[dict[str, Any]]:
    """Paired differences of one strategy to another, future by future: mean and 95% interval, and which way is good."""
    rows = []
    for outcome, label, better in DIFFERENCES:
        a, b = (in_units(comparison, which, outcome) for which in (name, against))
        found = paired_difference(a, b)
        good = "" if not found.clear else "yes" if (found.mean > 0) == (better == "more") else "no"
        rows.append(
            {
                "label": label,
                "mean": round(found.mean, PLACES),
                "low": round(found.low, PLACES),
                "high": round(found.high, PLACES),
                "good": good,
                "worth": found.variance_ratio,
            }
        )
    return rows


def in_units(comparison: Comparison, name: str, outcome: str) -> np.ndarray:
    """An outcome of every future in the units that the page uses: restricted months, percent, numbers."""
    if outcome in STAGES_REACHED:
        weeks = comparison.weeks(name, outcome)
        return restricted_weeks(weeks, ~np.isnan(weeks), comparison.scenario.weeks) / MONTHS.weeks
    values = comparison.of(name)[outcome].to_numpy(float)
    return values * 100 if outcome == "coordinator_dependence" else values


def charts(comparison: Comparison) -> dict[str, Any]:
    """Everything that is drawn, but for the differences, which depend on who leads."""
    return {
        "months": round(comparison.scenario.weeks / MONTHS.weeks, 2),
        "stages": {stage: stage_curves(comparison, stage) for stage in STAGES_REACHED},
        "weekly": {called: weekly_bands(comparison, measure) for measure, called in DRAWN.items()},
        "kinds": outputs_by_kind(comparison),
    }
