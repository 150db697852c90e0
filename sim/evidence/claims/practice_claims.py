"""Claims 21 to 23 (CAP), on what members do together: practices, decisions, help with an activity."""

from __future__ import annotations

from sim.evidence.claims.claim import Ablation, Arm, Claim, ClaimPart, Contrast, less, loses_more, relative
from sim.evidence.claims.future_measures import (
    mean_of,
    newcomers_stay,
    newcomers_ties,
    outcome,
    per_starter,
    sum_of,
    weeks_until,
)
from sim.evidence.claims.strategies import WEAVER, only, weaver

FACILITATED = only("facilitation")
SEPARATE = {"network.within": 1.0, "meeting.sector": 1.0}
"""The same people and as many ties, but nobody knows or meets anybody of another sector."""
UNSEEN = Ablation("pilots and projects do not show which practices work", {"practices.noise": 20.0})
WORTH = "standard deviations"
PRACTICES = Claim(
    21,
    "A network finds and spreads the practices that work sooner than separate groups do.",
    "CAP",
    "groups see, with some error, how well their members' practices work; members tell those who trust them, and adopt "
    "what seems better than what they have",
    (
        ClaimPart(
            "better",
            "the practices that members hold in the third year are worth more in a network than among the same people in "
            "four separate communities",
            Contrast(WORTH, 0.1, mean_of("practice_worth", 104, 156)),
            (Arm(FACILITATED), Arm(FACILITATED, SEPARATE)),
            ablation=UNSEEN,
        ),
        ClaimPart(
            "sooner",
            "it takes less long until they are worth half a standard deviation on average",
            Contrast("weeks", 4.0, weeks_until("practice_worth", 0.5), less),
            (Arm(FACILITATED), Arm(FACILITATED, SEPARATE)),
            ablation=UNSEEN,
        ),
        ClaimPart(
            "told",
            "they are worth more in the third year than where members do not tell their contacts of practices",
            Contrast(WORTH, 0.1, mean_of("practice_worth", 104, 156)),
            (Arm(FACILITATED), Arm(FACILITATED, {"alignment.talk": 0.0})),
            ablation=UNSEEN,
        ),
    ),
)

AGENDA = weaver(sets_agenda=True)
SHIFT = {"changes": [{"week": 104, "problem_shift": 0.3}]}
DECISIONS = Claim(
    22,
    "Members who decide themselves what groups work on keep a network productive and adaptive; a coordinator who sets the "
    "agenda does not.",
    "CAP",
    "members propose and choose what is near to their own viewpoints, so they agree sooner; each notices where the problem "
    "lies, while a coordinator's agenda follows once a year",
    (
        ClaimPart(
            "outputs",
            "groups produce more outputs in three years where members decide",
            Contrast("outputs", 1.0, outcome("outputs")),
            (Arm(WEAVER), Arm(AGENDA)),
            ablation=Ablation("groups need no agreement to start work", {"groups.agreement": 0.0}),
        ),
        ClaimPart(
            "worth",
            "their outputs are worth more in sum (as a share)",
            Contrast("share of worth", 0.05, outcome("output_value"), relative),
            (Arm(WEAVER), Arm(AGENDA)),
        ),
        ClaimPart(
            "stay",
            "more members are in working groups at the end",
            Contrast("share of members", 0.02, outcome("in_groups")),
            (Arm(WEAVER), Arm(AGENDA)),
        ),
        ClaimPart(
            "adapts",
            "a shift of the problem after two years costs a smaller share of the worth of the next year's outputs",
            Contrast("share of worth", 0.05, sum_of("output_value", 104, 156), loses_more),
            (Arm({**AGENDA, **SHIFT}), Arm(AGENDA), Arm({**WEAVER, **SHIFT}), Arm(WEAVER)),
        ),
        ClaimPart(
            "influence",
            "influence is spread over more people (effective number of deciders per starting member)",
            Contrast("share of members", 0.1, per_starter("deciders")),
            (Arm(WEAVER), Arm(AGENDA)),
            given="a coordinator who sets the agenda makes all decisions, so there is one decider",
        ),
    ),
)

JOINING = [{"week": 40, "newcomers": 10}, {"week": 80, "newcomers": 10}]
ENGAGING = weaver(policy="never", connect={"engage_unconnected": 0.6, "facilitation": 0.4}, changes=JOINING)
FACILITATING = weaver(policy="never", connect={"facilitation": 0.4}, changes=JOINING)
TASKS, TALKS = ({"customized.help_share": share} for share in (1.0, 0.0))
NO_GROUPS = Ablation("there are no groups to help", {"groups.founding": 0.0})
HELP = Claim(
    23,
    "Help with a running activity integrates newcomers.",
    "CAP",
    "a newcomer who is introduced to a member of a working group and gets a task there meets the whole group, and goes on "
    "meeting it",
    (
        ClaimPart(
            "ties",
            "newcomers who are given a task wherever there is one have more ties at the end than those who are brought into "
            "a conversation (20 newcomers to 40 members)",
            Contrast("ties a newcomer", 0.2, newcomers_ties),
            (Arm(ENGAGING, TASKS), Arm(ENGAGING, TALKS)),
            ablation=NO_GROUPS,
        ),
        ClaimPart(
            "stay",
            "more of them are still there",
            Contrast("share of newcomers", 0.02, newcomers_stay),
            (Arm(ENGAGING, TASKS), Arm(ENGAGING, TALKS)),
            ablation=NO_GROUPS,
        ),
        ClaimPart(
            "over-nothing",
            "they have more ties than newcomers to whom nobody attends (hours left idle)",
            Contrast("ties a newcomer", 0.2, newcomers_ties),
            (Arm(ENGAGING, TASKS), Arm(FACILITATING)),
            ablation=Ablation("two people who are introduced never get together", {"choice.success": 0.0}),
        ),
        ClaimPart(
            "outputs",
            "the network produces more outputs than with conversations",
            Contrast("outputs", 1.0, outcome("outputs")),
            (Arm(ENGAGING, TASKS), Arm(ENGAGING, TALKS)),
        ),
    ),
)
CLAIMS = (PRACTICES, DECISIONS, HELP)
