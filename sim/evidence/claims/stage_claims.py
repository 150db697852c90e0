"""Claims 12 and 16 to 20, on stages (CAP) and on networks against organisations (GN)."""

from __future__ import annotations

from sim.evidence.claims.claim import Ablation, Arm, Claim, ClaimPart, Contrast, loses_more
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
from sim.evidence.claims.strategies import CUSTOMIZED_SHARES, WEAVER, customized, leaving, weaver

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
            Contrast("weeks", 2.0, gap("aligned", "connected")),
            (Arm(READY), Arm(READY, measure=outcome("connected_week"))),
            ablation=Ablation(
                "groups form fast, and a session brings everybody half the way together",
                {"alignment.session": 1.0, "meeting.online": 0.5, "alignment.synthesis": 1.0, "groups.founding": 0.1},
            ),
            added=("session cost",),
        ),
        ClaimPart(
            "leave-more-than-before",
            "members are likelier to leave while the network is aligning than while it is connecting",
            Contrast("a member-year", 0.01, exits("aligning")),
            (Arm(READY), Arm(READY, measure=exits("connecting"))),
            ablation=Ablation("meetings cost nobody any engagement", {"alignment.session_cost": 0.0}),
            effort=10,
        ),
        ClaimPart(
            "leave-more-than-after",
            "and likelier than once it is aligned",
            Contrast("a member-year", 0.01, exits("aligning")),
            (Arm(READY), Arm(READY, measure=exits("producing"))),
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
            Contrast("outputs", 1.0, outcome("outputs")),
            (Arm(WEAVER), Arm(WEAVER, {"production.pilots": 0.0})),
            ablation=Ablation(
                "failing teaches nothing and costs nothing",
                {"production.learning": 0.0, "production.failure_cost": 0.0},
            ),
            added=("failure cost",),
        ),
        ClaimPart(
            "hubs",
            "a network that starts around one hub has more communities with a hub in the third year",
            Contrast("hubs", 0.5, mapped("hubs", 104)),
            (Arm(WEAVER, STAR), Arm(WEAVER, STAR, mapped("hubs", 0, 13))),
        ),
        ClaimPart(
            "hubs-by-weaving",
            "it has more of them than without a coordinator",
            Contrast("hubs", 0.5, mapped("hubs", 104)),
            (Arm(WEAVER, STAR), Arm(settings=STAR)),
        ),
    ),
)

PRODUCE = CUSTOMIZED_SHARES["produce"]
WITHOUT_CHANNELS = {lever: share for lever, share in PRODUCE.items() if lever != "channels"}
CHANNELS_ON = customized()
CHANNELS_IDLE = {**CHANNELS_ON, "produce": WITHOUT_CHANNELS}
FREED = WITHOUT_CHANNELS | {"close_triads": PRODUCE["close_triads"] + PRODUCE["channels"]}
CHANNELS_ELSE = {**CHANNELS_ON, "produce": FREED}
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
            Contrast("outputs", 1.0, outcome("outputs")),
            (Arm(CHANNELS_ON), Arm(CHANNELS_IDLE)),
            world=FOUR_YEARS,
            ablation=Ablation("groups know everything without channels", {"production.alone": 1.0}),
            effort=2,
        ),
        ClaimPart(
            "worth-the-hours",
            "and fewer than if the hours go into closing triads instead",
            Contrast("outputs", 1.0, outcome("outputs")),
            (Arm(CHANNELS_ON), Arm(CHANNELS_ELSE)),
            world=FOUR_YEARS,
        ),
        ClaimPart(
            "needed-if-groups-know-little",
            "without channels there are fewer outputs where neither groups by themselves nor their ties know much",
            Contrast("outputs", 1.0, outcome("outputs")),
            (Arm(CHANNELS_ON), Arm(CHANNELS_IDLE)),
            world={**FOUR_YEARS, "production.alone": 0.1, "production.per_link": 0.02},
            ablation=Ablation("groups know everything without channels", {"production.alone": 1.0}),
        ),
    ),
)

PROMPTING = {"channels": 0.25, "facilitation": 0.40, "close_triads": 0.05, "engage_unconnected": 0.05}
"""Production with four hours a week of facilitation, which prompt the founding of groups in full without group support too."""
SUPPORTED = {**CHANNELS_ON, "produce": {**PROMPTING, "group_support": 0.25}}
SUPPORT_IDLE = {**CHANNELS_ON, "produce": PROMPTING}
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
            Contrast("groups", 0.05, outcome("break_aways")),
            (Arm(SUPPORT_IDLE), Arm(SUPPORTED)),
            world=FOUR_YEARS,
            ablation=Ablation(
                "what people get from the network builds no identity with it",
                {"identity.network": 0.0, "identity.output": 0.0},
            ),
        ),
        ClaimPart(
            "value",
            "if gifts are passed on, so that members receive more from the network, fewer groups break away than if none "
            "are",
            Contrast("groups", 0.05, outcome("break_aways")),
            (Arm(WEAVER, {"spreading.fan": 0.0}), Arm(WEAVER)),
            world=FOUR_YEARS,
            ablation=Ablation(
                "what people get from the network builds no identity with it",
                {"identity.network": 0.0, "identity.output": 0.0},
            ),
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
            Contrast("share of futures", 0.9, outcome("alive")),
            (Arm(STAY),),
            world={**SIX_YEARS, "groups.founding": 0.0},
            ablation=Ablation("exchange is worth nothing to anybody", {"engagement.exchange": 0.0}),
        ),
        ClaimPart(
            "value",
            "members get no less from each other in the sixth year than in the second",
            Contrast("value a member-week", -0.1, mean_of("value_per_member", 260, 312)),
            (Arm(STAY), Arm(STAY, measure=mean_of("value_per_member", 52, 104))),
            world={**SIX_YEARS, "groups.founding": 0.0},
        ),
        ClaimPart(
            "no-more-leave",
            "no more of them leave (a member-year, third to sixth year) than in a network that goes on to produce",
            Contrast("a member-year", -0.02, per_member_year("dropped_out", 104, 312)),
            (Arm(WEAVER), Arm(STAY, {"groups.founding": 0.0})),
            world=SIX_YEARS,
        ),
        ClaimPart(
            "without-coordinator",
            "it is still alive in nine futures of ten if the coordinator leaves after two years",
            Contrast("share of futures", 0.9, outcome("alive")),
            (Arm(leaving(STAY, 104)),),
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
            Contrast("share of worth", 0.05, sum_of("output_value", SHIFT_WEEK, SHIFT_WEEK + 104), loses_more),
            (Arm(FIRM_SHIFTED, ORGANISATION), Arm(settings=ORGANISATION), Arm(SHIFTED), Arm(WEAVER)),
            world={"weeks": SHIFT_WEEK + 104},
            ablation=Ablation("the organisation looks at the problem every week", {"organisation.planning": 1.0}),
        ),
        ClaimPart(
            "less-steady",
            "without a shift a network's outputs vary more from quarter to quarter, for their number (variance over mean, "
            "third to fifth year; 1 if they came at random)",
            Contrast("variance over mean", 0.1, dispersion("outputs", 104)),
            (Arm(WEAVER), Arm(settings=ORGANISATION)),
            world={"weeks": 260},
        ),
        ClaimPart(
            "less-stable",
            "a network's number of members changes more (variance over mean of quarterly sums of the weekly number, third to "
            "fifth year)",
            Contrast("variance over mean", 0.1, dispersion("members", 104)),
            (Arm(WEAVER), Arm(settings=ORGANISATION)),
            world={"weeks": 260},
            given="the organisation replaces leavers at once, so its number of members never changes",
        ),
        # The margin is the one that shares have in all claims: a twentieth of the usual level.
        ClaimPart(
            "exchange",
            "what members of a network receive from each other varies more from quarter to quarter (value a member-week: "
            "standard deviation over mean of quarters, third to fifth year)",
            Contrast("share of the mean", 0.05, variation("value_received", 104)),
            (Arm(WEAVER), Arm(settings=ORGANISATION)),
            world={"weeks": 260},
            ablation=Ablation(
                "nobody joins or leaves either",
                {"leaving.hazard": 0.0, "arrival.base": 0.0, "arrival.referral": 0.0, "breakaway.hazard": 0.0},
            ),
        ),
    ),
)
CLAIMS = (ALIGNING, PRODUCING, CHANNELS, BREAKING, CONNECTIVITY, COMPARED)
