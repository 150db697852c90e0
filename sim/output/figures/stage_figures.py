"""Figures of stages: share of futures that reached each by week, and typical weeks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.lab.analysis.events import Curve, Estimate
from sim.lab.analysis.reached import reached, several_worlds
from sim.output.figures import drawing
from sim.output.figures.drawing import Colours
from sim.output.figures.palette import FAINT, STAGE_COLOURS, STAGES

COLUMNS = ("strategy", *(f"{stage}_week" for stage in STAGES))
BARE = (0.4, 0.3)
NOTHING = "No runs in this table yet: run a comparison first."


def stages_over_time(
    runs: pd.DataFrame, horizon: float, colours: Colours = None, stages: Sequence[str] = STAGES, bare: bool = False
) -> Figure:
    """Draw the share of futures that reached each stage by week: a panel for each stage, with 95% bands.

    `runs` has a row per run, with `strategy` and `connected_week`, `aligned_week`, `producing_week`, `generative_week`
    (weeks, NaN where not reached by the `horizon`).  `colours`: strategy -> colour, by default `strategy_colours`.
    Of a sweep with several worlds also `point` and `replicate`: intervals then count worlds and seeds, not futures.
    `stages`: which panels.  `bare`: without title and note, for a page that says both itself.
    """
    drawing.needed(runs, "runs", COLUMNS)
    if runs.empty:
        return drawing.message(NOTHING)
    shown = drawing.strategies_in(runs, colours)
    head, gap = BARE if bare else (drawing.HEAD, 0.85)
    figure, axes = drawing.panels(len(stages), 2, (3.7, 2.3), right=drawing.label_room(shown), gap=gap, head=head)
    for stage, panel in zip(stages, axes, strict=True):
        ends = {}
        for name in shown:
            curve = reached(runs, name, stage, horizon).curve
            week, share, low, high = _staircase(curve)
            panel.fill_between(week, low, high, step="post", color=shown[name], alpha=0.13, linewidth=0)
            panel.step(week, share, where="post", color=shown[name], linewidth=2, label=name)
            ends[name] = float(share[-1])
        drawing.week_axis(panel, horizon)
        panel.set_ylim(-2, 102)
        panel.set_yticks(range(0, 101, 25))
        drawing.name_panel(
            panel, stage.capitalize(), "weeks since the start", "futures that reached it (%)", STAGE_COLOURS[stage]
        )
        drawing.label_ends(panel, ends, shown)
    if bare:
        return figure
    how = "over worlds and seeds" if several_worlds(runs) else "Kaplan\u2013Meier, log-log"
    drawing.headline(
        figure,
        "How many simulated futures reach each stage, and when",
        f"Line: share of simulated futures that reached the stage by that week ({_count(runs)}). Band: 95% interval of "
        f"the share, each week taken by itself ({how}).",
    )
    return figure


def time_to_event(
    runs: pd.DataFrame, horizon: float, colours: Colours = None, stages: Sequence[str] = STAGES, bare: bool = False
) -> Figure:
    """Draw the weeks to each stage by strategy: median and mean with intervals, and the middle 80% of futures.

    Arguments and intervals are as in `stages_over_time`.  Each row says how many futures never reached the stage.
    """
    drawing.needed(runs, "runs", COLUMNS)
    if runs.empty:
        return drawing.message(NOTHING)
    shown = drawing.strategies_in(runs, colours)
    height = 0.35 + 0.5 * len(shown)
    head, gap = BARE if bare else (drawing.HEAD, 0.95)
    room = drawing.label_room(shown)
    figure, axes = drawing.panels(len(stages), 2, (3.4, height), left=room, right=1.25, gap=gap, head=head)
    for stage, panel in zip(stages, axes, strict=True):
        for row, name in enumerate(shown):
            found = reached(runs, name, stage, horizon)
            _range(panel, row, found.curve, found.weeks, horizon, shown[name])
        drawing.name_rows(panel, list(shown), shown)
        drawing.week_axis(panel, horizon)
        drawing.name_panel(panel, stage.capitalize(), "weeks since the start", colour=STAGE_COLOURS[stage])
    if bare:
        return figure
    drawing.headline(
        figure,
        "Weeks to each stage",
        f"Dot: median of {_count(runs)}; thick bar: its 95% interval. Thin line: the middle 80% of futures, with an "
        "arrow where it ends past the horizon. Diamond: mean weeks, restricted to "
        f"{horizon:g}, with 95% interval.{' Intervals count worlds and seeds.' if several_worlds(runs) else ''}",
    )
    return figure


def _staircase(curve: Curve) -> tuple[np.ndarray, ...]:
    """Return weeks, share, low and high in percent, up to the last week observed."""
    weeks = np.append(curve.weeks, curve.followed)
    return weeks, *(100 * np.append(row, row[-1]) for row in (curve.share, curve.low, curve.high))


def _count(runs: pd.DataFrame) -> str:
    """Return the number of futures per strategy as text."""
    sizes = runs.groupby("strategy", sort=False).size()
    few, many = int(sizes.min()), int(sizes.max())
    return f"{few} futures per strategy" if few == many else f"{few} to {many} futures per strategy"


def _range(panel: Axes, row: int, curve: Curve, mean: Estimate, horizon: float, colour: str) -> None:
    """Draw one strategy's row: middle 80%, median, mean, and how many never reached the stage."""
    early, late = curve.quantile(0.1), curve.quantile(0.9)
    above, below = row - 0.12, row + 0.17
    if early is not None:
        panel.plot([early, late if late is not None else horizon], [above, above], color=colour, linewidth=1.4)
        if late is None:
            panel.plot(horizon, above, marker=">", color=colour, markersize=6, clip_on=False)
    if curve.median is not None:
        low, high = curve.quantile_interval(0.5)
        ends = [low if low is not None else horizon, high if high is not None else horizon]
        panel.plot(ends, [above, above], color=colour, linewidth=6, alpha=0.45, solid_capstyle="butt")
        panel.plot(curve.median, above, marker="o", color=colour, markersize=7, markeredgecolor="white")
    if curve.reached:
        panel.plot([mean.low, mean.high], [below, below], color=colour, linewidth=1.2)
        panel.plot(mean.mean, below, marker="D", color="white", markeredgecolor=colour, markersize=5, clip_on=False)
    place = panel.get_yaxis_transform()
    panel.text(1.035, row, _never(curve), transform=place, fontsize=drawing.SMALL, color=FAINT, va="center")


def _never(curve: Curve) -> str:
    """Return the share that never reached the stage as text."""
    never = 100 * (1 - curve.reached / curve.runs)
    if curve.reached == curve.runs:
        return "all reached it"
    # Rounding must not turn a few into none, or nearly all into all.
    return f"{never:.0f}% never" if 0.5 <= never <= 99.5 or not curve.reached else f"{never:.2g}% never"
