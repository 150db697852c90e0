"""The course of one simulated future, a chart for each weekly measure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.dashboard.answers import Tone, toned
from sim.dashboard.charts import EVERY, PlotLine, rounded
from sim.lab.analysis.effects import MONTHS
from sim.output.figures.palette import strategy_colours
from sim.output.figures.weekly_figures import MEASURES

SHOWN = (
    *("members", "mean_degree", "mean_trust", "mean_identity", "in_groups", "outputs_so_far"),
    *("value_per_member", "coordinator_dependence"),
)
SHARES = ("in_groups", "coordinator_dependence", "unconnected")


@dataclass(frozen=True)
class CoursePanel:
    """The chart of one measure. `percent`: whether it is a share."""

    title: str
    unit: str
    percent: bool
    series: dict[str, PlotLine]


@dataclass(frozen=True)
class WeeklyCourse:
    """Charts by month, with labels and colours by key of a series."""

    months: float
    panels: list[CoursePanel]
    labels: dict[str, str]
    colours: dict[str, Tone]


def weekly_course(weekly: pd.DataFrame, strategy: str) -> WeeklyCourse:
    """Return the charts of one run. `weekly`: its weekly table."""
    weekly = weekly.sort_values("week")
    weekly = weekly.assign(outputs_so_far=weekly["outputs"].cumsum())
    weeks = weekly["week"].to_numpy(float)
    rows = np.unique(np.append(np.arange(0, len(weeks), EVERY), len(weeks) - 1))
    panels: list[CoursePanel] = []
    for measure in SHOWN:
        if measure in weekly:
            title, unit = MEASURES[measure]
            unit = "" if unit.lower() in title.lower() else unit
            y = rounded(weekly[measure].to_numpy(float)[rows])
            line = PlotLine(rounded(weeks[rows] / MONTHS.weeks), y, y, y)
            panels.append(CoursePanel(title, unit, measure in SHARES, {"a": line}))
    colour = toned(strategy_colours([strategy])[strategy])
    return WeeklyCourse(round(float(weeks.max()) / MONTHS.weeks, 2), panels, {"a": strategy}, {"a": colour})
