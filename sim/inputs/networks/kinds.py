"""Settings of the start network in a scenario: one small class a kind.

Every kind shares the settings of `Shared`.  Where the data imply a setting (members of a karate club are individuals), the
kind has another default; no setting is ignored.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sim.inputs.bounds import Whole

MOST_MEMBERS = 1_000_000
MOST_TIES_EACH = 150.0


class Shared(BaseModel):
    """Settings that every kind of start network has."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True, allow_inf_nan=False
    )

    organisations: float = Field(default=0.15, ge=0, le=1)
    """Chance that a member whose kind is unknown is an organisation."""
    sectors: Whole = Field(default=4, ge=1, le=1000)
    """Number of sectors of members whose sector is unknown."""
    keep_strongest: float = Field(default=1.0, ge=0, le=1)
    """Share of ties kept, the strongest; among equally strong ones a fixed draw decides."""
    keep_random: float = Field(default=1.0, ge=0, le=1)
    """Share of ties kept at random, of those that `keep_strongest` left."""
    newcomers: Whole = Field(default=0, ge=0, le=100_000)
    """Members added who know nobody."""


class Generated(Shared):
    """Settings that every generated network has."""

    members: Whole = Field(default=40, ge=2, le=MOST_MEMBERS)
    """Number of members at the start, newcomers not counted."""


class WithDegree(Generated):
    """A generated network with a stated mean number of ties."""

    degree: float = Field(default=3.0, ge=0, le=MOST_TIES_EACH)
    """Mean ties per member: the network has members * degree / 2 ties, rounded."""

    @model_validator(mode="after")
    def enough_members(self) -> Self:
        """Check that nobody needs more ties than there are others."""
        if self.degree > self.members - 1:
            raise ValueError(f"degree {self.degree:g} is more than the {self.members - 1} other members")
        return self


class Communities(WithDegree):
    """Sectors of equal size with few ties between them."""

    kind: Literal["communities"] = "communities"
    """Sectors with few ties between them."""
    within: float = Field(default=0.8, ge=0, le=1)
    """Share of ties inside sectors, as far as there are pairs."""


class Random(WithDegree):
    """Any two members are equally likely to be tied."""

    kind: Literal["random"] = "random"
    """Any two members equally likely to be tied."""


class SmallWorld(Generated):
    """A ring of neighbours, with a share of ties rewired."""

    kind: Literal["small_world"] = "small_world"
    """A ring of neighbours with some far ties."""
    degree: Whole = Field(default=4, ge=2, le=int(MOST_TIES_EACH), multiple_of=2)
    """Ties per member on the ring, half of them to each side: an even number."""
    rewire: float = Field(default=0.1, ge=0, le=1)
    """Chance that a tie is rewired to a random member."""

    @model_validator(mode="after")
    def enough_members(self) -> Self:
        """Check that the ring has more members than ties per member."""
        if self.degree >= self.members:
            raise ValueError(f"degree {self.degree} needs more than {self.members} members on the ring")
        return self


class CorePeriphery(WithDegree):
    """A core tied among itself, and a periphery tied to the core only."""

    kind: Literal["core_periphery"] = "core_periphery"
    """A dense core, and a periphery tied to the core."""
    core: float = Field(default=0.2, gt=0, lt=1)
    """Share of members in the core (at least two members, at least one outside)."""


class Connectivity(WithDegree):
    """A connectivity network: experienced people, and learners who know only some of those."""

    kind: Literal["connectivity"] = "connectivity"
    """Experienced people and learners, who receive skills and connections and give none."""
    experienced: float = Field(default=0.3, gt=0, lt=1)
    """Share of members who are experienced (at least two, at least one learner); all others, and newcomers, are learners."""


class Star(WithDegree):
    """Hubs tied to everybody; ties beyond these are random."""

    kind: Literal["star"] = "star"
    """Hubs that everybody is tied to."""
    hubs: Whole = Field(default=1, ge=1, le=100)
    """Members tied to all others."""

    @model_validator(mode="after")
    def hubs_are_members(self) -> Self:
        """Check that there is a member who is not a hub."""
        if self.hubs >= self.members:
            raise ValueError(f"hubs {self.hubs} must be fewer than the {self.members} members")
        return self


class Fragments(Generated):
    """Small groups, complete inside and without ties between them."""

    kind: Literal["fragments"] = "fragments"
    """Scattered small groups."""
    size: Whole = Field(default=4, ge=1, le=100)
    """Members of a fragment; the last one has the rest."""


class Empty(Generated):
    """Members who do not know each other."""

    kind: Literal["empty"] = "empty"
    """No ties at all."""


class Organisation(Generated):
    """A tree of managers: the comparator of a network."""

    kind: Literal["organisation"] = "organisation"
    """A tree of managers and those who report to them."""
    span: Whole = Field(default=6, ge=1, le=100)
    """Members who report to one manager."""


class OneTown(Shared):
    """People or families of one town."""

    organisations: float = Field(default=0.0, ge=0, le=1)
    """Chance that a member is an organisation; the members were individuals."""
    sectors: Whole = Field(default=1, ge=1, le=1000)
    """Number of sectors; all are of one town, and groups that were found or formed later must not leak in."""


class Karate(OneTown):
    """Zachary's karate club: 34 members, 78 ties, two leaders, and how the club split."""

    kind: Literal["karate"] = "karate"
    """Zachary's karate club."""


class SouthernWomen(OneTown):
    """Davis, Gardner and Gardner's 18 women, tied if they attended the same gatherings."""

    kind: Literal["southern_women"] = "southern_women"
    """Davis, Gardner and Gardner's southern women."""


class Florentine(OneTown):
    """Padgett and Ansell's 15 Florentine families, tied by marriage."""

    kind: Literal["florentine"] = "florentine"
    """Padgett and Ansell's Florentine families."""
    organisations: float = Field(default=1.0, ge=0, le=1)
    """Chance that a member is an organisation; families were houses with business, property and clients."""


class Csv(Shared):
    """A user's own network: a file of members and a file of ties."""

    kind: Literal["csv"] = "csv"
    """A network read from two CSV files."""
    members: str = Field(min_length=1, max_length=4096)
    """File of members, relative to the scenario file's folder: id; optional name, kind, sector, viewpoint_x and _y."""
    ties: str = Field(min_length=1, max_length=4096)
    """File of ties, relative to the scenario file's folder: from and to, optional strength."""
    sectors: Whole = Field(default=1, ge=1, le=1000)
    """Number of sectors where the file of members has no sector column."""


def with_default_kind(value: object) -> object:
    """Return a table with the default kind, communities."""
    return {"kind": "communities", **value} if isinstance(value, dict) else value


AnyKind = (
    Communities
    | Random
    | SmallWorld
    | CorePeriphery
    | Connectivity
    | Star
    | Fragments
    | Empty
    | Organisation
    | Karate
    | SouthernWomen
    | Florentine
    | Csv
)
NetworkSettings = Annotated[AnyKind, Field(discriminator="kind"), BeforeValidator(with_default_kind)]
