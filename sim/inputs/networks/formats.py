"""A user's own network from CSV, Excel, GraphML, GEXF or Kumu's JSON.

Every format becomes a table of members and a table of ties, which `userfiles` checks and merges; notes say how columns
were read.  Files are bytes, so that the dashboard can read uploads without saving them.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import networkx as nx

from sim.inputs.networks.csv_table import MOST_BYTES, MOST_ROWS, FileTable, TableRow, decoded, table_of
from sim.inputs.networks.userfiles import END_COLUMNS, ENDS_ALLOWED, KIND_WORDS, MEMBER_COLUMNS, network_of
from sim.model.start import UNKNOWN, NetworkError, StartNetwork
from sim.model.state import KIND_NAMES

MOST_UNPACKED = 200_000_000
Record = Mapping[str, Any]
"""One element of a file as its parser returns it."""
OTHER_NAMES = {"label": "name", "title": "name", "community": "sector", "weight": "strength", "value": "strength"}
MEMBER_SHEETS, TIE_SHEETS = ("members", "elements", "nodes"), ("ties", "connections", "edges", "links")
ALLOWED = ".csv, .xlsx, .graphml, .gexf and .json (Kumu)"


@dataclass(frozen=True)
class File:
    """A user's file: its name and content."""

    name: str
    content: bytes

    @property
    def ending(self) -> str:
        """The name's ending, in lower case."""
        return Path(self.name).suffix.lower()


def read_file(path: Path) -> File:
    """Return a file from disk.  Raises NetworkError."""
    try:
        if path.is_dir():
            raise NetworkError(f"{path}: is a folder; a file is needed, allowed are {ALLOWED}")
        checked_size(str(path), path.stat().st_size)
        return File(str(path), path.read_bytes())
    except FileNotFoundError:
        raise NetworkError(f"{path}: there is no such file") from None
    except NetworkError:
        raise
    except (OSError, ValueError) as fault:
        raise NetworkError(f"{path}: cannot be read ({getattr(fault, 'strerror', None) or fault})") from None


def checked_size(name: str, size: int, most: int = MOST_BYTES) -> None:
    """Raise NetworkError for a file that is too large."""
    if size > most:
        raise NetworkError(f"{name}: has {size:,} bytes; allowed are at most {most:,}")


def read_network(files: Sequence[File]) -> StartNetwork:
    """Return a network from one file, or from files of members and of ties in either order.  Raises NetworkError."""
    if not 1 <= len(files) <= 2:
        raise NetworkError(f"{len(files)} files were given; allowed are one, or two: members and ties")
    for file in files:
        checked_size(file.name, len(file.content))
        if file.ending not in READERS:
            raise NetworkError(f"{file.name}: ends in {file.ending or 'nothing'!r}; allowed are {ALLOWED}")
    if len(files) == 2 and any(file.ending != ".csv" for file in files):
        raise NetworkError(
            f"{files[0].name} and {files[1].name}: two files have to be CSV, one of members, one of ties"
        )
    tables = [table for file in files for table in READERS[file.ending](file)]
    ties = [table for table in tables if has_ends(table)]
    members = [table for table in tables if not has_ends(table)]
    if len(ties) != 1 or len(members) > 1:
        columns = "; ".join(f"{table.path.name}: {', '.join(table.columns)}" for table in tables)
        what = "no table of ties" if not ties else "two tables of ties" if len(ties) > 1 else "two tables of members"
        raise NetworkError(
            f"{' and '.join(file.name for file in files)}: {what}; one has the columns {ENDS_ALLOWED} ({columns})"
        )
    people, notes = named(members[0]) if members else mentioned(ties[0])
    start = network_of(people, ties[0])
    return replace(start, notes=(*start.notes, *notes))


@lru_cache(maxsize=8)
def read_csv(members: Path, ties: Path, state: tuple[tuple[int, int], ...]) -> StartNetwork:
    """Return a network from CSV files of members and of ties.  Raises NetworkError.

    `state`: size and time of the files (`states`); unchanged files are read once, since every future needs them.
    """
    columns = f"id, and optional {', '.join(MEMBER_COLUMNS[1:])}", f"{ENDS_ALLOWED}, and optional strength"
    files = zip((members, ties), columns, strict=True)
    people, tied = (table_of(path, decoded(path, read_file(path).content), required) for path, required in files)
    return network_of(people, tied)


def states(*paths: Path) -> tuple[tuple[int, int], ...]:
    """Return size and time of the last change of each file; zeros for a missing one."""
    found = [path.stat() if path.is_file() else None for path in paths]
    return tuple((status.st_size, status.st_mtime_ns) if status else (0, 0) for status in found)


def has_ends(table: FileTable) -> bool:
    """Return whether a table says who is tied to whom."""
    return any(set(pair) <= set(table.columns) for pair in END_COLUMNS)


def mentioned(ties: FileTable) -> tuple[FileTable, tuple[str, ...]]:
    """Return the members that a table of ties names, for want of a table of members."""
    columns = next(pair for pair in END_COLUMNS if set(pair) <= set(ties.columns))
    names = dict.fromkeys(row[column] for row in ties.rows for column in columns if row[column])
    rows = tuple(TableRow(number, {"id": name}) for number, name in enumerate(names, 1))
    note = "there is no list of members: members are those named in ties, so any without a tie are missing"
    return FileTable(ties.path, ("id",), rows, ",", ties.place), (note,)


def named(table: FileTable) -> tuple[FileTable, tuple[str, ...]]:
    """Return a table of members with known columns: other words for them, a name as id, a type as kind."""
    notes: list[str] = []
    names: dict[str, str] = {}
    for word, meaning in OTHER_NAMES.items():
        if word in table.columns and meaning in MEMBER_COLUMNS and meaning not in (*table.columns, *names.values()):
            names[word] = meaning
            notes.append(f"column {word!r} was read as {meaning}")
    kinds = {row["type"].lower() for row in table.rows} - {""}
    if "type" in table.columns and "kind" not in table.columns and kinds and kinds <= set(KIND_WORDS):
        names["type"] = "kind"
        notes.append("column 'type' was read as kind")
    table = table.renamed(names)
    if "id" not in table.columns and "name" in table.columns:
        notes.append("there is no column 'id': names were read as ids")
        rows = tuple(TableRow(row.line, {**row.cells, "id": row["name"]}) for row in table.rows)
        table = replace(table, columns=(*table.columns, "id"), rows=rows)
    return table, tuple(notes)


def from_csv(file: File) -> list[FileTable]:
    """Return the one table of a CSV file."""
    path = Path(file.name)
    table = table_of(path, decoded(path, file.content), f"id of members, or {ENDS_ALLOWED} of ties")
    return [with_strength(table)]


def with_strength(table: FileTable) -> FileTable:
    """Return a table of ties with `weight` or `value` read as strength."""
    word = next((word for word in ("weight", "value") if word in table.columns), None)
    if word is None or not has_ends(table) or "strength" in table.columns:
        return table
    return table.renamed({word: "strength"})


def from_records(file: File, place: str, records: Iterable[Record], first: int = 1) -> FileTable:
    """Return a table from records with any keys."""
    rows = []
    for number, record in enumerate(records, first):
        if number - first >= MOST_ROWS:
            raise NetworkError(f"{file.name}: more than {MOST_ROWS:,} {place}s; allowed are at most {MOST_ROWS:,}")
        rows.append(TableRow(number, {str(key).strip().lower(): text_of(value) for key, value in record.items()}))
    columns = tuple(dict.fromkeys(key for row in rows for key in row.cells if key))
    return with_strength(FileTable(Path(file.name), columns, tuple(rows), ",", place))


def text_of(value: object) -> str:
    """Return a cell as text: whole numbers without a point, None as ""."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def from_excel(file: File) -> list[FileTable]:
    """Return the sheets of members and ties of a workbook, by their names, else by their columns."""
    import openpyxl

    checked_archive(file)
    try:
        book = openpyxl.load_workbook(io.BytesIO(file.content), read_only=True, data_only=True)
        sheets = {sheet.title.strip().lower(): list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
        book.close()
    except Exception as fault:  # openpyxl's parsers raise many kinds
        raise NetworkError(f"{file.name}: cannot be read as an Excel workbook ({short(fault)})") from None
    found = {}
    for title, rows in sheets.items():
        filled = [(n, row) for n, row in enumerate(rows, 1) if any(cell not in (None, "") for cell in row)]
        if filled:
            head = [text_of(cell).lower() for cell in filled[0][1]]
            records = [{k: v for k, v in zip(head, row, strict=False) if k} for _, row in filled[1:]]
            table = from_records(File(f"{file.name}, sheet {title}", b""), "row", records, filled[0][0] + 1)
            found[title] = replace(table, columns=tuple(k for k in head if k))
    chosen = [found[title] for title in (*MEMBER_SHEETS, *TIE_SHEETS) if title in found]
    if chosen:
        return chosen
    known = [table for table in found.values() if has_ends(table) or {"id", "name", "label"} & set(table.columns)]
    if not known:
        raise NetworkError(
            f"{file.name}: no sheet with members or ties; the sheets found are {', '.join(sheets) or 'none'}"
        )
    return known


def checked_archive(file: File) -> None:
    """Raise NetworkError for a workbook that unpacks to too much, or whose XML declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            checked_size(f"{file.name} (unpacked)", sum(part.file_size for part in archive.infolist()), MOST_UNPACKED)
            for part in archive.infolist():
                if part.filename.endswith((".xml", ".rels")):
                    refuse_declarations(file.name, archive.read(part))
    except zipfile.BadZipFile:
        raise NetworkError(f"{file.name}: is not an Excel workbook (.xlsx)") from None


def refuse_declarations(name: str, content: bytes) -> None:
    """Raise NetworkError for XML with a document type or entities: they can name files or grow without end."""
    plain = content.replace(b"\0", b"").upper()
    for word in (b"<!DOCTYPE", b"<!ENTITY"):
        if word in plain:
            raise NetworkError(f"{name}: holds {word.decode()}, which is not allowed; save it without")


def from_graph(file: File, read: Callable[[io.BytesIO], object], what: str) -> list[FileTable]:
    """Return the tables of a graph file that networkx reads: nodes and edges with their attributes."""
    refuse_declarations(file.name, file.content)
    try:
        graph = read(io.BytesIO(file.content))
    except Exception as fault:  # networkx and the XML parser raise many kinds
        raise NetworkError(f"{file.name}: cannot be read as {what} ({short(fault)})") from None
    if not isinstance(graph, nx.Graph):
        raise NetworkError(f"{file.name}: is not a single graph")
    nodes = [{**attributes, "id": node} for node, attributes in graph.nodes(data=True)]
    edges = [{**attributes, "from": a, "to": b} for a, b, attributes in graph.edges(data=True)]
    ties = from_records(file, "edge", [{k: v for k, v in edge.items() if k in EDGE_KEYS} for edge in edges])
    return [from_records(file, "node", nodes), ties if ties.rows else replace(ties, columns=("from", "to"))]


EDGE_KEYS = ("from", "to", "strength", "weight", "value")


def from_kumu(file: File) -> list[FileTable]:
    """Return the tables of Kumu's JSON: `elements` and `connections`, whose ends are ids or labels."""
    path = Path(file.name)
    try:
        export = json.loads(decoded(path, file.content))
    except (ValueError, RecursionError) as fault:
        if isinstance(fault, NetworkError):
            raise
        raise NetworkError(f"{file.name}: is not JSON ({short(fault)})") from None
    if not isinstance(export, dict) or not all(
        isinstance(export.get(key), list) for key in ("elements", "connections")
    ):
        raise NetworkError(f"{file.name}: is not an export of Kumu; it needs the lists 'elements' and 'connections'")
    elements, connections = (
        [spread(item) for item in export[key] if isinstance(item, dict)] for key in ("elements", "connections")
    )
    for element in elements:
        element["id"] = element.get("_id") or element.get("id") or element.get("label")
    by_label = {text_of(element.get("label")): text_of(element["id"]) for element in elements}
    for connection in connections:
        for end in ("from", "to"):
            given = text_of(connection.get(end))
            connection[end] = by_label.get(given, given)
    keep = ("id", "label", "name", "type", "kind", "sector", "community", "viewpoint_x", "viewpoint_y")
    members = from_records(file, "element", [{k: v for k, v in one.items() if k in keep} for one in elements])
    ties = from_records(file, "connection", [{k: v for k, v in one.items() if k in EDGE_KEYS} for one in connections])
    return [members, ties if ties.rows else replace(ties, columns=("from", "to"))]


def spread(item: Record) -> dict[str, object]:
    """Return an element of Kumu with its attributes among its other keys, in lower case, without lists and tables."""
    inner = item.get("attributes")
    both = {**(inner if isinstance(inner, dict) else {}), **{k: v for k, v in item.items() if k != "attributes"}}
    return {str(key).lower(): value for key, value in both.items() if not isinstance(value, dict | list)}


def short(fault: BaseException) -> str:
    """Return a parser's error in one short line."""
    words = " ".join(str(fault).split()) or type(fault).__name__
    return words if len(words) <= 120 else words[:117] + "..."


READERS: dict[str, Callable[[File], list[FileTable]]] = {
    ".csv": from_csv,
    ".tsv": from_csv,
    ".txt": from_csv,
    ".xlsx": from_excel,
    ".graphml": partial(from_graph, read=nx.read_graphml, what="GraphML"),
    ".gexf": partial(from_graph, read=nx.read_gexf, what="GEXF"),
    ".json": from_kumu,
}


def number_text(value: float) -> str:
    """Return a number that reads back the same; whole numbers without a point."""
    return str(int(value)) if value.is_integer() and value < 1e15 else repr(value)


def to_csv(start: StartNetwork) -> tuple[str, str]:
    """Return a network as the texts of a file of members and a file of ties, which read back the same.

    Ids, names of sectors and strengths are those of the data that it was read from, if any.
    """
    members, ties = io.StringIO(), io.StringIO()
    write = csv.writer(members, lineterminator="\n")
    write.writerow(MEMBER_COLUMNS)
    width = len(str(start.members))
    ids = start.ids or [f"m{row + 1:0{width}d}" for row in range(start.members)]
    sectors = start.sector_names or [f"sector-{number}" for number in range(int(start.sector.max()) + 1)]
    for row, name in enumerate(start.names):
        kind = "" if start.kind[row] == UNKNOWN else KIND_NAMES[int(start.kind[row])]
        sector = "" if start.sector[row] == UNKNOWN else sectors[int(start.sector[row])]
        x, y = start.viewpoint[row]
        write.writerow([ids[row], name, kind, sector, *("" if v != v else repr(float(v)) for v in (x, y))])
    write = csv.writer(ties, lineterminator="\n")
    write.writerow(("from", "to", "strength"))
    for (i, j), strength in zip(start.ties.tolist(), start.strength_given.tolist(), strict=True):
        write.writerow((ids[i], ids[j], number_text(strength)))
    return members.getvalue(), ties.getvalue()
