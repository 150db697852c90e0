"""When a wave was: a date as people write it, or the number of a wave."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from sim.inputs.reading.decoding import heading_key
from sim.inputs.reading.headings import phrases
from sim.model.start import NetworkError

DATE_WORDS = phrases(
    """date, wave, survey date, year, month, period, round, datum, jahr, welle, monat, zeitpunkt, année,
    vague, mois, fecha, año, ola, mes, anno, mese, rilevazione, ano, onda, jaar, meting, tijdstip"""
)
"""Headings of a column that says when a tie was, the most telling first."""
FORMATS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y-%m", "%Y/%m", "%m/%Y"),
    *("%d %B %Y", "%d %b %Y", "%B %Y", "%b %Y", "%Y"),
)
ALLOWED = "dates such as 2025-03-01, 2025-03 or 2025, or numbers of waves with the weeks from one to the next"
NUMBER = re.compile("[0-9]{1,3}")
"""The number of a wave; four digits are a year."""
IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)")


class When(NamedTuple):
    """When a wave was: weeks since the first wave, and what to call it."""

    week: int
    label: str


def date_column(headings: Iterable[str], chosen: str = "") -> str | None:
    """Return the heading of the column that says when a tie was: the chosen one, else the most telling one."""
    keys = {heading_key(heading): heading for heading in headings}
    words = (heading_key(chosen),) if chosen else DATE_WORDS
    return next((keys[word] for word in words if word in keys), None)


def date_in_name(name: str) -> str:
    """Return the date in a file's name, such as ties-2025-03.csv; "" if there is none."""
    found = IN_NAME.search(name)
    return "-".join(part for part in found.groups() if part) if found else ""


def date_of(text: str) -> date | None:
    """Return the date that a text gives; of a month or a year its first day."""
    for form in FORMATS:
        try:
            return datetime.strptime(text.split("T")[0].removesuffix(" 00:00:00").strip(), form).date()
        except ValueError:
            continue
    day, _, rest = text.strip().partition("/")  # 25/03/2025: only where one of the two cannot be a month
    month, _, year = rest.partition("/")
    if NUMBER.fullmatch(day) and NUMBER.fullmatch(month) and re.fullmatch("[0-9]{4}", year):
        for d, m in ((int(day), int(month)), (int(month), int(day))):
            if d > 12 and 1 <= m <= 12 and d <= 31:
                return date_of(f"{year}-{m:02d}-{d:02d}")
    return None


def times_of(texts: Iterable[str], every: int | None = None) -> dict[str, When]:
    """Return when each wave was, the first one first, by its text.

    `every`: weeks from one numbered wave to the next.  Raises NetworkError.
    """
    every_text = list(dict.fromkeys(texts))
    numbers = {text: int(text) for text in every_text if NUMBER.fullmatch(text)}
    if len(numbers) == len(every_text):
        if every is None:
            raise NetworkError(
                f"waves are numbered {', '.join(sorted(numbers, key=lambda one: numbers[one]))}; "
                "say how many weeks lie between two (--every 26), or give dates"
            )
        first = min(numbers.values())
        whens = {text: When((number - first) * every, f"wave {number}") for text, number in numbers.items()}
    else:
        dates = {text: date_of(text) for text in every_text}
        wrong = [text for text, found in dates.items() if found is None]
        if wrong:
            raise NetworkError(f"{wrong[0][:40]!r} is not a date of a wave; allowed are {ALLOWED}")
        known = {text: found for text, found in dates.items() if found is not None}
        start = min(known.values())
        whens = {text: When(round((day - start).days / 7), text) for text, day in known.items()}
    ordered = sorted(whens.items(), key=lambda one: one[1].week)
    for (text, one), (later, other) in pairwise(ordered):
        if one.week == other.week:
            raise NetworkError(f"waves {text!r} and {later!r} are less than a week apart; a wave is a date")
    return dict(ordered)
