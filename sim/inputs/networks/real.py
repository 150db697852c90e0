"""Real networks, as networkx ships them.  Later events and later findings are not used.

The karate club, which the examples start from, is a table here, so that they need not load networkx.  Each is made once:
networkx takes longer for that than a short run.  `sim.inputs.networks.build` hands out copies.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from sim.model.start import StartNetwork, new_network, numbered, sorted_ties

LEADERS = (0, 33)
KARATE = """
0: 1x4 2x5 3x3 4x3 5x3 6x3 7x2 8x2 10x2 11x3 12x1 13x3 17x2 19x2 21x2 31x2
1: 2x6 3x3 7x4 13x5 17x1 19x2 21x2 30x2
2: 3x3 7x4 8x5 9x1 13x3 27x2 28x2 32x2
3: 7x3 12x3 13x3
4: 6x2 10x3
5: 6x5 10x3 16x3
6: 16x3
8: 30x3 32x3 33x4
9: 33x2
13: 33x3
14: 32x3 33x2
15: 32x3 33x4
18: 32x1 33x2
19: 33x1
20: 32x3 33x1
22: 32x2 33x3
23: 25x5 27x4 29x3 32x5 33x4
24: 25x2 27x3 31x2
25: 31x7
26: 29x4 33x2
27: 33x4
28: 31x2 33x2
29: 32x4 33x2
30: 32x3 33x3
31: 32x4 33x4
32: 33x5
"""
"""Each line: a member, and the later members it met, each with the number of contexts in which they met."""
CLUBS = "0000000001000011001010111111111111"
"""The club that each joined after the split."""


@cache
def karate() -> StartNetwork:
    """Zachary's karate club: 34 members, 78 ties; strength is the number of contexts two met in, over the most (7).

    W. W. Zachary (1977), "An information flow model for conflict and fission in small groups", Journal of
    Anthropological Research 33, 452-473.  The instructor (row 0) and the club's officer (row 33) fell out, and the club
    split.  `faction` is the club that each member joined after it (Zachary's table 3, "club after split"): 0 the
    instructor's, 1 the officers'.  Row 8 joined the instructor although tied rather to the other side.
    """
    names = list(numbered("member", 1, len(CLUBS)))
    names[LEADERS[0]], names[LEADERS[1]] = "Mr. Hi", "Officer"
    rows = (line.split(":") for line in KARATE.strip().splitlines())
    met = {(int(i), *map(int, other.split("x"))) for i, others in rows for other in others.split()}
    first, second, contexts = np.array(sorted(met)).T
    weight = contexts.astype(np.float64)
    return new_network(
        sorted_ties(np.stack([first, second], axis=1)),
        names=tuple(names),
        source="Zachary's karate club (Zachary 1977, Journal of Anthropological Research 33, 452-473)",
        strength=weight / weight.max(),
        leaders=LEADERS,
        faction=np.array(list(CLUBS), np.int8),
    )


@cache
def southern_women() -> StartNetwork:
    """Davis, Gardner and Gardner's 18 women, 139 ties: strength is the number of gatherings shared, over the most (7).

    A. Davis, B. B. Gardner and M. R. Gardner (1941), Deep South, University of Chicago Press: who came to which of 14
    gatherings.  Tying people who came to the same ones is Breiger's (1974, "The duality of persons and groups", Social
    Forces 53, 181-190).  The gatherings themselves are not members; `notes` gives the number that each woman attended.
    """
    import networkx as nx

    graph = nx.davis_southern_women_graph()
    women, gatherings = list(graph.graph["top"]), list(graph.graph["bottom"])
    present = np.array([[graph.has_edge(woman, gathering) for gathering in gatherings] for woman in women], np.int64)
    shared = np.triu(present @ present.T, k=1)
    ties = sorted_ties(np.argwhere(shared > 0))
    weight = shared[ties[:, 0], ties[:, 1]].astype(np.float64)
    attended = ", ".join(f"{woman} {count}" for woman, count in zip(women, present.sum(axis=1).tolist(), strict=True))
    return new_network(
        ties,
        names=tuple(women),
        source="Southern women (Davis, Gardner & Gardner 1941, Deep South), tied by shared gatherings (Breiger 1974)",
        strength=weight / weight.max(),
        notes=(
            f"gatherings attended, of {len(gatherings)}: {attended}",
            f"a tie of strength 1 means {int(weight.max())} gatherings in common",
        ),
    )


@cache
def florentine() -> StartNetwork:
    """Padgett and Ansell's Florentine families: 15 families, 20 ties of marriage, all of strength 1.

    J. F. Padgett and C. K. Ansell (1993), "Robust action and the rise of the Medici, 1400-1434", American Journal of
    Sociology 98, 1259-1319; Breiger & Pattison's (1986) 16 families less the Pucci, who had no such tie.
    """
    import networkx as nx

    graph = nx.florentine_families_graph()
    row = {family: i for i, family in enumerate(graph)}
    return new_network(
        sorted_ties(np.array([(row[a], row[b]) for a, b in graph.edges])),
        names=tuple(row),
        source="Florentine families, marriages (Padgett & Ansell 1993, American Journal of Sociology 98, 1259-1319)",
    )
