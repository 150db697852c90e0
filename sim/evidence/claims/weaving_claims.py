"""Claims 6 to 9, on weaving (CAP): triads, bridgers, the unconnected, one by one or en masse."""

from __future__ import annotations

from sim.evidence.claims.claim import Ablation, Arm, Boundary, Claim, ClaimPart, Contrast, Values, less, relative
from sim.evidence.claims.future_measures import across, mean_of, outcome, per_member_year, per_starter, weeks_to
from sim.evidence.claims.strategies import customized, mass, only

IDLE = only()
THIN = {"network.degree": 1.5}

TRIADS = Claim(
    6,
    "Closing triads raises clustering and trust, and shortens the time to alignment.",
    "CAP",
    "a tie between two contacts of one member makes a triangle; more ties each mean more trust in sum and more people to "
    "found a group with",
    (
        ClaimPart(
            "clustering",
            "closing triads raises clustering (share of contacts who know each other, third year) over idle hours",
            Contrast("share", 0.03, mean_of("transitivity", 104, 156)),
            (Arm(only("close_triads")), Arm(IDLE)),
            added=("upkeep",),
        ),
        ClaimPart(
            "trust",
            "it raises the trust that a member has in others, summed over ties (third year)",
            Contrast("trust a member", 0.1, mean_of("strength", 104, 156)),
            (Arm(only("close_triads")), Arm(IDLE)),
            added=("upkeep",),
        ),
        ClaimPart(
            "trust-a-tie",
            "it raises mean trust of a tie (third year)",
            Contrast("trust", 0.02, mean_of("mean_trust", 104, 156)),
            (Arm(only("close_triads")), Arm(IDLE)),
        ),
        ClaimPart(
            "sooner",
            "alignment is reached sooner",
            Contrast("weeks", 4.0, weeks_to("aligned"), less),
            (Arm(only("close_triads")), Arm(IDLE)),
            ablation=Ablation(
                "two are enough for a group, trusted or not, being asked adds no initiative, and nobody leaves",
                {
                    "groups.smallest": 2.0,
                    "groups.trust": 0.0,
                    "customized.asked_initiative": 0.0,
                    "leaving.hazard": 0.0,
                },
            ),
            added=("initiative", "upkeep"),
        ),
    ),
)

CLUSTERED = {"network.members": 80, "network.degree": 6.0, "network.within": 0.9}
"""A network that has clusters to bridge: four sectors of twenty, nine ties in ten inside them."""
BRIDGERS = Claim(
    7,
    "Supporting bridgers spreads information faster between clusters.",
    "CAP",
    "a supported bridger gives more readily to contacts who know none of its other contacts; being asked also raises its "
    "initiative, as any personal contact does",
    (
        ClaimPart(
            "across",
            "in a network of four clusters, supporting bridgers makes more knowledge and skills cross between them in the "
            "first year than idle hours do (as a share)",
            Contrast("share of receipts", 0.05, across(0, 52), relative),
            (Arm(only("support_bridgers")), Arm(IDLE)),
            world=CLUSTERED,
            ablation=Ablation(
                "support changes neither whom bridgers give to nor their initiative",
                {"choice.bridging": 0.0, "customized.asked_initiative": 0.0},
            ),
            added=("initiative",),
            ledger=True,
        ),
        ClaimPart(
            "against-triads",
            "it does so by more than closing triads for the same hours",
            Contrast("share of receipts", 0.05, across(0, 52), relative),
            (Arm(only("support_bridgers")), Arm(only("close_triads"))),
            world=CLUSTERED,
            ledger=True,
            effort=3,
        ),
    ),
)

UNCONNECTED = Claim(
    8,
    "Engaging the unconnected lowers early drop-out and the share of isolates.",
    "CAP",
    "a member without a tie receives nothing and leaves; engaging it makes a tie (the share of isolates is nearly the lever "
    "itself)",
    (
        ClaimPart(
            "drop-out",
            "engaging the unconnected keeps people from leaving in the first year (members who leave, per member and year; "
            "one and a half ties each at the start)",
            Contrast("a member-year", 0.01, per_member_year("dropped_out", 0, 52), less),
            (Arm(only("engage_unconnected"), THIN), Arm(IDLE, THIN)),
            ablation=Ablation(
                "engagement does not depend on what members receive",
                {"engagement.exchange": 0.0, "engagement.rate": 0.0},
            ),
            added=("initiative",),
        ),
        ClaimPart(
            "isolates",
            "fewer members are without a tie (second half of the first year)",
            Contrast("share of members", 0.02, mean_of("unconnected", 26, 52), less),
            (Arm(only("engage_unconnected"), THIN), Arm(IDLE, THIN)),
        ),
    ),
)

LARGE_POOR = {"network.members": 120}
SMALL_RICH = {"network.members": 30}


def flip(mass_large: Values, custom_large: Values, mass_small: Values, custom_small: Values) -> Values:
    """Return how much better mass weaving compares in the large network with few hours than in the small one with many."""
    return (mass_large - custom_large) - (mass_small - custom_small)


def mass_at(members: float) -> ClaimPart:
    """Mass against customized weaving on ten hours a week, in a network of some size."""
    world = {"network.members": members}
    return ClaimPart(
        "mass-by-size",
        "mass weaving on ten hours a week produces more outputs a member than customized weaving",
        Contrast("outputs a member", 0.03, per_starter("outputs")),
        (Arm(mass(), world), Arm(customized(), world)),
    )


MASS = Claim(
    9,
    "Mass weaving acquaints many thinly, customized weaving few deeply; which wins depends on size and budget.",
    "CAP",
    "a newsletter or directory costs about the same for any number of readers, an introduction serves two people; people "
    "who meet at an event may never meet again",
    (
        ClaimPart(
            "depends",
            "in a network of 120 with 5 hours a week mass weaving compares better (outputs a member in three years, mass "
            "minus customized) than in one of 30 with 20 hours",
            Contrast("outputs a member", 0.03, per_starter("outputs"), flip),
            (
                Arm(mass(5.0), LARGE_POOR),
                Arm(customized(5.0), LARGE_POOR),
                Arm(mass(20.0), SMALL_RICH),
                Arm(customized(20.0), SMALL_RICH),
            ),
        ),
        ClaimPart(
            "many",
            "mass weaving gives members more ties at the end of connecting (60 members, week 39)",
            Contrast("ties a member", 0.5, mean_of("mean_degree", 36, 40)),
            (Arm(mass(), {"network.members": 60}), Arm(customized(), {"network.members": 60})),
            ablation=Ablation(
                "events are out of reach, and nobody uses the directory",
                {"mass.icebreaker_hours": 1000.0, "choice.directory": 0.0},
            ),
        ),
        ClaimPart(
            "deeply",
            "customized weaving gives more trust per tie then",
            Contrast("trust", 0.02, mean_of("mean_trust", 36, 40)),
            (Arm(customized(), {"network.members": 60}), Arm(mass(), {"network.members": 60})),
        ),
        ClaimPart(
            "mass-wins",
            "with 120 members and 5 hours mass weaving produces more outputs",
            Contrast("outputs", 1.0, outcome("outputs")),
            (Arm(mass(5.0), LARGE_POOR), Arm(customized(5.0), LARGE_POOR)),
        ),
        ClaimPart(
            "customized-wins",
            "with 30 members and 20 hours customized weaving produces more outputs",
            Contrast("outputs", 1.0, outcome("outputs")),
            (Arm(customized(20.0), SMALL_RICH), Arm(mass(20.0), SMALL_RICH)),
        ),
    ),
    Boundary("{} members", (20.0, 40.0, 80.0, 120.0), mass_at),
)
CLAIMS = (TRIADS, BRIDGERS, UNCONNECTED, MASS)
