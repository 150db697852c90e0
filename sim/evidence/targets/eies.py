"""Freeman's EIES: 32 researchers, their ties at the start and eight months later, and the messages in between.

Freeman & Freeman (1979) measured who knew whom among researchers of social networks before and after eight months of
an early computer conference.  The principal organiser (m01) is the coordinator of the simulated network; the other 31
are its members, and measures are taken over all 32, the coordinator's bonds counting as ties.

The data are not part of the package (see `find_data`).  Without them the network starts from a generated stand-in with
the published size, densities and centralisation of the start.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.evidence.targets import matrix_measures
from sim.evidence.targets.counting import Measured, Overrides, Run, counted
from sim.inputs.scenario import Scenario, Table
from sim.model.declarations import NUMBER
from sim.model.start import NetworkError, new_network, numbered
from sim.model.state import World
from sim.model.world import build_world, run_to

ENVIRONMENT = "GENNET_EIES"
BESIDE = Path("..") / "shared" / "data" / "eies"
FILES = ("members.csv", "ties.csv", "messages.csv")

PEOPLE = 32
WEEKS = 35
MET, FRIEND, CLOSE = 2, 3, 4
MESSAGES = 15_034
"""Messages sent in the eight months; simulated gifts are scaled to this total, since one gift takes several messages."""
BINS = ((0, 0), (1, 9), (10, 49), (50, None))
FRIEND_TRUST = 0.4
"""Trust from which a simulated tie counts as friendship."""
START_TRUST = {MET: 0.2, FRIEND: 0.5, CLOSE: 0.75}
"""Trust that a tie of a strength starts with: assumed, on both sides of `FRIEND_TRUST`."""
START_FIGURES = {"met": 0.591, "friend": 0.222, "met_centralisation": 0.44, "friend_centralisation": 0.35}
"""The start as published (densities of the union graph), for the stand-in."""

FITTED: dict[str, float] = {
    "members.activity": 3.96,
    "members.activity_sigma": 1.52,
    "members.generosity_spread": 0.171,
    "trust.gain": 0.214,
    "trust.decay": 0.0468,
    "trust.comfortable": 18.7,
    "choice.beyond": 0.00656,
    "choice.anyone": 0.261,
    "choice.connections": 0.369,
    "spreading.attention": 18.4,
    "hub_share": 0.298,
}
"""From `python -m sim.evidence.calibrate --problem eies --trials 600`, on tuning seeds.

Figures kept out of the fit are not unseen: that a friend is a tie of trust .4, and which settings are free, come from a
manual fit to all figures.
"""
COORDINATOR: Mapping[str, float | str | dict[str, float]] = {
    "hours": 40.0,
    "hour_cost": 0.0,
    "policy": "never",
    "connect": {"newsletter": 0.2},
}
"""The organiser: full time, one newsletter every other week or so; how much goes through it is fitted."""
FIXED: dict[str, float] = {
    "leaving.hazard": 0.0,
    "arrival.base": 0.0,
    "arrival.referral": 0.0,
    "breakaway.hazard": 0.0,
    "groups.founding": 0.0,
    "giving.unasked": 0.001,
    "spreading.coordinator_attention": 1000.0,
}
"""Nobody comes, leaves or founds groups (all 32 were there at both times); initiative limits nothing, since writing a
message took none; the organiser's attention is bounded by its hours."""


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
        return BESIDE if all((BESIDE / name).is_file() for name in FILES) else None
    lacking = [name for name in FILES if not (named / name).is_file()]
    if lacking:
        where = "--data" if folder else ENVIRONMENT
        raise NetworkError(f"{where}: {named} has no {', '.join(lacking)}; needed are {', '.join(FILES)}")
    return named


def found_or_stand_in() -> Eies:
    """Return the data where they are usually found, else the stand-in."""
    folder = find_data()
    return stand_in() if folder is None else read(folder)


def rows_of(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the rows of a data file.  Raises NetworkError if it lacks a column."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        lacking = [name for name in columns if name not in (reader.fieldnames or ())]
        if lacking:
            found = ", ".join(reader.fieldnames or ()) or "none"
            raise NetworkError(f"{path}: no column {', '.join(lacking)}; the columns found are {found}")
        return list(reader)


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
    """Return a fixed network with the published size, densities and centralisation of the start.

    The organiser has met everybody.  The others are ranked, and the density says how many pairs have met; a pair's chance
    rises with a power of both ranks, chosen so that centralisation is nearest to the published one.  Friends are drawn in
    the same way among those who have met.
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
    return Eies(strength, np.zeros(PEOPLE, np.int32), True)


def strongest_pairs(luck: np.ndarray, among: np.ndarray, number: int, power: float) -> np.ndarray:
    """Return `number` of the pairs `among`, drawn with weights by a power of both ranks: bool, symmetric."""
    standing = (np.arange(PEOPLE, 0, -1) / PEOPLE) ** power
    score = np.where(np.triu(among, 1), np.log(luck + 1e-12) / np.outer(standing, standing), -np.inf)
    chosen = np.argsort(score, axis=None, kind="stable")[::-1][:number]
    graph = np.zeros(luck.shape, bool)
    graph[np.unravel_index(chosen, luck.shape)] = True
    return graph | graph.T


def scenario(overrides: Overrides | None = None) -> Scenario:
    """Return the scenario of EIES: one organiser, nobody comes or goes, 35 weeks.

    `overrides`: parameters, `hub_share` and `hours` instead of the fitted ones, for calibration.
    """
    settings = {**FIXED, **FITTED, **(overrides or {})}
    routed = {key: settings.pop(key) for key in ("hub_share", "hours") if key in settings}
    tables: Table = {
        "title": "EIES",
        "weeks": WEEKS,
        "network": {"kind": "empty", "members": PEOPLE - 1},
        "strategies": {"organiser": {**COORDINATOR, **routed}},
    }
    return Scenario.from_document(tables, label="EIES").with_(settings)


def open_world(data: Eies, made: Scenario, seed: int, replicate: int) -> World:
    """Return the world at the start: 31 members with trust by strength, and the organiser's bonds with them."""
    strength = np.maximum(data.start, data.start.T)
    values = made.settings()
    trust = np.zeros(strength.shape)
    for level, value in START_TRUST.items():
        trust[strength == level] = value
    members = trust[1:, 1:]
    pairs = np.argwhere(np.triu(members, 1) > 0).astype(np.int32)
    each = members[pairs[:, 0], pairs[:, 1]]
    start = new_network(
        pairs,
        names=numbered("m", 2, PEOPLE - 1),
        source="EIES (Freeman & Freeman 1979)",
        strength=each / each.max(),
        sector=data.sector[1:],
        kind=np.zeros(PEOPLE - 1, np.int8),
    )
    # Trust at the start is this parameter times strength relative to the mean, so each tie gets its own value.
    values[NUMBER["trust.start"]] = each.mean()
    coordinators, changes = made.coordinator_records("organiser"), made.change_records("organiser")
    world = build_world(start, values, coordinators, changes, WEEKS, seed, replicate, ledger=True)
    world.bonds["trust"][0, : PEOPLE - 1] = trust[0, 1:]
    return world


def messages_of(world: World) -> np.ndarray:
    """Return gifts between each two of the 32, scaled to the number of messages sent: float64 (32, 32).

    Passed-on gifts count; a gift that the organiser relayed is a message to it and one from it.
    """
    gifts = matrix_measures.gifts_logged(world)
    sent = np.zeros((PEOPLE, PEOPLE))
    giver, receiver = gifts["giver"] + 1, gifts["receiver"] + 1
    relayed = gifts["relayed"] == 1
    np.add.at(sent, (giver[~relayed], receiver[~relayed]), 1.0)
    np.add.at(sent, (giver[relayed], 0), 1.0)
    np.add.at(sent, (0, receiver[relayed]), 1.0)
    total = sent.sum()
    return sent * (MESSAGES / total) if total else sent


def trust_of(world: World) -> np.ndarray:
    """Return trust among the 32, the organiser first: float64 (32, 32); bonds below the floor are no ties."""
    trust = np.zeros((PEOPLE, PEOPLE))
    trust[1:, 1:] = matrix_measures.trust_matrix(world)[: PEOPLE - 1, : PEOPLE - 1]
    bonds = world.bonds.trust[0, : PEOPLE - 1]
    trust[0, 1:] = trust[1:, 0] = np.where(bonds >= world.parameters[0].trust_floor, bonds, 0.0)
    return trust


def measures(
    start: np.ndarray, end: np.ndarray, friends: tuple[np.ndarray, np.ndarray], sent: np.ndarray
) -> dict[str, float]:
    """Return the figures of EIES: of graphs `start` and `end` of who have met, of friends, and of messages (32, 32)."""
    before, after = friends
    exchanged = np.rint(sent + sent.T)
    senders = sent.sum(axis=1)
    figures = {
        "top_3_senders": matrix_measures.top_share(senders, 3),
        "bottom_half_senders": matrix_measures.bottom_share(senders, PEOPLE // 2),
        "organiser_touches": matrix_measures.touching(sent, 0),
        "answered": matrix_measures.answered(sent),
        "answered_weight": matrix_measures.answered_weight(sent),
    }
    for name, then, now in (("met", start, end), ("friend", before, after)):
        centralisation = matrix_measures.centralisation(now)
        figures[f"{name}_density"] = matrix_measures.density(now)
        figures[f"{name}_transitivity"] = matrix_measures.transitivity(now)
        figures[f"{name}_centralisation"] = centralisation
        figures[f"{name}_centralisation_change"] = centralisation - matrix_measures.centralisation(then)
    for low, high in BINS:
        chosen = ~before & (exchanged >= low) & (exchanged <= (np.inf if high is None else high))
        figures[f"befriended_{low}"] = counted(after, chosen).share
    return figures


def observed(data: Eies) -> dict[str, float]:
    """Return the figures of the data; a pair is tied if either says so."""
    if data.end is None or data.messages is None:
        raise ValueError("the stand-in has neither final ties nor messages")
    start, end = (np.maximum(matrix, matrix.T) for matrix in (data.start, data.end))
    return measures(start >= MET, end >= MET, (start >= FRIEND, end >= FRIEND), data.messages.astype(float))


def experiment(overrides: Overrides, data: Eies) -> Run:
    """Return one future of EIES, as a function of seed and replicate."""
    settings = scenario(overrides)

    def run(seed: int, replicate: int) -> Measured:
        world = open_world(data, settings, seed, replicate)
        before = trust_of(world)
        world = run_to(world, WEEKS)
        after = trust_of(world)
        return measures(before > 0, after > 0, (before >= FRIEND_TRUST, after >= FRIEND_TRUST), messages_of(world))

    return run
