"""Numbers, shares and outcomes as text, for every page, table and sentence."""

from __future__ import annotations

from collections.abc import Sequence

from sim.output.figures.palette import STAGES

NONE = "\u2013"
MINUS = "\u2212"
DIFFERENCE_WORDS = {
    **{f"{stage}_weeks": f"weeks to {stage}" for stage in STAGES},
    "members_left": "members who left",
    "members_active": "members at the end",
    "outputs": "outputs",
    "output_value": "worth of outputs",
    "value_per_member": "value per member and week",
    "mean_trust": "trust, last 13 weeks",
    "mean_degree": "ties per member",
    "coordinator_dependence": "coordinator dependence",
}
KIND_WORDS = {
    "innovation": "innovations",
    "practice": "shared practices",
    "advocacy": "joint advocacy",
    "services": "joint services",
    "purchasing": "joint purchasing",
    "investment": "joint investments",
}
"""Kinds of outputs."""


def number(value: float | None, places: int | None = None) -> str:
    """Return a number with about two significant digits, or with decimal `places`; a dash where there is none."""
    if value is None or value != value:
        return NONE
    if places is None:
        size = abs(value)
        places = 0 if size >= 10 or size == int(size) else 1 if size >= 1 else 2
    text = f"{value:,.{places}f}"
    return text.replace("-", MINUS) if any(digit in text for digit in "123456789") else text.replace("-", "")


def counted(count: float, one: str, many: str = "") -> str:
    """Return a count with its noun: "1 year", "2.5 years"."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def exact(value: float) -> str:
    """Return a number in full, whole ones with thousands separators."""
    return f"{int(value):,}" if value == int(value) and abs(value) < 1e15 else repr(float(value))


def span(low: float, high: float) -> str:
    """Return a range: "0.1 to 2"."""
    return f"{exact(low)} to {exact(high)}"


def three_digits(value: float | None) -> str:
    """Return a number with three significant digits and a minus sign; a dash where there is none."""
    return NONE if value is None or value != value else f"{value:.3g}".replace("-", MINUS)


def between(pair: Sequence[float] | None) -> str:
    """Return an interval with three significant digits: "1.2 to 3.4"; a dash where there is none."""
    return NONE if pair is None else f"{three_digits(pair[0])} to {three_digits(pair[1])}"


def estimate(value: float | None, pair: Sequence[float] | None) -> str:
    """Return a number with its interval: "2 (1.2 to 3.4)"; the number alone if it has none."""
    return three_digits(value) if pair is None else f"{three_digits(value)} ({between(pair)})"


def places_for(half: float) -> int:
    """Return the decimal places for an estimate whose interval has this half width."""
    return 0 if half >= 10 or half == 0 else 1 if half >= 1 else 2 if half >= 0.1 else 3


def percent(share: float | None) -> str:
    """Return a share in percent; shares close to none or all are shown as <1% or >99%."""
    if share is None or share != share:
        return NONE
    hundredths = 100 * share
    if 0 < hundredths <= 0.5 or 99.5 <= hundredths < 100:
        return f"{'<1' if hundredths < 50 else '>99'}%"
    return f"{hundredths:.0f}%"


def capital(text: str) -> str:
    """Return a text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """Return a text with its first letter in lower case."""
    return text[:1].lower() + text[1:]


def how_long(seconds: float) -> str:
    """Return a duration as text: "40 s", "3 min", "2 h 10 min"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
