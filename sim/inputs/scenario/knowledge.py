"""What is known about a network, and what is not: facts about the last year, and how plausible worlds are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from sim.inputs.scenario.errors import (
    Fault,
    ScenarioError,
    Table,
    TableFaults,
    is_number,
    number_text,
    shown,
    span,
    unknown,
)
from sim.inputs.scenario.parts import Frozen, Parts, StrictModel, unknown_parameter
from sim.model.declarations import BY_KEY, GROUPS

MEASURED = {
    "outputs": "joint results",
    "left_share": "members who left, as a share of those at the start of the year",
    "newcomers": "members who joined",
    "new_ties": "new ties",
    "mean_degree": "ties per member at the end of the year",
    "unconnected": "share of members without a tie at the end of the year",
    "in_groups": "share of members in working groups at the end of the year",
    "members": "members at the end of the year",
}
"""What may be known of a network's last year."""
FACT = "allowed is VALUE +- TOLERANCE, such as 4 +- 1, or { value = 4, within = 1 }"


class Fact(StrictModel):
    """One number that is known about a network, with its tolerance."""

    value: float = Field(ge=-1e12, le=1e12)
    """Value."""
    within: float = Field(gt=0, le=1e12)
    """Tolerance: how far the true value may be from it."""


class Correlation(StrictModel):
    """The correlation of two uncertain numbers."""

    between: Annotated[
        tuple[str, str], BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)
    ]
    """Their keys."""
    value: float = Field(ge=-0.99, le=0.99)
    """Rank correlation, by a normal copula."""


class DistributionSettings(StrictModel):
    """Ends and moments of a distribution."""

    low: float | None = Field(default=None)
    """Least value; that of the declared plausible range if left out."""
    high: float | None = Field(default=None)
    """Greatest value; that of the declared plausible range if left out."""
    mode: float | None = Field(default=None)
    """Most likely value (distribution "triangular")."""
    mean: float | None = Field(default=None)
    """Mean before the ends are cut off (distribution "normal")."""
    sd: float | None = Field(default=None, gt=0, le=1e15)
    """Standard deviation before the ends are cut off (distribution "normal")."""


class WorldRange(DistributionSettings):
    """The distribution of an uncertain number, as for a factor of a sweep."""

    distribution: Literal["uniform", "loguniform", "triangular", "normal", "integer"] | None = Field(default=None)
    """Distribution; "uniform" if left out."""
    values: Parts[float | str] | None = Field(default=None)
    """Values, all equally likely."""


def leaves(
    table: Table, model: type[BaseModel], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield what nested tables hold, with its path: tables with a field of the model, and every other value."""
    for name, value in table.items():
        path = (*above, name)
        if isinstance(value, Mapping) and value and not any(key in model.model_fields for key in value):
            yield from leaves(value, model, path)
        else:
            yield path, value


def by_key(table: Table, model: type[BaseModel]) -> dict[str, object]:
    """Return the `leaves` of nested tables by dotted key."""
    return {".".join(path): value for path, value in leaves(table, model)}


def fact_table(text: object) -> object:
    """Return a fact as a table; "4 +- 1" and "4 ± 1" are read.  Raises TableFaults."""
    if not isinstance(text, str):
        if isinstance(text, Mapping | Fact):
            return text
        raise TableFaults(((), f"is {shown(text)}; {FACT}"))
    parts = re.split(r"\+-|±|\+/-", text)
    try:
        value, within = (float(part) for part in parts)
    except ValueError:
        raise TableFaults(((), f"is {shown(text)}; {FACT}")) from None
    return {"value": value, "within": within}


def facts_of(value: object) -> dict[str, object]:
    """Return facts by name, from nested tables.  Raises TableFaults."""
    if not isinstance(value, Mapping):
        raise TableFaults(((), f"is {shown(value)}; a table is needed"))
    found: dict[str, object] = {}
    faults: list[Fault] = []
    for key, item in by_key(value, Fact).items():
        try:
            found[key] = fact_table(item)
        except TableFaults as fault:
            faults += [((key, *below), text) for below, text in fault.faults]
            continue
        if text := fact_fault(key, found[key]):
            faults.append(((key,), text))
    if faults:
        raise TableFaults(*faults)
    return found


def fact_fault(key: str, fact: object) -> str | None:
    """Return what is wrong with a fact's name, or with its value for a parameter; None if nothing."""
    if key in MEASURED:
        return None
    if key not in BY_KEY:
        return unknown_parameter(key) if key.split(".")[0] in GROUPS else unknown(key, [*MEASURED, *BY_KEY])
    low, high = BY_KEY[key].range
    if not isinstance(fact, Mapping) or not all(is_number(fact.get(name)) for name in ("value", "within")):
        return None
    if fact["value"] + fact["within"] < low or fact["value"] - fact["within"] > high:
        allowed = f"in no plausible world; allowed are {span(low, high)}, give or take the tolerance"
        return f"is {number_text(fact['value'])} +- {number_text(fact['within'])}, {allowed}"
    return None


def ranges_of(value: object) -> dict[str, object]:
    """Return ranges by key, from nested tables; "plausible" is an empty table, a list its values.  Raises TableFaults."""
    if not isinstance(value, Mapping):
        raise TableFaults(((), f"is {shown(value)}; a table is needed"))
    found: dict[str, object] = {}
    for key, item in by_key(value, WorldRange).items():
        found[key] = {"values": item} if isinstance(item, list) else {} if item == "plausible" else item
    return found


def texts_of(value: object) -> dict[str, object]:
    """Return texts by dotted key, from nested tables.  Raises TableFaults."""
    if not isinstance(value, Mapping):
        raise TableFaults(((), f"is {shown(value)}; a table is needed"))
    return by_key(value, Fact)


class WorldSettings(StrictModel):
    """How plausible worlds are drawn: every parameter from its plausible range, except as set here."""

    ranges: Annotated[Frozen[WorldRange], BeforeValidator(ranges_of)] = Field(default_factory=Frozen)
    """Other distributions, by parameter or setting of the start network, which then varies too."""
    correlations: Parts[Correlation] = Field(default=())
    """Pairs of correlated numbers."""
    derived: Annotated[Frozen[str], BeforeValidator(texts_of)] = Field(default_factory=Frozen)
    """Parameters that follow from others: a formula by key, such as "2 * trust.first"."""
    last_year: str | None = Field(default=None)
    """Strategy that was followed last year, the year that facts are about; by default the baseline."""


Facts = Annotated[Frozen[Fact], BeforeValidator(facts_of)]


def parse_facts(texts: Sequence[str]) -> dict[str, object]:
    """Return facts given as "NAME = VALUE +- TOLERANCE".  Raises ScenarioError."""
    found: dict[str, object] = {}
    for text in [texts] if isinstance(texts, str) else texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise ScenarioError(f"--fact: is {shown(text)}; allowed is NAME = {FACT.removeprefix('allowed is ')}")
        if name.strip() in found:
            raise ScenarioError(f"--fact: {name.strip()} is given twice; allowed is once")
        found[name.strip()] = value.strip()
    return found
