"""Targets on relations: how networks form from nothing, which ties form and end, who is chosen, how gifts follow each other.

Ranges are those of three data sets together (Newcomb, AMENDS, EIES) rather than of one, so that no data set is fitted alone.
"""

from __future__ import annotations

import numpy as np

from sim.evidence.targets.target import Citation, Target

NEWCOMB = Citation(
    "Newcomb 1961",
    "Newcomb (1961), The Acquaintance Process: 17 strangers in one house ranked each other in 15 weeks; matrices as shipped with "
    "the R package networkdata (fraternity)",
)
PANELS = Citation(
    "AMENDS; Burt 2002",
    "AMENDS (R package STRAND; Ross, Redhead and colleagues): friendship and sharing among 214 people of a Colombian community, "
    "four waves; loss without common contacts also in Burt (2002), Social Networks 24:333",
)
FORMING = Citation(
    "Newcomb 1961; AMENDS",
    "a range that networks of strangers with a shared place may have: between Newcomb's house, where preferences settle in three "
    "weeks, and AMENDS, where people name 1 to 4 friends of 214; no single source",
)
BURSTS = Citation(
    "Goh & Barabasi 2008",
    "Goh & Barabasi (2008), EPL 81:48002: burstiness of human activity is positive; .2 to .4 in messages and calls of pairs",
)
EIES = Citation(
    "Freeman & Freeman 1979",
    "Freeman & Freeman (1979), EIES: 32 researchers, eight months; matrices as shipped with the R packages RSiena (ties) "
    "and tnet (messages)",
)
PREMISE = Citation(
    "premise",
    "a premise of the model rather than a published figure: who shares places with others for half a year knows some of them, "
    "and who does not meets nobody",
)


def bounds(
    name: str, label: str, experiment: str, measures: tuple[str, ...], source: Citation, observed: float,
    low: float, high: float, unit: str = "share", pooled: bool = True,
) -> Target:  # fmt: skip
    """Return a line of the bar: a range that the simulated figure has to lie in."""
    return Target(
        name, label, experiment, measures, source, observed, "range", low, high, unit,
        pooling="counts" if pooled else "futures",
    )  # fmt: skip


BAR: tuple[Target, ...] = (
    bounds(
        "strangers_1", "ties a member after a year, from none", "growth", ("ties_1",), FORMING, np.nan, 4, 8,
        "ties", False,
    ),
    bounds(
        "strangers_3", "ties a member after three years", "growth", ("ties_3",), FORMING, np.nan, 6, 12, "ties",
        False,
    ),
    bounds(
        "strangers_10", "others tied to after ten years", "growth", ("tied_share",), FORMING, np.nan, 0, 0.4,
        "share", False,
    ),
    bounds(
        "strangers_apart", "ties a member after a year, without meeting", "apart", ("ties",), PREMISE, 0.0, 0,
        0.05, "ties", False,
    ),
    bounds(
        "lost_bridges", "ties lost in a year, no common contact", "relations", ("lost_0",), PANELS, 0.64, 0.30,
        0.65,
    ),
    bounds(
        "lost_embedded", "lost: two common contacts and more, against none", "relations", ("lost_2", "lost_0"),
        PANELS, 0.88, 0.0, 0.8, "times",
    ),
    bounds(
        "lost_mutual", "lost: mutual, against one-sided", "relations", ("lost_mutual", "lost_one_sided"), PANELS,
        0.63, 0.0, 0.67, "times",
    ),
    bounds(
        "formed_common", "formed: one common contact, against none", "relations", ("formed_1", "formed_0"), PANELS,
        4.1, 2.5, np.inf, "times",
    ),
    bounds(
        "formed_embedded", "formed: two common contacts and more, against none", "relations", ("formed_2",
        "formed_0"), PANELS, 8.3, 8.0, np.inf, "times",
    ),
    bounds(
        "formed_chosen", "formed: already chosen, against not", "relations", ("formed_chosen", "formed_unchosen"),
        PANELS, 13.0, 8.0, np.inf, "times",
    ),
    bounds(
        "burstiness", "burstiness of a pair's gifts", "relations", ("burstiness",), BURSTS, 0.3, 0.1, 0.5, "B",
        False,
    ),
    bounds(
        "house_first", "house: same five best liked a week later, first week", "house", ("same_first_top5",),
        NEWCOMB, 0.48, 0.40, 0.55,
    ),
    bounds(
        "house_later", "house: the same, after the fifth week", "house", ("same_later_top5",), NEWCOMB, 0.71, 0.65,
        0.78,
    ),
    bounds("house_reciprocity", "house: choices returned", "house", ("reciprocity_top5",), NEWCOMB, 0.53, 0.45, 0.60),
    bounds(
        "house_lost_mutual", "house: mutual choices lost in a week", "house", ("lost_mutual_top5",), NEWCOMB, 0.11,
        0.08, 0.16,
    ),
    bounds(
        "house_lost_one_sided", "house: one-sided choices lost in a week", "house", ("lost_one_sided_top5",),
        NEWCOMB, 0.26, 0.20, 0.32,
    ),
    bounds(
        "eies_matched", "EIES: messages matched by one the other way", "eies", ("answered_weight",), EIES, 0.752,
        0.65, 1.0, "share", False,
    ),
    bounds(
        "eies_friends_50", "EIES: became friends, 50 messages and more", "eies", ("befriended_50",), EIES, 0.379,
        0.25, 0.50, "share", False,
    ),
    bounds(
        "introduced", "tied after a year: introduced, against the same pair without", "introduced", ("introduced",
        "not_introduced"), PREMISE, np.nan, 4.0, np.inf, "times",
    ),
    bounds("without_tie", "members of half a year without a tie", "alone", ("without_tie",), PREMISE, 0.0, 0.0, 0.03),
    bounds(
        "aligned_unconnected", "futures that align before they connect", "alone", ("aligned_unconnected",),
        PREMISE, 0.0, 0.0, 0.05,
    ),
)  # fmt: skip
