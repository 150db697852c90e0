"""How gifts between two people follow each other: bursts, answers.  Functions of the gift ledger."""

from __future__ import annotations

import numpy as np

from sim.evidence.targets.counting import Counted

FEWEST_GIFTS = 10
"""Gifts that a pair needs for its intervals to be judged: burstiness of few events is biased downwards."""
SOON = 4
"""Weeks within which a gift counts as an answer."""


def direct_gifts(gifts: np.ndarray) -> np.ndarray:
    """Return gifts from one member to another in person: not passed on, not relayed, not from a coordinator."""
    return np.asarray(gifts[(gifts["hops"] == 0) & (gifts["relayed"] == 0) & (gifts["giver"] >= 0)])


def gift_counts(gifts: np.ndarray, members: int) -> np.ndarray:
    """Return the number of direct gifts from row to column: float64 (members, members)."""
    direct = direct_gifts(gifts)
    sent = np.zeros((members, members))
    np.add.at(sent, (direct["giver"], direct["receiver"]), 1.0)
    return sent


def pair_weeks(gifts: np.ndarray) -> list[np.ndarray]:
    """Return the weeks of direct gifts of each pair, in either direction and in order."""
    direct = direct_gifts(gifts)
    low = np.minimum(direct["giver"], direct["receiver"]).astype(np.int64)
    high = np.maximum(direct["giver"], direct["receiver"]).astype(np.int64)
    order = np.lexsort((direct["week"], high, low))
    low, high, week = low[order], high[order], direct["week"][order].astype(np.int64)
    breaks = np.flatnonzero((np.diff(low) != 0) | (np.diff(high) != 0)) + 1
    return np.split(week, breaks) if len(week) else []


def burstiness(weeks: np.ndarray) -> float:
    """Return (sd - mean) / (sd + mean) of the intervals between events: -1 regular, 0 Poisson, towards 1 in bursts.

    Source: Goh & Barabasi (2008), EPL 81:48002.  Events of one week are spread evenly over it, so that time resolution adds
    no bursts.  NaN if there are no intervals.
    """
    if len(weeks) < 2:
        return np.nan
    _, first, number = np.unique(weeks, return_index=True, return_counts=True)
    place = np.arange(len(weeks)) - np.repeat(first, number)
    gaps = np.diff(np.sort(weeks) + (place + 0.5) / np.repeat(number, number))
    mean, deviation = float(gaps.mean()), float(gaps.std())
    return (deviation - mean) / (deviation + mean)


def mean_burstiness(gifts: np.ndarray) -> float:
    """Return the mean burstiness over pairs with at least `FEWEST_GIFTS` gifts; NaN without such pairs."""
    values = [burstiness(weeks) for weeks in pair_weeks(gifts) if len(weeks) >= FEWEST_GIFTS]
    return float(np.mean(values)) if values else np.nan


def answered_soon(gifts: np.ndarray, until: int) -> Counted:
    """Count direct gifts whose receiver gives back within `SOON` weeks, the same week included.

    `until`: week after the last one recorded; gifts whose answer could fall after it are left out.
    """
    direct = direct_gifts(gifts)
    given: dict[tuple[int, int], list[int]] = {}
    for giver, receiver, week in zip(
        direct["giver"].tolist(), direct["receiver"].tolist(), direct["week"].tolist(), strict=True
    ):
        given.setdefault((giver, receiver), []).append(week)
    hits = total = 0
    for (giver, receiver), weeks in given.items():
        back = np.sort(given.get((receiver, giver), []))
        asked = np.array([week for week in weeks if week + SOON < until])
        total += len(asked)
        hits += int((np.searchsorted(back, asked + SOON, "right") > np.searchsorted(back, asked, "left")).sum())
    return Counted(float(hits), float(total))
