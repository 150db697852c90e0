"""Figures: each function takes tables, records or networkx graphs, and returns a matplotlib Figure.

None reads a running model or uses pyplot, whose figures belong to one thread.
"""

from sim.output.figures.choice_figures import (
    acceptability_curves,
    cost_frontier,
    paired_differences,
    probability_best,
    regret_ranges,
)
from sim.output.figures.drawing import save, save_in
from sim.output.figures.networks import network_before_after
from sim.output.figures.output_figures import outputs_against_cost, outputs_by_kind
from sim.output.figures.palette import STAGE_COLOURS, strategy_colours
from sim.output.figures.stage_figures import stages_over_time, time_to_event
from sim.output.figures.tornado_figure import tornado
from sim.output.figures.weekly_figures import MEASURES, one_run, weekly_bands

__all__ = [
    "MEASURES",
    "STAGE_COLOURS",
    "acceptability_curves",
    "cost_frontier",
    "network_before_after",
    "one_run",
    "outputs_against_cost",
    "outputs_by_kind",
    "paired_differences",
    "probability_best",
    "regret_ranges",
    "save",
    "save_in",
    "stages_over_time",
    "strategy_colours",
    "time_to_event",
    "tornado",
    "weekly_bands",
]
