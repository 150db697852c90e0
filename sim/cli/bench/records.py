"""What a bench reports: records, which `--json` prints as they are."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """Median, least and most of several repeats."""

    median: float
    min: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float], scale: float = 1.0) -> Range:
        """Return the range of values, multiplied by a scale."""
        return cls(statistics.median(values) * scale, min(values) * scale, max(values) * scale)


@dataclass(frozen=True)
class CompiledWeek:
    """The compiled model at one number of members, in processor time of one core.

    `member_weeks`: active members, summed over weeks.  `seconds`: of all weeks; `total_seconds`: with opening.
    `giving_ns_a_gift`: of the phases of giving alone.  `phases_ns_a_member_week`: without the cost of calling;
    `phases_give_the_same_state`: as the whole week, bit for bit.  `roofline_us_a_member_week`: the same counts of random
    reads and writes without rules.  `giving_and_fading_us_a_member_week`: the part that the plain Mesa model has.
    """

    members: int
    ties: int
    member_weeks: float
    gift_events: float
    opening_us_a_member: float
    copying_us_a_member: float
    bytes_a_member: float
    seconds: float
    total_seconds: float
    us_a_member_week: Range
    ns_a_gift: float | None
    giving_ns_a_gift: float | None
    phases_give_the_same_state: bool
    phases_ns_a_member_week: dict[str, float]
    roofline_us_a_member_week: float
    giving_and_fading_us_a_member_week: float


@dataclass(frozen=True)
class PeerWeek:
    """Peers at the same size; None for what is not installed, or would take minutes.

    `mesa`: a plain Mesa model of giving and fading.  `starsim`: an SIS model on a random network, by agent and step, and by
    contact and step.
    """

    mesa_us_a_member_week: float | None
    mesa_ns_a_gift: float | None
    starsim_us_an_agent_step: float | None
    starsim_ns_a_contact: float | None


@dataclass(frozen=True)
class SizeResult:
    """Everything measured at one number of members."""

    members: int
    compiled: CompiledWeek
    peers: PeerWeek


@dataclass(frozen=True)
class RunResult:
    """Whole futures of a small network, as a comparison runs them.

    `around_the_week`: share of the time spent outside the weeks themselves: opening, outcomes, Python.  `renewal`: how much
    longer futures take with the test of renewal, which `renewal_tested` of them went through.  `runs_a_second`: by threads.
    """

    weeks: int
    members: int
    seconds_a_run: Range
    around_the_week: float
    renewal: float
    renewal_tested: float
    runs_a_second: dict[int, float]


@dataclass(frozen=True)
class AgentByAgent:
    """The agent-by-agent model (Mesa) against the compiled one, in processor time."""

    members: int
    weeks: int
    us_a_member_week: Range
    times_slower: float
    state_is_identical: bool


@dataclass(frozen=True)
class Bench:
    """Everything that `gennet bench` reports.

    `growth_exponent`: fitted to the time of all weeks over the number of members; `total_exponent`: with opening.
    `compile_seconds`: processor time of compiling the loop over weeks without a cache; None if not measured.
    """

    date: str
    version: str
    model_version: str
    machine: str
    cores: int
    load_before: float | None
    weeks: int
    repeats: int
    scenario: str
    growth_exponent: float | None
    total_exponent: float | None
    sizes: tuple[SizeResult, ...]
    runs: RunResult
    agent_by_agent: AgentByAgent
    compile_seconds: float | None
    most_megabytes: float | None


def exponent(members: Sequence[int], seconds: Sequence[float]) -> float | None:
    """Return the slope of the logarithm of time over that of members; None with one size."""
    x, y = ([math.log(one) for one in values] for values in (members, seconds))
    return statistics.linear_regression(x, y).slope if len(set(x)) > 1 else None
