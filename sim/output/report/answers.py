"""The answer in words: who is ahead, by how much, how sure, at what cost; and what can't be told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite

import numpy as np

from sim.lab.analysis.buying import Buying, Stretch
from sim.lab.analysis.economics import SURE
from sim.lab.analysis.groups import ByFactor
from sim.lab.analysis.pairs import Difference
from sim.lab.analysis.runs import label_of, more_is_better
from sim.lab.analysis.sensitivity import Sensitivity
from sim.output.report.findings import Findings
from sim.output.words import DIFFERENCE_WORDS, capital, number, percent, places_for

STAGE_WORDS = {
    "connected": "connection",
    "aligned": "alignment",
    "producing": "production",
    "generative": "the generative stage",
}
STRONG = 3


def with_interval(mean: float, low: float, high: float, sign: str = "") -> str:
    """A number with its 95% interval: "1.2 (0.3 to 2.1)"."""
    places = places_for((high - low) / 2)
    return f"{money(mean, places, sign)} ({money(low, places, sign)} to {money(high, places, sign)})"


def money(value: float, places: int, sign: str = "$") -> str:
    """A number behind a currency sign, a minus before both."""
    text = number(abs(value), places)
    minus = "−" if value < 0 and any(digit in text for digit in "123456789") else ""
    return f"{minus}{sign}{text}"


def noun(outcome: str) -> str:
    """An outcome as a noun of a sentence."""
    if outcome.endswith("_week") and outcome[:-5] in STAGE_WORDS:
        return f"weeks to {STAGE_WORDS[outcome[:-5]]}"
    return {"cost": "cost", **DIFFERENCE_WORDS}.get(outcome) or label_of(outcome)


def ordered(found: Findings) -> list[str]:
    """Strategies by the mean of the main outcome, best first."""
    better = more_is_better(found.main)
    return sorted(found.strategies, key=lambda name: found.mean(name, found.main), reverse=better)


def lead(found: Findings) -> str:
    """The answer in one or two sentences."""
    if found.main not in found.blocks:
        return "These runs do not allow an answer."
    order = ordered(found)
    best, unit = order[0], noun(found.main)
    if len(order) == 1:
        return f"{best} comes to {number(found.mean(best, found.main))} {unit} a simulated future; it was compared with nothing."
    pairs = [found.pair(best, name, found.main) for name in order[1:]]
    if all(pair is not None and pair.low == pair.mean == pair.high == 0 for pair in pairs):
        return f"{listed(order)} come to the same: {number(found.mean(best, found.main))} {unit} a simulated future."
    equals = [name for name in order[1:] if not clear(found.pair(best, name, found.main))]
    behind = [name for name in order[1:] if name not in equals]
    if not equals:
        found_pair = found.pair(best, order[1], found.main)
        assert found_pair is not None
        return f"{best} does best: {by_how_much(found_pair, unit)} than {order[1]}, the next."
    group = listed([best, *equals])
    if not behind:
        pair = found.pair(best, order[1], found.main)
        apart = f": {best} brings {by_how_much(pair, unit)} than {order[1]}" if pair else f" ({unit})"
        return f"Which of {group} does best can't be told from these runs{apart}."
    close = found.pair(best, behind[0], found.main)
    assert close is not None
    opening = f"{group} do best; which of them is ahead can't be told"
    return f"{opening} ({unit}). {capital(best)} brings {by_how_much(close, unit)} than {behind[0]}, the next."


def clear(pair: Difference | None) -> bool:
    """Whether a difference can be told."""
    return pair is not None and pair.clear


def by_how_much(pair: Difference, unit: str) -> str:
    """ "3.1 (2.0 to 4.2) more outputs a simulated future"."""
    low, high = sorted((abs(pair.low), abs(pair.high))) if pair.clear else (pair.low, pair.high)
    mean = abs(pair.mean) if pair.clear else pair.mean
    word = "fewer" if pair.clear and pair.mean < 0 else "more"
    return f"{with_interval(mean, low, high)} {word} {unit} a simulated future"


def listed(names: list[str]) -> str:
    """ "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def stage_sentence(found: Findings, name: str, stage: str) -> str:
    """How often and how soon a strategy reaches a stage, against the baseline."""
    mine, base = found.at(name, stage), found.at(found.baseline, stage)
    words = STAGE_WORDS[stage]
    share = f"{name} reaches {words} in {percent(mine.share.mean)} of its simulated futures"
    if name == found.baseline:
        return f"{share}."
    share += f", {found.baseline} in {percent(base.share.mean)}"
    pair = found.pair(name, found.baseline, f"{stage}_week")
    if pair is None or (mine.curve.reached == 0 and base.curve.reached == 0):
        return f"{share}."
    if not pair.clear:
        return f"{share}; which of the two is sooner can't be told."
    low, high = sorted((abs(pair.low), abs(pair.high)))
    when = "sooner" if pair.mean < 0 else "later"
    apart = f"{with_interval(abs(pair.mean), low, high)} weeks {when} on average"
    return f"{share}; it gets there {apart}, no week counted past {found.horizon}."


def cost_sentences(found: Findings) -> list[tuple[str, str]]:
    """What one more output than the baseline's costs: strategy and sentence."""
    told = []
    for one in found.prices:
        name, base = one.strategy, one.baseline
        more = with_interval(one.more_outputs.mean, one.more_outputs.low, one.more_outputs.high)
        fewer = with_interval(-one.more_outputs.mean, -one.more_outputs.high, -one.more_outputs.low)
        if one.more_cost.mean <= 0 and one.more_outputs.low > 0:
            text = f"{name} brings {more} more outputs than {base} and costs no more."
        elif one.more_outputs.high < 0:
            text = f"{name} brings {fewer} fewer outputs than {base} and costs {'more' if one.more_cost.mean > 0 else 'no more'}."
        elif one.price is None or one.low is None or one.high is None:
            text = f"What one more output costs under {name} can't be told: it brings {more} more than {base}."
        else:
            price = with_interval(one.price, one.low, one.high, "$")
            text = f"Under {name} one more output than under {base} costs {price}."
        told.append((name, text))
    return told


def best_sentence(found: Findings) -> str:
    """Who is best how often, and whose worst regret is least."""
    if found.regrets is None:
        return ""
    unit, many = found.regrets.unit, f"{found.regrets.number:,} {found.regrets.unit}"
    if not any(one.largest for one in found.regrets.strategies):
        return f"In {noun(found.main)} no strategy is ahead of another in any of {many}."
    rows = sorted(found.regrets.strategies, key=lambda one: -one.best.mean)
    shares = ", ".join(
        f"{one.strategy} in {percent(one.best.mean)} ({percent(one.best.low)} to {percent(one.best.high)})"
        for one in rows
    )
    least = [one for one in rows if one.minimax]
    opening = f"Best in {noun(found.main)}, of {many}: {shares}."
    names = listed([one.strategy for one in least])
    if not least[0].largest:
        return f"{opening} {capital(names)} {'is' if len(least) == 1 else 'are'} never behind in these runs."
    short = f"the worst of these {unit} is {number(least[0].largest)} short of what the best strategy there brings"
    if len(least) == 1 and least[0].minimax_share >= SURE and not found.one_seed:
        return f"{opening} Least to lose: {names}, with which {short}."
    again = "" if len(least) > 1 or found.one_seed else f" (so in {percent(least[0].minimax_share)} of resamples)"
    those = "they are" if len(least) > 1 else "it is"
    return f"{opening} Which has least to lose can't be told; in these runs {those} {names}{again}, with which {short}."


def worth_sentence(found: Findings) -> str:
    """Which strategy is the best buy at which worth of an output, as far as that can be told."""
    if found.one_seed and found.acceptability is not None:
        return "With a single seed it can't be told what one more output costs, nor which strategy is the best buy."
    curve, bought = found.acceptability, found.buying
    if curve is None or bought is None or not np.ptp(np.stack([curve.net[0], curve.net[-1]]), axis=1).any():
        return ""
    top, ahead = float(curve.prices[-1]), bought.stretches[-1].names
    where = {name: place for place, name in enumerate(curve.strategies)}
    shares = ", ".join(
        f"{name} in {share_of(curve.share[-1, k], curve.low[-1, k], curve.high[-1, k])}"
        for name, k in ((name, where[name]) for name in ahead)
    )
    ending = f"At {money(top, 0)} an output, each is the best buy in so many of the {curve.unit}: {shares}."
    if len(ahead) == 1:
        ending = f"At {money(top, 0)} an output it is {ahead[0]} {shares.removeprefix(ahead[0]).strip()} of the {curve.unit}."
    return f"{bought_at(bought.stretches)}{taken_over(bought)} {ending}"


def share_of(mean: float, low: float, high: float) -> str:
    """A share with its interval."""
    return f"{percent(float(mean))} ({percent(float(low))} to {percent(float(high))})"


def bought_at(stretches: Sequence[Stretch]) -> str:
    """Which strategy is the best buy where, in one sentence: neighbouring stretches where it can't be told are one."""
    if len(stretches) == 1:
        names = stretches[0].names
        if len(names) == 1:
            return f"The best buy on average is {names[0]}, whatever an output is worth."
        return f"Which of {listed(list(names))} is the best buy can't be told, whatever an output is worth."
    joined: list[Stretch] = []
    for one in stretches:
        if joined and len(one.names) > 1 and len(joined[-1].names) > 1 and isfinite(one.high):
            both = tuple(dict.fromkeys([*joined[-1].names, *one.names]))
            joined[-1] = Stretch(joined[-1].low, one.high, both)
        else:
            joined.append(one)
    parts = []
    for one in joined:
        where = f"from {money(one.low, 0)} to {money(one.high, 0)}"
        if not one.low:
            where = f"up to {money(one.high, 0)}"
        elif not isfinite(one.high):
            where = f"above {money(one.low, 0)}"
        unsure = " can't be told apart" if len(one.names) > 1 else ""
        parts.append(f"{where}, {listed(list(one.names))}{unsure}")
    return f"The best buy on average, by what an output is worth: {'; '.join(parts)}."


def taken_over(bought: Buying) -> str:
    """At which price one strategy takes over from another, where both can be told to be the best buy somewhere."""
    alone = {one.names[0] for one in bought.stretches if len(one.names) == 1}
    parts = [
        f"{one.after} takes over from {one.before} at {money(one.price, 0)}"
        for one in bought.switches
        if one.before in alone and one.after in alone
    ]
    return f" By the means, {listed(parts)}." if parts else ""


def sensitivity_sentence(found: Findings, one: Sensitivity) -> str:
    """What moves the outcome most, beyond luck, and how much is luck."""
    what = f"{noun(one.outcome)} of {one.strategy}"
    if one.against is not None:
        what = f"the difference in {noun(one.outcome)} between {one.strategy} and {one.against}"
    names = []
    for row in one.beyond_luck[:STRONG]:
        label = found.labels.get(row.factor, row.factor)
        index = getattr(row, "total", None)
        names.append(f"{label} ({percent(index.mean)})" if index else label)
    of_what = ", in brackets their share of the variance between worlds, with others" if one.kind == "sobol" else ""
    text = f"What moves {what} most{of_what}: {listed(names)}." if names else ""
    if not names:
        text = f"Of nothing that was varied can it be told that it moves {what} more than luck does."
    if one.luck.share is not None:
        low, high = percent(one.luck.share.low), percent(one.luck.share.high)
        text += (
            f" Of the variance of single simulated futures {percent(one.luck.share.mean)} ({low} to {high}) is luck."
        )
    elif names:
        text += " With one seed luck can't be told from what was varied."
    return text


def factors_sentence(found: Findings, telling: Sequence[ByFactor]) -> str:
    """Which factors move the weeks to production, from the first to the last part of their ranges, and which can't be told to."""
    parts = []
    for one in telling:
        low, high = one.groups[0], one.groups[-1]
        weeks = (
            f"{low.restricted.mean:.0f} where it is {low.label}, {high.restricted.mean:.0f} where it is {high.label}"
        )
        parts.append(f"{found.labels.get(one.factor, one.factor)} ({weeks})")
    named = {one.factor for one in telling}
    rest = [found.labels.get(one.factor, one.factor) for one in found.by_factor if one.factor not in named]
    what = f"the mean weeks to production of {found.by_factor[0].strategy}"
    cannot = f"Of {listed(rest)} it can't be told." if rest else ""
    if not parts:
        return f"Of nothing that was varied can it be told that it moves {what}."
    return f"What moves {what}, most first: {listed(parts)}. {cannot}".strip()


def replicates_sentence(found: Findings) -> str:
    """How many futures would settle the closest call."""
    order = ordered(found) if found.main in found.blocks else []
    for first, second in pairwise(order):
        pair = found.pair(first, second, found.main)
        if pair is None or pair.clear or not pair.mean:
            continue
        need = pair.replicates_to_decide
        each = "" if found.worlds == 1 else " a world"
        if need is None:
            return (
                f"Between {first} and {second} more seeds would not decide: worlds differ too much; more worlds might."
            )
        return (
            f"If the difference between {first} and {second} is what it seems ({number(abs(pair.mean))}), it takes about "
            f"{need:,} simulated futures{each} to tell its sign; these runs have {pair.replicates:,}."
        )
    return ""
