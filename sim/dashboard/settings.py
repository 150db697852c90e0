"""The settings of the home page: bounds, steps, defaults, units, and what each is called.

Words in tooltips are those of the scenario's own declarations, where a setting is a field of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from sim.inputs.networks.settings import Communities, Shared
from sim.inputs.scenario.parts import Change, Coordinator
from sim.model.measures.stages import PARAMETERS as STAGE_PARAMETERS
from sim.model.outcomes import STAGES_REACHED


def described(model: Any, field: str) -> str:
    """What a field of a scenario is, from its own declaration."""
    return str(model.model_fields[field].description)


@dataclass(frozen=True)
class Dial:
    """A number to set: bounds, step, default, what to call it, its unit, and the field's own words for it."""

    low: float
    high: float
    step: float
    default: float
    label: str
    unit: str = ""
    tip: str = ""

    def held(self, value: Any) -> float:
        """The nearest number that this dial allows; its default for what is no number."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            return self.default
        if number != number:
            return self.default
        steps = round((min(max(number, self.low), self.high) - self.low) / self.step)
        return round(min(self.low + steps * self.step, self.high), 6)


@dataclass(frozen=True)
class Choice:
    """A word to choose: what is allowed and what each is called."""

    options: Mapping[str, str]
    default: str
    label: str
    tip: str = ""

    def held(self, value: Any) -> str:
        """The word if it is allowed, else the default."""
        return value if value in self.options else self.default


SHAPES = {
    "communities": "Home communities with few ties between them",
    "random": "Anybody may know anybody",
    "core_periphery": "A well-tied core, and others around it",
    "fragments": "Scattered groups of four",
    "empty": "Nobody knows anybody yet",
}
POLICIES = {"weeks": "By the calendar", "readiness": "When the network is ready", "never": "Never: keep connecting"}

NETWORK: Mapping[str, Dial | Choice] = MappingProxyType(
    {
        "members": Dial(10, 500, 5, 60, "Members", "people or organisations", "Number of members at the start."),
        "degree": Dial(0, 8, 0.5, 2, "Ties a member at the start", "ties", described(Communities, "degree")),
        "budget": Dial(0, 150_000, 1000, 40_000, "Budget", "dollars a year", "What each strategy may spend in a year."),
        "years": Dial(1, 5, 0.5, 3, "Look ahead", "years", "How long each simulated future runs."),
        "shape": Choice(SHAPES, "communities", "Who is tied to whom at the start", "Kind of start network."),
        "organisations": Dial(0, 100, 5, 15, "Members that are organisations", "%", described(Shared, "organisations")),
        "strangers": Dial(0, 50, 1, 0, "Members who know nobody yet", "added", described(Shared, "newcomers")),
        "hour_cost": Dial(10, 200, 5, 50, "Price of a coordinator's hour", "dollars", described(Coordinator, "hour_cost")),
        "leaves": Dial(0, 60, 1, 0, "Coordinator leaves after", "months", "All coordinators leave; 0: they stay."),
        "cut_after": Dial(0, 60, 1, 0, "Budget changes after", "months", "0: it never does."),
        "cut_to": Dial(0, 200, 10, 50, "Budget is then", "% of before", described(Change, "budget_factor")),
        "join_after": Dial(0, 60, 1, 0, "Newcomers arrive after", "months", "0: only those who come by themselves."),
        "join": Dial(1, 100, 1, 20, "How many newcomers", "people", described(Change, "newcomers")),
        "stage": Choice({stage: stage.capitalize() for stage in STAGES_REACHED}, "aligned", "How far", "The stage that the verdict is about."),
        "futures": Dial(20, 1000, 20, 200, "Simulated futures", "each", "More futures: surer, and slower."),
        "seed": Dial(0, 9999, 1, 1, "Seed", "", "Another seed, other luck; the same seed, the same numbers."),
    }
)  # fmt: skip
STRATEGY: Mapping[str, Dial | Choice] = MappingProxyType(
    {
        "personal": Dial(0, 100, 5, 40, "Personal introductions", "% of hours", "Customized weaving: closing triads, engaging members without ties, supporting those who bridge groups."),
        "mass": Dial(0, 100, 5, 0, "For everybody at once", "% of hours", "Mass weaving: newsletter, directory, ice-breakers."),
        "convenings": Dial(0, 4, 1, 0, "Convenings a year", "meetings", "In-person meetings of members; each costs money for every head."),
        "invited": Dial(10, 100, 5, 25, "Invited to each", "% of members", described(Coordinator, "convening_share")),
        "hub": Dial(0, 100, 5, 5, "Works as a hub", "% goes through them", described(Coordinator, "hub_share")),
        "policy": Choice(POLICIES, "weeks", "When effort moves on", described(Coordinator, "policy")),
        "align": Dial(0, 60, 1, 9, "To aligning after", "months", described(Coordinator, "align_week")),
        "produce": Dial(0, 60, 1, 21, "To producing after", "months", described(Coordinator, "produce_week")),
    }
)  # fmt: skip


def stage_means() -> dict[str, str]:
    """What it takes to have reached each stage, in plain words, with the model's own thresholds."""
    value = {parameter.name: parameter.default for parameter in STAGE_PARAMETERS}
    return {
        "connected": f"at least {value['connected_degree']:g} ties a member, {value['connected_component']:.0%} of members "
        f"reachable from one another, at most {value['connected_unconnected']:.0%} without a tie, and some trust",
        "aligned": f"{value['aligned_share']:.0%} of members are in working groups that have agreed on what to do, and "
        f"{value['aligned_starters']:.0%} of those who began are still there",
        "producing": f"{value['producing_outputs']:g} joint outputs in {value['producing_window']:g} weeks, in a network of "
        "40 (more in a larger one): projects, services, campaigns, shared practices",
        "generative": f"joint outputs of {value['generative_kinds']:g} kinds by {value['generative_groups']:g} groups (of a "
        f"network of 40) within {value['generative_window']:g} weeks",
    }


def dials() -> dict[str, Any]:
    """What the controls need to know of every setting, fit for JSON."""
    tables = (("network", NETWORK), ("strategy", STRATEGY))
    return {group: {name: plain(dial) for name, dial in table.items()} for group, table in tables}


def plain(dial: Dial | Choice) -> dict[str, Any]:
    """A setting's declaration, fit for JSON."""
    values = {field.name: getattr(dial, field.name) for field in fields(dial)}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}
