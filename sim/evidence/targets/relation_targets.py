"""Targets on relations: how networks form from nothing, which ties form and end, who is chosen, how gifts follow each other.

The lines of the bar (`bar`) have ranges for three data sets together (Newcomb, AMENDS, EIES) rather than for one, so that no
data set is fitted alone.  Ranges of AMENDS span its waves.
"""

from __future__ import annotations

import numpy as np

from sim.evidence.targets.strangers import THRESHOLDS
from sim.evidence.targets.target import Citation, Target

NEWCOMB = Citation(
    "Newcomb 1961",
    "Newcomb (1961), The Acquaintance Process: 17 strangers in one house ranked each other in 15 weeks; matrices as shipped with "
    "the R package networkdata (fraternity)",
)
AMENDS = Citation(
    "AMENDS",
    "AMENDS (R package STRAND; Ross, Redhead and colleagues, 2022): friendship and sharing among 214 people of a Colombian "
    "community, four waves a year or two apart",
)
PANELS = Citation(
    "AMENDS; Burt 2002",
    AMENDS.full + "; that ties without common contacts go first also in Burt (2002), Social Networks 24:333",
)
FORMING = Citation(
    "Newcomb 1961; AMENDS",
    "no single source: a range between Newcomb's (1961) house, where preferences settle in three weeks, and AMENDS, where people "
    "name 1 to 4 friends of 214; the figure is that of a stand-alone trial fitted to both and to EIES",
)
BURSTS = Citation(
    "Goh & Barabasi 2008",
    "Goh & Barabasi (2008), EPL 81:48002, on burstiness of human activity; .2 to .4 in people's messages and calls, as quoted in "
    "the design notes",
)
EIES = Citation(
    "Freeman & Freeman 1979",
    "Freeman & Freeman (1979), EIES: 32 researchers, eight months; matrices as shipped with the R packages RSiena (ties) "
    "and tnet (messages)",
)
PLACES = Citation(
    "Feld 1981",
    "a premise rather than a figure: ties come from shared places (Feld 1981, American J. Sociology 86:1015), so who shares them "
    "for half a year knows some of the others, and who does not meets nobody",
)
BROKERS = Citation(
    "design notes",
    "no published figure: a bound of the design notes (2026), since pairs who meet through a third person seldom would have met",
)
STRANGERS = "forty members in four sectors who start without ties; nobody coordinates, comes or leaves"
HOUSE = "17 members of one sector who start without ties; they rank each other by trust with an error of .05"
COMMUNITY = (
    "214 members asked every year and a half; they name those whom they trust most and those whom they gave to most often, as many as "
    "in the data, and forget a fifth of them; the range is that of the waves"
)


def bound(
    name: str, label: str, place: tuple[str, ...], source: Citation, figure: float, low: float, high: float,
    unit: str = "share", each: bool = False, bar: bool = True, note: str = "", why: str = "",
) -> Target:  # fmt: skip
    """Return a target with a range.

    `place`: experiment and measures.  `each`: every future gives a number, rather than counts that are pooled.
    """
    return Target(
        name, label, place[0], place[1:], source, figure, "range", low, high, unit,
        pooling="futures" if each else "counts", note=note, why=why, bar=bar,
    )  # fmt: skip


def of_house(name: str, label: str, measure: str, figure: float) -> Target:
    """Return a figure of Newcomb's house that one simulated house in each future may give."""
    return Target(f"house_{name}", f"house: {label}", "house", (measure,), NEWCOMB, figure, note=HOUSE)


def of_community(
    name: str, label: str, measures: tuple[str, ...], figure: float, low: float, high: float,
    unit: str = "share", each: bool = False, why: str = "",
) -> Target:  # fmt: skip
    """Return a figure of AMENDS."""
    place = ("community", *measures)
    return bound(
        f"amends_{name}", f"AMENDS: {label}", place, AMENDS, figure, low, high, unit, each, False, COMMUNITY, why
    )


EVERY_THRESHOLD = tuple(f"{name}@{threshold:g}" for threshold in THRESHOLDS for name in ("lost_some", "lost_0"))

STRANGERS_TARGETS: tuple[Target, ...] = (
    bound("strangers_1", "ties a member after a year, from none", ("growth", "ties_1"), FORMING, 6.1, 4, 8, "ties", True, note=STRANGERS),
    bound("strangers_3", "ties a member after three years, from none", ("growth", "ties_3"), FORMING, 9.0, 6, 12, "ties", True, note=STRANGERS),
    bound("strangers_10", "others tied to after ten years, from none", ("growth", "tied_share"), FORMING, 0.32, 0, 0.4, each=True, note=STRANGERS),
    bound("strangers_apart", "ties a member after a year, without meeting", ("apart", "ties"), PLACES, 0.0, 0, 0.05, "ties", True, note=STRANGERS),
    bound("lost_bridges", "ties lost in a year, no common contact", ("relations", "lost_0"), PANELS, 0.64, 0.30, 0.65, note=STRANGERS),
    bound("lost_embedded", "lost: two common contacts and more, against none", ("relations", "lost_2", "lost_0"), PANELS, 0.8, 0.0, 0.8, "times", note=STRANGERS),
    bound("lost_every_threshold", "lost: any common contact, against none, at the worst threshold", ("relations", *EVERY_THRESHOLD), PANELS, 0.8, 0.0, 1.0, "times",
        note=f"{STRANGERS}; ties are trust above {', '.join(f'{threshold:g}' for threshold in THRESHOLDS)}; the threshold where the ratio is highest"),
    bound("lost_mutual", "lost: mutual, against one-sided", ("relations", "lost_mutual", "lost_one_sided"), PANELS, 0.63, 0.0, 0.67, "times", note=STRANGERS),
    bound("formed_common", "formed: one common contact, against none", ("relations", "formed_1", "formed_0"), PANELS, 4.1, 2.5, np.inf, "times", note=STRANGERS),
    bound("formed_embedded", "formed: two common contacts and more, against none", ("relations", "formed_2", "formed_0"), PANELS, 8.3, 8.0, np.inf, "times", note=STRANGERS),
    bound("formed_chosen", "formed: already chosen, against not", ("relations", "formed_chosen", "formed_unchosen"), PANELS, 11.5, 8.0, np.inf, "times", note=STRANGERS),
    bound("burstiness", "burstiness of a pair's gifts", ("relations", "burstiness"), BURSTS, 0.3, 0.1, 0.5, "index", True,
        note=f"{STRANGERS}; pairs with ten gifts and more in three years, mean"),
    bound("gifts_matched", "gifts matched by one the other way", ("relations", "answered_weight"), EIES, 0.752, 0.65, 0.85, each=True,
        note=f"{STRANGERS}; messages in the data, gifts over three years in the model"),
    Target("introduced", "tied after a year: introduced, against the same pair without", "introduced", ("introduced", "not_introduced"), BROKERS,
        np.nan, "direction", 4.0, unit="times", pooling="counts", bar=True,
        note="a coordinator introduces pairs of two sectors in one of two copies of a network of forty; tied from either side"),
    bound("without_tie", "members of half a year who have no tie", ("alone", "without_tie"), PLACES, 0.0, 0.0, 0.03,
        note="the network of the main example for three years, nobody coordinates"),
    bound("aligned_unconnected", "futures that align before they connect", ("alone", "aligned_unconnected"), PLACES, 0.0, 0.0, 0.05,
        note="the network of the main example for three years, nobody coordinates"),
)  # fmt: skip

HOUSE_TARGETS: tuple[Target, ...] = (
    bound("house_first", "house: same five best liked a week later, first week", ("house", "same_first_top5"), NEWCOMB, 0.48, 0.40, 0.55, note=HOUSE),
    of_house("next", "same five best liked, weeks 2 to 4", "same_next_top5", 0.683),
    bound("house_later", "house: same five best liked, later", ("house", "same_later_top5"), NEWCOMB, 0.71, 0.65, 0.78, note=HOUSE),
    bound("house_reciprocity", "house: choices of five returned", ("house", "reciprocity_top5"), NEWCOMB, 0.516, 0.45, 0.60, note=HOUSE),
    bound("house_lost_mutual", "house: mutual choices of five lost in a week", ("house", "lost_mutual_top5"), NEWCOMB, 0.114, 0.08, 0.16, note=HOUSE),
    bound("house_lost_one_sided", "house: one-sided choices of five lost in a week", ("house", "lost_one_sided_top5"), NEWCOMB, 0.261, 0.20, 0.32, note=HOUSE),
    of_house("formed_chosen", "five: chosen within a week, if chosen by the other", "formed_chosen_top5", 0.112),
    of_house("formed_unchosen", "five: chosen within a week, if not", "formed_unchosen_top5", 0.076),
    of_house("transitivity_first", "five: transitivity, first three weeks", "transitivity_first_top5", 0.375),
    of_house("transitivity_last", "five: transitivity, last three weeks", "transitivity_last_top5", 0.447),
    of_house("most_chosen", "five: choices that go to the three most chosen", "most_chosen_top5", 0.368),
    of_house("first_3", "same three best liked a week later, first week", "same_first_top3", 0.417),
    of_house("later_3", "same three best liked, later", "same_later_top3", 0.622),
    of_house("reciprocity_3", "choices of three returned", "reciprocity_top3", 0.426),
    of_house("lost_mutual_3", "mutual choices of three lost in a week", "lost_mutual_top3", 0.179),
    of_house("lost_one_sided_3", "one-sided choices of three lost in a week", "lost_one_sided_top3", 0.308),
)  # fmt: skip

COMMUNITY_TARGETS: tuple[Target, ...] = (
    of_community("formed_0", "became friends, no common contact", ("formed_0_friendship",), 0.0122, 0.0032, 0.018),
    of_community("formed_1", "became friends, one common contact", ("formed_1_friendship",), 0.0353, 0.0128, 0.074),
    of_community("formed_2", "became friends, two and more", ("formed_2_friendship",), 0.0569, 0.0376, 0.141),
    of_community("formed_chosen", "became friends, if named by the other", ("formed_chosen_friendship",), 0.183, 0.114, 0.267),
    of_community("formed_unchosen", "became friends, if not", ("formed_unchosen_friendship",), 0.0159, 0.0077, 0.0223),
    of_community("lost_0", "friends lost, no common contact", ("lost_0_friendship",), 0.680, 0.626, 0.780),
    of_community("lost_2", "friends lost, two common contacts and more", ("lost_2_friendship",), 0.642, 0.535, 0.686),
    of_community("lost_mutual", "friends lost, mutual", ("lost_mutual_friendship",), 0.477, 0.426, 0.526),
    of_community("lost_one_sided", "friends lost, one-sided", ("lost_one_sided_friendship",), 0.752, 0.661, 0.835),
    of_community("reciprocity", "reciprocity of friendship", ("reciprocity_friendship",), 0.311, 0.262, 0.363),
    of_community("transitivity", "transitivity of friendship", ("transitivity_friendship",), 0.207, 0.182, 0.219, each=True),
    of_community("sharing_formed_chosen", "began to give, if the other gave", ("formed_chosen_sharing",), 0.148, 0.062, 0.300),
    of_community("sharing_lost_mutual", "giving stopped, mutual", ("lost_mutual_sharing",), 0.694, 0.500, 0.710),
    of_community("sharing_lost_one_sided", "giving stopped, one-sided", ("lost_one_sided_sharing",), 0.778, 0.600, 0.852),
    of_community("sharing_reciprocity", "reciprocity of sharing", ("reciprocity_sharing",), 0.417, 0.37, 0.44),
    of_community("sharing_transitivity", "transitivity of sharing", ("transitivity_sharing",), 0.167, 0.147, 0.191, each=True),
    of_community("gini", "Gini coefficient of giving", ("gini_of_giving",), 0.674, 0.64, 0.71, each=True),
    of_community("giving_receiving", "correlation of giving and receiving", ("giving_receiving",), 0.551, 0.496, 0.598, "index", True),
    of_community("sharing_friends", "sharing: with friends, against others", ("sharing_with_friends", "sharing_with_others"), 32.4, 20.0, 45.0, "times"),
)  # fmt: skip
