"""The findings of a report as sentences."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from math import isfinite, isnan
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd

from sim.inputs.scenario import Scenario
from sim.lab.analysis.economics import SURE, Buying, Stretch
from sim.lab.analysis.events import Estimate
from sim.lab.analysis.factor_groups import ByFactor
from sim.lab.analysis.pairs import Difference
from sim.lab.analysis.runs import label_of, more_is_better
from sim.lab.analysis.sensitivity import PawnAnalysis, Sensitivity, Sobol
from sim.lab.comparison import STAGE_WORDS, Comparison
from sim.lab.results import sound_bytes
from sim.output.both_bands import both_bands
from sim.output.report.report_findings import Findings
from sim.output.words import DIFFERENCE_WORDS, capital, number, percent, places_for

STRONG = 3


def with_interval(value: Estimate | Difference, sign: str = "") -> str:
    """Return a number with its 95% interval, if it has one: "1.2 (0.3 to 2.1)"."""
    if isnan(value.low):
        return money(value.mean, places_for(abs(value.mean) / 10), sign)
    places = places_for((value.high - value.low) / 2)
    mean, low, high = (money(number, places, sign) for number in (value.mean, value.low, value.high))
    return f"{mean} ({low} to {high})"


def without_sign(value: Estimate | Difference) -> Estimate:
    """Return the size of a clear difference with its interval."""
    low, high = sorted((abs(value.low), abs(value.high)))
    return Estimate(abs(value.mean), low, high)


def money(value: float, places: int, sign: str = "$") -> str:
    """Return an amount with its currency sign, a minus before both."""
    text = number(abs(value), places)
    minus = "−" if value < 0 and any(digit in text for digit in "123456789") else ""
    return f"{minus}{sign}{text}"


def share_of(share: Estimate) -> str:
    """Return a share with its interval, if it has one."""
    if isnan(share.low):
        return percent(share.mean)
    return f"{percent(share.mean)} ({percent(share.low)} to {percent(share.high)})"


def noun(outcome: str) -> str:
    """Return an outcome as a noun."""
    if outcome.endswith("_week") and outcome[:-5] in STAGE_WORDS:
        return f"weeks to {STAGE_WORDS[outcome[:-5]]}"
    return {"cost": "cost", **DIFFERENCE_WORDS}.get(outcome) or label_of(outcome)


def listed(names: Sequence[str], word: str = "and") -> str:
    """Return names as a list: "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def ordered(found: Findings) -> list[str]:
    """Return the strategies by their mean main outcome, the best first."""
    better = more_is_better(found.main)
    return sorted(found.strategies, key=lambda name: found.mean(name, found.main), reverse=better)


def lead(found: Findings) -> str:
    """Return the answer in one or two sentences."""
    if found.main not in found.blocks:
        return "These runs do not allow an answer."
    order = ordered(found)
    best, unit = order[0], noun(found.main)
    mean = f"{number(found.mean(best, found.main))} {unit} per simulated future"
    if len(order) == 1:
        return f"{best} has {mean}; there is no other strategy to compare it with."
    pairs = {name: found.pair(best, name, found.main) for name in order[1:]}
    if all(pair is not None and pair.low == pair.mean == pair.high == 0 for pair in pairs.values()):
        return f"There is no difference: {listed(order)} all have {mean}."
    behind = [name for name in pairs if found.sign(best, name, found.main)]
    group = [name for name in order if name not in behind]
    following = behind[0] if behind else order[1]
    pair = pairs[following]
    more = f"{by_how_much(pair, unit, bool(behind))} than {following}" if pair else ""
    if len(group) == 1:
        return f"{best} does best: {more}, the next."
    if not behind:
        return f"There is no clear difference between {listed(group)}" + (
            f": {best} has {more}." if more else f" ({unit})."
        )
    return f"{listed(group)} do best, with no clear difference between them.  {capital(best)} has {more}, the next."


def by_how_much(pair: Difference, unit: str, clear: bool) -> str:
    """Return a difference with its interval: "3.1 (2.0 to 4.2) more outputs per simulated future"."""
    if not clear:
        return f"{with_interval(pair)} more {unit} per simulated future"
    word = "fewer" if pair.mean < 0 else "more"
    return f"{with_interval(without_sign(pair))} {word} {unit} per simulated future"


def stage_sentence(found: Findings, name: str, stage: str) -> str:
    """Return how often and how soon a strategy reaches a stage, compared with the baseline."""
    reached, base = found.at(name, stage), found.at(found.baseline, stage)
    share = f"{name} reaches {STAGE_WORDS[stage]} in {percent(reached.share.mean)} of simulated futures"
    if name == found.baseline:
        return f"{share}."
    share += f", {found.baseline} in {percent(base.share.mean)}"
    pair = found.pair(name, found.baseline, f"{stage}_week")
    if pair is None or (reached.curve.reached == 0 and base.curve.reached == 0):
        return f"{share}."
    if not found.sign(name, found.baseline, f"{stage}_week"):
        return f"{share}; there is no clear difference in weeks."
    weeks = f"{with_interval(without_sign(pair))} weeks {'sooner' if pair.mean < 0 else 'later'}"
    return f"{share}; it gets there {weeks} on average, within a horizon of {found.horizon} weeks."


def cost_sentences(found: Findings) -> list[tuple[str, str]]:
    """Return for each strategy what an output beyond those of the cheapest strategy costs."""
    sentences = []
    for one in found.prices:
        name, base = one.strategy, one.baseline
        more = with_interval(one.more_outputs)
        sign = found.sign(name, base, "outputs")
        if one.more_cost.mean <= 0 and sign > 0:
            text = f"{name} has {more} more outputs than {base} and costs no more."
        elif sign < 0:
            fewer, costs = (
                with_interval(without_sign(one.more_outputs)),
                "more" if one.more_cost.mean > 0 else "no more",
            )
            text = f"{name} has {fewer} fewer outputs than {base} and costs {costs}."
        elif not sign or one.price is None or one.low is None or one.high is None:
            text = f"The cost of an extra output with {name} is unclear: it has {more} more outputs than {base}."
        else:
            price = with_interval(Estimate(one.price, one.low, one.high), "$")
            text = f"With {name}, an extra output (beyond those of {base}) costs {price}."
        sentences.append((name, text))
    return sentences


def bands_sentence(found: Findings) -> str:
    """Return what strategies produce in futures as set and in plausible worlds, of a comparison; else nothing."""
    runs = found.common
    if found.worlds > 1 or len(runs) < 2 * len(found.strategies) or not {"outputs", "cost"} <= set(runs.columns):
        return ""
    file = found.results.folder / "worlds.csv"
    outline = cast("Scenario", SimpleNamespace(weeks=found.horizon, changes_of=lambda name: ()))
    seed = int(found.results.experiment["seed"])
    worlds = pd.read_csv(BytesIO(sound_bytes(file.parent, file.name))) if file.is_file() else None
    return both_bands(Comparison(outline, seed, found.strategies, runs, {}, worlds=worlds))


def best_sentence(found: Findings) -> str:
    """Return how often each strategy is best, and which has the smallest maximum regret."""
    if found.regrets is None:
        return ""
    unit, many = found.regrets.unit, f"{found.regrets.number:,} {found.regrets.unit}"
    if not any(one.largest for one in found.regrets.strategies):
        return f"No strategy is ahead of another in any of {many} ({noun(found.main)})."
    rows = sorted(found.regrets.strategies, key=lambda one: -one.best.mean)
    shares = ", ".join(f"{one.strategy} in {share_of(one.best)}" for one in rows)
    least = [one for one in rows if one.minimax]
    opening = f"Best in {noun(found.main)}, of {many}: {shares}."
    names = listed([one.strategy for one in least])
    if not least[0].largest:
        return f"{opening}  {capital(names)} {'is' if len(least) == 1 else 'are'} never behind in these runs."
    worst = f"in the worst of the {unit}, {number(least[0].largest)} short of the best strategy"
    if len(least) == 1 and least[0].minimax_share >= SURE and not found.regrets.note:
        return f"{opening}  Smallest maximum regret: {names}; {worst}."
    again = "" if len(least) > 1 or found.regrets.note else f" ({percent(least[0].minimax_share)} of resamples)"
    return f"{opening}  Which has the smallest maximum regret is unclear; in these runs {names}{again}: {worst}."


def worth_sentence(found: Findings) -> str:
    """Return which strategy is the best buy, depending on what an output is worth."""
    if found.one_seed and found.acceptability is not None:
        return "With a single seed, the cost of an extra output and the best buy are unclear."
    curve, bought = found.acceptability, found.buying
    if curve is None or bought is None or not np.ptp(np.stack([curve.net[0], curve.net[-1]]), axis=1).any():
        return ""
    ends = np.stack([curve.share[-1], curve.low[-1], curve.high[-1]], axis=1).tolist()
    at_end = {name: share_of(Estimate(*end)) for name, end in zip(curve.strategies, ends, strict=True)}
    shares = listed([f"{name} in {at_end[name]}" for name in bought.stretches[-1].names])
    ending = f"At {money(float(curve.prices[-1]), 0)} an output it is {shares} of the {curve.unit}."
    return f"{bought_at(bought.stretches)}{overtaken(bought)}  {ending}"


def bought_at(stretches: Sequence[Stretch]) -> str:
    """Return the best buy for each range of what an output is worth; neighbouring unclear ranges become one."""
    if len(stretches) == 1:
        return f"The best buy, whatever an output is worth: {either(stretches[0].names)}."
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
        parts.append(f"{where}, {either(one.names)}")
    return f"The best buy, by what an output is worth: {'; '.join(parts)}."


def either(names: Sequence[str]) -> str:
    """Return a strategy, or several between which there is no clear difference."""
    return names[0] if len(names) == 1 else f"unclear ({listed(names, 'or')})"


def overtaken(bought: Buying) -> str:
    """Return the price at which one strategy overtakes another, where each is clearly the best buy somewhere."""
    alone = {one.names[0] for one in bought.stretches if len(one.names) == 1}
    parts = [
        f"{one.after} overtakes {one.before} at {money(one.price, 0)}"
        for one in bought.switches
        if one.before in alone and one.after in alone
    ]
    return f"  On average, {listed(parts)}." if parts else ""


def sensitivity_sentence(found: Findings, one: Sensitivity) -> str:
    """Return which factors drive an outcome beyond luck, and how much is luck."""
    what = f"{noun(one.outcome)} of {one.strategy}"
    if one.against is not None:
        what = f"the difference in {noun(one.outcome)} between {one.strategy} and {one.against}"
    names = []
    for row in one.beyond_luck[:STRONG]:
        label = found.labels.get(row.factor, row.factor)
        names.append(f"{label} ({percent(row.total.mean)})" if isinstance(row, Sobol) else label)
    in_brackets = (
        " (in brackets: share of the variance between worlds, with interactions)" if one.kind == "sobol" else ""
    )
    if names:
        text = f"What drives {what} most{in_brackets}: {listed(names)}."
    else:
        text = f"No varied factor clearly drives {what} more than luck does."
    if one.luck.share is not None:
        share = share_of(one.luck.share)
        text += f"  Luck is {share} of the variance of single simulated futures."
    elif names:
        text += "  With one seed, luck cannot be separated from the factors."
    return text


def pawn_sentence(found: Findings, one: PawnAnalysis) -> str:
    """Return which factors move the distribution of an outcome by more than noise, and which do not."""
    what = f"{noun(one.outcome)} of {one.strategy}"
    if one.against is not None:
        what = f"the difference in {noun(one.outcome)} between {one.strategy} and {one.against}"
    named = {row.factor: f"{found.labels.get(row.factor, row.factor)} ({number(row.distance)})" for row in one.rows}
    if not one.clear:
        return f"No varied factor moves the distribution of {what} by more than noise (PAWN)."
    rest = [found.labels.get(row.factor, row.factor) for row in one.rows if not row.clear]
    unclear = f"  Not above noise: {listed(rest)}." if rest else ""
    return f"What moves the distribution of {what} most (PAWN): {listed([named[key] for key in one.clear])}.{unclear}"


def factors_sentence(found: Findings, clear: Sequence[ByFactor]) -> str:
    """Return which factors clearly change the weeks to production, and which do not."""
    parts = []
    for one in clear:
        low, high = one.groups[0], one.groups[-1]
        weeks = f"{low.restricted.mean:.0f} at {low.label}, {high.restricted.mean:.0f} at {high.label}"
        parts.append(f"{found.labels.get(one.factor, one.factor)} ({weeks})")
    rest = [found.labels.get(one.factor, one.factor) for one in found.by_factor if one not in clear]
    what = f"the mean weeks to production of {found.by_factor[0].strategy}"
    if not parts:
        return f"No varied factor clearly changes {what}."
    unclear = f"  No clear effect: {listed(rest)}." if rest else ""
    return f"What drives {what}, the largest effect first: {listed(parts)}.{unclear}"


def replicates_sentence(found: Findings) -> str:
    """Return how many futures would settle the closest comparison."""
    order = ordered(found) if found.main in found.blocks else []
    for first, second in pairwise(order):
        pair = found.pair(first, second, found.main)
        if pair is None or found.sign(first, second, found.main) or not pair.mean:
            continue
        need = pair.replicates_to_decide
        if need is None:
            return f"More seeds would not separate {first} from {second}: worlds differ too much; more worlds might."
        each = "" if found.worlds == 1 else " per world"
        return (
            f"To separate {first} from {second} (difference {number(abs(pair.mean))}) takes about {need:,} simulated "
            f"futures{each}; these runs have {pair.replicates:,}."
        )
    return ""
