"""The answer of a comparison in one paragraph that carries both bands: luck, and what is not known of the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from sim.lab.analysis.effects import MONTHS
from sim.lab.analysis.sequential import PairedOutcome, clear_signs
from sim.lab.comparison import STAGE_WORDS, Comparison
from sim.lab.comparison_records import Interval, WorldDifference
from sim.model.outcomes import STAGES_REACHED
from sim.output.words import capital, counted, number

FRACTIONS = {
    0.0: "hardly any",
    0.1: "one in ten",
    0.2: "one in five",
    0.25: "one in four",
    1 / 3: "one in three",
    0.5: "half of all",
    2 / 3: "two of three",
    0.75: "three of four",
    0.8: "four of five",
    0.9: "nine of ten",
    1.0: "nearly all",
}
EQUAL = 0.005
PER = 10_000
"""Outputs are counted for so many dollars where strategies are ranked by the cost of an output."""


@dataclass(frozen=True)
class Yardstick:
    """An outcome by which strategies are ranked.

    `column`: of the table of runs; `title`: what values are, at the start of a sentence; `less`: whether less is better;
    `many`: what two strategies with equal values have; `show`: a strategy's mean in words; `worlds`: whether runs of
    plausible worlds have it.
    """

    column: str
    title: str
    less: bool = False
    many: str = "as many"
    show: Callable[[float], str] = number
    worlds: bool = True


OUTPUTS = Yardstick("outputs", "Joint results")
MEMBERS = Yardstick("members_active", "Members at the end,")
LASTING = Yardstick(
    "renewed",
    "Networks that stay generative for a year without their coordinator,",
    many="the same",
    show=lambda share: f"{100 * share:.0f}%",
    worlds=False,
)
PRICE = Yardstick(
    "outputs_per_cost",
    "Cost of one joint result,",
    many="the same",
    show=lambda rate: f"${PER / rate:,.0f}" if rate else "none produced",
)
SPEED = {
    stage: Yardstick(
        f"{stage}_week",
        f"Months to {STAGE_WORDS[stage]}, on average,",
        less=True,
        many="the same",
        show=lambda weeks: number(weeks / MONTHS.weeks, 1),
    )
    for stage in STAGES_REACHED
}
YARDSTICKS = {"outputs": OUTPUTS, "members": MEMBERS, "lasting": LASTING, "price": PRICE, **SPEED}


@dataclass(frozen=True)
class OutcomeStanding:
    """Which strategy is ahead in one outcome, and how certain that is.

    `order`: strategies that are ranked, the best first; `means`: their means; `brings`, `ahead`, `overall`: sentences; `wins`,
    `ties`: futures in which the best is ahead of the next, or equal; `sign`: 1 if it clearly does better, -1 worse, in futures
    as set; `world`: the best compared with the next over worlds, None if that is not known; `leader`: who is ahead overall, ''
    if neither is.
    """

    order: tuple[str, ...]
    means: Mapping[str, float]
    brings: str
    ahead: str = ""
    overall: str = ""
    wins: int = 0
    ties: int = 0
    sign: int = 0
    world: WorldDifference | None = None
    leader: str = ""

    @property
    def text(self) -> str:
        """All sentences."""
        return "  ".join(filter(None, (self.brings, self.ahead, self.overall)))


def both_bands(comparison: Comparison, labels: Mapping[str, str] | None = None) -> str:
    """Return what strategies cost and produce, how often the best is ahead, and whether it is ahead overall.

    "Joint results for the same $40,000 a year: introductions 38, newsletters 27; for nothing: nobody 9.  Introductions: ahead
    of newsletters, the next, in 94 of 100 futures as set, and in about two of three plausible worlds."  One strategy
    is called ahead overall only if its difference to the next is clear in futures as set and over worlds too.  `labels`:
    what strategies are called.
    """
    return standing(comparison, labels).text


def standing(
    comparison: Comparison, labels: Mapping[str, str] | None = None, by: Yardstick = OUTPUTS
) -> OutcomeStanding:
    """Return who is ahead in an outcome, in futures as set and over worlds.  Strategies that cost nothing have no price."""
    names = dict.fromkeys(comparison.strategies) if labels is None else labels
    called = {name: (names[name] or name) for name in comparison.strategies}
    values = {name: values_by(comparison, name, by) for name in comparison.strategies}
    values = {name: column for name, column in values.items() if not np.isnan(column).any()}
    means = {name: float(column.mean()) for name, column in values.items()}
    order = tuple(sorted(values, key=lambda name: means[name] * (1 if by.less else -1)))
    found = OutcomeStanding(order, means, brings(comparison, order, called, means, by))
    if len(order) < 2:
        return found
    first, second = order[:2]
    apart = (values[first] - values[second]) * (-1 if by.less else 1)
    found = replace(
        found,
        wins=int((apart > 0).sum()),
        ties=int((apart == 0).sum()),
        sign=sign_by(comparison, first, second, values, by),
        world=over_worlds(comparison, first, second, by),
    )
    return said(comparison, found, called, by)


def said(comparison: Comparison, found: OutcomeStanding, called: Mapping[str, str], by: Yardstick) -> OutcomeStanding:
    """Return a standing with its sentences on who is ahead."""
    first, second = found.order[:2]
    if found.ties == comparison.replicates:
        ahead = f"{capital(called[first])} and {called[second]}: {by.many} in all {found.ties:,} futures as set"
    else:
        tied = f" ({by.many} in {found.ties:,})" if found.ties else ""
        if found.sign <= 0:  # the best on average may be behind in most futures
            tied = f", behind in {comparison.replicates - found.wins - found.ties:,}{tied}"
        ahead = f"{capital(called[first])}: ahead of {called[second]}, the next, in {found.wins:,} of "
        ahead += f"{comparison.replicates:,} futures as set{tied}"
    row = found.world
    if row is None:
        lead = "a clear lead" if found.sign > 0 else "no clear difference"
        return replace(found, ahead=f"{ahead}: {lead}, with every number of the model as set.")
    fitting = "" if comparison.facts is None else " that fit what is known"
    as_set, in_worlds = found.sign > 0, row.ahead > 0
    return replace(
        found,
        ahead=f"{ahead}, and in {about(row.better)} plausible worlds{fitting}{less(row)}.",
        overall=overall(called[first], called[second], as_set, in_worlds),
        leader=first if as_set and in_worlds else "",
    )


def values_by(comparison: Comparison, name: str, by: Yardstick) -> np.ndarray:
    """Return an outcome of each future under a strategy; weeks restricted to the horizon; NaN where there is none."""
    runs = comparison.of(name)
    if by.column.endswith("_week"):
        return comparison.restricted(name, by.column.removesuffix("_week"))
    if by is PRICE:
        cost = runs["cost"].to_numpy(float)
        return np.where(cost > 0, PER * runs["outputs"].to_numpy(float) / np.maximum(cost, 1.0), np.nan)
    column: np.ndarray = runs[by.column].to_numpy(float)
    return np.nan_to_num(column) if by is LASTING else column


def sign_by(comparison: Comparison, first: str, second: str, values: Mapping[str, np.ndarray], by: Yardstick) -> int:
    """Return 1 if the first strategy clearly does better than the second, -1 if clearly worse, 0 if that is not clear."""
    if by is OUTPUTS or by.column.endswith("_week"):
        return comparison.sign(by.column, first, second) * (-1 if by.less else 1)
    pairs = list(combinations(values, 2))
    signs = clear_signs([PairedOutcome(values[a], values[b]) for a, b in pairs], comparison.planned)
    found = dict(zip(pairs, signs, strict=True))
    return found[first, second] if (first, second) in found else -found[second, first]


def over_worlds(comparison: Comparison, first: str, second: str, by: Yardstick) -> WorldDifference | None:
    """Return the first strategy compared with the second over plausible worlds; None if that is not known."""
    worlds = comparison.worlds
    if not by.worlds or worlds is None or worlds["world"].nunique() < 2:
        return None
    if by is PRICE:
        rate = PER * worlds["outputs"] / worlds["cost"].clip(lower=1.0)
        comparison = replace(comparison, worlds=worlds.assign(outputs_per_cost=rate))
    base, name = sorted((first, second), key=comparison.strategies.index)
    row = comparison.over_worlds(name, base, by.column)
    return row if name == first else turned(row)


def turned(row: WorldDifference) -> WorldDifference:
    """Return a difference over worlds seen from its baseline."""
    return replace(
        row,
        strategy=row.baseline,
        baseline=row.strategy,
        better=row.worse,
        worse=row.better,
        better_ci95=row.worse_ci95,
        worse_ci95=row.better_ci95,
        mean=-row.mean,
        ci95=Interval(-row.ci95.high, -row.ci95.low),
    )


def brings(
    comparison: Comparison, order: Sequence[str], called: Mapping[str, str], means: Mapping[str, float], by: Yardstick
) -> str:
    """Return what each strategy produces, grouped by what it costs: a year, or in all if spending changes on the way."""
    if not order:
        return "No strategy costs anything."
    years = comparison.scenario.weeks / 52
    changes = [change for name in order for change in comparison.scenario.changes_of(name)]
    uneven = any(change.coordinator_leaves or change.budget_factor is not None for change in changes)
    span = f"in {counted(years, 'year')}" if uneven else "a year"
    cost = {name: float(comparison.of(name)["cost"].mean()) for name in order}
    cost = {name: round(spent if uneven else spent / years, -2) for name, spent in cost.items()}
    parts: list[str] = []
    for amount in dict.fromkeys(cost.values()):
        group = [name for name in order if cost[name] == amount]
        opening = "for nothing" if not amount else f"for {'the same ' if len(group) > 1 else ''}${amount:,.0f} {span}"
        parts.append(f"{opening}: {', '.join(f'{called[name]} {by.show(means[name])}' for name in group)}")
    return f"{by.title} {'; '.join(parts)}."


def about(share: float) -> str:
    """Return a share of worlds in words: "about two of three"."""
    nearest = min(FRACTIONS, key=lambda fraction: abs(fraction - share))
    words = FRACTIONS[nearest]
    return f"about {words}" if 0 < nearest < 1 else words


def less(row: WorldDifference) -> str:
    """Return in which share of worlds the leading strategy does worse, if that is worth a word."""
    return f" (behind in {about(row.worse)})" if row.worse > EQUAL else ""


def overall(first: str, second: str, as_set: bool, in_worlds: bool) -> str:
    """Return whether one strategy is ahead overall: only if futures as set and plausible worlds both say so."""
    if as_set and in_worlds:
        return f"Ahead overall: {first}."
    if as_set:
        return f"The lead over {second} depends on numbers that are not known well: neither is ahead overall."
    if in_worlds:
        return "With the numbers as set there is no clear difference: neither is ahead overall."
    return "There is no clear difference: neither is ahead overall."
