"""`gennet network`: check, profile and convert a network of your own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column

from sim.cli.options import AsJson
from sim.cli.terminal import InputError, plain_table, right, say, show
from sim.output.words import capital

if TYPE_CHECKING:
    from sim.inputs.networks.health import Finding
    from sim.inputs.profile.network_profile import NetworkProfile
    from sim.inputs.reading.plain import NetworkFaults, ReadOptions
    from sim.inputs.reading.resolving import UserNetwork
    from sim.output.network_words import ProfilePart

COLOURS = {"good": "green", "fair": "yellow", "poor": "red"}
ENDINGS = (".csv", ".graphml", ".gexf")
ConvertTo = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Convert it to .csv (two files), .graphml or .gexf.")
]
ColumnMeanings = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MEANING=HEADING",
        help="Say what a column is, such as sector=organisation or strength=trust. Repeatable.",
    ),
]
WordScale = Annotated[
    list[str] | None,
    typer.Option(metavar="WORD=NUMBER", help="The strength that a word stands for, such as strong=3. Repeatable."),
]
SheetNames = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Read this sheet of a workbook only. Repeatable.")
]
PeopleFile = Annotated[
    Path | None,
    typer.Option(
        "--people", metavar="FILE", help="Write a CSV table with one row per member: ties, place, key people."
    ),
]
CodeKey = Annotated[
    Path | None,
    typer.Option(
        "--codes",
        metavar="KEY",
        help="Replace names by codes in all that is printed and written; the key goes into this file.",
    ),
]
Earlier = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE", help="An earlier wave of the same network, to show what changed; repeat for its second file."
    ),
]


def network(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="CSV or Excel (members and ties, a matrix, a survey, who came to what), GraphML, GEXF, GML, Pajek, "
            "UCINET DL, SIF, or JSON (Kumu, node-link, Cytoscape).",
        ),
    ],
    to: ConvertTo = None,
    column: ColumnMeanings = None,
    scale: WordScale = None,
    add_missing: Annotated[
        bool, typer.Option("--add-missing", help="Add people who are named in ties but not listed.")
    ] = False,
    sheet: SheetNames = None,
    at: Annotated[str, typer.Option(metavar="DATE", help="The date at which a dynamic GEXF is read.")] = "",
    encoding: Annotated[str, typer.Option(metavar="NAME", help="Encoding of text files, such as cp1252.")] = "",
    directed: Annotated[
        bool | None,
        typer.Option("--directed/--undirected", help="Whether ties whose direction is not given go one way."),
    ] = None,
    people: PeopleFile = None,
    codes: CodeKey = None,
    since: Earlier = None,
    as_json: AsJson = False,
) -> None:
    """Check, profile and convert a network of your own.

    Shows how the files were read, and the network's profile: its stage, whom it depends on, who is between groups, and who
    has no ties; reports all faults at once.  A table of ties has columns
    from and to, optionally strength; a table of members has id, optionally name, kind and sector.

    Example: gennet network members.csv ties.csv --to ours.graphml
    """
    from sim.inputs.profile.network_profile import profile_of
    from sim.inputs.reading.plain import ReadOptions

    if to is not None and to.suffix.lower() not in ENDINGS:
        raise InputError(f"--to: {to} ends in {to.suffix or 'nothing'!r}; allowed are {', '.join(ENDINGS)}")
    targets = outputs(to, files)
    if people is not None:
        check_target("--people", people, files)
    columns, words = map(chosen_column, column or ()), map(chosen_word, scale or ())
    options = ReadOptions(tuple(columns), tuple(words), add_missing, tuple(sheet or ()), at, encoding, directed)
    if codes is not None:
        check_target("--codes", codes, [*files, *(since or ())])
    waves: Sequence[UserNetwork] = [
        read_or_report(some, options, as_json, codes is not None) for some in (since, files) if some
    ]
    if codes is not None:
        waves = with_codes(waves, codes)
    profiles = [profile_of(wave) for wave in waves]
    read, profile = waves[-1], profiles[-1]
    report_network(read, profiles[0] if since else None, as_json, profile)
    if people is not None:
        write_people(profile, people)
        say(f"Written: {people}")
    for path in convert(read, targets):
        say(f"Written: {path}")


def read_or_report(files: Sequence[Path], options: ReadOptions, as_json: bool, hide: bool = False) -> UserNetwork:
    """Return the network in some files.  Raises NetworkError, after printing its faults if JSON is asked for.

    `hide`: whether faults must not contain names.
    """
    from sim.inputs.profile.codes import faults_without_names
    from sim.inputs.reading.plain import NetworkFaults
    from sim.inputs.reading.reader import read_file, read_network

    try:
        return read_network([read_file(path) for path in files], options)
    except NetworkFaults as fault:
        faults = faults_without_names(fault) if hide else fault
        if as_json:
            show(lambda console: None, faulty(faults), as_json)
        raise faults from None


def chosen_column(text: str) -> tuple[str, str]:
    """Return what `--column` says: a meaning and a heading.  Raises InputError."""
    from sim.inputs.reading.plain import MEANINGS, OTHER_MEANINGS, TIE_MEANINGS

    meaning, equals, heading = text.partition("=")
    allowed = (*MEANINGS, *TIE_MEANINGS, *OTHER_MEANINGS)
    if not equals or not heading.strip() or meaning.strip().lower() not in allowed:
        raise InputError(f"--column: {text!r} is not MEANING=HEADING; allowed meanings are {', '.join(allowed)}")
    return meaning.strip().lower(), heading.strip()


def chosen_word(text: str) -> tuple[str, float]:
    """Return what `--scale` says: a word and its strength.  Raises InputError."""
    word, _, number = text.rpartition("=")
    try:
        value = float(number)
        if not word.strip() or not 0 <= value < float("inf"):
            raise ValueError
    except ValueError:
        raise InputError(f"--scale: {text!r} is not WORD=NUMBER with a number from 0 on, such as weekly=4") from None
    return word.strip(), value


def payload_of(read: UserNetwork, findings: Sequence[Finding], profile: NetworkProfile) -> dict[str, object]:
    """Return a network for `--json`: numbers as numbers."""
    strengths = read.strengths
    return {
        "source": read.start.source,
        "members": read.start.members,
        "ties": len(read.start.ties),
        "one_way": 2 * len(read.start.ties) - len(read.arcs),
        "strengths": strengths._asdict() if strengths else {"sum": 0.0, "least": None, "most": None},
        "attributes": list(read.attributes),
        "notes": list(read.start.notes),
        "faults": [],
        "health": [asdict(finding) for finding in findings],
        "profile": profile.payload(),
        "people": people_rows(profile),
    }


def people_rows(profile: NetworkProfile) -> list[dict[str, object]]:
    """Return one row per member for `--json`; what is not known is null."""
    table = profile.people.astype(object)
    names, columns = [str(name) for name in table.columns], table.where(table.notna(), None).T.to_numpy().tolist()
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def report_network(read: UserNetwork, before: NetworkProfile | None, as_json: bool, profile: NetworkProfile) -> None:
    """Print a network with its profile, and what changed since an earlier wave."""
    from sim.inputs.networks.health import health
    from sim.inputs.profile.progress import progress_of
    from sim.output.network_words import progress_parts

    findings = health(read.start)
    change = None if before is None else progress_of(before, profile)
    payload = payload_of(read, findings, profile) if as_json else {}
    if change is not None:
        payload["progress"] = change.payload()

    def print_all(console: Console) -> None:
        print_network(console, read, findings, profile)
        for part in progress_parts(change) if change is not None else ():
            print_part(console, part)

    show(print_all, payload, as_json)


def with_codes(waves: Sequence[UserNetwork], key: Path) -> Sequence[UserNetwork]:
    """Return waves of a network with codes for names, and write the key.  Raises InputError."""
    from sim.inputs.profile.codes import coded

    made = coded(waves)
    write_key(key, made.key)
    return made.networks


def write_key(path: Path, key: str) -> None:
    """Write the key of codes, which only its owner can read.  Raises InputError."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(key)
    except FileExistsError:
        raise InputError(f"--codes: {path} exists; name a new file, so that no key is lost") from None
    except OSError as fault:
        raise InputError(f"--codes: {path} cannot be written ({fault.strerror or fault})") from None
    say(f"Written: {path} (who is who; keep it apart)")


def write_people(profile: NetworkProfile, path: Path) -> None:
    """Write the table with one row per member as CSV.  Raises InputError."""
    from sim.inputs.profile.network_profile import people_csv

    try:
        path.write_text(people_csv(profile), encoding="utf-8")
    except OSError as fault:
        raise InputError(f"--people: {path} cannot be written ({fault.strerror or fault})") from None


def faulty(faults: NetworkFaults) -> dict[str, object]:
    """Return faults for `--json`; there is no network then."""
    rows = [
        {
            "file": fault.spot.file,
            "sheet": fault.spot.sheet or None,
            "row": fault.row or None,
            "column": fault.column or None,
            "found": fault.found or None,
            "message": fault.message,
        }
        for fault in faults.faults
    ]
    head = {"error": str(faults), "exit_code": 2, "members": None}
    return head | {"ties": None, "strengths": None, "notes": [], "faults": rows, "fault_count": faults.total}


def print_network(console: Console, read: UserNetwork, findings: Sequence[Finding], profile: NetworkProfile) -> None:
    """Print how the files were read, how healthy the network is, and its profile."""
    from sim.output.network_words import profile_parts

    console.print(f"[bold]{escape(capital(read.start.source))}[/]")
    for note in read.start.notes:
        console.print(f"• {escape(note)}")
    console.print()
    table = plain_table(Column("measure", no_wrap=True), right("value", no_wrap=True), "meaning")
    for one in findings:
        value = f"[{COLOURS[one.grade]}]{escape(one.value)}[/]" if one.grade else escape(one.value)
        grade = f" [dim]({one.grade})[/]" if one.grade else ""
        table.add_row(escape(one.label), value, f"{escape(one.words)}{grade}")
    console.print(table)
    for part in profile_parts(profile):
        print_part(console, part)


def print_part(console: Console, part: ProfilePart) -> None:
    """Print one part of a profile."""
    console.print(f"\n[bold]{escape(part.title)}[/]")
    for sentence in part.sentences:
        console.print(escape(sentence))
    if part.head:
        numbers = [all(row[k][:1].isdigit() for row in part.rows) for k in range(len(part.head))]
        table = plain_table(
            *(right(escape(head)) if number else escape(head) for head, number in zip(part.head, numbers, strict=True))
        )
        for row in part.rows:
            table.add_row(*map(escape, row))
        console.print(table)


def outputs(to: Path | None, files: Sequence[Path]) -> list[Path]:
    """Return the files to write: two for CSV.  Raises InputError if one of them is an input."""
    if to is None:
        return []
    csv = to.suffix.lower() == ".csv"
    paths = [to.with_name(f"{to.stem}-{part}.csv") for part in ("members", "ties")] if csv else [to]
    for path in paths:
        check_target("--to", path, files)
    return paths


def check_target(option: str, path: Path, files: Sequence[Path]) -> None:
    """Raise InputError if a file to write is one of the inputs."""
    for file in files:
        if path.resolve() == file.resolve() or (path.exists() and file.exists() and path.samefile(file)):
            raise InputError(f"{option}: would write over the input {file}; choose another name")


def convert(read: UserNetwork, paths: Sequence[Path]) -> Sequence[Path]:
    """Write the network in the format of the paths' ending and return the paths.  Raises InputError."""
    import networkx as nx

    from sim.inputs.networks.network_writing import to_csv, to_graph

    try:
        if len(paths) > 1:
            for path, text in zip(paths, to_csv(read), strict=True):
                path.write_text(text, encoding="utf-8")
        elif paths:
            write = nx.write_graphml if paths[0].suffix.lower() == ".graphml" else nx.write_gexf
            write(to_graph(read), paths[0])
        return paths
    except OSError as fault:
        raise InputError(f"--to: {paths[0]} cannot be written ({fault.strerror or fault})") from None
