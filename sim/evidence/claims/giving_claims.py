"""Claims 1 to 5, of the theory of generative networks (GN): gifts, reciprocity, identity, structure, robustness."""

from __future__ import annotations

from sim.evidence.claims.claim import Ablation, Arm, Boundary, Claim, ClaimPart, Contrast, Values, loses_more, relative
from sim.evidence.claims.future_measures import distinct_receivers, mean_of, outcome, per_member_year, reached, sum_of
from sim.evidence.claims.strategies import WEAVER, weaver

NO_RECIPROCITY = {"giving.expectation": 0.0, "reciprocity.answer": 0.0, "choice.reputation": 0.0}
NO_FEEDBACK = {**NO_RECIPROCITY, "giving.identity": 0.0, "engagement.exchange": 0.0}
NO_IDENTITY = {
    "identity.network": 0.0,
    "identity.news": 0.0,
    "identity.output": 0.0,
    "members.identity": 0.0,
}
START = {"network.degree": 3.0}
STILL = {
    "weeks": 26,
    "trust.decay": 0.0,
    "meeting.rate": 0.0,
    "reciprocity.answer": 0.0,
    "choice.beyond": 0.0,
    "choice.connections": 0.0,
    "leaving.hazard": 0.0,
    "arrival.base": 0.0,
    "arrival.referral": 0.0,
    "groups.founding": 0.0,
}
"""Half a year in which nobody comes, goes or meets, no tie fades, and gifts call for no answers: only structure differs."""


def instead_of(a: Values) -> Values:
    """Return, for each future, 1 if it did not happen and 0 if it did."""
    return 1.0 - a


TAKE_OFF = Claim(
    1,
    "Networks don't become generative by themselves: from the same start some take off and others fade, with a tipping "
    "region.",
    "GN",
    "giving depends on what giving brought (expectation, identity, engagement), so a good start feeds itself and a bad one "
    "too",
    (
        ClaimPart(
            "tipping",
            "what people expect of each other at the start decides whether a network without a coordinator lives on (share "
            "alive after three years, expectation .8 against .2)",
            Contrast("share of futures", 0.1, outcome("alive")),
            (Arm(settings={**START, "members.expectation": 0.8}), Arm(settings={**START, "members.expectation": 0.2})),
            ablation=Ablation("no feedback from what giving brings to giving and engagement", NO_FEEDBACK),
        ),
        ClaimPart(
            "tipping-ties",
            "so does how well they know each other (five ties each against one)",
            Contrast("share of futures", 0.1, outcome("alive")),
            (Arm(settings={"network.degree": 5.0}), Arm(settings={"network.degree": 1.0})),
            ablation=Ablation("no feedback from what giving brings to giving and engagement", NO_FEEDBACK),
            effort=3,
        ),
        ClaimPart(
            "fade",
            "from the same start (three ties each) at least one network in ten fades",
            Contrast("share of futures", 0.1, outcome("alive"), instead_of),
            (Arm(settings=START),),
        ),
        ClaimPart(
            "live",
            "from the same start at least one in ten takes off",
            Contrast("share of futures", 0.1, outcome("alive")),
            (Arm(settings=START),),
        ),
        ClaimPart(
            "seldom",
            "without a coordinator most do not become generative within three years",
            Contrast("share of futures", 0.5, reached("generative"), instead_of),
            (Arm(settings=START),),
        ),
    ),
)


WORTHLESS = {**START, "giving.value": 0.01}
CALM = {**START, "giving.base": 0.0}
PUSH = [{"week": 0, "set": {"giving.base": 1.5}}, {"week": 13, "set": {"giving.base": 0.0}}]
"""A quarter in which people are readier to give, for whatever reason."""
RECIPROCITY = Claim(
    2,
    "Generosity met by reciprocity is a positive feedback loop; unrewarded, it dies.",
    "GN",
    "a gift calls for an answer soon after; expectation follows the reward experienced, and giving follows expectation; "
    "engagement follows benefit too",
    (
        ClaimPart(
            "loop",
            "where gifts are answered and giving follows its reward, a network gives more than where it does neither (gifts "
            "over three years, as a share)",
            Contrast("share of gifts", 0.1, outcome("gifts"), relative),
            (Arm(settings=START), Arm(settings={**START, **NO_RECIPROCITY})),
            ablation=Ablation(
                "reciprocity is off on both sides, and people give more readily", {**NO_RECIPROCITY, "giving.base": 2.0}
            ),
        ),
        ClaimPart(
            "begets",
            "a quarter of more giving makes people give more also in the nine months after it (gifts a member-year)",
            Contrast("gifts a member-year", 1.0, per_member_year("gifts", 13, 52)),
            (Arm({"coordinators": [], "changes": PUSH}, CALM), Arm(settings=CALM)),
            ablation=Ablation(
                "expectation and engagement do not follow what comes back",
                {"members.memory": 0.0, "engagement.rate": 0.0},
            ),
        ),
        ClaimPart(
            "dies",
            "where gifts are worth nothing to those who get them, giving falls (gifts a member-year in the first month "
            "against months ten to twelve)",
            Contrast("gifts a member-year", 10.0, per_member_year("gifts", 0, 4)),
            (Arm(settings=WORTHLESS), Arm(settings=WORTHLESS, measure=per_member_year("gifts", 40, 52))),
            ablation=Ablation(
                "expectation and engagement do not follow what comes back",
                {"members.memory": 0.0, "engagement.rate": 0.0, "identity.fade": 0.0},
            ),
        ),
    ),
)

IDENTITY = Claim(
    3,
    "Exchange builds identity with the whole network, beyond one's exchange partners; with identity off, giving stays "
    "narrower (at like volume).",
    "GN",
    "value from people one never gave to builds identity; identity makes people give to anyone alike, and beyond their ties",
    (
        ClaimPart(
            "broader",
            "with identity, the next twenty gifts of a giver reach more different people than without (second year)",
            Contrast("people", 0.5, distinct_receivers(20, 52, 104)),
            (Arm(WEAVER), Arm(WEAVER, NO_IDENTITY)),
            ablation=Ablation(
                "identity changes neither how much people give, nor to whom, nor how engaged they are",
                {
                    "choice.beyond": 0.0,
                    "giving.identity": 0.0,
                    "engagement.belonging": 0.0,
                    "spreading.floor": 1.0,
                },
            ),
            added=("beyond ties",),
            ledger=True,
        ),
        ClaimPart(
            "built",
            "gifts that are passed on by people one never gave to build identity (mean identity in the third year, with "
            "spreading against without)",
            Contrast("identity", 0.05, mean_of("mean_identity", 104, 156)),
            (Arm(WEAVER), Arm(WEAVER, {"spreading.fan": 0.0})),
            ablation=Ablation("exchange builds no identity", {"identity.network": 0.0}),
        ),
    ),
)


def structure(members: int, key: str, says: str, measure: str, activity: float = 2.0) -> ClaimPart:
    """A spread-out network against a star of two hubs: the same members, gifts to give and number of ties."""
    world = {**STILL, "network.members": members, "network.degree": 4.0, "members.activity": activity}
    return ClaimPart(
        key,
        says,
        Contrast("share", 0.05, outcome("magnification") if measure == "magnification" else mean_of(measure), relative),
        (
            Arm(settings={**world, "network.kind": "random"}),
            Arm(settings={**world, "network.kind": "star", "network.hubs": 2}),
        ),
        ablation=Ablation("attention is unlimited", {"members.attention": 1000.0}),
    )


DECENTRALISED = Claim(
    4,
    "A decentralised structure magnifies gifts: same members and gifts, same number of ties, star against spread-out: from "
    "which size and activity on?",
    "GN",
    "hubs take in only so many gifts a week, so what goes through them is lost once there are many givers",
    (
        structure(
            120,
            "value-120",
            "120 members get more value spread out than around two hubs (as a share)",
            "value_per_member",
        ),
        structure(30, "value-30-busy", "so do 30 members who give twice as often", "value_per_member", 4.0),
        structure(120, "each-gift", "each gift of 120 members goes further spread out", "magnification"),
    ),
    Boundary(
        "{} members",
        (15.0, 30.0, 60.0, 120.0),
        lambda members: structure(
            int(members),
            "value-by-size",
            "members get more value spread out than around two hubs (as a share)",
            "value_per_member",
        ),
    ),
)


def shocked(shock: dict[str, object], measured: str, weeks: tuple[int, int], after: int) -> tuple[Arm, ...]:
    """A network hit early, spared early, hit late, spared late: what it has in the time after the shock."""
    early, late = (sum_of(measured, week, week + after) for week in weeks)
    hit = [weaver(changes=[{"week": week, **shock}]) for week in weeks]
    return Arm(hit[0], measure=early), Arm(WEAVER, measure=early), Arm(hit[1], measure=late), Arm(WEAVER, measure=late)


ROBUST = Claim(
    5,
    "Networks grow more robust and adaptive, and their yearly impact rises, over the years: losing 10% of members hurts "
    "less later than early.",
    "GN",
    "ties, groups and identity build up; what one leaver held others hold too",
    (
        ClaimPart(
            "robust",
            "losing one member in ten after three years costs a smaller share of the next half-year's value than after "
            "half a year",
            Contrast("share of value", 0.05, sum_of("value_received"), loses_more),
            shocked({"lose_members": 0.1}, "value_received", (26, 156), 26),
            world={"weeks": 182},
        ),
        ClaimPart(
            "adaptive",
            "a shift of the problem after four years costs a smaller share of the next year's worth of outputs than after "
            "two",
            Contrast("share of worth", 0.05, sum_of("output_value"), loses_more),
            shocked({"problem_shift": 0.3}, "output_value", (104, 208), 52),
            world={"weeks": 260},
            effort=2,
        ),
        ClaimPart(
            "impact",
            "the third year brings more outputs than the second",
            Contrast("outputs", 1.0, sum_of("outputs", 104, 156)),
            (Arm(WEAVER), Arm(WEAVER, measure=sum_of("outputs", 52, 104))),
            ablation=Ablation("groups do not learn from pilots and projects", {"production.learning": 0.0}),
        ),
    ),
)
CLAIMS = (TAKE_OFF, RECIPROCITY, IDENTITY, DECENTRALISED, ROBUST)
