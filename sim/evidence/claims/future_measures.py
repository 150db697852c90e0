"""Numbers that claims look at, each read off one finished future: measures for `sim.evidence.claims.claim.Contrast`."""

from __future__ import annotations

import numpy as np

from sim.evidence.claims.claim import Measure, mean_or_nan
from sim.inputs.scenario import Scenario
from sim.lab.future import Future
from sim.model.outcomes import STAGES_REACHED
from sim.model.state import NOBODY

YEAR, QUARTER = 52, 13
LEAST = 4


def outcome(name: str) -> Measure:
    """Return an outcome of the run (`sim.model.outcomes`)."""
    return lambda future, _: float(future.outcomes[name])


def per_starter(name: str) -> Measure:
    """Return an outcome of the run per member at the start."""
    return lambda future, _: float(future.outcomes[name] / future.world.network[0].starters)


def weeks_to(stage: str, since: int = 0) -> Measure:
    """Return weeks from week `since` to a stage, restricted to the horizon: a censored run counts as the horizon."""
    return lambda future, scenario: restricted(future.outcomes[f"{stage}_week"], scenario.weeks) - since


def restricted(week: float, horizon: int) -> float:
    """Return a week, or the horizon if there is none."""
    return float(horizon) if np.isnan(week) else float(week)


def reached(stage: str) -> Measure:
    """Return whether a stage was reached: 1 or 0."""
    return lambda future, _: float(np.isfinite(future.outcomes[f"{stage}_week"]))


def mean_of(name: str, start: int = 0, end: int | None = None) -> Measure:
    """Return the mean of a weekly measure over weeks `start` to `end` (Python's slice); weeks without a value are left out."""
    return lambda future, scenario: mean_or_nan(weekly(future, scenario, name)[start:end])


def sum_of(name: str, start: int = 0, end: int | None = None) -> Measure:
    """Return the sum of a weekly measure over weeks `start` to `end`."""
    return lambda future, scenario: float(np.nansum(weekly(future, scenario, name)[start:end]))


def per_member_year(name: str, start: int = 0, end: int | None = None) -> Measure:
    """Return events of a weekly count per member and year, over weeks `start` to `end`; NaN if nobody was left."""

    def rate(future: Future, scenario: Scenario) -> float:
        members = weekly(future, scenario, "members")[start:end].sum()
        events = weekly(future, scenario, name)[start:end].sum()
        return float(events / members * YEAR) if members else np.nan

    return rate


def weekly(future: Future, scenario: Scenario, name: str) -> np.ndarray:
    """Return a weekly measure up to the horizon: float (weeks,)."""
    return np.asarray(future.world.weekly[name][: scenario.weeks], float)


def mapped(name: str, start: int, end: int | None = None) -> Measure:
    """Return the mean of a measure of the network's map over maps made in weeks `start` to `end`."""

    def value(future: Future, scenario: Scenario) -> float:
        every = int(future.world.parameters[0].measures_every)
        maps = future.world.maps[: -(-scenario.weeks // every)]
        weeks = np.arange(len(maps)) * every
        return mean_or_nan(np.asarray(maps[name], float)[(weeks >= start) & (weeks < (end or scenario.weeks))])

    return value


def exits(stage: str) -> Measure:
    """Return members who left by themselves, per member and year, in one phase of the network.

    `stage`: "connecting" (until connected), "aligning" (from then until aligned) or "producing" (from then on).  NaN if
    the phase took less than a month.
    """

    def rate(future: Future, scenario: Scenario) -> float:
        connected, aligned = (restricted(future.outcomes[f"{s}_week"], scenario.weeks) for s in STAGES_REACHED[:2])
        spans = {
            "connecting": (0.0, connected),
            "aligning": (connected, max(connected, aligned)),
            "producing": (max(connected, aligned), float(scenario.weeks)),
        }
        first, last = (int(week) for week in spans[stage])
        return per_member_year("dropped_out", first, last)(future, scenario) if last - first >= LEAST else np.nan

    return rate


def distinct_receivers(gifts: int, start: int, end: int) -> Measure:
    """Return how many different people `gifts` gifts of a giver reach, mean over givers; of weeks `start` to `end`.

    Rarefaction (Hurlbert 1971): the expected number of different receivers among this many of a giver's first gifts, so
    that giving more does not look broader.  Needs the ledger.  NaN without such givers.
    """

    def breadth(future: Future, _: Scenario) -> float:
        ledger = first_gifts(future, start, end)
        return mean_or_nan(rarefied(ledger["giver"], ledger["receiver"], gifts))

    return breadth


def rarefied(giver: np.ndarray, receiver: np.ndarray, size: int) -> np.ndarray:
    """Return the expected number of different receivers among `size` of a giver's gifts, without replacement (Hurlbert 1971).

    `giver`, `receiver`: whole numbers (gifts,).  Returns float (givers,), of those who gave at least `size` gifts.
    """
    pairs, counts = np.unique(np.stack([giver, receiver]), axis=1, return_counts=True)
    _, who = np.unique(pairs[0], return_inverse=True)
    totals = np.bincount(who, counts)
    total = totals[who]
    missed = np.ones(len(counts))
    for drawn in range(size):
        missed *= np.maximum(total - counts - drawn, 0) / np.maximum(total - drawn, 1)
    found = np.bincount(who, 1.0 - missed)
    return found[totals >= size]


def first_gifts(future: Future, start: int, end: int) -> np.ndarray:
    """Return rows of the ledger for gifts first given in weeks `start` to `end`."""
    ledger = gifts_of(future, start, end)
    return np.compress(ledger["hops"] == 0, ledger)


def gifts_of(future: Future, start: int, end: int) -> np.ndarray:
    """Return rows of the ledger of weeks `start` to `end`, also of gifts passed on (see `sim.model.state.GIFT`)."""
    ledger = np.asarray(future.world.ledger[: future.world.network[0].gifts_logged])
    return np.compress((ledger["week"] >= start) & (ledger["week"] < end), ledger)


def across(start: int, end: int) -> Measure:
    """Return receipts of knowledge and skills from members of another sector, per member and week.  Needs the ledger."""

    def rate(future: Future, scenario: Scenario) -> float:
        ledger = gifts_of(future, start, end)
        ledger = ledger[(ledger["kind"] < 2) & (ledger["source"] != NOBODY)]
        sector = np.asarray(future.world.members.sector)
        far = sector[ledger["source"]] != sector[ledger["receiver"]]
        return float(far.sum() / weekly(future, scenario, "members")[start:end].sum())

    return rate


def by_quarter(values: np.ndarray) -> np.ndarray:
    """Return the sums of a weekly number over whole quarters."""
    return np.asarray(values[: len(values) // QUARTER * QUARTER].reshape(-1, QUARTER).sum(axis=1))


def dispersion(name: str, start: int) -> Measure:
    """Return variance over mean of a weekly count's quarterly sums from week `start` (Fano 1947).

    1 for events at random (Poisson), whatever their number; NaN if there are none.
    """

    def unsteadiness(future: Future, scenario: Scenario) -> float:
        sums = by_quarter(weekly(future, scenario, name)[start:])
        return float(sums.var(ddof=1) / sums.mean()) if sums.mean() > 0 else np.nan

    return unsteadiness


def variation(name: str, start: int) -> Measure:
    """Return the coefficient of variation over quarters of a weekly sum per member and week, from week `start` on.

    A quarter without members counts as 0; NaN if all are 0.
    """

    def unsteadiness(future: Future, scenario: Scenario) -> float:
        sums, present = (by_quarter(weekly(future, scenario, column)[start:]) for column in (name, "members"))
        rates = np.divide(sums, present, out=np.zeros(len(sums)), where=present > 0)
        return float(rates.std(ddof=1) / rates.mean()) if rates.mean() > 0 else np.nan

    return unsteadiness


def weeks_until(name: str, level: float) -> Measure:
    """Return the number of weeks until a weekly measure first is at least `level`, restricted to the horizon."""

    def week(future: Future, scenario: Scenario) -> float:
        there = np.flatnonzero(weekly(future, scenario, name) >= level)
        return float(there[0]) + 1.0 if len(there) else float(scenario.weeks)

    return week


def newcomers_stay(future: Future, _: Scenario) -> float:
    """Return the share of all who joined that are still there; NaN if nobody joined."""
    joined = newcomers(future)
    return float((joined["active"] == 1).mean()) if len(joined) else np.nan


def newcomers_ties(future: Future, _: Scenario) -> float:
    """Return the mean number of ties of all who joined, 0 for those who left; NaN if nobody joined."""
    joined = newcomers(future)
    return float(np.where(joined["active"] == 1, joined["degree"], 0).mean()) if len(joined) else np.nan


def newcomers(future: Future) -> np.ndarray:
    """Return the rows of members who joined after the start."""
    members = np.asarray(future.world.members[: future.world.network[0].members])
    return np.compress(members["starter"] == 0, members)


def gap(later: str, sooner: str) -> Measure:
    """Return weeks from one stage to a later one, restricted to the horizon; NaN if the first was not reached."""
    return lambda future, scenario: weeks_to(later)(future, scenario) - float(future.outcomes[f"{sooner}_week"])
