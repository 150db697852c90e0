"""The answer of a comparison in one paragraph that carries both bands: luck, and what is not known of the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.lab.comparison import Comparison
from sim.lab.comparison_records import WorldDifference
from sim.output.words import capital, number

FRACTIONS = {
    0.0: "hardly any",
    0.1: "one in ten",
    0.2: "one in five",
    0.25: "one in four",
    1 / 3: "one in three",
    0.5: "half",
    2 / 3: "two of three",
    0.75: "three of four",
    0.8: "four of five",
    0.9: "nine of ten",
    1.0: "nearly all",
}
EQUAL = 0.005


def both_bands(comparison: Comparison, labels: Mapping[str, str] | None = None) -> str:
    """Return what strategies cost and bring, how often the best is ahead, and whether it is ahead overall.

    "Joint results for the same $40,000 a year: introductions 38, newsletters 27; for nothing: nobody 9.  Introductions: ahead
    of newsletters, the next, in 94 of 100 futures as set, and in about two of three plausible worlds."  One strategy
    is called ahead overall only if its difference to the next is clear in futures as set and over worlds too.  `labels`:
    what strategies are called.
    """
    names = dict.fromkeys(comparison.strategies) if labels is None else labels
    called = {name: (names[name] or name) for name in comparison.strategies}
    means = {name: float(comparison.of(name)["outputs"].mean()) for name in comparison.strategies}
    order = sorted(comparison.strategies, key=lambda name: -means[name])
    brought = brings(comparison, order, called, means)
    if len(order) == 1:
        return brought
    first, second = order[:2]
    outputs = [comparison.of(name)["outputs"].to_numpy(float) for name in (first, second)]
    wins, ties = int((outputs[0] > outputs[1]).sum()), int((outputs[0] == outputs[1]).sum())
    if ties == comparison.replicates:
        ahead = f"{capital(called[first])} and {called[second]}: as many in all {ties:,} futures as set"
    else:
        tied = f" (as many in {ties:,})" if ties else ""
        ahead = f"{capital(called[first])}: ahead of {called[second]}, the next, in {wins:,} of "
        ahead += f"{comparison.replicates:,} futures as set{tied}"
    pairs = [one for one in comparison.world_differences if one.outcome == "outputs"]
    row = next((one for one in pairs if {one.strategy, one.baseline} == {first, second}), None)
    as_set = comparison.sign("outputs", first, second) > 0
    if row is None:
        lead = "a clear lead" if as_set else "no clear difference"
        return f"{brought}  {ahead}: {lead}, with every number of the model as set."
    turned = row.strategy == first
    share = row.better if turned else row.worse
    in_worlds = row.ahead * (1 if turned else -1) > 0
    fitting = "" if comparison.facts is None else " that fit what is known"
    both = f"{ahead}, and in {about(share)} plausible worlds{fitting}{less(row, turned)}"
    return f"{brought}  {both}.  {overall(called[first], called[second], as_set, in_worlds)}"


def brings(comparison: Comparison, order: Sequence[str], called: Mapping[str, str], means: Mapping[str, float]) -> str:
    """Return what each strategy brings, grouped by what it costs a year."""
    years = comparison.scenario.weeks / 52
    cost = {name: round(float(comparison.of(name)["cost"].mean()) / years, -2) for name in order}
    parts: list[str] = []
    for amount in dict.fromkeys(cost.values()):
        group = [name for name in order if cost[name] == amount]
        opening = "for nothing" if not amount else f"for {'the same ' if len(group) > 1 else ''}${amount:,.0f} a year"
        parts.append(f"{opening}: {', '.join(f'{called[name]} {number(means[name])}' for name in group)}")
    return f"Joint results {'; '.join(parts)}."


def about(share: float) -> str:
    """Return a share of worlds in words: "about two of three"."""
    nearest = min(FRACTIONS, key=lambda fraction: abs(fraction - share))
    words = FRACTIONS[nearest]
    return f"about {words}" if 0 < nearest < 1 else words


def less(row: WorldDifference, turned: bool) -> str:
    """Return in which share of worlds the leading strategy does worse, if that is worth a word."""
    share = row.worse if turned else row.better
    return f" (behind in {about(share)})" if share > EQUAL else ""


def overall(first: str, second: str, as_set: bool, in_worlds: bool) -> str:
    """Return whether one strategy is ahead overall: only if futures as set and plausible worlds both say so."""
    if as_set and in_worlds:
        return f"Ahead overall: {first}."
    if as_set:
        return f"The lead over {second} depends on numbers that are not known well: neither is ahead overall."
    if in_worlds:
        return "With the numbers as set there is no clear difference: neither is ahead overall."
    return "There is no clear difference: neither is ahead overall."
