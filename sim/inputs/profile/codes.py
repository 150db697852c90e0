"""Names replaced by codes, so that a network can be shown or sent without saying who is who.

The key is a table of its own.  Members are put into a random order first, so that neither codes nor rows say where they stood.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.inputs.reading.plain import NetworkFaults
from sim.inputs.reading.resolving import UserNetwork
from sim.inputs.safe_csv import csv_rows
from sim.model.start import new_network

QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")
"""How notes and faults give names."""
LISTED = re.compile(r"((?:columns )?found are |Found: )[^;]*")
"""How faults list the headings of a file, which may be names."""
MOST_UNIQUE = 0.5


class CodedNetwork(NamedTuple):
    """A network with codes for names and ids; `key`: a CSV table of code, id and name; `dropped`: columns left out."""

    network: UserNetwork
    key: str
    dropped: tuple[str, ...]


def coded(network: UserNetwork, rng: np.random.Generator | None = None) -> CodedNetwork:
    """Return a network with codes such as P07 for names and ids.

    Further columns of members stay if they cannot tell who is who: if fewer than half of their values stand for one member
    alone.  Further columns of ties, and names in notes, are left out.  `rng`: by default one that cannot be foreseen.
    """
    start, n = network.start, network.start.members
    order = (rng or np.random.default_rng()).permutation(n)
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    width = max(2, len(str(n)))
    codes = tuple(f"P{number:0{width}d}" for number in range(1, n + 1))
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
    names = {heading: values for heading, values in network.attributes.items() if not tells_apart(values)}
    dropped = tuple(heading for heading in network.attributes if heading not in names)
    attributes = {heading: tuple(values[row] for row in order.tolist()) for heading, values in names.items()}
    if dropped or network.tie_attributes:
        left = [*dropped, *(["columns of ties"] if network.tie_attributes else [])]
        made = replace(made, notes=(*made.notes, f"left out, since names are replaced by codes: {', '.join(left)}"))
    ids = start.ids or start.names
    rows = [["code", "id", "name"], *([codes[k], ids[row], start.names[row]] for k, row in enumerate(order.tolist()))]
    read = UserNetwork(made, arcs[by_arc].astype(np.int32), network.trust[by_arc], attributes, {}, network.headings)
    return CodedNetwork(read, csv_rows(rows), dropped)


def without_names(text: str) -> str:
    """Return a note or a fault with dots for what stands in quotation marks, and for the headings that it lists."""
    return LISTED.sub(r"\1…", QUOTED.sub("…", text))


def faults_without_names(faults: NetworkFaults) -> NetworkFaults:
    """Return faults of files that say where they are, and not what was found there."""
    kept = [replace(one, message=without_names(one.message), column="", found="") for one in faults.faults]
    return NetworkFaults(kept, faults.total, without_names(faults.hint))


def tells_apart(values: tuple[str, ...]) -> bool:
    """Return whether a column can tell who is who: at least half of its values stand for one member alone."""
    given = [value for value in values if value]
    unique, counts = np.unique(given, return_counts=True)
    return bool(len(unique)) and float((counts == 1).sum()) >= MOST_UNIQUE * len(given)
