"""Advice on introductions in words, for the command line and the dashboard."""

from __future__ import annotations

from sim.lab.advising import OUTCOME_WORDS, OUTCOMES, Advice, Advised
from sim.lab.analysis.events import Estimate
from sim.lab.analysis.ranking import RankedGain, sign_of
from sim.output.words import capital, number, places_for

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def in_letters(count: int) -> str:
    """Return a small number as a word."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def with_range(estimate: Estimate) -> str:
    """Return an estimate with its interval: "0.31 [-0.1 to 0.7]"."""
    places = places_for((estimate.high - estimate.low) / 2)
    mean, low, high = (number(value, places) for value in (estimate.mean, estimate.low, estimate.high))
    return f"{mean} [{low} to {high}]"


def verdict(gain: RankedGain) -> str:
    """Return what is clear about an introduction's gain."""
    own = {1: "clear gain", 0: "no clear gain", -1: "clear loss"}[gain.sign]
    other = {1: "better than the others", 0: "no better than the others", -1: "worse than the others"}[gain.better]
    return f"{own}; {other}"


def headline(advice: Advice) -> list[str]:
    """Return the answer: what the chosen introductions gain together, and whether they beat random ones."""
    together, count = advice.together, len(advice.chosen)
    if together is None or not count:
        return ["There is nothing to choose."]
    which = "introduction" if count == 1 else f"{in_letters(count)} introductions"
    sentences = [
        gain_sentence(
            f"The {which} that {'you named' if advice.named else 'came out best'}{', made together,' if count > 1 else ''}",
            together.gains,
        )
    ]
    if together.by_chance is not None and together.ahead is not None:
        sentences += chance_sentences(count, together.by_chance, together.ahead)
    return sentences


def gain_sentence(what: str, gains: dict[str, Estimate]) -> str:
    """Return what a set gains in every outcome, and whether that is clear."""
    outputs, ties, members = (with_range(gains[outcome]) for outcome in OUTCOMES)
    sign = sign_of(gains["outputs"])
    clear = {
        1: "a clear gain in joint results",
        0: "no clear gain in joint results",
        -1: "a clear loss of joint results",
    }
    bring = f"bring {outputs} joint results, {ties} ties and {members} members kept more than no introduction"
    return f"{what} {bring}: {clear[sign]}."


def chance_sentences(count: int, by_chance: dict[str, Estimate], ahead: dict[str, Estimate]) -> list[str]:
    """Return what as many random open triads gain, and whether the chosen ones are better."""
    signs = {outcome: sign_of(ahead[outcome]) for outcome in OUTCOMES}
    what = f"{capital(in_letters(count))} random open triads"
    chance = f"{what} instead: {', '.join(f'{with_range(by_chance[o])} {OUTCOME_WORDS[o]}' for o in OUTCOMES)}."
    better = [OUTCOME_WORDS[outcome] for outcome in OUTCOMES if signs[outcome] > 0]
    worse = [OUTCOME_WORDS[outcome] for outcome in OUTCOMES if signs[outcome] < 0]
    if better:
        words = f"These are better than random ones in {' and '.join(better)}"
        words += f", and worse in {' and '.join(worse)}" if worse else ""
    elif worse:
        words = f"These are worse than random ones in {' and '.join(worse)}"
    else:
        words = "These are no better than random ones, as far as these futures show"
    return [chance, f"{words}: {with_range(ahead['outputs'])} joint results more."]


def how_sure(advice: Advice) -> list[str]:
    """Return how the advice was made, and how to read it."""
    where = "as the scenario sets it" if advice.as_set else "each in a plausible world of its own"
    return [
        f"{len(advice.advised)} introductions were tried on {advice.futures:,} simulated futures each, {where}, "
        f'with and without, under the strategy "{label_of(advice)}".',
        "Brackets are 95% intervals that hold for all of them at once.",
        f"An introduction is the model's own, made before the first week; {100 * advice.success:.0f}% of introductions "
        "succeed, and gains count those that fail as nothing.",
        f"The gains of the {'named' if advice.named else 'chosen'} ones were measured again on fresh futures, which were not "
        "used to choose them.",
        "These are statements about a model with assumed numbers, not a forecast about these people.",
    ]


def label_of(advice: Advice) -> str:
    """Return what the strategy is called."""
    return advice.scenario.strategies[advice.strategy].label or advice.strategy


def winners(advice: Advice) -> str:
    """Return how many of those tried are clearly better than the others in outputs."""
    better = sum(one.gains["outputs"].better > 0 for one in advice.advised)
    gains = sum(one.gains["outputs"].sign > 0 for one in advice.advised)
    tried = len(advice.advised)
    if better:
        return f"{better} of {tried} are clearly better than the others in joint results."
    clear = (
        f"{gains} of them {'has' if gains == 1 else 'have'} a clear gain"
        if gains
        else "none has a clear gain by itself"
    )
    return f"None of {tried} is clearly better than the others in joint results; {clear}."


def through(advice: Advice, one: Advised) -> str:
    """Return who could make an introduction."""
    row = one.introduction.go_between
    return "yourself" if row is None else advice.profile.names[row]
