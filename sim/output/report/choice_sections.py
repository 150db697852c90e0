"""Sections of a report for a choice: what outputs cost, and regret over uncertain worlds."""

from __future__ import annotations

from sim.lab.analysis.events import Estimate
from sim.lab.analysis.runs import unit_of
from sim.output import figures
from sim.output.report import sentences
from sim.output.report.findings import Findings
from sim.output.report.page import Bullets, Gallery, Picture, Prose, Section, Table
from sim.output.report.sentences import money, noun, share_of, with_interval
from sim.output.words import capital, number, percent


def money_section(found: Findings) -> Section | None:
    """Return the section on what outputs cost, and which strategy is the best buy."""
    curve = found.acceptability
    if curve is None or found.cloud is None:
        return None
    means = "; ".join(
        f"{one.strategy} {number(one.outputs)} outputs for {money(one.cost, 0)}" for one in found.standings
    )
    frontier = Picture(
        figures.cost_frontier(found.standings, found.cloud, found.colours),
        "frontier",
        f"Cost and outputs of each strategy: {means}.",
    )
    ends = ", ".join(f"{name} {percent(float(curve.share[-1, k]))}" for k, name in enumerate(curve.strategies))
    accept = Picture(
        figures.acceptability_curves(curve, found.colours),
        "acceptability",
        f"Share of {curve.unit} in which each strategy is the best buy; at "
        f"{money(float(curve.prices[-1]), 0)} an output: {ends}.",
    )
    rows = []
    prices = {one.strategy: one for one in found.prices}
    for one in found.standings:
        price = prices.get(one.strategy)
        cost = "–"
        if price is not None:
            cost = "unclear"
            if price.price is not None and price.low is not None and price.high is not None:
                cost = with_interval(Estimate(price.price, price.low, price.high), "$")
            elif price.more_outputs.high < 0:
                cost = "fewer outputs"
        rows.append([one.strategy, money(one.cost, 0), number(one.outputs), cost, one.status, percent(one.sure)])
    head = ["strategy", "cost", "outputs", f"per output beyond {found.cheapest}", "standing", "in resamples"]
    table = Table(head, rows, "Cost-effectiveness (95% intervals by Fieller's theorem)", 1, found.colours)
    marks = [found.colours[one.strategy] for one in found.standings]
    return Section(
        "What outputs cost",
        [
            Bullets([capital(one.words) for one in found.standings], marks),
            Gallery(
                [frontier, accept],
                f"Left: means of strategies, joined along the frontier; hollow: dominated; faint: {curve.unit}. Right: share "
                f"of {curve.unit} in which a strategy has the largest net benefit, by what an output is worth; band: "
                "95% bootstrap interval.",
            ),
            table,
        ],
    )


def regrets(found: Findings) -> Section | None:
    """Return the section on how often each strategy is best, and on regret."""
    if found.regrets is None:
        return None
    all_of = found.regrets
    shares = ", ".join(f"{one.strategy} {percent(one.best.mean)}" for one in all_of.strategies)
    best = Picture(
        figures.probability_best(all_of, found.colours),
        "best",
        f"Share of {all_of.unit} in which each strategy is best: {shares}.",
        "How often it is best",
    )
    words = ", ".join(
        f"{one.strategy} {number(one.mean.mean)}, largest {number(one.largest)}" for one in all_of.strategies
    )
    loss = Picture(
        figures.regret_ranges(all_of, unit_of(found.main), found.colours),
        "regret",
        f"Mean and largest regret: {words}.",
        "How far it falls short of the best",
    )
    rows = [
        [
            one.strategy,
            share_of(one.best),
            with_interval(one.mean),
            number(one.ninety.mean),
            number(one.largest),
            f"yes, in {percent(one.minimax_share)} of resamples" if one.minimax else "",
        ]
        for one in all_of.strategies
    ]
    head = ["strategy", "best in", "mean regret", "90th percentile", "largest regret", "smallest maximum"]
    table = Table(head, rows, f"Regret in {noun(found.main)}, over {all_of.number:,} {all_of.unit}", 1, found.colours)
    note = (
        f"Regret: how much more the best strategy of the same world had ({noun(found.main)}). Dot: mean with 95% interval; "
        f"bar at the end: the largest in these {all_of.unit} (no interval: other worlds may exceed it). With few seeds per "
        "world, the best is partly luck."
    )
    return Section(
        "Choosing under uncertainty", [Prose(sentences.best_sentence(found)), Gallery([best, loss], note), table]
    )
