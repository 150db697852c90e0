"""Real networks, as networkx ships them.  What happened later, or was found out later, is not among the members.

Each is made once: networkx takes longer for that than a short run.  `sim.inputs.networks.build` hands out copies.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from sim.model.start import StartNetwork, new_network, numbered, sorted_ties

LEADERS = (0, 33)


@cache
def karate() -> StartNetwork:
    """Zachary's karate club: 34 members, 78 ties; strength is the number of contexts two met in, over the most (7).

    W. W. Zachary (1977), "An information flow model for conflict and fission in small groups", Journal of
    Anthropological Research 33, 452-473.  The instructor (row 0) and the club's officer (row 33) fell out, and the club
    split.  `faction` is the club that each member joined after it (Zachary's table 3, "club after split"): 0 the
    instructor's, 1 the officers'.  Row 8 joined the instructor although tied rather to the other side.
    """
    import networkx as nx

    graph = nx.karate_club_graph()
    names = list(numbered("member", 1, graph.number_of_nodes()))
    names[LEADERS[0]], names[LEADERS[1]] = "Mr. Hi", "Officer"
    ties = sorted_ties(np.array(list(graph.edges)))
    weight = np.array([graph.edges[i, j]["weight"] for i, j in ties.tolist()], np.float64)
    sides = [0 if graph.nodes[i]["club"] == "Mr. Hi" else 1 for i in range(len(names))]
    return new_network(
        ties,
        names=tuple(names),
        source="Zachary's karate club (Zachary 1977, Journal of Anthropological Research 33, 452-473)",
        strength=weight / weight.max(),
        leaders=LEADERS,
        faction=np.array(sides, np.int8),
    )


@cache
def southern_women() -> StartNetwork:
    """Davis, Gardner and Gardner's 18 women, 139 ties: strength is the number of gatherings shared, over the most (7).

    A. Davis, B. B. Gardner and M. R. Gardner (1941), Deep South, University of Chicago Press: who came to which of 14
    gatherings.  Tying people who came to the same ones is Breiger's (1974, "The duality of persons and groups", Social
    Forces 53, 181-190).  The gatherings themselves are no members; `notes` tells how many each woman came to.
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
