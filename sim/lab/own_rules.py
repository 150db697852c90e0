"""Rules and measures of one's own: classes of agents that override rules, and further outcomes of a run.

They go through `simulate`, `compare` and `sweep` like the model's own.  With a class of one's own a run is stepped agent by
agent (`GenerativeNetwork`), some hundred times as slow; with measures alone it is not.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sim.inputs.scenario.parts import Frozen
from sim.model.outcomes import BY_NAME, OUTCOMES, Better, Outcome

if TYPE_CHECKING:
    from sim.lab.record import Record
    from sim.model.agents import Coordinator, Member, WorkingGroup

    Classes = tuple[type[Member], type[Coordinator], type[WorkingGroup]]

MODELS_OWN = frozenset(outcome.name for outcome in OUTCOMES)


@dataclass(frozen=True)
class Measure:
    """An outcome of one's own: a function of a run's record that returns one number.

    `better`: "more" or "less" where one is desirable.  `label`, `unit`: for tables; the label is the name if left out.
    """

    function: Callable[[Record], float]
    better: Better = ""
    label: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise TypeError(f"a measure is a {type(self.function).__name__}; a function of a record is needed")
        if self.better not in ("more", "less", ""):
            raise ValueError(f"better is {self.better!r}; allowed are 'more', 'less' and ''")


@dataclass(frozen=True)
class OwnRules:
    """What differs from the model: classes of agents (None if they are the model's), and further outcomes by name."""

    own_classes: Classes | None = None
    measures: Frozen[Measure] = field(default_factory=Frozen)

    @classmethod
    def of(
        cls,
        member_class: type[Member] | None = None,
        coordinator_class: type[Coordinator] | None = None,
        group_class: type[WorkingGroup] | None = None,
        measures: Mapping[str, Measure | Callable[[Record], float]] | None = None,
    ) -> OwnRules:
        """Return rules from the arguments of `simulate`, `compare` and `sweep`, checked; measures become known by name.

        Raises TypeError and ValueError.
        """
        classes = None
        if not member_class is coordinator_class is group_class is None:
            classes = checked_classes(member_class, coordinator_class, group_class)
        own = {name: one if isinstance(one, Measure) else Measure(one) for name, one in (measures or {}).items()}
        for name in own:
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) or name in MODELS_OWN or name.endswith("_week"):
                raise ValueError(
                    f"measures holds the name {name!r}; allowed are small letters, digits and _, not ending in _week, and "
                    "no name of the model's own outcomes"
                )
        rules = cls(classes, Frozen(own))
        declare(rules.outcomes)
        return rules

    @property
    def stepped(self) -> bool:
        """Whether runs are stepped agent by agent."""
        return self.own_classes is not None

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The measures as outcomes."""
        return tuple(Outcome(name, one.label or name, one.unit, one.better) for name, one in self.measures.items())

    @cached_property
    def fingerprint(self) -> str:
        """16 hex digits of the source of classes and measures; "" where nothing is one's own.

        Computed once: it parses source, which CPython 3.11 cannot do in several threads at the same time.
        """
        parts = [source_of(base) for kind in self.own_classes or () for base in kind.__mro__ if not models_own(base)]
        parts += [f"{name} {source_of(one.function)}" for name, one in self.measures.items()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16] if parts else ""

    @property
    def classes(self) -> Classes:
        """The three classes of agents."""
        return self.own_classes or models_classes()


NOTHING_OWN = OwnRules()


def models_classes() -> Classes:
    """Return the model's classes of agents.  Only loaded on request: Mesa takes a second."""
    from sim.model.agents import Coordinator, Member, WorkingGroup

    return Member, Coordinator, WorkingGroup


def checked_classes(
    member_class: type[Member] | None,
    coordinator_class: type[Coordinator] | None,
    group_class: type[WorkingGroup] | None,
) -> Classes | None:
    """Return three classes of agents, the model's where one is None; None if all are the model's.  Raises TypeError."""
    models = models_classes()
    classes = (member_class or models[0], coordinator_class or models[1], group_class or models[2])
    for name, given, base in zip(("member_class", "coordinator_class", "group_class"), classes, models, strict=True):
        if not (isinstance(given, type) and issubclass(given, base)):
            raise TypeError(f"{name} is {given!r}; a subclass of sim.{base.__name__} is needed")
    return None if classes == models else classes


def models_own(base: type) -> bool:
    """Return whether a class is the model's own, or a library's."""
    return base.__module__.partition(".")[0] in ("sim", "mesa", "builtins", "typing", "collections")


def source_of(thing: object) -> str:
    """Return the source of a class or function; its name where there is none."""
    try:
        return inspect.getsource(thing)  # type: ignore[arg-type]
    except (OSError, TypeError):
        return f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', repr(thing))}"


def declare(outcomes: tuple[Outcome, ...]) -> None:
    """Make outcomes known by name, so that tables, analyses and reports label them and know whether more is better."""
    for outcome in outcomes:
        BY_NAME[outcome.name] = outcome
