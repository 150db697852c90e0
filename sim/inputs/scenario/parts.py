"""The parts of a scenario: coordinators, strategies, and what is scheduled to happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Generic, Literal, Self, TypeVar, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from sim.inputs.bounds import Whole
from sim.inputs.scenario.errors import (
    Fault,
    Path,
    Table,
    TableFaults,
    faults_of,
    listed,
    number_text,
    off_limits,
    shown,
    unknown,
)
from sim.model.declarations import BY_KEY, GROUPS
from sim.model.levers import LEVERS
from sim.model.parameters import Parameter

MOST_WEEKS = 5200
YEAR = 52
SLACK = 1e-9
T = TypeVar("T")
V = TypeVar("V")


class Frozen(Mapping[str, V], Generic[V]):
    """A mapping that cannot be changed, compares to any other mapping, and can be hashed and pickled."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, V] | None = None) -> None:
        self._items = dict(items or {})

    def __getitem__(self, key: str) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, V]]]:
        return type(self), (self._items,)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return how pydantic reads a field of this type: as a dict of its values, then frozen."""
        table = handler.generate_schema(dict[str, get_args(source)[0]])  # type: ignore[misc]
        plain = core_schema.no_info_before_validator_function(
            lambda value: dict(value) if isinstance(value, Mapping) else value, table
        )
        written = core_schema.plain_serializer_function_ser_schema(dict)
        return core_schema.no_info_after_validator_function(cls, plain, serialization=written)


def flat(table: Table, above: str = "") -> list[tuple[str, Any]]:
    """Return keys and values of nested tables, keys joined by dots."""
    found: list[tuple[str, Any]] = []
    for key, value in table.items():
        found += flat(value, f"{above}{key}.") if isinstance(value, Mapping) and value else [(above + key, value)]
    return found


def checked_numbers(value: object, fault_of: Callable[[str, object], str | None]) -> dict[str, float]:
    """Return the numbers in a table by dotted key.  `fault_of`: what is wrong with a key or number.  Raises TableFaults."""
    if not isinstance(value, Mapping):
        raise TableFaults(((), f"is {shown(value)}; a table is needed"))
    pairs = flat(value)
    faults: list[Fault] = [(tuple(key.split(".")), text) for key, number in pairs if (text := fault_of(key, number))]
    counts = Counter(key for key, _ in pairs)
    faults += [((key,), "is set twice; allowed is once") for key in counts if counts[key] > 1]
    if faults:
        raise TableFaults(*faults)
    return {key: float(number) for key, number in pairs}


def shares(value: object) -> dict[str, float]:
    """Return shares of hours by lever, at most 1 in all.  Raises TableFaults."""
    found = checked_numbers(
        value, lambda lever, share: off_limits(share, 0, 1) if lever in LEVERS else unknown(lever, LEVERS)
    )
    if sum(found.values()) > 1 + SLACK:
        total = number_text(round(sum(found.values()), 9))
        raise TableFaults(((), f"adds up to {total}; allowed are shares that add up to at most 1 (the rest is idle)"))
    return found


def parameter_fault(key: str, value: object) -> str | None:
    """Return what is wrong with a parameter's key or value; None if nothing."""
    if key in GROUPS:
        return f"is {shown(value)}; a table is needed"
    if key not in BY_KEY:
        return unknown_parameter(key)
    declared: Parameter = BY_KEY[key]
    return off_limits(value, declared.low, declared.high, declared.whole, declared.unit)


def unknown_parameter(key: str) -> str:
    """Return that a parameter is unknown, with the nearest one: of the same name in another group, else of the same group."""
    group, _, name = key.partition(".")
    siblings = [known for known in BY_KEY if known.startswith(f"{group}.")]
    namesakes = [known for known in BY_KEY if known.endswith(f".{name}")]
    if namesakes:
        return f"is unknown; did you mean {' or '.join(namesakes[:3])}?"
    return unknown(key, siblings or BY_KEY)


def parameters_schema() -> dict[str, object]:
    """Return the JSON schema of new values of parameters by `group.name`."""
    names = ("type", "minimum", "maximum", "title", "unit")
    full = {key: parameter_schema(parameter) for key, parameter in BY_KEY.items()}
    schemas = {key: {name: schema[name] for name in names} for key, schema in full.items()}
    return {"type": "object", "additionalProperties": False, "properties": schemas}


def parameter_schema(parameter: Parameter) -> dict[str, object]:
    """Return the JSON schema of one parameter: bounds, default, label and the rest of its declaration."""
    schema: dict[str, object] = {
        "type": "integer" if parameter.whole else "number",
        "minimum": parameter.low,
        "maximum": parameter.high,
        "default": parameter.default,
        "title": parameter.label,
        "description": f"{parameter.label} ({parameter.unit})" if parameter.unit else parameter.label,
        "unit": parameter.unit,
        "basis": parameter.basis,
        "plausible": list(parameter.range),
    }
    return schema | ({"source": parameter.source} if parameter.source else {})


SHARES_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {lever: {"type": "number", "minimum": 0, "maximum": 1} for lever in LEVERS},
}
Parts = Annotated[tuple[T, ...], BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)]
Shares = Annotated[Frozen[float], BeforeValidator(shares), WithJsonSchema(SHARES_SCHEMA)]
Settings = Annotated[
    Frozen[float],
    BeforeValidator(partial(checked_numbers, fault_of=parameter_fault)),
    WithJsonSchema(parameters_schema()),
]

CONNECT_SHARES = {
    "close_triads": 0.45,
    "engage_unconnected": 0.25,
    "icebreakers": 0.15,
    "newsletter": 0.10,
    "support_bridgers": 0.05,
}
ALIGN_SHARES = {
    "facilitation": 0.60,
    "close_triads": 0.15,
    "engage_unconnected": 0.10,
    "newsletter": 0.10,
    "support_bridgers": 0.05,
}
PRODUCE_SHARES = {
    "channels": 0.25,
    "facilitation": 0.20,
    "group_support": 0.20,
    "close_triads": 0.10,
    "engage_unconnected": 0.10,
    "newsletter": 0.10,
    "support_bridgers": 0.05,
}


class StrictModel(BaseModel):
    """The base of every part: frozen, without unknown keys or type coercion, and with faults in our words."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True, allow_inf_nan=False
    )

    @model_validator(mode="wrap")
    @classmethod
    def in_our_words(cls, data: object, check: ModelWrapValidatorHandler[Self]) -> Self:
        """Return the part; its faults are worded here, so that those of nested parts keep their keys."""
        try:
            return check(data)
        except ValidationError as error:
            raise TableFaults(*faults_of(error, cls)) from None


class CoordinatorSettings(StrictModel):
    """A coordinator paid to weave the network: hours, money, and how they are spent."""

    hours: float = Field(default=10.0, ge=0, le=10_000)
    """Hours a week."""
    hour_cost: float = Field(default=50.0, ge=0, le=10_000)
    """Price of an hour, dollars."""
    money: float = Field(default=0.0, ge=0, le=1e9)
    """Dollars a year for meetings."""
    hub_share: float = Field(default=0.1, ge=0, le=1)
    """Share of introductions and gifts that the coordinator routes through itself."""
    in_person: float = Field(default=0.0, ge=0, le=1)
    """Share of facilitated sessions held in person, as far as money goes."""
    convenings: float = Field(default=0.0, ge=0, le=52)
    """Convenings a year."""
    convening_first: Whole = Field(default=26, ge=0, le=MOST_WEEKS)
    """Weeks after which the first convening is held."""
    convening_share: float = Field(default=1.0, ge=0, le=1)
    """Share of members invited."""
    convening_core: bool = Field(default=False)
    """Whether later convenings invite only those who came before and those who joined since the first."""
    sets_agenda: bool = Field(default=False)
    """Whether the coordinator decides what working groups work on, instead of their members."""
    policy: Literal["weeks", "readiness", "never"] = Field(default="weeks")
    """When the focus moves from connecting to aligning to producing: by weeks, when the network is ready, or never."""
    align_week: Whole = Field(default=40, ge=0, le=MOST_WEEKS)
    """Weeks after which the focus is aligning (policy "weeks")."""
    produce_week: Whole = Field(default=90, ge=0, le=MOST_WEEKS)
    """Weeks after which the focus is producing (policy "weeks")."""
    ready_ties: float = Field(default=3.0, ge=0, le=1000)
    """Strong ties per member from which the network is ready to align (policy "readiness")."""
    ready_connected: float = Field(default=0.85, ge=0, le=1)
    """Share of members in the largest component from which the network is ready to align (policy "readiness")."""
    ready_aligned: float = Field(default=0.4, ge=0, le=1)
    """Share of members in groups past aligning from which the network is ready to produce (policy "readiness")."""
    connect: Shares = Field(
        default_factory=lambda: Frozen(CONNECT_SHARES), json_schema_extra={"default": {**CONNECT_SHARES}}
    )
    """Shares of hours by lever while the focus is connecting; the rest to 1 is idle."""
    align: Shares = Field(default_factory=lambda: Frozen(ALIGN_SHARES), json_schema_extra={"default": {**ALIGN_SHARES}})
    """Shares of hours by lever while the focus is aligning; the rest to 1 is idle."""
    produce: Shares = Field(
        default_factory=lambda: Frozen(PRODUCE_SHARES), json_schema_extra={"default": {**PRODUCE_SHARES}}
    )
    """Shares of hours by lever while the focus is producing; the rest to 1 is idle."""

    @property
    def yearly_cost(self) -> float:
        """Dollars a year at the start: hours of 52 weeks, and money for meetings."""
        return self.hours * self.hour_cost * YEAR + self.money

    @model_validator(mode="after")
    def aligns_before_producing(self) -> Self:
        """Check that the focus is aligning before it is producing."""
        if self.policy == "weeks" and self.align_week > self.produce_week:
            allowed = f"allowed are weeks up to produce_week, which is {self.produce_week}"
            raise TableFaults((("align_week",), f"is {self.align_week}; {allowed}"))
        return self


ACTIONS = (
    "newcomers",
    "problem_shift",
    "lose_members",
    "lose_member",
    "set",
    "coordinator_leaves",
    "budget_factor",
    "hours_factor",
    "money_factor",
    "hub_factor",
)
COORDINATOR_ACTIONS = ACTIONS[5:]


class Change(StrictModel):
    """Something that happens once, after a number of weeks: exactly one of the actions."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [action]} for action in ACTIONS]})

    week: Whole = Field(ge=0, le=MOST_WEEKS - 1)
    """After how many weeks it happens: 104 shows from week 105 of the tables on, 0 from the first."""
    newcomers: Whole | None = Field(default=None, ge=1, le=100_000)
    """Action: this many members join who know nobody."""
    problem_shift: float | None = Field(default=None, ge=0, le=1)
    """Action: the problem moves this far in viewpoint space, in a random direction."""
    lose_members: float | None = Field(default=None, ge=0, le=1)
    """Action: this share of the members leaves, drawn at random."""
    lose_member: str | None = Field(default=None, min_length=1, max_length=200)
    """Action: the member of this name or id leaves."""
    set: Settings | None = Field(default=None)
    """Action: new values of parameters, by group.name."""
    coordinator_leaves: bool | None = Field(default=None)
    """Action (true): coordinators leave: all, or the one named by `coordinator`."""
    budget_factor: float | None = Field(default=None, ge=0, le=1000)
    """Action: hours and money of coordinators are multiplied by this."""
    hours_factor: float | None = Field(default=None, ge=0, le=1000)
    """Action: hours of coordinators are multiplied by this."""
    money_factor: float | None = Field(default=None, ge=0, le=1000)
    """Action: money of coordinators is multiplied by this."""
    hub_factor: float | None = Field(default=None, ge=0, le=1000)
    """Action: the share that coordinators route through themselves is multiplied by this, up to 1."""
    coordinator: Whole | None = Field(default=None, ge=0, le=1000)
    """Which coordinator it concerns, the first being 0; all if left out."""

    @property
    def action(self) -> str:
        """The name of the action."""
        return next(action for action in ACTIONS if getattr(self, action) is not None)

    @model_validator(mode="after")
    def does_one_thing(self) -> Self:
        """Check for exactly one action, and a coordinator only where one is concerned."""
        given = [action for action in ACTIONS if getattr(self, action) is not None]
        if len(given) != 1:
            found = f"has {' and '.join(given)}" if given else "has no action"
            raise TableFaults(((), f"{found}; allowed is exactly one of {listed(ACTIONS)}"))
        if self.coordinator_leaves is False:
            raise TableFaults((("coordinator_leaves",), "is false; allowed is true (leave the change out otherwise)"))
        if self.set is not None and not self.set:
            raise TableFaults((("set",), "is empty; allowed are parameters by group.name"))
        if self.set is not None:
            numerical = [key for key in self.set if key.startswith("measures.")]
            if numerical:
                words = "cannot change during a run; set how things are measured for the whole run"
                raise TableFaults(*((("set", key), words) for key in numerical))
        if self.coordinator is not None and given[0] not in COORDINATOR_ACTIONS:
            raise TableFaults((("coordinator",), f"has no meaning with {given[0]}; leave it out"))
        return self


def check_coordinators(path: Path, changes: Sequence[Change], count: int, nobody: str) -> None:
    """Raise TableFaults for changes of coordinators that do not exist; there are `count`, and `nobody` says that it is 0."""
    faults: list[Fault] = []
    for n, change in enumerate(changes):
        if change.action in COORDINATOR_ACTIONS and not count:
            faults.append(
                ((*path, str(n), change.action), f"concerns coordinators, but {nobody}; leave the change out")
            )
        elif change.coordinator is not None and change.coordinator >= count:
            allowed = f"allowed are {listed(map(str, range(count)))} (the first is 0)"
            faults.append(((*path, str(n), "coordinator"), f"is {change.coordinator}; {allowed}"))
    if faults:
        raise TableFaults(*faults)


def check_budgets(
    path: Path, changes: Sequence[Change], coordinators: Sequence[CoordinatorSettings], name: str
) -> None:
    """Raise TableFaults if factors, one after another, multiply a coordinator's hours or money without bounds.

    `changes`: all that happen under the strategy of this name, by week.
    """
    for number, coordinator in enumerate(coordinators):
        for field, actions, most in BUDGETS:
            budget = float(getattr(coordinator, field))
            for change in changes:
                if change.action in actions and change.coordinator in (None, number):
                    budget *= getattr(change, change.action)
                if budget > most:
                    text = f"multiply the {field} of coordinator {number} under {name!r} to {budget:.3g}"
                    raise TableFaults((path, f"{text}; allowed are up to {most:.3g}"))


BUDGETS = (("hours", ("budget_factor", "hours_factor"), 1e7), ("money", ("budget_factor", "money_factor"), 1e12))
"""What factors multiply, by which actions, and the most that it may become."""


class Strategy(CoordinatorSettings):
    """What coordinators do, and what happens to them.

    `coordinators` is always complete: one with the strategy's own fields by default.
    """

    label: str = Field(default="", max_length=200)
    """Name in figures and tables; by default that of the strategy."""
    coordinators: Parts[CoordinatorSettings] = Field(default=())
    """Who coordinates: each overrides the strategy's own fields.  Nobody if empty, one if not given."""
    changes: Parts[Change] = Field(default=())
    """What happens under this strategy only."""

    @model_validator(mode="before")
    @classmethod
    def spell_out(cls, data: object) -> object:
        """Fill each coordinator's missing fields with those of the strategy."""
        if not isinstance(data, Mapping):
            return data
        own = {key: value for key, value in data.items() if key in CoordinatorSettings.model_fields}
        try:
            CoordinatorSettings.model_validate(own)
        except ValidationError:
            # Reported for the strategy, not for each coordinator; without weeks, whose order may be the strategy's.
            own = {"policy": "never"}
        coordinators = data.get("coordinators", ({},))
        if isinstance(coordinators, list | tuple):
            coordinators = tuple({**own, **item} if isinstance(item, Mapping) else item for item in coordinators)
        return {**data, "coordinators": coordinators}

    @model_validator(mode="after")
    def coordinators_exist(self) -> Self:
        """Check that the coordinators that changes concern exist."""
        check_coordinators(("changes",), self.changes, len(self.coordinators), "the strategy has no coordinators")
        return self

    @property
    def yearly_cost(self) -> float:
        """Dollars a year at the start, all coordinators together."""
        return sum(coordinator.yearly_cost for coordinator in self.coordinators)
