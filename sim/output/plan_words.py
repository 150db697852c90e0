"""What a search for a plan found, in sentences."""

from __future__ import annotations

from sim.lab.planning import PLAN, Flatness, Plan
from sim.output.words import capital, number, percent

LEAST = 0.02
"""A difference in net benefit below this share of the worth of the outputs is about nothing."""


def answer(found: Plan) -> str:
    """Return what the plan produces, and whether it beats the best strategy of the scenario on fresh worlds."""
    place = found.names.index(PLAN)
    outputs = float(found.outputs[:, :, place].mean())
    opening = f"For ${found.budget:,.0f} a year the best plan brings {number(outputs)} joint results a year over plausible worlds"
    gain = found.gain
    if gain is None or found.best_preset is None:
        return f"{opening}; the scenario has no strategy of its own to compare it with."
    mean = gain.mean
    interval = f"${number(mean.low, 0)} to ${number(mean.high, 0)}".replace("$−", "−$")
    if found.better:
        shares = (
            f"it is better in {percent(gain.shares.above.mean)} of worlds, worse in {percent(gain.shares.below.mean)}"
        )
        return (
            f"{opening}: a net benefit of ${number(mean.mean, 0)} a year more than {found.best_preset}, the best of the "
            f"scenario's own strategies for that money ({interval}, measured on fresh worlds; {shares})."
        )
    if found.recommended != PLAN:
        return (
            f"No plan was found that is better than {found.best_preset} with the same money: on fresh worlds the best of the "
            f"search does no better ({interval} a year), so {found.best_preset} is written, scaled to the budget."
        )
    return (
        f"{opening}, but not clearly more than {found.best_preset}, the best of the scenario's own strategies for that money: "
        f"the gain is {interval} a year on fresh worlds."
    )


def flat_words(one: Flatness) -> str:
    """Return which values of a variable do about as well as the best: "anything from 30% to 60%"."""
    low, high = one.good
    where = f"anything from {percent(low)} to {percent(high)} does about as well"
    if high - low < LEAST:
        where = f"{percent(one.best)} is best; other values tried do worse"
    if low <= min(one.values) and high >= max(one.values):
        where = f"makes no clear difference, from {percent(low)} to {percent(high)}"
    return f"{capital(one.label)}: {where} (chosen: {percent(one.best)})."
