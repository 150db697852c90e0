"""Sections of a report on worlds: what drives an outcome, and where strategies fail."""

from __future__ import annotations

import pandas as pd

from sim.lab.analysis.factor_groups import ByFactor
from sim.lab.analysis.runs import unit_of
from sim.lab.analysis.sensitivity import Sensitivity, Sobol
from sim.output import figures
from sim.output.report import sentences
from sim.output.report.findings import Findings
from sim.output.report.page import Block, Bullets, Fold, Gallery, Picture, Prose, Section, Table, slug
from sim.output.report.sentences import noun, with_interval
from sim.output.words import capital, lower, number, percent

RAMP = ("#9ecae1", "#4292c6", "#08519c")
"""Low, middle and high part of a factor's range, in one hue that no strategy has."""
UNLIKELY = 0.05
SOBOL_NOTE = (
    "Sobol indices of the worlds' means. Alone: share of the variance due to the factor by itself; with others: including "
    "its interactions. Lines: 95% bootstrap intervals."
)
MORRIS_NOTE = (
    "Morris screening. μ*: mean size of the change when the factor crosses its range, with 95% interval; σ: how much that "
    "change depends on the other factors."
)


def sensitivities(found: Findings) -> Section | None:
    """Return the section on what drives the outcome: indices, where the design has them, and stages by factor."""
    blocks: list[Block] = []
    pictures = []
    for place, one in enumerate(found.indices):
        what = f"{noun(one.outcome)} of {one.strategy}" + ("" if one.against is None else f" minus {one.against}'s")
        text = sentences.sensitivity_sentence(found, one)
        blocks.append(Prose(text))
        drawn = figures.tornado(one, found.labels, unit_of(one.outcome))
        alt = f"What drives {what}, by factor, the largest index first: {', '.join(row.factor for row in one.rows)}."
        pictures.append(Picture(drawn, f"tornado-{place}", alt, capital(what)))
    if pictures:
        sobol = found.indices[0].kind == "sobol"
        blocks.append(Gallery(pictures, SOBOL_NOTE if sobol else MORRIS_NOTE))
        blocks.append(Fold("All factors as a table", [indices_table(one) for one in found.indices]))
    if found.by_factor:
        blocks += by_factors(found)
    return Section("What drives the result", blocks) if blocks else None


def indices_table(one: Sensitivity) -> Table:
    """Return indices as a table."""
    rows = []
    for row in one.rows:
        if isinstance(row, Sobol):
            rows.append([row.factor, with_interval(row.first), with_interval(row.total)])
        else:
            rows.append([row.factor, with_interval(row.mu_star), number(row.sigma), number(row.mu)])
    heads = {"sobol": ("alone (first order)", "with others (total)"), "morris": ("μ*", "σ", "μ")}
    against = f" minus {one.against}" if one.against else ""
    return Table(["factor", *heads[one.kind]], rows, f"{capital(noun(one.outcome))}, {one.strategy}{against}")


def by_factors(found: Findings) -> list[Block]:
    """Return production by parts of each factor's range: pictures of factors that clearly matter, and a table of all."""
    telling = telling_factors(found.by_factor)
    shown = [picture_of(found, one) for one in telling[:4]]
    rows = []
    for one in sorted(found.by_factor, key=spread_of, reverse=True):
        weeks = " / ".join(f"{group.restricted.mean:.0f}" for group in one.groups)
        chance = "–" if one.p_worlds is None else f"{one.p_worlds:.3f}"
        rows.append(
            [found.labels.get(one.factor, one.factor), " / ".join(group.label for group in one.groups), weeks, chance]
        )
    lead = found.by_factor[0].strategy
    head = ["factor", "parts of its range", "mean weeks", "p-value"]
    table = Table(head, rows, f"Weeks to production of {lead} by factor (log-rank test, permuting worlds)", 2)
    note = (
        f"Share of {lead}'s simulated futures that produce by that week, by parts of a factor's range, for the factors "
        "with the largest effects. Bands: 95% intervals over worlds and seeds."
    )
    blocks: list[Block] = [Prose(sentences.factors_sentence(found, telling))]
    return [*blocks, *([Gallery(shown, note)] if shown else []), Fold("All factors", [table])]


def spread_of(one: ByFactor) -> float:
    """Return by how many weeks the parts of a factor's range differ at most."""
    means = [group.restricted.mean for group in one.groups]
    return max(means) - min(means)


def telling_factors(all_of: list[ByFactor]) -> list[ByFactor]:
    """Return the factors whose parts clearly differ, the largest difference first.

    The false discovery rate is 5% (Benjamini & Hochberg 1995).
    """
    from scipy.stats import false_discovery_control

    tried = [one for one in all_of if one.p_worlds is not None]
    if not tried:
        return []
    adjusted = false_discovery_control([one.p_worlds for one in tried])
    kept = [one for one, chance in zip(tried, adjusted, strict=True) if chance <= UNLIKELY]
    return sorted(kept, key=spread_of, reverse=True)


def picture_of(found: Findings, one: ByFactor) -> Picture:
    """Return a picture of the curves of a factor's groups."""
    from sim.lab.analysis.factor_groups import binned

    mine = found.runs[found.runs["strategy"] == one.strategy]
    labels, place = binned(mine, one.factor)
    names = [group.label for group in one.groups]
    order = pd.Series(place, index=mine.index).map(dict(enumerate(labels)))
    table = mine.assign(strategy=order).iloc[place.argsort(kind="stable")]
    colours = dict(zip(names, RAMP if len(names) == 3 else (RAMP[0], RAMP[2]), strict=False))
    label = found.labels.get(one.factor, one.factor)
    weeks = ", ".join(f"{group.label}: {group.restricted.mean:.0f}" for group in one.groups)
    drawn = figures.stages_over_time(table, found.horizon, colours, ("producing",), bare=True)
    return Picture(drawn, slug("by", one.factor), f"Production by {label}; mean weeks: {weeks}.", capital(label))


def discoveries(found: Findings) -> Section | None:
    """Return the section on worlds in which strategies fail."""
    if not found.failing:
        return None
    rows: list[list[str]] = []
    items, marks = [], []
    for one in found.failing:
        items.append(f"{capital(one.strategy)} {one.meaning}: {lower(one.rules.sentence)}")
        marks.append(found.colours[one.strategy])
        rows += [
            [one.strategy, one.meaning, rule.words, percent(rule.coverage), percent(rule.density), f"{rule.worlds:,}"]
            for rule in one.rules.rules
        ]
    blocks: list[Block] = [Bullets(items, marks)]
    if rows:
        head = ["strategy", "failure", "where", "coverage", "density", "worlds"]
        caption = (
            "Rules. Coverage: share of the failing worlds that the rule covers; density: share of its worlds that fail; both "
            "on the worlds to which it was fitted"
        )
        blocks.append(Fold("Rules as a table", [Table(head, rows, caption, 3, found.colours)]))
    blocks.append(
        Prose(
            "Rules are from a decision tree with at most three splits, shown only if such trees do better than guessing in "
            "cross-validation.",
            "note",
        )
    )
    return Section("Where strategies fail", blocks)
