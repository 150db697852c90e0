"""The settings of the home page: bounds, steps, defaults, units, and what each is called.

A setting that is a field of a scenario takes its explanation from there; coordinators' activities come from the table of
levers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from sim.inputs.networks.kinds import Communities, Shared
from sim.inputs.scenario.parts import Change, CoordinatorSettings
from sim.model.levers import LEVERS
from sim.model.measures.stages import PARAMETERS as STAGE_PARAMETERS
from sim.model.outcomes import STAGES_REACHED
from sim.output.words import capital

Values = dict[str, Any]
"""Settings by name, as links and browsers give them: anything, until it is held in bounds."""


def described(model: type[BaseModel], field: str) -> str:
    """Return what a field of a scenario is, from its declaration."""
    return str(model.model_fields[field].description)


@dataclass(frozen=True)
class Dial:
    """A number to set.  `tip`: its explanation."""

    low: float
    high: float
    step: float
    default: float
    label: str
    unit: str = ""
    tip: str = ""

    def held(self, value: object) -> float:
        """Return the nearest number that this dial allows; its default for what is no number."""
        try:
            number = float(str(value))
        except ValueError:
            return self.default
        if number != number:
            return self.default
        steps = round((min(max(number, self.low), self.high) - self.low) / self.step)
        return round(min(self.low + steps * self.step, self.high), 6)


@dataclass(frozen=True)
class Choice:
    """A word to choose.  `options`: what is allowed, and what each is called."""

    options: Mapping[str, str]
    default: str
    label: str
    tip: str = ""

    def held(self, value: object) -> str:
        """Return the word if it is allowed, else the default."""
        return value if isinstance(value, str) and value in self.options else self.default


@dataclass(frozen=True)
class Knowable:
    """A fact that a user may know of the network: what it is, and how far off that may be; both are `Dial`s.

    `scale`: what one unit is in the model, as 0.01 for percent of a share.
    """

    value: Dial
    within: Dial
    scale: float = 1.0

    @classmethod
    def of(cls, value: Dial, within: float, scale: float = 1.0) -> Knowable:
        """Return one whose tolerance is usually `within`, and at least a step."""
        most = value.high - value.low
        return cls(value, Dial(value.step, most, value.step, within, "Give or take", value.unit), scale)


PERSONAL = {"close_triads": 0.45, "engage_unconnected": 0.35, "support_bridgers": 0.20}
MASS = {"directory": 0.30, "newsletter": 0.30, "icebreakers": 0.40}
FACILITATION = {
    "align": {"facilitation": 1.0},
    "produce": {"channels": 0.35, "facilitation": 0.30, "group_support": 0.35},
}
SINGLE = LEVERS
"""Every lever is a setting of its own, too: it takes a share of the hours in addition to the mixes."""
FORMS = {"network": "A network", "organisation": "A fixed organisation"}
CONVENED = {"anybody": "Anybody, drawn at random", "core": "Those who came before, and newcomers"}
AGENDAS = {"members": "The members of each group", "coordinator": "The coordinator"}
SHAPES = {
    "communities": "Sectors with few ties between them",
    "random": "Anybody may know anybody",
    "core_periphery": "A well-connected core, and others around it",
    "fragments": "Scattered groups of four",
    "empty": "Nobody knows anybody yet",
}
POLICIES = {"readiness": "When the network is ready", "weeks": "By the calendar", "never": "Never: keep connecting"}
OUTCOME_CHOICES = {
    "outputs": "Joint results",
    "speed": "How soon a stage is reached",
    "members": "Members kept",
    "lasting": "Still going without a coordinator",
    "price": "Cost of a joint result",
}
STAGE_NAMES = {stage: stage.capitalize() for stage in STAGES_REACHED}


def does(levers: Mapping[str, float]) -> str:
    """Return what the levers of a mix are, for an explanation."""
    return ", ".join(LEVERS[name].label for name in levers)


MEMBERS = Dial(10, 500, 5, 60, "Members", "people or organisations", "Number of members at the start.")
FUTURES = Dial(20, 1000, 20, 200, "Simulated futures", "each", "More futures give a surer answer, and take longer.")
NETWORK: Mapping[str, Dial | Choice] = {
    "members": MEMBERS,
    "degree": Dial(0, 8, 0.5, 2, "Ties per member at the start", "ties", described(Communities, "degree")),
    "budget": Dial(0, 150_000, 1000, 40_000, "Budget", "dollars a year", "What each strategy may spend in a year."),
    "years": Dial(1, 5, 0.5, 3, "Years simulated", "years", "How long each simulated future lasts."),
    "shape": Choice(SHAPES, "communities", "Who is tied to whom at the start", "Kind of start network."),
    "organisations": Dial(0, 100, 5, 15, "Members that are organisations", "%", described(Shared, "organisations")),
    "strangers": Dial(0, 50, 1, 0, "Members who know nobody yet", "added", described(Shared, "newcomers")),
    "hour_cost": Dial(
        10, 200, 5, 50, "Price of a coordinator's hour", "dollars", described(CoordinatorSettings, "hour_cost")
    ),
    "leaves": Dial(0, 60, 1, 0, "Coordinator leaves after", "months", "All coordinators leave; 0: they stay."),
    "cut_after": Dial(0, 60, 1, 0, "Budget changes after", "months", "0: it stays the same."),
    "cut_to": Dial(0, 200, 10, 50, "Budget is then", "% of before", described(Change, "budget_factor")),
    "join_after": Dial(0, 60, 1, 0, "Newcomers arrive after", "months", "0: only those who join by themselves."),
    "join": Dial(1, 100, 1, 20, "How many newcomers", "people", described(Change, "newcomers")),
    "joining": Dial(
        0,
        300,
        25,
        100,
        "How many join by themselves",
        "% of the usual",
        "Newcomers who join unprompted, and those whom members bring along.",
    ),
    "shift_after": Dial(0, 60, 1, 0, "The problem shifts after", "months", "0: it stays as it is."),
    "shift": Dial(10, 100, 10, 50, "How far it shifts", "% of the way across", described(Change, "problem_shift")),
    "outcome": Choice(OUTCOME_CHOICES, "outputs", "What counts", "The outcome that strategies are ranked by."),
    "stage": Choice(STAGE_NAMES, "aligned", "Stage", "The stage that the answer is about."),
    "worth": Dial(
        0,
        50_000,
        500,
        5000,
        "Worth of a joint result",
        "dollars",
        "What one joint result is worth to you, to value finding out.",
    ),
    "futures": FUTURES,
    "seed": Dial(0, 9999, 1, 1, "Seed", "", "The same seed gives the same numbers; another seed, other chance events."),
}
STRATEGY: Mapping[str, Dial | Choice] = {
    "personal": Dial(0, 100, 5, 40, "Personal introductions", "% of hours", f"Weaving one by one: {does(PERSONAL)}."),
    "mass": Dial(0, 100, 5, 0, "For everybody at once", "% of hours", f"Weaving everybody at once: {does(MASS)}."),
    "convenings": Dial(0, 4, 1, 0, "Convenings a year", "meetings", "Meetings in person; each costs money for everybody who comes."),
    "invited": Dial(10, 100, 5, 25, "Invited to each", "% of members", described(CoordinatorSettings, "convening_share")),
    "hub": Dial(0, 100, 5, 5, "Passes through the coordinator", "%", described(CoordinatorSettings, "hub_share")),
    "policy": Choice(POLICIES, "readiness", "When the focus changes", described(CoordinatorSettings, "policy")),
    "align": Dial(0, 60, 1, 9, "To aligning after", "months", described(CoordinatorSettings, "align_week")),
    "produce": Dial(0, 60, 1, 21, "To producing after", "months", described(CoordinatorSettings, "produce_week")),
    **{
        name: Dial(0, 100, 5, 0, capital(lever.label), "% of hours", f"{capital(lever.what)}.")
        for name, lever in SINGLE.items()
    },
    # After the levers, so that links made before these settings were there still mean the same.
    "in_person": Dial(
        0, 60, 5, 0, "Money for meeting in person", "% of budget",
        "Facilitated sessions are held in person as far as this money goes; the others are online.",
    ),
    "agenda": Choice(AGENDAS, "members", "Who decides what groups work on", described(CoordinatorSettings, "sets_agenda")),
    "form": Choice(
        FORMS, "network", "How it is organised", "In a fixed organisation ties stay as they are, and its top sets the agenda once a year."
    ),
    "convened": Choice(CONVENED, "anybody", "Who is invited again", described(CoordinatorSettings, "convening_core")),
}  # fmt: skip

FACTS: Mapping[str, Knowable] = {
    "outputs": Knowable.of(
        Dial(0, 500, 1, 0, "Joint results last year", "results", "How many your members made together in the last twelve months."), 2
    ),
    "left_share": Knowable.of(
        Dial(0, 100, 1, 0, "Members who left last year", "%", "Of those who were members a year ago."), 10, 0.01
    ),
    "newcomers": Knowable.of(
        Dial(0, 500, 1, 0, "Members who joined last year", "people", "By themselves or by invitation."), 3
    ),
    "new_ties": Knowable.of(
        Dial(0, 5000, 5, 0, "Ties made last year", "ties", "Pairs of members who came to know each other, with or without help."), 20
    ),
    "in_groups": Knowable.of(
        Dial(0, 100, 1, 0, "Members in working groups now", "%", "In at least one group that works on something together."), 10, 0.01
    ),
    "customized.introduction_hours": Knowable.of(
        Dial(1, 6, 0.5, 3, "Hours that one introduction takes a coordinator", "hours", "Finding two members, writing, following up."), 0.5
    ),
}  # fmt: skip
"""Facts that the form asks for; names are those of `[facts]` in a scenario file."""
OVERRIDES = ("budget", "hour_cost", "leaves", "cut_after", "cut_to", "join_after", "join")
"""Settings of the network that a strategy may set for itself."""
JOINT_RESULT = "a project, service, campaign or shared practice that several members make together"


def stage_means() -> dict[str, str]:
    """Return what it takes to reach each stage, in plain words, with the model's own thresholds."""
    value = {parameter.name: parameter.default for parameter in STAGE_PARAMETERS}
    return {
        "connected": f"at least {value['connected_degree']:g} ties of some trust per member, and "
        f"{value['connected_component']:.0%} of members reachable from one another",
        "aligned": f"{value['aligned_share']:.0%} of members are in working groups that have agreed on what to do",
        "producing": f"{value['producing_outputs']:g} joint results in {value['window']:g} weeks, in a network of "
        "40 (more in a larger one): projects, services, campaigns, shared practices",
        "generative": f"joint results of {value['generative_several']:g} kinds by {value['generative_several']:g} groups (of a "
        f"network of 40) within {value['window']:g} weeks, one of the groups a young one, and most work done by members",
    }
