"""Claims 12 and 16 to 20, on stages (CAP) and on networks against organisations (GN)."""

from __future__ import annotations

from sim.evidence.claims.claim import Ablation, Arm, Claim, ClaimPart, Values, itself, lost_share, more
from sim.evidence.claims.future_measures import (
    dispersion,
    exits,
    gap,
    mapped,
    mean_of,
    outcome,
    per_member_year,
    sum_of,
    variation,
)
from sim.evidence.claims.strategies import CUSTOMIZED_SHARES, WEAVER, leaving, weaver

READY = weaver(policy="readiness")
SIX_YEARS = {"weeks": 312}

ALIGNING = Claim(
    12,
    "Alignment takes longer than connecting, and drop-out peaks there.",
    "CAP",
    "viewpoints move a little a session; sessions cost engagement, and members with little of it leave",
    (
        ClaimPart(
            "longer",
            "with a coordinator who moves on when the network is ready, it takes longer from connected to aligned than from "
            "the start to connected",
            "weeks",
            2.0,
            (Arm(READY, measure=gap("aligned", "connected")), Arm(READY, measure=outcome("connected_week"))),
            gap("aligned", "connected"),
            more,
            ablation=Ablation(
                "groups form fast, and a session brings everybody half the way together",
                {"alignment.online": 0.5, "alignment.synthesis": 1.0, "groups.founding": 0.1},
            ),
            added=("session cost",),
        ),
        ClaimPart(
            "leave-more-than-before",
            "members are likelier to leave while the network is aligning than while it is connecting",
            "a member-year",
            0.01,
            (Arm(READY, measure=exits("aligning")), Arm(READY, measure=exits("connecting"))),
            exits("aligning"),
            more,
            ablation=Ablation(
                "meetings cost nobody any engagement", {"alignment.session_cost": 0.0, "groups.own_cost": 0.0}
            ),
            effort=10,
        ),
        ClaimPart(
            "leave-more-than-after",
            "and likelier than once it is aligned",
            "a member-year",
            0.01,
            (Arm(READY, measure=exits("aligning")), Arm(READY, measure=exits("producing"))),
            exits("aligning"),
            more,
            added=("session cost",),
        ),
    ),
)

STAR = {"network.kind": "star", "network.hubs": 1, "network.degree": 2.5}
PRODUCING = Claim(
    16,
    "Pilots and working groups lead into production; one hub becomes several with some interconnections.",
    "CAP",
    "a pilot is small, teaches whether it fails or not, and costs less when it fails; groups tie people who then give to "
    "each other",
    (
        ClaimPart(
            "pilots",
            "groups that start with a pilot produce more outputs in three years than groups that start with full projects",
            "outputs",
            1.0,
            (Arm(WEAVER), Arm(WEAVER, {"production.pilots": 0.0})),
            outcome("outputs"),
            more,
            ablation=Ablation(
                "failing teaches nothing and costs nothing",
                {"production.learning": 0.0, "production.failure_cost": 0.0},
            ),
            added=("failure cost",),
        ),
        ClaimPart(
            "hubs",
            "a network that starts around one hub has more hubs in the third year (effective number)",
            "hubs",
            2.0,
            (Arm(WEAVER, STAR, mapped("hubs", 104)), Arm(WEAVER, STAR, mapped("hubs", 0, 13))),
            mapped("hubs", 0),
            more,
        ),
        ClaimPart(
            "hubs-by-weaving",
            "it has more of them than without a coordinator",
            "hubs",
            2.0,
            (Arm(WEAVER, STAR), Arm(settings=STAR)),
            mapped("hubs", 104),
            more,
        ),
    ),
)

PRODUCE = CUSTOMIZED_SHARES["produce"]
FREED = PRODUCE["channels"]
CHANNELS_ON = weaver(**CUSTOMIZED_SHARES)
CHANNELS_IDLE = weaver(**{**CUSTOMIZED_SHARES, "produce": {k: v for k, v in PRODUCE.items() if k != "channels"}})
CHANNELS_ELSE = weaver(
    **{
        **CUSTOMIZED_SHARES,
        "produce": {
            **{k: v for k, v in PRODUCE.items() if k != "channels"},
            "close_triads": PRODUCE["close_triads"] + FREED,
        },
    }
)
FOUR_YEARS = {"weeks": 208}
CHANNELS = Claim(
    17,
    "Channels between groups and network are needed in production.",
    "CAP",
    "a group knows a part of what it needs; channels bring the rest, and so do ties to members of other groups",
    (
        ClaimPart(
            "needed",
            "without channels there are fewer outputs in four years than with them (hours left idle instead)",
            "outputs",
            1.0,
            (Arm(CHANNELS_ON), Arm(CHANNELS_IDLE)),
            outcome("outputs"),
            more,
            world=FOUR_YEARS,
            effort=2,
        ),
        ClaimPart(
            "worth-the-hours",
            "and fewer than if the hours go into closing triads instead",
            "outputs",
            1.0,
            (Arm(CHANNELS_ON), Arm(CHANNELS_ELSE)),
            outcome("outputs"),
            more,
            world=FOUR_YEARS,
        ),
        ClaimPart(
            "needed-if-groups-know-little",
            "without channels there are fewer outputs where neither groups by themselves nor their ties know much",
            "outputs",
            1.0,
            (Arm(CHANNELS_ON), Arm(CHANNELS_IDLE)),
            outcome("outputs"),
            more,
            world={**FOUR_YEARS, "production.alone": 0.1, "production.per_link": 0.02},
            ablation=Ablation("channels bring groups no knowledge", {"production.by_channel": 0.0}),
        ),
    ),
)

PROMPTING = {"channels": 0.25, "facilitation": 0.40, "close_triads": 0.05, "engage_unconnected": 0.05}
"""Production with four hours a week of facilitation, which prompt the founding of groups in full without group support too."""
SUPPORTED = weaver(**{**CUSTOMIZED_SHARES, "produce": {**PROMPTING, "group_support": 0.25}})
SUPPORT_IDLE = weaver(**{**CUSTOMIZED_SHARES, "produce": PROMPTING})
BREAKING = Claim(
    18,
    "Keeping the network's value to members up prevents groups from breaking away.",
    "CAP",
    "a group leaves when its members have long received more from each other than from the rest; support brings what "
    "the rest has to drifting groups",
    (
        ClaimPart(
            "support",
            "with group support fewer groups break away in four years than if these hours are idle (groups are prompted "
            "alike in both)",
            "groups",
            0.05,
            (Arm(SUPPORT_IDLE), Arm(SUPPORTED)),
            outcome("break_aways"),
            more,
            world=FOUR_YEARS,
            ablation=Ablation(
                "what people get from the network builds no identity with it",
                {"identity.network": 0.0, "identity.direct": 0.0, "identity.output": 0.0},
            ),
        ),
        ClaimPart(
            "value",
            "if gifts are passed on, so that members receive more from the network, fewer groups break away than if none "
            "are",
            "groups",
            0.05,
            (Arm(WEAVER, {"spreading.chance": 0.0}), Arm(WEAVER)),
            outcome("break_aways"),
            more,
            world=FOUR_YEARS,
            ablation=Ablation("identity does not hold groups", {"breakaway.identity": 0.0, "breakaway.surplus": 0.4}),
        ),
    ),
)

STAY = weaver(policy="never")
CONNECTIVITY = Claim(
    19,
    "Not every network needs to go past connecting: it can stay a healthy connectivity network.",
    "CAP",
    "gifts and belonging pay members for staying; nothing in the rules asks for groups",
    (
        ClaimPart(
            "alive",
            "a network that is woven, forms no groups and never aligns is alive after six years in nine futures of ten",
            "share of futures",
            0.9,
            (Arm(STAY),),
            outcome("alive"),
            itself,
            world={**SIX_YEARS, "groups.founding": 0.0},
            ablation=Ablation("exchange is worth nothing to anybody", {"engagement.exchange": 0.0}),
        ),
        ClaimPart(
            "value",
            "members get no less from each other in the sixth year than in the second",
            "value a member-week",
            -0.1,
            (
                Arm(STAY, measure=mean_of("value_per_member", 260, 312)),
                Arm(STAY, measure=mean_of("value_per_member", 52, 104)),
            ),
            mean_of("value_per_member"),
            more,
            world={**SIX_YEARS, "groups.founding": 0.0},
        ),
        ClaimPart(
            "no-more-leave",
            "no more of them leave (a member-year, third to sixth year) than in a network that goes on to produce",
            "a member-year",
            -0.02,
            (Arm(WEAVER), Arm(STAY, {"groups.founding": 0.0})),
            per_member_year("dropped_out", 104, 312),
            more,
            world=SIX_YEARS,
        ),
        ClaimPart(
            "without-coordinator",
            "it is still alive in nine futures of ten if the coordinator leaves after two years",
            "share of futures",
            0.9,
            (Arm(leaving(STAY, 104)),),
            outcome("alive"),
            itself,
            world={**SIX_YEARS, "groups.founding": 0.0},
        ),
    ),
)

ORGANISATION = {"network.kind": "organisation", "network.members": 40}
SHIFT_WEEK = 182
"""Half-way between two of the organisation's yearly looks at the problem."""
SHIFTS = [{"week": SHIFT_WEEK, "problem_shift": 0.3}]
SHIFTED = weaver(changes=SHIFTS)
FIRM_SHIFTED = {"coordinators": [], "changes": SHIFTS}
WORTH = sum_of("output_value", SHIFT_WEEK, SHIFT_WEEK + 104)


def recovers(network_hit: Values, network_spared: Values, firm_hit: Values, firm_spared: Values) -> Values:
    """Effect: by how much a smaller share of its worth a network loses to a shift of the problem than an organisation."""
    return lost_share(firm_hit, firm_spared) - lost_share(network_hit, network_spared)


COMPARED = Claim(
    20,
    "A network is less stable and more nimbly adaptive than an organisation: after a problem shift it recovers sooner, "
    "without one it produces less steadily.",
    "GN",
    "members of a network notice a shift themselves and talk; an organisation's agenda follows once a year; its positions "
    "are refilled, while volunteers come and go",
    (
        ClaimPart(
            "recovers",
            "a shift of the problem after three and a half years costs a woven network a smaller share of the worth of its "
            "next two years' outputs than an organisation",
            "share of worth",
            0.05,
            (
                Arm(SHIFTED),
                Arm(WEAVER),
                Arm(FIRM_SHIFTED, ORGANISATION),
                Arm(settings=ORGANISATION),
            ),
            WORTH,
            recovers,
            world={"weeks": SHIFT_WEEK + 104},
            ablation=Ablation("the organisation looks at the problem every week", {"organisation.planning": 1.0}),
        ),
        ClaimPart(
            "less-steady",
            "without a shift a network's outputs vary more from quarter to quarter, for their number (variance over mean, "
            "third to fifth year; 1 if they came at random)",
            "variance over mean",
            0.1,
            (Arm(WEAVER), Arm(settings=ORGANISATION)),
            dispersion("outputs", 104),
            more,
            world={"weeks": 260},
        ),
        ClaimPart(
            "less-stable",
            "a network's number of members changes more (variance over mean of quarterly sums of the weekly number, third to "
            "fifth year)",
            "variance over mean",
            0.1,
            (Arm(WEAVER), Arm(settings=ORGANISATION)),
            dispersion("members", 104),
            more,
            world={"weeks": 260},
            given="the organisation replaces leavers at once, so its number of members never changes",
        ),
        # The margin is the one that shares have in all claims: a twentieth of the usual level.
        ClaimPart(
            "exchange",
            "what members of a network receive from each other varies more from quarter to quarter (value a member-week: "
            "standard deviation over mean of quarters, third to fifth year)",
            "share of the mean",
            0.05,
            (Arm(WEAVER), Arm(settings=ORGANISATION)),
            variation("value_received", 104),
            more,
            world={"weeks": 260},
            ablation=Ablation(
                "nobody joins or leaves either",
                {"leaving.hazard": 0.0, "arrival.base": 0.0, "arrival.referral": 0.0, "breakaway.hazard": 0.0},
            ),
        ),
    ),
)
CLAIMS = (ALIGNING, PRODUCING, CHANNELS, BREAKING, CONNECTIVITY, COMPARED)
