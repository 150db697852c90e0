"""UCINET's DL: matrices, edge lists and node lists, one-mode and two-mode."""

from __future__ import annotations

import re
from itertools import count, zip_longest
from typing import NamedTuple

from sim.inputs.reading.affiliations import projected
from sim.inputs.reading.decoding import clean, decoded
from sim.inputs.reading.graph_parts import Edge, Node, graph_tables
from sim.inputs.reading.plain import Fault, File, NetworkFaults, ReadOptions, Spot, Tables, counted

SETTING = re.compile(
    r"\b(nr|nc|nm|n|format|diagonal|diag)(?:\s*=\s*|(?<=\bdiagonal)\s+|(?<=\bdiag)\s+)\"?(\w+)\"?", re.IGNORECASE
)
SECTION = re.compile(
    r"(?P<name>row labels embedded|column labels embedded|col labels embedded|labels embedded|row labels|column labels|"
    r"col labels|matrix labels|level labels|labels|data)\s*:?",
    re.IGNORECASE,
)
FORMATS = ("fullmatrix", "edgelist1", "edgelist2", "nodelist1", "nodelist2", "upperhalf", "lowerhalf")
MOST = 1_000_000
TOKEN = re.compile(r'"([^"]*)"|([^\s,]+)')


class Dl(NamedTuple):
    """A DL file in parts."""

    rows: int
    columns: int
    format: str
    diagonal: bool
    embedded: bool
    row_labels: list[str]
    column_labels: list[str]
    body: list[tuple[int, list[str]]]

    @property
    def two_mode(self) -> bool:
        """Whether rows and columns are different things."""
        return bool(self.columns) or self.format.endswith("2")


def words_of(line: str) -> list[str]:
    """Return the words of a line; spaces and commas separate them, quotation marks hold them together."""
    return [a or b for a, b in TOKEN.findall(line)]


def parsed(file: File, text: str) -> Dl:
    """Return the parts of a DL file.  Raises NetworkFaults."""
    found = re.match(r"\s*dl\b", text, re.IGNORECASE)
    if not found:
        raise file.fault("cannot be read as UCINET DL (it does not begin with 'dl')")
    start = re.search(r"\bdata\s*:", text, re.IGNORECASE)
    if not start:
        raise file.fault("cannot be read as UCINET DL (there is no line 'data:')")
    head = text[found.end() : start.start()]
    settings = {key.lower(): value.lower() for key, value in SETTING.findall(head)}
    size = {key: int(value) for key, value in settings.items() if key in ("n", "nr", "nc", "nm") and value.isdigit()}
    if size.get("nm", 1) != 1:
        raise file.fault(f"holds {size['nm']} matrices; allowed is one in a file")
    rows = size.get("n", size.get("nr", 0))
    form = settings.get("format", "fullmatrix")
    if form not in FORMATS:
        raise file.fault(f"format is {form!r}; allowed are {', '.join(FORMATS)}")
    if not 0 < rows <= MOST or size.get("nc", 0) > MOST:
        raise file.fault(f"cannot be read as UCINET DL (n, or nr and nc, need to be from 1 to {MOST:,})")
    labels: dict[str, list[str]] = {}
    parts = list(SECTION.finditer(head))
    for part, after in zip_longest(parts, parts[1:]):
        name = part["name"].lower().replace("column", "col")
        block = head[part.end() : after.start() if after else len(head)]
        labels[name] = [clean(word) for word in words_of(SETTING.sub("", block))]
    line = text.count("\n", 0, start.end()) + 1
    body = [(number, words_of(one)) for number, one in zip(count(line), text[start.end() :].splitlines(), strict=False)]
    return Dl(
        rows,
        size.get("nc", 0),
        form,
        settings.get("diagonal", settings.get("diag", "present")) != "absent",
        any("embedded" in name for name in labels),
        labels.get("labels", labels.get("row labels", [])),
        labels.get("col labels", []),
        [(number, words) for number, words in body if words],
    )


def read_dl(file: File, options: ReadOptions) -> Tables:
    """Return the people and ties of a DL file.  Raises NetworkFaults."""
    text, note = decoded(file, options.encoding)
    dl = parsed(file, text)
    spot = Spot(file.name, unit="line")
    if "matrix" in dl.format or dl.format.endswith("half"):
        rows, columns, edges = matrix_edges(dl, spot)
    else:
        rows, columns, edges = list_edges(dl, spot)
    if len(set(rows)) < len(rows):
        twice = next(name for k, name in enumerate(rows) if name in rows[:k])
        raise file.fault(f"label {twice!r} occurs twice; allowed is once")
    notes = [note] if note else []
    if dl.two_mode:
        attended: dict[str, list[str]] = {column: [] for column in columns}
        for edge in edges:
            attended.setdefault(edge.target, []).append(edge.source)
        tables = projected(spot, attended)
        tables.people = graph_tables(file, [Node(k, name, {}) for k, name in enumerate(rows, 1)], [], options).people
        tables.notes = notes + tables.notes
        return tables
    names = list(dict.fromkeys([*rows, *columns]))
    nodes = [Node(number, name, {}) for number, name in enumerate(names, 1)]
    return graph_tables(file, nodes, edges, options, notes, ("node", "line"))


def matrix_edges(dl: Dl, spot: Spot) -> tuple[list[str], list[str], list[Edge]]:
    """Return labels of rows and columns and the ties of a matrix."""
    body = list(dl.body)
    columns, rows = list(dl.column_labels), list(dl.row_labels)
    width = dl.columns or dl.rows
    if dl.embedded and body:
        if dl.format == "fullmatrix":
            columns = [clean(word) for word in body.pop(0)[1]]
        rows = [clean(words[0]) for _, words in body]
        body = [(number, words[1:]) for number, words in body]
    rows = rows or [str(k) for k in range(1, dl.rows + 1)]
    columns = columns or (rows if not dl.columns else [str(k) for k in range(1, width + 1)])
    values = [(number, word) for number, words in body for word in words]
    places = [(i, j) for i in range(dl.rows) for j in range(width) if wanted(dl, i, j)]
    if len(values) != len(places) or len(rows) != dl.rows or len(columns) != width:
        found = f"{counted(len(values), 'cell')}, {counted(len(rows), 'label')} of rows and {len(columns)} of columns"
        expected = f"{len(places):,} cells, {dl.rows} and {width} are expected"
        raise NetworkFaults([Fault(spot, 0, f"the matrix has {found}; {expected}")])
    half = dl.format.endswith("half")
    edges = [
        Edge(number, rows[i], columns[j], not half, {"strength": word})
        for (i, j), (number, word) in zip(places, values, strict=True)
        if word.strip("0.") and word != "-"
    ]
    return rows, columns, edges


def wanted(dl: Dl, i: int, j: int) -> bool:
    """Return whether a file's matrix has a cell."""
    if i == j and not dl.diagonal and not dl.two_mode:
        return False
    return j >= i if dl.format == "upperhalf" else j <= i if dl.format == "lowerhalf" else True


def list_edges(dl: Dl, spot: Spot) -> tuple[list[str], list[str], list[Edge]]:
    """Return labels and ties of an edge list or a node list; ends are labels if these are embedded, else numbers."""
    rows = list(dl.row_labels) or ([] if dl.embedded else [str(k) for k in range(1, dl.rows + 1)])
    columns = list(dl.column_labels) or (
        [] if dl.embedded or not dl.columns else [str(k) for k in range(1, dl.columns + 1)]
    )
    edges = []

    def label(number: int, word: str, labels: list[str], size: int) -> str:
        """Return the label that a word stands for."""
        if dl.embedded:
            if clean(word) not in labels:
                labels.append(clean(word))
            return clean(word)
        if word in labels:
            return word
        if not word.isdigit() or not 1 <= int(word) <= min(size, len(labels)):
            message = f"node is {word!r}; allowed are numbers from 1 to {size} and labels"
            raise NetworkFaults([Fault(spot, number, message)])
        return labels[int(word) - 1]

    targets = columns if dl.two_mode else rows
    for number, words in dl.body:
        source = label(number, words[0], rows, dl.rows)
        others = words[1:2] if dl.format.startswith("edge") else words[1:]
        strength = {"strength": words[2]} if dl.format.startswith("edge") and len(words) > 2 else {}
        ends = [label(number, word, targets, dl.columns or dl.rows) for word in others]
        edges += [Edge(number, source, end, True, strength) for end in ends]
    rows += [str(k) for k in range(len(rows) + 1, dl.rows + 1) if str(k) not in rows]
    return rows, columns, edges
