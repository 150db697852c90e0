"""Rows of ties: where they lie, and how much room they have.

The rows of all members lie one after another in `ties` and `contacts`.  A row has room for a few more ties than it holds; a
full one moves behind all others, into about twice the room (`sim.model.rules.ties.widen`), and its old place stays empty.
So a member takes memory for the ties it has, not for the most that it can have.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model.rules.ties import LEAST_ROOM
from sim.model.state import World

HALVINGS = 16  # At most so many rooms: slots are numbers of two bytes.
SPARE_ROOM = 2  # for new ties, at least, in each row at the start
GROWTH = 1.5  # places at the start, and whenever tables grow, over those taken so far
# Places that no row has taken yet are memory that the system has not handed out: there are many, so that no week runs short.
RESERVE, FEWEST_PLACES = 4, 2**20


class Contacts(NamedTuple):
    """The other ends of ties: those of member `i` are other[first[i] + s], for `s` from 0 to degree-1, in no particular order."""

    first: np.ndarray
    other: np.ndarray


class Halves(NamedTuple):
    """Halves of ties in order of members and slots: the member's number, the slot in its row, and the place in `ties`."""

    member: np.ndarray
    slot: np.ndarray
    place: np.ndarray


def rooms(most: int) -> np.ndarray:
    """Return the rooms that a row can have, in rising order: `most` ties, half of that, and so on."""
    sizes = [most]
    while sizes[-1] > LEAST_ROOM:
        sizes.append((sizes[-1] + 1) // 2)
    return np.array(sizes[::-1])


def rooms_for(degree: np.ndarray, most: int) -> np.ndarray:
    """Return the room of each member's row at the start, for its ties and a few more."""
    sizes = rooms(most)
    fitting: np.ndarray = sizes[np.searchsorted(sizes, np.minimum(degree + SPARE_ROOM, most))]
    return fitting


def most_places(rows: int, most: int) -> int:
    """Return how many places rows of members never exceed, whatever happens: all rooms of each add up to less."""
    return rows * (2 * most + HALVINGS)


def places_for(taken: int, rows: int, most: int) -> int:
    """Return how many places tables of ties are to have, if rows of members have taken so many.  `most`: ties of a member."""
    return min(most_places(rows, most), max(FEWEST_PLACES, RESERVE * int(GROWTH * taken)))


def halves(world: World) -> Halves:
    """Return where all ties lie, both halves of each."""
    number = int(world.network[0].members)
    degree = world.members["degree"][:number].astype(np.int64)
    member = np.repeat(np.arange(number), degree)
    slot = np.arange(len(member)) - np.repeat(np.cumsum(degree) - degree, degree)
    return Halves(member, slot, world.first[member] + slot)


def half(world: World, member: int, slot: int) -> np.record:
    """Return the half of a tie in a slot of a member's row."""
    record: np.record = world.ties[int(world.first[member]) + slot]
    return record
