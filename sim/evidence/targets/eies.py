"""Freeman's EIES: 32 researchers, their ties at the start and eight months later, and the messages in between.

Freeman & Freeman (1979) measured who knew whom among researchers of social networks before and after eight months of
an early computer conference.  All 32 are members of the simulated network; the principal organiser (m01) is one of them,
who gives more than the others do; there is no coordinator.  A tie is directed: what its sender says of the
receiver, or the trust of one end in the other.  Only settings of that network are fitted; rules have their defaults.

The data are not part of the package (see `find_data`).  Without them the network starts from a generated stand-in with
the published size, densities and centralisation of the start.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.evidence.targets.counting import Counted, Measured, Overrides, Run
from sim.evidence.targets.gift_rhythm import gift_counts
from sim.evidence.targets.panel_measures import count, returned
from sim.evidence.targets.real_data import DATA, rows_of
from sim.evidence.targets.shared_settings import world_of_trust
from sim.evidence.targets.volunteering import NOBODY_WEAVES
from sim.inputs.scenario import Scenario, Table
from sim.lab.analysis import matrix_measures
from sim.lab.open_world import CLOSED
from sim.model.start import NetworkError
from sim.model.state import World
from sim.model.world import run_to

ENVIRONMENT = "GENNET_EIES"
USUAL_FOLDER = DATA / "eies"
FILES = ("members.csv", "ties.csv", "messages.csv")

PEOPLE = 32
WEEKS = 35
MET, FRIEND, CLOSE = 2, 3, 4
MESSAGES = 15_034
"""Messages sent in the eight months; simulated gifts are scaled to this total, since one gift takes several messages."""
BINS = ((0, 0), (1, 9), (10, 49), (50, None))
FRIEND_TRUST = 0.2
"""Trust from which a simulated tie counts as friendship."""
START_TRUST = {MET: 0.1, FRIEND: 0.3, CLOSE: 0.5}
"""Trust that a tie of a strength starts with: assumed, on both sides of `FRIEND_TRUST`."""
ASKED_EVERY = 5
"""Weeks between looks at who has met whom; who has met once has met ever after."""
START_FIGURES = {
    "met": 0.591,
    "friend": 0.222,
    "met_centralisation": 0.44,
    "friend_centralisation": 0.35,
    "met_reciprocity": 0.86,
    "friend_reciprocity": 0.55,
}
"""The start as published (densities and centralisation of the union graph), for the stand-in."""

FITTED: dict[str, float] = {
    "members.activity": 1.92,
    "members.activity_sigma": 1.6,
    "members.attention": 56.6,
    "organiser_activity": 39.4,
}
"""From `python -m sim.evidence.calibrate --problem eies`, on tuning seeds: how often people write, how unequally, how much time
they have, and how many times as often as the mean the organiser gives.

Figures kept out of the fit are not unseen: that a friend is somebody trusted by .2, and which settings are free, come from
a manual fit to all figures.
"""
ORGANISER = "organiser_activity"
FIXED: dict[str, float] = {**CLOSED, "groups.founding": 0.0, "meeting.rate": 0.5}
"""Nobody comes, leaves or founds groups (all 32 were there at both times); they work far apart and meet seldom."""


@dataclass(frozen=True, eq=False)
class Eies:
    """The data or the stand-in: strengths (n, n) at the start, and strengths at the end and messages where known.

    Row 0 is the organiser.  `generated`: whether it is the stand-in.
    """

    start: np.ndarray
    sector: np.ndarray
    generated: bool
    end: np.ndarray | None = None
    messages: np.ndarray | None = None


def find_data(folder: Path | None = None) -> Path | None:
    """Return the folder of the data: the given one, that in `GENNET_EIES`, or the usual one; None if there is none.

    Raises NetworkError if a named folder lacks a file.
    """
    named = folder or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)
    if named is None:
        return USUAL_FOLDER if all((USUAL_FOLDER / name).is_file() for name in FILES) else None
    lacking = [name for name in FILES if not (named / name).is_file()]
    if lacking:
        where = "--data" if folder else ENVIRONMENT
        raise NetworkError(f"{where}: {named} has no {', '.join(lacking)}; needed are {', '.join(FILES)}")
    return named


def found_or_stand_in() -> Eies:
    """Return the data where they are usually found, else the stand-in."""
    folder = find_data()
    return stand_in() if folder is None else read(folder)


def read(folder: Path) -> Eies:
    """Return the data of a folder, people in the order of the file of members.  Raises NetworkError if it is malformed."""
    people = rows_of(folder / "members.csv", ("id", "discipline", "organiser"))
    place = {row["id"]: number for number, row in enumerate(people)}
    if len(place) != PEOPLE or people[0]["organiser"] != "1":
        raise NetworkError(f"{folder / 'members.csv'}: {len(place)} ids; needed are {PEOPLE}, the organiser first")
    start, end, messages = (np.zeros((PEOPLE, PEOPLE), np.int64) for _ in range(3))
    files: tuple[tuple[str, tuple[tuple[str, np.ndarray], ...]], ...] = (
        ("ties.csv", (("strength_start", start), ("strength_8_months", end))),
        ("messages.csv", (("messages", messages),)),
    )
    for name, columns in files:
        path = folder / name
        for line, row in enumerate(rows_of(path, ("source", "target", *(column for column, _ in columns))), start=2):
            try:
                pair = place[row["source"]], place[row["target"]]
                for column, matrix in columns:
                    matrix[pair] = int(row[column])
            except (KeyError, ValueError, TypeError):
                raise NetworkError(f"{path}, line {line}: {dict(row)} is not two known ids and whole numbers") from None
    disciplines = list(dict.fromkeys(row["discipline"] for row in people))
    sector = np.array([disciplines.index(row["discipline"]) for row in people], np.int32)
    return Eies(start, sector, False, end, messages)


def stand_in() -> Eies:
    """Return a fixed network with the published size, densities, centralisation and reciprocity of the start.

    The organiser has met everybody.  The others are ranked, and the density says how many pairs have met; a pair's chance
    rises with a power of both ranks, chosen so that centralisation is nearest to the published one.  Friends are drawn in
    the same way among those who have met.  Some pairs are one-sided, as many as the published reciprocity implies.
    """
    luck = np.random.default_rng(1978).random((PEOPLE, PEOPLE))
    luck = np.triu(luck, 1) + np.triu(luck, 1).T
    strength = np.zeros((PEOPLE, PEOPLE), np.int64)
    luck[0] = luck[:, 0] = 1.0
    among = ~np.eye(PEOPLE, dtype=bool)
    for name, value in (("met", MET), ("friend", FRIEND)):
        number = round(START_FIGURES[name] * PEOPLE * (PEOPLE - 1) / 2)
        published = START_FIGURES[f"{name}_centralisation"]
        tried = [strongest_pairs(luck, among, number, power) for power in np.linspace(0.0, 3.0, 61)]
        best = min(tried, key=lambda graph: abs(matrix_measures.centralisation(graph) - published))
        luck[0, 1:] = luck[1:, 0] = np.random.default_rng(1979).random(PEOPLE - 1)
        strength[best] = value
        among = best
    return Eies(one_sided_pairs(strength), np.zeros(PEOPLE, np.int32), True)


def one_sided_pairs(strength: np.ndarray) -> np.ndarray:
    """Return symmetric strengths with one side lowered to the level below, of as many pairs as the published reciprocity implies.

    With d of m + d pairs one-sided, reciprocity is 2m / (2m + d).  Friends have met from both sides.
    """
    luck = np.random.default_rng(1980)
    lowered = strength.copy()
    for name, level, below in (("met", MET, 0), ("friend", FRIEND, MET)):
        reciprocity = START_FIGURES[f"{name}_reciprocity"]
        share = (1.0 - reciprocity) / (1.0 - reciprocity / 2.0)
        number = round(share * int((np.triu(strength, 1) >= level).sum()))
        pairs = luck.permutation(np.argwhere(np.triu(strength, 1) == level))[:number]
        turned = luck.random(len(pairs)) < 0.5
        for (i, j), other in zip(pairs, turned, strict=True):
            lowered[(j, i) if other else (i, j)] = below
    return lowered


def strongest_pairs(luck: np.ndarray, among: np.ndarray, number: int, power: float) -> np.ndarray:
    """Return `number` of the pairs `among`, drawn with weights by a power of both ranks: bool, symmetric."""
    standing = (np.arange(PEOPLE, 0, -1) / PEOPLE) ** power
    score = np.where(np.triu(among, 1), np.log(luck + 1e-12) / np.outer(standing, standing), -np.inf)
    chosen = np.argsort(score, axis=None, kind="stable")[::-1][:number]
    graph = np.zeros(luck.shape, bool)
    graph[np.unravel_index(chosen, luck.shape)] = True
    return graph | graph.T


class Setting(NamedTuple):
    """The scenario of EIES, and how many times as often as the mean member the organiser gives."""

    scenario: Scenario
    organiser: float


def setting(overrides: Overrides | None = None) -> Setting:
    """Return the setting of EIES: 32 members, nobody comes or goes, 35 weeks.

    `overrides`: parameters, and `organiser_activity`, instead of the fitted ones, for calibration.
    """
    settings = {**FIXED, **FITTED, **(overrides or {})}
    organiser = settings.pop(ORGANISER)
    tables: Table = {
        "title": "EIES",
        "weeks": WEEKS,
        "network": {"kind": "empty", "members": PEOPLE},
        "strategies": {"none": NOBODY_WEAVES},
    }
    return Setting(Scenario.from_document(tables, label="EIES").with_(settings), organiser)


def open_world(data: Eies, made: Setting, seed: int, replicate: int) -> World:
    """Return the world at the start: 32 members who trust by strength, the organiser first."""
    trust = np.zeros(data.start.shape)
    for level, value in START_TRUST.items():
        trust[data.start == level] = value
    world = world_of_trust(made.scenario, trust, data.sector, seed, replicate, ledger=True)
    organiser = world.members[0]
    organiser.activity = made.organiser * world.parameters[0].members_activity
    organiser.silence = math.exp(-organiser.activity)
    return world


def messages_of(world: World) -> np.ndarray:
    """Return direct gifts between each two of the 32, scaled to the number of messages sent: float64 (32, 32).

    Gifts that are passed on do not count: they are not contacts in the model either.
    """
    sent = gift_counts(matrix_measures.gifts_logged(world), PEOPLE)
    total = sent.sum()
    return sent * (MESSAGES / total) if total else sent


def measures(
    met: tuple[np.ndarray, np.ndarray], friends: tuple[np.ndarray, np.ndarray], sent: np.ndarray
) -> dict[str, float]:
    """Return the figures of EIES: of who has met and who are friends, before and after, and of messages: all (32, 32).

    Density, reciprocity and who befriends whom are of ordered pairs; transitivity and centralisation of the graph in which
    two are tied if either says so.
    """
    senders = sent.sum(axis=1)
    figures = {
        "top_3_senders": matrix_measures.top_share(senders, 3),
        "bottom_half_senders": matrix_measures.bottom_share(senders, PEOPLE // 2),
        "organiser_touches": matrix_measures.touching(sent, 0),
        "answered": matrix_measures.answered(sent),
        "answered_weight": matrix_measures.answered_weight(sent),
    }
    for name, (before, after) in (("met", met), ("friend", friends)):
        union = after | after.T
        centralisation = matrix_measures.centralisation(union)
        figures[f"{name}_density"] = matrix_measures.density(after)
        figures[f"{name}_reciprocity"] = returned(after).share
        figures[f"{name}_transitivity"] = matrix_measures.transitivity(union)
        figures[f"{name}_centralisation"] = centralisation
        figures[f"{name}_centralisation_change"] = centralisation - matrix_measures.centralisation(before | before.T)
    return figures | {name: counts.share for name, counts in befriended(*friends, sent).items()}


def befriended(before: np.ndarray, after: np.ndarray, sent: np.ndarray) -> dict[str, Counted]:
    """Count ordered pairs below friend who became friends, by messages exchanged."""
    exchanged = np.rint(sent + sent.T)
    pairs = ~before & ~np.eye(len(before), dtype=bool)
    return {
        f"befriended_{low}": count(
            after, pairs & (exchanged >= low) & (exchanged <= (np.inf if high is None else high))
        )
        for low, high in BINS
    }


def observed(data: Eies) -> dict[str, float]:
    """Return the figures of the data."""
    if data.end is None or data.messages is None:
        raise ValueError("the stand-in has neither final ties nor messages")
    met, friends = ((data.start >= level, data.end >= level) for level in (MET, FRIEND))
    return measures(met, friends, data.messages.astype(float))


def experiment(overrides: Overrides, data: Eies) -> Run:
    """Return one future of EIES, as a function of seed and replicate."""
    made = setting(overrides)

    def run(seed: int, replicate: int) -> Measured:
        world = open_world(data, made, seed, replicate)
        before = matrix_measures.trust_matrix(world)
        met = before > 0
        for week in range(ASKED_EVERY, WEEKS + 1, ASKED_EVERY):
            world = run_to(world, week)
            met = met | (matrix_measures.trust_matrix(world) > 0)
        after = matrix_measures.trust_matrix(world)
        friends = before >= FRIEND_TRUST, after >= FRIEND_TRUST
        return measures((before > 0, met), friends, messages_of(world))

    return run
