"""Replace names by codes, so that a network can be shown or shared without identifying people.

The key is a separate table.  Members are shuffled first, so that neither codes nor rows reveal their original place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim.inputs.profile.progress import matched_keys
from sim.inputs.reading.plain import NetworkFaults
from sim.inputs.reading.resolving import UserNetwork
from sim.inputs.safe_csv import csv_rows
from sim.model.start import new_network

QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
"""How notes and faults give names."""
LISTED = re.compile(r"((?:columns )?found are |Found: )[^;]*")
"""How faults list the headings of a file, which may be names."""
MOST_UNIQUE = 0.5


class CodedNetworks(NamedTuple):
    """Networks with codes for names and ids; `key`: a CSV table of code, id and name; `dropped`: columns left out."""

    networks: tuple[UserNetwork, ...]
    key: str
    dropped: tuple[str, ...]


def coded(networks: Sequence[UserNetwork], rng: np.random.Generator | None = None) -> CodedNetworks:
    """Return a network, or waves of one, with codes such as P07 for names and ids: one code for a member in all waves.

    Further columns of members stay if they do not identify people: if fewer than half of their values are unique to one
    member.  Further columns of ties, and names in notes, are left out.  `rng`: by default one that cannot be foreseen.
    """
    numbers = [list(range(networks[0].start.members))]
    count, seen = len(numbers[0]), dict[tuple[bool, str], int]()
    for before, after in pairwise(networks):
        by_id, keys, later = matched_keys(before, after)
        seen |= {(by_id, key): number for key, number in zip(keys, numbers[-1], strict=True)}
        row = [seen.get((by_id, key), -1) for key in later]
        numbers.append([number if number >= 0 else (count := count + 1) - 1 for number in row])
    codes = random_codes(count, rng)
    own = [[codes[number] for number in row] for row in numbers]
    dropped = tuple(dict.fromkeys(heading for network in networks for heading in identifying_columns(network)))
    made = tuple(with_codes(network, row, dropped) for network, row in zip(networks, own, strict=True))
    return CodedNetworks(made, key_of(list(zip(networks, own, strict=True))), dropped)


def random_codes(count: int, rng: np.random.Generator | None = None) -> list[str]:
    """Return codes in random order."""
    width = max(2, len(str(count)))
    return [f"P{number:0{width}d}" for number in (rng or np.random.default_rng()).permutation(count) + 1]


def identifying_columns(network: UserNetwork) -> tuple[str, ...]:
    """Return the headings of further columns of members that identify people."""
    return tuple(heading for heading, values in network.attributes.items() if identifies(values))


def key_of(coded_members: Sequence[tuple[UserNetwork, Sequence[str]]]) -> str:
    """Return the key as CSV: code, id and name; of members in several waves, those in the last one."""
    rows = {
        code: [code, who, name]
        for network, codes in coded_members
        for code, who, name in zip(codes, network.start.ids or network.start.names, network.start.names, strict=True)
    }
    return csv_rows([["code", "id", "name"], *(rows[code] for code in sorted(rows))])


def with_codes(network: UserNetwork, member_codes: Sequence[str], dropped: Collection[str]) -> UserNetwork:
    """Return a network with codes for names and ids, in the order of codes, without some columns and those of ties."""
    start, n = network.start, network.start.members
    order = np.argsort(member_codes)
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    codes = tuple(sorted(member_codes))
    ends = np.sort(place[start.ties], axis=1) if len(start.ties) else start.ties
    turned = (place[start.ties[:, 0]] > place[start.ties[:, 1]])[:, None]
    halves = np.where(turned, start.halves[:, ::-1], start.halves)
    by_pair = np.lexsort((ends[:, 1], ends[:, 0]))
    made = new_network(
        ends[by_pair].astype(np.int32),
        names=codes,
        source=start.source,
        strength=start.strength[by_pair],
        ends=None if start.ends is None else halves[by_pair],
        sector=start.sector[order],
        kind=start.kind[order],
        viewpoint=start.viewpoint[order],
        notes=tuple(map(without_names, start.notes)),
        ids=codes,
        sector_names=start.sector_names,
        scale=start.scale,
    )
    arcs = place[network.arcs]
    by_arc = np.lexsort((arcs[:, 1], arcs[:, 0]))
    attributes = {
        heading: tuple(values[row] for row in order.tolist())
        for heading, values in network.attributes.items()
        if heading not in dropped
    }
    left = [heading for heading in network.attributes if heading in dropped]
    left += ["columns of ties"] if network.tie_attributes else []
    if left:
        made = replace(made, notes=(*made.notes, f"left out, since names are replaced by codes: {', '.join(left)}"))
    return UserNetwork(made, arcs[by_arc].astype(np.int32), network.trust[by_arc], attributes, {}, network.headings)


def without_names(text: str) -> str:
    """Return a note or a fault with dots for what stands in quotation marks, and for the headings that it lists."""
    return LISTED.sub(r"\1…", QUOTED.sub("…", text))


def faults_without_names(faults: NetworkFaults) -> NetworkFaults:
    """Return faults of files that say where they are, and not what was found there."""
    kept = [replace(one, message=without_names(one.message), column="", found="") for one in faults.faults]
    return NetworkFaults(kept, faults.total, without_names(faults.hint))


def identifies(values: tuple[str, ...]) -> bool:
    """Return whether a column identifies people: at least half of its values are unique to one member."""
    given = [value for value in values if value]
    unique, counts = np.unique(given, return_counts=True)
    return bool(len(unique)) and float((counts == 1).sum()) >= MOST_UNIQUE * len(given)
