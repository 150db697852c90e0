"""Figures week by week: measures over many futures, and one run in full."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.output.figures import drawing
from sim.output.figures.drawing import Colours
from sim.output.figures.palette import INK, STAGE_COLOURS, ink
from sim.output.figures.stage_figures import KINDS

MEASURES: dict[str, tuple[str, str]] = {
    "members": ("Active members", "members"),
    "mean_degree": ("Ties per member", "ties per member"),
    "value_per_member": ("Value received", "value per member and week"),
    "mean_trust": ("Trust between tied members", "mean, 0 to 1"),
    "mean_identity": ("Identity with the network", "mean, 0 to 1"),
    "in_groups": ("Members in working groups", "share of members"),
    "past_aligning": ("In groups past aligning", "share of members"),
    "outputs_so_far": ("Outputs so far", "outputs"),
    "coordinator_dependence": ("Dependence on the coordinator", "share of new ties and gifts"),
}
"""Titles and units of measures that are drawn over many futures; any other is called by its name."""
BAND = np.array([0.1, 0.5, 0.9])
PHASES = {"forming": "#dcd3c4", "aligning": "#b9a68a", "pilot": "#8c7251", "project": "#553f24"}
BLUE, ORANGE = "#0072b2", "#d55e00"


def weekly_bands(weekly: pd.DataFrame, columns: Sequence[str], colours: Colours = None) -> Figure:
    """Draw the median and the middle 80% of futures week by week: a panel for each measure.

    `weekly` has a row per run and week, with `strategy`, `replicate`, `week` and the measures named in `columns`.
    """
    shown = drawing.strategies_in(weekly, colours)
    room = drawing.label_room(shown)
    figure, axes = drawing.panels(len(columns), 3 if room < 1.3 else 2, (3.1, 2.1), right=room)
    # Once for all panels, which takes a sixth of the time.
    bands = weekly.groupby(["strategy", "week"])[list(columns)].quantile(BAND).unstack()
    for column, panel in zip(columns, axes, strict=True):
        ends = {}
        for name in shown:
            low, median, high = (bands.xs(name)[column, share] for share in BAND)
            panel.fill_between(median.index, low, high, color=shown[name], alpha=0.15, linewidth=0)
            panel.plot(median.index, median, color=shown[name], linewidth=1.8, label=name)
            ends[name] = _last(median)
        title, unit = MEASURES.get(column, (column.replace("_", " ").capitalize(), column.replace("_", " ")))
        _from_zero(panel)
        drawing.week_axis(panel, float(weekly["week"].max()))
        drawing.name_panel(panel, title, "weeks since the start", unit)
        drawing.label_ends(panel, ends, shown)
    drawing.headline(
        figure,
        "Week by week",
        "Line: median of simulated futures. Band: middle 80% of futures (10th to 90th percentile), not the uncertainty of "
        "the median.",
    )
    return figure


def one_run(weekly: pd.DataFrame, events: pd.DataFrame) -> Figure:
    """Draw one simulated future: members, ties, trust, gifts, groups, outputs, dependence, and when stages were reached.

    `weekly` has a row per week (columns as in `Record.weekly`), `events` a row per event, with `week` and `event`
    ("connected", ..., "break-away").
    """
    figure, axes = drawing.panels(8, 2, (4.0, 1.55), left=0.8, right=1.15, gap=0.8, head=1.4)
    weeks = weekly["week"].to_numpy(float)
    outputs = sum(weekly[f"outputs_{kind}"] for kind in KINDS)
    lines: list[tuple[str, str, dict[str, pd.Series]]] = [
        ("Members", "members", {"active": weekly["members"], "dropped out": weekly["dropped_out"].cumsum()}),
        ("Ties", "ties", {"": weekly["ties"]}),
        ("Gifts", "gifts a week", {"first given": weekly["gifts"], "passed on": weekly["passed_on"]}),
        ("Trust and identity", "mean, 0 to 1", {"trust": weekly["mean_trust"], "identity": weekly["mean_identity"]}),
        ("Common aims", "0 to 1", {"agreement": weekly["agreement"], "in groups": weekly["in_groups"]}),
    ]
    for (title, unit, series), panel in zip(lines, axes, strict=False):
        _lines(panel, weeks, series, unit)
        drawing.name_panel(panel, title, "", unit)
    _phases(axes[5], weekly, weeks)
    drawing.name_panel(axes[5], "Working groups", "", "groups")
    _lines(axes[6], weeks, {"": pd.Series(outputs).cumsum()}, "outputs")
    drawing.name_panel(axes[6], "Outputs so far", "weeks since the start", "outputs")
    _lines(axes[7], weeks, {"": weekly["coordinator_dependence"]}, "0 to 1")
    drawing.name_panel(axes[7], "Dependence on the coordinator", "weeks since the start", "share of ties, gifts")
    _mark_events(axes, events, float(weeks.max()))
    drawing.headline(
        figure,
        "One simulated future, week by week",
        "Vertical lines: the week in which the network reached a stage. Triangles: a group broke away. Dependence: "
        "share of new ties and gifts that the coordinator initiated or brokered in the last 13 weeks.",
    )
    return figure


def _lines(panel: Axes, weeks: np.ndarray, series: dict[str, pd.Series], unit: str) -> None:
    """Draw lines of one run, labelled at their ends."""
    colours = dict(zip(series, (BLUE, ORANGE), strict=False))
    for name, values in series.items():
        panel.plot(weeks, values, color=colours[name], linewidth=1.6)
    _from_zero(panel, 1.0 if unit.endswith("0 to 1") else None)
    drawing.week_axis(panel, float(weeks.max()))
    drawing.label_ends(panel, {name: _last(values) for name, values in series.items() if name}, colours)


def _phases(panel: Axes, weekly: pd.DataFrame, weeks: np.ndarray) -> None:
    """Draw groups by phase, stacked and labelled at the right end."""
    stack = np.array([weekly[f"groups_{phase}"].to_numpy(float) for phase in PHASES])
    panel.stackplot(weeks, stack, colors=list(PHASES.values()), linewidth=0)
    _from_zero(panel)
    drawing.week_axis(panel, float(weeks.max()))
    tops = np.cumsum(stack[:, -1])
    drawing.label_ends(panel, dict(zip(PHASES, tops - stack[:, -1] / 2, strict=True)), PHASES)


def _mark_events(axes: list[Axes], events: pd.DataFrame, horizon: float) -> None:
    """Draw vertical lines where stages were reached, and triangles where groups broke away."""
    reached = events[events["event"].isin(STAGE_COLOURS)].sort_values("week")
    for name, week in zip(reached["event"], reached["week"], strict=True):
        for panel in axes:
            panel.axvline(float(week), color=STAGE_COLOURS[str(name)], linewidth=1.3, alpha=0.85, zorder=1.5)
    for panel in axes[:2]:
        _name_stages(panel, reached, horizon)
    left = events.loc[events["event"] == "break-away", "week"].to_numpy(float)
    if len(left):
        heights, at = np.full(len(left), 0.05), axes[5].get_xaxis_transform()
        axes[5].scatter(left, heights, marker="v", s=34, color=INK, edgecolors="white", transform=at, zorder=5)


def _name_stages(panel: Axes, reached: pd.DataFrame, horizon: float) -> None:
    """Write names of stages above a panel, each on the lowest line without overlap."""
    width, height = drawing.panel_points(panel)
    ends: list[float] = []
    for name, week in zip(reached["event"], reached["week"], strict=True):
        text = f"{name}, week {week:.0f}"
        wide = drawing.text_width(text, drawing.SMALL)
        start = min(float(week) / horizon * width, width + 70 - wide)
        level = next((level for level, end in enumerate(ends) if end + 8 < start), len(ends))
        ends[level : level + 1] = [start + wide]
        up = 1 + (24 + level * drawing.SMALL * 1.35) / height
        colour = STAGE_COLOURS[str(name)]
        panel.text(
            start / width, up, text, transform=panel.transAxes, fontsize=drawing.SMALL, color=ink(colour), va="bottom"
        )


def _from_zero(panel: Axes, top: float | None = None) -> None:
    """Start the vertical axis at 0, so that small changes do not look large."""
    low, high = panel.dataLim.intervaly
    panel.set_ylim(1.05 * low if low < 0 else 0.0, top or (1.05 * high if 0 < high < np.inf else 1.0))


def _last(values: pd.Series) -> float:
    """Return the last number that is not missing, or NaN; means over members are missing once a network has died out."""
    known = values.dropna()
    return float(known.iloc[-1]) if len(known) else np.nan
