"""What came of claims, as `gennet claims --json` prints it: a record for each claim, part and ablation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache

from pydantic import TypeAdapter

from sim.evidence.claims.verdict_rule import Effect

Interval = tuple[float, float]


@dataclass(frozen=True)
class AblationRow:
    """An effect with something switched off.  `gone`: whether what is left is below the margin.

    All but `off` are None where too few futures have an effect: that is no sign that it has gone.
    """

    off: str
    effect: float | None
    ci95: Interval | None
    gone: bool | None


@dataclass(frozen=True)
class OptionRow:
    """An effect with an optional rule switched on, and what its verdict would be at the default settings."""

    option: str
    effect: float | None
    ci95: Interval | None
    here: str


@dataclass(frozen=True)
class BoundaryRow:
    """A claim tried at several values of what it may depend on.

    `effects`, `ci95`, `verdicts`: at each of `values`.  `found`: from or up to where it holds, in words, if that is clear.
    """

    said: str
    part: str
    unit: str
    margin: float
    values: tuple[float, ...]
    effects: tuple[float | None, ...]
    ci95: tuple[Interval | None, ...]
    verdicts: tuple[str, ...]
    found: str | None


@dataclass(frozen=True)
class PartRow:
    """One part tried.

    `ci_corrected`: the interval behind the verdict.  `futures`: that have an effect.  `replicates_needed`: to decide an
    undecided part.  `without_form`: by name, the effect without an added mechanism.  `depends_on`: added mechanisms without
    other support that the part does not hold without.  `robust_share`: share of other plausible worlds in which the mean
    effect is at least the margin, None if not tried.  `here`: the verdict at the default settings.  `robust_corrected`: the
    interval of that share behind the verdict.  `with_option`: by name, the effect with an option switched on.
    """

    part: str
    says: str
    given: str
    unit: str
    margin: float
    effect: float | None
    ci95: Interval | None
    ci_corrected: Interval | None
    futures: int
    verdict: str
    replicates_needed: int | None
    ablation: AblationRow | None
    without_form: Mapping[str, AblationRow]
    depends_on: tuple[str, ...]
    robust_share: float | None
    robust_ci95: Interval | None
    here: str = ""
    robust_corrected: Interval | None = None
    with_option: Mapping[str, OptionRow] = field(default_factory=dict)


@dataclass(frozen=True)
class ClaimRow:
    """One claim tried; effect, interval and robustness are those of its first part.

    `condition`: of a conditional or mixed verdict, in words.  `more_replicates`: futures that would decide every undecided part.
    """

    claim: int
    text: str
    source: str
    mechanism: str
    effect: float | None
    unit: str
    ci95: Interval | None
    ablation: AblationRow | None
    verdict: str
    condition: str | None
    robust_share: float | None
    depends_on: tuple[str, ...]
    more_replicates: int | None
    parts: tuple[PartRow, ...]
    boundary: BoundaryRow | None = None

    def to_json(self) -> dict[str, object]:
        """Return the record as nested dictionaries, fit for JSON."""
        return asdict(self)

    @staticmethod
    def from_json(row: Mapping[str, object]) -> ClaimRow:
        """Return the record of a claim that was saved as JSON."""
        return _adapter().validate_python(row)


@cache
def _adapter() -> TypeAdapter[ClaimRow]:
    return TypeAdapter(ClaimRow)


def interval(effect: Effect | None) -> Interval | None:
    """Return the 95% interval of an effect."""
    return (effect.low, effect.high) if effect else None
