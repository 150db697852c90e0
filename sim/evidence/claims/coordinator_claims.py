"""Claims 10, 11, 13, 14 and 15, on what coordinators do (CAP): hub or weaver, moving on, meeting in person or online."""

from __future__ import annotations

from sim.evidence.claims.claim import (
    Ablation,
    Arm,
    Boundary,
    Claim,
    ClaimPart,
    Contrast,
    less,
    loses_more,
    relative,
)
from sim.evidence.claims.future_measures import mean_of, outcome, reached, sum_of, weeks_to
from sim.evidence.claims.strategies import HOUR_COST, HOURS, WEAVER, leaving, weaver

HUB = weaver(hub_share=0.9)
LEAVES = 104
FOUR_YEARS = {"weeks": 208}
NO_ANSWERS = Ablation(
    "gifts call for no answers (people give more readily instead), and relaying takes nothing of the coordinator",
    {
        "reciprocity.answer": 0.0,
        "giving.base": 1.5,
        "choice.relay_hours": 0.0,
    },
)


HUBS = Claim(
    10,
    "A coordinator who is the source of all activity speeds up the start, and delays or prevents production; the network "
    "falls with it when it leaves.",
    "CAP",
    "a relayed gift is matched well, but it ties people to the coordinator and not to each other: it calls for no answer and "
    "builds no trust between them; it also takes of the coordinator's limited hours",
    (
        ClaimPart(
            "production-later",
            "under a hub production is reached later than under a weaver (three years)",
            Contrast("weeks", 4.0, weeks_to("producing"), less),
            (Arm(WEAVER), Arm(HUB)),
            ablation=NO_ANSWERS,
            added=("initiative", "relay hours"),
            options=("crowding out",),
        ),
        ClaimPart(
            "faster-start",
            "under a hub members receive more in the first quarter (value, as a share)",
            Contrast("share of value", 0.05, sum_of("value_received", 0, 13), relative),
            (Arm(HUB), Arm(WEAVER)),
            options=("crowding out",),
        ),
        ClaimPart(
            "connected-sooner",
            "under a hub the network is connected sooner",
            Contrast("weeks", 2.0, weeks_to("connected"), less),
            (Arm(WEAVER), Arm(HUB)),
        ),
        ClaimPart(
            "falls",
            "that the coordinator leaves after two years, instead of staying, costs a greater share of the fourth year's "
            "value where it was a hub",
            Contrast("share of value", 0.05, sum_of("value_received", LEAVES + 52, LEAVES + 104), loses_more),
            (Arm(leaving(HUB, LEAVES)), Arm(HUB), Arm(leaving(WEAVER, LEAVES)), Arm(WEAVER)),
            world=FOUR_YEARS,
            ablation=NO_ANSWERS,
            added=("initiative",),
            options=("crowding out",),
        ),
    ),
)


SOON, IN_TIME = 4, 40
TOO_EARLY, TIMELY = (weaver(align_week=week, produce_week=week + 50) for week in (SOON, IN_TIME))
EARLY = Claim(
    11,
    "Moving on from connecting too early costs trust and density, and alignment takes longer or fails.",
    "CAP",
    "groups form among those who trust each other; hours that go into sessions no longer go into ties, and few groups can "
    "be facilitated while few people know each other",
    (
        ClaimPart(
            "takes-longer",
            "a coordinator who moves on after 4 weeks waits longer for alignment, counted from the move, than one who moves "
            "on after 40",
            Contrast("weeks", 4.0, weeks_to("aligned", since=SOON)),
            (Arm(TOO_EARLY), Arm(TIMELY, measure=weeks_to("aligned", since=IN_TIME))),
        ),
        ClaimPart(
            "density",
            "members then have fewer ties (second year)",
            Contrast("ties a member", 0.25, mean_of("mean_degree", 52, 104)),
            (Arm(TIMELY), Arm(TOO_EARLY)),
            ablation=Ablation(
                "hours make no ties: introductions and events are out of reach",
                {
                    "customized.introduction_hours": 100.0,
                    "customized.unconnected_hours": 100.0,
                    "mass.icebreaker_hours": 1000.0,
                },
            ),
        ),
        ClaimPart(
            "trust",
            "members then trust others less, summed over ties (second year)",
            Contrast("trust a member", 0.05, mean_of("strength", 52, 104)),
            (Arm(TIMELY), Arm(TOO_EARLY)),
        ),
        ClaimPart(
            "outputs",
            "there are fewer outputs in four years",
            Contrast("outputs", 2.0, outcome("outputs")),
            (Arm(TIMELY), Arm(TOO_EARLY)),
            world=FOUR_YEARS,
        ),
        ClaimPart(
            "later",
            "alignment also comes later in calendar time",
            Contrast("weeks", 2.0, weeks_to("aligned")),
            (Arm(TOO_EARLY), Arm(TIMELY)),
        ),
    ),
)

SESSIONS_MONEY = 18_000.0
MORE_HOURS = HOURS + SESSIONS_MONEY / 52 / HOUR_COST
IN_PERSON, CONVENING = (
    weaver(money=SESSIONS_MONEY, in_person=0.8),
    weaver(money=SESSIONS_MONEY, convenings=1.0, convening_first=20),
)
PRESENCE_OFF = Ablation(
    "a session online does as much as one in person",
    {"meeting.online": 1.0},
)


def in_person_at(online: float) -> ClaimPart:
    """Sessions in person against sessions online with the same hours, by how much one online does of one in person."""
    return ClaimPart(
        "by-effect-online",
        "sessions in person reach alignment sooner than sessions online with the same hours",
        Contrast("weeks", 2.0, weeks_to("aligned")),
        (Arm(WEAVER), Arm(IN_PERSON)),
        world={"meeting.online": online},
    )


MEETING = Claim(
    13,
    "Meeting in person speeds up alignment, at a cost: per dollar, when?",
    "CAP",
    "a session in person moves viewpoints twice as far and builds more trust; it costs travel and hours",
    (
        ClaimPart(
            "per-dollar",
            "sessions in person (up to $18,000 a year) reach alignment sooner than the same money spent on more hours",
            Contrast("weeks", 2.0, weeks_to("aligned")),
            (Arm(weaver(hours=MORE_HOURS)), Arm(IN_PERSON)),
            ablation=Ablation("meetings in person take no hours to prepare", {"convening.head_hours": 0.0}),
        ),
        ClaimPart(
            "sooner",
            "sessions in person reach alignment sooner than sessions online with the same hours",
            Contrast("weeks", 2.0, weeks_to("aligned")),
            (Arm(WEAVER), Arm(IN_PERSON)),
            ablation=PRESENCE_OFF,
        ),
        ClaimPart(
            "convening",
            "a convening a year for the same money reaches alignment sooner than more hours",
            Contrast("weeks", 2.0, weeks_to("aligned")),
            (Arm(weaver(hours=MORE_HOURS)), Arm(CONVENING)),
        ),
        ClaimPart(
            "dear",
            "sessions in person still pay, per dollar, at three times the price of travel",
            Contrast("weeks", 2.0, weeks_to("aligned")),
            (Arm(weaver(hours=MORE_HOURS)), Arm(IN_PERSON)),
            world={"support.session_head_cost": 450.0},
        ),
    ),
    Boundary("{} of the effect of one in person for a session online", (0.05, 0.2, 0.5, 1.0), in_person_at),
)

WEAK_SESSIONS = {"alignment.session": 0.03, "meeting.online": 0.3, "alignment.noise": 0.01}


def online_at(agreement: float) -> ClaimPart:
    """Sessions online only, by how far groups have to agree before they start a pilot."""
    return ClaimPart(
        "by-agreement",
        "with online sessions only, at least nine networks in ten are aligned after three years",
        Contrast("share of futures", 0.9, reached("aligned")),
        (Arm(WEAVER),),
        world={"groups.agreement": agreement},
    )


ONLINE = Claim(
    14,
    "Can a network align online only? (CAP asks it openly: How much longer does it take, and in which share of runs?)",
    "CAP",
    "online sessions move viewpoints a little each time; own thoughts and newcomers pull them apart again",
    (
        ClaimPart(
            "can",
            "with online sessions only, at least nine networks in ten are aligned after three years",
            Contrast("share of futures", 0.9, reached("aligned")),
            (Arm(WEAVER),),
            ablation=Ablation(
                "neither sessions nor talks move anybody", {"alignment.session": 0.0, "alignment.dyad": 0.0}
            ),
        ),
        ClaimPart(
            "can-weak",
            "so they are if an online session moves people only as far as the weakest plausible effect, and thoughts "
            "drift apart as fast as is plausible",
            Contrast("share of futures", 0.9, reached("aligned")),
            (Arm(WEAVER),),
            world=WEAK_SESSIONS,
        ),
        ClaimPart(
            "can-strict",
            "so they are if groups also have to agree as far as is plausible before they start a pilot",
            Contrast("share of futures", 0.9, reached("aligned")),
            (Arm(WEAVER),),
            world={**WEAK_SESSIONS, "groups.agreement": 0.85},
        ),
        ClaimPart(
            "can-alone",
            "so they are without a coordinator who facilitates sessions",
            Contrast("share of futures", 0.9, reached("aligned")),
            (Arm(),),
        ),
        ClaimPart(
            "longer",
            "it takes longer than with sessions in person",
            Contrast("weeks", 2.0, weeks_to("aligned")),
            (Arm(WEAVER), Arm(IN_PERSON)),
            ablation=PRESENCE_OFF,
        ),
    ),
    Boundary("an agreement of {} asked for", (0.55, 0.65, 0.75, 0.85), online_at),
)

RECRUITS = [{"week": 40, "newcomers": 10}]
ONE = weaver(money=18_000.0, convenings=0.25, convening_first=10, changes=RECRUITS)
TWO = weaver(money=18_000.0, convenings=1.0, convening_first=10, convening_core=True, changes=RECRUITS)
LATE_ONE = weaver(money=18_000.0, convenings=0.25, convening_first=62, changes=RECRUITS)
CORE = Claim(
    15,
    "Adding newcomers, then convening the core again, beats one convening.",
    "CAP",
    "at a convening of those who came before and those who joined since, newcomers meet the core face to face",
    (
        ClaimPart(
            "outputs",
            "after ten people joined, convening the core and them once a year produces more outputs than one convening at "
            "the start (three years)",
            Contrast("outputs", 1.0, outcome("outputs")),
            (Arm(TWO), Arm(ONE)),
        ),
        ClaimPart(
            "newcomers",
            "members then have more trust in others, summed over ties (second year)",
            Contrast("trust a member", 0.05, mean_of("strength", 62, 104)),
            (Arm(TWO), Arm(ONE)),
            ablation=Ablation(
                "nobody has a real conversation at a convening",
                {"meeting.circle": 0.0},
            ),
        ),
        ClaimPart(
            "well-timed",
            "it produces more outputs than a single convening after they joined",
            Contrast("outputs", 1.0, outcome("outputs")),
            (Arm(TWO), Arm(LATE_ONE)),
        ),
    ),
)
CLAIMS = (HUBS, EARLY, MEETING, ONLINE, CORE)
