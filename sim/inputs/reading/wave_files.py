"""Several waves of one network: a file for each date, or one table of ties with a column that gives the date.

A wave is a date, and has the ties of that date.  With a list of members all of them are members in every wave; without one,
those whom a wave names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.inputs.reading.plain import DEFAULT_OPTIONS, Faults, File, NamedTie, ReadOptions, Tables, TieTable, counted
from sim.inputs.reading.reader import read_tables, showing
from sim.inputs.reading.resolving import UserNetwork, resolved
from sim.inputs.reading.wave_dates import ALLOWED, NUMBER, When, date_column, date_in_name, date_of, times_of
from sim.model.start import NetworkError

MOST_WAVES = 60


@dataclass(frozen=True, eq=False)
class DatedNetwork:
    """One wave: when it was, and the network."""

    when: When
    network: UserNetwork


def read_waves(
    files: Sequence[File],
    options: ReadOptions = DEFAULT_OPTIONS,
    dates: Sequence[str] = (),
    members: Sequence[File] = (),
    every: int | None = None,
) -> tuple[DatedNetwork, ...]:
    """Return the waves in some files, the first one first.

    `dates`: of the files in their order; by default those in a column of dates, or in their names.  `members`: lists of
    members, for all waves.  `every`: weeks from one numbered wave to the next.  Raises NetworkError.
    """
    if dates and len(dates) != len(files):
        raise NetworkError(f"{counted(len(dates), 'date')} for {counted(len(files), 'file')}; each file needs one")
    found: dict[str, UserNetwork] = {}
    undated: list[tuple[File, Tables]] = []
    for file in files:
        tables, faults, _ = read_tables([*members, file], options)
        column = None if dates else date_column(columns_of_ties(tables), options.column("date"))
        if column is None:
            undated.append((file, tables))
            continue
        for text, part in parts_by_date(tables, column, file).items():
            add(found, text, resolved(part, options, faults), file)
    for place, (file, tables) in enumerate(undated):
        text = dates[place].strip() if dates else date_in_name(file.short)
        if not text:
            raise file.fault(f"no column gives the date of a tie, and neither does the name; allowed are {ALLOWED}")
        add(found, text, resolved(tables, options, Faults()), file)
    if not 2 <= len(found) <= MOST_WAVES:
        raise NetworkError(f"{counted(len(found), 'wave')} found; 2 to {MOST_WAVES} are needed")
    return tuple(DatedNetwork(when, found[text]) for text, when in times_of(found, every).items())


def waves_or_network(
    files: Sequence[File], options: ReadOptions = DEFAULT_OPTIONS, every: int = 52
) -> tuple[DatedNetwork, ...]:
    """Return the waves in files that belong together, the first one first; or the one network in them, without a date.

    `every`: weeks from one numbered wave to the next.  Raises NetworkError.
    """
    read = read_tables(files, options)
    with showing(read.headings):
        column = date_column(columns_of_ties(read.tables), options.column("date"))
        whens = {} if column is None else dates_of_waves(read.tables, column, every)
        if column is None or not whens:
            return (DatedNetwork(When(0, ""), resolved(read.tables, options, read.faults)),)
        parts = parts_by_date(read.tables, column, files[-1])
        return tuple(DatedNetwork(when, resolved(parts[text], options, read.faults)) for text, when in whens.items())


def dates_of_waves(tables: Tables, column: str, every: int) -> dict[str, When]:
    """Return when each wave was, if a column makes waves: it gives each tie a date, and some pair has a tie on two of them.

    Else it may say since when two know each other.
    """
    dates: dict[str, set[frozenset[str]]] = {}
    for tie in (tie for table in tables.ties for tie in table.ties):
        dates.setdefault(tie.more.get(column, "").strip(), set()).add(frozenset((tie.source, tie.target)))
    different = len(frozenset().union(*dates.values())) if dates else 0
    known = all(NUMBER.fullmatch(text) or date_of(text) is not None for text in dates)
    if not known or not 2 <= len(dates) <= MOST_WAVES or sum(map(len, dates.values())) == different:
        return {}
    try:
        return times_of(dates, every)
    except NetworkError:  # dates and numbers, or days of one week
        return {}


def add(found: dict[str, UserNetwork], text: str, network: UserNetwork, file: File) -> None:
    """Add a wave.  Raises NetworkFaults if there is one of this date."""
    if text in found:
        raise file.fault(f"a second wave of {text!r}; allowed is one of each date")
    found[text] = network


def columns_of_ties(tables: Tables) -> list[str]:
    """Return the headings of the columns of ties that have no other use."""
    return list(dict.fromkeys(heading for table in tables.ties for tie in table.ties for heading in tie.more))


def parts_by_date(tables: Tables, column: str, file: File) -> dict[str, Tables]:
    """Return the tables of each date: all people, and the ties of that date.  Raises NetworkFaults for ties without a date."""
    whole: dict[str, list[TieTable]] = {}
    for table in tables.ties:
        parts: dict[str, list[NamedTie]] = {}
        for tie in table.ties:
            text = tie.more.get(column, "").strip()
            if not text:
                raise file.fault(f"row {tie.row}: column {column!r} is blank; each tie needs the date of its wave")
            more = {heading: cell for heading, cell in tie.more.items() if heading != column}
            parts.setdefault(text, []).append(tie._replace(more=more))
        for text, ties in parts.items():
            whole.setdefault(text, []).append(replace(table, ties=ties))
    if len(whole) > MOST_WAVES:
        raise file.fault(f"column {column!r} has {len(whole):,} different dates; allowed are up to {MOST_WAVES} waves")
    directed = any_directed(tables)
    return {
        text: replace(
            tables, ties=[one if one.directed is not None else replace(one, directed=directed) for one in parts]
        )
        for text, parts in whole.items()
    }


def any_directed(tables: Tables) -> bool | None:
    """Return True if some pair is listed in both orders on one date: then ties go one way in every wave."""
    for table in tables.ties:
        seen = {(tie.source, tie.target, *sorted(tie.more.items())) for tie in table.ties}
        if any((target, source, *more) in seen for source, target, *more in seen if source != target):
            return True
    return None
